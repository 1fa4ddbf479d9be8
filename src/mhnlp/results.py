"""What `classify` gives: labelled passages, as a sequence, as a table, as a page in a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, overload

from mhnlp.labels import SCHEME, LabelScheme

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.calibration import DecisionRule
    from mhnlp.letter import Letter


@dataclass(frozen=True)
class LabelledText:
    """The labels of one text.

    Parameters
    ----------
    pillars
        Pillars in the order of the scheme, empty if the text addresses none.
    sentiment
        The author's judgement of the government's progress.
    probabilities
        Calibrated probability of each label, between 0 and 1; those of the sentiments sum to 1.
    uncertain
        Whether a person had better read the text: the model expects more wrong decisions on it than its card's
        bound.
    """

    pillars: tuple[str, ...]
    sentiment: str
    probabilities: Mapping[str, float]
    uncertain: bool


@dataclass(frozen=True)
class LabelledPassage(LabelledText):
    """A passage, or a sentence, with its labels and its place.

    Parameters
    ----------
    text
        The repaired text.
    start, end
        Where it begins and ends in the text of its letter, in characters, the end excluded.
    heading
        The heading above it, empty if there is none.
    kind
        ``"paragraph"``, ``"item"``, ``"quotation"`` or ``"sentence"``.
    page
        The page on which it begins, from 1; None where the source has no pages.
    """

    text: str
    start: int
    end: int
    heading: str
    kind: str
    page: int | None = None


def label_texts(probabilities: NDArray[np.float64], rule: DecisionRule, scheme: LabelScheme) -> list[LabelledText]:
    """Turn probabilities into labels.

    Parameters
    ----------
    probabilities
        Shape (n_texts, n_labels).
    rule
        How probabilities become decisions.
    scheme
        The labels.
    """
    decisions = rule.decide(probabilities) == 1
    doubts = rule.is_uncertain(probabilities)
    n_pillars = len(scheme.pillars)
    return [
        LabelledText(
            pillars=tuple(label for label, given in zip(scheme.pillars, row, strict=False) if given),
            sentiment=scheme.sentiments[int(row[n_pillars:].argmax())],
            probabilities=dict(zip(scheme.labels, map(float, own), strict=True)),
            uncertain=bool(doubt),
        )
        for row, own, doubt in zip(decisions, probabilities, doubts, strict=True)
    ]


def probability_columns(labelled: Sequence[LabelledText], scheme: LabelScheme) -> dict[str, list[float]]:
    """Columns ``p_<label>`` for a table."""
    return {f"p_{label}": [text.probabilities[label] for text in labelled] for label in scheme.labels}


@dataclass(frozen=True, repr=False)
class LabelledLetter(Sequence[LabelledPassage]):
    """The labelled passages of one letter: a sequence that is also a table.

    Parameters
    ----------
    letter
        The letter; the passages' offsets refer to its text.
    passages
        In order of appearance.
    model
        Fingerprint of the model that labelled them.
    scheme
        The labels.
    """

    letter: Letter
    passages: tuple[LabelledPassage, ...]
    model: str
    scheme: LabelScheme = SCHEME

    @overload
    def __getitem__(self, index: int) -> LabelledPassage: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[LabelledPassage]: ...
    def __getitem__(self, index: int | slice) -> LabelledPassage | Sequence[LabelledPassage]:
        return self.passages[index]

    def __len__(self) -> int:
        return len(self.passages)

    def to_frame(self) -> pd.DataFrame:
        """Give a table, one row a passage.

        Returns
        -------
        DataFrame
            Columns ``letter, passage, start, end, page, kind, heading, text, pillars`` (separated by spaces),
            ``sentiment, uncertain``, a column ``p_<label>`` for each label, and ``model``.
        """
        return LabelledLetters((self,), self.scheme).to_frame()

    def __repr__(self) -> str:
        lines = [
            f"{number:>3}  {' '.join(each.pillars) or '–'} | {each.sentiment}{' ?' * each.uncertain} | {each.text[:60]}"
            for number, each in enumerate(self, 1)
        ]
        return "\n".join([f"<LabelledLetter {self.letter.name!r}, passages: {len(self)}>", *lines])

    def _repr_html_(self) -> str:
        """View in a notebook."""
        rows = "".join(_html_row(passage) for passage in self)
        head = "".join(f"<th style='text-align:left'>{name}</th>" for name in ("Passage", "Pillars", "Sentiment"))
        caption = escape(self.letter.name or "letter")
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


@dataclass(frozen=True, repr=False)
class LabelledLetters(Sequence[LabelledLetter]):
    """Several labelled letters, in the order in which they were given, and the labels."""

    letters: tuple[LabelledLetter, ...]
    scheme: LabelScheme = SCHEME

    @overload
    def __getitem__(self, index: int) -> LabelledLetter: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[LabelledLetter]: ...
    def __getitem__(self, index: int | slice) -> LabelledLetter | Sequence[LabelledLetter]:
        return self.letters[index]

    def __len__(self) -> int:
        return len(self.letters)

    def to_frame(self) -> pd.DataFrame:
        """Give a table, one row a passage, as `LabelledLetter.to_frame` does."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        pairs = [(letter, number, passage) for letter in self for number, passage in enumerate(letter, 1)]
        passages = [passage for _, _, passage in pairs]
        columns: dict[str, object] = {
            "letter": [letter.letter.name for letter, _, _ in pairs],
            "passage": [number for _, number, _ in pairs],
            **{name: [getattr(each, name) for each in passages] for name in ("start", "end")},
            "page": pd.Series([each.page for each in passages], dtype="Int64"),
            **{name: [getattr(each, name) for each in passages] for name in ("kind", "heading", "text")},
            "pillars": [" ".join(each.pillars) for each in passages],
            "sentiment": [each.sentiment for each in passages],
            "uncertain": [each.uncertain for each in passages],
            **probability_columns(passages, self.scheme),
            "model": [letter.model for letter, _, _ in pairs],
        }
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        return f"<LabelledLetters: {len(self)} letters, {sum(map(len, self))} passages>"

    def _repr_html_(self) -> str:
        return "".join(letter._repr_html_() for letter in self)


def _html_row(passage: LabelledPassage) -> str:
    marks = " ".join(
        f"<span title='{passage.probabilities[pillar]:.2f}' "
        f"style='border:1px solid;border-radius:4px;padding:0 4px;white-space:nowrap'>{escape(pillar)}</span>"
        for pillar in passage.pillars
    )
    heading = f"<strong>{escape(passage.heading)}</strong><br>" if passage.heading else ""
    doubt = " <em title='better read by a person'>?</em>" if passage.uncertain else ""
    sentiment = (
        f"<span title='{passage.probabilities[passage.sentiment]:.2f}'>{escape(passage.sentiment)}</span>{doubt}"
    )
    cells = (f"{heading}{escape(passage.text)}", marks or "–", sentiment)
    return "<tr>" + "".join(f"<td style='text-align:left;vertical-align:top'>{cell}</td>" for cell in cells) + "</tr>"

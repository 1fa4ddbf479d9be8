"""What `classify` gives: labelled passages, as a sequence, as a table, as a page in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from mhnlp.labelling import LabelledText, probability_columns
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.view import letter_html, page

if TYPE_CHECKING:
    import pandas as pd

    from mhnlp.explanation import Explanation
    from mhnlp.letter import Letter


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
    model
        Fingerprint of the model that labelled it.
    """

    text: str
    start: int
    end: int
    heading: str
    kind: str
    page: int | None = None
    model: str = ""

    def explain(self, *, labels: Iterable[str] | None = None) -> Explanation:
        """Tell which sentences and words speak for the labels, as `mhnlp.explain` does.

        Parameters
        ----------
        labels
            The labels to explain; by default those that the passage has.

        Raises
        ------
        ModelError
            If the model that labelled the passage is not loaded, and is none of the package's.
        """
        from mhnlp.explanation import explain  # noqa: PLC0415 - brings the models along, which a result does not need

        return explain(self, labels=labels)

    def carrying_sentences(self) -> dict[str, str]:
        """Name the sentence that speaks most for each pillar and for a judgement, by the model's weights.

        Raises
        ------
        ModelError
            If the model that labelled the passage is not loaded, and is none of the package's.
        """
        from mhnlp.explanation import carrying_sentences  # noqa: PLC0415 - brings the models along

        return carrying_sentences(self)


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

    def to_frame(self, *, evidence: bool = False) -> pd.DataFrame:
        """Give a table, one row a passage.

        Parameters
        ----------
        evidence
            Whether to add the sentences that speak most for the labels, which takes about as long as labelling did.

        Returns
        -------
        DataFrame
            Columns ``letter, passage, start, end, page, kind, heading, text, pillars`` (separated by spaces),
            ``sentiment, uncertain``, a column ``p_<label>`` for each label, and ``model``; with `evidence` also
            ``evidence_<pillar>`` for each pillar, empty where it is not given, and ``evidence_sentiment``, empty
            where it is neutral.
        """
        return LabelledLetters((self,), self.scheme).to_frame(evidence=evidence)

    def to_html(self, *, evidence: bool = False) -> str:
        """Give a page of its own, to open in a browser or to print.

        Parameters
        ----------
        evidence
            Whether to mark the sentences that speak most for the labels.

        Examples
        --------
        >>> import mhnlp
        >>> page = mhnlp.classify("De wachttijd voor de opvang is helaas opgelopen.").to_html()
        >>> "wachttijd" in page
        True
        """
        return LabelledLetters((self,), self.scheme).to_html(evidence=evidence)

    def __repr__(self) -> str:
        lines = [
            f"{number:>3}  {' '.join(each.pillars) or '–'} | {each.sentiment}{' ?' * each.uncertain} | {each.text[:60]}"
            for number, each in enumerate(self, 1)
        ]
        return "\n".join([f"<LabelledLetter {self.letter.name!r}, passages: {len(self)}>", *lines])

    def _repr_html_(self) -> str:
        """View in a notebook."""
        return letter_html(self)


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

    def to_frame(self, *, evidence: bool = False) -> pd.DataFrame:
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
            **(evidence_columns(passages, self.scheme) if evidence else {}),
        }
        return pd.DataFrame(columns)

    def to_html(self, *, evidence: bool = False) -> str:
        """Give one page of all letters, as `LabelledLetter.to_html` does of one."""
        title = self[0].letter.name or "Letter" if len(self) == 1 else f"{len(self)} letters"
        views = [
            letter_html(letter, [passage.carrying_sentences() for passage in letter] if evidence else ())
            for letter in self
        ]
        return page(views, title)

    def __repr__(self) -> str:
        return f"<LabelledLetters: {len(self)} letters, {sum(map(len, self))} passages>"

    def _repr_html_(self) -> str:
        return "".join(letter._repr_html_() for letter in self)


def evidence_columns(passages: Sequence[LabelledPassage], scheme: LabelScheme) -> dict[str, list[str]]:
    """Columns ``evidence_<pillar>`` and ``evidence_sentiment`` for a table; a label that is not given has none."""
    carrying = [passage.carrying_sentences() for passage in passages]
    pillars = {f"evidence_{pillar}": [own.get(pillar, "") for own in carrying] for pillar in scheme.pillars}
    sentiments = [own.get(passage.sentiment, "") for passage, own in zip(passages, carrying, strict=True)]
    return {**pillars, "evidence_sentiment": sentiments}

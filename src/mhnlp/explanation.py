"""`explain`: which sentences and words of a passage speak for its labels, and against them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.dutch import load_pipeline
from mhnlp.errors import TextError
from mhnlp.evidence import weigh
from mhnlp.model import Model, find_model, load_model
from mhnlp.neighbours import nearest
from mhnlp.view import evidence_html

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray
    from spacy.tokens import Doc

    from mhnlp.labelling import LabelledText
    from mhnlp.neighbours import Neighbour
    from mhnlp.results import LabelledPassage

    Floats = NDArray[np.float64]
    Span = tuple[int, int]


NEUTRAL = "neutral"


@dataclass(frozen=True)
class WeightedWord:
    """A word and what it adds to the log odds of a label.

    Parameters
    ----------
    text
        The word.
    start, end
        Where it begins and ends in the explained text.
    weight
        Positive where it speaks for the label, negative where it speaks against it.
    """

    text: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class WeighedSentence:
    """A sentence and what becomes of a label without it.

    Parameters
    ----------
    text
        The sentence.
    start, end
        Where it begins and ends in the explained text.
    drop
        By how much the label's probability falls when the sentence is left out; negative where it rises.
    """

    text: str
    start: int
    end: int
    drop: float


@dataclass(frozen=True)
class LabelEvidence:
    """Why a text has a label, or has it not.

    Parameters
    ----------
    label
        The pillar or sentiment.
    given
        Whether the text has it.
    probability
        Its calibrated probability.
    threshold
        From which probability on a pillar is given; None for a sentiment, of which the most probable is given.
    sentences
        The text's sentences; the one whose absence costs the label most comes first.
    words
        The text's words, in order.
    """

    label: str
    given: bool
    probability: float
    threshold: float | None
    sentences: tuple[WeighedSentence, ...]
    words: tuple[WeightedWord, ...]

    @property
    def sentence(self) -> WeighedSentence:
        """The sentence that carries the label."""
        return self.sentences[0]

    def words_for(self, n: int = 5) -> tuple[WeightedWord, ...]:
        """Words that speak most for the label, strongest first."""
        return tuple(sorted((each for each in self.words if each.weight > 0), key=lambda each: -each.weight)[:n])

    def words_against(self, n: int = 5) -> tuple[WeightedWord, ...]:
        """Words that speak most against the label, strongest first."""
        return tuple(sorted((each for each in self.words if each.weight < 0), key=lambda each: each.weight)[:n])


@dataclass(frozen=True, repr=False)
class Explanation(Mapping[str, LabelEvidence]):
    """The evidence for the labels of a text, label by label.

    Parameters
    ----------
    text
        The explained text; offsets refer to it.
    evidence
        The labels that are explained.
    uncertain
        Whether a person had better read the text.
    model
        Fingerprint of the model that was asked.
    """

    text: str
    evidence: tuple[LabelEvidence, ...]
    uncertain: bool
    model: str

    def __getitem__(self, label: str) -> LabelEvidence:
        return {each.label: each for each in self.evidence}[label]

    def __iter__(self) -> Iterator[str]:
        return (each.label for each in self.evidence)

    def __len__(self) -> int:
        return len(self.evidence)

    @cached_property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """The five coded passages of the package's corpus that are most like the text.

        Looked up when first asked for, which takes some seconds the first time.
        """
        return nearest(self.text, self.model)

    def to_frame(self) -> pd.DataFrame:
        """Give a table, one row a word of each label.

        Returns
        -------
        DataFrame
            Columns ``label, probability, threshold, sentence, drop, word, start, end, weight``; `sentence` is the one
            that the word stands in, and `drop` what leaving it out costs the label.
        """
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        columns = ("label", "probability", "threshold", "sentence", "drop", "word", "start", "end", "weight")
        return pd.DataFrame([row for each in self.evidence for row in _rows(each)], columns=list(columns))

    def __repr__(self) -> str:
        return "\n".join([f"<Explanation of {_shorten(self.text, 60)!r}>", *map(_describe, self.evidence)])

    def _repr_html_(self) -> str:
        """View in a notebook."""
        return evidence_html(self)


def explain(
    passage: str | LabelledPassage,
    *,
    model: str | Path | Model | None = None,
    labels: Iterable[str] | None = None,
) -> Explanation:
    """Tell which sentences and words of a passage speak for its labels.

    Parameters
    ----------
    passage
        A passage of a labelled letter, or a text, which is taken for one passage.
    model
        A `Model`, or the name or folder of one; by default the one that labelled the passage, or the package's own
        for a text.
    labels
        The labels to explain; by default those that the passage has. A label that it has not tells what is wanting.

    Returns
    -------
    Explanation
        For each label its probability and threshold, the sentences by what leaving each out costs the label, the
        words by what they add to its log odds, and, looked up when asked for, the most similar coded passages.

    Raises
    ------
    TextError
        If the text is empty.
    ModelError
        If the model cannot be used, or the one that labelled the passage cannot be found.
    ValueError
        If a label is not one of the model's.

    Notes
    -----
    A sentence's drop is measured: the passage is labelled again without it. Words are weighed by the model's
    coefficients, for n-grams exactly; an encoder's part is estimated in one run (`mhnlp.encoder`).

    Examples
    --------
    >>> found = explain("De Kamer ontving de brief. De wachttijd voor de opvang is helaas opgelopen.")
    >>> list(found), found["shelter"].sentence.text
    (['shelter', 'negative'], 'De wachttijd voor de opvang is helaas opgelopen.')
    >>> found["shelter"].words_for(1)[0].text
    'opvang'
    """
    text = " ".join((passage if isinstance(passage, str) else passage.text).split())
    if not text:
        raise TextError("The text is empty, so that there is nothing to explain")
    chosen = _model_of(passage, model)
    own = passage if not isinstance(passage, str) and passage.model == chosen.fingerprint else chosen.label([text])[0]
    wanted = _wanted(own, chosen, labels)
    doc = load_pipeline(chosen.pipeline.name)(text)
    words, sentences = _words(doc), _sentences(doc)
    weights, _ = weigh(chosen.classifier, text, _as_row(own), words=words, sentences=sentences)
    without = _without_each(chosen, text, sentences)
    evidence = tuple(
        _evidence(
            label,
            own,
            chosen,
            words=tuple(_weighted(text, words, weights[:, column])),
            sentences=_by_drop(text, sentences, own.probabilities[label] - without[:, column]),
        )
        for label, column in wanted.items()
    )
    return Explanation(text, evidence, own.uncertain, chosen.fingerprint)


def carrying_sentences(passage: LabelledPassage) -> dict[str, str]:
    """The sentence that speaks most for each label of a labelled passage, by the model's weights.

    What is neutral lacks a judgement, and no sentence carries that. This takes one run of the model and leaves
    nothing out; `explain` measures.
    """
    chosen = find_model(passage.model)
    text = " ".join(passage.text.split())
    given = [label for label in (*passage.pillars, passage.sentiment) if label != NEUTRAL]
    doc = load_pipeline(chosen.pipeline.name)(text)
    sentences = _sentences(doc)
    if len(sentences) == 1:
        return dict.fromkeys(given, text)
    _, weights = weigh(chosen.classifier, text, _as_row(passage), words=_words(doc), sentences=sentences)
    best = dict(zip(chosen.card.scheme.labels, weights.argmax(axis=0), strict=True))
    return {label: text[slice(*sentences[best[label]])] for label in given}


def _model_of(passage: str | LabelledPassage, model: str | Path | Model | None) -> Model:
    if isinstance(model, Model):
        return model
    if model is None and not isinstance(passage, str):
        return find_model(passage.model)
    return load_model(model)


def _wanted(own: LabelledText, model: Model, labels: Iterable[str] | None) -> dict[str, int]:
    """Labels to explain, in the order of the scheme, and their columns."""
    known = model.card.scheme.labels
    wanted = {*own.pillars, own.sentiment} if labels is None else set(labels)
    if not wanted <= set(known):
        raise ValueError(f"{sorted(wanted.difference(known))} are no labels; the labels are {', '.join(known)}")
    return {label: column for column, label in enumerate(known) if label in wanted}


def _words(doc: Doc) -> list[Span]:
    return [(token.idx, token.idx + len(token)) for token in doc if not token.is_space]


def _sentences(doc: Doc) -> list[Span]:
    return [(sentence.start_char, sentence.end_char) for sentence in doc.sents]


def _as_row(own: LabelledText) -> Floats:
    return np.array(list(own.probabilities.values()))


def _without_each(model: Model, text: str, sentences: list[Span]) -> Floats:
    """Probabilities when each sentence is left out, shape (n_sentences, n_labels)."""
    return model.classifier.predict_proba([f"{text[:start]}{text[end:].lstrip()}".strip() for start, end in sentences])


def _weighted(text: str, words: list[Span], weights: Floats) -> Iterator[WeightedWord]:
    """Words with their weights; what has no letter or digit is none."""
    for (start, end), weight in zip(words, weights, strict=True):
        if any(map(str.isalnum, text[start:end])):
            yield WeightedWord(text[start:end], start, end, float(weight))


def _by_drop(text: str, sentences: list[Span], drops: Floats) -> tuple[WeighedSentence, ...]:
    ordered = [(*sentences[index], float(drops[index])) for index in np.argsort(-drops, kind="stable")]
    return tuple(WeighedSentence(text[start:end], start, end, drop) for start, end, drop in ordered)


def _evidence(
    label: str,
    own: LabelledText,
    model: Model,
    *,
    words: tuple[WeightedWord, ...],
    sentences: tuple[WeighedSentence, ...],
) -> LabelEvidence:
    pillars = model.card.scheme.pillars
    threshold = float(model.classifier.rule.thresholds[pillars.index(label)]) if label in pillars else None
    given = label in own.pillars or label == own.sentiment
    return LabelEvidence(label, given, own.probabilities[label], threshold, sentences, words)


def _rows(evidence: LabelEvidence) -> Iterator[tuple[object, ...]]:
    for word in evidence.words:
        sentence = next(each for each in evidence.sentences if each.start <= word.start < each.end)
        shared = (evidence.label, evidence.probability, evidence.threshold, sentence.text, sentence.drop)
        yield (*shared, word.text, word.start, word.end, word.weight)


def _describe(evidence: LabelEvidence) -> str:
    threshold = "" if evidence.threshold is None else f", given from {evidence.threshold:.2f}"
    name = evidence.label if evidence.given else f"not {evidence.label}"
    lines = [
        f"{name}: probability {evidence.probability:.2f}{threshold}",
        f"  carried by: {_shorten(evidence.sentence.text, 90)} (without it {_without(evidence):.2f})",
        f"  for:        {_listed(evidence.words_for())}",
        f"  against:    {_listed(evidence.words_against())}",
    ]
    return "\n".join(lines)


def _without(evidence: LabelEvidence) -> float:
    return max(evidence.probability - evidence.sentence.drop, 0.0)


def _listed(words: tuple[WeightedWord, ...]) -> str:
    return ", ".join(f"{word.text} {word.weight:+.1f}" for word in words) or "–"


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"

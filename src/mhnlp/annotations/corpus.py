"""Annotated passages, as values."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np

from mhnlp.classifier import Parts, indicators
from mhnlp.labels import SCHEME, LabelScheme, sentiment_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

SENTENCE_WEIGHT = 0.3
RUN_WEIGHT = 0.5
"""Weights of sentences and of runs of sentences beside a whole passage's 1 in training."""


@dataclass(frozen=True)
class CodedSentence:
    """Codes of one sentence: its place in the passage's text, its pillars, and whether it praises or criticises."""

    start: int
    end: int
    pillars: tuple[str, ...]
    praise: bool
    criticism: bool


@dataclass(frozen=True)
class AnnotatedPassage:
    """A passage with its codes.

    Parameters
    ----------
    id
        Unique in its corpus.
    letter
        The letter that it comes from; passages of one letter never stand on both sides of a split.
    text
        The text.
    pillars, sentiment
        The codes.
    heading
        The heading above it.
    kind
        ``"passage"`` or ``"item"``.
    sentences
        Codes of its sentences, empty if only the whole was coded.
    """

    id: str
    letter: str
    text: str
    pillars: tuple[str, ...]
    sentiment: str
    heading: str = ""
    kind: str = "passage"
    sentences: tuple[CodedSentence, ...] = ()


@dataclass(frozen=True)
class AnnotatedCorpus(Sequence[AnnotatedPassage]):
    """Annotated passages, in order.

    Parameters
    ----------
    name
        A name for cards and reports.
    passages
        The passages.
    scheme
        The labels.
    """

    name: str
    passages: tuple[AnnotatedPassage, ...]
    scheme: LabelScheme = SCHEME

    @overload
    def __getitem__(self, index: int) -> AnnotatedPassage: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[AnnotatedPassage]: ...
    def __getitem__(self, index: int | slice) -> AnnotatedPassage | Sequence[AnnotatedPassage]:
        return self.passages[index]

    def __len__(self) -> int:
        return len(self.passages)

    @property
    def texts(self) -> list[str]:
        """Text of each passage."""
        return [passage.text for passage in self]

    @property
    def letters(self) -> list[str]:
        """Letter of each passage, to split by."""
        return [passage.letter for passage in self]

    @property
    def y(self) -> NDArray[np.int_]:
        """Labels of each passage as `PassageClassifier` takes them, shape (n_passages, n_labels)."""
        return indicators([each.pillars for each in self], [each.sentiment for each in self], self.scheme)

    @property
    def digest(self) -> str:
        """Digest of texts and codes: equal for equal training material."""
        digest = hashlib.sha256()
        for each in self:
            line = "\t".join(
                [each.id, each.letter, each.text, " ".join(each.pillars), each.sentiment, repr(each.sentences)]
            )
            digest.update(line.encode())
        return digest.hexdigest()[:16]

    def support(self) -> dict[str, int]:
        """Count the passages of each label."""
        return dict(zip(self.scheme.labels, map(int, self.y.sum(axis=0)), strict=True))

    def parts(self) -> Parts | None:
        """Coded sentences, and one run of sentences a passage, as further training material.

        Returns
        -------
        Parts or None
            None if no sentences are coded. Which run is taken from a passage depends on its id alone.
        """
        texts: list[str] = []
        labels: list[tuple[tuple[str, ...], str]] = []
        whole: list[int] = []
        weights: list[float] = []
        for index, passage in enumerate(self):
            for sentences, weight in _spans(passage):
                texts.append(passage.text[sentences[0].start : sentences[-1].end])
                labels.append(_codes(sentences))
                whole.append(index)
                weights.append(weight)
        if not texts:
            return None
        y = indicators([pillars for pillars, _ in labels], [sentiment for _, sentiment in labels], self.scheme)
        return Parts(texts, y, np.array(whole), np.array(weights))

    def to_frame(self) -> pd.DataFrame:
        """Give a table, one row a passage."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        names = ("id", "letter", "kind", "heading", "text", "pillars", "sentiment")
        return pd.DataFrame({name: [getattr(each, name) for each in self] for name in names})


def _spans(passage: AnnotatedPassage) -> list[tuple[tuple[CodedSentence, ...], float]]:
    sentences = passage.sentences
    if len(sentences) < 2:
        return []
    spans: list[tuple[tuple[CodedSentence, ...], float]] = [((each,), SENTENCE_WEIGHT) for each in sentences]
    if len(sentences) == 2:
        return spans
    random = np.random.default_rng(zlib.crc32(passage.id.encode()))
    length = int(random.integers(2, len(sentences)))
    start = int(random.integers(0, len(sentences) - length + 1))
    return [*spans, (sentences[start : start + length], RUN_WEIGHT)]


def _codes(sentences: Sequence[CodedSentence]) -> tuple[tuple[str, ...], str]:
    """Codes of a run of sentences: the union of their pillars; praise and criticism make the sentiment."""
    pillars = tuple({pillar for sentence in sentences for pillar in sentence.pillars})
    praise = any(sentence.praise for sentence in sentences)
    return pillars, sentiment_of(praise=praise, criticism=any(sentence.criticism for sentence in sentences))

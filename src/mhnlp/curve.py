"""Whether more annotation pays: scores by the number of letters trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.bootstrap import counts_by_letter, draw_sums, estimate, f1
from mhnlp.training import OWN_WEIGHT, prepare

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.annotations.corpus import AnnotatedCorpus
    from mhnlp.classifier import PassageClassifier
    from mhnlp.estimate import Estimate
    from mhnlp.labels import LabelScheme
    from mhnlp.training import TrainingSet

    Floats = NDArray[np.float64]

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Each twice the one before, so that the last step tells what the last doubling brought."""
REPEATS = 3
WORTH = 0.01
"""Gain in macro-F1 from which a doubling is worth the work."""


@dataclass(frozen=True)
class CurvePoint:
    """Macro-F1 on held-out letters of models trained on some letters."""

    letters: int
    pillars: Estimate
    sentiment: Estimate


@dataclass(frozen=True)
class LearningCurve:
    """Scores by the number of letters trained on, and what the last doubling of these brought.

    Parameters
    ----------
    points
        From few letters to all.
    last_pillars, last_sentiment
        Gain of the last doubling in macro-F1, paired by letter.
    """

    points: tuple[CurvePoint, ...]
    last_pillars: Estimate
    last_sentiment: Estimate

    @property
    def conclusion(self) -> str:
        """Whether more annotation pays, in a sentence."""
        gains = f"pillars {self.last_pillars}, sentiment {self.last_sentiment}"
        told = f"From {self.points[-2].letters} to {self.points[-1].letters} letters macro-F1 rose by: {gains}. "
        both = (self.last_pillars, self.last_sentiment)
        if any(each.low > 0 and each.value >= WORTH for each in both):
            return told + "More annotation pays: as many letters again may bring about as much."
        if all(each.high < WORTH for each in both):
            return told + f"More of the same letters pays little: as many again would bring less than {WORTH}."
        return told + "Whether more annotation pays cannot be told from so few letters."

    def summary(self) -> dict[str, str]:
        """Give the scores, in words."""
        return {
            f"{point.letters} letters": f"pillars {point.pillars}, sentiment {point.sentiment}" for point in self.points
        }

    def to_frame(self) -> pd.DataFrame:
        """Give a table, a row a number of letters."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        rows = [
            {"letters": point.letters}
            | {
                f"{name}{suffix}": getattr(value, part)
                for name, value in (("pillars", point.pillars), ("sentiment", point.sentiment))
                for suffix, part in (("", "value"), ("_low", "low"), ("_high", "high"))
            }
            for point in self.points
        ]
        return pd.DataFrame(rows)


def learning_curve(
    data: str | Path | AnnotatedCorpus | None = None,
    *,
    with_corpus: bool = False,
    weight: float = OWN_WEIGHT,
    base: str = "fast",
    scheme: LabelScheme | None = None,
    classifier: PassageClassifier | None = None,
    repeats: int = REPEATS,
) -> LearningCurve:
    """Score models trained on an eighth, a quarter, a half and all of one's letters, each on held-out letters.

    Parameters
    ----------
    data, with_corpus, weight, base, scheme
        As in `mhnlp.train`. With the package's corpus, that is trained on whole at every point.
    classifier
        An unfitted classifier; the first of its penalties and class weights is used.
    repeats
        How often the letters of a share are drawn anew; scores are means over these.

    Raises
    ------
    TrainingError
        As `mhnlp.train` does.

    Examples
    --------
    >>> import mhnlp
    >>> coded = mhnlp.AnnotatedCorpus("coded", mhnlp.load_corpus()[:120])
    >>> curve = learning_curve(coded, classifier=mhnlp.PassageClassifier(folds=2, penalties=(3.0,)), repeats=1)
    >>> [point.letters for point in curve.points]
    [2, 4]
    """
    training_set = prepare(
        data, with_corpus=with_corpus, weight=weight, base=base, scheme=scheme, classifier=classifier
    )
    letters = len({name for name, own in zip(training_set.corpus.letters, training_set.own, strict=True) if own})
    folds = training_set.classifier.folds
    trained_on = {share: round(share * letters * (folds - 1) / folds) for share in SHARES}
    # The two last at least, whose step the conclusion is drawn from.
    shares = [share for share, count in trained_on.items() if count >= 2 or share >= SHARES[-2]]
    draws = [_draws(training_set, share, 1 if share == 1.0 else repeats) for share in shares]
    points = tuple(
        CurvePoint(max(trained_on[share], 2), *(estimate(float(own[0, kind]), own[1:, kind]) for kind in (0, 1)))
        for share, own in zip(shares, draws, strict=True)
    )
    gains = draws[-1] - draws[-2]
    last = (estimate(float(gains[0, kind]), gains[1:, kind]) for kind in (0, 1))
    return LearningCurve(points, *last)


def _draws(training_set: TrainingSet, share: float, repeats: int) -> Floats:
    """Macro-F1 of pillars and sentiment: on all letters, then on each draw of letters; shape (1 + draws, 2)."""
    corpus = training_set.corpus
    n = len(corpus.scheme.pillars)
    letters = np.asarray(corpus.letters)[training_set.own]
    scores = []
    for seed in range(repeats):
        _, given = training_set.classifier.predict_out_of_fold(
            corpus.texts,
            corpus.y,
            corpus.letters,
            share=share,
            seed=seed,
            always=~training_set.own,
            parts=corpus.parts(),
            encoder_scores=training_set.encoder_scores,
            sample_weight=training_set.sample_weight,
        )
        counts = counts_by_letter(corpus.y[training_set.own], given[training_set.own], list(letters))
        each = f1(np.concatenate([counts.sum(axis=0)[None], draw_sums(counts)]))
        scores.append(np.column_stack([each[:, :n].mean(axis=1), each[:, n:].mean(axis=1)]))
    mean: Floats = np.mean(scores, axis=0)
    return mean

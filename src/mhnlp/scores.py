"""The scores of a model, as values."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from math import isnan, nan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from mhnlp.estimate import Estimate

OF_PROBABILITIES = (
    "pillars, mean average precision",
    "expected calibration error",
    "not uncertain",
    "wrong decisions a passage",
)
"""Figures of a summary that labels without probabilities have not."""


@dataclass(frozen=True)
class LabelScore:
    """Scores of one label; `calibration` is its expected calibration error, in ten bins of equal width."""

    label: str
    support: int
    precision: float
    recall: float
    f1: Estimate
    average_precision: float
    calibration: float


@dataclass(frozen=True)
class Reliability:
    """Passages whose probability of a label lies between `low` and `high`: the mean of it, and how many have it."""

    label: str
    low: float
    high: float
    passages: int
    probability: float
    share: float


@dataclass(frozen=True)
class CoveragePoint:
    """The surest share of the passages: wrong decisions a passage, on pillars and on the sentiment."""

    coverage: float
    pillar_errors: float
    sentiment_errors: float


@dataclass(frozen=True)
class Evaluation:
    """Scores of a model on coded passages.

    Parameters
    ----------
    name
        What was evaluated on what.
    passages, letters
        How many were scored.
    labels
        Scores of each label.
    pillars, sentiment
        Macro-F1 of the pillars and of the sentiments.
    pillars_micro
        Micro-F1 of the pillars.
    average_precision
        Mean average precision of the pillars.
    accuracy
        Share of passages with the right sentiment.
    calibration_pillars, calibration_sentiment
        Expected calibration error, in ten bins of equal width: mean over the pillars, and of the probability of
        the sentiment given.
    coverage
        Share of passages that are not uncertain.
    certain_pillars, certain_sentiment
        Macro-F1 on these.
    certain_errors, uncertain_errors
        Wrong decisions a passage, on these and on the others: every pillar and the sentiment are one decision each.
    confusion
        Sentiments coded (rows) by sentiments given (columns); a column ``unknown`` where the model gives sentiments
        that the coded passages do not know.
    reliability
        Probabilities against what came true, in ten bins of equal width for each label.
    coverage_curve
        Errors on the surest tenth of the passages, on the surest two tenths, and so on.
    unknown
        Labels given that the coded passages do not know; each counts as an error.
    warnings
        What is to be known before a figure is reported.
    """

    name: str
    passages: int
    letters: int
    labels: tuple[LabelScore, ...]
    pillars: Estimate
    sentiment: Estimate
    pillars_micro: float
    average_precision: float
    accuracy: float
    calibration_pillars: float
    calibration_sentiment: float
    coverage: float
    certain_pillars: float
    certain_sentiment: float
    certain_errors: float
    uncertain_errors: float
    confusion: dict[str, dict[str, int]]
    reliability: tuple[Reliability, ...] = ()
    coverage_curve: tuple[CoveragePoint, ...] = ()
    unknown: int = 0
    warnings: tuple[str, ...] = ()

    def without_probabilities(self) -> Evaluation:
        """The same of labels that came without probabilities: what needs these is not a number, or empty."""
        labels = tuple(replace(each, average_precision=nan, calibration=nan) for each in self.labels)
        return replace(
            self,
            labels=labels,
            average_precision=nan,
            calibration_pillars=nan,
            calibration_sentiment=nan,
            coverage=nan,
            certain_pillars=nan,
            certain_sentiment=nan,
            certain_errors=nan,
            uncertain_errors=nan,
            reliability=(),
            coverage_curve=(),
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the scores of the labels as a table, one row a label."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        rows = [{**asdict(each), "f1": each.f1.value, **_bounds(each.f1)} for each in self.labels]
        names = ("label", "support", "precision", "recall", "f1", "f1_low", "f1_high", "average_precision")
        return pd.DataFrame(rows, columns=[*names, "calibration"])

    def summary(self) -> dict[str, str]:
        """Give the figures over all labels, in words."""
        figures = {
            "passages": f"{self.passages} of {self.letters} letters",
            "pillars, macro-F1": str(self.pillars),
            "pillars, micro-F1": f"{self.pillars_micro:.3f}",
            "pillars, mean average precision": f"{self.average_precision:.3f}",
            "sentiment, macro-F1": str(self.sentiment),
            "sentiment, accuracy": f"{self.accuracy:.3f}",
            "expected calibration error": f"{self.calibration_pillars:.3f} pillars, {self.calibration_sentiment:.3f} "
            "sentiment",
            "not uncertain": f"{self.coverage:.0%} of the passages; on these macro-F1 {self.certain_pillars:.3f} "
            f"pillars, {self.certain_sentiment:.3f} sentiment",
            "wrong decisions a passage": f"{self.certain_errors:.2f} where not uncertain, {self.uncertain_errors:.2f} "
            "where uncertain",
        }
        if isnan(self.coverage):
            figures = {name: told for name, told in figures.items() if name not in OF_PROBABILITIES}
        if self.unknown:
            figures["labels unknown to the coded passages"] = f"{self.unknown}, each counted as an error"
        return figures

    def to_card(self) -> dict[str, Any]:
        """Give what a model card records."""
        header = ["label", "support", "precision", "recall", "F1", "low", "high"]
        rows = [
            [each.label, each.support, each.precision, each.recall, each.f1.value, each.f1.low, each.f1.high]
            for each in self.labels
        ]
        return {**self.summary(), "table": [header, *rows]}

    def to_json(self) -> str:
        """Give every figure as JSON; one that is not a number is null."""
        return json.dumps(_plain(asdict(self)), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return {key: _plain(own) for key, own in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(own) for own in value]
    return None if isinstance(value, float) and isnan(value) else value


def _bounds(value: Estimate) -> dict[str, float]:
    return {"f1_low": value.low, "f1_high": value.high}

"""From probabilities to the labels of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mhnlp.calibration import DecisionRule
    from mhnlp.labels import LabelScheme


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

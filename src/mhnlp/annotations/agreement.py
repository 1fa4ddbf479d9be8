"""How far coders agree: Krippendorff's alpha for each pillar and for sentiment.

Krippendorff, Content Analysis (4th edition, 2018), chapter 12; computed by the package ``krippendorff``.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.annotations.tables import read_annotations, read_codes
from mhnlp.errors import MhnlpError
from mhnlp.estimate import Estimate
from mhnlp.labels import SCHEME, LabelScheme

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

DRAWS = 200
MIN_PASSAGES = 50
"""Below this number of passages in common, agreement is not computed."""

Codes = dict[str, tuple[tuple[str, ...], str]]


@dataclass(frozen=True)
class Agreement:
    """Agreement of two coders on the passages that both coded.

    Parameters
    ----------
    coders
        Their names.
    passages
        How many passages both coded.
    alphas
        Alpha of each pillar, and under ``"sentiment"`` that of the sentiment; nominal.
    """

    coders: tuple[str, str]
    passages: int
    alphas: dict[str, Estimate]

    def summary(self) -> dict[str, str]:
        """Give the alphas, in words."""
        return {label: str(alpha) for label, alpha in self.alphas.items()}


def agreements(folder: str | Path, scheme: LabelScheme = SCHEME) -> list[Agreement]:
    """Agreement of every two coders who coded enough passages in common.

    Parameters
    ----------
    folder
        A corpus folder; the coder ``final`` is a decision, not a coder, and is left out.
    scheme
        The labels.

    Raises
    ------
    MhnlpError
        If no two coders have 50 passages in common.
    """
    letters = {passage.id: passage.letter for passage in read_annotations(folder, scheme)}
    codes = {coder: own for coder, own in read_codes(folder, scheme).items() if coder != "final"}
    found: list[Agreement] = []
    for first, second in combinations(sorted(codes), 2):
        common = sorted(set(codes[first]) & set(codes[second]))
        if len(common) >= MIN_PASSAGES:
            units = [letters[passage] for passage in common]
            pairs = [(codes[first][passage], codes[second][passage]) for passage in common]
            found.append(Agreement((first, second), len(common), _alphas(pairs, units, scheme)))
    if not found:
        raise MhnlpError(f"no two coders in {folder} have {MIN_PASSAGES} passages in common")
    return found


def _alphas(
    pairs: Sequence[tuple[tuple[tuple[str, ...], str], tuple[tuple[str, ...], str]]],
    letters: list[str],
    scheme: LabelScheme,
) -> dict[str, Estimate]:
    values = {
        pillar: np.array(
            [[pillar in first[0] for first, _ in pairs], [pillar in second[0] for _, second in pairs]], int
        )
        for pillar in scheme.pillars
    }
    order = scheme.sentiments
    values["sentiment"] = np.array([[order.index(own[1]) for own in coder] for coder in zip(*pairs, strict=True)])
    return {label: _alpha(own, letters) for label, own in values.items()}


def _alpha(values: NDArray[np.int_], letters: list[str]) -> Estimate:
    """Alpha of two coders' values, shape (2, n_passages), with an interval by drawing letters."""
    names, index = np.unique(letters, return_inverse=True)
    members = [np.flatnonzero(index == letter) for letter in range(len(names))]
    random = np.random.default_rng(0)
    draws = [
        _krippendorff(
            values[:, np.concatenate([members[letter] for letter in random.integers(0, len(names), len(names))])]
        )
        for _ in range(DRAWS)
    ]
    defined = [alpha for alpha in draws if not np.isnan(alpha)] or [float("nan")]
    low, high = np.percentile(defined, (2.5, 97.5))
    return Estimate(_krippendorff(values), float(low), float(high))


def _krippendorff(values: NDArray[np.int_]) -> float:
    try:
        import krippendorff  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MhnlpError("agreement needs the package krippendorff: pip install 'mhnlp[agreement]'") from error
    if values.min() == values.max():
        return float("nan")
    with warnings.catch_warnings():
        # The package divides by an expected disagreement of zero where a draw has one value only.
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(krippendorff.alpha(values, level_of_measurement="nominal"))

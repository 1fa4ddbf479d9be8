"""Colours of the labels, the same in figures and in views.

They are those of Okabe and Ito ("Color Universal Design", 2008), which people with any colour vision tell apart, the
pale ones darkened so that a line shows on white paper.
"""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

GREY = "#6b6b6b"
COLOURS = {
    "prevention": "#009E73",
    "signalling": "#C77F00",
    "investigation": "#0072B2",
    "shelter": "#AA4488",
    "international": "#3D9BD4",
    "none": GREY,
    "positive": "#0072B2",
    "negative": "#D55E00",
    "mixed": "#8C6BB1",
    "neutral": GREY,
}
CYCLE = ("#0072B2", "#D55E00", "#009E73", "#AA4488", "#C77F00", "#3D9BD4")
"""For groups, and for labels of other schemes."""


def pillar_colours(pillars: Iterable[str]) -> dict[str, str]:
    """Colour of each pillar.

    Examples
    --------
    >>> pillar_colours(["shelter", "housing"])
    {'shelter': '#AA4488', 'housing': '#D55E00'}
    """
    return {pillar: COLOURS.get(pillar, colour) for pillar, colour in zip(pillars, cycle(CYCLE), strict=False)}

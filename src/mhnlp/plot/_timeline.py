"""Shares over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.palette import COLOURS, GREY
from mhnlp.plot._shares import Shares, shares
from mhnlp.plot._style import INK, SIZE, SMALL, dress, note, notes, panels, points
from mhnlp.plot._table import By, periods, read_table
from mhnlp.plot._words import Language, name_of, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

PARTS = {"year": 1, "quarter": 4, "month": 12}


def timeline(
    df: pd.DataFrame,
    *,
    labels: Sequence[str] | None = None,
    by: By = "year",
    date: str = "date",
    language: Language = "en",
    scheme: LabelScheme = SCHEME,
    axes: Axes | Sequence[Axes] | None = None,
) -> list[Axes]:
    """Draw the share of passages with each label over time, one panel a label.

    Parameters
    ----------
    df
        The table of `LabelledLetters.to_frame`, with a column of dates. It may be a part of it, such as
        ``df[df["pillars"].str.contains("shelter")]``: shares are of the passages given.
    labels
        The pillars or sentiments to show, by default all pillars.
    by
        ``"year"``, ``"quarter"``, ``"month"``, or a number of years.
    date
        The column with the letters' dates: dates, texts such as ``2024-11-14``, or years. Passages without a date
        are left out, and the figure says how many.
    language
        ``"en"`` or ``"nl"``, for all words.
    scheme
        The labels.
    axes
        One axes a label to draw on; by default those of a new figure.

    Returns
    -------
    list of Axes
        One a label.

    Raises
    ------
    TableError
        If the table lacks a column, or holds what is no label or no date.
    MhnlpError
        If matplotlib is not installed.

    Notes
    -----
    Bands are 95 percent bootstrap intervals over the letters of a period; open points have none, since they rest on
    fewer than five letters, or on letters that are all alike. Below some twenty letters the intervals are too narrow.

    Examples
    --------
    >>> import pandas as pd
    >>> df = pd.DataFrame({"letter": list("aabbcc"), "date": [2023, 2023, 2023, 2023, 2024, 2024],
    ...     "pillars": ["shelter", "", "shelter", "shelter", "", ""], "sentiment": "neutral"})
    >>> panel, = timeline(df, labels=["shelter"])
    >>> [float(share) for share in panel.lines[0].get_ydata()]
    [75.0, 0.0]
    """
    shown = tuple(labels or scheme.pillars)
    for label in shown:
        if label not in scheme.labels:
            raise ValueError(f"{label!r} is no label; the labels are {', '.join(scheme.labels)}")
    coded, period = read_table(df, scheme), periods(df, date, by).to_numpy()
    dated = period >= 0
    numbers = _run_of(period[dated], by)
    found = shares(coded.matrix(shown), coded.letters, [period == each for each in numbers], numbers)
    made = panels(axes, len(shown), 6.3, 0.7 + 1.15 * len(shown), nrows=len(shown), sharex=True, sharey=True)
    for column, (ax, label) in enumerate(zip(made, shown, strict=True)):
        colour = COLOURS.get(label, INK)
        _draw(ax, _positions(numbers, by), found, column, colour)
        ax.set_title(name_of(label, language), loc="left", fontsize=SIZE, fontweight="bold", color=colour, pad=3)
    _finish(made, found, by, language)
    note(made[-1], notes(coded.letters, dated, found, language, "date"))
    return made


def _run_of(period: NDArray[np.integer[Any]], by: By) -> list[int]:
    """All periods from the first to the last, so that a gap in the letters is a gap in the line."""
    step = by if isinstance(by, int) else 1
    return list(range(int(period.min()), int(period.max()) + 1, step))


def _positions(numbers: list[int], by: By) -> NDArray[np.float64]:
    """Years at which the periods stand: a period of several years at its middle."""
    if isinstance(by, int):
        return np.array(numbers) + (by - 1) / 2
    return np.array(numbers) / PARTS[by]


def _draw(ax: Axes, x: NDArray[np.float64], found: Shares, column: int, colour: str) -> None:
    value, known = found.value[:, column], found.known[:, column]
    ax.plot(x, value, color=colour, linewidth=1.4, solid_capstyle="round", zorder=3)
    ax.fill_between(x, found.low[:, column], found.high[:, column], color=colour, alpha=0.2, linewidth=0, zorder=2)
    points(ax, x, value, known, colour=colour, size=3.5)
    dress(ax, grid="y")


def _finish(axes: Sequence[Axes], found: Shares, by: By, language: Language) -> None:
    text = words(language)
    top = np.nanmax(np.where(found.known, found.high, found.value))
    for ax in axes:
        ax.set_ylim(0, min(100, 1.05 * top + 1))
        ax.locator_params(axis="y", nbins=3, integer=True)
        ax.locator_params(axis="x", integer=True)
        ax.margins(x=0.02)
    axes[0].set_title(text["share"], loc="right", fontsize=SMALL, color=GREY, pad=3)
    axes[-1].set_xlabel(text["years"].format(n=by) if isinstance(by, int) else text[by])

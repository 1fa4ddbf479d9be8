"""Shares of two kinds of labels, or of labels and groups, as a table of shaded cells."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.plot._groups import groups_of, pillar_groups
from mhnlp.plot._shares import Shares, shares, sized
from mhnlp.plot._style import INK, SIZE, SMALL, note, notes, panels
from mhnlp.plot._table import NONE, read_table
from mhnlp.plot._words import Language, name_of, number, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

MAP = "Blues"
DARK = 0.55
"""Part of the scale from which white type is read better than black."""


def heatmap(
    df: pd.DataFrame,
    *,
    by: str | None = None,
    language: Language = "en",
    scheme: LabelScheme = SCHEME,
    ax: Axes | None = None,
) -> Axes:
    """Draw how pillars are judged, or how much each group speaks of each pillar.

    Parameters
    ----------
    df
        The table of `LabelledLetters.to_frame`, with columns of your own.
    by
        A column, such as the kind of sender: a cell is the share of the group's passages that address the pillar.
        By default sentiments stand against pillars: a cell is the share of the pillar's passages that are judged so,
        and a row sums to 100.
    language
        ``"en"`` or ``"nl"``, for all words.
    scheme
        The labels.
    ax
        The axes to draw on; by default those of a new figure.

    Returns
    -------
    Axes
        Each cell holds its share in percent and, below it, the 95 percent bootstrap interval over letters; where
        there is none, the cell rests on fewer than five letters, or on letters that are all alike.

    Raises
    ------
    TableError
        If the table lacks a column, or holds what is no label.
    MhnlpError
        If matplotlib is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> df = pd.DataFrame({"letter": list("aabb"), "pillars": "shelter",
    ...     "sentiment": ["negative", "neutral", "negative", "positive"]})
    >>> heatmap(df).images[0].get_array()[0].tolist()
    [25.0, 50.0, 0.0, 25.0]
    """
    coded = read_table(df, scheme)
    if by is None:
        groups, labels = pillar_groups(coded, scheme), scheme.sentiments
    else:
        groups, labels = groups_of(df, by), (*scheme.pillars, NONE)
    found = shares(coded.matrix(labels), coded.letters, groups.masks, groups.names)
    (ax,) = panels(ax, 1, 1.9 + 0.85 * len(labels), 1.1 + 0.42 * len(groups.names))
    # From white at 0, so that no share looks like some.
    ax.imshow(found.value, cmap=MAP, vmin=0, vmax=_top(found), aspect="auto")
    _fill(ax, found, language)
    _frame(ax, sized(found, by, language), [name_of(label, language) for label in labels])
    ax.set_xlabel(words(language)["share given" if by is None else "share of group"], labelpad=6)
    note(ax, notes(coded.letters, groups.shown, found, language, "group"))
    return ax


def _fill(ax: Axes, found: Shares, language: Language) -> None:
    top = _top(found)
    for row, column in np.ndindex(*found.value.shape):
        value, low, high = (float(part[row, column]) for part in (found.value, found.low, found.high))
        style: dict[str, Any] = {"ha": "center", "va": "center", "color": "white" if value / top > DARK else INK}
        ax.text(column, row - 0.13, number(value, language), fontsize=SIZE, **style)
        if np.isfinite(low):
            ax.text(column, row + 0.27, f"{low:.0f} – {high:.0f}", fontsize=SMALL - 1, **style)


def _top(found: Shares) -> float:
    return max(1.0, float(np.nanmax(found.value)))


def _frame(ax: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    ax.set_xticks(range(len(columns)), [fill(name, 13, break_long_words=False) for name in columns])
    ax.set_yticks(range(len(rows)), rows)
    ax.xaxis.tick_top()
    ax.tick_params(which="both", labelsize=SIZE - 1, length=0, colors=INK)
    ax.spines[:].set_visible(False)
    # White lines between the cells.
    ax.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=2)
    ax.tick_params(which="minor", length=0)

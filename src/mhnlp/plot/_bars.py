"""Shares of the pillars, and of praise and criticism, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mhnlp.errors import TableError
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.palette import COLOURS, CYCLE, GREY
from mhnlp.plot._groups import groups_of, pillar_groups
from mhnlp.plot._shares import Shares, figure, shares, sized
from mhnlp.plot._style import INK, MARKERS, SIZE, beside, dress, note, notes, panels, points
from mhnlp.plot._table import NONE, read_table
from mhnlp.plot._words import Language, name_of, number, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection


def pillars(
    df: pd.DataFrame,
    *,
    by: str | None = None,
    language: Language = "en",
    scheme: LabelScheme = SCHEME,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of passages that address each pillar, for all letters or group by group.

    Parameters
    ----------
    df
        The table of `LabelledLetters.to_frame`, with columns of your own.
    by
        A column whose values are compared, such as the kind of sender; six at most.
    language
        ``"en"`` or ``"nl"``, for all words.
    scheme
        The labels.
    ax
        The axes to draw on; by default those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    TableError
        If the table lacks a column, holds what is no label, or has too many groups.
    MhnlpError
        If matplotlib is not installed.

    Notes
    -----
    Shares sum to more than 100, since a passage may address several pillars. Whiskers are 95 percent bootstrap
    intervals over letters; open points have none (fewer than five letters, or all alike).

    Examples
    --------
    >>> import pandas as pd
    >>> df = pd.DataFrame({"letter": list("aabb"), "pillars": ["shelter", "", "shelter prevention", ""],
    ...     "sentiment": "neutral"})
    >>> [text.get_text() for text in pillars(df).texts][:2]
    ['25', '0']
    """
    coded = read_table(df, scheme)
    groups = groups_of(df, by)
    if len(groups.names) > len(CYCLE):
        raise TableError(
            f"column {by!r} has {len(groups.names)} values, and the figure compares {len(CYCLE)} at most; draw them "
            f"with plot.heatmap(df, by={by!r}), or keep some rows of the table"
        )
    rows = (*scheme.pillars, NONE)
    found = shares(coded.matrix(rows), coded.letters, groups.masks, groups.names)
    (ax,) = panels(ax, 1, 6.3, 1.0 + len(rows) * max(0.34, 0.17 * len(groups.names)))
    if by is None:
        _draw_all(ax, found, rows, language)
    else:
        drawn = [_draw_group(ax, found, group, rows) for group in range(len(groups.names))]
        _legend(ax, drawn, sized(found, by, language))
    _label_rows(ax, [name_of(row, language) for row in rows])
    ax.set_xlim(0, min(115, 1.25 * np.nanmax(np.where(found.known, found.high, found.value)) + 2))
    ax.set_xlabel(words(language)["share"])
    note(ax, notes(coded.letters, groups.shown, found, language, "group"))
    return ax


def sentiment(
    df: pd.DataFrame,
    *,
    by: str | None = None,
    language: Language = "en",
    scheme: LabelScheme = SCHEME,
    ax: Axes | None = None,
) -> Axes:
    """Draw how much is judged negatively and positively, pillar by pillar or group by group.

    Parameters
    ----------
    df
        The table of `LabelledLetters.to_frame`, with columns of your own.
    by
        A column whose values are the rows; by default the pillars are.
    language
        ``"en"`` or ``"nl"``, for all words.
    scheme
        The labels; it must have the sentiments positive and negative. Others stand as figures at the right.
    ax
        The axes to draw on; by default those of a new figure.

    Returns
    -------
    Axes
        Bars to the left are criticism, bars to the right praise, each in percent of the row's passages.

    Raises
    ------
    TableError
        If the table lacks a column, or holds what is no label.
    ValueError
        If the scheme lacks one of the two sentiments.
    MhnlpError
        If matplotlib is not installed.

    Notes
    -----
    Whiskers are 95 percent bootstrap intervals over letters. A bar without one rests on fewer than five letters, or
    on letters that are all alike.

    Examples
    --------
    >>> import pandas as pd
    >>> df = pd.DataFrame({"letter": list("aabb"), "pillars": "shelter",
    ...     "sentiment": ["negative", "neutral", "negative", "positive"]})
    >>> [float(bar.get_width()) for bar in sentiment(df).patches][:1]
    [-50.0]
    """
    if not {"negative", "positive"} <= set(scheme.sentiments):
        raise ValueError(f"this figure needs the sentiments negative and positive; there are {scheme.sentiments}")
    coded = read_table(df, scheme)
    groups = pillar_groups(coded, scheme) if by is None else groups_of(df, by)
    order = ("negative", "positive", *(each for each in scheme.sentiments if each not in {"negative", "positive"}))
    found = shares(coded.matrix(order), coded.letters, groups.masks, groups.names)
    (ax,) = panels(ax, 1, 6.3, 1.0 + 0.38 * len(groups.names))
    reach = np.nanmax(np.where(found.known, found.high, found.value)[:, :2], initial=1) * 1.08
    for column in (0, 1):
        _draw_bars(ax, found, column, order[column])
    _columns(ax, found, order[2:], language)
    _label_rows(ax, sized(found, by, language))
    ax.set_xlim(-reach, reach)
    ax.xaxis.set_major_formatter(lambda value, _: number(abs(value), language))
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_xlabel(words(language)["negative axis"])
    note(ax, notes(coded.letters, groups.shown, found, language, "group"))
    return ax


def _draw_group(ax: Axes, found: Shares, group: int, rows: Sequence[str]) -> PathCollection:
    """Draw the shares of one of several groups, a little above or below those of the others."""
    n = len(found.groups)
    y = np.arange(len(rows)) + (group - (n - 1) / 2) * 0.72 / n
    value, colour = found.value[group], CYCLE[group]
    ax.errorbar(value, y, xerr=found.reach[:, group], fmt="none", ecolor=colour, elinewidth=1.6)
    return points(ax, value, y, found.known[group], colour=colour, size=4.5, marker=MARKERS[group])


def _draw_all(ax: Axes, found: Shares, rows: Sequence[str], language: Language) -> None:
    for k, row in enumerate(rows):
        colour, own = COLOURS.get(row, INK), slice(k, k + 1)
        ax.errorbar(found.value[0, own], [k], xerr=found.reach[:, 0, own], fmt="none", ecolor=colour, elinewidth=1.6)
        points(ax, found.value[0, own], np.array([k]), found.known[0, own], colour=colour, size=6)
        end = found.value[0, k] + found.reach[1, 0, k]
        beside(ax, figure(found, 0, k, language), (end, k), 6, fontsize=SIZE - 1)


def _draw_bars(ax: Axes, found: Shares, column: int, label: str) -> None:
    """Draw bars to the left for the first label, to the right for the second."""
    sign = -1 if column == 0 else 1
    y, value = np.arange(len(found.groups)), sign * found.value[:, column]
    ax.barh(y, value, height=0.62, color=COLOURS[label], zorder=2)
    known = found.known[:, column]
    reach = found.reach[::sign, known, column]
    ax.errorbar(value[known], y[known], xerr=reach, fmt="none", ecolor=INK, elinewidth=1, capsize=2.5, zorder=3)


def _columns(ax: Axes, found: Shares, labels: Sequence[str], language: Language) -> None:
    """Write the other sentiments' shares, and their intervals, at the right of the bars."""
    edge: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "center"}
    for column, label in enumerate(labels, 2):
        offset = 36 + 62 * (column - 2)
        beside(ax, f"{name_of(label, language)} (%)", (1, -0.85), offset, **edge, color=GREY)
        for row in range(len(found.groups)):
            beside(ax, figure(found, row, column, language), (1, row), offset, **edge)


def _label_rows(ax: Axes, names: Sequence[str]) -> None:
    dress(ax, grid="x")
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)


def _legend(ax: Axes, drawn: Sequence[PathCollection], names: Sequence[str]) -> None:
    ax.legend(
        drawn, names, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False,
        fontsize=SIZE - 1, handletextpad=0.3, columnspacing=1.2, borderaxespad=0.2,
    )  # fmt: skip

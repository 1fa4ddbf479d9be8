"""How the figures look: sizes, spare frames, points and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mhnlp.errors import MhnlpError
from mhnlp.palette import GREY
from mhnlp.plot._shares import MIN_LETTERS
from mhnlp.plot._words import number, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from numpy.typing import NDArray

    from mhnlp.plot._shares import Shares
    from mhnlp.plot._words import Language

INK, PALE = "#222222", "#e3e3e3"
MARKERS = ("o", "s", "D", "^", "v", "P")
SIZE, SMALL = 9.0, 7.5
"""Sizes of type in points: text, and notes."""


def pyplot() -> ModuleType:
    """Import matplotlib's pyplot.

    Raises
    ------
    MhnlpError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MhnlpError('figures need matplotlib; install it with: pip install "mhnlp[plots]"') from error
    return plt


def panels(axes: Axes | Sequence[Axes] | None, n: int, width: float, height: float, **layout: Any) -> list[Axes]:  # noqa: ANN401
    """Axes to draw on: the caller's, or those of a new figure.

    Parameters
    ----------
    axes
        The caller's, one or several.
    n
        How many are needed.
    width, height
        Size of a new figure in inches.
    layout
        As `matplotlib.pyplot.subplots` takes it.

    Raises
    ------
    ValueError
        If the caller's are too few or too many.
    """
    plt = pyplot()
    if axes is None:
        _, made = plt.subplots(figsize=(width, height), layout="constrained", squeeze=False, **layout)
        return list(made.flat)
    given = list(axes) if hasattr(axes, "__iter__") else [axes]
    if len(given) != n:
        raise ValueError(f"this figure needs {n} axes, one a panel, and was given {len(given)}")
    return given


def dress(ax: Axes, *, grid: str) -> None:
    """Take off the frame but for the line of the values, and draw a pale grid on one axis (``"x"`` or ``"y"``)."""
    ax.spines[["top", "right", "left" if grid == "x" else "bottom"]].set_visible(False)
    ax.spines[["bottom", "left"]].set_color(GREY)
    ax.tick_params(labelsize=SIZE - 1, colors=INK, length=3, color=GREY)
    ax.tick_params(axis="y" if grid == "x" else "x", length=0)
    ax.grid(axis="x" if grid == "x" else "y", color=PALE, linewidth=0.7)
    ax.set_axisbelow(True)


def points(
    ax: Axes, x: NDArray[Any], y: NDArray[Any], known: NDArray[np.bool_], *, colour: str, size: float, marker: str = "o"
) -> PathCollection:
    """Draw points; those without an interval are open."""
    faces = [colour if each else "white" for each in known]
    # The outermost points lie on the frame and are to be seen whole.
    return ax.scatter(x, y, s=size**2, marker=marker, facecolors=faces, edgecolors=colour, zorder=4, clip_on=False)


def beside(ax: Axes, text: str, place: tuple[float, float], offset: float, **style: Any) -> None:  # noqa: ANN401
    """Write figures at a place, some points to its right."""
    ax.annotate(
        text,
        place,
        (offset, 0),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        **{"fontsize": SMALL, "color": INK, **style},
    )


def note(ax: Axes, lines: Sequence[str]) -> None:
    """Write lines in small grey type below the label of the x axis."""
    ax.xaxis.label.set_fontsize(SIZE)
    ax.xaxis.label.set_color(INK)
    ax.annotate(
        "\n".join(lines),
        (0.5, 0),
        (0, -4),
        xycoords=ax.xaxis.label,
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=SMALL,
        color=GREY,
        linespacing=1.35,
        annotation_clip=False,
    )


def size_note(letters: NDArray[np.object_], language: Language) -> str:
    """Say how many passages of how many letters a figure shows; `letters` has the letter of each passage."""
    return words(language)["size"].format(
        passages=number(len(letters), language), letters=number(len(set(letters)), language)
    )


def notes(
    letters: NDArray[np.object_], shown: NDArray[np.bool_], found: Shares, language: Language, what: str
) -> list[str]:
    """Say how many passages a figure shows, what its intervals are, why some are missing, and what is left out.

    Parameters
    ----------
    letters
        The letter of each passage of the table.
    shown
        Whether each is in the figure.
    found
        The shares drawn.
    language
        The language.
    what
        What passages that are not shown lack: ``"date"`` or ``"group"``.
    """
    text = words(language)
    lines = [f"{size_note(letters[shown], language)}; {text['interval']}"]
    if not found.known[found.passages > 0].all():
        lines.append(text["no interval"].format(n=MIN_LETTERS))
    if not shown.all():
        lines.append(f"{text['left out'].format(what=text[what])} {size_note(letters[~shown], language)}")
    return lines

"""Whether probabilities come true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mhnlp.errors import TableError
from mhnlp.evaluation import BINS, calibration_error
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.palette import COLOURS, GREY
from mhnlp.plot._shares import shares
from mhnlp.plot._style import INK, PALE, SIZE, SMALL, dress, note, panels, points, size_note
from mhnlp.plot._table import need, read_table
from mhnlp.plot._words import Language, number, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def calibration(
    given: pd.DataFrame,
    coded: pd.DataFrame,
    *,
    language: Language = "en",
    scheme: LabelScheme = SCHEME,
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Draw how often what the model says with a probability is what coders say.

    Parameters
    ----------
    given
        A table with a column ``p_<label>`` for each label, as `Model.predict` gives it.
    coded
        The codes of the same passages in the same order: columns ``letter, pillars, sentiment``, as
        `AnnotatedCorpus.to_frame` gives them. The model must not have been trained on them.
    language
        ``"en"`` or ``"nl"``, for all words.
    scheme
        The labels.
    axes
        Two axes to draw on; by default those of a new figure.

    Returns
    -------
    list of Axes
        The pillars (each pillar of each passage is one decision), and the sentiment given.

    Raises
    ------
    TableError
        If a table lacks a column, or they differ in length.
    MhnlpError
        If matplotlib is not installed.

    Notes
    -----
    Ten bins of equal width, each at its mean probability. Whiskers are 95 percent bootstrap intervals over letters;
    open points have none. Grey bars show how the probabilities are spread.

    Examples
    --------
    >>> import pandas as pd
    >>> coded = pd.DataFrame({"letter": list("aabb"), "pillars": ["shelter", "", "shelter", ""],
    ...     "sentiment": "neutral"})
    >>> given = pd.DataFrame({f"p_{label}": [0.0] * 4 for label in SCHEME.labels} | {"p_neutral": [1.0] * 4})
    >>> calibration(given, coded)[1].get_title(loc="left")
    'Sentiment'
    """
    if len(given) != len(coded):
        raise TableError(f"{len(given)} passages have probabilities and {len(coded)} have codes; give the same ones")
    need(given, [f"p_{label}" for label in scheme.labels])
    flags = read_table(coded, scheme)
    probabilities = np.column_stack([given[f"p_{label}"].to_numpy(dtype=float) for label in scheme.labels])
    n = len(scheme.pillars)
    hits = flags.matrix(scheme.labels)
    rows, top = np.arange(len(hits)), n + probabilities[:, n:].argmax(axis=1)
    made = panels(axes, 2, 6.3, 3.7, ncols=2, sharex=True, sharey=True)
    error = float(np.mean([calibration_error(probabilities[:, k], hits[:, k]) for k in range(n)]))
    _panel(made[0], probabilities[:, :n].ravel(), hits[:, :n].ravel(), np.repeat(flags.letters, n))
    _title(made[0], "pillars", error, language)
    sure, right = probabilities[rows, top], hits[rows, top]
    _panel(made[1], sure, right, flags.letters)
    _title(made[1], "sentiment", calibration_error(sure, right), language)
    _finish(made, n * len(hits), flags.letters, language)
    return made


def _panel(ax: Axes, probabilities: Floats, hits: NDArray[np.bool_], letters: NDArray[np.object_]) -> None:
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    present = np.unique(bins)
    found = shares(hits[:, None], letters, [bins == each for each in present], list(present))
    means = np.array([100 * probabilities[bins == each].mean() for each in present])
    ax.plot([0, 100], [0, 100], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.bar(10 * present + 5, 22 * found.passages / found.passages.max(), width=9, color=PALE, zorder=0)
    colour = COLOURS["investigation"]
    ax.errorbar(means, found.value[:, 0], yerr=found.reach[:, :, 0], fmt="none", ecolor=colour, elinewidth=1.3)
    points(ax, means, found.value[:, 0], found.known[:, 0], colour=colour, size=5)
    dress(ax, grid="y")


def _title(ax: Axes, name: str, error: float, language: Language) -> None:
    text = words(language)
    ax.set_title(text[name], loc="left", fontsize=SIZE, fontweight="bold", color=INK)
    shown = text["error"].format(value=number(error, language, decimals=3))
    ax.set_title(shown, loc="right", fontsize=SMALL, color=GREY)


def _finish(axes: Sequence[Axes], decisions: int, letters: NDArray[np.object_], language: Language) -> None:
    text = words(language)
    for ax, n in zip(axes, (decisions, len(letters)), strict=True):
        ax.set(xlim=(0, 100), ylim=(0, 100), box_aspect=1, xlabel=f"{text['probability']} (%)")
        size = size_note(letters, language)
        note(ax, [f"{text['predictions'].format(n=number(n, language))}; {size}", text["interval"]])
    axes[0].set_ylabel(f"{text['observed']} (%)", fontsize=SIZE, color=INK)

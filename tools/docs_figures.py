"""Draw the figures of the documentation from the codes of the shipped letters.

    python tools/docs_figures.py

The letters were composed; the figures show what figures look like, and nothing about real letters.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd

import mhnlp
from mhnlp.resources import corpus_folder

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOLDER = Path(__file__).parents[1] / "docs" / "images"


def save(axes: Axes | list[Axes], name: str) -> None:
    """Write a figure."""
    figure = (axes[0] if isinstance(axes, list) else axes).figure
    figure.savefig(FOLDER / f"{name}.png", dpi=144, metadata={"Software": None})


def main() -> None:
    """Draw them all."""
    mpl.use("Agg")
    letters = pd.read_csv(corpus_folder() / "letters.csv").set_index("letter")
    table = mhnlp.load_corpus().to_frame()
    table["date"] = table["letter"].map(letters["date"])
    table["sender"] = table["letter"].map(letters["sender_type"])
    some = table[table["sender"].isin(["minister", "ngo", "oversight"])]
    save(mhnlp.plot.sentiment(table), "sentiment-en")
    save(mhnlp.plot.sentiment(table, language="nl"), "sentiment-nl")
    save(mhnlp.plot.timeline(table), "timeline")
    save(mhnlp.plot.pillars(some, by="sender"), "pillars")
    save(mhnlp.plot.heatmap(table), "heatmap")


if __name__ == "__main__":
    main()

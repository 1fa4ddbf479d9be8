"""Figures of labelled letters, good enough for a paper as they come: shares with 95 percent intervals over letters."""

from mhnlp.plot._bars import pillars, sentiment
from mhnlp.plot._calibration import calibration
from mhnlp.plot._heatmap import heatmap
from mhnlp.plot._timeline import timeline

__all__ = ["calibration", "heatmap", "pillars", "sentiment", "timeline"]

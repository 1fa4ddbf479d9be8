"""Label Dutch policy letters on human trafficking by pillar and by the author's judgement of progress."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mhnlp._version import __version__

if TYPE_CHECKING:
    from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage
    from mhnlp.annotations.tables import load_corpus, read_annotations
    from mhnlp.archive import label_archive
    from mhnlp.classifier import PassageClassifier
    from mhnlp.errors import (
        AnnotationError,
        MhnlpError,
        ModelError,
        PipelineError,
        ReadingError,
        TextError,
    )
    from mhnlp.evaluation import cross_validate, evaluate
    from mhnlp.inspection import ReadingReport, reading_report
    from mhnlp.labels import SCHEME, LabelScheme
    from mhnlp.letter import Block, Letter, Metadata, Passage, Sentence
    from mhnlp.model import Model, load_model
    from mhnlp.pipeline import classify
    from mhnlp.reading import ReadingLimits, example_letter, read_letter, read_letters
    from mhnlp.results import LabelledLetter, LabelledLetters, LabelledPassage
    from mhnlp.training import train

_HOMES = {
    "AnnotatedCorpus": "annotations.corpus",
    "AnnotatedPassage": "annotations.corpus",
    "AnnotationError": "errors",
    "Block": "letter",
    "LabelScheme": "labels",
    "LabelledLetter": "results",
    "LabelledLetters": "results",
    "LabelledPassage": "results",
    "Letter": "letter",
    "Metadata": "letter",
    "MhnlpError": "errors",
    "Model": "model",
    "ModelError": "errors",
    "Passage": "letter",
    "PassageClassifier": "classifier",
    "PipelineError": "errors",
    "ReadingError": "errors",
    "ReadingLimits": "reading",
    "ReadingReport": "inspection",
    "SCHEME": "labels",
    "Sentence": "letter",
    "TextError": "errors",
    "classify": "pipeline",
    "cross_validate": "evaluation",
    "evaluate": "evaluation",
    "example_letter": "reading",
    "label_archive": "archive",
    "load_corpus": "annotations.tables",
    "load_model": "model",
    "read_annotations": "annotations.tables",
    "read_letter": "reading",
    "read_letters": "reading",
    "reading_report": "inspection",
    "train": "training",
}

__all__ = [
    "SCHEME",
    "AnnotatedCorpus",
    "AnnotatedPassage",
    "AnnotationError",
    "Block",
    "LabelScheme",
    "LabelledLetter",
    "LabelledLetters",
    "LabelledPassage",
    "Letter",
    "Metadata",
    "MhnlpError",
    "Model",
    "ModelError",
    "Passage",
    "PassageClassifier",
    "PipelineError",
    "ReadingError",
    "ReadingLimits",
    "ReadingReport",
    "Sentence",
    "TextError",
    "__version__",
    "classify",
    "cross_validate",
    "evaluate",
    "example_letter",
    "label_archive",
    "load_corpus",
    "load_model",
    "read_annotations",
    "read_letter",
    "read_letters",
    "reading_report",
    "train",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that ``import mhnlp`` stays fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mhnlp' has no attribute {name!r}")
    return getattr(import_module(f"mhnlp.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__

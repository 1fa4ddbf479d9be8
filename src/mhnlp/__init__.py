"""Label Dutch policy letters on human trafficking by pillar and by the author's judgement of progress."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mhnlp._version import __version__

if TYPE_CHECKING:
    from mhnlp import plot
    from mhnlp.annotations.adjudication import adjudicate, disagreements
    from mhnlp.annotations.agreement import Agreement, AgreementReport, LabelAgreement, agreement
    from mhnlp.annotations.coded import CodedPassage, CodedPassages
    from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage
    from mhnlp.annotations.exporting import export_annotations, label_studio_config
    from mhnlp.annotations.importing import import_annotations
    from mhnlp.annotations.suggest import suggest
    from mhnlp.annotations.tables import load_corpus, read_annotations
    from mhnlp.archive import ArchiveResult, label_archive
    from mhnlp.catalogue import list_models
    from mhnlp.classifier import PassageClassifier
    from mhnlp.comparison import Comparison, compare
    from mhnlp.curve import LearningCurve, learning_curve
    from mhnlp.errors import (
        AnnotationError,
        ArchiveError,
        MhnlpError,
        ModelError,
        PipelineError,
        ReadingError,
        SchemeError,
        TableError,
        TextError,
        TrainingError,
    )
    from mhnlp.evaluation import cross_validate, evaluate
    from mhnlp.explanation import Explanation, explain
    from mhnlp.inspection import ReadingReport, reading_report
    from mhnlp.labels import SCHEME, LabelScheme
    from mhnlp.letter import Block, Letter, Metadata, Passage, Sentence
    from mhnlp.model import Model, load_model
    from mhnlp.pipeline import classify
    from mhnlp.prevalences import Prevalence, prevalence
    from mhnlp.reading import ReadingLimits, example_letter, read_letter, read_letters
    from mhnlp.results import LabelledLetter, LabelledLetters, LabelledPassage
    from mhnlp.scores import Evaluation
    from mhnlp.shifts import Drift, drift
    from mhnlp.suspects import label_errors
    from mhnlp.training import train

_HOMES = {
    "Agreement": "annotations.agreement",
    "AgreementReport": "annotations.agreement",
    "AnnotatedCorpus": "annotations.corpus",
    "AnnotatedPassage": "annotations.corpus",
    "AnnotationError": "errors",
    "ArchiveError": "errors",
    "ArchiveResult": "archive",
    "CodedPassage": "annotations.coded",
    "CodedPassages": "annotations.coded",
    "LabelAgreement": "annotations.agreement",
    "Explanation": "explanation",
    "Comparison": "comparison",
    "Drift": "shifts",
    "Evaluation": "scores",
    "Block": "letter",
    "LabelScheme": "labels",
    "LabelledLetter": "results",
    "LabelledLetters": "results",
    "LabelledPassage": "results",
    "LearningCurve": "curve",
    "Letter": "letter",
    "Metadata": "letter",
    "MhnlpError": "errors",
    "Model": "model",
    "ModelError": "errors",
    "Passage": "letter",
    "PassageClassifier": "classifier",
    "PipelineError": "errors",
    "Prevalence": "prevalences",
    "ReadingError": "errors",
    "ReadingLimits": "reading",
    "ReadingReport": "inspection",
    "SCHEME": "labels",
    "SchemeError": "errors",
    "Sentence": "letter",
    "TableError": "errors",
    "TextError": "errors",
    "adjudicate": "annotations.adjudication",
    "agreement": "annotations.agreement",
    "TrainingError": "errors",
    "classify": "pipeline",
    "compare": "comparison",
    "cross_validate": "evaluation",
    "disagreements": "annotations.adjudication",
    "drift": "shifts",
    "evaluate": "evaluation",
    "example_letter": "reading",
    "export_annotations": "annotations.exporting",
    "import_annotations": "annotations.importing",
    "explain": "explanation",
    "label_archive": "archive",
    "label_studio_config": "annotations.exporting",
    "label_errors": "suspects",
    "learning_curve": "curve",
    "list_models": "catalogue",
    "load_corpus": "annotations.tables",
    "load_model": "model",
    "prevalence": "prevalences",
    "read_annotations": "annotations.tables",
    "read_letter": "reading",
    "suggest": "annotations.suggest",
    "read_letters": "reading",
    "reading_report": "inspection",
    "train": "training",
}

__all__ = [
    "SCHEME",
    "Agreement",
    "AgreementReport",
    "AnnotatedCorpus",
    "AnnotatedPassage",
    "AnnotationError",
    "ArchiveError",
    "ArchiveResult",
    "Block",
    "CodedPassage",
    "CodedPassages",
    "Comparison",
    "Drift",
    "Evaluation",
    "Explanation",
    "LabelAgreement",
    "LabelScheme",
    "LabelledLetter",
    "LabelledLetters",
    "LabelledPassage",
    "LearningCurve",
    "Letter",
    "Metadata",
    "MhnlpError",
    "Model",
    "ModelError",
    "Passage",
    "PassageClassifier",
    "PipelineError",
    "Prevalence",
    "ReadingError",
    "ReadingLimits",
    "ReadingReport",
    "SchemeError",
    "Sentence",
    "TableError",
    "TextError",
    "TrainingError",
    "__version__",
    "adjudicate",
    "agreement",
    "classify",
    "compare",
    "cross_validate",
    "disagreements",
    "drift",
    "evaluate",
    "example_letter",
    "explain",
    "export_annotations",
    "import_annotations",
    "label_archive",
    "label_errors",
    "label_studio_config",
    "learning_curve",
    "list_models",
    "load_corpus",
    "load_model",
    "plot",
    "prevalence",
    "read_annotations",
    "read_letter",
    "read_letters",
    "reading_report",
    "suggest",
    "train",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that ``import mhnlp`` stays fast."""
    if name == "plot":
        return import_module("mhnlp.plot")
    if name not in _HOMES:
        raise AttributeError(f"module 'mhnlp' has no attribute {name!r}")
    return getattr(import_module(f"mhnlp.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__

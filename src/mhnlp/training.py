"""`train`: from coded passages to a model with its card."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from mhnlp._version import __version__
from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.annotations.tables import load_corpus, read_annotations
from mhnlp.card import ModelCard
from mhnlp.classifier import PassageClassifier
from mhnlp.dutch import identify
from mhnlp.evaluation import cross_validate
from mhnlp.model import Model, new_model

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("numpy", "scipy", "scikit-learn", "spacy", "skops")


def train(
    data: str | Path | AnnotatedCorpus | None = None,
    *,
    name: str = "own",
    description: str = "Word and character n-grams with calibrated logistic regressions.",
    classifier: PassageClassifier | None = None,
) -> Model:
    """Train a model, cross-validated by letter, calibrated, and with its card.

    Parameters
    ----------
    data
        Coded passages: a corpus, or what `read_annotations` takes; by default the corpus of the package.
    name
        Name of the model.
    description
        What the card says it is.
    classifier
        An unfitted classifier with settings of one's own.

    Returns
    -------
    Model
        Keep it with `Model.save`.

    Raises
    ------
    AnnotationError
        If the data break the format.
    ValueError
        If there are fewer letters than folds.
    """
    corpus = _corpus(data)
    classifier = classifier or PassageClassifier(scheme=corpus.scheme)
    classifier.fit(corpus.texts, corpus.y, groups=corpus.letters, parts=corpus.parts())
    scores = cross_validate(classifier, corpus)
    classifier.forget_training()
    card = ModelCard(
        name=name,
        description=description,
        scheme=corpus.scheme,
        pipeline=identify(classifier.pipeline).as_dict(),
        data=_describe(corpus),
        settings=_settings(classifier),
        thresholds=dict(zip(corpus.scheme.labels, map(float, classifier.thresholds_), strict=True)),
        doubt=classifier.doubt_,
        scores={scores.name: scores.to_card()},
        versions=_versions(),
        created=datetime.now(UTC).date().isoformat(),
    )
    return new_model(classifier, card)


def _corpus(data: str | Path | AnnotatedCorpus | None) -> AnnotatedCorpus:
    if data is None:
        return load_corpus()
    return data if isinstance(data, AnnotatedCorpus) else read_annotations(data)


def _describe(corpus: AnnotatedCorpus) -> dict[str, Any]:
    return {
        "name": corpus.name,
        "digest": corpus.digest,
        "letters": len(set(corpus.letters)),
        "passages": len(corpus),
        "support": corpus.support(),
    }


def _settings(classifier: PassageClassifier) -> dict[str, Any]:
    chosen = {"penalty": classifier.scorer_.C, "class weight": classifier.scorer_.class_weight or "none"}
    settings = {
        "words": f"1 to {classifier.words}",
        "characters": "{} to {}".format(*classifier.characters),
        "least texts": classifier.min_texts,
        "features": len(classifier.vectorizer_.idf_),
        "lemmas": classifier.lemmas,
        "folds": classifier.folds,
        "seed": classifier.random_state,
    }
    return {**settings, **chosen}


def _versions() -> dict[str, str]:
    packages = {package: version(package) for package in PACKAGES}
    return {"mhnlp": __version__, "python": platform.python_version(), **packages}

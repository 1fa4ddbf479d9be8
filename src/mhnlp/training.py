"""`train`: from coded passages to a model with its card."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from mhnlp._version import __version__
from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.annotations.tables import load_corpus, read_annotations
from mhnlp.card import ModelCard
from mhnlp.classifier import PassageClassifier
from mhnlp.dutch import identify
from mhnlp.errors import ModelError
from mhnlp.evaluation import Evaluation, cross_validate
from mhnlp.model import Model, load_model, new_model
from mhnlp.resources import models_folder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mhnlp.encoder import Encoder

    Floats = NDArray[np.float64]

HELD_OUT = "accurate/held_out.npz"
PACKAGES = ("numpy", "scipy", "scikit-learn", "spacy", "skops")


def train(
    data: str | Path | AnnotatedCorpus | None = None,
    *,
    name: str = "own",
    description: str = "Word and character n-grams with calibrated logistic regressions.",
    classifier: PassageClassifier | None = None,
    encoder: bool = False,
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
    encoder
        Whether to use the encoder of the shipped model ``accurate`` beside the n-grams.

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
    classifier = clone(classifier) if classifier else PassageClassifier(scheme=corpus.scheme)
    if encoder:
        classifier.set_params(encoder=load_model("accurate").classifier.encoder)
    scores = corpus_encoder_scores(corpus) if encoder else None
    return fit_model(corpus, classifier, name=name, description=description, encoder_scores=scores)


def revalidate(model: Model, corpus: AnnotatedCorpus) -> Evaluation:
    """Fit a model's classifier anew, with the same settings, and cross-validate it by letter.

    Parameters
    ----------
    model
        The model; it is left as it is.
    corpus
        The coded passages to fit on and to score.
    """
    classifier = clone(model.classifier)
    scores = corpus_encoder_scores(corpus) if classifier.encoder is not None else None
    classifier.fit(corpus.texts, corpus.y, groups=corpus.letters, parts=corpus.parts(), encoder_scores=scores)
    return cross_validate(classifier, corpus)


def fit_model(
    corpus: AnnotatedCorpus,
    classifier: PassageClassifier,
    *,
    name: str,
    description: str,
    encoder_scores: Floats | None = None,
    licence: str = "not stated",
) -> Model:
    """Fit a classifier on a corpus, cross-validate it, and make a model with its card.

    Parameters
    ----------
    corpus
        The coded passages.
    classifier
        An unfitted classifier.
    name, description
        For the card.
    encoder_scores
        As `PassageClassifier.fit` takes them.
    licence
        Licence of the weights, for the card.
    """
    classifier.fit(corpus.texts, corpus.y, groups=corpus.letters, parts=corpus.parts(), encoder_scores=encoder_scores)
    scores = cross_validate(classifier, corpus)
    classifier.forget_training()
    card = ModelCard(
        name=name,
        description=description,
        scheme=corpus.scheme,
        pipeline=identify(classifier.pipeline).as_dict(),
        data=_describe(corpus),
        settings=_settings(classifier),
        thresholds=dict(zip(corpus.scheme.pillars, map(float, classifier.thresholds_), strict=True)),
        doubt=classifier.doubt_,
        scores={scores.name: scores.to_card()},
        versions=_versions(),
        licence=licence,
        created=datetime.now(UTC).date().isoformat(),
    )
    return new_model(classifier, card)


MIN_SUPPORT = 50
"""Passages of a label below which what is learned of it is not to be trusted."""


def weak_labels(card: ModelCard) -> list[str]:
    """Labels that the training passages have too seldom to trust what was learned of them."""
    return [label for label, count in card.data["support"].items() if count < MIN_SUPPORT]


def corpus_encoder_scores(corpus: AnnotatedCorpus) -> Floats:
    """Scores of the encoder of ``accurate``, honest for passages that it was trained on.

    Parameters
    ----------
    corpus
        Coded passages, of the package or one's own.

    Returns
    -------
    ndarray, shape (n_passages, 11)
        For a passage of the package's corpus the score, recorded with the model, of an encoder that was not
        trained on its letter; for another passage that of the encoder itself.
    """
    encoder = load_model("accurate").classifier.encoder
    if encoder is None:
        raise ModelError("the model 'accurate' of this installation has no encoder; install mhnlp anew")
    return held_out_scores(corpus, encoder, models_folder() / HELD_OUT)


def held_out_scores(corpus: AnnotatedCorpus, encoder: Encoder, recorded: Path) -> Floats:
    """Look up recorded scores, and let the encoder score the passages that have none.

    Parameters
    ----------
    corpus
        Coded passages.
    encoder
        The encoder.
    recorded
        ``held_out.npz``: the digests of texts, and their scores by encoders that were not trained on their letter;
        NaN where no such encoder was trained.
    """
    table = np.load(recorded, allow_pickle=False)
    known = dict(zip(map(str, table["texts"]), table["scores"].astype(np.float64), strict=True))
    keys = [text_key(each.text) for each in corpus]
    missing = [each.text for each, key in zip(corpus, keys, strict=True) if key not in known]
    known |= zip(map(text_key, missing), encoder.scores(missing), strict=True)
    return np.array([known[key] for key in keys])


def text_key(text: str) -> str:
    """Digest by which a text's recorded scores are found."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
        "sentiment odds": classifier.sentiment_odds or "as in training",
        "folds": classifier.folds,
        "seed": classifier.random_state,
    }
    return {**settings, **chosen}


def _versions() -> dict[str, str]:
    packages = {package: version(package) for package in PACKAGES}
    return {"mhnlp": __version__, "python": platform.python_version(), **packages}

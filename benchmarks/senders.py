"""How well a shipped model does on letters of each kind of sender, and whether it finds criticism where there is none.

    python benchmarks/senders.py [--model fast]

Cross-validation by letter on the shipped corpus, with the model's own recipe: no passage is scored by regressions,
calibration or thresholds that saw its letter. Penalty and class weight are those that the model's card names. Kinds of
sender with fewer than ten letters are left out.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.base import clone

import mhnlp
from mhnlp.evaluation import score_probabilities
from mhnlp.resources import corpus_folder
from mhnlp.training import corpus_encoder_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mhnlp.annotations.corpus import AnnotatedCorpus
    from mhnlp.classifier import PassageClassifier

MIN_LETTERS = 10
DRAWS = 1000


def fit(model: mhnlp.Model, corpus: AnnotatedCorpus) -> PassageClassifier:
    """Fit the recipe of a model anew; the fitted classifier keeps its held-out probabilities."""
    scorer = model.classifier.scorer_
    classifier = clone(model.classifier).set_params(penalties=(scorer.C,), class_weights=(scorer.class_weight,))
    scores = corpus_encoder_scores(corpus) if classifier.encoder is not None else None
    classifier.fit(corpus.texts, corpus.y, groups=corpus.letters, parts=corpus.parts(), encoder_scores=scores)
    return classifier


def criticism(y: NDArray[np.int_], corpus: AnnotatedCorpus) -> NDArray[np.bool_]:
    """Whether each passage is labelled negative or mixed."""
    columns = [corpus.scheme.labels.index(label) for label in ("negative", "mixed")]
    return np.asarray(y[:, columns].any(axis=1))


def excess(corpus: AnnotatedCorpus, given: NDArray[np.int_]) -> str:
    """Share of passages called critical, less the share coded so, in points with an interval over letters."""
    difference = 100.0 * (criticism(given, corpus).astype(int) - criticism(corpus.y, corpus).astype(int))
    _, index = np.unique(corpus.letters, return_inverse=True)
    sums, sizes = np.bincount(index, weights=difference), np.bincount(index)
    weights = np.random.default_rng(0).multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=DRAWS)
    low, high = np.percentile((weights @ sums) / (weights @ sizes), (2.5, 97.5))
    return f"{difference.mean():+.1f} [{low:+.1f}, {high:+.1f}]"


def row(name: str, corpus: AnnotatedCorpus, classifier: PassageClassifier, chosen: NDArray[np.bool_]) -> str:
    """One line of the table."""
    part = replace(corpus, passages=tuple(each for each, own in zip(corpus, chosen, strict=True) if own))
    probabilities, given = classifier.held_out_[chosen], classifier.held_out_labels_[chosen]
    certain = ~classifier.rule.is_uncertain(probabilities)
    scores = score_probabilities(name, part, probabilities, given, certain)
    return (
        f"| {name} | {scores.letters} | {scores.passages:,} | {scores.pillars} | {scores.sentiment} "
        f"| {excess(part, given)} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="fast")
    options = parser.parse_args()
    corpus = mhnlp.load_corpus()
    kinds = pd.read_csv(corpus_folder() / "letters.csv").set_index("letter")["sender_type"]
    senders = np.array([kinds[letter] for letter in corpus.letters])
    classifier = fit(mhnlp.load_model(options.model), corpus)
    scored = np.asarray(np.isfinite(classifier.held_out_).all(axis=1))
    print(
        "| sender | letters | passages | pillars, macro-F1 | sentiment, macro-F1 | criticism given less coded, points |"
    )
    print("|---|---|---|---|---|---|")
    for kind in kinds.value_counts().index:
        chosen = scored & (senders == kind)
        if len({letter for letter, own in zip(corpus.letters, chosen, strict=True) if own}) >= MIN_LETTERS:
            print(row(kind, corpus, classifier, chosen), flush=True)
    print(row("all", corpus, classifier, scored))


if __name__ == "__main__":
    main()

"""What the ways of `mhnlp train` bring to few letters of one's own: alone, with the corpus, with the encoder.

    python benchmarks/retraining.py [--seeds 3] [--own 8 24]

One's own letters are played by letters of the last round of the shipped corpus, which was composed otherwise than the
rounds before; 100 letters of these play the package's corpus. The encoder's scores are those recorded with the model
``accurate``, of encoders that were not trained on the letter. They are honest so far, but their encoders were trained
on letters of the same making as those scored, which letters of one's own are not: read what ``accurate`` gains here as
the most that it may gain. Macro-F1 of pillars / sentiment on other letters of the last round, means over seeds.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import pandas as pd

import mhnlp
from mhnlp.bootstrap import counts_by_letter, f1
from mhnlp.dutch import BUILTIN, tokenise
from mhnlp.resources import corpus_folder
from mhnlp.training import corpus_encoder_scores

TEST, OTHERS = 19, 100


def part(corpus: mhnlp.AnnotatedCorpus, letters: list[str]) -> np.ndarray:
    """Positions of the passages of some letters."""
    return np.flatnonzero(np.isin(corpus.letters, letters))


def score(
    corpus: mhnlp.AnnotatedCorpus,
    train: np.ndarray,
    test: np.ndarray,
    *,
    encoded: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> tuple[float, float]:
    """Macro-F1 of pillars and sentiment of one way."""
    own = replace(corpus, passages=tuple(corpus[index] for index in train))
    encoder = None if encoded is None else mhnlp.load_model("accurate").classifier.encoder
    classifier = mhnlp.PassageClassifier(penalties=(3.0,), class_weights=(None,), encoder=encoder)
    classifier.fit(
        own.texts,
        own.y,
        groups=own.letters,
        parts=own.parts(),
        encoder_scores=None if encoded is None else encoded[train],
        sample_weight=weight,
    )
    texts = [corpus[index].text for index in test]
    features = classifier.vectorizer_.transform(tokenise(texts, BUILTIN, lemmas=False))
    scores = classifier.scorer_.decision_function(features)
    scores = scores if encoded is None else np.hstack([scores, encoded[test]])
    given = classifier.rule.decide(classifier.calibrator_.predict_proba(scores))
    values = f1(counts_by_letter(corpus.y[test], given, np.array(corpus.letters)[test]).sum(axis=0))
    return float(values[:5].mean()), float(values[5:].mean())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--own", type=int, nargs="*", default=[8, 24], help="numbers of letters of one's own")
    options = parser.parse_args()
    corpus = mhnlp.load_corpus()
    encoded = corpus_encoder_scores(corpus)
    rounds = pd.read_csv(corpus_folder() / "letters.csv").set_index("letter")["round"]
    known = np.isfinite(encoded).all(axis=1)
    last = sorted({each.letter for each, own in zip(corpus, known, strict=True) if own and rounds[each.letter] == 4})
    others = sorted(rounds.index[rounds < 4])
    print(f"{len(last)} letters of the last round have the encoder's scores")
    print("| own letters | way | pillars | sentiment |\n|---|---|---|---|")
    for count in options.own:
        found: dict[str, list[tuple[float, float]]] = {}
        for seed in range(options.seeds):
            random = np.random.default_rng(seed)
            names = random.permutation(last)
            test, own = part(corpus, list(names[:TEST])), part(corpus, list(names[TEST : TEST + count]))
            rest = part(corpus, list(random.permutation(others)[:OTHERS]))
            both = np.concatenate([own, rest])
            ways = {
                "own, fast": (own, None, None),
                "own, accurate": (own, encoded, None),
                "corpus alone, fast": (rest, None, None),
                **{
                    f"with the corpus, fast, weight {weight}": (
                        both,
                        None,
                        np.repeat([weight, 1.0], [len(own), len(rest)]),
                    )
                    for weight in (1, 3, 10)
                },
            }
            for way, (train, scores, weight) in ways.items():
                found.setdefault(way, []).append(score(corpus, train, test, encoded=scores, weight=weight))
        for way, values in found.items():
            pillars, sentiment = np.mean(values, axis=0)
            print(f"| {count} | {way} | {pillars:.3f} | {sentiment:.3f} |", flush=True)


if __name__ == "__main__":
    main()

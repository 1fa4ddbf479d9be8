"""What the ways of `mhnlp train` bring to few letters of one's own: alone, with the corpus, with the encoder.

    python benchmarks/retraining.py [--seeds 4] [--own 8 24]

Cut to what two cores do in about 20 minutes: few seeds, 100 letters in the place of all of the package's, one penalty.
One's own letters are played by letters of round 4 of the shipped corpus, which was composed otherwise than the rounds
before; letters of these play the package's corpus. The encoder's scores are those recorded with the model
``accurate``, of encoders that were not trained on the letter. They are honest so far, but their encoders were trained
on letters of the same making as those scored, which letters of one's own are not: read what ``accurate`` gains here as
the most that it may gain. Macro-F1 of pillars / sentiment on other letters of round 4: means over seeds, and the
difference from the first way with its 95 percent interval (Student's t, paired by seed).
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

import mhnlp
from mhnlp.bootstrap import counts_by_letter, f1
from mhnlp.dutch import BUILTIN, tokenise
from mhnlp.resources import corpus_folder
from mhnlp.training import corpus_encoder_scores

TEST, OTHERS = 19, 100

Way = tuple[np.ndarray, np.ndarray | None, np.ndarray | None]


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
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--own", type=int, nargs="*", default=[8, 24], help="numbers of letters of one's own")
    options = parser.parse_args()
    corpus = mhnlp.load_corpus()
    encoded = corpus_encoder_scores(corpus)
    rounds = pd.read_csv(corpus_folder() / "letters.csv").set_index("letter")["round"]
    known = np.isfinite(encoded).all(axis=1)
    known_letters = {each.letter for each, own in zip(corpus, known, strict=True) if own}
    last = sorted(letter for letter in known_letters if rounds[letter] == 4)
    others = sorted(letter for letter in known_letters if rounds[letter] < 4)
    for count in options.own:
        found: dict[str, list[tuple[float, float]]] = {}
        for seed in range(options.seeds):
            random = np.random.default_rng(seed)
            names = random.permutation(last)
            test, own = part(corpus, list(names[:TEST])), part(corpus, list(names[TEST : TEST + count]))
            rest = part(corpus, list(random.permutation(others)[:OTHERS]))
            for way, (train, scores, weight) in ways(own, rest, encoded).items():
                found.setdefault(way, []).append(score(corpus, train, test, encoded=scores, weight=weight))
        report(f"{count} letters of one's own", found)


def ways(own: np.ndarray, rest: np.ndarray, encoded: np.ndarray) -> dict[str, Way]:
    """Passages to train on, scores of the encoder, and weights, of each way."""
    both = np.concatenate([own, rest])
    weights = {weight: np.repeat([weight, 1.0], [len(own), len(rest)]) for weight in (3, 1, 10)}
    return {
        "with the corpus, fast, weight 3": (both, None, weights[3]),
        "with the corpus, fast, weight 1": (both, None, weights[1]),
        "with the corpus, fast, weight 10": (both, None, weights[10]),
        "with the corpus, accurate, weight 3": (both, encoded, weights[3]),
        "own alone, fast": (own, None, None),
        "own alone, accurate": (own, encoded, None),
        "corpus alone, fast": (rest, None, None),
    }


def report(heading: str, found: dict[str, list[tuple[float, float]]]) -> None:
    """Print a table, a row a way."""
    print(f"\n{heading}\n\n| way | pillars | sentiment | difference, pillars | difference, sentiment |")
    print("|---|---|---|---|---|")
    first = np.array(next(iter(found.values())))
    width = stats.t.ppf(0.975, len(first) - 1) / np.sqrt(len(first)) if len(first) > 1 else np.nan
    for way, values in found.items():
        pillars, sentiment = np.mean(values, axis=0)
        gains = np.array(values) - first
        cells = [
            f"{gain:+.3f} ± {half:.3f}"
            for gain, half in zip(gains.mean(axis=0), width * gains.std(axis=0, ddof=1), strict=True)
        ]
        print(f"| {way} | {pillars:.3f} | {sentiment:.3f} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

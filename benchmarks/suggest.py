"""What annotating suggested passages gains over passages at random: macro-F1 by the number annotated.

    python benchmarks/suggest.py [--seeds 5] [--start 150] [--step 100] [--rounds 4]

A part of the shipped corpus plays the archive, another the letters that are scored. A model of n-grams with few
features is trained on passages at random; then, round by round, more are annotated, chosen by `mhnlp.suggest` or at
random, and the model is trained anew. Printed are means over the seeds with 95 percent intervals of these means, and of
the difference in the same seed.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

import mhnlp
from mhnlp.results import LabelledText, label_texts, probability_columns

if TYPE_CHECKING:
    import pandas as pd

    from mhnlp.annotations.corpus import AnnotatedPassage

POOL, TEST = 120, 80
"""Letters of the archive, and letters that are scored."""


def fit(corpus: mhnlp.AnnotatedCorpus) -> mhnlp.PassageClassifier:
    """Fit the small model; passages are split by themselves, as few letters are annotated whole."""
    classifier = mhnlp.PassageClassifier(characters=(2, 4), words=1, penalties=(3.0,), class_weights=(None,), folds=3)
    return classifier.fit(corpus.texts, corpus.y)


def label(passages: list[AnnotatedPassage], classifier: mhnlp.PassageClassifier) -> pd.DataFrame:
    """Label passages as a table of an archive."""
    import pandas as pd  # noqa: PLC0415 - as in the package, for the table alone

    probabilities = classifier.predict_proba([each.text for each in passages])
    labelled: list[LabelledText] = label_texts(probabilities, classifier.rule, classifier.scheme)
    return pd.DataFrame(
        {
            "letter": [each.letter for each in passages],
            "passage": range(len(passages)),
            "text": [each.text for each in passages],
            "pillars": [" ".join(each.pillars) for each in labelled],
            "sentiment": [each.sentiment for each in labelled],
            **probability_columns(labelled, classifier.scheme),
        }
    )


def choose(way: str, left: list[AnnotatedPassage], classifier: mhnlp.PassageClassifier, n: int, seed: int) -> set[int]:
    """Positions of the passages to annotate next."""
    if way == "random":
        return set(np.random.default_rng(seed).permutation(len(left))[:n].tolist())
    share = {"suggest": 0.3, "suggest, none at random": 0.0}[way]
    chosen = mhnlp.suggest(label(left, classifier), n, random_share=share, seed=seed)
    return {int(name.rsplit("#", 1)[1]) for name in chosen["passage"]}


WAYS = ("random", "suggest", "suggest, none at random")


def run(way: str, corpus: mhnlp.AnnotatedCorpus, options: argparse.Namespace, seed: int) -> list[tuple[float, float]]:
    """Macro-F1 of pillars and sentiment after each round."""
    random = np.random.default_rng(seed)
    names = random.permutation(sorted(set(corpus.letters)))
    pool = [each for each in corpus if each.letter in set(names[:POOL])]
    test = replace(corpus, passages=tuple(each for each in corpus if each.letter in set(names[POOL : POOL + TEST])))
    order = random.permutation(len(pool))
    annotated = [pool[index] for index in order[: options.start]]
    left = [pool[index] for index in order[options.start :]]
    scores = []
    for number in range(options.rounds + 1):
        classifier = fit(replace(corpus, passages=tuple(annotated)))
        gold, given = test.y, classifier.predict(test.texts)
        hits, either = (gold & given).sum(axis=0), gold.sum(axis=0) + given.sum(axis=0)
        f1 = 2 * hits / np.maximum(either, 1)
        scores.append((float(f1[:5].mean()), float(f1[5:].mean())))
        chosen = choose(way, left, classifier, options.step, seed * 100 + number)
        annotated += [left[index] for index in sorted(chosen)]
        left = [each for index, each in enumerate(left) if index not in chosen]
    return scores


def interval(values: np.ndarray) -> str:
    """Mean over seeds with the interval of that mean, by t."""
    from scipy.stats import t  # noqa: PLC0415 - here alone

    half = t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return f"{values.mean():.3f} ± {half:.3f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("seeds", 5), ("start", 150), ("step", 100), ("rounds", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    corpus = mhnlp.load_corpus()
    scores = {way: np.array([run(way, corpus, options, seed) for seed in range(options.seeds)]) for way in WAYS}
    print("| annotated | way | pillars | less random | sentiment | less random |\n" + "|---" * 6 + "|")
    for number in range(options.rounds + 1):
        for way in WAYS:
            cells = [
                cell
                for kind in (0, 1)
                for cell in (
                    interval(scores[way][:, number, kind]),
                    "" if way == "random" else interval((scores[way] - scores["random"])[:, number, kind]),
                )
            ]
            print(f"| {options.start + number * options.step} | {way} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()

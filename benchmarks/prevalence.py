"""Which correction of label shares errs least, and whether its intervals hold.

    python benchmarks/prevalence.py [--letters 280] [--repeats 45]

The shipped corpus is labelled out of fold with n-grams; its letters are drawn into an archive and a coded sample. Where
a shift is told, passages with (or without) one label are taken from the archive until the label's odds are that many
times those of the corpus. Printed are the mean absolute error of the share of a label, and how often its 95 percent
interval holds the true share.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

import mhnlp
from mhnlp.prevalences import estimate_shares

METHODS = ("counted", "labels adjusted", "adjusted", "difference")
ARCHIVE = 150


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=280, help="letters of the corpus to use")
    parser.add_argument("--repeats", type=int, default=45, help="draws of archive and sample")
    options = parser.parse_args()
    corpus = mhnlp.load_corpus()
    names = np.random.default_rng(0).permutation(sorted(set(corpus.letters)))[: options.letters]
    corpus = replace(corpus, passages=tuple(each for each in corpus if each.letter in set(names)))
    classifier = mhnlp.PassageClassifier(penalties=(3.0,), class_weights=(None,))
    classifier.fit(corpus.texts, corpus.y, groups=corpus.letters, parts=corpus.parts())
    print(f"{len(corpus)} passages of {len(names)} letters; error, and coverage of the interval")
    print("| sample | shift | " + " | ".join(METHODS) + " |\n" + "|---" * (2 + len(METHODS)) + "|")
    for letters in (10, 40):
        for shift in (None, 1.0, 0.4, 2.5):
            figures = simulate(corpus, classifier, letters=letters, shift=shift, repeats=options.repeats)
            kind = f"{letters * 12} passages of the archive" if shift is None else f"{letters} other letters"
            cells = " | ".join(f"{error:.3f}, {held:.0%}" for error, held in figures.values())
            print(f"| {kind} | {'' if shift is None else f'odds × {shift}'} | {cells} |", flush=True)


def simulate(
    corpus: mhnlp.AnnotatedCorpus,
    classifier: mhnlp.PassageClassifier,
    *,
    letters: int,
    shift: float | None,
    repeats: int,
) -> dict[str, tuple[float, float]]:
    """Mean absolute error and coverage of each method; without a shift the sample is drawn from the archive."""
    random = np.random.default_rng(letters)
    y, own = corpus.y, np.array(corpus.letters)
    found: dict[str, list[tuple[float, bool]]] = {method: [] for method in METHODS}
    for repeat in range(repeats):
        names = random.permutation(np.unique(own))
        label = repeat % y.shape[1]
        archive = np.flatnonzero(np.isin(own, names[letters : letters + ARCHIVE]))
        if shift is None:
            sample = random.choice(archive, letters * 12, replace=False)
        else:
            sample = np.flatnonzero(np.isin(own, names[:letters]))
            kept = np.where(y[archive, label] == 1, min(shift, 1), min(1 / shift, 1))
            archive = archive[random.random(len(archive)) < kept]
        truth = y[archive, label].mean()
        for method in METHODS:
            values = classifier.held_out_labels_ if method in METHODS[:2] else classifier.held_out_
            share = estimate_shares(
                values[archive].astype(float),
                list(own[archive]),
                values[sample].astype(float),
                y[sample],
                list(own[sample]),
                method=method.removeprefix("labels "),
            )[label]
            if np.isfinite(share.value):
                found[method].append((abs(share.value - truth), share.low <= truth <= share.high))
    return {method: tuple(np.mean(figures, axis=0)) for method, figures in found.items()}


if __name__ == "__main__":
    main()

"""Time `mhnlp.train`, its cross-validation included: ``python benchmarks/training.py [--passages 5000] [--search]``.

Letters of the shipped corpus at random until they have so many passages; first as a file of passages alone, as most
people's codes are, then with the coded sentences that the package's corpus has besides, as further training material.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from dataclasses import replace

import numpy as np

import mhnlp


def some_letters(passages: int) -> mhnlp.AnnotatedCorpus:
    """Whole letters of the shipped corpus with at least so many passages."""
    corpus = mhnlp.load_corpus()
    sizes = Counter(corpus.letters)
    order = [str(name) for name in np.random.default_rng(0).permutation(sorted(sizes))]
    enough = int(np.searchsorted(np.cumsum([sizes[name] for name in order]), passages)) + 1
    chosen = set(order[:enough])
    return replace(corpus, passages=tuple(each for each in corpus if each.letter in chosen))


def main() -> None:
    """Print a line a training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=5000)
    parser.add_argument("--search", action="store_true", help="also with a search of settings")
    options = parser.parse_args()
    whole = some_letters(options.passages)
    alone = replace(whole, passages=tuple(replace(each, sentences=()) for each in whole))
    print(f"{len(whole)} passages of {len(set(whole.letters))} letters, {os.cpu_count()} cores", flush=True)
    ways = [("passages alone", alone, False), ("with coded sentences", whole, False)]
    ways += [("passages alone, search", alone, True)] if options.search else []
    for name, corpus, search in ways:
        clock, processor = time.perf_counter(), time.process_time()
        mhnlp.train(corpus, search=search)
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        print(f"{name:<24}{clock:7.0f} s on the clock{processor:7.0f} s of the processor", flush=True)


if __name__ == "__main__":
    main()

"""Time an explanation takes, and how often its sentence is the one that coders named.

    python benchmarks/explain.py

Passages of 50 to 70 words from the annotated letters, which the models were trained on: the second figure says how
faithfully the evidence follows the codes, not how well the model labels.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import mhnlp


def measure(name: str, passages: list[mhnlp.AnnotatedPassage]) -> None:
    """Print the figures of one model."""
    model = mhnlp.load_model(name)
    mhnlp.explain(passages[0].text, model=model)
    clock, work, hits = [], [], []
    for passage in passages:
        labelled = mhnlp.classify(passage.text, model=model)[0]
        begin, used = time.perf_counter(), time.process_time()
        found = labelled.explain()
        clock.append(time.perf_counter() - begin)
        work.append(time.process_time() - used)
        coded = {passage.text[own.start : own.end]: own.pillars for own in passage.sentences}
        hits += [
            label in coded[found[label].sentence.text]
            for label in labelled.pillars
            if label in passage.pillars and found[label].sentence.text in coded
        ]
    print(
        f"{name}: median {1000 * np.median(clock):.0f} ms a passage by the clock, {1000 * np.median(work):.0f} ms of "
        f"processor time; sentence of a pillar as coded: {np.mean(hits):.3f} of {len(hits)}"
    )


def main() -> None:
    """Measure both shipped models."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100)
    wanted = parser.parse_args().passages
    long_enough = [each for each in mhnlp.load_corpus() if 50 <= len(each.text.split()) <= 70]
    chosen = np.random.default_rng(11).permutation(len(long_enough))[:wanted]
    for name in ("fast", "accurate"):
        measure(name, [long_enough[index] for index in chosen])


if __name__ == "__main__":
    main()

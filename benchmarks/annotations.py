"""Time import, agreement and export of 50,000 coded rows: ``python benchmarks/annotations.py``.

Two coders coded 25,000 passages of 5,000 letters; the texts are those of the shipped corpus, numbered.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import mhnlp

if TYPE_CHECKING:
    from collections.abc import Callable

PASSAGES = 25_000


def make() -> mhnlp.CodedPassages:
    """Make the rows."""
    random = np.random.default_rng(0)
    texts = mhnlp.load_corpus().texts
    scheme = mhnlp.SCHEME
    rows = []
    for index in range(PASSAGES):
        given = random.random(len(scheme.pillars)) < 0.3
        for coder in ("anna", "bert"):
            own = given ^ (random.random(len(given)) < 0.05)
            pillars = tuple(name for name, has in zip(scheme.pillars, own, strict=True) if has)
            sentiment = scheme.sentiments[int(random.integers(4))]
            text = f"{texts[index % len(texts)]} {index}"
            rows.append(mhnlp.CodedPassage(f"p{index}", f"b{index // 5}", text, coder, pillars, sentiment))
    return mhnlp.CodedPassages("benchmark", tuple(rows))


def timed(name: str, function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Run once, and print the seconds on the clock and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    function(*arguments, **options)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{name:<24}{wall:8.2f} s on the clock{processor:8.2f} s of the processor", flush=True)


def main() -> None:
    """Print a line a step."""
    print(f"{2 * PASSAGES} rows, {os.cpu_count()} cores")
    coded = make()
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".csv", ".jsonl"):
            timed(f"import {suffix}", mhnlp.import_annotations, coded.save(Path(folder) / f"x{suffix}"))
        original = mhnlp.export_annotations(coded, Path(folder) / "original.csv")
        timed("import .csv, original=", mhnlp.import_annotations, Path(folder) / "x.csv", original=original)
        for name, suffix in (("label-studio", ".json"), ("excel", ".xlsx")):
            path = Path(folder) / f"x{suffix}"
            timed(f"export {name}", mhnlp.export_annotations, coded, path, format=name, prefill=True)
            timed(f"import {name}", mhnlp.import_annotations, path, predictions=name == "label-studio")
    timed("agreement", mhnlp.agreement, coded)
    timed("disagreements", mhnlp.disagreements, coded)


main()

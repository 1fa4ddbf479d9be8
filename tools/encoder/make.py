"""Make the encoder of the model ``accurate``, and the held-out scores that its calibration needs.

    pip install "mhnlp[encoder-training]"
    python tools/encoder/make.py base fold 0 round 5 round 6 final

Held-out scores come from encoders of the same recipe that never saw a passage's letter: ``fold K`` trains on two
thirds of the letters of the first four rounds and scores the other third, ``round N`` trains on the rounds before and
scores the letters of round N. The calibration uses what was run. Writes to ``build/encoder``: ``graph.onnx``,
``tokenizer.json``, ``held_out.npz``. Each step may be run by itself. Training computes in bfloat16, whose rounding
differs between processors: another machine makes an encoder of the same quality, not of the same bits.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from export import export
from finetune import Example, Settings, examples, load_base, predict, prefix_of, train
from pretrained import make_base

import mhnlp

if TYPE_CHECKING:
    from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.encoder import OUTPUTS
from mhnlp.resources import corpus_folder
from mhnlp.training import text_key

BUILD = Path("build/encoder")
HELD_OUT = "scores-"
FOLDS = 3
FOLDED = 4
"""The rounds that are split into folds."""

Numbers = np.ndarray[tuple[int], np.dtype[np.int_]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


def rounds_of(corpus: AnnotatedCorpus) -> Numbers:
    """Round in which each passage was composed."""
    rounds = pd.read_csv(corpus_folder() / "letters.csv").set_index("letter")["round"]
    return np.asarray(rounds[list(corpus.letters)])


def folds_of(corpus: AnnotatedCorpus) -> Numbers:
    """Fold of each passage, -1 outside the rounds that are split; letters stay whole."""
    split = {letter for letter, own in zip(corpus.letters, rounds_of(corpus), strict=True) if own <= FOLDED}
    letters = sorted(split)
    order = np.random.default_rng(0).permutation(len(letters))
    fold = {letters[letter]: place % FOLDS for place, letter in enumerate(order)}
    return np.array([fold.get(letter, -1) for letter in corpus.letters])


def make_fold(corpus: AnnotatedCorpus, chosen: list[Example], fold: int) -> None:
    """Train on the other folds and score this one."""
    folds = folds_of(corpus)
    score_held_out(corpus, chosen, (folds != fold) & (folds >= 0), folds == fold, f"fold{fold}")


def make_round(corpus: AnnotatedCorpus, chosen: list[Example], number: int) -> None:
    """Train on the rounds before and score this one."""
    rounds = rounds_of(corpus)
    score_held_out(corpus, chosen, rounds < number, rounds == number, f"round{number}")


def score_held_out(
    corpus: AnnotatedCorpus, chosen: list[Example], trained_on: Flags, held_out: Flags, name: str
) -> None:
    """Train on some passages, and keep the scores of others."""
    network = train([chosen[index] for index in np.flatnonzero(trained_on)], BUILD, Settings())
    _, tokenizer = load_base(BUILD)
    scored = np.flatnonzero(held_out)
    np.savez(
        BUILD / f"{HELD_OUT}{name}.npz",
        texts=np.array([text_key(corpus.texts[index]) for index in scored]),
        scores=predict(network, [chosen[index] for index in scored], prefix_of(tokenizer)),
    )


def make_final(corpus: AnnotatedCorpus, chosen: list[Example]) -> None:
    """Train on all letters, write the graph, and gather the held-out scores."""
    network = train(chosen, BUILD, Settings())
    (BUILD / "graph.onnx").write_bytes(export(network))
    gather(corpus)


def gather(corpus: AnnotatedCorpus) -> None:
    """Put the held-out scores together; passages that no step scored have none (NaN)."""
    texts = [text_key(each.text) for each in corpus]
    known: dict[str, Any] = {}
    for path in sorted(BUILD.glob(f"{HELD_OUT}*.npz")):
        with np.load(path) as held_out:
            known.update(zip(held_out["texts"], held_out["scores"], strict=True))
    missing = np.full(len(OUTPUTS), np.nan)
    scores = np.array([known.get(text, missing) for text in texts], dtype=np.float16)
    np.savez_compressed(BUILD / "held_out.npz", texts=np.array(texts), scores=scores)


def main() -> None:
    """Run the steps named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="+", help="base, fold K, round N, final")
    steps = iter(parser.parse_args().steps)
    torch.set_num_threads(2)
    corpus = mhnlp.load_corpus()
    for step in steps:
        start = time.perf_counter()
        if step == "base":
            make_base(BUILD, corpus.texts)
        else:
            chosen = examples(corpus, load_base(BUILD)[1])
            if step == "final":
                make_final(corpus, chosen)
            else:
                make = {"fold": make_fold, "round": make_round}[step]
                make(corpus, chosen, int(next(steps)))
        print(f"{step}: {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()

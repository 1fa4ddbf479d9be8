"""Make the encoder of the model ``accurate``, and the held-out scores that its calibration needs.

    pip install "mhnlp[encoder-training]"
    python tools/encoder/make.py base fold 0 newest final

Held-out scores come from encoders of the same recipe that never saw a passage's letter: ``fold K`` trains on two
thirds of the letters of the rounds before the newest and scores the other third, ``newest`` trains on all of these and
scores the letters of the newest round. The calibration uses what was run. Writes to ``build/encoder``: ``graph.onnx``,
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
FOLDS = 3


def fold_of_letters(corpus: AnnotatedCorpus) -> np.ndarray[tuple[int], np.dtype[np.int_]]:
    """Fold of each passage; letters stay whole, and those of the newest round are the fold after the last."""
    rounds = pd.read_csv(corpus_folder() / "letters.csv").set_index("letter")["round"]
    letters = sorted(letter for letter in set(corpus.letters) if rounds[letter] < rounds.max())
    order = np.random.default_rng(0).permutation(len(letters))
    fold = {letters[letter]: place % FOLDS for place, letter in enumerate(order)}
    return np.array([fold.get(letter, FOLDS) for letter in corpus.letters])


def make_fold(corpus: AnnotatedCorpus, chosen: list[Example], fold: int) -> None:
    """Train on the other folds, but not on the newest round, and keep the scores of this fold."""
    folds = fold_of_letters(corpus)
    network = train([chosen[index] for index in np.flatnonzero((folds != fold) & (folds < FOLDS))], BUILD, Settings())
    _, tokenizer = load_base(BUILD)
    held_out = np.flatnonzero(folds == fold)
    np.savez(
        BUILD / f"fold{fold}.npz",
        texts=np.array([text_key(corpus.texts[index]) for index in held_out]),
        scores=predict(network, [chosen[index] for index in held_out], prefix_of(tokenizer)),
    )


def make_final(corpus: AnnotatedCorpus, chosen: list[Example]) -> None:
    """Train on all letters, write the graph, and gather the folds' scores."""
    network = train(chosen, BUILD, Settings())
    (BUILD / "graph.onnx").write_bytes(export(network))
    gather(corpus)


def gather(corpus: AnnotatedCorpus) -> None:
    """Put the folds' scores together; passages of a fold that was not run have none (NaN)."""
    texts = [text_key(each.text) for each in corpus]
    known: dict[str, Any] = {}
    for path in sorted(BUILD.glob("fold*.npz")):
        with np.load(path) as fold:
            known.update(zip(fold["texts"], fold["scores"], strict=True))
    missing = np.full(len(OUTPUTS), np.nan)
    scores = np.array([known.get(text, missing) for text in texts], dtype=np.float16)
    np.savez_compressed(BUILD / "held_out.npz", texts=np.array(texts), scores=scores)


def main() -> None:
    """Run the steps named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="+", help="base, fold K, newest, final")
    steps = iter(parser.parse_args().steps)
    torch.set_num_threads(2)
    corpus = mhnlp.load_corpus()
    for step in steps:
        start = time.perf_counter()
        if step == "base":
            make_base(BUILD, corpus.texts)
        else:
            chosen = examples(corpus, load_base(BUILD)[1])
            if step in {"fold", "newest"}:
                make_fold(corpus, chosen, int(next(steps)) if step == "fold" else FOLDS)
            else:
                make_final(corpus, chosen)
        print(f"{step}: {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()

"""Make the encoder of the model ``accurate``, and the held-out scores that its calibration needs.

    pip install "mhnlp[encoder-training]"
    python tools/encoder/make.py base fold 0 fold 1 final

The calibration uses the passages of the folds that were run; two of the three suffice. Writes to ``build/encoder``:
``graph.onnx``, ``tokenizer.json``, ``held_out.npz``. Each step (``base``, ``fold K``, ``final``) may be run by itself.
Training computes in bfloat16, whose rounding differs between processors: another machine makes an encoder of the same
quality, not of the same bits.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from export import export
from finetune import Example, Settings, examples, load_base, predict, prefix_of, train
from pretrained import make_base

import mhnlp

if TYPE_CHECKING:
    from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.encoder import OUTPUTS
from mhnlp.training import text_key

BUILD = Path("build/encoder")
FOLDS = 3


def fold_of_letters(corpus: AnnotatedCorpus) -> np.ndarray[tuple[int], np.dtype[np.int_]]:
    """Fold of each passage; letters stay whole."""
    letters = sorted(set(corpus.letters))
    order = np.random.default_rng(0).permutation(len(letters))
    fold = {letters[letter]: place % FOLDS for place, letter in enumerate(order)}
    return np.array([fold[letter] for letter in corpus.letters])


def make_fold(corpus: AnnotatedCorpus, chosen: list[Example], fold: int) -> None:
    """Train on the other folds, and keep the scores of this one."""
    held_out = fold_of_letters(corpus) == fold
    network = train([own for own, out in zip(chosen, held_out, strict=True) if not out], BUILD, Settings())
    _, tokenizer = load_base(BUILD)
    test = [own for own, out in zip(chosen, held_out, strict=True) if out]
    np.savez(
        BUILD / f"fold{fold}.npz",
        texts=np.array([text_key(own.text) for own, out in zip(corpus, held_out, strict=True) if out]),
        scores=predict(network, test, prefix_of(tokenizer)),
    )


def make_final(corpus: AnnotatedCorpus, chosen: list[Example]) -> None:
    """Train on all letters, write the graph, and gather the folds' scores."""
    network = train(chosen, BUILD, Settings())
    (BUILD / "graph.onnx").write_bytes(export(network))
    gather(corpus)


def gather(corpus: AnnotatedCorpus) -> None:
    """Put the folds' scores together; passages of a fold that was not run have none (NaN)."""
    scores = np.full((len(corpus), len(OUTPUTS)), np.nan, dtype=np.float16)
    folds = fold_of_letters(corpus)
    for fold in range(FOLDS):
        path = BUILD / f"fold{fold}.npz"
        if path.exists():
            scores[folds == fold] = np.load(path)["scores"]
    np.savez_compressed(BUILD / "held_out.npz", texts=np.array([text_key(each.text) for each in corpus]), scores=scores)


def main() -> None:
    """Run the steps named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="+", help="base, fold K, final")
    steps = iter(parser.parse_args().steps)
    torch.set_num_threads(2)
    corpus = mhnlp.load_corpus()
    for step in steps:
        start = time.perf_counter()
        if step == "base":
            make_base(BUILD, corpus.texts)
        else:
            chosen = examples(corpus, load_base(BUILD)[1])
            if step == "fold":
                make_fold(corpus, chosen, int(next(steps)))
            else:
                make_final(corpus, chosen)
        print(f"{step}: {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()

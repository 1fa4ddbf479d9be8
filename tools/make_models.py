"""Make the shipped models from the annotated letters.

    python tools/make_models.py [--encoder build/encoder] [--only fast accurate]

Without ``--encoder`` the encoder and the held-out scores in ``models/accurate`` are used again, and the models give
the predictions of the shipped ones. With it they come from that folder, which ``tools/encoder/make.py`` makes.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np

import mhnlp
from mhnlp.encoder import Encoder, as_array
from mhnlp.training import HELD_OUT, TrainingSet, build_model, corpus_encoder_scores, held_out_scores

MODELS = Path("models")
SENTIMENT_ODDS = (1.0, 1.0, 1.0, 1.5)
"""Half of the composed passages judge, on purpose; real ones judge less often."""
DESCRIPTIONS = {
    "fast": "Word and character n-grams with calibrated logistic regressions.",
    "accurate": "A fine-tuned multilingual-e5-small encoder beside word and character n-grams with logistic "
    "regressions, calibrated together.",
}


def make(name: str, encoder_folder: Path | None) -> None:
    """Make one model and write it to its folder."""
    corpus = mhnlp.load_corpus()
    encoder = scores = None
    if name == "accurate" and encoder_folder:
        graph, tokenizer = ((encoder_folder / file).read_bytes() for file in ("graph.onnx", "tokenizer.json"))
        encoder = Encoder(as_array(graph), as_array(tokenizer))
        scores = held_out_scores(corpus, encoder, encoder_folder / "held_out.npz")
        (MODELS / HELD_OUT).parent.mkdir(exist_ok=True)
        shutil.copy(encoder_folder / "held_out.npz", MODELS / HELD_OUT)
    elif name == "accurate":
        encoder = mhnlp.load_model("accurate").classifier.encoder
        scores = corpus_encoder_scores(corpus)
    classifier = mhnlp.PassageClassifier(encoder=encoder, sentiment_odds=SENTIMENT_ODDS)
    if name == "accurate":
        # Its regressions are those of `fast`, whose penalty and class weight were chosen by search.
        chosen = mhnlp.load_model("fast").classifier.scorer_
        classifier.set_params(penalties=(chosen.C,), class_weights=(chosen.class_weight,))
    training_set = TrainingSet(corpus, classifier, np.ones(len(corpus), dtype=bool), scores)
    model = build_model(training_set, name=name, description=DESCRIPTIONS[name], licence="CC-BY-4.0")
    model.save(MODELS / name)
    for heading, split in model.card.scores.items():
        print(f"{name}, {heading}: pillars {split['pillars, macro-F1']}, sentiment {split['sentiment, macro-F1']}")


def main() -> None:
    """Make the models named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, help="folder of a newly trained encoder")
    parser.add_argument("--only", nargs="*", default=list(DESCRIPTIONS), choices=list(DESCRIPTIONS))
    options = parser.parse_args()
    for name in options.only:
        make(name, options.encoder)


if __name__ == "__main__":
    main()

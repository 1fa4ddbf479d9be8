"""Fine-tune the pretrained encoder on passages coded sentence by sentence."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve on shared cores

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own short name
from network import N_CODES, Network
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from mhnlp.encoder import BEGIN, CODES, END, PREFIX
from mhnlp.labels import SCHEME, sentiment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage

PAD = 1
LONGEST = 384
"""Most word pieces in two passages joined for training."""

Array = np.ndarray[Any, np.dtype[Any]]
Sentences = list[list[int]]


@dataclass(frozen=True)
class Settings:
    """Settings of the fine-tuning.

    Parameters
    ----------
    epochs, batch, seed
        As usual.
    rate, head_rate, decay
        Learning rates of the last layer and of the heads, and its factor from a layer to the one below.
    frozen
        Layers from below that stay as they are.
    smoothing
        Label smoothing.
    average
        Decay of the moving average of the weights, which is what is kept.
    kept
        Share that what was learned has in the weights of the trained layers; the rest is the pretrained encoder's
        (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022): real letters differ from composed ones.
    part, joined
        Shares of the training views that are a run of a passage's sentences, and two passages joined.
    """

    epochs: int = 4
    batch: int = 16
    seed: int = 1
    rate: float = 2e-4
    head_rate: float = 2e-3
    decay: float = 0.9
    frozen: int = 6
    smoothing: float = 0.02
    average: float = 0.99
    kept: float = 0.85
    part: float = 0.3
    joined: float = 0.15


@dataclass(frozen=True)
class Example:
    """Word pieces of each sentence of a passage, and its codes, shape (n_sentences, 7)."""

    sentences: Sentences
    codes: Array


def examples(corpus: AnnotatedCorpus, tokenizer: Tokenizer) -> list[Example]:
    """Passages as the network reads them."""
    return [_example(passage, tokenizer) for passage in corpus]


def _example(passage: AnnotatedPassage, tokenizer: Tokenizer) -> Example:
    texts = [passage.text[each.start : each.end] for each in passage.sentences]
    codes = [
        [float(code in each.pillars) for code in SCHEME.pillars] + [float(each.praise), float(each.criticism)]
        for each in passage.sentences
    ]
    encodings = tokenizer.encode_batch(texts, add_special_tokens=False)
    return Example([encoding.ids for encoding in encodings], np.array(codes, np.float32).reshape(-1, N_CODES))


def train(chosen: Sequence[Example], base: Path, settings: Settings) -> Network:
    """Fine-tune the encoder in `base` on examples."""
    torch.manual_seed(settings.seed)
    random = np.random.default_rng(settings.seed)
    network, tokenizer = load_base(base)
    prefix = prefix_of(tokenizer)
    _set_centre(network, chosen, prefix)
    optimizer = _optimizer(network, settings)
    peaks = [group["lr"] for group in optimizer.param_groups]
    average = _Average(network, settings.average)
    total = settings.epochs * math.ceil(len(chosen) / settings.batch)
    step = 0
    network.train()
    network.encoder.layers[: settings.frozen].eval()
    for epoch in range(settings.epochs):
        losses = 0.0
        views = [_view(example, chosen, random, settings) for example in chosen]
        for part in _batches([_length(view) for view in views], settings.batch, random):
            batch = [views[index] for index in part]
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * _schedule(step, total)
            loss = _loss(network, batch, prefix, settings)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            average.update(step)
            step += 1
            losses += loss.item() * len(part)
        print(f"  epoch {epoch + 1}, loss {losses / len(chosen):.4f}", flush=True)
    average.apply()
    _mix(network, load_base(base)[0], settings.kept)
    return network.eval()


@torch.no_grad()
def predict(network: Network, chosen: Sequence[Example], prefix: list[int]) -> Array:
    """Log odds of passages, shape (n_examples, 11)."""
    scores = np.zeros((len(chosen), 11), np.float32)
    for part in _batches([_length(example) for example in chosen], 32):
        ids, mask, pool = collate([chosen[index].sentences for index in part], prefix)
        scores[part] = network(ids, pool, mask)[0].numpy()
    return scores


def load_base(folder: Path) -> tuple[Network, Tokenizer]:
    """Build the network around the pretrained encoder."""
    weights = load_file(folder / "body.safetensors")
    network = Network(weights["words.weight"].shape[0])
    network.encoder.load_state_dict(weights)
    return network, Tokenizer.from_file(str(folder / "tokenizer.json"))


def prefix_of(tokenizer: Tokenizer) -> list[int]:
    """Word pieces that come before every text."""
    pieces: list[int] = tokenizer.encode(PREFIX, add_special_tokens=False).ids
    return pieces


def collate(batch: Sequence[Sentences], prefix: list[int]) -> tuple[Tensor, Tensor, Tensor]:
    """Pad passages into a batch: word pieces, attention mask, and pooling weights as `Network.heads` takes them."""
    rows = [[BEGIN, *prefix, *(piece for sentence in own for piece in sentence), END] for own in batch]
    longest = -(-max(map(len, rows)) // 8) * 8
    ids = np.full((len(rows), longest), PAD)
    mask = np.zeros((len(rows), longest), np.float32)
    pool = np.zeros((len(rows), max(map(len, batch)) + 1, longest), np.float32)
    for number, (row, sentences) in enumerate(zip(rows, batch, strict=True)):
        ids[number, : len(row)], mask[number, : len(row)] = row, 1
        start = len(prefix) + 1
        pool[number, 0, start : len(row) - 1] = 1 / max(len(row) - 1 - start, 1)
        for place, sentence in enumerate(sentences, 1):
            pool[number, place, start : start + len(sentence)] = 1 / max(len(sentence), 1)
            start += len(sentence)
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(pool)


def _length(example: Example) -> int:
    return sum(map(len, example.sentences))


def _view(example: Example, others: Sequence[Example], random: np.random.Generator, settings: Settings) -> Example:
    """Give the passage, a run of its sentences, or it joined to another one."""
    draw = random.random()
    n = len(example.sentences)
    if draw < settings.part and n > 1:
        size = int(random.integers(1, n))
        start = int(random.integers(0, n - size + 1))
        return Example(example.sentences[start : start + size], example.codes[start : start + size])
    if draw > 1 - settings.joined:
        other = others[int(random.integers(len(others)))]
        if _length(example) + _length(other) < LONGEST:
            return Example(example.sentences + other.sentences, np.concatenate([example.codes, other.codes]))
    return example


def _batches(lengths: Sequence[int], size: int, random: np.random.Generator | None = None) -> Iterator[Array]:
    """Batches of like length, in random order where `random` is given."""
    noise = random.uniform(-8, 8, len(lengths)) if random else 0
    order = np.argsort(np.array(lengths) + noise, kind="stable")
    parts = [order[start : start + size] for start in range(0, len(order), size)]
    if random:
        random.shuffle(parts)  # type: ignore[arg-type]
    yield from parts


def _loss(network: Network, batch: list[Example], prefix: list[int], settings: Settings) -> Tensor:
    """Sum of the losses on sentences' codes, passages' codes and (by half) passages' sentiments."""
    ids, mask, pool = collate([view.sentences for view in batch], prefix)
    bias = network.encoder.bias(mask)
    with torch.autocast("cpu", torch.bfloat16):
        with torch.no_grad():
            low = network.encoder.run(network.encoder.embed(ids), bias, 0, settings.frozen)
        hidden = network.encoder.run(low, bias, settings.frozen)
    passage, sentence = network.heads(hidden, pool)
    real = pool[:, 1:].sum(-1) > 0
    codes = torch.from_numpy(np.concatenate([view.codes[[bool(own) for own in view.sentences]] for view in batch]))
    union = torch.from_numpy(np.stack([view.codes.max(axis=0) for view in batch]))
    sentiment = torch.tensor([_sentiment(view.codes) for view in batch])
    by_sentence = F.binary_cross_entropy_with_logits(sentence[real], _smooth(codes, settings))
    by_passage = F.binary_cross_entropy_with_logits(passage[:, :N_CODES], _smooth(union, settings))
    by_sentiment = F.cross_entropy(passage[:, N_CODES:], sentiment, label_smoothing=2 * settings.smoothing)
    return by_sentence + by_passage + 0.5 * by_sentiment


def _smooth(targets: Tensor, settings: Settings) -> Tensor:
    return targets * (1 - 2 * settings.smoothing) + settings.smoothing


def _sentiment(codes: Array) -> int:
    praise, criticism = codes[:, CODES.index("praise")].any(), codes[:, CODES.index("criticism")].any()
    return SCHEME.sentiments.index(sentiment_of(praise=bool(praise), criticism=bool(criticism)))


@torch.no_grad()
def _set_centre(network: Network, chosen: Sequence[Example], prefix: list[int]) -> None:
    """Set the centres to the mean pooled vectors of the pretrained encoder."""
    network.eval()
    some = chosen[:: max(1, len(chosen) // 600)]
    passage, sentence, n = torch.zeros(384), torch.zeros(384), 0
    for part in _batches([_length(example) for example in some], 32):
        ids, mask, pool = collate([some[index].sentences for index in part], prefix)
        with torch.autocast("cpu", torch.bfloat16):
            hidden = network.encoder(ids, mask).float()
        means = pool @ hidden
        real = pool[:, 1:].sum(-1) > 0
        passage += means[:, 0].sum(0)
        sentence += means[:, 1:][real].sum(0)
        n += int(real.sum())
    network.centre[0], network.centre[1], network.centre[2] = passage / len(some), sentence / n, passage / len(some)


def _optimizer(network: Network, settings: Settings) -> torch.optim.Optimizer:
    """Build AdamW with rates that fall from layer to layer; frozen layers have none."""
    heads = [values for name, values in network.named_parameters() if not name.startswith("encoder.")]
    groups: list[dict[str, Any]] = [{"params": heads, "lr": settings.head_rate}]
    network.encoder.requires_grad_(requires_grad=False)
    depth = len(network.encoder.layers)
    for number in range(settings.frozen, depth):
        layer = network.encoder.layers[number].requires_grad_(requires_grad=True)
        rate = settings.rate * settings.decay ** (depth - 1 - number)
        groups.append({"params": list(layer.parameters()), "lr": rate})
    return torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))


def _schedule(step: int, total: int, warm: float = 0.08, floor: float = 0.02) -> float:
    """Factor of the learning rates: linear warm-up, then a cosine down to `floor`."""
    if step < warm * total:
        return (step + 1) / (warm * total)
    done = (step - warm * total) / (total - warm * total)
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * done))


@torch.no_grad()
def _mix(network: Network, pretrained: Network, kept: float) -> None:
    """Move the layers a part of the way back to the pretrained ones."""
    for own, before in zip(network.encoder.layers.parameters(), pretrained.encoder.layers.parameters(), strict=True):
        own.lerp_(before, 1 - kept)


class _Average:
    """Exponential moving average of the trained weights."""

    def __init__(self, network: Network, decay: float) -> None:
        self.decay, self.network = decay, network
        self.values = {name: own.detach().clone() for name, own in network.named_parameters() if own.requires_grad}

    @torch.no_grad()
    def update(self, step: int) -> None:
        decay = min(self.decay, (step + 1) / (step + 10))
        for name, own in self.network.named_parameters():
            if name in self.values:
                self.values[name].lerp_(own, 1 - decay)

    def apply(self) -> None:
        self.network.load_state_dict(self.values, strict=False)

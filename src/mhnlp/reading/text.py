"""Plain text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mhnlp.decoding import decode
from mhnlp.reading._builder import Draft

if TYPE_CHECKING:
    from mhnlp.reading._builder import ReadingLimits

MOJIBAKE = re.compile("[ÃÂâ][\u0080-\u00bf\u2018-\u203a€‚ƒ„…†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ¡-¿]")
"""UTF-8 that some program took for Windows-1252: "coÃ¶rdinatie"."""


def read_text(data: bytes, limits: ReadingLimits) -> Draft:
    """Read a plain text; its layout is told later, by its form.

    Raises
    ------
    ValueError
        If the bytes are no text.
    """
    draft = Draft(limits, text=decode(data))
    if MOJIBAKE.search(draft.text):
        import ftfy  # noqa: PLC0415 - needed for few letters

        repaired = ftfy.fix_encoding(draft.text)
        if repaired != draft.text:
            draft.text = repaired
            draft.warnings.append("characters were restored that another program had mistaken for others")
    if "\f" in draft.text.rstrip():
        draft.pages[:] = [0, *(match.end() for match in re.finditer("\f", draft.text.rstrip()))]
    return draft

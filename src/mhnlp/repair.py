"""Repairs of printed text: hyphens at line ends, ligatures, stray characters; each keeps its alignment."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from mhnlp.alignment import AlignedText, concatenate

if TYPE_CHECKING:
    from collections.abc import Sequence

HYPHENATED = re.compile(r"[^\W_]-$")
SUSPENDED = frozenset({"en", "of", "als", "dan", "noch", "tot", "t/m"})
"""Words after which a hyphen at a line's end is a suspended one: "asiel- / en migratiebeleid"."""
KEPT_PREFIXES = frozenset(
    "adjunct aspirant assistent collega concept ex interim kandidaat leerling niet non oud sociaal vice".split()
)
"""First parts that Dutch spelling joins with a hyphen: "niet-begeleide", "collega-ministers"."""
COLLISIONS = frozenset("aa ai au ee ei eu oe oi oo ou ui uu".split())
"""Vowels that would be read as one sound; Dutch spelling keeps them apart with a hyphen: "re-integratie"."""

REPLACEMENTS = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
    "\u0132": "IJ",
    "\u0133": "ij",
    "\u00ad": "",
    "\u200b": "",
    "\u200c": "",
    "\u200d": "",
    "\u2060": "",
    "\ufeff": "",
    "\u00a0": " ",
    "\u2007": " ",
    "\u202f": " ",
    "\u201b": "‘",
    "\u201f": "“",
    "\u2032": "’",
    "\u2033": "”",
    "\u00b4": "’",
}
"""Ligatures, invisible characters, spaces and quotation marks that vary with the program that printed a letter."""
ODD = re.compile("[" + "".join(REPLACEMENTS) + "]")


def normalise(content: AlignedText) -> AlignedText:
    r"""Write ligatures as letters, odd quotation marks as common ones, and drop invisible characters.

    Examples
    --------
    >>> normalise(AlignedText.of("de of\ufb01cier", 0, 10)).text
    'de officier'
    """
    if content.text.isascii() or not ODD.search(content.text):
        return content
    parts: list[AlignedText] = []
    done = 0
    for match in ODD.finditer(content.text):
        parts.append(content.slice(done, match.start()))
        source = content.source_of(match.start())
        parts += [AlignedText(letter, ((0, source),)) for letter in REPLACEMENTS[match[0]]]
        done = match.end()
    return concatenate([*parts, content.slice(done, len(content.text))])


def compounds(text: str) -> frozenset[str]:
    """Words that a text writes with a hyphen in mid-line, in lower case: they keep it at a line's end."""
    hyphened = " ".join(word for word in text.lower().split() if "-" in word)
    return frozenset(re.findall(r"(?<![\w-])[^\W\d_]+-[^\W\d_]{2,}(?![\w-])", hyphened))


def join_lines(lines: Sequence[AlignedText], known: frozenset[str] = frozenset()) -> AlignedText:
    r"""Join the lines of a paragraph, and words that a line end cut in two.

    Parameters
    ----------
    lines
        In order, without white space around them.
    known
        Words with a hyphen of their own, as `compounds` gives them.

    Examples
    --------
    >>> source = "mensen-\nhandel en re-\nintegratie"
    >>> lines = [AlignedText.of(source, 0, 7), AlignedText.of(source, 8, 21), AlignedText.of(source, 22, 32)]
    >>> join_lines(lines).text
    'mensenhandel en re-integratie'
    """
    parts: list[AlignedText] = []
    for line, following in zip_longest(lines, lines[1:]):
        if following is None:
            parts.append(line)
        elif not HYPHENATED.search(line.text) or not following.text[0].isalpha() or _suspended(following.text):
            parts += [line, AlignedText(" ", ((0, line.end),))]
        else:
            parts.append(line if _keeps_hyphen(line.text, following.text, known) else line.slice(0, len(line.text) - 1))
    return normalise(concatenate(parts))


def _suspended(lower: str) -> bool:
    return lower.split(maxsplit=1)[0] in SUSPENDED


def _keeps_hyphen(upper: str, lower: str, known: frozenset[str]) -> bool:
    whole = upper.rsplit(maxsplit=1)[-1]
    if not whole[-2].islower() or not lower[0].islower() or "-" in whole[:-1]:
        # "OM-zaken", "Zuid-Holland", and compounds of the kind "ver-van-mijn-bed".
        return True
    first = re.findall(r"[^\W\d_]+", whole)[-1].lower()
    second = re.findall(r"^[^\W\d_]+", lower)[0]
    return f"{first}-{second}" in known or first in KEPT_PREFIXES or first[-1] + second[0] in COLLISIONS

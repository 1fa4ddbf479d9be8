"""Whether a text is Dutch."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

LANGUAGES = {"nl": "Dutch", "en": "English", "de": "German", "fr": "French", "es": "Spanish"}
MIN_WORDS = 20
"""Below this number of function words found and words read, a text is too short to tell."""


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    """Function words of each language that no other one shares, from spaCy's lists of stop words."""
    # Read as files: importing spaCy's package of a language takes up to three seconds, spaCy itself one.
    languages = Path(cast("str", cast("ModuleSpec", find_spec("spacy")).origin)).parent / "lang"
    words = {code: set(run_path(str(languages / code / "stop_words.py"))["STOP_WORDS"]) for code in LANGUAGES}
    return {
        code: frozenset(own.difference(*(other for key, other in words.items() if key != code)))
        for code, own in words.items()
    }


def language_of(text: str) -> str:
    """Code of the language of a text, ``"nl"`` for Dutch; empty for one that is unknown or too short to tell.

    Examples
    --------
    >>> language_of("Het kabinet heeft de opvang niet uitgebreid, omdat er geen geld voor was. " * 3)
    'nl'
    """
    return _language(_words(text))


def _language(words: Counter[str]) -> str:
    if words.total() < MIN_WORDS:
        return ""
    counts = {code: sum(map(words.__getitem__, words.keys() & own)) for code, own in _function_words().items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= words.total() / 50 else ""


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W\d_]+", text[:20_000].lower()))


def foreign_language(text: str) -> str | None:
    """Name the language of a text that is not Dutch.

    Parameters
    ----------
    text
        The text; its first 20,000 characters are looked at.

    Returns
    -------
    str or None
        The language's English name, ``"an unknown language"``, or None for Dutch and for texts of under
        20 words, which are too short to tell.

    Examples
    --------
    >>> foreign_language("The government has taken steps, but shelters for victims are still full. " * 3)
    'English'
    """
    words = _words(text)
    if words.total() < MIN_WORDS:
        return None
    code = _language(words)
    return None if code == "nl" else LANGUAGES.get(code, "an unknown language")

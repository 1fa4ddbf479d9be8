"""Whether a text is Dutch."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from runpy import run_path

import spacy

LANGUAGES = {"nl": "Dutch", "en": "English", "de": "German", "fr": "French", "es": "Spanish"}
MIN_WORDS = 20
"""Below this number of function words found and words read, a text is too short to tell."""


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    """Function words of each language that no other one shares, from spaCy's lists of stop words."""
    # Read as files: importing spaCy's package of a language takes up to three seconds.
    languages = Path(spacy.__file__).parent / "lang"
    words = {code: set(run_path(str(languages / code / "stop_words.py"))["STOP_WORDS"]) for code in LANGUAGES}
    return {
        code: frozenset(own.difference(*(other for key, other in words.items() if key != code)))
        for code, own in words.items()
    }


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
    words = re.findall(r"[^\W\d_]+", text[:20_000].lower())
    if len(words) < MIN_WORDS:
        return None
    counts = {code: sum(map(own.__contains__, words)) for code, own in _function_words().items()}
    best = max(counts, key=lambda code: counts[code])
    if counts[best] < len(words) / 50:
        return "an unknown language"
    return None if best == "nl" else LANGUAGES[best]

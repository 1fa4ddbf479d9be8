"""Records as files hold them, before their codes are read, and the names of their fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from mhnlp.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mhnlp.annotations.vocabulary import Vocabulary

FIELDS = {
    "text": "text tekst alinea paragraaf paragraph fragment citaat passagetekst passage_text zin sentence passage",
    "id": "passage passage_id passagenummer passage_nr id nr nummer number",
    "letter": "letter brief document doc bestand bestandsnaam file filename file_name bron source kamerstuk",
    "date": "date datum",
    "heading": "heading kop kopje tussenkop",
    "kind": "kind",
    "coder": "coder codeur codeerder annotator annoteur gecodeerd_door user username gebruiker initialen completed_by",
    "pillars": "pillars pillar pijlers pijler",
    "sentiment": "sentiment sentimenten sentiment_toward_progress toon oordeel houding",
    "labels": "label labels code codes codering categorie categorieën category categories",
    "reason": "reason reden note notes comment comments opmerking opmerkingen toelichting",
}
"""Names of each field as people and tools write them, the likeliest first."""

ABOUT = ("id", "letter", "date", "heading", "kind")
"""Fields that say where a passage comes from."""

KINDS = {"pillars": "pillar", "sentiment": "sentiment", "labels": ""}
"""Fields that hold labels, and the kind of label that they may hold."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    file: str
    number: int
    unit: str = "line"

    def problem(self, column: str, value: str, message: str) -> Problem:
        """Describe something wrong here."""
        return Problem(self.file, self.number, column, value, message, self.unit)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds labels (`kind`), or a mark for one label (`mark`)."""

    column: str
    value: str
    kind: str = ""
    mark: str = ""


@dataclass(slots=True)
class Raw:
    """A record as its file holds it.

    Parameters
    ----------
    place
        Where it stands.
    text
        The text.
    cells
        What was given as labels.
    coder, reason
        Who coded it, and what they wrote beside; empty where the file does not say.
    about
        The fields in `ABOUT` that the file gives.
    skipped
        Why the record counts as not coded; empty if it counts.
    """

    place: Place
    text: str
    cells: list[Cell]
    coder: str = ""
    reason: str = ""
    about: dict[str, str] = field(default_factory=dict)
    skipped: str = ""


@dataclass
class Source:
    """The records of a file, or of one sheet or member of it.

    Parameters
    ----------
    name
        Its name in reports.
    coder
        Who coded it, should its records not say.
    raws
        The records.
    problems
        What cannot be read.
    notices
        What was not used.
    """

    name: str
    coder: str
    raws: list[Raw] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Options:
    """How records are read.

    Parameters
    ----------
    vocabulary
        Reads the labels.
    predictions
        Whether the predictions of Label Studio are read in the place of its annotations.
    """

    vocabulary: Vocabulary
    predictions: bool = False


def find_fields(names: Iterable[str]) -> dict[str, str]:
    """Find which name holds which field.

    Examples
    --------
    >>> find_fields(["Passage", "Pijlers", "TOON"])
    {'text': 'Passage', 'pillars': 'Pijlers', 'sentiment': 'TOON'}
    >>> find_fields(["id", "passage", "tekst"])
    {'text': 'tekst', 'id': 'passage'}
    """
    return _fields(tuple(names))


@lru_cache(maxsize=1024)
def _fields(names: tuple[str, ...]) -> dict[str, str]:
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(re.sub(r"[\s_-]+", "_", name.strip().lower()).strip("_"), name)
    found: dict[str, str] = {}
    for own, aliases in FIELDS.items():
        known = next((folded[each] for each in aliases.split() if each in folded), None)
        if known is not None and known not in found.values():
            found[own] = known
    return found


def distinct_ids(raws: list[Raw]) -> None:
    """Put the letter's name before ids that count from one in each letter."""
    letters: dict[str, set[str]] = {}
    for raw in raws:
        if raw.about.get("id"):
            letters.setdefault(raw.about["id"], set()).add(raw.about.get("letter", ""))
    if any(len(own) > 1 for own in letters.values()):
        for raw in raws:
            if raw.about.get("id"):
                raw.about["id"] = f"{raw.about.get('letter', '')}-{raw.about['id']}".strip("-")

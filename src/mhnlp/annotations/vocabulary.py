"""What people call labels: English and Dutch names, prefixes, marks, and the nearest label to a slip."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from mhnlp.errors import MhnlpError
from mhnlp.labels import SCHEME, LabelScheme

if TYPE_CHECKING:
    from collections.abc import Mapping

NONE = "none"
"""The label that says: coded, and no pillar."""

DUTCH = {
    "preventie": "prevention",
    "voorkomen": "prevention",
    "signalering": "signalling",
    "signaleren": "signalling",
    "signaling": "signalling",
    "opsporing": "investigation",
    "vervolging": "investigation",
    "opsporing en vervolging": "investigation",
    "opsporing & vervolging": "investigation",
    "opvang": "shelter",
    "bescherming": "shelter",
    "opvang en bescherming": "shelter",
    "zorg en bescherming": "shelter",
    "opvang, zorg en bescherming": "shelter",
    "internationaal": "international",
    "internationale bestrijding": "international",
    "internationale samenwerking": "international",
    "positief": "positive",
    "negatief": "negative",
    "gemengd": "mixed",
    "neutraal": "neutral",
    "geen": NONE,
    "geen pijler": NONE,
    "no pillar": NONE,
}
"""Other names of the labels of the codebook."""

PREFIXES = {
    "pillar": "pillar",
    "pillars": "pillar",
    "pijler": "pillar",
    "pijlers": "pillar",
    "sentiment": "sentiment",
    "toon": "sentiment",
}
PREFIX = re.compile(rf"\s*({'|'.join(PREFIXES)})\s*(?:[:=_/-]|\s)\s*(?=\S)", re.IGNORECASE)

MARKED = {"x", "1", "1.0", "ja", "j", "yes", "y", "true", "waar", "v", "✓", "✔", "☑", "☒"}
UNMARKED = {"", "0", "0.0", "nee", "n", "no", "false", "onwaar", "-", "–"}

STRONG, COMMA, SPACE = re.compile(r"[;|#+/\n]+"), re.compile(r",+"), re.compile(r"\s+")


@dataclass(frozen=True)
class Reading:
    """What a cell says: its labels, and the words in it that are no label, each with why."""

    pillars: frozenset[str] = frozenset()
    sentiments: frozenset[str] = frozenset()
    none: bool = False
    problems: tuple[tuple[str, str], ...] = ()

    def __or__(self, other: Reading) -> Reading:
        return Reading(
            self.pillars | other.pillars,
            self.sentiments | other.sentiments,
            self.none or other.none,
            self.problems + other.problems,
        )

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return self == Reading()


@dataclass
class Vocabulary:
    """Reads labels as people write them.

    Parameters
    ----------
    scheme
        The labels.
    own
        Further names, each with the label it stands for, or with ``""`` for a label that is left out.

    Examples
    --------
    >>> sorted(Vocabulary(SCHEME).read("Opvang; preventie").pillars)
    ['prevention', 'shelter']
    >>> Vocabulary(SCHEME).read("pijler:opvangg").problems
    (('pijler:opvangg', "'opvangg' is no pillar; did you mean 'shelter' (opvang)?"),)
    """

    scheme: LabelScheme = SCHEME
    own: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        labels = self.scheme.labels
        known = {NONE: NONE, **{name: label for name, label in DUTCH.items() if label in {*labels, NONE}}}
        known.update({_fold(label): label for label in labels})
        self._names: dict[str, str] = dict(known)
        self._read: dict[tuple[str, str], Reading] = {}
        for name, label in self.own.items():
            if label and _fold(label) not in known:
                raise MhnlpError(f"{name!r} cannot stand for {label!r}, which is no label{self.nearest(label)}")
            self._names[_fold(name)] = known[_fold(label)] if label else ""

    def read(self, cell: str, kind: str = "") -> Reading:
        """Read a cell that holds labels.

        Parameters
        ----------
        cell
            Labels separated by any of ``; | # + / ,``, line ends or spaces, or as JSON.
        kind
            ``"pillar"`` or ``"sentiment"`` if the cell may hold no other.
        """
        key = (cell, kind)
        if key not in self._read:
            found = Reading()
            for piece in self._pieces(cell):
                found |= self._one(piece, kind)
            self._read[key] = found
        return self._read[key]

    def column(self, name: str) -> str | None:
        """Label that a column of marks is named after, None if it is not."""
        _, bare = split_prefix(name)
        found = self._names.get(_fold(bare))
        return found or None

    def nearest(self, name: str, kind: str = "") -> str:
        """Advice on a word that is no label."""
        allowed = {"pillar": (*self.scheme.pillars, NONE), "sentiment": self.scheme.sentiments}
        labels = allowed.get(kind, self.scheme.labels)
        close = get_close_matches(_fold(name), [own for own, label in self._names.items() if label in labels], n=1)
        if not close:
            return f"; there are {', '.join(labels)}"
        label = self._names[close[0]]
        return f"; did you mean {label!r}" + (f" ({close[0]})?" if close[0] != _fold(label) else "?")

    def _pieces(self, cell: str) -> list[str]:
        cell = cell.strip()
        if cell[:1] in {"{", "["}:
            return _json_labels(cell)
        if self._knows(cell):
            return [cell]
        return [each for part in STRONG.split(cell) for each in self._weak(part.strip())]

    def _weak(self, part: str) -> list[str]:
        """Split at commas, then at spaces, but never inside a name that is known."""
        if not part or self._knows(part):
            return [part] if part else []
        found: list[str] = []
        for piece in (each.strip() for each in COMMA.split(part)):
            words = SPACE.split(piece)
            whole = self._knows(piece) or not any(map(self._knows, words))
            found += [piece] if whole else words
        return [each for each in found if each]

    def _knows(self, piece: str) -> bool:
        return _fold(split_prefix(piece)[1]) in self._names

    def _one(self, piece: str, kind: str) -> Reading:
        prefix, bare = split_prefix(piece)
        label = self._names.get(_fold(bare))
        if label == "":
            return Reading()
        wanted = prefix or kind
        actual = "sentiment" if label in self.scheme.sentiments else "pillar"
        if label is None:
            problem = f"{bare!r} is no {wanted or 'label'}{self.nearest(bare, wanted)}"
        elif wanted and actual != wanted:
            problem = f"{bare!r} is a {actual}, no {wanted}"
        elif kind and prefix and kind != prefix:
            problem = f"a {prefix} stands where a {kind} belongs"
        else:
            return _reading(label, actual)
        return Reading(problems=((piece, problem),))


def _reading(label: str, kind: str) -> Reading:
    if label == NONE:
        return Reading(none=True)
    own = frozenset({label})
    return Reading(pillars=own) if kind == "pillar" else Reading(sentiments=own)


def split_prefix(name: str) -> tuple[str, str]:
    """Split ``pijler:opvang`` into the kind of label that the prefix names and the rest.

    Examples
    --------
    >>> split_prefix("pijler:opvang"), split_prefix("opvang")
    (('pillar', 'opvang'), ('', 'opvang'))
    """
    match = PREFIX.match(name)
    return (PREFIXES[match[1].lower()], name[match.end() :].strip()) if match else ("", name.strip())


def is_mark(cell: str) -> bool | None:
    """Whether a cell is marked; None if it is neither a mark nor empty."""
    folded = cell.strip().lower()
    return True if folded in MARKED else False if folded in UNMARKED else None


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()


def _json_labels(cell: str) -> list[str]:
    """Labels of a cell that holds JSON, as Label Studio writes several choices into CSV."""
    try:
        value: Any = json.loads(cell)
    except json.JSONDecodeError:
        return [cell]
    choices = value.get("choices") if isinstance(value, dict) else value
    if not isinstance(choices, list):
        return [cell]
    return [str(each) for each in choices]

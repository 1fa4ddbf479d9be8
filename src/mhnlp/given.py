"""Labels that somebody or something else gave to coded passages, from a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.annotations.tables import SEPARATORS
from mhnlp.annotations.vocabulary import NONE
from mhnlp.errors import TableError
from mhnlp.frames import require, texts_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.annotations.corpus import AnnotatedCorpus

IDS = ("passage", "id")
"""Columns that may name the passage, where its text does not tell."""

Codes = tuple[frozenset[str], str]


@dataclass(frozen=True)
class GivenLabels:
    """Labels given to coded passages.

    Parameters
    ----------
    y
        The labels that the coded passages know, shape (n_passages, n_labels); a passage that was given another
        sentiment, or none, has no sentiment.
    unknown
        Number of other pillars given to each passage, shape (n_passages,).
    warnings
        What the labels are that the coded passages do not know.
    """

    y: NDArray[np.int_]
    unknown: NDArray[np.int_]
    warnings: tuple[str, ...]


def given_labels(table: pd.DataFrame, corpus: AnnotatedCorpus) -> GivenLabels:
    """Find the labels that a table gives to coded passages.

    Parameters
    ----------
    table
        Columns ``pillars`` and ``sentiment``, and ``passage`` (or ``id``) or ``text``. Rows of other passages are
        left out.
    corpus
        The coded passages.

    Raises
    ------
    TableError
        If columns are missing, a coded passage is not in the table, or it is there twice with different labels.
    """
    require(table, ("pillars", "sentiment"))
    codes = _codes(table, corpus)
    scheme = corpus.scheme
    strange = Counter(name for pillars, sentiment in codes for name in {*pillars, sentiment} - {*scheme.labels})
    y = [
        [label in pillars for label in scheme.pillars] + [label == sentiment for label in scheme.sentiments]
        for pillars, sentiment in codes
    ]
    unknown = [len(pillars.difference(scheme.pillars)) for pillars, _ in codes]
    told = ", ".join(f"{name or 'no sentiment'} ({count})" for name, count in sorted(strange.items()))
    warnings = (f"given, but unknown to the coded passages, and counted as errors: {told}",) if strange else ()
    return GivenLabels(np.array(y, dtype=int), np.array(unknown), warnings)


def _codes(table: pd.DataFrame, corpus: AnnotatedCorpus) -> list[Codes]:
    """Labels given to each coded passage."""
    ids = next((name for name in IDS if name in table.columns), None)
    if ids is None and "text" not in table.columns:
        raise TableError(
            "the table of labels has no column 'text', 'passage' or 'id' to know the passages by (it has "
            f"{', '.join(map(str, table.columns))})"
        )
    given = list(zip(map(_pillars, table["pillars"]), texts_of(table["sentiment"]).str.strip(), strict=True))
    by_text, by_id = _by(table, "text", given), _by(table, ids, given)
    # A text that stands in two letters is told by its id, and a passage whose number is counted anew in each letter by
    # its text.
    found = [[by_text.get(_squeezed(each.text), set()), by_id.get(each.id, set())] for each in corpus]
    codes = [next((own for own in each if len(own) == 1), set()) for each in found]
    unclear = [index for index, own in enumerate(codes) if not own]
    if unclear:
        twice = any(found[unclear[0]])
        what = "there twice, with different labels" if twice else "not there, neither by its text nor by its id"
        raise TableError(
            f"the table of labels does not tell those of {len(unclear)} of the {len(corpus)} coded passages: "
            f"{corpus[unclear[0]].id!r} is {what}"
        )
    return [code for own in codes for code in own]


def _by(table: pd.DataFrame, column: str | None, given: list[Codes]) -> dict[str, set[Codes]]:
    """Labels by what a column says, its white space squeezed."""
    found: dict[str, set[Codes]] = {}
    if column not in table.columns:
        return found
    for name, own in zip(texts_of(table[column]), given, strict=True):
        found.setdefault(_squeezed(name), set()).add(own)
    return found


def _pillars(cell: object) -> frozenset[str]:
    """Pillars of a cell: names in a list, or separated in a text; not a number where it is empty."""
    if isinstance(cell, list | tuple | set | frozenset | np.ndarray):
        return frozenset(map(str, cell))
    return frozenset(SEPARATORS.split(cell) if isinstance(cell, str) else ()) - {"", NONE}


def _squeezed(text: str) -> str:
    return " ".join(text.split())

"""Passages as coders coded them: several coders a passage, before any decision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, overload

from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage
from mhnlp.annotations.tables import check_one_coder, write_table
from mhnlp.errors import MhnlpError, Problem
from mhnlp.files import replaced
from mhnlp.labels import SCHEME, LabelScheme

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class CodedPassage:
    """A passage with the codes of one coder.

    Parameters
    ----------
    id
        The passage's: equal for all who coded it.
    letter, date, heading, kind
        The letter that it comes from, the letter's date, the heading above it, ``"passage"`` or ``"item"``.
    text
        The text.
    coder
        Who coded it; ``"final"`` for a decision between coders who differed.
    pillars, sentiment
        The codes.
    reason
        What the coder wrote beside them.
    """

    id: str
    letter: str
    text: str
    coder: str
    pillars: tuple[str, ...]
    sentiment: str
    date: str = ""
    heading: str = ""
    kind: str = "passage"
    reason: str = ""

    @property
    def codes(self) -> tuple[tuple[str, ...], str]:
        """Pillars and sentiment."""
        return self.pillars, self.sentiment


FINAL = "final"
"""Coder of decisions between coders who differed."""

COLUMNS = ("id", "letter", "date", "heading", "kind", "text", "coder", "pillars", "sentiment", "reason")
"""Columns of a file of coded passages."""


@dataclass(frozen=True, repr=False)
class CodedPassages(Sequence[CodedPassage]):
    """Passages as one or several coders coded them, a record a passage and coder.

    Parameters
    ----------
    name
        A name for reports.
    records
        The records, in order.
    scheme
        The labels.
    notices
        What was left out, put back or unused in reading, each with its place.
    """

    name: str
    records: tuple[CodedPassage, ...]
    scheme: LabelScheme = SCHEME
    notices: tuple[Problem, ...] = ()

    @overload
    def __getitem__(self, index: int) -> CodedPassage: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[CodedPassage]: ...
    def __getitem__(self, index: int | slice) -> CodedPassage | Sequence[CodedPassage]:
        return self.records[index]

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self) -> str:
        passages = len({each.id for each in self})
        return f"<CodedPassages {self.name!r}: {passages} passages, coders: {', '.join(self.coders)}>"

    @property
    def coders(self) -> tuple[str, ...]:
        """Who coded, sorted."""
        return tuple(sorted({each.coder for each in self}))

    def by(self, coder: str) -> CodedPassages:
        """Give the records of one coder.

        Raises
        ------
        MhnlpError
            If that coder coded nothing.
        """
        own = tuple(each for each in self if each.coder == coder)
        if not own:
            raise MhnlpError(f"no passage is coded by {coder!r}; the coders are {', '.join(self.coders)}")
        return CodedPassages(self.name, own, self.scheme)

    def to_frame(self) -> pd.DataFrame:
        """Give a table, one row a passage and coder, with pillars separated by spaces."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        return pd.DataFrame(map(cells, self), columns=list(COLUMNS), dtype=object)

    def to_corpus(self) -> AnnotatedCorpus:
        """Give the passages as a corpus to train on or to score with.

        Raises
        ------
        AnnotationError
            If a passage has the codes of more than one coder.
        """
        check_one_coder(Path(self.name).name, [(each.id, each.coder) for each in self])
        return AnnotatedCorpus(
            self.name,
            tuple(
                AnnotatedPassage(each.id, each.letter, each.text, each.pillars, each.sentiment, each.heading, each.kind)
                for each in self
            ),
            self.scheme,
        )

    def save(self, path: str | Path) -> Path:
        """Write the records to a file that `read_annotations` and `import_annotations` read.

        Parameters
        ----------
        path
            Ends in ``.csv`` (UTF-8 with mark, which Excel asks for) or ``.jsonl``.

        Raises
        ------
        MhnlpError
            If it has another suffix.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in {".csv", ".jsonl"}:
            raise MhnlpError(f"{path}: coded passages are written as .csv or .jsonl, not as {suffix or 'no suffix'}")
        with replaced(path) as partial:
            if suffix == ".csv":
                write_table(partial, COLUMNS, map(cells, self), mark=True)
            else:
                lines = (json.dumps(dict(zip(COLUMNS, cells(each), strict=True)), ensure_ascii=False) for each in self)
                partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
        return path


def cells(record: CodedPassage) -> list[str]:
    """Cells of a record in the order of `COLUMNS`."""
    return [
        record.id,
        record.letter,
        record.date,
        record.heading,
        record.kind,
        record.text,
        record.coder,
        " ".join(record.pillars),
        record.sentiment,
        record.reason,
    ]


def text_id(text: str, letter: str = "") -> str:
    """Id for a passage that has none: equal for equal texts of one letter, in whichever file they stand.

    Examples
    --------
    >>> text_id("De opvang.") == text_id("De opvang.") != text_id("De opvang.", "brief-2")
    True
    """
    return "t-" + hashlib.sha256(f"{letter}\n{text}".encode()).hexdigest()[:12]

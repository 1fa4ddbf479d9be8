"""Annotated letters as tables that a spreadsheet, pandas and a diff can read.

A corpus is a folder of four CSV files (UTF-8, commas, one record a line):

- ``letters.csv``: ``letter, date, sender_type, sender, recipient, subject, salutation, closing, round``
- ``passages.csv``: ``passage, letter, kind, heading, text, pillars, sentiment`` (the final codes)
- ``sentences.csv``: ``passage, start, end, pillars, praise, criticism`` (places in the passage's text); its header
  alone where no sentences are coded, as under a scheme whose sentiments praise and criticism do not make
- ``codes.csv``: ``passage, coder, pillars, sentiment, doubt, reason`` (what each coder gave; ``final`` is a decision
  between coders who differed, and has a reason where one was written down)

Pillars are separated by spaces. A single file with the columns ``text, pillars, sentiment`` (and, if known,
``letter``, ``passage``, ``heading``, ``date``, ``coder``, ``reason``) serves for annotations of one's own, as CSV or as
JSON lines. A file with the codes of several coders is decided first (`mhnlp adjudicate`).
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage, CodedSentence
from mhnlp.decoding import decode, delimiter_of
from mhnlp.errors import AnnotationError, Problem
from mhnlp.labels import SCHEME, LabelScheme, sentiment_of
from mhnlp.resources import corpus_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLUMNS = {
    "letters.csv": (
        "letter",
        "date",
        "sender_type",
        "sender",
        "recipient",
        "subject",
        "salutation",
        "closing",
        "round",
    ),
    "passages.csv": ("passage", "letter", "kind", "heading", "text", "pillars", "sentiment"),
    "sentences.csv": ("passage", "start", "end", "pillars", "praise", "criticism"),
    "codes.csv": ("passage", "coder", "pillars", "sentiment", "doubt", "reason"),
}
REQUIRED = ("text", "pillars", "sentiment")
ALIASES = {"document": "letter", "id": "passage"}
MAX_CELL = 10_000_000
"""Longest cell that is read, in characters; the csv module's own limit is 131,072."""
SEPARATORS = re.compile(r"[\s,;|#+/]+")


@dataclass(frozen=True)
class Row:
    """A record of a table, with the place where it stands."""

    file: str
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass
class _Check:
    """Collects the problems of a reading."""

    scheme: LabelScheme
    problems: list[Problem] = field(default_factory=list)

    def note(self, row: Row, column: str, message: str) -> None:
        self.problems.append(Problem(row.file, row.line, column, row[column], message))

    def pillars(self, row: Row) -> tuple[str, ...]:
        named = [name for name in SEPARATORS.split(row["pillars"].strip()) if name]
        for name in named:
            if name not in self.scheme.pillars:
                self.note(row, "pillars", f"{name!r} is no pillar{_nearest(name, self.scheme.pillars)}")
        return self.scheme.in_order(name for name in named if name in self.scheme.pillars)

    def sentiment(self, row: Row) -> str:
        name = row["sentiment"].strip()
        if name not in self.scheme.sentiments:
            nearest = _nearest(name, self.scheme.sentiments)
            self.note(row, "sentiment", f"a passage has exactly one of {', '.join(self.scheme.sentiments)}{nearest}")
        return name

    def flag(self, row: Row, column: str) -> bool:
        if row[column] not in {"0", "1"}:
            self.note(row, column, "must be 0 or 1")
        return row[column] == "1"

    def number(self, row: Row, column: str) -> int:
        if not row[column].isdecimal():
            self.note(row, column, "must be a whole number")
            return -1
        return int(row[column])

    def done(self) -> None:
        if self.problems:
            raise AnnotationError(sorted(self.problems, key=lambda problem: (problem.file, problem.line)))


def load_corpus() -> AnnotatedCorpus:
    """Load the annotated letters that come with the package.

    Examples
    --------
    >>> corpus = load_corpus()
    >>> corpus[0].pillars, corpus[0].sentiment
    ((), 'neutral')
    """
    return read_annotations(corpus_folder())


def read_annotations(path: str | Path, scheme: LabelScheme = SCHEME) -> AnnotatedCorpus:
    """Read and check annotated passages.

    Parameters
    ----------
    path
        A folder of the four tables, or one file of passages, ``.csv`` or ``.jsonl``.
    scheme
        The labels that may occur.

    Returns
    -------
    AnnotatedCorpus
        Passages of a file without a column ``letter`` each count as a letter of their own.

    Raises
    ------
    AnnotationError
        With every problem, each with its file, line, column and value.
    """
    path = Path(path)
    check = _Check(scheme)
    if path.is_dir():
        passages = _read_folder(path, check)
    else:
        rows = _read_rows(path)
        _require(rows, REQUIRED, path, check)
        check_one_coder(path.name, [(row["passage"] or row["text"], row["coder"]) for row in rows])
        passages = _passages(rows, {}, check)
    if not passages and not check.problems:
        check.problems.append(Problem(path.name, 1, "", "", "it holds no passages"))
    check.done()
    return AnnotatedCorpus(path.resolve().name if path.is_dir() else path.name, tuple(passages), scheme)


def check_one_coder(name: str, codings: Iterable[tuple[str, str]]) -> None:
    """Refuse passages that several coders coded: there is nothing to learn from until somebody has decided.

    Parameters
    ----------
    name
        The file's.
    codings
        Passage and coder of each record.

    Raises
    ------
    AnnotationError
        If a passage has more than one coder.
    """
    coders: dict[str, set[str]] = {}
    for passage, coder in codings:
        coders.setdefault(passage, set()).add(coder)
    several = [own for own in coders.values() if len(own) > 1]
    if several:
        names = ", ".join(sorted(set().union(*several)))
        message = (
            f"{len(several)} passages are coded by more than one coder ({names}); decide between them with "
            f"`mhnlp adjudicate {name} -o decide.csv`, and read what it makes of the decisions"
        )
        raise AnnotationError([Problem(name, 1, "coder", "", message)])


def read_codes(folder: str | Path, scheme: LabelScheme = SCHEME) -> dict[str, dict[str, tuple[tuple[str, ...], str]]]:
    """Read what each coder gave.

    Parameters
    ----------
    folder
        A folder with ``codes.csv``.
    scheme
        The labels that may occur.

    Returns
    -------
    dict
        For each coder, for each passage, its pillars and sentiment.
    """
    check = _Check(scheme)
    codes: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {}
    for row in _read_table(Path(folder), "codes.csv", check):
        own = codes.setdefault(row["coder"], {})
        if row["passage"] in own:
            check.note(row, "passage", f"coder {row['coder']!r} coded this passage before")
        own[row["passage"]] = (check.pillars(row), check.sentiment(row))
    check.done()
    return codes


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], *, mark: bool = False) -> None:
    """Write one table in the corpus' form; with a byte order mark, Excel reads it as UTF-8."""
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        # The csv module does not by itself quote a carriage return that stands alone, and reads it as a record's end.
        careful = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for row in rows:
            (careful if any("\r" in str(cell) for cell in row) else writer).writerow(row)


def _read_folder(folder: Path, check: _Check) -> list[AnnotatedPassage]:
    tables = {name: _read_table(folder, name, check) for name in COLUMNS}
    letters = _unique(tables["letters.csv"], "letter", check)
    for row in tables["letters.csv"]:
        if not _is_date(row["date"]):
            check.note(row, "date", "must be a date, YYYY-MM-DD")
    sentences = _sentences(tables["sentences.csv"], check)
    passages = _passages(tables["passages.csv"], sentences, check)
    known = {passage.id for passage in passages}
    for row in tables["passages.csv"]:
        if row["letter"] not in letters:
            check.note(row, "letter", "is not in letters.csv")
    for row in [*tables["sentences.csv"], *tables["codes.csv"]]:
        if row["passage"] not in known:
            check.note(row, "passage", "is not in passages.csv")
    for row in tables["codes.csv"]:
        check.pillars(row)
        check.sentiment(row)
    return passages


def _passages(rows: list[Row], sentences: dict[str, list[CodedSentence]], check: _Check) -> list[AnnotatedPassage]:
    passages: list[AnnotatedPassage] = []
    seen: set[str] = set()
    for row in rows:
        name = row["passage"] or f"{Path(row.file).stem}-{row.line}"
        if name in seen:
            check.note(row, "passage", "occurs before")
        seen.add(name)
        if not row["text"].strip():
            check.note(row, "text", "the text is empty")
        passage = AnnotatedPassage(
            id=name,
            letter=row["letter"] or name,
            text=row["text"],
            pillars=check.pillars(row),
            sentiment=check.sentiment(row),
            heading=row["heading"],
            kind=row["kind"] or "passage",
            sentences=tuple(sentences.get(name, ())),
        )
        _check_sentences(passage, row, check)
        passages.append(passage)
    return passages


def _check_sentences(passage: AnnotatedPassage, row: Row, check: _Check) -> None:
    """Sentences lie in the text in order, and their codes make the passage's."""
    ends = [0, *(sentence.end for sentence in passage.sentences)]
    for sentence, before in zip(passage.sentences, ends, strict=False):
        if not before <= sentence.start < sentence.end <= len(passage.text):
            check.note(row, "passage", f"its sentence at {sentence.start}–{sentence.end} does not fit its text")
    if not passage.sentences:
        return
    union = check.scheme.in_order({pillar for each in passage.sentences for pillar in each.pillars})
    if union != passage.pillars:
        check.note(row, "pillars", f"its sentences are coded {' '.join(union) or 'without pillars'}")
    praise = any(each.praise for each in passage.sentences)
    sentiment = sentiment_of(praise=praise, criticism=any(each.criticism for each in passage.sentences))
    # That praise and criticism make a sentiment which the scheme has not, is told once, of the sentences.
    if sentiment != passage.sentiment and sentiment in check.scheme.sentiments:
        check.note(row, "sentiment", f"its sentences make it {sentiment}")


def _sentences(rows: list[Row], check: _Check) -> dict[str, list[CodedSentence]]:
    sentences: dict[str, list[CodedSentence]] = {}
    for row in rows:
        sentence = CodedSentence(
            start=check.number(row, "start"),
            end=check.number(row, "end"),
            pillars=check.pillars(row),
            praise=check.flag(row, "praise"),
            criticism=check.flag(row, "criticism"),
        )
        sentences.setdefault(row["passage"], []).append(sentence)
    _check_scheme(rows, sentences, check)
    return sentences


def _check_scheme(rows: list[Row], sentences: dict[str, list[CodedSentence]], check: _Check) -> None:
    """Praise and criticism make sentiments of the package's scheme; another scheme may not have them."""
    for own in sentences.values():
        praises, criticises = any(each.praise for each in own), any(each.criticism for each in own)
        made = {sentiment_of(praise=each.praise, criticism=each.criticism) for each in own}
        strange = (made | {sentiment_of(praise=praises, criticism=criticises)}).difference(check.scheme.sentiments)
        if strange:
            known = ", ".join(check.scheme.sentiments)
            message = (
                f"praise and criticism of sentences make {', '.join(sorted(strange))}, and the scheme has {known}; "
                "leave all rows but the header out of sentences.csv"
            )
            check.problems.append(Problem(rows[0].file, rows[0].line, "", "", message))
            return


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _unique(rows: list[Row], column: str, check: _Check) -> set[str]:
    seen: set[str] = set()
    for row in rows:
        if row[column] in seen:
            check.note(row, column, "occurs before")
        seen.add(row[column])
    return seen


def _read_table(folder: Path, name: str, check: _Check) -> list[Row]:
    rows = _read_rows(folder / name)
    _require(rows, COLUMNS[name], folder / name, check)
    return rows


def _require(rows: list[Row], columns: Sequence[str], path: Path, check: _Check) -> None:
    present = set(rows[0].values) if rows else set(columns)
    for column in columns:
        if column not in present:
            found = ", ".join(sorted(present))
            check.problems.append(Problem(path.name, 1, column, "", f"the column is missing; there are {found}"))
    check.done()


def _read_rows(path: Path) -> list[Row]:
    try:
        text = decode(path.read_bytes())
    except FileNotFoundError as error:
        raise AnnotationError([Problem(str(path), 1, "", "", "there is no such file")]) from error
    except (OSError, ValueError) as error:
        raise AnnotationError([Problem(str(path), 1, "", "", f"it cannot be read: {error}")]) from error
    return _json_rows(text, path) if path.suffix.lower() in {".jsonl", ".ndjson"} else _csv_rows(text, path)


def _csv_rows(text: str, path: Path) -> list[Row]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter_of(text.split("\n", 1)[0]))
    rows: list[Row] = []
    problems: list[Problem] = []
    names: list[str] = []
    line = 1
    try:
        names = [_column(name) for name in next(reader, [])]
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) not in {0, len(names)}:
                message = f"has {len(cells)} cells, and the header has {len(names)}"
                problems.append(Problem(path.name, line, "", "", message))
            elif any(cells):
                rows.append(Row(path.name, line, dict(zip(names, cells, strict=True))))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(path.name, line, "", "", f"is no CSV: {error}"))
    if problems:
        raise AnnotationError(problems)
    return rows


def _json_rows(text: str, path: Path) -> list[Row]:
    rows: list[Row] = []
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            record = json.loads(content)
        except json.JSONDecodeError as error:
            raise AnnotationError([Problem(path.name, line, "", content[:40], f"is no JSON: {error.msg}")]) from error
        if not isinstance(record, dict):
            raise AnnotationError([Problem(path.name, line, "", content[:40], "is no JSON object")])
        rows.append(Row(path.name, line, {_column(name): _cell(value) for name, value in record.items()}))
    return rows


def _column(name: str) -> str:
    name = name.strip().lower()
    return ALIASES.get(name, name)


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    return " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _nearest(name: str, labels: Sequence[str]) -> str:
    close = get_close_matches(name.lower(), labels, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""

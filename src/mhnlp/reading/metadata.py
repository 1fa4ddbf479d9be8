"""What a letter says of itself: date, sender, recipient, subject, dossier, reference, language."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

from mhnlp.forms import CLOSING, DATE, FIELD, FIELD_START, ITEM, MONTHS, OFFICE, SALUTATION
from mhnlp.language import language_of
from mhnlp.letter import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mhnlp.letter import Letter

MAX_LINE = 400
"""Characters of a line that are looked at; a letter may be one long line."""
HEAD_LINES, TAIL_LINES = 80, 30
"""Lines at the beginning and at the end of a letter that are searched where no salutation or closing is found."""
LABELLED, PLACED, FORMED = 0.95, 0.8, 0.5
"""How sure a value is that has a label, that stands where such a value stands, and that only looks like one."""

LABELS = {
    "date": r"Datum",
    "subject": r"Onderwerp|Betreft",
    "reference": r"(?:Ons|Onze)\s+(?:kenmerk|referentie)|Kenmerk",
}
PAPER = re.compile(
    r"(?<!\d)(?P<dossier>\d{2}[ .]?\d{3})(?:\s*[-–]?\s*\(?R?\d{0,4}\)?)?\s*,?\s*[Nn]r\.?\s*(?P<number>\d{1,4})(?!\d)"
)
"""Dossier and number of a parliamentary paper: "28 638, nr. 257"."""
PAPER_NAME = re.compile(r"(?:kst|blg|kv)?-?(?P<dossier>\d{5})-(?P<number>\d{1,4})(?!\d)", re.IGNORECASE)
"""The same in the name of a file: "kst-28638-257"."""
DOSSIER_LINE = re.compile(r"(?P<dossier>\d{2} \d{3})(?:\s+\D.*)?")
NUMBER_LINE = re.compile(r"Nr\.\s*(?P<number>\d{1,4})(?:\s.*)?")
POSTAL = re.compile(r"Postbus\b|\d{4}\s?[A-Z]{2}\b|[A-Z].* \d+[a-z]?$")
WRITTEN = re.compile(
    rf"(\d{{1,2}})\s+({'|'.join(MONTHS)})\s+(\d{{4}})|(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{2,4}})", re.IGNORECASE
)
TITLE = re.compile(r"BRIEF VAN (?:DE|HET)\s+(?P<sender>[A-Z].*)")
SENDER = re.compile(
    r"(?:De|Het)\s+((?:Minister|Staatssecretaris|Nationaal|College|Inspecteur|Voorzitter|Burgemeester)\b.*?),?"
)


def with_metadata(letter: Letter) -> Letter:
    """Add to a letter's metadata what its text and its name say; what its file declares for certain is kept."""
    found = dict(_found(letter))
    declared = letter.metadata
    values: dict[str, str] = {}
    certainty: dict[str, float] = {}
    for name in (field.name for field in fields(Metadata) if field.name != "certainty"):
        own = (getattr(declared, name), declared.certainty.get(name, 1.0))
        value, sure = max(
            (pair for pair in (own, found.get(name, ("", 0.0))) if pair[0]), key=lambda pair: pair[1], default=("", 0.0)
        )
        if value:
            values[name], certainty[name] = value, sure
    return replace(letter, metadata=Metadata(**values, certainty=certainty))


def _found(letter: Letter) -> Iterator[tuple[str, tuple[str, float]]]:
    """Fields with their values and how sure these are; the last of a field counts, so the surest come last."""
    lines = [line.strip()[:MAX_LINE] for line in letter.text.splitlines() if line.strip()]
    head, tail = _head(lines), _tail(lines)
    yield from _plain_date(head, lines)
    for name, label in LABELS.items():
        value = _labelled(head, label) or (_labelled(lines, label) if name == "reference" else "")
        if name == "date":
            value = _iso(value)
        if value:
            yield name, (value, LABELLED)
    yield from _people(head, tail)
    yield from _paper(letter, lines, head)
    language = language_of(letter.text)
    if language:
        yield "language", (language, LABELLED)


def _head(lines: Sequence[str]) -> Sequence[str]:
    for index, line in enumerate(lines[:HEAD_LINES]):
        if SALUTATION.fullmatch(line):
            return lines[:index]
    # Without a salutation only what comes before the first long line is a head.
    return lines[: next((index for index, line in enumerate(lines[:HEAD_LINES]) if len(line) > 110), 12)]


def _tail(lines: Sequence[str]) -> Sequence[str]:
    closings = [index for index, line in enumerate(lines) if CLOSING.fullmatch(line)]
    return lines[closings[-1] :][:TAIL_LINES] if closings else lines[-6:]


def _labelled(lines: Sequence[str], label: str) -> str:
    """Value of a field: on the line of its label, or on the next; a subject goes on in lower case."""
    pattern = re.compile(rf"(?:{label})\s*:?(?:\s+(?P<value>.+))?")
    for index, line in enumerate(lines):
        match = pattern.fullmatch(line)
        if not match:
            continue
        rest = list(lines[index + 1 :])
        value = match["value"] or (rest.pop(0) if rest and not FIELD_START.match(rest[0]) else "")
        while "Onderwerp" in label and rest and len(value) > 25 and _goes_on(value, rest[0]):
            value = f"{value.removesuffix('-') if value.endswith('-') else value + ' '}{rest.pop(0)}"
        return re.sub(rf"\s+(?:{FIELD})$", "", value.strip())
    return ""


def _goes_on(value: str, line: str) -> bool:
    return (line[0].islower() or value.endswith(("-", ",")) or value.rsplit(maxsplit=1)[-1].islower()) and not (
        FIELD_START.match(line) or SALUTATION.fullmatch(line) or ITEM.match(line)
    )


def _iso(value: str) -> str:
    """Date as YYYY-MM-DD, empty if it is none."""
    match = WRITTEN.search(value)
    if not match:
        return ""
    day, name, year, day2, month2, year2 = match.groups()
    month = MONTHS.index(name.lower()) + 1 if name else int(month2)
    number = int(year or year2)
    try:
        return date(number + (0 if number > 99 else 2000 if number < 70 else 1900), month, int(day or day2)).isoformat()
    except ValueError:
        return ""


def _plain_date(head: Sequence[str], lines: Sequence[str]) -> Iterator[tuple[str, tuple[str, float]]]:
    for line in head:
        if re.fullmatch(rf"(?:[A-Z’'][\w’' -]+,\s+)?{DATE}", line, re.IGNORECASE) and _iso(line):
            yield "date", (_iso(line), PLACED)
            return
    guess = next((_iso(line) for line in [*head, *lines[:HEAD_LINES]] if _iso(line)), "")
    if guess:
        yield "date", (guess, FORMED)


def _people(head: Sequence[str], tail: Sequence[str]) -> Iterator[tuple[str, tuple[str, float]]]:
    for index, line in enumerate(head):
        match = re.fullmatch(r"Aan\s+(?:de|het)\s+(.+)|Aan", line)
        if match:
            rest = [match[1]] if match[1] else []
            rest += head[index + 1 : index + 5]
            count = next(
                (
                    at
                    for at, each in enumerate(rest)
                    if at and (POSTAL.match(each) or FIELD_START.match(each) or _iso(each))
                ),
                3,
            )
            recipient = re.sub(r"^(?:de|het)\s+", "", " ".join(rest[:count]), flags=re.IGNORECASE)
            yield "recipient", (recipient.rstrip(","), PLACED)
            break
    title = next((match["sender"] for line in head if (match := TITLE.fullmatch(line))), "")
    if title:
        yield (
            "sender",
            (title.title().replace(" Van ", " van ").replace(" En ", " en ").replace(" De ", " de "), FORMED),
        )
    for index, line in enumerate(tail):
        match = SENDER.fullmatch(line) or SENDER.search(line)
        if match or OFFICE.fullmatch(line):
            value = match[1] if match else line
            after = tail[index + 1] if index + 1 < len(tail) else ""
            if after and value.endswith((" en", " van", " voor", " de")):
                value = f"{value} {after}"
            yield "sender", (value.rstrip(",. "), PLACED)
            break


def _paper(letter: Letter, lines: Sequence[str], head: Sequence[str]) -> Iterator[tuple[str, tuple[str, float]]]:
    """Dossier and number of the letter itself; other papers are named in its text and its notes."""
    dossier = next((match for line in head if (match := DOSSIER_LINE.fullmatch(line))), None)
    number = next((match for line in lines if (match := NUMBER_LINE.fullmatch(line))), None)
    if dossier and number:
        yield "dossier", (re.sub(r"\D", "", dossier["dossier"]), PLACED)
        yield "number", (number["number"], PLACED)
    running = [block.content.text for block in letter.blocks if block.kind in {"header", "footer", "margin"}]
    for text in [*head, *running]:
        if match := PAPER.search(text):
            yield "dossier", (re.sub(r"\D", "", match["dossier"]), PLACED)
            yield "number", (match["number"], PLACED)
            break
    if match := PAPER_NAME.search(letter.name):
        yield "dossier", (match["dossier"], LABELLED)
        yield "number", (match["number"], LABELLED)

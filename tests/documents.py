"""Letters of the shipped corpus printed as documents: PDF in four layouts, Word, HTML, XML, images of paper.

The tests print a few, `benchmarks/reading.py` all. What each document holds is known, so what is read can be scored.
"""

from __future__ import annotations

import csv
import io
import random
import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from html import escape
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from mhnlp.annotations.tables import load_corpus
from mhnlp.forms import ITEM, MONTHS
from mhnlp.resources import corpus_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportlab.pdfgen.canvas import Canvas

NOTES = (
    "Kamerstukken II {year}/{next}, 28 638, nr. {number}.",
    "Zie ook de brief van de inspectie van {day} {month} {year}, te vinden op www.voorbeeld.nl/brief-{number}.",
    "Stcrt. {year}, {number}; de regeling is nadien tweemaal gewijzigd en geldt in deze vorm sinds 1 juli {next}.",
)
HYPHENS = re.compile(r"(?<=[aeiou][bdfgklmnprst])(?=[bdfgklmnprst][aeiou])")


@dataclass(frozen=True)
class Part:
    """A heading, a passage or a list item; `note` is the footnote that it refers to at its end."""

    kind: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Source:
    """A letter that is to be printed, and what ought to be read."""

    name: str
    day: date
    sender: str
    recipient: str
    subject: str
    salutation: str
    closing: str
    reference: str
    dossier: str
    number: str
    parts: tuple[Part, ...]

    @property
    def passages(self) -> list[str]:
        """Texts of the passages, markers of list items left out."""
        return [
            ITEM.sub("", part.text, count=1) if part.kind == "item" else part.text
            for part in self.parts
            if part.kind != "heading"
        ]

    @property
    def written_day(self) -> str:
        """The date as a letter writes it."""
        return f"{self.day.day} {MONTHS[self.day.month - 1]} {self.day.year}"


@lru_cache
def sources() -> tuple[Source, ...]:
    """Letters of the corpus that name sender, recipient and date, and whose characters every font has."""
    return tuple(_sources())


def _sources() -> Iterator[Source]:
    with (corpus_folder() / "letters.csv").open(encoding="utf-8", newline="") as file:
        about = {row["letter"]: row for row in csv.DictReader(file)}
    for name, passages in groupby(load_corpus(), key=lambda passage: passage.letter):
        own = about[name]
        found = [*passages]
        whole = "".join(passage.text + passage.heading for passage in found) + "".join(own.values())
        if all(own[key] for key in ("date", "sender", "recipient", "subject", "salutation")) and _printable(whole):
            yield _source(name, own, found)


def _printable(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _source(name: str, own: dict[str, str], passages: list) -> Source:
    dice = random.Random(name)  # noqa: S311 - a fixed choice for each letter, not a secret
    day = date.fromisoformat(own["date"])
    parts: list[Part] = []
    heading = ""
    for passage in passages:
        if passage.heading and passage.heading != heading:
            parts.append(Part("heading", passage.heading))
        heading = passage.heading
        ends = passage.kind != "item" and passage.text.endswith(".")
        note = _note(dice, day) if ends and dice.random() < 0.2 else ""
        marked = passage.kind == "item" and not ITEM.match(passage.text)
        parts.append(
            Part("item" if passage.kind == "item" else "passage", f"• {passage.text}" if marked else passage.text, note)
        )
    return Source(
        name=name,
        day=day,
        sender=own["sender"],
        recipient=own["recipient"],
        subject=own["subject"],
        salutation=own["salutation"],
        closing="Hoogachtend," if own["closing"].endswith(".") else own["closing"] or "Hoogachtend,",
        reference=f"{dice.randrange(1_000_000, 9_999_999)}",
        dossier="28638",
        number=str(dice.randrange(20, 400)),
        parts=tuple(parts),
    )


def _note(dice: random.Random, day: date) -> str:
    values = {"year": day.year - 1, "next": day.year % 100, "number": dice.randrange(10, 400)}
    return dice.choice(NOTES).format(**values, day=dice.randrange(1, 29), month=dice.choice(MONTHS))


@dataclass(frozen=True)
class Layout:
    """How a letter is printed; lengths in points."""

    name: str
    font: str
    size: float
    leading: float
    left: float
    width: float
    top: float = 110
    bottom: float = 90
    gap: float = 1.0
    indent: float = 0
    justified: bool = False
    hyphens: bool = True
    bold: bool = True
    right: bool = False
    columns: int = 1
    spacing: float = field(default=24)


LAYOUTS = {
    "ministry": Layout("ministry", "Helvetica", 9, 12, 82, 330, right=True),
    "classic": Layout(
        "classic", "Times-Roman", 11, 14, 90, 415, gap=0, indent=14, justified=True, bold=False, hyphens=False
    ),
    "chamber": Layout("chamber", "Times-Roman", 10, 12, 170, 355, justified=True),
    "columns": Layout("columns", "Helvetica", 9, 11.5, 60, 225, justified=True, columns=2),
}
PAGE = (595.0, 842.0)


def pdf(source: Source, layout: Layout) -> bytes:
    """Print a letter as a PDF."""
    from reportlab.pdfgen.canvas import Canvas

    pages = 1
    while True:
        # Twice, since the first page already names the number of pages.
        out = io.BytesIO()
        printer = _Printer(Canvas(out, pagesize=PAGE, invariant=True), source, layout, pages)
        printer.print()
        if printer.page == pages:
            return out.getvalue()
        pages = printer.page


class _Printer:
    """Puts the lines of a letter on pages."""

    def __init__(self, canvas: Canvas, source: Source, layout: Layout, pages: int) -> None:
        self.canvas, self.source, self.layout, self.pages = canvas, source, layout, pages
        self.page, self.column, self.notes, self.numbered = 1, 0, [], 0
        self.y = PAGE[1] - layout.top
        self.floor = layout.bottom

    @property
    def x(self) -> float:
        return self.layout.left + self.column * (self.layout.width + self.layout.spacing)

    def print(self) -> None:
        self._letterhead()
        for part in self.source.parts:
            self._part(part)
        self.y -= self.layout.leading
        for line in _signature(self.source):
            self._lines(wrap(line, self.layout.font, self.layout.size, self.layout.width, hyphens=False))
        self._finish()
        self.canvas.save()

    def _part(self, part: Part) -> None:
        layout = self.layout
        font = layout.font
        if part.kind == "heading":
            if self.y - self.floor < 4 * layout.leading:
                self._next()
            self.y -= layout.leading * (0.8 if layout.gap == 0 else 0.3)
            font = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold"}[font] if layout.bold else "Times-Italic"
        hang = 14.0 if part.kind == "item" else 0.0
        indent = layout.indent if part.kind == "passage" else 0.0
        marker = ITEM.match(part.text) if hang else None
        text = part.text[marker.end() :] if marker else part.text
        lines = wrap(text, font, layout.size, layout.width, hang=hang, first=indent, hyphens=layout.hyphens)
        lines[0] = (marker[0] if marker else "") + lines[0]
        if part.note:
            self.numbered += 1
            self._reserve(part.note, len(lines))
        self._lines(
            lines,
            font=font,
            hang=hang,
            first=indent,
            raised=str(self.numbered) if part.note else "",
            justified=layout.justified and part.kind == "passage",
        )
        self.y -= layout.leading * (layout.gap if part.kind != "heading" else 0.2)

    def _reserve(self, note: str, lines: int) -> None:
        """Keep room for a note on the page on which its reference will stand."""
        wrapped = wrap(
            f"{self.numbered} {note}", self.layout.font, self.layout.size - 2, self.layout.width, hyphens=False
        )
        needed = len(wrapped) * (self.layout.leading - 2)
        if self.y - lines * self.layout.leading < self.floor + needed + 6 and self.layout.columns == 1:
            # The reference will stand on the next page, and so does the note.
            if self.y - lines * self.layout.leading < self.floor:
                self.later = wrapped
                self.pending = needed
                return
            self._next()
        self.notes.append((self.column, wrapped))
        self.floor += needed

    later: list[str] | None = None
    pending = 0.0

    def _lines(
        self,
        lines: list[str],
        *,
        font: str = "",
        hang: float = 0,
        first: float = 0,
        raised: str = "",
        justified: bool = False,
    ) -> None:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        font, layout = font or self.layout.font, self.layout
        for index, line in enumerate(lines):
            if self.y < self.floor:
                self._next()
            shift = first if index == 0 else hang
            text = self.canvas.beginText(self.x + shift, self.y)
            text.setFont(font, layout.size)
            if justified and index < len(lines) - 1 and " " in line:
                text.setWordSpace((layout.width - shift - stringWidth(line, font, layout.size)) / line.count(" "))
            marker = ITEM.match(line) if hang and index == 0 else None
            if marker:
                text.textOut(marker[0].strip())
                text.setTextOrigin(self.x + hang, self.y)
                text.textOut(line[marker.end() :])
            else:
                text.textOut(line)
            text.setWordSpace(0)
            self.canvas.drawText(text)
            if raised and index == len(lines) - 1:
                width = stringWidth(line, font, layout.size)
                self.canvas.setFont(font, layout.size * 0.6)
                self.canvas.drawString(self.x + shift + width, self.y + layout.size * 0.33, raised)
            self.y -= layout.leading

    def _next(self) -> None:
        if self.column + 1 < self.layout.columns:
            self.column += 1
            self.y = PAGE[1] - (self.layout.top if self.page > 1 else self.top)
            self.floor = self.layout.bottom
            return
        self._finish()
        self.page += 1
        self.column = 0
        self.y = PAGE[1] - self.layout.top
        self.floor = self.layout.bottom
        if self.later:
            self.notes.append((0, self.later))
            self.floor += self.pending
            self.later = None
        self._running()

    def _finish(self) -> None:
        """Print the notes at the foot of the page, and the page number."""
        size, step = self.layout.size - 2, self.layout.leading - 2
        for column in range(self.layout.columns):
            own = [note for at, note in self.notes if at == column]
            y = self.layout.bottom + sum(map(len, own)) * step - 14
            x = self.layout.left + column * (self.layout.width + self.layout.spacing)
            for number, rest in (
                line.split(" ", 1) if new else ("", line)
                for note in own
                for new, line in zip([True] + [False] * len(note), note, strict=False)
            ):
                self.canvas.setFont(self.layout.font, size * 0.7)
                self.canvas.drawString(x, y + 2, number)
                self.canvas.setFont(self.layout.font, size)
                self.canvas.drawString(x + (6 if number else 0), y, rest)
                y -= step
        self.notes = []
        self._page_number()
        self.canvas.showPage()

    def _page_number(self) -> None:
        name = self.layout.name
        self.canvas.setFont(self.layout.font, 7)
        if name == "ministry":
            self.canvas.drawString(436, 40, f"Pagina {self.page} van {self.pages}")
        elif name == "chamber":
            year = self.source.day.year
            self.canvas.drawString(
                self.layout.left, 40, f"Tweede Kamer, vergaderjaar {year}–{year + 1}, 28 638, nr. {self.source.number}"
            )
            self.canvas.drawRightString(525, 40, str(self.page))
        elif self.page > 1:
            self.canvas.drawCentredString(PAGE[0] / 2, 40, f"- {self.page} -" if name == "classic" else str(self.page))

    def _running(self) -> None:
        """Print what stands around the text of the pages after the first."""
        source = self.source
        if self.layout.name == "ministry":
            self._stack(
                436,
                PAGE[1] - 112,
                [f"{source.sender}", "", "Datum", source.written_day, "", "Ons kenmerk", source.reference],
            )
        elif self.layout.name == "classic":
            self.canvas.setFont("Times-Italic", 9)
            self.canvas.drawString(90, PAGE[1] - 60, f"Brief van {source.written_day}: {source.subject}"[:80])
        elif self.layout.name == "columns":
            self.canvas.setFont("Helvetica", 8)
            self.canvas.drawString(60, PAGE[1] - 50, "Samen tegen mensenhandel – berichten")

    def _stack(self, x: float, y: float, lines: list[str], size: float = 6.5) -> None:
        for text in lines:
            for line in wrap(text, "Helvetica", size, 100, hyphens=False) or [""]:
                self.canvas.setFont("Helvetica", size)
                self.canvas.drawString(x, y, line)
                y -= size * 1.35

    def _letterhead(self) -> None:
        getattr(self, f"_letterhead_{self.layout.name}")()
        self.top = PAGE[1] - self.y

    def _letterhead_ministry(self) -> None:
        source = self.source
        self.canvas.setFont("Times-Roman", 13)
        self.canvas.drawString(310, PAGE[1] - 60, "Rijksoverheid")
        self.canvas.setFont("Helvetica", 6.5)
        self.canvas.drawString(82, PAGE[1] - 118, "> Retouradres Postbus 20301 2500 EH Den Haag")
        self._at(82, PAGE[1] - 150, _address(source))
        self._stack(
            436,
            PAGE[1] - 118,
            [
                source.sender,
                "",
                "Turfmarkt 147",
                "2511 DP Den Haag",
                "Postbus 20301",
                "2500 EH Den Haag",
                "www.rijksoverheid.nl/jenv",
                "",
                "Ons kenmerk",
                source.reference,
                "",
                "Bijlagen",
                "1",
                "",
                "Bij beantwoording de datum en ons kenmerk vermelden. Wilt u slechts één zaak in uw brief behandelen.",
            ],
        )
        self._fields(82, 130, PAGE[1] - 250)

    def _letterhead_classic(self) -> None:
        self.canvas.setFont("Times-Roman", 11)
        self._at(90, PAGE[1] - 100, _address(self.source))
        self.canvas.drawString(90, PAGE[1] - 190, f"Den Haag, {self.source.written_day}")
        self.y = PAGE[1] - 218
        self._lines(wrap(f"Betreft: {self.source.subject}", "Times-Roman", 11, 415, hyphens=False))
        self._salute()

    def _letterhead_chamber(self) -> None:
        source = self.source
        self.canvas.setFont("Times-Roman", 14)
        self.canvas.drawString(60, PAGE[1] - 60, "Tweede Kamer der Staten-Generaal")
        self.canvas.drawString(500, PAGE[1] - 60, "2")
        self.canvas.setFont("Times-Roman", 10)
        self.canvas.drawString(60, PAGE[1] - 90, f"Vergaderjaar {source.day.year}–{source.day.year + 1}")
        self.canvas.setFont("Times-Bold", 11)
        self.canvas.drawString(60, PAGE[1] - 130, "28 638")
        self.canvas.drawString(170, PAGE[1] - 130, "Mensenhandel")
        self.canvas.drawString(60, PAGE[1] - 160, f"Nr. {source.number}")
        self.y = PAGE[1] - 160
        self._lines(
            wrap(f"BRIEF VAN DE {source.sender.upper()}", "Times-Bold", 10, 355, hyphens=False), font="Times-Bold"
        )
        self.y -= 8
        self._lines(wrap(f"Aan de {source.recipient}", "Times-Roman", 10, 355, hyphens=False))
        self._lines([f"Den Haag, {source.written_day}"])
        self._salute()

    def _letterhead_columns(self) -> None:
        self.canvas.setFont("Helvetica-Bold", 16)
        self.canvas.drawString(60, PAGE[1] - 70, "Samen tegen mensenhandel")
        self.y = PAGE[1] - 100
        self._fields(60, 120, PAGE[1] - 100)

    def _fields(self, x: float, value: float, y: float) -> None:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        self.canvas.setFont(self.layout.font, self.layout.size)
        assert stringWidth(self.source.subject, self.layout.font, self.layout.size)
        self.canvas.drawString(x, y, "Datum")
        self.canvas.drawString(value, y, self.source.written_day)
        self.canvas.drawString(x, y - 13, "Betreft")
        subject = wrap(
            self.source.subject, self.layout.font, self.layout.size, self.layout.width - value + x, hyphens=False
        )
        self._at(value, y - 13, subject, 13)
        self.y = y - 26 - 13 * len(subject)
        self._salute()

    def _salute(self) -> None:
        self.y -= self.layout.leading
        self._lines(wrap(self.source.salutation, self.layout.font, self.layout.size, self.layout.width, hyphens=False))
        self.y -= self.layout.leading

    def _at(self, x: float, y: float, lines: list[str], step: float = 13) -> None:
        self.canvas.setFont(self.layout.font, self.layout.size)
        for line in lines:
            self.canvas.drawString(x, y, line)
            y -= step


def _address(source: Source) -> list[str]:
    return [
        f"Aan de {line}" if index == 0 else line
        for index, line in enumerate(wrap(source.recipient, "Helvetica", 9, 200, hyphens=False))
    ] + ["Postbus 20018", "2500 EA DEN HAAG"]


def _signature(source: Source) -> list[str]:
    formula = "" if source.closing.lower().startswith(("hoogachtend", "met ")) else "Hoogachtend,"
    return [
        line for line in (formula, source.closing, "" if "inister" in source.closing else f"De {source.sender}") if line
    ]


def wrap(
    text: str, font: str, size: float, width: float, *, hang: float = 0, first: float = 0, hyphens: bool = True
) -> list[str]:
    """Break a text into lines as a word processor does, with words cut in two where it pays."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines: list[str] = []
    line = ""
    for word in text.split():
        room = width - (hang if lines or hang else first)
        trial = f"{line} {word}" if line else word
        if stringWidth(trial, font, size) <= room:
            line = trial
            continue
        head, tail = (
            _cut(word, lambda part, line=line, room=room: stringWidth(f"{line} {part}", font, size) <= room)
            if hyphens
            else ("", word)
        )
        lines.append(f"{line} {head}".strip())
        line = tail
    return [*lines, line] if line else lines


def _cut(word: str, fits) -> tuple[str, str]:
    places = [match.start() for match in HYPHENS.finditer(word) if 3 <= match.start() <= len(word) - 3]
    if not re.fullmatch(r"[^\W\d_]{9,}[.,;:]?", word):
        places = []
    cuts = [(f"{word[:at]}-", word[at:]) for at in places]
    cuts += [
        (word[: match.end()], word[match.end() :]) for match in re.finditer(r"(?<=[^\W\d_]{3})-(?=[^\W\d_]{3})", word)
    ]
    return max((cut for cut in cuts if fits(cut[0])), key=lambda cut: len(cut[0]), default=("", word))


def word_document(source: Source) -> bytes:
    """Print a letter as a Word document with styles, a footnote, a text box and a table left out."""
    import docx

    document = docx.Document()
    document.core_properties.title = source.subject
    for line in _address(source):
        document.add_paragraph(line)
    document.add_paragraph(f"Datum\t{source.written_day}")
    document.add_paragraph(f"Betreft\t{source.subject}")
    document.add_paragraph(f"Ons kenmerk\t{source.reference}")
    document.add_paragraph(source.salutation)
    for part in source.parts:
        if part.kind == "heading":
            document.add_heading(part.text, level=1)
        elif part.kind == "item":
            document.add_paragraph(ITEM.sub("", part.text, count=1), style="List Bullet")
        else:
            document.add_paragraph(part.text)
    for line in _signature(source):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _html_parts(source: Source) -> Iterator[str]:
    for before, part in pairwise([None, *source.parts, None][:-1]):
        item = part.kind == "item"
        if item and (before is None or before.kind != "item"):
            yield "<ul>"
        if not item and before is not None and before.kind == "item":
            yield "</ul>"
        text = escape(ITEM.sub("", part.text, count=1) if item else part.text)
        note = f'<sup><a href="#n1">{escape("1")}</a></sup>' if part.note else ""
        tag = {"heading": "h2", "item": "li", "passage": "p"}[part.kind]
        yield f"<{tag}>{text}{note}</{tag}>"
    if source.parts[-1].kind == "item":
        yield "</ul>"


def html(source: Source) -> bytes:
    """Print a letter as the page of a government site, with its menus and footer."""
    body = "\n".join(_html_parts(source))
    signature = "".join(f"<p>{escape(line)}</p>" for line in _signature(source))
    return f"""<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><title>{escape(source.subject)} | Kamerstuk | Rijksoverheid.nl</title>
<meta name="DCTERMS.issued" content="{source.day.isoformat()}"><script>var x = "Niet lezen.";</script></head>
<body><header><nav><ul><li><a href="/">Home</a></li><li><a href="/onderwerpen">Onderwerpen</a></li></ul></nav></header>
<div id="cookies"><p>Deze website gebruikt cookies om de website te verbeteren.</p></div>
<main><article><h1>{escape(source.subject)}</h1><p class="meta">Kamerstuk: Kamerbrief | {source.written_day}</p>
<p>{escape(source.salutation)}</p>
{body}
{signature}</article></main>
<aside><h2>Zie ook</h2><p>Over dit onderwerp verschenen ook andere stukken op deze website.</p></aside>
<footer><p>Over deze site. Service. Rijksoverheid.nl is de website van de rijksoverheid.</p></footer></body></html>
""".encode()


def xml(source: Source, *, old: bool = False) -> bytes:
    """Print a letter as XML of the official publications, of the elements used until 2009 if `old`."""
    return _old_xml(source).encode("latin-1", "xmlcharrefreplace") if old else _new_xml(source).encode()


def _new_xml(source: Source) -> str:
    found: list[str] = []
    number = 0
    for part in source.parts:
        note = ""
        if part.note:
            number += 1
            note = f'<noot id="n{number}" type="voet"><noot.nr>{number}</noot.nr><noot.al>{escape(part.note)}</noot.al></noot>'
        text = escape(ITEM.sub("", part.text, count=1) if part.kind == "item" else part.text)
        found.append(
            {
                "heading": f'<tussenkop kopopmaak="vet">{text}</tussenkop>',
                "item": f"<lijst><li><li.nr>•</li.nr><al>{text}</al></li></lijst>",
                "passage": f"<al>{text}{note}</al>",
            }[part.kind]
        )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<officiele-publicatie><metadata><meta name="DCTERMS.issued" content="{source.day.isoformat()}"/></metadata><kamerstuk>
<kamerstukkop><tekstregel inhoud="kamer">Tweede Kamer der Staten-Generaal</tekstregel></kamerstukkop>
<dossier><dossiernummer><dossiernr>28 638</dossiernr></dossiernummer><titel>Mensenhandel</titel></dossier>
<stuk><stuknr>Nr. <ondernummer kamer="2">{source.number}</ondernummer></stuknr><titel>BRIEF VAN DE {escape(source.sender.upper())}</titel>
<algemeen><vrije-tekst><tekst><al>Aan de {escape(source.recipient)}</al><al>Den Haag, <datumtekst>{source.written_day}</datumtekst></al>
<al>{escape(source.salutation)}</al>{"".join(found)}</tekst>
<tekst-sluiting><ondertekening>{"".join(f"<functie>{escape(line)}</functie>" for line in _signature(source))}</ondertekening></tekst-sluiting>
</vrije-tekst></algemeen></stuk></kamerstuk></officiele-publicatie>"""


def _old_xml(source: Source) -> str:
    found: list[str] = []
    notes: list[str] = []
    for part in source.parts:
        reference = ""
        if part.note:
            notes.append(f'<voetnoot nr="{len(notes) + 1}"><al>{escape(part.note)}</al></voetnoot>')
            reference = f'<voetref refid="{len(notes)}">{len(notes)}</voetref>'
        text = escape(part.text)
        found.append(
            f'<tuskop letat="vet">{text}</tuskop>' if part.kind == "heading" else f"<al>{text}{reference}</al><witreg/>"
        )
    return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<kamerwrk><frontm><dossier><dossnr>28 638</dossnr><titel>Mensenhandel</titel></dossier><stuknr>Nr. {source.number}</stuknr></frontm>
<body><titel>BRIEF VAN DE {escape(source.sender.upper())}</titel><al>Aan de {escape(source.recipient)}</al><al>Den Haag, {source.written_day}</al>
<al>{escape(source.salutation)}</al>{"".join(found)}<ondtek>{"".join(f"<al>{escape(line)}</al>" for line in _signature(source))}</ondtek>
{"".join(notes)}</body></kamerwrk>"""


def scan(
    data: bytes, *, dpi: int = 300, seed: int = 0, skew: float = 0.4, noise: float = 12.0, blur: float = 0.5
) -> bytes:
    """Print a PDF, and scan it again: a PDF of pictures, skewed, blurred and noisy."""
    import numpy as np
    import pypdfium2 as pdfium
    from PIL import Image, ImageFilter

    dice = np.random.default_rng(seed)
    pictures = []
    document = pdfium.PdfDocument(data)
    for page in document:
        picture = page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
        picture = picture.rotate(dice.uniform(-skew, skew), resample=Image.Resampling.BICUBIC, fillcolor=255)
        picture = picture.filter(ImageFilter.GaussianBlur(blur * dpi / 300))
        grain = np.asarray(picture, dtype=np.float64) + dice.normal(0, noise, (picture.height, picture.width))
        pictures.append(Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8)))
    document.close()
    out = io.BytesIO()
    pictures[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=pictures[1:], quality=80)
    return out.getvalue()

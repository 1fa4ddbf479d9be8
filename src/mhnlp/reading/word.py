"""Word documents (.docx): headings by style, lists, footnotes, text boxes, tables, tracked changes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from mhnlp.letter import Metadata
from mhnlp.reading._builder import Draft
from mhnlp.reading._markup import parse_xml, plain
from mhnlp.reading._package import open_package

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docx.document import Document
    from docx.opc.part import Part
    from lxml.etree import _Element

    from mhnlp.reading._builder import ReadingLimits

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DROPPED = {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}pPr", f"{W}rPr", f"{W}sdtPr"}
"""Elements whose text is not the letter's: what was deleted, moved away, and instructions to Word."""
HEADING = re.compile(r"heading|kop|titel|title|tussenkop", re.IGNORECASE)
LIST = re.compile(r"list|lijst|opsomming", re.IGNORECASE)
HEADING_WORDS = 16
"""A paragraph of at most so many words that is bold as a whole is a heading: letters without styles mark them so."""
QUOTE = re.compile(r"quote|citaat", re.IGNORECASE)
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_word(data: bytes, limits: ReadingLimits) -> Draft:
    """Read a Word document; what was deleted under tracked changes is left out, what was inserted is kept.

    Raises
    ------
    ValueError
        If it is damaged, encrypted, or no Word document.
    """
    document = _open(data, limits)
    draft = Draft(limits)
    try:
        draft.metadata = _metadata(document)
        parts = [*document.part.package.iter_parts()]
        _read_margins(draft, parts, "header")
        _read_body(draft, document.element.body, _styles(document))
        _read_notes(draft, parts)
        _read_margins(draft, parts, "footer")
    except (KeyError, AttributeError, IndexError, TypeError) as error:
        raise ValueError(f"it is damaged: a part of it is missing ({type(error).__name__})") from error
    return draft


def _open(data: bytes, limits: ReadingLimits) -> Document:
    open_package(data, limits, kind="Word document").close()
    import docx  # noqa: PLC0415 - takes a tenth of a second

    try:
        return docx.Document(io.BytesIO(data))
    except (LookupError, AttributeError, TypeError, ValueError, AssertionError, SyntaxError) as error:
        raise ValueError(f"it is no Word document ({type(error).__name__})") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ValueError("it is damaged") from error


def _metadata(document: Document) -> Metadata:
    properties = document.core_properties
    found = {"subject": properties.title.strip() or properties.subject.strip(), "language": properties.language[:2]}
    # A title is often left over from the template: it weighs less than what the letter says.
    certainty = {"subject": 0.4, "language": 0.6}
    filled = {key: value for key, value in found.items() if value}
    return Metadata(**filled, certainty={key: certainty[key] for key in filled})


def _styles(document: Document) -> dict[str, str]:
    """Kind of block that each style of paragraph makes, by the style's id."""
    kinds: dict[str, str] = {}
    for style in document.styles.element.iterchildren(f"{W}style"):
        name = style.find(f"{W}name")
        kind = _kind_of(name.get(f"{W}val", "")) if name is not None else ""
        if kind:
            kinds[style.get(f"{W}styleId", "")] = kind
    return kinds


@lru_cache(maxsize=1024)
def _kind_of(style: str) -> str:
    """Kind of block that a style makes by its name; documents share the names of Word, of which each has hundreds."""
    named = ((HEADING, "heading"), (LIST, "item"), (QUOTE, "quotation"))
    return next((kind for pattern, kind in named if pattern.search(style)), "")


def _read_body(draft: Draft, body: _Element, kinds: dict[str, str]) -> None:
    for element in _blocks(body):
        if element.tag == f"{W}tbl":
            _read_table(draft, element, kinds)
            continue
        for box in _text_boxes(element):
            draft.add("margin", [_text(paragraph) for paragraph in box.iter(f"{W}p")])
        _read_paragraph(draft, element, kinds)


def _read_paragraph(draft: Draft, element: _Element, kinds: dict[str, str]) -> None:
    style = element.find(f"{W}pPr/{W}pStyle")
    kind = kinds.get(style.get(f"{W}val", ""), "paragraph") if style is not None else "paragraph"
    numbered = element.find(f"{W}pPr/{W}numPr") is not None
    if numbered and kind == "paragraph":
        kind = "item"
    text = _text(element)
    if kind == "paragraph" and 0 < len(text.split()) <= HEADING_WORDS and _is_bold(element):
        kind = "heading"
    plain(draft, kind, text)


def _is_bold(element: _Element) -> bool:
    runs = (run for run in element.iter(f"{W}r") if "".join(run.itertext(f"{W}t")).strip())
    return all(_is_on(run.find(f"{W}rPr/{W}b")) for run in runs)


def _is_on(switch: _Element | None) -> bool:
    return switch is not None and switch.get(f"{W}val", "1") not in {"0", "false", "none"}


def _read_table(draft: Draft, table: _Element, kinds: dict[str, str]) -> None:
    """Read a table: one that only places a letterhead or running text is no table to its reader."""
    rows = list(table.iter(f"{W}tr"))
    cells = [[_text(cell) for cell in row.iter(f"{W}tc")] for row in rows]
    prose = any(len(text.split()) > 60 for row in cells for text in row) or len(rows) == 1
    if prose or max((len(row) for row in cells), default=0) < 2:
        for paragraph in table.iter(f"{W}p"):
            _read_paragraph(draft, paragraph, kinds)
        return
    draft.add("table", [" | ".join(text for text in row if text) for row in cells])


def _blocks(body: _Element) -> Iterator[_Element]:
    """Paragraphs and tables of a body, those in content controls included."""
    for element in body:
        if element.tag in {f"{W}p", f"{W}tbl"}:
            yield element
        elif element.tag not in DROPPED:
            yield from _blocks(element)


def _text_boxes(paragraph: _Element) -> Iterator[_Element]:
    for box in paragraph.iter(f"{W}txbxContent"):
        if not any(parent.tag == FALLBACK for parent in box.iterancestors()):
            yield box


def _text(element: _Element) -> str:
    """Text of an element; line breaks are kept, text boxes and deleted text are not."""
    return "".join(_pieces(element)).strip()


def _pieces(element: _Element) -> Iterator[str]:
    for child in element:
        if child.tag in DROPPED or child.tag in {f"{W}txbxContent", FALLBACK}:
            continue
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in {f"{W}br", f"{W}cr"}:
            yield "\n"
        elif child.tag == f"{W}tab":
            yield " "
        elif child.tag == f"{W}noBreakHyphen":
            yield "-"
        else:
            yield from _pieces(child)
            if child.tag == f"{W}p":
                yield "\n"


def _read_notes(draft: Draft, parts: Sequence[Part]) -> None:
    for root in _roots(parts, ("footnotes", "endnotes")):
        for note in root:
            if note.get(f"{W}type") in {None, "normal"}:
                draft.add("note", _text(note))


def _read_margins(draft: Draft, parts: Sequence[Part], kind: str) -> None:
    """Headers or footers of all sections, each text once."""
    texts = (_text(paragraph) for root in _roots(parts, (kind,)) for paragraph in root.iter(f"{W}p"))
    for text in dict.fromkeys(texts):
        draft.add(kind, text)


def _roots(parts: Sequence[Part], names: tuple[str, ...]) -> Iterator[_Element]:
    """Roots of the parts of a document beside its body, such as ``header1.xml``."""
    for part in parts:
        if part.partname.rsplit("/", 1)[-1].startswith(names):
            yield parse_xml(part.blob)

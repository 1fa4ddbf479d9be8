"""XML of the official publications: the elements used since 2010, and those used from 1995 to 2009."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mhnlp.letter import Metadata
from mhnlp.reading._builder import Draft
from mhnlp.reading._markup import MAX_DEPTH, parse_xml, plain

if TYPE_CHECKING:
    from lxml.etree import _Element

    from mhnlp.reading._builder import ReadingLimits

KINDS = {
    **dict.fromkeys(("tussenkop", "tuskop", "kop"), "heading"),
    **dict.fromkeys(("noot", "voetnoot", "nootref"), "note"),
    **dict.fromkeys(("table", "tabel"), "table"),
    **dict.fromkeys(("ondertekening", "ondtek", "tekst-sluiting", "slotformulering"), "closing"),
    **dict.fromkeys(("blokcitaat", "citaat"), "quotation"),
    **dict.fromkeys(("kamerstukkop", "frontm", "dossier", "stuknr", "datumtekst-los", "backm"), "header"),
    "li": "item",
}
"""Kinds of the blocks in an element, whatever is in it; `titel` and `al` take the kind of what they stand in."""
PARAGRAPHS = frozenset(
    {"al", "p", "titel", "subtitel", "tussenkop", "tuskop", "noot.al", "functie", "naam", "tekstregel"}
)
PARAGRAPHS |= {"ondernummer", "dossnr", "dossiernr", "stuknr"}
SKIPPED = frozenset({"metadata", "meta", "witreg", "noot.nr", "voetref", "plaatje", "li.nr", "colspec"})


def read_publication(data: bytes, limits: ReadingLimits) -> Draft:
    """Read the XML of a parliamentary paper; an unknown element is read for its text.

    Raises
    ------
    ValueError
        If it is no well-formed XML, or holds entities of its own.
    """
    root = parse_xml(data)
    draft = Draft(limits, metadata=_metadata(root))
    notes: list[str] = []
    _read(draft, root, "paragraph", notes, 0)
    for note in notes:
        draft.add("note", note)
    return draft


def read_metadata(data: bytes) -> Metadata:
    """Metadata of a file ``metadata.xml`` beside a publication.

    Raises
    ------
    ValueError
        If it is no well-formed XML.
    """
    return _metadata(parse_xml(data))


def _name(element: _Element) -> str:
    return element.tag.rsplit("}", 1)[-1].lower() if isinstance(element.tag, str) else ""


def _read(draft: Draft, element: _Element, kind: str, notes: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"its elements are nested more than {MAX_DEPTH} deep")
    name = _name(element)
    kind = KINDS.get(name, kind) if kind in {"paragraph", "item"} else kind
    if name in SKIPPED or not name:
        return
    if kind == "table":
        draft.add("table", [" | ".join(_cells(row)) for row in element.iter() if _name(row) in {"row", "rij", "tr"}])
    elif kind == "note":
        notes.append(_text(element, notes))
    elif name in PARAGRAPHS or (not len(element) and (element.text or "").strip()):
        plain(draft, kind, _text(element, notes))
    else:
        _read_parts(draft, element, kind, notes, depth)


def _read_parts(draft: Draft, element: _Element, kind: str, notes: list[str], depth: int) -> None:
    """Read what is in an element; text between its elements is not lost."""
    if (element.text or "").strip():
        plain(draft, kind, element.text or "")
    for child in element:
        _read(draft, child, kind, notes, depth + 1)
        if (child.tail or "").strip():
            plain(draft, kind, child.tail or "")


def _cells(row: _Element) -> list[str]:
    return [" ".join("".join(cell.itertext()).split()) for cell in row]


def _text(element: _Element, notes: list[str]) -> str:
    """Text of a paragraph; the notes in it are put aside."""
    pieces = [element.text or ""]
    for child in element:
        name = _name(child)
        if name in {"noot", "voetnoot"}:
            notes.append(_text(child, notes))
        elif name in {"nadruk", "al", "noot.al"} or name not in SKIPPED:
            pieces.append(_text(child, notes))
        pieces.append(child.tail or "")
    return re.sub(r"\s+", " ", "".join(pieces)).strip()


def _metadata(root: _Element) -> Metadata:
    """Metadata of elements with a name and a content, wherever they stand, and of the paper's head."""
    declared = {
        element.get("name", "").split(".", 1)[-1].lower(): element.get("content", "").strip()
        for element in root.iter()
        if element.get("name") and element.get("content")
    }
    day = re.match(r"\d{4}-\d\d-\d\d", declared.get("issued") or declared.get("datumontvangst", ""))
    found = {
        "date": day[0] if day else "",
        "subject": declared.get("documenttitel", ""),
        "sender": declared.get("indiener", ""),
        "dossier": re.sub(
            r"\D", "", declared.get("dossiernummer") or _first(root, "dossiernr", "dossiernummer", "dossnr")
        ),
        "number": declared.get("ondernummer") or re.sub(r"\D", "", _first(root, "ondernummer", "stuknr")),
        "language": declared.get("language", "")[:2].lower(),
    }
    filled = {key: value for key, value in found.items() if value}
    return Metadata(**filled, certainty=dict.fromkeys(filled, 1.0))


def _first(root: _Element, *names: str) -> str:
    return next(
        ("".join(element.itertext()) for name in names for element in root.iter() if _name(element) == name), ""
    )

"""OpenDocument (.odt) and rich text (.rtf)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhnlp.reading._builder import Draft
from mhnlp.reading._markup import MAX_DEPTH, parse_xml, plain
from mhnlp.reading._package import open_package, read_member

if TYPE_CHECKING:
    from lxml.etree import _Element

    from mhnlp.reading._builder import ReadingLimits

DROPPED = frozenset({"tracked-changes", "annotation", "sequence-decls", "forms", "note-citation", "table-of-content"})


def read_opendocument(data: bytes, limits: ReadingLimits) -> Draft:
    """Read an OpenDocument text.

    Raises
    ------
    ValueError
        If it is damaged, encrypted, or no OpenDocument text.
    """
    with open_package(data, limits, kind="OpenDocument text") as package:
        if "content.xml" not in package.namelist():
            raise ValueError("it is no OpenDocument text: it has no content.xml")
        root = parse_xml(read_member(package, package.getinfo("content.xml"), limits))
    draft = Draft(limits)
    body = next((element for element in root.iter() if _name(element) == "text"), None)
    notes: list[str] = []
    if body is not None:
        _read(draft, body, "paragraph", notes, 0)
    for note in notes:
        draft.add("note", note)
    return draft


def _name(element: _Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _read(draft: Draft, element: _Element, kind: str, notes: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"its elements are nested more than {MAX_DEPTH} deep")
    for child in element:
        name = _name(child)
        if name == "h":
            draft.add("heading", _text(child, notes))
        elif name == "p":
            plain(draft, kind, _text(child, notes))
        elif name == "table":
            rows = [row for row in child.iter() if _name(row) == "table-row"]
            draft.add("table", [" | ".join(" ".join("".join(cell.itertext()).split()) for cell in row) for row in rows])
        elif name not in DROPPED:
            _read(draft, child, "item" if name == "list-item" else kind, notes, depth + 1)


def _text(element: _Element, notes: list[str]) -> str:
    pieces = [element.text or ""]
    for child in element:
        name = _name(child)
        if name == "note":
            notes.append(" ".join(_text(child, notes).split()))
        elif name == "line-break":
            pieces.append("\n")
        elif name in {"s", "tab"}:
            pieces.append(" ")
        elif name not in DROPPED:
            pieces.append(_text(child, notes))
        pieces.append(child.tail or "")
    return "".join(pieces)


def read_rich_text(data: bytes, limits: ReadingLimits) -> Draft:
    """Read rich text; needs the extra ``rtf``.

    Raises
    ------
    ValueError
        If it is no rich text, or the extra is missing.
    """
    try:
        from striprtf.striprtf import rtf_to_text  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ValueError('reading rich text needs an extra: `pip install "mhnlp[rtf]"`') from error
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ValueError("it is no rich text: it does not begin with {\\rtf")
    try:
        text = str(rtf_to_text(data.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, IndexError, KeyError, TypeError, LookupError, OverflowError) as error:
        raise ValueError(f"it is damaged ({type(error).__name__})") from error
    draft = Draft(limits)
    for paragraph in text.splitlines():
        draft.add("paragraph", paragraph)
    return draft

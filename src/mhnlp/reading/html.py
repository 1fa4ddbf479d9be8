"""Pages of government sites as a browser saved them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mhnlp.letter import Metadata
from mhnlp.reading._builder import Draft
from mhnlp.reading._markup import MAX_DEPTH, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from mhnlp.reading._builder import ReadingLimits

IGNORED = frozenset("script style noscript template svg math iframe object button input select textarea head".split())
FURNITURE = frozenset("nav header footer aside form menu dialog".split())
ROLES = frozenset("navigation banner contentinfo search complementary dialog alert".split())
FURNITURE_NAME = re.compile(
    r"\b(?:cookies?|cookie-\w+|menu|navigation|navbar|breadcrumbs?|kruimelpad|footer|share|delen|social|skip-?links?|"
    r"related|zie-ook|pagination|toolbar|print|subscribe)\b",
    re.IGNORECASE,
)
NOTE_NAME = re.compile(r"\b(?:noot|voetnoot|voetnoten|footnotes?|endnotes?)\b", re.IGNORECASE)
CONTENT = (
    "//*[@id='broodtekst']", "//article", "//*[@id='content']", "//main", "//*[@role='main']", "//body",
)  # fmt: skip
"""Where the text of a page is, the surest first: official publications, government sites, any page."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption", "legend"})
BLOCKS = frozenset(
    "p div section article main li dt dd blockquote td th pre address figure figcaption tr table ul ol dl body center "
    "details summary".split()
)


def read_html(data: bytes, limits: ReadingLimits) -> Draft:
    """Read a web page: its text, without the menus, notices and footers around it.

    Raises
    ------
    ValueError
        If it is no web page.
    """
    root = _parse(data)
    draft = Draft(limits, metadata=_metadata(root))
    content = next((found[0] for path in CONTENT if (found := root.xpath(path)) and _has_prose(found[0])), root)
    page = _Page(draft)
    page.read(content, "paragraph", 0)
    page.flush("paragraph")
    return draft


def _parse(data: bytes) -> HtmlElement:
    from lxml import etree  # noqa: PLC0415 - loads a library
    from lxml.html import HTMLParser, document_fromstring  # noqa: PLC0415

    declared = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", data[:4096], re.IGNORECASE)
    encoding = _encoding(data, declared[1].decode("ascii", "replace") if declared else "")
    try:
        return document_fromstring(data, parser=HTMLParser(encoding=encoding, no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise ValueError("it is empty, or no web page") from error


def _encoding(data: bytes, declared: str) -> str:
    """Encoding of a page: UTF-8 where its bytes are that, whatever it declares."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        known = declared.lower() in {"windows-1252", "cp1252", "iso-8859-15", "latin9"}
        # Browsers read Latin-1 as Windows-1252, which holds the quotation marks that Latin-1 lacks.
        return declared if known else "windows-1252"
    return "utf-8"


def _metadata(root: HtmlElement) -> Metadata:
    values = {
        element.get("name", element.get("property", "")).lower(): element.get("content", "")
        for element in root.iter("meta")
    }
    title = values.get("dcterms.title") or values.get("overheidop.documenttitel") or values.get("og:title", "")
    if not title:
        title = re.split(r"\s[|–-]\s", " ".join(root.xpath("string(//title)").split()))[0]
    day = re.match(r"\d{4}-\d\d-\d\d", values.get("dcterms.issued") or values.get("dcterms.date", ""))
    found = {"subject": title.strip(), "date": day[0] if day else "", "language": (root.get("lang") or "")[:2].lower()}
    certainty = {"subject": 0.5, "date": 0.95, "language": 0.8}
    filled = {key: value for key, value in found.items() if value}
    return Metadata(**filled, certainty={key: certainty[key] for key in filled})


def _has_prose(element: HtmlElement) -> bool:
    return sum(len(paragraph.text_content()) for paragraph in element.iter("p", "li", "div")) > 0


class _Page:
    """Gathers the text of blocks while it walks through the elements of a page."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.pieces: list[str] = []

    def flush(self, kind: str) -> None:
        """Make a block of what was gathered."""
        text = "".join(self.pieces)
        self.pieces = []
        if text.strip():
            plain(self.draft, kind, text)

    def read(self, element: HtmlElement, kind: str, depth: int) -> None:
        """Read an element and all in it."""
        if depth > MAX_DEPTH:
            raise ValueError(f"its elements are nested more than {MAX_DEPTH} deep")
        self._add(element.text)
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag == "br":
                self.pieces.append("\n")
            elif tag == "sup" and re.fullmatch(r"\s*[\[(]?\d{1,3}[\])]?\s*", child.text_content()):
                pass
            elif tag and tag not in IGNORED and not _is_hidden(child):
                self._read_child(child, tag, kind, depth)
            self._add(child.tail)

    def _read_child(self, child: HtmlElement, tag: str, kind: str, depth: int) -> None:
        own = _kind(child, tag, kind)
        block = tag in BLOCKS or tag in HEADINGS or own != kind
        if block:
            self.flush(kind)
        if own == "table":
            self.draft.add("table", list(_rows(child)))
        else:
            self.read(child, own, depth + 1)
            if block:
                self.flush(own)

    def _add(self, text: str | None) -> None:
        if text:
            self.pieces.append(re.sub(r"\s+", " ", text))


def _kind(element: HtmlElement, tag: str, kind: str) -> str:
    """Kind of the blocks in an element; what stands in a menu stays a menu's, whatever it is."""
    name = f"{element.get('id', '')} {element.get('class', '')}"
    if kind in {"boilerplate", "note"}:
        return kind
    if tag in FURNITURE or element.get("role") in ROLES or FURNITURE_NAME.search(name):
        return "boilerplate"
    if NOTE_NAME.search(name) and tag not in {"a", "span", "sup"}:
        return "note"
    if tag in HEADINGS:
        return "heading"
    if tag == "table":
        return "table" if _is_table(element) else kind
    return {"li": "item", "dd": "item", "blockquote": "quotation"}.get(tag, kind)


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style", "").replace(" ", "").lower()
    return "display:none" in style or element.get("hidden") is not None or element.get("aria-hidden") == "true"


def _is_table(element: HtmlElement) -> bool:
    """Whether a table holds data: one with long texts in it only places them."""
    cells = element.xpath(".//td")
    return bool(cells) and not any(len(cell.text_content().split()) > 60 for cell in cells)


def _rows(table: HtmlElement) -> Iterator[str]:
    for row in table.iter("tr"):
        cells = [" ".join(cell.text_content().split()) for cell in row.iter("td", "th")]
        yield " | ".join(cell for cell in cells if cell)

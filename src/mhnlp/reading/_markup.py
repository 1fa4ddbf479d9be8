"""What the readers of XML and HTML share: hardened parsing, and paragraphs with line breaks in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhnlp.forms import ITEM

if TYPE_CHECKING:
    from lxml.etree import _Element

    from mhnlp.reading._builder import Draft

MAX_DEPTH = 200
"""Elements within elements; a file with more was made to exhaust its reader."""


def parse_xml(data: bytes) -> _Element:
    """Parse XML without following entities, network addresses, or excesses of size.

    Raises
    ------
    ValueError
        If it is no well-formed XML, declares entities, or is nested too deep.
    """
    from lxml import etree  # noqa: PLC0415 - loads a library

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"it is no well-formed XML ({str(error)[:120]})") from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise ValueError("it declares entities of its own, which no letter needs and which may hide an attack")
    return root


def plain(draft: Draft, kind: str, text: str) -> None:
    """Add a paragraph that may hold line breaks: a line that begins anew is a block of its own."""
    group: list[str] = []
    for line in text.split("\n"):
        goes_on = group and line.strip() and line.strip()[0].islower() and not ITEM.match(line.strip())
        if not goes_on:
            draft.add(kind, group)
            group = []
        if line.strip():
            group.append(line)
    draft.add(kind, group)

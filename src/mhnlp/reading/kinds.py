"""Which files are letters, and where the reader of each kind is."""

from __future__ import annotations

from pathlib import PurePath

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
READERS = {
    ".txt": "text:read_text",
    ".text": "text:read_text",
    ".pdf": "pdf:read_pdf",
    ".docx": "word:read_word",
    ".htm": "html:read_html",
    ".html": "html:read_html",
    ".xhtml": "html:read_html",
    ".xml": "publication:read_publication",
    ".eml": "mail:read_mail",
    ".odt": "office:read_opendocument",
    ".rtf": "office:read_rich_text",
    **dict.fromkeys(PICTURES, "scan:read_picture"),
}
"""Where the reader of each format is; it is imported when the first such file is read."""
CONTAINERS = frozenset({".zip", ".eml"})
SUFFIXES = frozenset({*READERS, ".zip"}) - PICTURES
"""Suffixes of letters, in lower case. A picture is read where it is asked for by name; in folders and messages most
pictures are logos."""
UNREAD = {
    ".doc": "save it as .docx first",
    ".msg": "save it as .eml first",
    ".wpd": "save it as .docx first",
}
"""Suffixes of letters that are not read, with advice; passing over them in silence would lose them."""
METADATA = "metadata.xml"


def is_letter(name: str) -> bool:
    """Whether a file in a folder or a container counts as a letter by its name, and the names of folders before it.

    Examples
    --------
    >>> [is_letter(name) for name in ("2021/brief.pdf", "2021/brief.metadata.xml", ".git/brief.txt", "logo.png")]
    [True, False, False, False]
    """
    path = PurePath(name)
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    describes = path.name == METADATA or path.name.endswith(f".{METADATA}")
    return not hidden and not describes and path.suffix.lower() in SUFFIXES | UNREAD.keys()


def why_unread(suffix: str) -> str:
    """Why files of a kind are not read, and what to do; empty for those that are."""
    if suffix.lower() in {*READERS, ".zip"}:
        return ""
    advice = UNREAD.get(suffix.lower()) or f"only {', '.join(sorted(SUFFIXES))}"
    return f"files of the kind {suffix or 'without a suffix'!r} are not read, {advice}"

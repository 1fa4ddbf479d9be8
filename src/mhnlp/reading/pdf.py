"""PDF: words and their places through pypdfium2; pages without a text layer go through recognition."""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING, Any

from mhnlp.reading._builder import CONTROL, Draft
from mhnlp.reading._flow import fill
from mhnlp.reading._geometry import Page, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2 as pdfium

    from mhnlp.reading._builder import ReadingLimits

MAX_PAGE_CHARACTERS = 100_000
"""Characters on one page above which a PDF was made to exhaust its reader."""
MIN_LETTERS = 12
"""Fewer letters than this on a page that holds a picture: the page was scanned."""
MARKED_FONTS = (b"bold", b"black", b"heavy", b"ital", b"obli")
FAR = 100_000.0
HYPHEN = "\x02"
"""What PDFium gives for a hyphen at a line's end."""


def read_pdf(data: bytes, limits: ReadingLimits) -> Draft:
    """Read a PDF.

    Raises
    ------
    ValueError
        If it is encrypted or damaged, has no pages or too many, or was scanned and cannot be recognised.
    """
    draft = Draft(limits)
    document = _open(data)
    try:
        if len(document) > limits.max_pages:
            raise ValueError(f"it has {len(document):,} pages, and at most {limits.max_pages:,} are read")
        fill(draft, list(_pages(document, draft)))
    finally:
        document.close()
    return draft


def _open(data: bytes) -> pdfium.PdfDocument:
    import pypdfium2 as pdfium  # noqa: PLC0415 - loads a library; needed here alone

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ValueError("it is encrypted; save it without a password first") from error
        raise ValueError("it is damaged, or no PDF") from error
    if not len(document):
        document.close()
        raise ValueError("it has no pages")
    return document


def _pages(document: pdfium.PdfDocument, draft: Draft) -> Iterator[Page]:
    import pypdfium2 as pdfium  # noqa: PLC0415

    unread: list[int] = []
    for number in range(len(document)):
        try:
            page = document[number]
        except pdfium.PdfiumError:
            unread.append(number + 1)
            yield Page(number, 1.0, 1.0, ())
            continue
        found = _page(page, number)
        if _is_scan(page, found):
            found = _recognise(page, number)
        page.close()
        yield found
    if len(unread) == len(document):
        raise ValueError("it is damaged: no page of it can be read")
    if unread:
        draft.warnings.append(f"damaged and left out: page {', '.join(map(str, unread))}")


def _is_scan(page: pdfium.PdfPage, found: Page) -> bool:
    import pypdfium2.raw as pdfium_c  # noqa: PLC0415

    letters = sum(character.isalpha() for word in found.words for character in word.text)
    unreadable = sum(not character.isprintable() or "\ue000" <= character <= "\uf8ff" for character in _text(found))
    if letters >= MIN_LETTERS and unreadable < letters / 2:
        return False
    pictures = page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=3)
    return unreadable > letters or next(iter(pictures), None) is not None


def _text(page: Page) -> str:
    return "".join(word.text for word in page.words)


def _recognise(page: pdfium.PdfPage, number: int) -> Page:
    from mhnlp.reading.scan import DPI, recognise  # noqa: PLC0415 - an extra

    largest = max(page.get_size())
    scale = min(DPI / 72, 6000 / largest)
    return recognise(page.render(scale=scale, grayscale=True).to_pil(), number, scale)


def _page(page: pdfium.PdfPage, number: int) -> Page:
    """Words of a page, turned as its reader sees them."""
    textpage = page.get_textpage()
    try:
        words = [found for found in _Words(textpage).words() if _is_sane(found[0])]
    finally:
        textpage.close()
    left, bottom, right, top = page.get_mediabox()
    width, height = max(right - left, 1.0), max(top - bottom, 1.0)
    angles = [round(angle / (math.pi / 2)) % 4 for _, angle in words]
    upright = max(range(4), key=angles.count) if words else 0
    placed = tuple(
        _turned(word, (left, bottom, right, top), -upright % 4)
        for (word, _), angle in zip(words, angles, strict=True)
        if angle == upright
    )
    sideways = " ".join(word[0] for (word, _), angle in zip(words, angles, strict=True) if angle != upright)
    size = (width, height) if upright % 2 == 0 else (height, width)
    return Page(number, *size, placed, sideways)


_Raw = tuple[str, float, float, float, float, float, float, bool, bool]
"""Text, left, right, bottom, top, origin x, origin y, marked, glued; in the PDF's own directions."""


def _is_sane(raw: _Raw) -> bool:
    """Whether a word has a size, and a place within a mile: damaged files put text anywhere."""
    _, left, right, bottom, top, *origin = raw[:7]
    return (
        all(abs(length) < FAR for length in (left, right, bottom, top, *origin)) and min(right - left, top - bottom) > 0
    )


def _turned(raw: _Raw, sheet: tuple[float, float, float, float], turn: int) -> Word:
    """Place a word as it is seen when the page is turned clockwise by `turn` quarters."""
    text, left, right, bottom, top, base_x, base_y, marked, glued = raw
    x, y, end_x, end_y = sheet
    start, end, base, size = [
        (left - x, right - x, end_y - base_y, top - bottom),
        (bottom - y, top - y, base_x - x, right - left),
        (end_x - right, end_x - left, base_y - y, top - bottom),
        (end_y - top, end_y - bottom, end_x - base_x, right - left),
    ][turn]
    return Word(text, start, end, base, size, marked, glued)


class _Words:
    """Words of a text page, each with its box; boxes are asked for at the ends of words alone, for speed."""

    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        import pypdfium2.raw as pdfium_c  # noqa: PLC0415

        self.c: Any = pdfium_c
        self.page = textpage.raw
        count = textpage.count_chars()
        if count > MAX_PAGE_CHARACTERS:
            raise ValueError(f"a page of it holds more than {MAX_PAGE_CHARACTERS:,} characters")
        self.codes = [pdfium_c.FPDFText_GetUnicode(self.page, index) for index in range(count)]
        self.fonts: dict[bytes, bool] = {}
        self._rect = pdfium_c.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._name = ctypes.create_string_buffer(128)

    def words(self) -> Iterator[tuple[_Raw, float]]:
        """Words with the angle at which they run."""
        for start, end in self._runs():
            first, last = self._box(start), self._box(end - 1)
            even = abs(first[5] - last[5]) < 0.1 and abs((first[3] - first[2]) - (last[3] - last[2])) < 0.1
            if end - start == 1 or even:
                yield self._word(start, end, glued=False)
            else:
                yield from self._split(start, end)

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Runs of characters without white space, from where to where."""
        start: int | None = None
        for index, code in enumerate([*self.codes, 32]):
            character = _character(code)
            blank = character.isspace() or CONTROL.match(character) is not None
            if blank and character == HYPHEN and start is not None:
                yield start, index + 1
                start = None
            elif blank and start is not None:
                yield start, index
                start = None
            elif not blank and start is None:
                start = index

    def _split(self, start: int, end: int) -> Iterator[tuple[_Raw, float]]:
        """Parts of a run that differ in base or size: a raised number, or a word that goes on elsewhere."""
        begun = start
        box = self._box(start)
        for index in range(start + 1, end):
            other = self._box(index)
            same_line = abs(other[5] - box[5]) < 0.1
            if not same_line and abs(other[4] - box[1]) > 2 * max(1.0, box[3] - box[2]):
                yield self._word(begun, index, glued=begun != start)
                begun = start = index
            elif not same_line or not math.isclose(other[3] - other[2], box[3] - box[2], rel_tol=0.15):
                yield self._word(begun, index, glued=begun != start)
                begun = index
            box = other
        yield self._word(begun, end, glued=begun != start)

    def _box(self, index: int) -> tuple[float, float, float, float, float, float]:
        """Left, right, bottom, top, and the origin."""
        rect = self._rect
        self.c.FPDFText_GetLooseCharBox(self.page, index, rect)
        self.c.FPDFText_GetCharOrigin(self.page, index, self._x, self._y)
        return rect.left, rect.right, rect.bottom, rect.top, self._x.value, self._y.value

    def _word(self, start: int, end: int, *, glued: bool) -> tuple[_Raw, float]:
        first, last = self._box(start), self._box(end - 1)
        text = "".join(map(_character, self.codes[start:end])).replace(HYPHEN, "-")
        left, right = min(first[0], last[0]), max(first[1], last[1])
        bottom, top = min(first[2], last[2]), max(first[3], last[3])
        angle = self.c.FPDFText_GetCharAngle(self.page, start)
        return (text, left, right, bottom, top, first[4], first[5], self._is_marked(start), glued), max(angle, 0.0)

    def _is_marked(self, index: int) -> bool:
        if self.c.FPDFText_GetFontWeight(self.page, index) >= 600:
            return True
        length = self.c.FPDFText_GetFontInfo(self.page, index, self._name, len(self._name), None)
        name = self._name.value if 0 < length <= len(self._name) else b""
        if name not in self.fonts:
            self.fonts[name] = any(mark in name.lower() for mark in MARKED_FONTS)
        return self.fonts[name]


def _character(code: int) -> str:
    return chr(code) if 0 <= code <= 0x10FFFF else "\ufffd"

"""Paper that was scanned, recognised by Tesseract; needs the extra ``ocr``."""

from __future__ import annotations

import io
import re
from statistics import median
from typing import TYPE_CHECKING, Any

from mhnlp.reading._builder import CONTROL, Draft
from mhnlp.reading._flow import fill
from mhnlp.reading._geometry import Page, Word
from mhnlp.reading._markup import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

    from mhnlp.reading._builder import ReadingLimits

DPI = 300
MAX_PIXELS = 60_000_000
"""Largest picture that is recognised: a page of A3 at 400 dots an inch has 31 million."""
TIMEOUT = 120
"""Seconds for one page."""
MISSING = (
    'it was scanned, and recognising it needs Tesseract with Dutch: install the extra with `pip install "mhnlp[ocr]"` '
    "and the system's package (Debian, Ubuntu: `apt install tesseract-ocr tesseract-ocr-nld`)"
)
BOX = re.compile(r"bbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
SIZE = re.compile(r"x_size ([\d.]+)")
LINES = frozenset({"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"})
BASELINE = re.compile(r"baseline (-?[\d.]+) (-?[\d.]+)")


def read_picture(data: bytes, limits: ReadingLimits) -> Draft:
    """Read a picture of a page, or of several (.tif).

    Raises
    ------
    ValueError
        If it is no picture, is too large, or Tesseract is missing.
    """
    _tesseract()
    from PIL import Image, ImageSequence, UnidentifiedImageError  # noqa: PLC0415 - comes with the extra

    draft = Draft(limits)
    pages: list[Page] = []
    try:
        with Image.open(io.BytesIO(data)) as picture:
            for number, frame in enumerate(ImageSequence.Iterator(picture)):
                if frame.width * frame.height > MAX_PIXELS or number >= limits.max_pages:
                    raise ValueError("it holds more pixels or pages than are read")
                dpi = float(frame.info.get("dpi", (0, 0))[0]) or frame.width / 8.27
                pages.append(recognise(frame.convert("L"), number, max(dpi, 72.0) / 72))
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("it is damaged, or no picture") from error
    fill(draft, pages)
    return draft


def recognise(picture: Image, number: int, scale: float) -> Page:
    """Words of a picture of a page.

    Parameters
    ----------
    picture
        The picture, grey.
    number
        The page, from 0.
    scale
        Pixels in a point.
    """
    tesseract = _tesseract()
    try:
        found = tesseract.image_to_pdf_or_hocr(picture, lang="nld", extension="hocr", timeout=TIMEOUT)
    except RuntimeError as error:
        # A timeout and Tesseract's own failures are both RuntimeErrors.
        raise ValueError(f"page {number + 1} of it could not be recognised ({str(error)[:100]})") from error
    root = parse_xml(re.sub(rb"<!DOCTYPE[^>]*>", b"", found))
    words = tuple(_words(root, scale))
    return Page(number, picture.width / scale, picture.height / scale, words)


def _tesseract() -> Any:  # noqa: ANN401 - a module without types
    try:
        import pytesseract  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ValueError(MISSING) from error
    try:
        known = pytesseract.get_languages()
    except pytesseract.TesseractNotFoundError as error:
        raise ValueError(MISSING) from error
    if "nld" not in known:
        raise ValueError(MISSING)
    return pytesseract


def _words(root: Any, scale: float) -> Iterator[Word]:  # noqa: ANN401
    """Words of a recognised page, on straight lines though the paper lay askew."""
    titles = [(line, line.get("title", "")) for line in root.iter() if line.get("class") in LINES]
    slopes = [float(match[1]) for _, title in titles if (match := BASELINE.search(title))]
    slope = median(slopes) if slopes else 0.0
    for line, title in titles:
        box, baseline, size = BOX.search(title), BASELINE.search(title), SIZE.search(title)
        if not box:
            continue
        # The baseline is given at the left edge of the line, from the bottom of its box.
        base = int(box[4]) + (float(baseline[2]) if baseline else 0.0)
        height = float(size[1]) if size else float(int(box[4]) - int(box[2]))
        straight, shift = base - slope * int(box[1]), slope * base
        for word in line.iter():
            place = BOX.search(word.get("title", "")) if word.get("class") == "ocrx_word" else None
            text = CONTROL.sub("", "".join(word.itertext())).strip() if place else ""
            if place and text and height > 0:
                left, right = ((int(place[edge]) + shift) / scale for edge in (1, 3))
                yield Word(text, left, right, straight / scale, height / scale)

from __future__ import annotations

import io
from dataclasses import replace

import pypdfium2 as pdfium
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

import documents
from mhnlp.errors import ReadingError
from mhnlp.reading import ReadingLimits, read_letter
from mhnlp.segmentation import blocks, segment


@pytest.fixture(scope="module")
def sources():
    return documents.sources()[:120:30]


@pytest.fixture
def read(tmp_path):
    def read(data, **options):
        path = tmp_path / "brief.pdf"
        path.write_bytes(data)
        return read_letter(path, **options)

    return read


def drawn(*lines, rotate=0, encrypt=None):
    """A page with texts at their places: (x, y, size, text)."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), encrypt=encrypt, invariant=True)
    if rotate:
        canvas.setPageRotation(rotate)
        canvas.translate(842, 0)
        canvas.rotate(90)
    for x, y, size, text in lines:
        canvas.setFont("Helvetica", size)
        canvas.drawString(x, y, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def prose(x, y, count=12, step=12):
    words = "De opvang van slachtoffers is dit jaar uitgebreid met dertig plaatsen in het noorden van".split()
    return [(x, y - step * number, 10, " ".join(words[number % 3 :])) for number in range(count)]


@pytest.mark.parametrize("layout", documents.LAYOUTS)
def test_printed_letter_gives_its_passages_and_nothing_else(sources, read, nlp, layout):
    hits = found = wanted = 0
    for source in sources:
        given = [passage.text for passage in segment(read(documents.pdf(source, documents.LAYOUTS[layout])), nlp)]
        hits += len({*given} & {*source.passages})
        found, wanted = found + len(given), wanted + len(source.passages)
    assert 2 * hits / (found + wanted) >= 0.98


def test_places_of_passages_lead_to_their_page_and_their_characters(sources, read, nlp):
    for source in sources:
        letter = read(documents.pdf(source, documents.LAYOUTS["ministry"]))
        end = 0
        for passage in segment(letter, nlp):
            assert end <= passage.start < passage.end
            end = passage.end
            place = iter(letter.text[passage.start : passage.end])
            assert all(character in place for character in passage.text if not character.isspace())
            assert letter.text[passage.start] == passage.text[0]
            assert letter.text[passage.end - 1] == passage.text[-1]
            page = letter.page_of(passage.start)
            begins = letter.pages[page - 1]
            assert begins <= passage.start


def test_what_is_set_apart_is_kept_with_its_kind(sources, read):
    source = next(source for source in sources if any(part.note for part in source.parts))
    found = blocks(read(documents.pdf(source, documents.LAYOUTS["ministry"])))
    texts = {kind: " ".join(b.content.text for b in found if b.kind == kind) for kind in {b.kind for b in found}}
    assert "Pagina 1 van" in texts["page number"]
    assert source.reference in texts["margin"]
    assert "2500 EA DEN HAAG" in texts["address"]
    assert texts["salutation"] == source.salutation
    for part in source.parts:
        assert part.note in texts["note"]
    running = "".join(b.content.text for b in found if b.kind in {"paragraph", "item"})
    assert "Pagina" not in running


def test_no_character_of_a_page_vanishes(sources, read):
    data = documents.pdf(sources[0], documents.LAYOUTS["ministry"])
    letter = read(data)
    document = pdfium.PdfDocument(data)
    printed = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert sorted(letter.text.replace("-", "").split()) == sorted(
        printed.replace("\x02", "").replace("\ufffe", "").replace("-", "").split()
    ) or abs(len("".join(letter.text.split())) - len("".join(printed.split()))) <= printed.count("\x02")


def test_running_header_and_footer_are_told_by_repetition(sources, read):
    letter = read(documents.pdf(sources[0], documents.LAYOUTS["chamber"]))
    assert len(letter.pages) > 1
    footers = [block.content.text for block in letter.blocks if block.kind == "footer"]
    assert len(footers) == len(letter.pages)
    assert all("vergaderjaar" in footer for footer in footers)


@pytest.mark.parametrize(
    ("layout", "fields"),
    [
        ("ministry", ("date", "sender", "recipient", "subject", "reference")),
        ("classic", ("date", "sender", "recipient", "subject")),
        ("chamber", ("date", "dossier", "number")),
    ],
)
def test_metadata_are_those_of_the_letter(sources, read, layout, fields):
    for source in sources:
        found = read(documents.pdf(source, documents.LAYOUTS[layout])).metadata
        wanted = {**vars(source), "date": source.day.isoformat()}
        for name in fields:
            if name != "sender" or wanted["sender"].startswith(("Minister", "Staatssecretaris")):
                assert getattr(found, name) == wanted[name]
            assert 0 < found.certainty[name] <= 1


def test_turned_page_is_read_as_it_is_seen(read):
    lines = [(100, y, size, text) for _, y, size, text in prose(0, 500)]
    upright, turned = read(drawn(*lines)), read(drawn(*lines, rotate=90))
    assert turned.text == upright.text


def test_table_is_no_running_text(read, nlp):
    table = [(x, 500 - 14 * row, 10, f"cel {row}{x}") for row in range(4) for x in (80, 220, 360)]
    letter = read(drawn(*prose(80, 700), *table))
    assert [block.content.text for block in letter.blocks if block.kind == "table"] == [
        " ".join(f"cel {row}{x}" for row in range(4) for x in (80, 220, 360))
    ]
    assert all("cel" not in passage.text for passage in segment(letter, nlp))


def test_footnote_number_and_note_are_taken_out(read, nlp):
    lines = [(80, 700, 10, "De rapporteur heeft dat vastgesteld."), (80, 100, 7, "1 Kamerstukken II 2019/20, 28 638.")]
    width = 80 + 163.4
    letter = read(drawn(*prose(80, 780, 5), *lines, (width, 703.5, 6, "1")))
    passages = " ".join(passage.text for passage in segment(letter, nlp))
    assert passages.endswith("vastgesteld.")
    assert [block.kind for block in letter.blocks][-1] == "note"


def test_encrypted_damaged_and_too_long_files_are_refused(read):
    encrypted = drawn(*prose(80, 700), encrypt=StandardEncryption("geheim"))
    with pytest.raises(ReadingError, match="it is encrypted"):
        read(encrypted)
    with pytest.raises(ReadingError, match="damaged, or no PDF"):
        read(b"%PDF-1.7 rommel")
    with pytest.raises(ReadingError, match="it has 1 pages, and at most 0 are read"):
        read(drawn(*prose(80, 700)), limits=ReadingLimits(max_pages=0))
    with pytest.raises(ReadingError, match="more than 10 characters"):
        read(drawn(*prose(80, 700)), limits=ReadingLimits(max_characters=10))


def test_blank_page_has_no_text_and_no_error(read):
    letter = read(drawn())
    assert (letter.text, letter.pages) == ("", (0,))


@pytest.mark.parametrize("mark", ["1", "l", "Ì", "?", "”"])
def test_note_is_one_though_its_number_was_misread(read, mark):
    body = [(80, 760 - 12 * line, 10, f"De opvang van slachtoffers is in jaar {line} uitgebreid.") for line in range(4)]
    letter = read(drawn(*body, (80, 80, 8, f"{mark} Zie ook de brief van de inspectie.")))
    notes = [block.content.text for block in letter.blocks if block.kind == "note"]
    assert [note.split(maxsplit=1)[1] for note in notes] == ["Zie ook de brief van de inspectie."]


def test_line_of_another_size_in_mid_sentence_ends_no_paragraph(read):
    lines = ["De opvang van slachtoffers is in dit jaar", "met tien plaatsen uitgebreid, zodat er nu", "genoeg zijn."]
    letter = read(drawn(*((80, 760 - 12 * n, 12 if n == 1 else 10, text) for n, text in enumerate(lines))))
    assert [block.content.text for block in letter.blocks] == [" ".join(lines)]


def test_small_list_at_the_foot_of_a_page_is_no_note(read):
    body = [(80, 760 - 12 * line, 10, f"De opvang van slachtoffers is in jaar {line} uitgebreid.") for line in range(4)]
    letter = read(drawn(*body, (80, 80, 8, "– De opvang in Zwolle is gesloten.")))
    assert "note" not in {block.kind for block in letter.blocks}


def test_scan_without_tesseract_names_extra_and_system_package(read, sources, monkeypatch):
    paper = documents.scan(documents.pdf(sources[0], documents.LAYOUTS["ministry"]), dpi=40)
    monkeypatch.setitem(__import__("sys").modules, "pytesseract", None)
    with pytest.raises(ReadingError, match=r"mhnlp\[ocr\].*tesseract-ocr-nld"):
        read(paper)


def test_scanned_letter_is_recognised(read, sources, nlp):
    pytesseract = pytest.importorskip("pytesseract")
    try:
        known = pytesseract.get_languages()
    except pytesseract.TesseractNotFoundError:
        known = []
    if "nld" not in known:
        pytest.skip("Tesseract with Dutch is not on this machine")
    source = replace(sources[0], parts=sources[0].parts[:1])
    letter = read(documents.scan(documents.pdf(source, documents.LAYOUTS["ministry"]), dpi=200))
    given = [passage.text for passage in segment(letter, nlp)]
    assert [text[:40] for text in given] == [text[:40] for text in source.passages]
    assert all(abs(len(a) - len(b)) < 5 for a, b in zip(given, source.passages, strict=True))
    assert letter.metadata.date == source.day.isoformat()

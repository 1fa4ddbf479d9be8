from __future__ import annotations

import pytest

import documents
from mhnlp.errors import ReadingError
from mhnlp.reading import SUFFIXES, ReadingLimits, read_letter

DAMAGED = sorted({*SUFFIXES, ".jpg"} - {".txt", ".text", ".html", ".htm", ".xhtml"})


def test_letter_is_named_after_its_file_and_keeps_its_text(tmp_path):
    path = tmp_path / "brief é.TXT"
    path.write_bytes("Geachte voorzitter,\r\n\r\nDe coördinatie".encode("cp1252"))
    letter = read_letter(str(path))
    assert (letter.name, letter.path) == ("brief é.TXT", path)
    assert letter.text == "Geachte voorzitter,\r\n\r\nDe coördinatie"


@pytest.mark.parametrize(
    ("name", "data", "cause"),
    [
        ("weg.txt", None, "there is no such file"),
        ("brief.pages", b"tekst", "'.pages' are not read"),
        ("brief.doc", b"tekst", "save it as .docx first"),
        ("brief", b"tekst", "'without a suffix' are not read"),
        ("brief.txt", b"\x00\x01", "zero bytes"),
        ("brief.txt", b"\x81", "not valid utf-8 or cp1252"),
    ],
)
def test_what_cannot_be_read_is_refused_with_path_and_cause(tmp_path, name, data, cause):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ReadingError, match=cause) as caught:
        read_letter(path)
    assert str(caught.value).startswith(str(path))
    assert caught.value.path == path


@pytest.mark.parametrize("suffix", DAMAGED)
@pytest.mark.parametrize("data", [b"", b"geen letter", b"\x00\xff" * 50], ids=["empty", "text", "bytes"])
def test_damaged_file_is_refused_by_name_in_every_format(tmp_path, suffix, data):
    path = tmp_path / f"brief{suffix}"
    path.write_bytes(data)
    with pytest.raises(ReadingError, match=f"brief{suffix}: "):
        read_letter(path)


def test_folder_is_refused_with_a_hint_at_the_command_for_folders(tmp_path):
    with pytest.raises(ReadingError, match="mhnlp label"):
        read_letter(tmp_path)


def test_file_over_the_bound_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "groot.txt"
    with path.open("wb") as file:
        file.truncate(ReadingLimits().max_bytes + 1)
    with pytest.raises(ReadingError, match="larger than 50 MB"):
        read_letter(path)
    path.write_bytes(b"x" * 2_000_000)
    with pytest.raises(ReadingError, match="larger than 1 MB"):
        read_letter(path, limits=ReadingLimits(max_bytes=1_000_000))


def test_form_feeds_part_pages_and_mojibake_is_undone(tmp_path):
    path = tmp_path / "brief.txt"
    path.write_text("De coÃ¶rdinatie is één zaak.\fDe tweede bladzijde.", encoding="utf-8")
    letter = read_letter(path)
    assert letter.text.startswith("De coördinatie is één zaak.")
    assert letter.page_of(letter.text.index("tweede")) == 2
    assert letter.warnings


def test_letter_without_form_feeds_has_no_pages(tmp_path):
    path = tmp_path / "brief.txt"
    path.write_text("De coördinatie.", encoding="utf-8")
    assert read_letter(path).pages == ()


def test_documents_of_the_tests_hold_what_they_are_said_to_hold():
    source = documents.sources()[0]
    assert len(source.passages) > 5
    assert documents.wrap("een twee drie", "Helvetica", 10, 30) == ["een", "twee", "drie"]


def test_name_of_the_greatest_length_is_no_obstacle(tmp_path):
    path = tmp_path / f"{'x' * 246}.txt"
    path.write_text("De coördinatie.", encoding="utf-8")
    assert read_letter(path).text == "De coördinatie."

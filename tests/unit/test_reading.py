from __future__ import annotations

import pytest

from mhnlp.errors import ReadingError
from mhnlp.reading import read_letter
from mhnlp.reading._read import MAX_BYTES


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


def test_folder_is_refused_with_a_hint_at_the_command_for_folders(tmp_path):
    with pytest.raises(ReadingError, match="mhnlp label"):
        read_letter(tmp_path)


def test_file_over_the_bound_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "groot.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ReadingError, match="larger than 50 MB"):
        read_letter(path)

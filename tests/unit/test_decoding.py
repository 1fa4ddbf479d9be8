from __future__ import annotations

import codecs

import pytest

from mhnlp.decoding import decode

TEXT = "De coördinator noemde het ‘één stap’, à € 2,5 mln."


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (b"", "cp1252"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_same_text_from_each_encoding_and_without_its_mark(mark, encoding):
    assert decode(mark + TEXT.encode(encoding)) == TEXT


def test_zero_bytes_without_a_mark_are_no_text():
    with pytest.raises(ValueError, match="zero bytes"):
        decode(b"PK\x03\x04\x00\x00tekst")


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_bytes_that_windows_1252_leaves_undefined_are_refused(byte):
    with pytest.raises(ValueError, match="not valid utf-8 or cp1252"):
        decode(b"opvang " + bytes([byte]))


def test_text_cut_off_in_mid_character_after_a_mark_is_refused():
    with pytest.raises(ValueError, match="not valid utf-16"):
        decode(codecs.BOM_UTF16_LE + "opvang".encode("utf-16-le")[:-1])


def test_line_ends_are_kept_as_they_stand():
    assert decode(b"een\r\ntwee\rdrie\n") == "een\r\ntwee\rdrie\n"

from __future__ import annotations

import io
import os
import zipfile
from email.message import EmailMessage

import pytest

from mhnlp.errors import ReadingError
from mhnlp.reading import ReadingLimits, read_letter, read_letters

TEXT = "De opvang van slachtoffers is vol."


@pytest.fixture
def save(tmp_path):
    def save(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save


def packed(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in members:
            package.writestr(name, data)
    return out.getvalue()


def mail(*attachments):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@voorbeeld.nl", "b@voorbeeld.nl", "Opvang"
    message["Date"] = "Fri, 06 Mar 2020 10:00:00 +0100"
    message.set_content(TEXT)
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def test_letters_of_a_zip_are_named_by_their_place(save):
    path = save("brieven.zip", packed(("2021/b.txt", TEXT), ("a.txt", TEXT), ("foto.gif", "x"), (".x.txt", TEXT)))
    found = list(read_letters(path))
    assert [(letter.name, letter.path) for letter in found] == [
        ("brieven.zip/2021/b.txt", path),
        ("brieven.zip/a.txt", path),
    ]
    with pytest.raises(ReadingError, match="it holds 2 letters; read them with `read_letters`"):
        read_letter(path)


def test_zip_with_one_letter_is_that_letter(save):
    assert read_letter(save("brief.zip", packed(("a.txt", TEXT)))).text == TEXT


def test_message_and_its_attachments_are_letters(save):
    path = save("post.eml", mail(("a.txt", TEXT.encode()), ("b.zip", packed(("c.txt", TEXT))), ("d.exe", b"x")))
    found = list(read_letters(path))
    assert [letter.name for letter in found] == ["post.eml", "post.eml/a.txt", "post.eml/b.zip/c.txt"]
    assert (found[0].metadata.date, found[0].metadata.subject) == ("2020-03-06", "Opvang")
    assert read_letter(path).text.strip() == TEXT


def test_letter_that_cannot_be_read_is_told_and_the_others_are_read(save):
    path = save("brieven.zip", packed(("a.txt", b"\x00"), ("b.txt", TEXT), ("c.pdf", "x")))
    errors = []
    assert [letter.name for letter in read_letters(path, on_error=errors.append)] == ["brieven.zip/b.txt"]
    assert [error.path.name for error in errors] == ["a.txt", "c.pdf"]
    with pytest.raises(ReadingError, match=r"a\.txt: it holds zero bytes"):
        list(read_letters(path))


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "C:/a.txt", "b/../../a.txt", "..\\a.txt"])
def test_paths_that_climb_out_are_passed_over(save, name):
    assert list(read_letters(save("x.zip", packed((name, TEXT))))) == []


def test_links_are_passed_over(save):
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = 0o120777 << 16
    assert list(read_letters(save("x.zip", packed((link, "/etc/passwd"))))) == []


def test_bomb_is_refused_before_it_is_unpacked(save):
    with pytest.raises(ReadingError, match="no letter's size"):
        list(read_letters(save("x.zip", packed(("a.txt", b"0" * 60_000_000)))))


@pytest.mark.parametrize(
    ("limits", "cause"),
    [
        (ReadingLimits(max_members=1), "at most 1 are read"),
        (ReadingLimits(max_unpacked=400), "larger than|no letter's size"),
        (ReadingLimits(max_bytes=10), "it is larger than 0 MB"),
    ],
)
def test_limits_hold(save, limits, cause):
    path = save("x.zip", packed(("a.txt", TEXT * 10), ("b.txt", TEXT * 10)))
    with pytest.raises(ReadingError, match=cause):
        list(read_letters(path, limits=limits))


def test_containers_in_containers_end(save):
    data = packed(("a.txt", TEXT))
    for _ in range(6):
        data = packed(("x.zip", data))
    with pytest.raises(ReadingError, match="more than 3 deep"):
        list(read_letters(save("x.zip", data)))


def test_encrypted_zip_is_refused(save):
    data = bytearray(packed(("a.txt", TEXT)))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ReadingError, match="encrypted"):
        list(read_letters(save("x.zip", bytes(data))))


def test_lying_size_in_the_header_is_found_out(save):
    data = bytearray(packed(("a.txt", b"0" * 50_000)))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (5).to_bytes(4, "little")
    with pytest.raises(ReadingError, match="damaged"):
        list(read_letters(save("x.zip", bytes(data))))


METADATA = '<metadata><metadata name="OVERHEIDop.indiener" content="{}"/></metadata>'


def test_metadata_in_a_zip_describes_the_letter_of_its_name_or_the_one_of_its_folder(save):
    path = save(
        "brieven.zip",
        packed(
            ("een/een.txt", TEXT),
            ("een/metadata.xml", METADATA.format("Een")),
            ("een/plaat.gif", b"x"),
            ("twee/brief.txt", TEXT),
            ("twee/metadata.xml", METADATA.format("Twee")),
            ("drie/a.txt", TEXT),
            ("drie/b.txt", TEXT),
            ("drie/b.metadata.xml", METADATA.format("Drie")),
            ("drie/metadata.xml", METADATA.format("van geen van beide")),
        ),
    )
    senders = {letter.name.partition("/")[2]: letter.metadata.sender for letter in read_letters(path)}
    assert senders == {"drie/a.txt": "", "drie/b.txt": "Drie", "een/een.txt": "Een", "twee/brief.txt": "Twee"}


def test_letters_of_a_kind_that_is_not_read_are_told_with_advice(save):
    errors = []
    path = save("x.zip", packed(("a.doc", "x"), ("b.txt", TEXT)))
    assert [letter.name for letter in read_letters(path, on_error=errors.append)] == ["x.zip/b.txt"]
    assert [(error.path.name, error.cause) for error in errors] == [
        ("a.doc", "files of the kind '.doc' are not read, save it as .docx first")
    ]


def test_attachments_of_one_name_are_numbered(save):
    path = save("post.eml", mail(("a.txt", TEXT.encode()), ("a.txt", b"De aangifte is gedaan."), ("a.txt", b"Klaar.")))
    assert [letter.name for letter in read_letters(path)][1:] == [
        "post.eml/a.txt",
        "post.eml/a (2).txt",
        "post.eml/a (3).txt",
    ]


def test_pipe_is_not_waited_for(tmp_path):
    for name in ("a.zip", "a.eml", "a.txt"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(ReadingError, match="no ordinary file"):
            list(read_letters(tmp_path / name))

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml

import documents
from mhnlp.errors import ReadingError
from mhnlp.reading import ReadingLimits, read_letter
from mhnlp.segmentation import blocks, segment

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PRINTERS = {
    "docx": documents.word_document,
    "html": documents.html,
    "xml": documents.xml,
    "old.xml": lambda source: documents.xml(source, old=True),
}
LONG = "De opvang van slachtoffers is dit jaar uitgebreid met dertig plaatsen in het noorden van het land."


@pytest.fixture
def read(tmp_path):
    def read(name, data):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_letter(path)

    return read


@pytest.mark.parametrize("kind", [*PRINTERS, "txt", "pdf", "rtf", "odt", "eml", "html.eml"])
def test_limit_of_characters_holds_for_each_format(tmp_path, kind):
    source = documents.sources()[0]
    text = "\n".join(source.passages)
    rich = text.encode("ascii", "ignore").replace(b"\n", b"\\par ")
    opened = io.BytesIO()
    with zipfile.ZipFile(opened, "w") as package:
        package.writestr("content.xml", f"<d><text><p>{text.replace('&', '')}</p></text></d>")
    made = {
        "txt": lambda _: text.encode(),
        "pdf": lambda _: documents.pdf(source, documents.LAYOUTS["classic"]),
        "rtf": lambda _: b"{\\rtf1 " + rich + b"}",
        "odt": lambda _: opened.getvalue(),
        "eml": lambda _: b"Subject: x\nContent-Type: text/plain; charset=utf-8\n\n" + text.encode(),
        "html.eml": lambda _: b"Subject: x\nContent-Type: text/html; charset=utf-8\n\n" + documents.html(source),
    }
    path = tmp_path / f"brief.{kind}"
    path.write_bytes({**PRINTERS, **made}[kind](source))
    length = len(read_letter(path).text)
    assert len(read_letter(path, limits=ReadingLimits(max_characters=length)).text) == length
    with pytest.raises(ReadingError, match="it holds more than 100 characters"):
        read_letter(path, limits=ReadingLimits(max_characters=100))


def kinds(letter):
    return [(block.kind, block.content.text) for block in blocks(letter)]


@pytest.mark.parametrize("kind", PRINTERS)
def test_letter_gives_its_passages_and_nothing_else(read, nlp, kind):
    for source in documents.sources()[:120:30]:
        letter = read(f"brief.{kind}", PRINTERS[kind](source))
        assert [passage.text for passage in segment(letter, nlp)] == source.passages
        assert letter.metadata.date == source.day.isoformat()
        for passage in segment(letter, nlp):
            assert letter.text[passage.start] == passage.text[0]
            assert letter.text[passage.end - 1] == passage.text[-1]


def word(*bodies: str) -> bytes:
    document = docx.Document()
    for body in bodies:
        document.element.body.insert(-1, parse_xml(body))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_keeps_inserted_text_and_drops_deleted_text(read):
    body = (
        f"<w:p {W}><w:r><w:t>{LONG[:30]}</w:t></w:r><w:del><w:r><w:delText>weg</w:delText></w:r></w:del>"
        f"<w:ins><w:r><w:t>{LONG[30:]}</w:t></w:r></w:ins></w:p>"
    )
    assert kinds(read("a.docx", word(body))) == [("paragraph", LONG)]


def test_word_text_box_is_margin_table_is_table_and_bold_line_heading(read):
    inner = "<w:txbxContent><w:p><w:r><w:t>Ons kenmerk 12</w:t></w:r></w:p></w:txbxContent>"
    box = f"<w:p {W}><w:r><w:pict>{inner}</w:pict></w:r></w:p>"
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = "".join(f"<w:tr>{cell.format('jaar')}{cell.format(number)}</w:tr>" for number in (868, 959))
    bold = f"<w:p {W}><w:r><w:rPr><w:b/></w:rPr><w:t>Opvang en zorg</w:t></w:r></w:p>"
    text = f"<w:p {W}><w:r><w:t>{LONG}</w:t></w:r></w:p>"
    assert kinds(read("a.docx", word(box, bold, text, f"<w:tbl {W}>{rows}</w:tbl>"))) == [
        ("margin", "Ons kenmerk 12"),
        ("heading", "Opvang en zorg"),
        ("paragraph", LONG),
        ("table", "jaar | 868 jaar | 959"),
    ]


def test_page_of_a_site_loses_menu_notice_and_footer_but_not_in_silence(read):
    source = documents.sources()[0]
    html = documents.html(source).replace(b"<article>", b"<article><nav><p>Ga naar de inhoud.</p></nav>")
    found = kinds(read("a.html", html))
    assert ("boilerplate", "Ga naar de inhoud.") in found
    assert not any("cookies" in text or "Niet lezen" in text for _, text in found)


def test_line_breaks_lists_quotations_and_notes_of_a_page(read):
    html = f"""<body><p>Postbus 20018<br>2500 EA Den Haag</p><p>Geachte voorzitter,</p><p>{LONG}<sup>1</sup></p>
    <blockquote><p>{LONG}</p></blockquote><ul><li>{LONG}</li></ul>
    <div class="voetnoten"><p>1 Zie daar.</p></div></body>"""
    assert kinds(read("a.html", html)) == [
        ("address", "Postbus 20018"),
        ("address", "2500 EA Den Haag"),
        ("salutation", "Geachte voorzitter,"),
        ("paragraph", LONG),
        ("quotation", LONG),
        ("item", LONG),
        ("note", "1 Zie daar."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_page_of_either_encoding_is_read_whatever_it_declares(read, encoding):
    html = '<html><head><meta charset="iso-8859-1"></head><body><p>De coördinatie is “goed”.</p></body></html>'
    assert "De coördinatie is “goed”." in read("a.html", html.encode(encoding)).text


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1 if n > 1 else str()};" * 10}">' for n in range(1, 10)
)


@pytest.mark.parametrize(
    "data",
    [
        BOMB + "]><a>&a9;</a>",
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><al>&x;</al></a>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;]><a><al>tekst</al></a>',
        "<a>" * 100_000,
        "<a>" * 230 + "<al>tekst</al>" + "</a>" * 230,
    ],
    ids=["bomb", "file", "network", "unclosed", "deep"],
)
def test_hostile_xml_is_refused(read, data):
    with pytest.raises(ReadingError, match=r"entities|well-formed|nested"):
        read("a.xml", data)


def test_metadata_file_beside_a_publication_is_read(read, tmp_path):
    (tmp_path / "metadata.xml").write_text(
        '<metadata><metadata name="DCTERMS.issued" content="2019-05-06"/><metadata name="OVERHEIDop.indiener" '
        'content="A. de Wit"/><metadata name="OVERHEIDop.documenttitel" content="Voortgang"/></metadata>'
    )
    found = read("kst-28638-257.xml", documents.xml(documents.sources()[0])).metadata
    assert (found.date, found.sender, found.subject) == ("2019-05-06", "A. de Wit", "Voortgang")
    assert found.certainty["date"] == 1.0
    assert (found.dossier, found.number) == ("28638", "257")


def test_notes_of_a_publication_follow_its_text(read):
    xml = f"<a><al>{LONG[:-1]}<noot><noot.nr>1</noot.nr><noot.al>Zie daar.</noot.al></noot>.</al></a>"
    assert kinds(read("a.xml", xml)) == [("paragraph", LONG), ("note", "Zie daar.")]


ODT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>
<text:tracked-changes><text:p>weg</text:p></text:tracked-changes><text:h>Opvang</text:h>
<text:p>{long}<text:note><text:note-citation>1</text:note-citation>
<text:note-body><text:p>Zie daar.</text:p></text:note-body></text:note></text:p>
<text:list><text:list-item><text:p>{long}</text:p></text:list-item></text:list>
</office:text></office:body></office:document-content>"""


def test_opendocument_keeps_headings_items_and_notes(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("content.xml", ODT.format(long=LONG))
    assert kinds(read("a.odt", out.getvalue())) == [
        ("heading", "Opvang"),
        ("paragraph", LONG),
        ("item", LONG),
        ("note", "Zie daar."),
    ]


def test_rich_text_is_read_and_its_extra_named_when_missing(read, monkeypatch):
    rtf = rb"{\rtf1\ansi De co\'f6rdinatie is goed geregeld in het hele land.\par Opvang\par}"
    assert "De coördinatie is goed geregeld" in read("a.rtf", rtf).text
    monkeypatch.setitem(__import__("sys").modules, "striprtf.striprtf", None)
    with pytest.raises(ReadingError, match=r"mhnlp\[rtf\]"):
        read("a.rtf", rtf)

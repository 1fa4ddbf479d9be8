"""Whether any file at all crashes a reader: files made by coverage-guided fuzzing, read format by format.

    python benchmarks/fuzz.py --seconds 20
    python benchmarks/fuzz.py --seconds 600 --formats pdf docx --folder found

Atheris changes documents that are made here, and keeps the changes that reach new lines of Python: of the readers, of
python-docx, striprtf, and Python's own modules for mail and zip files. What C libraries do in between is not followed,
but their crashes are seen. Files packed in others are changed within them too. Each file must give letters whose
blocks lie in their text, or a `ReadingError` that names the file and the cause, within ten seconds and two gigabytes;
nothing may be written outside a temporary folder, and no network be asked. A file that breaks this ends the run of its
format. With `--folder` it is kept there, as are all files that reached something new.

Times are processor time of one core. Atheris has wheels for Linux on x86_64 alone.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import subprocess
import sys
import time
import zipfile
from email.message import EmailMessage
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from documents import Source
    from mhnlp.errors import ReadingError
    from mhnlp.letter import Letter

FOLLOWED = ("mhnlp.reading", "mhnlp.decoding", "mhnlp.layout", "docx", "striprtf", "email", "zipfile")
"""Modules whose lines guide the changes."""
READERS = ("html", "mail", "metadata", "office", "pdf", "publication", "text", "word")
PACKED = frozenset({"docx", "odt", "zip"})
MAIN = frozenset({"word/document.xml", "content.xml"})
TOKENS = {
    "pdf": ("/Rotate 90", "/MediaBox", "/Kids", "/Contents", " Tm", " Td", " Tj", "endstream", "xref", "/Encrypt"),
    "html": ("<table>", "<sup>", "<br>", "<li>", "<main>", "charset=", "hidden", "<svg>", "&#0;", "<!--", "<h2>"),
    "xml": ("<noot>", "<al>", "<table>", "<row>", "<lijst>", "<!ENTITY a 'b'>", "<![CDATA[", "&#x1F;", "<nadruk>"),
    "eml": ("Content-Type: ", "multipart/mixed", "boundary=", "base64", "charset=", "=?utf-8?q?", "message/rfc822"),
    "rtf": ("\\u8364?", "\\'e9", "\\bin9 ", "{\\*", "\\ansicpg1252", "\\par ", "\\cell", "\\ucn2", "\\upr"),
}
"""Words of a format that chance alone would seldom write."""
MARKS = tuple(
    mark.encode()
    for mark in "<w:p/> <w:tbl/> <w:tr/> <w:b/> <w:br/> <w:pPr/> <w:sdt/> <t:p/> <t:note/> <t:s/> <t:h/>".split()
)
"""The same for files in a zip file, which are changed here: Atheris knows the whole alone."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = frozenset({"socket.connect", "socket.getaddrinfo", "os.system", "os.exec"})
MOVES = frozenset(f"os.{name}" for name in "mkdir rename remove rmdir symlink link truncate chmod".split())


def packed(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return out.getvalue()


def _opendocument(source: Source) -> bytes:
    paragraphs = "".join(f"<t:p>{part.text.replace('&', 'en')}</t:p>" for part in source.parts)
    content = (
        '<o:document-content xmlns:o="urn:o" xmlns:t="urn:t" xmlns:b="urn:b"><o:body><o:text><t:h>Kop</t:h>'
        "<t:p>Tekst<t:note><t:note-citation>1</t:note-citation><t:note-body><t:p>Noot</t:p></t:note-body></t:note>"
        "<t:s/>en<t:line-break/>meer</t:p><t:list><t:list-item><t:p>Punt</t:p></t:list-item></t:list><b:table>"
        f"<b:table-row><b:table-cell><t:p>1</t:p></b:table-cell></b:table-row></b:table>{paragraphs}</o:text></o:body>"
        "</o:document-content>"
    )
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def _rich_text(source: Source) -> bytes:
    text = "\\par ".join(part.text for part in source.parts).encode("cp1252", "ignore")
    table = rb"\trowd\cellx100 a\cell b\cell\row\pard "
    return rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\uc1 co\u246?rdinatie \'e9\'e9n\par " + table + text + b"}"


def _message(source: Source, documents: Any) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", source.subject
    message["Date"] = "Mon, 03 May 2021 10:00:00 +0200"
    message.set_content("\n\n".join(source.passages))
    message.add_alternative(documents.html(source).decode(), subtype="html")
    message.add_attachment(documents.xml(source), maintype="application", subtype="xml", filename="brief.xml")
    message.add_attachment(b"Een bijlage", maintype="text", subtype="plain", filename="bijlage.txt")
    return message.as_bytes()


def seeds(kind: str) -> list[bytes]:
    """Sound documents of a format, from which the others are made."""
    import documents  # noqa: PLC0415 - on the path since the program began

    short = sorted(documents.sources(), key=lambda source: sum(len(part.text) for part in source.parts))[:3]
    made: dict[str, Callable[[Source], list[bytes]]] = {
        "txt": lambda source: [
            "\n".join([source.written_day, *source.passages]).encode(code) for code in ("utf-8", "cp1252", "utf-16")
        ],
        "pdf": lambda source: [documents.pdf(source, layout) for layout in documents.LAYOUTS.values()],
        "docx": lambda source: [documents.word_document(source)],
        "html": lambda source: [documents.html(source)],
        "xml": lambda source: [documents.xml(source), documents.xml(source, old=True)],
        "eml": lambda source: [_message(source, documents)],
        "odt": lambda source: [_opendocument(source)],
        "rtf": lambda source: [_rich_text(source)],
        "zip": lambda source: [
            packed({
                "brieven/brief.xml": documents.xml(source),
                "brieven/brief.metadata.xml": documents.xml(source),
                "post.eml": _message(source, documents),
                "meer.zip": packed({"brief.txt": b"Geachte voorzitter,", "brief.rtf": _rich_text(source)}),
            })
        ],
    }  # fmt: skip
    return [data for source in short for data in made[kind](source)]


FORMATS = ("txt", "pdf", "docx", "html", "xml", "eml", "odt", "rtf", "zip")


class Reader:
    """Reads the files that the fuzzer makes, and raises an AssertionError for what must not happen.

    Parameters
    ----------
    kind
        The format.
    folder
        Where all that is written belongs.
    """

    def __init__(self, kind: str, folder: Path) -> None:
        from mhnlp import errors  # noqa: PLC0415 - after the fuzzer began to follow imports
        from mhnlp.reading import read_letters  # noqa: PLC0415
        from mhnlp.segmentation import blocks  # noqa: PLC0415

        self._read, self._error, self._blocks = read_letters, errors.ReadingError, blocks
        self._folder = str(folder)
        self._path = folder / f"brief.{kind}"
        self._outcomes = (folder / "outcomes").open("a", buffering=1)
        self._offences: list[str] = []
        sys.addaudithook(self._watch)

    def __call__(self, data: bytes) -> None:
        """Read a file, and note the outcome with its seconds."""
        self._path.write_bytes(data)
        started = time.process_time()
        outcome = self._outcome()
        self._outcomes.write(f"{outcome} {time.process_time() - started}\n")
        if self._offences:
            raise AssertionError(f"outside the temporary folder: {self._offences}")

    def _outcome(self) -> str:
        errors: list[ReadingError] = []
        letters: list[Letter] = []
        try:
            letters += self._read(self._path, on_error=errors.append)
        except self._error as error:
            errors.append(error)
        for error in errors:
            if not str(error).startswith(str(self._path)) or len(error.cause) < 10:
                raise AssertionError(f"an error without file or cause: {error}") from error
        for letter in letters:
            for block in self._blocks(letter):
                if not 0 <= block.content.start <= block.content.end <= len(letter.text):
                    raise AssertionError(f"a block outside its text: {block}")
        return "read" if letters else "refused"

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note what is written elsewhere, whoever writes it."""
        writes = event in MOVES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES)
        elsewhere = writes and not str(arguments[0]).startswith((self._folder, os.devnull))
        if event in FORBIDDEN or elsewhere:
            self._offences.append(f"{event} {arguments}")


def _change(data: bytes, largest: int, seed: int) -> bytes:
    """Change a zip file: the bytes of a file in it more often than its own."""
    dice = random.Random(seed)  # noqa: S311 - the fuzzer's own number, so that runs can be repeated
    members = _unpacked(data) if dice.random() < 0.8 else {}
    if members:
        main = sorted(MAIN & members.keys())
        name = dice.choice(main if main and dice.random() < 0.6 else sorted(members))
        changed = packed({**members, name: _edited(members[name], dice)})
    else:
        changed = _edited(data, dice)
    return changed if len(changed) <= largest else data


def _edited(data: bytes, dice: random.Random) -> bytes:
    """Bytes changed in a few places; four times of five only between elements, so that markup remains sound."""
    edited = bytearray(data)
    gently = dice.random() < 0.8
    for _ in range(dice.randrange(1, 5)):
        at, other = (dice.randrange(len(edited) + 1) for _ in range(2))
        if gently:
            at = edited.find(b">", at) + 1
            edited[at:at] = dice.choice(MARKS)
        else:
            put_in = dice.choice((dice.randbytes(dice.randrange(8)), edited[other : other + dice.randrange(200)]))
            edited[at : at + dice.choice((0, 1, 30, 300))] = put_in
    return bytes(edited)


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {member.filename: package.read(member) for member in package.infolist() if member.file_size < 10**6}
    except Exception:  # noqa: BLE001 - a damaged file is changed as a whole
        return {}


def fuzz(kind: str, folder: Path, options: list[str]) -> None:
    """Fuzz one format in this process, which ends with it."""
    import atheris  # noqa: PLC0415 - in the processes that fuzz alone

    sys.dont_write_bytecode = True
    with atheris.instrument_imports(include=[*FOLLOWED]):
        import docx  # noqa: F401, PLC0415 - the readers import it late
        import striprtf.striprtf  # noqa: F401, PLC0415

        for name in READERS:
            __import__(f"mhnlp.reading.{name}")
    reader = Reader(kind, folder)
    changes = {"custom_mutator": _change} if kind in PACKED else {}
    atheris.Setup([sys.argv[0], *options, str(folder / "files")], reader, **changes)
    atheris.Fuzz()


def run(kind: str, folder: Path, seconds: int) -> bool:
    """Fuzz one format in a process of its own, print what came of it, and tell whether all went well."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(kind)):
        (folder / "files" / f"seed-{number}").write_bytes(data)
    words = "".join(f'"{_escaped(word)}"\n' for word in TOKENS.get(kind, ()))
    (folder / "words").write_text(words, encoding="ascii")
    options = [
        f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2000", "-max_len=200000", "-len_control=0",
        *([f"-dict={folder / 'words'}"] if kind in TOKENS else []), f"-artifact_prefix={folder}{os.sep}", "-seed=1",
    ]  # fmt: skip
    command = [sys.executable, __file__, "--worker", kind, str(folder), *options]
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONFAULTHANDLER": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    print(_line(kind, (folder / "outcomes").read_text().splitlines(), done.returncode), flush=True)
    if done.returncode:
        print(*islice(_told(done.stderr), 40), sep="\n", flush=True)
    return not done.returncode


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"')


def _told(output: str) -> Iterable[str]:
    """What the fuzzer says from the failure on."""
    lines = output.splitlines()
    begin = next((index for index, line in enumerate(lines) if line.startswith((" ===", "==", "Traceback"))), -40)
    return lines[begin:]


def _line(kind: str, outcomes: list[str], code: int) -> str:
    """Row of the table."""
    pairs = [line.split() for line in outcomes]
    refused = sum(outcome == "refused" for outcome, _ in pairs)
    slowest = max((float(seconds) for _, seconds in pairs), default=0.0)
    found = f"failed ({code})" if code else "nothing"
    return f"| {kind} | {len(pairs):,} | {len(pairs) - refused:,} | {refused:,} | {slowest:.2f} s | {found} |"


def main() -> None:
    """Print the table; end with an error if any format failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=20, help="for each format")
    parser.add_argument("--formats", nargs="+", default=FORMATS, choices=FORMATS)
    parser.add_argument("--folder", type=Path, help="where to keep the files that were made")
    options = parser.parse_args()
    print("| format | files | read | refused | slowest | found |")
    print("|---|---|---|---|---|---|", flush=True)
    with TemporaryDirectory() as name:
        folder = (options.folder or Path(name)).resolve()
        well = [run(kind, folder / kind, options.seconds) for kind in options.formats]
    sys.exit(not all(well))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    if sys.argv[1:2] == ["--worker"]:
        fuzz(sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
    else:
        main()

"""How exactly letters are read: the composed letters printed as documents, read again, and compared.

    python benchmarks/reading.py --letters 100
    python benchmarks/reading.py --letters 4 --scans 4
    python benchmarks/reading.py --letters 1 --long 170 --fuzz 16000

A passage counts as found if at most 5 in 100 of its characters differ, as exact if none does. The character error
rate is the edit distance between all passages printed and all that were read. Peers give plain text, which goes
through the same segmentation. Times are processor time of one core.

Unstructured (its fast strategy) is compared where it is installed; it brings PyTorch along, so no extra names it:

    pip install "unstructured[docx,pdf]"
    python -m spacy download en_core_web_sm
"""

from __future__ import annotations

import argparse
import io
import random
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import Levenshtein

from mhnlp.dutch import load_pipeline
from mhnlp.errors import ReadingError
from mhnlp.letter import Letter
from mhnlp.reading import read_letter, read_letters
from mhnlp.segmentation import segment

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from documents import Source

FIELDS = {
    "ministry": ("date", "recipient", "subject", "reference"),
    "classic": ("date", "recipient", "subject"),
    "chamber": ("date", "dossier", "number"),
    "columns": ("date", "subject"),
    "docx": ("date", "recipient", "subject", "reference"),
    "html": ("date", "subject"),
    "xml": ("date", "dossier", "number"),
    "old.xml": ("date", "dossier", "number"),
}
SAME = 0.95


class Score:
    """Sums over the letters of one kind of document."""

    def __init__(self) -> None:
        self.wanted = self.found = self.hits = self.exact = self.edits = self.characters = 0
        self.fields = self.right = self.places = self.misplaced = self.pages = self.letters = 0
        self.seconds = 0.0

    def add(self, source: Source, letter: Letter, kind: str, *, places: bool) -> None:
        """Compare what was read of a letter with what was printed."""
        passages = segment(letter, load_pipeline())
        given, gold = [passage.text for passage in passages], source.passages
        self.letters += 1
        self.pages += len(letter.pages)
        self.wanted, self.found = self.wanted + len(gold), self.found + len(given)
        self.exact += len({*given} & {*gold})
        self.hits += sum(any(_same(each, other) for other in given) for each in gold)
        self.edits += Levenshtein.distance(" ".join(gold), " ".join(given))
        self.characters += len(" ".join(gold))
        if places:
            self._check_places(letter, passages)
            values = {**vars(source), "date": source.day.isoformat()}
            for name in FIELDS.get(kind, ()):
                self.fields += 1
                self.right += getattr(letter.metadata, name) == values[name]

    def _check_places(self, letter: Letter, passages: list[Any]) -> None:
        """Check each character of each passage against the characters of its place, in order."""
        for passage in passages:
            place = iter(letter.text[passage.start : passage.end])
            for character in "".join(passage.text.split()):
                self.places += 1
                self.misplaced += not any(character == other for other in place)

    def line(self, name: str) -> str:
        """Row of the table."""
        speed = (self.pages or self.letters) / self.seconds if self.seconds else 0
        f1 = 2 * self.hits / (self.found + self.wanted)
        exact = 2 * self.exact / (self.found + self.wanted)
        fields = f"{self.right / self.fields:.3f}" if self.fields else "–"
        wrong = f"{self.misplaced} of {self.places}" if self.places else "–"
        error = self.edits / self.characters
        unit = "pages" if self.pages else "letters"
        return f"| {name} | {f1:.3f} | {exact:.3f} | {error:.2%} | {fields} | {wrong} | {speed:.0f} {unit} |"


def _same(first: str, second: str) -> bool:
    return Levenshtein.normalized_similarity(first, second, score_cutoff=SAME) >= SAME


def printers() -> dict[str, tuple[str, Callable[[Source], bytes]]]:
    """Suffix and printer of each kind of document."""
    made: dict[str, tuple[str, Callable[[Source], bytes]]] = {
        name: (".pdf", lambda source, layout=layout: documents.pdf(source, layout))
        for name, layout in documents.LAYOUTS.items()
    }
    return {
        **made,
        "docx": (".docx", documents.word_document),
        "html": (".html", documents.html),
        "xml": (".xml", documents.xml),
        "old.xml": (".xml", lambda source: documents.xml(source, old=True)),
    }


def peers() -> dict[str, dict[str, Callable[[bytes], str]]]:
    """Plain text by other libraries, for each kind of document that they read."""
    printed = {"pypdf": _pypdf, "pdfplumber": _pdfplumber}
    found: dict[str, dict[str, Callable[[bytes], str]]] = {
        **{kind: {**printed} for kind in ("ministry", "classic", "chamber")},
        "docx": {},
        "html": {"trafilatura": _trafilatura},
    }
    if find_spec("unstructured") is None:
        print("left out, since it is not installed: unstructured\n")
        return found
    suffixes = {kind: suffix for kind, (suffix, _) in printers().items()}
    for kind, others in found.items():
        others["unstructured"] = lambda data, suffix=suffixes[kind]: _unstructured(data, suffix)
    return found


def _pypdf(data: bytes) -> str:
    import pypdf  # noqa: PLC0415 - peers are loaded where they are asked for

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def _pdfplumber(data: bytes) -> str:
    import pdfplumber  # noqa: PLC0415

    with pdfplumber.open(io.BytesIO(data)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def _trafilatura(data: bytes) -> str:
    import trafilatura  # noqa: PLC0415

    return trafilatura.extract(data.decode(), include_formatting=False) or ""


def _unstructured(data: bytes, suffix: str) -> str:
    """Text of the elements that are part of the running text or stand around it, a blank line between them."""
    partition = import_module(f"unstructured.partition.{suffix[1:]}")
    options = {"strategy": "fast", "languages": ["nld"]} if suffix == ".pdf" else {"languages": ["nld"]}
    elements = getattr(partition, f"partition_{suffix[1:]}")(file=io.BytesIO(data), **options)
    return "\n\n".join(element.text for element in elements if element.category not in {"Header", "Footer"})


def measure(sources: list[Source], folder: Path, scans: int, kinds: list[str]) -> dict[str, Score]:
    """Scores of some kinds of documents."""
    scores: dict[str, Score] = defaultdict(Score)
    read_letter(_saved(folder / "warm.pdf", documents.pdf(sources[0], documents.LAYOUTS["ministry"])))
    others = {kind: own for kind, own in peers().items() if kind in kinds}
    for extract, printer in ((each, printers()[kind][1]) for kind in others for each in others[kind].values()):
        extract(printer(sources[0]))
    for kind, (suffix, printer) in ((kind, printers()[kind]) for kind in kinds):
        for number, source in enumerate(sources):
            data = printer(source)
            _read(scores[kind], source, folder / f"{source.name}{suffix}", data, kind)
            for name, extract in others.get(kind, {}).items():
                started = time.process_time()
                text = extract(data)
                scores[f"{kind}, {name}"].seconds += time.process_time() - started
                scores[f"{kind}, {name}"].add(source, Letter(text), kind, places=False)
            if number < scans and kind in {"ministry", "classic"}:
                for dpi in (300, 200, 150):
                    paper = documents.scan(data, dpi=dpi, seed=number)
                    name = f"{kind}, scanned at {dpi} dpi"
                    _read(scores[name], source, folder / f"scan-{source.name}.pdf", paper, kind)
    return scores


def _read(score: Score, source: Source, path: Path, data: bytes, kind: str) -> None:
    _saved(path, data)
    started = time.process_time()
    letter = read_letter(path)
    score.seconds += time.process_time() - started
    score.add(source, letter, kind, places=True)
    path.unlink()


def _saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def fuzz(source: Source, folder: Path, count: int) -> None:
    """Read damaged files; anything but letters or a `ReadingError` stops the run."""
    dice = random.Random(1)  # noqa: S311 - the same files in each run
    outcomes: dict[str, int] = defaultdict(int)
    slowest = 0.0
    for kind, (suffix, printer) in printers().items():
        whole = printer(source)
        for _ in range(count // len(printers())):
            data = bytearray(whole)
            for _ in range(dice.randrange(1, 12)):
                at = dice.randrange(len(data))
                data[at : at + dice.randrange(30)] = dice.randbytes(dice.randrange(12))
            path = _saved(folder / f"fuzz{suffix}", bytes(data))
            started = time.process_time()
            try:
                outcomes["read"] += len([*read_letters(path)])
            except ReadingError:
                outcomes["refused"] += 1
            slowest = max(slowest, time.process_time() - started)
            if [*folder.glob("fuzz*")] != [path]:
                raise AssertionError(f"{kind}: a file was written")
            path.unlink()
    print(f"\nfuzzing: {dict(outcomes)}, slowest {slowest:.1f} s")


def long_letter(source: Source, folder: Path, times: int) -> None:
    """Read a letter that repeats itself, in a process of its own, and tell its time and memory."""
    long = replace(source, parts=source.parts * times)
    path = _saved(folder / "long.pdf", documents.pdf(long, documents.LAYOUTS["ministry"]))
    code = (
        "import re, sys, time; from mhnlp.reading import read_letter\n"
        "letter = read_letter(sys.argv[1])\n"
        "print(len(letter.pages), 'pages:', round(time.process_time(), 1), 's,',"
        " int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024, 'MB')"
    )
    command = [sys.executable, "-c", code, str(path)]
    print("\n" + subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())  # noqa: S603


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=100)
    parser.add_argument("--kinds", nargs="+", default=[*printers()], choices=[*printers()], help="of documents")
    parser.add_argument("--scans", type=int, default=0, help="letters to scan, in two layouts at three resolutions")
    parser.add_argument("--fuzz", type=int, default=0, help="damaged files to read")
    parser.add_argument("--long", type=int, default=0, help="times to repeat a letter that is read in one go")
    options = parser.parse_args()
    known = documents.sources()
    sources = [*known[:: max(1, len(known) // options.letters)]][: options.letters]
    with TemporaryDirectory() as name:
        scores = measure(sources, Path(name), options.scans, options.kinds)
        print("| document | passages F1 | exact F1 | character error | metadata | wrong places | a second |")
        print("|---|---|---|---|---|---|---|")
        for kind, score in scores.items():
            print(score.line(kind))
        if options.long:
            long_letter(sources[0], Path(name), options.long)
        if options.fuzz:
            fuzz(sources[0], Path(name), options.fuzz)


if __name__ == "__main__":
    main()

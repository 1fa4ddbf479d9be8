"""What scanning costs in labels: held-out letters labelled from their clean text and from scans of their print.

    OMP_THREAD_LIMIT=1 python benchmarks/scans.py --letters 40 --dpi 300 200 150 --keep FOLDER

Letters of one round of the shipped corpus, by default its newest, are printed, each in one of two layouts, scanned and
recognised. The recipe of the model `fast` is trained on the letters that are not among those that could be drawn. The
model `accurate` is taken as it is: its encoder was trained on these letters, so that its scores are too high, and only
the difference between clean and scanned text counts.

A passage takes the labels of the passage read that shares most words with it. One of which less than half of the words
was read into one passage has no label at all, and counts as missed. It is whole if at most 5 in 100 of its characters
differ. Passages read that stand for none, such as footnotes, are counted beside. Differences are paired by letter.
Recognition is slow; with ``--keep`` what was read is kept, and a run that was cut off goes on.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rapidfuzz.distance import LCSseq, Levenshtein
from sklearn.base import clone

import mhnlp
from mhnlp.comparison import compare_given
from mhnlp.dutch import load_pipeline
from mhnlp.files import replaced
from mhnlp.resources import corpus_folder
from mhnlp.segmentation import segment

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from documents import Source
    from mhnlp.annotations.corpus import AnnotatedCorpus
    from mhnlp.classifier import PassageClassifier

    Indicators = NDArray[np.int_]

PRINTED = ("ministry", "classic")
WHOLE = 0.95
SEED = 0


@dataclass(frozen=True)
class Job:
    """A letter to print, scan and read; `number` chooses its layout and its noise."""

    source: Source
    number: int
    dpi: int
    folder: Path

    def read(self) -> list[str]:
        """Texts of the passages that are read from the scan."""
        kept = self.folder / f"{self.source.name}-{self.dpi}.json"
        if not kept.exists():
            layout = documents.LAYOUTS[PRINTED[self.number % len(PRINTED)]]
            paper = kept.with_suffix(".pdf")
            paper.write_bytes(documents.scan(documents.pdf(self.source, layout), dpi=self.dpi, seed=self.number))
            texts = [passage.text for passage in segment(mhnlp.read_letter(paper), load_pipeline())]
            paper.unlink()
            with replaced(kept) as partial:
                partial.write_text(json.dumps(texts, ensure_ascii=False, indent=1), encoding="utf-8")
            print(f"read {self.source.name} at {self.dpi} dpi", file=sys.stderr, flush=True)
        return list(json.loads(kept.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Scans:
    """The passages of some letters, for each the passage read from the scan that stands for it, if any, and others."""

    gold: AnnotatedCorpus
    found: list[str | None]
    others: int

    @classmethod
    def of(cls, gold: AnnotatedCorpus, letters: Sequence[tuple[list[str], list[str]]]) -> Scans:
        """Compare the passages of each letter with those read."""
        found = [match(passages, read) for passages, read in letters]
        others = sum(len({*read} - {*own}) for (_, read), own in zip(letters, found, strict=True))
        return cls(gold, [text for own in found for text in own], others)

    def line(self, dpi: int) -> str:
        """Row of the table of what was read."""
        texts = self.gold.texts
        read = [each or "" for each in self.found]
        whole = sum(Levenshtein.normalized_similarity(*pair) >= WHOLE for pair in zip(texts, read, strict=True))
        exact = sum(text == own for text, own in zip(texts, read, strict=True))
        return f"| {dpi} dpi | {len(texts)} | {exact} | {whole} | {self.found.count(None)} | {self.others} |"

    def labels(self, classifier: PassageClassifier) -> Indicators:
        """Decisions on the passages read, shape (n_passages, n_labels), without any where none was read."""
        given = np.zeros_like(self.gold.y)
        known = [place for place, text in enumerate(self.found) if text]
        given[known] = classifier.predict([self.found[place] for place in known])
        return given


def letters_of(number: int | None) -> list[Source]:
    """Letters of a round, by default the newest, that can be printed; shuffled, so that the first are a sample."""
    rounds = pd.read_csv(corpus_folder() / "letters.csv").set_index("letter")["round"]
    found = [source for source in documents.sources() if rounds[source.name] == (number or rounds.max())]
    random.Random(SEED).shuffle(found)  # noqa: S311 - the same letters in each run
    return found


def printed_passages(corpus: AnnotatedCorpus, sources: Sequence[Source]) -> AnnotatedCorpus:
    """Coded passages of the letters in their order, with the texts that a reader ought to find."""
    coded = {source.name: [each for each in corpus if each.letter == source.name] for source in sources}
    return replace(
        corpus,
        passages=tuple(
            replace(passage, text=text)
            for source in sources
            for passage, text in zip(coded[source.name], source.passages, strict=True)
        ),
    )


def match(gold: Sequence[str], given: Sequence[str]) -> list[str | None]:
    """For each passage the one read that shares most of its words in order, if at least half of them."""
    places, words = _words(gold)
    own_places, own_words = _words(given)
    shared: list[Counter[int]] = [Counter() for _ in gold]
    for step in LCSseq.opcodes(words, own_words):
        if step.tag == "equal":
            for at in range(step.src_end - step.src_start):
                shared[places[step.src_start + at]][own_places[step.dest_start + at]] += 1
    best = [max(counter.items(), key=lambda pair: pair[1], default=(0, 0)) for counter in shared]
    return [
        given[own] if count and 2 * count >= len(text.split()) else None
        for (own, count), text in zip(best, gold, strict=True)
    ]


def _words(texts: Sequence[str]) -> tuple[list[int], list[str]]:
    pairs = [(place, word) for place, text in enumerate(texts) for word in text.split()]
    return [place for place, _ in pairs], [word for _, word in pairs]


def scan_all(sources: Sequence[Source], gold: AnnotatedCorpus, options: argparse.Namespace) -> dict[int, Scans]:
    """Read the scans of all letters at each resolution."""
    context = TemporaryDirectory() if options.keep is None else nullcontext(options.keep)
    with context as folder, ProcessPoolExecutor(options.jobs) as pool:
        Path(folder).mkdir(parents=True, exist_ok=True)
        jobs = [Job(source, n, dpi, Path(folder)) for n, source in enumerate(sources) for dpi in options.dpi]
        read = {(job.source.name, job.dpi): texts for job, texts in zip(jobs, pool.map(Job.read, jobs), strict=True)}
    return {dpi: Scans.of(gold, [(each.passages, read[each.name, dpi]) for each in sources]) for dpi in options.dpi}


def train_fast(corpus: AnnotatedCorpus, held_out: Sequence[Source]) -> PassageClassifier:
    """Train the recipe of the model `fast` on all other letters, with the penalty and class weight that it chose."""
    names = {source.name for source in held_out}
    known = replace(corpus, passages=tuple(each for each in corpus if each.letter not in names))
    shipped = mhnlp.load_model("fast").classifier
    chosen = {"penalties": (shipped.scorer_.C,), "class_weights": (shipped.scorer_.class_weight,)}
    classifier: PassageClassifier = clone(shipped).set_params(**chosen)
    return classifier.fit(known.texts, known.y, groups=known.letters, parts=known.parts())


def compare(name: str, classifier: PassageClassifier, gold: AnnotatedCorpus, scans: dict[int, Scans]) -> None:
    """Print a row for each resolution."""
    clean = classifier.predict(gold.texts)
    for dpi, own in scans.items():
        found = compare_given(gold, clean, own.labels(classifier), ("clean", f"{dpi} dpi"))
        pillars, sentiment = (
            f"{each.old:.3f} | {each.new:.3f} | {each.difference}" for each in (found.pillars, found.sentiment)
        )
        print(f"| {name} | {dpi} dpi | {pillars} | {sentiment} |", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=40)
    parser.add_argument("--round", type=int, help="of the corpus, by default its newest")
    parser.add_argument("--dpi", type=int, nargs="+", default=[300, 200, 150])
    parser.add_argument("--jobs", type=int, default=2, help="letters read at once")
    parser.add_argument("--keep", type=Path, help="folder of what was read, for a run that goes on")
    options = parser.parse_args()
    corpus, candidates = mhnlp.load_corpus(), letters_of(options.round)
    sources = candidates[: options.letters]
    gold = printed_passages(corpus, sources)
    scans = scan_all(sources, gold, options)
    print(f"corpus {corpus.digest}, {len(sources)} letters, {len(gold)} passages; {len(candidates)} held out\n")
    print("| scanned at | passages | read exactly | whole | not read | others |\n|---|---|---|---|---|---|")
    for dpi, own in scans.items():
        print(own.line(dpi))
    print("\n| model | scanned at | pillars, clean | scanned | difference | sentiment, clean | scanned | difference |")
    print(f"|{'---|' * 8}")
    compare("fast, trained on other letters", train_fast(corpus, candidates), gold, scans)
    compare("accurate, which has seen these letters", mhnlp.load_model("accurate").classifier, gold, scans)


if __name__ == "__main__":
    main()

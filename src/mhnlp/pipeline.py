"""`classify`: the steps from a letter to its labels, joined."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from mhnlp.dutch import load_pipeline
from mhnlp.errors import TextError
from mhnlp.language import foreign_language
from mhnlp.letter import Letter, Passage
from mhnlp.model import Model, load_model
from mhnlp.reading import SUFFIXES, read_letter
from mhnlp.results import LabelledLetter, LabelledLetters, LabelledPassage
from mhnlp.segmentation import segment

if TYPE_CHECKING:
    from mhnlp.labelling import LabelledText

Unit = Literal["passage", "sentence"]
Source = str | Path | Letter

logger = logging.getLogger(__name__)

BATCH = 32
"""Letters that are scored at once."""

MAX_CHARACTERS = 2_000_000
"""Longest text that is one letter: about 700 pages."""


@overload  # a str is an iterable of str, but it is one letter, not several
def classify(  # type: ignore[overload-overlap]
    source: Source, *, model: str | Path | Model | None = None, unit: Unit = "passage"
) -> LabelledLetter: ...
@overload
def classify(
    source: Iterable[Source], *, model: str | Path | Model | None = None, unit: Unit = "passage"
) -> LabelledLetters: ...
def classify(
    source: Source | Iterable[Source], *, model: str | Path | Model | None = None, unit: Unit = "passage"
) -> LabelledLetter | LabelledLetters:
    """Label the passages of a letter, or of several.

    Parameters
    ----------
    source
        The text of a letter, the `pathlib.Path` of a file, a `Letter`, or an iterable of these.
    model
        A `Model`, or the name or folder of one; by default the model that comes with the package.
    unit
        Whether each passage is labelled, or each sentence.

    Returns
    -------
    LabelledLetter or LabelledLetters
        The labelled passages of the letter; for an iterable, one `LabelledLetter` for each of its items.

    Raises
    ------
    TextError
        If a text is empty, too long for a letter, not Dutch, has no running text, or is a path given as a string.
    ReadingError
        If a file cannot be read.
    ModelError, PipelineError
        If the model or its Dutch pipeline cannot be used.

    Examples
    --------
    >>> letter = classify("De wachttijd voor de opvang van slachtoffers is helaas opgelopen.")
    >>> letter[0].pillars, letter[0].sentiment
    (('shelter',), 'negative')
    """
    if unit not in {"passage", "sentence"}:
        raise ValueError(f"unit is 'passage' or 'sentence', not {unit!r}")
    chosen = model if isinstance(model, Model) else load_model(model)
    if isinstance(source, str | Path | Letter):
        return _classify_all([source], chosen, unit)[0]
    if not _is_several(source):
        raise TypeError(f"a letter is a text, a Path or a Letter, not {type(source).__name__}")
    return LabelledLetters(tuple(_classify_all(source, chosen, unit)), chosen.card.scheme)


def label_letters(letters: Sequence[Letter], model: Model, unit: Unit) -> list[LabelledLetter | Exception]:
    """Label several letters at once.

    Parameters
    ----------
    letters
        A few dozen letters; memory grows with their number.
    model
        The model.
    unit
        Whether each passage is labelled, or each sentence.

    Returns
    -------
    list
        For each letter its labels, or the error that it gave, which does not harm the others.
    """
    found = [_try_units(letter, model, unit) for letter in letters]
    texts = [each.text for units in found if not isinstance(units, Exception) for each in units]
    labels = iter(model.label(texts))
    return [
        units if isinstance(units, Exception) else _join_letter(letter, units, labels, model)
        for letter, units in zip(letters, found, strict=True)
    ]


def label_letter(letter: Letter, model: Model, unit: Unit) -> LabelledLetter:
    """Label a letter; one without running text has no passages.

    Raises
    ------
    TextError
        If the text is too long for a letter, or not Dutch.
    """
    units = _units(letter, model, unit)
    return _join_letter(letter, units, iter(model.label([each.text for each in units])), model)


def _classify_all(sources: Iterable[Source], model: Model, unit: Unit) -> list[LabelledLetter]:
    labelled: list[LabelledLetter] = []
    for batch in _batches(map(_as_letter, sources)):
        for each in label_letters(batch, model, unit):
            if isinstance(each, Exception):
                raise each
            labelled.append(each)
    return labelled


def _batches(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    remaining = iter(letters)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _try_units(letter: Letter, model: Model, unit: Unit) -> list[Passage] | Exception:
    try:
        return _some_units(letter, model, unit)
    except Exception as error:  # noqa: BLE001 - the caller decides; one letter must not stop those beside it
        return error


def _some_units(letter: Letter, model: Model, unit: Unit) -> list[Passage]:
    if not letter.text.strip():
        raise TextError(f"{_name(letter)} is empty")
    units = _units(letter, model, unit)
    if not units:
        raise TextError(f"{_name(letter)} has no running text: no sentence was found in it")
    return units


def _units(letter: Letter, model: Model, unit: Unit) -> list[Passage]:
    _check(letter)
    passages = segment(letter, load_pipeline(model.pipeline.name))
    # Names and numbers alone: what a letter says has no place in a log.
    logger.debug("%s: %d passages, model %s", letter.name or "text", len(passages), model.fingerprint)
    return passages if unit == "passage" else [own for passage in passages for own in _sentences(passage)]


def _join_letter(letter: Letter, units: list[Passage], labels: Iterator[LabelledText], model: Model) -> LabelledLetter:
    return LabelledLetter(
        letter=letter,
        passages=tuple(_join(letter, passage, next(labels), model.fingerprint) for passage in units),
        model=model.fingerprint,
        scheme=model.card.scheme,
    )


def _is_several(source: object) -> bool:
    return isinstance(source, Iterable) and not isinstance(source, bytes)


def _as_letter(source: object) -> Letter:
    if isinstance(source, Letter):
        return source
    if isinstance(source, Path):
        return read_letter(source)
    if not isinstance(source, str):
        raise TypeError(f"a letter is a text, a Path or a Letter, not {type(source).__name__}")
    if len(source) < 1000 and "\n" not in source and Path(source).suffix.lower() in SUFFIXES:
        raise TextError(f"{source!r} looks like a path, but a string is taken for text; give Path({source!r}) instead")
    return Letter(source)


def _check(letter: Letter) -> None:
    if len(letter.text) > MAX_CHARACTERS:
        raise TextError(
            f"{_name(letter)} has {len(letter.text):,} characters, and a letter has at most {MAX_CHARACTERS:,}; "
            "if it holds many letters, split it into files and label the folder"
        )
    language = foreign_language(letter.text)
    if language:
        raise TextError(f"{_name(letter)} is in {language}; the models label Dutch text only")


def _name(letter: Letter) -> str:
    return f"The letter {letter.name!r}" if letter.name else "The text"


def _sentences(passage: Passage) -> list[Passage]:
    return [
        Passage(each.text, each.start, each.end, kind="sentence", heading=passage.heading, sentences=(each,))
        for each in passage.sentences
    ]


def _join(letter: Letter, passage: Passage, labels: LabelledText, model: str) -> LabelledPassage:
    return LabelledPassage(
        **vars(labels),
        text=passage.text,
        start=passage.start,
        end=passage.end,
        heading=passage.heading,
        kind=passage.kind,
        page=letter.page_of(passage.start),
        model=model,
    )

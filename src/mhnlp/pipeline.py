"""`classify`: the steps from a letter to its labels, joined."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, overload

from mhnlp.dutch import load_pipeline
from mhnlp.errors import TextError
from mhnlp.language import foreign_language
from mhnlp.letter import Letter, Passage
from mhnlp.model import Model, load_model
from mhnlp.reading import SUFFIXES, read_letter
from mhnlp.results import LabelledLetter, LabelledLetters, LabelledPassage, LabelledText
from mhnlp.segmentation import segment

Unit = Literal["passage", "sentence"]
Source = str | Path | Letter

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
        return _classify_letter(_as_letter(source), chosen, unit)
    if not _is_several(source):
        raise TypeError(f"a letter is a text, a Path or a Letter, not {type(source).__name__}")
    letters = tuple(_classify_letter(_as_letter(each), chosen, unit) for each in source)
    return LabelledLetters(letters, chosen.card.scheme)


def _classify_letter(letter: Letter, model: Model, unit: Unit) -> LabelledLetter:
    _check(letter)
    passages = segment(letter, load_pipeline(model.pipeline.name))
    if not passages:
        raise TextError(f"{_name(letter)} has no running text: no sentence was found in it")
    if unit == "sentence":
        passages = [sentence for passage in passages for sentence in _sentences(passage)]
    labels = model.label([passage.text for passage in passages])
    return LabelledLetter(
        letter=letter,
        passages=tuple(_join(letter, passage, own) for passage, own in zip(passages, labels, strict=True)),
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
    if not letter.text.strip():
        raise TextError(f"{_name(letter)} is empty")
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


def _join(letter: Letter, passage: Passage, labels: LabelledText) -> LabelledPassage:
    return LabelledPassage(
        **vars(labels),
        text=passage.text,
        start=passage.start,
        end=passage.end,
        heading=passage.heading,
        kind=passage.kind,
        page=letter.page_of(passage.start),
    )

"""The rules by which records become codes.

- A record without any label is left out, and so is one that its coder rejected, ignored, skipped or left unfinished.
- A passage has exactly one sentiment: two are a problem; none is one too, unless a default is given. A sentiment
  without pillars means that the passage has none; ``none`` says so outright.
- An unknown label, a cell that is neither a mark nor empty, an empty text, and a coder who is missing in a file that
  names the others are problems.
- A passage that one coder coded twice counts once if the codes are the same, and is a problem if they are not.
- Where the original passages are given, their texts are put back; a text that is another one is a problem.

Problems are collected, so that all of them are told at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mhnlp.annotations.coded import CodedPassage, text_id
from mhnlp.annotations.raw import ABOUT, Cell, Place, Raw, Source
from mhnlp.annotations.vocabulary import Reading, Vocabulary, is_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mhnlp.errors import Problem

SAME_TEXT = 0.5
"""Share of words in common from which a text is a changed one, and not another."""


@dataclass
class Coding:
    """Turns records into codes, and collects what is wrong and what was left out.

    Parameters
    ----------
    vocabulary
        Reads the labels.
    default_sentiment
        Sentiment of passages that have labels, but no sentiment.
    codes_needed
        Whether a record without labels is left out; if not, it is a passage that nobody coded.
    problems, notices
        What is wrong, and what was left out or put back.
    """

    vocabulary: Vocabulary
    default_sentiment: str | None = None
    codes_needed: bool = True
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)

    def code(self, raw: Raw) -> CodedPassage | None:
        """Give the codes of a record, None if it is left out or something is wrong with it."""
        before = len(self.problems)
        reading = self._reading(raw)
        left_out = raw.skipped or ("not labelled" if reading.empty else "")
        if left_out and self.codes_needed:
            self.notices.append(raw.place.problem("", "", f"left out: {left_out}"))
            return None
        if not raw.text.strip():
            self._note(raw, "text", raw.text, "the text is empty")
        sentiment = "" if left_out else self._sentiment(raw, reading)
        if reading.none and reading.pillars:
            self._note(raw, "pillars", _given(raw), f"says no pillar, and {', '.join(sorted(reading.pillars))}")
        if self.codes_needed and not raw.coder:
            message = "the coder is missing, and other records name theirs; say whose these are (coder=…, --coder …)"
            self._note(raw, "coder", "", message)
        if len(self.problems) > before:
            return None
        about = {name: value for name in ABOUT[1:] if (value := raw.about.get(name, ""))}
        return CodedPassage(
            id=raw.about.get("id") or text_id(raw.text, raw.about.get("letter", "")),
            text=raw.text,
            coder=raw.coder,
            pillars=() if left_out else self.vocabulary.scheme.in_order(reading.pillars),
            sentiment=sentiment,
            reason=raw.reason,
            **{"letter": "", **about},
        )

    def _reading(self, raw: Raw) -> Reading:
        found = Reading()
        for cell in raw.cells:
            own = self._mark(raw, cell) if cell.mark else self.vocabulary.read(cell.value, cell.kind)
            for value, message in own.problems:
                self._note(raw, cell.column, value, message)
            found |= own
        return found

    def _mark(self, raw: Raw, cell: Cell) -> Reading:
        named = self.vocabulary.read(cell.mark)
        marked = is_mark(cell.value)
        if marked is None and self.vocabulary.read(cell.value) != named:
            self._note(raw, cell.column, cell.value, "is neither a mark (x, 1, ja) nor empty")
        return Reading() if marked is False else named

    def _sentiment(self, raw: Raw, reading: Reading) -> str:
        scheme = self.vocabulary.scheme
        given = [each for each in scheme.sentiments if each in reading.sentiments]
        if len(given) > 1:
            message = (
                f"has {len(given)} sentiments ({', '.join(given)}), and a passage has exactly one; if the tool merged "
                "the labels of several coders, export them apart"
            )
            self._note(raw, _column(raw, "sentiment"), _given(raw), message)
        if not given and self.default_sentiment is None and not reading.problems:
            message = f"has no sentiment; a passage has exactly one of {', '.join(scheme.sentiments)}"
            self._note(raw, _column(raw, "sentiment"), _given(raw), message)
        return given[0] if given else self.default_sentiment or ""

    def _note(self, raw: Raw, column: str, value: str, message: str) -> None:
        self.problems.append(raw.place.problem(column, value, message))


def _column(raw: Raw, kind: str) -> str:
    """Column in which a label of a kind is looked for."""
    return next((cell.column for cell in raw.cells if cell.kind in {kind, ""} and not cell.mark), kind)


def _given(raw: Raw) -> str:
    return "; ".join(cell.column if cell.mark else cell.value for cell in raw.cells)


def name_coders(sources: Iterable[Source], coder: str | None, names: Mapping[str, str]) -> None:
    """Give every record its coder.

    A file of which no record names a coder is the work of one: of `coder`, else of who the file is named after.

    Parameters
    ----------
    sources
        The records, which are changed.
    coder
        Who coded what names nobody.
    names
        Other names for coders.
    """
    for source in sources:
        fallback = coder or ("" if any(raw.coder for raw in source.raws) else source.coder)
        for raw in source.raws:
            name = raw.coder.strip() or fallback
            raw.coder = names.get(name, name)


def merge_repeated(
    coded: Iterable[tuple[Place, CodedPassage]],
) -> tuple[list[CodedPassage], list[Problem], list[Problem]]:
    """Let each passage stand once a coder.

    Returns
    -------
    tuple
        The records; those coded twice in different ways, as problems; those coded twice alike, as notices.
    """
    seen: dict[tuple[str, str], tuple[Place, CodedPassage]] = {}
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    notices: list[Problem] = []
    for place, own in coded:
        first_place, first = seen.setdefault((own.id, own.coder), (place, own))
        if texts.setdefault(own.id, own.text) != own.text:
            problems.append(place.problem("text", own.text[:60], f"passage {own.id!r} has another text elsewhere"))
        elif first_place is not place:
            where = f"coded by {own.coder!r} before, in {first_place.file}, {first_place.unit} {first_place.number}"
            if first.codes == own.codes:
                notices.append(place.problem("", "", f"left out: {where}, alike"))
            else:
                problems.append(place.problem("id", own.id, f"{where}, and otherwise; keep one of them"))
    return [own for _, own in seen.values()], problems, notices


def put_back(raws: Iterable[Raw], originals: Mapping[str, CodedPassage]) -> tuple[list[Problem], list[Problem]]:
    """Put the original text in the place of one that a tool changed, and add what the original knows.

    Parameters
    ----------
    raws
        The records, which are changed.
    originals
        The original passages by their ids.

    Returns
    -------
    tuple
        Records that belong to no original, as problems; changed texts, as notices.
    """
    by_text = {_squeezed(own.text): own for own in originals.values()}
    problems: list[Problem] = []
    notices: list[Problem] = []
    for raw in raws:
        given = raw.about.get("id", "")
        original = originals.get(given) or by_text.get(_squeezed(raw.text))
        if original is None:
            message = "is not among the original passages, neither by its id nor by its text"
            problems.append(raw.place.problem("id", given or raw.text[:60], message))
        elif raw.text.strip() and _common(raw.text, original.text) < SAME_TEXT:
            message = f"is another text than that of passage {original.id!r}, which begins {original.text[:60]!r}"
            problems.append(raw.place.problem("text", raw.text[:60], message))
        else:
            if raw.text != original.text:
                notices.append(raw.place.problem("text", *_change(raw.text, original)))
            raw.text = original.text
            raw.about = {name: getattr(original, name) for name in ABOUT}
    return problems, notices


def _change(text: str, original: CodedPassage) -> tuple[str, str]:
    """Where a text first differs from the original, and in what."""
    pairs = zip(text, original.text, strict=False)
    at = next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(text), len(original.text)))
    what = "spaces or line ends" if _squeezed(text) == _squeezed(original.text) else "words"
    here, there = text[at : at + 30], original.text[at : at + 30]
    return here, f"the original text of passage {original.id!r} was put back: {what} differ from {there!r} on"


def _common(text: str, other: str) -> float:
    """Share of the words of the longer text that both have."""
    if text == other:
        return 1.0
    own, others = Counter(text.split()), Counter(other.split())
    return (own & others).total() / max(own.total(), others.total(), 1)


def _squeezed(text: str) -> str:
    return " ".join(text.split())

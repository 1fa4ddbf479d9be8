"""JSON as doccano, Label Studio (JSON_MIN), Prodigy and people write it: an object a record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mhnlp.annotations.raw import ABOUT, KINDS, Cell, Options, Place, Raw, Source, find_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mhnlp.annotations.vocabulary import Vocabulary

Record = tuple[Place, dict[str, Any]]

SKIPPED = {"reject": "rejected by the coder", "ignore": "ignored by the coder"}
"""Answers of Prodigy that give no codes."""


def json_records(text: str, source: Source) -> list[Record]:
    """Objects of a JSON list or of JSON lines, with their places; what is no object is a problem."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("["):
        return _list_records(start, source)
    records: list[Record] = []
    for line, content in enumerate(text.split("\n"), 1):
        place = Place(source.name, line)
        if not content.strip():
            continue
        try:
            value = json.loads(content)
        except json.JSONDecodeError as error:
            source.problems.append(place.problem("", content[:40], f"is no JSON: {error.msg}"))
            continue
        _add(records, place, value, source)
    return records


def _list_records(text: str, source: Source) -> list[Record]:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"is no JSON: {error.msg}"
        source.problems.append(Place(source.name, error.lineno).problem("", error.doc[error.pos :][:40], message))
        return []
    records: list[Record] = []
    for number, value in enumerate(values, 1):
        _add(records, Place(source.name, number, "record"), value, source)
    return records


def _add(records: list[Record], place: Place, value: Any, source: Source) -> None:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        records.append((place, value))
    else:
        source.problems.append(place.problem("", str(value)[:40], "is no JSON object"))


def recognise(records: list[Record]) -> str:
    """Tell which program wrote the records: by the fields that only it writes."""
    names = {name for _, record in records[:50] for name in record}
    for program, marks in (
        ("label-studio", ("annotations", "data")),
        ("label-studio-min", ("annotation_id",)),
        ("prodigy", ("accept", "_task_hash", "_view_id")),
        ("doccano", ("Comments", "label")),
    ):
        if any(mark in names for mark in marks):
            return program
    return "jsonl"


def read_records(records: Iterable[Record], program: str, source: Source, reading: Options) -> None:
    """Read records as a program writes them into a source; what is otherwise made is a problem at its place.

    Parameters
    ----------
    records
        The records.
    program
        One of the names that `recognise` gives.
    source
        Takes them.
    reading
        How labels are read, and whether predictions are.
    """
    read = {"prodigy": _prodigy, "label-studio": _label_studio}.get(program, _flat)
    for place, record in records:
        try:
            source.raws += read(place, record, reading)
        except (AttributeError, KeyError, TypeError) as error:
            message = f"is not made as {program} makes it ({error!r})"
            source.problems.append(place.problem("", json.dumps(record, ensure_ascii=False)[:40], message))


def _flat(place: Place, record: dict[str, Any], reading: Options) -> list[Raw]:
    """Read a record whose fields stand at the top: doccano's, JSON_MIN of Label Studio, and one's own."""
    raw = _raw(place, record)
    taken = set(find_fields(record).values())
    for name, value in record.items():
        if isinstance(value, dict) and "choices" in value and name not in taken:
            raw.cells.append(Cell(name, _labels(value)))
        elif name not in taken and isinstance(value, bool) and (label := reading.vocabulary.column(name)):
            raw.cells.append(Cell(name, str(value), mark=label))
    if record.get("annotation_id", 1) is None:
        raw.skipped = "not annotated"
    return [raw]


def _prodigy(place: Place, record: dict[str, Any], reading: Options) -> list[Raw]:
    """Read what Prodigy's ``choice`` interface gives: labels in ``accept``, one answer a record."""
    raw = _raw(place, {**(record.get("meta") or {}), **record})
    options = {str(each["id"]): str(each.get("text", "")) for each in record.get("options") or []}
    chosen = [_option(str(name), options, reading.vocabulary) for name in record.get("accept") or []]
    raw.cells = [Cell("accept", json.dumps(chosen, ensure_ascii=False))] if chosen else []
    raw.coder = _text(record.get("_annotator_id") or record.get("_session_id") or raw.coder)
    raw.skipped = SKIPPED.get(record.get("answer", "accept"), "")
    return [raw]


def _label_studio(place: Place, task: dict[str, Any], reading: Options) -> list[Raw]:
    """Read a task of Label Studio: a record an annotation, or a prediction if these are asked for."""
    number = task.get("id", place.number)
    place = Place(place.file, int(number), "task")
    values = {"id": number, **task["data"]}
    answers = [each for each in task.get("predictions" if reading.predictions else "annotations") or [] if _full(each)]
    if not answers:
        left = "not annotated, but predicted" if task.get("predictions") else "not annotated"
        return [_raw(place, values, skipped=left)]
    raws: list[Raw] = []
    for answer in answers:
        raw = _raw(place, values, skipped="skipped by the coder" if answer.get("was_cancelled") else "")
        raw.cells = [_choice(each) for each in answer["result"] if each.get("type") == "choices"]
        raw.reason = " ".join(_text(each["value"]["text"]) for each in answer["result"] if each["type"] == "textarea")
        raw.coder = _who(answer.get("model_version") if reading.predictions else answer.get("completed_by"))
        raws.append(raw)
    return raws


def _full(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    """Whether it is an annotation and not its number alone, as Label Studio's short form has it."""
    return isinstance(value, dict) and isinstance(value.get("result"), list)


def _raw(place: Place, record: dict[str, Any], *, skipped: str = "") -> Raw:
    fields = find_fields(record)
    return Raw(
        place=place,
        text=_text(record.get(fields.get("text", ""))),
        cells=[
            Cell(fields[name], _labels(record[fields[name]]), kind=kind)
            for name, kind in KINDS.items()
            if name in fields
        ],
        coder=_who(record.get(fields.get("coder", ""))),
        reason=_text(record.get(fields.get("reason", ""))),
        about={name: _text(record[fields[name]]) for name in ABOUT if name in fields},
        skipped=skipped,
    )


def _choice(answer: dict[str, Any]) -> Cell:
    name = str(answer.get("from_name", ""))
    kind = next((KINDS[own] for own in find_fields([name]) if own in KINDS), "")
    return Cell(name, _labels(answer.get("value")), kind=kind)


def _option(name: str, options: dict[str, str], vocabulary: Vocabulary) -> str:
    """Name of a chosen option: its id, or its text where the id says nothing."""
    text = options.get(name, "")
    return text if text and vocabulary.read(name).problems and not vocabulary.read(text).problems else name


def _who(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    return str(value.get("email") or value.get("id") or "") if isinstance(value, dict) else _text(value)


def _labels(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        value = value.get("choices", value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else _text(value)


def _text(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)

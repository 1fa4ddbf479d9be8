"""From passages to the files of annotation tools."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mhnlp.annotations.coded import COLUMNS, CodedPassage, CodedPassages, cells
from mhnlp.annotations.importing import coded_rows, of_corpus, read_passages
from mhnlp.annotations.raw import ABOUT
from mhnlp.annotations.tables import write_table
from mhnlp.annotations.vocabulary import DUTCH, NONE
from mhnlp.annotations.workbook import write_workbook
from mhnlp.errors import MhnlpError
from mhnlp.files import replaced
from mhnlp.labels import SCHEME, LabelScheme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    from mhnlp.annotations.corpus import AnnotatedCorpus
    from mhnlp.results import LabelledLetter, LabelledLetters

FORMATS = {"doccano": ".jsonl", "label-studio": ".json", "prodigy": ".jsonl", "csv": ".csv", "excel": ".xlsx"}
"""Formats that are written, each with its suffix."""

PROVENANCE = ("passage", *ABOUT[1:])
"""Names under which a tool carries where a passage comes from. Not ``id``, which doccano overwrites with its own."""


def export_annotations(
    data: str | Path | AnnotatedCorpus | CodedPassages | LabelledLetter | LabelledLetters | pd.DataFrame,
    path: str | Path,
    *,
    format: str | None = None,  # noqa: A002 - the word that people look for
    prefill: bool = False,
    scheme: LabelScheme = SCHEME,
) -> Path:
    """Write passages as a file for an annotation tool, or for people to code in a spreadsheet.

    Parameters
    ----------
    data
        Passages: a file, a corpus, coded passages, labelled letters, or a table with a column ``text``.
    path
        The file to write.
    format
        ``"doccano"``, ``"label-studio"``, ``"prodigy"``, ``"csv"`` or ``"excel"``; by default ``"csv"`` or ``"excel"``
        by the suffix of `path`.
    prefill
        Whether labels that are known go along; people who see labels tend to keep them, so by default they do not.
    scheme
        The labels.

    Returns
    -------
    Path
        The file. Prefilled labels stand in Label Studio as predictions. In doccano and Prodigy they go without the name
        and the reasons of who gave them: whoever works on them there is their coder.

    Raises
    ------
    MhnlpError
        If the format is unknown, or labels of several coders are to be prefilled where a tool takes one coder's.
    AnnotationError
        If the passages cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from mhnlp import load_corpus
    >>> with TemporaryDirectory() as folder:
    ...     file = export_annotations(load_corpus(), Path(folder) / "tasks.jsonl", format="doccano")
    ...     len(file.read_text(encoding="utf-8").splitlines()) == len(load_corpus())
    True
    """
    path = Path(path)
    chosen = format or {".csv": "csv", ".xlsx": "excel"}.get(path.suffix.lower())
    if chosen not in FORMATS:
        raise MhnlpError(f"{path}: name the format to write, one of {', '.join(FORMATS)} (found {format!r})")
    coded = as_coded(data, scheme)
    records = list(coded) if prefill else _uncoded(coded)
    repeated = len({each.id for each in records}) < len(records)
    if repeated and chosen in {"doccano", "prodigy"}:
        raise MhnlpError(f"{chosen} takes the labels of one coder, and there are {', '.join(coded.coders)}; choose one")
    with replaced(path) as partial:
        _WRITERS[chosen](records, partial, scheme)
    return path


def as_coded(
    data: str | Path | AnnotatedCorpus | CodedPassages | LabelledLetter | LabelledLetters | pd.DataFrame,
    scheme: LabelScheme = SCHEME,
) -> CodedPassages:
    """Take passages in whichever form they come; what nobody coded has the coder ``""``."""
    from mhnlp.annotations.corpus import AnnotatedCorpus  # noqa: PLC0415 - leads to scikit-learn

    if isinstance(data, CodedPassages):
        return data
    if isinstance(data, AnnotatedCorpus):
        return of_corpus(data)
    if isinstance(data, str | Path):
        return read_passages(data, scheme=scheme)
    frame: Any = data if hasattr(data, "columns") else _letters_frame(data)
    filled = frame.astype(object).where(frame.notna(), None)
    rows = [list(map(str, frame.columns)), *(list(map(_cell, row)) for row in filled.itertuples(index=False))]
    return coded_rows("table", rows, scheme)


def _letters_frame(labelled: LabelledLetter | LabelledLetters) -> pd.DataFrame:
    """Table of labelled letters, in which a letter without a name is called by its number."""
    from mhnlp.results import LabelledLetters  # noqa: PLC0415 - needed here alone

    letters = labelled.letters if isinstance(labelled, LabelledLetters) else (labelled,)
    frame = labelled.to_frame()
    numbers = [f"letter-{number}" for number, letter in enumerate(letters, 1) for _ in letter]
    return frame.assign(letter=frame["letter"].where(frame["letter"] != "", numbers))


def label_studio_config(scheme: LabelScheme = SCHEME) -> str:
    """Give the labelling configuration of Label Studio (Settings → Labeling Interface → Code) for a scheme.

    Parameters
    ----------
    scheme
        The labels.

    Examples
    --------
    >>> print(label_studio_config(LabelScheme(("shelter",), ("negative", "neutral"))))
    <View>
      <Header value="$heading" size="5"/>
      <Text name="text" value="$text"/>
      <Choices name="pillars" toName="text" choice="multiple">
        <Choice value="shelter" hint="opvang"/>
      </Choices>
      <Choices name="sentiment" toName="text" choice="single" required="true" requiredMessage="Choose one sentiment">
        <Choice value="negative" hint="negatief"/>
        <Choice value="neutral" hint="neutraal"/>
      </Choices>
      <TextArea name="reason" toName="text" rows="2" placeholder="Doubt, or a reason"/>
    </View>
    """
    pillars, sentiments = ("\n".join(map(_choice, own)) for own in (scheme.pillars, scheme.sentiments))
    required = 'required="true" requiredMessage="Choose one sentiment"'
    return f"""<View>
  <Header value="$heading" size="5"/>
  <Text name="text" value="$text"/>
  <Choices name="pillars" toName="text" choice="multiple">
{pillars}
  </Choices>
  <Choices name="sentiment" toName="text" choice="single" {required}>
{sentiments}
  </Choices>
  <TextArea name="reason" toName="text" rows="2" placeholder="Doubt, or a reason"/>
</View>"""


def _choice(label: str) -> str:
    hint = _dutch(label)
    return f'    <Choice value="{escape(label)}"' + (f' hint="{escape(hint)}"' if hint else "") + "/>"


def _dutch(label: str) -> str:
    """The first Dutch name of a label."""
    return next((name for name, own in DUTCH.items() if own == label), "")


def _cell(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _uncoded(coded: CodedPassages) -> list[CodedPassage]:
    """Each passage once, without its codes."""
    once: dict[str, CodedPassage] = {}
    for each in coded:
        bare = CodedPassage(each.id, each.letter, each.text, "", (), "", each.date, each.heading, each.kind)
        once.setdefault(each.id, bare)
    return list(once.values())


def _provenance(record: CodedPassage) -> dict[str, str]:
    return {name: getattr(record, own) for name, own in zip(PROVENANCE, ABOUT, strict=True)}


def _labels(record: CodedPassage) -> list[str]:
    """Labels with the prefixes that keep pillars and sentiments apart where a tool has one list of labels."""
    pillars = [f"pillar:{name}" for name in record.pillars]
    return [*pillars, f"sentiment:{record.sentiment}"] if record.sentiment else []


def _write_doccano(records: list[CodedPassage], path: Path, scheme: LabelScheme) -> None:
    del scheme
    _write_lines(
        path,
        ({"text": each.text, **_provenance(each), "label": _labels(each)} for each in records),
    )


def _write_prodigy(records: list[CodedPassage], path: Path, scheme: LabelScheme) -> None:
    options = [{"id": f"pillar:{name}", "text": name} for name in scheme.pillars]
    options += [{"id": f"sentiment:{name}", "text": name} for name in scheme.sentiments]
    _write_lines(
        path,
        (
            {
                "text": each.text,
                "meta": _provenance(each),
                "options": options,
                "config": {"choice_style": "multiple"},
                "accept": _labels(each),
            }
            for each in records
        ),
    )


def _write_label_studio(records: list[CodedPassage], path: Path, scheme: LabelScheme) -> None:
    del scheme
    tasks: dict[str, dict[str, Any]] = {}
    for each in records:
        task = tasks.setdefault(each.id, {"data": {"text": each.text, **_provenance(each)}})
        if each.sentiment:
            task.setdefault("predictions", []).append({"model_version": each.coder, "result": _result(each)})
    path.write_text(json.dumps(list(tasks.values()), ensure_ascii=False, indent=1), encoding="utf-8")


def _result(record: CodedPassage) -> list[dict[str, Any]]:
    given = [("pillars", "choices", list(record.pillars)), ("sentiment", "choices", [record.sentiment])]
    given += [("reason", "textarea", [record.reason])]
    return [
        {"from_name": name, "to_name": "text", "type": kind, "value": {"text" if kind == "textarea" else kind: values}}
        for name, kind, values in given
        if any(values)
    ]


def _write_csv(records: list[CodedPassage], path: Path, scheme: LabelScheme) -> None:
    del scheme
    write_table(path, COLUMNS, map(cells, records), mark=True)


def _write_excel(records: list[CodedPassage], path: Path, scheme: LabelScheme) -> None:
    """Write a sheet to code in, with a column of marks a pillar, and a sheet that explains the labels."""
    columns = (*COLUMNS[:7], *scheme.pillars, NONE, "sentiment", "reason")
    rows = [
        [
            *cells(each)[:7],
            *("x" if pillar in each.pillars else "" for pillar in scheme.pillars),
            "x" if each.sentiment and not each.pillars else "",
            each.sentiment,
            each.reason,
        ]
        for each in records
    ]
    names = [
        [label, _dutch(label), "x, any number" if label in scheme.pillars else "exactly one"] for label in scheme.labels
    ]
    lists = {**dict.fromkeys((*scheme.pillars, NONE), ("x",)), "sentiment": scheme.sentiments}
    sheets = {"passages": (columns, rows), "labels": (("label", "Dutch", "how many"), names)}
    write_workbook(path, sheets, lists)


def _write_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    lines = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
    path.write_text(lines, encoding="utf-8", newline="\n")


_WRITERS: dict[str, Callable[[list[CodedPassage], Path, LabelScheme], None]] = {
    "doccano": _write_doccano,
    "label-studio": _write_label_studio,
    "prodigy": _write_prodigy,
    "csv": _write_csv,
    "excel": _write_excel,
}

"""Commands that label letters."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

import mhnlp
from mhnlp.cli._app import ModelOption, Unit, UnitOption, app, messages, screen

if TYPE_CHECKING:
    import pandas as pd

    from mhnlp.results import LabelledLetter


class Format(StrEnum):
    """How labels are printed."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"


@app.command(no_args_is_help=True)
def classify(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Letters: text, PDF, Word, HTML, XML …", show_default=False)
    ] = None,
    *,
    example: Annotated[bool, typer.Option("--example", help="Label the example letter that comes with mhnlp.")] = False,
    output: Annotated[Format, typer.Option("--format", "-f", help="How to print them.")] = Format.table,
    unit: UnitOption = Unit.passage,
    model: ModelOption = None,
) -> None:
    """Label the passages of one letter or a few, and show them.

    A question mark behind the sentiment says that the passage is better read by a person.
    """
    letters = [*(mhnlp.read_letter(path) for path in files or []), *([mhnlp.example_letter()] if example else [])]
    if not letters:
        raise typer.BadParameter("name at least one file, or try --example")
    labelled = mhnlp.classify(letters, model=model, unit=unit.value)
    if output is Format.table:
        for letter in labelled:
            screen.print(_letter_table(letter))
    else:
        _print_frame(labelled.to_frame(), output)


@app.command(no_args_is_help=True)
def label(
    folder: Annotated[Path, typer.Argument(help="A folder with letters; the folders in it are searched too.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The table to write, .csv (for Excel) or .jsonl.")],
    *,
    unit: UnitOption = Unit.passage,
    model: ModelOption = None,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", help="Processes at once; by default one a core.")] = None,
) -> None:
    """Label all letters in a folder and write one table, a row a passage.

    A letter that cannot be read is named at the end; the others are labelled all the same.
    """
    from rich.progress import Progress  # noqa: PLC0415 - needed here alone

    with Progress(console=messages, transient=True) as bar:
        task = bar.add_task("letters", total=None)
        result = mhnlp.label_archive(
            folder,
            out=out,
            model=model,
            unit=unit.value,
            n_jobs=jobs,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    passages = sum(map(len, result.letters))
    messages.print(escape(f"{len(result.letters)} letters with {passages} passages are in {out}"))
    for failure in result.failures:
        messages.print(f"[yellow]not labelled:[/] {escape(failure.name)}: {escape(failure.cause)}", highlight=False)
    if result.failures:
        raise typer.Exit(1)


def _letter_table(letter: LabelledLetter) -> Table:
    table = Table(title=escape(letter.letter.name), title_justify="left", show_lines=True)
    for name, width in (("", None), ("passage", None), ("pillars", 14), ("sentiment", 10)):
        table.add_column(name, width=width, overflow="fold")
    for number, passage in enumerate(letter, 1):
        sentiment = passage.sentiment + (" ?" if passage.uncertain else "")
        table.add_row(str(number), escape(passage.text), "\n".join(passage.pillars) or "–", sentiment)
    return table


def _print_frame(frame: pd.DataFrame, output: Format) -> None:
    if output is Format.csv:
        sys.stdout.write(frame.to_csv(index=False))
    else:
        sys.stdout.write(frame.to_json(orient="records", lines=True, force_ascii=False))

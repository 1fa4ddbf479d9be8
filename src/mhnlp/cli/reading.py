"""The command that shows how a letter was read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

import mhnlp
from mhnlp.cli._app import app, mapping_table, messages, screen

if TYPE_CHECKING:
    from mhnlp.letter import Letter


@app.command(no_args_is_help=True)
def read(
    file: Annotated[Path, typer.Argument(help="A letter, or a .zip or .eml with several.")],
    *,
    text: Annotated[bool, typer.Option("--text", help="Print the text alone.")] = False,
) -> None:
    """Show how a letter is read: its metadata, its blocks with their kinds, and what was dropped and repaired."""
    failures: list[mhnlp.ReadingError] = []
    letters = list(mhnlp.read_letters(file, on_error=failures.append))
    if failures and not letters:
        raise failures[0]
    for letter in letters:
        if text:
            sys.stdout.write(letter.text + "\n")
        else:
            _show(letter)
    for failure in failures:
        messages.print(f"[yellow]not read:[/] {escape(str(failure))}", highlight=False)
    if failures:
        raise typer.Exit(1)


def _show(letter: Letter) -> None:
    from mhnlp.segmentation import blocks  # noqa: PLC0415 - slow to import

    known = letter.metadata.certainty
    values = {name: f"{getattr(letter.metadata, name)}  ({sure:.0%} sure)" for name, sure in known.items()}
    screen.print(mapping_table(letter.name, values))
    table = Table(title="blocks", title_justify="left")
    for column in ("page", "place", "kind", "text"):
        table.add_column(column, overflow="fold")
    for block in blocks(letter):
        page = letter.page_of(block.content.start)
        place = f"{block.content.start}–{block.content.end}"
        table.add_row(str(page or "–"), place, block.kind, escape(block.content.text))
    screen.print(table)
    screen.print(escape(str(mhnlp.reading_report(letter))), highlight=False)

"""The application, its two consoles, and what several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import mhnlp

app = typer.Typer(
    name="mhnlp",
    help="Label Dutch policy letters on human trafficking: which passage speaks of which pillar of the approach, "
    "and how its author judges the government's progress. Nothing leaves your machine.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
screen = Console()
messages = Console(stderr=True)


class Unit(StrEnum):
    """What is labelled."""

    passage = "passage"
    sentence = "sentence"


ModelOption = Annotated[
    str | None,
    typer.Option("--model", "-m", help="Name or folder of a model; by default mhnlp's own."),
]
UnitOption = Annotated[Unit, typer.Option("--unit", "-u", help="Label each passage (paragraph), or each sentence.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        screen.print(mhnlp.__version__)
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def mapping_table(title: str, values: dict[str, str]) -> Table:
    """Build a table of names and values."""
    table = Table(title=escape(title), title_justify="left", show_header=False)
    for name, value in values.items():
        table.add_row(escape(name), escape(str(value)))
    return table

"""The application, its two consoles, and what several commands share."""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape
from rich.table import Table

import mhnlp

app = typer.Typer(
    name="mhnlp",
    help="Label Dutch policy letters on human trafficking: which passage speaks of which pillar of the approach, "
    "and how its author judges the government's progress. Nothing leaves your machine.\n\n"
    "`mhnlp --install-completion` lets the Tab key complete commands and options in your shell.",
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
    version: Annotated[  # noqa: ARG001 - answered by its callback
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what is done, step by step.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Tell errors alone.")] = False,
) -> None:
    if verbose and quiet:
        raise typer.BadParameter("choose --verbose or --quiet, not both")
    logger = logging.getLogger("mhnlp")
    logger.handlers = [RichHandler(console=messages, show_path=False, show_time=verbose)]
    logger.setLevel(logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING)


def mapping_table(title: str, values: dict[str, str]) -> Table:
    """Build a table of names and values."""
    table = Table(title=escape(title), title_justify="left", show_header=False)
    for name, value in values.items():
        table.add_row(escape(name), escape(str(value)))
    return table

"""The application, its two consoles, and what several commands share."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape
from rich.table import Table

import mhnlp

if TYPE_CHECKING:
    import pandas as pd

    from mhnlp.comparison import Comparison
    from mhnlp.labels import LabelScheme

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
SchemeOption = Annotated[
    Path | None,
    typer.Option("--scheme", help="A TOML file with other labels: pillars = [...] and sentiments = [...]."),
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


def frame_table(title: str, frame: pd.DataFrame) -> Table:
    """Build a table of a data frame, figures with three decimals."""
    table = Table(title=escape(title), title_justify="left")
    for name in frame.columns:
        table.add_column(escape(str(name)), overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(f"{cell:.3f}" if isinstance(cell, float) else escape(str(cell)) for cell in row))
    return table


def comparison_table(comparison: Comparison) -> Table:
    """Build the table of a comparison."""
    title = f"F1 of {comparison.old} (old) and {comparison.new} (new), {comparison.passages} passages of "
    return frame_table(f"{title}{comparison.letters} letters of {comparison.data}", comparison.to_frame())


def read_scheme(path: Path | None) -> LabelScheme | None:
    """Read the labels of the option ``--scheme``; None without it."""
    return None if path is None else mhnlp.LabelScheme.read(path)


def warn(warnings: Iterable[str]) -> None:
    """Print warnings beside the result."""
    for warning in warnings:
        messages.print(f"[yellow]note:[/] {escape(warning)}", highlight=False)

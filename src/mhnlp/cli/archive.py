"""The command that labels an archive."""

from __future__ import annotations

import signal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

import mhnlp
from mhnlp.cli._app import ModelOption, Unit, UnitOption, app, messages

if TYPE_CHECKING:
    from mhnlp.archive import ArchiveResult

SHOWN = 20
"""Failures that are printed; all are in their table."""
INTERRUPTED = 130


@app.command(no_args_is_help=True)
def label(
    archive: Annotated[
        Path,
        typer.Argument(help="A folder (with the folders in it), a .zip, or a .csv or .parquet with a text column."),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            help="The table to write: .csv (for Excel), .jsonl, .parquet, .arrow, or a folder of Parquet.",
        ),
    ],
    *,
    unit: UnitOption = Unit.passage,
    model: ModelOption = None,
    text: Annotated[str, typer.Option("--text", help="The column of a table that holds the letters.")] = "text",
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", help="Processes at once; by default one a core.")] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Label on the Dask cluster at this address (tcp://…).")
    ] = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Add the sentence that speaks most for each label; takes longer.")
    ] = False,
    semicolon: Annotated[
        bool, typer.Option("--semicolon", help="CSV with semicolons and decimal commas, for Dutch Excel.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first letter that cannot be labelled.")] = False,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Record with each failure where in the program it went wrong.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    log: Annotated[bool, typer.Option("--log", help="Print a line now and then instead of a bar.")] = False,
) -> None:
    """Label all letters of an archive and write tables: a row a passage, a row a letter, the failures.

    Cut it off when you like; the same command goes on where it was. Exit codes: 0 all letters are labelled, 1 some are
    not, 2 wrong use or no room on the disk, 3 none could be labelled, 130 interrupted.
    """
    # Batch systems end a job by SIGTERM: it stops as on Ctrl-C.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        result = mhnlp.label_archive(
            archive,
            out=out,
            model=model,
            unit=unit.value,
            text=text,
            n_jobs=jobs,
            scheduler=scheduler,
            evidence=evidence,
            semicolon=semicolon,
            strict=strict,
            tracebacks=traceback,
            progress=None if quiet else "log" if log else "auto",
        )
    except KeyboardInterrupt:
        messages.print("[yellow]interrupted:[/] what is done is kept; run the same command again to go on")
        raise typer.Exit(INTERRUPTED) from None
    except mhnlp.ArchiveError as error:
        messages.print(f"[red]mhnlp:[/] {escape(str(error))}", highlight=False)
        raise typer.Exit(error.code) from None
    finally:
        signal.signal(signal.SIGTERM, before)
    if not quiet:
        _report(result, out)
    raise typer.Exit(0 if not result.failed else 1 if result.letters else 3)


def _report(result: ArchiveResult, out: Path) -> None:
    verb = "are in" if result.changed else "are up to date in"
    messages.print(escape(f"{result.letters} letters with {result.passages} passages {verb} {out}"), highlight=False)
    for failure in islice(result.failures, SHOWN):
        messages.print(f"[yellow]not labelled:[/] {escape(failure.name)}: {escape(failure.cause)}", highlight=False)
    if result.failed > SHOWN:
        messages.print(f"and {result.failed - SHOWN} more, all in {escape(str(result.files['failures']))}")

"""Commands that check and compare coded passages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import mhnlp
from mhnlp.cli._app import app, mapping_table, screen


@app.command(no_args_is_help=True)
def validate(data: Annotated[Path, typer.Argument(help="Coded passages: a folder or a .csv or .jsonl file.")]) -> None:
    """Check coded passages, and name every mistake with its file, line and column."""
    corpus = mhnlp.read_annotations(data)
    screen.print(f"{len(corpus)} passages of {len(set(corpus.letters))} letters, no mistakes found")


@app.command()
def agreement(
    folder: Annotated[Path | None, typer.Argument(help="A folder with codes.csv; by default mhnlp's corpus.")] = None,
) -> None:
    """Print how far the coders of a corpus agree: Krippendorff's alpha, with intervals."""
    from mhnlp.annotations.agreement import agreements  # noqa: PLC0415 - needed here alone
    from mhnlp.resources import corpus_folder  # noqa: PLC0415

    for pair in agreements(folder or corpus_folder()):
        screen.print(mapping_table(f"coders {' and '.join(pair.coders)}, {pair.passages} passages", pair.summary()))

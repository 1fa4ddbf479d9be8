"""Commands that work on the table of an archive's labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

import mhnlp
from mhnlp.cli._app import ModelOption, SchemeOption, app, frame_table, messages, read_scheme, screen, warn

TableArgument = Annotated[Path, typer.Argument(help="Labels as `mhnlp label` writes them: a .csv or .jsonl file.")]


@app.command(no_args_is_help=True)
def suggest(
    labels: TableArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to annotate, .csv (for Excel) or .jsonl.")],
    *,
    n: Annotated[int, typer.Option("-n", help="How many passages.")] = 100,
    annotated: Annotated[
        Path | None, typer.Option("--annotated", help="Coded passages whose near-duplicates are left out.")
    ] = None,
    scheme: SchemeOption = None,
    random_share: Annotated[
        float, typer.Option("--random", help="Share at random; these alone tell how common a label is.")
    ] = 0.3,
    show_labels: Annotated[
        bool, typer.Option("--show-labels", help="Fill in the model's labels, which biases coders.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the choice.")] = 0,
) -> None:
    """Choose passages of an archive to annotate next: those the model is least sure of, and some at random."""
    from mhnlp.frames import read_labels, write_frame  # noqa: PLC0415 - slow to import

    known = None if annotated is None else mhnlp.read_annotations(annotated, read_scheme(scheme) or mhnlp.SCHEME)
    chosen = mhnlp.suggest(
        read_labels(labels),
        n,
        annotated=known,
        random_share=random_share,
        show_labels=show_labels,
        seed=seed,
    )
    write_frame(chosen, out)
    counts = chosen["chosen"].value_counts()
    messages.print(
        escape(
            f"{len(chosen)} passages are in {out}, {counts.get('random', 0)} of them at random; fill in the columns "
            "pillars and sentiment"
        )
    )


@app.command(no_args_is_help=True)
def drift(labels: TableArgument, *, model: ModelOption = None) -> None:
    """Tell whether an archive, or its later years, differs from the letters that a model was trained on."""
    from mhnlp.frames import read_labels  # noqa: PLC0415 - slow to import

    found = mhnlp.drift(read_labels(labels), model=model)
    screen.print(frame_table(f"letters beside those that {found.model} was trained on", found.to_frame()))
    warn(found.warnings)
    if not found.warnings:
        messages.print("nothing differs much from the training letters")


@app.command(no_args_is_help=True)
def prevalence(
    labels: TableArgument,
    sample: Annotated[Path, typer.Argument(help="Coded passages: a folder or a .csv or .jsonl file.")],
    *,
    at_random: Annotated[
        bool, typer.Option("--random", help="The coded passages were drawn at random from this archive.")
    ] = False,
    model: ModelOption = None,
    scheme: SchemeOption = None,
) -> None:
    """Estimate how common each label is in an archive, corrected for the model's mistakes, with intervals."""
    from mhnlp.frames import read_labels  # noqa: PLC0415 - slow to import

    loaded = mhnlp.load_model(model)
    corpus = mhnlp.read_annotations(sample, read_scheme(scheme) or loaded.card.scheme)
    found = mhnlp.prevalence(read_labels(labels), corpus, model=loaded, at_random=at_random)
    screen.print(frame_table("share of the passages", found.to_frame()))
    warn(found.warnings)

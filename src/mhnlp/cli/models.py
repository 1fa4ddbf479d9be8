"""Commands that score, compare and show models."""

from __future__ import annotations

import sys
from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

import mhnlp
from mhnlp.cli._app import (
    ModelOption,
    SchemeOption,
    app,
    comparison_table,
    frame_table,
    mapping_table,
    messages,
    read_scheme,
    screen,
    warn,
)

if TYPE_CHECKING:
    from mhnlp.labels import LabelScheme
    from mhnlp.scores import Evaluation


@app.command()
def evaluate(
    data: Annotated[
        Path | None,
        typer.Argument(help="Coded passages that the model was not trained on: a folder or a .csv or .jsonl file."),
    ] = None,
    *,
    model: ModelOption = None,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help="Labels from elsewhere in the place of a model's: .csv, .jsonl or .parquet."),
    ] = None,
    scheme: SchemeOption = None,
    out: Annotated[
        list[Path] | None, typer.Option("--out", "-o", help="A file for the scores: .csv, .json or .html (with plots).")
    ] = None,
) -> None:
    """Score a model on coded passages; without any, cross-validate by letter on mhnlp's own corpus.

    With --labels, score what a colleague or another tool gave to the same passages.
    """
    from mhnlp.evaluation_page import check_suffix, write_evaluation  # noqa: PLC0415 - slow to import

    for path in out or []:
        check_suffix(path)
    known = read_scheme(scheme)
    scores = _score_model(model, data, known) if labels is None else _score_labels(labels, data, known)
    for path in out or []:
        write_evaluation(scores, path)
    _print_evaluation(scores)
    warn(scores.warnings)


def _score_model(model: str | None, data: Path | None, scheme: LabelScheme | None) -> Evaluation:
    loaded = mhnlp.load_model(model)
    if data is not None:
        return mhnlp.evaluate(loaded, mhnlp.read_annotations(data, scheme or loaded.card.scheme))
    from mhnlp.training import revalidate  # noqa: PLC0415 - slow to import

    with messages.status("training on all letters but some, and scoring on these; this takes some minutes"):
        return revalidate(loaded, mhnlp.load_corpus())


def _score_labels(labels: Path, data: Path | None, scheme: LabelScheme | None) -> Evaluation:
    if data is None:
        raise typer.BadParameter("name the coded passages that the labels were given to")
    from mhnlp.frames import read_labels  # noqa: PLC0415 - slow to import

    scores = mhnlp.evaluate(read_labels(labels), mhnlp.read_annotations(data, scheme or mhnlp.SCHEME))
    return replace(scores, name=f"{labels.name} on {data.name}")


@app.command(no_args_is_help=True)
def compare(
    old: Annotated[str, typer.Argument(help="Name or folder of the model in use.")],
    new: Annotated[str, typer.Argument(help="Name or folder of the new one.")],
    data: Annotated[Path, typer.Argument(help="Coded passages that neither was trained on.")],
    *,
    scheme: SchemeOption = None,
) -> None:
    """Compare two models on the same coded letters, with intervals, and say which does better."""
    loaded = mhnlp.load_model(new)
    comparison = mhnlp.compare(old, loaded, mhnlp.read_annotations(data, read_scheme(scheme) or loaded.card.scheme))
    screen.print(comparison_table(comparison))
    warn(comparison.warnings)
    screen.print(escape(comparison.conclusion))


@app.command()
def models() -> None:
    """List the models that can be named: those that come with mhnlp, and your own."""
    from mhnlp.catalogue import own_models_folder  # noqa: PLC0415 - needed here alone

    frame = mhnlp.list_models()
    origin = frame.pop("shipped").map({True: "mhnlp", False: "own"})
    frame.insert(1, "of", origin)
    screen.print(frame_table("models", frame))
    messages.print(escape(f"models of your own are in {own_models_folder()}"))


@app.command()
def info(model: ModelOption = None) -> None:
    """Show the versions, the models that come with mhnlp, and the card of one."""
    from rich.markdown import Markdown  # noqa: PLC0415 - needed here alone

    from mhnlp.catalogue import DEFAULT_MODEL, model_names  # noqa: PLC0415

    loaded = mhnlp.load_model(model)
    about = {
        "mhnlp": mhnlp.__version__,
        "python": sys.version.split()[0],
        "models": ", ".join(f"{name} (default)" if name == DEFAULT_MODEL else name for name in model_names()),
        "this model": f"{loaded.card.name}, fingerprint {loaded.fingerprint}",
    }
    screen.print(mapping_table("installation", about))
    screen.print(Markdown(loaded.card.to_markdown()))


def _print_evaluation(scores: Evaluation) -> None:
    screen.print(mapping_table(scores.name, scores.summary()))
    table = Table(title="labels", title_justify="left")
    for column in ("label", "support", "precision", "recall", "F1 (95 percent interval)", "average precision"):
        table.add_column(column)
    for each in scores.labels:
        average = "" if isnan(each.average_precision) else f"{each.average_precision:.3f}"
        table.add_row(
            each.label, str(each.support), f"{each.precision:.3f}", f"{each.recall:.3f}", str(each.f1), average
        )
    screen.print(table)
    confusion = Table(title="sentiment coded (rows) and given (columns)", title_justify="left")
    for column in ("", *scores.confusion):
        confusion.add_column(column)
    for coded, given in scores.confusion.items():
        confusion.add_row(coded, *map(str, given.values()))
    screen.print(confusion)

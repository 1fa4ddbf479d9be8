"""Commands that make, score and show models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

import mhnlp
from mhnlp.cli._app import ModelOption, app, mapping_table, messages, screen

if TYPE_CHECKING:
    from mhnlp.evaluation import Evaluation


@app.command()
def train(
    data: Annotated[
        Path | None,
        typer.Argument(help="Coded passages: a folder or a .csv or .jsonl file; by default mhnlp's own corpus."),
    ] = None,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the model.")],
    name: Annotated[str, typer.Option("--name", help="The model's name.")] = "own",
    pipeline: Annotated[
        str, typer.Option("--pipeline", help="Dutch pipeline: builtin, or an installed one such as nl_core_news_sm.")
    ] = "builtin",
) -> None:
    """Train a model on coded passages, and print how well it does on letters that it was not trained on."""
    from mhnlp.classifier import PassageClassifier  # noqa: PLC0415 - slow to import
    from mhnlp.training import MIN_SUPPORT, weak_labels  # noqa: PLC0415

    with messages.status("training and cross-validating; this takes some minutes"):
        model = mhnlp.train(data, name=name, classifier=PassageClassifier(pipeline=pipeline))
    model.save(out)
    messages.print(escape(f"the model is in {out}; its card is {out / 'README.md'}"))
    weak = weak_labels(model.card)
    if weak:
        messages.print(
            f"[yellow]too few passages[/] (under {MIN_SUPPORT}) of: {', '.join(weak)}. What the model says of these is "
            "not to be trusted; code more."
        )
    for heading, scores in model.card.scores.items():
        screen.print(mapping_table(heading, {key: value for key, value in scores.items() if key != "table"}))


@app.command()
def evaluate(
    data: Annotated[
        Path | None,
        typer.Argument(help="Coded passages that the model was not trained on: a folder or a .csv or .jsonl file."),
    ] = None,
    *,
    model: ModelOption = None,
) -> None:
    """Score a model on coded passages; without any, cross-validate by letter on mhnlp's own corpus."""
    from mhnlp.training import revalidate  # noqa: PLC0415 - slow to import

    loaded = mhnlp.load_model(model)
    if data is None:
        with messages.status("training on all letters but some, and scoring on these; this takes some minutes"):
            scores = revalidate(loaded, mhnlp.load_corpus())
    else:
        scores = mhnlp.evaluate(loaded, mhnlp.read_annotations(data))
    _print_evaluation(scores)


@app.command()
def info(model: ModelOption = None) -> None:
    """Show the versions, the models that come with mhnlp, and the card of one."""
    from rich.markdown import Markdown  # noqa: PLC0415 - needed here alone

    from mhnlp.resources import DEFAULT_MODEL, model_names  # noqa: PLC0415

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
        figures = (f"{each.precision:.3f}", f"{each.recall:.3f}", str(each.f1), f"{each.average_precision:.3f}")
        table.add_row(each.label, str(each.support), *figures, style=None)
    screen.print(table)
    confusion = Table(title="sentiment coded (rows) and given (columns)", title_justify="left")
    for column in ("", *scores.confusion):
        confusion.add_column(column)
    for coded, given in scores.confusion.items():
        confusion.add_row(coded, *map(str, given.values()))
    screen.print(confusion)

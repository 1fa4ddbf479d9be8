"""The command that trains a model."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

import mhnlp
from mhnlp.cli._app import SchemeOption, app, comparison_table, mapping_table, messages, read_scheme, screen, warn

if TYPE_CHECKING:
    from mhnlp.model import Model


class Base(StrEnum):
    """What a model stands on."""

    fast = "fast"
    accurate = "accurate"


@app.command()
def train(
    data: Annotated[
        Path | None, typer.Argument(help="Your coded passages: a folder or a .csv or .jsonl file.", show_default=False)
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The folder for the model; by default its name among yours."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="The model's name.")] = "own",
    with_corpus: Annotated[
        bool,
        typer.Option("--with-corpus", help="Train on mhnlp's corpus too; the scores are of your letters."),
    ] = False,
    weight: Annotated[
        float, typer.Option("--weight", help="What a passage of yours counts beside one of mhnlp's corpus.")
    ] = 3.0,
    base: Annotated[
        Base, typer.Option("--base", help="n-grams alone, or with the encoder of mhnlp's model beside them.")
    ] = Base.fast,
    scheme: SchemeOption = None,
    pipeline: Annotated[
        str, typer.Option("--pipeline", help="Dutch pipeline: builtin, or an installed one such as nl_core_news_sm.")
    ] = "builtin",
    compare: Annotated[
        str | None, typer.Option("--compare", help="Name or folder of the model in use, to compare with.")
    ] = None,
    curve: Annotated[bool, typer.Option("--curve", help="Also tell whether more annotation pays.")] = False,
    label_errors: Annotated[
        Path | None, typer.Option("--label-errors", help="A .csv or .jsonl file for codes that may be mistakes.")
    ] = None,
    search: Annotated[
        bool,
        typer.Option("--search", help="Choose among a handful of settings first; takes ten to fifteen times as long."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a model that does better.")] = False,
) -> None:
    """Train a model on coded passages, and print how well it does on letters that it was not trained on.

    A model that is in the folder already is replaced only by one that does no worse on the same letters.
    """
    from mhnlp.classifier import PassageClassifier  # noqa: PLC0415 - slow to import
    from mhnlp.description import warnings_of  # noqa: PLC0415
    from mhnlp.model import check_folder  # noqa: PLC0415

    if data is None and not with_corpus:
        raise typer.BadParameter("name your coded passages; or give --with-corpus alone to train on mhnlp's own corpus")
    # What can be wrong is found before the training, which takes minutes.
    folder = out or _own_folder(name)
    check_folder(folder)
    in_use = None if compare is None else mhnlp.load_model(compare)
    options: dict[str, Any] = {
        "with_corpus": with_corpus,
        "weight": weight,
        "base": base.value,
        "scheme": read_scheme(scheme),
        "classifier": PassageClassifier(pipeline=pipeline, n_jobs=2),
    }
    with messages.status("training and cross-validating; this takes some minutes"):
        model = mhnlp.train(data, name=name, search=search, **options)
    for heading, scores in model.card.scores.items():
        screen.print(mapping_table(heading, {key: value for key, value in scores.items() if key != "table"}))
    warn(warnings_of(model.card))
    if in_use is not None:
        _show_comparison(in_use, model)
    if label_errors is not None:
        _write_doubtful(model, label_errors)
    refused = _save(model, folder, force=force)
    if curve:
        with messages.status("training on fewer letters"):
            told = mhnlp.learning_curve(data, **options)
        screen.print(mapping_table("macro-F1 by letters trained on", told.summary()))
        messages.print(escape(told.conclusion))
    if refused:
        raise typer.Exit(1)


def _own_folder(name: str) -> Path:
    from mhnlp.catalogue import own_model_folder  # noqa: PLC0415 - needed here alone

    return own_model_folder(name)


def _save(model: Model, folder: Path, *, force: bool) -> bool:
    """Save a model, beside the one that it must not replace if need be; whether it was refused."""
    from mhnlp.comparison import save_unless_worse  # noqa: PLC0415 - slow to import

    try:
        save_unless_worse(model, folder, force=force)
    except mhnlp.ModelError as error:
        messages.print(f"[yellow]not replaced:[/] {escape(str(error))}", highlight=False)
        folder, refused = model.save(folder.with_name(f"{folder.name}-new")), True
    else:
        refused = False
    messages.print(escape(f"the model is in {folder}; its card is {folder / 'README.md'}"))
    return refused


def _show_comparison(in_use: Model, model: Model) -> None:
    try:
        comparison = mhnlp.compare(in_use, model)
    except mhnlp.ModelError as error:
        warn([f"no comparison: {error}"])
        return
    screen.print(comparison_table(comparison))
    messages.print(escape(comparison.conclusion))


def _write_doubtful(model: Model, path: Path) -> None:
    from mhnlp.frames import write_frame  # noqa: PLC0415 - needed here alone

    found = mhnlp.label_errors(model)
    write_frame(found, path)
    messages.print(escape(f"{len(found)} codes to look at again are in {path}"))

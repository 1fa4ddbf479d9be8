"""The command line: each command is the face of a public function."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import mhnlp
from mhnlp.errors import MhnlpError

if TYPE_CHECKING:
    import pandas as pd

    from mhnlp.evaluation import Evaluation
    from mhnlp.results import LabelledLetter

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


class Format(StrEnum):
    """How labels are printed."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"


ModelOption = Annotated[
    str | None,
    typer.Option("--model", "-m", help="Name or folder of a model; by default mhnlp's own."),
]
UnitOption = Annotated[Unit, typer.Option("--unit", "-u", help="Label each passage (paragraph), or each sentence.")]


@app.command(no_args_is_help=True)
def classify(
    files: Annotated[list[Path] | None, typer.Argument(help="Letters: plain text files.", show_default=False)] = None,
    *,
    example: Annotated[bool, typer.Option("--example", help="Label the example letter that comes with mhnlp.")] = False,
    output: Annotated[Format, typer.Option("--format", "-f", help="How to print them.")] = Format.table,
    unit: UnitOption = Unit.passage,
    model: ModelOption = None,
) -> None:
    """Label the passages of one letter or a few, and show them.

    A question mark behind the sentiment says that the passage is better read by a person.
    """
    letters = [*(mhnlp.read_letter(path) for path in files or []), *([mhnlp.example_letter()] if example else [])]
    if not letters:
        raise typer.BadParameter("name at least one file, or try --example")
    labelled = mhnlp.classify(letters, model=model, unit=unit.value)
    if output is Format.table:
        for letter in labelled:
            screen.print(_letter_table(letter))
    else:
        _print_frame(labelled.to_frame(), output)


@app.command(no_args_is_help=True)
def label(
    folder: Annotated[Path, typer.Argument(help="A folder with letters; the folders in it are searched too.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The table to write, .csv (for Excel) or .jsonl.")],
    *,
    unit: UnitOption = Unit.passage,
    model: ModelOption = None,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", help="Processes at once; by default one a core.")] = None,
) -> None:
    """Label all letters in a folder and write one table, a row a passage.

    A letter that cannot be read is named at the end; the others are labelled all the same.
    """
    from rich.progress import Progress  # noqa: PLC0415 - needed here alone

    with Progress(console=messages, transient=True) as bar:
        task = bar.add_task("letters", total=None)
        result = mhnlp.label_archive(
            folder,
            out=out,
            model=model,
            unit=unit.value,
            n_jobs=jobs,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    passages = sum(map(len, result.letters))
    messages.print(escape(f"{len(result.letters)} letters with {passages} passages are in {out}"))
    for failure in result.failures:
        messages.print(f"[yellow]not labelled:[/] {escape(failure.name)}: {escape(failure.cause)}", highlight=False)
    if result.failures:
        raise typer.Exit(1)


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
        screen.print(_mapping_table(heading, {key: value for key, value in scores.items() if key != "table"}))


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
        screen.print(_mapping_table(f"coders {' and '.join(pair.coders)}, {pair.passages} passages", pair.summary()))


@app.command()
def info(model: ModelOption = None) -> None:
    """Show the versions, the models that come with mhnlp, and the card of one."""
    from rich.markdown import Markdown  # noqa: PLC0415 - needed here alone

    from mhnlp.model import DEFAULT, model_names  # noqa: PLC0415

    loaded = mhnlp.load_model(model)
    about = {
        "mhnlp": mhnlp.__version__,
        "python": sys.version.split()[0],
        "models": ", ".join(f"{name} (default)" if name == DEFAULT else name for name in model_names()),
        "this model": f"{loaded.card.name}, fingerprint {loaded.fingerprint}",
    }
    screen.print(_mapping_table("installation", about))
    screen.print(Markdown(loaded.card.to_markdown()))


def main() -> None:
    """Run the command line; what the user can mend is told in words, without a traceback."""
    try:
        app()
    except (MhnlpError, OSError, ValueError) as error:
        messages.print(f"[red]mhnlp:[/] {escape(str(error))}", highlight=False)
        sys.exit(2)


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


def _letter_table(letter: LabelledLetter) -> Table:
    table = Table(title=escape(letter.letter.name), title_justify="left", show_lines=True)
    for name, width in (("", None), ("passage", None), ("pillars", 14), ("sentiment", 10)):
        table.add_column(name, width=width, overflow="fold")
    for number, passage in enumerate(letter, 1):
        sentiment = passage.sentiment + (" ?" if passage.uncertain else "")
        table.add_row(str(number), escape(passage.text), "\n".join(passage.pillars) or "–", sentiment)
    return table


def _print_frame(frame: pd.DataFrame, output: Format) -> None:
    if output is Format.csv:
        sys.stdout.write(frame.to_csv(index=False))
    else:
        sys.stdout.write(frame.to_json(orient="records", lines=True, force_ascii=False))


def _print_evaluation(scores: Evaluation) -> None:
    screen.print(_mapping_table(scores.name, scores.summary()))
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


def _mapping_table(title: str, values: dict[str, str]) -> Table:
    table = Table(title=escape(title), title_justify="left", show_header=False)
    for name, value in values.items():
        table.add_row(escape(name), escape(str(value)))
    return table

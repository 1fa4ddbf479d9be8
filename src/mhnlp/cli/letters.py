"""Commands that label letters."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

import mhnlp
from mhnlp.cli._app import ModelOption, Unit, UnitOption, app, messages, screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from mhnlp.model import Model
    from mhnlp.results import LabelledLetter


class Format(StrEnum):
    """How labels are printed."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"
    html = "html"


@app.command(no_args_is_help=True)
def classify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Letters: text, PDF, Word, HTML, XML …, or - for a text from standard input.", show_default=False
        ),
    ] = None,
    *,
    example: Annotated[bool, typer.Option("--example", help="Label the example letter that comes with mhnlp.")] = False,
    output: Annotated[Format, typer.Option("--format", "-f", help="How to print them.")] = Format.table,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Name the sentence that speaks most for each label; takes longer.")
    ] = False,
    unit: UnitOption = Unit.passage,
    model: ModelOption = None,
) -> None:
    """Label the passages of one letter or a few, and show them.

    A question mark behind the sentiment says that the passage is better read by a person. A letter that cannot be
    labelled is named at the end, with exit code 1; the others are labelled all the same.
    """
    if not files and not example:
        raise typer.BadParameter("name at least one file, or try --example")
    loaded = mhnlp.load_model(model)
    labelled, failures = _label_each([*(files or []), *([None] if example else [])], loaded, unit)
    letters = mhnlp.LabelledLetters(tuple(labelled), loaded.card.scheme)
    if output is Format.html:
        sys.stdout.write(letters.to_html(evidence=evidence))
    elif output is not Format.table:
        _print_frame(letters.to_frame(evidence=evidence), output)
    else:
        for letter in letters:
            screen.print(_letter_table(letter, evidence=evidence))
    _name_failures(failures)


@app.command(no_args_is_help=True)
def explain(
    source: Annotated[str, typer.Argument(help="A file, or a text in quotes, or - for standard input.")],
    *,
    passage: Annotated[
        int | None, typer.Option("--passage", "-p", min=1, help="Which passage of a file; by default all of them.")
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option("--label", "-l", help="A label to explain, whether given or not; by default those given."),
    ] = None,
    neighbours: Annotated[
        bool, typer.Option("--neighbours", help="Show the coded passages of the corpus that are most like it.")
    ] = False,
    output: Annotated[Format, typer.Option("--format", "-f", help="How to print it.")] = Format.table,
    model: ModelOption = None,
) -> None:
    """Show why a passage has its labels: the sentence that carries each, and the words for and against it.

    A file is a letter, of which each passage is explained; a text in quotes is taken for one passage.
    """
    explanations = _explanations(source, passage, labels, model)
    if output is Format.html:
        from mhnlp.view import page  # noqa: PLC0415 - needed here alone

        sys.stdout.write(page([each._repr_html_() for each in explanations], source))
    elif output is not Format.table:
        import pandas as pd  # noqa: PLC0415 - slow to import

        _print_frame(pd.concat([each.to_frame() for each in explanations]), output)
    else:
        for each in explanations:
            _print_explanation(each, neighbours=neighbours)


def _label_each(
    sources: Sequence[Path | None], model: Model, unit: Unit
) -> tuple[list[LabelledLetter], list[tuple[str, str]]]:
    """Label letters one by one; None stands for the example. What cannot be labelled is named with its cause."""
    labelled: list[LabelledLetter] = []
    failures: list[tuple[str, str]] = []
    for source in sources:
        try:
            letter = _read(source)
            labelled.append(mhnlp.classify(letter, model=model, unit=unit.value))
        except (mhnlp.ReadingError, mhnlp.TextError, OSError) as error:
            failures.append((str(source), str(error)))
    return labelled, failures


def _read(source: Path | None) -> mhnlp.Letter:
    if source is None:
        return mhnlp.example_letter()
    return mhnlp.Letter(_standard_input(), name="standard input") if str(source) == "-" else mhnlp.read_letter(source)


def _standard_input() -> str:
    return typer.get_binary_stream("stdin").read().decode("utf-8", errors="replace")


def _name_failures(failures: Sequence[tuple[str, str]]) -> None:
    for name, cause in failures:
        own = "" if name in cause else f"{name}: "
        messages.print(f"[red]not labelled:[/] {escape(own + cause)}", highlight=False)
    if failures:
        raise typer.Exit(1)


def _explanations(
    source: str, passage: int | None, labels: list[str] | None, model: str | None
) -> list[mhnlp.Explanation]:
    path = Path(source)
    if len(source) > 255 or not (source == "-" or path.is_file()):
        return [mhnlp.explain(source, model=model, labels=labels)]
    letter = mhnlp.classify(_read(path), model=model)
    if passage is not None and passage > len(letter):
        raise typer.BadParameter(f"{source} has {len(letter)} passages, and no number {passage}")
    chosen = letter if passage is None else letter[passage - 1 : passage]
    return [each.explain(labels=labels) for each in chosen]


def _print_explanation(explanation: mhnlp.Explanation, *, neighbours: bool) -> None:
    screen.print(escape(explanation.text), style="bold")
    table = Table(show_lines=True)
    for name in ("label", "probability", "carried by", "without it", "words for", "words against"):
        table.add_column(name, overflow="fold")
    for each in explanation.evidence:
        threshold = "" if each.threshold is None else f"\n(given from {each.threshold:.2f})"
        table.add_row(
            escape(each.label if each.given else f"not {each.label}"),
            f"{each.probability:.2f}{threshold}",
            escape(each.sentence.text),
            f"{max(each.probability - each.sentence.drop, 0.0):.2f}",
            *(
                escape("\n".join(f"{word.text} {word.weight:+.1f}" for word in words) or "–")
                for words in (each.words_for(), each.words_against())
            ),
        )
    screen.print(table)
    if explanation.uncertain:
        screen.print("? better read by a person")
    for near in explanation.neighbours if neighbours else ():
        codes = " ".join([*near.pillars, near.sentiment])
        screen.print(escape(f"{near.similarity:.2f}  {near.id}  {codes}: {near.text}"), highlight=False)


def _letter_table(letter: LabelledLetter, *, evidence: bool) -> Table:
    table = Table(title=escape(letter.letter.name), title_justify="left", show_lines=True)
    for name, width in (("", None), ("passage", None), ("pillars", 14), ("sentiment", 10)):
        table.add_column(name, width=width, overflow="fold")
    if evidence:
        table.add_column("carried by", overflow="fold")
    for number, passage in enumerate(letter, 1):
        sentiment = passage.sentiment + (" ?" if passage.uncertain else "")
        cells = [str(number), escape(passage.text), "\n".join(passage.pillars) or "–", sentiment]
        if evidence:
            cells.append("\n".join(f"{label}: {escape(own)}" for label, own in passage.carrying_sentences().items()))
        table.add_row(*cells)
    return table


def _print_frame(frame: pd.DataFrame, output: Format) -> None:
    """Print a table; more than four decimals of a probability say nothing."""
    rounded = frame.round(4)
    if output is Format.csv:
        sys.stdout.write(rounded.to_csv(index=False))
    else:
        sys.stdout.write(rounded.to_json(orient="records", lines=True, force_ascii=False, double_precision=4))

"""Commands for coded passages: to and from annotation tools, checked, compared and decided."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

import mhnlp
from mhnlp.cli._app import ModelOption, SchemeOption, app, messages, read_scheme, screen

if TYPE_CHECKING:
    from mhnlp.annotations.agreement import Agreement
    from mhnlp.errors import Problem


@app.command(no_args_is_help=True)
def validate(
    data: Annotated[Path, typer.Argument(help="Coded passages: a folder or a .csv or .jsonl file.")],
    *,
    scheme: SchemeOption = None,
) -> None:
    """Check coded passages, and name every mistake with its file, line and column."""
    corpus = mhnlp.read_annotations(data, read_scheme(scheme) or mhnlp.SCHEME)
    screen.print(f"{len(corpus)} passages of {len(set(corpus.letters))} letters, no mistakes found")


@app.command("import", no_args_is_help=True)
def import_(
    files: Annotated[list[Path], typer.Argument(help="Exports: files, zips or folders; one a coder, or all in one.")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write, .csv or .jsonl.")],
    format: Annotated[  # noqa: A002 - the word that people look for
        str | None, typer.Option("--format", "-f", help="The format; by default recognised from the content.")
    ] = None,
    original: Annotated[
        Path | None, typer.Option("--original", help="The passages before the tool had them; their texts are put back.")
    ] = None,
    coder: Annotated[str | None, typer.Option("--coder", help="Who coded what names no coder.")] = None,
    rename: Annotated[
        list[str] | None, typer.Option("--rename", metavar="CODER=NAME", help="Another name for a coder.")
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option("--label", metavar="NAME=LABEL", help="What a label of yours stands for; NAME= leaves it out."),
    ] = None,
    default_sentiment: Annotated[
        str | None, typer.Option("--default-sentiment", help="Sentiment of passages with pillars and no sentiment.")
    ] = None,
    predictions: Annotated[
        bool, typer.Option("--predictions", help="Read the predictions of Label Studio, not its annotations.")
    ] = False,
) -> None:
    """Read what coders made in doccano, Label Studio, Prodigy, CSV or Excel, check it, and write one file of codes."""
    coded = mhnlp.import_annotations(
        files,
        format=format,
        original=original,
        coder=coder,
        coders=_pairs(rename),
        labels=_pairs(label),
        default_sentiment=default_sentiment,
        predictions=predictions,
    )
    _print_notices(coded.notices)
    coded.save(out)
    passages = len({each.id for each in coded})
    messages.print(escape(f"{passages} passages with the codes of {', '.join(coded.coders)} are in {out}"))


@app.command(no_args_is_help=True)
def export(
    data: Annotated[Path, typer.Argument(help="Passages: a file with a column text, a corpus, labels of an archive.")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")],
    format: Annotated[  # noqa: A002 - the word that people look for
        str | None,
        typer.Option("--format", "-f", help="doccano, label-studio, prodigy, csv or excel; by default by the suffix."),
    ] = None,
    prefill: Annotated[
        bool, typer.Option("--prefill", help="Show the coders labels that are known. Such labels bias them.")
    ] = False,
    coder: Annotated[str | None, typer.Option("--coder", help="Whose labels, if several coded.")] = None,
) -> None:
    """Write passages as a file for an annotation tool, or for people to code in a spreadsheet."""
    from mhnlp.annotations.importing import read_passages  # noqa: PLC0415 - needed here alone

    coded = read_passages(data)
    written = mhnlp.export_annotations(coded.by(coder) if coder else coded, out, format=format, prefill=prefill)
    messages.print(escape(f"{len({each.id for each in coded})} passages are in {written}"))
    if format == "label-studio":
        config = out.with_suffix(".xml")
        config.write_text(mhnlp.label_studio_config(), encoding="utf-8")
        messages.print(escape(f"the labelling configuration for Label Studio is in {config}"))


@app.command()
def agreement(
    data: Annotated[
        Path | None,
        typer.Argument(help="Codes: a file, an export of a tool, a folder with codes.csv; by default mhnlp's corpus."),
    ] = None,
    *,
    model: ModelOption = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A .csv file for all figures.")] = None,
    show: Annotated[int, typer.Option("--show", help="How many of the most divided passages to print.")] = 3,
) -> None:
    """Print how far coders agree, with intervals, what that means, and on what they differ.

    With --model, a model is put beside the coders as one more.
    """
    from mhnlp.resources import corpus_folder  # noqa: PLC0415 - needed here alone

    report = mhnlp.agreement(data or corpus_folder(), model=model)
    several = len(report.overall.coders) > 2
    for group in [*([report.overall] if several else []), *report.pairs]:
        _print_agreement(group)
    splits = report.splits()
    screen.print(f"{len(splits)} passages split the coders; `mhnlp adjudicate` writes them as a file to decide")
    for split in splits.head(show).to_dict("records"):
        _print_split(split)
    if out is not None:
        report.to_frame().to_csv(out, index=False, encoding="utf-8-sig")
        messages.print(escape(f"the figures are in {out}"))


@app.command(no_args_is_help=True)
def adjudicate(
    data: Annotated[Path, typer.Argument(help="Coded passages, as `mhnlp import` writes them.")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write: to decide in, .csv or .xlsx.")],
    decided: Annotated[
        Path | None,
        typer.Option("--decided", help="The file to decide in, filled in."),
    ] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Hide who gave which codes.")] = False,
) -> None:
    """Write the passages on which coders differ as a file to decide in; with --decided, take the decisions back."""
    if decided is None:
        divided = mhnlp.disagreements(data, out=out, blind=blind)
        how = "fill in take (whose codes), or pillars and sentiment; and a reason"
        messages.print(escape(f"{len(divided)} passages to decide are in {out}: {how}"))
        return
    final = mhnlp.adjudicate(data, decided)
    final.save(out)
    alone = sum(each.coder != "final" for each in final)
    rest = f", {alone} of them coded by one coder alone" if alone else ""
    messages.print(escape(f"{len(final)} passages are in {out}{rest}"))


def _pairs(given: Iterable[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals:
            raise typer.BadParameter(f"{each!r} is not of the form NAME=OTHER")
        found[name] = value
    return found


def _print_notices(notices: Iterable[Problem]) -> None:
    """Print notices, equal ones once, with how many there are and where the first stands."""
    groups: dict[str, list[Problem]] = {}
    for notice in notices:
        groups.setdefault(notice.message, []).append(notice)
    for same in groups.values():
        rest = f" (and {len(same) - 1} more)" if len(same) > 1 else ""
        messages.print(f"[yellow]note:[/] {escape(str(same[0]))}{rest}", highlight=False)


def _print_agreement(group: Agreement) -> None:
    title = f"coders {' and '.join(group.coders)}, {group.passages} passages of {group.letters} letters"
    table = Table(title=escape(title), title_justify="left")
    for column in ("label", "alpha (95 percent interval)", "percent", "Cohen's kappa", "given"):
        table.add_column(column)
    words: dict[str, list[str]] = {}
    for label, own in group.labels.items():
        kappa = str(own.kappa) if own.kappa else ""
        given = " / ".join(map(str, own.given.values()))
        table.add_row(label, str(own.alpha), f"{own.percent.value:.1%}", kappa, given)
        words.setdefault(own.words(), []).append(label)
    screen.print(table)
    for sentence, labels in words.items():
        screen.print(f"- {', '.join(labels)}: {sentence}", highlight=False)
    _print_confusions(group)


def _print_split(split: Mapping[Hashable, str]) -> None:
    coders = [str(name).removesuffix(": pillars") for name in split if str(name).endswith(": pillars") and split[name]]
    given = [f"{coder}: {split[f'{coder}: pillars']}, {split[f'{coder}: sentiment']}" for coder in coders]
    screen.print(escape(f"- {split['id']}: {split['text'][:70]} | {' | '.join(given)}"), highlight=False)


def _print_confusions(group: Agreement) -> None:
    if not group.confusions:
        return
    first, second = group.coders
    for label, meaning in (
        ("sentiment", f"sentiment by {first} (rows) and {second} (columns)"),
        ("pillars together", f"pillars that {first} (rows) and {second} (columns) gave in each other's place"),
    ):
        _print_counts(meaning, group.confusions[label])


def _print_counts(title: str, counts: Mapping[str, Mapping[str, int]]) -> None:
    table = Table(title=escape(title), title_justify="left")
    for column in ("", *counts):
        table.add_column(column)
    for name, row in counts.items():
        table.add_row(name, *map(str, row.values()))
    screen.print(table)

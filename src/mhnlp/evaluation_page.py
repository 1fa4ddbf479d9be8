"""An evaluation as a file: a table, JSON, or a page with plots that needs nothing beside itself."""

from __future__ import annotations

from html import escape
from io import StringIO
from math import isnan
from typing import TYPE_CHECKING, Any

from mhnlp.errors import MhnlpError
from mhnlp.files import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mhnlp.scores import Evaluation

SUFFIXES = (".csv", ".html", ".json")
STYLE = (
    "body{font-family:sans-serif;max-width:60em;margin:2em auto;line-height:1.4}"
    "table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #bbb;padding:.2em .6em;text-align:left}"
    "svg{max-width:100%;height:auto}.note{background:#fff3cd;padding:.5em}"
)
RELIABILITY = (
    "<h2>Are the probabilities right?</h2><p>On the line, a label given with probability 0.7 is right seven times in "
    "ten. The size of a point is its number of passages.</p>"
)
COVERAGE = (
    "<h2>Errors on the surest passages</h2><p>Wrong decisions a passage, on the surest tenth, two tenths … of the "
    "passages: what remains wrong when a person reads the rest.</p>"
)


def write_evaluation(scores: Evaluation, path: Path) -> None:
    """Write an evaluation to a file.

    Parameters
    ----------
    scores
        The evaluation.
    path
        Ends in ``.csv`` (a row a label), ``.json`` (every figure) or ``.html`` (tables and plots).

    Raises
    ------
    MhnlpError
        If the file has another suffix, or is a page and matplotlib is missing.
    """
    check_suffix(path)
    if path.suffix.lower() == ".csv":
        text = scores.to_frame().to_csv(index=False)
    else:
        text = scores.to_json() if path.suffix.lower() == ".json" else evaluation_page(scores)
    with replaced(path) as partial:
        partial.write_text(text, encoding="utf-8")


def check_suffix(path: Path) -> None:
    """Raise an error if an evaluation cannot be written to a file of this name."""
    if path.suffix.lower() not in SUFFIXES:
        raise MhnlpError(f"{path}: scores are written as {', '.join(SUFFIXES)}, not as {path.suffix or 'a bare name'}")


def evaluation_page(scores: Evaluation) -> str:
    """Text of a page with the tables and plots of an evaluation.

    Parameters
    ----------
    scores
        The evaluation.

    Raises
    ------
    MhnlpError
        If matplotlib is missing.
    """
    notes = "".join(f"<p class='note'>{escape(told)}</p>" for told in scores.warnings)
    frame = scores.to_frame()
    confusion = [[coded, *given.values()] for coded, given in scores.confusion.items()]
    columns = ["coded \\ given", *next(iter(scores.confusion.values()))]
    body = [
        f"<h1>{escape(scores.name)}</h1>{notes}",
        _table(("", "value"), scores.summary().items()),
        "<h2>Labels</h2><p>F1 with 95 percent intervals, by drawing letters.</p>",
        _table(frame.columns, frame.itertuples(index=False)),
        f"<h2>Sentiment coded and given</h2>{_table(columns, confusion)}",
    ]
    if scores.reliability:
        body += [RELIABILITY, _svg(_reliability(scores)), COVERAGE, _svg(_coverage(scores))]
    head = f"<meta charset='utf-8'><title>{escape(scores.name)}</title><style>{STYLE}</style>"
    return f"<!doctype html>\n<html lang='en'><head>{head}</head><body>{''.join(body)}</body></html>\n"


def _table(columns: Iterable[object], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(str(name))}</th>" for name in columns)
    lines = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{lines}</table>"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if isnan(value) else f"{value:.3f}"
    return escape(str(value))


def _figure(columns: int, rows: int) -> Any:  # noqa: ANN401 - matplotlib is optional
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MhnlpError("a page with plots needs matplotlib: pip install 'mhnlp[plots]'") from error
    return Figure(figsize=(3 * columns, 2.8 * rows), layout="constrained")


def _reliability(scores: Evaluation) -> Any:  # noqa: ANN401
    labels = [each.label for each in scores.labels]
    columns = min(len(labels), 4)
    rows = -(-len(labels) // columns)
    figure = _figure(columns, rows)
    for number, label in enumerate(labels, 1):
        own = [each for each in scores.reliability if each.label == label]
        axes = figure.add_subplot(rows, columns, number)
        axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        sizes = [5 + 100 * each.passages / max(scores.passages, 1) for each in own]
        axes.scatter([each.probability for each in own], [each.share for each in own], s=sizes)
        axes.set(title=label, xlim=(0, 1), ylim=(0, 1), xlabel="probability", ylabel="share coded")
    return figure


def _coverage(scores: Evaluation) -> Any:  # noqa: ANN401
    figure = _figure(2, 1)
    axes = figure.add_subplot(1, 1, 1)
    coverage = [each.coverage for each in scores.coverage_curve]
    axes.plot(coverage, [each.pillar_errors for each in scores.coverage_curve], marker="o", label="pillars")
    axes.plot(coverage, [each.sentiment_errors for each in scores.coverage_curve], marker="s", label="sentiment")
    axes.set(xlabel="share of the passages, surest first", ylabel="wrong decisions a passage", ylim=(0, None))
    axes.legend()
    return figure


def _svg(figure: Any) -> str:  # noqa: ANN401
    import matplotlib as mpl  # noqa: PLC0415 - an optional extra, known to be there

    buffer = StringIO()
    # The same figures give the same page: no date, and names of paths that do not change from run to run.
    with mpl.rc_context({"svg.hashsalt": "mhnlp"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]

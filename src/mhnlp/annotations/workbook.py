"""Excel workbooks, read by python-calamine and written by XlsxWriter (the extra ``excel``)."""

from __future__ import annotations

import re
from datetime import date, datetime
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mhnlp.errors import AnnotationError, MhnlpError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from python_calamine import CalamineSheet

    from mhnlp.annotations.grids import GridRow

MAX_CELL = 32_767
"""Longest text that a cell of Excel holds."""

MAX_LIST = 255
"""Longest list of choices that Excel takes in a cell's rule; a longer one, or one with commas in it, is left out."""

MAX_MESSAGE = 255
"""Longest message of such a rule."""

WIDTHS = {"text": 90, "heading": 24, "reason": 40}

SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half of a character, which no file holds."""


def read_workbook(name: str, data: bytes) -> dict[str, list[GridRow]]:
    """Rows of each sheet of a workbook, with the cells of merged ranges all filled.

    Raises
    ------
    MhnlpError
        If python-calamine is not installed.
    AnnotationError
        If it is no workbook.
    """
    calamine = _extra("python_calamine")
    try:
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        return {title: _rows(book.get_sheet_by_name(title)) for title in book.sheet_names}
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise AnnotationError([Problem(name, 1, "", "", f"it cannot be read as an Excel file: {error}")]) from error


def _rows(sheet: CalamineSheet) -> list[GridRow]:
    rows = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])
    return list(enumerate(rows, 1))


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def write_workbook(
    path: Path,
    sheets: Mapping[str, tuple[Sequence[str], Sequence[Sequence[str]]]],
    lists: Mapping[str, Sequence[str]],
) -> None:
    """Write a workbook for people to code in.

    Parameters
    ----------
    path
        The file.
    sheets
        For each sheet, its header and rows.
    lists
        For columns of the first sheet, the values that may be chosen there.

    Raises
    ------
    MhnlpError
        If XlsxWriter is not installed, or a text is longer than a cell holds.
    """
    data = BytesIO()
    book = _extra("xlsxwriter").Workbook(data, {"in_memory": True})
    for title, (header, rows) in sheets.items():
        _write_sheet(book, book.add_worksheet(title), header, rows)
    first_header, first_rows = next(iter(sheets.values()))
    for column, values in lists.items():
        _validate(book.worksheets()[0], first_header.index(column), max(len(first_rows), 1), values)
    book.close()
    path.write_bytes(data.getvalue())


def _write_sheet(book: Any, sheet: Any, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:  # noqa: ANN401
    layout = {"text_wrap": True, "valign": "top"}
    wrapped, bold = book.add_format(layout), book.add_format(layout | {"bold": True})
    for index, name in enumerate(header):
        sheet.set_column(index, index, WIDTHS.get(name, 14), wrapped)
        sheet.write_string(0, index, name, bold)
    for number, cells in enumerate(rows, 1):
        for index, value in enumerate(cells):
            if len(value) > MAX_CELL:
                raise MhnlpError(
                    f"the text of {cells[0]!r} has {len(value)} characters, and a cell of Excel holds {MAX_CELL}; "
                    "export to .csv or .jsonl"
                )
            if value:
                # A string, even if it begins with "=".
                sheet.write_string(number, index, SURROGATE.sub("\ufffd", value), wrapped)
    sheet.freeze_panes(1, 0)


def _validate(sheet: Any, column: int, last: int, values: Sequence[str]) -> None:  # noqa: ANN401
    if len(f'"{",".join(values)}"') > MAX_LIST or any("," in value or '"' in value for value in values):
        return
    rule = {
        "validate": "list",
        "source": list(values),
        "error_title": "mhnlp",
        "error_message": f"one of: {', '.join(values)}"[:MAX_MESSAGE],
    }
    sheet.data_validation(1, column, last, column, rule)


def _extra(name: str) -> Any:  # noqa: ANN401 - a module
    try:
        return import_module(name)
    except ImportError as error:
        raise MhnlpError(f"Excel files need the package {name}: pip install 'mhnlp[excel]'") from error

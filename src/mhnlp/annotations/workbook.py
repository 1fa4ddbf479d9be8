"""Excel workbooks, read by python-calamine and written by openpyxl (the extra ``excel``)."""

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

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet
    from python_calamine import CalamineSheet

    from mhnlp.annotations.grids import GridRow

MAX_CELL = 32_767
"""Longest text that a cell of Excel holds."""

MAX_LIST = 255
"""Longest list of choices that Excel takes in a cell's rule; a longer one, or one with commas in it, is left out."""

WIDTHS = {"text": 90, "heading": 24, "reason": 40}

# Characters that XML cannot hold, or changes, stand as _xHHHH_, and so does an underscore that looks like such.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


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
        If openpyxl is not installed, or a text is longer than a cell holds.
    """
    book = _extra("openpyxl").Workbook()
    book.remove(book.active)
    for title, (header, rows) in sheets.items():
        _write_sheet(book, title, header, rows)
    first_header, first_rows = next(iter(sheets.values()))
    for column, values in lists.items():
        _validate(book.worksheets[0], first_header.index(column) + 1, len(first_rows) + 1, values)
    book.save(path)


def _write_sheet(book: Workbook, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - an optional extra
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    sheet = book.create_sheet(title)
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    for number, cells in enumerate([header, *rows], 1):
        for index, value in enumerate(cells, 1):
            if len(value) > MAX_CELL:
                raise MhnlpError(
                    f"the text of {cells[0]!r} has {len(value)} characters, and a cell of Excel holds {MAX_CELL}; "
                    "export to .csv or .jsonl"
                )
            cell = sheet.cell(number, index)
            cell.value = UNSAFE.sub(lambda match: f"_x{ord(match[0]):04X}_", value) or None
            # A text that begins with "=" is no formula.
            cell.data_type = "s" if value else "n"
            cell.alignment = wrapped
            if number == 1:
                cell.font = bold
    sheet.freeze_panes = "A2"
    for index, name in enumerate(header, 1):
        sheet.column_dimensions[get_column_letter(index)].width = WIDTHS.get(name, 14)


def _validate(sheet: Worksheet, column: int, last: int, values: Sequence[str]) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - an optional extra
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    formula = f'"{",".join(values)}"'
    if len(formula) > MAX_LIST or any("," in value or '"' in value for value in values):
        return
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "mhnlp", f"one of: {', '.join(values)}"
    letter = get_column_letter(column)
    rule.add(f"{letter}2:{letter}{max(last, 2)}")
    sheet.add_data_validation(rule)


def _extra(name: str) -> Any:  # noqa: ANN401 - a module
    try:
        return import_module(name)
    except ImportError as error:
        raise MhnlpError(f"Excel files need the package {name}: pip install 'mhnlp[excel]'") from error

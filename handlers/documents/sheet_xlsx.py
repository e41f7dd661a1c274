"""The official sheet as .xlsx: A4 upright, one page wide, its header on every page, every row as high as it needs.

A merged cell has no height of its own accord, and one that a page's end cuts is unreadable: both are worked out here.
"""

import io
import re
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from handlers.documents.measure import lines_in
from handlers.documents.table import Block, Row, Sheet

_WIDTHS = (11, 11.5, 6, 42, 11, 23.5)
"""Of the six columns, in digits of the default font."""
_A4, _MARGIN, _SCALE = 9, 0.4, 88
"""The paper's number, its margins in inches, and per cent: some room is left for fonts that are wider elsewhere."""
_ABOVE = 0.5
_BODY, _TITLE, _DEFAULT = "宋体", "黑体", "Times New Roman"
"""The default font is in no cell: column widths are told in its digits, which are as wide everywhere."""
_SIZE, _LINE, _AIR = 10, 13.4, 5.0
"""Points: of the letters, of a line in the tallest font that stands in, and around the text of a cell."""
_PEN = 18.0
"""Points above a line to sign on."""
_HIGHEST = 400.0
"""Points: a spreadsheet's rows end at 409."""
_PAGE = (11.69 - 2 * _ABOVE) * 72 / (_SCALE / 100) - 14
"""Points of rows that a page holds; what a row grows by afterwards has its place in the rest."""
_LONGEST = 32_000
"""Characters that a cell holds."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cell:
    """A text over some rows and columns of the printed table, before heights are known."""

    first: int
    last: int
    left: int
    right: int
    text: str
    style: str


def write_xlsx(sheet: Sheet, *, made_at: datetime) -> bytes:
    """The file's content."""
    # Slow to load, and a bot makes few files.
    from xlsxwriter import Workbook  # noqa: PLC0415  (only when a sheet is made)

    target = io.BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    default = {"default_format_properties": {"font_name": _DEFAULT, "font_size": 11}}
    with Workbook(target, {**options, **default, "in_memory": True}) as book:
        book.set_properties({"title": sheet.title, "created": made_at.replace(tzinfo=None)})
        page = book.add_worksheet(sheet.columns[4])
        _lay_out(page)
        _Page(page, _styles(book)).fill(sheet)
    return target.getvalue()


def _lay_out(page: Any) -> None:
    page.set_paper(_A4)
    page.set_portrait()
    page.set_margins(left=_MARGIN, right=_MARGIN, top=_ABOVE, bottom=_ABOVE)
    # Not fitted to the width: then a spreadsheet would no longer keep to our page ends.
    page.set_print_scale(_SCALE)
    page.center_horizontally()
    page.set_footer("&C&P / &N")
    page.hide_gridlines(2)
    for column, width in enumerate(_WIDTHS):
        page.set_column(column, column, width)


def _styles(book: Any) -> dict[str, Any]:
    body = {"font_name": _BODY, "font_size": _SIZE, "text_wrap": True, "valign": "vcenter"}
    framed = {**body, "border": 1}
    middle = {**framed, "align": "center"}
    kinds = {
        "title": {**body, "font_name": _TITLE, "font_size": 16, "align": "center"},
        "plain": body,
        "sign": {**body, "valign": "bottom"},
        "note": {**body, "font_size": 9, "valign": "top"},
        "head": {**middle, "font_name": _TITLE},
        "middle": middle,
        "text": framed,
        "sum": {**middle, "font_name": _TITLE},
    }
    return {name: book.add_format(kind) for name, kind in kinds.items()}


class _Page:
    """Cells are collected by printed row; then rows get their heights, pages their ends, and the cells are written."""

    def __init__(self, page: Any, styles: dict[str, Any]) -> None:
        self._page, self._styles = page, styles
        self._cells: list[_Cell] = []
        self._parts: list[_Cell] = []
        self._whole: list[range] = []
        """Rows that stay on one page."""
        self._rows = 0

    def fill(self, sheet: Sheet) -> None:
        """Write the whole sheet."""
        self._line(sheet.title, "title")
        self._pairs(sheet.facts, "plain")
        header = self._line_of(sheet.columns, "head")
        for part in sheet.parts:
            first = self._rows
            for block in part.blocks:
                self._block(block)
            self._parts.append(_over(first, self._rows - 1, 0, part.name))
        self._total(sheet.total)
        for note in sheet.notes:
            self._line(note, "note")
        self._pairs(sheet.signatures, "sign")
        self._write(header)

    def _add(self, first: int, last: int, left: int, right: int, text: str, style: str) -> None:
        cell = _Cell(first=first, last=last, left=left, right=right, text=text, style=style)
        self._cells.append(cell)
        self._rows = max(self._rows, last + 1)

    def _line(self, text: str, style: str) -> None:
        self._whole.append(range(self._rows, self._rows + 1))
        self._add(self._rows, self._rows, 0, 5, text, style)

    def _pairs(self, texts: tuple[str, ...], style: str) -> None:
        first = self._rows
        for left, right in zip(texts[::2], texts[1::2], strict=True):
            row = self._rows
            self._add(row, row, 0, 3, left, style)
            self._add(row, row, 4, 5, right, style)
        self._whole.append(range(first, self._rows))

    def _line_of(self, texts: tuple[str, ...], style: str) -> int:
        row = self._rows
        for column, text in enumerate(texts):
            self._add(row, row, column, column, text, style)
        return row

    def _block(self, block: Block) -> None:
        first = self._rows
        self._whole.append(range(first, first + len(block.rows)))
        for row in block.rows:
            at = self._rows
            if block.by_row:
                self._add(at, at, 2, 2, row.points, "middle")
            self._add(at, at, 3, 3, row.clause, "text")
            self._add(at, at, 4, 4, row.score, "middle")
            self._add(at, at, 5, 5, row.remarks, "text")
        self._cells.append(_over(first, self._rows - 1, 1, block.name))
        if not block.by_row:
            self._cells.append(_over(first, self._rows - 1, 2, block.points))

    def _total(self, total: Row) -> None:
        row = self._rows
        self._whole.append(range(row, row + 1))
        self._add(row, row, 0, 1, total.clause, "sum")
        for column, text in enumerate((total.points, "", total.score, total.remarks), start=2):
            self._add(row, row, column, column, text, "sum")

    def _write(self, header: int) -> None:
        heights = _heights([*self._cells, *self._parts], self._rows)
        ends = _page_ends(heights, self._whole, heights[header])
        # A section that goes on over the page says its name there again, as the printed table does.
        self._cells += [piece for part in self._parts for piece in _torn(part, ends)]
        starts, found = _places(_heights(self._cells, self._rows))
        for row, height in enumerate(found):
            self._page.set_row(row, height)
        for cell in self._cells:
            self._put(cell, starts[cell.first], starts[cell.last + 1] - 1)
        self._page.repeat_rows(starts[header])
        self._page.set_h_pagebreaks([starts[end] for end in ends])
        self._page.freeze_panes(starts[header + 1], 0)
        self._page.print_area(0, 0, len(found) - 1, 5)

    def _put(self, cell: _Cell, first: int, last: int) -> None:
        style = self._styles[cell.style]
        if (first, cell.left) != (last, cell.right):
            self._page.merge_range(first, cell.left, last, cell.right, "", style)
        if cell.left in (2, 4) and _NUMBER.fullmatch(cell.text):
            self._page.write_number(first, cell.left, float(cell.text), style)
        else:
            self._page.write_string(first, cell.left, cell.text[:_LONGEST], style)


def _over(first: int, last: int, column: int, text: str) -> _Cell:
    return _Cell(first=first, last=last, left=column, right=column, text=text, style="middle")


def _torn(part: _Cell, ends: list[int]) -> list[_Cell]:
    """A section's cell, once for each page that it is on."""
    firsts = [part.first, *(end for end in ends if part.first < end <= part.last)]
    lasts = [*(first - 1 for first in firsts[1:]), part.last]
    return [_over(first, last, 0, part.text) for first, last in zip(firsts, lasts, strict=True)]


def _page_ends(heights: list[float], whole: list[range], header: float) -> list[int]:
    """The rows that begin a page."""
    ends, used = [], header
    for rows in whole:
        needed = sum(heights[row] for row in rows)
        if used + needed > _PAGE and rows.start:
            ends.append(rows.start)
            used = header
        used += needed
    return ends


def _needed(cell: _Cell) -> float:
    """Points that a cell's text needs."""
    size = {"title": 16, "note": 9}.get(cell.style, _SIZE)
    pixels = sum(7 * width + 5 for width in _WIDTHS[cell.left : cell.right + 1])
    # A line ends one character early where the next one may not begin a line.
    room = (pixels - 8) / (size * 96 / 72) - (0.5 if cell.left == cell.right else 1)
    return lines_in(cell.text, room) * _LINE * size / _SIZE + (
        _PEN if cell.style == "sign" else _AIR
    )


def _heights(cells: list[_Cell], rows: int) -> list[float]:
    """The height of every printed row: what its own cells need, then what is merged over it."""
    heights = [_LINE + _AIR] * rows
    for cell in sorted(cells, key=lambda each: each.last - each.first):
        span = range(cell.first, cell.last + 1)
        short = (_needed(cell) - sum(heights[row] for row in span)) / len(span)
        if short > 0:
            for row in span:
                heights[row] += short
    return heights


def _places(heights: list[float]) -> tuple[list[int], list[float]]:
    """Where each printed row begins in the file, and the file's heights: a very high one takes several."""
    starts, found = [0], []
    for height in heights:
        rows = ceil(height / _HIGHEST)
        found += [height / rows] * rows
        starts.append(starts[-1] + rows)
    return starts, found

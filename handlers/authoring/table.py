"""A table with the official columns (.xlsx): its sections, items and printed lines, merged cells followed."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.clauses import UNDECIDED, Clause, points_in, read_clause, split_cell, without_points

COLUMNS = ("项目", "内容", "分值", "评分标准")
NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,4})?")
_ORDINAL = re.compile(r"^\s*[一二三四五六七八九十]{1,3}\s*[、.．]\s*")
_ENDS = ("合计", "总分", "总计")
_DEEPEST_HEADER = 40


class NotATableError(Exception):
    """The file is no table with the official columns; the message is one line."""


@dataclass(kw_only=True, slots=True)
class Line:
    """One printed line."""

    clause: Clause
    joined: bool
    """Printed in the cell of the line before."""
    alone: str | None
    """The points in the row's own cell, where the table splits an item's points by row."""


@dataclass(kw_only=True, slots=True)
class Item:
    """One row of the table with its lines."""

    name: str
    points: str
    lines: list[Line] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class Section:
    """One part of the table."""

    name: str
    points: str
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """One row: the texts of the four columns, and which merged cell each belongs to."""

    texts: tuple[str, str, str, str]
    cells: tuple[Any, Any, Any, Any]


def read_table(path: Path) -> tuple[str, list[_Row]]:
    from openpyxl import load_workbook  # noqa: PLC0415  (only to import a table)

    try:
        sheet = load_workbook(path, data_only=True).worksheets[0]
    except OSError:
        raise
    except Exception as error:  # a zip, XML or key error: whatever the file is, it is no workbook
        raise NotATableError(f"{path.name}: not an .xlsx workbook") from error
    merged = {
        (row, column): span.coord
        for span in sheet.merged_cells.ranges
        for row, column in span.cells
    }
    first = {span.coord: (span.min_row, span.min_col) for span in sheet.merged_cells.ranges}

    def look(row: int, column: int) -> tuple[str, Any]:
        cell = merged.get((row, column), (row, column))
        value = sheet.cell(*first.get(cell, (row, column))).value
        return "" if value is None else str(value).strip(), cell

    for header in range(1, min(sheet.max_row, _DEEPEST_HEADER) + 1):
        names = {look(header, c)[0].replace(" ", ""): c for c in range(1, sheet.max_column + 1)}
        if all(name in names for name in COLUMNS):
            title = next((t for r in range(1, header) if (t := look(r, 1)[0])), "")
            at = [names[name] for name in COLUMNS]
            return title, [_row(look, r, at) for r in range(header + 1, sheet.max_row + 1)]
    raise NotATableError(f"{path.name}: no row with the columns {' '.join(COLUMNS)}")


def _row(look: Any, row: int, columns: list[int]) -> _Row:
    found = [look(row, column) for column in columns]
    return _Row(texts=tuple(f[0] for f in found), cells=tuple(f[1] for f in found))


def sections_of(rows: list[_Row]) -> list[Section]:
    sections: list[Section] = []
    before: _Row | None = None
    spans = [row.cells[2] for row in rows]
    for row in rows:
        section, item, points, clause = row.texts
        if section.replace(" ", "").startswith(_ENDS) or not clause:
            continue
        if section and (before is None or row.cells[0] != before.cells[0]):
            name = without_points(_ORDINAL.sub("", section))
            sections.append(Section(name=flat(name), points=points_in(section) or UNDECIDED))
        if not sections:
            continue
        if item and (before is None or row.cells[1] != before.cells[1]):
            sections[-1].items.append(Item(name=flat(item), points=UNDECIDED))
        if not sections[-1].items:
            continue
        _add(sections[-1].items[-1], points, clause, alone=spans.count(row.cells[2]) == 1)
        before = row
    for each in (item for section in sections for item in section.items):
        _settle(each)
    return sections


def flat(text: str) -> str:
    """A name without the breaks and blanks that a narrow cell put into it."""
    return re.sub(r"\s+", "", text)


def _add(item: Item, points: str, text: str, *, alone: bool) -> None:
    number = points if NUMBER.fullmatch(points) else None
    if number and not alone:
        item.points = number
    for index, part in enumerate(split_cell(text)):
        own = number if alone and index == 0 else None
        item.lines.append(Line(clause=read_clause(part), joined=index > 0, alone=own))


def _settle(item: Item) -> None:
    """What follows from the numbers: an item's points by its rows, a line's by its row."""
    rows = [line.alone for line in item.lines if line.alone]
    if item.points == UNDECIDED and rows:
        item.points = plain(sum(float(each) for each in rows))
    lines = [line for line in item.lines if line.clause.points == UNDECIDED]
    for line in lines:
        own = line.alone or (item.points if len(item.lines) == 1 else None)
        if own is not None:
            _give(line.clause, own)


def _give(clause: Clause, points: str) -> None:
    clause.points = points
    clause.doubts = [doubt for doubt in clause.doubts if not doubt.startswith("points")]
    if clause.rule and clause.rule["kind"] == "step":
        rungs = [points if each == UNDECIDED else each for each in clause.rule["deduct"]]
        clause.rule = {**clause.rule, "deduct": rungs}


def plain(number: float) -> str:
    return f"{number:g}"

"""A draft rubric in YAML from a printed table; what could not be decided is marked."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from handlers.authoring.table import (
    COLUMNS,
    NUMBER,
    Item,
    Line,
    NotATableError,
    Section,
    flat,
    plain,
    read_table,
    sections_of,
)
from models.clauses import UNDECIDED, points_in, without_points

_LEVELS = {1: "一级及以下", 2: "二级", 3: "三级"}


def draft_from(path: Path, rubric_id: str) -> str:
    """The draft as YAML text; NotATableError when the official columns are not there."""
    title, rows = read_table(path)
    sections = sections_of(rows)
    if not sections:
        raise NotATableError(f"{path.name}: no row under the columns {' '.join(COLUMNS)}")
    return "\n".join(_written(rubric_id, title or rubric_id, sections)) + "\n"


def _written(rubric_id: str, title: str, sections: list[Section]) -> Iterator[str]:
    total = _total([section.points for section in sections])
    yield f'# A draft read from a table. Decide every "{UNDECIDED}" and look at every line marked (look), then'
    yield "# wardwatch rubric check. The format: docs/rubric-format.md."
    yield f"id: {_text(rubric_id)}"
    yield "schema: wardwatch-rubric/1"
    yield 'version: "1"'
    yield f"valid_from: {_text(UNDECIDED)}  # the first day it applies, such as 2026-01-01"
    yield f"title: {_text(title)}"
    yield "source:"
    yield from (f"  {key}: {_text(UNDECIDED)}" for key in ("document", "number", "issuer"))
    yield f"  issued: {_text(UNDECIDED)}  # the day it was issued, such as 2026-01-01"
    yield "period: calendar_year  # (look) the counting period"
    yield f"points: {_value(total)}"
    yield "levels:"
    yield from (f"  {level}: {_text(name)}" for level, name in _LEVELS.items())
    yield "verdict: {partly: 0.5}  # (look) what a line partly met is worth"
    yield "not_applicable: {policy: full_marks}  # (look) what a line that does not apply counts"
    yield "sections:"
    for number, section in enumerate(sections, 1):
        yield from _section(str(number), section)


def _section(number: str, section: Section) -> Iterator[str]:
    points = section.points
    if points == UNDECIDED:
        points = _total([item.points for item in section.items])
    yield f"- id: {_text(number)}"
    yield f"  name: {_text(section.name)}"
    yield f"  points: {_value(points)}"
    yield "  items:"
    for index, item in enumerate(section.items, 1):
        yield from _item(f"{number}.{index}", item)


def _item(number: str, item: Item) -> Iterator[str]:
    chosen = _is_choice(item)
    yield f"  - id: {_text(number)}"
    yield f"    name: {_text(item.name)}"
    yield f"    points: {_value(item.points)}"
    if chosen:
        yield "    combine: one_of  # (look) the best line alone is worth the item, so one of them counts"
    else:
        yield from _sums(item)
    yield "    criteria:"
    for index, line in enumerate(item.lines, 1):
        yield from _line(f"{number}.{index}", line, chosen=chosen)


def _line(number: str, line: Line, *, chosen: bool) -> Iterator[str]:
    clause = line.clause
    yield f"    - id: {_text(number)}"
    if chosen:
        yield f"      key: {_text('choice_' + number.rpartition('.')[2])}"
    yield f"      name: {_text(_short(clause.text))}"
    yield f"      text: {_text(without_points(clause.text).rstrip('；;。，,') or clause.text)}"
    yield f"      clause: {_text(clause.printed)}"
    yield f"      points: {_value(clause.points)}"
    if points_in(clause.printed) is None:
        yield "      points_printed: row"
    if line.joined:
        yield "      same_row: true"
    yield f"      judged: {'auto' if clause.rule else 'human'}  # (look) auto, assisted, human or external"
    for doubt in clause.doubts:
        yield f"      # (look) {doubt}"
    if clause.levels:
        yield f"      levels: {clause.levels}"
    if clause.rule and not chosen:
        yield f"      rule: {_flow(clause.rule)}"


def _is_choice(item: Item) -> bool:
    """Whether the lines are alternatives: the best alone is worth the item, all together more."""
    worth = [line.clause.points for line in item.lines]
    known = [float(each) for each in worth if each != UNDECIDED]
    gated = any(line.clause.levels or line.clause.rule for line in item.lines)
    if gated or item.points == UNDECIDED or not len(known) == len(worth) > 1:
        return False
    return max(known) == float(item.points) < sum(known)


def _sums(item: Item) -> Iterator[str]:
    """What the lines add up to by level, declared where it is not the item's points."""
    points = [line.clause.points for line in item.lines]
    if UNDECIDED in (*points, item.points):
        return
    sums = {
        level: sum(
            float(line.clause.points)
            for line in item.lines
            if level in (line.clause.levels or _LEVELS)
        )
        for level in _LEVELS
    }
    if any(total != float(item.points) for total in sums.values()):
        said = ", ".join(f"{level}: {plain(total)}" for level, total in sums.items())
        yield f"    printed_sum: {{{said}}}  # (look) its lines do not add up to its points"
        if any(total > float(item.points) for total in sums.values()):
            yield "    over: {policy: cap}  # (look) what counts where they add up to more"


def _total(points: list[str]) -> str:
    return UNDECIDED if UNDECIDED in points else plain(sum(float(each) for each in points))


def _short(text: str) -> str:
    words = re.split(r"[，,；;。（(]", without_points(text), maxsplit=1)[0]
    return flat(words)[:20] or text[:20]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _value(points: str) -> str:
    return _text(points) if points == UNDECIDED else points


def _flow(rule: Any) -> str:
    """A rule on one line, numbers as numbers."""
    said = yaml.safe_dump(
        _numbers(rule), allow_unicode=True, default_flow_style=True, width=10_000, sort_keys=False
    )
    return said.strip().replace(f"'{UNDECIDED}'", _text(UNDECIDED))


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value

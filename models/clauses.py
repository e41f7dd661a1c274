"""Reading a printed scorecard line: what its words say of points, levels and rule. What they leave open stays open."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_NUMBER = r"(\d+(?:\.\d+)?)"
_POINTS = re.compile(rf"[（(]\s*{_NUMBER}\s*分\s*[）)]")
_NUMBERED = re.compile(r"^\s*[（(]?\d{1,2}[)）.、．]\s*(?!\d)")
_RUNG = re.compile(rf"漏报(\d+)次扣{_NUMBER}分")
_LAST_RUNG = re.compile(r"漏报(\d+)次及以上不得分")
_EACH = re.compile(
    rf"(?:每(?:发生)?[一1]?[起次例件]|[一1]起)[^，,。；;（(]{{0,8}}?(?:扣|减){_NUMBER}分"
)
_COST = re.compile(rf"(?<!限)(?<!最多)(?<!至多)(?:扣|减){_NUMBER}分")
_SLOPE = re.compile(rf"每(?:降低|低)(?:1|一)?个?百分点扣{_NUMBER}分")
_CAP = re.compile(rf"(?:限扣|最多扣|至多扣){_NUMBER}分")
_LEVELS = (("三级", [3]), ("二级以上", [2, 3]), ("二级及以上", [2, 3]))

UNDECIDED = "?"
"""What stands in a draft where a person has to decide; a rubric that still holds one is refused."""


@dataclass(kw_only=True, slots=True)
class Clause:
    """One printed line as far as its words go; ``doubts`` name what a person has to decide."""

    printed: str
    """The words as they stand in the cell."""
    text: str
    """The same without numbering and closing mark."""
    points: str = UNDECIDED
    levels: list[int] | None = None
    rule: Mapping[str, Any] | None = None
    doubts: list[str] = field(default_factory=list)


def points_in(text: str) -> str | None:
    """The points printed in brackets, as in 组织领导(20分); of several the first."""
    found = _POINTS.search(text)
    return found.group(1) if found else None


def without_points(text: str) -> str:
    """The words without the points in brackets."""
    return _POINTS.sub("", text).strip()


def split_cell(text: str) -> list[str]:
    """The lines of one cell: by line break, by numbering, and after points in brackets and a semicolon or full stop."""
    lines = [
        line
        for raw in text.splitlines()
        for line in re.split(r"(?<=[；;。])\s*(?=\d{1,2}[.、．]\s*\D)", raw)
    ]
    parts = [part for line in lines for part in _parts(line) if part.strip()]
    return [part.strip() for part in parts]


def _parts(line: str) -> list[str]:
    """Split after ``(5分);`` where more printed points follow; a remark in brackets belongs to what it follows."""
    found, start = [], 0
    for end in re.finditer(r"分\s*[）)]\s*[；;。，,]", line):
        rest = line[end.end() :]
        if not rest.strip() or rest.lstrip().startswith(("（", "(")) or not _POINTS.search(rest):
            continue
        found.append(line[start : end.end()])
        start = end.end()
    return [*found, line[start:]]


def read_clause(text: str) -> Clause:
    """What a printed line says, as far as it can be told from its words."""
    clause = Clause(printed=text, text=_NUMBERED.sub("", text).strip().rstrip("；;。，,"))
    printed = points_in(text)
    if printed is None:
        clause.doubts.append("points: the line prints none")
    else:
        clause.points = printed
    clause.levels = next((levels for words, levels in _LEVELS if words in text), None)
    if clause.levels:
        clause.doubts.append("levels: read from the words")
    clause.rule = _rule(text, clause.doubts)
    return clause


def _rule(text: str, doubts: list[str]) -> Mapping[str, Any] | None:
    if rungs := _RUNG.findall(text):
        return _ladder(text, rungs, doubts)
    if slope := _SLOPE.search(text):
        doubts.append("slope: from which value full points are given, and how the tiers go on")
        tiers = [{"from": UNDECIDED, "per": 1, "deduct": slope.group(1)}]
        return {
            "kind": "slope",
            "metric": UNDECIDED,
            "name": UNDECIDED,
            "maximum": 100,
            "full_from": UNDECIDED,
            "tiers": tiers,
            "counting": "proportional",
        }
    if _EACH.search(text):
        # 案件一起扣1分，乱象事件扣2分: what follows the first cost is meant for each event as well.
        return _events(text, _COST.findall(text), doubts)
    if "折合" in text:
        doubts.append("prorate: which figure, and its full mark")
        return {"kind": "prorate", "metric": UNDECIDED, "name": UNDECIDED, "full": UNDECIDED}
    if "平均" in text and "扣" in text:
        doubts.append("below_benchmark: how many points are lost for each point below")
        return {
            "kind": "below_benchmark",
            "metric": UNDECIDED,
            "name": UNDECIDED,
            "benchmark": "district_average",
            "benchmark_name": "全区平均分",
            "maximum": 100,
            "per_point": UNDECIDED,
            "floor": 0,
        }
    return None


def _ladder(text: str, rungs: list[tuple[str, str]], doubts: list[str]) -> Mapping[str, Any]:
    """漏报2次扣1分,漏报3次及以上不得分: the rungs printed; those between take the one below."""
    printed = {int(times): cost for times, cost in rungs}
    last = _LAST_RUNG.search(text)
    if last:
        printed[int(last.group(1))] = points_in(text) or UNDECIDED
    deduct: list[Any] = [0]
    for times in range(1, max(printed) + 1):
        if times not in printed:
            doubts.append(f"ladder: {times} missed is not printed")
        deduct.append(printed.get(times, deduct[-1]))
    return {"kind": "step", "metric": "missed_reports", "deduct": deduct}


def _events(text: str, costs: list[str], doubts: list[str]) -> Mapping[str, Any]:
    """发生一起扣1分: an event for each printed cost; which figure counts them is not in the words."""
    doubts.append("events: which figures count them, and their names")
    events = [{"metric": UNDECIDED, "name": UNDECIDED, "each": cost} for cost in costs]
    rule: dict[str, Any] = {"kind": "per_event", "events": events, "floor": 0}
    if cap := _CAP.search(text):
        rule["cap"] = cap.group(1)
    if "加倍" in text:
        doubts.append("doubled: in which cases the deduction counts twice")
    return rule

"""The Qingpu table scored by brute force from its printed words; knows nothing of the engine or its file.

Every way to read the table and every way an unanswered line could end is tried, one after the other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

# 内容 and 分值 of each row, then its lines: id, points, the levels it speaks of, the kind of its 评分标准.
TABLE = {
    "1.2": (10, [("1.2.a", 5, 1, "mark"), ("1.2.b", 5, 1, "mark")]),
    "2.1": (10, [("2.1.1", 5, 2, "mark"), ("2.1.2", 5, 1, "mark")]),  # 二级以上医院设立投诉管理部门
    "2.2": (10, [("2.2.1", 5, 1, "mark"), ("2.2.2", 5, 1, "mark")]),
    "3.1": (25, [("3.1.1", 5, 1, "mark"), ("3.1.2", 10, 1, "mark"), ("3.1.3", 10, 1, "qc")]),
    "4.1": (4, [("4.1.1", 2, 1, "mark"), ("4.1.2", 2, 1, "mark")]),
    "4.2": (
        10,
        [
            ("4.2.1a", 2, 2, "mark"),  # 二级以上医院设置警务室（2分）
            ("4.2.1b", 2, 3, "mark"),  # 三级医院开展安检（2分）
            ("4.2.2", 3, 1, "grave"),  # 涉医案件一起扣1分，行业乱象事件扣2分，扣完为止
            ("4.2.3", 3, 1, "each"),  # 发生一起扣1分，扣完为止
            ("4.2.4", 2, 1, "each"),  # 发生一起扣1分，扣完为止
        ],
    ),
    "4.3": (4, [("4.3.1", 2, 1, "district"), ("4.3.2", 2, 1, "closed")]),
    "4.4": (5, [("4.4.1", 3, 1, "mark"), ("4.4.2", 2, 1, "mark")]),
    "5.1": (5, [("5.1.1", 5, 1, "mark")]),
    "5.2": (5, [("5.2.1", 5, 1, "average")]),
}
SECTIONS = {
    "1": ["1.1", "1.2"],
    "2": ["2.1", "2.2"],
    "3": ["3.1"],
    "4": ["4.1", "4.2", "4.3", "4.4", "4.5"],
    "5": ["5.1", "5.2"],
}
LEADER, OTHER = "party_or_administrative_head", "somebody_else"
NOT_APPLICABLE = None
Triple = tuple[Fraction, Fraction, Fraction | None]
State = Mapping[str, Any]


def lines_at(item: str, level: int) -> list[tuple[str, int, int, str]]:
    """The lines of a row that speak of a level."""
    return [line for line in TABLE[item][1] if level >= line[2]]


def questions_at(level: int) -> dict[str, str]:
    """What has to be asked at a level, with the kind of each answer."""
    rows = {line[0]: line[3] for item in TABLE for line in lines_at(item, level)}
    return {"1.1": "head", **rows}


def random_state(pick: Callable[[Sequence[Any]], Any]) -> dict[str, Any]:
    """A level, some answers and a number of missed reports, from any way to pick out of a sequence."""
    level = pick([1, 2, 3])
    answers = {}
    complete = pick([True, False])
    for question, kind in questions_at(level).items():
        if complete or pick(range(8)):
            answers[question] = random_answer(kind, pick, complete)
    return {"level": level, "answers": answers, "missed": pick(range(6))}


def random_answer(kind: str, pick: Callable[[Sequence[Any]], Any], complete: bool) -> Any:
    """One answer of a kind; never "not known yet" when everything is to be known."""
    percent = pick(range(10_001)) / 100
    if kind == "mark":
        return pick(["yes", "yes", "partly", "no", "na"])
    if kind == "head":
        return pick([LEADER, OTHER, "none"])
    if not complete and not pick(range(6)):
        return "unknown"
    if kind == "grave":
        return [pick(range(5)), pick(range(4))]
    if kind == "each":
        return [pick(range(5))]
    if kind == "district":
        return pick(range(201)) / 100
    if kind == "closed":
        return pick(["no_cases", percent])
    if kind == "average":
        near = min(100, percent + pick(range(-300, 301)) / 100)
        return [percent, max(0, near) if complete or pick([True, False]) else None]
    return percent


def exact(number: float) -> Fraction:
    return Fraction(str(number))


def endings(kind: str, points: int, answer: Any, reading: Mapping[str, str]) -> list[Any]:
    """Every number of points a line may end at by one reading (the two ends where it is a slope)."""
    full = Fraction(points)
    if answer is None or answer == "unknown":
        return [Fraction(0), full]
    if kind == "mark":
        half = full / 2 if reading["A12"] == "half" else Fraction(0)
        return [{"yes": full, "partly": half, "no": Fraction(0), "na": NOT_APPLICABLE}[answer]]
    if kind == "grave":
        grave, malpractice = answer
        times = malpractice if reading["A4"] == "per_event" else min(malpractice, 1)
        return [max(Fraction(0), full - 1 * grave - 2 * times)]
    if kind == "each":
        return [max(Fraction(0), full - answer[0])]
    if kind == "district":
        return [exact(answer)]
    if kind == "closed":
        return [full if answer == "no_cases" else full * exact(answer) / 100]
    if kind == "qc":
        return [full * exact(answer) / 100]
    return average_endings(full, answer, reading)


def average_endings(full: Fraction, answer: Any, reading: Mapping[str, str]) -> list[Fraction]:
    """低于全区平均数扣分; the district's average may still turn out to be anything."""
    own = exact(answer[0])
    averages = [Fraction(0), Fraction(100)] if answer[1] is None else [exact(answer[1])]
    ends = []
    for average in averages:
        slope = max(Fraction(0), full - (average - own))
        lost = slope if reading["A10"] == "per_point" else Fraction(0)
        ends.append(full if own >= average else lost)
    return ends


def item_value(
    item: str, level: int, ends: Sequence[Fraction | None], reading: Mapping[str, str]
) -> Fraction:
    """The row for one way its lines ended and one way to read the table."""
    points = Fraction(TABLE[item][0])
    worth = {line[0]: Fraction(line[1]) for line in lines_at(item, level)}
    scale = dict.fromkeys(worth, Fraction(1))
    too_much = sum(worth.values()) > points
    if too_much and reading["A1"] == "split":  # 警务室 and 安检 share the 2 points
        scale |= {"4.2.1a": Fraction(1, 2), "4.2.1b": Fraction(1, 2)}
    known = {
        line: end * scale[line] for line, end in zip(worth, ends, strict=True) if end is not None
    }
    absent = sum((worth[line] * scale[line] for line in worth if line not in known), Fraction(0))
    printed = sum((worth[line] * scale[line] for line in worth), Fraction(0))
    row = max(printed, points)
    got = sum(known.values(), Fraction(0))
    if reading["A2"] == "full_marks":
        got += absent + (row - printed)
    elif reading["A2"] == "rescale":
        got = got * row / (printed - absent) if printed > absent else row
    if too_much and reading["A1"] == "rescale":
        return got * points / 12
    return min(points, got)


def item_range(item: str, state: State, shared: Mapping[str, str]) -> tuple[Fraction, Fraction]:
    """The least and the most a row may be worth by a reading of A2 and A12, over everything else."""
    level, answers = state["level"], state["answers"]
    lines = lines_at(item, level)
    found = []
    for a1, a4, a10 in product(
        ways(state, "A1") if (item, level) == ("4.2", 3) else ["cap"],
        ways(state, "A4") if item == "4.2" else ["per_event"],
        ways(state, "A10") if item == "5.2" else ["per_point"],
    ):
        reading = {**shared, "A1": a1, "A4": a4, "A10": a10}
        each = [endings(kind, points, answers.get(i), reading) for i, points, _, kind in lines]
        found += [item_value(item, level, ends, reading) for ends in product(*each)]
    return min(found), max(found)


READINGS = {
    "A1": ["cap", "rescale", "split"],
    "A2": ["full_marks", "rescale", "zero"],
    "A3": ["nothing", "half_a_point"],
    "A4": ["per_event", "once"],
    "A10": ["per_point", "everything"],
    "A12": ["half", "none"],
}
DEFAULTS = {question: readings[0] for question, readings in READINGS.items()}


def ways(state: State, question: str) -> list[str]:
    """Every way to read a question, or the one way that was ruled."""
    ruled = state.get("rulings", {})
    return [ruled[question]] if question in ruled else READINGS[question]


def item_default(item: str, state: State) -> Fraction | None:
    """The row by our default readings; None while a line is not known."""
    lines = lines_at(item, state["level"])
    values = [state["answers"].get(line[0]) for line in lines]
    for value in values:
        if value is None or value == "unknown":
            return None
        if isinstance(value, list) and value[-1] is None and value[0] < 100:
            return None
    ours = {**DEFAULTS, **state.get("rulings", {})}
    ends = [
        endings(line[3], line[1], value, ours)[-1]
        for line, value in zip(lines, values, strict=True)
    ]
    return item_value(item, state["level"], ends, ours)


def leadership(state: State) -> Triple:
    """党政主要领导任组长(10分); 其他人员任组长(5分)。"""
    answer = state["answers"].get("1.1")
    if answer is None:
        return Fraction(0), Fraction(10), None
    points = Fraction({LEADER: 10, OTHER: 5, "none": 0}[answer])
    return points, points, points


def reporting(state: State) -> Triple:
    """漏报2次扣1分，漏报3次及以上不得分; once is not printed: nothing by default, or half a point."""
    missed = state["missed"]
    if missed >= 3:
        return Fraction(0), Fraction(0), Fraction(0)
    if missed == 2:
        return Fraction(1), Fraction(1), Fraction(1)
    if missed == 0:
        return Fraction(2), Fraction(2), Fraction(2)
    once = [{"nothing": Fraction(2), "half_a_point": Fraction(3, 2)}[w] for w in ways(state, "A3")]
    return min(once), max(once), once[0]


def oracle(state: State) -> dict[str, Any]:
    """Ranges and default points of every row, section and the whole, and the open questions."""
    fixed = {"1.1": leadership(state), "4.5": reporting(state)}
    defaults = {item: item_default(item, state) for item in TABLE}
    joint = [
        {item: item_range(item, state, {"A2": a2, "A12": a12}) for item in TABLE}
        for a2, a12 in product(ways(state, "A2"), ways(state, "A12"))
    ]

    def triple(items: Iterable[str]) -> Triple:
        chosen = list(items)
        ours = [fixed[i][2] if i in fixed else defaults[i] for i in chosen]
        lows = [sum(fixed[i][0] if i in fixed else one[i][0] for i in chosen) for one in joint]
        highs = [sum(fixed[i][1] if i in fixed else one[i][1] for i in chosen) for one in joint]
        known = [value for value in ours if value is not None]
        default = sum(known, Fraction(0)) if len(known) == len(ours) else None
        return Fraction(min(lows)), Fraction(max(highs)), default

    everything = [item for items in SECTIONS.values() for item in items]
    return {
        "items": {item: triple([item]) for item in everything},
        "sections": {section: triple(items) for section, items in SECTIONS.items()},
        "total": triple(everything),
        "open": open_questions(state),
    }


def open_questions(state: State) -> list[str]:
    """The questions that bear on this score, by what the brief words of the table leave unsaid."""
    level, answers, kinds = state["level"], state["answers"], questions_at(state["level"])
    given = [answers.get(question) for question in kinds]
    found = []
    if level == 3:
        found.append("A1")
    if level == 1 or "na" in given:
        found.append("A2")
    if state["missed"] == 1:
        found.append("A3")
    if differs("grave", 3, answers.get("4.2.2"), "A4", ["per_event", "once"]):
        found.append("A4")
    if differs("average", 5, answers.get("5.2.1"), "A10", ["per_point", "everything"]):
        found.append("A10")
    if "partly" in given:
        found.append("A12")
    return [each for each in found if each not in state.get("rulings", {})]


def differs(kind: str, points: int, answer: Any, question: str, readings: Sequence[str]) -> bool:
    """Whether another reading than ours leads somewhere else."""
    ends = [endings(kind, points, answer, {**DEFAULTS, question: each}) for each in readings]
    return len({(min(each), max(each)) for each in ends}) > 1

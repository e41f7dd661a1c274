"""The Qingpu oracle where records count some of the figures and an administrator has ruled on some questions."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.models import scorecard_oracle
from tests.models.scorecard_oracle import READINGS, questions_at

FIGURES = {
    "3.1.3": ("qc.score",),  # 质控督查折合分数
    "4.2.2": ("incidents.grave", "incidents.malpractice"),  # 恶劣案件, 行业乱象事件
    "4.2.3": ("incidents.media_hype",),  # 媒体恶意炒作
    "4.2.4": ("staff.organised_crime",),  # 涉黑涉恶或充当保护伞
    "4.3.1": ("district.swift_prosecution",),  # 快捕、快诉、快判
    "4.3.2": ("supervised_cases.closed_percent",),  # 督办案件结案率
    "5.2.1": ("survey.patient_service", "district_average"),  # 低于全区平均数扣分
}
MANY = 9999
SINGLE = frozenset({"3.1.3", "4.3.1", "4.3.2"})
"""Lines whose answer the first oracle takes as a bare number."""
Pick = Callable[[Sequence[Any]], Any]


def random_state(pick: Pick) -> dict[str, Any]:
    """A state of the first oracle with figures counted, rulings, and answers to what is left."""
    state = scorecard_oracle.random_state(pick)
    counts = {m: figure(m, pick) for each in FIGURES.values() for m in each if not pick(range(3))}
    rulings = {q: pick(ways) for q, ways in READINGS.items() if not pick(range(4))}
    answers = {line: shortened(line, said, counts, pick) for line, said in state["answers"].items()}
    return {**state, "answers": answers, "counts": counts, "rulings": rulings}


def figure(metric: str, pick: Pick) -> Fraction:
    """A figure that records may show."""
    if metric == "district.swift_prosecution":
        return Fraction(pick(range(201)), 100)
    if metric.startswith(("incidents", "staff")):
        return Fraction(pick(range(6)))
    return Fraction(pick(range(10_001)), pick([100, 101]))


def shortened(line: str, said: Any, counts: Mapping[str, Fraction], pick: Pick) -> Any:
    """Sometimes the answer to those figures only that nobody counts."""
    metrics = FIGURES.get(line, ())
    left = [i for i, metric in enumerate(metrics) if metric not in counts]
    if not isinstance(said, list) or not left or pick([True, False]):
        return said
    return [said[i] for i in left]


def told(line: str, said: Any, counts: Mapping[str, Fraction]) -> Any:
    """The whole answer to a line: what records count goes before what was said; as said while some of it is open."""
    metrics = FIGURES.get(line, ())
    counted = [metric in counts for metric in metrics]
    if not any(counted):
        return said
    if all(counted):
        found = [counts[metric] for metric in metrics]
        return found[0] if line in SINGLE else found
    if not isinstance(said, list):
        # What is known of ourselves narrows 5.2.1 already; 4.2.2 is looked at from both ends below.
        return [counts[metrics[0]], None] if line == "5.2.1" and counted[0] else said
    waiting = iter(said if len(said) != len(metrics) else [])
    return [
        counts[metric] if known else said[i] if len(said) == len(metrics) else next(waiting)
        for i, (metric, known) in enumerate(zip(metrics, counted, strict=True))
    ]


def oracle(state: Mapping[str, Any]) -> dict[str, Any]:
    """Ranges, default points and open questions, as the first oracle gives them."""
    known = [metric in state["counts"] for metric in FIGURES["4.2.2"]]
    said = state["answers"].get("4.2.2")
    if not isinstance(said, list) and any(known) and not all(known):
        return joined(state, known)
    every = {
        line: told(line, state["answers"].get(line), state["counts"])
        for line in questions_at(state["level"])
    }
    answers = {line: said for line, said in every.items() if said is not None}
    return scorecard_oracle.oracle({**state, "answers": answers})


def joined(state: Mapping[str, Any], known: list[bool]) -> dict[str, Any]:
    """One figure of 4.2.2 is counted, of the other there may be none or many: what lies in either."""
    figures = [
        [
            state["counts"][m] if on else unsaid
            for m, on in zip(FIGURES["4.2.2"], known, strict=True)
        ]
        for unsaid in (MANY, 0)
    ]
    worst, best = (
        oracle({**state, "answers": {**state["answers"], "4.2.2": each}}) for each in figures
    )
    items = {name: either(one, best["items"][name]) for name, one in worst["items"].items()}
    asked = [q for q in READINGS if q in {*worst["open"], *best["open"]} - {"A4"}]
    if "A4" not in state["rulings"] and is_disputed(figures):
        asked.append("A4")
    order = sorted(asked, key=lambda q: int(q[1:]))
    return {"items": items, "total": either(worst["total"], best["total"]), "open": order}


def either(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    known = one[2] if one == other else None
    return min(one[0], other[0]), max(one[1], other[1]), known


def is_disputed(figures: list[list[Any]]) -> bool:
    """Whether counting malpractice once only would change what 4.2.2 may be (A4)."""

    def left(grave: int, chaos: int) -> int:
        return int(max(0, 3 - grave - 2 * chaos))

    each = [left(*pair) for pair in figures]
    once = [left(grave, min(chaos, 1)) for grave, chaos in figures]
    return (min(each), max(each)) != (min(each + once), max(each + once))

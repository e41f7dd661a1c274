"""Random hospitals for any table that ships: size, answers, figures counted from records, rulings."""

import random
from fractions import Fraction
from typing import Any

from models.asking import every_question
from models.question import Question
from models.rubric import shipped
from models.rules import metrics_of
from models.scorecard import score
from models.scores import Scorecard

PERCENT = (0, 1, 33, 50, "66.7", 99, 100)
SATISFACTION = (0, 50, "69.9", 70, "70.5", 84, 85, "85.5", 90, "94.2", "94.9", 95, 100)
TIMES = (0, 0, 0, 1, 1, 2, 3, 4, 5, 11, 40)


def figure(rnd: random.Random, metric: str) -> Any:
    """A value that such a figure may have."""
    if metric.startswith("survey") or metric == "district_average":
        return rnd.choice(SATISFACTION)
    if metric == "district.swift_prosecution":
        return rnd.choice((0, "0.5", 1, 2))
    return rnd.choice(PERCENT if metric.endswith(("percent", "score")) else TIMES)


def read_in_ways(rubric_id: str) -> dict[str, list[str]]:
    """The open questions of a table that have readings, each with them."""
    return {each.id: list(each.readings) for each in shipped(rubric_id).open if each.readings}


def random_state(rnd: random.Random, rubric_id: str) -> dict[str, Any]:
    """Some hospital with some answers and some counts."""
    rubric = shipped(rubric_id)
    level = rnd.choice((1, 2, 3))
    metrics = {metric for line in rubric.criteria for metric in metrics_of(line.rule)}
    for line in rubric.bonus.lines if rubric.bonus else ():
        metrics |= set(metrics_of(line.rule))
    metrics |= {veto.metric for veto in rubric.veto}
    counts = {
        metric: Fraction(str(figure(rnd, metric)))
        for metric in sorted(metrics)
        if metric == "missed_reports" or rnd.random() < 0.4
    }
    if "incidents.violent.key_period" in counts:
        # Some of the violent cases: counted together, or not at all.
        counts["incidents.violent"] = counts["incidents.violent.key_period"] + rnd.choice((0, 1))
    size = {"beds": (None, 0, 999, 1000, 3000), "outpatients": (None, 0, 4999, 5000)}
    answers = {
        each.id: value
        for each in every_question(rubric).values()
        if (value := answer(rnd, each, counts)) is not None
    }
    return {
        "level": level,
        **{key: rnd.choice(among) for key, among in size.items()},
        "answers": answers,
        "counts": counts,
        "rulings": {
            question: rnd.choice(readings)
            for question, readings in read_in_ways(rubric_id).items()
            if rnd.random() < 0.3
        },
    }


def answer(rnd: random.Random, asked_for: Question, counts: dict[str, Fraction]) -> Any:
    """An answer, or None; sometimes only to what nobody counts."""
    if rnd.random() < 0.15:
        return None
    if not asked_for.figures:
        return rnd.choice(asked_for.words)
    if rnd.random() < 0.1:
        return rnd.choice(asked_for.words)
    figures = asked_for.figures
    if rnd.random() < 0.5:
        figures = tuple(each for each in figures if each.metric not in counts) or figures
    said = [figure(rnd, each.metric) for each in figures]
    for index, each in enumerate(figures):
        if each.metric == "incidents.violent.key_period":
            known = counts.get("incidents.violent", said[index - 1] if index else 0)
            said[index] = rnd.choice((0, int(known), None))
        if each.metric == "district_average" and rnd.random() < 0.3:
            said[index] = None
    return said


def card_of(rubric_id: str, state: dict[str, Any]) -> Scorecard:
    """The engine's score of a state."""
    return score(
        shipped(rubric_id),
        level=state["level"],
        beds=state["beds"],
        outpatients=state["outpatients"],
        answers=state["answers"],
        counts=state["counts"],
        rulings=state["rulings"],
    )

"""Escalation chains: who is told of a case and when, until somebody takes it (presets/escalation.yaml)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection

from models.category import BY_CODE, SEVERITIES
from models.house_rule import CHAIN, read_rule
from models.people import ROLES

ON_DUTY = "on_duty"
"""Whoever has signed on with /duty, whatever the role."""
AUDIENCES = (ON_DUTY, *ROLES)
LONGEST = 7 * 24 * 60
"""Minutes: no step waits longer."""
_FILE = Path(__file__).parent / "presets" / "escalation.yaml"


class ChainError(ValueError):
    """A chain that cannot be followed; the message is a code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """``wait`` minutes after the step before, tell everybody in ``notify``; ``police`` shows the police contact."""

    wait: float
    notify: tuple[str, ...]
    police: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """For which cases a chain is meant; of several that fit, the first one is taken."""

    id: str
    steps: tuple[Step, ...]
    alarm: bool = False
    severities: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def fits(self, *, alarm: bool, category: str, severity: str) -> bool:
        """Whether a case of this kind follows the chain."""
        if self.alarm:
            return alarm
        if not self.severities and not self.groups:
            return True
        return severity in self.severities or BY_CODE[category].group in self.groups


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalation:
    """The shipped chains, and how long a case may stand still in each state (minutes). All are our defaults."""

    rules: tuple[Rule, ...]
    follow_up: Mapping[str, int]


def check_steps(steps: Sequence[Step]) -> None:
    """Raise ChainError unless the steps can be followed: a first one at once, waits above nothing, known audiences."""
    if not steps:
        raise ChainError("empty")
    if steps[0].wait != 0:
        raise ChainError("first_waits")
    for number, step in enumerate(steps):
        if number and not 0 < step.wait <= LONGEST:
            raise ChainError("wait")
        if not step.notify or set(step.notify) - set(AUDIENCES):
            raise ChainError("notify")


def steps_of(raw: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Steps as they are stored on a case or in a hospital's rules."""
    return tuple(
        Step(wait=step["wait"], notify=tuple(step["notify"]), police=bool(step.get("police")))
        for step in raw
    )


def stored(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps as JSON, for the snapshot on a case."""
    return [{**asdict(step), "notify": list(step.notify)} for step in steps]


@cache
def shipped_escalation() -> Escalation:
    """What presets/escalation.yaml says."""
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return Escalation(
        rules=tuple(_rule(each) for each in raw["rules"]),
        follow_up={state: int(minutes) for state, minutes in raw["follow_up"].items()},
    )


def _rule(raw: Mapping[str, Any]) -> Rule:
    steps = list(steps_of(raw["steps"]))
    again = raw.get("repeat", {"times": 0})
    steps += (
        [Step(wait=again["every"], notify=steps[-1].notify, police=steps[-1].police)]
        * again["times"]
        if again["times"]
        else []
    )
    check_steps(steps)
    severities, groups = frozenset(raw.get("severities", ())), frozenset(raw.get("groups", ()))
    assert severities <= set(SEVERITIES)
    return Rule(
        id=raw["id"],
        steps=tuple(steps),
        alarm=bool(raw.get("alarm")),
        severities=severities,
        groups=groups,
    )


def rule_for(*, alarm: bool, category: str, severity: str) -> Rule:
    """The first shipped rule that fits; the last one fits every case."""
    return next(
        rule
        for rule in shipped_escalation().rules
        if rule.fits(alarm=alarm, category=category, severity=severity)
    )


def steps_for(
    conn: Connection, hospital_id: int, *, alarm: bool, category: str, severity: str
) -> tuple[Step, ...]:
    """The steps a new case of this hospital follows: its own where it changed them, else the shipped ones."""
    rule = rule_for(alarm=alarm, category=category, severity=severity)
    own = read_rule(conn, hospital_id, CHAIN + rule.id)
    return rule.steps if own is None else steps_of(own)


def follow_up(state: str) -> timedelta:
    """How long a case may stand in this state before whoever has it is asked."""
    return timedelta(minutes=shipped_escalation().follow_up[state])

"""Chains: which can be followed, which rule fits a case, and what a hospital changed of them."""

import json
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.db import Database
from models.case import MOVES, SETTLED
from models.category import BY_CODE, SEVERITIES
from models.chain import (
    AUDIENCES,
    LONGEST,
    ON_DUTY,
    ChainError,
    Step,
    check_steps,
    follow_up,
    rule_for,
    shipped_escalation,
    steps_for,
    steps_of,
    stored,
)
from models.house_rule import CHAIN, find_rule, read_rule, set_rule
from tests.people import NOW, Cast

FIRST = Step(wait=0, notify=(ON_DUTY,))
SECOND = Step(wait=3, notify=("officer", "head"), police=True)


# -- what can be followed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([], "empty"),
        ([SECOND], "first_waits"),
        ([FIRST, FIRST], "wait"),
        ([FIRST, Step(wait=-1, notify=("officer",))], "wait"),
        ([FIRST, Step(wait=LONGEST + 1, notify=("officer",))], "wait"),
        ([Step(wait=0, notify=())], "notify"),
        ([FIRST, Step(wait=1, notify=())], "notify"),
        ([FIRST, Step(wait=1, notify=("officer", "nobody"))], "notify"),
    ],
)
def test_a_chain_that_cannot_be_followed_is_refused(steps: list[Step], code: str) -> None:
    with pytest.raises(ChainError, match=f"^{code}$"):
        check_steps(steps)


audiences = st.lists(st.sampled_from(AUDIENCES), min_size=1, unique=True).map(tuple)
later = st.builds(Step, wait=st.integers(1, LONGEST), notify=audiences, police=st.booleans())
chains = st.builds(
    lambda notify, rest: (Step(wait=0, notify=notify), *rest), audiences, st.lists(later)
)


@given(chains)
def test_every_chain_of_known_people_that_begins_at_once_can_be_followed_and_kept(
    steps: tuple[Step, ...],
) -> None:
    check_steps(steps)
    assert steps_of(json.loads(json.dumps(stored(steps)))) == steps


@given(chains, st.data())
def test_one_bad_step_anywhere_spoils_a_chain(steps: tuple[Step, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(steps) - 1))
    bad = data.draw(
        st.sampled_from(
            [
                Step(wait=-1, notify=("officer",)),
                Step(wait=LONGEST + 1, notify=("officer",)),
                Step(wait=steps[place].wait, notify=()),
                Step(wait=steps[place].wait, notify=("everybody",)),
            ]
        )
    )
    with pytest.raises(ChainError):
        check_steps((*steps[:place], bad, *steps[place + 1 :]))


# -- what is shipped -------------------------------------------------------------------------------


def test_what_is_shipped_can_be_followed_and_waits_as_the_brief_says() -> None:
    rules = {rule.id: rule for rule in shipped_escalation().rules}
    for rule in rules.values():
        check_steps(rule.steps)
    waits = {
        key: [sum(step.wait for step in rule.steps[: n + 1]) for n in range(1, len(rule.steps))]
        for key, rule in rules.items()
    }
    assert waits["alarm"][:3] == [1, 3, 10]
    assert waits["severe"] == waits["grave"] == [15, 60]
    assert waits["ordinary"] == [1440]
    assert rules["alarm"].steps[0].notify == (ON_DUTY,)
    at_once = {key: set(rule.steps[0].notify) for key, rule in rules.items() if key != "alarm"}
    assert at_once["ordinary"] == {"officer", "head", "admin"}
    assert at_once["severe"] == at_once["ordinary"] | {ON_DUTY}
    assert at_once["grave"] == at_once["severe"] | {"leader"}
    assert rules["alarm"].steps[3].police
    assert not any(step.police for step in rules["alarm"].steps[:3])
    assert not any({"district", "auditor"} & set(s.notify) for r in rules.values() for s in r.steps)


def test_every_open_state_has_a_time_after_which_it_is_looked_at_again() -> None:
    for state in set(MOVES) - set(SETTLED):
        assert follow_up(state) > timedelta(0)


@pytest.mark.parametrize("alarm", [True, False])
def test_of_the_rules_that_fit_the_first_is_taken_and_one_always_fits(alarm: bool) -> None:
    for category, severity in product(BY_CODE, SEVERITIES):
        found = rule_for(alarm=alarm, category=category, severity=severity).id
        expected = "severe" if BY_CODE[category].group == "violence" else "ordinary"
        expected = "grave" if severity in ("major", "extreme") else expected
        assert found == ("alarm" if alarm else expected)


# -- what a hospital changed -----------------------------------------------------------------------


def test_a_hospital_follows_its_own_chain_where_it_has_one(db: Database, cast: Cast) -> None:
    own = (FIRST, SECOND)
    mine, other = cast.hospital("QP01").id, cast.hospital("QP02").id

    def steps(conn: Connection, hospital_id: int, *, alarm: bool = True) -> tuple[Step, ...]:
        return steps_for(conn, hospital_id, alarm=alarm, category="theft", severity="general")

    def work(conn: Connection) -> None:
        shipped = steps(conn, mine)
        assert shipped == shipped_escalation().rules[0].steps
        set_rule(conn, mine, f"{CHAIN}alarm", stored(own), by=cast.admin.id, now=NOW)
        assert steps(conn, mine) == own
        assert steps(conn, other) == shipped
        assert steps(conn, mine, alarm=False) == steps(conn, other, alarm=False)
        set_rule(conn, mine, f"{CHAIN}alarm", None, by=cast.admin.id, now=NOW)
        assert steps(conn, mine) == shipped

    db.run_now(work)


def test_a_changed_default_says_who_changed_it_and_when(db: Database, cast: Cast) -> None:
    hospital_id = cast.hospital("QP01").id

    def work(conn: Connection) -> None:
        assert find_rule(conn, hospital_id, "a") is None
        for by, value in ((cast.officer.id, 1), (cast.admin.id, {"x": [2]})):
            set_rule(conn, hospital_id, "a", value, by=by, now=NOW)
        found = find_rule(conn, hospital_id, "a")
        assert found is not None
        assert tuple(found) == ({"x": [2]}, NOW, "QP01 admin")
        assert read_rule(conn, hospital_id, "a") == {"x": [2]}
        assert read_rule(conn, hospital_id, "b") is None

    db.run_now(work)

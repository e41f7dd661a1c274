"""Searched for: a press of 🆘, or a cry in words, after which nobody's phone has sounded and nobody was told so."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from bot.db import Database
from handlers.sos import TAKES_MORE
from models.case import ON_THE_SPOT, WAITING
from tests.handlers.ringing import NOBODY, ROLES, Ringing

_A_LIFE = 50
"""Steps in one hospital."""
_RESPONDERS = ("first", "second", "third", "officer", "head", "leader")
_CRIES = ("help me", "快来人", "send security", "救命")
_DANGER = ("he has a knife", "又打起来了")
_WORDS = ("room 3", "a man in black", "他走了", "under control now")
_people = st.sampled_from(tuple(ROLES))
_responders = st.sampled_from(_RESPONDERS)


class Life(RuleBasedStateMachine):
    """What seven people of a hospital may do around an alarm, in any order and at any time."""

    db: Database
    steps: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.ward = Ringing(self.db)
        self.cried: list[tuple[str, int, Any]] = []
        self.serial = 0
        self.raised = False

    def teardown(self) -> None:
        self.ward.rest()

    def _count(self, what: str) -> None:
        self.steps[what] += 1

    def _may_act(self, name: str) -> bool:
        return name not in self.ward.removed

    # -- the alarm -----------------------------------------------------------------------------

    @rule(words=st.sampled_from(("", " room 3, he has a knife")), waits=st.booleans())
    def press(self, words: str, waits: bool) -> None:
        """The rule that everything serves."""
        self._count("press")
        if not self._may_act("caller"):
            return
        self.raised = True
        at = self.ward.sends("caller", f"/sos{words}")
        self.cried.clear()  # the words that waited go with the press
        self._must_reach_somebody(at)
        if waits:
            self.ward.forward(seconds=20)

    def _must_reach_somebody(self, at: int, words: str = "") -> None:
        self.ward.settle()
        # Only what is about this alarm: an answer to something else may still have been on its way.
        heard = self.ward.sounded(since=at, with_words=(self.ward.newest().number, words))
        line = self.ward.first_line()
        assert bool(heard) != line.startswith(NOBODY), (heard, line)
        assert heard or not self.ward.could_come(), "somebody was there to be called"
        assert self.ward.claimed() <= len(self.ward.sounded(since=at)), line

    @precondition(lambda self: self.raised)
    @rule(name=_responders)
    def come(self, name: str) -> None:
        self._answer(name, "coming")

    @precondition(lambda self: self.raised)
    @rule(name=_responders, verb=st.sampled_from(("here", "calm")))
    def arrive_or_calm(self, name: str, verb: str) -> None:
        self._answer(name, verb)

    @precondition(lambda self: self.raised)
    @rule(name=_responders, verb=st.sampled_from(("false", "police", "again")))
    def answer(self, name: str, verb: str) -> None:
        self._answer(name, verb)

    def _answer(self, name: str, verb: str) -> None:
        self._count(verb)
        case = self.ward.newest()
        if case is not None and self._may_act(name):
            self.ward.presses(name, f"act:{verb}:{case.number}")

    @precondition(lambda self: self.raised)
    @rule(verb=st.sampled_from(("false", "again", "false_and_back")))
    def call_off(self, verb: str) -> None:
        """The caller's 误报, and taken back at once: what stood before stands again."""
        self._count(f"caller {verb}")
        before = self.ward.newest()
        if before is None or not self._may_act("caller"):
            return
        if verb != "false_and_back":
            self.ward.presses("caller", f"act:{verb}:{before.number}")
            return
        self.ward.presses("caller", f"act:false:{before.number}")
        if self.ward.newest().state != "false_alarm" or before.state == "false_alarm":
            return
        at = self.ward.presses("caller", f"act:again:{before.number}")
        after = self.ward.newest()
        kept = ("state", "lead_id", "step")
        assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
        if before.state in (*WAITING, *ON_THE_SPOT):
            self._must_reach_somebody(at)

    @precondition(lambda self: self.raised)
    @rule()
    def take(self) -> None:
        self._count("take")
        case = self.ward.newest()
        if case is not None and self._may_act("officer"):
            self.ward.presses("officer", f"case:{case.number}:take")

    # -- words ---------------------------------------------------------------------------------

    @rule(words=st.sampled_from(_CRIES), in_form=st.booleans(), as_photo=st.booleans())
    def cry(self, words: str, in_form: bool, as_photo: bool) -> None:
        self._count("cry")
        if not self._may_act("caller"):
            return
        if in_form:
            self.ward.sends("caller", "/report")
        self.serial += 1
        said = f"{words} w{self.serial}w"
        before = self.ward.newest()
        at = self._say("caller", said, as_photo=as_photo)
        after = self.ward.newest()
        if before is not None and (after.incident_id, after.round) != (
            before.incident_id,
            before.round,
        ):
            self.cried.clear()  # to one's own alarm it is a press, and takes along what waited
            self._must_reach_somebody(at, f"w{self.serial}w")
        else:
            self.cried.append((f"w{self.serial}w", at, self.ward.now))

    def _say(self, name: str, words: str, *, as_photo: bool) -> int:
        return self.ward.sends_photo(name, words) if as_photo else self.ward.sends(name, words)

    @rule(name=_people, words=st.sampled_from(_WORDS + _DANGER), as_photo=st.booleans())
    def say(self, name: str, words: str, as_photo: bool) -> None:
        self._count("words")
        if not self._may_act(name):
            return
        case = self.ward.newest()
        over = case is not None and case.state in ("controlled", "investigated")
        at = self._say(name, words, as_photo=as_photo)
        if over and name == "caller" and words in _DANGER and self._is_fresh(case):
            assert self.ward.newest().round > case.round, "danger opens it again"
            self._must_reach_somebody(at)

    def _is_fresh(self, case: Any) -> bool:
        """Whether what the caller says still belongs to this alarm."""
        return bool((case.rung_at or case.reported_at) >= self.ward.now - TAKES_MORE)

    # -- people --------------------------------------------------------------------------------

    @rule(name=_responders, verb=st.sampled_from(("on", "off")))
    def shift(self, name: str, verb: str) -> None:
        self._count(f"duty {verb}")
        if self._may_act(name) and name != "leader":
            self.ward.presses(name, f"duty:{verb}")

    @rule(name=_responders)
    def block(self, name: str) -> None:
        self._count("block")
        self.ward.blocks(name)

    @rule(name=_responders)
    def come_back(self, name: str) -> None:
        self._count("come back")
        if name in self.ward.blocked:
            self.ward.comes_back(name)

    @rule(name=_people)
    def remove(self, name: str) -> None:
        self._count("remove")
        if self._may_act(name):
            self.ward.leaves(name)

    @precondition(lambda self: self.ward.removed)
    @rule()
    def rejoin(self) -> None:
        self._count("rejoin")
        self.ward.returns(sorted(self.ward.removed)[0])

    # -- time ----------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from((1, 5, 11, 40, 61, 130, 700)))
    def pass_time(self, seconds: int) -> None:
        self._count("time")
        self.ward.forward(seconds=seconds)
        self._see_to_cries()

    def _see_to_cries(self) -> None:
        """A cry that nobody pressed for a minute has reached somebody with its words, or nobody could be reached."""
        for words, at, when in list(self.cried):
            if (self.ward.now - when).total_seconds() < 60:
                continue
            self.cried.remove((words, at, when))
            heard = self.ward.sounded(since=at, with_words=(words,))
            assert heard or not self.ward.could_come(), words
            # Who has been removed meanwhile is written to no more, and reads no answer.
            if not heard and self._may_act("caller"):
                assert self.ward.first_line().startswith(NOBODY), words

    @rule()
    def deliver(self) -> None:
        self._count("deliver")
        self.ward.settle()


def search(db: Database, *, steps: int, number: int) -> Counter[str]:
    """Live so many steps in hospitals of this database, chosen by a seed; what was done how often."""
    counted: Counter[str] = Counter()
    kind = type("Lives", (Life,), {"db": db, "steps": counted})
    chosen = settings(
        max_examples=-(-steps // _A_LIFE),
        stateful_step_count=_A_LIFE,
        deadline=None,
        database=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    while counted.total() < steps:
        run_state_machine_as_test(seed(number)(kind), settings=chosen)  # type: ignore[no-untyped-call]
        number += 1000
    return counted


@pytest.mark.timeout(500)
@pytest.mark.parametrize("part", [1, 2])
def test_no_press_and_no_cry_ends_in_silence(sqlite_db: Database, part: int) -> None:
    assert search(sqlite_db, steps=10_000, number=part).total() >= 10_000


@pytest.mark.timeout(300)
def test_no_press_and_no_cry_ends_in_silence_on_postgresql(postgres_db: Database) -> None:
    assert search(postgres_db, steps=100, number=3).total() >= 100


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(1, 9))
def test_a_million_steps(sqlite_db: Database, part: int) -> None:
    assert search(sqlite_db, steps=120_000, number=part * 100_000).total() >= 120_000


@pytest.mark.nightly
@pytest.mark.parametrize("part", [1, 2])
def test_a_million_steps_on_postgresql(postgres_db: Database, part: int) -> None:
    assert search(postgres_db, steps=20_000, number=part * 100_000 + 1).total() >= 20_000

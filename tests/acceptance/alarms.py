"""People who call for help again and again, those who answer or do not, and everything that reached anybody."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from bot.sandbox.botapi import BotApi, CallbackAnswer, ShownMessage
from models.chain import ON_DUTY, Step
from tests.acceptance.crowd import Crew
from tests.acceptance.reporters import NUMBER, PATIENCE, OutOfPlaceError, Story, say

SECOND = 1 / 60
"""Of the minutes in which a chain waits."""
CHAIN = (
    Step(wait=0, notify=(ON_DUTY,)),
    Step(wait=0.8 * SECOND, notify=("officer",)),
    Step(wait=0.8 * SECOND, notify=("head",)),
    Step(wait=0.8 * SECOND, notify=("admin", "leader"), police=True),
    Step(wait=0.8 * SECOND, notify=(ON_DUTY, "officer"), police=True),
)
"""An alarm's whole chain in some five seconds; each level's card says something else."""
ROLES = {"guard": 2, "officer": 1, "head": 1, "admin": 1, "leader": 1, "doctor": 4}
_WATCHED = (0.0, 0.5, 1.5, 3.0)
"""Seconds for which an answered alarm is left open: its chain has time to go on, if anything let it."""


def level_of(text: str) -> int | None:
    """Which level of the chain a card comes from, by what it says of the calls so far; None once it is answered."""
    for line in text.split("\n"):
        for level in range(1, len(CHAIN)):
            later = say("Nobody has answered yet; this is call no. {n}", n=level + 1)
            if line == later or line.startswith(_REACHED[level]):
                return level
        if line == say("Nobody has answered yet"):
            return 0
    return None


def _reached(level: int) -> str:
    text = "Nobody has answered yet; this is call no. {n}. Reached so far: {who}"
    return say(text, n=level + 1, who="")


_REACHED = {level: _reached(level) for level in range(1, len(CHAIN))}


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A call that reached somebody: a new card that makes a sound, at monotonic seconds."""

    number: str
    chat_id: int
    level: int
    at: float
    message_id: int


@dataclass
class Alarm:
    """One alarm as the test knows it: who was to answer from which level on, and when that was answered."""

    number: str
    crew: Crew
    level: int | None
    answered_at: float | None = None


class Record:
    """Everything that was shown to anybody: calls by alarm, and every chat's messages as they stand."""

    def __init__(self, api: BotApi, crews: list[Crew]) -> None:
        self._api = api
        self.calls: dict[str, list[Arrival]] = {}
        self.shown: dict[int, dict[int, ShownMessage]] = defaultdict(dict)
        self.alarms: list[Alarm] = []
        self._changed = asyncio.Event()
        for account in (account for crew in crews for account in crew.of(*ROLES)):
            api.watch(account, self._see)

    def _see(self, shown: ShownMessage | CallbackAnswer) -> None:
        if not isinstance(shown, ShownMessage) or shown.sender != "bot":
            return
        self.shown[shown.chat_id][shown.message_id] = shown
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        level = level_of(shown.text)
        buttons = [button.data or "" for row in shown.buttons for button in row]
        called = any(data.startswith("act:coming:") for data in buttons)
        if shown.edited or shown.silent or not called or level is None:
            return
        (number,) = NUMBER.findall(shown.text)[:1]
        self.calls.setdefault(number, []).append(
            Arrival(
                number=number,
                chat_id=shown.chat_id,
                level=level,
                at=monotonic(),
                message_id=shown.message_id,
            )
        )

    async def until(self, condition: Callable[[], object], what: Callable[[], str]) -> None:
        """Wait for something to be shown; OutOfPlaceError with ``what()`` when it never is."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    await self._changed.wait()
        except TimeoutError:
            raise OutOfPlaceError(what()) from None

    def arrivals(self, number: str, level: int) -> list[Arrival]:
        """The calls of one level of an alarm, in the order they came."""
        return [call for call in self.calls.get(number, ()) if call.level == level]


class Caller:
    """Calls for help; lets somebody answer at a level chosen at random, or nobody; and calls it off."""

    def __init__(
        self, api: BotApi, crew: Crew, account: int, record: Record, story: Story, *, seed: int
    ) -> None:
        self._api, self._crew, self._account = api, crew, account
        self._record, self._story = record, story
        self.name = f"{crew.code}/{account}"
        self._random = random.Random(seed)

    async def call_until(self, enough: asyncio.Event) -> None:
        """Raise one alarm after the other and leave none open."""
        while not enough.is_set():
            alarm = await self._raise()
            if alarm.level is None:
                await self._let_it_run(alarm)
            else:
                await self._have_it_answered(alarm)
                await asyncio.sleep(self._random.choice(_WATCHED))
            await self._call_off(alarm)

    async def _raise(self) -> Alarm:
        known = {alarm.number for alarm in self._record.alarms}
        self._story.note(self.name, "calls for help")
        self._api.send_text(self._account, "/sos")
        own = await self._own("🆘", known)
        (number,) = NUMBER.findall(own.text)[:1]
        level = self._random.choice((None, None, *range(len(CHAIN))))
        alarm = Alarm(number=number, crew=self._crew, level=level)
        self._record.alarms.append(alarm)
        self._story.note(self.name, f"{number} is to be answered at level {level}")
        return alarm

    async def _let_it_run(self, alarm: Alarm) -> None:
        for level, step in enumerate(CHAIN):
            for account in audience(alarm.crew, step):
                await self._called(alarm, level, account)

    async def _called(self, alarm: Alarm, level: int, account: int) -> Arrival:
        def found() -> list[Arrival]:
            calls = self._record.arrivals(alarm.number, level)
            return [call for call in calls if call.chat_id == account]

        await self._record.until(
            found, lambda: self._fault(f"{alarm.number}: level {level} never reached {account}")
        )
        return found()[-1]

    async def _have_it_answered(self, alarm: Alarm) -> None:
        assert alarm.level is not None
        responder = self._random.choice(audience(alarm.crew, CHAIN[alarm.level]))
        call = await self._called(alarm, alarm.level, responder)
        await asyncio.sleep(self._random.choice((0.0, 0.0, 0.05, 0.5)))
        self._story.note(self.name, f"{responder} answers {alarm.number}")
        self._api.press(responder, call.message_id, f"act:coming:{alarm.number}")
        name = str(self._api.people[responder].user["first_name"])
        await self._own_says(alarm, say("{name} is on the way", name=name))
        alarm.answered_at = monotonic()

    async def _call_off(self, alarm: Alarm) -> None:
        own = next(m for m in self._own_cards() if alarm.number in m.text)
        self._story.note(self.name, f"calls {alarm.number} off")
        self._api.press(self._account, own.message_id, f"act:false:{alarm.number}")
        await self._own_says(alarm, say("False alarm, called off: {number}.", number=alarm.number))

    # -- one's own card --------------------------------------------------------------------------

    def _own_cards(self) -> list[ShownMessage]:
        return list(reversed(self._record.shown[self._account].values()))

    async def _own(self, beginning: str, known: set[str]) -> ShownMessage:
        def found() -> list[ShownMessage]:
            cards = [m for m in self._own_cards() if m.text.startswith(beginning)]
            return [m for m in cards if known.isdisjoint(NUMBER.findall(m.text))]

        await self._record.until(found, lambda: self._fault("nobody says that help is called"))
        return found()[0]

    async def _own_says(self, alarm: Alarm, text: str) -> None:
        await self._record.until(
            lambda: any(alarm.number in m.text and text in m.text for m in self._own_cards()),
            lambda: self._fault(f"{alarm.number}: the caller never read {text!r}"),
        )

    def _fault(self, what: str) -> str:
        return f"{self.name}: {what}\n{self._story.of(self.name)}"


def audience(crew: Crew, step: Step) -> tuple[int, ...]:
    """Whom a step of the chain calls."""
    return crew.of(*("guard" if code == ON_DUTY else code for code in step.notify))

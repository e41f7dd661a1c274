"""People who report in a closed loop, act exactly once per step, and know what has to come next."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from bot.i18n import _, use_locale
from bot.sandbox.botapi import BotApi, CallbackAnswer, ShownMessage
from handlers import words

LOCALE = "zh_Hans"
NUMBER = re.compile(r"[A-Z]{2}\d\d-\d{4}-\d{4,}")
PATIENCE = 60.0
"""Seconds without a reaction after which an update counts as lost; many restarts fit into them."""


def say(msgid: str, **holes: str) -> str:
    """A sentence of the bot."""
    with use_locale(LOCALE):
        return _(msgid).format(**holes)


class OutOfPlaceError(AssertionError):
    """The bot showed what does not follow from what the person did, or nothing at all."""


@dataclass
class Story:
    """What everybody did and saw, to be read when something went wrong."""

    began: float = field(default_factory=monotonic)
    lines: list[tuple[float, str, str]] = field(default_factory=list)

    def note(self, who: str, what: str) -> None:
        """Write down one thing; ``who`` is empty for what concerns all."""
        self.lines.append((monotonic() - self.began, who, " ⏎ ".join(what.split("\n"))))

    def of(self, who: str, *, last: int = 30) -> str:
        """The end of one person's story, with what concerned all in between."""
        own = [line for line in self.lines if line[1] in (who, "")]
        return "\n".join(f"{at:8.3f} {name or '------'} {what}" for at, name, what in own[-last:])

    def about(self, what: str, *, last: int = 40) -> str:
        """The end of what was done about one thing, with what concerned all in between."""
        own = [line for line in self.lines if what in line[2] or not line[1]]
        return "\n".join(f"{at:8.3f} {name or '------'} {done}" for at, name, done in own[-last:])


class Reader:
    """Somebody who only reads: which numbers came, and how often."""

    def __init__(self, api: BotApi, user_id: int) -> None:
        self.cards: Counter[str] = Counter()
        api.watch(user_id, self._see)

    def _see(self, shown: ShownMessage | CallbackAnswer) -> None:
        if isinstance(shown, ShownMessage) and shown.sender == "bot":
            self.cards.update(NUMBER.findall(shown.text)[:1])


Right = Callable[[ShownMessage], bool]


class Reporter:
    """Files one report after the other. A step is done once; what never comes is never asked for again."""

    def __init__(self, api: BotApi, user_id: int, name: str, story: Story, *, seed: int) -> None:
        self._api, self._user_id, self.name, self._story = api, user_id, name, story
        self._random = random.Random(seed)
        self._news: asyncio.Queue[ShownMessage | CallbackAnswer] = asyncio.Queue()
        self._known: set[tuple[object, ...]] = set()
        self._reports = 0
        self.typed: list[str] = []
        self.filed: dict[str, str] = {}
        self.doubles = 0
        api.watch(user_id, self._news.put_nowait)

    async def report_until(self, enough: asyncio.Event) -> None:
        """Report, each time in one of several ways, and leave no report unfinished."""
        ways = (self._shortly, self._wavering, self._by_a_message, self._correcting, self._sorry)
        while not enough.is_set():
            self._reports += 1
            text = f"{self.name}第{self._reports}件:东门"
            self.typed.append(text)
            card = await self._random.choice(ways)(text)
            done = await self._press(card, say("✅ Submit"), _is_filed)
            self.filed[NUMBER.findall(done.text)[0]] = text

    # -- ways to a card ------------------------------------------------------------------------

    async def _shortly(self, text: str) -> ShownMessage:
        await self._choose_category()
        return await self._say(text, self._card_with(text))

    async def _wavering(self, text: str) -> ShownMessage:
        asked = await self._choose_category()
        first = await self._press(asked, say("Back"), lambda m: m.text == say("What happened?"))
        await self._press(first, self._category(), self._story_question)
        card = await self._say(text, self._card_with(text))
        asked = await self._press(card, say("Back"), self._story_question)
        return await self._press(asked, say("Keep as it was"), self._card_with(text))

    async def _by_a_message(self, text: str) -> ShownMessage:
        offer = f"{say('File this?')}\n{text}"
        asked = await self._say(text, lambda m: m.text == offer)
        category, way = self._category(), say("Yes, file it")
        while category not in _labels(asked):
            asked = await self._press(asked, way, lambda m: m.text == offer)
            way = say("More…")
        return await self._press(asked, category, self._card_with(text))

    async def _correcting(self, text: str) -> ShownMessage:
        card = await self._shortly(text)
        change = say("Change {what}", what=say("severity"))
        asked = await self._press(card, change, lambda m: m.text == say("How serious is it?"))
        with use_locale(LOCALE):
            serious = words.severity("serious")
        right = self._card_with(text)
        return await self._press(asked, serious, lambda m: right(m) and serious in m.text)

    async def _sorry(self, text: str) -> ShownMessage:
        card = await self._shortly(text)
        said = say("Cancelled, nothing was filed: {title}.", title=say("incident report"))
        gone = await self._press(card, say("Cancel"), lambda m: m.text.startswith(said))
        back, right = say("Everything is back."), self._card_with(text)
        return await self._press(
            gone, say("Take it back"), lambda m: m.text.startswith(back) and right(m)
        )

    async def _choose_category(self) -> ShownMessage:
        asked = await self._say("/report", lambda m: m.text == say("What happened?"))
        return await self._press(asked, self._category(), self._story_question)

    def _category(self) -> str:
        with use_locale(LOCALE):
            return words.category(self._random.choice(("insult", "dispute", "theft")))

    @staticmethod
    def _story_question(shown: ShownMessage) -> bool:
        asked = "Say in one sentence what happened. A photo or voice message works too."
        return shown.text == say(asked)

    @staticmethod
    def _card_with(text: str) -> Right:
        return lambda m: text in m.text.split("\n") and say("✅ Submit") in _labels(m)

    # -- one step ------------------------------------------------------------------------------

    async def _say(self, text: str, right: Right) -> ShownMessage:
        await self._pause()
        self._story.note(self.name, f"says {text!r}")
        self._api.send_text(self._user_id, text)
        return await self._next(right, message_id=None)

    async def _press(self, shown: ShownMessage, label: str, right: Right) -> ShownMessage:
        await self._pause()
        found = [b for row in shown.buttons for b in row if label == b.text]
        if len(found) != 1 or found[0].data is None:
            raise self._fault(f"no button {label!r} in {_labels(shown)}")
        self._story.note(self.name, f"presses {label!r} under {shown.message_id}")
        self._api.press(self._user_id, shown.message_id, found[0].data)
        return await self._next(right, message_id=shown.message_id)

    async def _pause(self) -> None:
        # Some act in the very moment they can, some let the bot forget them first.
        await asyncio.sleep(self._random.choice((0.0, 0.0, 0.01, 0.1)))

    async def _next(self, right: Right, *, message_id: int | None) -> ShownMessage:
        """What the bot shows next: by editing ``message_id``, or by a new message where that is None."""
        while True:
            shown = await self._seen()
            mark = (shown.text, shown.buttons)
            place = shown.message_id if shown.edited else None
            if not shown.edited and mark in self._known:
                # Sent again because the bot died before it knew that it was sent: allowed.
                self.doubles += 1
            elif place == message_id and right(shown):
                self._known.add(mark)
                return shown
            else:
                raise self._fault("this does not follow from what was done")

    async def _seen(self) -> ShownMessage:
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    shown = await self._news.get()
            except TimeoutError:
                raise self._fault(f"no reaction in {PATIENCE:g} s") from None
            if isinstance(shown, ShownMessage) and shown.sender == "bot":
                verb = "edited" if shown.edited else "sees"
                self._story.note(self.name, f"{verb} {shown.message_id} {shown.text!r}")
                return shown
            if isinstance(shown, CallbackAnswer) and shown.text:
                raise self._fault(f"an unexpected note: {shown.text}")

    def _fault(self, what: str) -> OutOfPlaceError:
        return OutOfPlaceError(f"{self.name}: {what}\n{self._story.of(self.name)}")


def _is_filed(shown: ShownMessage) -> bool:
    return shown.text.startswith(say("Filed as {number}.", number="").partition(" ")[0])


def _labels(shown: ShownMessage) -> list[str]:
    return [button.text for row in shown.buttons for button in row]

"""Cards that change while the sender is refused, delayed and killed: in the end each shows its newest words."""

import asyncio
import random
from typing import Any

import pytest
from telegram.error import NetworkError, RetryAfter, TelegramError

from bot.db import Database
from bot.messages import Outgoing, Priority, message
from bot.outbox import Outbox
from tests.bot.wire import FAST, Wire, letter, states, until, write
from tests.people import NOW

CARDS, ROUNDS = 12, 6


class Chats(Wire):
    """Telegram's side that also knows what each message shows now."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.shown: dict[int, str] = {}
        self.copies: dict[str, list[int]] = {}
        self.refuse = lambda _method, _payload: _trouble(dice)

    async def __call__(self, method: str, payload: dict[str, Any]) -> Any:
        result = await super().__call__(method, payload)
        number = payload["message_id"] if method == "editMessageText" else result["message_id"]
        assert method != "editMessageText" or number in self.shown, "an edit of what is not there"
        card = payload["text"].partition(" ")[0]
        if method == "sendMessage":
            self.copies.setdefault(card, []).append(number)
        self.shown[number] = payload["text"]
        # The answer takes its time: a kill may fall between what is done and what is known.
        await asyncio.sleep(0.001)
        return {"message_id": number}


def _trouble(dice: random.Random) -> TelegramError | None:
    if dice.random() < 0.1:
        return RetryAfter(0) if dice.random() < 0.5 else NetworkError("reset")
    return None


async def work_a_while(db: Database, wire: Wire, letters: list[Outgoing], seconds: float) -> None:
    """A sender that is killed: nothing it has in hand is finished or written down."""
    outbox = Outbox(db=db, call=wire, rate=FAST, now=lambda: NOW)
    running = asyncio.create_task(outbox.run(asyncio.Event()))
    outbox.push(letters)
    await asyncio.sleep(seconds)
    killed = [running, *outbox._tasks]
    for task in killed:
        task.cancel()
    await asyncio.gather(*killed, return_exceptions=True)


@pytest.mark.parametrize("seed", range(6))
async def test_in_the_end_every_card_shows_its_newest_words(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    wire = Chats(dice)
    cards = write(db, [_card(f"card{n}", n, dice) for n in range(1, CARDS + 1)])
    fresh, newest = list(cards), {}
    for turn in range(ROUNDS):
        for card in dice.sample(cards, CARDS // 2):
            name = card.payload["text"].partition(" ")[0]
            newest[name] = f"{name} turn {turn}"
            fresh += write(db, [_edit(card, newest[name], dice)])
        # Half is handed in, the rest is found; what came before is taken over from whoever was killed.
        await work_a_while(db, wire, fresh[::2], dice.uniform(0.005, 0.08))
        fresh = []
    stopping = asyncio.Event()
    last = asyncio.create_task(Outbox(db=db, call=wire, rate=FAST, now=lambda: NOW).run(stopping))
    await until(lambda: not {"queued"} & set(states(db)), timeout=20)
    stopping.set()
    await last
    assert set(states(db)) <= {"sent", "overtaken"}
    for name, words in newest.items():
        assert wire.shown[wire.copies[name][-1]] == words


def _card(name: str, chat_id: int, dice: random.Random) -> Outgoing:
    return letter(f"{name} new", chat_id=chat_id % 5 + 1, priority=dice.choice(list(Priority)))


def _edit(card: Outgoing, words: str, dice: random.Random) -> Outgoing:
    return Outgoing(
        chat_id=card.chat_id,
        method="editMessageText",
        payload=message(card.chat_id, words),
        priority=dice.choice(list(Priority)),
        follows=card.id,
    )

"""A hospital whose phones the test holds: what is owed is delivered or refused, and every sound is written down."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from bot.arrivals import Arrivals
from bot.db import Database
from bot.desk import Desk
from bot.incoming import Incoming
from bot.registry import guarded
from bot.runner import Runner
from bot.sweeping import sweep_through
from bot.turn import House, Turn
from handlers import build_registry
from handlers.case_sweep import CASES
from handlers.cries import CRIES
from models.base import insert_row
from models.card import CARD, REPORTER
from models.case import CASE
from models.duty import on_duty_ids
from models.inbox import store_updates
from models.incident import INCIDENT
from models.outbox import OUTBOX
from models.people import DISTRICT, HOSPITAL, find_hospital, mark_reachable, remove_member
from tests.people import NOW, SET_UP, Person, enlist
from tests.stage import CIPHER, Mailbag

ROLES = {
    "caller": "doctor",
    "first": "guard",
    "second": "guard",
    "third": "guard",
    "officer": "officer",
    "head": "head",
    "leader": "leader",
}
NOBODY = "⚠️ Nobody could be reached!"
_NUMBERS = re.compile(r"[0-9]+(?= (?:security|duty|department|safety|administrator|leader))")
_SETTLE = 60
"""So many rounds of delivery and sweep at one moment: a chain has a dozen steps."""
_SERIAL = count(1)
_SETTLED = (
    "UPDATE case_file SET state = 'closed', next_at = NULL, calling = false",
    "UPDATE duty SET ended_at = began_at, ended_by = 'self' WHERE ended_at IS NULL",
    "UPDATE cry SET state = 'dismissed' WHERE state = 'waiting'",
    "UPDATE outbox SET state = 'revoked', payload = NULL WHERE state = 'queued'",
    "DELETE FROM draft",
)


@dataclass(frozen=True, slots=True)
class Sound:
    """A phone that sounded: whose, with which words, as the how-manieth thing that happened."""

    chat_id: int
    words: str
    at: int


@dataclass
class Ringing:
    """One hospital of its own in a database that may hold others, which are all at rest."""

    db: Database
    now: datetime = NOW
    people: dict[str, Person] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    sounds: list[Sound] = field(default_factory=list)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._happened = count(1)
        self._updates = count(next(_SERIAL) * 1_000_000)
        self._messages = count(1)
        self._sent: dict[int, tuple[int, int]] = {}
        registry = build_registry()
        runner = Runner(registry)
        house = House(cipher=CIPHER, bot_name="w_bot", default_locale="en", data_dir=Path("/none"))
        self._desk = Desk(
            db=self.db,
            registry=registry,
            runner=runner,
            sender=Mailbag(),  # type: ignore[arg-type]
            house=house,
            now=lambda: self.now,
        )
        self._acts = {each.kind: guarded(each.act, each.roles) for each in registry.presses}
        self._acts["f"] = runner.press
        self._message = Arrivals(registry, runner).take
        self.db.run_now(self._found)

    def _found(self, conn: Connection) -> None:
        self._serial = next(_SERIAL)
        code = f"R{self._serial}"
        insert_row(
            conn,
            HOSPITAL,
            district_id=insert_row(conn, DISTRICT, name=code),
            code=code,
            name=code,
            level=1,
            timezone="Asia/Shanghai",
            created_at=SET_UP,
        )
        self.hospital = find_hospital(conn, code)
        assert self.hospital is not None
        for place, (name, role) in enumerate(ROLES.items()):
            account = self._serial * 100 + place
            self.people[name] = enlist(conn, self.hospital, role, user_id=account)

    def rest(self) -> None:
        """Leave nothing behind that a later hospital's sweep would look at."""
        self.db.run_now(lambda conn: [conn.execute(text(each)) for each in _SETTLED])

    # -- what people do ------------------------------------------------------------------------

    def sends(self, name: str, words: str, **content: Any) -> int:
        """Write a message or a command; the moment it happened at."""
        kind = "command" if words.startswith("/") else "text"
        return self._feed(name, self._message, kind=kind, text=words, **content)

    def sends_photo(self, name: str, words: str = "") -> int:
        """Send a photo, perhaps with a caption."""
        file = {"kind": "photo", "file_id": "p", "size": 1, "name": None}
        return self._feed(name, self._message, kind="files", text=words, files=(file,))

    def presses(self, name: str, data: str) -> int:
        """Press a button, whether or not it was ever there."""
        act = self._acts[data.partition(":")[0]]
        return self._feed(name, act, kind="press", data=data, query_id="1", message_id=1)

    def _feed(self, name: str, act: Callable[[Turn], None], **content: Any) -> int:
        if name in self.blocked:
            self.comes_back(name)
        person, number = self.people[name], next(self._updates)
        incoming = Incoming(
            update_id=number,
            chat_id=person.user_id,
            private=True,
            user_id=person.user_id,
            user_name=name,
            language="en",
            date=self.now,
            **content,
        )
        row = {
            "update_id": number,
            "chat_id": person.user_id,
            "payload": "{}",
            "state": "new",
            "received_at": self.now,
        }

        def unit(conn: Connection) -> None:
            store_updates(conn, [row])
            self._desk._apply(conn, incoming=incoming, act=act)

        self.db.run_now(unit)
        return next(self._happened)

    def blocks(self, name: str) -> None:
        """Block the bot without a word: the next message to them is refused."""
        self.blocked.add(name)

    def comes_back(self, name: str) -> None:
        """Let the bot in again."""
        self.blocked.discard(name)
        account = self.people[name].user_id
        self.db.run_now(partial(mark_reachable, telegram_id=account, since=None))

    def leaves(self, name: str) -> None:
        """Be removed from the hospital."""
        self.removed.add(name)
        member = self.people[name].id
        self.db.run_now(lambda conn: remove_member(conn, member, now=self.now))

    def returns(self, name: str) -> None:
        """Join anew, as another member with the same account."""
        self.removed.discard(name)
        account = self.people[name].user_id
        self.people[name] = self.db.run_now(
            lambda conn: enlist(conn, self.hospital, ROLES[name], user_id=account)
        )

    # -- what becomes of what is owed ------------------------------------------------------------

    def forward(self, **step: float) -> None:
        """Let time pass, and the schedule look at every moment at which something may be due."""
        end = self.now + timedelta(**step)
        while self.now < end:
            self.now = min(end, self.now + timedelta(seconds=30))
            self.settle()
        self.now = end

    def settle(self) -> None:
        """Deliver and sweep until nothing is left to do at this moment."""
        for _round in range(_SETTLE):
            self.deliver()
            if not self._sweep():
                return
        raise AssertionError("it never comes to rest")

    def _sweep(self) -> bool:
        found = [sweep_through(self.db.run_now, each, now=self.now)[1] for each in (CASES, CRIES)]
        return any(found)

    def deliver(self) -> None:
        """Hand over what is queued, the most urgent first; what goes to somebody who blocked the bot is refused."""
        self.db.run_now(self._deliver)

    def _deliver(self, conn: Connection) -> None:
        queued = select(OUTBOX).where(OUTBOX.c.state == "queued")
        rows = list(conn.execute(queued.order_by(OUTBOX.c.priority, OUTBOX.c.id)))
        shut = {self.people[name].user_id for name in self.blocked}
        for chat_id in {row.chat_id for row in rows} & shut:
            mark_reachable(conn, chat_id, since=self.now)
        outcomes = []
        for row in sorted(
            rows, key=lambda row: (row.method.startswith("edit"), row.priority, row.id)
        ):
            message_id = None if row.chat_id in shut else self._hand_over(row)
            state = "dead" if row.chat_id in shut else "sent"
            outcomes.append({"which": row.id, "became": state, "called": message_id})
        if outcomes:
            settled = update(OUTBOX).where(OUTBOX.c.id == bindparam("which"))
            values = {"state": bindparam("became"), "message_id": bindparam("called")}
            conn.execute(settled.values(**values), outcomes)

    def _hand_over(self, row: Any) -> int | None:
        words = row.payload.get("text", "")
        if row.method == "sendMessage":
            message_id = next(self._messages)
            self._sent[row.id] = (row.chat_id, message_id)
            self.shown[row.chat_id, message_id] = words
            if not row.payload.get("disable_notification"):
                self.sounds.append(Sound(row.chat_id, words, next(self._happened)))
            return message_id
        if row.method == "editMessageText":
            place = self._sent.get(row.follows, (row.chat_id, row.payload.get("message_id")))
            if place in self.shown:
                self.shown[place] = words
        return None

    # -- what can be seen ------------------------------------------------------------------------

    def sounded(self, *, since: int, with_words: Iterable[str] = ()) -> set[int]:
        """Whose phones, other than the caller's, sounded after a moment."""
        own = self.people["caller"].user_id
        return {
            s.chat_id
            for s in self.sounds
            if s.at > since and s.chat_id != own and all(each in s.words for each in with_words)
        }

    def could_come(self) -> set[str]:
        """Who can be reached and would be called by the chain: the office, head and leader, and whoever is on duty."""
        on_duty = self.db.run_now(partial(on_duty_ids, hospital_id=self.hospital.id))
        called = {name for name in ("officer", "head", "leader") if name not in self.removed}
        called |= {name for name, person in self.people.items() if person.id in on_duty}
        return called - self.blocked - {"caller"}

    def newest(self) -> Any:
        """The caller's newest alarm, or None; what they raised before they were removed is another member's."""
        query = (
            select(CASE, INCIDENT.c.number, INCIDENT.c.reported_at)
            .join_from(CASE, INCIDENT, CASE.c.incident_id == INCIDENT.c.id)
            .where(INCIDENT.c.reporter_id == self.people["caller"].id, INCIDENT.c.kind == "alarm")
        )
        newest = query.order_by(CASE.c.incident_id.desc()).limit(1)
        return self.db.run_now(lambda conn: conn.execute(newest).first())

    def first_line(self) -> str:
        """What the caller's newest card says first."""
        own = (CARD.c.level == REPORTER, CARD.c.member_id == self.people["caller"].id)
        newest = select(CARD.c.outbox_id).where(*own).order_by(CARD.c.id.desc()).limit(1)
        which = self.db.run_now(lambda conn: conn.execute(newest).scalar())
        place = self._sent.get(which or 0)
        return self.shown[place].splitlines()[0] if place else ""

    def claimed(self) -> int:
        """How many people the first line says were reached."""
        line = self.first_line()
        return sum(map(int, _NUMBERS.findall(line))) if "Reached" in line else 0

    def buttons_of(self, name: str) -> list[str]:
        """The data of every button of the newest message with buttons that a person was owed."""
        chat = self.people[name].user_id
        query = select(OUTBOX.c.payload).where(OUTBOX.c.chat_id == chat, OUTBOX.c.state == "queued")
        payloads = self.db.run_now(lambda conn: list(conn.execute(query).scalars()))
        found = [
            json.loads(p["reply_markup"])
            for p in payloads
            if "inline_keyboard" in p.get("reply_markup", "")
        ]
        rows = found[-1]["inline_keyboard"] if found else []
        return [cell["callback_data"] for row in rows for cell in row]

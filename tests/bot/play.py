"""Forms made for the tests, and one person who fills them in: turns on a real database, no Telegram."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.crypto import Cipher
from bot.db import Database
from bot.forms import Form, Question, Refused, View
from bot.incoming import Incoming
from bot.kinds import Choice, Several, Story, Text, options_of
from bot.read_kinds import Moment, Numbers
from bot.registry import Conversation, Finished, Registry
from bot.runner import Runner
from bot.turn import House, Turn
from models.audit import AUDIT, note
from models.draft import DRAFT
from models.people import ROLES, find_actor
from tests.people import NOW, Person
from tests.said import Said

EVERYBODY = frozenset(ROLES)
HOUSE = House(
    cipher=Cipher(bytes(32)),
    bot_name="ward_bot",
    default_locale="en",
    data_dir=Path("nowhere"),
)
BUSY = "the office is closed"


def question(key: str, kind: Any, **options: Any) -> Question:
    """A question that asks for its own key."""
    return Question(key=key, kind=kind, ask=lambda _v: f"{key}?", label=lambda _v: key, **options)


def is_red(view: View) -> bool:
    """The condition of the shade."""
    return view.get("colour") == "red"


TRIP = (
    question("colour", Choice(options=options_of(("red", "green", "blue"), str), common=2)),
    question("shade", Text(longest=10), when=is_red),
    question("what", Story()),
    question("tags", Several(options=options_of(("wet", "dry", "odd"), str))),
    question("hint", Text(), optional=True),
    question("time", Moment(), proposed=lambda view: view.begun_at.isoformat()),
)
TALLY = (
    question("sure", Choice(options=options_of(("yes", "no"), str))),
    question("share", Numbers(most=100, whole=False)),
)


def build_trip(_params: dict[str, Any]) -> Form:
    """A form with a card, a condition, an optional question, a proposal and a catch-all."""
    return Form(
        name="trip",
        version=1,
        title=lambda _v: "trip",
        questions=TRIP,
        card=lambda view: f"card {sorted(view.answers)}",
        submit=lambda _v: "Submit",
        catch="what",
    )


def build_tally(_params: dict[str, Any]) -> Form:
    """A form without a card that shows its progress and can be paused."""
    return Form(name="tally", version=1, title=lambda _v: "tally", questions=TALLY, progress=True)


def keep(turn: Turn, finished: Finished) -> None:
    """The record: an audit entry with the answers. Refused for whoever answers so that it has to be."""
    if "closed" in str(finished.answers.get("hint")):
        raise Refused(BUSY)
    note(
        turn.conn,
        at=turn.now,
        action="kept",
        subject=str(finished.draft_id),
        member_id=turn.actor.id,
        **finished.answers,
    )
    turn.say("kept")


def talk(name: str, build: Callable[[dict[str, Any]], Form], **changed: Any) -> Conversation:
    """A conversation for everybody, or changed as the test needs it."""
    made = Conversation(name=name, version=1, roles=EVERYBODY, build=build, complete=keep)
    return replace(made, **changed)


TALKS = (talk("trip", build_trip), talk("tally", build_tally))


class Play:
    """One person's turns; ``said`` is what the last of them brought."""

    _updates = count(1)

    def __init__(self, db: Database, person: Person, talks: Iterable[Conversation] = TALKS) -> None:
        self.db, self.person, self.now = db, person, NOW
        self.use(talks)
        self.said = Said([])

    def use(self, talks: Iterable[Conversation]) -> None:
        """Go on with another version of the product."""
        self.runner = Runner(_registry(talks))

    def forward(self, **step: float) -> None:
        """Let time pass."""
        self.now = self.now + timedelta(**step)

    # -- what the person does ------------------------------------------------------------------

    def begin(self, form: str, **options: Any) -> Said:
        """Give the form's own command."""
        return self._turn(lambda turn: self.runner.begin(turn, form, **options), text=f"/{form}")

    def says(self, text: str) -> Said:
        """Write a message."""
        return self._turn(self.runner.answer, text=text)

    def sends(self, kind: str, **fields: Any) -> Said:
        """Send something other than text."""
        return self._turn(self.runner.answer, kind=kind, **fields)

    def presses(self, label: str) -> Said:
        """Press a button of the last message that had any."""
        return self.forges(self.said.button(label))

    def forges(self, data: str) -> Said:
        """Press a button of an older message, or one that never was."""
        return self._turn(self.runner.press, kind="press", data=data, query_id="q", message_id=7)

    def cancels(self) -> Said:
        """Give the command /cancel."""
        return self._turn(self.runner.cancel, text="/cancel")

    def _turn(self, act: Callable[[Turn], Any], **fields: Any) -> Said:
        incoming = self._incoming(**fields)

        def unit(conn: Any) -> Said:
            member = find_actor(conn, self.person.user_id)
            turn = Turn(
                conn=conn,
                now=self.now,
                incoming=incoming,
                house=HOUSE,
                talks=self.runner,
                member=member,
            )
            act(turn)
            return Said(turn.out)

        said = self.db.run_now(unit)
        if said.buttons:
            self.said = said
        return said

    def _incoming(self, kind: str = "text", **fields: Any) -> Incoming:
        return Incoming(
            update_id=next(self._updates),
            kind=kind,
            chat_id=self.person.user_id,
            private=True,
            user_id=self.person.user_id,
            user_name=self.person.name,
            language="en",
            **fields,
        )

    # -- what is in the database ---------------------------------------------------------------

    @property
    def drafts(self) -> dict[str, Any]:
        """This person's drafts by form, discarded ones left out."""
        query = select(DRAFT).where(
            DRAFT.c.member_id == self.person.id, DRAFT.c.state != "discarded"
        )
        return {row.form: row for row in self.db.run_now(lambda conn: conn.execute(query).all())}

    @property
    def answers(self) -> dict[str, Any]:
        """What the draft of the trip holds."""
        return dict(self.drafts["trip"].answers)

    @property
    def kept(self) -> list[dict[str, Any]]:
        """Every record made, in order."""
        query = select(AUDIT.c.detail).where(AUDIT.c.action == "kept").order_by(AUDIT.c.id)
        return [row.detail for row in self.db.run_now(lambda conn: conn.execute(query).all())]


def _registry(talks: Iterable[Conversation]) -> Registry:
    def nothing(_turn: Turn) -> None:
        """Nobody writes outside a form here."""

    return Registry(
        commands=(),
        presses=(),
        conversations=tuple(talks),
        on_message=nothing,
        on_stranger=nothing,
        on_unknown_command=nothing,
        unsaved=lambda: "unsaved",
        failed=lambda: "failed",
    )


def at(moment: datetime) -> str:
    """A moment as a form keeps it."""
    return moment.isoformat()


def to_the_card(play: Play, *, hint: str | None = None) -> None:
    """Answer every question: green, a story, one tag."""
    play.begin("trip", answers={})
    play.presses("green")
    play.says("it rained")
    play.presses("wet")
    play.presses("Done")
    _ = play.says(hint) if hint else play.presses("Skip")

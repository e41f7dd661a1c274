"""A night at the stand-in: two guards on duty, somebody who calls for help, and what is read of it afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.botapi import CallbackAnswer, ShownMessage
from handlers import SWEEPS
from tests.acceptance.crowd import Crowd
from tests.acceptance.people import Person
from tests.acceptance.reporters import NUMBER
from tests.acceptance.ward import Ward, eventually

ROLES = {"guard": 2, "doctor": 1, "officer": 1, "admin": 1}


@dataclass(frozen=True, kw_only=True)
class Night:
    """A ward with two guards on duty."""

    ward: Ward
    guard: Person
    other: Person
    doctor: Person
    officer: Person
    admin: Person

    @property
    def colleagues(self) -> tuple[Person, ...]:
        """Whoever holds a copy of the card, without the one who called."""
        return self.guard, self.other, self.officer, self.admin

    async def alarm(self) -> str:
        """The doctor calls for help; the number, once everybody has their copy."""
        own = await self.doctor.says("/sos")
        (number,) = NUMBER.findall(own.text)
        for person in self.colleagues:
            await person.sees(number)
        await self.settled()
        return number

    def press(self, person: Person, verb: str, number: str) -> None:
        """Press a button of one's card and wait for nothing."""
        data = f"act:{verb}:{number}"
        card = self.card(person, number)
        assert data in [button.data for row in card.buttons for button in row]
        self.ward.api.press(person.user_id, card.message_id, data)

    async def settled(self) -> None:
        """Wait until everything that came is done and everything owed has left."""
        left = "SELECT id FROM outbox WHERE state = 'queued' UNION ALL "
        left += "SELECT update_id FROM inbox WHERE state = 'new'"
        await eventually(lambda: not self.ward.api.pending and not self.ward.rows(left))

    def card(self, person: Person, number: str) -> ShownMessage:
        """The newest copy of the card in somebody's chat."""
        cards = [shown for shown in person.shown if _is_card(shown, number)]
        assert cards, f"{person.name} has no card of {number}"
        return cards[-1]

    def standing(self, number: str) -> str:
        """What every colleague's copy says, but for how to take a false alarm back: only some have that button."""
        back = self.ward.say("Pressed by mistake? Take it back below: everything is as it was.")
        copies = {
            person.name: self.card(person, number).text.removesuffix(f"\n{back}")
            for person in self.colleagues
        }
        assert len(set(copies.values())) == 1, copies
        return copies[self.guard.name]

    def notes(self, person: Person) -> list[str]:
        """The notes that somebody's presses were answered with."""
        answers: list[CallbackAnswer] = self.ward.api.answers(person.user_id)
        return [answer.text for answer in answers if answer.text]

    def case(self, number: str) -> dict[str, Any]:
        """The case as it stands, with the account of who leads."""
        (row,) = self.ward.rows(
            "SELECT c.*, m.telegram_id AS lead FROM case_file c JOIN incident i ON i.id = c.incident_id "
            f"LEFT JOIN member m ON m.id = c.lead_id WHERE i.number = '{number}'"
        )
        return row

    def steps(self, number: str) -> list[str]:
        """What happened, in order."""
        found = self.ward.rows(
            "SELECT s.kind FROM case_step s JOIN incident i ON i.id = s.incident_id "
            f"WHERE i.number = '{number}' ORDER BY s.id"
        )
        return [row["kind"] for row in found]

    def quickest(self, number: str) -> int:
        """Who answered first."""
        (row,) = self.ward.rows(
            "SELECT m.telegram_id FROM case_step s JOIN incident i ON i.id = s.incident_id "
            f"JOIN member m ON m.id = s.member_id WHERE i.number = '{number}' AND s.kind = 'acknowledged'"
        )
        return int(row["telegram_id"])

    def coming(self, number: str) -> list[int]:
        """Who goes."""
        found = self.ward.rows(
            "SELECT m.telegram_id FROM response r JOIN incident i ON i.id = r.incident_id "
            f"JOIN member m ON m.id = r.member_id WHERE i.number = '{number}' ORDER BY 1"
        )
        return [row["telegram_id"] for row in found]


def _is_card(shown: ShownMessage, number: str) -> bool:
    return any(
        (button.data or "").endswith(f":{number}") for row in shown.buttons for button in row
    )


@asynccontextmanager
async def falling(folder: Path, database_url: str) -> AsyncIterator[Night]:
    """A night whose sweeps run by themselves; whatever was sent in it is done at its end."""
    ward = Ward(folder, sweeps=SWEEPS)
    ward.settings = ward.settings.model_copy(update={"database_url": database_url})
    async with ward:
        with ward.desk.engine.begin() as conn:
            crew = Crowd(conn, ward.api, now=ward.clock.now()).hospital("SP01", ROLES)
        guard, other, doctor, officer, admin = (
            Person(
                ward.api,
                user_id=account,
                first_name=str(ward.api.people[account].user["first_name"]),
            )
            for account in crew.of(*ROLES)
        )
        yield Night(
            ward=ward, guard=guard, other=other, doctor=doctor, officer=officer, admin=admin
        )
        assert not ward.rows("SELECT * FROM inbox WHERE state != 'done'")

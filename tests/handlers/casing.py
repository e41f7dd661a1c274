"""A case played through its screen: what the tests of its families begin with."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from models.case import case_by_id, list_steps
from models.people import MEMBER, ensure_department
from tests.people import NOW, Cast, Person, enlist
from tests.said import Said
from tests.stage import Stage

FIRST = "QP01-2026-0001"


class Casework:
    """Reports and what is done about them; the safety officer of QP01 acts unless somebody else is named."""

    def __init__(self, stage: Stage, cast: Cast) -> None:
        self.stage, self.cast = stage, cast

    async def report(
        self,
        category: str = "Staff attacked",
        words: str = "somebody broke the glass door",
        *,
        by: Person | None = None,
        confidential: bool = False,
    ) -> str:
        """File a report; its number."""
        by = by or self.cast.guard
        said = await self.stage.says(by, "/report")
        if category not in said.buttons:
            said = await self.stage.presses(by, said.button("More"))
        said = await self.stage.presses(by, said.button(category))
        said = await self.stage.says(by, words)
        if confidential:
            said = await self.stage.presses(by, said.button("name shown"))
            said = await self.stage.presses(by, said.button("Confidential"))
        said = await self.stage.presses(by, said.button("Submit"))
        return said.to(by.user_id).button("Add details").partition(":")[2]

    async def alarm(self, *, by: Person | None = None) -> str:
        """Call for help; the number."""
        by = by or self.cast.doctor
        said = await self.stage.says(by, "/sos")
        return said.to(by.user_id).button("Case").partition(":")[2]

    async def call_again(self, *, by: Person | None = None) -> Said:
        """Call for help once more, late enough for the next people to be called."""
        self.stage.at(self.stage.now + timedelta(seconds=11))
        return await self.stage.says(by or self.cast.doctor, "/sos")

    async def press(self, data: str, *, by: Person | None = None) -> Said:
        """Press any button."""
        return await self.stage.presses(by or self.cast.officer, data)

    async def answer(self, data: str, *answers: str, by: Person | None = None) -> Said:
        """Press a button that begins a form and go through it: ``[label]`` presses, anything else is typed."""
        by = by or self.cast.officer
        said = await self.stage.presses(by, data)
        for answer in answers:
            if answer.startswith("["):
                said = await self.stage.presses(by, said.to(by.user_id).button(answer[1:-1]))
            else:
                said = await self.stage.says(by, answer)
        return said

    async def investigate(self, number: str) -> Said:
        """Write findings."""
        await self.stage.presses(self.cast.officer, f"case:{number}:take")
        return await self.answer(f"move:investigate:{number}", "it was a quarrel", "[Submit]")

    async def close(self, number: str, outcome: str = "Dealt with") -> Said:
        """Findings and close."""
        await self.investigate(number)
        return await self.answer(f"move:close:{number}", f"[{outcome}]", "[Skip]")

    async def hand_over(self, number: str) -> Said:
        """Hand it to the police."""
        typed = ("Yingpu station", "Captain Zhao", "R-2026-1")
        return await self.answer(f"handover:new:{number}", *typed, "[Skip]", "[Submit]")

    def at(self, minutes: float) -> "Casework":
        """Move the clock to so many minutes after the beginning."""
        self.stage.at(NOW + timedelta(minutes=minutes))
        return self

    def colleague(self, role: str, user_id: int, *, code: str = "QP01", ward: str = "") -> Person:
        """Somebody more, of another department where ``ward`` names one."""
        hospital = self.cast.hospital(code)

        def join(conn: Connection) -> Person:
            person = enlist(conn, hospital, role, user_id=user_id)
            if ward:
                department = ensure_department(conn, hospital.id, ward)
                mine = MEMBER.update().where(MEMBER.c.id == person.id)
                conn.execute(mine.values(department_id=department))
            return person

        return self.stage.db.run_now(join)

    def row(self, which: int = 1) -> Row[Any]:
        """A case as it stands, by its incident's id."""
        found = self.stage.db.run_now(lambda conn: case_by_id(conn, which))
        assert found is not None
        return found

    def steps(self, kind: str | None = None, which: int = 1) -> list[Row[Any]]:
        """What happened in a case, or only what of one kind did."""
        found = self.stage.db.run_now(lambda conn: list_steps(conn, which))
        return [step for step in found if kind in (None, step.kind)]

    def read(self, query: str) -> list[Any]:
        """What the database holds."""
        return self.stage.db.run_now(lambda conn: list(conn.execute(text(query)).all()))

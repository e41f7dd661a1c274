"""A hospital QP01 in which something of everything has happened: what others must never see."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.db import Database
from tests.people import Cast
from tests.stage import Stage

SECRETS = (
    "somebody broke the glass door",
    "he keeps a knife",
    "behind the boiler room",
    "a draft not filed yet",
    "QP01-2026-",
    "QP01 guard",
    "QP01 officer",
    "QP01 hospital",
)
"""What stands in QP01's records; none of it is said in QP02."""
TABLES = {
    "incident": "hospital_id = :hospital",
    "threat": "hospital_id = :hospital",
    "obligation": "hospital_id = :hospital",
    "evidence": "hospital_id = :hospital",
    "self_check": "hospital_id = :hospital",
    "member": "hospital_id = :hospital",
    "draft": "member_id IN (SELECT id FROM member WHERE hospital_id = :hospital)",
    "filing": "member_id IN (SELECT id FROM member WHERE hospital_id = :hospital)",
    "addition": "member_id IN (SELECT id FROM member WHERE hospital_id = :hospital)",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """What there is to point a button at."""

    incident: str
    threat: str
    paper: int
    draft: int

    def arguments(self, kind: str) -> list[str]:
        """What a button of this kind carries in QP01."""
        return {
            "mine": ["0"],
            "draft": [str(self.draft)],
            "add": [self.incident],
            "show": [self.incident],
            "threat": [self.threat],
            "file": ["0", str(self.paper)],
            "waive": [str(self.paper)],
            "score": ["2026:1", "2026:4"],
            "admin": ["list", "invite", "facts", "remove"],
            "lang": ["en"],
        }[kind]

    def draft_buttons(self) -> Iterator[str]:
        """Every button that the open draft could have."""
        for key in ("category", "what", "place", "time", "severity", "card"):
            for option in (
                "theft",
                "back",
                "skip",
                "keep",
                "cancel",
                "submit",
                "edit=what",
                "restore",
            ):
                yield f"f:{self.draft}:{key}:{option}"

    def every_button(self) -> Iterator[str]:
        """Every button that points at something of QP01."""
        for kind in ("draft", "add", "show", "threat", "waive"):
            yield from (f"{kind}:{argument}" for argument in self.arguments(kind))
        yield f"file:{self.paper}"
        yield from self.draft_buttons()


async def furnish(stage: Stage, cast: Cast) -> World:
    """A report that must be filed, a threat, and the guard's next report left on its card."""
    guard = cast.guard
    said = await stage.says(guard, "/report")
    said = await stage.presses(guard, said.button("Staff attacked"))
    said = await stage.says(guard, "somebody broke the glass door")
    said = await stage.presses(guard, said.button("Submit"))
    incident = said.button("Add details").partition(":")[2]
    threat = await _threaten(stage, cast)
    said = await stage.says(guard, "/report")
    said = await stage.presses(guard, said.button("Theft"))
    said = await stage.says(guard, "a draft not filed yet")
    draft = int(said.button("Submit").split(":")[1])
    query = text("SELECT id FROM obligation")
    paper = stage.db.run_now(lambda conn: conn.execute(query).scalar_one())
    return World(incident=incident, threat=threat, paper=paper, draft=draft)


async def _threaten(stage: Stage, cast: Cast) -> str:
    doctor = cast.doctor
    await stage.says(doctor, "/threat")
    said = await stage.says(doctor, "behind the boiler room")
    said = await stage.presses(doctor, said.button("Threatened violence"))
    await stage.presses(doctor, said.button("Done"))
    said = await stage.says(doctor, "he keeps a knife")
    said = await stage.presses(doctor, said.button("Yes"))
    said = await stage.presses(doctor, said.button("Submit"))
    return said.to(cast.officer.user_id).button("Read it").partition(":")[2]


def snapshot(db: Database, code: str) -> dict[str, list[Any]]:
    """Every row that belongs to a hospital."""

    def read(conn: Connection) -> dict[str, list[Any]]:
        found = text("SELECT id FROM hospital WHERE code = :code")
        hospital = {"hospital": conn.execute(found, {"code": code}).scalar_one()}
        return {
            table: list(
                conn.execute(text(f"SELECT * FROM {table} WHERE {own} ORDER BY id"), hospital)
            )
            for table, own in TABLES.items()
        }

    return db.run_now(read)

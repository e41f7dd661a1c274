"""Reporting threats in tests: a doctor of the ER goes through /threat with what a test needs otherwise."""

from dataclasses import dataclass, field

from sqlalchemy import text

from bot.db import Database
from tests.people import Cast, Person
from tests.said import Said
from tests.stage import Stage

SAID, WHO, WHERE = (
    "he will bring a knife tomorrow",
    "the tall man in black",
    "behind the boiler room",
)
SECRETS = (SAID, WHO, WHERE)
"""What nobody but officers and administrators may read."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What is answered, by the buttons' labels; ``changes`` are (which, answer) on the card."""

    signs: tuple[str, ...] = ("Threatened violence",)
    weapon: str = "Spoken of"
    who: str | None = WHO
    escort: str = "No"
    changes: tuple[tuple[str, str], ...] = field(default=())


async def to_the_card(stage: Stage, person: Person, answers: Answers) -> Said:
    """Everything answered, nothing submitted."""
    await stage.says(person, "/threat")
    said = await stage.says(person, WHERE)
    for sign in answers.signs:
        said = await stage.presses(person, said.button(sign))
    await stage.presses(person, said.button("Done" if answers.signs else "None of these"))
    said = await stage.says(person, SAID)
    said = await stage.presses(person, said.button(answers.weapon))
    said = await (
        stage.says(person, answers.who)
        if answers.who
        else stage.presses(person, said.button("Skip"))
    )
    said = await stage.presses(person, said.button(answers.escort))
    for which, answer in answers.changes:
        said = await stage.presses(person, said.button("Change an answer"))
        said = await stage.presses(person, said.button(f"{which}:"))
        said = await stage.presses(person, said.button(answer))
    return said


async def threaten(stage: Stage, person: Person, answers: Answers | None = None) -> Said:
    """A threat from its first question to what submitting it brings to everybody."""
    card = await to_the_card(stage, person, answers or Answers())
    return await stage.presses(person, card.button("Submit"))


async def number_of(stage: Stage, cast: Cast, answers: Answers | None = None) -> str:
    """The number of a threat that the ER's doctor reports."""
    said = await threaten(stage, cast.doctor, answers)
    return said.to(cast.officer.user_id).button("Read it").partition(":")[2]


async def do(stage: Stage, person: Person, verb: str, number: str) -> Said:
    """Press one of the buttons below a threat."""
    return await stage.presses(person, f"threat_step:{verb}:{number}")


def rows(db: Database, query: str) -> list[tuple[object, ...]]:
    """Read the database."""
    return [tuple(row) for row in db.run_now(lambda conn: conn.execute(text(query)).all())]


def every_word(db: Database, *, but: tuple[str, ...] = ("outbox",)) -> str:
    """Everything in every table as text; the outbox holds messages until they are sent."""
    sqlite = db.engine.dialect.name == "sqlite"
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        if sqlite
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    tables = [str(row[0]) for row in rows(db, names)]
    return "\n".join(
        str(row)
        for table in tables
        if table not in but
        for row in rows(db, f"SELECT * FROM {table}")
    )

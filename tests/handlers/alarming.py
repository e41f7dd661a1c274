"""What the tests of alarms begin with: people on duty, messages that arrive or are refused, whose phones sounded."""

from sqlalchemy import select, text

from bot.messages import Priority
from models.case import case_by_id
from models.duty import begin_duty, end_duty
from models.outbox import OUTBOX
from models.people import mark_reachable
from tests.people import Cast, Person, enlist
from tests.said import Said
from tests.stage import Stage

NUMBER = "QP01-2026-0001"


def sign_on(stage: Stage, *people: Person, post: str | None = None) -> None:
    """Sign people on."""
    for person in people:
        stage.db.run_now(
            lambda conn, p=person: begin_duty(  # type: ignore[misc]
                conn, hospital_id=1, member_id=p.id, post=post, now=stage.now
            )
        )


def sign_off(stage: Stage, person: Person) -> None:
    """Sign somebody off."""
    stage.db.run_now(lambda conn: end_duty(conn, person.id, by="self", now=stage.now))


def colleague(stage: Stage, cast: Cast, role: str, user_id: int) -> Person:
    """Somebody more in QP01."""
    hospital = cast.hospital("QP01")
    return stage.db.run_now(lambda conn: enlist(conn, hospital, role, user_id=user_id))


def read_case(stage: Stage, incident_id: int = 1) -> object:
    """How the case stands."""
    return stage.db.run_now(lambda conn: case_by_id(conn, incident_id))


def deliver(stage: Stage, *, refused_by: Person | None = None) -> None:
    """Everything queued has reached Telegram; what goes to one person was refused: they have blocked the bot."""
    shut = refused_by.user_id if refused_by else 0
    dead = text("UPDATE outbox SET state = 'dead' WHERE state = 'queued' AND chat_id = :shut")
    sent = text("UPDATE outbox SET state = 'sent', message_id = 1000 + id WHERE state = 'queued'")
    stage.db.run_now(lambda conn: [conn.execute(dead, {"shut": shut}), conn.execute(sent)])
    if refused_by:
        stage.db.run_now(lambda conn: mark_reachable(conn, shut, since=stage.now))


def rung(said: Said) -> set[int]:
    """Whose phones sound by what is owed: alarms, which are never quiet."""
    loud = [item for item in said.of(Priority.ALARM).out if item.method == "sendMessage"]
    assert not any(item.payload.get("disable_notification") for item in loud)
    return {item.chat_id for item in loud}


def queued_texts(stage: Stage, person: Person) -> list[str]:
    """What somebody is still owed, in the order it was written."""
    waiting = select(OUTBOX.c.payload).where(
        OUTBOX.c.chat_id == person.user_id, OUTBOX.c.state == "queued"
    )
    rows = stage.db.run_now(
        lambda conn: list(conn.execute(waiting.order_by(OUTBOX.c.id)).scalars())
    )
    return [row.get("text", "") for row in rows]

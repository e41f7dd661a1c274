"""The outbox's rows: what is kept, what is taken back, and how one stands that depends on others."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database
from models.outbox import KEPT, OUTBOX, enqueue, forget_sent, revoke, settle, standing
from tests.people import NOW


def row(**changed: Any) -> dict[str, Any]:
    """A message as it is stored."""
    made = {"chat_id": 1, "priority": 1, "method": "sendMessage", "payload": {"text": "x"}}
    return {**made, "state": "queued", "created_at": NOW, **changed}


def write(db: Database, *rows: dict[str, Any]) -> list[int]:
    """Store messages; their ids."""
    return db.run_now(lambda conn: enqueue(conn, list(rows)))


def settled(db: Database, *ids: int, state: str = "sent") -> None:
    """Write down what became of messages."""
    outcome = {"new_state": state, "at": NOW, "message": 7, "why": None}
    db.run_now(lambda conn: settle(conn, [{"which": number, **outcome} for number in ids]))


def states(db: Database) -> list[str]:
    """What became of each message."""
    query = select(OUTBOX.c.state).order_by(OUTBOX.c.id)
    return db.run_now(lambda conn: list(conn.execute(query).scalars()))


def test_what_something_refers_to_is_not_forgotten(db: Database) -> None:
    ids = write(db, row(), row(kept=True), row(kept=True))
    settled(db, ids[0], ids[1])
    settled(db, ids[2], state="dead")
    assert db.run_now(lambda conn: forget_sent(conn, now=NOW + KEPT * 2, limit=9)) == 1
    assert states(db) == ["sent", "dead"]


def test_what_was_taken_back_or_overtaken_is_forgotten_too(db: Database) -> None:
    first, _second = write(db, row(), row(topic="chain:1"))
    settled(db, first, state="overtaken")
    db.run_now(lambda conn: revoke(conn, "chain:1"))
    assert db.run_now(lambda conn: forget_sent(conn, now=NOW + KEPT * 2, limit=9)) == 2


def test_only_what_is_queued_under_the_topic_is_taken_back(db: Database) -> None:
    ids = write(db, row(topic="chain:1"), row(topic="chain:1"), row(topic="chain:11"), row())
    settled(db, ids[0])
    assert db.run_now(lambda conn: revoke(conn, "chain:1")) == 1
    assert states(db) == ["sent", "revoked", "queued", "queued"]


def edit(follows: int, method: str = "editMessageText", **changed: Any) -> dict[str, Any]:
    """An edit of an earlier message."""
    return row(method=method, follows=follows, **changed)


@pytest.mark.parametrize(
    ("newer", "overtaken"),
    [
        ({}, True),
        ({"method": "deleteMessage"}, True),
        ({"method": "editMessageReplyMarkup"}, False),
        ({"method": "sendMessage"}, False),
        ({"state": "dead"}, False),
        ({"state": "revoked"}, False),
        ({"state": "sent"}, True),
    ],
)
def test_an_edit_is_overtaken_by_a_later_one_that_changes_the_same(
    db: Database, newer: dict[str, Any], overtaken: bool
) -> None:
    (card,) = write(db, row())
    mine, _newer = write(db, edit(card), edit(card, **newer))
    stands = db.run_now(lambda conn: standing(conn, mine, method="editMessageText", follows=card))
    assert (stands.queued, stands.overtaken) == (True, overtaken)


def test_an_earlier_edit_and_one_of_another_message_overtake_nothing(db: Database) -> None:
    card, other = write(db, row(), row())
    _older, mine, _other = write(db, edit(card), edit(card), edit(other))
    stands = db.run_now(lambda conn: standing(conn, mine, method="editMessageText", follows=card))
    assert not stands.overtaken


def test_what_it_follows_is_followed_back_but_not_without_end(db: Database) -> None:
    ids = write(db, row(method="createForumTopic"))
    for _step in range(20):
        ids += write(db, row(follows=ids[-1]))
    near = db.run_now(lambda conn: standing(conn, ids[3], method="sendMessage", follows=ids[2]))
    assert [each.id for each in near.followed] == [ids[2], ids[1], ids[0]]
    far = db.run_now(lambda conn: standing(conn, ids[20], method="sendMessage", follows=ids[19]))
    assert len(far.followed) == 8


def test_to_look_for_others_reads_no_whole_table(sqlite_db: Database) -> None:
    query = (
        "EXPLAIN QUERY PLAN SELECT 1 FROM outbox WHERE follows = 5 AND id > 7 AND state IN ('sent')"
    )
    plan = sqlite_db.run_now(lambda conn: str(conn.exec_driver_sql(query).all()))
    assert "ix_outbox_follows" in plan
    query = (
        "EXPLAIN QUERY PLAN UPDATE outbox SET state = 'x' WHERE topic = 't' AND state = 'queued'"
    )
    plan = sqlite_db.run_now(lambda conn: str(conn.exec_driver_sql(query).all()))
    assert "ix_outbox_topic" in plan

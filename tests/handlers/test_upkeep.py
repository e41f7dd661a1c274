"""Old drafts close with a notice, and what is done and old is forgotten; on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.db import Database
from bot.messages import Priority
from models.draft import DRAFT, LIFETIME, REGRET, insert_draft
from models.inbox import KEPT as UPDATES_KEPT
from models.inbox import mark_bad, mark_done, store_updates
from models.outbox import KEPT as MESSAGES_KEPT
from models.outbox import OUTBOX, enqueue, settle
from models.people import MEMBER
from tests.handlers.sweeping import owed, sweep
from tests.people import NOW, Cast, Person

LATER = NOW + LIFETIME
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def planned(request: pytest.FixtureRequest) -> None:
    """The papers ahead are stored before: here nothing is to happen but what a test is about."""
    name = "postgres_db" if "postgres_db" in request.fixturenames else "db"
    request.getfixturevalue("cast")
    sweep(request.getfixturevalue(name), NOW)


def leave(db: Database, person: Person, *, form: str = "report", state: str = "parked") -> int:
    """A draft last touched now."""

    def unit(conn: object) -> int:
        draft = insert_draft(
            conn,  # type: ignore[arg-type]
            member_id=person.id,
            form=form,
            version=1,
            params={},
            answers={},
            held={},
            created_at=NOW,
            updated_at=NOW,
        )
        conn.execute(update(DRAFT).where(DRAFT.c.id == draft).values(state=state))  # type: ignore[attr-defined]
        return draft

    return db.run_now(unit)


def drafts(db: Database) -> list[int]:
    """Which drafts are there."""
    return db.run_now(lambda conn: list(conn.execute(select(DRAFT.c.id)).scalars()))


def notices(db: Database) -> list[tuple[int, str]]:
    """Who was told that a form was closed."""
    return owed(db, Priority.DIGEST)


@pytest.mark.parametrize("state", ["active", "parked"])
def test_an_untouched_draft_is_closed_after_thirty_days_with_a_notice(
    db: Database, cast: Cast, state: str
) -> None:
    draft = leave(db, cast.guard, state=state)
    assert sweep(db, LATER) == {}
    assert drafts(db) == [draft]
    assert sweep(db, LATER + SECOND) == {"drafts_closed": 1}
    assert drafts(db) == []
    assert [reader for reader, _text in notices(db)] == [cast.guard.user_id]
    assert "nobody had touched it for 30 days (our default, can be changed)" in notices(db)[0][1]


def test_what_was_told_in_a_closed_draft_is_shown_and_what_was_sealed_is_not(
    db: Database, cast: Cast
) -> None:
    told = {"what": {"text": "有人打护士了", "files": [], "place": None}, "category": "theft"}
    for form, answers in (("report", told), ("threat", {"~": "c2VhbGVk"})):
        draft = leave(db, cast.guard, form=form)
        change = update(DRAFT).where(DRAFT.c.id == draft).values(answers=answers)
        db.run_now(lambda conn, change=change: conn.execute(change))  # type: ignore[misc]
    sweep(db, LATER + SECOND)
    assert sorted(text.partition("\n")[2] for _chat, text in notices(db)) == [
        "",
        "You had told this so far:\n有人打护士了",
    ]


def test_run_twice_it_tells_once(db: Database, cast: Cast) -> None:
    leave(db, cast.guard)
    sweep(db, LATER + SECOND)
    assert sweep(db, LATER + SECOND) == {}
    assert len(notices(db)) == 1


def test_a_cancelled_draft_goes_after_a_day_in_silence(db: Database, cast: Cast) -> None:
    draft = leave(db, cast.guard, state="discarded")
    sweep(db, NOW + REGRET)
    assert drafts(db) == [draft], "it can still be taken back"
    sweep(db, NOW + REGRET + SECOND)
    assert drafts(db) == []
    assert notices(db) == []


def test_who_is_gone_hears_nothing(db: Database, cast: Cast) -> None:
    leave(db, cast.guard)
    leave(db, cast.doctor)
    gone = update(MEMBER).where(MEMBER.c.id == cast.guard.id).values(removed_at=NOW)
    blocked = update(MEMBER).where(MEMBER.c.id == cast.doctor.id).values(unreachable_at=NOW)
    for change in (gone, blocked):
        db.run_now(lambda conn, c=change: conn.execute(c))  # type: ignore[misc]
    assert sweep(db, LATER + SECOND) == {"drafts_closed": 2}
    assert notices(db) == []


def test_sweeps_at_once_close_and_tell_once(postgres_db: Database, cast: Cast) -> None:
    for form in "abcdefgh":
        leave(postgres_db, cast.guard, form=form)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: sweep(postgres_db, LATER + SECOND), range(4)))
    assert sum(count["drafts_closed"] for count in counts) == 8
    assert len(notices(postgres_db)) == 8


# -- what is done and old --------------------------------------------------------------------------


def test_updates_that_are_done_are_forgotten_after_their_time(db: Database, cast: Cast) -> None:
    rows = [
        {"update_id": n, "chat_id": 1, "payload": "{}", "state": "new", "received_at": NOW}
        for n in (1, 2, 3)
    ]
    db.run_now(lambda conn: store_updates(conn, rows))
    db.run_now(lambda conn: mark_done(conn, 1))
    db.run_now(lambda conn: mark_bad(conn, 2, "odd"))
    assert sweep(db, NOW + UPDATES_KEPT)["updates"] == 0
    assert sweep(db, NOW + UPDATES_KEPT + SECOND)["updates"] == 2
    assert db.run_now(lambda conn: store_updates(conn, rows)) == [1, 2], "3 is still to be done"


def test_messages_that_are_settled_are_forgotten_after_their_time(db: Database, cast: Cast) -> None:
    row = {"chat_id": 1, "priority": 1, "method": "sendMessage", "payload": {}, "state": "queued"}
    ids = db.run_now(lambda conn: enqueue(conn, [{**row, "created_at": NOW} for _ in range(3)]))
    outcome = {"at": NOW, "message": 1, "why": None}
    settled = [
        {"which": ids[0], "new_state": "sent", **outcome},
        {"which": ids[1], "new_state": "dead", **outcome},
    ]
    db.run_now(lambda conn: settle(conn, settled))
    assert sweep(db, NOW + MESSAGES_KEPT)["messages"] == 0
    assert sweep(db, NOW + MESSAGES_KEPT + SECOND)["messages"] == 2
    left = db.run_now(lambda conn: conn.execute(select(OUTBOX.c.id, OUTBOX.c.state)).all())
    assert [tuple(each) for each in left] == [(ids[2], "queued")]


def test_nothing_is_closed_in_a_quiet_house(db: Database, cast: Cast) -> None:
    quiet: datetime = NOW
    assert sweep(db, quiet) == {}

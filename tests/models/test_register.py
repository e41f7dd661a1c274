"""The registers: their moves, their numbers, and the figures made of them, on both engines."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.db import Database
from models import register
from models.category import BY_CODE
from models.entry import (
    add_step,
    entry_by_id,
    entry_by_number,
    has_open_fault,
    insert_entry,
    last_doers,
    list_steps,
    move_entry,
    open_entries,
)
from models.figures import add_up, count_by, count_entries, count_overdue, median_days
from models.kind import SETTLED, STATES, Kind
from models.number import next_number
from models.patrol import (
    close_point,
    find_code,
    insert_point,
    is_known,
    point_by_id,
    renew_code,
    rounds_since,
)
from models.register import KINDS, first_state, possible_moves, relations
from tests.people import NOW, Cast

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly

MARCH = {
    "since": datetime(2026, 3, 1, tzinfo=UTC),
    "until": datetime(2026, 4, 1, tzinfo=UTC),
}
ALL = frozenset({"owner", "author", "officer", "admin", "head"})

# -- what is declared ------------------------------------------------------------------------------


def test_every_register_has_a_letter_of_its_own_and_none_is_the_incidents() -> None:
    letters = [kind.letter for kind in KINDS.values()]
    assert len(set(letters)) == len(letters)
    assert all(len(letter) == 1 and letter.isupper() for letter in letters)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_move_leads_from_a_state_to_a_state(kind: Kind) -> None:
    codes = [move.code for move in kind.moves]
    assert len(set(codes)) == len(codes)
    for move in kind.moves:
        assert set(move.leads) <= set(STATES)
        assert set(move.leads.values()) <= set(STATES)
        assert move.by <= ALL
        assert move.not_after is None or move.not_after in codes


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_waits_can_come_to_its_end(kind: Kind) -> None:
    """From every state that can be reached there is a way on to a settled one."""
    steps = {(old, new) for move in kind.moves for old, new in move.leads.items() if old != new}
    for state in kind.waiting:
        reached, before = {state}, set()
        while reached != before:
            before = set(reached)
            reached |= {new for old, new in steps if old in reached}
        assert reached & set(SETTLED), state


def ends(kind: str, *moves: str, state: str = "open") -> str:
    """Where these moves lead; the state is ``-`` once one is not allowed."""
    for code in moves:
        found = [m for m in possible_moves(kind, state, ALL, done_last=()) if m.code == code]
        state = found[0].leads[state] if found else "-"
        if state == "-":
            break
    return state


@pytest.mark.parametrize(
    ("kind", "moves", "end"),
    [
        # 000 件件落实: both are needed, in either order
        ("complaint", ("rectify",), "rectified"),
        ("complaint", ("feedback",), "answered"),
        ("complaint", ("rectify", "feedback"), "closed"),
        ("complaint", ("feedback", "rectify"), "closed"),
        ("complaint", ("rectify", "rectify"), "-"),
        ("complaint", ("feedback", "feedback"), "-"),
        ("hazard", ("pass",), "-"),
        ("hazard", ("rectify", "pass"), "closed"),
        ("hazard", ("rectify", "fail"), "returned"),
        ("hazard", ("rectify", "fail", "pass"), "-"),
        ("hazard", ("rectify", "fail", "rectify", "pass"), "closed"),
        ("dispute", ("channel", "settle"), "closed"),
        ("dispute", ("settle", "channel"), "-"),
        ("dispute", ("settle", "reopen", "settle"), "closed"),
        ("fault", ("repair",), "closed"),
        ("fault", ("repair", "repair"), "-"),
        ("clue", ("hand_over", "close"), "closed"),
        ("clue", ("close",), "closed"),
        ("check", ("explain",), "closed"),
        ("hazard", ("note", "assign"), "open"),
        ("drill", ("rectify",), "-"),
    ],
)
def test_a_way_through_a_register(kind: str, moves: tuple[str, ...], end: str) -> None:
    assert ends(kind, *moves) == end


def test_nobody_checks_their_own_work() -> None:
    codes = {m.code for m in possible_moves("hazard", "rectified", ALL, done_last={"rectify"})}
    assert codes == {"note", "correct"}
    codes = {m.code for m in possible_moves("hazard", "rectified", {"author"}, done_last=())}
    assert codes == {"note", "pass", "fail", "correct"}


@pytest.mark.parametrize(
    ("kind", "answers", "state"),
    [
        ("hazard", {}, "open"),
        ("drill", {}, "kept"),
        ("check", {"agrees": "yes"}, "kept"),
        ("check", {"agrees": "no"}, "open"),
        ("clue", {"found": "no"}, "kept"),
        ("clue", {"found": "yes"}, "open"),
        ("asset", {"count": 12}, "working"),
        ("asset", {"count": 0}, "absent"),
    ],
)
def test_the_state_an_entry_begins_in(kind: str, answers: dict[str, Any], state: str) -> None:
    assert first_state(kind, answers) == state


@dataclass
class Somebodys:
    """An entry, as far as relations ask."""

    owner_id: int | None = 1
    member_id: int = 2
    department_id: int | None = 9


def test_what_somebody_is_to_an_entry() -> None:
    def of(role: str, member: int, department: int | None = None, kind: str = "hazard") -> set[str]:
        return relations(
            kind, role=role, member_id=member, department_id=department, entry=Somebodys()
        )

    assert of("guard", 1) == {"owner"}
    assert of("guard", 2, 9) == {"author"}
    assert of("head", 3, 9) == {"head"}
    assert of("head", 3, 9, kind="clue") == set()
    assert of("head", 3, 8) == of("doctor", 3, 9) == of("leader", 3, 9) == set()
    assert of("officer", 1) == {"officer", "owner"}


def test_each_lost_material_is_an_incident_category() -> None:
    assert set(register.MATERIALS.values()) <= set(BY_CODE)


# -- entries ---------------------------------------------------------------------------------------


class Book:
    """Writes entries of QP01 and reads figures of them."""

    _drafts = count(1)

    def __init__(self, db: Database, cast: Cast, code: str = "QP01") -> None:
        self.db, self.hospital, self.author = db, cast.hospital(code), cast[code]["officer"]

    def enter(self, kind: str, **changed: Any) -> int:
        """Write an entry; its id."""
        figures = changed.pop("figures", {})
        values = {
            "hospital_id": self.hospital.id,
            "kind": kind,
            "state": "open",
            "member_id": self.author.id,
            "owner_id": self.author.id,
            "occurred_at": NOW,
            "draft_id": next(self._drafts),
            "data": {"what": "as entered"},
            "figures": figures,
            "created_at": NOW,
            **changed,
        }

        def unit(conn: Connection) -> int:
            number = next_number(
                conn,
                hospital_id=self.hospital.id,
                code=self.hospital.code,
                year=2026,
                series=KINDS[kind].letter,
            )
            return insert_entry(conn, number=number, **values)

        return self.db.run_now(unit)

    def ask(self, of: Any, *arguments: Any, **named: Any) -> Any:
        """One of the reading functions, asked of this hospital."""
        return self.db.run_now(lambda conn: of(conn, self.hospital.id, *arguments, **named))

    def count(self, of: Any, *arguments: Any, **named: Any) -> Any:
        """What one of the counting functions, asked of several hospitals, says of this one."""
        found = self.db.run_now(lambda conn: of(conn, [self.hospital.id], *arguments, **named))
        assert set(found) <= {self.hospital.id}
        return found.get(self.hospital.id)


@pytest.fixture
def book(db: Database, cast: Cast) -> Book:
    return Book(db, cast)


def test_each_register_counts_for_itself_and_apart_from_incidents(db: Database, cast: Cast) -> None:
    hospital = cast.hospital("QP01")
    given = [
        db.run_now(
            lambda conn, s=series: next_number(  # type: ignore[misc]
                conn, hospital_id=hospital.id, code="QP01", year=2026, series=s
            )
        )
        for series in ("H", "", "H", "C", "")
    ]
    assert given == [
        "QP01-H2026-0001",
        "QP01-2026-0001",
        "QP01-H2026-0002",
        "QP01-C2026-0001",
        "QP01-2026-0002",
    ]


def test_an_entry_is_found_by_its_own_hospital_only(book: Book, cast: Cast) -> None:
    entry_id = book.enter("hazard")
    assert book.ask(entry_by_number, "QP01-H2026-0001").id == entry_id
    other = Book(book.db, cast, "QP02")
    assert other.ask(entry_by_number, "QP01-H2026-0001") is None
    assert other.ask(entry_by_id, entry_id) is None
    assert other.ask(open_entries) == []


def test_a_move_is_made_once_and_keeps_when_it_closed(book: Book) -> None:
    entry_id = book.enter("fault")

    def move(old: str, new: str) -> bool:
        return book.db.run_now(lambda c: move_entry(c, entry_id, old=old, new=new, now=NOW))

    assert move("open", "closed")
    assert not move("open", "closed")
    assert book.ask(entry_by_id, entry_id).closed_at == NOW
    assert move("closed", "open")
    row = book.ask(entry_by_id, entry_id)
    assert row.closed_at is None
    assert row.data == {"what": "as entered"}, "what was entered is never overwritten"


def test_the_steps_stay_in_order_and_say_who_was_last(book: Book, cast: Cast) -> None:
    entry_id = book.enter("hazard")

    def step(kind: str, member: int, draft: int) -> None:
        values = {"entry_id": entry_id, "member_id": member, "kind": kind, "draft_id": draft}
        book.db.run_now(lambda c: add_step(c, state="open", words=kind, data={}, at=NOW, **values))

    for number, (kind, who) in enumerate(
        [("rectify", cast.admin), ("fail", cast.officer), ("rectify", cast.guard)]
    ):
        step(kind, who.id, 900 + number)
    steps = book.db.run_now(lambda conn: list_steps(conn, entry_id))
    assert [(s.kind, s.doer) for s in steps] == [
        ("rectify", "QP01 admin"),
        ("fail", "QP01 officer"),
        ("rectify", "QP01 guard"),
    ]
    doers = book.db.run_now(lambda conn: last_doers(conn, [entry_id]))
    assert doers == {(entry_id, "rectify"): cast.guard.id, (entry_id, "fail"): cast.officer.id}


def test_an_equipments_open_faults(book: Book) -> None:
    asset = str(book.enter("asset", state="working", figures={"count": 2}))
    assert not book.ask(has_open_fault, asset)
    book.enter("fault", state="closed", figures={"asset": asset})
    book.enter("fault", figures={"asset": "none"})
    assert not book.ask(has_open_fault, asset)
    book.enter("fault", figures={"asset": asset})
    assert book.ask(has_open_fault, asset)


# -- figures ---------------------------------------------------------------------------------------


def test_counts_by_kind_and_state_in_a_period(book: Book, cast: Cast) -> None:
    edge = MARCH["until"]
    book.enter("hazard")
    book.enter("hazard", state="closed", closed_at=NOW)
    book.enter("hazard", occurred_at=MARCH["since"])
    book.enter("hazard", occurred_at=edge)
    book.enter("drill", state="kept")
    Book(book.db, cast, "QP02").enter("hazard")
    assert book.count(count_entries, **MARCH) == {
        ("hazard", "open"): 2,
        ("hazard", "closed"): 1,
        ("drill", "kept"): 1,
    }
    assert book.count(count_entries, **MARCH, stamp="closed_at") == {("hazard", "closed"): 1}


def test_a_period_is_counted_by_nothing_but_the_two_stamps(book: Book) -> None:
    with pytest.raises(ValueError, match="created_at"):
        book.count(count_entries, **MARCH, stamp="created_at")


def test_disputes_by_channel_and_outcome(book: Book, cast: Cast) -> None:
    for channel, outcome in [("internal", "agreed"), ("people", "agreed"), ("people", None)]:
        figures = {"channel": channel} | ({"outcome": outcome} if outcome else {})
        closed = {"state": "closed", "closed_at": NOW} if outcome else {}
        book.enter("dispute", figures=figures, **closed)
    Book(book.db, cast, "QP02").enter("dispute", figures={"channel": "judicial"})
    assert book.count(count_by, "dispute", "channel", **MARCH) == {"internal": 1, "people": 2}
    closed_in = {**MARCH, "stamp": "closed_at"}
    assert book.count(count_by, "dispute", "outcome", **closed_in) == {"agreed": 2}
    assert book.count(count_by, "hazard", "outcome", **MARCH) is None


def test_heads_are_added_up(book: Book) -> None:
    for topic, heads in [("safety", 25), ("safety", 10), ("ethics_law", 100)]:
        book.enter("training", state="kept", figures={"topic": topic, "heads": heads})
    assert book.ask(add_up, "training", "heads", **MARCH) == 135
    assert book.ask(add_up, "training", "heads", **MARCH, topic="safety") == 35
    assert book.ask(add_up, "drill", "heads", **MARCH) == 0


def test_overdue_is_what_still_waits_for_its_owner_after_its_day(book: Book) -> None:
    today = date(2026, 3, 16)
    for state in ("open", "returned", "rectified", "closed"):
        book.enter("hazard", state=state, due_on=date(2026, 3, 15))
    book.enter("hazard", due_on=today)
    book.enter("hazard", due_on=None)
    assert book.count(count_overdue, "hazard", today=today) == 2


def test_the_median_of_days_to_close(book: Book) -> None:
    assert book.count(median_days, "dispute", **MARCH) is None
    for days in (1, 4, 30):
        began = NOW - timedelta(days=days)
        book.enter("dispute", state="closed", occurred_at=began, closed_at=NOW)
    book.enter("dispute")
    assert book.count(median_days, "dispute", **MARCH) == 4
    book.enter("dispute", state="closed", occurred_at=NOW - timedelta(days=5), closed_at=NOW)
    assert book.count(median_days, "dispute", **MARCH) == 4.5


# -- patrol points ---------------------------------------------------------------------------------


@pytest.fixture
def point(book: Book) -> int:
    return book.db.run_now(
        lambda conn: insert_point(
            conn,
            hospital_id=book.hospital.id,
            name="ER gate",
            created_by=book.author.id,
            created_at=NOW,
        )
    )


def test_a_code_opens_its_point_until_it_is_replaced(book: Book, cast: Cast, point: int) -> None:
    first, second = (book.db.run_now(lambda c: renew_code(c, point, now=NOW)) for _ in range(2))
    assert first.startswith("p_")
    assert len(first) == 14
    assert first != second
    assert book.ask(find_code, first).ended_at == NOW
    assert book.ask(find_code, second).ended_at is None
    assert Book(book.db, cast, "QP02").ask(find_code, second) is None
    known = [book.db.run_now(lambda c, w=w: is_known(c, w)) for w in (first, second, "p_X")]  # type: ignore[misc]
    assert known == [True, True, False]
    book.db.run_now(lambda conn: close_point(conn, point, now=NOW))
    assert book.ask(find_code, second).ended_at == NOW
    assert book.ask(point_by_id, point) is None


def test_rounds_are_counted_by_point_since_a_time(book: Book, cast: Cast, point: int) -> None:
    for minutes in (0, 30, 2000):
        at = NOW - timedelta(minutes=minutes)
        book.enter("patrol", state="kept", occurred_at=at, figures={"point": str(point)})
    book.enter("patrol", state="kept", figures={"point": "77"})
    Book(book.db, cast, "QP02").enter("patrol", state="kept", figures={"point": str(point)})
    today = NOW - timedelta(hours=13)
    assert book.ask(rounds_since, today) == {str(point): (2, NOW), "77": (1, NOW)}

"""Which hospital owes what: the commission's first screen, one hospital, one paper."""

from collections.abc import Sequence
from typing import Any

from bot.dates import say_left, say_moment
from bot.i18n import _, n_
from bot.incoming import row_of
from bot.messages import Button, Buttons
from bot.turn import Turn
from handlers import words
from handlers.district.seen import (
    hospital_pressed,
    hospitals_seen,
    named,
    own_district,
    year_began,
    year_of,
)
from handlers.filing.starting import start_filing
from handlers.roles import COMMISSION
from models.deadlines import state
from models.league import Owed, filed_papers, owed_counts, owed_papers
from models.people import HospitalFacts

PAGE = 6
_NOTHING = Owed()


def open_papers(turn: Turn) -> None:
    """/file: for the commission what its hospitals owe, for everybody else what they file."""
    if turn.actor.role in COMMISSION:
        turn.send(*_overview(turn, 0))
    else:
        start_filing(turn)


def show_overview(turn: Turn, page: str = "") -> None:
    """The hospitals, those with overdue papers first."""
    turn.say(*_overview(turn, row_of(page)))


def _overview(turn: Turn, page: int) -> tuple[str, Buttons]:
    hospitals = hospitals_seen(turn)
    counts = owed_counts(turn.conn, own_district(turn), at=turn.now, since=year_began(turn))
    ordered = sorted(hospitals.values(), key=lambda each: _order(counts.get(each.id, _NOTHING)))
    part, page, pages = page_of(ordered, page)
    lines = [_first_line(len(hospitals), list(counts.values()))]
    lines += [f"{n}. {named(each)}: {_owes(counts.get(each.id, _NOTHING))}" for n, each in part]
    if pages > 1:
        lines.append(_("Page {page} of {pages}").format(page=page + 1, pages=pages))
    cells = [Button(str(n), f"district:h:{each.id}") for n, each in part]
    rows = [cells[:3], cells[3:], turning("district:o", page, pages), *_ways(turn, counts)]
    return "\n".join(lines), [row for row in rows if row]


def _order(owed: Owed) -> tuple[int, int, int]:
    return -owed.overdue, -owed.missed, -owed.waiting


def _first_line(hospitals: int, owed: Sequence[Owed]) -> str:
    waiting, overdue = sum(each.waiting for each in owed), sum(each.overdue for each in owed)
    missed = sum(each.missed for each in owed)
    said = n_("📌 {n} hospital", "📌 {n} hospitals", hospitals).format(n=hospitals)
    said += _(", ") + _("{n} papers waiting, {overdue} of them overdue").format(
        n=waiting, overdue=overdue
    )
    if missed:
        said += _(", ") + _("{n} missed").format(n=missed)
    return said


def _owes(owed: Owed) -> str:
    parts = []
    if owed.overdue:
        parts.append(_("{n} overdue").format(n=owed.overdue))
    if owed.missed:
        parts.append(_("{n} missed").format(n=owed.missed))
    if owed.waiting > owed.overdue:
        parts.append(_("{n} still in time").format(n=owed.waiting - owed.overdue))
    return _(", ").join(parts) or _("owes nothing")


def _ways(turn: Turn, counts: dict[int, Owed]) -> list[list[Button]]:
    late = any(each.overdue or each.missed for each in counts.values())
    return [
        [Button(_("Ask all late ones"), "district:urge")] if late else [],
        [
            Button(_("League table"), f"district:t:{year_of(turn)}:0"),
            Button(_("Send a bulletin"), "district:bulletin"),
        ],
        [
            Button(_("Enter an omission"), "district:learnt"),
            Button(_("District average"), "district:average"),
        ],
        [Button(_("Enter inspection"), "check:inspected")],
    ]


def page_of(ordered: Sequence[Any], page: int) -> tuple[list[tuple[int, Any]], int, int]:
    """What stands on a page with its place in the whole, the page it is, and how many there are."""
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(page, pages - 1)
    return list(enumerate(ordered, start=1))[page * PAGE : (page + 1) * PAGE], page, pages


def turning(to: str, page: int, pages: int) -> list[Button]:
    """The buttons to the pages before and after."""
    before = [Button(_("Page before"), f"{to}:{page - 1}")] if page else []
    after = [Button(_("Next page"), f"{to}:{page + 1}")] if page + 1 < pages else []
    return before + after


# -- one hospital ----------------------------------------------------------------------------------


def show_hospital(turn: Turn, number: str, page: str = "") -> None:
    """What a hospital owes: overdue, missed and waiting papers with their due times."""
    hospital = hospital_pressed(turn, number)
    if hospital is None:
        return
    rows = owed_papers(turn.conn, hospital.id, at=turn.now, since=year_began(turn))
    part, at, pages = page_of(rows, row_of(page))
    lines = [f"{named(hospital)}: {_owes(_count(turn, rows))}"]
    lines += [f"{n}. {_paper_line(turn, hospital, row)}" for n, row in part]
    late = any(turn.now > row.due_at for row in rows)
    ways = [
        [Button(str(n), f"district:p:{row.id}") for n, row in part],
        turning(f"district:h:{hospital.id}", at, pages),
        [
            *([Button(_("Ask this one"), f"district:urge:{hospital.id}")] if late else []),
            Button(_("Filed papers"), f"district:f:{hospital.id}"),
        ],
        [
            Button(_("Enter an omission"), f"district:learnt:{hospital.id}"),
            Button(_("Back"), "district:o:0"),
        ],
    ]
    turn.say("\n".join(lines), [row for row in ways if row])


def _count(turn: Turn, rows: Sequence[Any]) -> Owed:
    reached = [state(row, at=turn.now, submitted_at=None) for row in rows]
    return Owed(
        waiting=sum(each != "missed" for each in reached),
        overdue=reached.count("overdue"),
        missed=reached.count("missed"),
    )


def _paper_line(turn: Turn, hospital: HospitalFacts, row: Any) -> str:
    name = words.paper(row.code, row.subject, row.period_end)
    due = say_moment(row.due_at, zone=hospital.zone, now=turn.now)
    if state(row, at=turn.now, submitted_at=None) == "missed":
        return _("{paper} (missed, was due {due})").format(paper=name, due=due)
    left = say_left(row.due_at, zone=hospital.zone, now=turn.now)
    return _("{paper} (due {due}, {left})").format(paper=name, due=due, left=left)


def show_filed(turn: Turn, number: str, page: str = "") -> None:
    """What a hospital has filed, the newest first."""
    hospital = hospital_pressed(turn, number)
    if hospital is None:
        return
    at = row_of(page)
    rows = filed_papers(turn.conn, hospital.id, limit=PAGE + 1, offset=at * PAGE)
    lines = [_("{hospital} has filed, the newest first:").format(hospital=named(hospital))]
    if not rows:
        lines = [_("{hospital} has filed nothing yet.").format(hospital=named(hospital))]
    cells = []
    for n, row in enumerate(rows[:PAGE], start=at * PAGE + 1):
        name = words.paper(row.code, row.subject, row.period_end)
        when = say_moment(row.submitted_at, zone=hospital.zone, now=turn.now)
        lines.append(f"{n}. {name} · {when}")
        cells.append(Button(str(n), f"district:p:{row.id}"))
    more = turning(f"district:f:{hospital.id}", at, at + (2 if len(rows) > PAGE else 1))
    ways = [cells, more, [Button(_("Back"), f"district:h:{hospital.id}")]]
    turn.say("\n".join(lines), [row for row in ways if row])

"""/tasks: what waits for the person who asks, overdue first, each with a button to do it."""

from datetime import datetime, timedelta
from typing import Any

from bot.dates import say_left
from bot.i18n import _, n_
from bot.messages import Button
from bot.turn import Turn
from handlers import casewords, threat_words, words
from handlers.district.seen import own_district
from handlers.filing.waivers import waivers_waiting
from handlers.hearing import hears
from handlers.owing import Owing
from handlers.papers import to_file
from handlers.registers import labels
from handlers.registers.entering import kinds_for
from handlers.registers.record import due_at, gist
from handlers.roles import COMMISSION, DUTY, OWERS, THREAT_READERS
from handlers.selfchecks.reminding import sections_waiting
from handlers.task import Provider, Task
from models.case import ON_THE_SPOT, WAITING, list_open_cases
from models.draft import open_drafts
from models.entry import last_doers, open_entries
from models.league import unreviewed
from models.paper_plan import counted_codes
from models.register import KINDS
from models.threat import REMIND_DAYS, open_threats

_PAGE = 6
"""With the first line and the way on, a page is at most eight lines."""
_REVIEWED_WITHIN = timedelta(days=60)
"""What the commission has not looked at for so long waits no longer (our default)."""


# -- what waits ------------------------------------------------------------------------------------


def entries_waiting(turn: Turn) -> list[Task]:
    """Entries of the registers that the member owns or is to re-check."""
    rows = open_entries(turn.conn, turn.actor.hospital.id)
    checked = [row.id for row in rows if row.state == "rectified"]
    doers = last_doers(turn.conn, checked)
    found = []
    for row in rows:
        if row.owner_id == turn.actor.id and row.state in KINDS[row.kind].waiting:
            found.append(_entry_task(turn, row, due_at(row, turn.actor.hospital)))
        elif _to_recheck(turn, row) and doers[row.id, "rectify"] != turn.actor.id:
            found.append(_entry_task(turn, row, None))
    return found


def _to_recheck(turn: Turn, row: Any) -> bool:
    """回头看: by whoever reported the hazard, or by the safety office."""
    mine = row.member_id == turn.actor.id or turn.actor.role in DUTY
    return mine and row.kind == "hazard" and row.state == "rectified"


def _entry_task(turn: Turn, row: Any, due: datetime | None) -> Task:
    recheck = row.kind == "hazard" and row.state == "rectified"
    return Task(
        due_at=due,
        overdue=due is not None and turn.now > due,
        text=f"{gist(row)} · {labels.state(row.kind, row.state)}",
        button=Button(_("Re-check") if recheck else _("Deal with"), f"entry:{row.number}"),
    )


def cases_waiting(turn: Turn) -> list[Task]:
    """Open cases: for the safety office all of them, for others those they lead on the spot."""
    office = turn.actor.role in DUTY
    return [
        Task(
            # Nobody has it: that is the one thing in a case that cannot wait.
            urgent=row.state in WAITING,
            text=f"{row.number} {words.category(row.category)} · {casewords.state(row.state)}",
            button=Button(_("Case"), f"case:{row.number}"),
        )
        for row in list_open_cases(turn.conn, turn.actor.hospital.id)
        if (office and hears(turn.conn, row, turn.actor))
        or (row.lead_id == turn.actor.id and row.state in ON_THE_SPOT)
    ]


def papers_waiting(turn: Turn) -> list[Task]:
    """Papers of the member: the safety office sees all, others what was handed to them or is their role's."""
    owing = Owing(turn.conn, turn.actor.hospital)
    office = turn.actor.role in DUTY
    found = []
    for paper in to_file(turn.conn, turn.actor.hospital, turn.now):
        if paper.state not in ("open", "overdue", "missed") or not paper.id:
            continue
        if paper.state == "missed" and paper.code not in counted_codes():
            # It can still be filed, and nothing hangs on it any more.
            continue
        mine = office or turn.actor.id in {each.id for each in owing.owners(paper, None)}
        if mine:
            found.append(
                Task(
                    due_at=paper.due_at,
                    overdue=turn.now > paper.due_at,
                    text=words.paper(paper.code, paper.subject, paper.period_end),
                    button=Button(_("File it"), f"file:{paper.id}"),
                )
            )
    return found


def threats_waiting(turn: Turn) -> list[Task]:
    """Threats whose review is near, for whoever renews or ends them."""
    if turn.actor.role not in THREAT_READERS:
        return []
    return [
        Task(
            due_at=row.review_at,
            overdue=turn.now > row.review_at,
            text=_("Threat {number} to be reviewed, risk {level}").format(
                number=row.number, level=threat_words.level(row.level)
            ),
            button=Button(_("Read it"), f"threat:{row.number}"),
        )
        for row in open_threats(turn.conn, turn.actor.hospital.id)
        if row.review_at and row.review_at - turn.now <= timedelta(days=max(REMIND_DAYS) + 1)
    ]


def drafts_waiting(turn: Turn) -> list[Task]:
    """Forms left unfinished."""
    found = []
    for row in open_drafts(turn.conn, turn.actor.id):
        title, _summary = turn.talks.describe(turn, row)
        text = _("Not finished: {title}").format(title=title)
        found.append(Task(text=text, button=Button(_("Go on"), f"draft:{row.id}")))
    return found


def filings_waiting(turn: Turn) -> list[Task]:
    """For the commission: filings that nobody has taken or sent back."""
    if turn.actor.role not in COMMISSION:
        return []
    since = turn.now - _REVIEWED_WITHIN
    return [
        Task(
            text=f"{row.hospital} {words.paper(row.code, row.subject, row.period_end)}",
            button=Button(_("Look at it"), f"district:p:{row.id}"),
        )
        for row in unreviewed(turn.conn, own_district(turn), since=since)
    ]


PROVIDERS: tuple[Provider, ...] = (
    cases_waiting,
    entries_waiting,
    threats_waiting,
    papers_waiting,
    waivers_waiting,
    sections_waiting,
    filings_waiting,
    drafts_waiting,
)
"""Whatever makes somebody wait for somebody adds its own here."""


# -- the list --------------------------------------------------------------------------------------


def tasks_of(turn: Turn) -> list[Task]:
    """Everything that waits for the member: overdue first, then by due time, then what has none."""
    found = [task for provider in PROVIDERS for task in provider(turn)]

    def order(task: Task) -> tuple[bool, bool, bool, float]:
        due = task.due_at.timestamp() if task.due_at else 0
        return (not task.urgent, not task.overdue, task.due_at is None, due)

    return sorted(found, key=order)


def show_tasks(turn: Turn) -> None:
    """The first page, or the page that was pressed."""
    tasks = tasks_of(turn)
    pages = max(1, -(-len(tasks) // _PAGE))
    page = min(_page_of(turn.incoming.data), pages - 1)
    part = list(enumerate(tasks, start=1))[page * _PAGE : (page + 1) * _PAGE]
    lines = [_first_line(tasks), *(f"{n}. {_line(turn, task)}" for n, task in part)]
    cells = [Button(f"{n} {task.button.label}", task.button.data) for n, task in part]
    buttons = [cells[i : i + 3] for i in range(0, len(cells), 3)]
    if pages > 1:
        lines.append(_("Page {page} of {pages}").format(page=page + 1, pages=pages))
        buttons.append(_turning(page, pages))
    # Only its own pages are turned in place: what other messages say must stay to be read.
    show = turn.say if turn.incoming.data.partition(":")[2] else turn.send
    show("\n".join(lines), [*buttons, *_more(turn)])


def _page_of(data: str) -> int:
    number = data.partition(":")[2]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 0


def _first_line(tasks: list[Task]) -> str:
    if not tasks:
        return _("Nothing waits for you.")
    overdue = sum(task.overdue for task in tasks)
    if overdue:
        return _("📌 {n} waiting for you, {overdue} of them overdue").format(
            n=len(tasks), overdue=overdue
        )
    return n_("📌 {n} thing waits for you", "📌 {n} things wait for you", len(tasks)).format(
        n=len(tasks)
    )


def _line(turn: Turn, task: Task) -> str:
    if task.due_at is None:
        return task.text
    left = say_left(task.due_at, zone=turn.actor.hospital.zone, now=turn.now)
    return _("{what} ({left})").format(what=task.text, left=left)


def _turning(page: int, pages: int) -> list[Button]:
    before = [Button(_("Page before"), f"tasks:{page - 1}")] if page else []
    after = [Button(_("Next page"), f"tasks:{page + 1}")] if page + 1 < pages else []
    return before + after


def _more(turn: Turn) -> list[list[Button]]:
    """The ways to what is entered, not waited for."""
    rows = []
    if kinds_for(turn.actor.role):
        rows.append([Button(_("New entry"), "enter:")])
    if turn.actor.role in DUTY:
        rows[-1].append(Button(_("Look it up"), "register:"))
        rows.append([Button(_("Patrol points"), "point:"), Button(_("Filed papers"), "filings:")])
    if turn.actor.role in OWERS:
        rows.append([Button(_("Calendar file"), "calendar:"), Button(_("Quiet hours"), "quiet:")])
    return rows

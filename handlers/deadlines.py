"""The sweep over the papers that something is due about: opens, moves and reminds, each thing once.

Its cost is that of what is due, not of what exists: a paper says itself when it has to be looked at again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.i18n import _, use_locale
from bot.messages import Outgoing, Priority, message
from bot.registry import Sweep, Swept
from handlers.costs import cost_line
from handlers.owing import Owing
from handlers.planning import plan_next, plans_to_make
from handlers.reminder_words import MISSED, OVERDUE, REMINDED, News, reminder
from handlers.scoring import Standing, standing
from models.deadlines import (
    Step,
    freeze,
    incident_occurrence,
    next_moment,
    of_period,
    state,
    step_due,
    thaw,
)
from models.obligation import due_for_sweep, hospitals_due, keep_steps, rewind, sweep_on, tell, told
from models.paper_plan import owed_templates
from models.people import Actor, HospitalFacts, hospital_by_id
from models.preset import Template, shipped_preset
from models.quiet import quiet_of, quiet_until
from models.setting import keep_setting, read_setting
from models.workday_override import calendar_of

_BATCH = 500
_SET_BACK = timedelta(hours=1)
"""A clock further behind the last sweep than that was set ahead before."""
_SWEPT_AT = "deadlines_swept_at"
_KINDS = {"open": REMINDED, "overdue": OVERDUE, "missed": MISSED}


def sweep_deadlines(conn: Connection, now: datetime) -> Swept:
    """Bring every paper that is due for it to ``now``; running it again changes nothing."""
    _heal(conn, now)
    counts = {"created": 0, "opened": 0, OVERDUE: 0, MISSED: 0, REMINDED: 0}
    return Swept(counts=counts, rest=(*plans_to_make(conn), _look_round))


def _look_round(conn: Connection, now: datetime) -> Swept:
    """What is due, a hospital at a time: whoever hears of several of its papers hears of them in one message."""
    hospitals = hospitals_due(conn, now)
    return Swept(counts={}, rest=[partial(_sweep_hospital, hospital_id=each) for each in hospitals])


def _sweep_hospital(conn: Connection, now: datetime, *, hospital_id: int) -> Swept:
    counts: Counter[str] = Counter()
    work: _HospitalSweep | None = None
    # What opens brings the paper after it, which may have opened meanwhile as well: until nothing is due.
    while rows := due_for_sweep(conn, hospital_id, now, limit=_BATCH):
        work = work or _HospitalSweep(conn, hospital_by_id(conn, hospital_id), now, counts)
        known = told(conn, [row.id for row in rows])
        sweep_on(conn, [work.move(row, known) for row in rows])
    return Swept(counts=counts, out=work.write() if work else [])


def _heal(conn: Connection, now: datetime) -> None:
    """A clock that had been set ahead has moved papers before their time: look at them again."""
    last = read_setting(conn, _SWEPT_AT)
    if last is not None and now < datetime.fromisoformat(last) - _SET_BACK:
        rewind(conn, now)
    if last is None or abs(now - datetime.fromisoformat(last)) > timedelta(minutes=10):
        # Not each time: a sweep that finds nothing to do shall write nothing.
        keep_setting(conn, _SWEPT_AT, now.isoformat())


class _HospitalSweep:
    """One hospital's share of a sweep."""

    def __init__(
        self, conn: Connection, hospital: HospitalFacts, now: datetime, counts: Counter[str]
    ) -> None:
        self.conn, self.hospital, self.now, self.counts = conn, hospital, now, counts
        self.owing = Owing(conn, hospital)
        self.quiet = quiet_of(conn, self.owing.reachable)
        self.calendar = calendar_of(conn)
        self.templates: dict[str, Template] = {
            each.code: each for each in owed_templates(conn, hospital)
        }
        self.news: dict[int, list[News]] = defaultdict(list)
        self.standings: dict[int, Standing] = {}
        self.costs: dict[tuple[int, str], str] = {}

    def move(
        self, row: Any, known: dict[tuple[int, int], set[str]]
    ) -> tuple[int, str, datetime | None]:
        """What becomes of one paper: its state, and when it is to be looked at again."""
        template = self.templates.get(row.code)
        if template is not None and template.periodic and row.next_at == row.opens_at:
            self.counts["created"] += plan_next(
                self.conn, self.hospital, template, row, now=self.now, calendar=self.calendar
            )
        if row.submitted_at or row.waived_at:
            return row.id, row.state, None
        reached = state(row, at=self.now, submitted_at=None)
        if reached != row.state and reached in ("open", OVERDUE, MISSED):
            self.counts["opened" if reached == "open" else reached] += 1
        steps = thaw(row.steps) or self._adopt(row)
        again = next_moment(steps, row, self.now)
        step = step_due(steps, row, self.now)
        if step is not None:
            waits = self._tell(row, reached, step, steps, known)
            again = min(filter(None, (again, waits)), default=None)
        return row.id, reached, again

    def _adopt(self, row: Any) -> tuple[Step, ...]:
        """The steps of a paper stored by a version that kept none; from now on it has its own."""
        template = shipped_preset().template(row.code)
        if template.periodic:
            span, zone = (row.period_start, row.period_end), self.hospital.zone
            steps = of_period(template, row.subject, span, zone=zone, calendar=self.calendar).steps
        else:
            steps = incident_occurrence(
                template, number=row.subject, discovered_at=row.opens_at, zone=self.hospital.zone
            ).steps
        keep_steps(self.conn, row.id, freeze(steps))
        return steps

    def _tell(
        self,
        row: Any,
        reached: str,
        step: Step,
        steps: Sequence[Step],
        known: dict[tuple[int, int], set[str]],
    ) -> datetime | None:
        """Tell whoever has not heard of this step or a later one; until when somebody's quiet hours last."""
        at_or_after = {each.key for each in steps if each.at >= step.at}
        waits = []
        template = self.templates.get(row.code)
        owners = {each.id: each for each in self.owing.owners(row, template)}
        for reader in self.owing.readers(row, template, step.level):
            if at_or_after & known.get((row.id, reader.id), set()):
                continue
            hours = self.quiet.get(reader.id)
            until = quiet_until(hours, self.now, self.hospital.zone) if hours else None
            if until is not None:
                waits.append(until)
            elif tell(self.conn, row.id, step.key, reader.id, at=self.now):
                self.counts[REMINDED] += reached == "open"
                owner = "" if reader.id in owners else _names(owners.values())
                self.news[reader.id].append(News(kind=_KINDS[reached], row=row, owner=owner))
        return min(waits, default=None)

    def write(self) -> list[Outgoing]:
        """One message a reader, however many papers it is about."""
        out = []
        for reader_id, news in self.news.items():
            reader = self.owing.reachable[reader_id]
            with use_locale(reader.locale):
                costs = self._costs(news, reader.locale)
                text, buttons = reminder(news, self.hospital, now=self.now, costs=costs)
            single = f"paper:{news[0].row.id}" if len(news) == 1 else None
            out.append(
                Outgoing(
                    chat_id=reader.telegram_id,
                    method="sendMessage",
                    payload=message(reader.telegram_id, text, buttons=buttons),
                    priority=Priority.REMINDER,
                    topic=single,
                )
            )
        return out

    def _costs(self, news: list[News], locale: str) -> str:
        """What a miss costs now, of the first year whose score the papers can move; nothing where none can."""
        years = sorted(
            {
                each.row.period_end.year
                for each in news
                if (template := self.templates.get(each.row.code)) and template.counts_towards
            }
        )
        if not years:
            return ""
        year = years[0]
        if year not in self.standings:
            self.standings[year] = standing(self.conn, self.hospital, year, self.now)
        if (year, locale) not in self.costs:
            # Once for all who read that language: a whole scorecard is tried for each further miss.
            self.costs[year, locale] = cost_line(self.standings[year])
        return self.costs[year, locale]


def _names(people: Iterable[Actor]) -> str:
    return _(", ").join(each.display_name for each in people)


DEADLINES = Sweep(name="deadlines", run=sweep_deadlines)

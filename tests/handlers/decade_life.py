"""What people do in hospitals over the years, at random: played on the database and told to the oracle."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from heapq import heappush
from itertools import count
from typing import Any

from sqlalchemy import Connection, update

from handlers.papers import stored_paper
from models.base import insert_row
from models.deadlines import incident_occurrence
from models.deadlines import state as state_of
from models.house_rule import set_rule
from models.obligation import (
    create_obligation,
    find_obligation,
    hand_over,
    submit,
    unwaive,
    waive,
)
from models.paper_plan import PAPER, changed
from models.people import HOSPITAL, MEMBER, ensure_department, hospital_by_id
from models.preset import Template, shipped_preset
from models.quiet import set_quiet
from models.workday_override import import_overrides
from models.workdays import Workdays
from tests.handlers.decade_oracle import Oracle
from tests.handlers.decade_ward import Paper, Person, Ward
from tests.models.deadlines_oracle import Paper as Times
from tests.models.test_deadlines import ZONES

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
Act = Callable[[Connection, datetime], None]
QUIET = ((time(20), time(7)), (time(22, 30), time(9, 30)), (time(12), time(14)))
EDITS: tuple[dict[str, Any], ...] = (
    {},
    {"reminders": {"days_before": [7, 2]}},
    {"reminders": {"days_before": [20, 10, 5, 0], "deputy_from": 5, "head_from": 5}},
    {"reminders": {"at": "15:30", "daily_overdue": False}},
    {"missed": {"working_days_after": 2}},
    {"missed": {"working_days_after": 0, "hours_after": 36}},
    {"due": {"days_after": 12}},
    {"owed_by": ["head"]},
)


class Lives:
    """Hospitals are founded, and then people file, waive, hand over, come and go, and change the rules."""

    def __init__(self, *, seed: int, district: int) -> None:
        self.rng, self.district = random.Random(seed), district
        self.oracle = Oracle(self._draw_fate)
        self.oracle.works = Workdays().is_working
        self.agenda: list[tuple[datetime, int, Act]] = []
        self.numbers = count(1)
        self.counts: Counter[str] = Counter()
        self._variants: dict[str, Template] = {}
        self.shipped = {each.code: self._one(each) for each in shipped_preset().templates}

    def _one(self, template: Template) -> Template:
        """The same object for every template that says the same."""
        return self._variants.setdefault(template.model_dump_json(), template)

    def at(self, when: datetime, act: Act) -> None:
        """Have something done then."""
        heappush(self.agenda, (when, next(self.numbers), act))

    def _between(self, first: datetime, last: datetime) -> datetime:
        return (first + self.rng.random() * max(last - first, SECOND)).replace(microsecond=0)

    # -- setting up ----------------------------------------------------------------------------

    def found(self, conn: Connection, at: datetime) -> None:
        """A hospital is set up: with a zone, people and a choice of templates of its own."""
        rng, number = self.rng, len(self.oracle.wards) + 1
        zone = ZONES[number % len(ZONES)]
        ward_id = insert_row(
            conn,
            HOSPITAL,
            district_id=self.district,
            code=f"QP{number:02}",
            name=f"Hospital {number}",
            level=rng.randint(1, 3),
            timezone=zone.key,
            created_at=at,
        )
        ward = Ward(
            id=ward_id,
            code=f"QP{number:02}",
            zone=zone,
            created=at,
            templates=dict(self.shipped),
            shipped=self.shipped,
        )
        for code, template in self.shipped.items():
            if template.periodic and rng.random() < (0.2 if template.enabled else 0.35):
                self.set_template(conn, ward, code, {"enabled": not template.enabled}, at)
        # By whom a paper is owed is found also where an office stands empty.
        roles = ["officer"] * rng.randint(0, 2) + ["head"] * rng.randint(0, 2) + ["admin", "guard"]
        for role in (*roles, *(["leader"] if rng.random() < 0.5 else [])):
            self.join(conn, ward, role, at)
        self.oracle.wards.append(ward)

    def join(self, conn: Connection, ward: Ward, role: str, at: datetime) -> None:
        """Somebody joins; one in four has quiet hours."""
        chat, place = next(self.numbers), self.rng.choice(("ER", "ward"))
        department = ensure_department(conn, ward.id, place)
        member = insert_row(
            conn,
            MEMBER,
            telegram_id=chat,
            hospital_id=ward.id,
            department_id=department,
            role=role,
            display_name=f"{role} {chat}",
            locale="en",
            locale_chosen=True,
            joined_at=at,
        )
        quiet = self.rng.choice(QUIET) if self.rng.random() < 0.25 else None
        set_quiet(conn, member, quiet)
        ward.people.append(Person(id=member, chat=chat, role=role, place=department, quiet=quiet))

    def set_template(
        self, conn: Connection, ward: Ward, code: str, values: dict[str, Any], at: datetime
    ) -> None:
        """The hospital's administrator changes values of a template."""
        set_rule(conn, ward.id, PAPER + code, values, by=None, now=at)
        ward.templates[code] = self._one(changed(self.shipped[code], values))

    # -- what becomes of a paper ---------------------------------------------------------------

    def _draw_fate(self, ward: Ward, paper: Paper, now: datetime) -> None:
        """When somebody will see to it, if ever; told by the oracle when the paper comes into being."""
        times, rng = paper.times, self.rng
        key = paper.key
        ends = (now, times.opens_at, times.due_at, times.missed_at, times.missed_at + 60 * DAY)
        fate = rng.choices(range(6), weights=(8, 55, 10, 7, 12, 8))[0]
        if fate < 4:
            when = self._between(*sorted(ends[fate : fate + 2]))
            self.at(when, lambda conn, t: self.file(conn, ward, key, t))
        elif fate == 5:
            when = self._between(times.opens_at - 5 * DAY, times.missed_at + 5 * DAY)
            self.at(when, lambda conn, t: self.waive(conn, ward, key, t))
        if rng.random() < 0.1:
            when = self._between(times.opens_at - DAY, times.missed_at)
            self.at(when, lambda conn, t: self.hand_over(conn, ward, key, t))

    def file(self, conn: Connection, ward: Ward, key: Any, at: datetime) -> None:
        """File a paper, at times with an earlier date; one settled before stays as it is."""
        paper = ward.papers.get(key)
        if paper is None:
            return
        back = self.rng.random() < 0.15
        filed_at = at - (self.rng.randrange(3 * 86_400) * SECOND if back else 0 * SECOND)
        hospital = hospital_by_id(conn, ward.id)
        row = stored_paper(conn, hospital, f"{key[0]}|{key[1]}|{key[2]}", at)
        new = state_of(row, at=at, submitted_at=filed_at)
        done = submit(conn, row.id, filed_at=filed_at, new=new)
        assert done is not paper.settled
        if done:
            paper.submitted = filed_at
            paper.state = paper.state_at(at)
            self.counts[f"filed {paper.state}"] += 1

    def waive(self, conn: Connection, ward: Ward, key: Any, at: datetime) -> None:
        """A second person agrees that it is not owed; one in four is owed again later."""
        paper = ward.papers.get(key)
        if paper is None:
            return
        row = find_obligation(conn, ward.id, *key)
        assert row is not None
        done = waive(conn, row.id, now=at, member_id=ward.people[0].id, reason="closed")
        assert done is not paper.settled
        if done:
            paper.waived, paper.state = True, "waived"
            self.counts["waived"] += 1
            if self.rng.random() < 0.25:
                again = self._between(at, at + 10 * DAY)
                self.at(again, lambda conn, t: self._unwaive(conn, ward, paper, t))

    def _unwaive(self, conn: Connection, ward: Ward, paper: Paper, at: datetime) -> None:
        row = find_obligation(conn, ward.id, *paper.key)
        assert row is not None
        unwaive(conn, row.id, now=at)
        paper.waived, paper.state = False, "scheduled"
        if paper.seen:
            paper.look_from, paper.come = at, len(paper.moments)
            ward.live = [each for each in ward.live if each is not paper] + [paper]

    def hand_over(self, conn: Connection, ward: Ward, key: Any, at: datetime) -> None:
        """Somebody else sees to it from now on."""
        paper = ward.papers.get(key)
        takers = [each for each in ward.people if each.role != "guard" and not each.away]
        if paper is None or not takers:
            return
        taker, row = self.rng.choice(takers), find_obligation(conn, ward.id, *key)
        assert row is not None
        if hand_over(conn, row.id, taker.id):
            paper.owner = taker.id
            self.counts["handed over"] += 1

    # -- what happens in a hospital ------------------------------------------------------------

    def file_unstored(self, conn: Connection, ward: Ward, at: datetime) -> None:
        """After a downtime somebody files before the first sweep: what no sweep has stored yet."""
        if not ward.planned or self.oracle.pending(ward):
            return
        waiting = list(self.oracle.unstored(ward, at))
        if waiting:
            times = self.rng.choice(waiting)
            paper = self.oracle.store(ward, times, at)
            self.file(conn, ward, paper.key, at)
            self.counts["filed before they were stored"] += 1

    def discover(self, conn: Connection, ward: Ward, at: datetime) -> None:
        """An incident that has to be filed."""
        template = self.shipped[self.rng.choice(("O1", "O2"))]
        severity = self.rng.choice(("general", "serious", "major", "extreme"))
        number = f"{ward.code}-{next(self.numbers)}"
        found = incident_occurrence(
            template, number=number, discovered_at=at, zone=ward.zone, severity=severity
        )
        assert create_obligation(conn, ward.id, found, now=at)
        hours = {"major": 12, "extreme": 2}.get(severity, 24) if template.code == "O2" else 24
        due = at + timedelta(hours=hours)
        told = [(f"h{n}", due - timedelta(hours=n), 3) for n in (4, 1) if n < hours]
        day = at.astimezone(ward.zone).date()
        steps = (*told, ("missed", due + SECOND, 3))
        times = Times(template.code, number, day, day, at, due, due, None, steps)
        self.oracle.store(ward, times, at)

    def come_or_go(self, conn: Connection, ward: Ward, at: datetime) -> None:
        """Somebody joins, leaves, blocks the bot or comes back."""
        if self.rng.random() < 0.4:
            self.join(conn, ward, self.rng.choice(("officer", "head", "admin", "leader")), at)
            return
        person = self.rng.choice(ward.people)
        person.away = not person.away
        away = at if person.away else None
        conn.execute(update(MEMBER).where(MEMBER.c.id == person.id).values(unreachable_at=away))

    def edit(self, conn: Connection, ward: Ward, at: datetime) -> None:
        """An administrator turns a template on or off, or gives it other times, whatever is open."""
        code = self.rng.choice([each.code for each in self.shipped.values() if each.periodic])
        values = dict(self.rng.choice(EDITS))
        if "days_after" in values.get("due", {}) and self.shipped[code].due.days_after is None:
            del values["due"]
        values["enabled"] = self.rng.random() < 0.7
        self.set_template(conn, ward, code, values, at)
        self.counts["templates edited"] += 1

    def move(self, conn: Connection, ward: Ward, at: datetime) -> None:
        """The hospital turns out to lie in another time zone."""
        ward.zone = self.rng.choice(ZONES)
        mine = update(HOSPITAL).where(HOSPITAL.c.id == ward.id)
        conn.execute(mine.values(timezone=ward.zone.key))
        self.counts["zones moved"] += 1

    def import_days(self, conn: Connection, at: datetime) -> None:
        days = {
            (at + self.rng.randint(-30, 300) * DAY).date(): self.rng.random() < 0.5
            for _ in range(15)
        }
        import_overrides(conn, days, now=at)
        self.oracle.overrides |= days
        self.oracle.works = Workdays(self.oracle.overrides).is_working
        self.oracle.edition += 1
        self.counts["calendars imported"] += 1


LIFE: dict[Callable[[Lives, Connection, Ward, datetime], None], float] = {
    Lives.discover: 8,
    Lives.file_unstored: 60,
    Lives.come_or_go: 2,
    Lives.edit: 2,
    Lives.move: 0.15,
}
"""How often a year each happens in a hospital."""

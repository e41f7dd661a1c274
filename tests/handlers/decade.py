"""Years in the life of hospitals with a sweep at random times, each one compared with the oracle's.

The sweeps come with gaps of up to ten days, some of them twice at once, some with a clock that is a day or a
year wrong.
"""

import time as clock
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from heapq import heappop
from typing import Any

from sqlalchemy import Connection, func, select

from bot.db import Database
from bot.sweeping import sweep_through
from handlers.deadlines import DEADLINES
from models.base import insert_row
from models.obligation import NOTICE, OBLIGATION
from models.outbox import OUTBOX
from models.people import DISTRICT
from models.setting import keep_setting
from tests.handlers.decade_life import DAY, LIFE, SECOND, Lives
from tests.handlers.decade_ward import Paper, Ward

SWEPT_AT = "deadlines_swept_at"


class Decade(Lives):
    """One run: ``play`` until the end, checking every sweep's messages, then ``check`` every row.

    ``at_once`` lets doubled sweeps run side by side, which PostgreSQL alone can.
    """

    def __init__(self, db: Database, *, seed: int, start: datetime, at_once: bool = False) -> None:
        self.db, self.now, self.at_once = db, start, at_once
        self.product = self.reckoned = 0.0
        district = db.run_now(lambda conn: insert_row(conn, DISTRICT, name="青浦区"))
        super().__init__(seed=seed, district=district)

    def __str__(self) -> str:
        """What the run has brought, and the seconds that the product and the oracle took for it."""
        return f"{dict(self.counts)}, product {self.product:.0f} s, oracle {self.reckoned:.0f} s"

    def brought(self, **least: int) -> bool:
        """Whether a run was worth its name: an empty one agrees with any oracle."""
        return all(self.counts[name] >= number for name, number in least.items())

    # -- the years -----------------------------------------------------------------------------

    def play(self, end: datetime, *, gap: timedelta, ahead: float, back: float) -> None:
        """Play until then, a sweep every ``gap`` on average; once, after such a share of the time, the clock
        is a year ahead, and once a year back."""
        length = end - self.now
        wrong = sorted([(self.now + ahead * length, 1), (self.now + back * length, -1)])
        while self.now < end:
            self._live(self.now + self._gap(gap))
            if wrong and self.now >= wrong[0][0]:
                self._sweep(self.now + wrong.pop(0)[1] * 365 * DAY)
            elif self.rng.random() < 0.02:
                self._sweep(self.now + self.rng.choice((-1, 1)) * DAY)
            self._sweep(self.now)

    def _gap(self, mean: timedelta) -> timedelta:
        """Mostly short, at times a downtime of up to ten days."""
        rate = 1 / (mean / DAY)
        return min(self.rng.expovariate(rate), 10) * DAY + self.rng.randrange(86_400) * SECOND / 100

    def _live(self, until: datetime) -> None:
        """What people do until then."""
        for ward in self.oracle.wards:
            for act, rate in LIFE.items():
                if self.rng.random() < rate * ((until - self.now) / (365 * DAY)):
                    self.at(
                        self._between(self.now, until), lambda c, t, a=act, w=ward: a(self, c, w, t)
                    )
        if self.rng.random() < (until - self.now) / (400 * DAY):
            self.at(self._between(self.now, until), self.import_days)

        def unit(conn: Connection) -> None:
            while self.agenda and self.agenda[0][0] <= until:
                when, _number, act = heappop(self.agenda)
                act(conn, max(when, self.now))

        started = clock.monotonic()
        self.db.run_now(unit)
        self.product += clock.monotonic() - started
        self.now = until

    # -- the sweep -----------------------------------------------------------------------------

    def _sweep(self, now: datetime) -> None:
        doubled = self.rng.random() < 0.2
        started = clock.monotonic()
        if doubled and self.at_once:
            self._let_them_meet(now)
            with ThreadPoolExecutor(2) as pool:
                both = list(pool.map(self._swept, (now, now)))
        else:
            both = [self._swept(now) for _ in range(1 + doubled)]
        turned = clock.monotonic()
        expected = self.oracle.sweep(now)
        self.product += turned - started
        self.reckoned += clock.monotonic() - turned
        self.counts.update(sweeps=len(both), messages=sum(map(len, both)))
        if doubled and self.at_once:
            # Two that share the work may each write to the same person, of different papers.
            agreed = set(both[0] + both[1]) == set(expected)
            agreed = agreed and all(n == 1 for one in both for n in Counter(one).values())
        else:
            agreed = Counter(both[0]) == expected and not any(both[1:])
        assert agreed, (now, both, expected, self.differences()[:5])

    def _let_them_meet(self, now: datetime) -> None:
        """As if a sweep had found nothing a minute ago: the first would else hold up the other to note its time."""
        if self.oracle.last is not None and self.oracle.last < now:
            last = (now - timedelta(minutes=1)).isoformat()
            self.db.run_now(lambda conn: keep_setting(conn, SWEPT_AT, last))

    def _swept(self, now: datetime) -> list[int]:
        _counts, out = sweep_through(self.db.run_now, DEADLINES, now=now)
        return [each.chat_id for each in out]

    # -- the end -------------------------------------------------------------------------------

    def check(self) -> None:
        """Every stored paper and notice is the oracle's, and none is missing."""
        assert self.differences() == []
        every = select(func.count()).select_from(OUTBOX)
        queued = self.db.run_now(lambda conn: conn.execute(every).scalar_one())
        assert queued == self.counts["messages"]
        for ward in self.oracle.wards:
            heard = sum(len(paper.heard) for paper in ward.papers.values())
            self.counts.update(occurrences=len(ward.papers), notices=heard)

    def differences(self) -> list[Any]:
        """Where product and oracle are not of one mind: hospital, paper, what each says."""
        found = []
        for ward in self.oracle.wards:
            product = self.db.run_now(lambda conn, w=ward: _as_stored(conn, w))
            for key in {*product, *ward.papers}:
                paper = ward.papers.get(key)
                theirs = _as_expected(paper, self.oracle.last) if paper else None
                if product.get(key) != theirs:
                    found.append((ward.code, ward.zone.key, key, product.get(key), theirs))
        return found


_TIMES = ("period_start", "opens_at", "due_at", "missed_at", "locks_at")


def _as_stored(conn: Connection, ward: Ward) -> dict[Any, Any]:
    """A hospital's papers as they are stored: times, state, who was told what."""
    told: dict[int, set[tuple[str, int]]] = {}
    notices = select(NOTICE.c.obligation_id, NOTICE.c.kind, NOTICE.c.member_id)
    for number, kind, member in conn.execute(
        notices.join(OBLIGATION).where(OBLIGATION.c.hospital_id == ward.id)
    ):
        told.setdefault(number, set()).add((kind, member))
    rows = conn.execute(select(OBLIGATION).where(OBLIGATION.c.hospital_id == ward.id)).all()
    found = {(row.code, row.subject, row.period_end): row for row in rows}
    assert len(found) == len(rows)
    return {
        key: ([getattr(row, name) for name in _TIMES], row.state, told.get(row.id, set()))
        for key, row in found.items()
    }


def _as_expected(paper: Paper, now: datetime | None) -> Any:
    assert now is not None
    state = "waived" if paper.waived else paper.state_at(now)
    return [getattr(paper.times, name) for name in _TIMES], state, paper.heard

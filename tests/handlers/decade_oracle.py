"""A slow second opinion on the sweep of deadlines: it looks at every paper of every hospital at every sweep.

Times come from the calendar walked by days (``deadlines_oracle``); who hears what is played person by person.
It knows the templates' data and which days are worked, nothing else of the product.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.preset import Template
from tests.handlers.decade_ward import Paper, Ward
from tests.models import deadlines_oracle as calendar

SECOND, QUARTER = timedelta(seconds=1), timedelta(minutes=15)
SET_BACK = timedelta(hours=1)
Span = tuple[date, date]


class Oracle:
    """All hospitals; ``stored`` hears of every paper that comes into being."""

    def __init__(self, stored: Callable[[Ward, Paper, datetime], None]) -> None:
        self.wards: list[Ward] = []
        self.stored = stored
        self.last: datetime | None = None
        self.overrides: dict[date, bool] = {}
        self.edition = 0
        self.works: Callable[[date], bool] = lambda day: day.weekday() < 5
        self._made: dict[object, calendar.Paper] = {}

    # -- the sweep -----------------------------------------------------------------------------

    def sweep(self, now: datetime) -> Counter[int]:
        """What a sweep that is told this time brings: how many messages to each chat."""
        back = self.last is not None and now < self.last - SET_BACK
        self.last = now
        told: Counter[int] = Counter()
        for ward in self.wards:
            if back:
                self._look_again(ward, now)
            self.plan(ward, now)
            news: set[int] = set()
            while due := [each for each in ward.live if self._to_look_at(each, now)]:
                for paper in due:
                    news |= self._look(ward, paper, now)
            ward.live = [
                each
                for each in ward.live
                if not each.seen
                or (not each.settled and each.come < len(each.moments))
                or (not each.settled and each.look_from is not None)
            ]
            told.update(news)
        return told

    def _look_again(self, ward: Ward, now: datetime) -> None:
        """The clock was ahead before: whatever is not over by now is looked at as if it never had been."""
        ward.live = list(ward.papers.values())
        for paper in ward.live:
            if not paper.settled and paper.times.missed_at >= now and paper.state != "scheduled":
                paper.come, paper.look_from = -1, None

    def _to_look_at(self, paper: Paper, now: datetime) -> bool:
        if paper.settled:
            return not paper.seen and paper.times.opens_at <= now
        if paper.look_from is not None and paper.look_from <= now:
            return True
        return bisect_right(paper.moments, now) > paper.come

    def _look(self, ward: Ward, paper: Paper, now: datetime) -> set[int]:
        """Bring one paper to the time; the chats that hear of it."""
        paper.come, paper.look_from = bisect_right(paper.moments, now), None
        first, paper.seen = not paper.seen, now >= paper.times.opens_at
        if first and paper.seen:
            self._store_next(ward, paper, now)
        if paper.settled:
            return set()
        paper.state = paper.state_at(now)
        steps = paper.times.steps
        said = calendar.worth_saying(steps, paper.times.due_at, paper.times.missed_at, now)
        if said is None:
            return set()
        at, level = next((at, level) for key, at, level in steps if key == said)
        enough = {key for key, when, _level in steps if when >= at}
        return self._tell(ward, paper, said, level, enough, now)

    def _tell(
        self, ward: Ward, paper: Paper, said: str, level: int, enough: set[str], now: datetime
    ) -> set[int]:
        chats = set()
        for person in ward.people:
            knows = any((key, person.id) in paper.heard for key in enough)
            if knows or not ward.hear(person, paper, level):
                continue
            ends = quiet_ends(person.quiet, now, ward.zone) if person.quiet else now
            if ends > now:
                paper.look_from = min(paper.look_from or ends, ends)
            else:
                paper.heard.add((said, person.id))
                chats.add(person.chat)
        return chats

    # -- which papers there are ----------------------------------------------------------------

    def stamp(self, ward: Ward, template: Template) -> object:
        if not template.enabled:
            return None
        return id(template), ward.zone.key, self.edition

    def pending(self, ward: Ward) -> bool:
        """Whether something was changed that no sweep has seen."""
        return any(
            ward.planned.get(code) != self.stamp(ward, each)
            for code, each in ward.templates.items()
            if each.periodic
        )

    def plan(self, ward: Ward, now: datetime) -> None:
        """Make anew what has not opened of every template that was changed."""
        first = not ward.planned
        for code, template in ward.templates.items():
            stamp = self.stamp(ward, template)
            if not template.periodic or ward.planned.get(code) == stamp:
                continue
            for key, paper in list(ward.papers.items()):
                opened = paper.state != "scheduled" or paper.settled or paper.heard
                if key[0] == code and not opened:
                    del ward.papers[key]
                    ward.live.remove(paper)
            if first:
                ward.since[code] = ward.created
            elif ward.planned.get(code) is None:
                ward.since[code] = now
            ward.planned[code] = stamp
            if stamp is not None:
                for subject in template.subjects or ("",):
                    self._store_opened(ward, template, subject, now)
        ward.planned.setdefault("", True)

    def _store_opened(self, ward: Ward, template: Template, subject: str, now: datetime) -> None:
        """Every paper opened by now and not due before its kind was owed; then the one that is ahead."""
        since = ward.since[template.code]
        for span in spans_from(template, since):
            times = self.times(ward, template, subject, span)
            known = ward.papers.get((template.code, subject, span[1]))
            if times.due_at < since or (times.opens_at > now and known):
                continue
            if known is None:
                self.store(ward, times, now)
            if times.opens_at > now:
                return

    def _store_next(self, ward: Ward, paper: Paper, now: datetime) -> None:
        code, subject, end = paper.key
        template = ward.templates[code]
        if not template.enabled or not template.periodic:
            return
        span = next(each for each in spans(template) if each[1] > end)
        if (code, subject, span[1]) not in ward.papers:
            self.store(ward, self.times(ward, template, subject, span), now)

    def store(self, ward: Ward, times: calendar.Paper, now: datetime) -> Paper:
        ends = (times.opens_at, times.due_at + SECOND, times.missed_at + SECOND)
        moments = sorted({*ends, *(at for _key, at, _level in times.steps)})
        paper = Paper(times=times, moments=moments)
        ward.papers[paper.key] = paper
        ward.live.append(paper)
        self.stored(ward, paper, now)
        return paper

    def unstored(self, ward: Ward, now: datetime) -> Iterator[calendar.Paper]:
        """What has opened since the last sweep, and of each kind the first that opens next: it can be filed."""
        for template in ward.templates.values():
            if not template.periodic or not template.enabled:
                continue
            for subject in template.subjects or ("",):
                for span in spans_from(template, ward.since[template.code]):
                    times = self.times(ward, template, subject, span)
                    new = (template.code, subject, span[1]) not in ward.papers
                    if new and times.due_at >= ward.since[template.code]:
                        yield times
                    if times.opens_at > now:
                        break

    def times(self, ward: Ward, template: Template, subject: str, span: Span) -> calendar.Paper:
        # Worked out once for all subjects and all hospitals that share a zone and a template.
        made = (id(template), span, ward.zone.key, self.edition)
        if made not in self._made:
            self._made[made] = calendar.paper(template, "", span, ward.zone, self.works)
        return self._made[made]._replace(subject=subject)


FIRST, LAST = date(2021, 1, 1), date(2040, 12, 31)


_SPANS: dict[object, list[Span]] = {}


def spans(template: Template) -> list[Span]:
    """All the periods of a template over twenty years."""
    kind = template.cadence, template.window
    if kind not in _SPANS:
        _SPANS[kind] = list(calendar.periods(template, FIRST, LAST))
    return _SPANS[kind]


def spans_from(template: Template, since: datetime) -> list[Span]:
    """Those that can be due at all from then on: nothing is due more than a year after its end."""
    known = spans(template)
    early = (since - timedelta(days=400)).date()
    return known[bisect_right([end for _first, end in known], early) :]


def quiet_ends(hours: tuple[time, time], now: datetime, zone: ZoneInfo) -> datetime:
    """When a person may be written to, found by trying the clock's quarters of an hour; ``now`` outside."""
    begins, ends = hours

    def inside(at: datetime) -> bool:
        clock = at.astimezone(zone).time()
        after, before = clock >= begins, clock < ends
        return (after and before) if begins < ends else (after or before)

    if not inside(now):
        return now
    at = datetime.fromtimestamp(now.timestamp() // 900 * 900, UTC) + QUARTER
    while inside(at):
        at += QUARTER
    return at

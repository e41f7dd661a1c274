"""The administrators' daily digest: what was new, what is due, what is late and what it costs."""

from collections import Counter, defaultdict
from datetime import datetime, time
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_left
from bot.i18n import _, n_, use_locale
from bot.messages import Button, Outgoing, Priority, message
from bot.registry import Piece, Sweep, Swept
from handlers import words
from handlers.costs import cost_line
from handlers.papers import Paper, papers_at
from handlers.scoring import standing
from models.caseload import count_records
from models.category import SEVERITIES
from models.obligation import changed_since
from models.people import HospitalFacts, list_hospitals, reachable_actors
from models.setting import claim, claimed, latest_mark

AT = time(8)
"""Local time of the digest (our default)."""
_SHOWN = 4


def sweep_digests(conn: Connection, now: datetime) -> Swept:
    """Owe each administrator one digest a day, and none when nothing happened."""
    by_day: dict[str, list[HospitalFacts]] = defaultdict(list)
    for hospital in list_hospitals(conn):
        local = now.astimezone(hospital.zone)
        if local.time() >= AT:
            by_day[str(local.date())].append(hospital)
    rest: list[Piece] = []
    for day, hospitals in by_day.items():
        codes = [each.code for each in hospitals]
        done = claimed(conn, kind="digest", subjects=codes, period=day)
        rest += [partial(_digest, hospital=h, day=day) for h in hospitals if h.code not in done]
    return Swept(counts={"digests": 0}, rest=rest)


def _digest(conn: Connection, now: datetime, *, hospital: HospitalFacts, day: str) -> Swept:
    before = latest_mark(conn, kind="digest", subject=hospital.code, by=now)
    if not claim(conn, kind="digest", subject=hospital.code, period=day, at=now):
        return Swept(counts={})
    out = _digests(conn, hospital, before or hospital.created_at, now)
    return Swept(counts={"digests": len(out)}, out=out)


def _digests(
    conn: Connection, hospital: HospitalFacts, since: datetime, now: datetime
) -> list[Outgoing]:
    new = count_records(conn, hospital.id, since=since, until=now)
    changed = {row.id for row in changed_since(conn, hospital.id, since, now)}
    papers = papers_at(conn, hospital, now) if new or changed else []
    # What waits has reminders of its own: alone it is no news.
    missed = [each for each in papers if each.state == "missed" and each.id in changed]
    if not new and not missed:
        return []
    # In January last year's annual papers are still open: their year is the one that can lose points.
    years = sorted({paper.period_end.year for paper in _telling(papers, changed)})
    standings = [standing(conn, hospital, year, now) for year in years]
    out = []
    for reader in reachable_actors(conn, hospital.id, ("admin",)):
        with use_locale(reader.locale):
            buttons = [[Button(_("File them"), "file:0")]] if missed else []
            text = digest_text(hospital, new, papers, changed, now=now)
            text = "\n".join([text, *(cost_line(each) for each in standings)])
        out.append(
            Outgoing(
                chat_id=reader.telegram_id,
                method="sendMessage",
                payload=message(reader.telegram_id, text, buttons=buttons),
                priority=Priority.DIGEST,
            )
        )
    return out


def digest_text(
    hospital: HospitalFacts,
    new: list[tuple[str, str, int]],
    papers: list[Paper],
    changed: set[int],
    *,
    now: datetime,
) -> str:
    """New incidents, what was missed since the last digest, and what is due."""
    total = sum(count for _category, _severity, count in new)
    lines = [
        n_("Daily digest: {n} new incident", "Daily digest: {n} new incidents", total).format(
            n=total
        )
    ]
    if new:
        lines += [_by_category(new), _by_severity(new)]
    telling = _telling(papers, changed)
    missed = [paper for paper in telling if paper.state == "missed"]
    if missed:
        lines.append(_("Newly missed: {papers}").format(papers=_names(missed)))
    waiting = [paper for paper in telling if paper.state != "missed"]
    if waiting:
        lines.append(_("Waiting to be filed: {n}").format(n=len(waiting)))
        lines += [_waiting_line(paper, hospital, now) for paper in waiting[:2]]
    return "\n".join(lines)


def _telling(papers: list[Paper], changed: set[int]) -> list[Paper]:
    """The papers that the digest tells of: newly missed, or waiting."""
    return [
        paper
        for paper in papers
        if paper.state in ("open", "overdue") or (paper.state == "missed" and paper.id in changed)
    ]


def _names(papers: list[Paper]) -> str:
    return _(", ").join(words.paper(p.code, p.subject, p.period_end) for p in papers)


def _by_category(new: list[tuple[str, str, int]]) -> str:
    counts: Counter[str] = Counter()
    for category, _severity, count in new:
        counts[category] += count
    parts = [f"{words.category(code)} {count}" for code, count in counts.most_common(_SHOWN)]
    if len(counts) > _SHOWN:
        parts.append("…")
    return _(", ").join(parts)


def _by_severity(new: list[tuple[str, str, int]]) -> str:
    counts: Counter[str] = Counter()
    for _category, severity, count in new:
        counts[severity] += count
    return _(", ").join(
        f"{words.severity(code)} {counts[code]}" for code in reversed(SEVERITIES) if counts[code]
    )


def _waiting_line(paper: Any, hospital: HospitalFacts, now: datetime) -> str:
    left = say_left(paper.due_at, zone=hospital.zone, now=now)
    name = words.paper(paper.code, paper.subject, paper.period_end)
    return _("· {paper} ({left})").format(paper=name, left=left)


DIGESTS = Sweep(name="digests", run=sweep_digests)

"""What a reminder says: which papers, by when, what a miss costs, and the buttons to do something about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dates import say_left, say_moment
from bot.i18n import _, current_locale, n_
from bot.messages import Button, Buttons
from handlers import words
from models.people import HospitalFacts
from models.preset import in_language, shipped_preset
from models.workdays import CHINA

REMINDED, OVERDUE, MISSED = "reminded", "overdue", "missed"
_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """That there is something to say of a paper: still to file, overdue, missed.

    ``owner`` is who sees to it, where that is not the reader.
    """

    kind: str
    row: Any
    owner: str = ""


def reminder(
    news: Sequence[News], hospital: HospitalFacts, *, now: datetime, costs: str
) -> tuple[str, Buttons]:
    """One message about one paper or many."""
    lines = _one(news[0], hospital, now) if len(news) == 1 else _many(news, hospital, now)
    owners = {each.owner for each in news}
    if len(owners) == 1 and (who := owners.pop()):
        lines.append(_("Seen to by: {who}").format(who=who))
    if costs:
        lines.append(costs)
    return "\n".join(lines), _buttons(news)


def _one(news: News, hospital: HospitalFacts, now: datetime) -> list[str]:
    row, zone = news.row, hospital.zone
    template = shipped_preset().template(row.code)
    name = words.paper(row.code, row.subject, row.period_end)
    ours = _(" (our default, can be changed)") if template.due.default else ""
    recipient = in_language(template.recipient, current_locale())
    due = say_moment(row.due_at, zone=zone, now=now)
    if news.kind == REMINDED:
        left = say_left(row.due_at, zone=zone, now=now)
        lines = [
            _("📌 Still to file: {paper}").format(paper=name),
            _("To {recipient}, due {due}, {left}{ours}.").format(
                recipient=recipient, due=due, left=left, ours=ours
            ),
        ]
        return lines + _provisional(row, hospital)
    if news.kind == OVERDUE:
        limit = say_moment(row.missed_at, zone=zone, now=now)
        return [
            _("📌 Overdue, please file now: {paper}").format(paper=name),
            _("To {recipient}; it was due {due}{ours}.").format(
                recipient=recipient, due=due, ours=ours
            ),
            _("Filed by {limit} it is late; after that it counts as missed{ours}.").format(
                limit=limit,
                ours=_(" (our default, can be changed)") if template.missed.default else "",
            ),
        ]
    return [
        _("📌 Counted as missed: {paper}").format(paper=name),
        _(
            "To {recipient}; it was due {due}. File it all the same: the date is kept with it."
        ).format(recipient=recipient, due=due),
    ]


def _provisional(row: Any, hospital: HospitalFacts) -> list[str]:
    """While the days off of the due year are not published, its reminders may still move."""
    year = row.due_at.astimezone(hospital.zone).year
    if not CHINA.provisional(year):
        return []
    return [
        _("The holidays of {year} are not published yet; reminders may move.").format(year=year)
    ]


def _many(news: Sequence[News], hospital: HospitalFacts, now: datetime) -> list[str]:
    ordered = sorted(news, key=_by_weight)
    counts = {kind: [each for each in ordered if each.kind == kind] for kind in _SAID}
    told = [_SAID[kind](len(found)) for kind, found in counts.items() if found]
    lines = ["📌 " + _("; ").join(told)]
    listed = [each for found in counts.values() for each in found]
    lines += [_line(each, hospital, now) for each in listed[:_SHOWN]]
    if len(listed) > _SHOWN:
        lines.append(_("… and {n} more papers").format(n=len(listed) - _SHOWN))
    return lines


def _by_weight(news: News) -> tuple[bool, datetime, str]:
    """What can cost points comes first, then what is due soonest."""
    counted = shipped_preset().template(news.row.code).counts_towards is not None
    return not counted, news.row.due_at, news.row.code


def _line(news: News, hospital: HospitalFacts, now: datetime) -> str:
    row = news.row
    name = words.paper(row.code, row.subject, row.period_end)
    if news.kind == MISSED:
        return f"· {name}"
    left = say_left(row.due_at, zone=hospital.zone, now=now)
    if now > row.due_at:
        return _("· {paper} ({left})").format(paper=name, left=left)
    due = say_moment(row.due_at, zone=hospital.zone, now=now)
    return _("· {paper} ({due}, {left})").format(paper=name, due=due, left=left)


_SAID = {
    MISSED: lambda n: n_("{n} paper counted as missed", "{n} papers counted as missed", n).format(
        n=n
    ),
    OVERDUE: lambda n: n_("{n} paper overdue", "{n} papers overdue", n).format(n=n),
    REMINDED: lambda n: n_("{n} paper still to file", "{n} papers still to file", n).format(n=n),
}


def _buttons(news: Sequence[News]) -> Buttons:
    if len(news) > 1:
        return [[Button(_("File them"), "file:0")]]
    return paper_buttons(news[0].row)


def paper_buttons(row: Any) -> list[list[Button]]:
    """What can be done about one paper: file it, say that it was filed, hand it over, ask for a waiver."""
    closes = shipped_preset().template(row.code).closes.by
    first = [Button(_("File it"), f"file:{row.id}")]
    if closes == "receipt":
        first.append(Button(_("Filed already"), f"filed:{row.id}"))
    return [
        first,
        [
            Button(_("Hand it over"), f"pass:{row.id}"),
            Button(_("Ask to waive"), f"waiver:{row.id}"),
        ],
    ]

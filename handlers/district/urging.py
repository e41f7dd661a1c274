"""一键催报: one press asks every hospital that is late for its papers, each person once, at most once a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.dates import say_moment
from bot.i18n import _, n_, use_locale
from bot.messages import Button, Buttons, Outgoing, Priority, message
from bot.turn import Turn
from handlers import words
from handlers.district.seen import (
    hospital_pressed,
    hospitals_seen,
    named,
    own_district,
    year_began,
)
from handlers.filing.closing import topic_of
from handlers.owing import INSIDE, Owing
from models import audit
from models.league import late_papers
from models.paper_plan import changes_by, templates_by
from models.people import Actor, HospitalFacts, reachable_in
from models.setting import claim_each, marked_since

_KIND = "urged"
_PAUSE = timedelta(hours=24)
"""Nobody is asked for the same papers twice within that time (our default)."""
_SHOWN = 5
_NAMED = 3


def urge(turn: Turn, number: str = "") -> None:
    """Ask all late hospitals of the district, or the one that the button names."""
    hospitals = hospitals_seen(turn)
    if number:
        one = hospital_pressed(turn, number)
        if one is None:
            return
        hospitals = {one.id: one}
    late = _late(turn, hospitals)
    if not late:
        turn.toast(_("Nobody is late: there is nothing to ask for."))
        return
    asking = _askings(turn, hospitals, late)
    asked = _claim(turn, [hospitals[each] for each in asking])
    written = [
        _write(turn, hospitals[each], to, rows)
        for each in late
        if each in asked
        for to, rows in asking[each]
    ]
    turn.out += written
    _note(turn, [hospitals[each].code for each in asked], len(written))
    turn.say(
        "\n".join(
            _told(
                hospitals=len(asked),
                people=len(written),
                again=len(asking) - len(asked),
                nobody=[hospitals[each] for each in late if each not in asking],
            )
        ),
        [[Button(_("Back"), "district:o:0")]],
    )


def _late(turn: Turn, hospitals: dict[int, HospitalFacts]) -> dict[int, list[Any]]:
    found = defaultdict(list)
    rows = late_papers(turn.conn, own_district(turn), at=turn.now, since=year_began(turn))
    for row in rows:
        if row.hospital_id in hospitals:
            found[row.hospital_id].append(row)
    return found


def _askings(
    turn: Turn, hospitals: Mapping[int, HospitalFacts], late: Mapping[int, Sequence[Any]]
) -> dict[int, list[tuple[Actor, list[Any]]]]:
    """By hospital: whose task the papers are and the administrators, each with theirs; without anybody, none."""
    people = defaultdict(list)
    for each in reachable_in(turn.conn, own_district(turn), INSIDE):
        people[each.hospital.id].append(each)
    changes = changes_by(turn.conn, late)
    found = {}
    for number, papers in late.items():
        owing = Owing(turn.conn, hospitals[number], people=people[number])
        templates = {each.code: each for each in templates_by(changes.get(number, {}))}
        theirs: dict[int, list[Any]] = defaultdict(list)
        for paper in papers:
            readers = (*owing.owners(paper, templates.get(paper.code)), *owing.by_role(("admin",)))
            for reader_id in dict.fromkeys(each.id for each in readers):
                theirs[reader_id].append(paper)
        if theirs:
            found[number] = [(owing.reachable[each], rows) for each, rows in theirs.items()]
    return found


def _claim(turn: Turn, hospitals: Iterable[HospitalFacts]) -> set[int]:
    """Those not asked within the pause; of two who press at once only one asks a hospital."""
    recent = marked_since(turn.conn, kind=_KIND, since=turn.now - _PAUSE)
    by_code = {each.code: each.id for each in hospitals if each.code not in recent}
    day = str(turn.now.date())
    taken = claim_each(turn.conn, kind=_KIND, subjects=by_code, period=day, at=turn.now)
    return {by_code[each] for each in taken}


def _write(turn: Turn, hospital: HospitalFacts, reader: Actor, rows: Sequence[Any]) -> Outgoing:
    with use_locale(reader.locale):
        text, buttons = _asking(turn, hospital, rows)
    return Outgoing(
        chat_id=reader.telegram_id,
        method="sendMessage",
        payload=message(reader.telegram_id, text, buttons=buttons),
        priority=Priority.REMINDER,
        # What is filed before it leaves is not asked for any more.
        topic=topic_of(rows[0].id) if len(rows) == 1 else None,
    )


def _asking(turn: Turn, hospital: HospitalFacts, rows: Sequence[Any]) -> tuple[str, Buttons]:
    first = n_(
        "📌 The district asks for {n} paper that is late",
        "📌 The district asks for {n} papers that are late",
        len(rows),
    )
    lines = [first.format(n=len(rows))]
    for row in rows[:_SHOWN]:
        name = words.paper(row.code, row.subject, row.period_end)
        due = say_moment(row.due_at, zone=hospital.zone, now=turn.now)
        missed = turn.now > row.missed_at
        line = _("· {paper} (was due {due}, missed)") if missed else _("· {paper} (was due {due})")
        lines.append(line.format(paper=name, due=due))
    if len(rows) > _SHOWN:
        lines.append(_("… and {n} more").format(n=len(rows) - _SHOWN))
    lines.append(_("Please file now; the date is kept with it."))
    button = Button(_("File it"), f"file:{rows[0].id}")
    return "\n".join(lines), [[button if len(rows) == 1 else Button(_("File them"), "file:0")]]


def _told(*, hospitals: int, people: int, again: int, nobody: Sequence[HospitalFacts]) -> list[str]:
    lines = []
    if hospitals:
        said = n_("✅ Asked: {n} hospital", "✅ Asked: {n} hospitals", hospitals).format(
            n=hospitals
        )
        who = n_("{n} person", "{n} people", people).format(n=people)
        lines.append(_(", ").join((said, who)))
    if again:
        lines.append(
            n_(
                "{n} hospital was asked within 24 hours and is not asked again.",
                "{n} hospitals were asked within 24 hours and are not asked again.",
                again,
            ).format(n=again)
        )
    if nobody:
        names = _(", ").join(named(each) for each in nobody[:_NAMED])
        names += "…" if len(nobody) > _NAMED else ""
        lines.append(
            n_(
                "Nobody can be reached here at {n} hospital, please phone: {names}",
                "Nobody can be reached here at {n} hospitals, please phone: {names}",
                len(nobody),
            ).format(n=len(nobody), names=names)
        )
    return lines


def _note(turn: Turn, codes: list[str], people: int) -> None:
    audit.note(
        turn.conn,
        at=turn.now,
        action="papers.urged",
        subject=str(own_district(turn)),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        hospitals=sorted(codes),
        people=people,
    )

"""What a hospital has on record of an incident learnt elsewhere, and the proven 漏报 where it has nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.forms import Form, Question, View
from bot.i18n import N_, _, current_locale, n_
from bot.kinds import Choice, Option
from bot.messages import Button, Buttons, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers import words
from handlers.costs import cost_line
from handlers.district.seen import chosen_hospital, named
from handlers.roles import COMMISSION, DUTY
from handlers.scoring import Standing, standing
from models import audit
from models.caseload import discovered_among
from models.category import BY_CODE, CATEGORIES, CHOOSABLE
from models.deadlines import incident_occurrence
from models.district import insert_learnt, learnt_among
from models.masking import mask
from models.number import next_number
from models.obligation import create_obligation, find_obligation, sweep_on
from models.people import HospitalFacts, reachable_actors
from models.preset import INCIDENT, Template, in_language, shipped_preset

_SERIES = "L"
_NEAR = timedelta(days=1)
"""An incident is looked for in the hospital's records so long before and after (our default)."""
_NAMED = 5
SOURCE_NAMES = {
    "police": N_("110 (police)"),
    "media": N_("The media"),
    "hotline": N_("12345 hotline"),
    "visit": N_("A visit"),
    "other": N_("Elsewhere"),
}


def source(code: str) -> str:
    """Where the commission heard of it, in words."""
    return _(SOURCE_NAMES[code])


def filing_template(category: str) -> Template | None:
    """The report that such an incident opens by the district's own preset."""
    leaf = BY_CODE[category]
    found = (
        each
        for each in shipped_preset().templates
        if each.cadence == INCIDENT
        and each.to_district
        and each.opened_by(category=category, group=leaf.group, severity=leaf.severity)
    )
    return min(found, key=lambda each: each.hours_for(leaf.severity), default=None)


@cache
def reportable() -> tuple[str, ...]:
    """The categories that a hospital has to report, the common ones first."""
    return tuple(code for code in CHOOSABLE if filing_template(code) is not None)


# -- what is on record -----------------------------------------------------------------------------


def _group(category: str) -> list[str]:
    return [each.code for each in CATEGORIES if each.group == BY_CODE[category].group]


def _window(params: Mapping[str, Any]) -> dict[str, datetime]:
    when = datetime.fromisoformat(params["when"])
    return {"since": when - _NEAR, "until": when + _NEAR}


def _near(conn: Connection, params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the hospital recorded of the same group within a day, by number and category."""
    return discovered_among(conn, params["hospital"], _group(params["category"]), **_window(params))


def proof_context(conn: Connection, params: dict[str, Any]) -> dict[str, Any]:
    """What is on record now; of the hospital's records the district sees counts only."""
    counts = Counter(category for _number, category in _near(conn, params))
    before = learnt_among(conn, params["hospital"], _group(params["category"]), **_window(params))
    return {"counts": dict(counts), "before": before}


def build_proof(params: dict[str, Any]) -> Form:
    """One question: is it on record, or was it left out?"""
    sure = Question(
        key="sure",
        kind=Choice(options=lambda _view: _answers(params), columns=1),
        ask=partial(_ask_sure, counts=params.get("counts", {}), before=params.get("before", 0)),
        label=lambda _view: _("finding"),
    )
    return Form(
        name="proof",
        version=1,
        title=lambda _view: _("an omission learnt elsewhere"),
        questions=(sure,),
    )


def _answers(params: Mapping[str, Any]) -> Sequence[Option]:
    recorded: Option = ("recorded", lambda _view: _("It is one of them"))
    omitted: Option = ("omitted", lambda _view: _("Left out: register"))
    on_record = params.get("counts") or params.get("before")
    return (recorded, omitted) if on_record else (omitted,)


def _ask_sure(view: View, *, counts: Mapping[str, int], before: int) -> str:
    params = view.params
    when = say_moment(datetime.fromisoformat(params["when"]), zone=view.zone, now=view.now)
    total = sum(counts.values())
    if total:
        lines = [
            n_(
                "{hospital} has {n} similar incident on record within a day. Is it that one?",
                "{hospital} has {n} similar incidents on record within a day. Is it one of them?",
                total,
            ).format(hospital=params["name"], n=total),
            "· " + _(", ").join(f"{words.category(code)} {n}" for code, n in counts.items()),
        ]
    else:
        lines = [
            _(
                "{hospital} has nothing similar on record within a day. Register an omission?"
            ).format(hospital=params["name"])
        ]
    if before:
        lines.append(
            n_(
                "⚠️ The district has registered {n} such omission already.",
                "⚠️ The district has registered {n} such omissions already.",
                before,
            ).format(n=before)
        )
    lines.append(f"{words.category(params['category'])} · {when} · {source(params['source'])}")
    lines.append(words.brief(params["words"], 120))
    lines += _still_open(view)
    lines.append(_("Once registered it counts as one missed report, and the hospital is told."))
    return "\n".join(lines)


def _still_open(view: View) -> list[str]:
    template = filing_template(view.params["category"])
    assert template is not None
    happened = datetime.fromisoformat(view.params["when"])
    limit = template.hours_for(BY_CODE[view.params["category"]].severity)
    due = happened + timedelta(hours=limit)
    if due <= view.now:
        return []
    said = _("⚠️ Its limit runs until {due}; registered now it counts as missed all the same.")
    return [said.format(due=say_moment(due, zone=view.zone, now=view.now))]


# -- registering -----------------------------------------------------------------------------------


def complete_proof(turn: Turn, finished: Finished) -> None:
    """Nothing where it is on record; else the omission with the paper that stands for it."""
    params = finished.view.params
    hospital = chosen_hospital(turn, dict(params))
    if finished.answers["sure"] == "recorded":
        turn.say(_on_record(turn, params), [[Button(_("Back"), f"district:h:{hospital.id}")]])
        return
    paper = _prove(turn, hospital, params)
    now = standing(turn.conn, hospital, paper.period_end.year, turn.now)
    readers = reachable_actors(turn.conn, hospital.id, DUTY)
    tell_each(
        turn,
        readers,
        lambda _reader: _told(turn, hospital, paper, params, now),
        priority=Priority.NOTICE,
    )
    name = words.paper(paper.code, paper.subject, paper.period_end)
    lines = [
        _("✅ Registered as missed: {hospital}, {paper}").format(
            hospital=named(hospital), paper=name
        )
    ]
    if readers:
        lines.append(_("Told: {people}.").format(people=words.people(readers)))
    else:
        lines.append(_("Nobody there can be reached here: please phone them."))
    turn.say("\n".join(lines), [[Button(_("Back"), f"district:h:{hospital.id}")]])


def _on_record(turn: Turn, params: Mapping[str, Any]) -> str:
    numbers = [number for number, _category in _near(turn.conn, params)]
    if not numbers:
        return _("It is registered already. Nothing was added.")
    named_ones = _(", ").join(numbers[:_NAMED]) + ("…" if len(numbers) > _NAMED else "")
    return _("It is on record as {numbers}. Nothing was registered.").format(numbers=named_ones)


def _prove(turn: Turn, hospital: HospitalFacts, params: Mapping[str, Any]) -> Any:
    """The omission and its paper, missed as of now at the latest; the sweep has nothing more to do with it."""
    category, happened = params["category"], datetime.fromisoformat(params["when"])
    template = filing_template(category)
    assert template is not None
    number = next_number(
        turn.conn,
        hospital_id=hospital.id,
        code=hospital.code,
        year=happened.astimezone(hospital.zone).year,
        series=_SERIES,
    )
    limit = incident_occurrence(
        template,
        number=number,
        discovered_at=happened,
        zone=hospital.zone,
        severity=BY_CODE[category].severity,
    )
    # A paper is missed after its time, not at it.
    just_before = turn.now - timedelta(seconds=1)
    limit = replace(
        limit,
        due_at=min(limit.due_at, just_before),
        missed_at=min(limit.missed_at, just_before),
        steps=(),
    )
    create_obligation(turn.conn, hospital.id, limit, now=turn.now)
    paper = find_obligation(turn.conn, hospital.id, limit.code, number, limit.period_end)
    assert paper is not None
    sweep_on(turn.conn, [(paper.id, "missed", None)])
    insert_learnt(
        turn.conn,
        hospital_id=hospital.id,
        obligation_id=paper.id,
        category=category,
        discovered_at=happened,
        source=params["source"],
        words=params["words"],
        member_id=turn.actor.id,
        at=turn.now,
    )
    audit.note(
        turn.conn,
        at=turn.now,
        action="omission.proven",
        subject=number,
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        category=category,
        source=params["source"],
    )
    return paper


def _told(
    turn: Turn, hospital: HospitalFacts, paper: Any, params: Mapping[str, Any], now: Standing
) -> tuple[str, Buttons]:
    template = shipped_preset().template(paper.code)
    happened = datetime.fromisoformat(params["when"])
    lines = [
        _("📌 The district counts a report as missed: {paper}").format(
            paper=words.paper(paper.code, paper.subject, paper.period_end)
        ),
        _("{category}, {when}; heard of it: {source}").format(
            category=words.category(params["category"]),
            when=say_moment(happened, zone=hospital.zone, now=turn.now),
            source=source(params["source"]),
        ),
        mask(words.brief(params["words"], 300)),
        _("The rule: {place}, {words}").format(
            place=in_language(template.clause.place, current_locale()), words=template.clause.words
        ),
        cost_line(now),
        _("If it was reported, please tell the health commission; else file it now."),
    ]
    return "\n".join(lines), [[Button(_("File it"), f"file:{paper.id}")]]


PROOF = Conversation(
    name="proof",
    version=1,
    roles=COMMISSION,
    build=build_proof,
    complete=complete_proof,
    context=proof_context,
)

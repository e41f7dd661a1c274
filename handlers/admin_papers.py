"""/admin: which papers the hospital owes and by which values; ours are marked, the hospital's own as well."""

from collections.abc import Mapping
from typing import Any

from bot.amounts import WORKING_DAYS
from bot.day import EveryYear
from bot.forms import Form, Question, Refused
from bot.i18n import N_, _, current_locale, n_
from bot.kinds import Choice, options_of
from bot.messages import Button
from bot.read_kinds import Numbers
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.roles import ADMINS
from models import audit
from models.house_rule import read_rule, set_rule
from models.late_rules import LATE, late_rules
from models.paper_plan import PAPER, changed, changes_of, template_of, templates_of
from models.preset import Template, in_language, shipped_preset

_PAGE = 6
_FIELDS = ("due", "reminders", "missed", "owed_by")
CADENCES = {
    "day": N_("every day"),
    "week": N_("every week"),
    "month": N_("every month"),
    "quarter": N_("every quarter"),
    "half_year": N_("every half-year"),
    "half_year_first": N_("first half-year"),
    "year": N_("every year"),
    "campaign": N_("in its window each year"),
    "incident": N_("for each incident"),
    "shift": N_("for each shift"),
}


def press_papers(turn: Turn) -> None:
    """``papers:pN`` lists, ``papers:CODE`` shows one, ``papers:CODE:VERB`` changes it; ``papers:late``: late."""
    code, _sep, verb = turn.incoming.data.partition(":")[2].partition(":")
    if code == "late":
        _late(turn, verb)
        return
    known = {each.code: each for each in templates_of(turn.conn, turn.actor.hospital)}
    if code not in known:
        _list(turn, list(known.values()), int(code[1:]) if code[1:].isdecimal() else 0)
    elif verb in ("on", "off"):
        _change(turn, code, {"enabled": verb == "on"})
        _show(turn, template_of(turn.conn, turn.actor.hospital, code))
    elif verb == "reset":
        _keep(turn, code, None)
        _show(turn, template_of(turn.conn, turn.actor.hospital, code))
    elif verb in _FIELDS:
        name = in_language(known[code].name, current_locale()).replace("{topic}", "…")
        params = {"code": code, "field": verb, "name": name, "way": _way(known[code])}
        turn.talks.begin(turn, "paper_rule", params=params, answers={})
    else:
        _show(turn, known[code])


def _list(turn: Turn, templates: list[Template], page: int) -> None:
    pages = -(-len(templates) // _PAGE)
    page = min(page, pages - 1)
    on = sum(each.enabled for each in templates)
    lines = [
        _("Papers this hospital owes: {on} of {n} kinds are on.").format(on=on, n=len(templates))
    ]
    part = list(enumerate(templates, start=1))[page * _PAGE : (page + 1) * _PAGE]
    for at, each in part:
        mark = "✓" if each.enabled else "–"
        lines.append(f"{at}. {mark} {_name(each)} · {_(CADENCES[each.cadence])}")
    cells = [Button(str(at), f"papers:{each.code}") for at, each in part]
    turning = [Button(_("Page before"), f"papers:p{page - 1}")] if page else []
    turning += [Button(_("Next page"), f"papers:p{page + 1}")] if page + 1 < pages else []
    turn.say("\n".join(lines), [cells, turning, [Button(_("Rules for late"), "papers:late")]])


def _name(template: Template) -> str:
    return in_language(template.name, current_locale()).replace("{topic}", "").strip()


def _show(turn: Turn, template: Template) -> None:
    own = changes_of(turn.conn, turn.actor.hospital.id).get(template.code, {})
    shipped = shipped_preset().template(template.code)
    state = _("on") if template.enabled else _("off")
    lines = [
        f"{_name(template)} · {_(CADENCES[template.cadence])} · {state}",
        _("To {recipient}; owed by: {roles}{mark}").format(
            recipient=in_language(template.recipient, current_locale()),
            roles=_(", ").join(words.role(each) for each in template.owed_by),
            mark=_mark("owed_by" in own, True),
        ),
        _("Due: {due}{mark}").format(
            due=_due(template), mark=_mark("due" in own, shipped.due.default)
        ),
        _("Reminders: {days}{mark}").format(
            days=_reminders(template), mark=_mark("reminders" in own, shipped.reminders.default)
        ),
        _("Late becomes missed: {when}{mark}").format(
            when=_missed(template), mark=_mark("missed" in own, shipped.missed.default)
        ),
        _("{place}: {words}").format(
            place=in_language(template.clause.place, current_locale()),
            words=template.clause.words,
        ),
    ]
    switch = (
        Button(_("Turn it off"), f"papers:{template.code}:off")
        if template.enabled
        else Button(_("Turn it on"), f"papers:{template.code}:on")
    )
    rows = [
        [Button(_("Due day"), f"papers:{template.code}:due")] if _way(template) else [],
        [
            Button(_("Reminders"), f"papers:{template.code}:reminders"),
            Button(_("Late limit"), f"papers:{template.code}:missed"),
        ],
        [Button(_("Who owes it"), f"papers:{template.code}:owed_by"), switch],
        [Button(_("Our defaults"), f"papers:{template.code}:reset")] if own else [],
        [Button(_("All papers"), "papers:p0")],
    ]
    turn.say("\n".join(lines), [row for row in rows if row])


def _mark(own: bool, default: bool) -> str:
    if own:
        return _(" (set by this hospital)")
    return _(" (our default, can be changed)") if default else ""


def _way(template: Template) -> str:
    """How its due time is told: the name of the value that is given."""
    ways = ("month_day", "days_after", "working_days_after", "day", "hours", "minutes")
    return next((way for way in ways if getattr(template.due, way) is not None), "")


def _due(template: Template) -> str:
    due, way = template.due, _way(template)
    if way == "month_day":
        return str(due.month_day)
    if way == "days_after":
        days = due.days_after or 0
        if days == 0:
            return _("the period's last day")
        if days < 0:
            return n_(
                "{n} day before the period ends", "{n} days before the period ends", -days
            ).format(n=-days)
        return n_("{n} day after the period", "{n} days after the period", days).format(n=days)
    if way == "working_days_after":
        days = due.working_days_after or 0
        return n_(
            "{n} working day after the period", "{n} working days after the period", days
        ).format(n=days)
    if way == "day":
        return _("the {n}th of its last month").format(n=due.day)
    if way == "hours":
        said = n_("{n} hour after discovery", "{n} hours after discovery", due.hours or 0).format(
            n=due.hours
        )
        limits = [
            _("{severity}: {n} h").format(severity=words.severity(code), n=hours)
            for code, hours in due.by_severity.items()
        ]
        return _(", ").join([said, *limits])
    if way == "minutes":
        return n_(
            "{n} minute after discovery", "{n} minutes after discovery", due.minutes or 0
        ).format(n=due.minutes)
    return _("the end of the shift")


def _reminders(template: Template) -> str:
    rule = template.reminders
    if rule.days_before is None:
        hours = " ".join(str(each) for each in rule.hours_before or ())
        return _("{hours} h before").format(hours=hours)
    days = " ".join(str(each) for each in rule.days_before)
    return _("{days} days before, at {time}").format(days=days, time=f"{rule.at:%H:%M}")


def _missed(template: Template) -> str:
    days = template.missed.working_days_after
    if days:
        return n_("{n} working day after", "{n} working days after", days).format(n=days)
    return (
        _("at the due time")
        if not template.missed.hours_after
        else _("{n} h after").format(n=template.missed.hours_after)
    )


# -- one value -----------------------------------------------------------------------------------


def build_paper_rule(params: dict[str, Any]) -> Form:
    """The one value that was asked for."""
    return Form(
        name="paper_rule",
        version=1,
        title=lambda _view: _("a paper's rule"),
        questions=(_question(params),),
    )


_DUE_UNITS = {"hours": "小时", "minutes": "分钟", "working_days_after": WORKING_DAYS, "day": ""}
_MISSED_UNITS = {"hours": "小时", "minutes": "小时", "": ""}
"""The unit a number is asked in, by how the due time is told; days where nothing else is said."""


def _question(params: Mapping[str, Any]) -> Question:
    field, way = params["field"], params["way"]
    kind: Any = Numbers(most=120, example="5", unit=_MISSED_UNITS.get(way, WORKING_DAYS))
    ask = N_("{paper}: after how many working days does late become missed? For example: 5.")
    if field == "due" and way == "month_day":
        kind = EveryYear()
        ask = N_("{paper}: due on which day of the year? For example: 07-10.")
    elif field == "due":
        kind = Numbers(most=24 * 90, example="5", unit=_DUE_UNITS.get(way, "天"))
        ask = {
            "hours": N_("{paper}: due how many hours after discovery? For example: 24."),
            "minutes": N_("{paper}: due how many minutes after discovery? For example: 10."),
            "day": N_("{paper}: due on which day of the month? For example: 25."),
        }.get(way, N_("{paper}: due how many days after the period? For example: 5."))
    elif field == "reminders":
        kind = Numbers(most=180, count=8, example="7 3 1 0", unit=_MISSED_UNITS.get(way, "天"))
        ask = N_("{paper}: remind how long before? For example: 7 3 1 0.")
    elif field == "owed_by":
        kind = Choice(
            options=options_of(("officer", "head", "admin", "leader", "guard"), words.role)
        )
        ask = N_("{paper}: whose task is it?")
    elif way in ("hours", "minutes"):
        ask = N_("{paper}: after how many hours does late become missed? For example: 0.")
    return Question(
        key="value",
        kind=kind,
        ask=lambda view: _(ask).format(paper=view.params["name"]),
        label=lambda _view: _("value"),
    )


def complete_paper_rule(turn: Turn, finished: Finished) -> None:
    """Keep the value for papers that have not opened yet; those that are open keep their times."""
    params, value = finished.view.params, finished.answers["value"]
    template = template_of(turn.conn, turn.actor.hospital, params["code"])
    _change(turn, params["code"], _values(template, params["field"], value))
    now = template_of(turn.conn, turn.actor.hospital, params["code"])
    _show(turn, now)
    turn.send(_("✅ Kept. What is open keeps its times; this holds from the next one on."))


def _values(template: Template, field: str, value: Any) -> dict[str, Any]:
    if field == "owed_by":
        return {"owed_by": [value]}
    if field == "due":
        way = _way(template)
        return {"due": {way: value if way == "month_day" else int(value[0])}}
    if field == "reminders":
        falling = sorted({int(each) for each in value}, reverse=True)
        way = "days_before" if template.periodic else "hours_before"
        return {"reminders": {way: falling}}
    way = "working_days_after" if template.periodic else "hours_after"
    return {"missed": {way: int(value[0])}}


def _change(turn: Turn, code: str, values: dict[str, Any]) -> None:
    """Keep values of a template beside those changed before, if the whole still fits; Refused."""
    own = dict(changes_of(turn.conn, turn.actor.hospital.id).get(code, {}))
    for name, value in values.items():
        own[name] = {**own.get(name, {}), **value} if isinstance(value, dict) else value
    try:
        changed(shipped_preset().template(code), own)
    except ValueError:
        raise Refused(_("This value does not fit here. Nothing was changed.")) from None
    _keep(turn, code, own)


def _keep(turn: Turn, code: str, own: dict[str, Any] | None) -> None:
    hospital = turn.actor.hospital
    old = read_rule(turn.conn, hospital.id, PAPER + code)
    set_rule(turn.conn, hospital.id, PAPER + code, own, by=turn.actor.id, now=turn.now)
    audit.note(
        turn.conn,
        at=turn.now,
        action="paper.rule",
        subject=code,
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        old=old,
        new=own,
    )


# -- rules for late ------------------------------------------------------------------------------


def _late(turn: Turn, verb: str) -> None:
    """Show the rules for late papers, or turn one of them round."""
    hospital = turn.actor.hospital
    rules = late_rules(turn.conn, hospital.id)
    now = {"cures": rules.cures, "separate": rules.separate}
    if verb in now:
        now[verb] = not now[verb]
        set_rule(turn.conn, hospital.id, LATE, now, by=turn.actor.id, now=turn.now)
        audit.note(
            turn.conn,
            at=turn.now,
            action="late.rule",
            subject=verb,
            hospital_id=hospital.id,
            member_id=turn.actor.id,
            value=now[verb],
        )
    own = read_rule(turn.conn, hospital.id, LATE) is not None
    mark = _mark(own, True)
    cures = _("it becomes late") if now["cures"] else _("it stays missed")
    counted = (
        _("apart, the greater number counts") if now["separate"] else _("together in one number")
    )
    lines = [
        _(
            "How late papers count; scorecard item 4.5 speaks of missed ones only (open question A5)."
        ),
        _("Filed after it was missed: {what}{mark}").format(what=cures, mark=mark),
        _("Incident reports and summaries: {how}{mark}").format(how=counted, mark=mark),
        _("When late becomes missed is set at each paper."),
        _("Concealed (瞒报) and false (谎报) are found by the commission, never by a clock."),
    ]
    rows = [
        [
            Button(
                _("Filing late helps") if not now["cures"] else _("Stays missed"),
                "papers:late:cures",
            )
        ],
        [
            Button(
                _("Count apart") if not now["separate"] else _("Count together"),
                "papers:late:separate",
            )
        ],
        [Button(_("All papers"), "papers:p0")],
    ]
    turn.say("\n".join(lines), rows)


PAPER_RULE = Conversation(
    name="paper_rule",
    version=1,
    roles=ADMINS,
    build=build_paper_rule,
    complete=complete_paper_rule,
)

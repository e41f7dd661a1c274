"""What a scorecard leaves open: how much hangs on it, and an administrator's ruling with its reason."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question, Refused, View
from bot.i18n import _, current_locale
from bot.incoming import Incoming
from bot.kinds import Choice, Files, Option, Text, options_named
from bot.messages import Button, Buttons
from bot.read_kinds import Numbers
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.roles import ADMINS
from handlers.score import disputed, score_screen
from handlers.score_words import points, say_band
from handlers.scoring import Standing, standing
from models import audit
from models.criteria import OpenQuestion
from models.rules import BelowBenchmark, Prorate
from models.ruling import insert_ruling, list_rulings

WITHDRAW = "withdraw"
_BRIEF = 40


def press_ruling(turn: Turn) -> None:
    """``ruling:2026`` the list, ``:A1`` one question or setting, ``:A1:make`` begins a ruling."""
    parts = turn.incoming.data.split(":")
    hospital = turn.actor.hospital
    running = turn.now.astimezone(hospital.zone).year
    year = parts[1] if len(parts) > 1 else ""
    if not (year.isdecimal() and year.isascii() and 1970 <= int(year) <= running):
        _used_up(turn)
        return
    now = standing(turn.conn, hospital, int(year), turn.now)
    key = parts[2] if len(parts) > 2 else ""
    if not key:
        turn.say(*_list(now))
    elif key not in _keys(now):
        _used_up(turn)
    elif parts[3:] == ["make"]:
        _begin(turn, now, key)
    else:
        turn.say(*_one(turn, now, key))


def _used_up(turn: Turn) -> None:
    turn.toast(_("This button is no longer in use. /help lists what you can do."))


def _keys(now: Standing) -> dict[str, Any]:
    """What can be ruled on: questions with readings, and the settings that a rule reads."""
    questions = {each.id: each for each in now.rubric.open if each.readings}
    read = {
        amount
        for line in now.rubric.criteria
        for amount in (_amount(line.rule),)
        if isinstance(amount, str)
    }
    return {**questions, **{s.key: s for s in now.rubric.settings if s.key in read}}


def _amount(rule: object) -> object:
    if isinstance(rule, Prorate):
        return rule.full
    return rule.per_point if isinstance(rule, BelowBenchmark) else None


# -- screens -------------------------------------------------------------------------------------


def _list(now: Standing) -> tuple[str, Buttons]:
    asking = dict(disputed(now))
    lines = [_("What the table leaves open, and the points that hang on it:")]
    if not asking:
        lines = [_("Nothing that is open changes this score at present.")]
    locale = current_locale()
    for question, stake in asking.items():
        text = now.rubric.question(question).text.in_language(locale)
        lines.append(f"{question} {_brief(text)} · {points(stake)}")
    for key, row in now.rulings.items():
        if key in _keys(now):
            lines.append(_("{key}: ruled by {who}").format(key=key, who=row.name))
    lines.append(_("Ask the district, then rule here: the range becomes narrower."))
    cells = [Button(_label(key), f"ruling:{now.year}:{key}") for key in _keys(now)]
    rows = [cells[i : i + 3] for i in range(0, len(cells), 3)]
    return "\n".join(lines), [*rows, [Button(_("Back"), f"score:{now.year}")]]


def _label(key: str) -> str:
    return {
        "qc_full_score": _("Full mark"),
        "satisfaction_points_per_point": _("Per point"),
    }.get(key, key)


def _brief(text: str) -> str:
    return text if len(text) <= _BRIEF else text[: _BRIEF - 1] + "…"


def _one(turn: Turn, now: Standing, key: str) -> tuple[str, Buttons]:
    asked = _keys(now)[key]
    locale = current_locale()
    lines = [f"{key}: {asked.text.in_language(locale)}"]
    if isinstance(asked, OpenQuestion):
        for reading, text in asked.readings.items():
            got = say_band(now.read_as(key, reading).score)
            ours = _(" (our default)") if reading == asked.default else ""
            lines.append(
                _("· {reading}{ours}: {score} points").format(
                    reading=text.in_language(locale), ours=ours, score=got
                )
            )
    else:
        value = now.basis.settings.get(key, asked.default)
        ours = _(" (our default)") if key not in now.basis.settings else ""
        lines.append(_("Now: {value}{ours}").format(value=value, ours=ours))
    lines += _trail(turn, now, key)
    buttons = [[Button(_("Back"), f"ruling:{now.year}")]]
    if turn.actor.role in ADMINS:
        buttons.insert(0, [Button(_("Rule on it"), f"ruling:{now.year}:{key}:make")])
    return "\n".join(lines), buttons


def _trail(turn: Turn, now: Standing, key: str) -> list[str]:
    """Every ruling on it: who, when, how, why."""
    rows = list_rulings(turn.conn, now.hospital.id, now.rubric.id, at=now.at)
    said = []
    for row in (row for row in rows if row.key == key):
        moment = say_moment(row.made_at, zone=now.hospital.zone, now=turn.now)
        how = _("taken back") if row.value is None else _said(now, key, row.value)
        line = _("{moment} {who}: {how}. {reason}")
        said.append(line.format(moment=moment, who=row.name, how=how, reason=row.reason))
    return said


def _said(now: Standing, key: str, value: str) -> str:
    asked = _keys(now)[key]
    if isinstance(asked, OpenQuestion) and value in asked.readings:
        return asked.readings[value].in_language(current_locale())
    return value


# -- ruling --------------------------------------------------------------------------------------


def _begin(turn: Turn, now: Standing, key: str) -> None:
    if turn.actor.role not in ADMINS:
        turn.toast(_("Only an administrator can rule on this."))
        return
    asked = _keys(now)[key]
    readings = (
        {
            reading: {each: text.in_language(each) for each in ("zh_Hans", "en")}
            for reading, text in asked.readings.items()
        }
        if isinstance(asked, OpenQuestion)
        else {}
    )
    params = {
        "year": now.year,
        "rubric": now.rubric.id,
        "key": key,
        "readings": readings,
        "ruled": key in now.rulings,
    }
    turn.talks.begin(turn, "ruling", params=params, answers={})


class _AboveZero(Numbers):
    """A number that a rule may divide by, or take off."""

    def read(self, incoming: Incoming, view: View, key: str) -> list[str]:
        """The number; Refused for 0."""
        found = Numbers.read(self, incoming, view, key)
        if Decimal(found[0]) == 0:
            raise Refused(_("A number above 0 is expected, for example 100. The rest is kept."))
        return found


def _readings(view: View) -> Sequence[Option]:
    found = [
        (reading, texts[current_locale()]) for reading, texts in view.params["readings"].items()
    ]
    if view.params["ruled"]:
        found.append((WITHDRAW, _("Take it back")))
    return options_named(found)


def build_ruling(params: dict[str, Any]) -> Form:
    """How it is to be read, who said so, perhaps the paper that says so."""
    if params["readings"]:
        kind: Any = Choice(options=_readings, columns=1)
        asking = _ask_reading
    else:
        back = ((WITHDRAW, lambda _view: _("Take it back"), WITHDRAW),)
        kind = _AboveZero(whole=False, most=10_000, fixed=back if params["ruled"] else ())
        asking = _ask_number
    return Form(
        name="ruling",
        version=1,
        title=lambda view: _("ruling on {key}").format(key=view.params["key"]),
        questions=(
            Question(key="value", kind=kind, ask=asking, label=lambda _view: _("reading")),
            Question(
                key="reason",
                kind=Text(longest=300),
                ask=lambda _view: _(
                    "Who at the district said so, and when? For example: Ms Li, by phone, 3 March."
                ),
                label=lambda _view: _("reason"),
            ),
            Question(
                key="document",
                kind=Files(),
                ask=lambda _view: _("Send a photo or file of it, or press Skip."),
                label=lambda _view: _("file"),
                optional=True,
            ),
        ),
    )


def _ask_reading(view: View) -> str:
    return _("How is {key} to be read?").format(key=view.params["key"])


def _ask_number(view: View) -> str:
    return _("Which number shall count for {key}? For example: 100.").format(key=view.params["key"])


def complete_ruling(turn: Turn, finished: Finished) -> None:
    """Keep who, when, how and why; show what has become of the score."""
    params, answers = finished.view.params, finished.answers
    ruling = insert_ruling(
        turn.conn,
        hospital_id=turn.actor.hospital.id,
        rubric=params["rubric"],
        key=params["key"],
        value=_value(answers["value"]),
        reason=answers["reason"],
        member_id=turn.actor.id,
        made_at=turn.now,
    )
    turn.keep_files(answers["document"] or [], subject="ruling", subject_id=ruling)
    audit.note(
        turn.conn,
        at=turn.now,
        action="ruling.made",
        subject=params["key"],
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        rubric=params["rubric"],
    )
    text, buttons = score_screen(turn, params["year"])
    turn.say(_("✅ Kept, with your name and the reason.") + "\n" + text, buttons)


def _value(said: Any) -> str | None:
    """A reading, or a number; None takes the ruling back."""
    if said == WITHDRAW:
        return None
    return str(said[0]) if isinstance(said, list) else str(said)


RULING = Conversation(
    name="ruling", version=1, roles=ADMINS, build=build_ruling, complete=complete_ruling
)

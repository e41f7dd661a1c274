"""What a hospital settles about the police: the station's phone, and how soon a missing call is brought up."""

from typing import Any

from bot.forms import Form, Question, View
from bot.i18n import _, n_
from bot.kinds import Text
from bot.read_kinds import Numbers
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.police_sweep import AFTER_MINUTES
from handlers.roles import ADMINS
from models import audit
from models.house_rule import POLICE, POLICE_AFTER, read_rule, set_rule

_OURS = [str(AFTER_MINUTES)]
_LONGEST = 24 * 60


def press_phone(turn: Turn) -> None:
    """Show what is settled so that it can be changed; without a phone that is asked for first."""
    hospital_id = turn.actor.hospital.id
    minutes = read_rule(turn.conn, hospital_id, POLICE_AFTER) or AFTER_MINUTES
    answers: dict[str, Any] = {"minutes": [str(minutes)]}
    if phone := read_rule(turn.conn, hospital_id, POLICE):
        answers["phone"] = phone
    turn.talks.begin(turn, "police_phone", answers=answers)


def build_phone(_params: dict[str, Any]) -> Form:
    """The phone, the minutes, and both to be looked at."""
    phone = Question(
        key="phone",
        kind=Text(longest=60),
        ask=lambda _view: _(
            "Which phone of the police station do alarms show? For example: Yingpu 5971 0110.\n"
            "Without one they show 110."
        ),
        label=lambda _view: _("phone"),
        optional=True,
    )
    minutes = Question(
        key="minutes",
        kind=Numbers(
            least=1,
            most=_LONGEST,
            example="10",
            unit="分钟",
            fixed=(("ours", lambda _view: _("Our default"), _OURS),),
        ),
        ask=lambda _view: _(
            "After how many minutes without a police call shall a violent case be brought up? For example: 10"
        ),
        label=lambda _view: _("minutes to wait"),
    )
    return Form(
        name="police_phone",
        version=1,
        title=lambda _view: _("police phone"),
        questions=(phone, minutes),
        card=_card,
        submit=lambda _view: _("✅ Keep it so"),
    )


def _card(view: View) -> str:
    phone, minutes = view.get("phone"), int(view.answers["minutes"][0])
    when = n_(
        "A violent case without a police call is brought up after {n} minute",
        "A violent case without a police call is brought up after {n} minutes",
        minutes,
    ).format(n=minutes)
    ours = _(" (our default, can be changed)") if view.answers["minutes"] == _OURS else ""
    lines = [
        _("The police: please check, then press Keep it so."),
        _("Alarms show: {phone}").format(phone=phone or "110"),
        when + ours,
    ]
    return "\n".join(lines)


def complete_phone(turn: Turn, finished: Finished) -> None:
    """Keep both; what is our default is not kept as the hospital's own."""
    hospital, phone = turn.actor.hospital, finished.answers["phone"]
    minutes = finished.answers["minutes"]
    own = None if minutes == _OURS else int(minutes[0])
    old = read_rule(turn.conn, hospital.id, POLICE_AFTER)
    for key, value in ((POLICE, phone), (POLICE_AFTER, own)):
        set_rule(turn.conn, hospital.id, key, value, by=turn.actor.id, now=turn.now)
    audit.note(
        turn.conn,
        at=turn.now,
        action="police_phone.changed",
        subject=hospital.code,
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        phone=phone is not None,
        old=old or AFTER_MINUTES,
        new=own or AFTER_MINUTES,
    )
    turn.say(_("✅ Kept. Alarms show: {phone}").format(phone=phone or "110"))


PHONE = Conversation(
    name="police_phone", version=1, roles=ADMINS, build=build_phone, complete=complete_phone
)

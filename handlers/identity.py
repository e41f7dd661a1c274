"""Opening who reported confidentially: by an administrator, with a reason, logged, and told to the reporter at once."""

from dataclasses import dataclass
from typing import Any

from bot.forms import Form, Question
from bot.i18n import _, use_locale
from bot.kinds import Text
from bot.messages import Button, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import threat_words, words
from handlers.case_rights import number_of
from handlers.hearing import hears
from handlers.roles import ADMINS
from handlers.threat_hearing import is_about
from models import audit
from models.case import add_step, find_case
from models.masking import mask
from models.people import find_member, reachable_actor
from models.threat import add_step as add_threat_step
from models.threat import threat_by_number


@dataclass(frozen=True, kw_only=True, slots=True)
class Hidden:
    """A record whose reporter colleagues do not see."""

    number: str
    reporter_id: int
    incident_id: int | None = None
    threat_id: int | None = None


def _find(turn: Turn, number: str) -> Hidden | None:
    """The confidential incident or unnamed threat of this hospital; None after saying that there is none."""
    hospital_id = turn.actor.hospital.id
    case = find_case(turn.conn, hospital_id, number)
    if case is not None and not hears(turn.conn, case, turn.actor):
        # Whom a record blames must not learn who blames them, nor that it is there.
        turn.toast(_("There is no such record in your hospital."))
        return None
    if case is not None and case.confidential:
        return Hidden(number=number, reporter_id=case.reporter_id, incident_id=case.incident_id)
    threat = threat_by_number(turn.conn, hospital_id, number)
    if threat is not None and is_about(turn.house.cipher, threat, turn.actor):
        threat = None
    if threat is not None and threat.unnamed:
        return Hidden(number=number, reporter_id=threat.reporter_id, threat_id=threat.id)
    if case is not None or threat is not None:
        turn.toast(_("{number} was not reported confidentially.").format(number=number))
    else:
        turn.toast(_("There is no such record in your hospital."))
    return None


def press_identity(turn: Turn) -> None:
    """Ask why the identity is opened: ``identity:NUMBER``."""
    number = turn.incoming.data.partition(":")[2]
    hidden = _find(turn, number)
    if hidden is None:
        return
    if hidden.reporter_id == turn.actor.id:
        turn.toast(_("You reported {number} yourself.").format(number=number))
        return
    turn.talks.begin(turn, "identity", params={"number": number}, answers={})


def build_identity(params: dict[str, Any]) -> Form:
    """One question: why."""
    reason = Question(
        key="reason",
        kind=Text(longest=200),
        ask=lambda _view: _(
            "Why must you know who reported {number}? Your role and this reason are logged and "
            "told to the reporter at once."
        ).format(number=params["number"]),
        label=lambda _view: _("reason"),
    )
    return Form(
        name="identity",
        version=1,
        title=lambda _view: _("opening the identity of {number}").format(number=params["number"]),
        questions=(reason,),
    )


def complete_identity(turn: Turn, finished: Finished) -> None:
    """Write down who opened it and why, show who reported, and tell them."""
    hidden = _find(turn, number_of(finished.view))
    if hidden is None:
        return
    reason = finished.answers["reason"]
    _write_down(turn, hidden, reason)
    row = find_member(turn.conn, hidden.reporter_id)
    who = " · ".join(filter(None, [row.display_name, words.role(row.role), row.department]))
    lines = [
        _("{number} was reported by: {who}").format(number=hidden.number, who=who),
        _("Your reason is logged. Please tell nobody who need not know."),
        _("The reporter was told that you opened it.")
        if _tell(turn, hidden, reason)
        else _("The reporter cannot be reached through me and was not told."),
    ]
    turn.say("\n".join(lines))


def _write_down(turn: Turn, hidden: Hidden, reason: str) -> None:
    audit.note(
        turn.conn,
        at=turn.now,
        action="identity.opened",
        subject=hidden.number,
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
    )
    kind = "identity_opened"
    if hidden.incident_id is not None:
        add_step(
            turn.conn,
            hidden.incident_id,
            kind,
            at=turn.now,
            member_id=turn.actor.id,
            words=reason,
        )
    elif hidden.threat_id is not None:
        sealed = turn.house.cipher.seal(reason, about=threat_words.REASON)
        add_threat_step(
            turn.conn,
            hidden.threat_id,
            kind,
            at=turn.now,
            member_id=turn.actor.id,
            code=None,
            reason_sealed=sealed,
        )


def _tell(turn: Turn, hidden: Hidden, reason: str) -> bool:
    reporter = reachable_actor(turn.conn, hidden.reporter_id)
    if reporter is None:
        return False
    with use_locale(reporter.locale):
        text = _(
            "⚠️ Your confidential report {number}: the {role} has opened who reported it.\n"
            "Reason: {reason}"
        ).format(number=hidden.number, role=words.role(turn.actor.role), reason=mask(reason))
        mine = [[Button(_("My records"), "mine:0")]]
    turn.tell(reporter, text, mine, priority=Priority.NOTICE)
    return True


IDENTITY = Conversation(
    name="identity", version=1, roles=ADMINS, build=build_identity, complete=complete_identity
)

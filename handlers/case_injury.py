"""People hurt in a case: who they are to the hospital and how badly by WHO's degrees, never their names."""

from typing import Any

from bot.forms import Form, Question
from bot.i18n import _
from bot.incoming import row_of
from bot.kinds import Choice, options_of
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms
from handlers.case_actions import OFFICE, graver
from handlers.case_rights import hold, open_dossier, pressed, say_done, say_outdated
from handlers.casework import record
from handlers.roles import REPORTERS
from models.injury import (
    HARMED,
    HARMS,
    add_injury,
    find_injury,
    list_injuries,
    withdraw_injury,
)


def press_harm(turn: Turn) -> None:
    """``harm:list:NUMBER``, ``harm:add:NUMBER``, ``harm:drop:ID`` and its confirmation ``harm:gone:ID``."""
    verb, rest = pressed(turn)
    if verb in ("list", "add"):
        case = hold(turn, rest, "harm")
        if case is not None:
            _list(turn, case) if verb == "list" else _begin(turn, rest)
    elif verb in ("drop", "gone"):
        _withdraw(turn, row_of(rest), sure=verb == "gone")
    else:
        say_outdated(turn)


def _begin(turn: Turn, number: str) -> None:
    turn.talks.begin(turn, "injury", params={"number": number}, answers={})


def _list(turn: Turn, case: Any) -> None:
    injuries = list_injuries(turn.conn, case.incident_id)
    if not injuries:
        _begin(turn, case.number)
        return
    text = _("{number}, injured: {people}").format(
        number=case.number, people=case_terms.casualties(injuries)
    )
    rows = [[Button(_("Add a person"), f"harm:add:{case.number}")]]
    rows += [
        [Button(_("Withdraw: {who}").format(who=_person(row)), f"harm:drop:{row.id}")]
        for row in injuries
    ]
    say_done(turn, case.number, text, rows)


def _person(row: Any) -> str:
    return f"{case_terms.harmed(row.who)} · {case_terms.harm(row.harm)}"


# -- one more ------------------------------------------------------------------------------------


def build_injury(params: dict[str, Any]) -> Form:
    """Who and how badly."""
    return Form(
        name="injury",
        version=1,
        title=lambda _view: _("injured person of {number}").format(number=params["number"]),
        questions=(
            Question(
                key="who",
                kind=Choice(options=options_of(HARMED, case_terms.harmed), columns=3),
                ask=lambda _view: _("Who is hurt? One person at a time, no names."),
                label=lambda _view: _("person"),
            ),
            Question(
                key="harm",
                kind=Choice(options=options_of(HARMS, case_terms.harm), columns=3),
                ask=lambda _view: (
                    _("How badly? (WHO's degrees of harm)") + "\n" + case_terms.scale()
                ),
                label=lambda _view: _("degree"),
            ),
        ),
    )


def complete_injury(turn: Turn, finished: Finished) -> None:
    """Keep it; grave harm proposes a higher severity, which is for the safety office to press."""
    case = hold(turn, finished.view.params["number"], "harm")
    if case is None:
        return
    who, harm = finished.answers["who"], finished.answers["harm"]
    add_injury(
        turn.conn,
        incident_id=case.incident_id,
        draft_id=finished.draft_id,
        who=who,
        harm=harm,
        member_id=turn.actor.id,
        at=turn.now,
    )
    record(turn, case, "injured", who=who, harm=harm)
    text = _("✅ Noted for {number}: {who} · {harm}.").format(
        number=case.number, who=case_terms.harmed(who), harm=case_terms.harm(harm)
    )
    rows = [[Button(_("Add a person"), f"harm:add:{case.number}")]]
    say_done(turn, case.number, text, _raise_button(turn, case) + rows)


def _raise_button(turn: Turn, case: Any) -> list[list[Button]]:
    dossier = open_dossier(turn, case)
    severity = graver(dossier)
    if severity is None or OFFICE not in dossier.hats:
        return []
    label = _("Raise to major") if severity == "major" else _("Raise to extreme")
    return [[Button(label, f"amend:{severity}:{case.number}")]]


INJURY = Conversation(
    name="injury", version=1, roles=REPORTERS, build=build_injury, complete=complete_injury
)


# -- entered by mistake ----------------------------------------------------------------------------


def _withdraw(turn: Turn, injury_id: int, *, sure: bool) -> None:
    row = find_injury(turn.conn, turn.actor.hospital.id, injury_id)
    if row is None:
        turn.toast(_("There is no such record in your hospital."))
        return
    case = hold(turn, row.number, "harm")
    if case is None:
        return
    if not sure and not row.withdrawn_at:
        text = _("Withdraw {who} from {number}? It stays in the log as withdrawn by you.")
        turn.say(
            text.format(who=_person(row), number=row.number),
            [
                [Button(_("Keep it"), f"harm:list:{row.number}")],
                [Button(_("Withdraw"), f"harm:gone:{row.id}")],
            ],
        )
    elif not withdraw_injury(turn.conn, row.id, by=turn.actor.id, now=turn.now):
        turn.toast(_("This entry was withdrawn already. Nothing was changed."))
    else:
        record(turn, case, "injury_withdrawn", who=row.who, harm=row.harm)
        say_done(
            turn,
            row.number,
            _("Withdrawn from {number}: {who}.").format(number=row.number, who=_person(row)),
        )

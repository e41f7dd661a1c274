"""Following an entry to its close: reading it, the steps about it, a register's newest entries."""

from datetime import date
from typing import Any

from bot.forms import Form, Refused
from bot.i18n import _
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.registers import labels
from handlers.registers.correcting import correction
from handlers.registers.entering import chosen_owner
from handlers.registers.forms import build_move, files_of, params_for, stored
from handlers.registers.record import gist, my_moves, my_relations, readable_entry, show_entry
from handlers.registers.telling import tell_corrected, tell_owner, tell_what_became
from handlers.roles import REPORTERS
from models import audit
from models.draft import open_drafts
from models.entry import add_step, entry_by_id, has_open_fault, move_entry, newest_entries
from models.kind import WRONG, Move
from models.masking import mask
from models.people import Actor
from models.register import KINDS, MATERIALS, figures, move_of

_SHOWN = 8
_FORM = "entry_step"


def press_entry(turn: Turn) -> None:
    """Show an entry, or begin one of the steps about it."""
    number, _colon, verb = turn.incoming.data.partition(":")[2].partition(":")
    row = readable_entry(turn, number)
    if row is None:
        turn.toast(_("There is no such record of yours."))
    elif not verb:
        show_entry(turn, row)
    elif verb == "incident":
        _propose_incident(turn, row)
    else:
        _begin(turn, row, verb)


def _begin(turn: Turn, row: Any, code: str) -> None:
    move = next((each for each in my_moves(turn, row) if each.code == code), None)
    if move is None:
        turn.toast(_refusal(turn, row, code))
        return
    params = {"kind": row.kind, "number": row.number, "move": code}
    mine = open_drafts(turn.conn, turn.actor.id)
    same = any(draft.form == _FORM and draft.params.items() >= params.items() for draft in mine)
    more = params_for(turn, move.fields, KINDS[row.kind])
    turn.talks.begin(turn, _FORM, params={**params, **more}, answers=None if same else {})


def _refusal(turn: Turn, row: Any, code: str) -> str:
    """Why somebody who may read an entry cannot do this about it now."""
    move = move_of(row.kind, code)
    if move and row.state in move.leads and move.not_after and move.by & my_relations(turn, row):
        return _("Whoever put it right does not re-check it: please ask a colleague to.")
    if move and row.state not in move.leads:
        return _("{number} has moved on meanwhile: {state}.").format(
            number=row.number, state=labels.state(row.kind, row.state)
        )
    return _("This step is for somebody else. You can add a note.")


def _propose_incident(turn: Turn, row: Any) -> None:
    """Begin the report of a loss; a report left open is gone on with, not thrown away."""
    if row.figures.get("agrees") != "no":
        turn.toast(_("The counts agreed here: there is nothing to report."))
        return
    answers = {"category": MATERIALS[row.figures["material"]]}
    waiting = any(draft.form == "report" for draft in open_drafts(turn.conn, turn.actor.id))
    turn.talks.begin(turn, "report", answers=None if waiting else answers)


# -- a step ----------------------------------------------------------------------------------------


def build(params: dict[str, Any]) -> Form:
    """The form of the move that the draft was begun for."""
    move = move_of(params["kind"], params["move"])
    assert move is not None
    return build_move(move, params["number"])


def complete(turn: Turn, finished: Finished) -> None:
    """Add the step and move the entry on; everything is checked again as of now."""
    params, answers = finished.view.params, finished.answers
    row = readable_entry(turn, params["number"])
    if row is None:
        turn.say(_("There is no such record of yours."))
        return
    move = next((each for each in my_moves(turn, row) if each.code == params["move"]), None)
    if move is None:
        _keep_words(turn, row, finished)
        return
    after = _write(turn, row, move, finished, chosen_owner(turn, answers))
    if move.code == "assign":
        tell_owner(turn, after)
    if move.code == "correct":
        tell_corrected(turn, after)
    tell_what_became(turn, after, row.state)
    _confirm(turn, after)


def _keep_words(turn: Turn, row: Any, finished: Finished) -> None:
    """The step has become impossible: what was written for it stays with the entry as a note."""
    lines = [_refusal(turn, row, finished.view.params["move"])]
    note = move_of(row.kind, "note")
    if finished.answers.get("what") and note:
        _write(turn, row, note, finished, None)
        lines.append(_("What you wrote is kept there as a note."))
    turn.say("\n".join(lines), [[Button(_("Open it"), f"entry:{row.number}")]])


def _write(turn: Turn, row: Any, move: Move, finished: Finished, owner: Actor | None) -> Any:
    answers, new = finished.answers, move.leads[row.state]
    data = stored(move.fields, answers)
    changes: dict[str, Any] = {"figures": {**row.figures, **figures(move.fields, data)}}
    if owner is not None:
        changes["owner_id"] = owner.id
        data["owner"] = owner.display_name
    if answers.get("due") and "due" in {field.key for field in move.fields}:
        changes["due_on"] = date.fromisoformat(answers["due"])
        data["due"] = answers["due"]
    if WRONG in data:
        changes |= correction(row, data, answers)
    if not move_entry(turn.conn, row.id, old=row.state, new=new, now=turn.now, **changes):
        raise Refused(_("Somebody changed this at the same moment. Please submit once more."))
    words = data.pop("what", "")
    step_id = add_step(
        turn.conn,
        entry_id=row.id,
        member_id=turn.actor.id,
        kind=move.code,
        state=new,
        words=words,
        data=data,
        draft_id=finished.draft_id,
        at=turn.now,
    )
    turn.keep_files(files_of(answers), subject="entry_step", subject_id=step_id)
    _mend_equipment(turn, row, new)
    audit.note(
        turn.conn,
        at=turn.now,
        action="entry.moved",
        subject=row.number,
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        move=move.code,
        state=new,
    )
    return entry_by_id(turn.conn, turn.actor.hospital.id, row.id)


def _mend_equipment(turn: Turn, row: Any, new: str) -> None:
    """Equipment works again once its last open fault is repaired."""
    asset = row.figures.get("asset")
    if row.kind != "fault" or new != "closed" or asset in (None, "none"):
        return
    # Held first: a fault entered at this moment is then seen, or finds it working again.
    entry_by_id(turn.conn, turn.actor.hospital.id, int(asset))
    if not has_open_fault(turn.conn, turn.actor.hospital.id, asset):
        move_entry(turn.conn, int(asset), old="fault", new="working", now=turn.now)


def _confirm(turn: Turn, row: Any) -> None:
    text = _("✅ Kept: {number}, {what}. {state}").format(
        number=row.number, what=gist(row), state=labels.state(row.kind, row.state)
    )
    turn.say(text, [[Button(_("Open it"), f"entry:{row.number}"), Button(_("My tasks"), "tasks:")]])


STEP = Conversation(name=_FORM, version=1, roles=REPORTERS, build=build, complete=complete)


# -- a register's newest entries -------------------------------------------------------------------


def press_register(turn: Turn) -> None:
    """The newest entries of a register, for the safety office; without a register, which there are."""
    code = turn.incoming.data.partition(":")[2]
    if code not in KINDS:
        cells = [Button(labels.kind(each), f"register:{each}") for each in KINDS]
        turn.say(_("Which register do you want to look at?"), _in_pairs(cells))
        return
    rows = newest_entries(turn.conn, turn.actor.hospital.id, code, limit=_SHOWN - 1)
    lines = [f"{row.number} · {_place(row)}{labels.state(row.kind, row.state)}" for row in rows]
    first = _("The newest of: {what}") if rows else _("Nothing is in this register yet: {what}")
    cells = [Button(row.number.partition("-")[2], f"entry:{row.number}") for row in rows]
    turn.say("\n".join([first.format(what=labels.kind(code)), *lines]), _in_pairs(cells))


def _in_pairs(cells: list[Button]) -> list[list[Button]]:
    return [cells[i : i + 2] for i in range(0, len(cells), 2)]


def _place(row: Any) -> str:
    return f"{mask(row.data['place'])} · " if row.data.get("place") else ""

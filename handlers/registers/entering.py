"""Entering into a register: which ones a role may, the form, and what its last answer writes."""

from datetime import date, datetime
from functools import partial
from typing import Any

from bot.forms import Refused
from bot.i18n import _
from bot.incoming import row_of
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.filing.closing import close_by_records
from handlers.registers import labels
from handlers.registers.forms import build_entry, files_of, params_for, stored
from handlers.registers.record import due_lines
from handlers.registers.telling import announce_entry
from handlers.roles import DUTY, REPORTERS
from models import audit
from models.entry import entry_by_id, insert_entry, move_entry
from models.kind import Kind
from models.number import next_number
from models.people import Actor, list_actors
from models.register import ENTERED, figures, first_state
from models.selfcheck import insert_rectification


def kinds_for(role: str) -> list[Kind]:
    """The registers a role may enter into by a form."""
    return [kind for kind in ENTERED if role in kind.roles]


def press_enter(turn: Turn) -> None:
    """List the registers, or begin an entry in one."""
    code = turn.incoming.data.partition(":")[2]
    kinds = kinds_for(turn.actor.role)
    kind = next((each for each in kinds if each.code == code), None)
    if kind:
        params = params_for(turn, kind.fields, kind)
        turn.talks.begin(turn, kind.code, params=params)
    elif code or not kinds:
        turn.toast(_("Your role does not enter into this register. /tasks shows what you can do."))
    else:
        cells = [Button(labels.kind(each.code), f"enter:{each.code}") for each in kinds]
        turn.say(
            _("Into which register do you want to enter?"),
            [cells[i : i + 2] for i in range(0, len(cells), 2)],
        )


def chosen_owner(turn: Turn, answers: dict[str, Any]) -> Actor | None:
    """The colleague chosen, who must still be here; raises Refused."""
    if answers.get("owner") is None:
        return None
    wanted = row_of(str(answers["owner"]))
    people = list_actors(turn.conn, turn.actor.hospital.id, REPORTERS)
    found = next((person for person in people if person.id == wanted), None)
    if found is None:
        raise Refused(_("This colleague is no longer here. Please choose somebody else."))
    return found


def complete_entry(turn: Turn, finished: Finished, *, kind: Kind) -> None:
    """Write the entry under the next number of its register; tell who must know; answer with the number."""
    answers = finished.answers
    data = stored(kind.fields, answers)
    state = first_state(kind.code, data)
    owner = chosen_owner(turn, answers)
    if kind.owner == "self" and owner is None and state != "kept":
        owner = turn.actor
    asset = _equipment(turn, data)
    entry_id = insert_entry(
        turn.conn,
        number=number_in(turn, kind),
        hospital_id=turn.actor.hospital.id,
        kind=kind.code,
        state=state,
        department_id=turn.actor.department_id,
        member_id=turn.actor.id,
        owner_id=owner.id if owner else None,
        occurred_at=min(datetime.fromisoformat(answers["when"]), turn.now)
        if "when" in answers
        else turn.now,
        due_on=date.fromisoformat(answers["due"]) if "due" in answers else None,
        draft_id=finished.draft_id,
        data=data,
        figures=figures(kind.fields, data),
        created_at=turn.now,
    )
    turn.keep_files(files_of(answers), subject="entry", subject_id=entry_id)
    if rectifies := finished.view.params.get("rectifies"):
        insert_rectification(
            turn.conn,
            entry_id=entry_id,
            hospital_id=turn.actor.hospital.id,
            check_id=rectifies["check"],
            question=rectifies["question"],
        )
    if asset is not None:
        move_entry(turn.conn, asset.id, old=asset.state, new="fault", now=turn.now)
    row: Any = entry_by_id(turn.conn, turn.actor.hospital.id, entry_id)
    note_entry(turn, row)
    told = [reader for reader in announce_entry(turn, row) if reader.role in DUTY]
    _confirm(turn, row, words.people(told), close_by_records(turn, row))


def _equipment(turn: Turn, data: dict[str, Any]) -> Any:
    """The listed equipment that a fault is about: its place is the fault's, and it is out of order from now."""
    if not row_of(str(data.get("asset", ""))):
        return None
    row: Any = entry_by_id(turn.conn, turn.actor.hospital.id, row_of(data["asset"]))
    listed = row is not None and row.kind == "asset" and row.state != "absent"
    if not listed or row.figures["system"] != data["system"]:
        raise Refused(_("This equipment is no longer in the list. Please choose again."))
    data["place"] = row.data["place"]
    return row


def number_in(turn: Turn, kind: Kind) -> str:
    """The next number of a register, such as QP01-H2026-0003."""
    hospital = turn.actor.hospital
    return next_number(
        turn.conn,
        hospital_id=hospital.id,
        code=hospital.code,
        year=turn.now.astimezone(hospital.zone).year,
        series=kind.letter,
    )


def note_entry(turn: Turn, row: Any) -> None:
    """Write into the audit that an entry was made."""
    audit.note(
        turn.conn,
        at=turn.now,
        action="entry.filed",
        subject=row.number,
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        kind=row.kind,
    )


def _confirm(turn: Turn, row: Any, told: str, closed: list[Any]) -> None:
    lines = [_("Filed as {number}.").format(number=row.number)]
    if row.owner and row.owner_id != turn.actor.id:
        lines.append(_("Seen to by: {who}").format(who=row.owner))
    lines += due_lines(row, turn.actor.hospital, turn.now)
    if told:
        lines.append(_("Notified: {people}.").format(people=told))
    lines += [
        _("✅ With that it is done: {paper}").format(
            paper=words.paper(each.code, each.subject, each.period_end)
        )
        for each in closed
    ]
    buttons = [[Button(_("Open it"), f"entry:{row.number}"), Button(_("My tasks"), "tasks:")]]
    if row.figures.get("agrees") == "no":
        lines.append(_("⚠️ If something is missing, please report it as an incident now."))
        buttons.insert(0, [Button(_("Report the loss"), f"entry:{row.number}:incident")])
    turn.say("\n".join(lines), buttons)


def _conversation(kind: Kind) -> Conversation:
    return Conversation(
        name=kind.code,
        version=1,
        roles=kind.roles,
        build=lambda _params: build_entry(kind),
        complete=partial(complete_entry, kind=kind),
    )


ENTRIES = tuple(_conversation(kind) for kind in ENTERED)

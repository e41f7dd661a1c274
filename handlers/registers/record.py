"""One entry as it is read: who may, what it says, what can be done next."""

from datetime import UTC, date, datetime, time
from typing import Any

from bot.dates import say_day, say_left, say_moment
from bot.i18n import _
from bot.messages import Button
from bot.turn import Turn
from handlers import words
from handlers.registers import labels
from handlers.registers.correcting import say_correction
from models.entry import entry_by_number, last_doers, list_steps
from models.evidence import count_files, list_files
from models.kind import WRONG, Move
from models.masking import mask
from models.people import HospitalFacts
from models.register import KINDS, possible_moves, relations

_LAST_SECOND = time(23, 59, 59)
_SHOWN = 40


def due_at(row: Any, hospital: HospitalFacts) -> datetime | None:
    """When an entry is overdue: at the end of its due day, in the hospital's own time."""
    if row.due_on is None:
        return None
    return datetime.combine(row.due_on, _LAST_SECOND, hospital.zone).astimezone(UTC)


def gist(row: Any) -> str:
    """An entry in a few words that anybody may look at over a shoulder: what register, where."""
    place = row.data.get("place")
    name = labels.kind(row.kind)
    return f"{name} · {words.brief(mask(place), _SHOWN)}" if place else name


def my_relations(turn: Turn, row: Any) -> set[str]:
    """What the actor is to an entry; nothing means that it is none of theirs."""
    me = turn.actor
    return relations(
        row.kind, role=me.role, member_id=me.id, department_id=me.department_id, entry=row
    )


def readable_entry(turn: Turn, number: str) -> Any:
    """The entry, if it is of this hospital and the actor may read it; None for anything else."""
    row = entry_by_number(turn.conn, turn.actor.hospital.id, number)
    return row if row is not None and my_relations(turn, row) else None


def my_moves(turn: Turn, row: Any) -> list[Move]:
    """What the actor may do next about an entry."""
    doers = last_doers(turn.conn, [row.id])
    done_last = {move for (_entry, move), doer in doers.items() if doer == turn.actor.id}
    return possible_moves(row.kind, row.state, my_relations(turn, row), done_last=done_last)


def show_entry(turn: Turn, row: Any) -> None:
    """What was entered, what was done since, the files in that order, and the ways on."""
    turn.send("\n".join(_lines(turn, row)), _buttons(turn, row))
    for file in list_files(turn.conn, "entry", row.id):
        turn.send_file(file.kind, file.file_id)
    for step in list_steps(turn.conn, row.id):
        for file in list_files(turn.conn, "entry_step", step.id):
            turn.send_file(file.kind, file.file_id)


def _buttons(turn: Turn, row: Any) -> list[list[Button]]:
    cells = [
        Button(labels.move(move.code), f"entry:{row.number}:{move.code}")
        for move in my_moves(turn, row)
    ]
    rows = [cells[i : i + 2] for i in range(0, len(cells), 2)]
    if row.figures.get("agrees") == "no" and turn.actor.role in ("officer", "admin"):
        rows.insert(0, [Button(_("Report the loss"), f"entry:{row.number}:incident")])
    return rows


def _lines(turn: Turn, row: Any) -> list[str]:
    zone, now = turn.actor.hospital.zone, turn.now
    lines = [f"{row.number} · {labels.kind(row.kind)} · {labels.state(row.kind, row.state)}"]
    lines += told_lines(row)
    if row.data.get("what"):
        lines.append(mask(row.data["what"]))
    moment = say_moment(row.occurred_at, zone=zone, now=now)
    lines.append(
        _("{time}, entered by {who}").format(
            time=moment, who=f"{row.author} · {words.role(row.author_role)}"
        )
    )
    if row.owner:
        lines.append(_("Seen to by: {who}").format(who=row.owner))
    lines += due_lines(row, turn.actor.hospital, now)
    if files := count_files(turn.conn, "entry", row.id):
        lines.append(_("Attached: {n}").format(n=files))
    return lines + [_step_line(turn, step) for step in list_steps(turn.conn, row.id)]


def told_lines(row: Any) -> list[str]:
    """The coded answers as they now stand, and the short texts."""
    lines = []
    for field in KINDS[row.kind].fields:
        value = row.figures.get(field.key, row.data.get(field.key))
        if value is None or field.sort in ("story", "asset"):
            continue
        coded = field.sort == "code"
        lines.append(
            labels.line(field.key, labels.code(field.key, value) if coded else mask(str(value)))
        )
    if row.state == "closed" and "outcome" in row.figures:
        lines.append(labels.line("outcome", labels.code("outcome", row.figures["outcome"])))
    return lines


def due_lines(row: Any, hospital: HospitalFacts, now: datetime) -> list[str]:
    """By when an entry is due and how long that is, while it waits."""
    due = due_at(row, hospital)
    if due is None or row.state not in KINDS[row.kind].waiting:
        return []
    day = say_moment(due, zone=hospital.zone, now=now)
    left = say_left(due, zone=hospital.zone, now=now)
    return [_("Due: {day}, {left}").format(day=day, left=left)]


def _step_line(turn: Turn, step: Any) -> str:
    moment = say_moment(step.at, zone=turn.actor.hospital.zone, now=turn.now)
    said = [labels.move(step.kind)]
    if WRONG in step.data:
        said.append(say_correction(turn, step.data))
    else:
        said += [_said(key, value, turn.now.year) for key, value in step.data.items()]
    if step.words:
        said.append(mask(step.words))
    if files := count_files(turn.conn, "entry_step", step.id):
        said.append(_("Attached: {n}").format(n=files))
    return _("{time} {who}: {told}").format(time=moment, who=step.doer, told=" · ".join(said))


def _said(key: str, value: Any, this_year: int) -> str:
    """One answer of a step in words."""
    if (key, value) in labels.CODES:
        return labels.code(key, value)
    if key == "due":
        return labels.line(key, say_day(date.fromisoformat(value), this_year=this_year))
    return labels.line(key, mask(str(value)))

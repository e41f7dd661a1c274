"""Checking in on patrol by the code printed at a point (R11: 002 定时和随时巡查)."""

from datetime import datetime, time, timedelta
from typing import Any

from bot.i18n import _
from bot.turn import Turn
from handlers.filing.closing import close_by_records
from handlers.registers.entering import note_entry, number_in
from models.entry import entry_by_id, insert_entry
from models.invite import CodeRefused, check_pause, count_wrong_try
from models.patrol import find_code, is_known, passed_since, rounds_since
from models.register import KINDS

_TWICE = timedelta(minutes=2)
"""Pressed again within this time it is still the same round (our default)."""


def check_in(turn: Turn, code: str) -> None:
    """Record that the actor is at a point; raises CodeRefused for a code that opens nothing here."""
    actor = turn.actor
    check_pause(turn.conn, telegram_id=turn.incoming.user_id, now=turn.now)
    point = find_code(turn.conn, actor.hospital.id, code)
    if point is None:
        raise CodeRefused(left=0)
    if actor.role not in KINDS["patrol"].roles:
        turn.send(_("This is not part of your role. /help lists what you can do."))
    elif point.ended_at is not None:
        turn.send(
            _(
                "This code for {point} was replaced, so nothing was recorded. "
                "Please tell the safety office to put up the new one."
            ).format(point=point.name)
        )
    else:
        _record(turn, point)


def count_stranger(turn: Turn, code: str) -> None:
    """A stranger's wrong patrol code counts like any wrong code; what they hear is the same either way."""
    if not is_known(turn.conn, code):
        count_wrong_try(turn.conn, telegram_id=turn.incoming.user_id, now=turn.now)


def _record(turn: Turn, point: Any) -> None:
    actor, kind = turn.actor, KINDS["patrol"]
    again = passed_since(turn.conn, actor.id, point.id, turn.now - _TWICE)
    if not again:
        entry_id = insert_entry(
            turn.conn,
            number=number_in(turn, kind),
            hospital_id=actor.hospital.id,
            kind=kind.code,
            state="kept",
            department_id=point.department_id,
            member_id=actor.id,
            occurred_at=turn.now,
            data={"place": point.name},
            figures={"point": str(point.id)},
            created_at=turn.now,
        )
        entry = entry_by_id(turn.conn, actor.hospital.id, entry_id)
        note_entry(turn, entry)
        close_by_records(turn, entry)
    k, _last = todays_rounds(turn)[str(point.id)]
    clock = f"{turn.now.astimezone(actor.hospital.zone):%H:%M}"
    lines = [
        _("You are checked in already: {point}, {time}.")
        if again
        else _("✅ Checked in: {point}, {time}."),
        _("Round {k} at this point today."),
    ]
    turn.send("\n".join(lines).format(point=point.name, time=clock, k=k))


def todays_rounds(turn: Turn) -> dict[str, tuple[int, Any]]:
    """Today's rounds by point, by the hospital's own day."""
    zone = turn.actor.hospital.zone
    midnight = datetime.combine(turn.now.astimezone(zone).date(), time(0), zone)
    return rounds_since(turn.conn, turn.actor.hospital.id, midnight)

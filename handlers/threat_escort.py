"""The guards on duty and a threat: where somebody wants an escort now, they come; name and account stay sealed."""

from typing import Any

from bot.i18n import _
from bot.messages import Button, Buttons, Priority
from bot.turn import Turn, tell_each
from handlers import threat_words
from handlers.roles import ESCORTS
from handlers.threat_hearing import not_about
from models.duty import on_duty_actors
from models.masking import mask
from models.people import Actor


def call_guards(turn: Turn, row: Any) -> list[Actor]:
    """Owe the guards on duty the place where an escort is wanted; who they are."""
    if not row.escort:
        return []
    found = on_duty_actors(turn.conn, row.hospital_id, ESCORTS)
    others = [actor for actor in found if actor.id not in (row.reporter_id, turn.actor.id)]
    guards = not_about(turn.house.cipher, row, others)
    tell_each(turn, guards, lambda _reader: _call(turn, row), priority=Priority.NOTICE)
    return guards


def _call(turn: Turn, row: Any) -> tuple[str, Buttons]:
    place = mask(threat_words.place(row, turn.house.cipher))
    where = row.named_department or _("no department named")
    lines = [
        _("⚠️ A colleague wants an escort now: {place}").format(place=place),
        f"{row.number} · {where}",
        _("Risk: {level}").format(level=threat_words.level(row.level)),
        _("Weapon: {weapon}").format(weapon=threat_words.weapon(row.weapon)),
    ]
    if not row.unnamed:
        lines.append(_("Reported by: {who}").format(who=threat_words.reporter(row)))
    lines.append(_("Please do not forward this."))
    return "\n".join(lines), [[Button(_("I go now"), f"escort:{row.number}")]]

"""[更正] of an entry: its author puts one answer right; the step keeps both values."""

from datetime import datetime
from typing import Any

from bot.dates import say_moment
from bot.forms import Refused
from bot.i18n import _
from bot.turn import Turn
from handlers import words
from handlers.registers import labels
from models.kind import WRONG
from models.masking import mask

OLD, NEW = "old", "new"
_SHOWN = 60


def correction(row: Any, data: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    """The columns that a correction changes; ``data``, what the step keeps, gets the old value and the new one."""
    key = data[WRONG]
    if key == "when":
        data[OLD], data[NEW] = row.occurred_at.isoformat(), answers["when"]
        return {"occurred_at": datetime.fromisoformat(answers["when"])}
    data[OLD] = row.data.get(key, "")
    data[NEW] = data.pop(key)
    if data[NEW] == "":
        raise Refused(
            _("Please type the account. A photo or a voice message can be added as a note.")
        )
    return {"data": {**row.data, key: data[NEW]}}


def say_correction(turn: Turn, data: dict[str, Any]) -> str:
    """What was corrected, from what to what."""
    key = data[WRONG]
    return _("{field} {old} → {new}").format(
        field=labels.field(key), old=_said(turn, key, data[OLD]), new=_said(turn, key, data[NEW])
    )


def _said(turn: Turn, key: str, value: Any) -> str:
    if key == "when":
        moment = datetime.fromisoformat(value)
        return say_moment(moment, zone=turn.actor.hospital.zone, now=turn.now)
    return words.brief(mask(str(value)), _SHOWN) or _("(no text)")

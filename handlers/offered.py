"""What a plain message may become: an incident, an entry of a register, a threat; for whom, and what it is called."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.forms import View
from bot.i18n import _
from bot.kinds import Place
from handlers import report, threat, words
from handlers.parts import Part
from handlers.registers import labels
from handlers.registers.entering import complete_entry
from handlers.registers.forms import NOT_LISTED, build_entry, facts_for, listed_assets
from models.category import CHOOSABLE
from models.duty import open_duty
from models.guess import guess_code
from models.hints import THREAT, Kind
from models.kind import Kind as Register
from models.people import Actor, list_departments
from models.register import KINDS
from models.whereabouts import place_said

REGISTERS = ("hazard", "fault", "complaint", "seizure", "clue", "check", "dispute")
"""Those that something noticed goes into; what was planned (a drill, a meeting) is entered from /tasks."""
_LONGEST_PLACE = 60


def kinds_for(role: str) -> list[Kind]:
    """What a role may make of a message, in the order of the menu."""
    registers = [("entry", code) for code in REGISTERS if role in KINDS[code].roles]
    return [*registers, THREAT, *(("incident", code) for code in CHOOSABLE)]


def name_of(kind: Kind) -> str:
    """What a kind is called on its button."""
    family, code = kind
    names: dict[str, Callable[[str], str]] = {"entry": labels.kind, "incident": words.category}
    return names[family](code) if family in names else _("⚠️ Threat")


def facts(conn: Connection, me: Actor) -> dict[str, Any]:
    """What the forms have to know of the hospital and of who writes, by form."""
    duty = open_duty(conn, me.id)
    registers = [KINDS[code] for code in REGISTERS]
    found: dict[str, Any] = {
        kind.code: facts_for(conn, me, kind.fields, kind) for kind in registers
    }
    found["threat"] = {"departments": list_departments(conn, me.hospital.id)}
    return {"facts": found, "post": duty.post if duty else None}


def chosen(view: View) -> Kind | None:
    """The kind that was said it is."""
    said = view.get("sort")
    return (said.partition(":")[0], said.partition(":")[2]) if said else None


def _words(view: View) -> str:
    return str((view.get("what") or {}).get("text", ""))


def _place(view: View) -> Any:
    """Sent from the phone, named in the words, else where the one who writes stands or works."""
    point = (view.get("what") or {}).get("place")
    if point:
        return {"point": point}
    said = place_said(_words(view)) or view.params["post"] or view.actor.department
    return said[:_LONGEST_PLACE] if said else _("not given")


def _place_in_words(view: View) -> str:
    return Place().show(_place(view), view)


def _named(field: str, default: str) -> Callable[[View], str]:
    return lambda view: guess_code(field, _words(view)) or default


def _asset(view: View) -> str:
    """The listed piece of equipment whose place is named, where it is only one."""
    said = _words(view)
    found = [key for key, place in listed_assets(view) if place in said]
    return str(found[0]) if len(found) == 1 else NOT_LISTED


_FROM_WORDS: Mapping[str, Callable[[View], Any]] = {
    "place": _place_in_words,
    "system": _named("system", "other_system"),
    "asset": _asset,
    "item": _named("item", "other_item"),
    "material": _named("material", "drugs"),
    "found": lambda _view: "yes",
    "count": lambda _view: ["1"],
}


def _entry(register: Register) -> Part:
    keys = {field.key for field in register.fields}
    return Part(
        code=register.code,
        form=build_entry(register),
        complete=partial(complete_entry, kind=register),
        chosen=lambda view: chosen(view) == ("entry", register.code),
        proposed={key: tell for key, tell in _FROM_WORDS.items() if key in keys},
    )


def _category(view: View) -> dict[str, Any]:
    kind = chosen(view)
    return {"category": kind[1]} if kind else {}


_THREAT = Part(
    code="threat",
    form=threat.build({}),
    complete=threat.complete,
    chosen=lambda view: chosen(view) == THREAT,
    proposed={"place": _place},
)
_INCIDENT = Part(
    code="incident",
    form=replace(report.build_report({}), questions=report.DETAILS),
    complete=report.complete,
    chosen=lambda view: (chosen(view) or THREAT)[0] == "incident",
    known=_category,
    proposed={"place": _place},
)
PARTS = (*(_entry(KINDS[code]) for code in REGISTERS), _THREAT, _INCIDENT)
"""The forms that a message can go on in."""

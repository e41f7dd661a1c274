"""What the commission's people may see: the hospitals of their own district, and how one of them is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from bot.forms import Question, Refused, View
from bot.i18n import _
from bot.incoming import Incoming, row_of
from bot.kinds import Choice, options_named
from bot.turn import Turn
from models.district import district_of
from models.people import HospitalFacts, list_hospitals

_LISTED = 8
_NAMED = 5


def own_district(turn: Turn) -> int:
    """The district of whoever acts."""
    return district_of(turn.conn, turn.actor.hospital.id)


def hospitals_seen(turn: Turn) -> dict[int, HospitalFacts]:
    """Every hospital of that district by id, in the order of their codes."""
    found = list_hospitals(turn.conn, district_id=own_district(turn))
    return {each.id: each for each in found}


def hospital_pressed(turn: Turn, number: str) -> HospitalFacts | None:
    """The hospital that a button names; None, with a note, for one of another district."""
    found = hospitals_seen(turn).get(row_of(number))
    if found is None:
        turn.toast(_("This hospital is not in your district."))
    return found


def named(hospital: HospitalFacts) -> str:
    """A hospital by code and name."""
    return f"{hospital.code} {hospital.name}"


def year_of(turn: Turn) -> int:
    """The year by the clock of whoever acts."""
    return turn.now.astimezone(turn.actor.hospital.zone).year


def year_began(turn: Turn) -> datetime:
    """When that year began."""
    return datetime(year_of(turn), 1, 1, tzinfo=turn.actor.hospital.zone).astimezone(UTC)


# -- choosing one in a form ------------------------------------------------------------------------


def context(conn: Connection, params: dict[str, Any]) -> dict[str, Any]:
    """The hospitals of the district that a form was begun for."""
    if "district" not in params:
        return {}
    found = list_hospitals(conn, district_id=params["district"])
    return {"hospitals": [(str(each.id), named(each)) for each in found]}


def which_hospital(params: dict[str, Any]) -> Question:
    """The question for a hospital of the district; a part of its name is enough where that is one hospital's only."""
    return Question(
        key="hospital",
        kind=_Hospitals(
            options=lambda _view: options_named(params.get("hospitals", ())),
            columns=1,
            common=_LISTED,
            page_size=_LISTED,
        ),
        ask=lambda _view: _(
            "Which hospital? Press it, or type its code or a part of its name, for example: QP01."
        ),
        label=lambda _view: _("hospital"),
    )


def chosen_hospital(turn: Turn, answers: dict[str, Any]) -> HospitalFacts:
    """The hospital that was chosen; Refused for one that has left the district meanwhile."""
    found = hospitals_seen(turn).get(row_of(str(answers["hospital"])))
    if found is None:
        raise Refused(_("This hospital is not in your district."))
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hospitals(Choice):
    """One of many hospitals, pressed or found by what is typed."""

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """The one hospital whose code is typed, or whose name holds what is typed; Refused else."""
        typed = " ".join(incoming.text.split()).casefold()
        known = [(code, label(view)) for code, label in self.options(view)]
        exact = [code for code, name in known if typed == name.split(" ")[0].casefold()]
        found = exact or [code for code, name in known if typed and typed in name.casefold()]
        if len(found) == 1:
            return found[0]
        if not found:
            raise Refused(_("No hospital of the district is called that. Please press one."))
        raise Refused(_several([name for code, name in known if code in found]))


def _several(names: Sequence[str]) -> str:
    shown = _(", ").join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")
    return _("{n} hospitals fit: {names}. Please type the code.").format(n=len(names), names=shown)

"""A 通报 to all hospitals of the district: to every safety officer, administrator and leader; kept as written."""

from typing import Any

from bot.forms import Form, Question, View
from bot.i18n import _, n_
from bot.kinds import Text
from bot.messages import Button, Buttons, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers.district.seen import hospitals_seen, own_district
from handlers.roles import COMMISSION
from models import audit
from models.district import insert_bulletin
from models.masking import mask
from models.people import reachable_in

_READERS = ("officer", "admin", "leader")
_LONGEST = 2000


def begin_bulletin(turn: Turn) -> None:
    """Ask for the text."""
    turn.talks.begin(turn, "bulletin", params={"hospitals": len(hospitals_seen(turn))})


def build_bulletin(_params: dict[str, Any]) -> Form:
    """The text, and a card to be sure."""
    return Form(
        name="bulletin",
        version=1,
        title=lambda _view: _("a bulletin"),
        questions=(
            Question(
                key="words",
                kind=Text(longest=_LONGEST),
                ask=lambda _view: _(
                    "What shall all hospitals read? Up to {n} characters; leave names out."
                ).format(n=_LONGEST),
                label=lambda _view: _("text"),
            ),
        ),
        card=_card,
        submit=lambda _view: _("✅ Send to all"),
    )


def _card(view: View) -> str:
    hospitals = view.params["hospitals"]
    first = n_(
        "Send to {n} hospital? It cannot be called back.",
        "Send to {n} hospitals? It cannot be called back.",
        hospitals,
    )
    return first.format(n=hospitals) + "\n" + mask(view.answers["words"])


def complete_bulletin(turn: Turn, finished: Finished) -> None:
    """Keep it, and owe it to everybody whom it concerns."""
    district, text = own_district(turn), finished.answers["words"]
    readers = reachable_in(turn.conn, district, _READERS)
    number = insert_bulletin(
        turn.conn,
        district_id=district,
        words=text,
        readers=len(readers),
        member_id=turn.actor.id,
        at=turn.now,
    )
    hidden = mask(text)
    tell_each(turn, readers, lambda _reader: _told(hidden), priority=Priority.DIGEST)
    audit.note(
        turn.conn,
        at=turn.now,
        action="bulletin.sent",
        subject=str(number),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        readers=len(readers),
    )
    reached = {each.hospital.id for each in readers}
    said = n_("✅ On its way to {n} person", "✅ On its way to {n} people", len(readers))
    lines = [said.format(n=len(readers))]
    if missing := len(set(hospitals_seen(turn)) - reached):
        lines.append(
            n_(
                "At {n} hospital nobody can be reached here.",
                "At {n} hospitals nobody can be reached here.",
                missing,
            ).format(n=missing)
        )
    turn.say("\n".join(lines), [[Button(_("Back"), "district:o:0")]])


def _told(text: str) -> tuple[str, Buttons]:
    return _("Bulletin of the health commission, please read:") + "\n" + text, []


BULLETIN = Conversation(
    name="bulletin",
    version=1,
    roles=COMMISSION,
    build=build_bulletin,
    complete=complete_bulletin,
)

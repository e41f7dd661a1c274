"""Whose draft is in play: start, answer, press, cancel, resume. What a draft then does is in seat."""

from typing import Any

from bot.i18n import _
from bot.incoming import row_of
from bot.registry import Conversation, Registry
from bot.sealing import Unopenable, open_values, seal_values
from bot.seat import Seat
from bot.turn import Turn
from models import draft as drafts


class Runner:
    """Advances drafts by the registry's conversations."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def begin(
        self,
        turn: Turn,
        form: str,
        *,
        params: dict[str, Any] | None = None,
        answers: dict[str, Any] | None = None,
        held: dict[str, Any] | None = None,
        intro: str = "",
        read: bool = False,
    ) -> None:
        """Start a form, or resume the member's open draft of it at its question.

        ``answers`` given, if only ``{}``, begin anew; ``held`` are former answers that can be kept as
        they were; ``read`` takes this very message as an answer.
        """
        talk = self._registry.by_form[form]
        rows = drafts.open_drafts(turn.conn, turn.actor.id)
        found = next((row for row in rows if row.form == form and answers is None), None)
        if any(row.state == "active" and row is not found for row in rows):
            drafts.park_active(turn.conn, turn.actor.id)
        if found is not None and found.version == talk.version:
            if read:
                drafts.move_draft(turn.conn, found.id, "active", now=turn.now)
                self.answer(turn)
            else:
                self.resume(turn, found, intro=_("Picking up where you left off."))
            return
        for row in rows:
            if row.form == form:
                drafts.delete_draft(turn.conn, row.id)
        values: dict[str, Any] = {
            "member_id": turn.actor.id,
            "form": form,
            "version": talk.version,
            "params": params or {},
            "answers": answers or {},
            "held": held or {},
            "created_at": self._began(turn),
            "updated_at": turn.now,
        }
        stored = values
        if talk.sealed:
            stored = seal_values(turn.house.cipher, values, owner=turn.actor.id)
        draft_id = drafts.insert_draft(turn.conn, **stored)
        seat = Seat(turn, talk, draft_id, {**values, "editing": None})
        if read:
            seat.read()
        else:
            seat.ask(intro=intro)

    @staticmethod
    def _began(turn: Turn) -> Any:
        # A message that waited out a downtime began when it was written, not when it was read.
        written = turn.incoming.date
        return (
            written if written and 0 < (turn.now - written).total_seconds() < 172_800 else turn.now
        )

    def resume(self, turn: Turn, row: Any, *, intro: str = "") -> None:
        """Make a draft the active one and ask its question again."""
        if row.state != "active":
            drafts.park_active(turn.conn, turn.actor.id)
            drafts.move_draft(turn.conn, row.id, "active", now=turn.now)
        seat = self._seat(turn, row)
        if seat:
            seat.ask(intro=intro)

    def answer(self, turn: Turn) -> bool:
        """Take a plain message as the answer to the active draft; False when there is none."""
        row = drafts.active_draft(turn.conn, turn.actor.id)
        if row is None:
            return False
        seat = self._seat(turn, row)
        if seat:
            seat.read()
        return True

    def press(self, turn: Turn) -> None:
        """Do what a form's button says, after checking that it is still this member's to press."""
        parts = turn.incoming.data.split(":", 3)
        number = row_of(parts[1]) if len(parts) == 4 else 0
        row = drafts.draft_by_id(turn.conn, turn.actor.id, number)
        if row is None:
            turn.toast(_("This button is used up. What was submitted is kept; see /mine."))
            return
        key, option = parts[2], parts[3]
        if row.state == "discarded":
            self._restore(turn, row, option)
            return
        seat = self._seat(turn, row)
        if seat is None:
            return
        if row.state == "parked":
            drafts.park_active(turn.conn, turn.actor.id)
            drafts.move_draft(turn.conn, row.id, "active", now=turn.now)
        seat.press(key, option)

    def cancel(self, turn: Turn) -> bool:
        """Discard the active draft and say what it was; False when there is none."""
        row = drafts.active_draft(turn.conn, turn.actor.id)
        if row is None:
            return False
        seat = self._seat(turn, row)
        if seat:
            seat.cancel()
        return True

    def describe(self, turn: Turn, row: Any) -> tuple[str, str]:
        """(title, summary) of a draft for a list of them."""
        talk = self._registry.by_form.get(row.form)
        if talk is None or talk.version != row.version:
            return row.form, ""
        try:
            seat = Seat(turn, talk, row.id, _opened(turn, talk, row))
        except Unopenable:
            return row.form, ""
        return seat.form.title(seat.view), seat.summary()

    def _seat(self, turn: Turn, row: Any) -> "Seat | None":
        talk = self._registry.by_form.get(row.form)
        if talk is None or talk.version != row.version:
            drafts.delete_draft(turn.conn, row.id)
            turn.say(_("This form was changed meanwhile and closed. Please start it again."))
            return None
        if turn.actor.role not in talk.roles:
            drafts.delete_draft(turn.conn, row.id)
            turn.say(_("Your role has changed; this form is no longer yours and was closed."))
            return None
        try:
            return Seat(turn, talk, row.id, _opened(turn, talk, row))
        except Unopenable:
            drafts.delete_draft(turn.conn, row.id)
            turn.say(
                _(
                    "This form was kept under another key, cannot be opened any more and was closed. "
                    "Please start it again."
                )
            )
            return None

    def _restore(self, turn: Turn, row: Any, option: str) -> None:
        others = drafts.open_drafts(turn.conn, turn.actor.id)
        if option != "restore" or any(other.form == row.form for other in others):
            turn.toast(_("This button is used up. What was submitted is kept; see /mine."))
            return
        self.resume(turn, row, intro=_("Everything is back."))


def _opened(turn: Turn, talk: Conversation, row: Any) -> dict[str, Any]:
    values: dict[str, Any] = row._asdict()
    if talk.sealed:
        return open_values(turn.house.cipher, values, owner=turn.actor.id)
    return values

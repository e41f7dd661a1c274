"""Whose draft is in play: start, answer, press, cancel, resume. What a draft then does is in seat."""

from dataclasses import replace
from functools import partial
from typing import Any

from bot.album_parts import join_part
from bot.handback import told_in
from bot.i18n import _
from bot.incoming import Incoming, row_of
from bot.messages import Buttons
from bot.registry import Conversation, Registry, guarded
from bot.sealing import Unopenable, open_values, seal_values
from bot.seat import Seat
from bot.turn import Turn
from bot.typed import LONGEST, pressed
from models import draft as drafts
from models.shown import newest_shown


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
        told: Incoming | None = None,
    ) -> None:
        """Start a form, or resume the member's open draft of it at its question.

        ``answers`` given, if only ``{}``, begin anew; ``held`` are former answers that can be kept as
        they were; ``read`` takes this very message as an answer, ``told`` is put into the form's account.
        """
        turn.incoming = told or turn.incoming
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
                again = _("Picking up where you left off.")
                self.resume(turn, found, intro=again, told=told is not None)
            return
        for row in rows:
            if row.form == form:
                self._replace(turn, row)
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
        if told is not None:
            seat.tell(intro=intro)
        elif read:
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

    def resume(self, turn: Turn, row: Any, *, intro: str = "", told: bool = False) -> None:
        """Make a draft the active one and ask its question again; with ``told`` this message goes into its account."""
        if row.state != "active":
            drafts.park_active(turn.conn, turn.actor.id)
            drafts.move_draft(turn.conn, row.id, "active", now=turn.now)
        seat = self._seat(turn, row)
        if seat and told:
            seat.tell(intro=intro)
        elif seat:
            seat.ask(intro=intro)

    def answer(self, turn: Turn) -> bool:
        """Take a plain message as the answer to the active draft; False when there is none that could take it."""
        row = drafts.active_draft(turn.conn, turn.actor.id)
        seat = self._seat(turn, row) if row is not None else None
        if seat:
            seat.read()
        return seat is not None

    def join(self, turn: Turn, draft_id: int) -> tuple[str, Buttons] | None:
        """Take a further part of an album where its first part went; what is shown then, nothing for a cancelled draft.

        None where the first part is not there any more; raises Refused.
        """
        row = drafts.draft_by_id(turn.conn, turn.actor.id, draft_id)
        seat = self._seat(turn, row) if row is not None else None
        shown = join_part(seat) if seat else None
        return ("", ()) if shown and row and row.state == "discarded" else shown

    def typed(self, turn: Turn) -> bool:
        """Do what the button says whose label was typed: of the newest message, or of late where no form is open."""
        incoming = turn.incoming
        if incoming.kind != "text" or len(incoming.text) > LONGEST:
            return False
        shown = newest_shown(turn.conn, incoming.chat_id, now=turn.now)
        if drafts.active_draft(turn.conn, turn.actor.id) is not None:
            shown = shown[:1]
        data = next(filter(None, (pressed(incoming.text, names) for names in shown)), None)
        press = self._registry.by_press.get(data.partition(":")[0]) if data else None
        if press is None or data is None:
            return False
        turn.incoming = replace(incoming, kind="press", data=data, message_id=None)
        guarded(press.act, press.roles)(turn)
        return True

    def give_back(self, turn: Turn) -> None:
        """Show somebody who is no member any more what they had told and not filed; once, and only their own words."""
        for row in drafts.drafts_of_removed(turn.conn, turn.incoming.user_id):
            told = self._told(turn, row)
            drafts.move_draft(turn.conn, row.id, "discarded", now=turn.now)
            if told:
                first = _("You are no longer on the list of this hospital. This was not filed yet:")
                turn.send(f"{first}\n{told}")

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
        # The message that is edited now may have shown it: it must not go with the old text.
        turn.lead = turn.lead or partial(self._registry.lead, turn)
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
            self._close(turn, row, _("This form was changed meanwhile. Please start it again."))
            return None
        if turn.actor.role not in talk.roles:
            self._park(turn, row)
            return None
        try:
            return Seat(turn, talk, row.id, _opened(turn, talk, row))
        except Unopenable:
            self._close(
                turn,
                row,
                _(
                    "This form was kept under another key, cannot be opened any more and was closed. "
                    "Please start it again."
                ),
            )
            return None

    def _close(self, turn: Turn, row: Any, why: str) -> None:
        """Close a draft that nothing can go on with; what was told is shown once more, nothing of it is lost."""
        told = self._told(turn, row)
        drafts.delete_draft(turn.conn, row.id)
        lines = [why, _("You had told this so far:"), told] if told else [why]
        turn.send("\n".join(lines))

    def _replace(self, turn: Turn, row: Any) -> None:
        """Let a draft make room for a new one of its form; what was told in it is shown."""
        if row.version != self._registry.by_form[row.form].version:
            self._close(turn, row, _("This form was changed meanwhile and begins anew."))
            return
        told = self._told(turn, row)
        drafts.delete_draft(turn.conn, row.id)
        if told:
            turn.send("\n".join([_("This form begins anew. You had told this before:"), told]))

    def _park(self, turn: Turn, row: Any) -> None:
        """Keep a draft for which its owner has no longer the role, and say what stands in it and who can file it."""
        drafts.move_draft(turn.conn, row.id, "parked", now=turn.now)
        lines = [
            _(
                "Your role has changed: this form is no longer yours to submit. It is kept in /mine."
            ),
            _("A colleague or the safety office can file it for you: send them these words."),
            self._told(turn, row),
        ]
        turn.send("\n".join(filter(None, lines)))

    def _told(self, turn: Turn, row: Any) -> str:
        talk = self._registry.by_form.get(row.form)
        values: dict[str, Any] = row._asdict()
        if talk is not None and talk.sealed:
            try:
                values = open_values(turn.house.cipher, values, owner=row.member_id)
            except Unopenable:
                return ""
        return told_in(values)

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

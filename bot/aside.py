"""What is sent beside the question: it goes into the account, where the form has one, and is said where it went."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.album_parts import note_album
from bot.forms import Question, Refused, TooMuch, Unreadable, View
from bot.i18n import _
from bot.kinds import parts_of
from bot.messages import Button
from bot.pieces import mark_of
from bot.received import received, what_came
from bot.typed import PRESS

if TYPE_CHECKING:
    from bot.seat import Seat

DROP = "drop="
"""The option that takes a piece out of the account again."""
ADDED = "~added"
"""Where among the held values the mark of the piece stands that can be taken out by name."""


def take_aside(
    seat: "Seat", question: Question | None, refusal: Exception, *, intro: str = ""
) -> None:
    """Keep a message that does not answer the open question, or say why not and what is expected."""
    incoming = seat.turn.incoming
    stray = isinstance(refusal, Unreadable) or bool(incoming.files or incoming.place)
    if (
        not stray
        or isinstance(refusal, TooMuch)
        or (question is not None and question is seat.account)
    ):
        seat.ask(intro=str(refusal))
    elif seat.account is None:
        seat.ask(intro=_not_kept(seat, refusal))
    else:
        _add(seat, question, seat.account, intro)


def _not_kept(seat: "Seat", refusal: Exception) -> str:
    expected = str(refusal) or _("Please use the buttons. Everything so far is kept.")
    what = what_came(seat.turn.incoming)
    if seat.turn.incoming.files or seat.turn.incoming.place:
        lost = _(
            "{what} not kept: this form has no room for it. Finish or cancel it, then send it again."
        )
    else:
        lost = _("{what} not taken down.")
    return lost.format(what=what) + "\n" + expected


def _add(seat: "Seat", question: Question | None, account: Question, intro: str) -> None:
    before = _before(seat, account)
    view = replace(seat.view, answers={**seat.view.answers, account.key: before})
    try:
        told = account.kind.read(seat.turn.incoming, view if before else seat.view, account.key)
    except Refused as refusal:
        seat.ask(intro=str(refusal))
        return
    heard = _heard(seat, question)
    found = {question.key: heard} if question and heard is not None else {}
    note_album(seat)
    added = {ADDED: [mark_of(parts_of(told)[-1])]} if _words_new(told, before) else {}
    seat.keep({account.key: told, **found}, added)
    lines = [intro, *_where_to(seat, account, told, before)]
    if question and found:
        taken = _("Taken as: {answer}.")
        lines.insert(1, taken.format(answer=question.kind.show(heard, seat.view)))
    elif question and not question.leave and question.kind.rows(seat.view, question.key, 0):
        lines.append(_pressing(question, seat.view))
    seat.ask(intro="\n".join(filter(None, lines)), first=_way_back(seat, told, before))


def _before(seat: "Seat", account: Question) -> Any:
    """What was told so far, also where it has been taken back into hand."""
    return seat.view.answers.get(account.key) or seat.view.held.get(account.key)


def _heard(seat: "Seat", question: Question | None) -> Any:
    words = seat.turn.incoming.text
    return question.hear(words) if question and question.hear and words else None


def _where_to(seat: "Seat", account: Question, told: Any, before: Any) -> list[str]:
    incoming, lines = seat.turn.incoming, []
    if incoming.files:
        lines.append(received(incoming, [str(file["kind"]) for file in told["files"]]))
    if incoming.place:
        lines.append(_("The place is taken down."))
    if _words_new(told, before):
        lines.append(_("Added to the {what}.").format(what=account.label(seat.view)))
    elif incoming.text:
        lines.append(_("That is in the {what} already.").format(what=account.label(seat.view)))
    return lines


def _words_new(told: Any, before: Any) -> bool:
    return bool(told["text"] != (before or {}).get("text", ""))


def _pressing(question: Question, view: View) -> str:
    return _("For the {what}, please press a button below.").format(what=question.label(view))


def _way_back(seat: "Seat", told: Any, before: Any) -> list[list[Button]]:
    return [list(out_again(seat))] if _words_new(told, before) else []


def out_again(seat: "Seat") -> Iterator[Button]:
    """The button that takes out the piece added last."""
    account = seat.account
    for mark in seat.view.held.get(ADDED, ()) if account else ():
        data = f"{PRESS}:{seat.draft_id}:{account.key}:{DROP}{mark}" if account else ""
        yield Button(_("Leave that out"), data)

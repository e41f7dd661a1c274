"""Handing a shift over: choosing a colleague, who gets the open cases and a button to take over."""

from bot.i18n import _, use_locale
from bot.messages import Button, Priority
from bot.turn import Turn
from handlers.shifts import begin_shift, note_shift, open_case_lines, screen
from models.duty import name_post, offer_duty, open_duty, take_offer
from models.people import Actor, actor_by_id, reachable_actors

_STAND_IN = ("guard", "doctor")
"""Who may take over from anybody; besides them whoever has the same role."""
_PAGE = 8


def ask_whom(turn: Turn, page: int) -> None:
    """Show the colleagues who could take over, those of the same role first."""
    if open_duty(turn.conn, turn.actor.id) is None:
        turn.toast(_("You are off duty already."))
        return
    colleagues = _colleagues(turn)
    if not colleagues:
        turn.toast(_("There is nobody to hand over to. You can sign off instead."))
        return
    first = page * _PAGE if page * _PAGE < len(colleagues) else 0
    shown = colleagues[first : first + _PAGE]
    rows = [[Button(actor.display_name, f"duty:to:{actor.id}")] for actor in shown]
    if first + _PAGE < len(colleagues):
        rows.append([Button(_("More…"), f"duty:hand:{first // _PAGE + 1}")])
    elif first:
        rows.append([Button(_("To the first"), "duty:hand")])
    turn.say(_("To whom do you hand over? They have to accept it."), rows)


def _colleagues(turn: Turn) -> list[Actor]:
    roles = {turn.actor.role, *_STAND_IN}
    found = reachable_actors(turn.conn, turn.actor.hospital.id, roles)
    others = [actor for actor in found if actor.id != turn.actor.id]
    return sorted(others, key=lambda actor: actor.role != turn.actor.role)


def offer(turn: Turn, member_id: int) -> None:
    """Ask a colleague to take over; until they do, nothing changes."""
    mine = open_duty(turn.conn, turn.actor.id)
    colleague = next((a for a in _colleagues(turn) if a.id == member_id), None)
    if mine is None or colleague is None:
        _refuse(turn)
        return
    offer_duty(turn.conn, mine.id, to=colleague.id, now=turn.now)
    with use_locale(colleague.locale):
        lines = [
            _("📌 {name} wants to hand the shift over to you.").format(name=turn.actor.display_name)
        ]
        if mine.post:
            lines.append(_("Post: {post}").format(post=mine.post))
        lines += open_case_lines(turn.conn, colleague)
        buttons = [[Button(_("Take over"), f"duty:take:{mine.id}")]]
    turn.tell(colleague, "\n".join(lines), buttons, priority=Priority.REPLY)
    turn.say(
        _("Asked {name}. You stay on duty until they take over.").format(
            name=colleague.display_name
        )
    )


def _refuse(turn: Turn) -> None:
    turn.toast(_("This hand-over is not possible any more. /duty shows how it stands."))


def take_over(turn: Turn, shift_id: int) -> None:
    """End a colleague's shift and go on duty at their post; once, and only whom it was offered to."""
    shift = take_offer(turn.conn, shift_id, to=turn.actor.id, now=turn.now)
    if shift is None:
        _refuse(turn)
        return
    if not begin_shift(turn, post=shift.post) and shift.post:
        name_post(turn.conn, turn.actor.id, shift.post)
    former = actor_by_id(turn.conn, shift.member_id)
    if former is not None:
        note_shift(turn, "duty.handed_over", former)
        with use_locale(former.locale):
            text = _("✅ {name} has taken over; you are off duty. Thank you.").format(
                name=turn.actor.display_name
            )
        turn.tell(former, text, priority=Priority.REPLY)
    turn.say(*screen(turn, _("✅ You have taken over: alarms call you from now on.")))

"""Whose a section is, and by when: asked of whoever runs the self-check, told to whoever it is."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.day import Day, today_of
from bot.forms import Form, Question, Refused, View
from bot.i18n import _, use_locale
from bot.kinds import Choice, Option, options_named
from bot.messages import Button, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.roles import DUTY
from handlers.selfchecks.review import find_section
from handlers.selfchecks.status import due_words, status_screen
from models import audit
from models.people import list_actors, reachable_actor
from models.selfcheck import TO_ANSWER, assign_section

_DAYS = 14
"""Until when a section is to be answered (our default)."""


def begin_assigning(turn: Turn, row: Any) -> None:
    """Ask who answers a section, and by when."""
    if turn.actor.role not in DUTY or row.state not in TO_ANSWER:
        turn.toast(_("This section waits for no answers any more."))
        return
    people = [
        [each.id, f"{each.display_name} · {words.role(each.role)}"]
        for each in list_actors(turn.conn, turn.actor.hospital.id, DUTY)
    ]
    params = {"section": row.section, "people": people}
    turn.talks.begin(turn, "check_assign", params=params, answers={})


def _people(view: View) -> Sequence[Option]:
    return options_named((str(key), name) for key, name in view.params["people"])


def build_assigning(_params: dict[str, Any]) -> Form:
    """Who, and the day on the card."""
    who = Question(
        key="who",
        kind=Choice(options=_people, columns=1, common=8, page_size=8),
        ask=lambda view: _("Who answers section {section}?").format(section=view.params["section"]),
        label=lambda _view: _("person"),
    )
    due = Question(
        key="due",
        kind=Day(),
        ask=lambda _view: _("By which day? For example: 20 May."),
        label=lambda _view: _("due day"),
        proposed=lambda view: str(today_of(view.begun_at, view.zone) + timedelta(days=_DAYS)),
    )

    def card(view: View) -> str:
        day = view.get("due") or due.proposed(view)  # type: ignore[misc]
        ours = "" if "due" in view.answers else _(" (our default, can be changed)")
        return _("Section {section}: {who}, by {day}{ours}.").format(
            section=view.params["section"],
            who=who.kind.show(view.answers["who"], view),
            day=due.kind.show(day, view),
            ours=ours,
        )

    return Form(
        name="check_assign",
        version=1,
        title=lambda _view: _("self-check"),
        questions=(who, due),
        card=card,
        submit=lambda _view: _("✅ Assign"),
    )


def complete_assigning(turn: Turn, finished: Finished) -> None:
    """Keep who and when; tell them."""
    section = finished.view.params["section"]
    check, row = find_section(turn, section, lock=True)
    reader = reachable_actor(turn.conn, int(finished.answers["who"]))
    if reader is None or reader.hospital.id != turn.actor.hospital.id or reader.role not in DUTY:
        raise Refused(_("This colleague is no longer here. Please choose somebody else."))
    due = date.fromisoformat(finished.answers["due"])
    done = row is not None and assign_section(
        turn.conn, check.id, section, member_id=reader.id, due_on=due
    )
    if not done:
        raise Refused(_("This section waits for no answers any more."))
    audit.note(
        turn.conn,
        at=turn.now,
        action="selfcheck.assigned",
        subject=str(check.year),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        section=section,
        to=reader.id,
    )
    if reader.id != turn.actor.id:
        with use_locale(reader.locale):
            said = _("📋 Self-check, section {section}: please answer it {due}.")
            text = said.format(section=section, due=due_words(due, turn))
            buttons = [[Button(_("Answer"), f"check:{section}:answer")]]
        turn.tell(reader, text, buttons, priority=Priority.NOTICE)
    text, more = status_screen(turn)
    turn.say(_("✅ Assigned.") + "\n" + text, more)


ASSIGNING = Conversation(
    name="check_assign", version=1, roles=DUTY, build=build_assigning, complete=complete_assigning
)

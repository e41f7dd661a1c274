"""/admin: invite, list and remove people; the hospital's beds and outpatients a day."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from bot.forms import Form, Question, Refused, View
from bot.i18n import N_, _
from bot.kinds import Choice, Option, Text, options_named, options_of
from bot.messages import Button
from bot.read_kinds import Numbers
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.filing.passing import pass_on
from handlers.roles import ADMINS
from models import audit
from models.duty import end_duty, on_duty_ids
from models.invite import create_invite
from models.people import (
    HOSPITAL,
    Actor,
    count_members,
    ensure_department,
    list_actors,
    list_departments,
    remove_member,
)

INVITABLE = ("guard", "doctor", "head", "officer", "admin", "leader")
LEVEL_NAMES = {1: N_("level 1"), 2: N_("level 2"), 3: N_("level 3")}
_PAGE = 20
_NONE, _OTHER = "none", "new"


def invite_link(bot_name: str | None, code: str) -> str:
    """The deep link that joins at once, or the command to type while the bot's name is unknown."""
    return f"https://t.me/{bot_name}?start={code}" if bot_name else f"/start {code}"


def show_admin(turn: Turn) -> None:
    """The administrator's menu."""
    hospital = turn.actor.hospital
    unknown = _("not set")
    lines = [
        _("{hospital} ({code}), {level}").format(
            hospital=hospital.name, code=hospital.code, level=_(LEVEL_NAMES[hospital.level])
        ),
        _("Beds: {beds} · outpatients a day: {visits}").format(
            beds=unknown if hospital.beds is None else hospital.beds,
            visits=unknown if hospital.outpatients_a_day is None else hospital.outpatients_a_day,
        ),
    ]
    buttons = [
        [Button(_("Invite"), "admin:invite"), Button(_("Members"), "admin:list")],
        [Button(_("If nobody comes"), "chain:show"), Button(_("Police phone"), "police_phone:set")],
        [Button(_("Operations room"), "room:show"), Button(_("Beds, visits"), "admin:facts")],
        [Button(_("Scorecard"), "rubric:"), Button(_("Papers owed"), "papers:p0")],
        [Button(_("Remove one"), "admin:remove")],
    ]
    turn.send("\n".join(lines), buttons)


def press_admin(turn: Turn) -> None:
    """Open what the menu offers."""
    verb = turn.incoming.data.partition(":")[2]
    if verb == "invite":
        departments = list_departments(turn.conn, turn.actor.hospital.id)
        turn.talks.begin(turn, "invite", params={"departments": departments}, answers={})
    elif verb == "facts":
        turn.talks.begin(turn, "facts", answers={})
    elif verb == "remove":
        people = [
            [a.id, f"{a.display_name} · {words.role(a.role)}"]
            for a in list_actors(turn.conn, turn.actor.hospital.id)
            if a.id != turn.actor.id
        ]
        if people:
            turn.talks.begin(turn, "removal", params={"people": people}, answers={})
        else:
            turn.toast(_("There is nobody else to remove."))
    else:
        _list_members(turn)


def _list_members(turn: Turn) -> None:
    actors = list_actors(turn.conn, turn.actor.hospital.id)
    on_duty = on_duty_ids(turn.conn, turn.actor.hospital.id)
    lines = [
        _("Members: {n}, on duty now: {on_duty}").format(n=len(actors), on_duty=len(on_duty)),
        *(_member_line(actor, actor.id in on_duty) for actor in actors[:_PAGE]),
    ]
    if len(actors) > _PAGE:
        lines.append(_("… and {n} more").format(n=len(actors) - _PAGE))
    turn.send("\n".join(lines))


def _member_line(actor: Actor, on_duty: bool) -> str:
    place = [actor.department] if actor.department else []
    duty = [_("on duty")] if on_duty else []
    return " · ".join([actor.display_name, words.role(actor.role), *place, *duty])


# -- invite --------------------------------------------------------------------------------------


def _departments(view: View) -> Sequence[Option]:
    known = options_named((str(key), name) for key, name in view.params["departments"])
    return [
        *known,
        (_OTHER, lambda _view: _("New department")),
        (_NONE, lambda _view: _("None")),
    ]


def build_invite(_params: dict[str, Any]) -> Form:
    """Role, department (chosen or typed); the answer is a link to forward."""
    return Form(
        name="invite",
        version=1,
        title=lambda _view: _("invite"),
        questions=(
            Question(
                key="role",
                kind=Choice(options=options_of(INVITABLE, words.role)),
                ask=lambda _view: _("Whom do you want to invite?"),
                label=lambda _view: _("role"),
            ),
            Question(
                key="department",
                kind=Choice(options=_departments, common=30, page_size=30),
                ask=lambda _view: _("For which department?"),
                label=lambda _view: _("department"),
            ),
            Question(
                key="name",
                kind=Text(longest=40),
                ask=lambda _view: _("What is the department called? For example: ER."),
                label=lambda _view: _("name"),
                when=lambda view: view.get("department") == _OTHER,
            ),
        ),
    )


def complete_invite(turn: Turn, finished: Finished) -> None:
    """Make the code and show the link with words to forward."""
    hospital, answers = turn.actor.hospital, finished.answers
    department_id = _department_id(turn, answers)
    code = create_invite(
        turn.conn,
        hospital_id=hospital.id,
        role=answers["role"],
        department_id=department_id,
        now=turn.now,
        created_by=turn.actor.id,
    )
    audit.note(
        turn.conn,
        at=turn.now,
        action="invite.made",
        subject=answers["role"],
        hospital_id=hospital.id,
        member_id=turn.actor.id,
    )
    turn.say(_("✅ The invite is ready: one person, 24 hours. Please forward the next message."))
    turn.send(
        _(
            "{hospital} invites you to WardWatch as {role}. Open this link and press Start:\n{link}"
        ).format(
            hospital=hospital.name,
            role=words.role(answers["role"]),
            link=invite_link(turn.house.bot_name, code),
        )
    )


def _department_id(turn: Turn, answers: dict[str, Any]) -> int | None:
    choice = answers["department"]
    if choice == _NONE:
        return None
    if choice == _OTHER:
        return ensure_department(turn.conn, turn.actor.hospital.id, answers["name"])
    known = {str(key): key for key, _name in list_departments(turn.conn, turn.actor.hospital.id)}
    return known.get(choice)


INVITE = Conversation(
    name="invite", version=1, roles=ADMINS, build=build_invite, complete=complete_invite
)


# -- beds and outpatients ------------------------------------------------------------------------


def build_facts(_params: dict[str, Any]) -> Form:
    """Two numbers that decide which criteria apply."""
    return Form(
        name="facts",
        version=1,
        title=lambda _view: _("beds and visits"),
        questions=(
            Question(
                key="beds",
                kind=Numbers(most=20_000, example="800"),
                ask=lambda _view: _("How many beds does the hospital have? For example: 800."),
                label=lambda _view: _("beds"),
            ),
            Question(
                key="visits",
                kind=Numbers(most=100_000, example="3000"),
                ask=lambda _view: _("How many outpatients come a day? For example: 3000."),
                label=lambda _view: _("visits"),
            ),
        ),
    )


def complete_facts(turn: Turn, finished: Finished) -> None:
    """Keep both numbers."""
    beds, visits = (int(finished.answers[key][0]) for key in ("beds", "visits"))
    turn.conn.execute(
        update(HOSPITAL)
        .where(HOSPITAL.c.id == turn.actor.hospital.id)
        .values(beds=beds, outpatients_a_day=visits)
    )
    audit.note(
        turn.conn,
        at=turn.now,
        action="hospital.facts",
        subject=turn.actor.hospital.code,
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        beds=beds,
        visits=visits,
    )
    turn.say(
        _("✅ Kept: {beds} beds, {visits} outpatients a day.").format(beds=beds, visits=visits)
    )


FACTS = Conversation(
    name="facts", version=1, roles=ADMINS, build=build_facts, complete=complete_facts
)


# -- removing somebody ---------------------------------------------------------------------------


def _people(view: View) -> Sequence[Option]:
    return options_named((str(key), name) for key, name in view.params["people"])


def build_removal(_params: dict[str, Any]) -> Form:
    """Who, and a card to be sure."""
    who = Question(
        key="who",
        kind=Choice(options=_people, columns=1, common=8, page_size=8),
        ask=lambda _view: _("Who shall be removed?"),
        label=lambda _view: _("person"),
    )
    return Form(
        name="removal",
        version=1,
        title=lambda _view: _("removal"),
        questions=(who,),
        card=lambda view: _(
            "Remove {who}? Their records stay; they can no longer use the bot."
        ).format(who=who.kind.show(view.answers["who"], view)),
        submit=lambda _view: _("Remove"),
    )


def complete_removal(turn: Turn, finished: Finished) -> None:
    """End the membership; the last administrator stays."""
    chosen = int(finished.answers["who"])
    actors = list_actors(turn.conn, turn.actor.hospital.id)
    found = next((actor for actor in actors if actor.id == chosen), None)
    if found is None:
        turn.say(_("This person was removed already."))
        return
    if found.role == "admin" and count_members(turn.conn, turn.actor.hospital.id, "admin") == 1:
        raise Refused(_("The last administrator cannot be removed."))
    remove_member(turn.conn, found.id, now=turn.now)
    pass_on(turn, found)
    end_duty(turn.conn, found.id, by="left", now=turn.now)
    audit.note(
        turn.conn,
        at=turn.now,
        action="member.removed",
        subject=str(found.id),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
    )
    turn.say(_("✅ Removed: {who}.").format(who=found.display_name))


REMOVAL = Conversation(
    name="removal", version=1, roles=ADMINS, build=build_removal, complete=complete_removal
)

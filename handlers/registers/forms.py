"""The registers' forms, made from what models.register declares: questions, cards, and what an answer is stored as."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot.day import Day, today_of
from bot.forms import Form, Kind, Question, Unreadable, View
from bot.i18n import _
from bot.incoming import Incoming
from bot.kinds import Choice, Option, Story, Text, options_named, options_of
from bot.read_kinds import Moment, Numbers
from bot.turn import Turn
from handlers import words
from handlers.registers import labels
from handlers.roles import REPORTERS
from models.entry import assets_of
from models.house_rule import read_rule
from models.kind import Field, Move
from models.kind import Kind as Register
from models.people import Actor, list_actors

DAYS = "days:"
"""A hospital's own rule, with a register's code behind it: how many days until an entry is due."""
_OWNERS = 200
NOT_LISTED = "none"


def params_for(turn: Turn, of: Sequence[Field], kind: Register) -> dict[str, Any]:
    """What a form has to know of the hospital: colleagues to choose from, equipment, the due day."""
    return facts_for(turn.conn, turn.actor, of, kind)


def facts_for(conn: Connection, me: Actor, of: Sequence[Field], kind: Register) -> dict[str, Any]:
    """The same outside a turn, for whoever fills the form in."""
    found: dict[str, Any] = {}
    sorts = {field.sort for field in of}
    if "owner" in sorts:
        found |= _owners(conn, me, kind.owner)
    if "asset" in sorts:
        rows = assets_of(conn, me.hospital.id)
        found["assets"] = [[row.id, row.figures["system"], row.data["place"]] for row in rows]
    if "day" in sorts:
        own = read_rule(conn, me.hospital.id, DAYS + kind.code)
        found["days"] = own if isinstance(own, int) else kind.days
    return found


def _owners(conn: Connection, me: Actor, proposed: str | None) -> dict[str, Any]:
    """Whom to choose from, nearest first: oneself, one's department, heads and the safety office."""

    def distance(other: Actor) -> tuple[int, int]:
        near = other.department_id is not None and other.department_id == me.department_id
        order = ("head", "officer", "admin", "leader", "doctor", "guard")
        return (0 if other.id == me.id else 1 if near else 2, order.index(other.role))

    people = sorted(list_actors(conn, me.hospital.id, REPORTERS), key=distance)[:_OWNERS]
    first = {role: next((p.id for p in people if p.role == role), None) for role in _SEE_TO_IT}
    head = next((p.id for p in people if p.role == "head" and distance(p)[0] < 2), None)
    office = next((first[role] for role in _SEE_TO_IT if first[role]), me.id)
    owner = {"head": head or office, "office": office}.get(proposed or "", me.id)
    return {"people": [[p.id, _person(p, me)] for p in people], "owner": owner}


_SEE_TO_IT = ("officer", "admin")
"""Who sees to a hazard where no department head is near (our default)."""


def _person(other: Actor, me: Actor) -> str:
    if other.id == me.id:
        return _("Myself")
    place = f" · {other.department}" if other.department else ""
    return f"{other.display_name} · {words.role(other.role)}{place}"


# -- questions -------------------------------------------------------------------------------------


def _people(view: View) -> Sequence[Option]:
    return options_named((str(key), name) for key, name in view.params["people"])


def _assets(view: View) -> Sequence[Option]:
    listed = options_named((str(key), place) for key, place in listed_assets(view))
    return [*listed, (NOT_LISTED, lambda _view: _("Not in the list"))]


def listed_assets(view: View) -> list[tuple[int, str]]:
    """The equipment of the system chosen: (its entry's id, where it is)."""
    system = view.get("system")
    return [(key, place) for key, of, place in view.params["assets"] if of == system]


class _Place(Text):
    """Where, in words. A photo sent meanwhile is not refused but left to the form's account."""

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """The words."""
        if incoming.kind in ("files", "location"):
            raise Unreadable
        return Text.read(self, incoming, view, key)


def _kind(field: Field) -> Kind:
    makers: dict[str, Callable[[], Kind]] = {
        "code": lambda: Choice(
            options=options_of(field.codes, lambda code: labels.code(field.key, code))
        ),
        "number": lambda: Numbers(least=field.least, most=99_999),
        "place": _Place,
        "text": Text,
        "story": Story,
        "moment": Moment,
        "day": Day,
        "owner": lambda: Choice(options=_people, columns=1, common=8, page_size=8),
        "asset": lambda: Choice(options=_assets, columns=1, common=8, page_size=8),
    }
    return makers[field.sort]()


def _proposal(field: Field) -> Callable[[View], Any]:
    proposals: dict[str, Callable[[View], Any]] = {
        "code": lambda _view: field.codes[0],
        "moment": lambda view: view.begun_at.isoformat(),
        "owner": lambda view: str(view.params["owner"]),
        "day": lambda view: str(
            today_of(view.begun_at, view.zone) + timedelta(days=view.params["days"])
        ),
    }
    return proposals[field.sort]


def _condition(field: Field) -> Callable[[View], bool]:
    if field.sort == "asset":
        return lambda view: bool(listed_assets(view))
    if field.when is None:
        return lambda _view: True
    key, wanted = field.when
    return lambda view: bool(view.get(key, NOT_LISTED) == wanted)


def question(of: str, field: Field) -> Question:
    """The question for a field of a kind or a move."""
    return Question(
        key=field.key,
        kind=_kind(field),
        ask=lambda _view: labels.ask(of, field.key),
        label=lambda _view: labels.field(field.key),
        when=_condition(field),
        optional=field.optional,
        proposed=_proposal(field) if field.proposed else None,
    )


def build_entry(kind: Register) -> Form:
    """The form of a register, with its review card."""
    questions = tuple(question(kind.code, field) for field in kind.fields)
    return Form(
        name=kind.code,
        version=1,
        title=lambda _view: labels.kind(kind.code),
        questions=questions,
        card=lambda view: _card(labels.kind(kind.code), questions, view),
        submit=lambda _view: _("✅ Submit"),
        catch="what" if any(field.key == "what" for field in kind.fields) else None,
    )


def build_move(move: Move, number: str) -> Form:
    """The form of one step about an entry."""
    questions = tuple(question(move.code, field) for field in move.fields)

    def title(_view: View) -> str:
        return f"{labels.move(move.code)} · {number}"

    return Form(
        name="step",
        version=1,
        title=title,
        questions=questions,
        card=lambda view: _card(title(view), questions, view),
        submit=lambda _view: _("✅ Submit"),
        catch="what" if any(field.key == "what" for field in move.fields) else None,
    )


def _card(title: str, questions: Iterable[Question], view: View) -> str:
    lines = [_("{what}: please check; if it is right, submit.").format(what=title)]
    for each in questions:
        if each.when(view):
            lines += _card_lines(each, view)
    return "\n".join(lines)


def _card_lines(of: Question, view: View) -> list[str]:
    value = view.answers.get(of.key)
    if value is None and of.proposed is not None:
        value = of.proposed(view)
    if value is None:
        return []
    if isinstance(of.kind, Story):
        lines = [words.account(value["text"])] if value["text"] else []
        files = len(value["files"])
        return [*lines, _("Attached: {n}").format(n=files)] if files else lines
    ours = _(" (our default, can be changed)") if _ours(of, view) else ""
    return [labels.line(of.key, of.kind.show(value, view)) + ours]


def _ours(of: Question, view: View) -> bool:
    return isinstance(of.kind, Day) and of.proposed is not None and of.key not in view.answers


# -- answers ---------------------------------------------------------------------------------------


def stored(fields: Iterable[Field], answers: dict[str, Any]) -> dict[str, Any]:
    """The answers as they are kept in a record: words, codes, numbers. Who, when and files stand elsewhere."""
    return {
        field.key: _stored(field.sort, answers[field.key])
        for field in fields
        if answers.get(field.key) is not None and field.sort not in ("owner", "moment", "day")
    }


def _stored(sort: str, value: Any) -> Any:
    if sort == "story":
        return value["text"]
    return int(value[0]) if sort == "number" else value


def files_of(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """The files sent with an account."""
    story = answers.get("what")
    return list(story["files"]) if story else []

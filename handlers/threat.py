"""/threat: somebody to watch. Sealed from the first word; read only by officers and administrators."""

from collections.abc import Sequence
from typing import Any

from bot.command_words import content_of
from bot.forms import Form, Question, View, settled
from bot.i18n import _, n_
from bot.kinds import Choice, Option, Place, Several, Story, Text, options_named, options_of
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import threat_words, words
from handlers.roles import REPORTERS
from handlers.threat_news import announce_threat
from models import audit
from models.number import next_number
from models.people import list_departments
from models.threat import FACTORS, WEAPONS, insert_threat, level, review_after

_NOBODY = "none"
_LONGEST_WHO = 200


def start_threat(turn: Turn) -> None:
    """Begin with the hospital's departments to choose from; what stands behind the command is what was said or done."""
    departments = list_departments(turn.conn, turn.actor.hospital.id)
    told = content_of(turn.incoming)
    turn.talks.begin(turn, "threat", params={"departments": departments}, told=told)


def _departments(view: View) -> Sequence[Option]:
    known = options_named((str(key), name) for key, name in view.params["departments"])
    return [*known, (_NOBODY, lambda _view: _("No department"))]


def _own_department(view: View) -> str:
    own = view.actor.department_id
    known = {key for key, _name in view.params["departments"]}
    return str(own) if own in known else _NOBODY


PLACE = Question(
    key="place",
    kind=Place(),
    ask=lambda _view: _("⚠️ Where is this person, or where did it happen? For example: ward 5."),
    label=lambda _view: _("place"),
)
ASKED = (
    PLACE,
    Question(
        key="factors",
        kind=Several(options=options_of(FACTORS, words.factor)),
        ask=lambda _view: _("What fits this person? Tick all that apply."),
        label=lambda _view: _("signs"),
    ),
    Question(
        key="what",
        kind=Story(),
        ask=lambda _view: _(
            "What was said or done? One sentence will do; a photo or voice works too."
        ),
        label=lambda _view: _("account"),
    ),
    Question(
        key="weapon",
        kind=Choice(options=options_of(WEAPONS, threat_words.weapon)),
        ask=lambda _view: _("Was there a weapon, a knife for example?"),
        label=lambda _view: _("weapon"),
    ),
    Question(
        key="who",
        kind=Text(longest=_LONGEST_WHO),
        ask=lambda _view: _(
            "Who is it? A name, or what they look like; kept encrypted. Write no patient's name if you can avoid it."
        ),
        label=lambda _view: _("person"),
        optional=True,
    ),
    Question(
        key="escort",
        kind=Choice(options=options_of(("yes", "no"), threat_words.escort)),
        ask=lambda _view: _("Do you want security to escort you?"),
        label=lambda _view: _("escort"),
    ),
)
PROPOSED = (
    Question(
        key="named",
        kind=Choice(options=_departments, common=20, page_size=20),
        ask=lambda _view: _("Which department is it aimed at? It is warned, without the name."),
        label=lambda _view: _("department"),
        proposed=_own_department,
    ),
    Question(
        key="unnamed",
        kind=Choice(options=options_of(("no", "yes"), threat_words.unnamed)),
        ask=lambda _view: _(
            "May colleagues see that you reported this? Unnamed or not, a voice message can be recognised, "
            "and Telegram and the operator of this bot can still see your account."
        ),
        label=lambda _view: _("named or not"),
        proposed=lambda _view: "no",
    ),
)


def _card(view: View) -> str:
    form = build({})
    values = settled(form, view)
    shown = {
        key: form.by_key[key].kind.show(value, view)
        for key, value in values.items()
        if value is not None
    }
    place, person = _("Place: {place}"), _("Weapon: {weapon} · person: {who}")
    return "\n".join(
        line
        for line in (
            _("Please check. Only safety officers and administrators read all of it."),
            _risk(values),
            place.format(place=shown["place"]),
            _("Signs: {factors}").format(factors=shown["factors"]),
            words.account(shown["what"]),
            person.format(weapon=shown["weapon"], who=shown.get("who") or _("not given")),
            _last_line(shown, len(values["what"]["files"])),
            _warned_line(values["named"], shown["named"]),
        )
        if line
    )


def _risk(values: dict[str, Any]) -> str:
    factors, weapon = values["factors"], values["weapon"]
    return threat_words.why_level(level(factors, weapon), factors, weapon)


def _last_line(shown: dict[str, str], files: int) -> str:
    parts = [
        _("Escort: {escort}").format(escort=shown["escort"]),
        _("to colleagues: {named}").format(named=shown["unnamed"]),
    ]
    if files:
        parts.append(_("Attached: {n}").format(n=files))
    return " · ".join(parts)


def _warned_line(code: str, name: str) -> str:
    if code == _NOBODY:
        return _("No department is warned.")
    return _("Warned, without name or account: {department}").format(department=name)


def build(_params: dict[str, Any]) -> Form:
    """Where, the four signs of seed 001, what was said or done, weapon, who, escort; the rest is proposed."""
    return Form(
        name="threat",
        version=2,
        title=lambda _view: _("threat report"),
        questions=(*ASKED, *PROPOSED),
        card=_card,
        submit=lambda _view: _("✅ Submit"),
        catch="what",
        # What was said stays out of lists and cancellations: chats are read over shoulders.
        summary=lambda view: n_("{n} answer", "{n} answers", len(view.answers)).format(
            n=len(view.answers)
        ),
    )


def complete(turn: Turn, finished: Finished) -> None:
    """Seal and store the threat; tell those who must act, by number and signs only."""
    answers, hospital = finished.answers, turn.actor.hospital
    number = next_number(
        turn.conn,
        hospital_id=hospital.id,
        code=hospital.code,
        year=turn.now.astimezone(hospital.zone).year,
    )
    of_level = level(answers["factors"], answers["weapon"])
    threat_id = insert_threat(
        turn.conn,
        number=number,
        hospital_id=hospital.id,
        department_id=turn.actor.department_id,
        named_department_id=_chosen(turn, answers["named"]),
        reporter_id=turn.actor.id,
        unnamed=answers["unnamed"] == "yes",
        draft_id=finished.draft_id,
        factors=answers["factors"],
        weapon=answers["weapon"],
        level=of_level,
        escort=answers["escort"] == "yes",
        **_sealed(turn, finished),
        reported_at=turn.now,
        review_at=review_after(turn.now, of_level, hospital.zone),
    )
    # A file's name may say whose it is, and stands in clear.
    files = [{**file, "name": None} for file in answers["what"]["files"]]
    turn.keep_files(files, subject="threat", subject_id=threat_id)
    audit.note(
        turn.conn,
        at=turn.now,
        action="threat.filed",
        subject=number,
        hospital_id=hospital.id,
        # An unnamed reporter's account stands in the record itself and nowhere else.
        member_id=None if answers["unnamed"] == "yes" else turn.actor.id,
        level=of_level,
    )
    announce_threat(turn, number)


def _chosen(turn: Turn, code: str) -> int | None:
    """The department, looked up again: only ever one of the reporter's own hospital."""
    known = {str(key): key for key, _name in list_departments(turn.conn, turn.actor.hospital.id)}
    return known.get(code)


def _sealed(turn: Turn, finished: Finished) -> dict[str, bytes | None]:
    answers, seal = finished.answers, turn.house.cipher.seal
    who = answers["who"]
    return {
        "place_sealed": seal(
            PLACE.kind.show(answers["place"], finished.view), about=threat_words.PLACE
        ),
        "account_sealed": seal(answers["what"]["text"], about=threat_words.ACCOUNT),
        "who_sealed": seal(who, about=threat_words.WHO) if who else None,
    }


THREAT = Conversation(
    name="threat", version=2, roles=REPORTERS, build=build, complete=complete, sealed=True
)

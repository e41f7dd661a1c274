"""Reading a threat: the one place where name and account are shown; each reading is written down."""

from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag

from bot.dates import say_day, say_moment
from bot.i18n import _
from bot.messages import Button
from bot.turn import Turn
from handlers import threat_words, words
from handlers.roles import ADMINS
from handlers.threat_hearing import is_about
from handlers.threat_news import say_review, step_button, to_be_told
from models import audit
from models.evidence import list_files
from models.masking import mask
from models.people import HospitalFacts
from models.threat import level, list_steps, threat_by_number

_STEPS_SHOWN = 5


def press_threat(turn: Turn) -> None:
    """Open a threat for somebody who may read it; every reading is written down."""
    number = turn.incoming.data.partition(":")[2]
    row = threat_by_number(turn.conn, turn.actor.hospital.id, number)
    if row is None or is_about(turn.house.cipher, row, turn.actor):
        turn.toast(_("There is no such record in your hospital."))
        return
    try:
        text, buttons = _reading(turn, row)
    except InvalidTag:
        say_unopenable(turn)
        return
    _log_reading(turn, number, what="all")
    turn.send(text, buttons)
    for file in list_files(turn.conn, "threat", row.id):
        turn.send_file(file.kind, file.file_id)


def _log_reading(turn: Turn, number: str, *, what: str) -> None:
    audit.note(
        turn.conn,
        at=turn.now,
        action="threat.read",
        subject=number,
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        what=what,
    )


def say_unopenable(turn: Turn) -> None:
    """Say that the key has changed since this was sealed."""
    turn.toast(_("This was encrypted with another key and cannot be opened here."))


def _reading(turn: Turn, row: Any) -> tuple[str, list[list[Button]]]:
    cipher, zone, steps = turn.house.cipher, turn.actor.hospital.zone, list_steps(turn.conn, row.id)
    who = threat_words.person(row, cipher)
    reported = say_moment(row.reported_at, zone=zone, now=turn.now)
    lines = [
        _("⚠️ {number}: do not forward").format(number=row.number),
        _risk(row),
        _standing(row, turn),
        _where(row, mask(threat_words.place(row, cipher))),
        _("Signs: {factors}").format(factors=threat_words.signs(row.factors)),
        _("Weapon: {weapon} · person: {who}").format(
            weapon=threat_words.weapon(row.weapon), who=mask(who) or _("not given")
        ),
        mask(cipher.open(row.account_sealed, about=threat_words.ACCOUNT)) or _("(no text)"),
        _("Reported by: {who} · {time}").format(who=threat_words.reporter(row), time=reported),
    ]
    done = {step.kind for step in steps}
    if row.escort and "escorted" not in done:
        lines.append(_("The reporter wants an escort."))
    lines += [_step_line(turn, step) for step in steps[-_STEPS_SHOWN:]]
    buttons = _buttons(row, done)
    if row.unnamed and turn.actor.role in ADMINS:
        buttons.append([Button(_("Open identity"), f"identity:{row.number}")])
    return "\n".join(lines), buttons


def _risk(row: Any) -> str:
    if row.level == level(row.factors, row.weapon):
        return threat_words.why_level(row.level, row.factors, row.weapon)
    return _("Risk: {level} (set by hand)").format(level=threat_words.level(row.level))


def _standing(row: Any, turn: Turn) -> str:
    if row.state != "open" or row.review_at is None:
        return _("State: {state}").format(state=threat_words.state(row.state))
    return _("State: {state}, review by {day}").format(
        state=threat_words.state(row.state), day=say_review(row, turn)
    )


def _where(row: Any, place: str) -> str:
    aimed = row.named_department or _("no department named")
    return _("Place: {place} · aimed at: {department}").format(place=place, department=aimed)


def _step_line(turn: Turn, step: Any) -> str:
    """What was done, when, by which role, and why."""
    moment = say_moment(step.at, zone=turn.actor.hospital.zone, now=turn.now)
    what, who = threat_words.step(step.kind), words.role(step.role) if step.role else ""
    line = (
        _("{what}: {time} ({role})").format(what=what, time=moment, role=who)
        if who
        else _("{what}: {time}").format(what=what, time=moment)
    )
    if step.reason_sealed:
        reason = turn.house.cipher.open(step.reason_sealed, about=threat_words.REASON)
        line += f" · {mask(reason)}"
    return line


def _buttons(row: Any, done: set[str]) -> list[list[Button]]:
    """What can be done about it now; what ends it stands last."""
    rows = []
    if row.escort and "escorted" not in done and row.state == "open":
        rows.append([step_button(row, "escort")])
    if to_be_told(row) and row.state != "ended":
        rows.append([step_button(row, "text")])
        rows.append(marks(row, done))
    if row.state == "open":
        rows.append([step_button(row, "renew"), step_button(row, "level")])
    elif row.state == "expired":
        rows.append([step_button(row, "renew")])
    if row.state != "ended":
        rows.append([step_button(row, "end")])
    return [buttons for buttons in rows if buttons]


def marks(row: Any, done: set[str]) -> list[Button]:
    """The buttons that note who was told, without those that were."""
    kinds = {"police": "police_told", "commission": "commission_told"}
    return [step_button(row, verb) for verb, kind in kinds.items() if kind not in done]


# -- the ready text --------------------------------------------------------------------------------


def show_ready_text(turn: Turn, row: Any) -> None:
    """A notice to the police and the health commission to be copied: nothing in it names anybody."""
    try:
        place = mask(threat_words.place(row, turn.house.cipher))
    except InvalidTag:
        say_unopenable(turn)
        return
    _log_reading(turn, row.number, what="place")
    turn.send(ready_text(row, turn.actor.hospital, place, now=turn.now))
    done = {step.kind for step in list_steps(turn.conn, row.id)}
    turn.send(
        _("Please check the text above, copy it and send it yourself: nothing has left yet."),
        [marks(row, done)] if marks(row, done) else (),
    )


def ready_text(row: Any, hospital: HospitalFacts, place: str, *, now: datetime) -> str:
    """The notice in the official register: number, hospital, place, signs, risk, time and weapon; no names."""
    reported = row.reported_at.astimezone(hospital.zone)
    # A document gives its dates in full: no year is "this year" to whoever files it.
    day = say_day(reported.date(), this_year=0)
    return _(
        "Notice of a safety risk to medical staff\n"
        "To: the police; the district health commission\n"
        "On {day} at {clock}, {hospital} registered a safety risk to medical staff, number {number}.\n"
        "Department: {department}. Place: {place}.\n"
        "Conduct: {factors}. Weapon: {weapon}.\n"
        "Risk as assessed by the hospital: {level}.\n"
        "The name of the person concerned is held in the hospital's encrypted record.\n"
        "Your guidance and assistance are requested.\n"
        "{hospital}, {today}"
    ).format(
        day=day,
        clock=f"{reported:%H:%M}",
        hospital=hospital.name,
        number=row.number,
        department=row.named_department or _("not named"),
        place=place,
        factors=threat_words.signs(row.factors),
        weapon=threat_words.weapon(row.weapon),
        level=threat_words.level(row.level),
        today=say_day(now.astimezone(hospital.zone).date(), this_year=0),
    )

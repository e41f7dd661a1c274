"""A self-check beside the one before it, and beside what the inspectors gave."""

import re
from fractions import Fraction
from typing import Any
from unicodedata import normalize

from bot.forms import Form, Question, Refused
from bot.i18n import _, current_locale, n_
from bot.kinds import Text
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.district.seen import chosen_hospital, context, own_district, which_hospital
from handlers.roles import COMMISSION, INSPECTED
from handlers.score_words import number, say_band
from handlers.scoring import Standing, standing
from models import audit
from models.scores import Scorecard
from models.selfcheck import (
    check_by_id,
    insert_inspection,
    inspection_of,
    newest_answers,
)

_PAIR = re.compile(r"([0-9A-Za-z.]{1,12})\s*项?\s*[=:]\s*([0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分?")
_LONGEST = 600


def show_comparison(turn: Turn, check: Any) -> None:
    """By item: now, the version before (or last year), the inspectors; only what differs."""
    hospital = turn.actor.hospital
    now = standing(turn.conn, hospital, check.year, turn.now)
    before, name = _before(turn, now, check)
    given = inspection_of(turn.conn, hospital.id, check.year)
    lines = [_heading(now, before, name, given)]
    then = {item.id: item for item in before.items} if before else {}
    locale = current_locale()
    for item in now.card.items:
        parts = []
        if item.id in then and then[item.id].score != item.score:
            parts.append(_("before {score}").format(score=say_band(then[item.id].score)))
        if item.id in given and Fraction(given[item.id]) != item.score.points:
            parts.append(_("inspectors {score}").format(score=given[item.id]))
        if parts:
            own = f"{item.id} {item.name.in_language(locale)} {say_band(item.score)}"
            lines.append(" · ".join([own, _(", ").join(parts)]))
    if len(lines) == 1:
        lines.append(_("Every item has the same points."))
    turn.say("\n".join(lines), [[Button(_("Back"), "check:")]])


def _heading(now: Standing, before: Scorecard | None, name: str, given: dict[str, str]) -> str:
    said = [_("Now {score}").format(score=say_band(now.card.score))]
    if before is not None:
        said.append(_("{name} {score}").format(name=name, score=say_band(before.score)))
    if given:
        total = sum((Fraction(each) for each in given.values()), Fraction(0))
        items = n_("{n} item", "{n} items", len(given)).format(n=len(given))
        said.append(_("inspectors {score} ({items})").format(score=number(total), items=items))
    return _(", ").join(said)


def _before(turn: Turn, now: Standing, check: Any) -> tuple[Scorecard | None, str]:
    """The version before this one by today's records, else last year's card."""
    if check.reopened_from is not None:
        old = check_by_id(turn.conn, turn.actor.hospital.id, check.reopened_from)
        if old is not None:
            answers = {k: row.value for k, row in newest_answers(turn.conn, old.id).items()}
            return now.answering(answers), _("the version before")
    before = standing(turn.conn, turn.actor.hospital, now.year - 1, turn.now)
    if before.check is None or before.rubric.id != now.rubric.id:
        return None, ""
    return before.card, str(before.year)


# -- what the inspectors gave ----------------------------------------------------------------------


def begin_inspection(turn: Turn) -> None:
    """Ask what the inspectors gave."""
    params: dict[str, Any] = {"year": turn.now.astimezone(turn.actor.hospital.zone).year}
    if turn.actor.role in COMMISSION:
        params["district"] = own_district(turn)
    turn.talks.begin(turn, "inspection", params=params, answers={})


def build_inspection(params: dict[str, Any]) -> Form:
    """One message with items and points; the commission says first of which hospital."""
    return Form(
        name="inspection",
        version=1,
        title=lambda _view: _("inspection"),
        questions=(
            *((which_hospital(params),) if "district" in params else ()),
            Question(
                key="points",
                kind=Text(longest=_LONGEST),
                ask=lambda view: _(
                    "What did the inspectors give in {year}? Item and points, for example: 4.2=8.5 4.5=2"
                ).format(year=view.params["year"]),
                label=lambda _view: _("points"),
            ),
        ),
    )


def complete_inspection(turn: Turn, finished: Finished) -> None:
    """Keep each item's points; refuse an unknown item, or more than it is worth."""
    year, hospital = finished.view.params["year"], turn.actor.hospital
    if turn.actor.role in COMMISSION:
        hospital = chosen_hospital(turn, finished.answers)
    now = standing(turn.conn, hospital, year, turn.now)
    worth = {item.id: item.points for item in now.card.items}
    text = normalize("NFKC", finished.answers["points"])
    found = _PAIR.findall(text)
    if not found or re.sub(r"[\s,;、。]", "", _PAIR.sub("", text)):
        raise Refused(_("Please write item and points like this: 4.2=8.5 4.5=2. Nothing is lost."))
    for item, points in found:
        if item not in worth:
            raise Refused(_("There is no item {item} in this scorecard.").format(item=item))
        if Fraction(points) > worth[item]:
            said = _("Item {item} has at most {points} points.")
            raise Refused(said.format(item=item, points=number(worth[item])))
    for item, points in found:
        insert_inspection(
            turn.conn,
            hospital_id=hospital.id,
            year=year,
            item=item,
            points=points,
            member_id=turn.actor.id,
            made_at=turn.now,
        )
    audit.note(
        turn.conn,
        at=turn.now,
        action="inspection.entered",
        subject=str(year),
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        items=len(found),
    )
    kept = n_("✅ Kept: {n} item.", "✅ Kept: {n} items.", len(found)).format(n=len(found))
    if turn.actor.role in COMMISSION:
        turn.say(kept, [[Button(_("Back"), f"district:h:{hospital.id}")]])
    else:
        turn.say(kept, [[Button(_("Compare"), "check:compare")]])


INSPECTION = Conversation(
    name="inspection",
    version=1,
    roles=INSPECTED,
    build=build_inspection,
    complete=complete_inspection,
    context=context,
)

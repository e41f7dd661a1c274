"""/selfcheck: begin or resume what is mine to answer; submitting keeps every answer beside the earlier ones."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from bot.i18n import _, n_
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.roles import DUTY
from handlers.rubrics import pinned, rubric_for
from handlers.score import score_screen
from handlers.scoring import counted
from handlers.selfchecks import form
from handlers.selfchecks.repairs import offer_repairs
from handlers.selfchecks.status import status_screen
from models import audit
from models.asking import asked
from models.criteria import Rubric
from models.entry import entry_by_id
from models.question import BESIDE
from models.selfcheck import (
    TO_ANSWER,
    check_by_id,
    insert_answer,
    list_rectifications,
    list_sections,
    move_section,
    newest_answers,
    newest_check,
    start_check,
)
from models.setting import claim


def start_selfcheck(turn: Turn) -> None:
    """Ask what is mine of this year's self-check; with nothing left, say how it stands."""
    check = _this_years(turn)
    sections = [row.section for row in list_sections(turn.conn, check.id) if is_mine(turn, row)]
    if sections:
        begin_sections(turn, check, sections)
    else:
        turn.send(*status_screen(turn))


def is_mine(turn: Turn, row: Any) -> bool:
    """Whether a section waits for this member: assigned to them, or to nobody."""
    return row.state in TO_ANSWER and row.member_id in (None, turn.actor.id)


def _this_years(turn: Turn) -> Any:
    """This year's newest version, begun now where nobody has."""
    hospital = turn.actor.hospital
    year = turn.now.astimezone(hospital.zone).year
    subject = f"{hospital.code}:{year}"
    if claim(turn.conn, kind="selfcheck", subject=subject, period="1", at=turn.now):
        check = newest_check(turn.conn, hospital.id, year, at=turn.now)
        if check is None:
            _start(turn, year)
    return newest_check(turn.conn, hospital.id, year, at=turn.now)


def _start(turn: Turn, year: int) -> None:
    hospital = turn.actor.hospital
    rubric = rubric_for(turn.conn, hospital, year)
    start_check(
        turn.conn,
        _sections(rubric, hospital),
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        year=year,
        rubric=rubric.id,
        rubric_hash=rubric.content_hash,
        level=hospital.level,
        beds=hospital.beds,
        outpatients=hospital.outpatients_a_day,
        started_at=turn.now,
    )


def _sections(rubric: Rubric, hospital: Any) -> list[str]:
    """The sections that ask anything, those beside the table last."""
    questions = asked(
        rubric,
        hospital.level,
        beds=hospital.beds,
        outpatients=hospital.outpatients_a_day,
    )
    asking = {each.section for each in questions}
    return [each for each in (*(s.id for s in rubric.sections), *BESIDE) if each in asking]


def begin_sections(turn: Turn, check: Any, sections: list[str]) -> None:
    """Ask these sections, with what the records say and what was answered before."""
    hospital = turn.actor.hospital
    rubric = pinned(turn.conn, check.rubric_hash)
    if rubric is None:
        turn.send(_("The scorecard of this self-check is not here any more. Please ask your IT."))
        return
    figures = counted(turn.conn, hospital, rubric, check.year, turn.now)
    params = {
        "year": check.year,
        "check": check.id,
        "rubric": check.rubric,
        "hash": check.rubric_hash,
        "level": check.level,
        "beds": check.beds,
        "outpatients": check.outpatients,
        "sections": sections,
        "counted": {metric: str(Fraction(value)) for metric, value in figures.items()},
        "as_of": str(turn.now.astimezone(hospital.zone).date()),
        "former": {key: row.value for key, row in newest_answers(turn.conn, check.id).items()},
        "repairs": _repairs(turn),
    }
    count = len(form.asked_of(rubric, params))
    intro = _(
        "📋 {year} self-check: {n} questions, one at a time. Pause whenever you like, nothing is lost."
    ).format(year=check.year, n=count)
    turn.talks.begin(turn, "selfcheck", params=params, intro=intro)


def _repairs(turn: Turn) -> dict[str, list[list[str]]]:
    """By question: what was to put it right, and how that stands."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for row in list_rectifications(turn.conn, turn.actor.hospital.id):
        entry = entry_by_id(turn.conn, turn.actor.hospital.id, row.entry_id)
        if entry is not None:
            found[row.question].append([entry.number, entry.state])
    return dict(found)


def complete(turn: Turn, finished: Finished) -> None:
    """Keep the answers; what a colleague answered meanwhile stays theirs, and is named."""
    params = finished.view.params
    check = check_by_id(turn.conn, turn.actor.hospital.id, params["check"], lock=True)
    if check is None:
        turn.say(_("This self-check is not there any more. /selfcheck begins a new one."))
        return
    rubric = pinned(turn.conn, check.rubric_hash)
    assert rubric is not None
    theirs = _keep_answers(turn, finished, rubric)
    for section in params["sections"]:
        move_section(
            turn.conn,
            check.id,
            section,
            among=TO_ANSWER,
            new="submitted",
            submitted_by=turn.actor.id,
            submitted_at=turn.now,
            comment=None,
        )
    audit.note(
        turn.conn,
        at=turn.now,
        action="selfcheck.submitted",
        subject=str(check.year),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        sections=params["sections"],
    )
    _say_done(turn, check, theirs)


def _keep_answers(turn: Turn, finished: Finished, rubric: Rubric) -> list[str]:
    params = finished.view.params
    said = form.engine_answers(rubric, params, finished.answers)
    known = newest_answers(turn.conn, params["check"])
    unproved = set(form.unproved(form.asked_of(rubric, params), finished.answers))
    theirs = []
    for question, value in said.items():
        before = known.get(question)
        meanwhile = before is not None and before.answered_at > finished.view.begun_at
        if before is not None and meanwhile and before.member_id != turn.actor.id:
            theirs.append(f"{question} {before.name}")
            continue
        answer = finished.answers[form.key_of(question)]
        why = finished.answers.get(form.WHY) if question in unproved else None
        answer_id = insert_answer(
            turn.conn,
            check_id=params["check"],
            question=question,
            value=value,
            why=answer["words"] or why,
            member_id=turn.actor.id,
            answered_at=turn.now,
            draft_id=finished.draft_id,
        )
        turn.keep_files(answer["files"], subject="check_answer", subject_id=answer_id)
    return theirs


def _say_done(turn: Turn, check: Any, theirs: list[str]) -> None:
    text, buttons = score_screen(turn, check.year)
    lines = [_("✅ Self-check submitted."), text]
    if theirs:
        kept = n_(
            "Answered by a colleague meanwhile and kept as theirs: {lines}",
            "Answered by colleagues meanwhile and kept as theirs: {lines}",
            len(theirs),
        )
        lines.insert(1, kept.format(lines=_(", ").join(theirs)))
    more = [[Button(_("How it stands"), "check:")]]
    turn.say("\n".join(lines), [*buttons, *more])
    offer_repairs(turn, check)


SELFCHECK = Conversation(
    name="selfcheck",
    version=form.VERSION,
    roles=DUTY,
    build=form.build,
    complete=complete,
    context=form.context,
)

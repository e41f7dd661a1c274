"""/selfcheck: begin or resume what is mine to answer; submitting keeps every answer beside the earlier ones."""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from bot.forms import ticks
from bot.i18n import _, n_
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.filing.closing import close_by_form
from handlers.roles import DUTY
from handlers.rubrics import pinned, rubric_for
from handlers.score import score_screen
from handlers.score_words import number
from handlers.scoring import counted
from handlers.selfchecks import form
from handlers.selfchecks.repairs import offer_repairs
from handlers.selfchecks.status import status_screen
from models import audit
from models.asking import asked
from models.criteria import Rubric
from models.entry import entry_by_id
from models.evidence import list_files
from models.question import BESIDE
from models.rules import BelowBenchmark
from models.selfcheck import (
    TO_ANSWER,
    check_by_id,
    insert_answer,
    list_rectifications,
    list_sections,
    lock_newest,
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
    claimed = claim(turn.conn, kind="selfcheck", subject=subject, period="1", at=turn.now)
    if claimed and newest_check(turn.conn, hospital.id, year) is None:
        _start(turn, year)
    return newest_check(turn.conn, hospital.id, year)


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
    former = newest_answers(turn.conn, check.id)
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
        "former": {key: row.value for key, row in former.items()},
        "seen": {key: row.carried_from or row.id for key, row in former.items()},
        "last": _last(turn, check),
        "averages": _averages(rubric, figures),
        "repairs": _repairs(turn, check.rubric),
    }
    questions = form.asked_of(rubric, params)
    held = _held(turn, [former[each.id] for each in questions if each.id in former])
    intro = _(
        "📋 {year} self-check: {n} questions, one at a time. Pause whenever you like, nothing is lost."
    ).format(year=check.year, n=len(questions))
    turn.talks.begin(turn, "selfcheck", params=params, held=held, intro=intro)


def _averages(rubric: Rubric, figures: Mapping[str, int | Fraction]) -> dict[str, str]:
    """By question: the district's average that it is compared with, where it is published."""
    return {
        line.id: number(Fraction(figures[line.rule.benchmark]))
        for line in rubric.criteria
        if isinstance(line.rule, BelowBenchmark) and line.rule.benchmark in figures
    }


def _held(turn: Turn, former: list[Any]) -> dict[str, Any]:
    """Former answers to keep as they were, and what proved them, which any new answer takes along."""
    held: dict[str, Any] = {}
    for row in former:
        files = list_files(turn.conn, "check_answer", row.carried_from or row.id)
        sent = {"files": [_sent(file) for file in files], "words": row.why or ""}
        key = form.key_of(row.question)
        held[key] = {"value": row.value, **sent}
        if files or row.why:
            held[ticks(key)] = sent
    return held


def _sent(file: Any) -> dict[str, Any]:
    return {name: getattr(file, name) for name in ("kind", "file_id", "name", "size")}


def _last(turn: Turn, check: Any) -> dict[str, str]:
    """What fell short in last year's self-check, where it answers the same table."""
    before = newest_check(turn.conn, turn.actor.hospital.id, check.year - 1)
    if before is None or before.rubric != check.rubric:
        return {}
    answers = newest_answers(turn.conn, before.id)
    return {key: row.value for key, row in answers.items() if row.value in ("no", "partly")}


def _repairs(turn: Turn, rubric: str) -> dict[str, list[list[str]]]:
    """By question: what was to put it right, and how that stands."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for row in list_rectifications(turn.conn, turn.actor.hospital.id, rubric):
        entry = entry_by_id(turn.conn, turn.actor.hospital.id, row.entry_id)
        if entry is not None:
            found[row.question].append([entry.number, entry.state])
    return dict(found)


def complete(turn: Turn, finished: Finished) -> None:
    """Keep the answers; what a colleague answered meanwhile stays theirs, and is named."""
    params = finished.view.params
    hospital_id = turn.actor.hospital.id
    begun = check_by_id(turn.conn, hospital_id, params["check"])
    # A colleague may have reopened it meanwhile: the answers belong to the version that counts.
    check = lock_newest(turn.conn, hospital_id, begun.year) if begun else None
    if check is None:
        turn.say(_("This self-check is not there any more. /selfcheck begins a new one."))
        return
    rubric = pinned(turn.conn, check.rubric_hash)
    assert rubric is not None
    rows = [r for r in list_sections(turn.conn, check.id) if r.section in params["sections"]]
    mine = [row.section for row in rows if is_mine(turn, row)]
    theirs = _keep_answers(turn, finished, rubric, check, mine)
    given = [
        f"{row.section} {row.owner}"
        for row in rows
        if row.state in TO_ANSWER and row.section not in mine
    ]
    for section in mine:
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
        sections=mine,
    )
    if all(row.state not in TO_ANSWER for row in list_sections(turn.conn, check.id)):
        close_by_form(turn, "selfcheck", content={"check": check.id})
    _say_done(turn, check, theirs, given)


def _keep_answers(
    turn: Turn, finished: Finished, rubric: Rubric, check: Any, mine: list[str]
) -> list[str]:
    params = finished.view.params
    said = form.engine_answers(rubric, params, finished.answers)
    known = newest_answers(turn.conn, check.id)
    questions = form.asked_of(rubric, params)
    sections = {each.id: each.section for each in questions}
    unproved = set(form.unproved(questions, finished.answers))
    theirs = []
    for question, value in said.items():
        before = known.get(question)
        # Not by the clock: two may submit within the same moment.
        meanwhile = before and (before.carried_from or before.id) != params["seen"].get(question)
        if before is not None and meanwhile and before.member_id != turn.actor.id:
            theirs.append(f"{question} {before.name}")
            continue
        if sections[question] not in mine:
            continue
        answer = finished.answers[form.key_of(question)]
        why = finished.answers.get(form.WHY) if question in unproved else None
        answer_id = insert_answer(
            turn.conn,
            check_id=check.id,
            question=question,
            value=value,
            why=answer["words"] or why,
            member_id=turn.actor.id,
            answered_at=turn.now,
            draft_id=finished.draft_id,
        )
        turn.keep_files(answer["files"], subject="check_answer", subject_id=answer_id)
    return theirs


def _say_done(turn: Turn, check: Any, theirs: list[str], given: list[str]) -> None:
    text, buttons = score_screen(turn, check.year)
    lines = [_("✅ Self-check submitted."), text]
    if theirs:
        kept = n_(
            "Answered by a colleague meanwhile and kept as theirs: {lines}",
            "Answered by colleagues meanwhile and kept as theirs: {lines}",
            len(theirs),
        )
        lines.insert(1, kept.format(lines=_(", ").join(theirs)))
    if given:
        said = _("Given to a colleague meanwhile, so your answers there were not taken: {sections}")
        lines.insert(1, said.format(sections=_(", ").join(given)))
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

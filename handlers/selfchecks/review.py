"""A second pair of eyes: a section's answers with their evidence, accepted or returned; reopened as a new version."""

from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question
from bot.i18n import N_, _, use_locale
from bot.kinds import Text
from bot.messages import Button, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.roles import DUTY, REVIEWERS
from handlers.rubrics import pinned
from handlers.selfchecks.form import say_answer
from handlers.selfchecks.status import STATES, due_words, section_name, status_screen, this_years
from models import audit
from models.asking import every_question
from models.evidence import list_files
from models.people import reachable_actor
from models.selfcheck import (
    TO_ANSWER,
    list_sections,
    move_section,
    newest_answers,
    reopen_check,
)

_LONGEST = 300


def find_section(turn: Turn, section: str, *, lock: bool = False) -> tuple[Any, Any]:
    """This year's check and one section of it; None where there is none."""
    check = this_years(turn, lock=lock)
    rows = list_sections(turn.conn, check.id) if check else []
    return check, next((row for row in rows if row.section == section), None)


def may_review(turn: Turn, row: Any) -> bool:
    """Whether this member may accept or return a section: never their own."""
    mine = row.submitted_by == turn.actor.id
    return turn.actor.role in REVIEWERS and row.state == "submitted" and not mine


def show_section(turn: Turn, check: Any, row: Any) -> None:
    """One section: its answers, what proves them, and what can be done."""
    rubric = pinned(turn.conn, check.rubric_hash)
    assert rubric is not None
    lines = [f"{section_name(rubric, row.section)} · {_(STATES[row.state])}"]
    if row.author:
        moment = say_moment(row.submitted_at, zone=turn.actor.hospital.zone, now=turn.now)
        lines.append(_("Submitted by {who}, {time}").format(who=row.author, time=moment))
    elif row.owner:
        lines.append(_("To be answered by {who}").format(who=row.owner))
    if row.due_on and row.state in TO_ANSWER:
        lines.append(due_words(row.due_on, turn))
    if row.comment:
        lines.append(_("Comment: {comment}").format(comment=row.comment))
    questions = every_question(rubric)
    for question, answer in newest_answers(turn.conn, check.id).items():
        if question in questions and questions[question].section == row.section:
            lines.append(_answer_line(turn, questions[question], answer))
    turn.say("\n".join(lines), _buttons(turn, row))


def _answer_line(turn: Turn, asked: Any, answer: Any) -> str:
    said = [f"{asked.id} {say_answer(asked, answer.value)}"]
    files = list_files(turn.conn, "check_answer", answer.carried_from or answer.id)
    if files:
        said.append(_("📎 {n} files").format(n=len(files)))
    gone = [file for file in files if file.state == "failed" or _is_gone(turn, file)]
    if gone:
        said.append(_("⚠️ {n} of them cannot be opened any more").format(n=len(gone)))
    if answer.why:
        said.append(answer.why)
    return " · ".join(said)


def _is_gone(turn: Turn, file: Any) -> bool:
    """Whether a file that was kept is no longer on the disk."""
    return file.path is not None and not (turn.house.data_dir / file.path).exists()


def _buttons(turn: Turn, row: Any) -> list[list[Button]]:
    here = f"check:{row.section}"
    rows = []
    if may_review(turn, row):
        rows.append([Button(_("Accept"), f"{here}:accept"), Button(_("Return"), f"{here}:return")])
    if row.state in ("submitted", "accepted"):
        rows.append([Button(_("Show files"), f"{here}:files")])
    if turn.actor.role in DUTY and row.state == "accepted":
        rows.append([Button(_("Reopen"), f"{here}:reopen")])
    if turn.actor.role in DUTY and row.state in TO_ANSWER:
        mine = [Button(_("Answer"), f"{here}:answer")]
        rows.append([*mine, Button(_("Assign"), f"{here}:assign")])
    return [*rows, [Button(_("Back"), "check:")]]


def show_files(turn: Turn, check: Any, row: Any) -> None:
    """Every file of a section's answers."""
    rubric = pinned(turn.conn, check.rubric_hash)
    assert rubric is not None
    questions = every_question(rubric)
    count = 0
    for question, answer in newest_answers(turn.conn, check.id).items():
        if question in questions and questions[question].section == row.section:
            for file in list_files(turn.conn, "check_answer", answer.carried_from or answer.id):
                turn.send_file(file.kind, file.file_id)
                count += 1
    if not count:
        turn.toast(_("No files were sent for this section."))


def accept(turn: Turn, check: Any, row: Any) -> None:
    """Accept a section as somebody who did not answer it."""
    done = may_review(turn, row) and move_section(
        turn.conn,
        check.id,
        row.section,
        among=("submitted",),
        new="accepted",
        reviewed_by=turn.actor.id,
        reviewed_at=turn.now,
        comment=None,
    )
    if not done:
        turn.toast(_("You answered this section yourself, or it was reviewed meanwhile."))
        return
    _note(turn, "selfcheck.accepted", check, row.section)
    rows = list_sections(turn.conn, check.id)
    if all(each.state == "accepted" for each in rows):
        for each in {row.submitted_by: row for row in rows}.values():
            _tell(turn, each, _all_done)
    text, buttons = status_screen(turn)
    turn.say(_("✅ Accepted.") + "\n" + text, buttons)


def _all_done(turn: Turn, _section: str) -> str:
    who = turn.actor.display_name
    return _("✅ The self-check is reviewed: {who} accepted the last section.").format(who=who)


def _returned(turn: Turn, section: str) -> str:
    who = turn.actor.display_name
    said = _("📋 Section {section} came back: {who} asks for changes.")
    return said.format(section=section, who=who)


def _tell(turn: Turn, row: Any, write: Any, *more: str) -> None:
    """Tell who submitted a section, in their own language."""
    reader = reachable_actor(turn.conn, row.submitted_by)
    if reader is None or reader.id == turn.actor.id:
        return
    with use_locale(reader.locale):
        lines = [write(turn, row.section), *more]
        buttons = [[Button(_("Look at it"), f"check:{row.section}")]]
        turn.tell(reader, "\n".join(lines), buttons, priority=Priority.NOTICE)


def _note(turn: Turn, action: str, check: Any, section: str) -> None:
    audit.note(
        turn.conn,
        at=turn.now,
        action=action,
        subject=str(check.year),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        section=section,
    )


# -- with a reason -------------------------------------------------------------------------------


def begin_return(turn: Turn, row: Any) -> None:
    """Ask what is to be changed."""
    if may_review(turn, row):
        turn.talks.begin(turn, "check_return", params={"section": row.section}, answers={})
    else:
        turn.toast(_("You answered this section yourself, or it was reviewed meanwhile."))


def begin_reopening(turn: Turn, row: Any) -> None:
    """Ask why a reviewed section is answered again."""
    if row.state == "accepted" and turn.actor.role in DUTY:
        turn.talks.begin(turn, "check_reopen", params={"section": row.section}, answers={})
    else:
        turn.toast(_("Only a reviewed section can be reopened."))


def _one_question(name: str, ask: str) -> Form:
    return Form(
        name=name,
        version=1,
        title=lambda _view: _("self-check"),
        questions=(
            Question(
                key="reason",
                kind=Text(longest=_LONGEST),
                ask=lambda view: _(ask).format(section=view.params["section"]),
                label=lambda _view: _("reason"),
            ),
        ),
    )


def build_return(_params: dict[str, Any]) -> Form:
    """What is to be changed."""
    return _one_question(
        "check_return", N_("What is to be changed in section {section}? One sentence.")
    )


def complete_return(turn: Turn, finished: Finished) -> None:
    """Send a section back with the comment."""
    check, row = find_section(turn, finished.view.params["section"], lock=True)
    comment = finished.answers["reason"]
    done = (
        row is not None
        and may_review(turn, row)
        and move_section(
            turn.conn,
            check.id,
            row.section,
            among=("submitted",),
            new="returned",
            member_id=row.submitted_by,
            reviewed_by=turn.actor.id,
            reviewed_at=turn.now,
            comment=comment,
        )
    )
    if not done:
        turn.say(_("It was reviewed meanwhile, nothing was changed."))
        return
    _note(turn, "selfcheck.returned", check, row.section)
    _tell(turn, row, _returned, comment)
    turn.say(_("Returned to {who}.").format(who=row.author))


def build_reopening(_params: dict[str, Any]) -> Form:
    """Why it is answered again."""
    return _one_question(
        "check_reopen", N_("Why is section {section} answered again? One sentence.")
    )


def complete_reopening(turn: Turn, finished: Finished) -> None:
    """Make the next version with everything carried over and this section open."""
    check, row = find_section(turn, finished.view.params["section"], lock=True)
    if row is None or row.state != "accepted":
        turn.say(_("Only a reviewed section can be reopened."))
        return
    reason = finished.answers["reason"]
    reopen_check(
        turn.conn, check, row.section, member_id=turn.actor.id, reason=reason, now=turn.now
    )
    _note(turn, "selfcheck.reopened", check, row.section)
    text, buttons = status_screen(turn)
    turn.say(_("✅ A new version; everything else is carried over.") + "\n" + text, buttons)


RETURN = Conversation(
    name="check_return", version=1, roles=REVIEWERS, build=build_return, complete=complete_return
)
REOPENING = Conversation(
    name="check_reopen", version=1, roles=DUTY, build=build_reopening, complete=complete_reopening
)

"""/selfcheck: the scorecard asked criterion by criterion; the form is made from the rubric."""

from collections.abc import Sequence
from typing import Any

from bot.forms import Form, Kind, Question, View
from bot.i18n import _, current_locale, n_
from bot.kinds import Choice, Numbers, Option
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.papers import missed_in, papers_at
from handlers.roles import DUTY
from handlers.score import number, say_band, score_screen
from handlers.scoring import RUBRIC
from models import audit, question
from models.criteria import MISSED
from models.rubric import shipped
from models.scorecard import score
from models.selfcheck import insert_self_check

VERSION = 1


def start_selfcheck(turn: Turn) -> None:
    """Begin or resume this year's self-check."""
    hospital = turn.actor.hospital
    year = turn.now.astimezone(hospital.zone).year
    rubric = shipped(RUBRIC)
    missed = len(missed_in(papers_at(turn.conn, hospital, turn.now), year))
    params = {
        "year": year,
        "rubric": rubric.id,
        "hash": rubric.content_hash,
        "level": hospital.level,
        "missed": missed,
    }
    count = len(question.asked(rubric, hospital.level))
    intro = _(
        "📋 {year} self-check: {n} questions, one at a time. Pause whenever you like, nothing is lost."
    ).format(year=year, n=count)
    turn.talks.begin(turn, "selfcheck", params=params, intro=intro)


def build(params: dict[str, Any]) -> Form:
    """One question per criterion that applies at the hospital's level; 1.1 as one; 4.5 is computed."""
    rubric = shipped(params["rubric"])
    return Form(
        name="selfcheck",
        version=VERSION,
        title=lambda view: _("{year} self-check").format(year=view.params["year"]),
        questions=[_question(q) for q in question.asked(rubric, params["level"])],
        card=_card,
        submit=lambda _view: _("✅ Submit"),
        progress=True,
        summary=lambda view: n_("{n} answer", "{n} answers", len(view.answers)).format(
            n=len(view.answers)
        ),
    )


def key_of(question_id: str) -> str:
    """A question's id as a button may carry it."""
    return question_id.replace(":", "_")


def _question(asked: question.Question) -> Question:
    return Question(
        key=key_of(asked.id),
        kind=_kind(asked),
        ask=lambda _view: _ask(asked),
        label=lambda _view: asked.id,
    )


def _ask(asked: question.Question) -> str:
    locale = current_locale()
    points = n_("{n} point", "{n} points", int(asked.points)).format(n=number(asked.points))
    said = (asked.text or asked.name).in_language(locale)
    lines = [_("{id} {text} ({points})").format(id=asked.id, text=said, points=points)]
    if asked.guide:
        ours = _(" (our default, can be changed)")
        lines.append(asked.guide.in_language(locale) + ours)
    if len(asked.figures) > 1:
        names = _(", ").join(figure.name.in_language(locale) for figure in asked.figures)
        lines.append(_("Type the numbers one after the other: {names}.").format(names=names))
        lines.append(_example(asked))
    elif asked.figures:
        lines.append(_example(asked))
    return "\n".join(lines)


def _example(asked: question.Question) -> str:
    if asked.kind == "counts":
        return _("For example: {example}").format(example="1 0" if len(asked.figures) > 1 else "1")
    if len(asked.figures) > 1:
        return _("For example: {example}").format(example="92.5 94")
    top = asked.figures[0].maximum
    return _("From 0 to {most}, for example: {example}").format(
        most=number(top), example=number(top * 9 / 10)
    )


def _kind(asked: question.Question) -> Kind:
    if asked.kind == "one_of":
        return Choice(options=lambda _view: _options(asked), columns=1)
    if asked.kind == "verdict":
        return Choice(options=_verdicts)
    fixed: list[Any] = [("unknown", lambda _view: _("Not known yet"), question.UNKNOWN)]
    if asked.kind == "counts":
        zeros = ["0"] * len(asked.figures)
        fixed.insert(0, ("zero", lambda _view: _("None happened"), zeros))
    if question.NO_CASES in asked.words:
        fixed.insert(0, ("none", lambda _view: _("No such cases"), question.NO_CASES))
    needed = 1 if asked.kind == "counts" else sum(not f.optional for f in asked.figures)
    return Numbers(
        most=int(max(figure.maximum for figure in asked.figures)),
        whole=all(figure.whole for figure in asked.figures),
        count=len(asked.figures),
        needed=needed,
        fixed=fixed,
        example="1" if asked.kind == "counts" else "90",
    )


def _options(asked: question.Question) -> Sequence[Option]:
    known = [
        (o.key, lambda _view, o=o: o.name.in_language(current_locale())) for o in asked.options
    ]
    return [*known, (question.NONE, lambda _view: _("Neither"))]


def _verdicts(_view: View) -> Sequence[Option]:
    return [
        ("yes", lambda _view: _("Met")),
        ("partly", lambda _view: _("Partly met")),
        ("no", lambda _view: _("Not met")),
        ("na", lambda _view: _("Not applicable")),
    ]


def engine_answers(params: Any, answers: dict[str, Any]) -> dict[str, Any]:
    """A form's answers as the engine reads them: counts left out are zero, nothing else is guessed."""
    found = {}
    for asked in question.asked(shipped(params["rubric"]), params["level"]):
        value = answers.get(key_of(asked.id))
        if value is None:
            continue
        if asked.kind == "counts" and isinstance(value, list):
            value = [*value, *["0"] * (len(asked.figures) - len(value))]
        found[asked.id] = value
    return found


def _card(view: View) -> str:
    card = score(
        shipped(view.params["rubric"]),
        level=view.params["level"],
        answers=engine_answers(view.params, dict(view.answers)),
        counts={MISSED: view.params["missed"]},
    )
    lines = [
        _("All answered. Check and submit: {score} of {points} points.").format(
            score=say_band(card.score), points=number(card.points)
        )
    ]
    for section in card.sections:
        name = section.name.in_language(current_locale())
        lines.append(f"{name} {say_band(section.score)}/{number(section.points)}")
    return "\n".join(lines)


def complete(turn: Turn, finished: Finished) -> None:
    """Keep the answers with the rubric version they were given against; show the score."""
    params, hospital = finished.view.params, turn.actor.hospital
    insert_self_check(
        turn.conn,
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        draft_id=finished.draft_id,
        year=params["year"],
        rubric=params["rubric"],
        rubric_hash=params["hash"],
        level=params["level"],
        answers=engine_answers(params, finished.answers),
        started_at=finished.view.begun_at,
        finished_at=turn.now,
    )
    audit.note(
        turn.conn,
        at=turn.now,
        action="selfcheck.finished",
        subject=str(params["year"]),
        hospital_id=hospital.id,
        member_id=turn.actor.id,
    )
    text, buttons = score_screen(turn)
    turn.say(_("✅ Self-check submitted.") + "\n" + text, buttons)


SELFCHECK = Conversation(
    name="selfcheck", version=VERSION, roles=DUTY, build=build, complete=complete
)

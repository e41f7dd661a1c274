"""The questions of a self-check as a form: made from the pinned rubric, for the sections that are somebody's."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_day
from bot.forms import Form, Kind, Question, View
from bot.i18n import _, current_locale, n_
from bot.kinds import Choice, Option, Text
from bot.noted import Noted, sent_line
from bot.read_kinds import Numbers
from handlers.metric_words import say_metrics
from handlers.registers import labels
from handlers.rubrics import pinned
from handlers.score_words import number, points, say_band
from models import asking, question
from models.criteria import Rubric
from models.scorecard import score

VERSION = 2
WHY = "why"
"""The last question: why lines have no evidence."""
_LONGEST_REASON = 300


def context(conn: Connection, params: dict[str, Any]) -> dict[str, Any]:
    """The rubric version that the check pins."""
    return {"of": pinned(conn, params["hash"])}


def build(params: dict[str, Any]) -> Form:
    """One question per line of these sections that applies and that no record counts."""
    rubric: Rubric = params["of"]
    asked = asked_of(rubric, params)
    return Form(
        name="selfcheck",
        version=VERSION,
        title=lambda view: _("{year} self-check").format(year=view.params["year"]),
        questions=[*(_question(each) for each in asked), _why(asked)],
        card=lambda view: _card(rubric, view),
        submit=lambda _view: _("✅ Submit"),
        progress=True,
        summary=lambda view: n_("{n} answer", "{n} answers", len(view.answers)).format(
            n=len(view.answers)
        ),
    )


def asked_of(rubric: Rubric, params: Mapping[str, Any]) -> list[question.Question]:
    """What is asked of the sections in hand."""
    every = asking.asked(
        rubric,
        params["level"],
        beds=params["beds"],
        outpatients=params["outpatients"],
        counted=set(params["counted"]),
    )
    return [each for each in every if each.section in params["sections"]]


def key_of(question_id: str) -> str:
    """A question's id as a button may carry it."""
    return question_id.replace(":", "_")


def _question(asked: question.Question) -> Question:
    return Question(
        key=key_of(asked.id),
        kind=Noted(kind=_kind(asked), words=not asked.figures),
        ask=lambda view: _ask(asked, view),
        label=lambda _view: asked.id,
    )


def _ask(asked: question.Question, view: View) -> str:
    locale = current_locale()
    said = (asked.text or asked.name).in_language(locale)
    lines = [
        _("{id} {text} ({points})").format(id=asked.id, text=said, points=points(asked.points))
    ]
    lines += _known(asked, view)
    if asked.guide:
        ours = _(" (our default, can be changed)")
        lines.append(asked.guide.in_language(locale) + ours)
    if asked.evidence and not asked.figures:
        proof = _("Evidence: {what}. Send photos, files or a register number first, then press.")
        lines.append(proof.format(what=asked.evidence.in_language(locale)))
    if len(asked.figures) > 1:
        names = _(", ").join(figure.name.in_language(locale) for figure in asked.figures)
        lines.append(_("Type the numbers one after the other: {names}.").format(names=names))
    if asked.figures:
        lines.append(_example(asked))
    if sent := sent_line(view, key_of(asked.id)):
        lines.append(sent)
    return "\n".join(lines)


def _known(asked: question.Question, view: View) -> list[str]:
    """What the records say about it, what was answered before, and whether repairs held."""
    found = []
    if shown := say_metrics(asked.shows, view.params["counted"]):
        day = say_day(date.fromisoformat(view.params["as_of"]), this_year=view.now.year)
        found.append(_("On record up to {day}: {figures}").format(day=day, figures=shown))
    if average := view.params.get("averages", {}).get(asked.id):
        said = _("The district's average for {year}, as published: {value}")
        found.append(said.format(year=view.params["year"], value=average))
    former = view.params["former"].get(asked.id)
    if former is not None:
        found.append(_("Answered before: {answer}").format(answer=say_answer(asked, former)))
    last = view.params["last"].get(asked.id)
    if former is None and last is not None:
        found.append(_("Last year: {answer}").format(answer=say_answer(asked, last)))
        if asked.id not in view.params["repairs"]:
            found.append(_("No repair was entered for it."))
    for entry, state in view.params["repairs"].get(asked.id, ()):
        found.append(
            _("To be put right: {number}, {state}").format(
                number=entry, state=labels.state("hazard", state)
            )
        )
    return found


def say_answer(asked: question.Question, value: Any) -> str:
    """An answer in words."""
    named = {
        **_words(),
        **{option.key: option.name.in_language(current_locale()) for option in asked.options},
    }
    if isinstance(value, list):
        return _(", ").join("—" if each is None else str(each) for each in value)
    return named.get(value, str(value))


def _words() -> dict[str, str]:
    return {
        "yes": _("Met"),
        "partly": _("Partly met"),
        "no": _("Not met"),
        "na": _("Not applicable"),
        question.UNKNOWN: _("Not known yet"),
        question.NO_CASES: _("No such cases"),
        question.NONE: _("Neither"),
    }


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
    if asked.kind in ("verdict", "yes_no"):
        return Choice(options=lambda _view: _verdicts(asked.words))
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
        needed=max(needed, 1),
        fixed=fixed,
        example="1" if asked.kind == "counts" else "90",
    )


def _options(asked: question.Question) -> Sequence[Option]:
    known = [
        (o.key, lambda _view, o=o: o.name.in_language(current_locale())) for o in asked.options
    ]
    return [*known, (question.NONE, lambda _view: _("Neither"))]


def _verdicts(allowed: Sequence[str]) -> Sequence[Option]:
    return [(word, _named(word)) for word in allowed]


def _named(word: str) -> Callable[[View], str]:
    return lambda _view: _words()[word]


# -- evidence --------------------------------------------------------------------------------------


def _why(asked: Sequence[question.Question]) -> Question:
    return Question(
        key=WHY,
        kind=Text(longest=_LONGEST_REASON),
        ask=lambda view: _(
            "Without evidence: {lines}.\nIn one sentence, why? Or press Skip and send it later by answering again."
        ).format(lines=_(", ").join(unproved(asked, view.answers))),
        label=lambda _view: _("reason"),
        when=lambda view: bool(unproved(asked, view.answers)),
        optional=True,
    )


def unproved(asked: Sequence[question.Question], answers: Mapping[str, Any]) -> list[str]:
    """The lines said to be met, wholly or partly, that nothing was sent for."""
    return [
        each.id
        for each in asked
        if each.kind == "verdict"
        and (answer := answers.get(key_of(each.id)))
        and answer["value"] in ("yes", "partly")
        and not (answer["files"] or answer["words"])
    ]


# -- the card --------------------------------------------------------------------------------------


def engine_answers(
    rubric: Rubric, params: Mapping[str, Any], answers: Mapping[str, Any]
) -> dict[str, Any]:
    """A form's answers as the engine reads them: counts left out are zero, nothing else is guessed."""
    found = {}
    for asked in asked_of(rubric, params):
        answer = answers.get(key_of(asked.id))
        if answer is None:
            continue
        value = answer["value"]
        if asked.kind == "counts" and isinstance(value, list):
            value = [*value, *["0"] * (len(asked.figures) - len(value))]
        found[asked.id] = value
    return found


def _card(rubric: Rubric, view: View) -> str:
    params = view.params
    card = score(
        rubric,
        level=params["level"],
        beds=params["beds"],
        outpatients=params["outpatients"],
        answers={**params["former"], **engine_answers(rubric, params, view.answers)},
        counts={metric: Fraction(value) for metric, value in params["counted"].items()},
    )
    lines = [
        _("All answered. Check and submit: {score} of {points} points.").format(
            score=say_band(card.score), points=number(card.points)
        )
    ]
    for section in card.sections:
        if section.id in params["sections"]:
            name = section.name.in_language(current_locale())
            lines.append(f"{name} {say_band(section.score)}/{number(section.points)}")
    lines.append(_("What records count was not asked: incidents, flags, missed reports."))
    if unsaid := unproved(asked_of(rubric, params), view.answers):
        lines.append(_("Without evidence: {n}").format(n=len(unsaid)))
    return "\n".join(lines)

"""An incident that the commission learnt elsewhere: which hospital, what, when, and from whom."""

from typing import Any

from bot.forms import Form, Question
from bot.i18n import _
from bot.kinds import Choice, Text, options_of
from bot.read_kinds import Moment
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.district.proving import reportable, source
from handlers.district.seen import (
    chosen_hospital,
    context,
    hospital_pressed,
    named,
    own_district,
    which_hospital,
)
from handlers.roles import COMMISSION
from models.district import SOURCES


def begin_learning(turn: Turn, number: str = "") -> None:
    """Ask what happened where."""
    answers = {}
    if number:
        hospital = hospital_pressed(turn, number)
        if hospital is None:
            return
        answers = {"hospital": str(hospital.id)}
    turn.talks.begin(turn, "learnt", params={"district": own_district(turn)}, answers=answers)


def build_learnt(params: dict[str, Any]) -> Form:
    """Hospital, kind, when, from whom, one sentence."""
    return Form(
        name="learnt",
        version=1,
        title=lambda _view: _("an omission learnt elsewhere"),
        questions=(
            which_hospital(params),
            Question(
                key="category",
                kind=Choice(
                    options=options_of(reportable(), words.category), common=8, page_size=10
                ),
                ask=lambda _view: _("What happened there? Only what has to be reported is listed."),
                label=lambda _view: _("category"),
            ),
            Question(
                key="when",
                kind=Moment(minutes_ago=()),
                ask=lambda _view: _("When was it? For example: Jul 3 14:00."),
                label=lambda _view: _("time"),
            ),
            Question(
                key="source",
                kind=Choice(options=options_of(SOURCES, source)),
                ask=lambda _view: _("How did you hear of it?"),
                label=lambda _view: _("source"),
            ),
            Question(
                key="words",
                kind=Text(longest=300),
                ask=lambda _view: _(
                    "What happened, in one sentence? The hospital reads it; leave names out."
                ),
                label=lambda _view: _("account"),
            ),
        ),
    )


def complete_learnt(turn: Turn, finished: Finished) -> None:
    """Go on to what the hospital has on record, so that nothing reported is proven missing."""
    hospital = chosen_hospital(turn, finished.answers)
    params = {**finished.answers, "hospital": hospital.id, "name": named(hospital)}
    turn.talks.begin(turn, "proof", params=params, answers={})


LEARNT = Conversation(
    name="learnt",
    version=1,
    roles=COMMISSION,
    build=build_learnt,
    complete=complete_learnt,
    context=context,
)

"""What is decided about a threat with a reason: it stays watched, it ends, its risk is another."""

from collections.abc import Callable
from typing import Any

from bot.forms import Form, Question
from bot.i18n import _
from bot.kinds import Choice, Text, options_of
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import threat_words
from handlers.roles import THREAT_READERS
from handlers.threat_news import say_review, tell_reporter, warn_department
from handlers.threat_steps import LIVE, log_step, say_moved
from models.threat import LEVELS, REVIEW_DAYS, add_step, move_threat, review_after, threat_by_number


def _reason(ask: Callable[[], str]) -> Question:
    return Question(
        key="reason",
        kind=Text(longest=200),
        ask=lambda view: ask().format(number=view.params["number"]),
        label=lambda _view: _("reason"),
    )


def build_renew(_params: dict[str, Any]) -> Form:
    """One question: why it stays watched."""
    why = _reason(lambda: _("Why must {number} stay watched? The reason is kept encrypted."))
    return Form(
        name="threat_renew",
        version=1,
        title=lambda _view: _("renewal of a threat"),
        questions=(why,),
        summary=lambda _view: "",
    )


def build_end(_params: dict[str, Any]) -> Form:
    """One question: why it is over."""
    why = _reason(lambda: _("Why need {number} not be watched any more? Kept encrypted."))
    return Form(
        name="threat_end",
        version=1,
        title=lambda _view: _("end of a threat"),
        questions=(why,),
        summary=lambda _view: "",
    )


def build_level(_params: dict[str, Any]) -> Form:
    """Two questions: how high the risk is, and why it is not what the rule says."""
    risk = Question(
        key="level",
        kind=Choice(options=options_of(LEVELS, threat_words.level), columns=3),
        ask=lambda view: (
            _("How high is the risk of {number}?").format(number=view.params["number"])
            + "\n"
            + threat_words.rule()
        ),
        label=lambda _view: _("risk"),
    )
    why = _reason(lambda: _("Why does {number} have this risk? The reason is kept encrypted."))
    return Form(
        name="threat_level",
        version=1,
        title=lambda _view: _("risk of a threat"),
        questions=(risk, why),
        summary=lambda _view: "",
    )


def _found(turn: Turn, finished: Finished) -> Any:
    return threat_by_number(turn.conn, turn.actor.hospital.id, finished.view.params["number"])


def _keep(turn: Turn, finished: Finished, row: Any, kind: str, code: str | None = None) -> None:
    sealed = turn.house.cipher.seal(finished.answers["reason"], about=threat_words.REASON)
    add_step(
        turn.conn,
        row.id,
        kind,
        at=turn.now,
        member_id=turn.actor.id,
        code=code,
        reason_sealed=sealed,
    )
    log_step(turn, row, kind, **({"level": code} if code else {}))


def complete_renew(turn: Turn, finished: Finished) -> None:
    """Give it a new review date, warn the named department again."""
    row = _found(turn, finished)
    until = review_after(turn.now, row.level, turn.actor.hospital.zone)
    if not move_threat(turn.conn, row.id, among=LIVE, state="open", review_at=until):
        say_moved(turn, row)
        return
    _keep(turn, finished, row, "renewed")
    row = _found(turn, finished)
    day = say_review(row, turn)
    turn.say(
        _("{number} stays watched, review by {day} ({days} days: our default).").format(
            number=row.number, day=day, days=REVIEW_DAYS[row.level]
        )
    )
    warn_department(turn, row, again=True)
    tell_reporter(
        turn,
        row,
        lambda _reader: _("Your report {number}: still watched, to be looked at by {day}.").format(
            number=row.number, day=say_review(row, turn)
        ),
    )


def complete_end(turn: Turn, finished: Finished) -> None:
    """End it; the row and its seal stay."""
    row = _found(turn, finished)
    if not move_threat(turn.conn, row.id, among=LIVE, state="ended", ended_at=turn.now):
        say_moved(turn, row)
        return
    _keep(turn, finished, row, "ended")
    turn.say(_("{number} is ended; the record stays, encrypted.").format(number=row.number))
    tell_reporter(
        turn,
        row,
        lambda _reader: _(
            "Your report {number}: watching has ended. If you still feel unsafe, please send /threat again."
        ).format(number=row.number),
    )


def complete_level(turn: Turn, finished: Finished) -> None:
    """Set the risk by hand; a higher one is reviewed sooner, never later."""
    row, chosen = _found(turn, finished), finished.answers["level"]
    soon = review_after(turn.now, chosen, turn.actor.hospital.zone)
    until = min(soon, row.review_at or soon)
    if not move_threat(turn.conn, row.id, among=("open",), level=chosen, review_at=until):
        say_moved(turn, row)
        return
    _keep(turn, finished, row, "level_set", chosen)
    turn.say(
        _("{number}: risk {level}, kept with your reason.").format(
            number=row.number, level=threat_words.level(chosen)
        )
    )
    tell_reporter(
        turn,
        row,
        lambda _reader: _("Your report {number}: the risk is now {level}.").format(
            number=row.number, level=threat_words.level(chosen)
        ),
    )


def _talk(name: str, build: Any, complete: Any) -> Conversation:
    return Conversation(
        name=name, version=1, roles=THREAT_READERS, build=build, complete=complete, sealed=True
    )


RENEWAL = _talk("threat_renew", build_renew, complete_renew)
END = _talk("threat_end", build_end, complete_end)
LEVEL = _talk("threat_level", build_level, complete_level)

"""The buttons of the self-check's screens."""

from collections.abc import Callable
from typing import Any

from bot.i18n import _
from bot.turn import Turn
from handlers.roles import DUTY, INSPECTED
from handlers.selfchecks import assigning, comparing, repairs, review
from handlers.selfchecks.answering import begin_sections
from handlers.selfchecks.status import status_screen, this_years
from models.selfcheck import TO_ANSWER


def press_check(turn: Turn) -> None:
    """``check:`` the screen, ``check:4`` a section, ``check:4:accept`` and so on, ``check:compare``."""
    what, _sep, verb = turn.incoming.data.partition(":")[2].partition(":")
    if not what:
        turn.say(*status_screen(turn))
        return
    if what == "inspected":
        if turn.actor.role in INSPECTED:
            comparing.begin_inspection(turn)
        else:
            turn.toast(_("Only an administrator enters what the inspectors gave."))
        return
    check = this_years(turn)
    whole: dict[str, Callable[[Turn, Any], None]] = {
        "compare": comparing.show_comparison,
        "repairs": repairs.show_repairs,
    }
    if check is not None and what in whole:
        whole[what](turn, check)
    else:
        _press_section(turn, what, verb)


def _press_section(turn: Turn, section: str, verb: str) -> None:
    acts: dict[str, Callable[[Turn, Any, Any], None]] = {
        "": review.show_section,
        "files": review.show_files,
        "accept": review.accept,
        "return": lambda turn, _check, row: review.begin_return(turn, row),
        "reopen": lambda turn, _check, row: review.begin_reopening(turn, row),
        "assign": lambda turn, _check, row: assigning.begin_assigning(turn, row),
        "answer": _answer,
    }
    check, row = review.find_section(turn, section, lock=verb == "accept")
    if row is None or verb not in acts:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
        return
    acts[verb](turn, check, row)


def _answer(turn: Turn, check: Any, row: Any) -> None:
    if turn.actor.role not in DUTY or row.state not in TO_ANSWER:
        turn.toast(_("This section waits for no answers any more."))
    elif row.member_id not in (None, turn.actor.id):
        turn.toast(_("This section is with {who}. Assign it first.").format(who=row.owner))
    else:
        begin_sections(turn, check, [row.section])

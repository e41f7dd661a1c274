"""The marks 社会影响恶劣, 媒体恶意炒作, 挂牌督办: set and taken back by administrators only, with a reason."""

from typing import Any

from bot.forms import Form, Question
from bot.i18n import _
from bot.kinds import Text
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms
from handlers.case_rights import hold, pressed, say_done, say_outdated
from handlers.casework import record
from handlers.roles import ADMINS
from models.case import FLAGS


def press_flag(turn: Turn) -> None:
    """Ask why a mark is set, or taken back where it stands: ``flag:CODE:NUMBER``."""
    flag, number = pressed(turn)
    if flag not in FLAGS:
        say_outdated(turn)
        return
    case = hold(turn, number, flag)
    if case is not None:
        params = {"number": number, "flag": flag, "set": flag not in case.flags}
        turn.talks.begin(turn, "flag", params=params, answers={})


def build_flag(params: dict[str, Any]) -> Form:
    """One question: why."""

    def ask(_view: Any) -> str:
        text = (
            _('Why is {number} marked "{flag}"?')
            if params["set"]
            else _('Why is the mark "{flag}" taken from {number}?')
        )
        return text.format(number=params["number"], flag=case_terms.flag(params["flag"]))

    reason = Question(
        key="reason", kind=Text(longest=200), ask=ask, label=lambda _view: _("reason")
    )
    return Form(
        name="flag",
        version=1,
        title=lambda _view: _("mark on {number}").format(number=params["number"]),
        questions=(reason,),
    )


def complete_flag(turn: Turn, finished: Finished) -> None:
    """Set or take back the mark, unless somebody did so meanwhile."""
    params = finished.view.params
    flag, wanted = params["flag"], params["set"]
    case = hold(turn, params["number"], flag)
    if case is None:
        return
    if (flag in case.flags) == wanted:
        text = _("Somebody was quicker: {number} stands like that already.")
        say_done(turn, case.number, text.format(number=case.number))
        return
    flags = [code for code in FLAGS if (code in case.flags) != (code == flag)]
    record(
        turn,
        case,
        "flag_set" if wanted else "flag_lifted",
        said=finished.answers["reason"],
        values={"flags": flags},
        flag=flag,
    )
    text = (
        _('✅ {number} is marked "{flag}".') if wanted else _('✅ "{flag}" is taken from {number}.')
    )
    say_done(turn, case.number, text.format(number=case.number, flag=case_terms.flag(flag)))


FLAG = Conversation(name="flag", version=1, roles=ADMINS, build=build_flag, complete=complete_flag)

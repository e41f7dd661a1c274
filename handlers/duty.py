"""/duty: signing on and off, and saying where one stands."""

import re
from dataclasses import dataclass
from typing import Any

from bot.forms import Form, Question, Refused, View
from bot.i18n import _
from bot.incoming import Incoming, row_of
from bot.kinds import Text
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.duty_handover import ask_whom, offer, take_over
from handlers.roles import ON_SHIFTS
from handlers.shifts import begin_shift, note_shift, screen
from models.duty import end_duty, find_shift, name_post, on_duty_ids, open_duty, post_of


def show_duty(turn: Turn) -> None:
    """How it stands: oneself, the others, the open cases."""
    turn.send(*screen(turn))


def press_duty(turn: Turn) -> None:
    """``duty:VERB:ARGUMENT``: on, off, post, at:SHIFT, hand:PAGE, to:MEMBER, take:SHIFT, stay:SHIFT."""
    verb, _sep, argument = turn.incoming.data.partition(":")[2].partition(":")
    act = _ACTS.get(verb)
    if act is None:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
    else:
        act(turn, row_of(argument))


def _sign_on(turn: Turn, _argument: int) -> None:
    if not begin_shift(turn, post=None):
        turn.toast(_("You are on duty already."))
        return
    # The post is offered, not asked: what comes next may be a cry for help, and belongs to no question.
    turn.say(*screen(turn, _now_on(), posts=True))


def _now_on() -> str:
    return _("✅ You are on duty: alarms call you from now on.")


def _stay(turn: Turn, shift_id: int) -> None:
    """On duty again where one stood before the shift was ended by the clock."""
    former = find_shift(turn.conn, shift_id, member_id=turn.actor.id)
    if former is None:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
    elif begin_shift(turn, post=former.post):
        turn.say(*screen(turn, _now_on()))
    else:
        turn.toast(_("You are on duty already."))


def _sign_off(turn: Turn, _argument: int) -> None:
    if not end_duty(turn.conn, turn.actor.id, by="self", now=turn.now):
        turn.toast(_("You are off duty already."))
        return
    note_shift(turn, "duty.ended", turn.actor)
    first, others = _("✅ You are off duty. Thank you."), True
    if not on_duty_ids(turn.conn, turn.actor.hospital.id):
        first = _("⚠️ You are off duty, and nobody else is on: alarms now go to the safety office.")
        others = False
    turn.say(*screen(turn, first, others=others))


# -- the post ------------------------------------------------------------------------------------


def _ask_post(turn: Turn, _argument: int) -> None:
    if open_duty(turn.conn, turn.actor.id) is None:
        turn.toast(_("You are off duty already."))
    else:
        turn.talks.begin(turn, "post", answers={})


def _stand_at(turn: Turn, shift_id: int) -> None:
    """Stand where somebody of the hospital stood before: one press instead of typing."""
    post = post_of(turn.conn, turn.actor.hospital.id, shift_id)
    if post is None:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
    elif not name_post(turn.conn, turn.actor.id, post):
        turn.toast(_("You are off duty already."))
    else:
        turn.say(*screen(turn))


@dataclass(frozen=True, kw_only=True, slots=True)
class Post(Text):
    """Where one stands: a few words, never a sentence about what happens."""

    longest: int = 30

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """The words; raises Refused for what tells something."""
        said = incoming.text.strip()
        if len(said) > self.longest or _TELLS.search(said):
            raise Refused(
                _(
                    "That is no post, and I have not kept it as one. Something happened? Press 🆘, or "
                    "send /report. A post is a few words, such as ER entrance."
                )
            )
        return Text.read(self, incoming, view, key)


_TELLS = re.compile(r"[。！？!?;；,，\n]|有人|来人|快来|救命")


def build_post(_params: dict[str, Any]) -> Form:
    """One question: where one stands this shift."""
    where = Question(
        key="post",
        kind=Post(),
        ask=lambda _view: _("Where do you stand? For example: ER entrance. Or press Skip."),
        label=lambda _view: _("post"),
        optional=True,
    )
    return Form(name="post", version=1, title=lambda _view: _("post"), questions=(where,))


def complete_post(turn: Turn, finished: Finished) -> None:
    """Keep where they stand; it is on every alarm they raise."""
    post = finished.answers["post"]
    if post and not name_post(turn.conn, turn.actor.id, post):
        turn.say(_("You are off duty meanwhile, so the post was not kept. /duty signs you on."))
        return
    turn.say(*screen(turn))


POST = Conversation(
    name="post", version=1, roles=ON_SHIFTS, build=build_post, complete=complete_post
)

_ACTS = {
    "on": _sign_on,
    "stay": _stay,
    "off": _sign_off,
    "post": _ask_post,
    "at": _stand_at,
    "hand": ask_whom,
    "to": offer,
    "take": take_over,
}

"""Whom alarms and reports call and when: what a hospital changes of our defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question, Refused, View
from bot.i18n import N_, _
from bot.incoming import Incoming
from bot.kinds import Several, options_of
from bot.messages import Button, Buttons
from bot.read_kinds import Numbers
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import casewords
from handlers.chain_gaps import manned, say_gaps, sum_up_gaps
from handlers.chain_words import minutes_of, phrases, say_after, tell_apart
from handlers.roles import ADMINS, REPORTERS
from models import audit
from models.chain import (
    AUDIENCES,
    LONGEST,
    ON_DUTY,
    ChainError,
    Rule,
    Step,
    check_steps,
    shipped_escalation,
    steps_of,
    stored,
)
from models.house_rule import CHAIN, find_rule, set_rule

RULES = {
    "alarm": N_("Call for help"),
    "grave": N_("Major or above"),
    "severe": N_("Violence"),
    "ordinary": N_("All other reports"),
}
CALLABLE = tuple(code for code in AUDIENCES if code == ON_DUTY or code in REPORTERS)
_MOST = 5
"""How many later steps the form asks for."""
_DEFAULT = "default"


# -- the screen ----------------------------------------------------------------------------------


def press_chain(turn: Turn) -> None:
    """Show the chains, or change one: ``chain:show``, ``chain:RULE``, ``chain:default:RULE``."""
    verb, _sep, rest = turn.incoming.data.partition(":")[2].partition(":")
    if verb == "show":
        turn.say(*_screen(turn))
    elif verb in RULES and not rest:
        answers = _answers_of(_rule(verb), _steps(turn, _rule(verb)))
        turn.talks.begin(turn, "chain", params={"rule": verb}, answers=answers)
    elif verb == _DEFAULT and rest in RULES:
        _restore(turn, _rule(rest))
    else:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))


def _rule(code: str) -> Rule:
    return next(rule for rule in shipped_escalation().rules if rule.id == code)


def _own(turn: Turn, rule: Rule) -> Any:
    return find_rule(turn.conn, turn.actor.hospital.id, CHAIN + rule.id)


def _steps(turn: Turn, rule: Rule) -> tuple[Step, ...]:
    own = _own(turn, rule)
    return rule.steps if own is None else steps_of(own.value)


def _screen(turn: Turn, done: Sequence[str] = ()) -> tuple[str, Buttons]:
    lines = [*done, _("Who is called, and when, until somebody takes it:")]
    rows, chains = [], {}
    for rule in shipped_escalation().rules:
        own, name = _own(turn, rule), _(RULES[rule.id])
        steps = chains[name] = rule.steps if own is None else steps_of(own.value)
        lines.append(
            _("{rule}{whose}: {steps}").format(
                rule=name, whose=_whose(turn, own), steps=_("; ").join(phrases(steps))
            )
        )
        row = [Button(name, f"chain:{rule.id}")]
        if own is not None:
            row.append(Button(_("Our default"), f"chain:{_DEFAULT}:{rule.id}"))
        rows.append(row)
    lines += [] if done else sum_up_gaps(chains, _manned(turn))
    lines.append(_("To change one, press it. Cases that run already keep theirs."))
    return "\n".join(lines), rows


def _manned(turn: Turn) -> frozenset[str]:
    return manned(turn.conn, turn.actor.hospital.id)


def _whose(turn: Turn, own: Any) -> str:
    if own is None:
        return _(" (our default, can be changed)")
    time = say_moment(own.changed_at, zone=turn.actor.hospital.zone, now=turn.now)
    return _(" (changed by {name}, {time})").format(name=own.name, time=time)


# -- changing a chain ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Rising(Numbers):
    """Numbers side by side, each above the one before."""

    def read(self, incoming: Incoming, view: View, key: str) -> list[str]:
        """The numbers; raises Refused where they do not rise."""
        found = Numbers.read(self, incoming, view, key)
        if any(int(one) >= int(other) for one, other in pairwise(found)):
            raise Refused(
                _("Each number must be above the one before, such as {example}.").format(
                    example=self.example
                )
            )
        return found


def _answers_of(rule: Rule, steps: Sequence[Step]) -> dict[str, Any]:
    """The answers that would make these steps, without those that only repeat at the end."""
    _single, again = tell_apart(rule.steps)
    asked = steps[: min(len(steps) - len(again), _MOST + 1)]
    return {"minutes": [str(each) for each in minutes_of(asked)[1:]]} | {
        _key(place): list(step.notify) for place, step in enumerate(asked)
    }


def _key(place: int) -> str:
    return f"who{place}"


def build_chain(params: dict[str, Any]) -> Form:
    """The minutes of the later steps, whom each step calls, and the chain in words to be looked at."""
    minutes = Question(
        key="minutes",
        kind=Rising(least=1, most=LONGEST, count=_MOST, example="1 3 10", unit="分钟"),
        ask=lambda _view: _(
            "After how many minutes is the next one called? Counted from the start, "
            "up to {n} numbers. For example: 1 3 10"
        ).format(n=_MOST),
        label=lambda _view: _("minutes to wait"),
    )
    name = RULES[params["rule"]]
    return Form(
        name="chain",
        version=1,
        title=lambda _view: _("who is called if nobody answers ({rule})").format(rule=_(name)),
        # A list of minutes and roles says nothing without the questions to it.
        summary=lambda _view: "",
        questions=(minutes, *(_ask_who(place) for place in range(_MOST + 1))),
        card=lambda view: _card(view, _(name)),
        submit=lambda _view: _("✅ Keep it so"),
    )


def _ask_who(place: int) -> Question:
    def when(view: View) -> str:
        return say_after(int(view.answers["minutes"][place - 1]) if place else 0)

    return Question(
        key=_key(place),
        kind=Several(options=options_of(CALLABLE, lambda code: casewords.audience([code]))),
        ask=lambda view: _("Whom to call: {when}?").format(when=when(view)),
        label=lambda _view: _("step {n}").format(n=place + 1),
        when=lambda view: place <= len(view.get("minutes", ())),
    )


def _card(view: View, name: str) -> str:
    steps = _assemble(_rule(view.params["rule"]), view.answers)
    lines = [
        _("{rule}: please check, then press Keep it so.").format(rule=name),
        *(f"{n}. {phrase}" for n, phrase in enumerate(phrases(steps), start=1)),
        _("Cases that run already keep theirs."),
    ]
    return "\n".join(lines)


def _assemble(rule: Rule, answers: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps as answered; the last one shows the police phone and is repeated where our default's is."""
    minutes = [0, *(int(each) for each in answers["minutes"])]
    last = len(minutes) - 1
    police = any(step.police for step in rule.steps)
    steps = tuple(
        Step(
            wait=minutes[place] - minutes[max(place - 1, 0)],
            notify=tuple(answers[_key(place)]),
            police=police and place == last,
        )
        for place in range(last + 1)
    )
    _single, again = tell_apart(rule.steps)
    return steps + tuple(
        Step(wait=each.wait, notify=steps[-1].notify, police=steps[-1].police) for each in again
    )


def complete_chain(turn: Turn, finished: Finished) -> None:
    """Keep the chain for the cases to come, or raise Refused where a step calls nobody."""
    rule = _rule(finished.view.params["rule"])
    steps = _assemble(rule, finished.answers)
    try:
        check_steps(steps)
    except ChainError:
        raise Refused(
            _("Every step must call somebody. Please change it; the rest is kept.")
        ) from None
    _keep(turn, rule, None if steps == rule.steps else stored(steps))
    done = _("✅ Kept for new cases.")
    turn.say(*_screen(turn, [done, *say_gaps(steps, _manned(turn))]))


def _restore(turn: Turn, rule: Rule) -> None:
    if _own(turn, rule) is not None:
        _keep(turn, rule, None)
    done = _("✅ Our default holds again for new cases.")
    turn.say(*_screen(turn, [done, *say_gaps(rule.steps, _manned(turn))]))


def _keep(turn: Turn, rule: Rule, value: Any) -> None:
    hospital, old = turn.actor.hospital, stored(_steps(turn, rule))
    key = CHAIN + rule.id
    set_rule(turn.conn, hospital.id, key, value, by=turn.actor.id, now=turn.now)
    audit.note(
        turn.conn,
        at=turn.now,
        action="chain.changed",
        subject=rule.id,
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        old=old,
        new=stored(_steps(turn, rule)),
    )


CHAINS = Conversation(
    name="chain", version=1, roles=ADMINS, build=build_chain, complete=complete_chain
)

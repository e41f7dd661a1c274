"""Steps of a chain in which nobody is right now: said where a chain is shown or kept."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from bot.i18n import _
from handlers import casewords
from handlers.chain_words import tell_apart
from handlers.roles import REPORTERS
from models.chain import ON_DUTY, Step
from models.duty import on_duty_actors
from models.people import ROLES, reachable_actors

Gap = tuple[int, Step, bool]
"""A step's number from 1, the step, and whether somebody is in a later one."""


def manned(conn: Connection, hospital_id: int) -> frozenset[str]:
    """The audiences in which somebody can be reached now; a head without a department is no department's."""
    found = {
        actor.role
        for actor in reachable_actors(conn, hospital_id, ROLES)
        if actor.role != "head" or actor.department_id is not None
    }
    on_duty = on_duty_actors(conn, hospital_id, REPORTERS)
    return frozenset(found | ({ON_DUTY} if on_duty else set()))


def gaps(steps: Sequence[Step], there: Iterable[str]) -> list[Gap]:
    """The steps that would call nobody, those that only repeat the last one left out."""
    single, _again = tell_apart(steps)
    empty = [not set(step.notify) & set(there) for step in single]
    return [
        (place + 1, step, not all(empty[place:]))
        for place, step in enumerate(single)
        if empty[place]
    ]


def say_gaps(steps: Sequence[Step], there: Iterable[str]) -> list[str]:
    """A sentence for each step without anybody, and what then happens."""
    return [_say_gap(gap) for gap in gaps(steps, there)]


def _say_gap(gap: Gap) -> str:
    number, step, followed = gap
    sentence = (
        _("⚠️ Step {n} has nobody now: {whom}. When it comes, the next step is called at once.")
        if followed
        else _("⚠️ Step {n} has nobody now: {whom}. Nor has any after it: please add somebody.")
    )
    return sentence.format(n=number, whom=casewords.audience(step.notify))


def sum_up_gaps(chains: Mapping[str, Sequence[Step]], there: Iterable[str]) -> list[str]:
    """One line about all chains by name; nothing where every step has somebody."""
    found = [
        _("{rule} step {n} ({whom})").format(
            rule=name, n=number, whom=casewords.audience(step.notify)
        )
        for name, steps in chains.items()
        for number, step, _followed in gaps(steps, there)
    ]
    if not found:
        return []
    text = _("⚠️ Nobody there now: {steps}. When such a step comes, the next is called at once.")
    return [text.format(steps=_("; ").join(found))]

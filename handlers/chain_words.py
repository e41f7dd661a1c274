"""A chain of calls in words: who is called after how long, counted from its beginning."""

from collections.abc import Sequence

from bot.i18n import _, n_
from handlers import casewords
from models.chain import Step


def tell_apart(steps: Sequence[Step]) -> tuple[Sequence[Step], Sequence[Step]]:
    """(the steps, those behind them that only call the same people again, equally often)."""
    last = len(steps)
    while last > 1 and steps[last - 1] == steps[-1] and _same_call(steps[last - 2], steps[-1]):
        last -= 1
    return steps[:last], steps[last:]


def _same_call(one: Step, other: Step) -> bool:
    return (one.notify, one.police) == (other.notify, other.police)


def minutes_of(steps: Sequence[Step]) -> list[int]:
    """When each step comes, in minutes from the beginning."""
    return [round(sum(step.wait for step in steps[: place + 1])) for place in range(len(steps))]


def say_after(minutes: int) -> str:
    """How long after the beginning."""
    if not minutes:
        return _("at once")
    if minutes % 60:
        return n_("{n} minute", "{n} minutes", minutes).format(n=minutes)
    return n_("{n} hour", "{n} hours", minutes // 60).format(n=minutes // 60)


def phrases(steps: Sequence[Step]) -> list[str]:
    """A phrase for each step; those repeated at the end share one."""
    single, again = tell_apart(steps)
    found = [
        _say_step(minutes, step) for minutes, step in zip(minutes_of(single), single, strict=True)
    ]
    if again:
        times = n_(
            "then every {wait}, {n} time more", "then every {wait}, {n} times more", len(again)
        )
        found.append(times.format(wait=say_after(round(again[0].wait)), n=len(again)))
    return found


def _say_step(minutes: int, step: Step) -> str:
    phrase = _("{when} → {whom}").format(
        when=say_after(minutes), whom=casewords.audience(step.notify)
    )
    return phrase + (_(" with the police phone") if step.police else "")

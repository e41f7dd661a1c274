"""From lines to their item where they do not add up to it: too much (A1) or too little (A2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.criteria import Item, Policy, Rubric
from models.judgement import ZERO, Band, Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A line of this level: its band, its points, and whether "not applicable" was answered."""

    id: str
    band: Band
    points: Fraction
    not_applicable: bool

    def weighed(self, item: Item, over: str) -> "Part":
        """The line at what it is worth by a reading of A1."""
        if over != "split" or item.over is None or self.id not in item.over.split:
            return self
        weight = item.over.split[self.id]
        scale = weight / self.points
        band = self.band.mapped(lambda points: points * scale)
        return Part(id=self.id, band=band, points=weight, not_applicable=self.not_applicable)


@dataclass(frozen=True, kw_only=True, slots=True)
class Combined:
    """An item's band, the open questions that bear on it, and why."""

    band: Band
    open: tuple[str, ...]
    reasons: tuple[Reason, ...]


CAP = Policy(question=None, fixed="cap")


def combine(rubric: Rubric, item: Item, printed: Fraction, parts: Sequence[Part]) -> Combined:
    """An item over every reading of A1 (lines above its points) and A2 (lines not applicable).

    ``printed`` is what the lines that apply add up to.
    """
    policy = item.over.policy if item.over and printed > item.points else CAP
    over = rubric.readings(policy.question, str(policy.fixed))
    rule = rubric.not_applicable
    absent = rubric.readings(rule.question, str(rule.fixed))
    bands = {
        (how, what): band
        for how in over
        for what, band in _by_absent(item, [p.weighed(item, how) for p in parts], how, absent)
    }
    band = _widest(bands.values(), bands[over[0], absent[0]].points)
    ours = _widest((bands[how, absent[0]] for how in over), band.points)
    questions = []
    if policy.question and len(over) > 1:
        questions.append(policy.question)
    # A2 stands while a line is missing at this level; one answered "not applicable" must matter.
    if rule.question and len(absent) > 1 and (printed < item.points or band != ours):
        questions.append(rule.question)
    return Combined(
        band=band, open=tuple(questions), reasons=_why(item, printed, over[0], absent[0])
    )


def _widest(bands: Iterable[Band], points: Fraction | None) -> Band:
    found = list(bands)
    return Band(
        low=min(band.low for band in found), high=max(band.high for band in found), points=points
    )


def _by_absent(
    item: Item, parts: Sequence[Part], over: str, absent: Sequence[str]
) -> Iterable[tuple[str, Band]]:
    """The item's band by each reading of A2; where no line is missing they are one and the same."""
    whole = sum((part.points for part in parts), ZERO)
    if any(part.not_applicable for part in parts) or whole < item.points:
        return [(what, _band(item, parts, over, what)) for what in absent]
    band = _band(item, parts, over, absent[0])
    return [(what, band) for what in absent]


def _band(item: Item, parts: Sequence[Part], over: str, absent: str) -> Band:
    """The item by one reading of each; every step only grows with its lines: ends stay ends."""
    whole = sum((part.points for part in parts), ZERO)
    applicable = sum((part.points for part in parts if not part.not_applicable), ZERO)

    def reached(values: Iterable[Fraction]) -> Fraction:
        got = _filled(sum(values, ZERO), applicable, max(whole, item.points), absent)
        return got * item.points / whole if over == "rescale" else min(got, item.points)

    counted = [part.band for part in parts if not part.not_applicable]
    lows, highs = [band.low for band in counted], [band.high for band in counted]
    known = [band.points for band in counted if band.points is not None]
    low = reached(lows)
    # Exact numbers are slow, and most lines are known: what is the same is worked out once.
    high = low if highs == lows else reached(highs)
    if len(known) < len(counted):
        return Band(low=low, high=high, points=None)
    return Band(low=low, high=high, points=low if known == lows else reached(known))


def _filled(got: Fraction, applicable: Fraction, target: Fraction, absent: str) -> Fraction:
    """Lines that do not apply made up for (A2); with nothing left to scale over, full marks."""
    if absent == "rescale_total":
        return got
    if absent == "full_marks" or (absent == "rescale" and applicable == 0):
        return got + target - applicable
    return got * target / applicable if absent == "rescale" else got


def _why(item: Item, printed: Fraction, over: str, absent: str) -> tuple[Reason, ...]:
    if printed == item.points:
        return ()
    code, reading = ("over_points", over) if printed > item.points else ("short_points", absent)
    figures = {"printed": printed, "points": item.points}
    return (Reason(code=code, where=item.id, params={**figures, "reading": reading}),)

"""What stands beside the table: bonus and veto, and what they make of the whole."""

from collections.abc import Mapping, Sequence

from models.criteria import Rubric, Veto
from models.judgement import (
    ZERO,
    Band,
    Facts,
    Reason,
    exactly,
    gain,
)
from models.question import UNKNOWN, Figures
from models.scores import BesideScore, SectionScore
from models.table_score import NOTHING, total


def whole(
    rubric: Rubric,
    sections: Sequence[SectionScore],
    bonus: Sequence[BesideScore],
    vetoes: Sequence[BesideScore],
) -> Band:
    """Sections, then bonus up to its cap, held to the table's points, then vetoes; never below 0."""
    table = total(section.score for section in sections)
    if rubric.not_applicable.fixed == "rescale_total":
        table = _rescaled(rubric, sections, table)
    if rubric.bonus is not None:
        cap = rubric.bonus.cap
        table += total(each.score for each in bonus).mapped(lambda got: min(got, cap))
    if rubric.bonus is None or not rubric.bonus.beyond:
        table = table.mapped(lambda got: min(got, rubric.points))
    return (table + total(each.score for each in vetoes)).mapped(lambda got: max(got, ZERO))


def _rescaled(rubric: Rubric, sections: Sequence[SectionScore], table: Band) -> Band:
    """The whole table over what applies; with nothing left, full marks."""
    absent = sum((section.absent for section in sections), ZERO)
    left = rubric.points - absent
    if left <= 0:
        return exactly(rubric.points)
    return table.mapped(lambda got: got * rubric.points / left)


def score_bonus(
    rubric: Rubric, read: Mapping[str, str | Figures], facts: Facts
) -> tuple[BesideScore, ...]:
    found = []
    for line in rubric.bonus.lines if rubric.bonus else ():
        band, reason = gain(line, read.get(line.id), facts)
        found.append(
            BesideScore(
                id=line.id,
                name=line.name,
                points=line.points,
                score=band,
                reasons=(reason,) if reason else (),
            )
        )
    return tuple(found)


def score_veto(
    rubric: Rubric, veto: Veto, read: Mapping[str, str | Figures], facts: Facts
) -> BesideScore:
    """一票否决: nobody said whether it happened, so it may have."""
    points = rubric.points if veto.deduct is None else veto.deduct
    if rubric.bonus and rubric.bonus.beyond and veto.deduct is None:
        points += rubric.bonus.cap
    answer = read.get(veto.id)
    times = facts.counts.get(veto.metric)
    if times is None and isinstance(answer, tuple):
        times = answer[0]
    if times is None:
        code = "unanswered" if answer is None else UNKNOWN
        band = Band(low=-points, high=ZERO, points=None)
        reason: Reason | None = Reason(code=code, where=veto.id)
    elif times > 0:
        band = exactly(-points)
        reason = Reason(
            code="veto",
            where=veto.id,
            params={"metric": veto.metric, "count": int(times), "lost": points},
        )
    else:
        band, reason = NOTHING, None
    return BesideScore(
        id=veto.id,
        name=veto.name,
        points=points,
        score=band,
        reasons=(reason,) if reason else (),
    )

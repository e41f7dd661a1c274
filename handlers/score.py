"""/score: the live score with its range, what is lost, what can be won back, and everything behind buttons."""

from fractions import Fraction

from bot.dates import say_day
from bot.i18n import _, current_locale, n_
from bot.messages import Button, Buttons
from bot.turn import Turn
from handlers import words
from handlers.score_words import name_of, number, ordinal, points, say_band
from handlers.scoring import Standing, standing
from models.criteria import MISSED
from models.judgement import ZERO
from models.projection import Loss, Outlook, reporting
from models.rules import metrics_of

_SHOWN = 2
"""Losses named on the first screen; the rest is behind the sections."""
_PAPERS = 3
"""Missed papers named there."""


def show_score(turn: Turn) -> None:
    """This year's score in one screen."""
    turn.send(*score_screen(turn))


def score_screen(turn: Turn, year: int | None = None) -> tuple[str, Buttons]:
    """The score of a year, of the one that is running where none is given."""
    hospital = turn.actor.hospital
    running = turn.now.astimezone(hospital.zone).year
    now = standing(turn.conn, hospital, year or running, turn.now)
    outlook = now.outlook()
    lines = [
        _("{year} self-assessment: {score} of {points} points").format(
            year=now.year, score=say_band(now.card.score), points=number(now.card.points)
        ),
        *_losses(now, outlook),
        *_beside(now),
        *_unsettled(now),
        _ends(outlook),
        *_before(turn, now),
        *_check(now),
    ]
    return "\n".join(lines), _buttons(now, compared=_was_here(now))


def _losses(now: Standing, outlook: Outlook) -> list[str]:
    """What is gone and what can still be won back, the greatest first."""
    found = []
    if gone := outlook.of("gone"):
        found.append(_("Lost: {losses}").format(losses=_named(now, gone)))
    counted = {line.id for _item, line in reporting(now.rubric)}
    if now.missed and not counted & {loss.criterion for loss in outlook.losses}:
        # The first miss costs nothing by our reading, and is what makes the second one costly.
        said = _("Missed, nothing lost yet: {papers}")
        found.append(said.format(papers=_(", ").join(_papers(now))))
    if winnable := outlook.of("winnable"):
        last = say_day(now.period[1], this_year=now.at.year)
        said = _("Can be won back until {day}: {losses}")
        found.append(said.format(day=last, losses=_named(now, winnable)))
    return found


def _named(now: Standing, losses: tuple[Loss, ...]) -> str:
    said = [_one(now, loss) for loss in losses[:_SHOWN]]
    if len(losses) > _SHOWN:
        total = sum((loss.points for loss in losses[_SHOWN:]), ZERO)
        said.append(
            _("and {n} more -{points}").format(n=len(losses) - _SHOWN, points=number(total))
        )
    return _("; ").join(said)


def _one(now: Standing, loss: Loss) -> str:
    said = f"{loss.criterion} {name_of(now.rubric, loss.criterion)} -{number(loss.points)}"
    line = next((each for each in now.rubric.criteria if each.id == loss.criterion), None)
    if line is None or MISSED not in metrics_of(line.rule) or not now.missed:
        return said
    papers = _papers(now)
    told = n_("{n} report missed", "{n} reports missed", len(now.missed)).format(n=len(now.missed))
    named = _(": ").join((told, _(", ").join(papers)))
    return _("{what} ({numbers})").format(what=said, numbers=named)


def _papers(now: Standing) -> list[str]:
    """The missed papers by name, the last ones where there are many."""
    named = [words.paper(p.code, p.subject, p.period_end) for p in now.missed[-_PAPERS:]]
    return [*named, "…"] if len(now.missed) > _PAPERS else named


def _beside(now: Standing) -> list[str]:
    """Bonus and vetoes that have come about."""
    return [
        f"{each.name.in_language(current_locale())} {'+' if each.score.low >= 0 else ''}{say_band(each.score)}"
        for each in (*now.card.bonus, *now.card.vetoes)
        if each.score.points
    ]


def _unsettled(now: Standing) -> list[str]:
    """How many points hang on open questions, and what nobody has answered."""
    found = []
    asking = disputed(now)
    if asking:
        n = len(asking)
        said = n_(
            "Not settled: {n} question of the table, up to {points}",
            "Not settled: {n} questions of the table, up to {points}",
            n,
        )
        stake = max(stake for _question, stake in asking)
        found.append(said.format(n=n, points=points(stake)))
    return found


def disputed(now: Standing) -> list[tuple[str, Fraction]]:
    """The open questions that bear on the score, with the points that hang on each."""
    found = []
    for question in now.card.open:
        readings = now.rubric.question(question).readings
        ends = [now.read_as(question, reading) for reading in readings]
        stake = max(
            max(card.score.high for card in ends) - min(card.score.high for card in ends),
            max(card.score.low for card in ends) - min(card.score.low for card in ends),
        )
        found.append((question, stake))
    return found


def _ends(outlook: Outlook) -> str:
    said = _("By the end of the period: at worst {worst}, at best {best}.")
    return said.format(worst=number(outlook.worst), best=number(outlook.best))


def _before(turn: Turn, now: Standing) -> list[str]:
    """Last year's score, where the hospital was here then."""
    if not _was_here(now):
        return []
    before = standing(turn.conn, now.hospital, now.year - 1, turn.now)
    said = _("{year}: {score} of {points}")
    return [
        said.format(
            year=before.year,
            score=say_band(before.card.score),
            points=number(before.card.points),
        )
    ]


def _was_here(now: Standing) -> bool:
    """Whether the hospital was set up before this year began."""
    return now.hospital.created_at.astimezone(now.hospital.zone).year < now.year


def _check(now: Standing) -> list[str]:
    if now.other_table:
        return [_("The self-check answers another scorecard: /selfcheck begins one for this.")]
    if now.check is None:
        return [_("No self-check this year yet: /selfcheck narrows the range.")]
    if not now.check.reviewed:
        return [_("Self-check not reviewed by a second person yet.")]
    return []


def _buttons(now: Standing, *, compared: bool) -> Buttons:
    year = now.year
    sections = [
        Button(str(index + 1), f"score:{year}:{section.id}")
        for index, section in enumerate(now.card.sections)
    ]
    more = [Button(_("Next miss"), f"score:{year}:miss"), Button(_("Sheet"), f"sheet:{year}")]
    if compared:
        more.append(Button(_("Last year"), f"score:{year}:before"))
    if now.card.open or now.rulings:
        more.append(Button(_("Unsettled"), f"ruling:{year}"))
    return [sections, more[:2], more[2:]]


def section_line(index: int, name: str, score: str, whole: str) -> str:
    """一、组织领导 18/20."""
    return f"{ordinal(index)}{name} {score}/{whole}"

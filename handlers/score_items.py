"""/score, further down: a section, an item in full, the next miss, last year beside this one."""

from collections.abc import Callable, Iterator
from typing import Any

from bot.i18n import _, current_locale
from bot.messages import Button, Buttons
from bot.turn import Turn
from handlers.costs import cost_line
from handlers.score import score_screen, section_line
from handlers.score_words import (
    item_reasons,
    ladder_words,
    number,
    numbers_behind,
    points,
    say_band,
)
from handlers.scoring import Standing, standing
from models.criteria import Item
from models.projection import next_misses, reporting
from models.scores import CriterionScore, ItemScore

Screen = tuple[str, Buttons]


def press_score(turn: Turn) -> None:
    """``score:2026`` the screen, ``score:2026:4`` a section, ``:4.2`` an item, ``:miss``, ``:before``."""
    year, _sep, what = turn.incoming.data.partition(":")[2].partition(":")
    hospital = turn.actor.hospital
    running = turn.now.astimezone(hospital.zone).year
    if not (year.isdecimal() and year.isascii() and 1970 <= int(year) <= running):
        _used_up(turn)
        return
    if not what:
        turn.say(*score_screen(turn, int(year)))
        return
    now = standing(turn.conn, hospital, int(year), turn.now)
    screen = _screen(turn, now, what)
    if screen is None:
        _used_up(turn)
    else:
        turn.say(*screen)


def _used_up(turn: Turn) -> None:
    turn.toast(_("This button is no longer in use. /help lists what you can do."))


def _screen(turn: Turn, now: Standing, what: str) -> Screen | None:
    named: dict[str, Callable[[], Screen]] = {
        "miss": lambda: _misses(now),
        "before": lambda: _compared(turn, now),
        **{s.id: lambda s=s: _section(now, s) for s in now.card.sections},  # type: ignore[misc]
        **{i.id: lambda i=i: _item(turn, now, i) for i in now.card.items},  # type: ignore[misc]
    }
    return named[what]() if what in named else None


def _back(year: int, where: str = "") -> Button:
    return Button(_("Back"), f"score:{year}{where}")


def _section(now: Standing, section: Any) -> Screen:
    index = now.card.sections.index(section)
    name = section.name.in_language(current_locale())
    lines = [section_line(index, name, say_band(section.score), number(section.points))]
    lines += [_item_line(item) for item in section.items]
    cells = [Button(item.id, f"score:{now.year}:{item.id}") for item in section.items]
    rows = [cells[i : i + 4] for i in range(0, len(cells), 4)]
    return "\n".join(lines), [*rows, [_back(now.year)]]


def _item_line(item: ItemScore) -> str:
    name = item.name.in_language(current_locale())
    line = f"{item.id} {name} {say_band(item.score)}/{number(item.points)}"
    if item.score.points is not None and item.score.points < item.points:
        line += _(" · -{points}").format(points=number(item.points - item.score.points))
    return line


def _item(turn: Turn, now: Standing, item: ItemScore) -> Screen:
    """One item in full: what is printed, each line's points, why, what is open, what was ruled."""
    rules = next(each for each in now.rubric.items if each.id == item.id)
    section = next(s for s in now.card.sections if item in s.items)
    lines = [_item_line(item), *_printed(rules), *_lines(item)]
    numbers = numbers_behind(turn.conn, now, item)
    lines += [f"· {each}" for each in item_reasons(item, now, numbers)]
    lines += _questions(now, item)
    return "\n".join(lines), [[_back(now.year, f":{section.id}")]]


def _printed(item: Item) -> list[str]:
    clauses = dict.fromkeys(line.clause for line in item.criteria)
    return [_("The table says: {words}").format(words=" ".join(clauses))]


def _lines(item: ItemScore) -> Iterator[str]:
    for line in item.criteria:
        if line.applies is not False:
            yield _line(line)


def _line(line: CriterionScore) -> str:
    name = line.name.in_language(current_locale())
    return f"{line.id} {name} {say_band(line.score)}/{number(line.points)}"


def _questions(now: Standing, item: ItemScore) -> Iterator[str]:
    """What is open about an item, and rulings in force."""
    locale = current_locale()
    noted = {
        q
        for line in next(each for each in now.rubric.items if each.id == item.id).criteria
        for q in line.open
    }
    plain = next(each for each in now.unruled().items if each.id == item.id)
    bearing = (*plain.open, *(q for c in plain.criteria for q in c.open), *sorted(noted))
    for question in dict.fromkeys(bearing):
        known = now.rubric.question(question)
        text = f"{question}: {known.text.in_language(locale)}"
        if question in now.rulings and question not in now.card.open:
            row = now.rulings[question]
            reading = known.readings[row.value].in_language(locale)
            said = _("{question} Ruled by {who}: {reading}.")
            text = said.format(question=text, who=row.name, reading=reading)
        elif known.default is not None:
            reading = known.readings[known.default].in_language(locale)
            text += " " + _("We read it as: {reading} (our default, can be changed).").format(
                reading=reading
            )
        yield text
    for each in now.card.settings:
        if each.setting.question in noted:
            ours = _(" (our default, can be changed)") if each.is_default else ""
            yield f"{each.setting.text.in_language(locale)}{_value(each.value)}{ours}"


def _value(value: str) -> str:
    """A number or a yes or no; any other value says no more than its text does."""
    if value in ("yes", "no"):
        value = _("yes") if value == "yes" else _("no")
    elif not value.replace(".", "").isdigit():
        return ""
    return _(": {value}").format(value=value)


def _misses(now: Standing) -> Screen:
    """What each further missed report would cost."""
    lines = [cost_line(now)]
    costs = next_misses(now.basis, now.card)
    missed = len(now.missed)
    for further, cost in enumerate(costs, 1):
        said = _("Missed report no. {n}: -{points}")
        lines.append(said.format(n=missed + further, points=number(cost)))
    if now.left:
        lines.append(_("Still to file this year: {n}.").format(n=len(now.left)))
    for item, line in reporting(now.rubric):
        if not ladder_words(line):
            lines.append(
                _("{item} {name}: up to {points}").format(
                    item=item.id,
                    name=line.name.in_language(current_locale()),
                    points=points(line.points),
                )
            )
    return "\n".join(lines), [[_back(now.year)]]


def _compared(turn: Turn, now: Standing) -> Screen:
    """This year beside the last, by section and item."""
    before = standing(turn.conn, now.hospital, now.year - 1, turn.now)
    lines = [
        _("{year} {score}, {before_year} {before}").format(
            year=now.year,
            score=say_band(now.card.score),
            before_year=before.year,
            before=say_band(before.card.score),
        )
    ]
    if before.rubric.id != now.rubric.id:
        lines.append(_("Judged by another scorecard then: only the totals can be compared."))
    else:
        then = {item.id: item for item in before.card.items}
        for item in now.card.items:
            old = then.get(item.id)
            if old is not None and old.score != item.score:
                name = item.name.in_language(current_locale())
                lines.append(f"{item.id} {name} {say_band(old.score)} → {say_band(item.score)}")
        if len(lines) == 1:
            lines.append(_("Every item has the same points."))
    return "\n".join(lines), [[_back(now.year)]]

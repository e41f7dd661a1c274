"""/score: the live score with its range, why points are lost, and every item behind a button."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from bot.i18n import N_, _, current_locale, n_
from bot.messages import Button
from bot.turn import Turn
from handlers import words
from handlers.scoring import Standing, standing
from models.judgement import Band, Reason
from models.scorecard import ItemScore, SectionScore

_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
SENTENCES = {
    "unanswered": N_("not answered yet"),
    "unknown": N_("not known yet"),
    "not_counted": N_("not counted yet"),
    "not_met": N_("not met"),
    "partly": N_("partly met"),
    "not_applicable": N_("not applicable"),
    "no_cases": N_("no cases"),
    "chosen": N_("somebody else heads the group"),
    "none_chosen": N_("nobody heads the group"),
    "prorated": N_("{value} of {full}"),
    "below_benchmark": N_("{own} against the district's {benchmark}"),
    "benchmark_missing": N_("the district's average is not known yet"),
    "over_points": N_("the lines add up to {printed}, at most {points} count"),
    "short_points": N_("only lines worth {printed} of {points} apply at this level"),
    "level_not_applicable": N_("does not apply at this level"),
}


def number(value: Fraction) -> str:
    """Points with at most two decimals and no trailing zeros."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def say_band(band: Band) -> str:
    """86, or 86~88 while something is open."""
    if band.low == band.high:
        return number(band.low)
    return f"{number(band.low)}~{number(band.high)}"


def reason_sentence(reason: Reason) -> str:
    """Why a line is not at its full points, in words."""
    figures = {k: number(v) if isinstance(v, Fraction) else v for k, v in reason.params.items()}
    if reason.code == "missed":
        count = int(reason.params["count"])
        return n_("{n} report missed", "{n} reports missed", count).format(n=count)
    if reason.code == "events":
        count = int(reason.params["count"])
        return n_("{n} event, {each} points each", "{n} events, {each} points each", count).format(
            n=count, each=figures["each"]
        )
    return _(SENTENCES.get(reason.code, reason.code)).format(**figures)


def item_reasons(item: ItemScore, now: Standing) -> list[str]:
    """The reasons of an item, the missed reports by name among them."""
    sentences = [
        f"{reason.where} {reason_sentence(reason)}"
        if reason.where != item.id
        else reason_sentence(reason)
        for reason in item.every_reason
    ]
    if any(reason.code == "missed" for reason in item.every_reason):
        sentences += [words.paper(p.code, p.subject, p.period_end) for p in now.missed]
    return sentences


def show_score(turn: Turn) -> None:
    """This year's score in one screen."""
    turn.send(*score_screen(turn))


def score_screen(turn: Turn) -> tuple[str, list[list[Button]]]:
    """The score of the year that is running."""
    hospital = turn.actor.hospital
    year = turn.now.astimezone(hospital.zone).year
    now = standing(turn.conn, hospital, year, turn.now)
    lines = [
        _("{year} self-assessment: {score} of {points} points").format(
            year=year, score=say_band(now.card.score), points=number(now.card.points)
        )
    ]
    lines += [_section_line(index, section) for index, section in enumerate(now.card.sections)]
    lines += _reporting_lines(now)
    if now.card.open:
        lines.append(
            _("Not settled: {ids} (why: see the items)").format(ids=" ".join(now.card.open))
        )
    if now.checked_at is None:
        lines.append(_("No self-check this year yet: /selfcheck narrows the range."))
    buttons = [
        [
            Button(str(index + 1), f"score:{year}:{section.id}")
            for index, section in enumerate(now.card.sections)
        ]
    ]
    return "\n".join(lines), buttons


def _section_line(index: int, section: SectionScore) -> str:
    name = section.name.in_language(current_locale())
    mark = f"{_NUMERALS[index]}、" if current_locale() == "zh_Hans" else f"{index + 1}. "
    return f"{mark}{name} {say_band(section.score)}/{number(section.points)}"


def _reporting_lines(now: Standing) -> list[str]:
    item = next(item for item in now.card.items if item.id == "4.5")
    lines = [
        _("4.5 Reporting {score}/{points}: {n} missed").format(
            score=say_band(item.score), points=number(item.points), n=len(now.missed)
        )
    ]
    lines += [f"· {words.paper(p.code, p.subject, p.period_end)}" for p in now.missed]
    return lines


def press_score(turn: Turn) -> None:
    """One section's items with their reasons."""
    _kind, _sep, rest = turn.incoming.data.partition(":")
    year, _sep, section_id = rest.partition(":")
    hospital = turn.actor.hospital
    if not (year.isdecimal() and len(year) == 4 and 1970 <= int(year) <= 9000):
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
        return
    now = standing(turn.conn, hospital, int(year), turn.now)
    found = next((s for s in now.card.sections if s.id == section_id), None)
    if found is None:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
        return
    index = now.card.sections.index(found)
    lines = [_section_line(index, found)]
    for item in found.items:
        lines += _item_lines(item, now)
    turn.send("\n".join(lines))


def _item_lines(item: ItemScore, now: Standing) -> list[str]:
    name = item.name.in_language(current_locale())
    lines = [f"{item.id} {name} {say_band(item.score)}/{number(item.points)}"]
    reasons = item_reasons(item, now)
    if reasons:
        lines.append("  " + _("; ").join(reasons))
    for question in dict.fromkeys((*item.open, *(q for c in item.criteria for q in c.open))):
        text = now.rubric.question(question).text.in_language(current_locale())
        lines.append(f"  {question}: {text}")
    if item.id == "4.5":
        lines += _settings(now, ("A5", "A11"))
    return lines


def _settings(now: Standing, questions: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for each in now.card.settings:
        if each.setting.question in questions:
            text: Any = each.setting.text.in_language(current_locale())
            default = _(" (our default, can be changed)") if each.is_default else ""
            lines.append(f"  {text}{_setting_value(each.value)}{default}")
    return lines


def _setting_value(value: str) -> str:
    """A number or a yes or no; any other value says no more than its text does."""
    if value in ("yes", "no"):
        value = _("yes") if value == "yes" else _("no")
    elif not value.replace(".", "").isdigit():
        return ""
    return _(": {value}").format(value=value)

"""How a score is said: points, ranges, and why a line has the points it has."""

from collections.abc import Mapping
from fractions import Fraction

from sqlalchemy import Connection

from bot.i18n import N_, _, current_locale, n_
from handlers import words
from handlers.scoring import Standing
from models.criteria import MISSED, Criterion, Rubric
from models.judgement import Band, Reason
from models.rules import Step
from models.scores import ItemScore
from models.tally import numbers_of

_NUMBERS = 10
"""Records named behind one figure."""
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
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
    "slope": N_("{value}, full points from {full}"),
    "below_benchmark": N_("{own} against the district's {benchmark}"),
    "benchmark_missing": N_("the district's average is not known yet"),
    "over_points": N_("the lines add up to {printed}, at most {points} count"),
    "short_points": N_("only lines worth {printed} of {points} apply at this level"),
    "level_not_applicable": N_("does not apply at this level"),
    "facts_missing": N_("whether it applies depends on beds and outpatients: enter them in /admin"),
    "given": N_("a bonus is given"),
}


def number(value: Fraction) -> str:
    """Points with at most two decimals and no trailing zeros."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def points(value: Fraction) -> str:
    """1 point, 0.5 points."""
    return n_("{n} point", "{n} points", 1 if value == 1 else 2).format(n=number(value))


def say_band(band: Band) -> str:
    """86, or 86~88 while something is open."""
    if band.low == band.high:
        return number(band.low)
    return f"{number(band.low)}~{number(band.high)}"


def ordinal(index: int) -> str:
    """A section's number as the table prints it."""
    if current_locale() != "zh_Hans":
        return f"{index + 1}. "
    return f"{NUMERALS[index]}、" if index < len(NUMERALS) else f"{index + 1}、"


def reason_sentence(reason: Reason) -> str:
    """Why a line is not at its full points, in words."""
    figures = {k: number(v) if isinstance(v, Fraction) else v for k, v in reason.params.items()}
    count = int(reason.params.get("count", 0))
    if reason.code == "missed":
        return n_("{n} report missed", "{n} reports missed", count).format(n=count)
    if reason.code == "events":
        said = n_("{n} event, {each} points each", "{n} events, {each} points each", count)
        return said.format(n=count, each=figures["each"])
    if reason.code == "events_cost":
        said = n_("{n} event, {lost} points off", "{n} events, {lost} points off", count)
        return said.format(n=count, lost=figures["lost"])
    if reason.code == "veto":
        return _("veto: {lost} points off the total").format(lost=figures["lost"])
    return _(SENTENCES.get(reason.code, reason.code)).format(**figures)


def item_reasons(
    item: ItemScore, now: Standing, numbers: Mapping[str, list[str]] | None = None
) -> list[str]:
    """The reasons of an item; missed reports by name, events by the numbers of their records."""
    sentences = [_placed(reason, item, numbers or {}) for reason in item.every_reason]
    if any(reason.params.get("metric") == MISSED for reason in item.every_reason):
        sentences += [words.paper(p.code, p.subject, p.period_end) for p in now.missed]
    return sentences


def numbers_behind(conn: Connection, now: Standing, item: ItemScore) -> dict[str, list[str]]:
    """By figure: the numbers of the records that an item's reasons count."""
    metrics = {reason.params.get("metric") for reason in item.every_reason}
    return {
        metric: numbers_of(conn, now.hospital, metric, now.period, at=now.at, limit=_NUMBERS)
        for metric in sorted(each for each in metrics if isinstance(each, str))
    }


def _placed(reason: Reason, item: ItemScore, numbers: Mapping[str, list[str]]) -> str:
    said = reason_sentence(reason)
    if found := numbers.get(str(reason.params.get("metric"))):
        said = _("{what} ({numbers})").format(what=said, numbers=_(", ").join(found))
    return said if reason.where == item.id else f"{reason.where} {said}"


def name_of(rubric: Rubric, where: str) -> str:
    """The short name of an item or a line."""
    locale = current_locale()
    for item in rubric.items:
        if item.id == where:
            return item.name.in_language(locale)
        for line in item.criteria:
            if line.id == where:
                return line.name.in_language(locale)
    return where


def ladder_words(line: Criterion) -> str:
    """漏报2次扣1分,漏报3次及以上不得分; nothing for a rule that is no ladder."""
    rule = line.rule
    if not isinstance(rule, Step):
        return ""
    said = []
    for times in range(1, len(rule.deduct)):
        lost, before = rule.deduct[times], rule.deduct[times - 1]
        if lost == before:
            continue
        if times == len(rule.deduct) - 1 and lost == line.points:
            said.append(_("{n} or more missed leave nothing").format(n=times))
        else:
            said.append(_("{n} missed cost {points}").format(n=times, points=points(lost)))
    return _(", ").join(said)

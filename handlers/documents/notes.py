"""What stands below the official sheet: where its rules come from, what they leave open, how that was read."""

from collections.abc import Iterator
from typing import Any

from bot.dates import say_day
from bot.i18n import _, current_locale
from handlers.documents.table import printable
from handlers.scoring import Standing
from models.criteria import OpenQuestion
from models.scores import SettingInForce

NO_YEAR = 0
"""For a date that always names its year."""


def notes_of(now: Standing) -> Iterator[str]:
    """The notes in their order."""
    yield _source(now)
    yield _check(now)
    if now.card.score.low != now.card.score.high:
        yield _(
            "A score written as a~b lies between the two: something is not answered or not known yet, "
            "or the table can be read in more than one way."
        )
    for question in now.card.open:
        yield _question(now.rubric.question(question))
    yield from _rulings(now)
    yield from _settings(now.card.settings)


def _source(now: Standing) -> str:
    source, rubric = now.rubric.source, now.rubric
    return _(
        "Basis: {document} ({number}, {issuer}, {issued}). Rules {id}, version {version}, checksum {hash}."
    ).format(
        document=source.document,
        number=source.number,
        issuer=source.issuer,
        issued=source.issued,
        id=rubric.id,
        version=rubric.version,
        hash=rubric.content_hash[:8],
    )


def _check(now: Standing) -> str:
    """Whose answers these are: which version of the self-check, and whether a second person has read it."""
    if now.other_table:
        return _("The newest self-check answers another scorecard; its answers do not count here.")
    if now.check is None:
        return _("There is no self-check of this year yet.")
    day = now.check.answered_at.astimezone(now.hospital.zone).date()
    said = (
        _("Self-check no. {n}, last answered {day}, reviewed by a second person.")
        if now.check.reviewed
        else _("Self-check no. {n}, last answered {day}, not reviewed yet.")
    )
    return said.format(n=now.check.version_no, day=say_day(day, this_year=NO_YEAR))


def _question(question: OpenQuestion) -> str:
    locale = current_locale()
    said = _("{id} (the table leaves open): {text}.").format(
        id=question.id, text=question.text.in_language(locale)
    )
    if not question.readings:
        return said
    ours = question.readings[str(question.default)].in_language(locale)
    others = [
        text.in_language(locale)
        for key, text in question.readings.items()
        if key != question.default
    ]
    read = _(" Here: {ours} (our default, can be changed). It may also mean: {others}.")
    return said + read.format(ours=ours, others=_("; ").join(others))


def _rulings(now: Standing) -> Iterator[str]:
    """The open questions that the hospital has read in one way: how, who, when, why."""
    for question in now.rubric.open:
        ruling = now.rulings.get(question.id)
        if ruling is not None and ruling.value in question.readings:
            yield _ruled(question, ruling, now)


def _ruled(question: OpenQuestion, ruling: Any, now: Standing) -> str:
    day = ruling.made_at.astimezone(now.hospital.zone).date()
    said = _("{id} (ruled): {text}. Here: {reading}. {name}, {day}: {reason}").format(
        id=question.id,
        text=question.text.in_language(current_locale()),
        reading=question.readings[ruling.value].in_language(current_locale()),
        name=ruling.name,
        day=say_day(day, this_year=NO_YEAR),
        reason=ruling.reason,
    )
    return printable(said)


def _settings(settings: tuple[SettingInForce, ...]) -> Iterator[str]:
    """What is assumed where the table is silent."""
    own = _("; ").join(_setting(each) for each in settings if not each.is_default)
    ours = _("; ").join(_setting(each) for each in settings if each.is_default)
    if own:
        yield _("Where the table is silent, the hospital has set: {texts}.").format(texts=own)
    if ours:
        yield _(
            "Where the table is silent, assumed (our default, can be changed): {texts}."
        ).format(texts=ours)


def _setting(each: SettingInForce) -> str:
    return each.setting.text.in_language(current_locale()) + _value(each.value)


def _value(value: str) -> str:
    """A number or a yes or no; any other value says no more than its text does."""
    if value in ("yes", "no"):
        value = _("yes") if value == "yes" else _("no")
    elif not value.replace(".", "", 1).isdecimal():
        return ""
    return _(": {value}").format(value=value)

"""Incident categories: stable codes in groups, and which of them a message is probably about."""

from dataclasses import dataclass

from models.guess import ranked

SEVERITIES = ("general", "serious", "major", "extreme")


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """One leaf; the words people use for it stand in hints.py."""

    code: str
    group: str
    severity: str = "general"
    common: bool = False


def _leaf(code: str, group: str, severity: str = "general", *, common: bool = False) -> Category:
    return Category(code=code, group=group, severity=severity, common=common)


CATEGORIES: tuple[Category, ...] = (
    _leaf("violence_staff", "violence", "serious", common=True),
    _leaf("insult", "threat", common=True),
    _leaf("threat_to_staff", "threat", "serious", common=True),
    _leaf("dispute", "medical", common=True),
    _leaf("theft", "property", common=True),
    _leaf("fire", "property", "major", common=True),
    _leaf("patient_injury", "property", "serious", common=True),
    _leaf("mental_patient", "stability", "serious", common=True),
    _leaf("violence_patient", "violence", "serious"),
    _leaf("restraint", "violence", "serious"),
    _leaf("mob", "violence", "major"),
    _leaf("banner", "disorder"),
    _leaf("wreath", "disorder"),
    _leaf("mourning_hall", "disorder"),
    _leaf("body_left", "disorder", "serious"),
    _leaf("driving_away", "disorder"),
    _leaf("extortion", "disorder", "serious"),
    _leaf("medical_tout", "touts"),
    _leaf("ticket_tout", "touts"),
    _leaf("illegal_practice", "touts"),
    _leaf("illegal_ads", "touts"),
    _leaf("traffic", "property"),
    _leaf("disaster", "property", "major"),
    _leaf("drugs_lost", "controlled", "major"),
    _leaf("pathogen_lost", "controlled", "major"),
    _leaf("radioactive_lost", "controlled", "extreme"),
    _leaf("explosive_lost", "controlled", "major"),
    _leaf("mass_event", "stability", "major"),
    _leaf("petition", "stability"),
    _leaf("media_hype", "stability"),
    _leaf("gang", "staff", "serious"),
    _leaf("industry_chaos", "staff"),
    _leaf("bribery", "staff"),
    _leaf("fraud", "staff"),
    _leaf("malpractice", "medical", "serious"),
    _leaf("safety_event", "medical", "major"),
    _leaf("other", "other"),
)
"""Common ones first; the order is the same for everybody. ``other`` is our default for what the seeds do not name."""

ALARM = "alarm"
"""An alarm that nobody has said the nature of yet: it owes nothing until it is given a category."""
BY_CODE = {category.code: category for category in (*CATEGORIES, _leaf(ALARM, "alarm", "major"))}
CHOOSABLE = tuple(category.code for category in CATEGORIES)
"""What a person may say an incident is."""


def guess_category(words: str) -> str | None:
    """The likeliest category of incident, whatever else it may be; None where nothing hints at one."""
    return next((code for family, code in ranked(words) if family == "incident"), None)

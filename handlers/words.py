"""The names of things: roles, categories, severities, factors, papers."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Protocol

from babel.dates import format_date

from bot.i18n import N_, _, current_locale, n_
from models.preset import INCIDENT, shipped_preset

_SHOWN, _OF_LONG = 1000, 300

ROLES = {
    "guard": N_("security guard"),
    "doctor": N_("duty doctor"),
    "head": N_("department head"),
    "officer": N_("safety officer"),
    "admin": N_("administrator"),
    "leader": N_("hospital leader"),
    "district": N_("health commission"),
    "auditor": N_("auditor"),
}
SEVERITIES = {
    "general": N_("minor"),
    "serious": N_("serious"),
    "major": N_("major"),
    "extreme": N_("extreme"),
}
NAMINGS = {"named": N_("With my name"), "confidential": N_("Confidential")}
FACTORS = {
    "repeated_demands": N_("Keeps making demands"),
    "extreme_acts": N_("Has acted out"),
    "threatened_violence": N_("Threatened violence to staff"),
    "violent_tendency": N_("May turn violent"),
}
CATEGORIES = {
    "violence_staff": N_("Staff attacked"),
    "insult": N_("Insult, threat"),
    "threat_to_staff": N_("Threat to hurt staff"),
    "dispute": N_("Medical dispute"),
    "theft": N_("Theft"),
    "fire": N_("Fire"),
    "patient_injury": N_("Patient accident"),
    "mental_patient": N_("Mental crisis"),
    "violence_patient": N_("Patient attacked"),
    "restraint": N_("Person held captive"),
    "mob": N_("Mob, smashing"),
    "banner": N_("Banners"),
    "wreath": N_("Wreaths"),
    "mourning_hall": N_("Mourning hall"),
    "body_left": N_("Body left here"),
    "driving_away": N_("Patients driven out"),
    "extortion": N_("Hired extortion"),
    "medical_tout": N_("Medical tout"),
    "ticket_tout": N_("Ticket tout"),
    "illegal_practice": N_("Illegal practice"),
    "illegal_ads": N_("Illegal medical ads"),
    "traffic": N_("Traffic accident"),
    "disaster": N_("Sabotage, disaster"),
    "drugs_lost": N_("Narcotics, poison lost"),
    "pathogen_lost": N_("Pathogen lost"),
    "radioactive_lost": N_("Radioactive source lost"),
    "explosive_lost": N_("Flammables lost"),
    "mass_event": N_("Mass gathering"),
    "petition": N_("Petition"),
    "media_hype": N_("Media hype"),
    "gang": N_("Gang, protection"),
    "industry_chaos": N_("Industry malpractice"),
    "bribery": N_("Bribery, kickbacks"),
    "fraud": N_("Fraud, false ads"),
    "malpractice": N_("Medical error"),
    "safety_event": N_("Major safety event"),
    "other": N_("Something else"),
    "alarm": N_("Call for help"),
}


def role(code: str) -> str:
    """A role's name."""
    return _(ROLES[code])


def category(code: str) -> str:
    """A category's name."""
    return _(CATEGORIES[code])


def severity(code: str) -> str:
    """A severity's name."""
    return _(SEVERITIES[code])


def naming(code: str) -> str:
    """Whether a report carries its reporter's name."""
    return _(NAMINGS[code])


def factor(code: str) -> str:
    """A sign of threat, by name."""
    return _(FACTORS[code])


def paper(code: str, subject: str, period_end: date) -> str:
    """What a hospital owes, by its name in the preset: a period's with the period, a record's with its number."""
    preset = shipped_preset()
    template = preset.template(code)
    title = preset.title(code, subject, current_locale())
    if template.cadence == INCIDENT:
        return f"{title} {subject}"
    name = _PERIODS.get(template.cadence, _of_year)
    return _("{period} {title}").format(period=name(period_end), title=title)


def _of_year(end: date) -> str:
    return _("{year}").format(year=end.year)


def _of_month(end: date) -> str:
    return str(format_date(end, _("MMM yyyy"), locale=current_locale()))


def _of_quarter(end: date) -> str:
    return _("{year} Q{n}").format(year=end.year, n=(end.month + 2) // 3)


def _of_half(end: date) -> str:
    half = _("{year} first half") if end.month <= 6 else _("{year} second half")
    return half.format(year=end.year)


def _of_day(end: date) -> str:
    return str(format_date(end, _("MMM d, yyyy"), locale=current_locale()))


def _of_week(end: date) -> str:
    return _("Week to {day}").format(day=_of_day(end))


_PERIODS: dict[str, Callable[[date], str]] = {
    "month": _of_month,
    "quarter": _of_quarter,
    "half_year": _of_half,
    "week": _of_week,
    "day": _of_day,
    "shift": _of_day,
}


class _HasRole(Protocol):
    @property
    def role(self) -> str:
        """What they are."""


def people(actors: Iterable[_HasRole]) -> str:
    """Who they are by role and number: 2 safety officers, 1 administrator; never by name."""
    counts: dict[str, int] = {}
    for actor in actors:
        counts[actor.role] = counts.get(actor.role, 0) + 1
    return _(", ").join(_COUNTED[code](number) for code, number in counts.items())


_COUNTED: dict[str, Callable[[int], str]] = {
    "guard": lambda n: n_("{n} security guard", "{n} security guards", n).format(n=n),
    "doctor": lambda n: n_("{n} duty doctor", "{n} duty doctors", n).format(n=n),
    "head": lambda n: n_("{n} department head", "{n} department heads", n).format(n=n),
    "officer": lambda n: n_("{n} safety officer", "{n} safety officers", n).format(n=n),
    "admin": lambda n: n_("{n} administrator", "{n} administrators", n).format(n=n),
    "leader": lambda n: n_("{n} leader", "{n} leaders", n).format(n=n),
}


def brief(words: str, longest: int) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def account(text: str) -> str:
    """What a person told, for the review card: in full, or of a long one the beginning, saying so."""
    if len(text) <= _SHOWN:
        return text
    note = _("(the beginning of {n} characters; all of it is filed)").format(n=len(text))
    return f"{text[:_OF_LONG]}…\n{note}"

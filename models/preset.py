"""What a hospital owes, as data: the templates of its deadlines, read from ``presets/*.yaml``."""

from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    model_validator,
)

from models.category import CATEGORIES, SEVERITIES
from models.periods import CADENCES, month_and_day

PRESETS = Path(__file__).parent / "presets"
INCIDENT = "incident"
CAMPAIGN = "campaign"
SHIFT = "shift"
LEVELS = (1, 2, 3)
LEAP_YEAR = 2000
"""A due month-day is checked against a leap year; 29 February is the 28th in others."""


class PresetError(ValueError):
    """A preset cannot be used: which file, which entry in it, why."""

    def __init__(self, *, file: str, entry: str, reason: str) -> None:
        super().__init__(f"{file}: {entry}: {reason}" if entry else f"{file}: {reason}")
        self.file, self.entry, self.reason = file, entry, reason


def _in_both_languages(names: Mapping[str, str]) -> Mapping[str, str]:
    for locale in ("zh_Hans", "en"):
        if not names.get(locale, "").strip():
            raise ValueError(f"the {locale} name is missing")
    return names


def _falling(offsets: tuple[int, ...]) -> tuple[int, ...]:
    if list(offsets) != sorted(set(offsets), reverse=True):
        raise ValueError("must fall from the earliest reminder to the last, each once")
    return offsets


def _month_day(value: str) -> str:
    month, day = month_and_day(value)
    date(LEAP_YEAR, month, day)
    return value


Role = Literal["guard", "doctor", "head", "officer", "admin", "leader"]
Severity = Literal["general", "serious", "major", "extreme"]
Names = Annotated[dict[str, str], AfterValidator(_in_both_languages)]
MonthDay = Annotated[str, AfterValidator(_month_day)]
Offset = Annotated[int, Field(ge=0, le=180)]
Offsets = Annotated[
    tuple[Offset, ...], Strict(False), Field(min_length=1), AfterValidator(_falling)
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Value(_Entry):
    default: bool = False
    """Whether the value is ours, not the authority's."""


class Due(_Value):
    """The end of a day told from the period (one of four ways), or so many minutes or hours after discovery."""

    month_day: MonthDay | None = None
    """The first such month-day after the period."""
    days_after: Annotated[int, Field(ge=-6, le=120)] | None = None
    """So many days after the period's last day; 0 is that day, -2 the Friday of a week."""
    working_days_after: Annotated[int, Field(ge=1, le=60)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    """That day of the period's last month."""
    hours: Annotated[int, Field(ge=1, le=24 * 90)] | None = None
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    at_end: Literal[True] | None = None
    """The end of the shift."""
    by_severity: dict[str, Annotated[int, Field(ge=1, le=24 * 90)]] = Field(default_factory=dict)
    """Hours for incidents of a severity that has a limit of its own."""

    @model_validator(mode="after")
    def _known_severities(self) -> Self:
        unknown = set(self.by_severity) - set(SEVERITIES)
        if unknown:
            raise ValueError(f"by_severity: no such severity: {min(unknown)}")
        return self


class Reminders(_Value):
    """Offsets before the due time: in days (sent at a local time of day), or in hours; perhaps daily once overdue.

    From so many days before on, the deputy, the head and the administrator hear as well (our default).
    """

    days_before: Offsets | None = None
    at: Annotated[time, Strict(False)] | None = None
    hours_before: Offsets | None = None
    daily_overdue: bool = False
    deputy_from: Offset = 3
    head_from: Offset = 1
    admin_from: Offset = 0


class Missed(_Value):
    """When late is missed: at the end of the n-th working day after the due date; for 0, so many hours later."""

    working_days_after: Annotated[int, Field(ge=0, le=60)] = 0
    hours_after: Annotated[int, Field(ge=0, le=24 * 30)] = 0


class Lock(_Value):
    """When a filing can no longer be amended: so many days after the due date."""

    days_after_due: Annotated[int, Field(ge=0, le=400)]


class Trigger(_Entry):
    """Which incidents open the paper: of these groups or categories, from this severity on."""

    groups: Annotated[tuple[str, ...], Strict(False)] = ()
    categories: Annotated[tuple[str, ...], Strict(False)] = ()
    severities: Annotated[tuple[Severity, ...], Strict(False)] = ()

    @model_validator(mode="after")
    def _can_happen(self) -> Self:
        for name, given, known in (
            ("groups", self.groups, {each.group for each in CATEGORIES}),
            ("categories", self.categories, {each.code for each in CATEGORIES}),
        ):
            if unknown := set(given) - known:
                raise ValueError(f"{name}: {min(unknown)!r} is not known")
        if not self.groups and not self.categories:
            raise ValueError("groups, categories: one of them says which incidents open it")
        return self


class Closing(_Entry):
    """What closes a paper: a receipt, a form of ours, records of the period, or a stamp of the case."""

    by: Literal["receipt", "form", "records", "stamp"]
    form: str | None = None
    metric: str | None = None
    least: Annotated[int, Field(ge=1, le=100)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.by == "form") != (self.form is not None):
            raise ValueError("form: names the form that closes it, and nothing else has one")
        if (self.by == "records") != (self.metric is not None and self.least is not None):
            raise ValueError("records: metric and least say how many close it")
        return self


class Applies(_Entry):
    """Which hospitals owe it: of these levels, and with one of the figures reached where any is named."""

    levels: Annotated[tuple[int, ...], Strict(False)] = LEVELS
    beds: Annotated[int, Field(ge=1)] | None = None
    outpatients_a_day: Annotated[int, Field(ge=1)] | None = None


class Clause(_Entry):
    """Where the rule is printed: seed document, place in it, its words."""

    seed: str
    place: Names
    words: str


Cadence = Literal[
    "day",
    "week",
    "month",
    "quarter",
    "half_year",
    "half_year_first",
    "year",
    "campaign",
    "incident",
    "shift",
]
_DAYS = ("month_day", "days_after", "working_days_after", "day")
_HOURS = ("hours", "minutes")
_END = ("at_end",)


class Template(_Entry):
    """One kind of paper: for every period and subject, or for every record that opens it."""

    code: Annotated[str, Field(min_length=1)]
    enabled: bool = True
    name: Names
    recipient: Names
    cadence: Cadence
    window: Annotated[tuple[MonthDay, MonthDay], Strict(False)] | None = None
    trigger: Trigger | None = None
    subjects: Annotated[tuple[str, ...], Strict(False)] = ()
    due: Due
    lock: Lock | None = None
    reminders: Reminders
    missed: Missed
    owed_by: Annotated[tuple[Role, ...], Strict(False), Field(min_length=1)]
    applies: Applies | None = None
    closes: Closing
    counts_towards: Literal["missed_reports"] | None = None
    to_district: bool = False
    """Whether the health commission receives it in the chat and takes it or sends it back."""
    clause: Clause

    @property
    def defaults(self) -> frozenset[str]:
        """Which of ``due``, ``reminders`` and ``missed`` are our own values."""
        parts = {"due": self.due, "reminders": self.reminders, "missed": self.missed}
        return frozenset(name for name, part in parts.items() if part.default)

    @property
    def periodic(self) -> bool:
        """Whether the calendar opens it, not a record or a shift."""
        return self.cadence in CADENCES or self.cadence == CAMPAIGN

    def owed_at(self, *, level: int, beds: int | None, outpatients_a_day: int | None) -> bool:
        """Whether such a hospital owes it; a figure nobody has entered is taken to be reached."""
        if self.applies is None:
            return True
        asked = ((self.applies.beds, beds), (self.applies.outpatients_a_day, outpatients_a_day))
        sizes = [has is None or has >= least for least, has in asked if least is not None]
        return level in self.applies.levels and (not sizes or any(sizes))

    def hours_for(self, severity: str) -> float:
        """The time limit of an incident of that severity, in hours from its discovery."""
        own = self.due.by_severity.get(severity)
        return own or self.due.hours or (self.due.minutes or 0) / 60

    def opened_by(self, *, category: str, group: str, severity: str) -> bool:
        """Whether such an incident opens it."""
        if self.trigger is None:
            return False
        grave = not self.trigger.severities or severity in self.trigger.severities
        return grave and (category in self.trigger.categories or group in self.trigger.groups)

    @model_validator(mode="after")
    def _fits_its_cadence(self) -> Self:
        allowed = _DAYS if self.periodic else _HOURS if self.cadence == INCIDENT else _END
        given = [each for each in (*_DAYS, *_HOURS, *_END) if getattr(self.due, each) is not None]
        if len(given) != 1 or given[0] not in allowed:
            raise ValueError(f"due: this cadence takes one of {', '.join(allowed)}")
        days, hours = self.reminders.days_before, self.reminders.hours_before
        if self.periodic and not (days and self.reminders.at and hours is None):
            raise ValueError("reminders: a period's paper takes days_before and at")
        if not self.periodic and (days or self.reminders.at):
            raise ValueError("reminders: a record's paper takes hours_before, nothing else")
        if (self.cadence == CAMPAIGN) != (self.window is not None):
            raise ValueError("window: a campaign has one, nothing else does")
        if self.window and self.window[0] > self.window[1]:
            raise ValueError("window: must lie within one year")
        if (self.cadence == INCIDENT) != (self.trigger is not None):
            raise ValueError("trigger: an incident's paper has one, nothing else does")
        if not self.periodic and self.subjects:
            raise ValueError("subjects: only a period's paper has any")
        if len(self.subjects) > 1 and not all("{topic}" in name for name in self.name.values()):
            raise ValueError("name: {topic} must tell its subjects apart")
        return self


class Preset(_Entry):
    """The papers of one district's hospitals."""

    id: str
    name: Names
    late_cures_miss: bool = False
    """Whether filing after the miss undoes it (our default; the authority does not say, open question A5)."""
    topics: dict[str, Names]
    templates: Annotated[tuple[Template, ...], Strict(False)]

    def template(self, code: str) -> Template:
        """The template of that code; KeyError."""
        for template in self.templates:
            if template.code == code:
                return template
        raise KeyError(code)

    def title(self, code: str, subject: str, locale: str) -> str:
        """The paper's name for people, its topic filled in; KeyError for an unknown code."""
        topic = in_language(self.topics[subject], locale) if subject in self.topics else ""
        return in_language(self.template(code).name, locale).replace("{topic}", topic)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        codes = [template.code for template in self.templates]
        for template in self.templates:
            if codes.count(template.code) > 1:
                raise ValueError(f"templates: {template.code} is there twice")
            for topic in template.subjects:
                if topic not in self.topics:
                    raise ValueError(f"templates: {template.code}: topic {topic!r} is not declared")
        return self


def in_language(names: Mapping[str, str], locale: str) -> str:
    """The name for that locale, else the English one."""
    return names.get(locale, names["en"])


@lru_cache(maxsize=8)
def shipped_preset(name: str = "qingpu") -> Preset:
    """A preset that comes with the product, by its file name; PresetError."""
    return read_preset(PRESETS / f"{name}.yaml")


def read_preset(path: Path) -> Preset:
    """Read and check a preset file; PresetError with file, entry and reason."""
    try:
        # In C where PyYAML has it: eight times as quick, and every start reads this file.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())  # YAML tells its faults over several lines
        raise PresetError(file=path.name, entry="", reason=reason) from None
    try:
        return Preset.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        raise PresetError(file=path.name, entry=_entry(data, first["loc"]), reason=reason) from None


def _entry(data: Any, loc: tuple[int | str, ...]) -> str:
    """``templates.O4H.due.hours``: where the fault is, a template by its code where it has one."""
    names = [str(part) for part in loc]
    if len(loc) > 1 and loc[0] == "templates" and isinstance(loc[1], int):
        template = data["templates"][loc[1]]
        if isinstance(template, dict) and template.get("code"):
            names[1] = str(template["code"])
    return ".".join(names)

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

from models.periods import month_and_day

PRESETS = Path(__file__).parent / "presets"
INCIDENT = "incident"
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


Names = Annotated[dict[str, str], AfterValidator(_in_both_languages)]
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
    """The end of the first such month-day after the period, or so many hours after discovery."""

    month_day: Annotated[str, AfterValidator(_month_day)] | None = None
    hours: Annotated[int, Field(ge=1, le=24 * 90)] | None = None


class Reminders(_Value):
    """Offsets before the due time: in days (sent at a local time of day), or in hours."""

    days_before: Offsets | None = None
    at: Annotated[time, Strict(False)] | None = None
    hours_before: Offsets | None = None


class Missed(_Value):
    """When late is missed: at the end of the n-th working day after the due date; at once for 0."""

    working_days_after: Annotated[int, Field(ge=0, le=60)]


class Clause(_Entry):
    """Where the rule is printed: seed document, place in it, its words."""

    seed: str
    place: Names
    words: str


_RULES = {
    False: ("a period's", {"month_day"}, {"days_before", "at"}),
    True: ("an incident's", {"hours"}, {"hours_before"}),
}
"""By whether it is owed per incident: which values a paper's due time and reminders take."""


def _given(value: _Value) -> set[str]:
    return {name for name, given in value if given is not None} - {"default"}


def _listed(names: set[str]) -> str:
    return " and ".join(sorted(names, reverse=True)) + ", nothing else"


class Template(_Entry):
    """One kind of paper: for every period and subject, or for every incident."""

    code: Annotated[str, Field(min_length=1)]
    name: Names
    recipient: Names
    cadence: Literal["half_year_first", "year", "incident"]
    subjects: Annotated[tuple[str, ...], Strict(False)] = ()
    due: Due
    reminders: Reminders
    missed: Missed
    counts_towards: Literal["missed_reports"]
    clause: Clause

    @property
    def defaults(self) -> frozenset[str]:
        """Which of ``due``, ``reminders`` and ``missed`` are our own values."""
        parts = {"due": self.due, "reminders": self.reminders, "missed": self.missed}
        return frozenset(name for name, part in parts.items() if part.default)

    @model_validator(mode="after")
    def _fits_its_cadence(self) -> Self:
        whose, due, sent = _RULES[self.cadence == INCIDENT]
        if _given(self.due) != due:
            raise ValueError(f"due: {whose} paper takes {_listed(due)}")
        if _given(self.reminders) != sent:
            raise ValueError(f"reminders: {whose} paper takes {_listed(sent)}")
        if bool(self.subjects) == (self.cadence == INCIDENT):
            raise ValueError("subjects: a period's paper has at least one, an incident's none")
        if len(self.subjects) > 1 and not all("{topic}" in name for name in self.name.values()):
            raise ValueError("name: {topic} must tell its subjects apart")
        return self


class Preset(_Entry):
    """The papers of one district's hospitals."""

    id: str
    name: Names
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
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PresetError(file=path.name, entry="", reason=str(error)) from None
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

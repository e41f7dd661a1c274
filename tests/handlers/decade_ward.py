"""Hospitals, people and papers as the oracle of the sweep remembers them."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from models.preset import Template
from tests.models import deadlines_oracle as calendar

Key = tuple[str, str, date]


@dataclass(kw_only=True, eq=False)
class Person:
    """A member; ``quiet`` are the hours in which they hear nothing, ``away`` that they cannot be written to."""

    id: int
    chat: int
    role: str
    place: int
    quiet: tuple[time, time] | None
    away: bool = False


@dataclass(kw_only=True, eq=False)
class Paper:
    """One paper: its times, what became of it, and who has heard what."""

    times: calendar.Paper
    moments: list[datetime]
    state: str = "scheduled"
    seen: bool = False
    come: int = 0
    """How many of its moments had come when it was looked at last; -1 to look again whatever the time."""
    look_from: datetime | None = None
    submitted: datetime | None = None
    waived: bool = False
    owner: int | None = None
    heard: set[tuple[str, int]] = field(default_factory=set)

    @property
    def key(self) -> Key:
        return self.times.code, self.times.subject, self.times.period_end

    @property
    def settled(self) -> bool:
        return self.submitted is not None or self.waived

    def state_at(self, at: datetime) -> str:
        times = self.times
        return calendar.state_by_events(
            times.opens_at, times.due_at, times.missed_at, at, self.submitted
        )


@dataclass(kw_only=True, eq=False)
class Ward:
    """One hospital: its people, its templates as it has set them, and its papers."""

    id: int
    code: str
    zone: ZoneInfo
    created: datetime
    templates: dict[str, Template]
    shipped: dict[str, Template]
    people: list[Person] = field(default_factory=list)
    papers: dict[Key, Paper] = field(default_factory=dict)
    live: list[Paper] = field(default_factory=list)
    """What a sweep may still have to do with; the rest is looked at again when a clock goes back."""
    planned: dict[str, object] = field(default_factory=dict)
    """By code what its papers were made by: a template is one object for as long as it says the same."""
    since: dict[str, datetime] = field(default_factory=dict)

    def owners(self, paper: Paper) -> list[Person]:
        """Whom it was handed to, else the first role of those that owe it, else the administrators."""
        here = [each for each in self.people if not each.away]
        if handed := [each for each in here if each.id == paper.owner]:
            return handed
        for role in (*self.owing(paper), "admin"):
            if found := [each for each in here if each.role == role]:
                return found
        return []

    def owing(self, paper: Paper) -> tuple[str, ...]:
        template = self.templates[paper.times.code]
        return (template if template.enabled else self.shipped[template.code]).owed_by

    def hear(self, person: Person, paper: Paper, level: int) -> bool:
        """Whether a word of that level is for this person."""
        owners = self.owners(paper)
        stands_in = person.role in self.owing(paper) and person.role in ("officer", "leader")
        stands_in |= person.role == "admin" and "admin" in self.owing(paper)
        leads = person.role == "head" and person.place in {each.place for each in owners}
        return not person.away and (
            person in owners
            or (level >= 1 and stands_in)
            or (level >= 2 and leads)
            or (level >= 3 and person.role == "admin")
        )

"""A hospital's score as it was worked out: lines, items, sections, what stands beside the table, the whole."""

from dataclasses import dataclass
from fractions import Fraction

from models.criteria import Setting
from models.judgement import ZERO, Band, Reason
from models.wording import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class CriterionScore:
    """One line; it does not count where ``applies`` is false, and perhaps where that is None."""

    id: str
    name: Text
    points: Fraction
    score: Band
    applies: bool | None
    reasons: tuple[Reason, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemScore:
    """One row; its own reasons say what was done because its lines do not add up to its points."""

    id: str
    name: Text
    points: Fraction
    score: Band
    absent: Fraction
    """What its lines that apply fall short of its points."""
    reasons: tuple[Reason, ...]
    open: tuple[str, ...]
    criteria: tuple[CriterionScore, ...]

    @property
    def every_reason(self) -> tuple[Reason, ...]:
        """The item's own reasons, then those of the criteria that apply."""
        lines = (line for line in self.criteria if line.applies is not False)
        return (*self.reasons, *(why for line in lines for why in line.reasons))


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionScore:
    """One part of the table: the sum of its items."""

    id: str
    name: Text
    points: Fraction
    score: Band
    items: tuple[ItemScore, ...]

    @property
    def absent(self) -> Fraction:
        """What its lines that apply fall short of its points."""
        return sum((item.absent for item in self.items), ZERO)


@dataclass(frozen=True, kw_only=True, slots=True)
class BesideScore:
    """A bonus (points from 0 up) or a veto (from 0 down) with its reason."""

    id: str
    name: Text
    points: Fraction
    score: Band
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingInForce:
    """A default of ours, or what the hospital put in its place."""

    setting: Setting
    value: str
    is_default: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Scorecard:
    """A whole score: sections, items, criteria, what stands beside the table; open questions; settings."""

    rubric: str
    version: str
    content_hash: str
    level: int
    points: Fraction
    score: Band
    sections: tuple[SectionScore, ...]
    bonus: tuple[BesideScore, ...]
    vetoes: tuple[BesideScore, ...]
    open: tuple[str, ...]
    settings: tuple[SettingInForce, ...]

    @property
    def items(self) -> tuple[ItemScore, ...]:
        """Every item in the table's order."""
        return tuple(item for section in self.sections for item in section.items)

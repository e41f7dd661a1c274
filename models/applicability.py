"""Whom a line of a scorecard is for: a predicate over level, beds and outpatients a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What a predicate may ask of a hospital; None where nobody has entered the figure."""

    level: int
    beds: int | None = None
    outpatients: int | None = None


@dataclass(frozen=True, slots=True)
class AtLevels:
    """Of one of these levels."""

    levels: frozenset[int]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """``figure`` (``beds`` or ``outpatients`` a day) from ``least`` up."""

    figure: str
    least: int


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part at least holds."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Predicate"


Predicate = AtLevels | AtLeast | AllOf | AnyOf | Not


def holds(predicate: Predicate, place: Place) -> bool | None:
    """Whether it holds; None while a figure is missing on which that depends."""
    match predicate:
        case AtLevels(levels):
            return place.level in levels
        case AtLeast(figure, least):
            known = place.beds if figure == "beds" else place.outpatients
            return None if known is None else known >= least
        case AllOf(parts):
            found = {holds(part, place) for part in parts}
            return False if False in found else None if None in found else True
        case AnyOf(parts):
            found = {holds(part, place) for part in parts}
            return True if True in found else None if None in found else False
        case Not(part):
            inner = holds(part, place)
            return None if inner is None else not inner


def levels_named(predicate: Predicate) -> frozenset[int]:
    """Every level that a predicate names."""
    return frozenset(
        level for each in _leaves(predicate) if isinstance(each, AtLevels) for level in each.levels
    )


def every_kind(predicates: Iterable[Predicate], place: Place) -> list[Place]:
    """The places that the missing figures could make of this one, one for each side of each threshold."""
    leaves = [each for predicate in predicates for each in _leaves(predicate)]
    beds = _sides(place.beds, leaves, "beds")
    outpatients = _sides(place.outpatients, leaves, "outpatients")
    return [Place(level=place.level, beds=b, outpatients=o) for b, o in product(beds, outpatients)]


def _sides(known: int | None, leaves: Iterable[Predicate], figure: str) -> list[int]:
    if known is not None:
        return [known]
    least = {each.least for each in leaves if isinstance(each, AtLeast) and each.figure == figure}
    return sorted({0, *least})


def _leaves(predicate: Predicate) -> Iterator[Predicate]:
    if isinstance(predicate, AllOf | AnyOf):
        for part in predicate.parts:
            yield from _leaves(part)
    elif isinstance(predicate, Not):
        yield from _leaves(predicate.part)
    else:
        yield predicate

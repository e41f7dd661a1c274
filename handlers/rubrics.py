"""Which scorecard a hospital is judged by in a year; an administrator chooses it in /admin."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from models.criteria import Rubric
from models.house_rule import RUBRIC, newest_rule, newest_rules
from models.people import HospitalFacts
from models.rubric import shipped
from models.rubric_version import find_version, list_versions

DEFAULT = "qingpu-2021"


def rubric_for(conn: Connection, hospital: HospitalFacts, year: int) -> Rubric:
    """The table chosen for a year, or for the newest year before it; else the default."""
    chosen = newest_rule(conn, hospital.id, RUBRIC, until=str(year))
    found = find_version(conn, chosen) if chosen else None
    return found or shipped(DEFAULT)


def rubrics_for(
    conn: Connection, hospitals: Collection[HospitalFacts], year: int
) -> dict[int, Rubric]:
    """The same of many hospitals."""
    chosen = newest_rules(conn, [each.id for each in hospitals], RUBRIC, until=str(year))
    known = {each: find_version(conn, each) for each in set(chosen.values()) if each}
    return {each.id: known.get(chosen.get(each.id)) or shipped(DEFAULT) for each in hospitals}


def pinned(conn: Connection, content_hash: str) -> Rubric | None:
    """The version that a self-check answers; None for one that was never published here."""
    return find_version(conn, content_hash)


def choosable(conn: Connection, year: int) -> list[Rubric]:
    """The versions in force in a year, by the day they begin."""
    return [each for each in list_versions(conn) if each.valid_from <= date(year, 12, 31)]

"""Who may hear of a case: asked before anybody is called, told, reminded or shown it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from models.caseload import said_after
from models.category import BY_CODE
from models.concerned import concerned_department
from models.hearing import Matter, may_hear
from models.incident import incident_by_number
from models.people import Actor, actor_by_id, list_departments


def hearers(conn: Connection, case: Any, actors: Iterable[Actor]) -> list[Actor]:
    """Those of the actors who may hear of the case."""
    matter = _matter(conn, case)
    return [
        actor
        for actor in actors
        if may_hear(
            matter,
            role=actor.role,
            department_id=actor.department_id,
            name=actor.display_name,
        )
    ]


def hears(conn: Connection, case: Any, actor: Actor) -> bool:
    """Whether the actor may hear of the case."""
    return bool(hearers(conn, case, [actor]))


def still_hearing(conn: Connection, case: Any, holders: Iterable[int]) -> set[int]:
    """Those who hold a card of the case and may hear of it as it is now; its reporter always."""
    ids = set(holders)
    if not _matter_of_kind(case).guarded:
        return ids
    found = [actor for each in sorted(ids) if (actor := actor_by_id(conn, each)) is not None]
    return {actor.id for actor in hearers(conn, case, found)} | (ids & {case.reporter_id})


def _matter_of_kind(case: Any) -> Matter:
    return Matter(
        group=BY_CODE[case.category].group,
        confidential=case.confidential,
        department_id=case.department_id,
        words="",
    )


def _matter(conn: Connection, case: Any) -> Matter:
    matter = _matter_of_kind(case)
    if not matter.guarded:
        return matter
    filed = incident_by_number(conn, case.hospital_id, case.number)
    # What was corrected stands in the full text and in the log for whoever may read those.
    first = [filed.place, filed.description] if filed else []
    added = said_after(conn, [case.incident_id]).get(case.incident_id, [])
    return replace(matter, words="\n".join([case.place, case.description, *first, *added]))


def department_of(conn: Connection, case: Any) -> int | None:
    """The department that a case concerns, whose head hears of it."""
    own = None if case.department_id is None else (case.department_id, case.department)
    # A confidential reporter's own words, and the department they work in, name nobody's head.
    words = "" if case.confidential else case.description
    return concerned_department(
        list_departments(conn, case.hospital_id), place=case.place, words=words, own=own
    )

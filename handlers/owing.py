"""Who owes a paper, and who hears of it as the day comes nearer: their deputy, the head, the administrator."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from models.deadlines import ADMIN, DEPUTY, HEAD
from models.people import ROLES, Actor, HospitalFacts, reachable_actors
from models.preset import Template, shipped_preset

INSIDE = tuple(role for role in ROLES if role not in ("district", "auditor"))
"""Whose papers they can be, or who hears of them."""


class Owing:
    """The people of one hospital as its papers see them."""

    def __init__(
        self,
        conn: Connection,
        hospital: HospitalFacts,
        *,
        people: Iterable[Actor] | None = None,
    ) -> None:
        """``people`` are those of its members who can be written to, where they were read before."""
        self._conn, self._hospital, self._people = conn, hospital, people

    @cached_property
    def reachable(self) -> dict[int, Actor]:
        """Everybody who can be written to, by id."""
        found = self._people
        if found is None:
            found = reachable_actors(self._conn, self._hospital.id, INSIDE)
        return {each.id: each for each in found}

    def owners(self, row: Any, template: Template | None) -> list[Actor]:
        """Whose task a paper is: whom it was handed to, else those whose role owes it."""
        if row.owner_id in self.reachable:
            return [self.reachable[row.owner_id]]
        return self.by_role((template or shipped_preset().template(row.code)).owed_by)

    def by_role(self, roles: Iterable[str]) -> list[Actor]:
        """Those of the first of these roles that anybody has, else the administrators."""
        for role in roles:
            if found := self._with((role,)):
                return found
        return self._with(("admin",))

    def readers(self, row: Any, template: Template | None, level: int) -> list[Actor]:
        """Who hears of a step of that level, each once."""
        owners = self.owners(row, template)
        found = list(owners)
        if level >= DEPUTY:
            found += self._deputies(row, template)
        if level >= HEAD:
            places = {each.department_id for each in owners if each.department_id}
            found += [each for each in self._with(("head",)) if each.department_id in places]
        if level >= ADMIN:
            found += self._with(("admin",))
        return list({each.id: each for each in found}.values())

    def _deputies(self, row: Any, template: Template | None) -> list[Actor]:
        """Who can stand in: of the same roles as whoever owes it."""
        roles = (template or shipped_preset().template(row.code)).owed_by
        return self._with(tuple(role for role in roles if role not in ("guard", "doctor", "head")))

    def _with(self, roles: Iterable[str]) -> list[Actor]:
        wanted = tuple(roles)
        return [each for each in self.reachable.values() if each.role in wanted]

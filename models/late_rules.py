"""What a hospital has settled about late papers where the authority says nothing (open question A5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from models.house_rule import read_rules

LATE = "late"
"""The house rule's key; its value is ``{"cures": bool, "separate": bool}``."""


@dataclass(frozen=True, slots=True)
class LateRules:
    """Whether filing after a miss undoes it, and whether incidents and summaries are counted apart."""

    cures: bool = False
    separate: bool = False

    def read(self, state: str, filed: datetime | None) -> str:
        """The state of a paper by these rules: one filed after all is late where that cures the miss."""
        return "late" if self.cures and state == "missed" and filed is not None else state


def late_rules(conn: Connection, hospital_id: int) -> LateRules:
    """The hospital's rules, ours where it has set none."""
    return late_rules_of(conn, [hospital_id])[hospital_id]


def late_rules_of(conn: Connection, hospital_ids: Collection[int]) -> dict[int, LateRules]:
    """The same of many hospitals."""
    values = read_rules(conn, hospital_ids, LATE)
    return {
        each: LateRules(cures=bool(value.get("cures")), separate=bool(value.get("separate")))
        for each in hospital_ids
        for value in (values.get(each) or {},)
    }

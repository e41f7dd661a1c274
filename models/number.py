"""Record numbers such as QP01-2026-0007, in registers QP01-H2026-0003: series without gaps or reuse."""

from sqlalchemy import Connection, bindparam, update
from sqlmodel import Field, SQLModel

from models.base import insert_new


class NumberSeries(SQLModel, table=True):
    """The last number given in one hospital, series and year; ``''`` is incidents, alarms and threats."""

    __tablename__ = "number_series"
    hospital_id: int = Field(primary_key=True, foreign_key="hospital.id")
    series: str = Field(default="", primary_key=True)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int


SERIES = NumberSeries.__table__  # type: ignore[attr-defined]


# One statement both raises and reads: it takes the row's lock, so that two cannot get the same number.
_RAISE = (
    update(SERIES)
    .where(
        SERIES.c.hospital_id == bindparam("hospital"),
        SERIES.c.series == bindparam("of_series"),
        SERIES.c.year == bindparam("of_year"),
    )
    .values(last=SERIES.c.last + 1)
    .returning(SERIES.c.last)
)


def next_number(
    conn: Connection, *, hospital_id: int, code: str, year: int, series: str = ""
) -> str:
    """The next record number of a series; it is given back if the transaction does not commit."""
    mine = {"hospital": hospital_id, "of_series": series, "of_year": year}
    last = conn.execute(_RAISE, mine).scalar()
    if last is None:
        first = {"hospital_id": hospital_id, "series": series, "year": year, "last": 0}
        insert_new(conn, SERIES, first)
        last = conn.execute(_RAISE, mine).scalar_one()
    return f"{code}-{series}{year}-{last:04d}"

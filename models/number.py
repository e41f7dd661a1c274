"""Record numbers such as QP01-2026-0007: one series per hospital and year, without gaps or reuse."""

from sqlalchemy import Connection, select, update
from sqlmodel import Field, SQLModel

from models.base import insert_new


class NumberSeries(SQLModel, table=True):
    """The last number given in one hospital and year."""

    __tablename__ = "number_series"
    hospital_id: int = Field(primary_key=True, foreign_key="hospital.id")
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int


SERIES = NumberSeries.__table__  # type: ignore[attr-defined]


def next_number(conn: Connection, *, hospital_id: int, code: str, year: int) -> str:
    """The next record number; it is given back if the transaction does not commit."""
    mine = (SERIES.c.hospital_id == hospital_id, SERIES.c.year == year)
    # The update comes first: it takes the row's lock, so that two transactions cannot read the same number.
    raised = update(SERIES).where(*mine).values(last=SERIES.c.last + 1)
    if conn.execute(raised).rowcount == 0:
        # The first of a year: somebody else may begin the series at the same moment.
        insert_new(conn, SERIES, {"hospital_id": hospital_id, "year": year, "last": 0})
        conn.execute(raised)
    last = conn.execute(select(SERIES.c.last).where(*mine)).scalar_one()
    return f"{code}-{year}-{last:04d}"

"""What every table shares: constraint names that migrations can refer to, coded text columns, inserts that claim."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Enum, Insert, Table, insert
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def coded(name: str, codes: Iterable[str], **options: Any) -> Any:
    """A text column that holds one of ``codes``, held to it by a CHECK constraint."""
    kind = Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)
    return Field(sa_type=kind, **options)


@cache
def _insert_or_leave(table: Table, dialect: str) -> Any:
    make = sqlite_insert if dialect == "sqlite" else pg_insert
    # Without the option an INSERT's row count is -1 on PostgreSQL, and nothing would ever count as new.
    return make(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_new(conn: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with the same unique key is there; whether it was new."""
    return conn.execute(_insert_or_leave(table, conn.dialect.name), dict(values)).rowcount == 1


@cache
def _insert(table: Table) -> Insert:
    # Built once: putting a statement together costs three times as much as running it.
    return insert(table)


def insert_row(conn: Connection, table: Table, **values: Any) -> int:
    """Insert a row; its id."""
    return int(conn.execute(_insert(table), values).inserted_primary_key[0])  # type: ignore[index]

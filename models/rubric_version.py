"""Published rubric versions: kept word for word, known by their content hash, never changed."""

from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Connection, UniqueConstraint, select
from sqlmodel import Field, SQLModel

from models.criteria import Rubric
from models.rubric import parse, shipped, shipped_by_hash, shipped_ids


class RubricVersion(SQLModel, table=True):
    """One version of an authority's scorecard as it was published here."""

    __tablename__ = "rubric_version"
    __table_args__ = (UniqueConstraint("rubric", "version"),)
    content_hash: str = Field(primary_key=True)
    rubric: str
    version: str
    valid_from: date
    text: str
    published_at: datetime


VERSION = RubricVersion.__table__  # type: ignore[attr-defined]


class VersionTakenError(Exception):
    """This id and version were published with other content; a change needs a new version."""


def publish_version(conn: Connection, rubric: Rubric, text: str, *, now: datetime) -> bool:
    """Keep a version for ever; False if it is there already. VersionTakenError for other content."""
    if find_version(conn, rubric.content_hash) is not None:
        return False
    same = (rubric.id, rubric.version)
    ships = any((r.id, r.version) == same for r in map(shipped, shipped_ids()))
    taken = (VERSION.c.rubric == rubric.id, VERSION.c.version == rubric.version)
    if ships or conn.execute(select(VERSION.c.version).where(*taken)).first():
        raise VersionTakenError(f"{rubric.id} {rubric.version}")
    conn.execute(
        VERSION.insert().values(
            content_hash=rubric.content_hash,
            rubric=rubric.id,
            version=rubric.version,
            valid_from=rubric.valid_from,
            text=text,
            published_at=now,
        )
    )
    return True


def find_version(conn: Connection, content_hash: str) -> Rubric | None:
    """A version by its content hash, whether it ships, shipped once, or was published here."""
    if ships := shipped_by_hash(content_hash):
        return ships
    query = select(VERSION.c.rubric, VERSION.c.text).where(VERSION.c.content_hash == content_hash)
    row = conn.execute(query).first()
    return _parsed(row.rubric, row.text) if row else None


def list_versions(conn: Connection) -> list[Rubric]:
    """What can be chosen: the newest of each that ships, then what was published here, oldest first."""
    query = select(VERSION.c.rubric, VERSION.c.text).order_by(
        VERSION.c.published_at, VERSION.c.version
    )
    published = [_parsed(row.rubric, row.text) for row in conn.execute(query)]
    return [*map(shipped, shipped_ids()), *published]


@lru_cache(maxsize=32)
def _parsed(rubric_id: str, text: str) -> Rubric:
    """A text that was checked when it was published; read once, as it cannot change."""
    return parse(f"{rubric_id}.yaml", text)

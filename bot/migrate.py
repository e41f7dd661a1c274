"""Brings a database to the schema of this version; Alembic is loaded only when there is something to do."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

HEAD = "0006"
"""The newest migration; a test holds it to the folder."""
_FOLDER = Path(__file__).resolve().parent.parent / "models" / "migrations"


def current_revision(engine: Engine) -> str | None:
    """The revision a database is at; None for an empty one."""
    with engine.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def ensure_migrated(engine: Engine) -> bool:
    """Migrate where needed; whether anything was done."""
    if current_revision(engine) == HEAD:
        return False
    from alembic import command  # noqa: PLC0415  (costs 10 MB and 0.1 s: only when there is work)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
    return True

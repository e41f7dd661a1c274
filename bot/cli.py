"""The command line. What a user can get wrong ends in one line on stderr and status 2."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from typer.exceptions import TyperException

from bot.cli_exports import add_exports
from bot.cli_rubric import rubric_commands
from bot.db import Database
from bot.i18n import use_locale
from bot.logs import configure
from bot.migrate import ensure_migrated
from bot.settings import Settings, SettingsError, read_settings
from handlers import checkup, office, upkeep
from handlers.office import UserError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

HospitalCode = Annotated[str, typer.Option("--hospital", help="the hospital's code, such as QP01")]
At = Annotated[str | None, typer.Option("--at", help="as of this time, ISO 8601")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON value and nothing else")]


def main() -> None:
    """Run the command line; expected failures are one line."""
    try:
        status = app(standalone_mode=False)
    except typer.BadParameter as error:
        fail(" ".join(error.format_message().split()))
    except TyperException as error:  # an unknown command or option: here the usage helps
        print(error.format_message(), file=sys.stderr)  # noqa: T201
        print("wardwatch --help lists what there is", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except (SettingsError, UserError) as error:
        fail(" ".join(str(error).split()))
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        fail(f"WARDWATCH_DATABASE_URL: {' '.join(str(reason).split())[:200]}")
    except OSError as error:
        fail(f"{error.filename or 'wardwatch'}: {error.strerror or error}")
    else:
        sys.exit(status if isinstance(status, int) else 0)


def fail(line: str) -> NoReturn:
    """End with one line on stderr and status 2."""
    print(line, file=sys.stderr)  # noqa: T201
    sys.exit(2)


def settings_now() -> Settings:
    """The settings of this environment, with logging set up by them."""
    settings = read_settings(os.environ)
    configure(settings.log_level, settings.log_format)
    return settings


def moment(text: str | None, timezone: str) -> datetime:
    """An ISO 8601 time; without an offset it is local; None is now."""
    if text is None:
        return datetime.now(UTC)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"--at: not a time in ISO 8601: {text}") from None
    if not 1970 <= parsed.year <= 9000:
        raise UserError(f"--at: out of range: {text}")
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo(timezone))
    return aware.astimezone(UTC)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The migrated database."""
    db = Database(settings.database_url)
    try:
        ensure_migrated(db.engine)
        with use_locale(settings.locale):
            yield db
    finally:
        db.close()


def within(settings: Settings, unit: Callable[[Connection], Any]) -> Any:
    """Run one unit of work on the migrated database."""
    with opened(settings) as db:
        return db.run_now(unit)


def show(value: Any, lines: list[str], *, as_json: bool) -> None:
    """Print a result for a program or for a person."""
    print(json.dumps(value, ensure_ascii=False) if as_json else "\n".join(lines))  # noqa: T201


@app.command()
def run() -> None:
    """Serve Telegram; without a token, the sandbox."""
    settings = settings_now()
    if settings.token is None:
        _sandbox(settings, fresh=False)
        return
    from bot.app import serve_forever  # noqa: PLC0415  (PTB and aiohttp: only to serve)

    asyncio.run(serve_forever(settings))


@app.command()
def sandbox(
    fresh: Annotated[bool, typer.Option("--fresh", help="begin with an empty database")] = False,
) -> None:
    """Serve the sandbox: a stand-in for Telegram, a demo district, a browser page."""
    _sandbox(settings_now(), fresh=fresh)


def _sandbox(settings: Settings, *, fresh: bool) -> None:
    from bot.app import serve_sandbox  # noqa: PLC0415  (PTB and aiohttp: only to serve)

    asyncio.run(serve_sandbox(settings, fresh=fresh))


@app.command()
def init(
    district: Annotated[str, typer.Option("--district", help="the district's name")],
    hospital: Annotated[str, typer.Option("--hospital", help="the hospital's name")],
    code: Annotated[str, typer.Option("--code", help="its code in record numbers, such as QP01")],
    level: Annotated[int, typer.Option("--level", help="1, 2 or 3")],
    as_json: AsJson = False,
) -> None:
    """Set up a hospital and print its first administrator's invite."""
    settings = settings_now()
    bot_name = checkup.learn_bot_name(settings)
    result = within(
        settings,
        lambda conn: office.init(
            conn,
            settings,
            bot_name,
            district=district,
            name=hospital,
            code=code,
            level=level,
            now=datetime.now(UTC),
        ),
    )
    show(result, [f"{result['hospital']} {result['link']}"], as_json=as_json)


@app.command()
def invite(
    hospital: HospitalCode,
    role: Annotated[str, typer.Option("--role", help="the role it gives")],
    department: Annotated[
        str | None, typer.Option("--department", help="created where new")
    ] = None,
    uses: Annotated[int, typer.Option("--uses", help="how many people may use it")] = 1,
    hours: Annotated[float, typer.Option("--hours", help="how long it is valid")] = 24,
    as_json: AsJson = False,
) -> None:
    """Print an invite."""
    settings = settings_now()
    bot_name = checkup.learn_bot_name(settings)
    result = within(
        settings,
        lambda conn: office.invite(
            conn,
            bot_name,
            code=hospital,
            role=role,
            department=department,
            uses=uses,
            hours=hours,
            now=datetime.now(UTC),
        ),
    )
    show(result, [result["link"]], as_json=as_json)


@app.command()
def sweep(at: At = None, as_json: AsJson = False) -> None:
    """Run what the schedule would run, as of a time; running it again changes nothing."""
    settings = settings_now()
    now = moment(at, settings.timezone)
    files = upkeep.made_files(settings.data_dir)
    with opened(settings) as db:
        counts = office.sweep(db.run_now, now, files)
    show(counts, [f"{name}: {count}" for name, count in counts.items()], as_json=as_json)


@app.command()
def incidents(hospital: HospitalCode, as_json: AsJson = False) -> None:
    """List a hospital's incidents and alarms."""
    settings = settings_now()
    now = datetime.now(UTC)
    rows = within(settings, lambda conn: office.incidents(conn, hospital, now))
    lines = [f"{r['number']} {r['reported_at']} {r['category']} {r['severity']}" for r in rows]
    show(rows, lines, as_json=as_json)


@app.command()
def obligations(
    hospital: HospitalCode,
    at: At = None,
    ahead: Annotated[
        bool, typer.Option("--ahead", help="also the next of each kind, not open yet")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List a hospital's papers with their states as of a time; writes nothing."""
    settings = settings_now()
    now = moment(at, settings.timezone)
    rows = within(settings, lambda conn: office.obligations(conn, hospital, now, ahead=ahead))
    lines = [f"{r['code']} {r['subject']} {r['due_at']} {r['state']}" for r in rows]
    show(rows, lines, as_json=as_json)


@app.command()
def workdays(
    file: Annotated[
        Path, typer.Argument(help="lines of date,work or date,off (CSV): it wins over the calendar")
    ],
    as_json: AsJson = False,
) -> None:
    """Import days that are worked or off, such as next year's as soon as they are published."""
    settings = settings_now()
    result = within(settings, lambda conn: office.import_workdays(conn, file, datetime.now(UTC)))
    show(result, [f"{result['days']} days, {result['worked']} of them worked"], as_json=as_json)


@app.command()
def score(
    hospital: HospitalCode,
    year: Annotated[int, typer.Option("--year", help="the calendar year")],
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Print a hospital's score for a year as of a time; writes nothing."""
    settings = settings_now()
    now = moment(at, settings.timezone)
    result = within(settings, lambda conn: office.score(conn, hospital, year, now))
    show(result, office.score_lines(result), as_json=as_json)


app.add_typer(rubric_commands(lambda unit: within(settings_now(), unit), show), name="rubric")


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    settings = settings_now()
    db = Database(settings.database_url)
    done = ensure_migrated(db.engine)
    db.close()
    print("migrated" if done else "up to date")  # noqa: T201


@app.command()
def check() -> None:
    """Check settings, database, migrations, rubrics, catalogues and Telegram: one line each."""
    settings = settings_now()
    lines, good = checkup.check(settings)
    print("\n".join(lines))  # noqa: T201
    if not good:
        sys.exit(2)


add_exports(app, lambda unit: within(settings_now(), unit), show)

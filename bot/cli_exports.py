"""``wardwatch scoresheet``: the command line's files."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from handlers import office_exports

Within = Callable[[Callable[[Connection], Any]], Any]
Show = Callable[..., None]
HospitalCode = Annotated[str, typer.Option("--hospital", help="the hospital's code, such as QP01")]
Period = Annotated[str, typer.Option("--period", help="2026, 2026H1, 2026Q3 or 2026-07")]
Output = Annotated[Path, typer.Option("-o", help="the file to write")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON value and nothing else")]


def add_exports(app: typer.Typer, within: Within, show: Show) -> None:
    """Add the commands; ``within`` runs a unit of work on the database, ``show`` prints a result."""

    @app.command()
    def scoresheet(
        hospital: HospitalCode, period: Period, output: Output, as_json: AsJson = False
    ) -> None:
        """Write the filled scorecard, .xlsx or .docx, as of a period's end or now."""
        now = datetime.now(UTC)
        made = within(
            lambda conn: office_exports.make_scoresheet(conn, hospital, period, output, now)
        )
        show(made, [made["file"]], as_json=as_json)

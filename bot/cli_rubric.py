"""``wardwatch rubric ...``: its own page of the command line."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from handlers.authoring import commands

Within = Callable[[Callable[[Connection], Any]], Any]
Show = Callable[..., None]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON value and nothing else")]
File = Annotated[Path, typer.Argument(help="a rubric in YAML, see docs/rubric-format.md")]


def rubric_commands(within: Within, show: Show) -> typer.Typer:
    """The commands; ``within`` runs a unit of work on the database, ``show`` prints a result."""
    page = typer.Typer(no_args_is_help=True, help="Check, import and publish scorecards.")

    @page.command()
    def check(file: File, as_json: AsJson = False) -> None:
        """Check a rubric file; what does not add up as declared is listed."""
        result = commands.check(file)
        show(result, commands.check_lines(result), as_json=as_json)

    @page.command("import")
    def import_(
        file: Annotated[
            Path, typer.Argument(help="a table with the columns 项目 内容 分值 评分标准")
        ],
        output: Annotated[Path, typer.Option("-o", help="the draft to write, a new .yaml file")],
        as_json: AsJson = False,
    ) -> None:
        """Read a printed table (.xlsx) into a draft rubric."""
        result = commands.import_table(file, output)
        line = (
            f"{result['file']}: {result['undecided']} to decide, {result['look']} to look at; "
            "then wardwatch rubric check"
        )
        show(result, [line], as_json=as_json)

    @page.command()
    def publish(file: File, as_json: AsJson = False) -> None:
        """Publish a rubric: from then on it can be chosen in /admin, and never changes."""
        result = within(lambda conn: commands.publish(conn, file, datetime.now(UTC)))
        what = "published" if result["published"] else "is there already"
        show(result, [f"{result['rubric']} version {result['version']} {what}"], as_json=as_json)

    @page.command("list")
    def list_(as_json: AsJson = False) -> None:
        """List every version that can be chosen."""
        rows = within(commands.versions)
        lines = [f"{r['rubric']} {r['version']} {r['valid_from']} {r['title']}" for r in rows]
        show(rows, lines, as_json=as_json)

    return page

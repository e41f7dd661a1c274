"""What the command line writes into files: the same as is sent in the chat."""

from datetime import datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.exports import write_whole
from handlers.exports import WRITERS, fill_sheet
from handlers.office import UserError
from handlers.scoring import standing
from models.people import HospitalFacts, find_hospital
from models.periods import Span, end_of, moment, read_span


def make_scoresheet(
    conn: Connection, code: str, period: str, output: Path, now: datetime
) -> dict[str, Any]:
    """Write the sheet as of a period's end, or ``now`` if that is earlier; the path as it was given."""
    suffix = output.suffix.lower().removeprefix(".")
    if suffix not in WRITERS:
        raise UserError(f"-o: a file that ends in .xlsx or .docx: {output}")
    hospital = find_hospital(conn, code)
    if hospital is None:
        raise UserError(f"--hospital: there is no {code}")
    first, last = _span(period, hospital, now)
    at = min(now, end_of(last, hospital.zone))
    sheet = fill_sheet(conn, standing(conn, hospital, first.year, at))
    write_output(output, WRITERS[suffix](sheet, made_at=now))
    return {"file": str(output)}


def _span(period: str, hospital: HospitalFacts, now: datetime) -> Span:
    try:
        span = read_span(period)
    except ValueError as error:
        raise UserError(f"--period: {period} {error}") from None
    if moment(span[0], time.min, hospital.zone) > now:
        raise UserError(f"--period: {period} has not begun")
    return span


def write_output(output: Path, content: bytes) -> None:
    """Write the file a user asked for whole or not at all; UserError where it cannot be written."""
    if output.is_dir() or not output.parent.is_dir():
        raise UserError(f"-o: no such folder, or a folder itself: {output}")
    try:
        write_whole(output, content)
    except OSError as error:
        raise UserError(f"-o: {output}: {error.strerror}") from None

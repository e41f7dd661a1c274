"""Files on request in the chat: the official sheet."""

import re
from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _
from bot.turn import Turn
from handlers.documents.remarks import NAMED, Proof
from handlers.documents.sheet import sheet_of
from handlers.documents.sheet_docx import write_docx
from handlers.documents.sheet_xlsx import write_xlsx
from handlers.documents.table import Sheet
from handlers.score_words import number, say_band
from handlers.scoring import Standing, standing
from models import audit
from models.evidence import count_each
from models.periods import end_of, read_span
from models.selfcheck import newest_answers
from models.tally import numbers_of

WRITERS: Mapping[str, Callable[..., bytes]] = {"xlsx": write_xlsx, "docx": write_docx}
_ASKED = re.compile(r"(19[7-9][0-9]|[2-8][0-9]{3})(?::(xlsx|docx))?")


def press_sheet(turn: Turn) -> None:
    """Send a year's official sheet: ``sheet:2026`` in both formats, ``sheet:2026:docx`` in one."""
    asked = _ASKED.fullmatch(turn.incoming.data.partition(":")[2])
    if asked is None:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
        return
    hospital, year = turn.actor.hospital, int(asked[1])
    if year > turn.now.astimezone(hospital.zone).year:
        turn.toast(_("{year} has not begun yet. There is nothing to score.").format(year=year))
        return
    sheet, caption = _filled(turn, year)
    for suffix in (asked[2],) if asked[2] else tuple(WRITERS):
        name = _("{hospital}-{year}-scorecard").format(hospital=hospital.code, year=year)
        content = WRITERS[suffix](sheet, made_at=turn.now)
        turn.send_document(content, f"{name}.{suffix}", caption=caption)
    audit.note(
        turn.conn,
        at=turn.now,
        action="sheet.made",
        subject=str(year),
        hospital_id=hospital.id,
        member_id=turn.actor.id,
    )


def _filled(turn: Turn, year: int) -> tuple[Sheet, str]:
    """The sheet as of the year's end or now, and what is said beside it."""
    hospital = turn.actor.hospital
    at = min(turn.now, end_of(read_span(str(year))[1], hospital.zone))
    now = standing(turn.conn, hospital, year, at)
    caption = _(
        "{year} scorecard: {score} of {points} points, as of {moment}.\nPlease check, print and sign."
    )
    said = caption.format(
        year=year,
        score=say_band(now.card.score),
        points=number(now.card.points),
        moment=say_moment(at, zone=hospital.zone, now=turn.now),
    )
    return fill_sheet(turn.conn, now), said


def fill_sheet(conn: Connection, now: Standing) -> Sheet:
    """The sheet of a standing with the numbers of the records that cost points."""
    beside = (*now.card.bonus, *now.card.vetoes)
    reasons = [why for item in now.card.items for why in item.every_reason]
    reasons += [why for each in beside for why in each.reasons]
    metrics = {str(why.params["metric"]) for why in reasons if "metric" in why.params}
    numbers = {
        metric: numbers_of(conn, now.hospital, metric, now.period, at=now.at, limit=NAMED)
        for metric in metrics
    }
    return sheet_of(now, numbers=numbers, evidence=_evidence(conn, now))


def _evidence(conn: Connection, now: Standing) -> dict[str, Proof]:
    """What was handed in with the answers that count, by question."""
    if now.check is None:
        return {}
    answers = newest_answers(conn, now.check.check_id, at=now.at)
    # A version that was reopened carries answers over; their files stay with the first.
    firsts = {row.carried_from or row.id: row for row in answers.values()}
    files = count_each(conn, "check_answer", firsts)
    return {
        row.question: Proof(files=files.get(first, 0), why=row.why or "")
        for first, row in firsts.items()
    }

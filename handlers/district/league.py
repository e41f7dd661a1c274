"""The league table of a district: by on-time rate, then by projected score; in pages and as a file."""

from dataclasses import dataclass
from typing import Any

from bot.i18n import _
from bot.incoming import row_of
from bot.messages import Button
from bot.turn import Turn
from handlers.district.league_xlsx import write_league
from handlers.district.overview import turning
from handlers.district.scores import scores_of
from handlers.district.seen import hospitals_seen, named, own_district, year_of
from handlers.score_words import say_band
from models import audit
from models.judgement import Band
from models.league import Rate, filing_rates
from models.people import HospitalFacts

_LINES = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One hospital's line; ``place`` is shared by those with equal rate and score."""

    place: int
    hospital: HospitalFacts
    rate: Rate
    score: Band


def show_league(turn: Turn, year: str, page: str) -> None:
    """A page of a year's table; ``xlsx`` in place of a page sends it as a file."""
    asked = row_of(year)
    if not year_of(turn) - 1 <= asked <= year_of(turn):
        turn.toast(_("There is no table for that year."))
    elif page == "xlsx":
        _send(turn, asked)
    else:
        _show(turn, asked, row_of(page))


def league_of(turn: Turn, year: int) -> list[Row]:
    """Every hospital of the district: the best rate first, among equal ones the best score; without papers last."""
    hospitals, district = hospitals_seen(turn), own_district(turn)
    rates = filing_rates(turn.conn, district, year, at=turn.now)
    scores = scores_of(turn.conn, list(hospitals.values()), district, year, turn.now)
    keyed = [(_key(rates.get(each, Rate()), scores[each]), each) for each in hospitals]
    keyed.sort(key=lambda pair: pair[0])
    places: dict[Any, int] = {}
    for place, (key, _each) in enumerate(keyed, start=1):
        places.setdefault(key, place)
    return [
        Row(
            place=places[key],
            hospital=hospitals[each],
            rate=rates.get(each, Rate()),
            score=scores[each],
        )
        for key, each in keyed
    ]


def _key(rate: Rate, score: Band) -> tuple[Any, ...]:
    return rate.share is None, -(rate.share or 0), -score.low, -score.high


def _show(turn: Turn, year: int, page: int) -> None:
    rows = league_of(turn, year)
    pages = max(1, -(-len(rows) // _LINES))
    page = min(page, pages - 1)
    lines = [
        _("{year}: {n} hospitals by papers in time, then by projected score").format(
            year=year, n=len(rows)
        )
    ]
    lines += [_line(row) for row in rows[page * _LINES : (page + 1) * _LINES]]
    if pages > 1:
        lines.append(_("Page {page} of {pages}").format(page=page + 1, pages=pages))
    other = year_of(turn) if year != year_of(turn) else year - 1
    ways = [
        turning(f"district:t:{year}", page, pages),
        [
            Button(_("As a table file"), f"district:t:{year}:xlsx"),
            Button(_("Year {year}").format(year=other), f"district:t:{other}:0"),
        ],
        [Button(_("Back"), "district:o:0")],
    ]
    turn.say("\n".join(lines), [row for row in ways if row])


def _line(row: Row) -> str:
    score = say_band(row.score)
    if row.rate.share is None:
        said = _("{place}. {hospital}: nothing due yet, score {score}")
    else:
        said = _("{place}. {hospital}: {on_time} of {expected} in time, score {score}")
    return said.format(
        place=row.place,
        hospital=named(row.hospital),
        on_time=row.rate.on_time,
        expected=row.rate.expected,
        score=score,
    )


def _send(turn: Turn, year: int) -> None:
    rows = league_of(turn, year)
    name = _("{district}-{year}-league-table").format(
        district=turn.actor.hospital.district, year=year
    )
    heading = _("{district}: league table of {year}").format(
        district=turn.actor.hospital.district, year=year
    )
    columns = (
        _("Place"),
        _("Code"),
        _("Hospital"),
        _("Expected"),
        _("In time"),
        _("Late"),
        _("Missed"),
        _("On-time rate"),
        _("Score from"),
        _("Score to"),
    )
    content = write_league(heading, columns, [_cells(row) for row in rows], made_at=turn.now)
    turn.send_document(content, f"{name}.xlsx", caption=heading)
    audit.note(
        turn.conn,
        at=turn.now,
        action="league.made",
        subject=str(year),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
    )


def _cells(row: Row) -> tuple[str | float | None, ...]:
    share = row.rate.share
    return (
        row.place,
        row.hospital.code,
        row.hospital.name,
        row.rate.expected,
        row.rate.on_time,
        row.rate.late,
        row.rate.missed,
        None if share is None else float(share),
        round(float(row.score.low), 2),
        round(float(row.score.high), 2),
    )

"""``wardwatch rubric``: check a file, read a printed table into a draft, publish a version, list what there is."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from handlers.authoring.draft import draft_from
from handlers.authoring.table import NotATableError
from handlers.office import UserError
from models.clauses import UNDECIDED
from models.criteria import Rubric
from models.fields import RubricError
from models.rubric import parse
from models.rubric_version import VersionTakenError, list_versions, publish_version
from models.soundness import mismatches


def check(path: Path) -> dict[str, Any]:
    """What a rubric file says of itself, and where its points do not add up as it declares."""
    rubric, _text = _read(path)
    return {
        **_named(rubric),
        "points": float(rubric.points),
        "levels": sorted(rubric.levels),
        "criteria": sum(1 for _each in rubric.criteria),
        "open": [question.id for question in rubric.open],
        "mismatches": [
            {
                "item": each.item,
                "level": each.level,
                "printed": float(each.printed),
                "points": float(each.points),
                "question": each.question,
            }
            for each in mismatches(rubric)
        ],
    }


def check_lines(result: dict[str, Any]) -> list[str]:
    """The same for a person at a terminal."""
    lines = [
        f"ok: {result['rubric']} version {result['version']}, {result['criteria']} criteria, "
        f"{result['points']:g} points, content {result['hash'][:12]}"
    ]
    for each in result["mismatches"]:
        governs = each["question"] or "its policy"
        lines.append(
            f"item {each['item']} at level {each['level']}: the lines add up to {each['printed']:g}, "
            f"the item has {each['points']:g} ({governs} says what counts)"
        )
    if result["open"]:
        lines.append(f"open questions: {' '.join(result['open'])}")
    return lines


def import_table(table: Path, draft: Path) -> dict[str, Any]:
    """Read a table with the official columns into a draft; where it is, and how much is to be decided."""
    if draft.exists():
        raise UserError(f"-o: {draft} is there already; it is not written over")
    try:
        text = draft_from(table, draft.stem)
    except NotATableError as error:
        raise UserError(str(error)) from None
    draft.write_text(text, encoding="utf-8")
    marked = text.count("# (look)") - 1
    return {"file": str(draft), "undecided": len(_undecided(text)), "look": marked}


def publish(conn: Connection, path: Path, now: datetime) -> dict[str, Any]:
    """Keep a checked rubric for ever, so that administrators can choose it; publishing it again changes nothing."""
    rubric, text = _read(path)
    try:
        fresh = publish_version(conn, rubric, text, now=now)
    except VersionTakenError as error:
        raise UserError(
            f"{path.name}: {error} is published with other content; give the change a new version"
        ) from None
    return {**_named(rubric), "published": fresh}


def versions(conn: Connection) -> list[dict[str, Any]]:
    """Every version that can be chosen."""
    return [_named(each) for each in list_versions(conn)]


def _named(rubric: Rubric) -> dict[str, Any]:
    return {
        "rubric": rubric.id,
        "version": rubric.version,
        "hash": rubric.content_hash,
        "title": rubric.title.in_language("zh_Hans"),
        "valid_from": rubric.valid_from.isoformat(),
    }


def _read(path: Path) -> tuple[Rubric, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: not a text in UTF-8") from None
    for line in _undecided(text)[:1]:
        raise UserError(f'{path.name}:{line}: still undecided: "{UNDECIDED}"')
    try:
        rubric = parse(path.name, text)
    except RubricError as error:
        raise UserError(" ".join(str(error).split())) from None
    return rubric, text


def _undecided(text: str) -> list[int]:
    """The numbers of the lines that still hold a mark, comments aside."""
    mark = f'"{UNDECIDED}"'
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if mark in line and not line.lstrip().startswith("#")]

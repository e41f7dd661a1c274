"""Rubric files: an authority's scorecard as YAML, read strictly, known by a content hash."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from models.criteria import OpenQuestion, Rubric, Setting, Source
from models.fields import Fields, RubricError
from models.lines import Lines, read_bonus, read_not_applicable, read_veto
from models.located import CycleError, Located, TwiceError, load_located
from models.periods import month_and_day, on
from models.rule_lines import read_verdict
from models.rules import Verdict
from models.soundness import check_sound

FOLDER = Path(__file__).parent / "rubrics"
SUPERSEDED = FOLDER / "superseded"
"""Versions that shipped once: what was answered to them is scored by them for ever."""
SCHEMA = "wardwatch-rubric/1"
CALENDAR_YEAR = "calendar_year"


@cache
def shipped(rubric_id: str) -> Rubric:
    """A rubric that ships with the product, read once; RubricError if there is none."""
    if rubric_id not in shipped_ids():
        raise RubricError(f"{rubric_id}.yaml", "file", "no_such_rubric", "no such rubric ships")
    return load(FOLDER / f"{rubric_id}.yaml")


def shipped_ids() -> tuple[str, ...]:
    """The ids of every rubric that ships."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def shipped_by_hash(content_hash: str) -> Rubric | None:
    """A version that ships, or shipped once, by its content hash; None for any other."""
    newest = (shipped(each) for each in shipped_ids())
    older = (load(path) for path in sorted(SUPERSEDED.glob("*.yaml")))
    known = (*newest, *older)
    return next((each for each in known if each.content_hash == content_hash), None)


def counting_period(rubric: Rubric, year: int) -> tuple[date, date]:
    """The first and last day that count for a year, local dates, both inclusive."""
    if rubric.period == CALENDAR_YEAR:
        return date(year, 1, 1), date(year, 12, 31)
    return on(year - 1, rubric.period), on(year, rubric.period) - timedelta(days=1)


def load(path: Path) -> Rubric:
    """Read and check one file; RubricError names file, line, the place in it and the reason."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path.name, error) from error
    return parse(path.name, text)


def parse(name: str, text: str) -> Rubric:
    """The same from a text that is to stand in a file of that name."""
    try:
        raw = load_located(text)
    except CycleError as error:
        raise RubricError(name, "file", "cycle", str(error), error.line) from error
    except TwiceError as error:
        raise RubricError(name, "file", "duplicate_key", str(error), error.line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _unreadable(name, error) from error
    rubric = _rubric(Fields(name, "file", raw), raw)
    lines = _lines_by_id(raw)
    if not Path(name).stem.startswith(rubric.id):
        reason = "the file name must begin with the id"
        raise RubricError(name, rubric.id, "wrong_file_name", reason, lines[rubric.id])
    check_sound(name, rubric, lines)
    return rubric


def _unreadable(name: str, error: Exception) -> RubricError:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else getattr(error, "line", 0)
    return RubricError(name, "file", "unreadable", " ".join(str(error).split()), line)


def _lines_by_id(raw: object) -> dict[str, int]:
    """Where each id, or key of a setting, and each part of the file stands; of one used twice the last."""
    found: dict[str, int] = dict(raw.lines) if isinstance(raw, Located) else {}
    inner: list[object] = [raw]
    while inner:
        part = inner.pop(0)
        if isinstance(part, Located):
            name = part.get("id", part.get("key"))
            if isinstance(name, str):
                found[name] = part.line
            inner += part.values()
        elif isinstance(part, list):
            inner += part
    return found


def _rubric(fields: Fields, raw: object) -> Rubric:
    fields.word("schema", frozenset({SCHEMA}))
    levels = fields.texts_by("levels", int)
    lines = Lines(levels=frozenset(levels), verdict=_verdict(fields.part("verdict")))
    source = _source(fields.part("source"))
    rubric = Rubric(
        id=fields.word("id"),
        version=fields.word("version"),
        content_hash="",
        valid_from=_valid_from(fields, source),
        title=fields.text("title"),
        source=source,
        period=_period(fields),
        points=fields.number("points"),
        levels=levels,
        not_applicable=read_not_applicable(fields.part("not_applicable")),
        settings=tuple(_setting(each) for each in _parts(fields, "settings")),
        sections=tuple(lines.section(each) for each in fields.parts("sections")),
        bonus=read_bonus(fields.part("bonus")) if fields.has("bonus") else None,
        veto=tuple(read_veto(each) for each in _parts(fields, "veto")),
        open=tuple(_question(each) for each in _parts(fields, "open")),
    )
    fields.close()
    # Hashed last: only now is every key and value known to be of a kind that JSON can say.
    return replace(rubric, content_hash=_content_hash(raw))


def _content_hash(raw: object) -> str:
    """SHA-256 of what a file says, whatever its comments and layout."""
    said = json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _parts(fields: Fields, key: str) -> list[Fields]:
    return fields.parts(key) if fields.has(key) else []


def _verdict(fields: Fields) -> Verdict:
    verdict = read_verdict(fields)
    fields.close()
    return verdict


def _valid_from(fields: Fields, source: Source) -> date:
    said = fields.word("valid_from", default=f"{source.issued[:4]}-01-01")
    try:
        return date.fromisoformat(said)
    except ValueError:
        told = f"valid_from must be a day such as 2026-01-01, not {said!r}"
        raise fields.error("not_a_date", told, "valid_from") from None


def _period(fields: Fields) -> str:
    said = fields.word("period")
    if said == CALENDAR_YEAR:
        return said
    try:
        month_and_day(said)
        on(2000, said)
    except ValueError:
        told = f"period must be {CALENDAR_YEAR} or a month-day such as 12-01, not {said!r}"
        raise fields.error("not_a_period", told, "period") from None
    if said == "01-01":
        raise fields.error("not_a_period", f"01-01 is {CALENDAR_YEAR}", "period")
    return said


def _source(fields: Fields) -> Source:
    source = Source(
        document=fields.word("document"),
        number=fields.word("number"),
        issuer=fields.word("issuer"),
        issued=fields.word("issued"),
    )
    fields.close()
    return source


def _setting(fields: Fields) -> Setting:
    setting = Setting(
        key=fields.word("key"),
        question=fields.word("open"),
        default=fields.word("default"),
        text=fields.text("text"),
    )
    fields.close()
    return setting


def _question(fields: Fields) -> OpenQuestion:
    read = fields.has("readings")
    question = OpenQuestion(
        id=fields.word("id"),
        text=fields.text("text"),
        default=fields.word("default") if read else None,
        readings=fields.texts_by("readings", str) if read else MappingProxyType({}),
    )
    fields.close()
    return question

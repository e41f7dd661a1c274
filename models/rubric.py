"""Rubric files: an authority's scorecard as YAML, read strictly, known by a content hash."""

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from models.criteria import OpenQuestion, Rubric, Setting, Source, Verdict
from models.fields import Fields, RubricError
from models.lines import Lines
from models.soundness import check_sound

FOLDER = Path(__file__).parent / "rubrics"
SCHEMA = "wardwatch-rubric/1"
# The C loader takes a tenth of the time; it is there wherever PyYAML came as a wheel.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def shipped(rubric_id: str) -> Rubric:
    """A rubric that ships with the product, read once; RubricError if there is none."""
    if rubric_id not in shipped_ids():
        raise RubricError(f"{rubric_id}.yaml", "file", "no_such_rubric", "no such rubric ships")
    return load(FOLDER / f"{rubric_id}.yaml")


def shipped_ids() -> tuple[str, ...]:
    """The ids of every rubric that ships."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def load(path: Path) -> Rubric:
    """Read and check one file; RubricError names the file, the place in it and the reason."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise RubricError(path.name, "file", "unreadable", reason) from error
    rubric = _rubric(Fields(path.name, "file", raw), raw)
    if not path.stem.startswith(rubric.id):
        reason = "the file name must begin with the id"
        raise RubricError(path.name, rubric.id, "wrong_file_name", reason)
    check_sound(path.name, rubric)
    return rubric


def _rubric(fields: Fields, raw: object) -> Rubric:
    fields.word("schema", frozenset({SCHEMA}))
    levels = fields.texts_by("levels", int)
    lines = Lines(levels=frozenset(levels), verdict=_verdict(fields.part("verdict")))
    rubric = Rubric(
        id=fields.word("id"),
        version=fields.word("version"),
        content_hash="",
        title=fields.text("title"),
        source=_source(fields.part("source")),
        period=fields.word("period"),
        points=fields.number("points"),
        levels=levels,
        not_applicable=_not_applicable(fields.part("not_applicable")),
        settings=tuple(_setting(each) for each in fields.parts("settings")),
        sections=tuple(lines.section(each) for each in fields.parts("sections")),
        open=tuple(_question(each) for each in fields.parts("open")),
    )
    fields.close()
    # Hashed last: only now is every key and value known to be of a kind that JSON can say.
    return replace(rubric, content_hash=_content_hash(raw))


def _content_hash(raw: object) -> str:
    """SHA-256 of what a file says, whatever its comments and layout."""
    said = json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _verdict(fields: Fields) -> Verdict:
    verdict = Verdict(partly=fields.numbers_by("partly", str), question=fields.word("open"))
    fields.close()
    return verdict


def _not_applicable(fields: Fields) -> str:
    question = fields.word("open")
    fields.close()
    return question


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

"""Whole stories over real HTTP in both languages; what is said in them is kept under docs/."""

import os
import re
from pathlib import Path

import pytest

from tests.acceptance import scenes, violence
from tests.acceptance.ward import Ward

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
LOCALES = pytest.mark.parametrize("locale", ["zh_Hans", "en"])
STORY = {"zh_Hans": "# 平安哨说的每一句话", "en": "# Every sentence WardWatch says"}
NIGHT = {
    "zh_Hans": "# 一起伤医事件:从求助到结案",
    "en": "# A violent incident, from the alarm to the closed case",
}


@LOCALES
async def test_story(locale: str, tmp_path: Path) -> None:
    async with Ward(tmp_path, locale=locale) as ward:
        ward.owe_only_reports()
        cast = await scenes.joining(ward)
        for scene in scenes.SCENES:
            await scene(ward, cast)
        _keep(ward, "transcript", STORY[locale])


@LOCALES
async def test_violent_incident(locale: str, tmp_path: Path) -> None:
    async with Ward(tmp_path, locale=locale) as ward:
        night = await violence.arriving(ward)
        for scene in violence.SCENES:
            await scene(ward, night)
        _keep(ward, "violent-incident", NIGHT[locale])


def _keep(ward: Ward, name: str, title: str) -> None:
    """Hold what was said against what is kept, or keep it anew."""
    assert not ward.rows("SELECT * FROM inbox WHERE state = 'bad'")
    written = f"{title}\n\n{ward.written()}"
    transcript = DOCS / f"{name}.{ward.locale}.md"
    if os.environ.get("UPDATE_DOCS"):
        transcript.write_text(written, encoding="utf-8")
    kept = transcript.read_text(encoding="utf-8")
    assert sentences(kept) == sentences(written), "UPDATE_DOCS=1 writes it anew"


def sentences(transcript: str) -> list[str]:
    """What was said, to whom: on a busy machine in another order, a minute later, not at once to all."""
    blocks = (re.sub(r" \d\d:\d\d( \(|:)", r"\1", block) for block in transcript.split("\n\n"))
    return sorted({said for block in blocks for said in _to_each(block)})


def _to_each(block: str) -> list[str]:
    """A block that several people were shown, once for each."""
    head, arrow, rest = block.partition("** → ")
    if not arrow:
        return [block]
    names, mark, text = re.split(r"( \(|:)", rest, maxsplit=1)
    return [f"{head}{arrow}{name}{mark}{text}" for name in names.split(", ")]

"""The whole story over real HTTP in both languages; what is said is the transcript under docs/."""

import os
import re
from pathlib import Path

import pytest

from tests.acceptance.scenes import SCENES, joining
from tests.acceptance.ward import Ward

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
TITLES = {"zh_Hans": "# 平安哨说的每一句话", "en": "# Every sentence WardWatch says"}


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
async def test_story(locale: str, tmp_path: Path) -> None:
    async with Ward(tmp_path, locale=locale) as ward:
        cast = await joining(ward)
        for scene in SCENES:
            await scene(ward, cast)
        assert not ward.rows("SELECT * FROM inbox WHERE state = 'bad'")
        written = f"{TITLES[locale]}\n\n{ward.written()}"
    transcript = DOCS / f"transcript.{locale}.md"
    if os.environ.get("UPDATE_DOCS"):
        transcript.write_text(written, encoding="utf-8")
    kept = transcript.read_text(encoding="utf-8")
    assert sentences(kept) == sentences(written), "UPDATE_DOCS=1 writes it anew"


def sentences(transcript: str) -> list[str]:
    """What was said, to whom: two people's messages may arrive in either order, and a minute later."""
    return sorted(re.sub(r" \d\d:\d\d( \(|:)", r"\1", block) for block in transcript.split("\n\n"))

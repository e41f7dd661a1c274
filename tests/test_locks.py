"""What is pinned is pinned whole, and nothing that is shared names the machine it was written on."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PIN = re.compile(r"[a-z0-9][a-z0-9._-]*==[A-Za-z0-9.+!]+(?: ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
OWN = ("bot", "handlers", "models", "locales", "tests", "docs", "benchmarks", ".ci")
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".cfg", ".po", ".pot", ".json", ".js", ".css"}
TEXT |= {".html", ".svg", ".mako", ".lock", ".txt", ".sh", ""}
SOMEBODYS = re.compile(r"(?<![\w.:/$}])/(?:home|root|Users|work|mnt|media)/\w")


def test_every_line_of_the_lock_is_a_pin_or_its_hash() -> None:
    """So there is no room for an option, an index's address or anything unpinned."""
    lines = LOCK.splitlines()
    bad = [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))]
    assert bad == []
    assert "://" not in LOCK


def test_every_pin_has_a_hash() -> None:
    lines = LOCK.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        assert not PIN.fullmatch(line) or HASH.fullmatch(after), line
        assert not line.endswith("\\") or HASH.fullmatch(after), line


def names(requirements: list[str]) -> set[str]:
    """The packages that requirements name."""
    found = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


def test_everything_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert names(asked) <= names([line for line in LOCK.splitlines() if PIN.fullmatch(line)])


def texts() -> Iterator[Path]:
    """The project's own text files."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT)
    for room in OWN:
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts:
                yield path


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if SOMEBODYS.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("line", ["see /home" + "/me/x", "'/root" + "/x'", "cd /work" + "/main"])
def test_such_a_folder_would_be_found(line: str) -> None:
    assert SOMEBODYS.search(line)


@pytest.mark.parametrize("line", ["${HOME}/x", "https://example.org/home/page", "./work/x"])
def test_other_paths_are_left_alone(line: str) -> None:
    assert not SOMEBODYS.search(line)

"""The catalogues are complete and current, and every sentence can be translated and filled in."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import polib
import pytest

from tests.catalogues import LOCALES, ROOT, path_of, problems

MARKS = {"_", "N_", "n_"}
SOURCES = [path for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]


def test_the_catalogues_can_be_released() -> None:
    assert problems() == []


def entries() -> Iterator[tuple[str, polib.POEntry]]:
    """Every sentence in every language."""
    for locale in LOCALES:
        for entry in polib.pofile(path_of(locale).read_text(encoding="utf-8")):
            yield locale, entry


def holes(text: str) -> set[str]:
    """The names to be filled in; ValueError where braces do not match."""
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def test_every_sentence_can_be_filled_in_with_what_its_original_names() -> None:
    for locale, entry in entries():
        known = holes(entry.msgid) | holes(entry.msgid_plural or "")
        assert all(name.isidentifier() for name in known), (locale, entry.msgid)
        for said in [*entry.msgstr_plural.values(), *([entry.msgstr] if entry.msgstr else [])]:
            assert holes(said) <= known, (locale, said)
            assert said.format(**dict.fromkeys(known, "x"))


def test_no_translation_is_left_in_the_other_language() -> None:
    chinese = [entry for locale, entry in entries() if locale == "zh_Hans"]
    same = {e.msgid for e in chinese if e.msgstr == e.msgid and any(c.isalpha() for c in _words(e))}
    assert same <= {"中文 / English"}, same


def _words(entry: polib.POEntry) -> str:
    """The sentence without what is filled in."""
    return "".join(text for text, *_hole in Formatter().parse(entry.msgid))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_translated_is_a_plain_string(path: Path) -> None:
    """An f-string or a sum inside _() is looked up after it was filled in, and never found."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            sentences = node.args[:2] if node.func.id == "n_" else node.args
            bad = [s for s in sentences if isinstance(s, ast.JoinedStr | ast.BinOp)]
            assert not bad, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_hides_inside_an_f_string(path: Path) -> None:
    """What stands there is not extracted: it would be English in every language."""
    for string in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for node in ast.walk(string) if isinstance(string, ast.JoinedStr) else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                spoken = [arg for arg in node.args if isinstance(arg, ast.Constant)]
                assert node.func.id not in MARKS or not spoken, f"{path.name}:{node.lineno}"

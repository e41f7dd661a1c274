"""The shipped preset says what the domain says; a broken one is refused with its fault named."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.preset import PRESETS, PresetError, read_preset, shipped_preset

SHIPPED = (PRESETS / "qingpu.yaml").read_text(encoding="utf-8")


def test_what_ships() -> None:
    preset = shipped_preset()
    assert [template.code for template in preset.templates] == ["O4H", "O4Y", "O1", "O2"]
    assert set(preset.topics) == {"anti_crime", "safe_hospital"}
    assert {template.counts_towards for template in preset.templates} == {"missed_reports"}
    days = {
        t.code: (t.reminders.days_before, t.missed.working_days_after) for t in preset.templates
    }
    assert days["O4H"] == days["O4Y"] == ((14, 7, 3, 1, 0), 5)
    assert days["O1"] == days["O2"] == (None, 0)
    assert [preset.template(code).due.hours for code in ("O1", "O2")] == [24, 24]
    assert [preset.template(code).reminders.hours_before for code in ("O1", "O2")] == [(4,), (4,)]


def test_only_the_dispute_limit_is_the_authoritys_own() -> None:
    ours = {t.code: t.defaults for t in shipped_preset().templates}
    assert ours.pop("O1") == {"reminders", "missed"}
    assert set(ours.values()) == {frozenset({"due", "reminders", "missed"})}


@pytest.mark.parametrize(
    ("code", "subject", "locale", "title"),
    [
        ("O4H", "safe_hospital", "zh_Hans", "上半年平安医院创建工作总结"),
        ("O4Y", "anti_crime", "zh_Hans", "全年扫黑除恶工作总结"),
        ("O4H", "safe_hospital", "en", "First-half Safe Hospital summary"),
        ("O2", "QP01-2026-0007", "zh_Hans", "涉医案事件报告"),
        ("O1", "QP01-2026-0007", "fr", "Dispute report"),
    ],
)
def test_titles(code: str, subject: str, locale: str, title: str) -> None:
    assert shipped_preset().title(code, subject, locale) == title


def test_an_unknown_code_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="O99"):
        shipped_preset().template("O99")


@pytest.mark.parametrize(
    ("path", "value", "entry", "reason"),
    [
        (("templates", 0, "cadence"), "daily", "templates.O4H.cadence", "Input should be"),
        (
            ("templates", 0, "due", "month_day"),
            "13-01",
            "templates.O4H.due.month_day",
            "month must",
        ),
        (("templates", 0, "due", "month_day"), "7-1", "templates.O4H.due.month_day", "like 07-10"),
        (("templates", 0, "due"), {"hours": 24}, "templates.O4H", "due: a period's paper takes"),
        (("templates", 2, "due"), {"month_day": "07-10"}, "templates.O1", "due: an incident's"),
        (("templates", 2, "due", "hours"), "24", "templates.O1.due.hours", "valid integer"),
        (("templates", 2, "due", "hours"), True, "templates.O1.due.hours", "valid integer"),
        (("templates", 2, "subjects"), ["anti_crime"], "templates.O1", "subjects: "),
        (("templates", 1, "subjects"), [], "templates.O4Y", "subjects: "),
        (("templates", 1, "subjects"), ["fire"], "", "O4Y: topic 'fire' is not declared"),
        (("templates", 1, "code"), "O4H", "", "O4H is there twice"),
        (("templates", 1, "name", "en"), "Summary", "templates.O4Y", "{topic} must tell"),
        (("templates", 1, "nmae"), "x", "templates.O4Y.nmae", "Extra inputs"),
        (("templates", 1, "name"), {"en": "{topic}"}, "templates.O4Y.name", "zh_Hans name"),
        (("templates", 1, "missed"), {}, "templates.O4Y.missed.working_days_after", "required"),
        (
            ("templates", 1, "reminders", "days_before"),
            [1, 7],
            "templates.O4Y.reminders.days_before",
            "must fall",
        ),
        (("templates", 1, "reminders", "at"), "25:00", "templates.O4Y.reminders.at", "valid time"),
        (("templates", 1, "reminders", "at"), None, "templates.O4Y", "reminders: a period's"),
        (("templates", 1), "O4Y", "templates.1", "valid dictionary"),
        (("topics",), None, "topics", "valid dictionary"),
    ],
)
def test_a_fault_is_named(
    tmp_path: Path, path: tuple[Any, ...], value: Any, entry: str, reason: str
) -> None:
    data = yaml.safe_load(SHIPPED)
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    file = tmp_path / "other.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(PresetError) as caught:
        read_preset(file)
    assert (caught.value.file, caught.value.entry) == ("other.yaml", entry)
    assert reason in caught.value.reason
    assert str(caught.value).startswith("other.yaml: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_preset(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match=r"none\.yaml"):
        read_preset(tmp_path / "none.yaml")
    file = tmp_path / "bad.yaml"
    for text in ("", "[]", "a: [", "templates: 3", "\x00", "templates: [3]", "a: &a [*a]"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(PresetError, match=r"^bad\.yaml: "):
            read_preset(file)


@given(st.data())
def test_any_one_line_missing_is_fine_or_our_error(data: st.DataObject) -> None:
    lines = SHIPPED.splitlines(keepends=True)
    gone = data.draw(st.integers(0, len(lines) - 1))

    class Text:
        name = "cut.yaml"

        def read_text(self, encoding: str) -> str:
            return "".join(lines[:gone] + lines[gone + 1 :])

    with suppress(PresetError):
        assert read_preset(Text()).id == "qingpu"  # type: ignore[arg-type]

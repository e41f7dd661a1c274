"""The shipped preset says what the domain says; a broken one is refused with its fault named."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from models.category import SEVERITIES
from models.criteria import METRICS
from models.preset import PRESETS, PresetError, read_preset, shipped_preset

SHIPPED = (PRESETS / "qingpu.yaml").read_text(encoding="utf-8")


def test_all_24_ship() -> None:
    codes = [template.code for template in shipped_preset().templates]
    numbers = [f"O{n}" for n in range(1, 25)]
    numbers[3:4] = ["O4H", "O4Y"]
    assert codes == numbers


def test_those_of_the_districts_rules_are_on() -> None:
    on = {template.code for template in shipped_preset().templates if template.enabled}
    assert on == {"O1", "O2", "O4H", "O4Y", "O5", "O7", "O8", "O10", "O13", "O19"}


def test_each_says_where_it_comes_from() -> None:
    for template in shipped_preset().templates:
        assert template.clause.seed in {"001", "002", "003", "004"}, template.code
        assert template.clause.words.strip(), template.code
        assert set(template.clause.place) == {"zh_Hans", "en"}


def test_what_closes_each_can_happen() -> None:
    for template in shipped_preset().templates:
        closes = template.closes
        assert closes.form in {None, "zero_report", "minutes", "survey", "selfcheck"}
        assert closes.metric is None or closes.metric in METRICS, template.code


@pytest.mark.parametrize(("code", "hours"), [("O1", (24,) * 4), ("O2", (24, 24, 12, 2))])
def test_the_limits_of_incidents(code: str, hours: tuple[float, ...]) -> None:
    template = shipped_preset().template(code)
    assert tuple(map(template.hours_for, SEVERITIES)) == hours
    assert template.reminders.hours_before == (4, 1)
    assert template.missed.working_days_after == 0


def test_the_police_are_called_within_ten_minutes() -> None:
    assert shipped_preset().template("O3").hours_for("general") == pytest.approx(1 / 6)


def test_misses_of_reports_and_summaries_count_in_the_scorecard() -> None:
    counted = [t.code for t in shipped_preset().templates if t.counts_towards]
    assert counted == ["O1", "O2", "O4H", "O4Y"]
    received = [t.code for t in shipped_preset().templates if t.to_district]
    assert received == [*counted, "O20"]


def test_only_two_times_are_the_authoritys_own() -> None:
    ours = {t.code: t.defaults for t in shipped_preset().templates}
    assert ours.pop("O1") == ours.pop("O19") == {"reminders", "missed"}
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
    ("place", "value", "entry", "reason"),
    [
        ("O4H.cadence", "daily", "O4H.cadence", "Input should be"),
        ("O4H.due.month_day", "13-01", "O4H.due.month_day", "month must"),
        ("O4H.due.month_day", "7-1", "O4H.due.month_day", "like 07-10"),
        ("O4H.due", {"hours": 24}, "O4H", "due: this cadence takes one of month_day"),
        ("O4H.due", {"days_after": 1, "day": 3}, "O4H", "due: this cadence takes one of"),
        ("O4H.due", {}, "O4H", "due: this cadence takes one of"),
        ("O1.due", {"month_day": "07-10"}, "O1", "due: this cadence takes one of hours"),
        ("O1.due.hours", "24", "O1.due.hours", "valid integer"),
        ("O1.due.hours", True, "O1.due.hours", "valid integer"),
        ("O1.due.hours", 0, "O1.due.hours", "greater than"),
        ("O2.due.by_severity", {"mild": 2}, "O2.due", "no such severity: mild"),
        ("O23.due", {"hours": 8}, "O23", "due: this cadence takes one of at_end"),
        ("O1.subjects", ["anti_crime"], "O1", "subjects: "),
        ("O4Y.subjects", ["fire"], "", "O4Y: topic 'fire' is not declared"),
        ("O4Y.code", "O4H", "", "O4H is there twice"),
        ("O4Y.name.en", "Summary", "O4Y", "{topic} must tell"),
        ("O4Y.nmae", "x", "O4Y.nmae", "Extra inputs"),
        ("O4Y.name", {"en": "{topic}"}, "O4Y.name", "zh_Hans name"),
        ("O4Y.missed", {"working_days_after": 61}, "O4Y.missed.working_days_after", "less than"),
        ("O4Y.reminders.days_before", [1, 7], "O4Y.reminders.days_before", "must fall"),
        ("O4Y.reminders.days_before", [7, 7], "O4Y.reminders.days_before", "must fall"),
        ("O4Y.reminders.days_before", [], "O4Y.reminders.days_before", "at least 1"),
        ("O4Y.reminders.at", "25:00", "O4Y.reminders.at", "valid time"),
        ("O4Y.reminders.at", None, "O4Y", "reminders: a period's"),
        ("O1.reminders.at", "09:00", "O1", "reminders: a record's"),
        ("O4Y.trigger", {"groups": ["violence"]}, "O4Y", "trigger: an incident's"),
        ("O1.trigger", None, "O1", "trigger: an incident's"),
        ("O1.trigger", {}, "O1.trigger", "one of them says"),
        ("O1.trigger.categories", ["disputes"], "O1.trigger", "'disputes' is not known"),
        ("O2.trigger.groups", ["violense"], "O2.trigger", "'violense' is not known"),
        ("O2.trigger.severities", ["mild"], "O2.trigger.severities.0", "Input should be"),
        ("O19.window", None, "O19", "window: a campaign has one"),
        ("O19.window", ["05-20", "04-11"], "O19", "window: must lie within one year"),
        ("O19.window", ["04-11", "05-32"], "O19.window.1", "out of range"),
        ("O5.window", ["04-11", "05-20"], "O5", "window: a campaign has one"),
        ("O5.closes", {"by": "form"}, "O5.closes", "form: names the form"),
        ("O8.closes", {"by": "records", "least": 1}, "O8.closes", "records: metric and least"),
        ("O8.closes.by", "hope", "O8.closes.by", "Input should be"),
        ("O5.owed_by", [], "O5.owed_by", "at least 1"),
        ("O5.owed_by", ["chief"], "O5.owed_by.0", "Input should be"),
        ("O5.clause", None, "O5.clause", "valid dictionary"),
        ("O5.recipient", {"en": "x", "zh_Hans": " "}, "O5.recipient", "zh_Hans name"),
        ("O4H", "O4H", "3", "valid dictionary"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, place: str, value: Any, entry: str, reason: str) -> None:
    data = yaml.safe_load(SHIPPED)
    code, *path = place.split(".")
    inner: Any = {each["code"]: number for number, each in enumerate(data["templates"])}
    path = ["templates", inner[code], *path]  # type: ignore[list-item]
    put(data, path, value)
    caught = refused(tmp_path, yaml.safe_dump(data, allow_unicode=True))
    assert caught.entry == (f"templates.{entry}" if entry else "")
    assert reason in caught.reason


def put(data: Any, path: list[Any], value: Any) -> None:
    for step in path[:-1]:
        data = data[step]
    data[path[-1]] = value


def refused(folder: Path, text: str) -> PresetError:
    """The error that a file of that text ends in: one line with the file's name before it."""
    file = folder / "other.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PresetError) as caught:
        read_preset(file)
    assert caught.value.file == "other.yaml"
    assert str(caught.value).startswith("other.yaml: ")
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a: [",
        "templates: 3",
        "\x00",
        "templates: [3]",
        "a: &a [*a]",
        "[" * 5000,
        "a: 1\nb: [\nc: }",
        "topics:",
        "templates:\n  - code: O1\n  code: O2",
    ],
)
def test_what_is_no_preset_is_refused_by_one_line(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).reason


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match=r"^none\.yaml: "):
        read_preset(tmp_path / "none.yaml")


@settings(deadline=None, max_examples=30)
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

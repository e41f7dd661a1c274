"""Working days against the State Council's printed calendar, and the table that corrects it."""

import subprocess
import sys
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.workdays import CHINA, OverrideError, Workdays, read_overrides

# 国务院办公厅关于2026年部分节假日安排的通知: (first, last) day off, and the weekends worked.
BREAKS_2026 = [
    ("01-01", "01-03"),
    ("02-15", "02-23"),
    ("04-04", "04-06"),
    ("05-01", "05-05"),
    ("06-19", "06-21"),
    ("09-25", "09-27"),
    ("10-01", "10-07"),
]
WORKED_2026 = {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
TABLES = st.dictionaries(DAYS, st.booleans(), max_size=40)


def printed(day: date) -> bool:
    """Whether 2026's notice says that the day is worked."""
    text = day.strftime("%m-%d")
    if any(first <= text <= last for first, last in BREAKS_2026):
        return False
    return text in WORKED_2026 or day.isoweekday() <= 5


def test_every_day_of_2026_as_printed() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in days if CHINA.is_working(day) is not printed(day)] == []


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2006, 12, 30), True),  # worked for New Year 2007, announced with it
        (date(2007, 12, 29), True),
        (date(2018, 12, 29), True),
        (date(2018, 12, 31), False),
        (date(2028, 2, 29), True),
        (date(2100, 10, 1), False),
    ],
)
def test_days_at_the_edges(day: date, works: bool) -> None:
    assert CHINA.is_working(day) is works


def test_moves_over_the_spring_festival() -> None:
    assert CHINA.on_or_before(date(2026, 2, 20)) == date(2026, 2, 14)  # a worked Saturday
    assert CHINA.after(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert CHINA.after(date(2026, 2, 20), 0) == date(2026, 2, 20)


@given(DAYS, st.integers(0, 9), TABLES)
def test_counts_like_someone_with_a_wall_calendar(
    day: date, count: int, table: dict[date, bool]
) -> None:
    calendar = Workdays(table)
    reached = calendar.after(day, count)
    between = [day + timedelta(days=n) for n in range(1, (reached - day).days + 1)]
    assert sum(map(calendar.is_working, between)) == count
    assert not between or calendar.is_working(between[-1])
    before = calendar.on_or_before(day)
    skipped = [before + timedelta(days=n) for n in range(1, (day - before).days + 1)]
    assert calendar.is_working(before)
    assert not any(map(calendar.is_working, skipped))


@given(DAYS, TABLES)
def test_an_override_wins_and_touches_nothing_else(day: date, table: dict[date, bool]) -> None:
    assert Workdays(table).is_working(day) is table.get(day, CHINA.is_working(day))


def test_a_year_is_provisional_until_its_moved_weekends_are_known() -> None:
    assert [year for year in range(2001, 2027) if CHINA.provisional(year)] == []
    assert CHINA.provisional(2099)
    saturday = date(2099, 1, 31)
    assert not Workdays({saturday: True}).provisional(2099)
    assert Workdays({saturday: True}).provisional(2098)
    assert Workdays({saturday: False, date(2099, 2, 2): False}).provisional(2099)


def test_reads_what_an_office_exports(tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    file.write_bytes(
        '日期,说明\r\n2027-02-06,上班\r\n2027/2/8;off\r\n\r\n"2027-02-09",休\r\n'.encode("gb18030")
    )
    expected = {date(2027, 2, 6): True, date(2027, 2, 8): False, date(2027, 2, 9): False}
    assert read_overrides(file) == expected
    file.write_text("2027-02-06,WORK\n2027-02-06,work\n", encoding="utf-8-sig")
    assert read_overrides(file) == {date(2027, 2, 6): True}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2027-02-30,work", "'2027-02-30' is not a date like 2027-02-06"),
        ("tomorrow,work", "'tomorrow' is not a date like 2027-02-06"),
        ("2027-02-06,maybe", "'maybe' is neither work nor off"),
        ("2027-02-06", "expected two cells: a date and work or off"),
        ("2027-02-05,off", "2027-02-05 is given twice with different answers"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "days.csv"
    file.write_text(f"date,working\n2027-02-05,work\n{line}\n", encoding="utf-8")
    with pytest.raises(OverrideError) as caught:
        read_overrides(file)
    assert (caught.value.file, caught.value.line, caught.value.reason) == ("days.csv", 3, reason)
    assert str(caught.value) == f"days.csv, line 3: {reason}"


@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_our_error(data: bytes) -> None:
    class Bytes:
        name = "any.csv"

        def read_bytes(self) -> bytes:
            return data

    with suppress(OverrideError):
        assert isinstance(read_overrides(Bytes()), dict)  # type: ignore[arg-type]


def test_the_calendar_is_loaded_on_first_use_only() -> None:
    code = "import sys, models.deadlines; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0

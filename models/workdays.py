"""China's working days: the State Council's calendar, corrected by what an operator imports."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

SATURDAY = 5
_WORDS = {"work": True, "上班": True, "班": True, "off": False, "休息": False, "休": False}
_DAY = timedelta(days=1)


class OverrideError(ValueError):
    """A table of working days cannot be read: which file, which line, why."""

    def __init__(self, *, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


class Workdays:
    """Working days in China, 调休 included; ``overrides`` win over the package."""

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        self._overrides = dict(overrides or {})

    def is_working(self, day: date) -> bool:
        """Whether offices work that day."""
        known = self._overrides.get(day)
        if known is None:
            known = _published(day.year).get(day)
        return day.weekday() < SATURDAY if known is None else known

    def on_or_before(self, day: date) -> date:
        """The day itself if offices work, else the working day before it."""
        while not self.is_working(day):
            day -= _DAY
        return day

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after the day; the day itself for 0."""
        while count > 0:
            day += _DAY
            count -= self.is_working(day)
        return day

    def provisional(self, year: int) -> bool:
        """Whether the year's 调休 is still unknown to both the package and the overrides.

        The package computes the festivals of any year but knows 调休 only once published, without
        saying so. Every calendar published since 2001 made some weekend work, so a year without
        such a weekend is a guess.
        """
        known = {**_published(year), **self._overrides}
        return not any(
            works and day.year == year and day.weekday() >= SATURDAY for day, works in known.items()
        )


CHINA = Workdays()


@lru_cache(maxsize=64)
def _published(year: int) -> Mapping[date, bool]:
    """The days of a year that differ from Monday-to-Friday."""
    import holidays  # noqa: PLC0415 - lazy door: 13 MB and 0.15 s that most commands never need

    china = holidays.country_holidays("CN", years=[year])
    known = {day: False for day in china if day.weekday() < SATURDAY}
    known |= dict.fromkeys(china.weekend_workdays, True)
    return {day: works for day, works in known.items() if day.year == year}


def read_overrides(path: Path) -> dict[date, bool]:
    """Read lines of ``date,work`` or ``date,off`` (CSV, heading optional); OverrideError."""
    table: dict[date, bool] = {}
    for number, line in enumerate(_text_of(path).splitlines(), start=1):
        cells = [cell.strip(' "') for cell in re.split(r"[,;\t]", line) if cell.strip(' "')]
        if not cells or (number == 1 and cells[0].lower() in ("date", "日期")):
            continue
        try:
            day, works = _override(cells)
            if table.setdefault(day, works) is not works:
                raise ValueError(f"{day} is given twice with different answers")
        except ValueError as error:
            raise OverrideError(file=path.name, line=number, reason=str(error)) from None
    return table


def _text_of(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Chinese Excel still saves CSV in the Windows code page.
        return data.decode("gb18030", errors="replace")


def _override(cells: list[str]) -> tuple[date, bool]:
    if len(cells) != 2:
        raise ValueError("expected two cells: a date and work or off")
    parts = re.split("[-/]", cells[0])
    try:
        day = date(int(parts[0]), int(parts[1]), int("".join(parts[2:])))
    except (ValueError, IndexError):
        raise ValueError(f"{cells[0]!r} is not a date like 2027-02-06") from None
    if cells[1].lower() not in _WORDS:
        raise ValueError(f"{cells[1]!r} is neither work nor off")
    return day, _WORDS[cells[1].lower()]

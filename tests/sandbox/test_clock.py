"""The sandbox's clock: an offset over the real time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.clock import SandboxClock

START = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)


class RealTime:
    """A real time that passes only when told to."""

    def __init__(self) -> None:
        self.value = START

    def __call__(self) -> datetime:
        return self.value


@pytest.fixture
def real() -> RealTime:
    return RealTime()


@pytest.fixture
def clock(real: RealTime) -> SandboxClock:
    return SandboxClock(real_now=real)


def test_an_untouched_clock_is_the_real_time() -> None:
    before = datetime.now(UTC)
    now = SandboxClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_it_goes_on_ticking_where_it_was_moved_to(clock: SandboxClock, real: RealTime) -> None:
    clock.move_to(datetime(2026, 7, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert clock.now() == datetime(2026, 7, 10, 1, 0, tzinfo=UTC)
    real.value += timedelta(minutes=5)
    assert clock.now() == datetime(2026, 7, 10, 1, 5, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_steps_forward_add_up(clock: SandboxClock) -> None:
    clock.forward(timedelta(hours=1))
    clock.forward(timedelta(days=7))
    assert clock.offset == timedelta(days=7, hours=1)
    assert clock.now() == START + timedelta(days=7, hours=1)


def test_reset_returns_to_the_real_time(clock: SandboxClock, real: RealTime) -> None:
    clock.forward(timedelta(days=400))
    real.value += timedelta(seconds=3)
    clock.reset()
    assert clock.now() == real.value
    assert clock.offset == timedelta(0)


def test_a_time_without_its_offset_is_refused(clock: SandboxClock) -> None:
    with pytest.raises(ValueError, match="offset"):
        clock.move_to(datetime(2026, 7, 10, 9, 0))  # noqa: DTZ001 - the point of the test
    assert clock.now() == START

"""How fast messages may leave, on a clock of numbers: never above Telegram's limits, and no slower than need be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Priority
from bot.pacer import TELEGRAM_RATE, Pacer

SECOND = 1.0


def send_all(
    pacer: Pacer, priority: Priority, until: float, *, chat_id: int | None = None
) -> list[float]:
    """Send as soon as it is allowed until a time; when each message left. Many chats unless one is named."""
    sent: list[float] = []
    now, chat = 0.0, 0
    while now < until:
        chat += 1
        to = chat if chat_id is None else chat_id
        free = max(pacer.overall(priority, now), pacer.chat(to, now))
        if free > now:
            now = free
            continue
        pacer.count(to, now)
        sent.append(now)
    return [moment for moment in sent if moment < until]


def most_within(sent: list[float], window: float) -> int:
    """The most messages that left within any window."""
    return max(sum(start <= other < start + window for other in sent) for start in sent)


def test_over_all_chats_never_more_than_thirty_a_second() -> None:
    sent = send_all(Pacer(TELEGRAM_RATE), Priority.REPLY, 10)
    assert most_within(sent, SECOND) <= 30
    assert len(sent) > 270, "and hardly fewer"


@pytest.mark.parametrize("priority", [Priority.NOTICE, Priority.REMINDER, Priority.DIGEST])
def test_what_can_wait_leaves_room_for_what_cannot(priority: Priority) -> None:
    pacer = Pacer(TELEGRAM_RATE)
    sent = send_all(pacer, priority, 5)
    assert most_within(sent, SECOND) <= 25
    now = sent[-1]
    for chat in range(5):
        assert pacer.overall(Priority.ALARM, now) == now, "an alarm leaves at once"
        pacer.count(10_000 + chat, now)


def test_one_chat_gets_three_at_once_and_one_a_second_over_time() -> None:
    sent = send_all(Pacer(TELEGRAM_RATE), Priority.REPLY, 30, chat_id=5)
    assert sent[:3] == [0.0, 0.0, 0.0]
    assert most_within(sent, SECOND) <= 3
    assert len(sent) <= 33
    assert len(sent) >= 28


def test_a_group_gets_twenty_a_minute() -> None:
    sent = send_all(Pacer(TELEGRAM_RATE), Priority.REPLY, 300, chat_id=-5)
    assert most_within(sent, 60 * SECOND) <= 20
    assert len(sent) >= 95


def test_a_chat_that_was_quiet_has_its_burst_back() -> None:
    pacer = Pacer(TELEGRAM_RATE)
    for _ in range(3):
        pacer.count(5, 0.0)
    assert pacer.chat(5, 0.0) > 0
    assert pacer.chat(6, 0.0) == 0
    assert pacer.chat(5, 100.0) == 100.0


def test_one_chats_refusal_holds_nobody_else() -> None:
    pacer = Pacer(TELEGRAM_RATE)
    for moment in (0.0, 0.1, 0.2):
        assert not pacer.refuse(5, moment + 30, moment), "the same chat again is still one chat"
    for priority in Priority:
        assert pacer.overall(priority, 0.3) == 0.3


def test_several_chats_refused_at_once_stop_everything_until_the_first_may_be_tried() -> None:
    pacer = Pacer(TELEGRAM_RATE)
    assert [pacer.refuse(chat, end, 0.5) for chat, end in ((1, 20.0), (2, 9.0), (3, 30.0))] == [
        False,
        False,
        True,
    ]
    for priority in Priority:
        assert pacer.overall(priority, 5.0) == 9.0
    assert pacer.overall(Priority.DIGEST, 9.0) == 9.0


def test_what_stops_everything_is_never_shortened() -> None:
    pacer = Pacer(TELEGRAM_RATE)
    for chat in range(3):
        pacer.refuse(chat, 20.0, 0.0)
    for chat in range(3, 6):
        pacer.refuse(chat, 2.0, 0.1)
    assert pacer.overall(Priority.ALARM, 1.0) == 20.0


@given(
    refusals=st.lists(
        st.tuples(st.integers(1, 8), st.floats(0, 2), st.floats(0.1, 60)), min_size=1, max_size=40
    )
)
def test_everything_stops_only_where_three_chats_were_refused_within_a_second(
    refusals: list[tuple[int, float, float]],
) -> None:
    pacer, now = Pacer(TELEGRAM_RATE), 0.0
    latest: dict[int, tuple[float, float]] = {}
    stopped = 0.0
    for chat, gap, wait in refusals:
        now += gap
        pacer.refuse(chat, now + wait, now)
        latest[chat] = (now, now + wait)
        together = [end for at, end in latest.values() if at > now - SECOND]
        if len(together) >= 3:
            stopped = max(stopped, min(together))
        assert pacer.overall(Priority.ALARM, now) == max(now, stopped)


def test_above_telegrams_rate_only_the_rate_itself_holds() -> None:
    pacer = Pacer(100)
    sent = send_all(pacer, Priority.DIGEST, 5, chat_id=5)
    assert most_within(sent, SECOND) <= 100
    assert len(sent) > 450


@given(
    rate=st.integers(1, 30),
    gaps=st.lists(st.floats(0, 0.5), min_size=1, max_size=80),
    priority=st.sampled_from(Priority),
)
def test_however_they_come_the_rate_holds(rate: int, gaps: list[float], priority: Priority) -> None:
    pacer, now = Pacer(rate), 0.0
    sent: list[float] = []
    for chat, gap in enumerate(gaps):
        now = pacer.overall(priority, now + gap)
        assert pacer.overall(priority, now) == now, "what was promised holds"
        pacer.count(chat, now)
        sent.append(now)
    assert most_within(sent, SECOND) <= rate

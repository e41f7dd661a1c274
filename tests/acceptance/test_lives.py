"""Whoever calls for help reaches somebody: each way of calling, over real HTTP, in Chinese."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.nights import Night, falling
from tests.acceptance.people import Person
from tests.acceptance.ward import eventually


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    async with falling(tmp_path, f"sqlite:///{tmp_path / 'night.db'}") as night:
        yield night


def sounded(person: Person, since: int) -> list[str]:
    """What made somebody's phone sound after a message of theirs."""
    return [
        m.text for m in person.shown if m.message_id > since and not m.silent and not m.edited
    ] + [m.text for m in person.shown if m.message_id > since and not m.silent and m.edited]


def newest(person: Person) -> int:
    return max((m.message_id for m in person.shown), default=0)


async def reached(night: Night, who: str) -> str:
    """The caller's newest card, once it says who was reached."""
    await eventually(lambda: f"已叫到{who}" in newest_card(night.doctor))
    return newest_card(night.doctor)


def newest_card(person: Person) -> str:
    cards = [m for m in person.shown if m.text.startswith(("🆘", "⚠️")) and m.buttons]
    return max(cards, key=lambda m: m.message_id).text


async def test_the_answer_counts_whom_it_calls_and_then_names_whom_it_reached(night: Night) -> None:
    own = await night.doctor.says("/sos")
    assert own.text.splitlines()[0].startswith(("🆘 正在叫2人。", "🆘 已叫到保安2人。"))
    text = await reached(night, "保安2人")
    assert "还没有人响应" in text
    rows = night.card(night.guard, night_number(night)).buttons
    assert [[b.text for b in row] for row in rows] == [["我去", "已到场"], ["☎️ 已拨110", "案件"]]


def night_number(night: Night) -> str:
    (row,) = night.ward.rows("SELECT number FROM incident ORDER BY id DESC LIMIT 1")
    return str(row["number"])


async def test_pressed_again_at_once_the_same_people_hear_it_and_later_the_next(
    night: Night,
) -> None:
    await night.alarm()
    before = newest(night.guard)
    night.ward.clock.forward(seconds=6)
    await night.doctor.says("/sos")
    await eventually(lambda: any("又求助了" in t for t in sounded(night.guard, before)))
    before = newest(night.officer)
    night.ward.clock.forward(seconds=12)
    await night.doctor.says("/sos")
    await eventually(lambda: any("又求助了" in t for t in sounded(night.officer, before)))
    await reached(night, "安全员1人")


async def test_pressed_while_somebody_comes_they_and_all_on_duty_hear_it(night: Night) -> None:
    number = await night.alarm()
    night.press(night.guard, "coming", number)
    await night.settled()
    night.ward.clock.forward(minutes=2)
    before = {p.name: newest(p) for p in (night.guard, night.other)}
    await night.doctor.says("/sos")
    for person in (night.guard, night.other):
        await eventually(
            lambda p=person: any("又求助了" in t for t in sounded(p, before[p.name]))  # type: ignore[misc]
        )
    assert "正在赶来" in await reached(night, "保安2人")


async def test_pressed_after_control_it_is_as_loud_as_a_new_one(night: Night) -> None:
    number = await night.alarm()
    for verb in ("coming", "here", "calm"):
        night.press(night.guard, verb, number)
        await night.settled()
    assert "又有危险？再按🆘" in night.card(night.doctor, number).text
    night.ward.clock.forward(minutes=5)
    before = newest(night.other)
    await night.doctor.says("/sos")
    await eventually(lambda: any("又求助了" in t for t in sounded(night.other, before)))
    assert night.case(number)["state"] == "reopened"


async def test_words_after_control_reach_all_and_words_of_danger_open_it_again(
    night: Night,
) -> None:
    number = await night.alarm()
    for verb in ("coming", "here", "calm"):
        night.press(night.guard, verb, number)
        await night.settled()
    before = {p.name: newest(p) for p in night.colleagues}
    await night.doctor.says("玻璃碎了一地，小心")
    for person in night.colleagues:
        await eventually(
            lambda p=person: any("玻璃碎了一地" in t for t in sounded(p, before[p.name]))  # type: ignore[misc]
        )
    await night.doctor.says("又打起来了，有刀")
    await eventually(lambda: night.case(number)["state"] == "reopened")
    await night.other.sees("又打起来了，有刀")


async def test_what_stands_behind_sos_reaches_those_who_come(night: Night) -> None:
    await night.doctor.says("/sos 急诊3诊室有人持刀")
    await night.guard.sees("急诊3诊室有人持刀")


async def test_a_cry_is_offered_the_alarm_first_and_two_actions_make_it_one(night: Night) -> None:
    said = await night.doctor.says("急诊3诊室有人打医生，快来人")
    assert said.text.splitlines()[0].startswith("🆘 要人马上来？")
    assert said.buttons[0][0].text == "🆘 一键求助"
    await night.doctor.presses("一键求助")
    await night.guard.sees("急诊3诊室有人打医生，快来人")


async def test_a_cry_that_nobody_presses_sounds_by_itself_after_a_minute(night: Night) -> None:
    await night.doctor.says("救命")
    night.ward.clock.forward(seconds=61)
    card = await night.guard.sees("救命")
    assert "需要帮助" in card.text or "求助" in card.text
    await reached(night, "保安2人")


async def test_what_a_responder_writes_reaches_the_caller_and_the_others(night: Night) -> None:
    number = await night.alarm()
    for person in (night.guard, night.other):
        night.press(person, "coming", number)
        await night.settled()
    await night.guard.says("在几楼？")
    for person in (night.doctor, night.other):
        await person.sees(f"🆘 {number} · {night.guard.name}（保安）：在几楼？")


async def test_a_false_alarm_is_taken_back_and_all_is_as_it_was(night: Night) -> None:
    number = await night.alarm()
    night.press(night.guard, "here", number)
    await night.settled()
    rows = [[b.text for b in row] for row in night.card(night.guard, number).buttons]
    assert rows[-1] == ["误报"]
    await night.doctor.presses("误报")
    await night.guard.sees("误报")
    night.ward.clock.forward(seconds=30)
    before = newest(night.guard)
    await night.doctor.presses("不是误报")
    await eventually(lambda: any("又求助了" in t for t in sounded(night.guard, before)))
    assert night.case(number)["state"] == "on_scene"
    assert "已到场" in night.card(night.guard, number).text


async def test_with_nobody_to_be_reached_the_first_line_says_so(night: Night) -> None:
    for person in night.colleagues:
        night.ward.api.people[person.user_id].blocked = True
    await night.doctor.says("/sos")
    await eventually(
        lambda: newest_card(night.doctor).startswith("⚠️ 没有叫到任何人！请马上拨110"), timeout=30
    )

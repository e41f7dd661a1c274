"""What people write instead of pressing, and send at once or beside the question; in Chinese, over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.people import Person
from tests.acceptance.ward import Ward, eventually

PHOTO = b"\xff\xd8\xff\xe0 picture %d"


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    async with Ward(tmp_path) as ward:
        yield ward
        assert not ward.rows("SELECT * FROM inbox WHERE state = 'bad'")


@pytest.fixture
async def guard(ward: Ward) -> Person:
    await ward.member("陈主任", "admin")
    return await ward.member("李强", "guard", "急诊科")


def incidents(ward: Ward) -> list[dict[str, object]]:
    return ward.rows("SELECT * FROM incident ORDER BY id")


async def send_album(ward: Ward, person: Person, count: int, *, caption: str | None = None) -> int:
    """An album, and how many messages the bot shows in answer once all of it is taken in."""
    before = len(person.shown)
    pictures = [PHOTO % number for number in range(count)]
    last = ward.api.send_album(person.user_id, pictures, caption=caption)[-1]
    await eventually(
        lambda: bool(ward.rows(f"SELECT 1 FROM inbox WHERE update_id = {last} AND state = 'done'"))
    )
    await person.sees(f"共{count}张")
    return len(person.shown) - before


async def test_a_report_in_words_and_buttons_that_are_typed(ward: Ward, guard: Person) -> None:
    for typed in ("、上报", "/ report", "／report", "/上报"):
        asked = await guard.says(typed)
        assert asked.text.endswith("发生了什么?")
        assert "没有登记" in (await guard.says("取消")).text
    assert "/3号楼有人打架" in (await guard.says("/3号楼有人打架")).text, "it is text, kept whole"
    assert "没有登记" in (await guard.says("/取消")).text
    await guard.says("不用来人")
    card = await guard.says("/report 急诊3诊室有人持刀")
    assert "急诊3诊室有人持刀" in card.text
    added = await guard.says("今天谁值班")
    assert added.text.startswith("已加到经过里。")
    assert (await guard.says("不要这句")).text.startswith("这句去掉了。")
    await guard.says("改程度")
    kept = await guard.sends_photo()
    assert kept.text.startswith("照片收到，共1张。\n程度请按下面的按钮。")
    await guard.says("返回")
    await guard.says("提交！")
    await guard.sees("已登记 QP01-2026-0001")
    assert incidents(ward)[0]["description"] == "急诊3诊室有人持刀"


async def test_a_report_is_three_actions_in_words(ward: Ward, guard: Person) -> None:
    actions = ["/report", "有人打护士了", "提交"]
    for action in actions:
        shown = await guard.says(action)
    assert len(actions) == 3
    assert "已登记 QP01-2026-0001" in shown.text
    assert incidents(ward)[0]["category"] == "violence_staff"
    assert incidents(ward)[0]["description"] == "有人打护士了"


async def test_albums_are_kept_whole_and_answered_once(ward: Ward, guard: Person) -> None:
    assert await send_album(ward, guard, 5, caption="急诊有人打护士") == 1, "one card"
    await guard.presses("打人伤医")
    await guard.presses("提交")
    await guard.sees("已登记 QP01-2026-0001")
    await guard.presses("补充情况")
    assert await send_album(ward, guard, 4) == 1, "one answer"
    counted = "SELECT subject, COUNT(*) AS n FROM evidence GROUP BY subject ORDER BY subject"
    assert ward.rows(counted) == [
        {"subject": "addition", "n": 4},
        {"subject": "incident", "n": 5},
    ]
    assert not ward.rows("SELECT 1 FROM draft WHERE state != 'discarded'")
    await eventually(lambda: not ward.rows("SELECT 1 FROM evidence WHERE state = 'wanted'"))
    assert not ward.rows("SELECT 1 FROM evidence WHERE state != 'kept'")


async def test_places_round_videos_cards_blanks_and_edits(ward: Ward, guard: Person) -> None:
    blank = await guard.says("\u200b。")
    assert blank.text.startswith("这条里没有字")
    await guard.says("急诊有人打护士")
    said = guard.api.chat(guard.user_id)[-2].message_id
    ward.api.edit_text(guard.user_id, said, "急诊有人打护士")
    await guard.sees_nothing()
    ward.api.edit_text(guard.user_id, said, "急诊有人打医生")
    await guard.sees("您改了一条消息")
    ward.api.send_venue(guard.user_id, 31.15, 121.12, title="北门", address="公园路1号")
    await guard.sees("位置收到")
    ward.api.send_video_note(guard.user_id, b"round")
    await guard.sees("视频收到")
    ward.api.send_animation(guard.user_id, b"GIF89a moving")
    await guard.sees("附件共2个")
    ward.api.send_contact(guard.user_id)
    await guard.sees("张三 +8613800000000")
    await guard.presses("打人伤医")
    await guard.presses("提交")
    await guard.sees("已登记")
    (filed,) = incidents(ward)
    assert filed["latitude"] == 31.15
    assert filed["description"] == "急诊有人打护士\n北门 公园路1号\n张三 +8613800000000"
    await eventually(lambda: len(ward.rows("SELECT 1 FROM evidence WHERE state = 'kept'")) == 2)


async def test_an_alarm_is_answered_in_words(ward: Ward, guard: Person) -> None:
    doctor = await ward.member("王医生", "doctor", "急诊科")
    await guard.says("/duty")
    if "上岗" in guard.buttons:
        await guard.says("上岗")
    await doctor.says("／sos")
    await guard.sees("求助")
    await guard.says("我去")
    await eventually(lambda: bool(ward.rows("SELECT 1 FROM response")))
    before = len(doctor.shown)
    ward.api.send_album(doctor.user_id, [PHOTO % n for n in range(3)])
    await doctor.sees("共3张")
    passed = [message for message in guard.shown if message.kind == "photo"]
    assert len(passed) == 3
    assert len([m for m in doctor.shown[before:] if "已转给保安1人" in m.text]) == 1

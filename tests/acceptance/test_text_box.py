"""One text box, over real HTTP and in Chinese: whatever is written becomes what it is, in three actions."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.people import Person
from tests.acceptance.ward import Ward, eventually


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    async with Ward(tmp_path) as ward:
        yield ward
        assert not ward.rows("SELECT * FROM inbox WHERE state = 'bad'")


@pytest.fixture
async def guard(ward: Ward) -> Person:
    await ward.member("陈主任", "admin")
    return await ward.member("李强", "guard", "急诊科")


async def test_a_guard_files_a_hazard_a_fault_and_a_fight_in_three_actions_each(
    ward: Ward, guard: Person
) -> None:
    offer = await guard.says("消防通道堵了")
    assert offer.text == "要登记吗？按一下最像的：\n消防通道堵了"
    assert guard.buttons[0] == "隐患"
    assert guard.buttons[-2:] == ["其他…", "不登记"]
    card = await guard.presses("隐患")
    assert "急诊科" in card.text
    await guard.presses("提交")
    await guard.sees("已登记 QP01-H2026-0001")

    await guard.says("3号监控坏了")
    assert guard.buttons[0] == "设备故障"
    card = await guard.presses("设备故障")
    assert "视频监控" in card.text
    await guard.presses("提交")
    await guard.sees("已登记 QP01-F2026-0001")

    await guard.says("门诊大厅有人打架")
    assert guard.buttons[:3] == ["🆘 一键求助", "不用来人", "打人伤医"]
    card = await guard.presses("打人伤医")
    assert card.text.count("门诊大厅") == 2, "in the words and as the place"
    await guard.presses("提交")
    await guard.sees("已登记 QP01-2026-0001")
    kinds = [row["kind"] for row in ward.rows("SELECT kind FROM entry ORDER BY id")]
    assert kinds == ["hazard", "fault"]


async def test_changes_of_mind_lose_nothing(ward: Ward, guard: Person) -> None:
    await guard.says("三楼走廊有水")
    ward.api.send_photo(guard.user_id, b"\xff\xd8\xff\xe0 wet", caption="老人差点滑倒")
    await guard.sees("老人差点滑倒")
    await guard.presses("不登记")
    await guard.sees("没有登记")
    await guard.presses("撤回")
    await guard.presses("其他…")
    await guard.presses("设备故障")
    await guard.sees("其他设备")
    await guard.presses("改类别")
    card = await guard.presses("隐患")
    assert card.text.startswith("隐患")
    assert "三楼走廊有水\n老人差点滑倒" in card.text
    await guard.says("已经放了警示牌")
    await guard.presses("提交")
    await guard.sees("已登记 QP01-H2026-0001")
    (entry,) = ward.rows("SELECT data FROM entry")
    assert json.loads(entry["data"])["what"] == "三楼走廊有水\n老人差点滑倒\n已经放了警示牌"
    await eventually(lambda: bool(ward.rows("SELECT 1 FROM evidence WHERE state = 'kept'")))


async def test_small_talk_is_not_taken_for_anything(ward: Ward, guard: Person) -> None:
    offer = await guard.says("今天谁值班")
    assert offer.text == "要登记吗？\n今天谁值班"
    assert guard.buttons == ["要登记", "不登记"]
    await guard.presses("不登记")
    assert not ward.rows("SELECT * FROM incident")

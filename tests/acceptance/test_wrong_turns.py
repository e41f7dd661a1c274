"""What people really send: the wrong thing, twice, late, from elsewhere. One clear sentence each, nothing lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.people import Person
from tests.acceptance.ward import Ward, eventually

PHOTO = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    async with Ward(tmp_path) as ward:
        yield ward
        assert not ward.rows("SELECT * FROM inbox WHERE state = 'bad'")


@pytest.fixture
async def guard(ward: Ward) -> Person:
    await ward.member("陈主任", "admin")
    return await ward.member("李强", "guard", "急诊科")


async def begin(guard: Person) -> None:
    """Up to the question what happened."""
    await guard.says("/report")
    await guard.presses("盗窃扒窃")


def incidents(ward: Ward) -> list[dict[str, object]]:
    return ward.rows("SELECT * FROM incident ORDER BY id")


async def test_a_text_of_4096_characters_is_stored_unchanged_and_shown_in_part(
    ward: Ward, guard: Person
) -> None:
    await begin(guard)
    text = ("急诊三诊室" * 820)[:4096]
    card = await guard.says(text)
    assert text[:200] in card.text
    assert "4096" in card.text
    assert text not in card.text
    await guard.presses("提交")
    await guard.sees("已登记")
    assert incidents(ward)[0]["description"] == text


async def test_the_full_text_is_full_however_long(ward: Ward) -> None:
    officer = await ward.member("赵芳", "officer")
    guard = await ward.member("李强", "guard", "急诊科")
    await begin(guard)
    for part in "甲乙丙":
        await guard.says(part * 4096)
    await guard.presses("提交")
    await officer.presses("看全文")
    await eventually(
        lambda: all(sum(m.text.count(part) for m in officer.shown) >= 4096 for part in "甲乙丙")
    )


async def test_a_thousand_characters_are_shown_in_full(ward: Ward, guard: Person) -> None:
    await begin(guard)
    text = "门" * 1000
    assert text in (await guard.says(text)).text


async def test_two_answers_at_once_are_both_kept(ward: Ward, guard: Person) -> None:
    await begin(guard)
    ward.api.send_text(guard.user_id, "第一句")
    ward.api.send_text(guard.user_id, "第二句")
    await guard.sees("第二句")
    await guard.presses("提交")
    await guard.sees("已登记")
    assert incidents(ward)[0]["description"] == "第一句\n第二句"


async def test_a_submit_pressed_twice_files_once(ward: Ward, guard: Person) -> None:
    await begin(guard)
    card = await guard.says("有人偷东西")
    data = card.buttons[0][0].data
    ward.api.press(guard.user_id, card.message_id, data)
    ward.api.press(guard.user_id, card.message_id, data)
    await guard.sees("已登记")
    await eventually(
        lambda: any("用过了" in a.text for a in ward.api.answers(guard.user_id) if a.text)
    )
    assert len(incidents(ward)) == 1


async def test_a_stale_button_says_so_and_asks_again(ward: Ward, guard: Person) -> None:
    first = await guard.says("/report")
    data = first.buttons[1][0].data
    await guard.presses("盗窃扒窃")
    await guard.presses_data(first.message_id, data)
    assert any("已经填过" in a.text for a in ward.api.answers(guard.user_id) if a.text)
    assert guard.last.text.startswith("用一句话")


@pytest.mark.parametrize(
    "data", ["f:999:category:theft", "f:1:nothing:x", "f::::", "zz:1", "mine:", "score:x:y"]
)
async def test_a_forged_button_gets_a_sentence(ward: Ward, guard: Person, data: str) -> None:
    shown = await guard.says("/report")
    await guard.presses_data(shown.message_id, data)


async def test_nothing_odd_ends_in_silence_or_loses_what_was_said(
    ward: Ward, guard: Person
) -> None:
    await begin(guard)
    ward.api.send_sticker(guard.user_id)
    await guard.sees("这种消息我用不了")
    ward.api.send_contact(guard.user_id)
    ward.api.send_video(guard.user_id, b"x", claimed_size=40 * 1024 * 1024)
    await guard.sees("最多20MB")
    card = await guard.says("手机不见了")
    ward.api.send_video(guard.user_id, b"moving", caption="监控画面")
    await guard.sees("附件:1个")
    ward.api.edit_text(guard.user_id, card.message_id - 1, "改一下")
    await guard.sees("您改了一条消息")
    await guard.presses("提交")
    await guard.sees("已登记")
    assert incidents(ward)[0]["description"] == "张三 +8613800000000\n手机不见了\n监控画面"


async def test_words_instead_of_a_category_are_kept(ward: Ward, guard: Person) -> None:
    await guard.says("/report")
    again = await guard.says("三楼走廊出事了")
    assert again.text == "已加到经过里。\n类别请按下面的按钮。\n发生了什么?"
    card = await guard.presses("打人伤医")
    assert "三楼走廊出事了" in card.text


async def test_a_voice_message_alone_is_a_report(ward: Ward, guard: Person) -> None:
    await begin(guard)
    await guard.sends_voice()
    await guard.sends_location(31.15, 121.12)
    await guard.presses("提交")
    await guard.sees("已登记")
    found = incidents(ward)[0]
    assert (found["description"], found["latitude"]) == ("", 31.15)
    await eventually(lambda: bool(ward.rows("SELECT 1 FROM evidence WHERE state = 'kept'")))


async def test_another_form_parks_and_its_own_command_resumes(ward: Ward, guard: Person) -> None:
    await begin(guard)
    await guard.says("/threat")
    await guard.says("五病区")
    resumed = await guard.says("/report")
    assert resumed.text == "接着上次的。\n用一句话说说经过。发照片、语音也行。"
    mine = await guard.says("/mine")
    assert "威胁上报" in mine.text
    await guard.presses("接着填:威胁上报")
    assert "可以多选" in guard.last.text


async def test_the_home_keyboard_works_in_both_languages(ward: Ward, guard: Person) -> None:
    assert (await guard.says("📝 上报")).text == "发生了什么?"
    assert "Say" not in (await guard.says("📝 Report")).text


async def test_a_restart_loses_nothing(ward: Ward, guard: Person) -> None:
    await begin(guard)
    await ward.stop()
    ward.api.send_text(guard.user_id, "停机时写的")
    await ward.start()
    card = await guard.sees("停机时写的")
    assert "盗窃扒窃" in card.text
    await guard.presses("提交")
    await guard.sees("已登记 QP01-2026-0001")


async def test_strangers_and_removed_members_learn_nothing(ward: Ward, guard: Person) -> None:
    stranger = ward.person("路人")
    for text in ("/report", "你好", "/start", "/score", "/mine"):
        refused = await stranger.says(text)
        assert refused.text.startswith("您好,这里是平安哨")
        assert not refused.buttons
    card = await guard.says("/report")
    ward.desk.run_now(
        lambda conn: conn.exec_driver_sql(
            "UPDATE member SET removed_at = joined_at WHERE role = 'guard'"
        )
    )
    await guard.presses_data(card.message_id, card.buttons[0][0].data)
    assert "第一医院" not in guard.last.text
    assert (await guard.says("还在吗")).text.startswith("您好,这里是平安哨")


async def test_five_wrong_codes_then_a_pause(ward: Ward, guard: Person) -> None:
    stranger = ward.person("路人")
    texts = [(await stranger.says(f"/start WRONG{n}")).text for n in range(6)]
    assert [("还可以试" in text) for text in texts] == [True] * 4 + [False] * 2
    assert "60分钟后" in texts[4]
    ward.clock.forward(hours=1, minutes=1)
    assert "还可以试4次" in (await stranger.says("/start AGAIN")).text


async def test_groups_and_channels(ward: Ward, guard: Person) -> None:
    ward.api.add_group(chat_id=-5, title="群")
    ward.api.send_text(guard.user_id, "随便聊聊", chat_id=-5)
    ward.api.send_text(guard.user_id, "/report", chat_id=-5)
    ward.api.post_in_channel(-1000000000009, "公告")
    await eventually(lambda: bool([m for m in ward.api.chat(-5) if m.sender == "bot"]))
    shown = [m.text for m in ward.api.chat(-5) if m.sender == "bot"]
    assert shown == ["请在私聊里找我,群里的话不会登记。"]
    assert not ward.rows("SELECT * FROM draft")


async def test_a_code_for_another_hospital_is_refused_unused(ward: Ward, guard: Person) -> None:
    from handlers import office

    other = ward.office(
        office.init,
        ward.settings,
        None,
        district="青浦区",
        name="第二医院",
        code="QP02",
        level=1,
        now=ward.clock.now(),
    )["invite"]
    refused = await guard.says(f"/start {other}")
    assert "另一家医院" in refused.text
    joined = await ward.person("院长").says(f"/start {other}")
    assert "第二医院" in joined.text


async def test_a_valid_code_replaces_the_role(ward: Ward, guard: Person) -> None:
    from handlers import office

    code = ward.office(
        office.invite,
        None,
        code="QP01",
        role="officer",
        department=None,
        uses=1,
        hours=24,
        now=ward.clock.now(),
    )["invite"]
    assert "安全员" in (await guard.says(f"/start {code}")).text
    assert "1/20" in (await guard.says("/selfcheck")).text

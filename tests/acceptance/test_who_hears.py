"""Who hears of what; a new guard, a link tapped again, a cry in the operations room: over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.people import Group, Person
from tests.acceptance.ward import Ward, eventually

ANONYMOUS = 1087968824
"""The account that Telegram shows for an administrator who writes as the group."""


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    async with Ward(tmp_path) as ward:
        yield ward
        assert not ward.rows("SELECT * FROM inbox WHERE state = 'bad'")


def said_to(person: Person | Group) -> str:
    """All that the bot has shown somebody."""
    return "\n".join(message.text for message in person.shown)


async def report(
    doctor: Person, category: str, words: str, *, more: bool = False, secret: bool = False
) -> None:
    """File it."""
    await doctor.says("/report")
    if more:
        await doctor.presses("更多")
    await doctor.presses(category)
    await doctor.says(words)
    if secret:
        await doctor.presses("改署名")
        await doctor.presses("保密")
    await doctor.presses("提交")
    await doctor.sees("已登记")


async def test_a_night_on_which_everybody_hears_what_is_theirs(ward: Ward) -> None:
    admin = await ward.member("陈主任", "admin")
    officer = await ward.member("赵芳", "officer", "保卫科")
    doctor = await ward.member("王敏", "doctor", "内科")
    head = await ward.member("周明", "head", "急诊科")
    leader = await ward.member("孙院长", "leader")
    guard = ward.person("李强")
    code = ward.office(invite_a_guard, ward)
    await guard.says(f"/start {code}")

    # He is told that no alarm reaches him yet, and signs on where he is told; his link costs nothing.
    hint = await guard.sees("您还没上岗，求助叫不到您。")
    assert [button.text for row in hint.buttons for button in row] == ["上岗"]
    for _ in range(6):
        await guard.says(f"/start {code}")
        await guard.sees("您已在第一医院")
    await guard.presses("上岗")
    await guard.sees("已上岗")

    # What he writes next is no post.
    await guard.says("急诊3诊室有人打护士,快来人")
    assert "急诊3诊室有人打护士" not in str(ward.rows("SELECT post FROM duty"))
    await guard.says("/cancel")

    # An attack in the ER, filed by a doctor of another ward: guard and head at once, the leader not yet.
    await report(doctor, "打人伤医", "急诊3诊室家属打护士")
    for person in (guard, head, officer, admin):
        await person.sees("急诊3诊室家属打护士")
    assert "急诊3诊室" not in said_to(leader)

    # What is major: the leader at once.
    await report(doctor, "火情", "配电间冒烟")
    await leader.sees("配电间冒烟")

    # A bribe that names the officer, in confidence: the administrator alone.
    await report(doctor, "红包", "赵芳收了家属的红包", more=True, secret=True)
    await admin.sees("赵芳收了家属的红包")
    for person in (officer, guard, head, leader):
        assert "红包" not in said_to(person)

    # Somebody wants an escort: the guard knows where to, and nothing of what was said.
    await doctor.says("/threat")
    await doctor.says("内科护士站")
    await doctor.presses("扬言")
    await doctor.presses("选好了")
    await doctor.says("他说下班等着我")
    await doctor.presses("没看见")
    await doctor.presses("跳过")
    await doctor.presses("要")
    await doctor.presses("提交")
    call = await guard.sees("有同事要护送，请马上去：内科护士站")
    assert "下班等着我" not in call.text
    await guard.presses("我去护送")
    await doctor.sees("保安")


def invite_a_guard(conn: object, ward: Ward) -> str:
    """A code for one guard."""
    from handlers import office

    made = office.invite(
        conn,  # type: ignore[arg-type]
        None,
        code="QP01",
        role="guard",
        department="保卫科",
        uses=1,
        hours=24,
        now=ward.clock.now(),
    )
    return str(made["invite"])


async def test_the_operations_room_hears_a_cry_and_is_bound_again(ward: Ward) -> None:
    admin = await ward.member("陈主任", "admin")
    doctor = await ward.member("王敏", "doctor", "急诊科")
    shown = await admin.says("/admin")
    labels = [button.text for row in shown.buttons for button in row]
    assert {"没人接叫谁", "派出所电话"} <= set(labels)
    await admin.presses("没人接叫谁")
    await admin.sees("⚠️ 现在没有人：求助第1步（在岗人员）")

    # Anonymous administrators are told why it does not work; the button binds.
    group = ward.group("平安作战室", [admin, doctor])
    nobody = Person(ward.api, user_id=ANONYMOUS, first_name="Group", transcript=ward.transcript)
    await nobody.says_in(group, "/start@wardwatch_bot room")
    await group.sees("您在群里是匿名管理员，我看不出是谁。")
    await admin.presses_in(group, "设为作战室")
    await group.sees("已设为第一医院的作战室")

    # A cry there is an alarm; the answer is private, the room reads one line.
    await doctor.says_in(group, "/sos 急诊3诊室有人持刀")
    await doctor.sees("正在叫1人。")
    await admin.sees("求助")
    await eventually(lambda: "收到求助" in said_to(group))
    assert "持刀" not in said_to(group)
    assert "王敏" not in said_to(group)

    # Put out and let in again, it offers to be the room again.
    ward.api.remove_bot(group.chat_id, by=admin.user_id)
    await admin.sees("作战室")
    ward.api.add_group(chat_id=group.chat_id, title="平安作战室", added_by=doctor.user_id)
    await eventually(lambda: "要让求助和案件也发到这个群吗？" in group.shown[-1].text)

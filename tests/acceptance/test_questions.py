"""Putting one's own record right, and being asked about it, over real HTTP; the second time without a name."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers import office
from handlers.asking import LOST
from tests.acceptance.people import Person
from tests.acceptance.ward import Ward, eventually

FIRST, SECOND = "QP01-2026-0001", "QP01-2026-0002"


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    async with Ward(tmp_path, sweeps=[LOST]) as ward:
        yield ward
        assert not ward.rows("SELECT * FROM inbox WHERE state = 'bad'")


async def report(person: Person, words: str, *, confidential: bool = False) -> None:
    """A theft."""
    await person.says("/report")
    await person.presses("盗窃扒窃")
    await person.says(words)
    if confidential:
        await person.presses("改署名")
        await person.presses("保密")
    await person.presses("提交")
    await person.sees("已登记")


async def ask(person: Person, number: str, words: str) -> None:
    """Open the case and ask whoever reported it."""
    card = await person.sees(number)
    await person.presses_data(card.message_id, f"case:{number}")
    await person.sees(f"{number} · ")
    await person.presses("更多")
    await person.presses("问上报人")
    await person.says(words)


async def test_a_day_on_which_a_record_is_put_right_and_its_reporter_asked(ward: Ward) -> None:
    admin = await ward.member("陈主任", "admin")
    officer = await ward.member("赵芳", "officer")
    guard = await ward.member("李强", "guard", "急诊科")

    # -- put right ---------------------------------------------------------------------------------
    await report(guard, "手机被偷")
    await guard.presses("更正")
    await guard.sees("哪里要更正？现在写的是：")
    await guard.presses("地点")
    await guard.sees(f"{FIRST} 现在的地点：急诊科")
    await guard.says("门诊3楼")
    await guard.presses("提交")
    await guard.sees(f"✅ {FIRST} 已更正地点，原来报的也留着。")
    await officer.sees(f"{FIRST} 上报人更正了地点：急诊科 → 门诊3楼")
    await guard.presses("再改一处")
    await guard.presses("经过")
    await guard.says("手机和钱包被偷")
    await guard.presses("提交")
    await officer.sees(f"{FIRST} 上报人更正了经过，现在是：手机和钱包被偷")
    (row,) = ward.office(office.incidents, "QP01", ward.clock.now())
    assert row["description"] == "手机和钱包被偷"
    assert ward.rows("SELECT place, description FROM incident") == [
        {"place": "急诊科", "description": "手机被偷"}
    ]

    # -- asked, answered by button and by reply, out of order ---------------------------------------
    await ask(officer, FIRST, "他往哪边跑了？")
    asked = await guard.sees("保卫科问：他往哪边跑了？")
    assert FIRST in asked.text
    await officer.sees("一回答马上转给您")
    await ask(admin, FIRST, "钱包什么样？")
    await guard.sees("保卫科问：钱包什么样？")
    await guard.presses("回答")
    await guard.sees("请直接回答")
    await guard.sends_photo(caption="黑色的，像这个")
    await admin.sees("回答：黑色的，像这个")
    await guard.sees("还有一个问题等您回答：他往哪边跑了？")
    ward.api.send_text(guard.user_id, "东门", reply_to=asked.message_id)
    await officer.sees("问题：他往哪边跑了？\n回答：东门")

    # -- closed: no more corrections, the way to add stays -------------------------------------------
    ward.desk.run_now(
        lambda conn: conn.exec_driver_sql(
            "UPDATE case_file SET state = 'closed', outcome = 'handled', next_at = NULL"
        )
    )
    await guard.presses_data(asked.message_id, f"correct:{FIRST}")
    refused = await guard.sees("不能再更正")
    assert [b.text for line in refused.buttons for b in line] == ["补充情况"]

    # -- confidential: everything again, and nobody learns who ---------------------------------------
    since = {person.name: person.version() for person in (admin, officer)}
    doctor = await ward.member("王医生", "doctor", "骨科")
    await report(doctor, "主任收红包", confidential=True)
    await ask(officer, SECOND, "什么时候的事？")
    await doctor.sees("保卫科问：什么时候的事？")
    await doctor.presses("回答")
    await doctor.says("上周五")
    await officer.sees("回答：上周五")
    await doctor.presses("案件")
    await doctor.presses("更正")
    await doctor.presses("地点")
    await doctor.says("办公室")
    await doctor.presses("提交")
    await officer.sees(f"{SECOND} 上报人更正了地点：骨科 → 办公室")
    card = await officer.sees(SECOND)
    await officer.presses_data(card.message_id, f"case:{SECOND}:log")
    await officer.sees("保密上报人 · 上周五")
    await officer.presses_data(card.message_id, f"show:{SECOND}")
    for person in (admin, officer):
        for shown in person.shown:
            assert shown.version <= since[person.name] or "王医生" not in shown.text
            assert shown.version <= since[person.name] or "值班医生" not in shown.text
    account = "(SELECT id FROM member WHERE role = 'doctor')"
    assert not ward.rows(
        f"SELECT * FROM audit WHERE subject = '{SECOND}' AND member_id = {account}"
    )

    # -- out of reach: found out only by sending, and told at once -----------------------------------
    ward.api.people[doctor.user_id].blocked = True
    await ask(officer, SECOND, "在哪个房间？")
    await officer.sees(f"{SECOND} 您的问题没送到：上报人在这里联系不上了。")
    await eventually(
        lambda: bool(ward.rows("SELECT 1 FROM member WHERE unreachable_at IS NOT NULL"))
    )
    before = len(ward.rows("SELECT id FROM inquiry"))
    await officer.presses_data(card.message_id, f"ask:{SECOND}")
    assert any("联系不上" in (note.text or "") for note in ward.api.answers(officer.user_id))
    assert len(ward.rows("SELECT id FROM inquiry")) == before

"""Whom a message reaches after all: refused chats, people who come back, the unreadable, files that do not come."""

from time import monotonic

from tests.acceptance.house import House, until
from tests.acceptance.reporters import say
from tests.acceptance.test_failures import write_report

USELESS = say("I cannot use this kind of message. Text, photos, voice, video and files work.")
LOST = "没收到"


async def test_one_chat_refused_holds_nobody_else_and_who_comes_back_is_told_again(
    house: House,
) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    officer = await house.join("赵芳", "officer")
    other = await house.join("陈主任", "admin")

    # The officer's chat is to be left alone for some seconds: nobody else waits for that.
    too_many = "Too Many Requests: retry after 4"
    house.api.fail_next(
        "sendMessage", status=429, description=too_many, retry_after=4, chat_id=officer.user_id
    )
    await write_report(guard, "家属扬言要打人")
    asked = monotonic()
    await guard.presses("提交")
    await other.sees("家属扬言要打人")
    assert monotonic() - asked < 3
    await officer.sees("家属扬言要打人")
    assert monotonic() - asked > 3

    # One refusal puts the officer out of reach, a word of theirs back into it.
    house.api.people[officer.user_id].blocked = True
    await write_report(guard, "又来了")
    await guard.presses("提交")
    gone = "SELECT * FROM member WHERE telegram_id = ? AND unreachable_at IS NOT NULL"
    await until(lambda: house.sql(gone, officer.user_id), "the officer is out of reach")
    house.api.people[officer.user_id].blocked = False
    await officer.says("/help")
    assert not house.sql(gone, officer.user_id)
    await write_report(guard, "第三次来了")
    await guard.presses("提交")
    await officer.sees("第三次来了")


async def test_nobody_talks_to_a_wall_and_nobody_loses_a_file_unheard(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    chat = {"id": guard.user_id, "type": "private"}
    who = {"id": guard.user_id, "is_bot": False, "first_name": "李强", "language_code": "zh-hans"}
    future = {"message_id": 999, "date": 1, "chat": chat, "from": who, "sticker": {"new": True}}
    house.api.updates.add("message", future, chat_id=guard.user_id)
    await guard.sees(USELESS)

    house.api.fail_next("getFile", status=400, description="Bad Request: file is unavailable")
    await guard.says("/report")
    await guard.presses("威胁辱骂")
    await guard.sends_photo()
    await guard.says("家属扬言要打人")
    await guard.presses("提交")
    await guard.sees(LOST)
    (row,) = house.sql("SELECT * FROM evidence")
    assert row["state"] == "failed"

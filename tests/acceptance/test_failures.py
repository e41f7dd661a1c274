"""When something outside fails: the database, or Telegram."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from tests.acceptance.house import House, until
from tests.acceptance.outside import locked
from tests.acceptance.people import Person
from tests.acceptance.reporters import say

FILED = say("Filed as {number}.", number="").partition(" ")[0]
CANNOT_SAVE = say(
    "⚠️ I cannot save anything right now, nothing is filed yet. In danger, dial 110 first. "
    "What you sent is kept and goes on as soon as it works again."
)
DID_NOT_WORK = say(
    "That did not work, and nothing was filed by it. What you filled in before is kept; "
    "please try again. In danger, dial 110."
)


async def write_report(guard: Person, text: str) -> None:
    """Up to the review card."""
    await guard.says("/report")
    await guard.presses("威胁辱骂")
    await guard.says(text)


def press_submit(house: House, guard: Person) -> int:
    """Press and wait for nothing; the update's id."""
    for row in guard.last.buttons:
        for button in row:
            if button.text == say("✅ Submit"):
                assert button.data is not None
                return house.api.press(guard.user_id, guard.last.message_id, button.data)
    raise AssertionError(guard.last)


def texts(person: Person) -> list[str]:
    return [shown.text for shown in person.shown]


def filings(person: Person) -> int:
    """How often this person was told 已登记."""
    return sum(text.startswith(FILED) for text in texts(person))


# -- the database --------------------------------------------------------------------------------


async def test_a_locked_database(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    other = await house.join("王敏", "guard", "急诊科")
    await write_report(guard, "家属扬言要打人")
    await other.says("/report")
    with locked(house):  # also before it is noted that the question above was sent
        pressed = monotonic()
        press_submit(house, guard)
        await guard.sees(CANNOT_SAVE, timeout=8)
        told = monotonic() - pressed
        await asyncio.sleep(max(0, 11 - told))
        assert filings(guard) == 0
    await guard.sees(FILED)
    await guard.sees_nothing()
    assert [row["description"] for row in house.sql("SELECT * FROM incident")] == ["家属扬言要打人"]
    assert filings(guard) == 1
    assert texts(guard).count(CANNOT_SAVE) == 1
    assert not house.sql("SELECT * FROM inbox WHERE state != 'done'")
    await until(
        lambda: not house.sql("SELECT * FROM outbox WHERE state != 'sent'"), "all is noted as sent"
    )
    assert texts(other).count(say("What happened?")) == 1
    print(f"told after {told:.1f} s that nothing can be saved")  # noqa: T201


async def test_a_database_locked_for_a_moment(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    await write_report(guard, "家属扬言要打人")
    with locked(house):
        press_submit(house, guard)
        await guard.sees_nothing(within=1.5)
    await guard.sees(FILED)
    assert CANNOT_SAVE not in texts(guard)
    assert len(house.sql("SELECT * FROM incident")) == 1


async def test_a_refused_record(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    await write_report(guard, "家属扬言要打人")
    change(
        house,
        "CREATE TRIGGER no BEFORE INSERT ON incident BEGIN SELECT RAISE(ABORT, 'no room'); END",
    )
    await guard.presses("提交")
    await guard.sees(DID_NOT_WORK)
    assert filings(guard) == 0
    assert not house.sql("SELECT * FROM incident")
    assert len(house.sql("SELECT * FROM draft WHERE state = 'active'")) == 1
    change(house, "DROP TRIGGER no")
    await guard.presses("提交")
    await guard.sees(FILED)
    assert [row["number"][-4:] for row in house.sql("SELECT * FROM incident")] == ["0001"]
    assert "no room" in house.stderr


def change(house: House, statement: str) -> None:
    other = sqlite3.connect(house.database, isolation_level=None, timeout=10)
    other.execute(statement)
    other.close()


# -- Telegram ------------------------------------------------------------------------------------


async def test_telegram_fails_for_a_while(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    failing: dict[str, Any] = {"status": 500, "description": "Internal Server Error", "times": 2}
    for method in ("sendMessage", "editMessageText", "getUpdates"):
        house.api.fail_next(method, **failing)
    await write_report(guard, "家属扬言要打人")
    await guard.presses("提交")
    await guard.sees(FILED)
    assert filings(guard) == 1
    assert not house.sql("SELECT * FROM outbox WHERE state = 'dead'")


async def test_telegram_wants_to_be_left_alone(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    house.api.fail_next(
        "sendMessage", status=429, description="Too Many Requests: retry after 2", retry_after=2
    )
    asked = monotonic()
    await guard.says("/report")
    assert monotonic() - asked > 2
    sends = [call for call in house.api.calls if call.method == "sendMessage" and call.at > asked]
    assert [call.status for call in sends] == [429, 200]
    assert sends[1].at - sends[0].at > 2


async def test_an_officer_has_blocked_the_bot(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    blocked = await house.join("赵芳", "officer")
    other = await house.join("陈主任", "admin")
    house.api.people[blocked.user_id].blocked = True  # and Telegram did not say so
    await write_report(guard, "家属扬言要打人")
    await guard.presses("提交")
    await other.sees("家属扬言要打人")
    await until(
        lambda: house.sql(
            "SELECT * FROM member WHERE telegram_id = ? AND unreachable_at IS NOT NULL",
            blocked.user_id,
        ),
        "the officer is known to be unreachable",
    )
    assert len(house.sql("SELECT * FROM outbox WHERE state = 'dead'")) == 1
    await write_report(guard, "又来了")
    await guard.presses("提交")
    await other.sees("又来了")
    assert len(house.sql("SELECT * FROM outbox WHERE state = 'dead'")) == 1


async def test_a_message_that_cannot_be_edited(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    await write_report(guard, "家属扬言要打人")
    card = guard.last
    house.api.fail_next(
        "editMessageText", status=400, description="Bad Request: message to edit not found"
    )
    press_submit(house, guard)
    done = await guard.sees(FILED)
    assert done.message_id > card.message_id
    assert filings(guard) == 1


async def test_a_lost_answer_is_sent_again(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    house.api.fail_next("sendMessage", status=0, description="dropped", applied=True)
    await guard.says("/report")
    await until(lambda: texts(guard).count(say("What happened?")) == 2, "the question once more")
    await guard.presses("威胁辱骂")
    await guard.says("家属扬言要打人")
    await guard.presses("提交")
    await guard.sees(FILED)


async def test_repeated_updates_change_nothing(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    officer = await house.join("赵芳", "officer")
    made = [house.api.send_text(guard.user_id, "/report")]
    await guard.sees(say("What happened?"))
    for update_id in made:
        house.api.repeat_update(update_id)
    await guard.sees_nothing(within=0.5)
    await guard.presses("威胁辱骂")
    await guard.says("家属扬言要打人")
    made.append(press_submit(house, guard))
    await guard.sees(FILED)
    await officer.sees("家属扬言要打人")
    for update_id in made:
        house.api.repeat_update(update_id)
    await guard.sees_nothing(within=0.5)
    await officer.sees_nothing(within=0.1)
    assert len(house.sql("SELECT * FROM incident")) == 1
    house.kill()
    for update_id in made:
        house.api.repeat_update(update_id)
    await house.start()
    await guard.sees_nothing(within=0.5)
    assert len(house.sql("SELECT * FROM incident")) == 1


async def test_what_a_command_leaves_is_sent_at_once_by_a_busy_bot(house: House) -> None:
    officer = await house.join("赵芳", "officer")
    guards = [await house.join(f"保安{n}", "guard", "急诊科") for n in range(2)]
    busy = [asyncio.create_task(_chatter(guard)) for guard in guards]
    try:
        await house.cli("sweep", "--at", f"{datetime.now(UTC).year + 1}-02-20T10:00:00+08:00")
        swept = monotonic()
        await until(
            lambda: (
                not house.sql(
                    "SELECT * FROM outbox WHERE chat_id = ? AND state = 'queued'", officer.user_id
                )
            ),
            "what the sweep owes is sent",
            timeout=4,
        )
        assert house.sql("SELECT * FROM outbox WHERE priority = 3"), "the sweep owed nothing"
        print(f"sent {monotonic() - swept:.1f} s after the sweep")  # noqa: T201
    finally:
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)


async def _chatter(guard: Person) -> None:
    for _turn in range(1000):
        await guard.says("/help")

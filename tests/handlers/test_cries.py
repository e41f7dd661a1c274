"""A cry for help in words: the alarm is offered first, and unpressed for a minute it sounds by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.db import Database
from bot.messages import Priority
from models.outbox import OUTBOX
from tests.handlers.alarming import deliver, rung, sign_on
from tests.handlers.sweeping import sweep
from tests.handlers.test_albums import part
from tests.people import Cast
from tests.said import Said, first_line
from tests.stage import Stage

CRY = "急诊3诊室有人打医生，快来人"


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


def alarms(stage: Stage) -> list[tuple[str, str]]:
    query = text("SELECT kind, description FROM incident ORDER BY id")
    return [tuple(row) for row in stage.db.run_now(lambda conn: list(conn.execute(query)))]


def passes(stage: Stage, seconds: int) -> set[str]:
    """Time goes by and the sweeps run; what was newly owed."""
    last = stage.db.run_now(lambda conn: conn.execute(select(func.max(OUTBOX.c.id))).scalar()) or 0
    stage.at(stage.now + timedelta(seconds=seconds))
    sweep(stage.db, stage.now)
    new = select(OUTBOX).where(OUTBOX.c.id > last, OUTBOX.c.priority == int(Priority.ALARM))
    rows = stage.db.run_now(lambda conn: list(conn.execute(new)))
    return {f"{row.chat_id}: {row.payload['text']}" for row in rows}


def offered(said: Said) -> str:
    assert "Need people now?" in said.text
    return said.button("Call for help")


@pytest.mark.parametrize("words", ["救命", "SOS", "快来人", CRY, "Help me"])
async def test_a_cry_is_offered_the_alarm_first_with_the_form_below(
    stage: Stage, cast: Cast, words: str
) -> None:
    sign_on(stage, cast.guard)
    said = await stage.says(cast.doctor, words)
    assert first_line(said).startswith("🆘 Need people now?")
    labels = list(said.buttons)
    assert labels[0] == "🆘 Call for help"
    assert len(labels) > 3, "the form is below"
    said = await stage.presses(cast.doctor, offered(said))
    assert words in said.to(cast.guard.user_id).text
    assert rung(said) == {cast.guard.user_id}
    assert alarms(stage) == [("alarm", words)]


async def test_words_to_alarm_are_two_actions(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    said = await stage.says(cast.guard, "有人持刀")  # one
    said = await stage.presses(cast.guard, offered(said))  # two
    assert alarms(stage) == [("alarm", "有人持刀")]


async def test_left_unpressed_for_a_minute_it_reaches_those_on_duty_with_its_words(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, CRY)
    assert not passes(stage, 59)
    owed = passes(stage, 1)
    assert any(str(cast.guard.user_id) in each and "急诊3诊室有人打医生" in each for each in owed)
    assert not passes(stage, 1)
    # The form that the same words began has nothing left to ask.
    drafts = stage.db.run_now(
        lambda conn: conn.execute(text("SELECT count(*) FROM draft")).scalar()
    )
    assert drafts == 0


async def test_a_cry_typed_into_a_form_is_heard(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    said = await stage.says(cast.doctor, "/report")
    said = await stage.presses(cast.doctor, said.button("Theft"))
    said = await stage.says(cast.doctor, CRY)
    assert offered(said)
    assert said.button("Submit"), "the form goes on"
    assert passes(stage, 60)


async def test_nobody_need_come_lets_the_words_rest(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    said = await stage.says(cast.doctor, CRY)
    button = offered(said)
    said = await stage.presses(cast.doctor, said.button("Nobody need come"))
    assert said.toasts
    assert not passes(stage, 120)
    # Whoever presses the alarm after all is heard.
    assert rung(await stage.presses(cast.doctor, button)) == {cast.guard.user_id}


async def test_danger_that_was_filed_calls_nobody_a_minute_later(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    said = await stage.says(cast.doctor, "有人打护士")
    assert offered(said)
    said = await stage.presses(cast.doctor, said.button("Staff attacked"))
    await stage.presses(cast.doctor, said.button("Submit"))
    assert not [each for each in passes(stage, 61) if "needs help" in each]


async def test_a_press_of_the_home_button_takes_the_words_along_once(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, CRY)
    said = await stage.says(cast.doctor, "🆘 Call for help")
    assert CRY in said.to(cast.guard.user_id).text
    deliver(stage)
    assert not [each for each in passes(stage, 59) if "calls for help again" in each]
    assert len(alarms(stage)) == 1


async def test_a_cry_to_a_running_alarm_is_a_press(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    deliver(stage)
    said = await stage.says(cast.doctor, "快来人，他又来了")
    assert rung(said) == {cast.guard.user_id}
    assert "快来人，他又来了" in said.to(cast.guard.user_id).text


@pytest.mark.parametrize("words", ["昨天有人打护士", "消防通道堵了", "怎么求助"])
async def test_what_is_no_cry_is_offered_no_alarm(stage: Stage, cast: Cast, words: str) -> None:
    said = await stage.says(cast.doctor, words)
    assert "Need people now?" not in said.text
    assert not passes(stage, 61)


async def test_nobody_presses_the_cry_of_somebody_else(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.doctor, CRY)
    calm = said.button("Nobody need come")
    said = await stage.presses(cast.guard, calm)
    assert "no longer in use" in said.toasts[0]
    assert passes(stage, 61)


async def test_what_is_said_after_a_cry_goes_with_it(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    doctor = cast.doctor
    await stage.says(doctor, "救命")
    await stage.says(doctor, "在急诊3诊室")
    sizes = [{"file_id": "p1", "file_unique_id": "u1", "width": 9, "height": 9}]
    album = {"media_group_id": "A"}
    await stage.sends(doctor, {"photo": sizes, **album})
    await stage.sends(doctor, {"photo": [{**sizes[0], "file_id": "p2"}], **album})
    await stage.sends(doctor, {"location": {"latitude": 31.15, "longitude": 121.12}})
    assert passes(stage, 60)
    assert alarms(stage) == [("alarm", "救命\n在急诊3诊室\nPlace sent: 31.15000, 121.12000")]
    kept = stage.db.run_now(lambda c: list(c.execute(text("SELECT file_id FROM evidence"))))
    assert [row.file_id for row in kept] == ["p1", "p2"]


async def test_the_offer_stays_in_sight_while_the_cry_waits(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    said = await stage.says(cast.doctor, CRY)
    said = await stage.presses(cast.doctor, said.button("Staff attacked"))
    assert offered(said)
    said = await stage.presses(cast.doctor, said.button("Submit"))
    assert offered(said), "it is filed, and the cry still waits"
    stage.at(stage.now + timedelta(seconds=20))
    said = await stage.says(cast.doctor, "/help")
    assert "After 40 seconds" in said.text
    said = await stage.says(cast.doctor, "nobody need come")
    assert "Need people now?" not in said.text
    assert not passes(stage, 61)


async def test_filing_words_of_danger_takes_the_offer_away(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.doctor, "有人打护士")
    said = await stage.presses(cast.doctor, said.button("Staff attacked"))
    assert offered(said)
    said = await stage.presses(cast.doctor, said.button("Submit"))
    assert "Need people now?" not in said.to(cast.doctor.user_id).text


async def test_a_typed_button_is_no_word_of_the_cry(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, CRY)
    await stage.says(cast.doctor, "staff attacked")
    await stage.says(cast.doctor, "📝 Report")
    assert passes(stage, 60)
    assert alarms(stage) == [("alarm", CRY)]


async def test_a_cry_that_takes_up_a_parked_form_does_not_end_it(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "手机被偷了")
    await stage.says(cast.doctor, "/report")
    await stage.says(cast.doctor, "/cancel")
    await stage.says(cast.doctor, "救命")
    assert passes(stage, 60)
    assert "手机被偷了" in (await stage.says(cast.doctor, "/mine")).text


def drafts(stage: Stage) -> list[str]:
    query = text("SELECT state FROM draft ORDER BY id")
    return stage.db.run_now(lambda conn: list(conn.execute(query).scalars()))


def later(stage: Stage, seconds: int) -> None:
    stage.at(stage.now + timedelta(seconds=seconds))


async def test_what_is_written_after_a_cry_reaches_those_on_duty_with_it(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "快来人")
    for words in ("急诊3诊室", "他有刀"):
        later(stage, 10)
        said = await stage.says(cast.doctor, words)
        assert offered(said), "the alarm stays above the answer"
    owed = passes(stage, 40)
    assert any("急诊3诊室" in each and "他有刀" in each for each in owed)
    assert alarms(stage) == [("alarm", "快来人\n急诊3诊室\n他有刀")]
    assert not drafts(stage), "the form says nothing more"


async def test_a_form_filled_in_while_a_cry_waits_is_kept(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    said = await stage.says(cast.doctor, CRY)
    later(stage, 10)
    await stage.presses(cast.doctor, said.button("Staff attacked"))
    later(stage, 10)
    card = await stage.says(cast.doctor, "家属姓王，护士左臂骨折")
    later(stage, 10)
    await stage.says(cast.doctor, "快来人啊")
    assert passes(stage, 30)
    assert alarms(stage) == [("alarm", f"{CRY}\n家属姓王，护士左臂骨折\n快来人啊")]
    said = await stage.presses(cast.doctor, card.button("Submit"))
    assert "护士左臂骨折" in alarms(stage)[1][1]


async def test_after_the_clock_raised_it_the_next_words_reach_those_who_come(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    said = await stage.says(cast.doctor, "/report")
    await stage.presses(cast.doctor, said.button("Theft"))
    card = await stage.says(cast.doctor, CRY)
    assert passes(stage, 60)
    deliver(stage)
    said = await stage.says(cast.doctor, "他往三楼跑了")
    assert "他往三楼跑了" in said.to(cast.guard.user_id).text
    await stage.presses(cast.doctor, card.button("Submit"))
    assert alarms(stage)[1] == ("report", CRY), "the form waited, and holds what was told"


async def test_an_album_with_a_cry_comes_whole_to_the_alarm(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    for number in range(3):
        await stage.sends(cast.doctor, part(number, **({"caption": CRY} if not number else {})))
        later(stage, 1)
    assert passes(stage, 60)
    kept = text("SELECT subject, file_id FROM evidence ORDER BY id")
    rows = stage.db.run_now(lambda conn: [tuple(row) for row in conn.execute(kept)])
    assert rows == [("incident", f"p{number}") for number in range(3)]
    shown = select(OUTBOX.c.payload).where(OUTBOX.c.method == "sendPhoto")
    seen = stage.db.run_now(lambda conn: list(conn.execute(shown).scalars()))
    assert [(each["chat_id"], each["photo"]) for each in seen] == [
        (cast.guard.user_id, f"p{number}") for number in range(3)
    ]
    assert not drafts(stage)


async def test_a_photo_under_a_cry_to_a_running_alarm_is_seen(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    deliver(stage)
    photo = {key: value for key, value in part(7).items() if key != "media_group_id"}
    said = await stage.sends(cast.doctor, {**photo, "caption": "快来人，就是他"})
    methods = [item.method for item in said.to(cast.guard.user_id).out]
    assert "sendPhoto" in methods

"""What people write instead of pressing: commands in words, labels, words beside the question; nothing is lost."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import JSON, text

from bot.db import Database
from models.duty import begin_duty
from models.people import MEMBER, remove_member
from tests.handlers.threatening import rows
from tests.people import Cast, Person
from tests.said import Said
from tests.stage import Stage

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly

PHOTO = {"photo": [{"file_id": "p1", "file_unique_id": "u1", "width": 9, "height": 9}]}


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        bad = db.run_now(lambda c: c.execute(text("SELECT * FROM inbox WHERE state = 'bad'")).all())
        assert bad == [], "nothing a person can send is a fault"


def answers(stage: Stage) -> dict[str, Any]:
    """What the newest draft holds."""
    query = text("SELECT answers FROM draft WHERE state != 'discarded' ORDER BY id DESC LIMIT 1")
    found = stage.db.run_now(lambda conn: conn.execute(query.columns(answers=JSON)).scalar())
    return dict(found or {})


# -- commands in words -----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["/ report", "、report", "／report", "/上报", "、上报"])
async def test_a_command_in_words_is_the_command(stage: Stage, cast: Cast, typed: str) -> None:
    assert (await stage.says(cast.guard, typed)).text == "What happened?"


@pytest.mark.parametrize("typed", ["／sos", "/求助", "、求助", "/ sos"])
async def test_an_alarm_in_words_is_an_alarm(stage: Stage, cast: Cast, typed: str) -> None:
    await stage.says(cast.doctor, typed)
    assert rows(stage.db, "SELECT kind FROM incident") == [("alarm",)]


async def test_cancel_in_words_leaves_the_form(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.guard, "/report")
    assert "nothing was filed" in (await stage.says(cast.guard, "/取消")).text


@pytest.mark.parametrize("typed", ["/3号楼有人打架", "/急诊有人打护士"])
async def test_text_behind_a_stroke_is_text_and_kept_whole(
    stage: Stage, cast: Cast, typed: str
) -> None:
    said = await stage.says(cast.guard, typed)
    assert typed in said.text.splitlines()


async def test_an_unknown_command_is_said_to_be_one_and_its_words_are_not_lost(
    stage: Stage, cast: Cast
) -> None:
    assert "do not know this command" in (await stage.says(cast.guard, "/unknown")).text
    said = await stage.says(cast.guard, "/reprot 急诊有人打护士")
    assert "/reprot 急诊有人打护士" in said.text.splitlines()


async def test_another_bots_command_is_not_ours(stage: Stage, cast: Cast) -> None:
    assert "do not know this command" in (await stage.says(cast.doctor, "/sos@OtherBot")).text
    assert rows(stage.db, "SELECT 1 FROM incident") == []


async def test_a_command_needs_its_role_in_whatever_words(stage: Stage, cast: Cast) -> None:
    assert "not part of your role" in (await stage.says(cast.guard, "/管理")).text
    stranger = Person(id=0, user_id=999, role="", name="Stranger", hospital="")
    assert "works by invitation" in (await stage.says(stranger, "/上报 有人打架")).text


@pytest.mark.parametrize("typed", ["📝 上报", "上报", "【上报】", "report!"])
async def test_a_home_button_typed_is_the_command_and_has_no_content(
    stage: Stage, cast: Cast, typed: str
) -> None:
    assert (await stage.says(cast.guard, typed)).text == "What happened?"
    assert answers(stage) == {}


# -- what stands behind a command ------------------------------------------------------------------


async def test_what_stands_behind_report_is_what_happened(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.guard, "/report 急诊3诊室有人持刀")
    assert "急诊3诊室有人持刀" in said.text
    assert answers(stage)["category"] == "violence_staff"
    await stage.presses(cast.guard, said.button("Submit"))
    assert rows(stage.db, "SELECT category, description FROM incident") == [
        ("violence_staff", "急诊3诊室有人持刀")
    ]


async def test_where_the_words_hint_at_nothing_the_category_is_asked(
    stage: Stage, cast: Cast
) -> None:
    said = await stage.says(cast.guard, "/report 三楼走廊灯坏了")
    assert said.text.splitlines()[0] == "Added to the account."
    assert said.button("Theft")
    assert answers(stage) == {"what": {"text": "三楼走廊灯坏了", "files": [], "place": None}}


async def test_a_command_below_a_photo_takes_both(stage: Stage, cast: Cast) -> None:
    entity = {"type": "bot_command", "offset": 0, "length": 7}
    content = {"caption": "/report 有人打护士了", "caption_entities": [entity], **PHOTO}
    card = await stage.sends(cast.guard, content)
    assert "Photo received, 1 in all." in card.text
    assert answers(stage)["what"]["text"] == "有人打护士了"
    await stage.presses(cast.guard, card.button("Submit"))
    assert rows(stage.db, "SELECT subject FROM evidence") == [("incident",)]


async def test_a_command_that_takes_nothing_below_a_photo_drops_no_photo(
    stage: Stage, cast: Cast
) -> None:
    said = await stage.sends(cast.guard, {"caption": "/mine", **PHOTO})
    assert "Attached: 1" in said.text


async def test_what_stands_behind_threat_is_what_was_said_and_is_sealed(
    stage: Stage, cast: Cast
) -> None:
    words = "放射科家属扬言要报复"
    said = await stage.says(cast.doctor, f"/threat {words}")
    assert said.text.splitlines()[0] == "Added to the account."
    assert "Where is this person" in said.text
    assert words not in str(rows(stage.db, "SELECT answers, held, params FROM draft"))
    asked = await stage.says(cast.doctor, "放射科")
    asked = await stage.presses(cast.doctor, asked.button("None of these"))
    assert "Was there a weapon" in asked.text, "what was told is not asked again"


async def test_words_behind_a_command_that_takes_none_are_said_to_be_dropped(
    stage: Stage, cast: Cast
) -> None:
    said = await stage.says(cast.guard, "/mine 急诊有人打护士")
    assert said.texts[0].startswith("You have not filed anything yet.")
    assert "takes no words" in said.texts[1]
    assert "急诊有人打护士" in said.texts[1]


# -- words that choose -----------------------------------------------------------------------------


async def test_words_choose_the_category_and_are_the_account(stage: Stage, cast: Cast) -> None:
    """Three actions: the command, what happened in words, submit."""
    await stage.says(cast.guard, "/report")
    card = await stage.says(cast.guard, "有人打护士了")
    assert card.text.splitlines()[:2] == [
        "Taken as: Staff attacked.",
        "Added to the account.",
    ]
    assert card.button("Leave that out")
    await stage.presses(cast.guard, card.button("Submit"))
    assert rows(stage.db, "SELECT category, description FROM incident") == [
        ("violence_staff", "有人打护士了")
    ]


async def test_a_category_named_by_its_label_is_no_account(stage: Stage, cast: Cast) -> None:
    asked = await stage.says(cast.guard, "/report")
    label = next(label for label in asked.buttons if "Theft" in label)
    said = await stage.says(cast.guard, f"{label.upper()}!")
    assert said.text.startswith("Say in one sentence")
    assert answers(stage) == {"category": "theft"}


async def test_a_photo_while_a_field_is_changed_is_kept_and_said(stage: Stage, cast: Cast) -> None:
    card = await stage.says(cast.guard, "/report 有人打护士了")
    await stage.presses(cast.guard, card.button("Change severity"))
    said = await stage.sends(cast.guard, PHOTO)
    assert said.text.splitlines() == [
        "Photo received, 1 in all.",
        "For the severity, please press a button below.",
        "How serious is it?",
    ]
    assert (await stage.says(cast.guard, "major")).text.startswith("Please check")


async def test_a_blank_message_is_no_report(stage: Stage, cast: Cast) -> None:
    for blank in ("\u200b", "。。。", "\ufeff"):
        assert "no words in this message" in (await stage.says(cast.guard, blank)).text
    assert rows(stage.db, "SELECT 1 FROM draft") == []


# -- a label typed, outside forms ------------------------------------------------------------------


async def call(stage: Stage, cast: Cast) -> Said:
    """An alarm of the doctor's, with the guard on duty."""
    stage.db.run_now(
        lambda conn: begin_duty(
            conn, hospital_id=1, member_id=cast.guard.id, post=None, now=stage.now
        )
    )
    return await stage.says(cast.doctor, "/sos")


async def test_a_label_below_the_newest_message_typed_is_its_press(
    stage: Stage, cast: Cast
) -> None:
    said = await call(stage, cast)
    assert said.to(cast.guard.user_id).button("I'm coming")
    await stage.says(cast.guard, "i'm coming")
    assert rows(stage.db, "SELECT member_id FROM response") == [(cast.guard.id,)]


async def test_an_alarms_button_typed_is_pressed_also_with_a_form_open_before(
    stage: Stage, cast: Cast
) -> None:
    await stage.says(cast.guard, "/report 有人打护士了")
    await call(stage, cast)
    await stage.says(cast.guard, "I'm coming")
    assert rows(stage.db, "SELECT member_id FROM response") == [(cast.guard.id,)]
    assert answers(stage)["what"]["text"] == "有人打护士了"


async def test_the_open_form_comes_before_older_buttons(stage: Stage, cast: Cast) -> None:
    await call(stage, cast)
    await stage.says(cast.guard, "/report")
    await stage.says(cast.guard, "I'm coming")
    assert rows(stage.db, "SELECT member_id FROM response") == []


async def test_a_typed_press_is_checked_like_any_other(stage: Stage, cast: Cast) -> None:
    await call(stage, cast)
    stage.db.run_now(
        lambda conn: conn.execute(
            MEMBER.update().where(MEMBER.c.id == cast.guard.id).values(role="auditor")
        )
    )
    assert "not part of your role" in (await stage.says(cast.guard, "I'm coming")).text
    assert rows(stage.db, "SELECT 1 FROM response") == []


async def test_no_answer_of_a_form_is_kept_as_a_label(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.doctor, "/threat 放射科家属扬言要报复")
    assert rows(stage.db, "SELECT buttons FROM shown ORDER BY id DESC LIMIT 1") in (
        [("{}",)],
        [({},)],
    )


# -- roles and people that change meanwhile --------------------------------------------------------


async def test_a_report_whose_writer_loses_the_role_is_kept_and_shown(
    stage: Stage, cast: Cast
) -> None:
    await stage.says(cast.guard, "/report 有人打护士了")
    stage.db.run_now(
        lambda conn: conn.execute(
            MEMBER.update().where(MEMBER.c.id == cast.guard.id).values(role="auditor")
        )
    )
    said = await stage.says(cast.guard, "还在打")
    assert said.text.startswith("Your role has changed")
    assert "有人打护士了" in said.texts[0]
    mine = await stage.says(cast.guard, "/mine")
    again = await stage.presses(cast.guard, mine.button("incident report"))
    assert "有人打护士了" in again.text


async def test_a_removed_member_is_shown_what_was_not_filed_and_learns_nothing(
    stage: Stage, cast: Cast
) -> None:
    await stage.says(cast.doctor, "/threat 放射科家属扬言要报复")
    stage.db.run_now(lambda conn: remove_member(conn, cast.doctor.id, now=stage.now))
    said = await stage.says(cast.doctor, "还在吗")
    assert "放射科家属扬言要报复" in said.texts[0]
    assert said.texts[1].startswith("Hello, this is WardWatch.")
    assert "QP01" not in said.text
    again = await stage.says(cast.doctor, "还在吗")
    assert again.texts == said.texts[1:], "once"


# -- what carries a place or a file ----------------------------------------------------------------


def venue() -> dict[str, Any]:
    place = {"latitude": 31.15, "longitude": 121.12}
    return {
        "venue": {"location": place, "title": "北门", "address": "公园路1号"},
        "location": place,
    }


def one_file(kind: str, **more: Any) -> dict[str, Any]:
    return {kind: {"file_id": f"{kind}-1", "file_unique_id": "u", "duration": 3, **more}}


async def test_a_place_from_the_map_is_a_place_with_words(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.guard, "/report 有人打护士了")
    card = await stage.sends(cast.guard, venue())
    await stage.presses(cast.guard, card.button("Submit"))
    assert rows(stage.db, "SELECT latitude, description FROM incident") == [
        (31.15, "有人打护士了\n北门 公园路1号")
    ]


async def test_round_videos_and_animations_are_files(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.guard, "/report 有人打护士了")
    await stage.sends(cast.guard, one_file("video_note", length=240))
    moving = one_file("animation", width=9, height=9)
    card = await stage.sends(cast.guard, {**moving, "document": moving["animation"]})
    await stage.presses(cast.guard, card.button("Submit"))
    assert rows(stage.db, "SELECT kind FROM evidence ORDER BY id") == [
        ("video_note",),
        ("animation",),
    ]
    full = await stage.presses(cast.officer, "show:QP01-2026-0001")
    assert {"sendVideoNote", "sendAnimation"} <= {item.method for item in full.out}


async def test_a_contact_is_its_name_and_number(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.guard, "/report 有人打护士了")
    card = {"contact": {"phone_number": "+8613800000000", "first_name": "张三"}}
    await stage.sends(cast.guard, card)
    assert answers(stage)["what"]["text"] == "有人打护士了\n张三 +8613800000000"


async def test_an_alarm_passes_on_places_words_and_round_videos(stage: Stage, cast: Cast) -> None:
    await call(stage, cast)
    await stage.says(cast.guard, "I'm coming")
    shown = await stage.sends(cast.doctor, venue())
    to_guard = shown.to(cast.guard.user_id)
    assert "sendLocation" in {item.method for item in to_guard.out}
    assert "北门 公园路1号" in to_guard.text
    passed_on = "Passed on to 1 security guard."
    assert shown.to(cast.doctor.user_id).texts.count(passed_on) == 1
    said = await stage.sends(cast.doctor, one_file("video_note", length=240))
    assert "sendVideoNote" in {item.method for item in said.to(cast.guard.user_id).out}


# -- edits -----------------------------------------------------------------------------------------


async def edits(stage: Stage, person: Person, content: dict[str, Any]) -> Said:
    """The same message again, as Telegram tells of an edit."""
    message = stage._message(person, content)
    return await stage.feed({"edited_message": {**message, "edit_date": message["date"] + 1}})


async def test_an_edit_that_changes_nothing_is_not_answered(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.guard, "/report")
    await stage.sends(cast.guard, {"text": "有人打护士了"})
    assert (await edits(stage, cast.guard, {"text": "有人打护士了"})).out == []
    changed = await edits(stage, cast.guard, {"text": "有人打医生了"})
    assert changed.text.startswith("You changed a message")
    assert (await edits(stage, cast.guard, {"text": "有人打医生了"})).out == [], "told once"


async def test_an_edited_caption_is_a_change_and_the_same_photo_is_none(
    stage: Stage, cast: Cast
) -> None:
    await stage.sends(cast.guard, {"caption": "门口", **PHOTO})
    assert (await edits(stage, cast.guard, {"caption": "门口", **PHOTO})).out == []
    assert (await edits(stage, cast.guard, {"caption": "北门口", **PHOTO})).out


# -- names of buttons that are not shown -------------------------------------------------------------


async def test_cancel_typed_at_the_offer_leaves_it(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.guard, "手机被偷了")
    said = await stage.says(cast.guard, "取消")
    assert "Cancelled, nothing was filed" in said.text
    assert "手机被偷了" in said.text


@pytest.mark.parametrize("typed", ["提交", "返回", "跳过", "submit"])
async def test_the_name_of_a_button_that_is_not_shown_is_no_account(
    stage: Stage, cast: Cast, typed: str
) -> None:
    await stage.says(cast.guard, "手机被偷了")
    said = await stage.says(cast.guard, typed)
    assert said.text.splitlines() == [
        "There is no such button now. Everything so far is kept.",
        "File this? Press what fits best:",
        "手机被偷了",
    ]


@pytest.mark.parametrize("typed", ["取消", "提交", "返回", "跳过"])
async def test_the_name_of_a_button_is_no_news(stage: Stage, cast: Cast, typed: str) -> None:
    said = await stage.says(cast.guard, typed)
    assert said.text == "Nothing is open, so nothing was discarded."
    assert rows(stage.db, "SELECT * FROM draft") == []


async def test_submit_typed_at_the_question_for_an_account_is_no_account(
    stage: Stage, cast: Cast
) -> None:
    said = await stage.says(cast.guard, "/report")
    await stage.presses(cast.guard, said.button("Theft"))
    said = await stage.says(cast.guard, "提交")
    assert said.text.startswith("There is no such button now.")

"""[问上报人]: who is on a case asks whoever reported; the answer joins the record, and nobody learns who it is."""

from datetime import timedelta
from typing import Any

import pytest

from bot.messages import Priority
from handlers.asking import LONGEST
from models.case import STATES, set_case
from models.people import mark_reachable, remove_member
from tests.handlers.casing import FIRST, Casework
from tests.handlers.sweeping import sweep
from tests.people import NOW, Cast, Person
from tests.said import Said, first_line

WHERE = "which way did he run"
VOICE = {"voice": {"file_id": "v1", "file_unique_id": "v", "duration": 3, "file_size": 9}}
PHOTO = {
    "photo": [{"file_id": "p1", "file_unique_id": "u", "width": 1, "height": 1, "file_size": 9}]
}
PLACE = {"location": {"latitude": 31.15, "longitude": 121.11}}
FILE = {
    "document": {"file_id": "d1", "file_unique_id": "d", "file_name": "list.pdf", "file_size": 9}
}


async def ask(
    work: Casework, words: str = WHERE, *, by: Person | None = None, number: str = FIRST
) -> Said:
    """Ask the reporter."""
    return await work.answer(f"ask:{number}", words, by=by)


async def answered(work: Casework, content: str | dict[str, Any], which: int = 1) -> Said:
    """The guard presses the button below a question and sends something."""
    await work.press(f"answer:{which}", by=work.cast.guard)
    if isinstance(content, str):
        return await work.stage.says(work.cast.guard, content)
    return await work.stage.sends(work.cast.guard, content)


def arrived(work: Casework, which: int, message_id: int) -> None:
    """Telegram has shown a question as this message."""
    query = (
        f"UPDATE outbox SET state = 'sent', message_id = {message_id} "
        f"WHERE id = (SELECT outbox_id FROM inquiry WHERE id = {which})"
    )
    work.stage.db.run_now(lambda conn: conn.exec_driver_sql(query))


def replies(message_id: int, content: dict[str, Any], person: Person) -> dict[str, Any]:
    """A message that replies to another one."""
    chat = {"id": person.user_id, "type": "private"}
    return {**content, "reply_to_message": {"message_id": message_id, "date": 1, "chat": chat}}


def additions(work: Casework) -> list[Any]:
    """What joined the record, by the question it answers."""
    return work.read("SELECT inquiry_id, words FROM addition ORDER BY id")


# -- asking ---------------------------------------------------------------------------------------


async def test_a_question_arrives_with_number_and_a_button_and_is_noted(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    more = await work.press(f"case:{FIRST}:more")
    assert more.buttons["Ask the reporter"] == f"ask:{FIRST}"
    said = await ask(work, f"{WHERE}? call 13800138000")
    heard = said.to(cast.guard.user_id)
    (text,) = heard.texts
    assert text.splitlines() == [
        f"The safety office asks: {WHERE}? call •••••••••••",
        f"About your report {FIRST}, Staff attacked",
    ]
    assert heard.buttons == {"Answer it": "answer:1", "Case": f"case:{FIRST}"}
    assert first_line(said.to(cast.officer.user_id)) == (
        f"Sent to the reporter of {FIRST}. The answer comes to you as soon as it is there."
    )
    (step,) = work.steps("asked")
    assert step.member_id == cast.officer.id
    log = (await work.press(f"case:{FIRST}:log")).text
    assert f"Asked the reporter · safety officer QP01 officer · {WHERE}" in log
    query = "SELECT member_id, subject FROM audit WHERE action = 'case.asked'"
    assert work.read(query) == [(cast.officer.id, FIRST)]


async def test_a_guard_who_was_called_asks_as_what_they_are(work: Casework, cast: Cast) -> None:
    await work.alarm()
    leader = work.colleague("leader", 191)
    said = await work.press(f"ask:{FIRST}", by=leader)
    assert said.toasts == ["This case is not yours to change; the safety office can help."]
    await work.call_again()
    said = await ask(work, by=leader)
    heard = [text.splitlines()[0] for text in said.to(cast.doctor.user_id).texts]
    assert f"The hospital leader asks: {WHERE}" in heard


async def test_an_unanswered_question_stands_on_the_screen_and_nobody_is_nagged(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    assert f"Not answered yet: {WHERE}" in (await work.press(f"case:{FIRST}")).text
    own = await work.press(f"case:{FIRST}", by=cast.guard)
    assert f"You are asked: {WHERE}" in own.text
    assert own.buttons["Answer it"] == "answer:1"
    before = work.read("SELECT count(*) FROM outbox")
    sweep(work.stage.db, NOW + timedelta(hours=5))
    query = f"SELECT payload FROM outbox WHERE chat_id = {cast.guard.user_id} AND id > :old"
    new = work.read(query.replace(":old", str(before[0][0])))
    assert not [row for row in new if WHERE in str(row)]
    await ask(work, "how old was he", by=cast.admin)
    screen = (await work.press(f"case:{FIRST}")).text
    assert f"Not answered yet: 2 questions, first: {WHERE}" in screen
    await answered(work, "to the east gate")
    assert "Not answered yet: how old was he" in (await work.press(f"case:{FIRST}")).text


async def test_a_question_is_short_and_in_words(work: Casework) -> None:
    await work.report()
    await work.press(f"ask:{FIRST}")
    said = await work.stage.says(work.cast.officer, "x" * (LONGEST + 1))
    assert f"at most {LONGEST}" in said.text
    said = await work.stage.sends(work.cast.officer, PHOTO)
    assert "Please type this in a few words." in said.text
    assert work.read("SELECT id FROM inquiry") == []


@pytest.mark.parametrize("state", STATES)
async def test_who_is_on_the_case_may_ask_in_every_state_and_nobody_else(
    work: Casework, cast: Cast, state: str
) -> None:
    head, called = work.colleague("head", 190), work.colleague("guard", 191)
    await work.report()
    work.stage.db.run_now(lambda conn: set_case(conn, 1, state=state))
    work.stage.db.run_now(
        lambda conn: conn.exec_driver_sql(
            "INSERT INTO card (incident_id, chat_id, member_id, round, level, outbox_id, superseded, at) "
            f"VALUES (1, 191, {called.id}, 0, 3, 1, false, '2026-03-16 13:42:00')"
        )
    )
    for person, may in (
        (cast.officer, True),
        (cast.admin, True),
        (called, True),
        (cast.doctor, False),
        (head, True),
        (cast.guard, False),
    ):
        said = await work.press(f"ask:{FIRST}", by=person)
        assert bool(said.texts) == may, person.role
        assert bool(said.toasts) != may
    assert (await work.press(f"ask:{FIRST}", by=cast["QP02"]["admin"])).toasts == [
        "There is no such record in your hospital."
    ]


async def test_nobody_asks_themselves(work: Casework, cast: Cast) -> None:
    await work.report(by=cast.officer)
    screens = [(await work.press(f"case:{FIRST}{page}")).buttons for page in ("", ":more")]
    assert not any("Ask the reporter" in each for each in screens)
    assert (await work.press(f"ask:{FIRST}")).toasts == [f"You reported {FIRST} yourself."]


# -- answering ------------------------------------------------------------------------------------


async def test_an_answer_joins_the_case_and_whoever_asked_is_told_alone(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    said = await work.press("answer:1", by=cast.guard)
    assert first_line(said) == f"The safety office asks: {WHERE}"
    said = await work.stage.says(cast.guard, "to the east gate")
    told = said.to(cast.officer.user_id)
    (news,) = [item for item in told.out if item.method == "sendMessage"]
    assert news.payload["text"].splitlines() == [
        f"{FIRST}: the reporter answered.",
        f"Question: {WHERE}",
        "Answer: to the east gate",
    ]
    assert news.priority == Priority.REPLY
    assert {item.method for item in said.to(cast.admin.user_id).out} == {"editMessageText"}
    assert "to the east gate" in said.to(cast.admin.user_id).text
    assert said.to(cast.guard.user_id).text.splitlines() == [
        f"Your answer is with {FIRST}.",
        "Notified: 1 safety officer.",
    ]
    assert additions(work) == [(1, "to the east gate")]
    full = (await work.press(f"show:{FIRST}")).text
    assert f"Asked: {WHERE}\nAnswered today 21:42: to the east gate" in full
    log = (await work.press(f"case:{FIRST}:log")).text
    assert (
        f"Answered by the reporter: {WHERE} · security guard QP01 guard · to the east gate" in log
    )
    assert "Not answered yet" not in (await work.press(f"case:{FIRST}")).text


@pytest.mark.parametrize(
    ("content", "method", "shown"),
    [
        (PHOTO | {"caption": "this one"}, "sendPhoto", "Answer: this one"),
        (VOICE, "sendVoice", "Attached: 1"),
        (FILE, "sendDocument", "Attached: 1"),
        (PLACE, "sendLocation", "Answer: Place sent: 31.15000, 121.11000"),
    ],
)
async def test_anything_can_be_the_answer_and_reaches_whoever_asked(
    work: Casework, cast: Cast, content: dict[str, Any], method: str, shown: str
) -> None:
    await work.report()
    await ask(work)
    said = await answered(work, content)
    told = said.to(cast.officer.user_id)
    assert shown in told.text
    assert [item.method for item in told.out if item.method == method] == [method]
    files = work.read("SELECT subject FROM evidence WHERE subject = 'addition'")
    assert len(files) == (method != "sendLocation")
    assert (await work.press(f"show:{FIRST}")).text.count("Answered today 21:42:") == 1


async def test_a_place_added_without_a_question_is_kept_as_well(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.press(f"add:{FIRST}", by=cast.guard)
    said = await work.stage.sends(cast.guard, PLACE)
    assert "Place sent: 31.15000, 121.11000" in said.to(cast.officer.user_id).text
    assert additions(work) == [(None, "Place sent: 31.15000, 121.11000")]


async def test_several_questions_by_several_people_are_answered_out_of_order(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    await ask(work, "how old was he", by=cast.admin)
    said = await answered(work, "about thirty", which=2)
    assert "about thirty" in said.to(cast.admin.user_id).text
    assert "Question:" not in said.to(cast.officer.user_id).text
    own = said.to(cast.guard.user_id)
    assert f"Still asked: {WHERE}" in own.text
    assert own.button("Answer it") == "answer:1"
    said = await answered(work, "to the east gate", which=1)
    assert "to the east gate" in said.to(cast.officer.user_id).text
    assert additions(work) == [(2, "about thirty"), (1, "to the east gate")]
    assert said.to(cast.guard.user_id).button("Say more") == "answer:1"
    await answered(work, "by the stairs", which=1)
    assert additions(work)[-1] == (1, "by the stairs")


async def test_the_button_of_another_question_takes_the_next_message_for_that_one(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    await ask(work, "how old was he")
    await work.press("answer:1", by=cast.guard)
    await work.press("answer:2", by=cast.guard)
    await work.stage.says(cast.guard, "about thirty")
    assert additions(work) == [(2, "about thirty")]


async def test_a_question_owns_the_next_message_only_after_its_button(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    said = await work.stage.says(cast.guard, "/report")
    said = await work.press(said.button("Theft"), by=cast.guard)
    await ask(work)
    said = await work.stage.says(cast.guard, "a phone is gone")
    assert "Please check" in said.text
    assert additions(work) == []
    await work.press(said.button("Submit"), by=cast.guard)
    said = await work.stage.says(cast.guard, "good night")
    assert additions(work) == []


async def test_a_reply_to_the_question_is_the_answer_even_inside_another_form(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    await ask(work, "how old was he", by=cast.admin)
    arrived(work, 1, 41)
    arrived(work, 2, 42)
    said = await work.stage.says(cast.guard, "/report")
    said = await work.press(said.button("Theft"), by=cast.guard)
    said = await work.stage.sends(cast.guard, replies(42, {"text": "about thirty"}, cast.guard))
    assert "about thirty" in said.to(cast.admin.user_id).text
    await work.stage.sends(cast.guard, replies(41, PHOTO, cast.guard))
    assert additions(work) == [(2, "about thirty"), (1, "")]
    said = await work.stage.says(cast.guard, "a phone is gone")
    assert "Please check" in said.text, "the form goes on where it was"


async def test_a_reply_to_anything_else_or_by_somebody_else_is_a_message_like_any(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    arrived(work, 1, 41)
    for person, number in ((cast.guard, 40), (cast.doctor, 41)):
        said = await work.stage.sends(person, replies(number, {"text": "hello"}, person))
        assert first_line(said) == "File this?"
    assert additions(work) == []


async def test_a_reply_while_its_own_answer_is_awaited_answers_once(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    arrived(work, 1, 41)
    await work.press("answer:1", by=cast.guard)
    await work.stage.sends(cast.guard, replies(41, {"text": "east"}, cast.guard))
    assert additions(work) == [(1, "east")]
    assert work.read("SELECT id FROM draft") == []


async def test_a_file_too_large_in_a_reply_is_refused_with_a_sentence(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    arrived(work, 1, 41)
    big = {"document": {**FILE["document"], "file_size": 40 * 1024 * 1024}}
    said = await work.stage.sends(cast.guard, replies(41, big, cast.guard))
    assert "at most 20 MB" in said.text
    assert additions(work) == []


async def test_colleagues_and_forged_numbers_have_no_question_to_answer(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    for person in (cast.officer, cast.doctor, cast["QP02"]["guard"]):
        said = await work.press("answer:1", by=person)
        assert said.toasts == ["There is no such question to you."]
    for forged in ("answer:2", "answer:", "answer:x", "answer:-1"):
        assert (await work.press(forged, by=cast.guard)).toasts
    assert work.read("SELECT id FROM draft") == []


# -- too late, out of reach -----------------------------------------------------------------------


async def test_an_answer_to_a_case_closed_meanwhile_joins_all_the_same_and_both_are_told(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    await work.press("answer:1", by=cast.guard)
    await work.close(FIRST)
    said = await work.stage.says(cast.guard, "to the east gate")
    assert "The case is closed meanwhile." in said.to(cast.officer.user_id).text
    own = said.to(cast.guard.user_id).text
    assert "The case is closed meanwhile; the answer still counts." in own
    assert additions(work) == [(1, "to the east gate")]
    assert work.row().state == "closed"


@pytest.mark.parametrize("how", ["left", "blocked"])
async def test_a_reporter_who_is_out_of_reach_is_said_before_and_after_typing(
    work: Casework, cast: Cast, how: str
) -> None:
    await work.report()
    await work.press(f"ask:{FIRST}", by=cast.admin)
    lose(work, cast.guard, how)
    out_of_reach = (
        f"The reporter of {FIRST} cannot be reached through me any more. Nothing was sent."
    )
    assert (await work.press(f"ask:{FIRST}")).toasts == [out_of_reach]
    said = await work.stage.says(cast.admin, WHERE)
    assert said.texts == [out_of_reach]
    assert said.readers == {cast.admin.user_id}
    assert work.read("SELECT id FROM inquiry") == []


def lose(work: Casework, person: Person, how: str) -> None:
    """Somebody leaves the hospital, or blocks the bot."""
    if how == "left":
        work.stage.db.run_now(lambda conn: remove_member(conn, person.id, now=NOW))
    else:
        work.stage.db.run_now(lambda conn: mark_reachable(conn, person.user_id, since=NOW))


async def test_a_question_that_telegram_refuses_is_told_to_its_asker_once(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    dead = "UPDATE outbox SET state = 'dead' WHERE id = (SELECT outbox_id FROM inquiry)"
    work.stage.db.run_now(lambda conn: conn.exec_driver_sql(dead))
    for _twice in range(2):
        sweep(work.stage.db, NOW + timedelta(seconds=2))
    query = "SELECT chat_id, payload FROM outbox WHERE state = 'queued'"
    told = [row for row in work.read(query) if "could not be delivered" in str(row[1])]
    assert [row[0] for row in told] == [cast.officer.user_id]
    screen = (await work.press(f"case:{FIRST}")).text
    assert f"Could not be delivered to the reporter: {WHERE}" in screen


async def test_where_the_asker_has_gone_the_safety_office_hears_the_answer(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    lose(work, cast.officer, "left")
    said = await answered(work, "to the east gate")
    assert "Answer: to the east gate" in said.to(cast.admin.user_id).text
    assert cast.officer.user_id not in {
        item.chat_id for item in said.out if "the reporter answered" in str(item.payload)
    }


async def test_an_asker_who_has_no_part_in_it_any_more_does_not_read_the_answer(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await ask(work)
    change = f"UPDATE member SET role = 'auditor' WHERE id = {cast.officer.id}"
    work.stage.db.run_now(lambda conn: conn.exec_driver_sql(change))
    said = await answered(work, "to the east gate")
    news = {item.chat_id for item in said.out if "the reporter answered" in str(item.payload)}
    assert news == {cast.admin.user_id}


# -- confidential ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["guard", "officer"])
async def test_a_confidential_reporter_is_asked_and_answers_and_nobody_learns_who_it_is(
    work: Casework, cast: Cast, role: str
) -> None:
    me = cast.guard if role == "guard" else work.colleague("officer", 190)
    asker = cast.admin
    await work.report(by=me, confidential=True)
    seen = [await ask(work, by=asker)]
    assert seen[0].to(me.user_id).texts, "it arrives"
    seen.append(await work.press("answer:1", by=me))
    seen.append(await work.stage.sends(me, PHOTO | {"caption": "room 3"}))
    arrived(work, 1, 41)
    seen.append(await work.stage.sends(me, replies(41, {"text": "at nine"}, me)))
    for page in ("", ":more", ":log"):
        seen.append(await work.press(f"case:{FIRST}{page}", by=asker))
    seen.append(await work.press(f"show:{FIRST}", by=asker))
    assert f"Answered by the reporter: {WHERE} · 1 file · a confidential reporter" in seen[-2].text
    assert "Answered today 21:42: room 3" in seen[-1].text
    for said in seen:
        for item in said.out:
            if item.chat_id != me.user_id:
                assert f"QP01 {role}" not in str(item.payload)
                assert item.payload.get("from_chat_id") is None
    assert work.read(f"SELECT action FROM audit WHERE member_id = {me.id}") == []
    query = "SELECT action, member_id FROM audit WHERE action LIKE 'case.a%' ORDER BY id"
    assert work.read(query)[:2] == [("case.asked", asker.id), ("case.answered", None)]


async def test_that_a_confidential_reporter_is_out_of_reach_says_no_more_than_that(
    work: Casework, cast: Cast
) -> None:
    await work.report(confidential=True)
    said = []
    for how in ("blocked", "left"):
        lose(work, cast.guard, how)
        said += (await work.press(f"ask:{FIRST}")).toasts
    assert len(set(said)) == 1

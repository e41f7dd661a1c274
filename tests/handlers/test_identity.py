"""Confidential reports: nobody reads who filed them; opening that needs a reason, and the reporter is told."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from models.people import mark_reachable, remove_member
from tests.handlers.casing import FIRST, Casework
from tests.handlers.sweeping import at, owed, sweep
from tests.handlers.threatening import Answers, number_of
from tests.people import NOW, Cast
from tests.said import Said, first_line
from tests.stage import Stage

MINE = ("QP01 guard", "security guard")


async def test_the_card_says_it_in_one_press_and_plainly(work: Casework, cast: Cast) -> None:
    said = await work.stage.says(cast.guard, "/report")
    await work.press(said.button("Theft"), by=cast.guard)
    said = await work.stage.says(cast.guard, "a phone is gone")
    assert "Reported: With my name" in said.text
    said = await work.press(said.button("name shown"), by=cast.guard)
    for words in ("colleagues do not see who reported", "a reason, and you are told", "Telegram"):
        assert words in said.text
    said = await work.press(said.button("Confidential"), by=cast.guard)
    assert "Reported: Confidential" in said.text


async def test_a_plain_message_can_be_filed_confidentially_too(work: Casework, cast: Cast) -> None:
    await work.stage.says(cast.guard, "my phone was stolen")
    said = await work.stage.says(cast.guard, "from the locker")
    said = await work.press(said.button("Theft"), by=cast.guard)
    said = await work.press(said.button("name shown"), by=cast.guard)
    said = await work.press(said.button("Confidential"), by=cast.guard)
    await work.press(said.button("Submit"), by=cast.guard)
    assert work.read("SELECT confidential FROM incident") == [(1,)]


async def test_nothing_that_colleagues_read_says_who_it_was(work: Casework, cast: Cast) -> None:
    head = work.colleague("head", 190)
    seen = [await _filed(work, cast)]
    seen += [each async for each in _everything(work, cast)]
    for said in seen:
        for item in said.out:
            if item.chat_id == cast.guard.user_id:
                continue
            for words in MINE:
                assert words not in str(item.payload), item.payload["text"]
    told = {item.chat_id for said in seen for item in said.out}
    assert cast.officer.user_id in told
    assert head.user_id not in told, "its department's head could tell by the department alone"
    sweep(work.stage.db, at("2026-03-17 08:00"))
    for _reader, text_ in [*owed(work.stage.db), *_digests(work)]:
        assert not [words for words in MINE if words in text_]


def _digests(work: Casework) -> Iterator[tuple[int, str]]:
    rows = work.read("SELECT chat_id, payload FROM outbox WHERE state = 'queued' AND priority = 4")
    yield from ((row[0], str(row[1])) for row in rows)


async def _filed(work: Casework, cast: Cast) -> Said:
    said = await work.stage.says(cast.guard, "/report")
    await work.press(said.button("Staff attacked"), by=cast.guard)
    said = await work.stage.says(cast.guard, "the chief hits people")
    said = await work.press(said.button("name shown"), by=cast.guard)
    said = await work.press(said.button("Confidential"), by=cast.guard)
    return await work.press(said.button("Submit"), by=cast.guard)


async def _everything(work: Casework, cast: Cast) -> Any:
    await work.press(f"add:{FIRST}", by=cast.guard)
    yield await work.stage.says(cast.guard, "it happened again")
    yield await work.press(f"case:{FIRST}")
    yield await work.press(f"case:{FIRST}:more", by=cast.admin)
    yield await work.press(f"show:{FIRST}")
    yield await work.press(f"case:{FIRST}:take")
    yield await work.press(f"act:false:{FIRST}", by=cast.guard)
    yield await work.press(f"case:{FIRST}:log")
    yield await work.answer(f"move:reopen:{FIRST}", "it is true")
    yield await work.press(f"case:{FIRST}:log", by=cast.admin)
    yield await work.hand_over(FIRST)


async def test_a_reporter_who_calls_it_off_is_not_named_in_the_log(
    work: Casework, cast: Cast
) -> None:
    await _filed(work, cast)
    await work.press(f"act:false:{FIRST}", by=cast.guard)
    assert "False alarm · a confidential reporter" in (await work.press(f"case:{FIRST}:log")).text


async def test_the_audit_has_no_account_of_theirs_and_the_record_has(
    work: Casework, cast: Cast
) -> None:
    await _filed(work, cast)
    await work.press(f"add:{FIRST}", by=cast.guard)
    await work.stage.says(cast.guard, "it happened again")
    query = f"SELECT action FROM audit WHERE subject = '{FIRST}' AND member_id = {cast.guard.id}"
    assert work.read(query) == []
    assert work.read("SELECT reporter_id FROM incident") == [(cast.guard.id,)]


async def test_the_head_of_the_department_does_not_read_it(work: Casework, cast: Cast) -> None:
    head = work.colleague("head", 190)
    await _filed(work, cast)
    said = await work.press(f"case:{FIRST}", by=head)
    assert said.toasts == ["This case is not yours to read. The safety office can bring you in."]


async def test_their_own_list_has_it_and_they_are_told_of_every_change(
    work: Casework, cast: Cast
) -> None:
    await _filed(work, cast)
    assert FIRST in (await work.stage.says(cast.guard, "/mine")).text
    said = await work.press(f"case:{FIRST}:take")
    assert "is being dealt with" in said.to(cast.guard.user_id).text


# -- opening it ------------------------------------------------------------------------------------


async def test_an_administrator_opens_it_with_a_reason_and_the_reporter_hears_at_once(
    work: Casework, cast: Cast
) -> None:
    await _filed(work, cast)
    assert "Open identity" in (await work.press(f"case:{FIRST}:more", by=cast.admin)).buttons
    said = await work.press(f"identity:{FIRST}", by=cast.admin)
    assert "told to the reporter at once" in said.text
    said = await work.stage.says(cast.admin, "the police ask for a witness, 13800138000")
    mine = said.to(cast.admin.user_id).text.splitlines()
    assert mine[0] == f"{FIRST} was reported by: QP01 guard · security guard · ER"
    assert mine[2] == "The reporter was told that you opened it."
    heard = said.to(cast.guard.user_id).text
    assert heard.startswith(f"⚠️ Your confidential report {FIRST}: the administrator has opened")
    assert "Reason: the police ask for a witness" in heard
    assert "13800138000" not in heard
    (step,) = work.steps("identity_opened")
    assert (step.member, step.words[:10]) == ("QP01 admin", "the police")
    query = "SELECT member_id, subject FROM audit WHERE action = 'identity.opened'"
    assert work.read(query) == [(cast.admin.id, FIRST)]
    log = (await work.press(f"case:{FIRST}:log")).text
    assert "Identity of the reporter opened · administrator QP01 admin · the police" in log
    assert "QP01 guard" not in log


async def test_a_reporter_who_cannot_be_reached_is_said_to_be_untold(
    work: Casework, cast: Cast
) -> None:
    await _filed(work, cast)
    work.stage.db.run_now(lambda conn: mark_reachable(conn, cast.guard.user_id, since=NOW))
    said = await work.answer(f"identity:{FIRST}", "a witness is needed", by=cast.admin)
    assert "cannot be reached through me and was not told" in said.text
    assert said.readers == {cast.admin.user_id}
    work.stage.db.run_now(lambda conn: remove_member(conn, cast.guard.id, now=NOW))
    said = await work.answer(f"identity:{FIRST}", "a witness is needed", by=cast.admin)
    assert "QP01 guard" in said.text


async def test_only_administrators_of_the_hospital_and_only_what_is_confidential(
    work: Casework, cast: Cast
) -> None:
    await _filed(work, cast)
    second = await work.report("Theft")
    for person in (cast.officer, cast.guard, cast.doctor):
        said = await work.press(f"identity:{FIRST}", by=person)
        assert said.toasts == ["This is not part of your role. /help lists what you can do."]
    said = await work.press(f"identity:{second}", by=cast.admin)
    assert said.toasts == [f"{second} was not reported confidentially."]
    said = await work.press(f"identity:{FIRST}", by=cast["QP02"]["admin"])
    assert said.toasts == ["There is no such record in your hospital."]
    assert work.steps("identity_opened") == []


async def test_nobody_opens_their_own_report(work: Casework, cast: Cast) -> None:
    await work.report("Theft", by=cast.admin, confidential=True)
    said = await work.press(f"identity:{FIRST}", by=cast.admin)
    assert said.toasts == [f"You reported {FIRST} yourself."]


async def test_begun_as_an_administrator_it_ends_as_one(work: Casework, cast: Cast) -> None:
    await _filed(work, cast)
    await work.press(f"identity:{FIRST}", by=cast.admin)
    change = text("UPDATE member SET role = 'guard' WHERE id = :id")
    work.stage.db.run_now(lambda conn: conn.execute(change, {"id": cast.admin.id}))
    said = await work.stage.says(cast.admin, "I want to know")
    assert "QP01 guard ·" not in said.text
    assert work.steps("identity_opened") == []


async def test_an_unnamed_threat_is_opened_the_same_way(
    stage: Stage, work: Casework, cast: Cast
) -> None:
    number = await number_of(stage, cast, Answers(changes=(("named or not", "Unnamed"),)))
    said = await work.press(f"threat:{number}", by=cast.admin)
    data = said.button("Open identity")
    said = await work.press(f"threat:{number}", by=cast.officer)
    assert "Open identity" not in said.buttons
    said = await work.answer(data, "the police ask for a witness", by=cast.admin)
    assert first_line(said.to(cast.admin.user_id)).endswith("QP01 doctor · duty doctor · ER")
    assert "has opened who reported it" in said.to(cast.doctor.user_id).text
    said = await work.press(f"threat:{number}", by=cast.admin)
    assert "Identity of the reporter opened" in said.text
    assert "the police ask" not in str(work.read("SELECT * FROM threat_step"))


@pytest.mark.parametrize("argument", ["", "x" * 40, "QP01-2026-9999", "²"])
async def test_forged_numbers_are_answered(work: Casework, cast: Cast, argument: str) -> None:
    said = await work.press(f"identity:{argument}", by=cast.admin)
    assert said.toasts == ["There is no such record in your hospital."]


async def test_privacy_says_it(work: Casework, cast: Cast) -> None:
    said = await work.stage.says(cast.guard, "/privacy")
    assert "Confidential: colleagues do not see who reported." in said.text

"""What is done about a threat: read, told outside, escorted, renewed, ended; on both engines."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text, update

from bot.crypto import Cipher
from bot.db import Database
from models.people import MEMBER
from models.threat import THREAT
from tests.handlers.threatening import (
    SAID,
    SECRETS,
    WHERE,
    WHO,
    Answers,
    do,
    number_of,
    rows,
    threaten,
)
from tests.handlers.world import THREAT_VERBS
from tests.people import NOW, Cast, Person
from tests.said import Said, first_line
from tests.stage import CIPHER, Stage

SHANGHAI = ZoneInfo("Asia/Shanghai")
WHY = "he was seen at the gate again"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What does not depend on the engine is tried on SQLite only; the tables have tests of their own on both."""
    return sqlite_db


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        assert rows(db, "SELECT error FROM inbox WHERE state = 'bad'") == []


async def decide(stage: Stage, person: Person, verb: str, number: str, *first: str) -> Said:
    """Begin one of the forms, press what it asks first, and give the reason."""
    said = await do(stage, person, verb, number)
    for label in first:
        said = await stage.presses(person, said.button(label))
    return await stage.says(person, WHY)


def state_of(db: Database) -> str:
    return str(rows(db, "SELECT state FROM threat")[0][0])


def kinds(db: Database) -> list[str]:
    return [str(kind) for (kind,) in rows(db, "SELECT kind FROM threat_step ORDER BY id")]


def review_day(db: Database) -> str:
    """The local day of the review."""
    moment = db.run_now(lambda conn: conn.execute(THREAT.select()).one().review_at)
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


# -- reading ---------------------------------------------------------------------------------------


async def test_name_and_account_are_shown_here_with_ids_masked(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast, Answers(who=f"{WHO}, 13812345678", escort="Yes"))
    said = await stage.presses(cast.officer, f"threat:{number}")
    assert said.text.splitlines() == [
        f"⚠️ {number}: do not forward",
        "Risk: high (a weapon, with threats or acting out; our default rule, can be changed)",
        "State: watched, review by Mon, Mar 23 24:00",
        f"Place: {WHERE} · aimed at: ER",
        "Signs: Threatened violence to staff",
        f"Weapon: Spoken of · person: {WHO}, •••••••••••",
        SAID,
        "Reported by: duty doctor · ER · today 21:42",
        "The reporter wants an escort.",
    ]
    assert said.readers == {cast.officer.user_id}
    assert list(said.buttons) == [
        *("Arrange escort", "Ready text", "Police told", "Commission told"),
        *("Renew", "Change risk", "End it"),
    ]
    assert all(len(data.encode()) <= 64 for data in said.buttons.values())


async def test_every_reading_is_written_down(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast)
    for person in (cast.officer, cast.admin, cast.officer):
        await stage.presses(person, f"threat:{number}")
    await do(stage, cast.admin, "text", number)
    query = "SELECT member_id, subject FROM audit WHERE action = 'threat.read' ORDER BY id"
    readers = (cast.officer, cast.admin, cast.officer, cast.admin)
    assert rows(stage.db, query) == [(person.id, number) for person in readers]


async def test_photos_come_with_the_reading(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.doctor, "/threat")
    said = await stage.says(cast.doctor, WHERE)
    await stage.presses(cast.doctor, said.button("None of these"))
    voice = {"file_id": "v1", "file_unique_id": "u", "duration": 3, "file_size": 9}
    said = await stage.sends(cast.doctor, {"voice": voice})
    said = await stage.presses(cast.doctor, said.button("None seen"))
    said = await stage.presses(cast.doctor, said.button("Skip"))
    card = await stage.presses(cast.doctor, said.button("No"))
    await stage.presses(cast.doctor, card.button("Submit"))
    read = await stage.presses(cast.officer, "threat:QP01-2026-0001")
    assert read.out[1].payload["voice"] == "v1"
    assert "(no text)" in read.text


async def test_sealed_with_another_key_it_says_so_and_counts_as_no_reading(
    stage: Stage, cast: Cast
) -> None:
    number = await number_of(stage, cast)
    other = Cipher(b"9" * 32).seal("x", about="threat.place")
    change = text("UPDATE threat SET place_sealed = :seal")
    stage.db.run_now(lambda conn: conn.execute(change, {"seal": other}))
    for said in (
        await stage.presses(cast.officer, f"threat:{number}"),
        await do(stage, cast.officer, "text", number),
    ):
        assert said.toasts == ["This was encrypted with another key and cannot be opened here."]
        assert said.texts == []
    assert rows(stage.db, "SELECT 1 FROM audit WHERE action = 'threat.read'") == []


# -- telling the police and the commission ---------------------------------------------------------


async def test_the_ready_text_names_nobody(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast)
    said = await do(stage, cast.officer, "text", number)
    notice, note = said.texts
    assert notice.splitlines() == [
        "Notice of a safety risk to medical staff",
        "To: the police; the district health commission",
        f"On Mar 16, 2026 at 21:42, QP01 hospital registered a safety risk to medical staff, number {number}.",
        f"Department: ER. Place: {WHERE}.",
        "Conduct: Threatened violence to staff. Weapon: Spoken of.",
        "Risk as assessed by the hospital: high.",
        "The name of the person concerned is held in the hospital's encrypted record.",
        "Your guidance and assistance are requested.",
        "QP01 hospital, Mar 16, 2026",
    ]
    assert "nothing has left yet" in note
    assert set(said.buttons) == {"Police told", "Commission told"}
    assert not [word for word in (SAID, WHO, "QP01 doctor") if word in said.everything]


async def test_in_chinese_it_is_a_document(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast)
    chinese = update(MEMBER).where(MEMBER.c.id == cast.officer.id).values(locale="zh_Hans")
    stage.db.run_now(lambda conn: conn.execute(chinese))
    said = await do(stage, cast.officer, "text", number)
    assert said.texts[0].startswith("关于涉医安全风险线索的通报")
    assert "2026年3月16日21:42" in said.texts[0]
    assert "姓名见院内加密记录" in said.texts[0]


@pytest.mark.parametrize(
    ("verb", "kind", "heard"),
    [
        ("police", "police_told", "the police have been told"),
        ("commission", "commission_told", "the health commission has been told"),
    ],
)
async def test_who_was_told_is_noted_once_and_shown(
    stage: Stage, cast: Cast, verb: str, kind: str, heard: str
) -> None:
    number = await number_of(stage, cast)
    said = await do(stage, cast.officer, verb, number)
    assert said.to(cast.officer.user_id).text.startswith("Noted:")
    assert heard in said.to(cast.doctor.user_id).text
    assert said.readers == {cast.officer.user_id, cast.doctor.user_id}
    again = await do(stage, cast.admin, verb, number)
    assert again.texts == []
    assert again.toasts[0].endswith("today 21:42, by the safety officer.")
    assert kinds(stage.db) == [kind]
    read = await stage.presses(cast.admin, f"threat:{number}")
    assert "told: today 21:42 (safety officer)" in read.text
    assert f"threat_step:{verb}:{number}" not in read.buttons.values()
    query = f"SELECT member_id FROM audit WHERE action = 'threat.{kind}'"
    assert rows(stage.db, query) == [(cast.officer.id,)]


# -- escort ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "who"), [("A guard goes", "security guard"), ("I go myself", "safety officer")]
)
async def test_the_reporter_reads_who_comes(stage: Stage, cast: Cast, label: str, who: str) -> None:
    number = await number_of(stage, cast, Answers(escort="Yes"))
    asked = await do(stage, cast.officer, "escort", number)
    said = await stage.presses(cast.officer, asked.button(label))
    assert f"the {who} is coming to escort you" in said.to(cast.doctor.user_id).text
    second = await do(stage, cast.admin, "escort_guard", number)
    assert second.toasts[0].startswith("Noted already: Escort arranged")
    assert (await do(stage, cast.admin, "escort", number)).toasts == second.toasts
    assert kinds(stage.db) == ["escorted"]


async def test_without_a_wish_for_it_there_is_no_escort(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast)
    for verb in ("escort", "escort_guard", "escort_me"):
        said = await do(stage, cast.officer, verb, number)
        assert said.toasts == [f"No escort was asked for with {number}."]
    assert kinds(stage.db) == []


async def test_a_reporter_who_cannot_be_reached_is_gone_to_at_once(
    stage: Stage, cast: Cast
) -> None:
    number = await number_of(stage, cast, Answers(escort="Yes"))
    silent = update(MEMBER).where(MEMBER.c.id == cast.doctor.id).values(unreachable_at=NOW)
    stage.db.run_now(lambda conn: conn.execute(silent))
    said = await do(stage, cast.officer, "escort_guard", number)
    assert said.readers == {cast.officer.user_id}
    assert "please go to the place at once" in said.text


# -- renewed, ended, another risk ------------------------------------------------------------------


async def test_renewed_with_a_reason_it_has_a_new_date_and_is_warned_of_again(
    stage: Stage, cast: Cast
) -> None:
    number = await number_of(stage, cast)
    assert review_day(stage.db) == "03-23 23:59"
    stage.at(NOW + timedelta(days=6))
    said = await decide(stage, cast.officer, "renew", number)
    assert review_day(stage.db) == "03-29 23:59"
    answer = said.to(cast.officer.user_id).text
    assert answer == f"{number} stays watched, review by Sun, Mar 29 24:00 (7 days: our default)."
    assert "still watched" in said.to(cast.doctor.user_id).text
    warning = first_line(said.to(cast.guard.user_id))
    assert warning.startswith("⚠️ Please go on taking care: a threat against ER still stands")
    (seal,) = rows(stage.db, "SELECT reason_sealed FROM threat_step")[0]
    assert CIPHER.open(bytes(seal), about="threat_step.reason") == WHY  # type: ignore[call-overload]
    read = await stage.presses(cast.admin, f"threat:{number}")
    assert f"Renewed: today 21:42 (safety officer) · {WHY}" in read.text
    assert WHY not in said.everything


async def test_an_expired_one_can_be_renewed(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast)
    rows(stage.db, "UPDATE threat SET state = 'expired' RETURNING id")
    read = await stage.presses(cast.admin, f"threat:{number}")
    assert "State: expired" in read.text
    assert {"Renew", "End it"} <= set(read.buttons)
    assert "Change risk" not in read.buttons
    await decide(stage, cast.officer, "renew", number)
    assert state_of(stage.db) == "open"


async def test_ended_with_a_reason_it_stays_but_is_done(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast, Answers(escort="Yes"))
    said = await decide(stage, cast.admin, "end", number)
    assert "watching has ended" in said.to(cast.doctor.user_id).text
    assert said.readers == {cast.admin.user_id, cast.doctor.user_id}
    read = await stage.presses(cast.officer, f"threat:{number}")
    assert SAID in read.text
    assert read.buttons == {}
    for verb in ("renew", "end", "level"):
        again = await do(stage, cast.officer, verb, number)
        assert again.toasts == [f"{number} is ended by now; nothing was changed."]
    assert kinds(stage.db) == ["ended"]


@pytest.mark.parametrize(("verb", "first"), [("renew", ()), ("end", ()), ("level", ("low",))])
async def test_ended_while_a_reason_is_written_nothing_is_changed(
    stage: Stage, cast: Cast, verb: str, first: tuple[str, ...]
) -> None:
    number = await number_of(stage, cast)
    said = await do(stage, cast.officer, verb, number)
    for label in first:
        said = await stage.presses(cast.officer, said.button(label))
    await decide(stage, cast.admin, "end", number)
    late = await stage.says(cast.officer, WHY)
    assert late.texts == [f"{number} is ended by now; nothing was changed."]
    assert kinds(stage.db) == ["ended"]


async def test_the_risk_can_be_set_by_hand_and_never_puts_off_the_review(
    stage: Stage, cast: Cast
) -> None:
    number = await number_of(stage, cast, Answers(signs=(), weapon="None seen"))
    assert review_day(stage.db) == "04-15 23:59"
    asked = await do(stage, cast.officer, "level", number)
    assert "The rule: high where the person may turn violent" in asked.text
    said = await decide(stage, cast.officer, "level", number, "high")
    assert "the risk is now high" in said.to(cast.doctor.user_id).text
    assert review_day(stage.db) == "03-23 23:59"
    read = await stage.presses(cast.officer, f"threat:{number}")
    assert "Risk: high (set by hand)" in read.text
    assert "Ready text" in read.buttons
    await decide(stage, cast.officer, "level", number, "low")
    assert review_day(stage.db) == "03-23 23:59"
    assert rows(stage.db, "SELECT code FROM threat_step ORDER BY id") == [("high",), ("low",)]


async def test_reasons_never_stand_in_clear_while_they_are_written(
    stage: Stage, cast: Cast
) -> None:
    number = await number_of(stage, cast)
    said = await do(stage, cast.officer, "level", number)
    await stage.presses(cast.officer, said.button("medium"))
    (answers,) = rows(stage.db, "SELECT CAST(answers AS TEXT) FROM draft")[0]
    assert "medium" not in str(answers)


async def test_the_reporter_does_not_hear_of_what_they_do_themselves(
    stage: Stage, cast: Cast
) -> None:
    said = await threaten(stage, cast.officer)
    number = said.to(cast.admin.user_id).button("Read it").partition(":")[2]
    done = await do(stage, cast.officer, "police", number)
    assert [item.method for item in done.out] == ["sendMessage", "answerCallbackQuery"]


# -- odd presses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["nothing:{n}", ":{n}", "renew:", "renew", "renew:QP01-2026-0099"])
async def test_an_odd_button_is_answered_and_changes_nothing(
    stage: Stage, cast: Cast, data: str
) -> None:
    number = await number_of(stage, cast)
    said = await stage.presses(cast.officer, "threat_step:" + data.format(n=number))
    assert said.toasts
    assert said.texts == []
    assert kinds(stage.db) == []


async def test_another_hospital_and_other_roles_change_nothing(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast, Answers(escort="Yes"))
    for person in (cast.guard, cast.doctor, cast["QP02"]["admin"], cast["QP02"]["officer"]):
        for verb in THREAT_VERBS:
            said: Any = await do(stage, person, verb, number)
            assert said.toasts
            assert said.readers == {person.user_id}
            assert not [word for word in SECRETS if word in said.everything]
    assert kinds(stage.db) == []

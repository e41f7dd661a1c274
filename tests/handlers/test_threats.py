"""/threat: what is asked, what is kept and how, and who hears what of it; on both engines."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import update

from bot.db import Database
from bot.i18n import use_locale
from models.people import MEMBER, ensure_department
from tests.handlers.threatening import (
    SAID,
    SECRETS,
    WHERE,
    WHO,
    Answers,
    every_word,
    number_of,
    rows,
    threaten,
    to_the_card,
)
from tests.people import NOW, Cast, Person, enlist
from tests.said import first_line
from tests.stage import CIPHER, Stage


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What does not depend on the engine is tried on SQLite only; the tables have tests of their own on both."""
    return sqlite_db


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        assert rows(db, "SELECT error FROM inbox WHERE state = 'bad'") == []


def sealed(db: Database) -> dict[str, str]:
    """What the threat holds, opened."""
    (place, account, who) = rows(db, "SELECT place_sealed, account_sealed, who_sealed FROM threat")[
        0
    ]
    found = {"place": place, "account": account, "who": who}
    return {
        name: CIPHER.open(bytes(value), about=f"threat.{name}")  # type: ignore[call-overload]
        for name, value in found.items()
        if value is not None
    }


# -- the form --------------------------------------------------------------------------------------


async def test_six_things_are_asked_and_the_rest_is_proposed(stage: Stage, cast: Cast) -> None:
    card = await to_the_card(stage, cast.doctor, Answers(escort="Yes"))
    assert card.text.splitlines() == [
        "Please check. Only safety officers and administrators read all of it.",
        "Risk: high (a weapon, with threats or acting out; our default rule, can be changed)",
        f"Place: {WHERE}",
        "Signs: Threatened violence to staff",
        SAID,
        f"Weapon: Spoken of · person: {WHO}",
        "Escort: Yes, please · to colleagues: Named",
        "Warned, without name or account: ER",
    ]


@pytest.mark.parametrize(
    ("signs", "weapon", "level"),
    [
        ((), "None seen", "low"),
        (("Keeps making demands",), "Not known", "low"),
        (("Has acted out",), "None seen", "medium"),
        ((), "Seen", "medium"),
        (("Has acted out",), "Seen", "high"),
        (("May turn violent",), "None seen", "high"),
    ],
)
async def test_the_card_and_the_record_have_the_computed_level(
    stage: Stage, cast: Cast, signs: tuple[str, ...], weapon: str, level: str
) -> None:
    card = await to_the_card(stage, cast.doctor, Answers(signs=signs, weapon=weapon))
    assert f"Risk: {level} (" in card.text
    await stage.presses(cast.doctor, card.button("Submit"))
    assert rows(stage.db, "SELECT level FROM threat") == [(level,)]


async def test_everything_is_kept_and_what_was_said_is_sealed(stage: Stage, cast: Cast) -> None:
    await threaten(stage, cast.doctor, Answers(escort="Yes"))
    assert sealed(stage.db) == {"place": WHERE, "account": SAID, "who": WHO}
    query = "SELECT weapon, level, state, escort, unnamed, department_id, named_department_id FROM threat"
    (row,) = rows(stage.db, query)
    department = stage.db.run_now(
        lambda conn: ensure_department(conn, cast.hospital("QP01").id, "ER")
    )
    assert row == ("spoken", "high", "open", True, False, department, department)


async def test_who_it_is_can_be_left_out(stage: Stage, cast: Cast) -> None:
    card = await to_the_card(stage, cast.doctor, Answers(who=None))
    assert "person: not given" in card.text
    await stage.presses(cast.doctor, card.button("Submit"))
    assert set(sealed(stage.db)) == {"place", "account"}


async def test_department_and_name_are_changed_on_the_card(stage: Stage, cast: Cast) -> None:
    hospital = cast.hospital("QP01").id
    ward = stage.db.run_now(lambda conn: ensure_department(conn, hospital, "Ward 5"))
    changes = (("department", "Ward 5"), ("named or not", "Unnamed"))
    card = await to_the_card(stage, cast.doctor, Answers(changes=changes))
    assert "Warned, without name or account: Ward 5" in card.text
    assert "to colleagues: Unnamed" in card.text
    await stage.presses(cast.doctor, card.button("Submit"))
    query = "SELECT named_department_id, unnamed FROM threat"
    assert rows(stage.db, query) == [(ward, True)]


async def test_no_department_can_be_named(stage: Stage, cast: Cast) -> None:
    changes = (("department", "No department"),)
    card = await to_the_card(stage, cast.doctor, Answers(changes=changes))
    assert "No department is warned." in card.text
    said = await stage.presses(cast.doctor, card.button("Submit"))
    assert said.readers == {p.user_id for p in (cast.doctor, cast.officer, cast.admin)}


async def test_a_department_of_another_hospital_cannot_be_named(stage: Stage, cast: Cast) -> None:
    other = cast.hospital("QP02").id
    foreign = stage.db.run_now(lambda conn: ensure_department(conn, other, "Their ward"))
    card = await to_the_card(stage, cast.doctor, Answers())
    draft = card.button("Submit").split(":")[1]
    await stage.presses(cast.doctor, f"f:{draft}:card:edit=named")
    said = await stage.presses(cast.doctor, f"f:{draft}:named:{foreign}")
    assert said.toasts
    await stage.presses(cast.doctor, f"f:{draft}:card:card")
    await stage.presses(cast.doctor, f"f:{draft}:card:submit")
    (row,) = rows(stage.db, "SELECT named_department_id FROM threat")
    assert row[0] not in (None, foreign)


async def test_nothing_typed_ever_stands_in_clear(stage: Stage, cast: Cast) -> None:
    card = await to_the_card(stage, cast.doctor, Answers())
    assert not [word for word in SECRETS if word in every_word(stage.db)]
    said = await stage.presses(cast.doctor, card.button("Submit"))
    assert not [word for word in SECRETS if word in every_word(stage.db)]
    assert rows(stage.db, "SELECT payload FROM inbox WHERE payload IS NOT NULL") == []
    number = said.to(cast.officer.user_id).button("Read it")
    await stage.presses(cast.officer, number)
    assert not [word for word in SECRETS if word in every_word(stage.db)]


async def test_a_files_own_name_is_not_kept(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.doctor, "/threat")
    said = await stage.says(cast.doctor, WHERE)
    await stage.presses(cast.doctor, said.button("None of these"))
    file = {"file_id": "f1", "file_unique_id": "u1", "file_size": 9, "file_name": "Zhang San.pdf"}
    said = await stage.sends(cast.doctor, {"document": file, "caption": SAID})
    await stage.presses(cast.doctor, said.button("Not known"))
    said = await stage.presses(cast.doctor, f"f:{said.button('Cancel').split(':')[1]}:who:skip")
    card = await stage.presses(cast.doctor, said.button("No"))
    assert "Attached: 1" in card.text
    await stage.presses(cast.doctor, card.button("Submit"))
    assert rows(stage.db, "SELECT subject, kind, name FROM evidence") == [
        ("threat", "document", None)
    ]


async def test_an_unfinished_form_of_the_first_version_closes_with_a_sentence(
    stage: Stage, cast: Cast
) -> None:
    said = await stage.says(cast.doctor, "/threat")
    rows_of_it = "UPDATE draft SET version = 1, answers = '{}', held = '{}' RETURNING id"
    assert rows(stage.db, rows_of_it)
    said = await stage.presses(cast.doctor, said.button("Cancel"))
    assert said.text.startswith("This form was changed meanwhile.")


async def test_mine_lists_it_without_what_it_says(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast)
    await to_the_card(stage, cast.doctor, Answers())
    said = await stage.says(cast.doctor, "/mine")
    assert f"{number} threat" in said.text
    assert "threat report: 6 answers" in said.text
    assert not [word for word in SECRETS if word in said.everything]


# -- who hears of it -------------------------------------------------------------------------------


async def test_the_department_is_warned_without_name_place_or_account(
    stage: Stage, cast: Cast
) -> None:
    said = await threaten(stage, cast.doctor)
    warning = said.to(cast.guard.user_id)
    assert warning.text.splitlines() == [
        "⚠️ Please take care: a threat against ER, risk high.",
        "QP01-2026-0001",
        "Signs: Threatened violence to staff",
        "Weapon: Spoken of",
        "Do not be alone with this person; keep the door open and free.",
        "Call security before you go to them.",
        "☎️ In danger: dial 110 or send /sos.",
        "Please do not forward this.",
    ]
    assert warning.buttons == {}
    answer = said.to(cast.doctor.user_id).text
    assert "Warned without the name: 1 colleague of ER." in answer
    assert "Notified: 1 safety officer, 1 administrator." in answer
    for reader in said.readers - {cast.doctor.user_id}:
        assert not [w for w in (*SECRETS, "QP01 doctor") if w in said.to(reader).everything]


@pytest.mark.parametrize("level", ["low", "medium", "high"])
@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
async def test_a_warning_is_short_in_either_language(
    stage: Stage, cast: Cast, level: str, locale: str
) -> None:
    signs = {"low": (), "medium": ("Has acted out",), "high": ("May turn violent",)}[level]
    chosen = update(MEMBER).where(MEMBER.c.id == cast.guard.id).values(locale=locale)
    stage.db.run_now(lambda conn: conn.execute(chosen))
    said = await threaten(stage, cast.doctor, Answers(signs=signs, weapon="None seen"))
    lines = said.to(cast.guard.user_id).text.splitlines()
    assert len(lines) <= 8
    assert "110" in "\n".join(lines)
    assert ("风险" in lines[0]) == (locale == "zh_Hans")


def elsewhere(stage: Stage, cast: Cast, role: str, department: str, user_id: int) -> Person:
    """Somebody of QP01 who works in another department."""
    hospital = cast.hospital("QP01")

    def join(conn: Any) -> Person:
        person = enlist(conn, hospital, role, user_id=user_id)
        place = ensure_department(conn, hospital.id, department)
        conn.execute(update(MEMBER).where(MEMBER.c.id == person.id).values(department_id=place))
        return person

    return stage.db.run_now(join)


async def test_only_reachable_members_of_the_named_department_are_warned(
    stage: Stage, cast: Cast
) -> None:
    nurse = elsewhere(stage, cast, "doctor", "Ward 5", 901)
    head = elsewhere(stage, cast, "head", "Ward 5", 902)
    silent = elsewhere(stage, cast, "guard", "Ward 5", 903)
    gone = elsewhere(stage, cast, "guard", "Ward 5", 904)
    their_officer = elsewhere(stage, cast, "officer", "Ward 5", 905)
    stage.db.run_now(
        lambda conn: conn.execute(
            update(MEMBER).where(MEMBER.c.id == silent.id).values(unreachable_at=NOW)
        )
    )
    stage.db.run_now(
        lambda conn: conn.execute(
            update(MEMBER).where(MEMBER.c.id == gone.id).values(removed_at=NOW)
        )
    )
    changes = (("department", "Ward 5"),)
    said = await threaten(stage, cast.doctor, Answers(changes=changes))
    told = (cast.doctor, cast.officer, cast.admin, their_officer, nurse, head)
    assert said.readers == {person.user_id for person in told}
    assert first_line(said.to(their_officer.user_id)).startswith("⚠️ New threat")
    assert "Warned without the name: 2 colleagues of Ward 5." in said.to(cast.doctor.user_id).text


async def test_the_card_proposes_what_the_level_asks_for(stage: Stage, cast: Cast) -> None:
    said = await threaten(stage, cast.doctor)
    card = said.to(cast.officer.user_id)
    assert first_line(card) == "⚠️ New threat, risk high: please read it and act."
    assert "Reported by: duty doctor · ER" in card.text
    assert "the police and the health commission (our default)" in card.text
    assert set(card.buttons) == {"Read it", "Ready text"}
    calm = await threaten(stage, cast.doctor, Answers(signs=(), weapon="None seen"))
    assert set(calm.to(cast.officer.user_id).buttons) == {"Read it"}


async def test_a_wanted_escort_stands_first_with_its_button(stage: Stage, cast: Cast) -> None:
    said = await threaten(stage, cast.doctor, Answers(escort="Yes"))
    card = said.to(cast.admin.user_id)
    assert first_line(card).endswith("the reporter wants an escort now.")
    assert next(iter(card.buttons)) == "Arrange escort"
    assert "Who comes to escort you, you will read here." in said.to(cast.doctor.user_id).text


async def test_unnamed_nobody_reads_who_reported(stage: Stage, cast: Cast) -> None:
    changes = (("named or not", "Unnamed"),)
    said = await threaten(stage, cast.doctor, Answers(changes=changes))
    heard = "\n".join(said.to(r).everything for r in said.readers - {cast.doctor.user_id})
    read = await stage.presses(cast.admin, "threat:QP01-2026-0001")
    assert "Reported by: unnamed to colleagues" in heard
    assert "Reported by: unnamed to colleagues" in read.text
    assert "doctor" not in heard + read.everything
    assert rows(stage.db, "SELECT reporter_id FROM threat") == [(cast.doctor.id,)]
    assert rows(stage.db, f"SELECT 1 FROM audit WHERE member_id = {cast.doctor.id}") == []


async def test_with_nobody_to_tell_the_reporter_is_sent_to_the_telephone(
    stage: Stage, cast: Cast
) -> None:
    nobody = update(MEMBER).where(MEMBER.c.id != cast.doctor.id).values(unreachable_at=NOW)
    stage.db.run_now(lambda conn: conn.execute(nobody))
    said = await threaten(stage, cast.doctor, Answers(escort="Yes"))
    assert said.readers == {cast.doctor.user_id}
    assert "please phone your duty desk" in said.text
    assert "you will read here" not in said.text


async def test_the_person_reads_it_in_chinese(stage: Stage, cast: Cast) -> None:
    chinese = update(MEMBER).where(MEMBER.c.id == cast.officer.id).values(locale="zh_Hans")
    stage.db.run_now(lambda conn: conn.execute(chinese))
    said = await threaten(stage, cast.doctor)
    assert first_line(said.to(cast.officer.user_id)) == "⚠️ 新的威胁,风险高:请查看并处置。"
    with use_locale("zh_Hans"):
        assert list(said.to(cast.officer.user_id).buttons) == ["看详情", "拟好的通报"]

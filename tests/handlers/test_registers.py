"""The registers from the first press to the close: what each asks, who may, who is told, what closes it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.db import Database
from bot.messages import Priority
from models.evidence import EVIDENCE
from models.house_rule import set_rule
from models.people import remove_member
from models.register import ENTERED, KINDS
from tests.handlers.registering import PHOTO, Registers, Says, number_of
from tests.people import NOW, Cast, Person, enlist
from tests.said import Said
from tests.stage import Stage

NONE_OF_YOURS = "There is no such record of yours."


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What does not depend on the engine is tried on SQLite only; the tables have tests of their own on both."""
    return sqlite_db


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        bad = db.run_now(lambda c: c.execute(text("SELECT * FROM inbox WHERE state = 'bad'")).all())
        assert bad == [], "nothing a person can send is a fault"


@pytest.fixture
def books(stage: Stage, cast: Cast) -> Registers:
    return Registers(stage, cast)


@pytest.fixture
def head(db: Database, cast: Cast) -> Person:
    """The head of the department that everybody here is in."""
    return db.run_now(lambda conn: enlist(conn, cast.hospital("QP01"), "head", user_id=190))


def files(db: Database) -> list[tuple[str, int]]:
    """What the files belong to."""
    query = select(EVIDENCE.c.subject, EVIDENCE.c.subject_id).order_by(EVIDENCE.c.id)
    return [(row[0], row[1]) for row in db.run_now(lambda conn: conn.execute(query).all())]


# -- who may ---------------------------------------------------------------------------------------


async def test_each_role_is_offered_its_own_registers(stage: Stage, cast: Cast) -> None:
    offered = {}
    for role in ("guard", "doctor", "officer"):
        said = await stage.presses(cast["QP01"][role], "enter:")
        offered[role] = {data.partition(":")[2] for data in said.buttons.values()}
    assert offered == {
        "guard": {"hazard", "fault", "seizure"},
        "doctor": {"hazard", "complaint", "dispute", "fault"},
        "officer": {kind.code for kind in ENTERED},
    }


@pytest.mark.parametrize("kind", [*sorted(KINDS), "nonsense"])
async def test_a_forged_button_opens_no_register_of_another_role(
    stage: Stage, cast: Cast, kind: str
) -> None:
    said = await stage.presses(cast.guard, f"enter:{kind}")
    may = kind in ("hazard", "fault", "seizure")
    assert bool(said.texts) == may
    assert bool(said.toasts) != may


# -- hazards ---------------------------------------------------------------------------------------


async def test_a_hazard_from_the_guard_to_its_close(
    stage: Stage, cast: Cast, books: Registers, head: Person
) -> None:
    guard = cast.guard
    said = await stage.presses(guard, "enter:hazard")
    said = await books.play(guard, said, {**PHOTO, "caption": "loose rail"}, Says("stairwell B"))
    card = said.texts[-1].splitlines()
    assert card == [
        "Hazard: please check; if it is right, submit.",
        "loose rail",
        "Attached: 1",
        "Place: stairwell B",
        "Owner: QP01 head · department head · ER",
        "Due day: Mon, Mar 23 (our default, can be changed)",
        "Time: just now (21:42)",
    ]
    said = await stage.presses(guard, said.button("Submit"))
    number = number_of(said)
    assert number == "QP01-H2026-0001"
    assert said.to(guard.user_id).texts[-1].splitlines()[0] == "Filed as QP01-H2026-0001."
    told = said.of(Priority.NOTICE)
    assert told.readers == {head.user_id, cast.officer.user_id, cast.admin.user_id}
    assert told.to(head.user_id).text.startswith("📌 Waits for you: Hazard")
    assert told.to(cast.admin.user_id).text.startswith("New entry, for your information: Hazard")

    said = await books.step(head, number, "rectify", Says("bolted down"), PHOTO)
    assert books.state(number) == "rectified"
    assert said.to(guard.user_id).texts == [
        "✅ Your report was followed: QP01-H2026-0001 Hazard · stairwell B is put right. "
        "You may re-check it."
    ]
    said = await books.step(guard, number, "fail", Says("still loose at the top"))
    assert books.state(number) == "returned"
    assert said.to(head.user_id).text.startswith("📌 Waits for you: Hazard · stairwell B")
    await books.step(head, number, "rectify", Says("top one as well"))
    said = await books.step(cast.officer, number, "pass", "Skip")
    assert books.state(number) == "closed"
    assert said.to(guard.user_id).text.endswith("is closed. Thank you.")
    assert [kind for kind, _words in books.steps(number)] == ["rectify", "fail", "rectify", "pass"]
    assert [subject for subject, _id in files(stage.db)] == ["entry", "entry_step"]


async def test_who_put_it_right_does_not_recheck_it(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = await books.hazard(cast.officer)
    await books.step(cast.officer, number, "rectify", Says("bolted down"))
    for move in ("pass", "fail"):
        said = await stage.presses(cast.officer, f"entry:{number}:{move}")
        assert said.toasts == [
            "Whoever put it right does not re-check it: please ask a colleague to."
        ]
    said = await stage.presses(cast.officer, f"entry:{number}")
    assert "Re-check: good" not in said.buttons
    said = await stage.presses(cast.admin, f"entry:{number}")
    assert "Re-check: good" in said.buttons


async def test_a_recheck_left_open_meanwhile_is_refused_when_it_is_submitted(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = await books.hazard(cast.guard)
    await books.step(cast.officer, number, "rectify", Says("bolted down"))
    opened = await stage.presses(cast.guard, f"entry:{number}:pass")
    opened = await books.play(cast.guard, opened, "Skip")
    await books.step(cast.admin, number, "pass", "Skip")
    said = await stage.presses(cast.guard, opened.button("Submit"))
    assert said.text == "QP01-H2026-0001 has moved on meanwhile: dealt with and closed."
    assert len(books.steps(number)) == 2


async def test_what_was_written_for_a_step_that_came_too_late_is_kept_as_a_note(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = await books.hazard(cast.guard)
    opened = await stage.presses(cast.officer, f"entry:{number}:rectify")
    opened = await books.play(cast.officer, opened, Says("bolted down"))
    await books.step(cast.admin, number, "rectify", Says("welded"))
    said = await stage.presses(cast.officer, opened.button("Submit"))
    assert said.text.endswith("What you wrote is kept there as a note.")
    assert books.steps(number) == [("rectify", "welded"), ("note", "bolted down")]
    assert books.state(number) == "rectified"


async def test_a_photo_sent_while_the_place_is_asked_is_not_lost(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await stage.presses(cast.guard, "enter:hazard")
    said = await books.play(cast.guard, said, Says("loose rail"), PHOTO)
    assert said.text.startswith("Photo received, 1 in all.")
    said = await books.play(cast.guard, said, Says("stairwell B"))
    assert "Attached: 1" in said.text


async def test_a_hospital_sets_its_own_due_day(stage: Stage, cast: Cast, books: Registers) -> None:
    hospital = cast.hospital("QP01")
    stage.db.run_now(
        lambda conn: set_rule(conn, hospital.id, "days:hazard", 2, by=cast.admin.id, now=NOW)
    )
    assert str(books.row(await books.hazard(cast.guard)).due_on) == "2026-03-18"


async def test_an_owner_and_a_day_are_chosen_on_the_card(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await stage.presses(cast.doctor, "enter:hazard")
    said = await books.play(cast.doctor, said, Says("door jams"), Says("lift"))
    said = await books.play(cast.doctor, said, "Change owner", "QP01 guard", "Change due day")
    said = await books.play(cast.doctor, said, Says("yesterday"))
    assert said.text.startswith("I did not understand this day. Please write one from today on")
    said = await books.play(cast.doctor, said, Says("4-1"))
    assert "Due day: Wed, Apr 1" in said.text
    assert "default" not in said.text
    said = await books.play(cast.doctor, said, "Submit")
    row = books.row(number_of(said))
    assert (row.owner_id, str(row.due_on)) == (cast.guard.id, "2026-04-01")
    assert said.to(cast.guard.user_id).text.startswith("📌 Waits for you")


async def test_an_owner_who_has_left_meanwhile_is_refused(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await stage.presses(cast.doctor, "enter:hazard")
    said = await books.play(cast.doctor, said, Says("door jams"), Says("lift"))
    said = await books.play(cast.doctor, said, "Change owner", "QP01 guard")
    stage.db.run_now(lambda conn: remove_member(conn, cast.guard.id, now=NOW))
    said = await books.play(cast.doctor, said, "Submit")
    assert said.text.startswith("This colleague is no longer here.")
    said = await books.play(cast.doctor, said, "Change owner", "Myself", "Submit")
    assert said.to(cast.doctor.user_id).text.startswith("Filed as ")


async def test_a_hazard_is_handed_on_with_a_new_day(cast: Cast, books: Registers) -> None:
    number = await books.hazard(cast.guard)
    said = await books.step(cast.officer, number, "assign", "QP01 doctor", "Thu, Mar 19")
    row = books.row(number)
    assert (row.owner_id, str(row.due_on)) == (cast.doctor.id, "2026-03-19")
    assert said.to(cast.doctor.user_id).text.startswith("📌 Waits for you: Hazard")


# -- complaints ------------------------------------------------------------------------------------


async def test_who_first_takes_a_complaint_owns_it(cast: Cast, books: Registers) -> None:
    number = await books.complaint(cast.doctor)
    row = books.row(number)
    assert row.owner_id == cast.doctor.id
    assert str(row.due_on) == "2026-03-23"


@pytest.mark.parametrize("order", [("rectify", "feedback"), ("feedback", "rectify")])
async def test_a_complaint_closes_with_feedback_and_rectification_and_not_before(
    stage: Stage, cast: Cast, books: Registers, order: tuple[str, str]
) -> None:
    number = await books.complaint(cast.doctor)
    first, second = order
    await books.step(cast.doctor, number, first, Says("done"))
    assert books.state(number) != "closed"
    said = await stage.presses(cast.doctor, f"entry:{number}:{first}")
    assert "has moved on meanwhile" in said.toasts[0], "the same half twice does not close it"
    await books.step(cast.doctor, number, second, Says("done too"))
    assert books.state(number) == "closed"
    assert books.row(number).closed_at == NOW


# -- disputes --------------------------------------------------------------------------------------


async def test_a_dispute_through_its_channels_to_an_outcome(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = await books.dispute(cast.doctor)
    assert books.row(number).figures == {"channel": "internal"}
    await books.step(cast.doctor, number, "channel", "People's mediation", "Skip")
    await books.step(cast.doctor, number, "settle", "No agreement", Says("they walked out"))
    row = books.row(number)
    assert (row.state, row.figures) == ("closed", {"channel": "people", "outcome": "not_agreed"})
    assert row.data["channel"] == "internal", "what was entered stays"
    said = await stage.presses(cast.doctor, f"entry:{number}:reopen")
    assert said.toasts == ["This step is for somebody else. You can add a note."]
    said = await books.step(cast.admin, number, "reopen", "Judicial mediation", Says("a lawsuit"))
    assert said.to(cast.doctor.user_id).text.startswith("📌 Waits for you: Dispute")
    await books.step(cast.admin, number, "settle", "Lawsuit", "Skip")
    assert books.row(number).figures == {"channel": "judicial", "outcome": "litigation"}
    said = await stage.presses(cast.doctor, f"entry:{number}")
    assert "Outcome: Lawsuit" in said.text
    assert "they walked out" in said.text


# -- equipment -------------------------------------------------------------------------------------


async def test_a_fault_puts_listed_equipment_out_of_order_until_it_is_repaired(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await books.enter(cast.officer, "asset", "Alarm buttons", Says("ER desk"), Says("4"))
    asset = number_of(said)
    assert books.state(asset) == "working"
    numbers = []
    for _ in range(2):
        said = await books.enter(cast.guard, "fault", "Alarm buttons", "ER desk", Says("no sound"))
        numbers.append(number_of(said))
    assert books.row(numbers[0]).data["place"] == "ER desk"
    assert books.row(numbers[0]).owner_id == cast.officer.id
    assert books.state(asset) == "fault"
    await books.step(cast.officer, numbers[0], "repair", "Skip")
    assert books.state(asset) == "fault", "the other fault is still open"
    said = await books.step(cast.officer, numbers[1], "repair", "Skip")
    assert books.state(asset) == "working"
    assert "Your report was followed" in said.to(cast.guard.user_id).text


async def test_a_fault_of_what_is_not_listed_asks_where(cast: Cast, books: Registers) -> None:
    await books.enter(cast.officer, "asset", "Alarm buttons", Says("ER desk"), Says("4"))
    said = await books.enter(
        cast.guard, "fault", "Alarm buttons", "Not in the list", Says("ward 5"), Says("broken")
    )
    assert books.row(number_of(said)).data["place"] == "ward 5"
    said = await books.enter(cast.guard, "fault", "Video surveillance", Says("gate"), Says("dark"))
    assert books.row(number_of(said)).data["place"] == "gate"


async def test_equipment_of_another_system_is_not_taken(cast: Cast, books: Registers) -> None:
    await books.enter(cast.officer, "asset", "Alarm buttons", Says("ER desk"), Says("4"))
    await books.enter(cast.officer, "asset", "Access control", Says("gate"), Says("1"))
    said = await books.stage.presses(cast.guard, "enter:fault")
    said = await books.play(
        cast.guard, said, "Alarm buttons", "ER desk", Says("broken"), "Change system", "Access"
    )
    said = await books.play(cast.guard, said, "Submit")
    assert said.text.startswith("This equipment is no longer in the list.")
    said = await books.play(cast.guard, said, "Change equipment", "gate", "Submit")
    assert said.to(cast.guard.user_id).text.startswith("Filed as ")


async def test_equipment_can_be_missing_counted_again_and_removed(
    cast: Cast, books: Registers
) -> None:
    said = await books.enter(
        cast.officer, "asset", "Electronic patrol", Says("whole site"), Says("0")
    )
    asset = number_of(said)
    assert books.state(asset) == "absent"
    await books.step(cast.officer, asset, "recount", Says("12"))
    assert (books.state(asset), books.row(asset).figures["count"]) == ("working", 12)
    assert books.row(asset).data["count"] == 0
    await books.step(cast.officer, asset, "remove", "Skip")
    assert books.state(asset) == "absent"


# -- controlled material ---------------------------------------------------------------------------


async def test_counts_that_agree_are_on_record_and_trouble_nobody(
    cast: Cast, books: Registers
) -> None:
    said = await books.enter(cast.officer, "check", "Narcotics", "Counts agree")
    assert books.state(number_of(said)) == "kept"
    assert said.readers == {cast.officer.user_id}
    assert "Report the loss" not in said.buttons


async def test_a_discrepancy_is_told_at_once_and_becomes_an_incident_by_one_button(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await books.enter(
        cast.officer, "check", "Radioactive", "They differ", Says("one source fewer")
    )
    number = number_of(said)
    card = said.to(cast.admin.user_id)
    assert card.of(Priority.NOTICE).text.startswith("⚠️ Counts differ, please look at once")
    assert card.button("Report the loss") == f"entry:{number}:incident"
    mine = said.to(cast.officer.user_id)
    assert "report it as an incident now" in mine.text
    said = await stage.presses(cast.officer, mine.button("Report the loss"))
    said = await stage.says(cast.officer, "one source is missing since the morning")
    assert "Radioactive source lost" in said.text
    assert books.state(number) == "open"
    await books.step(cast.admin, number, "explain", Says("it was at calibration"))
    assert books.state(number) == "closed"


async def test_a_report_left_open_is_not_thrown_away_by_a_discrepancy(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await stage.says(cast.officer, "/report")
    said = await stage.presses(cast.officer, said.button("Theft"))
    await stage.says(cast.officer, "a bicycle is gone")
    said = await books.enter(cast.officer, "check", "Narcotics", "They differ", Says("2 fewer"))
    said = await stage.presses(cast.officer, said.button("Report the loss"))
    assert "a bicycle is gone" in said.text


async def test_where_the_counts_agreed_there_is_nothing_to_report(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = number_of(await books.enter(cast.officer, "check", "Narcotics", "Counts agree"))
    said = await stage.presses(cast.officer, f"entry:{number}:incident")
    assert said.toasts == ["The counts agreed here: there is nothing to report."]


# -- clues, seizures, drills, training, meetings ---------------------------------------------------


async def test_a_clue_is_handed_over_and_closed_and_a_zero_row_is_on_record(
    stage: Stage, cast: Cast, books: Registers, head: Person
) -> None:
    zero = number_of(await books.enter(cast.officer, "clue", "zero row"))
    assert books.state(zero) == "kept"
    said = await books.enter(cast.officer, "clue", "There is a clue", Says("a tout ring"))
    number = number_of(said)
    assert said.readers == {cast.officer.user_id}, "a clue is not passed around"
    assert (await stage.presses(head, f"entry:{number}")).toasts == [NONE_OF_YOURS]
    await books.step(cast.officer, number, "hand_over", Says("police post"), "Skip")
    assert books.state(number) == "handed"
    await books.step(cast.officer, number, "close", Says("two were detained"))
    assert books.state(number) == "closed"
    said = await stage.presses(cast.admin, f"entry:{number}")
    assert "Receiver: police post" in said.text


@pytest.mark.parametrize(
    ("kind", "acts", "figures"),
    [
        (
            "seizure",
            ("Knives", Says("2"), "Handed to police", "Skip"),
            {"item": "knife", "count": 2, "fate": "police"},
        ),
        ("drill", (Says("violent visitor"), "Now", Says("25"), "Skip"), {"heads": 25}),
        (
            "training",
            ("Ethics and law", "Now", Says("140"), Says("slides")),
            {"topic": "ethics_law", "heads": 140},
        ),
        ("meeting", ("Inspection", "Now", PHOTO), {"form": "inspection"}),
    ],
)
async def test_what_is_only_recorded(
    cast: Cast, books: Registers, kind: str, acts: tuple[Any, ...], figures: dict[str, Any]
) -> None:
    said = await books.enter(cast.officer, kind, *acts)
    row = books.row(number_of(said))
    assert (row.state, row.figures, row.owner_id) == ("kept", figures, None)
    assert said.readers == {cast.officer.user_id}
    await books.step(cast.officer, row.number, "note", Says("the signed list follows"))
    assert books.state(row.number) == "kept"


async def test_a_drill_is_no_incident(stage: Stage, cast: Cast, books: Registers) -> None:
    await books.enter(cast.officer, "drill", Says("fire"), "Now", Says("25"), "Skip")
    count = text("SELECT count(*) FROM incident")
    assert stage.db.run_now(lambda conn: conn.execute(count).scalar_one()) == 0


@pytest.mark.parametrize("typed", ["0", "-1", "many", "100000", "2.5"])
async def test_a_number_that_cannot_be_is_refused_with_what_is_expected(
    stage: Stage, cast: Cast, books: Registers, typed: str
) -> None:
    said = await stage.presses(cast.guard, "enter:seizure")
    said = await books.play(cast.guard, said, "Knives", Says(typed))
    assert "Please type a number from 1 to 99999, such as" in said.text


# -- reading ---------------------------------------------------------------------------------------


async def test_an_entry_is_read_by_those_it_concerns(
    stage: Stage, cast: Cast, books: Registers, head: Person
) -> None:
    number = await books.hazard(cast.guard)
    for person in (cast.guard, cast.officer, cast.admin, head):
        said = await stage.presses(person, f"entry:{number}")
        assert "the rail is loose" in said.text
    said = await stage.presses(cast.doctor, f"entry:{number}")
    assert said.toasts == [NONE_OF_YOURS]
    assert said.texts == []


async def test_numbers_of_people_are_masked_wherever_it_is_read_and_kept_as_written(
    cast: Cast, books: Registers
) -> None:
    told = "call 13812345678 about it"
    said = await books.enter(cast.guard, "hazard", Says(told), Says("lift 13912345678"))
    number = number_of(said)
    assert "13812345678" not in said.to(cast.officer.user_id).everything
    await books.step(cast.officer, number, "note", Says("and 13712345678"))
    for person in (cast.guard, cast.officer):
        said = await books.stage.presses(person, f"entry:{number}")
        shown = said.everything
        assert not [n for n in ("13812345678", "13912345678", "13712345678") if n in shown]
    assert books.row(number).data["what"] == told


async def test_only_those_who_may_are_shown_a_way_on(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = await books.hazard(cast.guard)
    said = await stage.presses(cast.guard, f"entry:{number}")
    assert set(said.buttons) == {"Add a note", "Correct it"}
    for move in ("rectify", "assign"):
        said = await stage.presses(cast.guard, f"entry:{number}:{move}")
        assert said.toasts == ["This step is for somebody else. You can add a note."]
    said = await stage.presses(cast.guard, f"entry:{number}:pass")
    assert "has moved on meanwhile" in said.toasts[0]
    assert books.steps(number) == []


async def test_nobody_of_another_hospital_reads_or_moves_an_entry(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = await books.hazard(cast.guard)
    before = books.row(number)
    for role in ("guard", "officer", "admin"):
        for verb in ("", ":rectify", ":note", ":assign", ":incident", ":nonsense"):
            said = await stage.presses(cast["QP02"][role], f"entry:{number}{verb}")
            assert said.toasts == [NONE_OF_YOURS]
            assert said.texts == []
    assert books.row(number) == before


async def test_a_step_is_refused_to_who_was_made_somebody_else_meanwhile(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = await books.hazard(cast.guard)
    said = await stage.presses(cast.officer, f"entry:{number}:rectify")
    said = await books.play(cast.officer, said, Says("bolted"))
    change = text("UPDATE member SET role = 'doctor' WHERE id = :id")
    stage.db.run_now(lambda conn: conn.execute(change, {"id": cast.officer.id}))
    hand_on = text("UPDATE entry SET owner_id = :id")
    stage.db.run_now(lambda conn: conn.execute(hand_on, {"id": cast.admin.id}))
    said = await stage.presses(cast.officer, said.button("Submit"))
    assert said.text == NONE_OF_YOURS
    assert books.state(number) == "open"


async def test_an_open_step_is_gone_on_with_for_the_same_entry_only(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    one, two = await books.hazard(cast.guard, "lift"), await books.hazard(cast.guard, "ramp")
    await stage.presses(cast.officer, f"entry:{one}:rectify")
    await stage.says(cast.officer, "half of it is done")
    said = await stage.presses(cast.officer, f"entry:{one}:rectify")
    assert "half of it is done" in said.text
    said = await stage.presses(cast.officer, f"entry:{two}:rectify")
    told, asked = said.texts
    assert told.endswith("half of it is done"), "shown once more, not lost"
    assert "half of it is done" not in asked


async def test_the_safety_office_looks_a_register_up(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await stage.presses(cast.officer, "register:hazard")
    assert said.text == "Nothing is in this register yet: Hazard"
    number = await books.hazard(cast.guard)
    said = await stage.presses(cast.officer, "register:")
    said = await stage.presses(cast.officer, said.button("Hazard"))
    assert said.texts[-1].splitlines() == [
        "The newest of: Hazard",
        f"{number} · stairwell B · waiting to be dealt with",
    ]
    assert said.button("H2026-0001") == f"entry:{number}"
    said = await stage.presses(cast["QP02"]["officer"], "register:hazard")
    assert number not in said.everything


# -- every card ------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
async def test_every_question_of_every_register_speaks_both_languages(
    stage: Stage, cast: Cast, locale: str
) -> None:
    change = text("UPDATE member SET locale = :locale WHERE id = :id")
    values = {"locale": locale, "id": cast.admin.id}
    stage.db.run_now(lambda conn: conn.execute(change, values))
    for kind in ENTERED:
        said = await stage.presses(cast.admin, f"enter:{kind.code}")
        for _ in range(12):
            said = await answer(stage, cast.admin, said)
            if any(data.endswith(":card:submit") for data in said.buttons.values()):
                break
        submit = next(d for d in said.buttons.values() if d.endswith(":card:submit"))
        said = await stage.presses(cast.admin, submit)
        assert number_of(said.to(cast.admin.user_id)).startswith(f"QP01-{kind.letter}2026-")
        chinese = any("\u4e00" <= each <= "\u9fff" for each in said.to(cast.admin.user_id).text)
        assert chinese == (locale == "zh_Hans")


async def answer(stage: Stage, person: Person, said: Said) -> Said:
    """The first option of whatever is asked, or 5."""
    mine = [d for d in said.buttons.values() if d.split(":")[3] not in ("cancel", "back", "skip")]
    if mine:
        return await stage.presses(person, mine[0])
    return await stage.says(person, "5")


async def test_ones_own_entries_stand_among_ones_records(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = await books.hazard(cast.guard)
    said = await stage.says(cast.guard, "/mine")
    assert f"{number} Hazard · " in said.text
    assert said.buttons[number] == f"entry:{number}"

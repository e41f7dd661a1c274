"""[更正]: whoever reported puts their own record right; the old value stays, and those who see to it hear at once."""

from datetime import timedelta
from typing import Any

import pytest

from bot.messages import Priority
from handlers import office
from models.case import SETTLED, STATES, set_case
from tests.handlers.casing import FIRST, Casework
from tests.handlers.sweeping import papers
from tests.people import NOW, Cast
from tests.said import Said, first_line

FILED = "SELECT category, severity, place, occurred_at, description FROM incident"
FIELDS = ("category", "place", "time", "severity", "account")


async def correct(work: Casework, field: str, *answers: str, number: str = FIRST) -> Said:
    """The guard corrects a field and submits."""
    return await work.answer(f"correct:{field}:{number}", *answers, "[Submit]", by=work.cast.guard)


def stand(work: Casework, state: str) -> None:
    """Put the case into a state."""
    work.stage.db.run_now(lambda conn: set_case(conn, 1, state=state))


def listed(work: Casework) -> dict[str, Any]:
    """What the command line says of the one record."""
    (row,) = work.stage.db.run_now(lambda conn: office.incidents(conn, "QP01", work.stage.now))
    return row


# -- where it is ----------------------------------------------------------------------------------


async def test_it_stands_below_the_answer_to_a_report_on_its_screen_and_on_mine(
    work: Casework, cast: Cast
) -> None:
    said = await work.stage.says(cast.guard, "/report")
    said = await work.press(said.button("Staff attacked"), by=cast.guard)
    said = await work.stage.says(cast.guard, "somebody broke the glass door")
    said = await work.press(said.button("Submit"), by=cast.guard)
    assert said.to(cast.guard.user_id).buttons["Correct it"] == f"correct:{FIRST}"
    assert "Correct it" in (await work.press(f"case:{FIRST}", by=cast.guard)).buttons
    said = await work.stage.says(cast.guard, "/mine")
    said = await work.press(said.button("Correct one"), by=cast.guard)
    assert said.buttons == {FIRST: f"correct:{FIRST}"}


async def test_it_says_what_stands_and_offers_each_of_it(work: Casework, cast: Cast) -> None:
    await work.report()
    said = await work.press(f"correct:{FIRST}", by=cast.guard)
    assert said.text.splitlines() == [
        f"{FIRST}: what is wrong? It says now:",
        "category: Staff attacked",
        "place: ER",
        "time: today 21:42",
        "severity: serious",
        "account: somebody broke the glass door",
    ]
    assert set(said.buttons) == {*FIELDS, "Case"}


# -- what it does ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "answer", "old", "new"),
    [
        ("category", "[Theft]", "violence_staff", "theft"),
        ("severity", "[extreme]", "serious", "extreme"),
        ("place", "clinic, 3rd floor", "ER", "clinic, 3rd floor"),
        ("time", "21:30", NOW.isoformat(), (NOW - timedelta(minutes=12)).isoformat()),
        ("account", "two broke it", "somebody broke the glass door", "two broke it"),
    ],
)
async def test_each_field_is_corrected_without_a_reason_and_the_filed_row_stays(
    work: Casework, cast: Cast, field: str, answer: str, old: str, new: str
) -> None:
    await work.report()
    filed = work.read(FILED)
    said = await correct(work, field, answer)
    own = said.to(cast.guard.user_id)
    assert first_line(own) == f"✅ {FIRST}: {field} corrected. What you filed first is kept."
    assert "Notified: 1 safety officer, 1 administrator." in own.text
    (step,) = work.steps("corrected")
    assert step.data == {"changed": {field: [old, new]}}
    assert work.read(FILED) == filed
    assert work.read("SELECT id FROM draft") == []


async def test_the_office_and_whoever_leads_get_one_quiet_message_and_the_cards_change(
    work: Casework, cast: Cast
) -> None:
    await work.report("Theft")
    lead = work.colleague("guard", 190)
    work.stage.db.run_now(lambda conn: set_case(conn, 1, lead_id=lead.id))
    said = await correct(work, "place", "clinic, 3rd floor")
    news = f"{FIRST}: the reporter corrected the place: ER → clinic, 3rd floor"
    for person in (cast.officer, cast.admin, lead):
        (item,) = [o for o in said.to(person.user_id).out if o.method == "sendMessage"]
        assert item.payload["text"] == news
        assert item.payload["disable_notification"] is True
        assert item.priority == Priority.NOTICE
    (card,) = [o for o in said.to(cast.officer.user_id).out if o.method == "editMessageText"]
    assert "clinic, 3rd floor" in card.payload["text"]
    log = (await work.press(f"case:{FIRST}:log")).text
    assert "Corrected by the reporter: place ER → clinic, 3rd floor" in log


async def test_a_corrected_account_is_what_everything_shows_and_as_filed_stays(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    said = await correct(work, "account", "two of them, call 13800138000")
    told = said.to(cast.officer.user_id)
    assert f"{FIRST}: the reporter corrected the account. Now: two of them, call •" in told.text
    (card,) = [o for o in told.out if o.method == "editMessageText"]
    assert "two of them" in card.payload["text"]
    assert "glass door" not in card.payload["text"]
    assert listed(work)["description"] == "two of them, call 13800138000"
    text = (await work.press(f"show:{FIRST}")).text
    assert "two of them" in text.partition("As filed:")[0]
    assert "somebody broke the glass door" in text.partition("As filed:")[2]
    assert (
        "somebody broke the glass door → two of them"
        in (await work.press(f"case:{FIRST}:log")).text
    )
    assert "13800138000" not in said.to(cast.officer.user_id).everything


async def test_an_account_of_4096_characters_is_taken_whole(work: Casework) -> None:
    await work.report()
    long = "门" * 4096
    await correct(work, "account", long)
    assert listed(work)["description"] == long


async def test_a_photo_is_no_account_and_is_told_where_it_goes(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.press(f"correct:account:{FIRST}", by=cast.guard)
    photo = [{"file_id": "p1", "file_unique_id": "u", "width": 1, "height": 1, "file_size": 9}]
    said = await work.stage.sends(cast.guard, {"photo": photo})
    assert '"Add details" afterwards' in said.text
    said = await work.stage.says(cast.guard, "two broke it")
    assert "two broke it" in said.text


async def test_the_same_value_changes_nothing_and_a_time_after_the_discovery_is_refused(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    said = await correct(work, "place", "ER")
    assert first_line(said) == f"Nothing was changed on {FIRST}."
    work.at(30)
    said = await correct(work, "time", "22:05")
    assert first_line(said) == "That is after it was discovered. Please correct the time."
    assert work.steps("corrected") == []


async def test_several_corrections_each_keep_the_value_before(work: Casework) -> None:
    await work.report()
    for place in ("gate 2", "gate 3"):
        await correct(work, "place", place)
    changed = [step.data["changed"]["place"] for step in work.steps("corrected")]
    assert changed == [["ER", "gate 2"], ["gate 2", "gate 3"]]


# -- what follows ---------------------------------------------------------------------------------


async def test_a_category_that_becomes_reportable_is_owed_and_the_office_hears_until_when(
    work: Casework, cast: Cast
) -> None:
    await work.report("Theft")
    assert papers(work.stage.db) == []
    said = await correct(work, "category", "[Insult]")
    assert "📌 File it by tomorrow 21:42" in said.to(cast.officer.user_id).text
    assert "📌" not in said.to(cast.guard.user_id).text
    assert len(papers(work.stage.db)) == 1


async def test_what_would_not_be_owed_any_more_stays_and_only_the_office_may_waive_it(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    said = await correct(work, "category", "[Theft]")
    assert "Its filing stays open" in said.to(cast.officer.user_id).text
    assert "waive:" in said.to(cast.officer.user_id).everything
    assert "waive:" not in said.to(cast.guard.user_id).everything
    await correct(work, "severity", "[minor]")
    (paper,) = papers(work.stage.db)
    assert paper.waived_at is None


async def test_raising_what_nobody_has_taken_calls_everybody_anew_and_says_so(
    work: Casework, cast: Cast
) -> None:
    await work.report("Theft")
    said = await correct(work, "severity", "[extreme]")
    assert "Nobody has taken it yet" in said.to(cast.guard.user_id).text
    assert work.row().round == 1


async def test_an_alarm_is_said_what_it_was_by_the_same_button(work: Casework, cast: Cast) -> None:
    await work.alarm()
    said = await work.press(f"correct:{FIRST}", by=cast.doctor)
    assert "severity" not in said.buttons, "it is asked with what it was"
    said = await work.press(said.button("category"), by=cast.doctor)
    assert said.text.startswith("What happened?")
    await work.press(f"correct:place:{FIRST}", by=cast.doctor)
    said = await work.stage.says(cast.doctor, "room 3")
    await work.press(said.button("Submit"), by=cast.doctor)
    assert work.row().place == "room 3"


# -- who, and until when --------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
async def test_only_its_reporter_and_only_while_it_is_open(
    work: Casework, cast: Cast, state: str
) -> None:
    head = work.colleague("head", 190)
    await work.report()
    stand(work, state)
    for person in (cast.officer, cast.admin, cast.doctor, head):
        for data in (f"correct:{FIRST}", *(f"correct:{field}:{FIRST}" for field in FIELDS)):
            said = await work.press(data, by=person)
            assert said.toasts == ["There is no such record of yours."]
            assert said.texts == []
    offered = (await work.press(f"case:{FIRST}", by=cast.guard)).buttons
    assert ("Correct it" in offered) == (state not in SETTLED)
    for field in FIELDS:
        said = await work.press(f"correct:{field}:{FIRST}", by=cast.guard)
        if state in SETTLED:
            assert "can no longer be corrected" in said.text
            assert said.buttons == {"Add details": f"add:{FIRST}"}
        else:
            assert f"{FIRST}, {field} now:" in said.text


async def test_another_hospital_and_forged_fields_change_nothing(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    said = await work.press(f"correct:place:{FIRST}", by=cast["QP02"]["admin"])
    assert said.toasts == ["There is no such record in your hospital."]
    for forged in ("lead_id", "major", "words_now"):
        said = await work.press(f"correct:{forged}:{FIRST}", by=cast.guard)
        assert said.toasts == ["This button is no longer in use. /help lists what you can do."]
    said = await work.press(f"amend:account:{FIRST}")
    assert said.toasts, "the account is the reporter's own"
    assert work.read("SELECT id FROM draft") == []


async def test_with_nothing_open_there_is_nothing_to_choose(work: Casework, cast: Cast) -> None:
    await work.report()
    stand(work, "closed")
    assert "Correct one" not in (await work.stage.says(cast.guard, "/mine")).buttons
    said = await work.press("correct:", by=cast.guard)
    assert said.toasts == ["None of your records is open: a closed one stays as it is."]


async def test_closed_meanwhile_what_was_typed_is_kept_as_details(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    said = await work.answer(f"correct:account:{FIRST}", "two broke it", by=cast.guard)
    pending = said.button("Submit")
    await work.close(FIRST)
    said = await work.press(pending, by=cast.guard)
    own = said.to(cast.guard.user_id)
    assert "can no longer be corrected" in own.text
    assert "What you wrote just now is kept as details." in own.text
    assert "account: two broke it" in said.to(cast.officer.user_id).text
    assert work.read("SELECT words FROM addition") == [("account: two broke it",)]
    assert listed(work)["description"] == "somebody broke the glass door"


async def test_reopened_it_can_be_corrected_again(work: Casework) -> None:
    await work.report()
    await work.close(FIRST)
    await work.answer(f"move:reopen:{FIRST}", "there was more to it")
    await correct(work, "place", "gate 2")
    assert work.row().place == "gate 2"


# -- confidential ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["guard", "officer"])
async def test_a_confidential_record_is_corrected_without_opening_the_name(
    work: Casework, cast: Cast, role: str
) -> None:
    me = cast.guard if role == "guard" else work.colleague("officer", 190)
    name = "QP01 guard" if role == "guard" else "QP01 officer"
    await work.report(by=me, confidential=True)
    seen = []
    answers = {"category": "[Insult]", "place": "gate 2", "time": "21:30", "severity": "[extreme]"}
    for field, answer in (answers | {"account": "the chief hits people"}).items():
        data = f"correct:{field}:{FIRST}"
        seen.append(await work.answer(data, answer, "[Submit]", by=me))
    seen.append(await work.press(f"case:{FIRST}:log", by=cast.admin))
    assert seen[-1].text.count("Corrected by the reporter") == 5
    assert seen[-1].text.count("a confidential reporter") == 5
    seen.append(await work.press(f"show:{FIRST}", by=cast.admin))
    seen.append(await work.press(f"case:{FIRST}", by=cast.admin))
    for said in seen:
        others = [item for item in said.out if item.chat_id != me.user_id]
        assert others
        assert name not in str([item.payload for item in others])
    assert work.read(f"SELECT action FROM audit WHERE member_id = {me.id}") == []


async def test_calling_off_a_confidential_record_leaves_no_account_in_the_audit_either(
    work: Casework, cast: Cast
) -> None:
    await work.report(confidential=True)
    await work.press(f"act:false:{FIRST}", by=cast.guard)
    query = "SELECT member_id FROM audit WHERE action = 'case.false_alarm'"
    assert work.read(query) == [(None,)]


async def test_a_shorter_limit_takes_the_place_of_the_longer_one_in_nobodys_name(
    work: Casework,
) -> None:
    await work.report("Medical dispute", confidential=True)
    await correct(work, "severity", "[extreme]")
    await correct(work, "category", "[Staff attacked]")
    query = "SELECT code, waived_by FROM obligation WHERE waived_at IS NOT NULL"
    assert work.read(query) == [("O1", None)]
    assert [p.code for p in papers(work.stage.db) if p.waived_at is None] == ["O2"]

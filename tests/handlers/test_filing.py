"""What closes each kind of paper, who may do it, and what stops with it; played in the chat."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.messages import Priority
from handlers import office
from handlers.filing.odd_files import tell_odd_file
from models.evidence import list_files
from models.filing import FILING, list_versions
from models.obligation import OBLIGATION
from models.outbox import OUTBOX
from tests.handlers.registering import Registers, Says
from tests.handlers.sweeping import at, owed, sweep
from tests.people import Cast, Person, enlist, owe
from tests.said import Said, first_line
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("english")
JULY_2 = at("2026-07-02 09:00")
"""The zero report of June is open until the 5th, and the surveys of the second quarter until the 10th."""


def obligations(stage: Stage, code: str) -> list[dict[str, str]]:
    """A code's papers as the command line lists them."""
    rows = stage.db.run_now(lambda conn: office.obligations(conn, "QP01", stage.now))
    return [row for row in rows if row["code"] == code]


def open_paper(stage: Stage, code: str, subject: str = "") -> int:
    """The id of the first unsettled paper of a code."""
    c = OBLIGATION.c
    query = select(c.id).where(
        c.code == code, c.subject == subject, c.submitted_at.is_(None), c.state != "scheduled"
    )
    return int(
        stage.db.run_now(
            lambda conn: conn.execute(query.order_by(c.due_at, c.id).limit(1)).scalar_one()
        )
    )


@pytest.fixture
def owing(stage: Stage, cast: Cast) -> Stage:
    """QP01 owes what the preset says; it is 2 July."""
    stage.db.run_now(lambda conn: owe(conn, cast.hospital("QP01")))
    sweep(stage.db, JULY_2)
    return stage.at(JULY_2)


# -- what closes it ------------------------------------------------------------------------------


async def test_a_zero_report_shows_the_months_counts_and_is_signed(
    owing: Stage, cast: Cast
) -> None:
    paper = open_paper(owing, "O5")
    said = await owing.presses(cast.officer, f"file:{paper}")
    # January to June are owed; the oldest one is asked for.
    assert first_line(said) == "For this month nothing is on record. Is that right?"
    said = await owing.presses(cast.officer, said.button("All there, sign"))
    assert "Signed: QP01 officer" in said.text
    said = await owing.presses(cast.officer, said.button("Submit"))
    assert "✅ Filed: Jan 2026 zero report" in said.text
    content = owing.db.run_now(lambda conn: list_versions(conn, paper)[0].content)
    assert content == {"counts": {}, "signed": "QP01 officer"}


async def test_what_a_zero_report_lacks_is_reported_first(owing: Stage, cast: Cast) -> None:
    owing.at(at("2026-06-20 12:00"))
    said = await owing.says(cast.guard, "/report")
    said = await owing.presses(cast.guard, said.button("Theft"))
    said = await owing.says(cast.guard, "a bicycle")
    await owing.presses(cast.guard, said.button("Submit"))
    owing.at(JULY_2)
    june = max(row["period_end"] for row in obligations(owing, "O5"))
    said = await owing.says(cast.officer, "/file")
    while "Jun 2026 zero report" not in said.text + str(said.buttons):
        said = await owing.presses(cast.officer, said.button("More…"))
    said = await owing.presses(cast.officer, said.button("Jun 2026 zero report"))
    assert june == "2026-06-30"
    assert first_line(said) == "For this month 1 incident is on record. Is that all?"
    assert "· Theft 1" in said.text
    said = await owing.presses(cast.officer, said.button("Something is missing"))
    said = await owing.presses(cast.officer, said.button("Submit"))
    assert first_line(said) == "Please report it first, then file again."
    said = await owing.presses(cast.officer, said.button("📝 Report"))
    assert "What happened?" in said.text
    assert [row["state"] for row in obligations(owing, "O5")].count("on_time") == 0


async def test_a_survey_keeps_how_many_and_the_average(owing: Stage, cast: Cast) -> None:
    paper = open_paper(owing, "O10", "patient_service")
    await owing.presses(cast.officer, f"file:{paper}")
    await owing.says(cast.officer, "120")
    said = await owing.says(cast.officer, "101")
    assert "from 0 to 100" in said.text
    said = await owing.says(cast.officer, "92.5")
    said = await owing.presses(cast.officer, said.button("Skip"))
    assert "120 answers, average 92.5" in said.text
    await owing.presses(cast.officer, said.button("Submit"))
    content = owing.db.run_now(lambda conn: list_versions(conn, paper)[0].content)
    assert content == {"n": "120", "mean": "92.5"}


async def test_a_drill_entered_closes_the_drill_of_its_half_year(owing: Stage, cast: Cast) -> None:
    owing.at(at("2026-06-17 10:00"))
    sweep(owing.db, owing.now)
    acts = (Says("fire"), "Now", Says("25"), "Skip")
    said = await Registers(owing, cast).enter(cast.officer, "drill", *acts)
    assert "✅ With that it is done: 2026 first half emergency drill" in said.text
    (paper,) = obligations(owing, "O13")
    assert (paper["state"], paper["submitted_at"]) == ("on_time", "2026-06-17T10:00:00+08:00")


async def test_what_records_close_is_not_asked_for_a_number(owing: Stage, cast: Cast) -> None:
    said = await owing.presses(cast.officer, f"file:{open_paper(owing, 'O13')}")
    assert "entered into the register; no number is needed" in said.text
    said = await owing.presses(cast.officer, said.button("Enter it"))
    assert "drill" in said.text.lower()


async def test_a_number_used_for_another_paper_is_pointed_out(stage: Stage, cast: Cast) -> None:
    sweep(stage.db, at("2026-07-01 09:00"))
    stage.at(at("2026-07-01 09:00"))
    for subject in ("anti_crime", "safe_hospital"):
        said = await _receipt(stage, cast.officer, open_paper(stage, "O4H", subject))
        assert "⚠️" not in said.text, "one number may stand for both topics"
    stage.at(at("2027-01-04 09:00"))
    sweep(stage.db, stage.now)
    said = await _receipt(stage, cast.officer, open_paper(stage, "O4Y", "anti_crime"))
    assert "⚠️ 2026-031 is also the number of: 2026 First-half anti-crime summary" in said.text
    assert said.button("Amend it").startswith("filings:")


async def _receipt(stage: Stage, person: Person, paper: int) -> Said:
    await stage.presses(person, f"file:{paper}")
    said = await stage.says(person, "2026-031")
    said = await stage.presses(person, said.button("Skip"))
    return await stage.presses(person, said.button("Submit"))


async def test_filed_it_stops_for_everybody_at_once(stage: Stage, cast: Cast) -> None:
    """What is queued for a colleague is taken back with the filing."""
    sweep(stage.db, at("2026-07-10 09:00"))
    stage.at(at("2026-07-10 09:05"))
    assert {reader for reader, _text in owed(stage.db)} >= {103, 104}
    for subject in ("anti_crime", "safe_hospital"):
        await _receipt(stage, cast.officer, open_paper(stage, "O4H", subject))
    before = len(owed(stage.db))
    for day in ("2026-07-13", "2026-07-20"):
        sweep(stage.db, at(f"{day} 09:00"))
    assert [text for reader, text in owed(stage.db)[before:] if reader < 200] == []


async def test_a_queued_reminder_is_revoked_by_the_filing(stage: Stage, cast: Cast) -> None:
    sweep(stage.db, at("2026-07-01 09:00"))
    stage.at(at("2026-07-10 08:00"))
    await _receipt(stage, cast.officer, open_paper(stage, "O4H", "anti_crime"))
    sweep(stage.db, at("2026-07-10 09:00"))  # one paper is left: its reminder carries its name
    stage.at(at("2026-07-10 09:01"))
    await _receipt(stage, cast.officer, open_paper(stage, "O4H", "safe_hospital"))
    query = select(OUTBOX.c.state).where(OUTBOX.c.topic.like("paper:%"), OUTBOX.c.chat_id < 200)
    states = stage.db.run_now(lambda conn: set(conn.execute(query).scalars()))
    assert states == {"revoked"}


async def test_past_filings_are_entered_together_and_marked(stage: Stage, cast: Cast) -> None:
    stage.at(at("2026-07-30 09:00"))
    sweep(stage.db, stage.now)
    said = await stage.presses(cast.officer, "backlog:")
    for topic in ("anti-crime", "Safe Hospital"):
        said = await stage.presses(cast.officer, said.button(topic))
    said = await stage.presses(cast.officer, said.button("Done: 2 chosen"))
    assert "1. 2026 First-half anti-crime summary" in said.text
    said = await stage.says(cast.officer, "2026-031 Jul 9")
    assert "Those are 1 lines for 2 papers." in said.text
    said = await stage.says(cast.officer, "2026-031 Jul 9\n2026-032 soon")
    assert "I did not understand this line: 2026-032 soon." in said.text
    said = await stage.says(cast.officer, "2026-031，7月9号\n2026-032 7月15日 8点")
    assert first_line(said) == "✅ 2 past filings are kept, marked as entered later."
    assert sorted(row["state"] for row in obligations(stage, "O4H")) == ["late", "on_time"]
    marks = select(FILING.c.backdated)
    assert stage.db.run_now(lambda conn: list(conn.execute(marks).scalars())) == [True, True]
    said = await stage.presses(cast.officer, "backlog:")
    assert said.toasts == ["Nothing of the past is waiting to be filed."]


async def test_whoever_filed_a_file_that_is_no_such_file_hears_of_it(
    stage: Stage, cast: Cast
) -> None:
    sweep(stage.db, at("2026-07-01 09:00"))
    stage.at(at("2026-07-01 09:05"))
    await stage.presses(cast.officer, f"file:{open_paper(stage, 'O4H', 'anti_crime')}")
    await stage.says(cast.officer, "2026-031")
    document = {"file_id": "d1", "file_unique_id": "d1", "file_name": "summary.pdf"}
    said = await stage.sends(cast.officer, {"document": document})
    await stage.presses(cast.officer, said.button("Submit"))
    file = stage.db.run_now(lambda conn: list_files(conn, "filing", 1))[0]
    (told,) = stage.db.run_now(lambda conn: tell_odd_file(conn, file))
    assert told.chat_id == cast.officer.user_id
    assert told.payload["text"].startswith("⚠️ summary.pdf does not open")


# -- versions ------------------------------------------------------------------------------------


async def test_an_amendment_is_a_version_and_the_first_date_counts(
    stage: Stage, cast: Cast
) -> None:
    sweep(stage.db, at("2026-07-01 09:00"))
    stage.at(at("2026-07-09 16:00"))
    paper = open_paper(stage, "O4H", "anti_crime")
    await _receipt(stage, cast.officer, paper)
    stage.at(at("2026-07-20 10:00"))
    sweep(stage.db, stage.now)
    said = await stage.presses(cast.officer, "filings:")
    assert "1. 2026 First-half anti-crime summary" in said.text
    said = await stage.presses(cast.officer, said.button("1"))
    said = await stage.presses(cast.officer, said.button("Amend it"))
    await stage.says(cast.officer, "a figure was wrong")
    said = await stage.says(cast.officer, "2026-031-B")
    said = await stage.presses(cast.officer, said.button("Skip"))
    assert "✅ Version 2 is kept." in said.text
    (row,) = [r for r in obligations(stage, "O4H") if r["subject"] == "anti_crime"]
    assert (row["state"], row["submitted_at"]) == ("on_time", "2026-07-09T16:00:00+08:00")
    found = stage.db.run_now(lambda conn: list_versions(conn, paper))
    assert [(each.version, each.receipt) for each in found] == [(1, "2026-031"), (2, "2026-031-B")]
    stage.at(at("2026-10-10 10:00"))
    said = await stage.presses(cast.officer, f"filings:{paper}:amend")
    assert "It could be amended until" in said.toasts[0]


# -- waiving -------------------------------------------------------------------------------------


async def test_waiving_takes_a_reason_and_a_second_person(owing: Stage, cast: Cast) -> None:
    paper = open_paper(owing, "O8")
    await owing.presses(cast.officer, f"waiver:{paper}")
    said = await owing.says(cast.officer, "the building is closed")
    assert (
        said.to(103).text
        == "Asked: 1 administrator. Until one of them agrees, the deadline stands."
    )
    put = said.to(104)
    assert "QP01 officer asks: the building is closed" in put.text
    said = await owing.presses(cast.officer, put.button("Agree, waive"))
    assert said.toasts == ["You have asked yourself: somebody else has to decide."]
    said = await owing.presses(cast.officer, f"waiver:{paper}")
    assert "has asked already" in said.toasts[0]
    said = await owing.presses(cast.admin, put.button("Agree, waive"))
    assert "✅ Waived: Feb 2026 hazard inspection" in said.to(104).text
    assert "✅ QP01 admin agreed" in said.to(103).text
    assert "waived" in [row["state"] for row in obligations(owing, "O8")]
    said = await owing.presses(cast.admin, put.button("Keep it owed"))
    assert said.toasts == ["This request is decided already."]


async def test_not_agreed_it_stays_owed(owing: Stage, cast: Cast) -> None:
    paper = open_paper(owing, "O8")
    await owing.presses(cast.officer, f"waiver:{paper}")
    said = await owing.says(cast.officer, "no time")
    said = await owing.presses(cast.admin, said.to(104).button("Keep it owed"))
    assert "did not agree" in said.to(103).text
    assert "waived" not in [row["state"] for row in obligations(owing, "O8")]
    tasks = await owing.says(cast.admin, "/tasks")
    assert "Waive?" not in tasks.text


async def test_a_colleague_may_object_to_not_reportable(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.guard, "/report")
    said = await stage.presses(cast.guard, said.button("Insult"))
    said = await stage.says(cast.guard, "he shouted")
    await stage.presses(cast.guard, said.button("Submit"))
    await stage.presses(cast.officer, "waive:1")
    said = await stage.says(cast.officer, "a misunderstanding")
    told = said.to(104)
    assert first_line(told) == "QP01-2026-0001 is not to be filed, says QP01 officer."
    said = await stage.presses(cast.officer, told.button("Still owed"))
    assert said.toasts, "not by whoever said it"
    said = await stage.presses(cast.admin, told.button("Still owed"))
    assert first_line(said) == "✅ QP01-2026-0001 is owed again, with its first deadline."
    assert [row["state"] for row in obligations(stage, "O2")] == ["open"]


# -- whose it is ---------------------------------------------------------------------------------


@pytest.fixture
def head(stage: Stage, cast: Cast) -> Person:
    """The head of a department of QP01."""

    facts = cast.hospital("QP01")
    return stage.db.run_now(lambda conn: enlist(conn, facts, "head", user_id=170))


async def test_handed_over_the_reminders_go_to_the_colleague(
    stage: Stage, cast: Cast, head: Person
) -> None:
    sweep(stage.db, at("2026-06-26 09:00"))
    stage.at(at("2026-06-26 10:00"))
    paper = open_paper(stage, "O4H", "anti_crime")
    said = await stage.presses(cast.officer, f"pass:{paper}")
    said = await stage.presses(cast.officer, said.button("QP01 head"))
    assert "📌 Yours now: 2026 First-half anti-crime summary" in said.to(170).text
    before = len(owed(stage.db))
    sweep(stage.db, at("2026-07-03 09:00"))
    told = dict(owed(stage.db)[before:])
    assert "anti-crime" in told[170]
    assert "anti-crime" not in told[103]
    said = await _receipt(stage.at(at("2026-07-03 10:00")), head, paper)
    assert "✅ Filed" in said.text


async def test_papers_of_somebody_who_leaves_pass_to_the_head_who_is_told(
    stage: Stage, cast: Cast, head: Person
) -> None:
    facts = cast.hospital("QP01")
    leaver = stage.db.run_now(lambda conn: enlist(conn, facts, "officer", user_id=171))
    sweep(stage.db, at("2026-06-26 09:00"))
    stage.at(at("2026-06-26 10:00"))
    paper = open_paper(stage, "O4H", "anti_crime")
    said = await stage.presses(cast.officer, f"pass:{paper}")
    await stage.presses(cast.officer, f"f:{_draft(said)}:whom:{leaver.id}")
    said = await stage.presses(cast.admin, "admin:remove")
    said = await stage.presses(cast.admin, f"f:{_draft(said)}:who:{leaver.id}")
    said = await stage.presses(cast.admin, said.button("Remove"))
    assert said.to(170).text.splitlines()[0].startswith("📌 Yours now, as ")
    query = select(OBLIGATION.c.owner_id).where(OBLIGATION.c.id == paper)
    assert stage.db.run_now(lambda conn: conn.execute(query).scalar()) == head.id


def _draft(said: Said) -> int:
    return int(next(data for data in said.buttons.values() if data.startswith("f:")).split(":")[1])


async def test_others_file_what_is_theirs_and_nothing_else(
    owing: Stage, cast: Cast, head: Person
) -> None:
    said = await owing.presses(head, f"file:{open_paper(owing, 'O7')}")
    assert first_line(said) == "What was done and decided, in a few sentences?"
    facts = cast.hospital("QP01")
    leader = owing.db.run_now(lambda conn: enlist(conn, facts, "leader", user_id=172))
    said = await owing.presses(leader, f"file:{open_paper(owing, 'O7')}")
    assert said.toasts == ["This one is filed or settled already."]


# -- an incident's limit -------------------------------------------------------------------------


async def test_a_graver_incident_is_due_sooner_and_never_later_again(
    stage: Stage, cast: Cast
) -> None:
    said = await stage.says(cast.guard, "/report")
    said = await stage.presses(cast.guard, said.button("Staff attacked"))
    said = await stage.says(cast.guard, "a nurse was hit")
    await stage.presses(cast.guard, said.button("Submit"))
    began = stage.now
    due = select(OBLIGATION.c.due_at).where(OBLIGATION.c.code == "O2")

    def hours() -> float:
        found = stage.db.run_now(lambda conn: conn.execute(due).scalar_one())
        return (found - began) / timedelta(hours=1)

    assert hours() == 24
    stage.at(stage.now + timedelta(minutes=5))
    await _graver(stage, cast, "major")
    assert hours() == 12
    await _graver(stage, cast, "extreme")
    assert hours() == 2
    await _graver(stage, cast, "minor")
    assert hours() == 2


async def _graver(stage: Stage, cast: Cast, severity: str) -> None:
    said = await stage.presses(cast.officer, "amend:severity:QP01-2026-0001")
    said = await stage.presses(cast.officer, said.to(103).button(severity))
    said = await stage.says(cast.officer, "the doctor says so")
    await stage.presses(cast.officer, said.to(103).button("Submit"))


# -- in one go -----------------------------------------------------------------------------------


async def test_a_filing_reaches_the_commission_of_the_district(stage: Stage, cast: Cast) -> None:
    stage.db.run_now(lambda conn: enlist(conn, cast.hospital("QP02"), "district", user_id=290))
    sweep(stage.db, at("2026-07-01 09:00"))
    stage.at(at("2026-07-09 16:00"))
    await stage.presses(cast.officer, f"file:{open_paper(stage, 'O4H', 'anti_crime')}")
    said = await stage.says(cast.officer, "2026-031")
    said = await stage.presses(cast.officer, said.button("Skip"))
    said = await stage.presses(cast.officer, said.button("Submit"))
    told = said.to(290)
    assert told.text.startswith("📌 QP01 QP01 hospital has filed: 2026 First-half anti-crime")
    assert told.button("Take it").startswith("review:")
    assert "Sent to District Health Commission in the chat." in said.to(103).text
    receipts = select(FILING.c.receipt)
    assert stage.db.run_now(lambda conn: conn.execute(receipts).scalar()) == "2026-031"
    assert owed(stage.db, Priority.NOTICE) or told.texts

"""The district end, played in the chat: what is owed, asking for it, filings, omissions, bulletins, figures."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from bot.db import Database
from bot.messages import Priority
from handlers.papers import counted_misses
from handlers.score_words import say_band
from handlers.scoring import standing
from models.audit import AUDIT
from models.district import BULLETIN, FIGURE, LEARNT
from models.filing import REVIEW
from models.obligation import OBLIGATION, find_obligation
from models.people import mark_reachable
from models.selfcheck import inspection_of
from tests.handlers.checking import SelfChecks
from tests.handlers.sweeping import at, sweep
from tests.people import Cast, Person, enlist, move_to_own_district
from tests.said import Said, first_line
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("english")
JULY_13 = at("2026-07-13 09:00")
"""The summaries of the first half were due on Friday the 10th and are missed from the 17th on."""
FORGED = ("", "o:-1", "o:x", "h:", "h:9999", "f:9999", "p:9999", "p:²", "files:9999", "find:0", "x")


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    """On both engines: nearly all of it is SQL over a district."""
    async with Stage(db) as stage:
        yield stage
        bad = text("SELECT * FROM inbox WHERE state = 'bad'")
        assert db.run_now(lambda conn: conn.execute(bad).all()) == []


@pytest.fixture
def li(stage: Stage, cast: Cast) -> Person:
    """Somebody of the health commission, whose row is at QP02."""
    return stage.db.run_now(
        lambda conn: enlist(conn, cast.hospital("QP02"), "district", user_id=290)
    )


@pytest.fixture
def wang(stage: Stage, cast: Cast) -> Person:
    """A colleague of hers."""
    return stage.db.run_now(
        lambda conn: enlist(conn, cast.hospital("QP01"), "district", user_id=190)
    )


@pytest.fixture
def stranger(stage: Stage, cast: Cast) -> Person:
    """The commission of another district, at a hospital that was moved there."""
    stage.db.run_now(lambda conn: move_to_own_district(conn, "QP02"))
    return stage.db.run_now(
        lambda conn: enlist(conn, cast.hospital("QP02"), "district", user_id=291)
    )


@pytest.fixture
def july(stage: Stage, cast: Cast) -> Stage:
    """Both hospitals owe two summaries, overdue since Friday."""
    sweep(stage.db, JULY_13)
    return stage.at(JULY_13)


def paper_of(stage: Stage, code: str, subject: str = "anti_crime") -> int:
    query = text(
        "SELECT o.id FROM obligation o JOIN hospital h ON h.id = o.hospital_id"
        " WHERE h.code = :code AND o.subject = :subject AND o.code = 'O4H' ORDER BY o.due_at"
    )
    return int(
        stage.db.run_now(
            lambda conn: conn.execute(query, {"code": code, "subject": subject}).scalars().first()
        )
    )


async def file_summary(stage: Stage, person: Person, subject: str = "anti_crime") -> Said:
    """File a summary with a copy; the answer holds what the commission is told as well."""
    await stage.presses(person, f"file:{paper_of(stage, person.hospital, subject)}")
    await stage.says(person, "2026-031")
    copy = {"document": {"file_id": "F1", "file_unique_id": "U", "file_size": 10}}
    said = await stage.sends(person, copy)
    return await stage.presses(person, said.button("Submit"))


def actions(stage: Stage) -> list[str]:
    query = select(AUDIT.c.action).order_by(AUDIT.c.id)
    return list(stage.db.run_now(lambda conn: conn.execute(query).scalars().all()))


# -- which hospital owes what ----------------------------------------------------------------------


async def test_the_commission_sees_what_each_hospital_owes_late_ones_first(
    july: Stage, cast: Cast, li: Person
) -> None:
    for subject in ("anti_crime", "safe_hospital"):
        await file_summary(july, cast.officer, subject)
    said = await july.says(li, "/file")
    assert said.text.splitlines() == [
        "📌 2 hospitals, 2 papers waiting, 2 of them overdue",
        "1. QP02 QP02 hospital: 2 overdue",
        "2. QP01 QP01 hospital: owes nothing",
    ]
    said = await july.presses(li, said.button("1"))
    assert said.text.splitlines()[0] == "QP02 QP02 hospital: 2 overdue"
    assert "(due Fri, Jul 10 24:00, 2 days overdue)" in said.text
    said = await july.presses(li, said.button("1"))
    assert "QP02 QP02 hospital · due Fri, Jul 10 24:00 · overdue" in said.text


async def test_what_is_missed_is_said_until_it_is_filed(
    july: Stage, cast: Cast, li: Person
) -> None:
    sweep(july.db, at("2026-07-20 09:00"))
    july.at(at("2026-07-20 09:00"))
    said = await july.says(li, "/file")
    assert first_line(said) == "📌 2 hospitals, 0 papers waiting, 0 of them overdue, 4 missed"
    said = await july.presses(li, said.button("1"))
    assert "(missed, was due Fri, Jul 10 24:00)" in said.text
    await file_summary(july, cast.officer)
    said = await july.says(li, "/file")
    assert "QP01 QP01 hospital: 1 missed" in said.text


async def test_for_everybody_else_file_is_filing(july: Stage, cast: Cast) -> None:
    assert "What was filed?" in (await july.says(cast.officer, "/file")).text


async def test_another_district_sees_and_changes_nothing(
    july: Stage, cast: Cast, wang: Person, stranger: Person
) -> None:
    told = await file_summary(july, cast.officer)
    assert stranger.user_id not in told.readers
    review = told.to(wang.user_id).button("Take it")
    said = await july.says(stranger, "/file")
    assert "QP01" not in said.everything
    hospital, paper = cast.hospital("QP01").id, paper_of(july, "QP01")
    presses = [f"h:{hospital}", f"f:{hospital}", f"urge:{hospital}", f"learnt:{hospital}"]
    presses += [f"p:{paper}", f"files:{paper}", f"find:{paper}"]
    for data in (*(f"district:{each}" for each in presses), review, review[:-6] + "return"):
        said = await july.presses(stranger, data)
        assert said.toasts, data
        assert said.texts == [], data
        assert "2026-031" not in said.everything
    said = await july.presses(stranger, "district:t:2026:0")
    assert "QP01" not in said.text
    said = await july.presses(stranger, "district:urge")
    assert {cast.officer.user_id, cast.admin.user_id}.isdisjoint(said.readers)
    said = await july.presses(stranger, "district:learnt")
    said = await july.says(stranger, "QP01")
    assert first_line(said) == "No hospital of the district is called that. Please press one."
    assert july.db.run_now(lambda conn: conn.execute(select(REVIEW)).all()) == []


@pytest.mark.parametrize("data", FORGED)
async def test_no_forged_press_is_a_fault(july: Stage, li: Person, data: str) -> None:
    said = await july.presses(li, f"district:{data}")
    assert said.toasts or said.texts
    for each in ("review:", "review:9:accept", "review:x:return", f"review:{data}"):
        said = await july.presses(li, each)
        assert said.toasts
        assert said.texts == []


# -- asking for what is late -----------------------------------------------------------------------


async def test_one_press_asks_everybody_who_owes_each_once(
    july: Stage, cast: Cast, li: Person, wang: Person
) -> None:
    said = await july.presses(li, "district:urge")
    assert said.to(li.user_id).text == "✅ Asked: 2 hospitals, 4 people"
    asked = said.of(Priority.REMINDER)
    assert sorted(item.chat_id for item in asked.out) == [103, 104, 203, 204]
    assert asked.to(103).text.splitlines() == [
        "📌 The district asks for 2 papers that are late",
        "· 2026 First-half anti-crime summary (was due Fri, Jul 10 24:00)",
        "· 2026 First-half Safe Hospital summary (was due Fri, Jul 10 24:00)",
        "Please file now; the date is kept with it.",
    ]
    assert asked.to(103).button("File them") == "file:0"
    again = await july.presses(wang, "district:urge")
    assert again.readers == {wang.user_id}
    assert again.text == "2 hospitals were asked within 24 hours and are not asked again."
    july.at(JULY_13 + timedelta(hours=24))
    said = await july.presses(wang, f"district:urge:{cast.hospital('QP01').id}")
    assert said.readers == {wang.user_id, 103, 104}
    assert actions(july).count("papers.urged") == 3


async def test_one_paper_is_asked_for_with_its_own_button_and_by_whom_it_was_handed_to(
    july: Stage, cast: Cast, li: Person
) -> None:
    await file_summary(july, cast.officer, "safe_hospital")
    paper = paper_of(july, "QP01")
    head = july.db.run_now(lambda conn: enlist(conn, cast.hospital("QP01"), "head", user_id=150))
    hand = OBLIGATION.update().where(OBLIGATION.c.id == paper).values(owner_id=head.id)
    july.db.run_now(lambda conn: conn.execute(hand))
    said = await july.presses(li, f"district:urge:{cast.hospital('QP01').id}")
    assert said.readers == {li.user_id, head.user_id, cast.admin.user_id}
    assert said.to(head.user_id).button("File it") == f"file:{paper}"


async def test_where_nobody_can_be_reached_the_answer_says_so_and_tries_again_later(
    july: Stage, cast: Cast, li: Person
) -> None:
    for user_id in (203, 204):
        july.db.run_now(lambda conn, u=user_id: mark_reachable(conn, u, since=JULY_13))  # type: ignore[misc]
    said = await july.presses(li, "district:urge")
    assert said.to(li.user_id).text.splitlines() == [
        "✅ Asked: 1 hospital, 2 people",
        "Nobody can be reached here at 1 hospital, please phone: QP02 QP02 hospital",
    ]
    july.db.run_now(lambda conn: mark_reachable(conn, 203, since=None))
    said = await july.presses(li, "district:urge")
    assert said.of(Priority.REMINDER).readers == {203}


async def test_nobody_is_asked_who_is_not_late(stage: Stage, li: Person) -> None:
    sweep(stage.db, at("2026-07-10 09:00"))
    said = await stage.at(at("2026-07-10 09:00")).presses(li, "district:urge")
    assert said.toasts == ["Nobody is late: there is nothing to ask for."]
    assert said.readers == {li.user_id}


# -- filings ---------------------------------------------------------------------------------------


async def test_a_filing_is_taken_once_and_the_filer_hears_of_it(
    july: Stage, cast: Cast, li: Person, wang: Person
) -> None:
    told = await file_summary(july, cast.officer)
    take = told.to(li.user_id).button("Take it")
    waiting = await july.says(wang, "/tasks")
    assert "QP01 2026 First-half anti-crime summary" in waiting.text
    said = await july.presses(li, take)
    assert said.to(li.user_id).text.startswith("✅ Taken: QP01 QP01 hospital")
    assert said.to(cast.officer.user_id).text == (
        "✅ The district has taken it: 2026 First-half anti-crime summary"
    )
    for data in (take, take.replace("accept", "return")):
        said = await july.presses(wang, data)
        assert said.toasts == ["QP02 district has taken it already."]
        assert said.readers == {wang.user_id}
    assert (await july.presses(li, take)).toasts == ["You have taken it already."]
    assert "Nothing waits for you" in (await july.says(wang, "/tasks")).text
    assert actions(july).count("filing.accepted") == 1


async def test_a_filing_sent_back_is_amended_without_a_new_deadline(
    july: Stage, cast: Cast, li: Person, wang: Person
) -> None:
    told = await file_summary(july, cast.officer)
    back = told.to(li.user_id).button("Send back")
    await july.presses(li, back)
    said = await july.says(li, "the figures of June are missing")
    assert said.to(li.user_id).text.startswith("Sent back: QP01 QP01 hospital")
    heard = said.to(cast.officer.user_id)
    assert heard.text.splitlines() == [
        "📌 Please amend: the district has sent back 2026 First-half anti-crime summary",
        "It says: the figures of June are missing",
        "The date of the first filing still counts; nothing becomes late by amending.",
    ]
    said = await july.presses(wang, back)
    assert said.toasts == [
        "QP02 district has sent it back already: the figures of June are missing"
    ]
    paper = paper_of(july, "QP01")
    before = july.db.run_now(
        lambda conn: conn.execute(select(OBLIGATION).where(OBLIGATION.c.id == paper)).one()
    )
    july.at(JULY_13 + timedelta(days=9))
    said = await july.presses(cast.officer, heard.button("Amend it"))
    await july.says(cast.officer, "June is in now")
    said = await july.presses(cast.officer, (await july.says(cast.officer, "-")).button("Skip"))
    again = said.to(wang.user_id)
    assert "has amended" in again.text
    assert "Please look at that one" in (await july.presses(li, back)).toasts[0]
    await july.presses(wang, again.button("Take it"))
    after = july.db.run_now(
        lambda conn: conn.execute(select(OBLIGATION).where(OBLIGATION.c.id == paper)).one()
    )
    assert after == before


async def test_sent_back_to_somebody_who_has_left_reaches_the_safety_office(
    july: Stage, cast: Cast, li: Person
) -> None:
    told = await file_summary(july, cast.officer)
    july.db.run_now(lambda conn: mark_reachable(conn, cast.officer.user_id, since=JULY_13))
    await july.presses(li, told.to(li.user_id).button("Send back"))
    said = await july.says(li, "no figures")
    assert said.readers == {li.user_id, cast.admin.user_id}


async def test_the_files_of_a_filing_are_seen_again(july: Stage, cast: Cast, li: Person) -> None:
    await file_summary(july, cast.officer)
    said = await july.presses(li, f"district:f:{cast.hospital('QP01').id}")
    said = await july.presses(li, said.button("1"))
    assert "Version 1 · 2026-031" in said.text
    said = await july.presses(li, said.button("See the files"))
    assert [
        (item.method, item.payload["document"]) for item in said.out if "document" in item.payload
    ] == [("sendDocument", "F1")]


# -- the league table ------------------------------------------------------------------------------


async def test_the_league_table_counts_what_came_in_time_of_what_was_expected(
    stage: Stage, cast: Cast, li: Person
) -> None:
    sweep(stage.db, at("2026-07-09 09:00"))
    stage.at(at("2026-07-09 10:00"))
    await file_summary(stage, cast.officer)
    sweep(stage.db, JULY_13)
    stage.at(JULY_13)
    await file_summary(stage, cast["QP02"]["officer"])
    await file_summary(stage, cast["QP02"]["officer"], "safe_hospital")
    said = await stage.presses(li, "district:t:2026:0")
    lines = said.text.splitlines()
    assert lines[0] == "2026: 2 hospitals by papers in time, then by projected score"
    assert lines[1].startswith("1. QP01 QP01 hospital: 1 of 2 in time, score ")
    assert lines[2].startswith("2. QP02 QP02 hospital: 0 of 2 in time, score ")
    shown = [line.rpartition(" ")[2] for line in lines[1:]]
    assert shown == [_band(stage, cast, code) for code in ("QP01", "QP02")]


def _band(stage: Stage, cast: Cast, code: str) -> str:
    card = stage.db.run_now(
        lambda conn: standing(conn, cast.hospital(code), 2026, stage.now).card.score
    )
    return say_band(card)


async def test_what_is_waived_is_not_expected_and_nothing_due_is_no_rate(
    july: Stage, cast: Cast, li: Person
) -> None:
    waive = OBLIGATION.update().where(OBLIGATION.c.id == paper_of(july, "QP01"))
    july.db.run_now(lambda conn: conn.execute(waive.values(waived_at=JULY_13, state="waived")))
    said = await july.presses(li, "district:t:2026:0")
    assert "QP01 QP01 hospital: 0 of 1 in time" in said.text
    said = await july.presses(li, said.button("Year 2025"))
    assert "QP01 QP01 hospital: nothing due yet" in said.text


async def test_the_league_table_comes_as_a_file(july: Stage, li: Person) -> None:
    said = await july.presses(li, "district:t:2026:xlsx")
    (sent,) = [item for item in said.out if item.method == "sendDocument"]
    assert sent.payload["caption"] == "青浦区: league table of 2026"
    (path,) = july.folder.rglob("*.xlsx")
    rows = list(load_workbook(path).active.iter_rows(min_row=3, values_only=True))
    assert {row[1]: row[3:8] for row in rows} == dict.fromkeys(("QP01", "QP02"), (2, 0, 0, 0, 0))
    assert rows[0][8] >= rows[1][8]
    for forged in ("1999:0", "2027:0", "x:0", ""):
        assert (await july.presses(li, f"district:t:{forged}")).toasts


# -- an incident learnt elsewhere ------------------------------------------------------------------


async def learn(stage: Stage, person: Person, *, what: str, when: str) -> Said:
    """Tell of an incident at QP01 until the question whether it is on record."""
    await stage.presses(person, "district:learnt")
    said = await stage.says(person, "qp01")
    while not any(label == what for label in said.buttons):
        said = await stage.presses(person, said.button("More…"))
    await stage.presses(person, said.buttons[what])
    said = await stage.says(person, when)
    await stage.presses(person, said.button("110"))
    return await stage.says(person, "a man hit a nurse, call 13812345678")


async def test_what_nobody_reported_is_proven_missed_and_costs(
    july: Stage, cast: Cast, li: Person
) -> None:
    said = await learn(july, li, what="Staff attacked", when="Jul 3 14:00")
    assert first_line(said) == (
        "QP01 QP01 hospital has nothing similar on record within a day. Register an omission?"
    )
    assert [label for label in said.buttons if label != "Cancel"] == ["Left out: register"]
    said = await july.presses(li, said.button("Left out"))
    assert said.to(li.user_id).text.splitlines() == [
        "✅ Registered as missed: QP01 QP01 hospital, Incident report QP01-L2026-0001",
        "Told: 1 safety officer, 1 administrator.",
    ]
    heard = said.to(cast.officer.user_id)
    assert heard.text.splitlines() == [
        "📌 The district counts a report as missed: Incident report QP01-L2026-0001",
        "Staff attacked, Fri, Jul 3 14:00; heard of it: 110 (police)",
        "a man hit a nurse, call •••••••••••",
        "The rule: scorecard item 4.5, 按要求及时上报涉医违法案事件",
        "Missed for 2026 so far: 1.",
        "One more costs 1 point (scorecard item 4.5: 2 missed cost 1 point, "
        "3 or more missed leave nothing).",
        "If it was reported, please tell the health commission; else file it now.",
    ]
    assert heard.button("File it").startswith("file:")
    assert len(_misses(july, cast)) == 1
    assert "missed_reports" in _counts(july, cast)
    assert _counts(july, cast)["missed_reports"] == 1


def _misses(stage: Stage, cast: Cast) -> list[str]:
    year = (at("2026-01-01 00:00").date(), at("2026-12-31 00:00").date())
    return [
        paper.subject
        for paper in stage.db.run_now(
            lambda conn: counted_misses(conn, cast.hospital("QP01"), year, stage.now)
        )
    ]


def _counts(stage: Stage, cast: Cast) -> dict[str, object]:
    return dict(
        stage.db.run_now(
            lambda conn: standing(conn, cast.hospital("QP01"), 2026, stage.now).basis.counts
        )
    )


async def test_one_whose_limit_still_runs_counts_as_missed_at_once_and_stays_so(
    july: Stage, cast: Cast, li: Person
) -> None:
    said = await learn(july, li, what="Medical dispute", when="today 08:30")
    assert "⚠️ Its limit runs until tomorrow 08:30; registered now it counts as missed" in said.text
    await july.presses(li, said.button("Left out"))
    assert _misses(july, cast) == ["QP01-L2026-0001"]
    for later in (july.now, JULY_13 + timedelta(days=3)):
        assert sweep(july.db, later)["missed"] == 0
    day = at("2026-07-13 00:00").date()
    row = july.db.run_now(
        lambda conn: find_obligation(conn, cast.hospital("QP01").id, "O1", "QP01-L2026-0001", day)
    )
    assert row is not None
    assert (row.state, row.next_at) == ("missed", None)


async def test_filed_after_all_it_stays_missed(july: Stage, cast: Cast, li: Person) -> None:
    said = await learn(july, li, what="Staff attacked", when="Jul 3 14:00")
    said = await july.presses(li, said.button("Left out"))
    await july.presses(cast.officer, said.to(cast.officer.user_id).button("File it"))
    said = await july.says(cast.officer, "R-7")
    said = await july.presses(cast.officer, said.button("Skip"))
    said = await july.presses(cast.officer, said.button("Submit"))
    assert "It had been missed by then and stays missed" in said.text
    assert _misses(july, cast) == ["QP01-L2026-0001"]


async def test_what_is_on_record_is_not_proven_missing(
    stage: Stage, cast: Cast, li: Person
) -> None:
    stage.at(at("2026-07-03 15:00"))
    said = await stage.says(cast.guard, "/report")
    said = await stage.presses(cast.guard, said.button("Staff attacked"))
    said = await stage.says(cast.guard, "pushed at the desk")
    await stage.presses(cast.guard, said.button("Submit"))
    stage.at(JULY_13)
    said = await learn(stage, li, what="Patient attacked", when="Jul 3 14:00")
    assert said.text.splitlines()[:2] == [
        "QP01 QP01 hospital has 1 similar incident on record within a day. Is it that one?",
        "· Staff attacked 1",
    ]
    assert "pushed" not in said.everything
    said = await stage.presses(li, said.button("It is one of them"))
    assert said.text == "It is on record as QP01-2026-0001. Nothing was registered."
    assert said.readers == {li.user_id}
    assert stage.db.run_now(lambda conn: conn.execute(select(LEARNT)).all()) == []
    assert _misses(stage, cast) == ["QP01-2026-0001"], "its own report, which nobody has filed"


async def test_the_same_omission_is_pointed_out_the_second_time(
    july: Stage, li: Person, wang: Person
) -> None:
    said = await learn(july, li, what="Staff attacked", when="Jul 3 14:00")
    await july.presses(li, said.button("Left out"))
    said = await learn(july, wang, what="Staff attacked", when="Jul 3 15:00")
    assert "⚠️ The district has registered 1 such omission already." in said.text
    said = await july.presses(wang, said.button("It is one of them"))
    assert said.text == "It is registered already. Nothing was added."


async def test_a_hospital_is_found_by_a_part_of_its_name(july: Stage, li: Person) -> None:
    await july.presses(li, "district:learnt")
    said = await july.says(li, "hospital")
    assert first_line(said) == (
        "2 hospitals fit: QP01 QP01 hospital, QP02 QP02 hospital. Please type the code."
    )
    said = await july.says(li, "02 hosp")
    assert "What happened there?" in said.text


# -- findings --------------------------------------------------------------------------------------


async def test_a_finding_is_noted_told_counted_and_taken_back(
    july: Stage, cast: Cast, li: Person
) -> None:
    await file_summary(july, cast.officer)
    paper = paper_of(july, "QP01")
    said = await july.presses(li, f"district:find:{paper}")
    await july.presses(li, said.button("谎报"))
    said = await july.says(li, "the figures are invented, 13812345678")
    said = await july.presses(li, said.button("Submit"))
    heard = said.to(cast.officer.user_id).text.splitlines()
    assert heard[:2] == [
        "📌 The district finds this report false (谎报): 2026 First-half anti-crime summary",
        "It says: the figures are invented, •••••••••••",
    ]
    assert _counts(july, cast)["reports.false"] == 1
    said = await july.presses(li, f"district:p:{paper}")
    assert "Found: False (谎报)" in said.text
    said = await july.presses(li, f"district:find:{paper}")
    await july.presses(li, said.button("Take it back"))
    said = await july.says(li, "our mistake")
    said = await july.presses(li, said.button("Submit"))
    assert "The district takes its finding back" in said.to(cast.admin.user_id).text
    assert _counts(july, cast)["reports.false"] == 0


async def test_a_paper_still_in_time_has_no_finding(stage: Stage, li: Person) -> None:
    sweep(stage.db, at("2026-07-09 09:00"))
    stage.at(at("2026-07-09 09:00"))
    said = await stage.presses(li, f"district:find:{paper_of(stage, 'QP01')}")
    assert said.toasts == ["This paper is still in time. There is nothing to find yet."]


# -- bulletins and figures -------------------------------------------------------------------------


async def test_a_bulletin_goes_to_officers_administrators_and_leaders(
    stage: Stage, cast: Cast, li: Person
) -> None:
    leader = stage.db.run_now(lambda c: enlist(c, cast.hospital("QP02"), "leader", user_id=260))
    await stage.presses(li, "district:bulletin")
    said = await stage.says(li, "Check your exits. Ask 13812345678.")
    assert first_line(said) == "Send to 2 hospitals? It cannot be called back."
    said = await stage.presses(li, said.button("Send to all"))
    out = said.of(Priority.DIGEST)
    assert out.readers == {103, 104, 203, 204, leader.user_id}
    assert out.to(103).text.splitlines() == [
        "Bulletin of the health commission, please read:",
        "Check your exits. Ask •••••••••••.",
    ]
    assert said.to(li.user_id).text == "✅ On its way to 5 people"
    (row,) = stage.db.run_now(lambda conn: conn.execute(select(BULLETIN)).all())
    assert (row.words, row.readers) == ("Check your exits. Ask 13812345678.", 5)


async def test_a_published_average_stands_in_the_self_check_and_narrows_the_score(
    stage: Stage, cast: Cast, li: Person
) -> None:
    await stage.presses(li, "district:average")
    said = await stage.presses(li, "district:average")
    said = await stage.presses(li, said.button("2026"))
    assert "2026, District average" in said.text
    assert "from 0 to 100" in (await stage.says(li, "101")).text
    said = await stage.says(li, "93.5")
    assert said.text == "✅ Published for 2026: District average · Patient satisfaction 93.5"
    checks = SelfChecks(stage)
    said = await checks.begin(cast.officer)
    seen = []
    for _step in range(60):
        if any("Submit" in label for label in said.buttons):
            break
        seen.append(said.text)
        said = await checks._one(cast.officer, said, {"5.2.1": "92.5"})
    asked = next(each for each in seen if "5.2.1" in each)
    assert "The district's average for 2026, as published: 93.5" in asked
    await checks.submit(cast.officer, said)
    card = stage.db.run_now(lambda c: standing(c, cast.hospital("QP01"), 2026, stage.now).card)
    (line,) = [line for item in card.items for line in item.criteria if line.id == "5.2.1"]
    assert [why.code for why in line.reasons] == ["below_benchmark"]
    assert line.reasons[0].params["gap"] == 1


async def test_a_figure_replaces_the_one_before_and_what_hospitals_typed(
    stage: Stage, cast: Cast, li: Person
) -> None:
    await SelfChecks(stage).finish(cast.officer)
    before = _line(stage, cast)
    for value in ("93", "97"):
        said = await stage.presses(li, "district:average")
        await stage.presses(li, said.button("2026"))
        await stage.says(li, value)
    (row,) = stage.db.run_now(lambda conn: conn.execute(select(FIGURE)).all())
    assert (row.metric, row.value) == ("district_average", "97")
    assert before == []
    assert _line(stage, cast) == ["below_benchmark"]


def _line(stage: Stage, cast: Cast) -> list[str]:
    card = stage.db.run_now(lambda c: standing(c, cast.hospital("QP01"), 2026, stage.now).card)
    lines = [line for item in card.items for line in item.criteria if line.id == "5.2.1"]
    return [why.code for why in lines[0].reasons]


async def test_the_commission_says_which_hospital_was_inspected(
    stage: Stage, cast: Cast, li: Person
) -> None:
    said = await stage.presses(li, "check:inspected")
    said = await stage.presses(li, said.button("QP01"))
    await stage.says(li, "4.2=8.5")
    found = stage.db.run_now(
        lambda conn: [
            inspection_of(conn, cast.hospital(code).id, 2026) for code in ("QP01", "QP02")
        ]
    )
    assert found == [{"4.2": "8.5"}, {}]
    await stage.presses(cast.admin, "check:inspected")
    said = await stage.says(cast.admin, "4.5=2")
    assert "Kept: 1 item" in said.text

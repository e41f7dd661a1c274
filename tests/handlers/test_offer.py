"""One text box: a plain message is offered as what it is likeliest to be, and one press makes it that."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database
from models.category import CHOOSABLE
from models.duty import begin_duty
from models.people import ensure_department
from tests.handlers.registering import PHOTO, Registers, Says, number_of
from tests.people import NOW, Cast, Person, enlist
from tests.said import Said
from tests.stage import Stage

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly

PLACE = {"location": {"latitude": 31.15, "longitude": 121.12}}


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        bad = db.run_now(lambda c: c.execute(text("SELECT * FROM inbox WHERE state = 'bad'")).all())
        assert bad == [], "nothing a person can send is a fault"


class Hand:
    """A person who counts what they do."""

    def __init__(self, stage: Stage, person: Person) -> None:
        self.stage, self.person, self.did = stage, person, 0
        self.said = Said([])

    async def says(self, words: str) -> "Hand":
        """Write."""
        return self._saw(await self.stage.says(self.person, words))

    async def sends(self, content: dict[str, Any]) -> "Hand":
        """Send anything else."""
        return self._saw(await self.stage.sends(self.person, content))

    async def presses(self, *labels: str) -> "Hand":
        """Press one button after another."""
        for label in labels:
            data = self.said.button(label)
            self._saw(await self.stage.presses(self.person, data))
        return self

    def _saw(self, said: Said) -> "Hand":
        self.did += 1
        self.said = said.to(self.person.user_id)
        return self


def rows(db: Database, query: str) -> list[Any]:
    return db.run_now(lambda conn: list(conn.execute(text(query)).all()))


def kinds(said: Said) -> list[str]:
    """The kinds offered, without the ways on."""
    return [label for label in said.buttons if label not in ("Something else…", "Do not file")]


# -- three actions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "words", "kind", "table"),
    [
        ("guard", "有人打架，在急诊3诊室", "Staff attacked", "incident"),
        ("guard", "消防通道堵了", "Hazard", "entry"),
        ("guard", "3号监控坏了", "Equipment fault", "entry"),
        ("doctor", "病人投诉等了四个小时", "Complaint", "entry"),
        ("officer", "有人匿名举报护工公司涉黑", "Clue", "entry"),
        ("leader", "门诊大厅手机被偷了", "Theft", "incident"),
    ],
)
async def test_message_kind_submit_are_three_actions(
    stage: Stage, cast: Cast, role: str, words: str, kind: str, table: str
) -> None:
    hand = Hand(stage, cast["QP01"].get(role) or _enlist(stage, cast, role))
    await (await hand.says(words)).presses(kind, "Submit")
    assert "Filed as QP01-" in hand.said.text
    assert hand.did == 3
    column = "description" if table == "incident" else "data"
    (row,) = rows(stage.db, f"SELECT {column} FROM {table}")
    data = row[0] if table == "incident" else _data(row[0])["what"]
    assert data == words
    assert rows(stage.db, "SELECT * FROM draft") == []


def _data(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else dict(json.loads(value))


def _enlist(stage: Stage, cast: Cast, role: str) -> Person:
    return stage.db.run_now(lambda c: enlist(c, cast.hospital("QP01"), role, user_id=4242))


# -- what is offered ---------------------------------------------------------------------------------


async def test_the_offer_asks_first_and_keeps_what_was_written(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.guard).says("消防通道堵了")
    assert hand.said.text == "File this? Press what fits best:\n消防通道堵了"
    assert kinds(hand.said)[0] == "Hazard"
    assert 2 <= len(kinds(hand.said)) <= 3
    assert list(hand.said.buttons)[-2:] == ["Something else…", "Do not file"]


@pytest.mark.parametrize("words", ["好的", "收到", "谢谢", "今天谁值班", "hello"])
async def test_small_talk_may_be_filed_but_nothing_is_claimed(
    stage: Stage, cast: Cast, words: str
) -> None:
    hand = await Hand(stage, cast.guard).says(words)
    assert hand.said.text == f"File this?\n{words}"
    assert list(hand.said.buttons) == ["Yes, file it", "Do not file"]
    await hand.presses("Yes, file it")
    assert "Hazard" in hand.said.buttons


async def test_every_kind_that_the_role_may_file_stands_behind_something_else(
    stage: Stage, cast: Cast
) -> None:
    hand = await Hand(stage, cast.guard).says("监控坏了")
    await hand.presses("Something else…")
    found = list(hand.said.buttons.values())
    while "More…" in hand.said.buttons:
        await hand.presses("More…")
        found += hand.said.buttons.values()
    options = {data.split(":", 3)[3] for data in found}
    assert {f"incident:{code}" for code in CHOOSABLE} < options
    assert {"entry:hazard", "entry:fault", "entry:seizure", "threat:"} < options
    assert "entry:complaint" not in options
    await hand.presses("To the first")
    assert kinds(hand.said)[0] == "Equipment fault"


async def test_what_a_role_may_not_file_is_neither_offered_nor_taken(
    stage: Stage, cast: Cast
) -> None:
    hand = await Hand(stage, cast.guard).says("病人投诉护士态度不好")
    assert "Complaint" not in kinds(hand.said)
    draft = hand.said.button("Do not file").split(":")[1]
    said = await stage.presses(cast.guard, f"f:{draft}:sort:entry:complaint")
    assert said.toasts
    assert rows(stage.db, "SELECT * FROM entry") == []
    hand = await Hand(stage, cast.doctor).says("病人投诉护士态度不好")
    assert kinds(hand.said)[0] == "Complaint"


async def test_a_role_that_changed_on_the_card_files_nothing(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.doctor).says("病人投诉护士态度不好")
    await hand.presses("Complaint")
    change = text("UPDATE member SET role = 'guard' WHERE id = :id")
    stage.db.run_now(lambda conn: conn.execute(change, {"id": cast.doctor.id}))
    await hand.presses("Submit")
    assert hand.said.text.startswith("Your role does not file this.")
    assert rows(stage.db, "SELECT * FROM entry") == []


async def test_a_typed_name_is_its_button(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.guard).says("好像不太对")
    await hand.says("hazard")
    assert hand.said.text.startswith("Hazard: please check")


# -- nothing said is lost ----------------------------------------------------------------------------


async def test_what_is_said_and_sent_before_the_press_joins_the_offer(
    stage: Stage, cast: Cast
) -> None:
    hand = await Hand(stage, cast.guard).says("过来看看")
    await hand.says("3号监控坏了")
    assert (
        hand.said.text
        == "Added to the account.\nFile this? Press what fits best:\n过来看看\n3号监控坏了"
    )
    await hand.sends(PHOTO)
    assert hand.said.text.endswith("Attached: 1")
    await hand.sends(PLACE)
    await hand.presses("Equipment fault")
    assert "Place: 31.15000, 121.12000" in hand.said.text
    await hand.says("从昨晚开始")
    await hand.presses("Submit")
    number = number_of(hand.said)
    row = Registers(stage, cast).row(number)
    assert row.data["what"] == "过来看看\n3号监控坏了\n从昨晚开始"
    assert row.data["place"] == "31.15000, 121.12000"
    assert len(rows(stage.db, "SELECT * FROM evidence WHERE subject = 'entry'")) == 1


async def test_a_photo_alone_can_become_a_hazard(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.guard).sends(PHOTO)
    assert hand.said.text == "File this?\nAttached: 1"
    await hand.presses("Yes, file it", "Hazard", "Submit")
    assert len(rows(stage.db, "SELECT * FROM evidence WHERE subject = 'entry'")) == 1


async def test_not_filing_it_can_be_taken_back(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.guard).says("消防通道堵了")
    await hand.presses("Do not file")
    assert hand.said.text == (
        "Cancelled, nothing was filed: what you wrote.\nDiscarded: 消防通道堵了"
    )
    await hand.presses("Take it back", "Hazard", "Submit")
    assert "Filed as" in hand.said.text


async def test_a_form_begun_from_the_menu_waits_untouched(stage: Stage, cast: Cast) -> None:
    books = Registers(stage, cast)
    begun = await stage.presses(cast.guard, "enter:hazard")
    await books.play(cast.guard, begun, Says("the rail is loose"))
    said = await stage.says(cast.guard, "/report")
    await stage.presses(cast.guard, said.button("Cancel"))
    hand = await Hand(stage, cast.guard).says("消防通道堵了")
    await hand.presses("Hazard", "Submit")
    assert books.row(number_of(hand.said)).data["what"] == "消防通道堵了"
    mine = await stage.says(cast.guard, "/mine")
    assert "the rail is loose" in mine.text


# -- changes of mind ---------------------------------------------------------------------------------


async def test_the_kind_is_changed_on_the_card_and_the_words_stay(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.guard).says("急诊走廊地上有水，老人滑倒了")
    await hand.presses("Patient accident")
    assert hand.said.text.startswith("Please check")
    await hand.presses("Change what it is", "Hazard")
    assert hand.said.text.startswith("Hazard: please check")
    assert "急诊走廊地上有水，老人滑倒了" in hand.said.text
    await hand.presses("Change place")
    await hand.says("corridor 4")
    await hand.presses("Submit")
    row = Registers(stage, cast).row(number_of(hand.said))
    assert (row.data["place"], row.data["what"]) == ("corridor 4", "急诊走廊地上有水，老人滑倒了")
    assert rows(stage.db, "SELECT * FROM incident") == []


async def test_back_from_the_card_asks_again_and_keeps_the_answer(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.guard).says("监控坏了")
    await hand.presses("Equipment fault", "Back")
    assert "Back" not in hand.said.buttons
    await hand.presses("Keep as it was", "Submit")
    assert "Filed as QP01-F" in hand.said.text


# -- what the words tell -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "place", "system"),
    [
        ("3号监控坏了", "ER", "video"),
        ("药房门禁刷不开", "药房", "access"),
        ("住院部3号电梯坏了", "住院部", "other_system"),
    ],
)
async def test_place_and_system_come_from_the_words_and_stand_on_the_card(
    stage: Stage, cast: Cast, words: str, place: str, system: str
) -> None:
    _work_in(stage, cast.guard, "ER")
    hand = await Hand(stage, cast.guard).says(words)
    await hand.presses("Equipment fault")
    assert f"Place: {place}" in hand.said.text
    await hand.presses("Submit")
    row = Registers(stage, cast).row(number_of(hand.said))
    assert (row.data["place"], row.figures["system"]) == (place, system)


def _work_in(stage: Stage, person: Person, department: str) -> None:
    change = text("UPDATE member SET department_id = :department WHERE id = :id")

    def place(conn: Any) -> None:
        hospital = conn.execute(
            text("SELECT hospital_id FROM member WHERE id = :id"), {"id": person.id}
        ).scalar_one()
        found = ensure_department(conn, hospital, department)
        conn.execute(change, {"department": found, "id": person.id})

    stage.db.run_now(place)


async def test_who_names_no_place_stands_at_their_post(stage: Stage, cast: Cast) -> None:
    hospital_id = cast.hospital("QP01").id
    stage.db.run_now(
        lambda conn: begin_duty(
            conn, hospital_id=hospital_id, member_id=cast.guard.id, post="gate nine", now=NOW
        )
    )
    hand = await Hand(stage, cast.guard).says("打架了")
    await hand.presses("Staff attacked")
    assert "Place: gate nine" in hand.said.text


async def test_listed_equipment_named_by_its_place_is_the_one(stage: Stage, cast: Cast) -> None:
    books = Registers(stage, cast)
    said = await books.enter(cast.officer, "asset", "Video surveillance", Says("西门"), Says("2"))
    asset = number_of(said)
    hand = await Hand(stage, cast.guard).says("西门监控坏了")
    await hand.presses("Equipment fault", "Submit")
    assert books.state(asset) == "fault"
    assert books.row(number_of(hand.said)).data["place"] == "西门"


async def test_what_cannot_be_read_from_words_is_still_asked(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.guard).says("安检查到一把水果刀")
    await hand.presses("Security-check find")
    assert hand.said.text == "What became of it?"
    await hand.presses("Held until leaving", "Submit")
    row = Registers(stage, cast).row(number_of(hand.said))
    assert (row.figures["item"], row.figures["count"]) == ("knife", 1)


async def test_a_check_is_asked_whether_the_counts_agree(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.officer).says("麻醉药品今天盘点，账物相符")
    await hand.presses("Controlled-material check", "Counts agree", "Submit")
    row = Registers(stage, cast).row(number_of(hand.said))
    assert (row.figures["material"], row.state) == ("drugs", "kept")


# -- a threat ----------------------------------------------------------------------------------------


async def test_a_threat_takes_the_words_and_keeps_them_sealed(stage: Stage, cast: Cast) -> None:
    hand = await Hand(stage, cast.doctor).says("那个家属天天在骨科门口盯着王医生，我怕他动手")
    await hand.presses("⚠️ Threat")
    kept = json.dumps([tuple(map(str, row)) for row in rows(stage.db, "SELECT * FROM draft")])
    assert "王医生" not in kept
    assert "\\u738b" not in kept
    await hand.presses("Keeps making demands", "Done", "Seen")
    await hand.says("a tall man")
    await hand.presses("No")
    assert "Place: 骨科门口" in hand.said.text
    mine = await stage.says(cast.doctor, "/mine")
    assert "王医生" not in mine.text
    await hand.presses("Submit")
    told = await stage.presses(cast.officer, f"threat:{_threat(stage)}")
    assert "那个家属天天在骨科门口盯着王医生，我怕他动手" in told.text
    assert rows(stage.db, "SELECT * FROM draft") == []


def _threat(stage: Stage) -> str:
    return str(rows(stage.db, "SELECT number FROM threat")[0][0])

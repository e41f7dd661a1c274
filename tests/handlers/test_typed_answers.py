"""Every question that asks a time or a number reads what people type, by one reader and with one refusal."""

from datetime import datetime
from typing import Any

import pytest

from bot.forms import Question, Refused, Understood, View
from bot.read_kinds import Moment
from handlers import case_amendments, case_handover, case_reports, case_stamps, report
from handlers.district.learning import build_learnt
from handlers.filing.form import build_file
from handlers.registers.forms import build_entry
from models.register import ENTERED
from tests.bot.test_kinds import got
from tests.handlers.registering import PHOTO, Registers, Says, number_of
from tests.handlers.sweeping import SHANGHAI
from tests.people import NOW, Cast
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("english")
REFUSED = "I did not understand this time. Please write it like 21:40; everything so far is kept."
CASE = {"number": "QP01-2026-0001", "text": "", "which": "police", "stamp": "police"}
FORMS = [
    report.build_report({}),
    case_stamps.build_stamp(CASE),
    case_handover.build_handover(CASE),
    case_reports.build_upward(CASE),
    case_amendments.build_amend({**CASE, "field": "time", "old": NOW.isoformat()}),
    build_learnt({"hospitals": []}),
    build_file({}),
    *(build_entry(kind) for kind in ENTERED),
]
TIMES = [
    pytest.param(question, id=f"{form.name}-{question.key}")
    for form in FORMS
    for question in form.questions
    if question.key in ("when", "time", "new")
]


def view() -> View:
    return View(params={}, answers={}, held={}, begun_at=NOW, now=NOW, zone=SHANGHAI)


def test_there_is_a_time_in_every_form_that_asks_for_one() -> None:
    without = {kind.code for kind in ENTERED} & {"asset"}
    assert len(TIMES) == len(FORMS) - len(without)


@pytest.mark.parametrize("question", TIMES)
def test_every_time_is_read_by_the_one_reader(question: Question) -> None:
    assert isinstance(question.kind, Moment)
    with pytest.raises(Refused) as refused:
        question.kind.read(got(text="那时候"), view(), question.key)
    assert str(refused.value) == REFUSED
    assert question.kind.read(got(text="上周五晚上8点"), view(), question.key) == (
        "2026-03-13T12:00:00+00:00"
    )
    found = question.kind.read(got(text="前天下午"), view(), question.key)
    assert isinstance(found, Understood)


# -- the registers, played -------------------------------------------------------------------------


@pytest.fixture
def books(stage: Stage, cast: Cast) -> Registers:
    return Registers(stage, cast)


TO_THE_TIME: dict[str, tuple[Any, ...]] = {
    "drill": (Says("上个星期五拉了演练"),),
    "training": ("Ethics and law",),
    "meeting": ("Meeting",),
}
AFTER_IT: dict[str, tuple[Any, ...]] = {
    "drill": (Says("二十五人"), "Skip"),
    "training": (Says("140人"), Says("上个星期五讲了课")),
    "meeting": (Says("上个星期五开了会"),),
}


@pytest.mark.parametrize("kind", TO_THE_TIME)
async def test_a_time_that_cannot_be_read_is_refused_and_not_kept_as_text(
    stage: Stage, cast: Cast, books: Registers, kind: str
) -> None:
    said = await stage.presses(cast.officer, f"enter:{kind}")
    said = await books.play(cast.officer, said, *TO_THE_TIME[kind], Says("那时候"))
    assert said.text.startswith(f"{REFUSED}\nWhen was it?")
    said = await books.play(cast.officer, said, Says("上个星期五"))
    assert said.text.startswith('"上个星期五" is noted as Fri, Mar 13 12:00.')
    said = await books.play(cast.officer, said, *AFTER_IT[kind], "Submit")
    row = books.row(number_of(said))
    assert row.occurred_at == datetime(2026, 3, 13, 12, tzinfo=SHANGHAI)
    assert "那时候" not in str(row.data)


async def test_what_is_told_with_a_time_in_it_is_kept_whole(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await stage.presses(cast.officer, "enter:meeting")
    said = await books.play(
        cast.officer, said, "Meeting", "Now", Says("上个星期五开了会"), "Submit"
    )
    row = books.row(number_of(said))
    assert (row.data["what"], row.occurred_at) == ("上个星期五开了会", NOW)


async def test_a_photo_sent_when_a_time_or_a_number_is_asked_goes_to_the_account(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await stage.presses(cast.officer, "enter:drill")
    said = await books.play(cast.officer, said, Says("fire"), PHOTO)
    assert "When was it?" in said.text
    said = await books.play(cast.officer, said, Says("昨晚11点"), PHOTO)
    assert "How many people took part?" in said.text
    said = await books.play(cast.officer, said, Says("约30人"))
    assert "Attached: 2" in said.text
    said = await books.play(cast.officer, said, "Submit")
    row = books.row(number_of(said))
    assert row.occurred_at == datetime(2026, 3, 15, 23, tzinfo=SHANGHAI)
    assert row.figures == {"heads": 30}


async def test_the_card_says_what_was_ours_to_choose(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    said = await stage.presses(cast.guard, "enter:hazard")
    said = await books.play(cast.guard, said, Says("loose rail"), Says("stairs"), "Change time")
    said = await books.play(cast.guard, said, Says("前天下午"))
    assert said.text.startswith('"前天下午" is noted as Sat, Mar 14 15:00.')
    assert "Time: Sat, Mar 14 15:00" in said.text


# -- numbers ---------------------------------------------------------------------------------------


async def test_beds_and_visits_are_typed_as_they_are_said(stage: Stage, cast: Cast) -> None:
    await stage.presses(cast.admin, "admin:facts")
    said = await stage.says(cast.admin, "1200多张")
    assert said.text.startswith(
        "I need the exact number here. Please type a number from 0 to 20000"
    )
    said = await stage.says(cast.admin, "1200张")
    assert "How many outpatients come a day?" in said.text
    said = await stage.says(cast.admin, "一千二")
    assert "1200" in said.text


async def test_the_minutes_of_a_chain_are_typed_as_they_are_said(stage: Stage, cast: Cast) -> None:
    said = await stage.presses(cast.admin, "chain:alarm")
    said = await stage.presses(cast.admin, said.button("Change minutes"))
    said = await stage.says(cast.admin, "10、3、1分钟")
    assert said.text.startswith("Each number must be above the one before")
    said = await stage.says(cast.admin, "2、5分钟、半小时")
    assert "30 minutes" in said.text

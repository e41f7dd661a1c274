"""Categories: stable codes, every one told in both languages, and guesses from the words people use."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.db import Database
from bot.i18n import LOCALES, use_locale
from handlers import words
from models.category import BY_CODE, CATEGORIES, SEVERITIES, Category, guess_category
from models.paper_plan import filing_of
from models.preset import shipped_preset
from tests.people import Cast

CASES = """
violence_staff: 有人在急诊打医生 | 家属持刀 | He hit the nurse | 患者推搡护士
insult: 家属辱骂护士 | keeps shouting insults
threat_to_staff: 扬言要杀了主任 | he threatened us: I will kill you
dispute: 家属来讨说法要求赔偿 | medical dispute about compensation
theft: 手机被偷了 | 钱包被扒窃 | a stolen laptop
fire: 配电房冒烟 | there is smoke in the stairwell
patient_injury: 病人从床上摔倒 | a patient fell
drugs_lost: 少了一支芬太尼
ticket_tout: 门诊大厅有号贩子
banner: 大门口拉横幅
traffic: a car crash at the gate
violence_patient: a patient attacked another
"""


def cases() -> list[tuple[str, str]]:
    """(category, words) of each example."""
    rows = (line.split(": ", 1) for line in CASES.strip().splitlines())
    return [(code, said) for code, examples in rows for said in examples.split(" | ")]


@pytest.mark.parametrize(("code", "said"), cases())
def test_words_hint_at_their_category(code: str, said: str) -> None:
    assert guess_category(said) == code


@pytest.mark.parametrize(
    "said", ["", "你好", "hello there", "🙂", "今天天气不错", "a white coat", "care of the patient"]
)
def test_small_talk_hints_at_nothing(said: str) -> None:
    assert guess_category(said) is None


@given(st.text(max_size=200))
def test_a_guess_is_always_a_category_or_nothing(said: str) -> None:
    assert guess_category(said) in {None, *BY_CODE}


def test_every_category_has_a_name_of_its_own_in_every_language() -> None:
    assert words.CATEGORIES.keys() == BY_CODE.keys()
    for locale in LOCALES:
        with use_locale(locale):
            names = [words.category(code) for code in BY_CODE]
        assert len(set(names)) == len(names), locale


def test_the_common_ones_come_first_and_the_order_is_fixed() -> None:
    common = [category.common for category in CATEGORIES]
    assert common == sorted(common, reverse=True)
    assert 6 <= sum(common) <= 8
    assert CATEGORIES[-1].code == "other"


FILED_WITH_THE_DISTRICT = {"violence", "threat", "disorder", "touts", "controlled", "stability"}


def test_what_an_incident_opens() -> None:
    for category, severity in product(CATEGORIES, SEVERITIES):
        asked = {"category": category.code, "group": category.group, "severity": severity}
        opened = {each.code for each in shipped_preset().templates if each.opened_by(**asked)}
        expected = {"O1"} if category.code == "dispute" else set()
        expected |= {"O2"} if category.group in FILED_WITH_THE_DISTRICT else set()
        expected |= {"O3"} if category.group == "violence" else set()
        assert opened == expected, asked


def test_the_filing_a_hospital_owes(sqlite_db: Database, cast: Cast) -> None:
    def filed(category: Category) -> str | None:
        asked = {"category": category.code, "group": category.group, "severity": "general"}
        found = sqlite_db.run_now(lambda conn: filing_of(conn, cast.hospital("QP01"), **asked))
        return found.code if found else None

    filings = {category.code: filed(category) for category in CATEGORIES}
    assert filings.pop("dispute") == "O1"
    groups = {BY_CODE[code].group for code, filing in filings.items() if filing == "O2"}
    assert groups == FILED_WITH_THE_DISTRICT
    others = {code for code, filing in filings.items() if filing is None}
    assert {"theft", "fire", "other"} <= others
    assert not {BY_CODE[code].group for code in others} & FILED_WITH_THE_DISTRICT


def test_of_limits_that_match_the_shortest_wins(sqlite_db: Database, cast: Cast) -> None:
    hospital = cast.hospital("QP01")
    asked = {"category": "violence_staff", "group": "violence"}

    def hours(severity: str) -> float:
        found = sqlite_db.run_now(
            lambda conn: filing_of(conn, hospital, severity=severity, **asked)
        )
        assert found is not None
        return found.hours_for(severity)

    assert [hours(severity) for severity in SEVERITIES] == [24, 24, 12, 2]


def test_codes_and_severities_fit_their_columns_and_buttons() -> None:
    for category in CATEGORIES:
        assert category.code.isascii()
        assert len(category.code) <= 32
        assert category.severity in SEVERITIES

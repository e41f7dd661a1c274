"""Categories: stable codes, every one told in both languages, and guesses from the words people use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import LOCALES, use_locale
from handlers import words
from models.category import BY_CODE, CATEGORIES, REPORTABLE_GROUPS, SEVERITIES, guess_category

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


def test_every_hint_finds_its_own_category_or_a_longer_hint_in_it() -> None:
    for category in CATEGORIES:
        for hint in category.hints:
            found = guess_category(hint)
            assert found is not None
            assert found == category.code or any(h in hint for h in BY_CODE[found].hints), hint


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


def test_what_must_be_filed_is_a_dispute_or_of_a_reportable_group() -> None:
    filings = {category.code: category.filing for category in CATEGORIES}
    assert filings["dispute"] == "O1"
    assert filings["violence_staff"] == "O2"
    assert filings["theft"] is None
    assert filings["other"] is None
    assert {c.group for c in CATEGORIES} >= REPORTABLE_GROUPS


def test_codes_and_severities_fit_their_columns_and_buttons() -> None:
    for category in CATEGORIES:
        assert category.code.isascii()
        assert len(category.code) <= 32
        assert category.severity in SEVERITIES

"""Masking: ID-card and phone numbers are hidden in what is sent on, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.masking import mask

HIDDEN = """
电话13812345678 | 电话•••••••••••
138 1234 5678 | •••••••••••••
138-1234-5678 | •••••••••••••
+8613812345678 | ••••••••••••••
86 13812345678 | ••••••••••••••
１３８１２３４５６７８ | •••••••••••
身份证310118199001011234 | 身份证••••••••••••••••••
31011819900101123X | ••••••••••••••••••
310118 19900101 123x | ••••••••••••••••••••
310118900101123 | •••••••••••••••
021-59720000 | ••••••••••••
0512 59720000 | •••••••••••••
打13812345678和13912345678 | 打•••••••••••和•••••••••••
"""
OPEN = [
    "110",
    "120急救",
    "QP01-2026-0007",
    "2026-03-16 21:42",
    "12345678",
    "体温37.5,血压120/80",
    "病历号20260316001",
    "12812345678",
    "在3楼12床,来了5个人,约200元",
    "",
]
ACCOUNTS = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=40)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
ID_CARDS = st.from_regex(r"[1-9][0-9]{16}[0-9Xx]", fullmatch=True)
DIGITS = "0123456789０１２３４５６７８９"


@pytest.mark.parametrize("line", HIDDEN.strip().splitlines())
def test_what_is_hidden(line: str) -> None:
    said, shown = line.split(" | ")
    assert mask(said) == shown


@pytest.mark.parametrize("said", OPEN)
def test_what_stays(said: str) -> None:
    assert mask(said) == said


@given(before=ACCOUNTS, number=st.one_of(MOBILES, ID_CARDS), after=ACCOUNTS)
def test_a_number_is_hidden_wherever_it_stands(before: str, number: str, after: str) -> None:
    shown = mask(f"{before} {number} {after}")
    assert number not in shown
    assert not set(shown) & set(DIGITS)


@given(before=ACCOUNTS, number=MOBILES, gaps=st.sampled_from([" ", "-", ".", "·", "–"]))
def test_it_is_hidden_however_it_is_grouped(before: str, number: str, gaps: str) -> None:
    grouped = gaps.join((number[:3], number[3:7], number[7:]))
    assert not set(mask(f"{before}:{grouped}")) & set(DIGITS)


@given(st.text(max_size=300))
def test_nothing_grows_shrinks_or_moves(said: str) -> None:
    shown = mask(said)
    assert len(shown) == len(said)
    assert all(new in (old, "•") for old, new in zip(said, shown, strict=True))
    assert mask(shown) == shown


@given(st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=100))
def test_words_without_digits_are_untouched(said: str) -> None:
    assert mask(said) == said

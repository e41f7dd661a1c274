"""Who may hear of a record at all: whose name stands in it, whom it blames, who would know the reporter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.category import BY_CODE
from models.hearing import Matter, is_named, may_hear, without_name
from models.people import ROLES

GROUPS = sorted({category.group for category in BY_CODE.values()})


@pytest.mark.parametrize(
    ("name", "words", "named"),
    [
        ("赵芳", "赵芳收了红包", True),
        ("赵芳", "赵科长收了红包", False),
        ("赵芳主任", "听说赵芳收红包", True),
        ("赵芳（保卫科）", "赵芳收红包", True),
        ("保卫科 赵芳", "赵芳收红包", True),
        ("保卫科-赵芳", "保卫科有人收红包", False),
        ("保安 李强", "保安收红包", False),
        ("王医生", "王医生收红包", True),
        ("王医生", "姓王的收红包", False),
        ("王", "王某收红包", False),
        ("保安", "保安收红包", False),
        ("急诊科", "急诊科有人收红包", False),
        ("Li Wei", "LI WEI took money", True),
        ("Li", "a list of names", False),
        ("Li", "it was Li.", True),
        ("Li (ER) 李伟", "李伟收红包", True),
        ("", "随便什么", False),
        (" ", "a b", False),
    ],
)
def test_a_member_is_named_by_what_is_a_name_in_what_they_are_shown_under(
    name: str, words: str, named: bool
) -> None:
    assert is_named(name, words) == named


@pytest.mark.parametrize(
    ("name", "words", "shown"),
    [
        ("李强", "我是李强，有人打人", "我是…，有人打人"),
        ("李强（保安）", "李强在门口，李强叫的", "…在门口，…叫的"),
        ("Er", "over there, said Er.", "over there, said …."),
        ("保安", "保安在门口", "保安在门口"),
        (r"a\1(b", r"it was a\1(b here", "it was … here"),
    ],
)
def test_a_name_is_taken_out_and_nothing_else(name: str, words: str, shown: str) -> None:
    assert without_name(name, words, "…") == shown


@given(name=st.text(max_size=20), words=st.text(max_size=60))
def test_what_a_name_was_taken_out_of_names_nobody(name: str, words: str) -> None:
    assert not is_named(name, without_name(name, words, "\n"))


letters = st.sampled_from("赵钱孙李周吴郑芳强敏伟明")


@given(
    name=st.tuples(letters, letters).map("".join),
    before=st.text(alphabet="赵钱有人收了，。 ", max_size=6),
    after=st.text(alphabet="主任红包，。 ", max_size=6),
    shown=st.sampled_from(["{}", "{}主任", "保卫科 {}", "{}（急诊科）", "Li {}"]),
)
def test_a_name_is_found_wherever_it_stands_and_however_it_is_shown(
    name: str, before: str, after: str, shown: str
) -> None:
    assert is_named(shown.format(name), before + name + after)


@given(
    group=st.sampled_from(GROUPS),
    confidential=st.booleans(),
    role=st.sampled_from(ROLES),
    theirs=st.sampled_from([None, 1, 2]),
    reported=st.sampled_from([None, 1, 2]),
    words=st.sampled_from(["赵芳收红包", "有人打护士", ""]),
)
def test_nobody_hears_who_must_not(
    group: str,
    confidential: bool,
    role: str,
    theirs: int | None,
    reported: int | None,
    words: str,
) -> None:
    heard = may_hear(
        Matter(group=group, confidential=confidential, department_id=reported, words=words),
        role=role,
        department_id=theirs,
        name="赵芳",
    )
    # Said once more, by what must never be.
    blamed = "赵芳" in words and (confidential or group == "staff")
    colleague = group == "staff" and role in ("guard", "doctor", "head", "district", "auditor")
    knows_who = confidential and role == "head" and theirs == reported
    assert heard == (not (blamed or colleague or knows_who))

"""The place that an account names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.whereabouts import place_said


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("急诊3诊室，家属要打医生", "急诊3诊室"),
        ("住院部5楼地面湿滑", "住院部5楼"),
        ("大厅有人偷手机", "大厅"),
        ("停车场道闸抬不起来", "停车场"),
        ("门口有人闹，2号楼3层走廊也有", "2号楼3层走廊"),
        ("有人在负一楼抽烟", "负一楼"),
        ("water in stairwell B", "stairwell B"),
        ("the camera at the main gate is down", "main gate"),
        ("fire on the 3rd floor", "3rd floor"),
        ("打架", None),
        ("监控坏了", None),
        ("he floored the bat", None),
    ],
)
def test_the_place_in_the_words(said: str, place: str | None) -> None:
    assert place_said(said) == place


@given(st.text(max_size=300))
def test_a_place_is_a_part_of_what_was_said(said: str) -> None:
    found = place_said(said)
    assert found is None or found in said

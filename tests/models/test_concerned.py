"""Which department an incident concerns, by its place, its words and whose report it is."""

import pytest

from models.concerned import concerned_department, department_named

DEPARTMENTS = [
    (1, "急诊科"),
    (2, "内科"),
    (3, "心内科"),
    (4, "五病区"),
    (5, "检验中心"),
    (6, "ER"),
    (7, "门诊部"),
    (8, "科"),
    (9, "手术室"),
]
OWN = (2, "内科")


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("急诊3诊室", 1),
        ("急诊科门口", 1),
        ("心内科走廊", 3),
        ("内科", 2),
        ("5病区护士站", 4),
        ("五病区", 4),
        ("检验中心", 5),
        ("检验大厅", 5),
        ("ER, room 3", 6),
        ("the er entrance", 6),
        ("over there", None),
        ("门诊大厅", 7),
        ("停车场", None),
        ("科室", None),
        ("", None),
    ],
)
def test_a_department_is_known_by_its_name_or_its_stem(place: str, found: int | None) -> None:
    assert department_named(DEPARTMENTS, place) == found


@pytest.mark.parametrize(
    ("place", "words", "own", "found"),
    [
        ("急诊3诊室", "", OWN, 1),
        ("急诊3诊室", "心内科的病人", OWN, 1),
        ("停车场", "心内科的病人闹事", OWN, 3),
        ("停车场", "有人闹事", OWN, 2),
        ("停车场", "有人闹事", None, None),
        # The place that is proposed is the reporter's own department: what they wrote says more.
        ("内科", "急诊3诊室有人打护士", OWN, 1),
        ("内科", "有人打护士", OWN, 2),
        ("停车场", "急诊有人打架", OWN, 1),
        ("停车场", "手术失误，家属闹事", OWN, 2),
        ("停车场", "检验结果没出来，家属闹事", OWN, 2),
        ("停车场", "手术室门口闹事", OWN, 9),
        ("内科", "有人打护士", None, 2),
    ],
)
def test_the_place_says_it_first_then_the_words_then_whose_report_it_is(
    place: str, words: str, own: tuple[int, str] | None, found: int | None
) -> None:
    assert concerned_department(DEPARTMENTS, place=place, words=words, own=own) == found


def test_a_hospital_without_departments_concerns_none() -> None:
    assert concerned_department([], place="急诊科", words="急诊科") is None

"""What the words of a printed line say, and that whatever they leave open is named."""

import pytest

from models.clauses import UNDECIDED, points_in, read_clause, split_cell, without_points

LADDER = "按要求及时上报。（漏报2次扣1分，漏报3次及以上不得分）"


def test_one_cell_with_two_lines_is_split_where_the_points_stand() -> None:
    cell = "医院党政主要领导任领导小组组长(10分); 其他人员任领导小组组长(5分)。"
    assert split_cell(cell) == [
        "医院党政主要领导任领导小组组长(10分);",
        "其他人员任领导小组组长(5分)。",
    ]


def test_a_remark_in_brackets_stays_with_its_line() -> None:
    cell = "2. 未发生恶劣案件（3分）；（发生一起扣1分，扣完为止）"
    assert split_cell(cell) == [cell]


def test_numbered_lines_in_one_cell_are_split() -> None:
    assert split_cell("1. 设置警务室（2分）；2. 开展安检（2分）。") == [
        "1. 设置警务室（2分）；",
        "2. 开展安检（2分）。",
    ]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("组织领导(20分)", "20"),
        ("满意度 （ 5 分 ）", "5"),
        ("每次减0.5分（2.5分）", "2.5"),
        ("没有分值", None),
        ("（漏报2次扣1分，漏报3次及以上不得分）", None),
    ],
)
def test_points_are_those_in_brackets(text: str, points: str | None) -> None:
    assert points_in(text) == points


def test_what_is_printed_is_kept_word_for_word() -> None:
    clause = read_clause("1. 二级以上医院设置警务室（2分），")
    assert clause.printed == "1. 二级以上医院设置警务室（2分），"
    assert clause.text == "二级以上医院设置警务室（2分）"
    assert without_points(clause.text) == "二级以上医院设置警务室"


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("三级医院开展安检", [3]),
        ("二级以上医院设立", [2, 3]),
        ("二级及以上医院", [2, 3]),
        ("各医院", None),
    ],
)
def test_levels_are_read_and_marked(text: str, levels: list[int] | None) -> None:
    clause = read_clause(text)
    assert clause.levels == levels
    assert ("levels: read from the words" in clause.doubts) == (levels is not None)


def test_a_ladder_is_read_rung_by_rung_and_the_unprinted_one_is_named() -> None:
    clause = read_clause(LADDER)
    assert clause.rule == {
        "kind": "step",
        "metric": "missed_reports",
        "deduct": [0, 0, "1", UNDECIDED],
    }
    assert "ladder: 1 missed is not printed" in clause.doubts


def test_each_event_has_its_cost_and_a_cap_is_no_cost() -> None:
    clause = read_clause("发生影响恶劣的案件一起扣1分，乱象事件扣2分，本项限扣5分（5分）")
    assert clause.rule is not None
    assert [each["each"] for each in clause.rule["events"]] == ["1", "2"]
    assert clause.rule["cap"] == "5"
    assert any(doubt.startswith("events") for doubt in clause.doubts)


@pytest.mark.parametrize(
    "text", ["不报送或不按时报送每次减0.5分", "每发生一起扣0.5分", "发生1起扣0.5分"]
)
def test_a_cost_for_each_time_is_an_event(text: str) -> None:
    rule = read_clause(text).rule
    assert rule is not None
    assert rule["events"] == [{"metric": UNDECIDED, "name": UNDECIDED, "each": "0.5"}]


def test_a_slope_is_told_from_an_event() -> None:
    rule = read_clause("满意度95%以上得5分，每降低1个百分点扣0.25分").rule
    assert rule is not None
    assert rule["kind"] == "slope"
    assert rule["tiers"][0]["deduct"] == "0.25"


@pytest.mark.parametrize(
    ("text", "kind"), [("按质控督查折合分数", "prorate"), ("低于全区平均数扣分", "below_benchmark")]
)
def test_what_comes_from_the_district_is_recognised(text: str, kind: str) -> None:
    clause = read_clause(text)
    assert clause.rule is not None
    assert clause.rule["kind"] == kind
    assert clause.doubts


def test_plain_words_are_left_to_a_person() -> None:
    clause = read_clause("持续开展线索摸排（2分）")
    assert (clause.rule, clause.points, clause.doubts) == (None, "2", [])

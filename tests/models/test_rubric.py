"""The rubric file: what ships, what is refused and why, and what a self-check asks from it."""

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import FrozenInstanceError
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.applicability import Place
from models.asking import asked
from models.criteria import VERDICTS, Criterion
from models.fields import RubricError
from models.question import AnswerError, Question, check_answer
from models.rubric import FOLDER, load, shipped, shipped_ids
from models.soundness import mismatches
from models.wording import LANGUAGES, Text
from tests.models.scorecard_oracle import SECTIONS, TABLE, questions_at

FILE = FOLDER / "qingpu-2021.yaml"
RUBRIC = shipped("qingpu-2021")
RAW = yaml.safe_load(FILE.read_text(encoding="utf-8"))
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# The column 评分标准 as printed, a row a line.
PRINTED = """
医院党政主要领导任领导小组组长(10分); 其他人员任领导小组组长(5分)。
相关制度、实施方案等文件,有协调工作机制(5分); 定期召开工作会议,定期检查工作落实情况(5分)。
1. 二级以上医院设立投诉管理部门(5分);
2. 投诉处理程序完善、规范、妥善、及时,调解成功率高(5分)。
1. 健全医患沟通制度,建立健全化解医患矛盾和预防、排查、调解医患纠纷的工作机制,医患纠纷解决及时(5分);
2. 应急处置工作预案完善,信息报告与反馈程序执行严格(5分)。
1. 遵守医疗服务管理法律法规，定期开展医德医风教育和法律法规培训；
2. 医疗安全措施完善，执行严格，各项操作技术规范，医院感染控制和血液管理严格；
3. 根据医疗质量和安全和质控督查折合分数。
1. 持续开展线索摸排；（2分）
2. 建立与公安机关的线索发现移交机制。（2分）
1. 二级以上医院设置警务室（2分），三级医院开展安检（2分）；
2. 未发生社会影响恶劣的涉医案件、行业乱象事件（3分）；（发生影响恶劣的涉医案件一起扣1分，行业乱象事件扣2分，扣完为止）
3. 未发生媒体对涉医案件恶意炒作事件（3分）；（发生一起扣1分，扣完为止）
4. 卫生工作人员未参与涉黑涉恶违法犯罪活动或充当黑恶势力保护伞（2分）。（发生一起扣1分，扣完为止）
1. 涉医案件快捕、快诉、快判情况（2分）；
2. 重大督办案件结案率（2分）。
1. 采取有效措施整治辖区内存在的行业乱象（3分）；
2. 对其他部门通报的行业管理漏洞及时整改（2分）。
按要求及时上报涉医违法案事件，每半年度、每年度向区卫生健康委上报送扫黑除恶、平安医院创建工作总结。（漏报2次扣1分，漏报3次及以上不得分）
建立健全医疗服务社会监督评价机制，定期征求患者对医疗服务和医疗管理的意见（5分）。
患者对医疗服务的满意度（5分）。（低于全区平均数扣分）
"""
Change = Callable[[dict[str, Any]], object]


def raw_item(raw: dict[str, Any], item_id: str) -> dict[str, Any]:
    items = [item for section in raw["sections"] for item in section["items"]]
    return next(item for item in items if item["id"] == item_id)


def raw_line(raw: dict[str, Any], line_id: str) -> dict[str, Any]:
    items = [item for section in raw["sections"] for item in section["items"]]
    lines = [line for item in items for line in item["criteria"]]
    return next(line for line in lines if line["id"] == line_id)


def written(folder: Path, change: Change | None = None) -> Path:
    raw = deepcopy(RAW)
    if change is not None:
        change(raw)
    path = folder / "qingpu-2021.yaml"
    path.write_text(yaml.dump(raw, Dumper=DUMPER, sort_keys=False), encoding="utf-8")
    return path


def question(question_id: str, level: int = 3) -> Question:
    return next(each for each in asked(RUBRIC, level) if each.id == question_id)


def test_what_ships_loads_and_its_file_begins_with_its_id() -> None:
    assert "qingpu-2021" in shipped_ids()
    assert FILE.read_text(encoding="utf-8").startswith("id: qingpu-2021\n")
    assert RUBRIC.id == "qingpu-2021"
    assert RUBRIC.source.number == "青卫健医政〔2021〕4号"


def test_every_section_item_and_criterion_has_id_and_points() -> None:
    for section in RAW["sections"]:
        for item in section["items"]:
            for part in (section, item, *item["criteria"]):
                assert isinstance(part["id"], str)
                assert part["points"] > 0


def test_the_table_is_complete() -> None:
    assert [section.points for section in RUBRIC.sections] == [20, 20, 25, 25, 10]
    assert {s.id: [i.id for i in s.items] for s in RUBRIC.sections} == SECTIONS
    for item_id, (points, lines) in TABLE.items():
        item = next(each for each in RUBRIC.items if each.id == item_id)
        assert item.points == points
        found = [(each.id, each.points, lowest(each)) for each in item.criteria]
        assert found == [line[:3] for line in lines]


def lowest(line: Criterion) -> int:
    """The lowest level that a line is for."""
    return min(level for level in RUBRIC.levels if line.applies(Place(level=level)))


def test_clauses_are_the_printed_words_in_their_order() -> None:
    at = 0
    for criterion in RUBRIC.criteria:
        at = PRINTED.index(criterion.clause, at)
        assert criterion.text.in_language("zh_Hans") in criterion.clause
    for row in PRINTED.strip().splitlines():
        assert any(criterion.clause in row for criterion in RUBRIC.criteria)


def test_every_text_is_there_in_both_languages() -> None:
    named = [RUBRIC, *RUBRIC.settings, *RUBRIC.open, *RUBRIC.sections, *RUBRIC.items]
    texts = [getattr(each, "name", None) or getattr(each, "text", None) for each in named]
    texts += [text for each in RUBRIC.criteria for text in (each.name, each.text)]
    for text in (each for each in texts if isinstance(each, Text)):
        assert set(text.by_language) == set(LANGUAGES)
        assert text.in_language("en").isascii()
        assert text.in_language("fr") == text.in_language("en")


def test_twelve_open_questions() -> None:
    assert [each.id for each in RUBRIC.open] == [f"A{n}" for n in range(1, 13)]
    ranged = [each.id for each in RUBRIC.open if each.readings]
    assert ranged == ["A1", "A2", "A3", "A4", "A10", "A12"]
    assert {each.question for each in RUBRIC.settings} == {"A5", "A8", "A10", "A11"}


def test_points_that_do_not_add_up_are_reported_by_level() -> None:
    found = [(m.item, m.level, m.printed, m.points, m.question) for m in mismatches(RUBRIC)]
    assert found == [
        ("2.1", 1, 5, 10, "A2"),
        ("4.2", 1, 8, 10, "A2"),
        ("4.2", 3, 12, 10, "A1"),
    ]
    item = next(each for each in RUBRIC.items if each.id == "4.2")
    assert [item.sum_at(Place(level=level)) for level in (1, 2, 3)] == [8, 10, 12]


def test_loading_is_quick_and_what_ships_is_read_once() -> None:
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        load(FILE)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.05
    assert shipped("qingpu-2021") is RUBRIC


def test_a_rubric_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        RUBRIC.points = Fraction(99)  # type: ignore[misc]
    with pytest.raises(TypeError):
        RUBRIC.levels[4] = RUBRIC.title  # type: ignore[index]


def test_the_hash_is_of_the_content_not_of_the_layout(tmp_path: Path) -> None:
    assert len(RUBRIC.content_hash) == 64
    assert load(written(tmp_path)).content_hash == RUBRIC.content_hash

    def reworded(raw: dict[str, Any]) -> None:
        raw_line(raw, "1.2.a")["name"]["en"] = "Papers"

    assert load(written(tmp_path, reworded)).content_hash != RUBRIC.content_hash


def drop(raw: dict[str, Any], key: str) -> None:
    del raw[key]


REFUSED: list[tuple[Change, str, str]] = [
    (lambda raw: raw_line(raw, "1.2.b").update(id="1.2.a"), "1.2.a", "duplicate_id"),
    (lambda raw: raw_item(raw, "1.2").update(id="1.1"), "1.1", "duplicate_id"),
    (lambda raw: raw["open"][1].update(id="A1"), "A1", "duplicate_id"),
    (lambda raw: raw["settings"][1].update(key=raw["settings"][0]["key"]), "", "duplicate_id"),
    (lambda raw: raw_line(raw, "1.1.b").update(key="none"), "1.1", "duplicate_id"),
    (lambda raw: raw_line(raw, "1.2.a").update(points=6), "1.2", "points_mismatch"),
    (lambda raw: raw_line(raw, "1.1.a").update(points=9), "1.1", "points_mismatch"),
    (lambda raw: raw_item(raw, "1.2").update(points=9), "1", "points_mismatch"),
    (lambda raw: raw["sections"][0].update(points=21), "1", "points_mismatch"),
    (lambda raw: raw.update(points=101), "qingpu-2021", "points_mismatch"),
    (lambda raw: drop(raw_item(raw, "4.2"), "printed_sum"), "4.2", "points_mismatch"),
    (lambda raw: drop(raw_item(raw, "2.1"), "printed_sum"), "2.1", "points_mismatch"),
    (lambda raw: drop(raw_item(raw, "4.2"), "over"), "4.2", "points_mismatch"),
    (lambda raw: raw_item(raw, "4.2")["printed_sum"].update({3: 11}), "4.2", "points_mismatch"),
    (lambda raw: drop(raw_item(raw, "4.2")["printed_sum"], 3), "4.2", "points_mismatch"),
    (lambda raw: raw_item(raw, "4.2")["printed_sum"].update({4: 1}), "4.2", "unknown_level"),
    (lambda raw: raw_item(raw, "1.1").update(printed_sum={1: 10}), "1.1", "points_mismatch"),
    (lambda raw: raw_line(raw, "4.2.3")["rule"].update(floor=4), "4.2.3", "points_mismatch"),
    (lambda raw: raw_line(raw, "4.5.1")["rule"].update(deduct=[0, 0, 3]), "4.5.1", "points_mis"),
    (lambda raw: raw_line(raw, "4.5.1")["rule"].update(deduct=[0, 2, 1]), "4.5.1", "not_a_ladder"),
    (lambda raw: raw_line(raw, "4.5.1")["rule"].update(deduct=[0]), "4.5.1", "not_a_ladder"),
    (lambda raw: raw_line(raw, "4.5.1")["rule"].update(deduct=[0, 1, 1]), "4.5.1", "not_a_ladder"),
    (lambda raw: raw_line(raw, "4.5.1")["rule"].update(kind="lottery"), "4.5.1", "unknown_kind"),
    (lambda raw: raw_line(raw, "4.5.1")["rule"].update(metric="luck"), "4.5.1", "unknown_metric"),
    (lambda raw: raw_line(raw, "2.1.2").update(open=["A13"]), "2.1.2", "unknown_open"),
    (lambda raw: raw["not_applicable"].update(open="A13"), "not_applicable", "unknown_open"),
    (lambda raw: raw["not_applicable"].update(open="A5"), "not_applicable", "unknown_reading"),
    (lambda raw: raw["open"][0].update(default="guess"), "A1", "unknown_reading"),
    (lambda raw: raw["verdict"]["partly"].update(third=0.3), "1.2.a", "unknown_reading"),
    (lambda raw: raw_line(raw, "3.1.3")["rule"].update(full="luck"), "3.1.3", "unknown_setting"),
    (lambda raw: raw_line(raw, "3.1.3")["rule"].update(full=0), "3.1.3", "not_a_number"),
    (lambda raw: raw_item(raw, "4.2")["over"].update(split={"1.2.a": 1}), "4.2", "unknown_crit"),
    (lambda raw: raw_line(raw, "1.2.a").update(points=-5), "1.2.a", "not_a_number"),
    (lambda raw: raw_line(raw, "1.2.a").update(points="5 points"), "1.2.a", "not_a_number"),
    (lambda raw: raw_line(raw, "1.2.a").update(id=1.2), "1.2: criteria", "not_a_text"),
    (lambda raw: drop(raw_line(raw, "1.2.a"), "clause"), "1.2.a", "missing_key"),
    (lambda raw: drop(raw_line(raw, "1.2.a")["name"], "zh_Hans"), "1.2.a", "not_translated"),
    (lambda raw: raw_line(raw, "1.2.a")["name"].update(fr="x"), "1.2.a", "not_translated"),
    (lambda raw: raw_line(raw, "1.2.a")["name"].update(en=" "), "1.2.a", "not_a_text"),
    (lambda raw: raw_line(raw, "1.2.a").update(point=5), "1.2.a", "unknown_key"),
    (lambda raw: raw.update(bones=5), "qingpu-2021", "unknown_key"),
    (lambda raw: raw.update(bonus=5), "qingpu-2021: bonus", "not_a_mapping"),
    (lambda raw: raw_line(raw, "1.2.a").update(points=10_001), "1.2.a", "not_a_number"),
    (lambda raw: raw_line(raw, "2.1.1").update(applies={"level": [2]}), "2.1.1", "two_gates"),
    (lambda raw: raw_line(raw, "1.2.a").update(applies={"beds": 9}), "1.2.a: app", "unknown_key"),
    (lambda raw: raw_line(raw, "1.2.a").update(applies={}), "1.2.a: applies", "not_a_predicate"),
    (lambda raw: raw_line(raw, "1.2.a").update(applies={"beds_from": 1.5}), "1.2.a: ", "not_a_n"),
    (lambda raw: raw_line(raw, "1.2.a").update(applies={"beds_from": 9}), "1.2", "points_mism"),
    (lambda raw: raw_line(raw, "1.2.a").update(shows=["luck"]), "1.2.a", "unknown_metric"),
    (lambda raw: raw_line(raw, "1.2.a").update(same_row="yes"), "1.2.a", "not_a_flag"),
    (lambda raw: raw.update(valid_from="soon"), "qingpu-2021", "not_a_date"),
    (lambda raw: raw.update(period="weekly"), "qingpu-2021", "not_a_period"),
    (lambda raw: raw.update(period="01-01"), "qingpu-2021", "not_a_period"),
    (lambda raw: raw["levels"].update({4: raw["title"]}), "", ""),
    (lambda raw: raw.update(not_applicable={"policy": "luck"}), "qingpu-2021: not", "unknown_pol"),
    (lambda raw: raw.update(verdict={"partly": 2}), "qingpu-2021: verdict", "not_a_number"),
    (lambda raw: raw_line(raw, "1.2.a").update(levels=[2, 4]), "1.2.a", "unknown_level"),
    (lambda raw: raw_item(raw, "1.2").update(criteria=[]), "1.2", "not_a_list"),
    (lambda raw: raw_item(raw, "1.2").update(criteria=["yes"]), "1.2: criteria", "not_a_mapping"),
    (lambda raw: raw.update(levels={"two": raw["title"]}), "qingpu-2021", "not_a_mapping"),
    (lambda raw: raw.update(schema="wardwatch-rubric/9"), "qingpu-2021", "unknown_schema"),
    (lambda raw: raw.update(id="other"), "other", "wrong_file_name"),
]


@pytest.mark.parametrize(("change", "where", "code"), REFUSED)
def test_a_bad_file_is_refused(tmp_path: Path, change: Change, where: str, code: str) -> None:
    with pytest.raises(RubricError) as refused:
        load(written(tmp_path, change))
    assert refused.value.code.startswith(code)
    assert refused.value.where.startswith(where)
    assert refused.value.line > 0
    place = f"qingpu-2021.yaml:{refused.value.line}: {refused.value.where}: "
    assert str(refused.value).startswith(place)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", ["sections: [", "\x00", "&a [*a]", "text", "", "{1: {2: 3}}"])
def test_what_is_no_rubric_at_all_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "qingpu-2021.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RubricError):
        load(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RubricError):
        load(tmp_path / "absent.yaml")
    with pytest.raises(RubricError):
        shipped("../secret")


@pytest.mark.parametrize(("level", "count"), [(1, 20), (2, 22), (3, 23)])
def test_what_is_asked_at_a_level(level: int, count: int) -> None:
    questions = asked(RUBRIC, level)
    assert len(questions) == count
    assert [each.id for each in questions] == sorted(questions_at(level))
    assert all(each.name.in_language("zh_Hans") and each.clause for each in questions)


def test_1_1_is_one_question_with_two_choices() -> None:
    head = question("1.1")
    assert [(option.points, option.key) for option in head.options] == [
        (10, "party_or_administrative_head"),
        (5, "somebody_else"),
    ]
    assert head.words[-1] == "none"


def test_the_kinds_of_answers() -> None:
    kinds = {each.id: each.kind for each in asked(RUBRIC, 3)}
    assert [key for key, kind in kinds.items() if kind == "one_of"] == ["1.1"]
    counted = [key for key, kind in kinds.items() if kind == "counts"]
    assert counted == ["4.2.2", "4.2.3", "4.2.4"]
    numbers = [key for key, kind in kinds.items() if kind == "number"]
    assert numbers == ["3.1.3", "4.3.1", "4.3.2", "5.2.1"]
    assert list(kinds.values()).count("verdict") == 15
    assert len(question("4.2.2").figures) == 2


@pytest.mark.parametrize(
    ("question_id", "value", "read"),
    [
        ("1.1", "somebody_else", "somebody_else"),
        ("1.2.a", "partly", "partly"),
        ("4.2.2", [0, 3], (0, 3)),
        ("4.2.3", 2, (2,)),
        ("4.2.3", "unknown", "unknown"),
        ("3.1.3", 0.1, (Fraction(1, 10),)),
        ("3.1.3", " 99.95 ", (Fraction(1999, 20),)),
        ("4.3.2", "no_cases", "no_cases"),
        ("5.2.1", [88.5, 90], (Fraction(177, 2), 90)),
        ("5.2.1", [88, None], (88, None)),
        ("5.2.1", [88, "unknown"], (88, None)),
        ("5.2.1", 88, (88, None)),
    ],
)
def test_an_answer_is_read_exactly(question_id: str, value: object, read: object) -> None:
    assert check_answer(question(question_id), value) == read


@pytest.mark.parametrize(
    ("question_id", "value", "code"),
    [
        *((word, value, "not_a_choice") for word in ("1.1", "1.2.a") for value in ("", 1, None)),
        ("1.2.a", "unknown", "not_a_choice"),
        ("4.2.2", [0], "wrong_length"),
        ("4.2.2", [0, 0, 0], "wrong_length"),
        ("4.2.2", [0, None], "not_a_number"),
        ("4.2.2", [0, -1], "negative"),
        ("4.2.2", [0, 10_000], "too_large"),
        ("4.2.3", [1.5], "not_whole"),
        ("4.2.3", "no_cases", "not_a_number"),
        ("3.1.3", 100.01, "too_large"),
        ("3.1.3", 1e300, "too_large"),
        ("3.1.3", -0.5, "negative"),
        ("3.1.3", float("nan"), "not_a_number"),
        ("3.1.3", float("inf"), "not_a_number"),
        ("3.1.3", True, "not_a_number"),
        ("3.1.3", "1e9", "not_a_number"),
        ("3.1.3", "八十", "not_a_number"),
        ("3.1.3", {}, "not_a_number"),
        ("4.3.1", 2.5, "too_large"),
        ("4.3.2", 101, "too_large"),
        ("5.2.1", [], "wrong_length"),
        ("5.2.1", [None, 90], "not_a_number"),
        ("5.2.1", [90, 101], "too_large"),
    ],
)
def test_an_absurd_answer_is_refused(question_id: str, value: object, code: str) -> None:
    with pytest.raises(AnswerError) as refused:
        check_answer(question(question_id), value)
    assert (refused.value.code, refused.value.subject) == (code, question_id)


def test_a_verdict_takes_four_words() -> None:
    assert question("1.2.a").words == VERDICTS == ("yes", "partly", "no", "na")


def test_a_setting_changes_the_most_a_figure_may_be() -> None:
    (figure,) = next(
        each for each in asked(RUBRIC, 2, {"qc_full_score": "120"}) if each.id == "3.1.3"
    ).figures
    assert figure.maximum == 120

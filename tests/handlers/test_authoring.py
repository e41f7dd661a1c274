"""``wardwatch rubric``: a printed table becomes a draft, a draft decided becomes a version, a version never changes."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.db import Database
from handlers.authoring import commands
from handlers.authoring.commands import check, check_lines, import_table, publish, versions
from handlers.office import UserError
from models.rubric import FOLDER, shipped
from models.rubric_version import find_version
from tests.handlers.printed import HEADER, print_table
from tests.people import NOW

DECIDED = {
    r'valid_from: "\?"': 'valid_from: "2026-01-01"',
    r'issued: "\?"': 'issued: "2026-01-01"',
    r'(document|number|issuer): "\?"': r'\1: "样张"',
    r'metric: "\?", name: "\?", full: "\?"': "metric: qc.score, name: 质控督查得分, full: 100",
    r'each: 1\}, \{metric: "\?"': "each: 1}, {metric: incidents.malpractice",
    r'metric: "\?", name: "\?", benchmark': "metric: survey.patient_service, name: 满意度, benchmark",
    r'per_point: "\?"': "per_point: 1",
    r'metric: "\?"': "metric: incidents.grave",
    r'name: "\?"': "name: 事件",
}
"""What a person decides in the draft of the printed table."""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The printed table read into a draft."""
    print_table(tmp_path / "table.xlsx")
    import_table(tmp_path / "table.xlsx", tmp_path / "sample.yaml")
    return tmp_path / "sample.yaml"


@pytest.fixture
def decided(draft: Path) -> Path:
    """The draft with everything decided."""
    text = draft.read_text(encoding="utf-8")
    for mark, decision in DECIDED.items():
        text = re.sub(mark, decision, text)
    draft.write_text(text, encoding="utf-8")
    return draft


def test_a_draft_follows_the_printed_table(draft: Path) -> None:
    text = draft.read_text(encoding="utf-8")
    assert 'title: "2026年某区“平安医院”建设工作考核表"' in text
    assert 'name: "医疗质量和安全"' in text, "a break inside a narrow cell is no part of a name"
    assert "combine: one_of" in text
    assert "printed_sum: {1: 8, 2: 10, 3: 12}" in text
    assert 'clause: "1. 二级以上医院设置警务室（2分），"' in text
    assert "deduct: [0, 0, 1, 2]" in text
    assert "合计" not in text


def test_what_is_undecided_is_counted_and_refused_by_line(tmp_path: Path, draft: Path) -> None:
    text = draft.read_text(encoding="utf-8")
    again = import_table(tmp_path / "table.xlsx", tmp_path / "second.yaml")
    marked = [n for n, line in enumerate(text.splitlines(), 1) if '"?"' in line and line[0] != "#"]
    assert again["undecided"] == len(marked) > 5
    with pytest.raises(UserError, match=rf"sample\.yaml:{marked[0]}: still undecided"):
        check(draft)


def test_a_decided_draft_passes_and_says_what_does_not_add_up(decided: Path) -> None:
    result = check(decided)
    assert (result["rubric"], result["points"], result["levels"]) == ("sample", 62, [1, 2, 3])
    found = {(each["item"], each["level"], each["printed"]) for each in result["mismatches"]}
    assert found == {("3.1", 1, 8.0), ("3.1", 3, 12.0)}
    lines = check_lines(result)
    assert lines[0].startswith("ok: sample version 1")
    assert any("12" in line and "level 3" in line for line in lines)


def test_a_draft_is_never_written_over(tmp_path: Path, draft: Path) -> None:
    draft.write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match="is there already"):
        import_table(tmp_path / "table.xlsx", draft)
    assert draft.read_text(encoding="utf-8") == "mine"


def test_a_table_without_the_official_columns_is_refused(tmp_path: Path) -> None:
    print_table(tmp_path / "table.xlsx", header=("甲", *HEADER[1:]))
    with pytest.raises(UserError, match="项目 内容 分值 评分标准"):
        import_table(tmp_path / "table.xlsx", tmp_path / "x.yaml")
    assert not (tmp_path / "x.yaml").exists()


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "table.xlsx").write_text("no workbook")
    with pytest.raises(UserError, match=r"not an \.xlsx workbook"):
        import_table(tmp_path / "table.xlsx", tmp_path / "x.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points: 62", "points: 63", "sample.yaml"),
        ("points: 62", "points: -1", "points must be a number"),
        ("incidents.grave", "incidents.odd", "unknown metric"),
        ('id: "1.1"', 'id: "1.2"', "used 2 times"),
        ("printed_sum: {1: 8, 2: 10, 3: 12}", "printed_sum: {1: 8, 2: 10, 3: 11}", "level 3"),
        ("schema: wardwatch-rubric/1", "schema: wardwatch-rubric/9", "schema"),
    ],
)
def test_what_is_wrong_is_one_line(decided: Path, old: str, new: str, said: str) -> None:
    text = decided.read_text(encoding="utf-8")
    assert old in text
    decided.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        check(decided)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("sample.yaml:")


def test_a_version_is_published_once_and_never_changed(db: Database, decided: Path) -> None:
    first = db.run_now(lambda conn: publish(conn, decided, NOW))
    again = db.run_now(lambda conn: publish(conn, decided, NOW + timedelta(days=1)))
    assert (first["published"], again["published"]) == (True, False)
    text = decided.read_text(encoding="utf-8")
    decided.write_text("# a comment more changes nothing\n" + text, encoding="utf-8")
    assert db.run_now(lambda conn: publish(conn, decided, NOW))["published"] is False
    decided.write_text(text.replace("name: 事件", "name: 别的事件", 1), encoding="utf-8")
    with pytest.raises(UserError, match="give the change a new version"):
        db.run_now(lambda conn: publish(conn, decided, NOW))
    kept = db.run_now(lambda conn: find_version(conn, first["hash"]))
    assert kept is not None
    assert kept.content_hash == first["hash"]


def test_a_shipped_version_cannot_be_taken(db: Database, tmp_path: Path) -> None:
    ours = shipped("qingpu-2021")
    text = (FOLDER / "qingpu-2021.yaml").read_text(encoding="utf-8")
    changed = tmp_path / "qingpu-2021.yaml"
    changed.write_text(text.replace("青浦区", "某区", 1), encoding="utf-8")
    with pytest.raises(UserError, match=f"qingpu-2021 {ours.version}"):
        db.run_now(lambda conn: publish(conn, changed, NOW))
    assert db.run_now(lambda conn: find_version(conn, ours.content_hash)) == ours


def test_what_ships_and_what_was_published_is_listed(db: Database, decided: Path) -> None:
    db.run_now(lambda conn: commands.publish(conn, decided, NOW))
    listed = [each["rubric"] for each in db.run_now(versions)]
    assert listed[-1] == "sample"
    assert "qingpu-2021" in listed

"""The official sheet in both formats: the printed table's rows and merges, sums, remarks; and text that means harm."""

import io
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from bot.db import Database
from bot.i18n import use_locale
from handlers.documents.measure import lines_in
from handlers.documents.remarks import Proof
from handlers.documents.sheet import sheet_of
from handlers.documents.sheet_docx import write_docx
from handlers.documents.sheet_xlsx import write_xlsx
from handlers.documents.table import Block, Part, Row, Sheet, printable
from tests.handlers.sheets import PRINTED, best_answers, filled, opened, sheet, with_bonus_and_veto
from tests.people import NOW, Cast

HEADER = ("项目", "内容", "分值", "评分标准", "得分", "备注")
LEVELS = (1, 2, 3)
HEAD = 4
"""The row of the column names."""
Grid = list[tuple[str, ...]]
EVIDENCE = {
    "1.1": Proof(files=2, why=""),
    "1.2.a": Proof(files=3, why="never shown"),
    "2.2.2": Proof(files=1, why=""),
    "4.1.1": Proof(files=0, why="=1+1\n在保卫科"),
    "4.1.2": Proof(files=0, why=""),
}


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with use_locale("zh_Hans"):
        yield


def xlsx_rows(page: Worksheet) -> Grid:
    """Every printed row with its six texts; a merged cell says its text in each row it spans."""
    over = {}
    for span in page.merged_cells.ranges:
        for row, column in span.cells:
            over[row, column] = page.cell(span.min_row, span.min_col).value
    last = next(row for row in range(HEAD, 99) if page.cell(row, 1).value == "合计")
    return [
        tuple(
            _text(over.get((row, column), page.cell(row, column).value)) for column in range(1, 7)
        )
        for row in range(HEAD, last + 1)
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def docx_rows(content: bytes) -> Grid:
    """The same of the word processor's table."""
    (table,) = Document(io.BytesIO(content)).tables
    return [tuple(cell.text for cell in row.cells) for row in table.rows]


def paragraphs(content: bytes) -> str:
    """What stands around the table."""
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def printed() -> Grid:
    """The seed's rows: section, item, points, clause."""
    rows = []
    for section, item, points, clauses in PRINTED:
        by_row = points.split() if " " in points else [points] * len(clauses)
        rows += [(section, item, *pair) for pair in zip(by_row, clauses, strict=True)]
    return rows


# -- the table -------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
def test_the_rows_are_the_printed_table_s_word_for_word(
    sqlite_db: Database, cast: Cast, level: int
) -> None:
    made = sheet(sqlite_db, cast, level=level, answers=best_answers(level))
    for rows in (
        xlsx_rows(opened(write_xlsx(made, made_at=NOW))),
        docx_rows(write_docx(made, made_at=NOW)),
    ):
        assert rows[0] == HEADER
        assert [(row[0].split("\n")[0], *row[1:4]) for row in rows[1:-1]] == printed()
        assert rows[-1][0] == rows[-1][1] == "合计"
        assert rows[-1][2] == "100"
    assert made.title == "青浦区“平安医院”建设工作考核表"
    assert made.parts[0].name == "一、组织领导和法治建设情况\n(20分)"


def test_both_formats_say_the_same(sqlite_db: Database, cast: Cast) -> None:
    made = sheet(sqlite_db, cast, missed=2)
    page, letter = opened(write_xlsx(made, made_at=NOW)), write_docx(made, made_at=NOW)
    assert xlsx_rows(page) == docx_rows(letter)
    around = paragraphs(letter)
    for text in (made.title, *made.facts, *made.notes, *made.signatures):
        assert text in around
        assert text in {cell.value for row in page.iter_rows() for cell in row}


def test_cells_are_merged_as_they_are_printed(sqlite_db: Database, cast: Cast) -> None:
    page = opened(write_xlsx(sheet(sqlite_db, cast), made_at=NOW))
    spans = {str(span) for span in page.merged_cells.ranges}
    sections = {"A5:A6", "A7:A10", "A11:A13", "A14:A24", "A25:A26"}
    items = {"B7:B8", "B9:B10", "B11:B13", "B14:B15", "B16:B19", "B20:B21", "B22:B23"}
    points = {span.replace("B", "C") for span in items} - {"C11:C13"}
    assert {span for span in spans if span[0] in "ABC" and span[0] == span.split(":")[1][0]} == (
        sections | items | points
    )
    assert [page.cell(row, 3).value for row in (11, 12, 13)] == [5, 10, 10]
    assert "A27:B27" in spans


def test_words_and_pages_are_an_official_table_s(sqlite_db: Database, cast: Cast) -> None:
    made = sheet(sqlite_db, cast)
    page = opened(write_xlsx(made, made_at=NOW))
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "portrait")
    assert page.print_title_rows == f"${HEAD}:${HEAD}"
    assert page["A1"].font.name == "黑体"
    assert page["D5"].font.name == "宋体"
    assert page["D5"].alignment.wrap_text
    document = Document(io.BytesIO(write_docx(made, made_at=NOW)))
    xml = document.tables[0]._tbl.xml
    assert xml.count("w:tblHeader") == 1
    assert xml.count("w:cantSplit") == 24
    assert 'w:eastAsia="宋体"' in xml
    assert 'w:eastAsia="黑体"' in xml
    assert 'w:eastAsia="en-US"' not in document.styles.element.xml


# -- what is filled in -----------------------------------------------------------------------------


def of(made: Sheet, item: str) -> Block:
    """The rows of an item."""
    return next(block for part in made.parts for block in part.blocks if block.name == item)


def test_points_add_up_to_the_total(sqlite_db: Database, cast: Cast) -> None:
    made = sheet(sqlite_db, cast, level=2, answers=best_answers(2))
    rows = [row for part in made.parts for block in part.blocks for row in block.rows]
    assert sum(Fraction(row.score) for row in rows) == 100
    assert made.total.score == "100"
    page = opened(write_xlsx(made, made_at=NOW))
    assert page["E27"].value == page["C27"].value == 100
    blocks = [block for part in made.parts for block in part.blocks]
    assert sum(int(block.points) for block in blocks) == 100


def test_what_nobody_knows_yet_is_a_range(sqlite_db: Database, cast: Cast) -> None:
    made = sheet(sqlite_db, cast, level=2)
    assert [row.score for row in of(made, "医患纠纷防范").rows] == ["0~5", "0~5"]
    assert [row.score for row in of(made, "组织领导").rows] == ["0~10"]
    assert made.total.score == "2~100"
    assert any("两者之间" in note for note in made.notes)


def test_a_choice_printed_in_one_row_is_worth_what_was_chosen(
    sqlite_db: Database, cast: Cast
) -> None:
    answers = {**best_answers(2), "1.1": "somebody_else"}
    made = sheet(sqlite_db, cast, level=2, answers=answers)
    (row,) = of(made, "组织领导").rows
    assert row.score == "5"
    assert row.remarks
    assert made.total.score == "95"


def test_what_does_not_apply_at_a_level_says_so(sqlite_db: Database, cast: Cast) -> None:
    made = sheet(sqlite_db, cast, level=1, answers=best_answers(1))
    complaints, handling = of(made, "医患纠纷防范").rows
    assert (complaints.score, complaints.remarks) == ("/", "不适用")
    assert "计5~10分" in handling.remarks
    assert "A2" in handling.remarks
    police = of(made, "防范发生违法案件和舆情事件").rows[0]
    assert police.score == "/"
    assert police.remarks == "警务室:不适用\n安检:不适用"
    at_two = of(sheet(sqlite_db, cast, level=2), "防范发生违法案件和舆情事件").rows[0]
    assert at_two.score == "0~2"
    assert "安检:不适用" in at_two.remarks


def test_at_level_3_item_4_2_is_capped_and_says_so(sqlite_db: Database, cast: Cast) -> None:
    made = sheet(sqlite_db, cast, level=3, answers=best_answers(3))
    rows = of(made, "防范发生违法案件和舆情事件").rows
    assert [row.score for row in rows] == ["4", "3", "3", "2"]
    assert rows[-1].remarks == "本项:各条加起来12分,最多算10分;计10分;未明确:A1"
    assert made.total.score == "100"
    assert any(note.startswith("A1") and "按10/12折算" in note for note in made.notes)


def test_the_open_questions_are_below_in_words_with_our_default(
    sqlite_db: Database, cast: Cast
) -> None:
    made = sheet(sqlite_db, cast, level=2, answers=best_answers(2), missed=1)
    (row,) = of(made, "做好信息报送").rows
    assert row.score == "1.5~2"
    assert "漏报1次" in row.remarks
    assert "未明确:A3" in row.remarks
    (note,) = [note for note in made.notes if note.startswith("A3")]
    assert note == (
        "A3(考核表未明确):漏报1次扣不扣分,考核表没有写。"
        "本表按“不扣分”计(本院默认,可改);也可理解为:扣0.5分。"
    )


def test_below_the_table_it_says_by_which_rules_and_as_of_when(
    sqlite_db: Database, cast: Cast
) -> None:
    made = sheet(sqlite_db, cast)
    assert made.facts == (
        "填报单位:QP01 hospital(QP01)",
        "医院等级:三级",
        "考核年度:2026年",
        "统计截至:2026年3月16日 21:42",
    )
    now = made.notes[0]
    for said in ("青卫健医政〔2021〕4号", "qingpu-2021", "校验码"):
        assert said in now
    assert made.signatures == ("自评人:", "复核人:", "单位负责人(盖章):", "日期:")


def test_evidence_is_counted_beside_its_line(sqlite_db: Database, cast: Cast) -> None:
    made = sheet(sqlite_db, cast, answers=best_answers(3), evidence=EVIDENCE)
    assert of(made, "制度建设").rows[0].remarks == "制度文件和协调机制:佐证材料3份"
    assert of(made, "医患纠纷和应急处置").rows[1].remarks == "佐证材料1份"
    assert of(made, "强化重点线索排查移送").rows[0].remarks == "无佐证材料:=1+1 在保卫科"
    assert of(made, "组织领导").rows[0].remarks == "本项:佐证材料2份"


def test_bonus_and_veto_stand_below_the_sections(sqlite_db: Database, cast: Cast) -> None:
    answers = {**best_answers(2), "B-1": "yes", "B-2": "yes", "4.4.1": "no"}
    happened = {"incidents.violent": 1, "reports.concealed": 0}
    made = sheet(
        sqlite_db, cast, level=2, rubric=with_bonus_and_veto(), answers=answers, **happened
    )
    bonus, veto = made.parts[-2:]
    assert (bonus.name, veto.name) == ("加分项\n(最多3分)", "一票否决")
    assert [(block.name, block.points) for block in bonus.blocks + veto.blocks] == [
        ("创新", "2"),
        ("表彰", "2"),
        ("重大案件", "-30"),
        ("瞒报", "全部"),
    ]
    rows = [block.rows[0] for block in bonus.blocks + veto.blocks]
    assert [row.score for row in rows] == ["2", "2", "-30", "0"]
    assert rows[2].clause == "发生重大涉医案件的，总分扣30分。"
    assert rows[2].remarks
    assert (made.total.score, made.total.remarks) == ("70", "各行合计71分")
    grid = xlsx_rows(opened(write_xlsx(made, made_at=NOW)))
    assert grid == docx_rows(write_docx(made, made_at=NOW))
    assert [row[2] for row in grid[-5:]] == ["2", "2", "-30", "全部", "100"]


def test_a_veto_nobody_has_answered_for_is_a_range(sqlite_db: Database, cast: Cast) -> None:
    made = sheet(sqlite_db, cast, level=2, rubric=with_bonus_and_veto(), answers=best_answers(2))
    assert [block.rows[0].score for block in made.parts[-1].blocks] == ["-30~0", "-100~0"]
    assert [block.rows[0].remarks for block in made.parts[-1].blocks] == ["未自评"] * 2
    assert made.total.score == "0~100"


def test_records_are_named_by_their_numbers(sqlite_db: Database, cast: Cast) -> None:
    answers = {**best_answers(2), "4.2.3": ["2"]}
    numbers = {"incidents.media_hype": ["QP01-2026-0001", "QP01-2026-0004"]}
    made = sheet(sqlite_db, cast, level=2, answers=answers, numbers=numbers)
    row = of(made, "防范发生违法案件和舆情事件").rows[2]
    assert row.score == "1"
    assert "QP01-2026-0001、QP01-2026-0004" in row.remarks


def test_a_ruling_narrows_the_score_and_is_below_with_its_reason(
    sqlite_db: Database, cast: Cast
) -> None:
    ruling = SimpleNamespace(
        value="half_a_point", name="陈主任", made_at=NOW, reason="区里电话答复\x07"
    )
    made = sheet(
        sqlite_db, cast, level=2, answers=best_answers(2), missed=1, rulings={"A3": ruling}
    )
    assert of(made, "做好信息报送").rows[0].score == "1.5"
    (note,) = [note for note in made.notes if note.startswith("A3")]
    assert note == (
        "A3(本院已裁定):漏报1次扣不扣分,考核表没有写。"
        "本表按“扣0.5分”计(陈主任,2026年3月16日裁定:区里电话答复)。"
    )


@pytest.mark.parametrize(
    ("reviewed", "said"),
    [
        (True, "第2次自评,最后作答2026年3月16日,已由第二人复核。"),
        (False, "第2次自评,最后作答2026年3月16日,尚未复核。"),
    ],
)
def test_it_says_whose_answers_these_are(
    sqlite_db: Database, cast: Cast, reviewed: bool, said: str
) -> None:
    now = filled(sqlite_db, cast)
    assert "本年度尚未自评。" in sheet_of(now).notes
    check: Any = SimpleNamespace(version_no=2, answered_at=NOW, reviewed=reviewed)
    assert said in sheet_of(replace(now, check=check)).notes
    assert any("未计入本表" in note for note in sheet_of(replace(now, other_table=True)).notes)


def test_what_is_assumed_where_the_table_is_silent_is_marked_as_ours(
    sqlite_db: Database, cast: Cast
) -> None:
    note = sheet(sqlite_db, cast).notes[-1]
    assert note.startswith("考核表未写明之处,本表采用(本院默认,可改):")
    assert "总结过了截止日几个工作日仍未报送,算漏报:5" in note


def test_in_english_it_is_english(sqlite_db: Database, cast: Cast) -> None:
    with use_locale("en"):
        made = sheet(sqlite_db, cast, answers=best_answers(3))
    assert made.columns == ("Section", "Content", "Points", "Criteria", "Scored", "Remarks")
    assert made.parts[0].name == "1. Leadership and rule of law\n(20 points)"
    assert of(made, "Leadership").rows[0].clause.startswith("The hospital's Party or")
    assert [row.score for row in of(made, "Leadership").rows] == ["10"]


# -- text that means harm, or is too long ----------------------------------------------------------


def one(**row: str) -> Sheet:
    """A sheet of a single row."""
    words: dict[str, Any] = {"points": "", "clause": "c", "score": "1", "remarks": "", **row}
    block = Block(name="item", points="1", by_row=False, rows=(Row(**words),))
    total = Row(points="1", clause="合计", score="1", remarks="")
    return Sheet(
        title="title",
        facts=("a", "b", "c", "d"),
        columns=HEADER,
        parts=(Part(name="section", blocks=(block,)),),
        total=total,
        notes=("note",),
        signatures=("a", "b", "c", "d"),
    )


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "https://example.org", "12", "{=1}"]
)
def test_text_like_a_formula_is_text(text: str) -> None:
    page = opened(write_xlsx(one(clause=text, remarks=text, score=text), made_at=NOW))
    row = HEAD + 1
    for column in (4, 6):
        cell = page.cell(row, column)
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert page.cell(row, 5).data_type == ("n" if text == "12" else "s")


def test_control_characters_are_left_out(sqlite_db: Database, cast: Cast) -> None:
    hospital = replace(cast.hospital("QP01"), name="=1+1\x00\x0b\x1b[2J\ud800院\ufffe")
    made = sheet_of(replace(filled(sqlite_db, cast), hospital=hospital))
    assert made.facts[0] == "填报单位:=1+1[2J院(QP01)"
    page = opened(write_xlsx(made, made_at=NOW))
    assert page["A2"].value == made.facts[0]
    assert made.facts[0] in paragraphs(write_docx(made, made_at=NOW))


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60).map(lambda text: printable(text) * 12))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    made = one(clause=f"x{text}", remarks=f"y{text}")
    page = opened(write_xlsx(made, made_at=NOW))
    row = HEAD + 1
    assert _plain(page.cell(row, 4).value) == _plain(f"x{text}")
    assert _plain(page.cell(row, 6).value) == _plain(f"y{text}")
    assert _plain(docx_rows(write_docx(made, made_at=NOW))[1][3]) == _plain(f"x{text}")


def _plain(value: object) -> str:
    return "".join(str(value).split())


@pytest.mark.parametrize("times", [1, 30, 300])
def test_a_row_is_as_high_as_its_text(times: int) -> None:
    clause = "按要求及时上报涉医违法案事件，" * times
    page = opened(write_xlsx(one(clause=clause), made_at=NOW))
    spans = {str(span).split(":")[0]: span for span in page.merged_cells.ranges}
    first = HEAD + 1
    last = spans["D5"].max_row if "D5" in spans else first
    heights = [page.row_dimensions[row].height for row in range(first, last + 1)]
    assert page.cell(first, 4).value == clause
    assert max(heights) <= 409
    assert sum(heights) >= lines_in(clause, 21) * 12


def test_a_section_that_goes_on_over_the_page_says_its_name_there_again() -> None:
    made = one()
    block = made.parts[0].blocks[0]
    long = replace(block, rows=tuple(replace(block.rows[0], clause="字" * 200) for _ in range(3)))
    made = replace(made, parts=(Part(name="section", blocks=(long,) * 8),))
    page = opened(write_xlsx(made, made_at=NOW))
    ends = [each.id + 1 for each in page.row_breaks.brk]
    assert ends
    assert (ends[0] - HEAD - 1) % 3 == 0, "no item is torn"
    assert page.cell(ends[0], 1).value == "section"
    assert page.cell(ends[0], 2).value == "item"
    heights = [page.row_dimensions[row].height for row in range(1, ends[0])]
    assert sum(heights) <= 770 / 0.88

"""The printed table of the seed, row by row, and filled sheets to compare with it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.db import Database
from handlers.documents.sheet import sheet_of
from handlers.documents.table import Sheet
from handlers.scoring import Standing, standing
from models.asking import asked
from models.criteria import Rubric
from models.projection import Basis
from models.question import Question
from models.rubric import FOLDER, parse, shipped
from tests.people import NOW, Cast

QINGPU = "qingpu-2021"
PRINTED: Sequence[tuple[str, str, str, Sequence[str]]] = (
    (
        "一、组织领导和法治建设情况",
        "组织领导",
        "10",
        ("医院党政主要领导任领导小组组长(10分); 其他人员任领导小组组长(5分)。",),
    ),
    (
        "一、组织领导和法治建设情况",
        "制度建设",
        "10",
        (
            "相关制度、实施方案等文件,有协调工作机制(5分); 定期召开工作会议,定期检查工作落实情况(5分)。",
        ),
    ),
    (
        "二、医疗纠纷预防与处置情况",
        "医患纠纷防范",
        "10",
        (
            "1. 二级以上医院设立投诉管理部门(5分);",
            "2. 投诉处理程序完善、规范、妥善、及时,调解成功率高(5分)。",
        ),
    ),
    (
        "二、医疗纠纷预防与处置情况",
        "医患纠纷和应急处置",
        "10",
        (
            "1. 健全医患沟通制度,建立健全化解医患矛盾和预防、排查、调解医患纠纷的工作机制,医患纠纷解决及时(5分);",
            "2. 应急处置工作预案完善,信息报告与反馈程序执行严格(5分)。",
        ),
    ),
    (
        "三、医疗服务质量",
        "医疗质量和安全",
        "5 10 10",
        (
            "1. 遵守医疗服务管理法律法规，定期开展医德医风教育和法律法规培训；",
            "2. 医疗安全措施完善，执行严格，各项操作技术规范，医院感染控制和血液管理严格；",
            "3. 根据医疗质量和安全和质控督查折合分数。",
        ),
    ),
    (
        "四、扫黑除恶专项斗争",
        "强化重点线索排查移送",
        "4",
        (
            "1. 持续开展线索摸排；（2分）",
            "2. 建立与公安机关的线索发现移交机制。（2分）",
        ),
    ),
    (
        "四、扫黑除恶专项斗争",
        "防范发生违法案件和舆情事件",
        "10",
        (
            "1. 二级以上医院设置警务室（2分），三级医院开展安检（2分）；",
            "2. 未发生社会影响恶劣的涉医案件、行业乱象事件（3分）；"
            "（发生影响恶劣的涉医案件一起扣1分，行业乱象事件扣2分，扣完为止）",
            "3. 未发生媒体对涉医案件恶意炒作事件（3分）；（发生一起扣1分，扣完为止）",
            "4. 卫生工作人员未参与涉黑涉恶违法犯罪活动或充当黑恶势力保护伞（2分）。（发生一起扣1分，扣完为止）",
        ),
    ),
    (
        "四、扫黑除恶专项斗争",
        "严厉打击涉医违法犯罪",
        "4",
        ("1. 涉医案件快捕、快诉、快判情况（2分）；", "2. 重大督办案件结案率（2分）。"),
    ),
    (
        "四、扫黑除恶专项斗争",
        "彻底整治行业乱点",
        "5",
        (
            "1. 采取有效措施整治辖区内存在的行业乱象（3分）；",
            "2. 对其他部门通报的行业管理漏洞及时整改（2分）。",
        ),
    ),
    (
        "四、扫黑除恶专项斗争",
        "做好信息报送",
        "2",
        (
            "按要求及时上报涉医违法案事件，每半年度、每年度向区卫生健康委上报送扫黑除恶、平安医院创建工作总结。（漏报2次扣1分，漏报3次及以上不得分）",
        ),
    ),
    (
        "五、创建工作满意度",
        "社会评价机制",
        "5",
        ("建立健全医疗服务社会监督评价机制，定期征求患者对医疗服务和医疗管理的意见（5分）。",),
    ),
    (
        "五、创建工作满意度",
        "患者对医疗服务的满意度",
        "5",
        ("患者对医疗服务的满意度（5分）。（低于全区平均数扣分）",),
    ),
)
"""Section, item, points (of the item, or of each row) and the words of each row, as the district printed them."""


def best_answers(level: int) -> dict[str, Any]:
    """Every question answered as well as it can be."""
    return {each.id: _best(each) for each in asked(shipped(QINGPU), level)}


def _best(question: Question) -> Any:
    if question.kind == "one_of":
        return question.options[0].key
    if question.kind == "verdict":
        return "yes"
    if question.kind == "counts":
        return ["0"] * len(question.figures)
    return [str(int(figure.maximum)) for figure in question.figures]


BESIDE = """
bonus:
  cap: 3
  lines:
  - {id: B-1, name: 创新, text: 有创新做法, clause: 有创新做法的加2分。, points: 2, judged: human}
  - {id: B-2, name: 表彰, text: 获得表彰, clause: 获得区级以上表彰的加2分。, points: 2, judged: human}
veto:
- id: V-1
  name: 重大案件
  text: 发生重大涉医案件
  clause: 发生重大涉医案件的，总分扣30分。
  metric: incidents.violent
  effect: {deduct: 30}
- {id: V-2, name: 瞒报, text: 瞒报, clause: 瞒报的，取消资格。, metric: reports.concealed, effect: zero}
"""


def with_bonus_and_veto() -> Rubric:
    """The district's table with what others have beside theirs."""
    text = (FOLDER / f"{QINGPU}.yaml").read_text(encoding="utf-8")
    return parse(f"{QINGPU}.yaml", text + BESIDE)


def filled(
    db: Database,
    cast: Cast,
    *,
    level: int = 3,
    answers: Mapping[str, Any] | None = None,
    rubric: Rubric | None = None,
    rulings: Mapping[str, Any] | None = None,
    **counts: int,
) -> Standing:
    """Where a hospital of some level stands with these answers; without any, with none."""
    hospital = cast.hospital("QP01")
    now = db.run_now(lambda conn: standing(conn, hospital, 2026, NOW))
    basis = Basis(
        rubric=rubric or shipped(QINGPU),
        level=level,
        beds=None,
        outpatients=None,
        answers=answers or {},
        counts={"missed_reports": counts.pop("missed", 0), **counts},
        settings={},
        rulings={key: row.value for key, row in (rulings or {}).items()},
    )
    return replace(now, basis=basis, card=basis.score(), rulings=rulings or {})


def sheet(db: Database, cast: Cast, **how: Any) -> Sheet:
    """A filled sheet."""
    beside = {key: how.pop(key) for key in ("numbers", "evidence") if key in how}
    return sheet_of(filled(db, cast, **how), **beside)


def opened(content: bytes) -> Worksheet:
    """The one page of a workbook."""
    book = load_workbook(io.BytesIO(content))
    (page,) = book.worksheets
    return page

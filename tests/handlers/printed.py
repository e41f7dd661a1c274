"""The district's table as its office prints it: merged cells, two lines in one cell, points split by row."""

from pathlib import Path

EVENTS = (
    "2. 未发生社会影响恶劣的涉医案件、行业乱象事件（3分）；"
    "（发生影响恶劣的涉医案件一起扣1分，行业乱象事件扣2分，扣完为止）"
)
HEADER = ("项目", "内容", "分值", "评分标准", "得分", "备注")
TABLE = (
    (
        "一、组织领导和法治建设情况(20分)",
        (
            (
                "组织领导",
                (("10", "医院党政主要领导任领导小组组长(10分); 其他人员任领导小组组长(5分)。"),),
            ),
            (
                "制度建设",
                (
                    (
                        "10",
                        "相关制度、实施方案等文件,有协调工作机制(5分); 定期召开工作会议,定期检查工作落实情况(5分)。",
                    ),
                ),
            ),
        ),
    ),
    (
        "二、医疗服务质量（25分）",
        (
            (
                "医疗质量\n和安全",
                (
                    ("5", "1. 遵守医疗服务管理法律法规，定期开展医德医风教育和法律法规培训；"),
                    ("10", "2. 医疗安全措施完善，执行严格；"),
                    ("10", "3. 根据医疗质量和安全和质控督查折合分数。"),
                ),
            ),
        ),
    ),
    (
        "三、扫黑除恶专项斗争（12分）",
        (
            (
                "防范发生违法案件和舆情事件",
                (
                    ("10", "1. 二级以上医院设置警务室（2分），三级医院开展安检（2分）；"),
                    (
                        "",
                        EVENTS,
                    ),
                    ("", "3. 未发生媒体对涉医案件恶意炒作事件（3分）；（发生一起扣1分，扣完为止）"),
                    (
                        "",
                        "4. 卫生工作人员未参与涉黑涉恶违法犯罪活动（2分）。（发生一起扣1分，扣完为止）",
                    ),
                ),
            ),
            (
                "做好信息报送",
                (("2", "按要求及时上报涉医违法案事件。（漏报2次扣1分，漏报3次及以上不得分）"),),
            ),
        ),
    ),
    (
        "四、创建工作\n满意度\n（5分）",
        (
            (
                "患者对医疗服务的满意度",
                (("5", "患者对医疗服务的满意度（5分）。（低于全区平均数扣分）"),),
            ),
        ),
    ),
)


def print_table(path: Path, *, header: tuple[str, ...] = HEADER) -> None:
    """Write the table as a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2026年某区“平安医院”建设工作考核表"])
    sheet.merge_cells("A1:F1")
    sheet.append(list(header))
    for section, items in TABLE:
        top = sheet.max_row + 1
        for name, rows in items:
            first = sheet.max_row + 1
            for points, clause in rows:
                sheet.append([section, name, points, clause, None, None])
            last = sheet.max_row
            if last > first:
                sheet.merge_cells(start_row=first, end_row=last, start_column=2, end_column=2)
                if not rows[1][0]:
                    sheet.merge_cells(start_row=first, end_row=last, start_column=3, end_column=3)
        if sheet.max_row > top:
            sheet.merge_cells(start_row=top, end_row=sheet.max_row, start_column=1, end_column=1)
    sheet.append(["合计", None, "59", None, None, None])
    book.save(path)

"""The league table as .xlsx: one sheet, A4 upright, its header on every page."""

import io
from collections.abc import Sequence
from datetime import datetime

_WIDTHS = (6, 9, 28, 7, 7, 7, 7, 9, 9, 9)
_SHARE = 7
"""The column of the rate, which is shown in per cent."""
_A4 = 9
_BODY = "宋体"


def write_league(
    heading: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
    *,
    made_at: datetime,
) -> bytes:
    """The file's content."""
    from xlsxwriter import Workbook  # noqa: PLC0415  (only when a file is made)

    target = io.BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with Workbook(target, {**options, "in_memory": True}) as book:
        book.set_properties({"title": heading, "created": made_at.replace(tzinfo=None)})
        body = {"font_name": _BODY, "font_size": 10, "border": 1}
        title = book.add_format({"font_name": _BODY, "font_size": 14, "bold": True})
        head = book.add_format({**body, "bold": True, "text_wrap": True, "align": "center"})
        plain, share = book.add_format(body), book.add_format({**body, "num_format": "0%"})
        page = book.add_worksheet()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(1)
        page.freeze_panes(2, 0)
        page.write_string(0, 0, heading, title)
        for at, (width, name) in enumerate(zip(_WIDTHS, columns, strict=True)):
            page.set_column(at, at, width)
            page.write_string(1, at, name, head)
        for line, row in enumerate(rows, start=2):
            for at, value in enumerate(row):
                page.write(line, at, value, share if at == _SHARE else plain)
    return target.getvalue()

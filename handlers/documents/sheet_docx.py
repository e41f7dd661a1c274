"""The official sheet as .docx: the same table for a word processor, its header on every page, no row torn."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers.documents.table import Block, Row, Sheet

_WIDTHS = (2.2, 2.2, 1.3, 7.4, 1.9, 3.6)
"""Centimetres of the six columns."""
_MIDDLE = 10.5
"""Centimetres from the left to the second text of a pair."""
_LINE = 12.5
"""Points of a line in the table."""
_BODY, _TITLE, _LATIN = "宋体", "黑体", "Times New Roman"


def write_docx(sheet: Sheet, *, made_at: datetime) -> bytes:
    """The file's content."""
    # Slow to load, and a bot makes few files.
    from docx import Document  # noqa: PLC0415  (only when a sheet is made)

    document = Document()
    _lay_out(document, sheet, made_at)
    _Paper(document).fill(sheet)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _lay_out(document: Any, sheet: Sheet, made_at: datetime) -> None:
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415  (only when a sheet is made)
    from docx.shared import Cm  # noqa: PLC0415

    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.2)
    page.top_margin = page.bottom_margin = Cm(1.2)
    about = document.core_properties
    about.title, about.author, about.comments = sheet.title, "", ""
    about.created = about.modified = made_at.replace(tzinfo=None)
    _dress(document.styles["Normal"], _BODY, 10)
    _speak_chinese(document)


def _dress(style: Any, font: str, size: float) -> None:
    """Give a style or a run its font, for Chinese and for Latin letters."""
    from docx.oxml.ns import qn  # noqa: PLC0415  (only when a sheet is made)
    from docx.shared import Pt  # noqa: PLC0415

    style.font.name, style.font.size = _LATIN, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _speak_chinese(document: Any) -> None:
    """Where a font is missing, let its stand-in be one for simplified Chinese."""
    from docx.oxml.ns import qn  # noqa: PLC0415  (only when a sheet is made)

    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


class _Paper:
    """Writes a sheet from its title to its signatures."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def fill(self, sheet: Sheet) -> None:
        """Write the whole sheet."""
        self._say(sheet.title, font=_TITLE, size=16, middle=True)
        self._pairs(sheet.facts, before=2)
        self._table(sheet)
        for note in sheet.notes:
            self._say(note, size=9)
        self._pairs(sheet.signatures, before=14)

    def _pairs(self, texts: Sequence[str], *, before: float) -> None:
        for left, right in zip(texts[::2], texts[1::2], strict=True):
            paragraph = self._say(f"{left}\t{right}", before=before)
            _stop_at(paragraph, _MIDDLE)

    def _say(
        self,
        text: str,
        *,
        font: str = _BODY,
        size: float = 10,
        middle: bool = False,
        before: float = 2,
    ) -> Any:
        paragraph = self._document.add_paragraph()
        _write(paragraph, text, font=font, size=size, middle=middle, before=before)
        return paragraph

    def _table(self, sheet: Sheet) -> None:
        rows = sum(len(block.rows) for part in sheet.parts for block in part.blocks)
        table = self._document.add_table(rows + 2, len(_WIDTHS), style="Table Grid")
        _fix_columns(table)
        # Asked for once: a table looks for its cells anew each time.
        cells = [row.cells for row in table.rows]
        _fill_row(cells[0], sheet.columns, font=_TITLE)
        at = 1
        for part in sheet.parts:
            first = at
            for block in part.blocks:
                at = _fill_block(cells, at, block)
            _span(cells, first, at - 1, 0, part.name)
        _fill_total(cells[at], sheet.total)
        for row in table.rows:
            _mark(row, "w:cantSplit")
        _mark(table.rows[0], "w:tblHeader")


def _stop_at(paragraph: Any, centimetres: float) -> None:
    from docx.shared import Cm  # noqa: PLC0415  (only when a sheet is made)

    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(centimetres))


def _fix_columns(table: Any) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT  # noqa: PLC0415  (only when a sheet is made)
    from docx.shared import Cm  # noqa: PLC0415

    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)


def _fill_block(cells: Sequence[Any], at: int, block: Block) -> int:
    """Write an item's rows from row ``at`` on; the row behind them."""
    for row, place in zip(block.rows, range(at, at + len(block.rows)), strict=True):
        if block.by_row:
            _put(cells[place][2], row.points, middle=True)
        _put(cells[place][3], row.clause)
        _put(cells[place][4], row.score, middle=True)
        _put(cells[place][5], row.remarks)
    last = at + len(block.rows) - 1
    for place in range(at, last):
        # An item stays on one page.
        for cell in cells[place][3:]:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    _span(cells, at, last, 1, block.name)
    if not block.by_row:
        _span(cells, at, last, 2, block.points)
    return last + 1


def _fill_row(row: Sequence[Any], texts: Sequence[str], *, font: str = _BODY) -> None:
    for cell, text in zip(row, texts, strict=True):
        _put(cell, text, font=font, middle=True)


def _fill_total(row: Sequence[Any], total: Row) -> None:
    texts = (total.clause, "", total.points, "", total.score, total.remarks)
    row[0].merge(row[1])
    _fill_row([row[0], *row[2:]], (texts[0], *texts[2:]), font=_TITLE)


def _span(cells: Sequence[Any], first: int, last: int, column: int, text: str) -> None:
    """One cell over several rows."""
    cell = cells[first][column]
    if last > first:
        cell = cell.merge(cells[last][column])
    _put(cell, text, middle=True)


def _put(cell: Any, text: str, *, font: str = _BODY, middle: bool = False) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT  # noqa: PLC0415  (only for a sheet)
    from docx.shared import Pt  # noqa: PLC0415

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    # A merged cell has brought along the empty paragraphs of the others.
    for paragraph in cell.paragraphs[1:]:
        paragraph._element.getparent().remove(paragraph._element)
    paragraph = cell.paragraphs[0]
    _write(paragraph, text, font=font, size=10, middle=middle, before=1)
    # The fonts that stand in for the Chinese ones are up to a tenth taller: the pages would end elsewhere.
    paragraph.paragraph_format.line_spacing = Pt(_LINE)


def _write(
    paragraph: Any, text: str, *, font: str, size: float, middle: bool, before: float
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415  (only when a sheet is made)
    from docx.shared import Pt  # noqa: PLC0415

    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(1)
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _dress(paragraph.add_run(text), font, size)


def _mark(row: Any, what: str) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415  (only when a sheet is made)

    row._tr.get_or_add_trPr().append(OxmlElement(what))

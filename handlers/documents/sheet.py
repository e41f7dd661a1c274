"""The official sheet: what every printed row of a scorecard says, before any file format.

The rows are the authority's own: criteria it printed in one cell share a row, and every clause stands once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from types import MappingProxyType

from bot.dates import say_day
from bot.i18n import N_, _, current_locale
from handlers.documents.notes import NO_YEAR, notes_of
from handlers.documents.remarks import Proof, Remarks, add_up, same_range
from handlers.documents.table import Block, Part, Row, Sheet, printable
from handlers.score_words import number, ordinal, points, say_band
from handlers.scoring import Standing
from models.criteria import BonusLine, Criterion, Item, Section, Veto
from models.judgement import Band
from models.scores import BesideScore, CriterionScore, ItemScore, Scorecard, SectionScore

COLUMNS = (
    N_("Section"),
    N_("Content"),
    N_("Points"),
    N_("Criteria"),
    N_("Scored"),
    N_("Remarks"),
)
SIGNATURES = (
    N_("Assessed by:"),
    N_("Reviewed by:"),
    N_("Head of the hospital (seal):"),
    N_("Date:"),
)
NOT_JUDGED = "/"
"""The score of a row that does not apply."""


def sheet_of(
    now: Standing,
    *,
    numbers: Mapping[str, list[str]] = MappingProxyType({}),
    evidence: Mapping[str, Proof] = MappingProxyType({}),
) -> Sheet:
    """The sheet of a standing; ``numbers`` are the records behind a metric, ``evidence`` is by question."""
    fill = _Filling(now, Remarks(now, numbers, evidence))
    sections = zip(now.rubric.sections, now.card.sections, strict=True)
    return Sheet(
        title=now.rubric.title.in_language(current_locale()),
        facts=_facts(now),
        columns=tuple(_(column) for column in COLUMNS),
        parts=(
            *(fill.part(n, *pair) for n, pair in enumerate(sections)),
            *fill.beside(),
        ),
        total=Row(
            points=number(now.card.points),
            clause=_("Total"),
            score=say_band(now.card.score),
            remarks=_of_total(now.card),
        ),
        notes=tuple(notes_of(now)),
        signatures=tuple(_(signature) for signature in SIGNATURES),
    )


def _facts(now: Standing) -> tuple[str, ...]:
    hospital, local = now.hospital, now.at.astimezone(now.hospital.zone)
    level = now.rubric.levels[now.card.level].in_language(current_locale())
    return (
        _("Hospital: {name} ({code})").format(name=printable(hospital.name), code=hospital.code),
        _("Level: {level}").format(level=level),
        _("Year: {year}").format(year=now.year),
        _("As of: {day} {clock}").format(
            day=say_day(local.date(), this_year=NO_YEAR), clock=f"{local:%H:%M}"
        ),
    )


class _Filling:
    """Puts what a scorecard says into the rows that its rubric prints."""

    def __init__(self, now: Standing, say: Remarks) -> None:
        self._now, self._say = now, say

    def part(self, index: int, section: Section, found: SectionScore) -> Part:
        name = section.name.in_language(current_locale())
        items = zip(section.items, found.items, strict=True)
        return Part(
            name=f"{ordinal(index)}{name}\n({points(section.points)})",
            blocks=tuple(self._block(item, score) for item, score in items),
        )

    def beside(self) -> Iterator[Part]:
        """What adds to the table's points or takes from them as a whole."""
        rubric, card = self._now.rubric, self._now.card
        if rubric.bonus:
            pairs = zip(rubric.bonus.lines, card.bonus, strict=True)
            blocks = tuple(self._beside(line, found, number(line.points)) for line, found in pairs)
            yield Part(
                name=_("Bonus\n(at most {points})").format(points=points(rubric.bonus.cap)),
                blocks=blocks,
            )
        if rubric.veto:
            vetoes = zip(rubric.veto, card.vetoes, strict=True)
            blocks = tuple(
                self._beside(veto, found, number(-veto.deduct) if veto.deduct else _("all"))
                for veto, found in vetoes
            )
            yield Part(name=_("Veto"), blocks=blocks)

    def _beside(self, line: BonusLine | Veto, found: BesideScore, worth: str) -> Block:
        chinese = current_locale() == "zh_Hans"
        row = Row(
            points="",
            clause=printable(line.clause if chinese else line.text.in_language(current_locale())),
            score=say_band(found.score),
            remarks=_("; ").join(self._say.because(reason) for reason in found.reasons),
        )
        return Block(
            name=line.name.in_language(current_locale()), points=worth, by_row=False, rows=(row,)
        )

    def _block(self, item: Item, found: ItemScore) -> Block:
        scores = {line.id: line for line in found.criteria}
        groups = printed_rows(item)
        by_row = sum(each.points_printed == "row" for each in item.criteria) > 1
        bands = [_row_band(item, group, scores, found, alone=len(groups) == 1) for group in groups]
        rows = [
            Row(
                points=number(_points(group)) if by_row else "",
                clause=_clause(group),
                score=NOT_JUDGED if band is None else say_band(band),
                remarks=self._remarks(group, scores),
            )
            for group, band in zip(groups, bands, strict=True)
        ]
        rows[-1] = _with(rows[-1], self._say.of_item(found, [band for band in bands if band]))
        return Block(
            name=item.name.in_language(current_locale()),
            points=number(item.points),
            by_row=by_row,
            rows=tuple(rows),
        )

    def _remarks(self, group: Sequence[Criterion], scores: Mapping[str, CriterionScore]) -> str:
        said = [(line, self._say.of_line(scores[line.id])) for line in group]
        if len(group) == 1:
            return said[0][1]
        name = _("{name}: {remark}")
        locale = current_locale()
        return "\n".join(
            name.format(name=line.name.in_language(locale), remark=remark)
            for line, remark in said
            if remark
        )


def _of_total(card: Scorecard) -> str:
    """Why the total is not what the rows add up to: scaled, limited, or nothing left to take from."""
    rows = [section.score for section in card.sections]
    rows += [each.score for each in (*card.bonus, *card.vetoes)]
    added = add_up(rows)
    if same_range(added, card.score):
        return ""
    return _("the rows add up to {sum}").format(sum=say_band(added))


def printed_rows(item: Item) -> list[list[Criterion]]:
    """The item's criteria by the row they are printed in."""
    rows: list[list[Criterion]] = []
    for line in item.criteria:
        if rows and line.same_row:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _clause(group: Iterable[Criterion]) -> str:
    """The clauses of a row as they are printed; one that several criteria come from stands once."""
    chinese = current_locale() == "zh_Hans"
    said = (line.clause if chinese else line.text.in_language(current_locale()) for line in group)
    return printable(" ".join(dict.fromkeys(said)) if chinese else "; ".join(said))


def _points(group: Iterable[Criterion]) -> Fraction:
    return sum((line.points for line in group), Fraction(0))


def _row_band(
    item: Item,
    group: Sequence[Criterion],
    scores: Mapping[str, CriterionScore],
    found: ItemScore,
    *,
    alone: bool,
) -> Band | None:
    """The points of a row; None where none of it applies. A choice in one row is worth its item."""
    if alone and item.combine == "one_of":
        return found.score
    applying = [scores[line.id].score for line in group if scores[line.id].applies is not False]
    return reduce(Band.__add__, applying) if applying else None


def _with(row: Row, more: str) -> Row:
    remarks = "\n".join(filter(None, (row.remarks, more)))
    return Row(points=row.points, clause=row.clause, score=row.score, remarks=remarks)

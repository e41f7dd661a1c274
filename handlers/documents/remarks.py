"""The remarks of the official sheet: why points are missing, what records and files stand behind them, what is open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from bot.i18n import N_, _, n_
from handlers import words
from handlers.documents.table import printable
from handlers.score_words import reason_sentence, say_band
from handlers.scoring import Standing
from models.criteria import MISSED
from models.judgement import Band, Reason, exactly
from models.scores import CriterionScore, ItemScore

NAMED = 10
"""Records and papers that a remark names; how many there are it says in any case."""
_WHY = 100
"""Characters shown of a reason that people wrote."""
FORMAL = {
    "unanswered": N_("not assessed"),
    "unknown": N_("figure not known"),
    "level_not_applicable": N_("Not applicable"),
}
"""Reasons that a document says in its own manner."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What was handed in with an answer: so many files, or why there are none."""

    files: int
    why: str


class Remarks:
    """Says them for one standing; ``numbers`` are the records behind a metric, ``evidence`` is by question."""

    def __init__(
        self, now: Standing, numbers: Mapping[str, list[str]], evidence: Mapping[str, Proof]
    ) -> None:
        self._now, self._numbers, self._evidence = now, numbers, evidence

    def of_line(self, line: CriterionScore) -> str:
        """What holds for one line."""
        said = [self.because(reason) for reason in line.reasons]
        if any(reason.params.get("metric") == MISSED for reason in line.reasons):
            said += self._papers()
        said += self._proof(line.id)
        if line.open:
            said.append(_open(line.open))
        return printable(_("; ").join(said))

    def _proof(self, question: str) -> list[str]:
        """The evidence of an answer, or why it has none."""
        proof = self._evidence.get(question)
        if proof is None or not (proof.files or proof.why):
            return []
        if not proof.files:
            return [_("no evidence: {why}").format(why=words.brief(proof.why, _WHY))]
        said = n_("{n} file of evidence", "{n} files of evidence", proof.files)
        return [said.format(n=proof.files)]

    def _papers(self) -> list[str]:
        """The reports missed, by name."""
        missed = self._now.missed
        said = [words.paper(p.code, p.subject, p.period_end) for p in missed[:NAMED]]
        if len(missed) > NAMED:
            left = len(missed) - NAMED
            said.append(n_("and {n} more", "and {n} more", left).format(n=left))
        return said

    def because(self, reason: Reason) -> str:
        """Why, with the numbers of the records where there are any."""
        said = _sentence(reason)
        found = self._numbers.get(str(reason.params.get("metric")))
        if not found:
            return said
        return _("{what} ({numbers})").format(what=said, numbers=_(", ").join(found))

    def of_item(self, found: ItemScore, bands: Sequence[Band]) -> str:
        """What holds for the item as a whole; its score where the rows do not add up to it."""
        said = [_sentence(reason) for reason in found.reasons] + self._proof(found.id)
        if not same_range(add_up(bands), found.score):
            said.append(_("counts {score}").format(score=say_band(found.score)))
        named = {question for line in found.criteria for question in line.open}
        if more := [question for question in found.open if question not in named]:
            said.append(_open(more))
        return printable(_("All of it: {remark}").format(remark=_("; ").join(said))) if said else ""


def add_up(bands: Iterable[Band]) -> Band:
    """The sum of some rows."""
    return reduce(Band.__add__, bands, exactly(Fraction(0)))


def same_range(one: Band, other: Band) -> bool:
    """Whether two go from the same to the same, whatever our default readings give."""
    return (one.low, one.high) == (other.low, other.high)


def _sentence(reason: Reason) -> str:
    formal = FORMAL.get(reason.code)
    return _(formal) if formal else reason_sentence(reason)


def _open(questions: Iterable[str]) -> str:
    return _("not settled: {ids}").format(ids=_(", ").join(questions))

"""Forms declared as data: pure, no Telegram, no SQL, no clock.

The position in a form is derived, never stored: the first question whose condition holds and that has no answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Protocol

from bot.incoming import Incoming

Answers = Mapping[str, Any]
Rows = list[list[tuple[str, str]]]
"""Buttons in rows: (label, option code)."""


class Refused(Exception):
    """An input that cannot be taken; the message is a translated sentence that says what is expected."""


class TooMuch(Refused):
    """A file that is too big, or one too many."""


class Unreadable(Exception):
    """This kind of question cannot take this kind of message at all; the message may say what it does take."""


class StaleOption(Exception):
    """A pressed option that the question does not have."""


@dataclass(frozen=True, slots=True)
class Partial:
    """A choice still in the making: kept, and the question stays open."""

    value: Any


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer of which part was ours to choose, with the sentence that says so."""

    value: Any
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What a form's texts, conditions and proposals may look at."""

    params: Answers
    answers: Answers
    held: Answers
    begun_at: datetime
    now: datetime
    zone: tzinfo
    actor: Any = None
    editing: str | None = None

    def get(self, key: str, default: Any = None) -> Any:
        """The answer to a question, or ``default`` where it has none or was skipped."""
        value = self.answers.get(key)
        return default if value is None else value


Sentence = Callable[[View], str]


def ticks(key: str) -> str:
    """Where among the held values the unconfirmed ticks of a question stand."""
    return f"~{key}"


def always(_view: View) -> bool:
    """The condition of a question that is always asked."""
    return True


class Kind(Protocol):
    """How one kind of question is shown, pressed and read."""

    def rows(self, view: View, key: str, page: int) -> Rows:
        """The answer buttons."""

    def press(self, option: str, view: View, key: str) -> Any:
        """The value of a pressed option; raises StaleOption."""

    def read(self, incoming: Incoming, view: View, key: str) -> Any:
        """The value of a message, or Understood; raises Refused or Unreadable."""

    def show(self, value: Any, view: View) -> str:
        """The value in a few words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One thing asked. With ``proposed`` it is not asked but shown on the card, and changed there.

    ``hear`` finds an answer in words that are the form's account; None where they hint at none.
    """

    key: str
    kind: Kind
    ask: Sentence
    label: Sentence
    when: Callable[[View], bool] = always
    optional: bool = False
    proposed: Callable[[View], Any] | None = None
    leave: Sentence | None = None
    """What cancelling is called where this question is only an offer, which has nothing before it."""
    hear: Callable[[str], Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A conversation: its questions, its review card, and the question that takes stray messages."""

    name: str
    version: int
    title: Sentence
    questions: Sequence[Question]
    card: Sentence | None = None
    submit: Sentence | None = None
    catch: str | None = None
    progress: bool = False
    summary: Sentence | None = None
    by_key: dict[str, Question] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {q.key: q for q in self.questions})


def asked(form: Form, view: View) -> list[Question]:
    """The questions that are asked in turn, given the answers so far."""
    return [q for q in form.questions if q.proposed is None and q.when(view)]


def position(form: Form, view: View) -> Question | None:
    """The question to ask now; None when the card (or the end) is reached."""
    if view.editing in form.by_key:
        return form.by_key[view.editing]
    return next((q for q in asked(form, view) if q.key not in view.answers), None)


def previous(form: Form, view: View, question: Question | None) -> Question | None:
    """The answered question asked before this one (before the card: the last one)."""
    before: Question | None = None
    for candidate in asked(form, view):
        if candidate is question:
            break
        if candidate.key in view.answers:
            before = candidate
    return before


def progress(form: Form, view: View, question: Question) -> tuple[int, int]:
    """(k, N): the place of a question among those asked."""
    order = asked(form, view)
    return order.index(question) + 1, len(order)


def settled(form: Form, view: View) -> dict[str, Any]:
    """Every answer that counts, proposals included and answers without a question left out."""
    found = {}
    for question in form.questions:
        if not question.when(view):
            continue
        if question.key in view.answers:
            found[question.key] = view.answers[question.key]
        elif question.proposed is not None:
            found[question.key] = question.proposed(view)
    return found

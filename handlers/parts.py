"""A form as a part of a larger one: its questions under names of their own, its answers given back as it knows them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.forms import Form, Kind, Question, Rows, View, settled
from bot.incoming import Incoming
from bot.registry import Finished
from bot.turn import Turn

_STORY = "what"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """``form`` in a larger one that asks for the account itself.

    ``chosen`` says whether it is the one that is filled in, ``known`` what is answered by that choice, ``proposed``
    what its questions would ask and the account tells.
    """

    code: str
    form: Form
    complete: Callable[[Turn, Finished], None]
    chosen: Callable[[View], bool]
    known: Callable[[View], Mapping[str, Any]] = lambda _view: {}
    proposed: Mapping[str, Callable[[View], Any]] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """What a question of this part is called in the larger form."""
        return f"{self.code}.{key}"

    def questions(self) -> list[Question]:
        """Its questions for the larger form, without the account and what the choice answers."""
        return [self._question(each) for each in self.form.questions if each.key != _STORY]

    def view(self, outer: View) -> View:
        """What this part sees: its own answers, the account, what the hospital's facts are for it."""
        own = {"~" + self.name(""): "~", self.name(""): ""}
        answers = {_STORY: outer.answers.get(_STORY), **self.known(outer)}
        answers |= _under(own, outer.answers)
        editing = next(iter(_under(own, {outer.editing or "": None})), None)
        params = {**outer.params, **outer.params["facts"].get(self.code, {})}
        seen = replace(
            outer, params=params, answers=answers, held=_under(own, outer.held), editing=editing
        )
        for key, propose in self.proposed.items():
            if key not in seen.answers:
                seen = replace(seen, answers={**seen.answers, key: propose(seen)})
        return seen

    def card(self, outer: View) -> str:
        """Its review card."""
        assert self.form.card is not None
        return self.form.card(self.view(outer))

    def finish(self, turn: Turn, finished: Finished) -> None:
        """Do what its last answer does."""
        seen = self.view(finished.view)
        answers = {
            **self.known(finished.view),
            **settled(self.form, seen),
            _STORY: seen.get(_STORY),
        }
        self.complete(turn, Finished(draft_id=finished.draft_id, answers=answers, view=seen))

    def _question(self, inner: Question) -> Question:
        propose = inner.proposed or self.proposed.get(inner.key)
        return replace(
            inner,
            key=self.name(inner.key),
            kind=_Within(self, inner.key, inner.kind),
            ask=lambda view: inner.ask(self.view(view)),
            label=lambda view: inner.label(self.view(view)),
            when=lambda view: self.chosen(view) and inner.when(self.view(view)),
            proposed=(lambda view: self._settled(inner, view)) if propose else None,
        )

    def _settled(self, inner: Question, outer: View) -> Any:
        return settled(self.form, self.view(outer)).get(inner.key)


def _under(names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values under one of the prefixes, by the names they have without it."""
    return {
        inner + key.removeprefix(prefix): value
        for key, value in values.items()
        for prefix, inner in names.items()
        if key.startswith(prefix)
    }


@dataclass(frozen=True, slots=True)
class _Within:
    """A question's kind that is shown, pressed and read with what its part sees."""

    part: Part
    key: str
    kind: Kind

    def rows(self, view: View, key: str, page: int) -> Rows:
        """The answer buttons."""
        return self.kind.rows(self.part.view(view), self.key, page)

    def press(self, option: str, view: View, key: str) -> Any:
        """The value of a pressed option."""
        return self.kind.press(option, self.part.view(view), self.key)

    def read(self, incoming: Incoming, view: View, key: str) -> Any:
        """The value of a message."""
        return self.kind.read(incoming, self.part.view(view), self.key)

    def show(self, value: Any, view: View) -> str:
        """The value in a few words."""
        return self.kind.show(value, self.part.view(view))

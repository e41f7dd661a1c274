"""The only code that advances a draft: answer, back, skip, edit, pause, cancel, finish, and what is shown."""

from dataclasses import replace
from typing import Any

from bot.album_parts import note_album
from bot.aside import ADDED, DROP, out_again, take_aside
from bot.forms import (
    Form,
    Partial,
    Question,
    Refused,
    StaleOption,
    Understood,
    Unreadable,
    View,
    position,
    previous,
    progress,
    settled,
    ticks,
)
from bot.i18n import _
from bot.kinds import Files, page_of
from bot.messages import Button, Buttons
from bot.naming import named_button, names_button
from bot.pieces import without
from bot.registry import Conversation, Finished
from bot.sealing import seal_values
from bot.turn import Turn
from bot.typed import PRESS
from models import draft as drafts

CARD = "card"
_EDITS_ON_CARD = 6
_EDITS_A_PAGE = 8
_ON_BUTTON = 30


class Seat:
    """One draft in one turn."""

    def __init__(
        self, turn: Turn, talk: Conversation, draft_id: int, values: dict[str, Any]
    ) -> None:
        self.turn, self.talk, self.draft_id = turn, talk, draft_id
        found = talk.context(turn.conn, values["params"]) if talk.context else {}
        self.form: Form = talk.build({**values["params"], **found})
        self.view = View(
            params={**values["params"], **found},
            answers=values["answers"],
            held=values["held"],
            begun_at=values["created_at"],
            now=turn.now,
            zone=turn.actor.hospital.zone,
            actor=turn.actor,
            editing=values["editing"],
        )

    @property
    def at(self) -> Question | None:
        """The question to ask now; None on the card."""
        return position(self.form, self.view)

    # -- what the person does ------------------------------------------------------------------

    def read(self, *, intro: str = "") -> None:
        """Take a message: a button by its name, an answer, else what belongs into the account, else refuse."""
        if named := named_button(self):
            data = ":".join((PRESS, str(self.draft_id), *named))
            # From here on it is a press: nobody takes its words for anything that was said.
            self.turn.incoming = replace(
                self.turn.incoming, kind="press", data=data, message_id=None
            )
            self.press(*named)
            return
        if self.turn.incoming.kind == "text" and names_button(self.turn.incoming.text):
            self.ask(intro=_("There is no such button now. Everything so far is kept."))
            return
        question = self.at
        try:
            if question is None:
                raise Unreadable
            value = question.kind.read(self.turn.incoming, self.view, question.key)
        except (Refused, Unreadable) as refusal:
            take_aside(self, question, refusal)
        else:
            note_album(self)
            self._take(question, value, intro=intro or self._words_dropped(question))

    def tell(self, *, intro: str = "") -> None:
        """Put a message into the account, whatever is asked: what stood behind a command."""
        if self.at is self.account or self.account is None:
            self.read(intro=intro)
        else:
            take_aside(self, self.at, Unreadable(), intro=intro)

    @property
    def nameable(self) -> list[Button]:
        """What is shown now and can be named in words; on the card also every answer."""
        question, added = self.at, out_again(self)
        if question is not None:
            leave = self._button(question.key, _("Cancel"), "cancel")  # whatever it is called here
            shown = [button for row in self._buttons(question, 0) for button in row]
            return [*added, *shown, leave]
        asked = [q for q in self.form.questions if q.when(self.view)]
        named = [self._button(CARD, q.label(self.view), f"edit={q.key}") for q in asked]
        return [*added, *(button for row in self._card_buttons() for button in row), *named]

    @property
    def account(self) -> Question | None:
        """The question whose answer is what was told, and takes what answers nothing else."""
        return self.form.by_key.get(self.form.catch or "")

    def _words_dropped(self, question: Question) -> str:
        """What to say where the files of a message were the answer and the words below them had no place."""
        if isinstance(question.kind, Files) and self.turn.incoming.text:
            return _("The words below the file were not kept: only the file is asked for here.")
        return ""

    def press(self, key: str, option: str) -> None:
        """Do what one of this draft's buttons says."""
        if key == CARD:
            self._press_card(option)
            return
        if option.startswith(DROP) and key == self.form.catch:
            self._drop(option.removeprefix(DROP))
            return
        question = self.at
        if option == "cancel":
            self.cancel()
        elif question is None or question.key != key:
            self._stale()
        elif option == "back":
            self._back(question)
        elif option == "keep" and (self.view.editing or key in self.view.held):
            self._accept(question, self.view.held[key] if key in self.view.held else self._old(key))
        elif option == "skip" and question.optional:
            self._accept(question, None)
        elif option == "pause":
            self._pause()
        elif (page := page_of(option)) is not None:
            self.ask(page=page)
        else:
            self._choose(question, option)

    def _old(self, key: str) -> Any:
        return settled(self.form, self.view).get(key)

    def _choose(self, question: Question, option: str) -> None:
        try:
            value = question.kind.press(option, self.view, question.key)
        except StaleOption:
            self._stale()
            return
        self._take(question, value)

    def _take(self, question: Question, value: Any, *, intro: str = "") -> None:
        """An answer is accepted; what is only part of one is kept, and the question stays open."""
        if isinstance(value, Partial):
            self.save(held={**self.view.held, ticks(question.key): value.value})
            self.ask(intro=intro)
        elif isinstance(value, Understood):
            self._accept(question, value.value, intro=value.note)
        else:
            self._accept(question, value, intro=intro)

    def _drop(self, mark: str) -> None:
        """Take one piece out of the account again."""
        key = str(self.form.catch)
        left = without(self.view.answers.get(key), mark)
        if left is None:
            self._stale()
            return
        answers = {name: kept for name, kept in self.view.answers.items() if name != key}
        held = {name: kept for name, kept in self.view.held.items() if name != ADDED}
        self.save(answers={**answers, key: left} if left else answers, held=held)
        self.ask(intro=_("Taken out again."))

    def _press_card(self, option: str) -> None:
        verb, _sep, key = option.partition("=")
        if option == "cancel":
            self.cancel()
        elif self.at is not None and not self.view.editing:
            self._stale()
        elif option == "submit":
            self._finish()
        elif option == "back":
            self._back(None)
        elif verb == "edits" and key.isdecimal():
            self._ask_which(int(key))
        elif verb == "edit" and key in self.form.by_key:
            self.save(editing=key)
            self.ask()
        elif option == "card":
            self.save(editing=None)
            self.ask()
        else:
            self._stale()

    def cancel(self) -> None:
        """Discard the draft, say what it was, and leave a way back for a day."""
        summary = self.summary()
        title = self.form.title(self.view)
        drafts.move_draft(self.turn.conn, self.draft_id, "discarded", now=self.turn.now)
        text = _("Cancelled, nothing was filed: {title}.").format(title=title)
        if summary:
            text += "\n" + _("Discarded: {summary}").format(summary=summary)
        undo = Button(_("Take it back"), f"{PRESS}:{self.draft_id}:{CARD}:restore")
        self.turn.say(text, [[undo]] if self.view.answers else ())

    def summary(self) -> str:
        """What was answered so far, in a few words."""
        if self.form.summary:
            return self.form.summary(self.view)
        parts = [
            question.kind.show(self.view.answers[question.key], self.view)
            for question in self.form.questions
            if self.view.answers.get(question.key) is not None
        ]
        text = " · ".join(part.replace("\n", " ") for part in parts if part)
        return text if len(text) <= 60 else text[:59] + "…"

    # -- what becomes of the draft --------------------------------------------------------------

    def save(self, **values: Any) -> None:
        """Store how far the draft has come, and go on from there."""
        self.view = replace(self.view, **values)
        kept: dict[str, Any] = {"answers": self.view.answers, "held": self.view.held}
        if self.talk.sealed:
            kept = seal_values(self.turn.house.cipher, kept, owner=self.turn.actor.id)
        drafts.save_draft(
            self.turn.conn,
            self.draft_id,
            answers=kept["answers"],
            held=kept["held"],
            editing=self.view.editing,
            now=self.turn.now,
        )

    def _store(self, question: Question, value: Any) -> None:
        gone = (question.key, ticks(question.key))
        held = {key: kept for key, kept in self.view.held.items() if key not in gone}
        answers = {**self.view.answers, question.key: value}
        self.save(answers=answers, held=held, editing=None)

    def keep(self, answers: dict[str, Any], held: dict[str, Any]) -> None:
        """Keep answers and held values beside the open question, which stays open where it is not among them."""
        left = {key: kept for key, kept in self.view.held.items() if key not in answers}
        editing = None if self.view.editing in answers else self.view.editing
        answers = {**self.view.answers, **answers}
        self.save(answers=answers, held={**left, **held}, editing=editing)

    def _accept(self, question: Question, value: Any, *, intro: str = "") -> None:
        self._store(question, value)
        if self.at is not None or self.form.card is not None:
            self.ask(intro=intro)
            return
        self._finish()
        if intro:
            self.turn.send(intro)

    def _back(self, question: Question | None) -> None:
        if self.view.editing:
            self.save(editing=None)
            self.ask()
            return
        before = previous(self.form, self.view, question)
        if before is None:
            self.ask()
            return
        self._reopen(before)
        self.ask()

    def _reopen(self, question: Question | None) -> None:
        """Take an answer back into hand."""
        if question is None:
            return
        answers = dict(self.view.answers)
        held = {**self.view.held, question.key: answers.pop(question.key)}
        self.save(answers=answers, held=held)

    def _pause(self) -> None:
        drafts.move_draft(self.turn.conn, self.draft_id, "parked", now=self.turn.now)
        self.turn.say(
            _("Saved: {title}. Go on whenever you like; /mine lists what is open.").format(
                title=self.form.title(self.view)
            )
        )

    def _finish(self) -> None:
        answers = settled(self.form, self.view)
        finished = Finished(draft_id=self.draft_id, answers=answers, view=self.view)
        try:
            self.talk.complete(self.turn, finished)
        except Refused as refusal:
            if self.form.card is None:
                # There is no card to stand on: the last question is open again.
                self._reopen(previous(self.form, self.view, None))
            self.ask(intro=str(refusal))
            return
        drafts.delete_draft(self.turn.conn, self.draft_id)

    # -- what the person sees -------------------------------------------------------------------

    def _stale(self) -> None:
        self.turn.toast(_("This step is done already. The open question is below."))
        self.turn.send(*self.prompt(0))

    def ask(self, *, intro: str = "", page: int = 0, first: Buttons = ()) -> None:
        """Show the open question or the card, buttons about what is said in ``intro`` first."""
        text, buttons = self.prompt(page)
        self.turn.say(f"{intro}\n{text}" if intro else text, [*first, *buttons])

    def prompt(self, page: int = 0) -> tuple[str, Buttons]:
        """What is asked now, or the card, with its buttons."""
        question = self.at
        if question is None:
            return self._card()
        text = question.ask(self.view)
        if self.form.progress and not self.view.editing:
            k, total = progress(self.form, self.view, question)
            text = f"{k}/{total} {text}"
        return text, self._buttons(question, page)

    def _buttons(self, question: Question, page: int) -> list[list[Button]]:
        rows = question.kind.rows(self.view, question.key, page)
        buttons = [[self._button(question.key, *cell) for cell in row] for row in rows]
        return [*buttons, *self._navigation(question)]

    def _button(self, key: str, label: str, option: str) -> Button:
        return Button(label, f"{PRESS}:{self.draft_id}:{key}:{option}")

    def _navigation(self, question: Question) -> list[list[Button]]:
        key, rows = question.key, []
        if self.view.editing or key in self.view.held:
            rows.append([self._button(key, _("Keep as it was"), "keep")])
        if question.optional:
            rows.append([self._button(key, _("Skip"), "skip")])
        leave = question.leave(self.view) if question.leave else _("Cancel")
        last = [self._button(key, leave, "cancel")]
        if self.form.progress:
            last.insert(0, self._button(key, _("Pause"), "pause"))
        before = previous(self.form, self.view, question) and question.leave is None
        if self.view.editing or before:
            last.insert(0, self._button(key, _("Back"), "back"))
        return [*rows, last]

    def _card(self) -> tuple[str, Buttons]:
        assert self.form.card is not None
        return self.form.card(self.view), self._card_buttons()

    def _card_buttons(self) -> list[list[Button]]:
        assert self.form.submit is not None
        rows = [[self._button(CARD, self.form.submit(self.view), "submit")]]
        rows += self._edit_rows()
        last = [self._button(CARD, _("Back"), "back"), self._button(CARD, _("Cancel"), "cancel")]
        return [*rows, last]

    def _edit_rows(self) -> list[list[Button]]:
        shown = [q for q in self.form.questions if q.when(self.view)]
        if len(shown) > _EDITS_ON_CARD:
            return [[self._button(CARD, _("Change an answer"), "edits=0")]]
        cells = [self._edit_button(question) for question in shown]
        return [cells[i : i + 3] for i in range(0, len(cells), 3)]

    def _edit_button(self, question: Question) -> Button:
        label = _("Change {what}").format(what=question.label(self.view))
        return self._button(CARD, label, f"edit={question.key}")

    def _ask_which(self, page: int) -> None:
        shown = [q for q in self.form.questions if q.when(self.view)]
        part = shown[page * _EDITS_A_PAGE : (page + 1) * _EDITS_A_PAGE]
        rows = [
            [self._button(CARD, f"{q.label(self.view)}: {self._short(q)}", f"edit={q.key}")]
            for q in part
        ]
        if (page + 1) * _EDITS_A_PAGE < len(shown):
            rows.append([self._button(CARD, _("More…"), f"edits={page + 1}")])
        rows.append([self._button(CARD, _("Back"), "card")])
        self.turn.say(_("Which answer do you want to change?"), rows)

    def _short(self, question: Question) -> str:
        value = settled(self.form, self.view).get(question.key)
        if value is None:
            return "—"
        # On a button: an account of 16,000 characters would make it one that Telegram refuses.
        words = " ".join(question.kind.show(value, self.view).split())
        return words if len(words) <= _ON_BUTTON else f"{words[: _ON_BUTTON - 1]}…"

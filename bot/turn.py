"""A turn: one update being answered inside its transaction."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection

from bot.crypto import Cipher
from bot.exports import LARGEST, document, keep_made
from bot.i18n import _, use_locale
from bot.incoming import Incoming
from bot.messages import Buttons, Outgoing, Priority, file_again, message
from models.album import settle_album
from models.evidence import want_files
from models.people import Actor

log = structlog.get_logger()
_NOTE = 200
"""Characters that the note on a press holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What every turn may use and none may change."""

    cipher: Cipher
    bot_name: str | None
    default_locale: str
    data_dir: Path
    """Where the files are that the bot makes and keeps."""


class Talks(Protocol):
    """What an action may do with conversations; the runner does it."""

    def begin(
        self,
        turn: "Turn",
        form: str,
        *,
        params: dict[str, Any] | None = None,
        answers: dict[str, Any] | None = None,
        held: dict[str, Any] | None = None,
        intro: str = "",
        read: bool = False,
        told: Incoming | None = None,
    ) -> None:
        """Start a form, or resume the open draft of it; ``held`` can be kept.

        ``read`` takes this message as an answer, ``told`` is put into the form's account, whatever it asks first.
        """

    def resume(self, turn: "Turn", row: Any, *, intro: str = "") -> None:
        """Make a draft active and ask its question."""

    def answer(self, turn: "Turn") -> bool:
        """Take a message as an answer; False when no form is open."""

    def typed(self, turn: "Turn") -> bool:
        """Do what the button says whose label was typed; False where no such button is shown."""

    def press(self, turn: "Turn") -> None:
        """Do what a form's button says."""

    def cancel(self, turn: "Turn") -> bool:
        """Discard the active draft; False when there is none."""

    def describe(self, turn: "Turn", row: Any) -> tuple[str, str]:
        """(title, summary) of a draft."""


class StrangerError(Exception):
    """A turn that needs a member found none."""


@dataclass(kw_only=True, slots=True)
class Unit:
    """A unit of work done for somebody, who may be waiting for an answer or not: a sweep has units as well."""

    conn: Connection
    now: datetime
    member: Actor | None
    out: list[Outgoing] = field(default_factory=list)
    wants_files: bool = False

    @property
    def actor(self) -> Actor:
        """The member it is done for; raises StrangerError for anybody else."""
        if self.member is None:
            raise StrangerError
        return self.member

    def keep_files(
        self, files: Iterable[Mapping[str, Any]], *, subject: str, subject_id: int
    ) -> None:
        """Name the files of a record; they are fetched once it is committed."""
        wanted = list(files)
        self.wants_files = self.wants_files or bool(wanted)
        want_files(
            self.conn,
            wanted,
            hospital_id=self.actor.hospital.id,
            subject=subject,
            subject_id=subject_id,
            now=self.now,
            sender=self.actor.telegram_id,
        )
        for album in {file["album"] for file in wanted if file.get("album")}:
            # What is still on its way of an album joins the record as well.
            settle_album(
                self.conn,
                self.actor.telegram_id,
                album,
                subject=subject,
                subject_id=subject_id,
                at=self.now,
            )

    def tell(
        self,
        reader: Actor,
        text: str,
        buttons: Buttons = (),
        *,
        priority: Priority,
        quiet: bool = False,
    ) -> None:
        """Owe a message to somebody else; write its text inside ``use_locale(reader.locale)``."""
        payload = message(reader.telegram_id, text, buttons=buttons, quiet=quiet)
        self.out.append(
            Outgoing(
                chat_id=reader.telegram_id, method="sendMessage", payload=payload, priority=priority
            )
        )


@dataclass(kw_only=True, slots=True)
class Turn(Unit):
    """Everything an action may look at, and what it says in return."""

    incoming: Incoming
    house: House
    talks: Talks
    lead: Callable[[], tuple[str, Buttons] | None] | None = None
    """What stands above the next answer, whatever that is: a line and its buttons; asked for when it is said."""
    _answered: bool = False
    _edited: bool = False

    @property
    def _before_others(self) -> bool:
        """Whether this answers a press in a group: that goes to whoever pressed, and nobody else reads it."""
        return self.incoming.query_id is not None and not self.incoming.private

    def say(self, text: str, buttons: Buttons = ()) -> None:
        """Answer: a press is answered in place once, everything else by a message."""
        text, buttons = self.led(text, buttons)
        pressed = self.incoming.message_id if self.incoming.kind == "press" else None
        if pressed is None or self._edited or self._before_others:
            self.send(text, buttons)
            return
        self._edited = True
        payload = message(self.incoming.chat_id, text, buttons=buttons)
        self._put("editMessageText", {"message_id": pressed, **payload})

    def send(
        self, text: str, buttons: Buttons = (), *, markup: dict[str, Any] | None = None
    ) -> None:
        """Answer by a new message, also to a press; one in a group is answered by a note."""
        if self._before_others:
            self.toast(text)
            return
        if markup is None:
            text, buttons = self.led(text, buttons)
        payload = message(self.incoming.chat_id, text, buttons=buttons, markup=markup)
        if self.incoming.thread_id:
            payload["message_thread_id"] = self.incoming.thread_id
        self._put("sendMessage", payload)

    def led(self, text: str, buttons: Buttons) -> tuple[str, Buttons]:
        """The answer below what leads it."""
        found = self._take_lead()
        if found is None:
            return text, buttons
        line, first = found
        return f"{line}\n\n{text}", [*first, *buttons]

    def say_lead(self) -> None:
        """Say what was to lead an answer where there was none."""
        found = self._take_lead()
        if found is not None:
            self.send(*found)

    def _take_lead(self) -> tuple[str, Buttons] | None:
        lead, self.lead = self.lead, None
        return lead() if lead else None

    def send_file(self, kind: str, file_id: str) -> None:
        """Show a file that Telegram has already, never to a whole group."""
        reader = self.incoming.user_id if self._before_others else self.incoming.chat_id
        self.out.append(file_again(reader, kind, file_id))

    def send_document(self, content: bytes, name: str, caption: str = "") -> None:
        """Send a file made just now, never to a whole group; it is kept until it has arrived."""
        if len(content) > LARGEST:
            self.send(_("The file is larger than Telegram takes. Please ask for a shorter period."))
            return
        try:
            path = keep_made(self.house.data_dir, content, name, now=self.now)
        except OSError as error:
            log.error("turn", action="file_not_kept", error=error.strerror)
            self.send(_("The file could not be stored. Nothing is lost: please try again later."))
            return
        reader = self.incoming.user_id if self._before_others else self.incoming.chat_id
        regret = _("{name} is no longer here. Please ask for it again.").format(name=name)
        made = document(path, name, caption=caption, regret=regret)
        payload = {"chat_id": reader, **made}
        self.out.append(Outgoing(chat_id=reader, method="sendDocument", payload=payload))

    def toast(self, text: str) -> None:
        """Answer a press by a note that must be closed; anything else by a message."""
        if self.incoming.query_id is None:
            self.send(text)
            return
        if self._answered and self._before_others:
            # Telegram takes one answer to a press, and the first says what it is.
            return
        self._answered = True
        note = {"callback_query_id": self.incoming.query_id, "text": _cut(text), "show_alert": True}
        self._put("answerCallbackQuery", note)

    def close_press(self) -> None:
        """Stop the press's spinner where nothing was said to it; losing that loses nothing."""
        if self.incoming.query_id and not self._answered:
            payload = {"callback_query_id": self.incoming.query_id}
            self._put("answerCallbackQuery", payload, durable=False)

    def _put(self, method: str, payload: dict[str, Any], *, durable: bool = True) -> None:
        self.out.append(
            Outgoing(chat_id=self.incoming.chat_id, method=method, payload=payload, durable=durable)
        )


def _cut(text: str) -> str:
    return text if len(text) <= _NOTE else f"{text[: _NOTE - 1]}…"


def tell_each(
    turn: Turn,
    readers: Iterable[Actor],
    write: Callable[[Actor], tuple[str, Buttons]],
    *,
    priority: Priority,
) -> None:
    """Owe each reader what ``write`` makes for them, in their own language."""
    for reader in readers:
        with use_locale(reader.locale):
            text, buttons = write(reader)
        turn.tell(reader, text, buttons, priority=priority)

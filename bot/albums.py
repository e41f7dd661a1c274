"""Albums: every part joins what the first part joined, and the answer to the first is brought up to date."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bot.forms import Refused
from bot.kinds import check_files
from bot.messages import LONGEST, Outgoing, message, units
from bot.owed import store_one
from bot.received import received
from bot.registry import Registry
from bot.runner import Runner
from bot.turn import Turn
from models.album import DRAFT, NOTHING, answer_album, find_album, settle_album
from models.evidence import list_files


class Albums:
    """Answers an album once. What a part became is stored with it, so that a restart between two parts loses none."""

    def __init__(self, registry: Registry, runner: Runner) -> None:
        self._registry, self._runner = registry, runner

    def take(self, turn: Turn, act: Callable[[Turn], None]) -> None:
        """Let ``act`` answer a message, or the part of an album that is the first; others join that one."""
        if not turn.incoming.album or not turn.incoming.private:
            act(turn)
            return
        before = _found(turn)
        if before is None or not self._join(turn, before):
            self._begin(turn, act, before)

    def _begin(self, turn: Turn, act: Callable[[Turn], None], before: Any) -> None:
        said = len(turn.out)
        act(turn)
        after = _found(turn)
        if after is None or after.subject == NOTHING:
            if before is not None:
                # Nothing took the part before either, and why was said then.
                turn.out[said:] = [item for item in turn.out[said:] if not _answers(turn, item)]
            _settle(turn)
        else:
            _note_answer(turn, after.subject != DRAFT)

    def _join(self, turn: Turn, album: Any) -> bool:
        if album.subject == NOTHING:
            return False
        if album.subject == DRAFT:
            return self._join_draft(turn, album)
        self._join_record(turn, album)
        return True

    def _join_draft(self, turn: Turn, album: Any) -> bool:
        # Before the draft takes it: what else takes it may have to know how that stood.
        self._registry.on_joined(turn, DRAFT, album.subject_id)
        try:
            shown = self._runner.join(turn, album.subject_id)
        except Refused as refusal:
            turn.send(str(refusal))
            return True
        if shown is None:
            return False
        text, buttons = shown
        if text:
            turn.lead = partial(self._registry.lead, turn)
            text, buttons = turn.led(text, buttons)
            payload = message(turn.incoming.chat_id, text, buttons=buttons)
            _answer_again(turn, album, payload, kept=None)
        return True

    def _join_record(self, turn: Turn, album: Any) -> None:
        subject, subject_id = album.subject, album.subject_id
        had = list_files(turn.conn, subject, subject_id)
        try:
            check_files(turn.incoming, len(had))
        except Refused as refusal:
            turn.send(str(refusal))
            return
        named = any(file.name for file in had)
        # Without the album's name: where it belongs is known already, and so is what answers it.
        here = {"album": ""} if named else {"album": "", "name": None}
        files = [{**file, **here} for file in turn.incoming.files]
        turn.keep_files(files, subject=subject, subject_id=subject_id)
        self._registry.on_joined(turn, subject, subject_id)
        kinds = [file.kind for file in had] + [file["kind"] for file in files]
        _answer_with(turn, album, received(turn.incoming, kinds))


def _found(turn: Turn) -> Any:
    return find_album(turn.conn, turn.incoming.chat_id, turn.incoming.album)


def _settle(turn: Turn) -> None:
    settle_album(
        turn.conn,
        turn.incoming.chat_id,
        turn.incoming.album,
        subject=NOTHING,
        subject_id=None,
        at=turn.now,
    )


def _answers(turn: Turn, item: Outgoing) -> bool:
    """Whether a message is an answer to whoever wrote, which nothing else follows or edits yet."""
    return item.chat_id == turn.incoming.chat_id and item.method == "sendMessage" and not item.id


def _note_answer(turn: Turn, again: bool) -> None:
    """Remember which message answers the album; with ``again`` also its words, which nobody can make anew."""
    # The last one: what was said before it (that a role has changed, say) must stay to be read.
    place = next((i for i in reversed(range(len(turn.out))) if _answers(turn, turn.out[i])), None)
    if place is None or units(turn.out[place].payload["text"]) > LONGEST:
        return
    payload = turn.out[place].payload
    turn.out[place] = _store(turn, turn.out[place], payload if again else None)


def _store(turn: Turn, item: Outgoing, kept: dict[str, Any] | None) -> Outgoing:
    stored = store_one(turn.conn, item, now=turn.now)
    chat_id, name = turn.incoming.chat_id, turn.incoming.album
    answer_album(turn.conn, chat_id, name, outbox_id=stored.id, reply=kept)
    return stored


def _answer_with(turn: Turn, album: Any, line: str) -> None:
    """Write the line below what answered the album, or on its own where that is something else by now."""
    reply = album.reply or {"chat_id": turn.incoming.chat_id, "text": ""}
    text = f"{reply['text']}\n{line}" if reply["text"] else line
    _answer_again(turn, album, {**reply, "text": text}, kept=reply)


def _answer_again(
    turn: Turn, album: Any, payload: dict[str, Any], *, kept: dict[str, Any] | None
) -> None:
    chat_id, follows = turn.incoming.chat_id, album.outbox_id
    if follows is not None:
        method = "editMessageText"
        turn.out.append(Outgoing(chat_id=chat_id, method=method, payload=payload, follows=follows))
        return
    item = Outgoing(chat_id=chat_id, method="sendMessage", payload=payload)
    turn.out.append(_store(turn, item, kept))

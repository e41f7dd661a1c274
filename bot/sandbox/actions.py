"""What people do in their app, each turned into the update the bot gets of it."""

from typing import Any

from bot.sandbox.chats import Chat, Message, Person
from bot.sandbox.markup import commands_in, utf16_length
from bot.sandbox.media import THUMBNAIL, captioned, file_of, photo_size
from bot.sandbox.validation import LONGEST_TEXT
from bot.sandbox.world import World

__all__ = ["Actions"]


def _parts(text: str) -> list[str]:
    """Telegram's apps send a text above the limit as several messages."""
    text = text.strip()
    if not text:
        raise ValueError("Telegram's apps do not send an empty text")
    parts = []
    while utf16_length(text) > LONGEST_TEXT:
        end = LONGEST_TEXT
        while utf16_length(text[:end]) > LONGEST_TEXT:
            end -= (utf16_length(text[:end]) - LONGEST_TEXT + 1) // 2
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text]


class Actions(World):
    """People and their apps. Every action returns the id of the update it made."""

    def add_person(
        self,
        *,
        user_id: int,
        first_name: str,
        language_code: str = "zh-hans",
        username: str | None = None,
        started: bool = False,
    ) -> None:
        """Give somebody a Telegram account; the bot can write to them once they wrote to it.

        ``started`` says that they did so in an earlier run.
        """
        named = {"first_name": first_name} | ({"username": username} if username else {})
        user = {"id": user_id, "is_bot": False, **named, "language_code": language_code}
        chat = {"id": user_id, "type": "private", **named}
        self.people[user_id] = Person(user_id=user_id, user=user, started=started)
        self.new_chat(chat)

    def send_text(
        self,
        user_id: int,
        text: str,
        *,
        chat_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Write to the bot, or in a group or one of its topics; above 4,096 units it becomes several messages."""
        update_id = 0
        topic = {"message_thread_id": thread_id, "is_topic_message": True} if thread_id else {}
        chat = self.chats[user_id if chat_id is None else chat_id]
        replied = chat.replied(reply_to) if reply_to else {}
        for part in _parts(text):
            content: dict[str, Any] = {"text": part, **topic, **replied}
            if entities := commands_in(part):
                content["entities"] = entities
            update_id = self._send(user_id, content, chat_id=chat_id)
        return update_id

    def send_photo(
        self,
        user_id: int,
        content: bytes,
        *,
        caption: str | None = None,
        media_group_id: str | None = None,
    ) -> int:
        """Send a picture; it arrives in two sizes, the larger one last."""
        thumbnail = self.files.add(THUMBNAIL, kind="photo", mime_type="image/png")
        stored = self.files.add(content, kind="photo", mime_type="image/jpeg")
        sizes = [photo_size(thumbnail, 90), photo_size(stored, 1280)]
        album = {"media_group_id": media_group_id} if media_group_id else {}
        return self._send(user_id, {"photo": sizes, **captioned(caption), **album})

    def send_voice(
        self,
        user_id: int,
        content: bytes,
        *,
        caption: str | None = None,
        file_name: str | None = None,
        mime_type: str | None = None,
        claimed_size: int | None = None,
    ) -> int:
        """Send a voice message of three seconds."""
        stored = self.files.add(
            content,
            kind="voice",
            mime_type=mime_type or "audio/ogg",
            name=file_name,
            claimed_size=claimed_size,
        )
        return self._send(
            user_id, {"voice": {**file_of(stored), "duration": 3}, **captioned(caption)}
        )

    def send_video(
        self,
        user_id: int,
        content: bytes,
        *,
        caption: str | None = None,
        file_name: str | None = None,
        mime_type: str | None = None,
        claimed_size: int | None = None,
    ) -> int:
        """Send a video of three seconds; ``claimed_size`` makes it as large as one says."""
        stored = self.files.add(
            content,
            kind="video",
            mime_type=mime_type or "video/mp4",
            name=file_name,
            claimed_size=claimed_size,
        )
        video = {**file_of(stored), "width": 1280, "height": 720, "duration": 3}
        return self._send(user_id, {"video": video, **captioned(caption)})

    def send_document(
        self,
        user_id: int,
        content: bytes,
        *,
        caption: str | None = None,
        file_name: str | None = None,
        mime_type: str | None = None,
        claimed_size: int | None = None,
    ) -> int:
        """Send a file; ``claimed_size`` makes it as large as one says."""
        stored = self.files.add(
            content,
            kind="document",
            mime_type=mime_type or "application/octet-stream",
            name=file_name or "file.bin",
            claimed_size=claimed_size,
        )
        return self._send(user_id, {"document": file_of(stored), **captioned(caption)})

    def send_location(self, user_id: int, latitude: float, longitude: float) -> int:
        """Send a place in degrees."""
        return self._send(user_id, {"location": {"latitude": latitude, "longitude": longitude}})

    def send_sticker(self, user_id: int) -> int:
        """Send a sticker."""
        stored = self.files.add(THUMBNAIL, kind="sticker", mime_type="image/webp")
        sticker = {
            **photo_size(stored, 512),
            "type": "regular",
            "is_animated": False,
            "is_video": False,
        }
        return self._send(user_id, {"sticker": sticker})

    def send_contact(
        self, user_id: int, *, phone_number: str = "+8613800000000", first_name: str = "张三"
    ) -> int:
        """Send somebody's name and number from the address book."""
        return self._send(
            user_id, {"contact": {"phone_number": phone_number, "first_name": first_name}}
        )

    def edit_text(
        self, user_id: int, message_id: int, text: str, *, chat_id: int | None = None
    ) -> int:
        """Change a text sent earlier; KeyError when there is none of this person's."""
        chat = self.chats[chat_id or user_id]
        message = chat.find(message_id)
        if message is None or message.api.get("from", {}).get("id") != user_id:
            raise KeyError(message_id)
        api = {key: value for key, value in message.api.items() if key != "entities"}
        entities = commands_in(text)
        message.api = {**api, "text": text, "edit_date": self.seconds()}
        message.api |= {"entities": entities} if entities else {}
        message.html = text
        self.show(chat, message)
        return self.updates.add("edited_message", message.api, chat_id=chat.chat_id)

    def press(self, user_id: int, message_id: int, data: str, *, chat_id: int | None = None) -> int:
        """Press a button, real or forged: neither message nor data has to exist."""
        person = self._acting(user_id)
        chat = self.chats[chat_id or user_id]
        message = chat.find(message_id)
        gone = {"chat": chat.api, "message_id": message_id, "date": 0}
        query_id = str(self.updates.next_query_id())
        self.ask(query_id, user_id, chat.chat_id)
        query = {
            "id": query_id,
            "from": person.user,
            "message": message.api if message else gone,
            "chat_instance": str(chat.chat_id * 7919),
            "data": data,
        }
        return self.updates.add("callback_query", query, chat_id=chat.chat_id)

    def block(self, user_id: int) -> int:
        """Stop the bot: what it sends fails with 403 from now on."""
        person = self.people[user_id]
        person.blocked = True
        return self._change_membership(person, self.chats[user_id], "member", "kicked")

    def unblock(self, user_id: int) -> int:
        """Let the bot write again."""
        person = self.people[user_id]
        person.blocked = False
        return self._change_membership(person, self.chats[user_id], "kicked", "member")

    def post_in_channel(self, chat_id: int, text: str) -> int:
        """Post in a channel that the bot is in; the channel is opened with its first post."""
        chat = self.new_chat({"id": chat_id, "type": "channel", "title": f"Channel {chat_id}"})
        api = {"message_id": chat.take_id(), "chat": chat.api, "sender_chat": chat.api}
        return self._deliver(chat, {**api, "date": self.seconds(), "text": text}, "channel_post")

    def repeat_update(self, update_id: int) -> None:
        """Deliver an update again under its old id, as Telegram does after an outage."""
        self.updates.repeat(update_id)

    def _acting(self, user_id: int) -> Person:
        person = self.people[user_id]
        if person.blocked:
            raise ValueError("who has blocked the bot cannot write to it")
        return person

    def _send(self, user_id: int, content: dict[str, Any], *, chat_id: int | None = None) -> int:
        person = self._acting(user_id)
        chat = self.chats[user_id if chat_id is None else chat_id]
        person.met = True
        if chat.chat_id == user_id:
            person.started = True
        api = {"message_id": chat.take_id(), "from": person.user, "chat": chat.api}
        return self._deliver(chat, {**api, "date": self.seconds(), **content}, "message")

    def _deliver(self, chat: Chat, api: dict[str, Any], kind: str) -> int:
        message = Message(api, html=api.get("text") or api.get("caption") or "", markup=None)
        chat.add(message)
        self.show(chat, message)
        return self.updates.add(kind, api, chat_id=chat.chat_id)

    def _change_membership(self, person: Person, chat: Chat, old: str, new: str) -> int:
        change = {
            "chat": chat.api,
            "from": person.user,
            "date": self.seconds(),
            "old_chat_member": self._membership(old),
            "new_chat_member": self._membership(new),
        }
        return self.updates.add("my_chat_member", change, chat_id=chat.chat_id)

    def _membership(self, status: str) -> dict[str, Any]:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": self.bot, "status": status, **until}

"""What people do with groups and with places that move, each turned into the updates the bot gets of it."""

from typing import Any

from bot.sandbox.chats import Chat, Message
from bot.sandbox.enclosures import Enclosures

__all__ = ["Groups"]


class Groups(Enclosures):
    """People who open groups, let the bot in and out of them, and walk about with a live location."""

    def add_group(
        self,
        *,
        chat_id: int,
        title: str,
        supergroup: bool = True,
        forum: bool = False,
        added_by: int | None = None,
    ) -> None:
        """Open a group with the bot in it, or let it into one again.

        ``added_by`` makes the update of its being added; a ``forum`` has topics.
        """
        kind = "supergroup" if supergroup else "group"
        api: dict[str, Any] = {"id": chat_id, "type": kind, "title": title}
        chat = self.new_chat(api | ({"is_forum": True} if forum else {}))
        chat.shut = False
        if added_by is not None:
            self._change_membership(self.people[added_by], chat, "left", "member")

    def remove_bot(self, chat_id: int, *, by: int) -> int:
        """Take the bot out of a group: what it sends there fails with 403 from now on."""
        chat = self.chats[chat_id]
        chat.shut = True
        return self._change_membership(self.people[by], chat, "member", "kicked")

    def migrate_group(self, chat_id: int, *, to: int, by: int) -> int:
        """Make a group a supergroup: it goes on under another id, and all its messages get new ones."""
        old = self.chats[chat_id]
        new = self.new_chat({"id": to, "type": "supergroup", "title": old.api["title"]})
        old.moved_to = to
        moved = self._send(by, {"migrate_to_chat_id": to}, chat_id=chat_id)
        self._send(by, {"migrate_from_chat_id": chat_id}, chat_id=new.chat_id)
        return moved

    # -- live locations ----------------------------------------------------------------------------

    def send_live_location(
        self, user_id: int, latitude: float, longitude: float, *, live_period: int = 900
    ) -> int:
        """Share where one is for so many seconds; ``move_live_location`` walks on."""
        place = {"latitude": latitude, "longitude": longitude, "live_period": live_period}
        return self._send(user_id, {"location": place})

    def move_live_location(self, user_id: int, latitude: float, longitude: float) -> int:
        """Walk on with the newest location that is live; KeyError when none is."""
        chat, message = self._live(user_id)
        place = message.api["location"]
        return self._edit_place(chat, message, place | _at(latitude, longitude))

    def stop_live_location(self, user_id: int) -> int:
        """Stop sharing it; KeyError when none is live."""
        chat, message = self._live(user_id)
        place = message.api["location"]
        return self._edit_place(chat, message, _at(place["latitude"], place["longitude"]))

    def _live(self, user_id: int) -> tuple[Chat, Message]:
        chat = self.chats[user_id]
        for message in reversed(chat.messages.values()):
            mine = message.api.get("from", {}).get("id") == user_id
            if mine and "live_period" in message.api.get("location", {}):
                return chat, message
        raise KeyError(user_id)

    def _edit_place(self, chat: Chat, message: Message, place: dict[str, Any]) -> int:
        message.api = {**message.api, "location": place, "edit_date": self.seconds()}
        self.show(chat, message)
        return self.updates.add("edited_message", message.api, chat_id=chat.chat_id)


def _at(latitude: float, longitude: float) -> dict[str, float]:
    return {"latitude": latitude, "longitude": longitude}

"""The rarer things people send: round videos, animations, places from the map, albums."""

from bot.sandbox.actions import Actions
from bot.sandbox.media import captioned, file_of

__all__ = ["Enclosures"]


class Enclosures(Actions):
    """What an app sends besides texts, photos, voice messages, videos and documents."""

    def send_video_note(self, user_id: int, content: bytes) -> int:
        """Send a round video of three seconds; it has no caption."""
        stored = self.files.add(content, kind="video_note", mime_type="video/mp4")
        note = {
            key: value
            for key, value in file_of(stored).items()
            if key not in ("file_name", "mime_type")
        }
        return self._send(user_id, {"video_note": {**note, "length": 240, "duration": 3}})

    def send_animation(self, user_id: int, content: bytes, *, caption: str | None = None) -> int:
        """Send a moving picture; for older bots it is a document as well."""
        stored = self.files.add(
            content, kind="animation", mime_type="video/mp4", name="animation.gif.mp4"
        )
        file = file_of(stored)
        moving = {**file, "width": 320, "height": 240, "duration": 2}
        content_of = {"animation": moving, "document": file, **captioned(caption)}
        return self._send(user_id, content_of)

    def send_venue(
        self, user_id: int, latitude: float, longitude: float, *, title: str, address: str
    ) -> int:
        """Send a place from the map; for older bots it is a location as well."""
        place = {"latitude": latitude, "longitude": longitude}
        venue = {"location": place, "title": title, "address": address}
        return self._send(user_id, {"venue": venue, "location": place})

    def send_album(
        self, user_id: int, contents: list[bytes], *, caption: str | None = None
    ) -> list[int]:
        """Send several pictures at once; the words stand below the first."""
        name = str(self.updates.next_query_id())
        return [
            self.send_photo(
                user_id, content, caption=None if number else caption, media_group_id=name
            )
            for number, content in enumerate(contents)
        ]

"""Round videos, animations, places from the map and albums: as the Bot API hands them over, and sent by the bot."""

import pytest

from bot.sandbox.botapi import BotApi
from bot.sandbox.messages import METHODS
from bot.sandbox.params import Params
from tests.people import NOW
from tests.sandbox.shapes import faults_of


@pytest.fixture
def api() -> BotApi:
    api = BotApi(token="1:x", now=lambda: NOW)
    api.add_person(user_id=7, first_name="李强", started=True)
    return api


def test_an_album_shares_one_name_and_has_its_words_below_the_first(api: BotApi) -> None:
    api.send_album(7, [b"one", b"two", b"three"], caption="监控")
    api.send_album(7, [b"four"])
    sent = [message.api for message in api.chats[7].messages.values()]
    assert len({message["media_group_id"] for message in sent[:3]}) == 1
    assert sent[3]["media_group_id"] != sent[0]["media_group_id"]
    assert [message.get("caption") for message in sent] == ["监控", None, None, None]


def test_a_place_from_the_map_is_a_location_as_well_and_an_animation_a_document(
    api: BotApi,
) -> None:
    api.send_venue(7, 31.15, 121.12, title="北门", address="公园路1号")
    api.send_animation(7, b"GIF89a")
    place, moving = (message.api for message in api.chats[7].messages.values())
    assert place["location"] == place["venue"]["location"]
    assert moving["document"]["file_id"] == moving["animation"]["file_id"]


def test_they_have_the_published_shapes(api: BotApi) -> None:
    api.send_venue(7, 31.15, 121.12, title="北门", address="公园路1号")
    api.send_video_note(7, b"round")
    api.send_animation(7, b"GIF89a", caption="走廊")
    api.send_album(7, [b"one", b"two"])
    for message in api.chats[7].messages.values():
        assert faults_of(message.api, "Message", "message") == []


@pytest.mark.parametrize(
    ("method", "field"), [("sendVideoNote", "video_note"), ("sendAnimation", "animation")]
)
def test_the_bot_sends_on_what_it_was_sent(api: BotApi, method: str, field: str) -> None:
    api.send_video_note(7, b"round")
    api.send_animation(7, b"GIF89a")
    found = [
        message.api[field] for message in api.chats[7].messages.values() if field in message.api
    ]
    params = Params({"chat_id": "7", field: found[0]["file_id"]}, {})
    assert METHODS[method.lower()](api, params)[field]["file_id"] == found[0]["file_id"]
    assert api.chat(7)[-1].kind == field

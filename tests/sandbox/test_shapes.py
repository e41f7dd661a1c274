"""The check by shapes finds what is wrong: without this the other tests could not fail."""

from typing import Any

import pytest

from tests.sandbox.shapes import check_request, check_result, faults_of

_CHAT = {"id": 5, "type": "private"}
_MESSAGE: dict[str, Any] = {"message_id": 1, "date": 0, "chat": _CHAT, "text": "x"}


def test_a_right_message_has_no_faults() -> None:
    assert faults_of(_MESSAGE, "Message", "m") == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"txt": "x"}, "m: Message has no field txt"),
        ({"date": "0"}, "m.date: '0' is no Integer"),
        ({"date": True}, "m.date: True is no Integer"),
        ({"chat": {"id": 5}}, "m.chat: Chat lacks type"),
        ({"entities": {}}, "m.entities: {} is no array"),
        (
            {"entities": [{"type": "bold", "offset": 0}]},
            "m.entities[0]: MessageEntity lacks length",
        ),
        ({"photo": [1]}, "m.photo[0]: 1 is no PhotoSize"),
    ],
)
def test_every_fault_is_named(change: dict[str, Any], fault: str) -> None:
    assert faults_of(_MESSAGE | change, "Message", "m") == [fault]


def test_results_and_requests_are_held_to_their_method() -> None:
    check_result("deleteMessage", True)
    check_result("getUpdates", [{"update_id": 1, "message": _MESSAGE}])
    with pytest.raises(AssertionError):
        check_result("getUpdates", [{"message": _MESSAGE}])
    check_request(
        "sendMessage", {"chat_id": "5", "text": "x", "reply_markup": '{"inline_keyboard":[]}'}
    )
    with pytest.raises(AssertionError, match="lacks"):
        check_request("sendMessage", {"chat_id": 5})
    with pytest.raises(AssertionError, match="no field"):
        check_request("sendMessage", {"chat_id": 5, "text": "x", "texts": 1})
    with pytest.raises(AssertionError):
        check_request("sendMessage", {"chat_id": 5, "text": "x", "reply_markup": '{"rows":[]}'})

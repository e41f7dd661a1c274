"""Messages: what is accepted, what is refused and how it is said."""

import json
from typing import Any

import pytest

from bot.sandbox.botapi import BotApi, Button
from tests.sandbox.conftest import GUARD, TOKEN, Clock, RawBot

GROUP = -100500
_NO_ROWS = 'field "inline_keyboard" must be an Array of Arrays'
_NO_ACTION = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"


def keyboard(*texts: str, data: str = "x") -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, "callback_data": data}] for text in texts]}


async def test_a_message_is_shown_with_its_buttons(api: BotApi, bot: RawBot) -> None:
    markup = {
        "inline_keyboard": [
            [{"text": "去", "callback_data": "go"}, {"text": "网页", "url": "https://x.cn"}],
            [],
        ]
    }
    message = await bot.says("<b>好</b>", parse_mode="HTML", reply_markup=markup)
    assert message["text"] == "好"
    assert message["reply_markup"]["inline_keyboard"] == markup["inline_keyboard"][:1]
    shown = api.chat(GUARD)[-1]
    assert (shown.sender, shown.kind, shown.text, shown.html) == ("bot", "text", "好", "<b>好</b>")
    assert shown.buttons == (
        (Button(text="去", data="go"), Button(text="网页", url="https://x.cn")),
    )
    assert (api.chat(GUARD)[0].sender, api.chat(GUARD)[0].text) == (GUARD, "/start")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n"}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "中" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "&lt;" * 4097, "parse_mode": "HTML"}, "message is too long"),
        ({"text": "中" * 20000}, "text is too long"),
        ({"text": "<x>", "parse_mode": "html"}, "can't parse entities: Unsupported start tag \"x\" at byte offset 0"),
        ({"text": "x", "parse_mode": "RST"}, "unsupported parse_mode"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "chat_id": 999}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "reply_markup": keyboard("y", data="中" * 22)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard(" ")}, "BUTTON_TEXT_INVALID"),
        ({"text": "x", "reply_markup": keyboard(*["y"] * 101)}, "reply markup is too long"),
        ({"text": "x", "reply_markup": keyboard("y", data="")}, _NO_ACTION),
        ({"text": "x", "reply_markup": {"inline_keyboard": ["y"]}}, _NO_ROWS),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
        ({"text": "x", "reply_parameters": {"message_id": 7}}, "message to be replied not found"),
        ({"text": "\ud83d"}, "strings must be encoded in UTF-8"),
    ],
)  # fmt: skip
async def test_what_telegram_refuses_is_refused(
    api: BotApi, bot: RawBot, params: dict[str, Any], said: str
) -> None:
    version = api.version
    assert (
        await bot.refused("sendMessage", **{"chat_id": GUARD} | params)
        == f"400 Bad Request: {said}"
    )
    assert api.version == version


@pytest.mark.parametrize("text", ["x", "中" * 4096, "😀" * 2048, "<b>" + "中" * 4096 + "</b>"])
async def test_the_longest_texts_are_accepted(bot: RawBot, text: str) -> None:
    message = await bot.says(text, parse_mode="HTML")
    assert message["text"] == text.removeprefix("<b>").removesuffix("</b>")


async def test_the_largest_keyboards_are_accepted(bot: RawBot) -> None:
    await bot.says(reply_markup=keyboard(*["y"] * 100, data="x" * 64))


async def test_white_space_around_a_text_is_dropped_and_entities_move(bot: RawBot) -> None:
    message = await bot.says("\n <b> 中</b> x \n", parse_mode="HTML")
    assert message["text"] == "中 x"
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 1}]


async def test_a_message_can_be_edited(api: BotApi, bot: RawBot, clock: Clock) -> None:
    message = await bot.says(reply_markup=keyboard("a"))
    clock.forward(minutes=1)
    place = {"chat_id": GUARD, "message_id": message["message_id"]}
    edited = await bot.call("editMessageText", **place, text="new")
    assert "reply_markup" not in edited
    assert edited["edit_date"] == edited["date"] + 60
    shown = api.chat(GUARD)[-1]
    assert (shown.text, shown.buttons, shown.edited) == ("new", (), True)
    await bot.call("editMessageReplyMarkup", **place, reply_markup=keyboard("b"))
    assert api.chat(GUARD)[-1].buttons[0][0].text == "b"
    assert (
        await bot.refused("editMessageReplyMarkup", **place, reply_markup=keyboard("b"))
    ).startswith(
        "400 Bad Request: message is not modified: specified new message content and reply markup"
    )
    await bot.call("editMessageReplyMarkup", **place)
    assert api.chat(GUARD)[-1].buttons == ()


async def test_an_edit_that_changes_nothing_is_refused(bot: RawBot) -> None:
    message = await bot.says("<b>a</b>", parse_mode="HTML", reply_markup=keyboard("y"))
    same = {"chat_id": GUARD, "message_id": message["message_id"], "parse_mode": "HTML"}
    same |= {"text": "<strong>a</strong>"}
    refused = await bot.refused("editMessageText", **same, reply_markup=keyboard("y"))
    assert refused.startswith("400 Bad Request: message is not modified")
    await bot.call("editMessageText", **same | {"text": "a"}, reply_markup=keyboard("y"))
    await bot.call("editMessageText", **same | {"text": "a"}, reply_markup=keyboard("z"))


async def test_what_cannot_be_edited_is_refused(api: BotApi, bot: RawBot) -> None:
    edit = {"chat_id": GUARD, "text": "new"}
    theirs = api.chat(GUARD)[0].message_id
    keys = await bot.says(reply_markup={"keyboard": [[{"text": "/report"}]]})
    gone = await bot.says(reply_markup={"remove_keyboard": True})
    place = await bot.call("sendLocation", chat_id=GUARD, latitude=31.1, longitude=121.1)
    for message_id, said in (
        (7, "message to edit not found"),
        (theirs, "message can't be edited"),
        (keys["message_id"], "message can't be edited"),
        (gone["message_id"], "message can't be edited"),
        (place["message_id"], "there is no text in the message to edit"),
        (0, "message identifier is not specified"),
    ):
        refused = await bot.refused("editMessageText", **edit, message_id=message_id)
        assert refused == f"400 Bad Request: {said}"


async def test_a_deleted_message_is_gone(api: BotApi, bot: RawBot) -> None:
    message = await bot.says("to go")
    place = {"chat_id": GUARD, "message_id": message["message_id"]}
    assert await bot.call("deleteMessage", **place) is True
    assert [shown.text for shown in api.chat(GUARD)] == ["/start"]
    assert api.chat(GUARD, deleted=True)[-1].deleted
    assert (
        await bot.refused("deleteMessage", **place)
        == "400 Bad Request: message to delete not found"
    )
    assert (
        await bot.refused("editMessageText", **place, text="x")
        == "400 Bad Request: message to edit not found"
    )


async def test_a_message_cannot_be_deleted_after_two_days(bot: RawBot, clock: Clock) -> None:
    message = await bot.says()
    clock.forward(hours=48, seconds=1)
    place = {"chat_id": GUARD, "message_id": message["message_id"]}
    assert (
        await bot.refused("deleteMessage", **place)
        == "400 Bad Request: message can't be deleted for everyone"
    )


async def test_reply_keyboards_are_shown_until_removed(api: BotApi, bot: RawBot) -> None:
    await bot.says(
        reply_markup={
            "keyboard": [[{"text": "/report"}, {"text": "📍", "request_location": True}], []]
        }
    )
    assert api.reply_keyboard(GUARD) == (("/report", "📍"),)
    await bot.says("more")
    assert api.reply_keyboard(GUARD) == (("/report", "📍"),)
    await bot.says(reply_markup={"remove_keyboard": True})
    assert api.reply_keyboard(GUARD) is None


async def test_replies_quote_what_they_answer(api: BotApi, bot: RawBot) -> None:
    asked = api.chat(GUARD)[0].message_id
    message = await bot.says(reply_parameters={"message_id": asked})
    assert message["reply_to_message"]["text"] == "/start"
    assert api.chat(GUARD)[-1].reply_to == asked
    await bot.says(reply_parameters={"message_id": 7, "allow_sending_without_reply": True})


async def test_blocked_and_unknown_people_cannot_be_written_to(api: BotApi, bot: RawBot) -> None:
    api.block(GUARD)
    say = {"chat_id": GUARD, "text": "x"}
    assert await bot.refused("sendMessage", **say) == "403 Forbidden: bot was blocked by the user"
    api.unblock(GUARD)
    await bot.call("sendMessage", **say)
    api.add_person(user_id=1002, first_name="李护士")
    assert (
        await bot.refused("sendMessage", chat_id=1002, text="x")
        == "400 Bad Request: chat not found"
    )
    api.add_group(chat_id=GROUP, title="急诊")
    api.send_text(1002, "hello all", chat_id=GROUP)
    refused = await bot.refused("sendMessage", chat_id=1002, text="x")
    assert refused == "403 Forbidden: bot can't initiate conversation with a user"
    api.send_text(1002, "/start")
    await bot.call("sendMessage", chat_id=1002, text="x")


async def test_a_press_is_answered_once(api: BotApi, bot: RawBot) -> None:
    message = await bot.says(reply_markup=keyboard("y"))
    api.press(GUARD, message["message_id"], "x")
    query = (await bot.updates())[-1]["callback_query"]
    assert (query["data"], query["message"]["message_id"]) == ("x", message["message_id"])
    reply = {"callback_query_id": query["id"], "text": "好", "show_alert": True}
    await bot.call("answerCallbackQuery", **reply)
    (answer,) = api.answers(GUARD)
    assert (answer.text, answer.alert, answer.user_id) == ("好", True, GUARD)
    gone = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await bot.refused("answerCallbackQuery", **reply) == gone
    assert await bot.refused("answerCallbackQuery", callback_query_id="1") == gone


async def test_a_press_left_too_long_cannot_be_answered(
    api: BotApi, bot: RawBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.press(GUARD, 1, "forged")
    query = (await bot.updates())[-1]["callback_query"]
    assert query["message"] == {"chat": query["message"]["chat"], "message_id": 1, "date": 0}
    monkeypatch.setattr("bot.sandbox.messages._QUERY_SECONDS", 0.0)
    refused = await bot.refused("answerCallbackQuery", callback_query_id=query["id"])
    assert refused.startswith("400 Bad Request: query is too old")


async def test_a_long_notice_is_refused_and_can_be_sent_again(api: BotApi, bot: RawBot) -> None:
    api.press(GUARD, 1, "x")
    query_id = (await bot.updates())[-1]["callback_query"]["id"]
    long = {"callback_query_id": query_id, "text": "中" * 201}
    assert await bot.refused("answerCallbackQuery", **long) == "400 Bad Request: MESSAGE_TOO_LONG"
    await bot.call("answerCallbackQuery", callback_query_id=query_id)
    assert api.answers(GUARD) == []


async def test_chat_actions_and_chats(bot: RawBot) -> None:
    assert await bot.call("sendChatAction", chat_id=GUARD, action="typing") is True
    refused = await bot.refused("sendChatAction", chat_id=GUARD, action="dancing")
    assert refused == "400 Bad Request: wrong parameter action in request"
    assert (await bot.call("getChat", chat_id=GUARD))["username"] == "wangqiang"


async def test_only_the_newest_messages_of_a_chat_are_kept(clock: Clock) -> None:
    api = BotApi(token=TOKEN, now=clock, history=10)
    api.add_person(user_id=GUARD, first_name="王强")
    for index in range(25):
        api.send_text(GUARD, str(index))
    assert [shown.text for shown in api.chat(GUARD)] == [str(index) for index in range(15, 25)]


async def test_given_entities_are_kept(bot: RawBot) -> None:
    entities = [{"type": "bold", "offset": 0, "length": 1}]
    assert (await bot.says("ab", entities=json.dumps(entities)))["entities"] == entities

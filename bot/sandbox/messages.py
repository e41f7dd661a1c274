"""The bot's methods that put messages before people, change them and take them away."""

import time
from collections.abc import Callable
from typing import Any

from bot.sandbox.chats import Chat, Message
from bot.sandbox.files import Stored
from bot.sandbox.markup import utf16_length
from bot.sandbox.media import file_of, photo_size
from bot.sandbox.params import Params
from bot.sandbox.refusals import RefusedError, bad_request
from bot.sandbox.validation import read_caption, read_markup, read_text
from bot.sandbox.world import World

__all__ = ["METHODS", "NOT_MODIFIED", "change", "editable", "message_id", "post"]

_DELETABLE_SECONDS = 48 * 3600
_QUERY_SECONDS = 60.0
_LONGEST_ANSWER = 200
_LARGEST_PHOTO = 10 * 1024 * 1024
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
_QUERY_GONE = "query is too old and response timeout expired or query ID is invalid"


def send_message(world: World, params: Params) -> dict[str, Any]:
    """sendMessage."""
    text, entities = read_text(params)
    content: dict[str, Any] = {"text": text}
    if entities:
        content["entities"] = entities
    return post(world, params, content, html=params.text("text"))


def send_photo(world: World, params: Params) -> dict[str, Any]:
    """sendPhoto: an upload of up to 10 MB, or the id of a file there already."""
    stored = _file(world, params, "photo")
    if stored.size > _LARGEST_PHOTO:
        raise RefusedError(413, "Request Entity Too Large")
    return _send_file(world, params, {"photo": [photo_size(stored, 90), photo_size(stored, 1280)]})


def send_document(world: World, params: Params) -> dict[str, Any]:
    """sendDocument: an upload, or the id of a file there already."""
    return _send_file(world, params, {"document": file_of(_file(world, params, "document"))})


def send_voice(world: World, params: Params) -> dict[str, Any]:
    """sendVoice: an upload, or the id of a file there already."""
    voice = file_of(_file(world, params, "voice"))
    return _send_file(world, params, {"voice": {**voice, "duration": params.integer("duration")}})


def send_video(world: World, params: Params) -> dict[str, Any]:
    """sendVideo: an upload, or the id of a file there already."""
    video = file_of(_file(world, params, "video"))
    shape = {name: params.integer(name) for name in ("duration", "width", "height")}
    return _send_file(world, params, {"video": {**video, **shape}})


def send_video_note(world: World, params: Params) -> dict[str, Any]:
    """sendVideoNote: an upload, or the id of a round video there already."""
    note = file_of(_file(world, params, "video_note"))
    shape = {name: params.integer(name) for name in ("duration", "length")}
    return post(world, params, {"video_note": {**note, **shape}})


def send_animation(world: World, params: Params) -> dict[str, Any]:
    """sendAnimation: an upload, or the id of a file there already."""
    file = file_of(_file(world, params, "animation"))
    shape = {name: params.integer(name) for name in ("duration", "width", "height")}
    return _send_file(world, params, {"animation": {**file, **shape}, "document": file})


def edit_message_text(world: World, params: Params) -> dict[str, Any]:
    """editMessageText: without reply_markup the buttons go."""
    text, entities = read_text(params)
    markup = read_markup(params, inline_only=True)
    chat, message = editable(world, params)
    if "text" not in message.api:
        raise bad_request("there is no text in the message to edit")
    same = text == message.api["text"] and entities == message.api.get("entities", [])
    if same and markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    dropped = ("entities", "reply_markup")
    api = {key: value for key, value in message.api.items() if key not in dropped}
    api["text"] = text
    if entities:
        api["entities"] = entities
    message.html = params.text("text")
    return change(world, chat, message, api, markup)


def edit_message_reply_markup(world: World, params: Params) -> dict[str, Any]:
    """editMessageReplyMarkup: without reply_markup the buttons go."""
    markup = read_markup(params, inline_only=True)
    chat, message = editable(world, params)
    if markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    api = {key: value for key, value in message.api.items() if key != "reply_markup"}
    return change(world, chat, message, api, markup)


def delete_message(world: World, params: Params) -> bool:
    """deleteMessage: within 48 hours; in a group the bot's own ones only."""
    chat = world.reachable(params.text("chat_id"))
    message = chat.find(message_id(params))
    if message is None:
        raise bad_request("message to delete not found")
    if world.seconds() - message.api["date"] > _DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    if chat.chat_id < 0 and not message.from_bot:
        raise bad_request("message can't be deleted")
    message.deleted = True
    world.show(chat, message)
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    """answerCallbackQuery: once, and within a minute of the press."""
    text = params.text("text")
    if utf16_length(text) > _LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query = world.queries.pop(params.text("callback_query_id"), None)
    if query is None or time.monotonic() - query.at > _QUERY_SECONDS:
        raise bad_request(_QUERY_GONE)
    url = params.text("url") or None
    if text or url:
        shown = {"text": text, "alert": params.flag("show_alert"), "url": url}
        world.show_answer(world.chats[query.chat_id], query, shown)
    return True


def send_chat_action(world: World, params: Params) -> bool:
    """sendChatAction: nothing that stays to be seen."""
    if params.text("action").lower() not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.reachable(params.text("chat_id"))
    return True


def _file(world: World, params: Params, field: str) -> Stored:
    given = params.text(field)
    upload = params.uploads.get(given.removeprefix("attach://") if given else field)
    if upload is not None:
        if not upload.content:
            raise bad_request("file must be non-empty")
        return world.files.add(
            upload.content, kind=field, mime_type=upload.mime_type, name=upload.name
        )
    if not given:
        raise bad_request(f"there is no {field} in the request")
    if "://" in given:
        # The real server fetches an address; the stand-in asks nobody for anything.
        raise bad_request("wrong file identifier/HTTP URL specified")
    return world.files.by_id(given)


def _send_file(world: World, params: Params, content: dict[str, Any]) -> dict[str, Any]:
    caption, entities = read_caption(params)
    if caption:
        content["caption"] = caption
    if entities:
        content["caption_entities"] = entities
    return post(world, params, content, html=params.text("caption"))


def post(
    world: World, params: Params, content: dict[str, Any], *, html: str = ""
) -> dict[str, Any]:
    """Put a message of the bot's into a chat or a topic: what every send method comes down to."""
    markup = read_markup(params)
    chat = world.reachable(params.text("chat_id"))
    topic = _topic(params, chat)
    reply = _reply(params, chat)
    api: dict[str, Any] = {
        "message_id": chat.take_id(),
        "from": world.bot,
        "chat": chat.api,
        "date": world.seconds(),
        **topic,
        **content,
    }
    if reply is not None:
        api |= chat.replied(reply.api["message_id"])
    if params.flag("protect_content"):
        api["has_protected_content"] = True
    if markup and "inline_keyboard" in markup:
        api["reply_markup"] = markup
    message = Message(api, html=html, markup=markup, silent=params.flag("disable_notification"))
    chat.add(message)
    world.show(chat, message)
    return api


def _topic(params: Params, chat: Chat) -> dict[str, Any]:
    thread_id = params.integer("message_thread_id")
    if not thread_id:
        return {}
    if thread_id not in chat.topics:
        raise bad_request("message thread not found")
    return {"message_thread_id": thread_id, "is_topic_message": True}


def _reply(params: Params, chat: Chat) -> Message | None:
    given = params.parsed("reply_parameters", what="reply parameters")
    if isinstance(given, dict):
        message_id, lenient = given.get("message_id", 0), given.get("allow_sending_without_reply")
    else:
        message_id = params.integer("reply_to_message_id")
        lenient = params.flag("allow_sending_without_reply")
    message = chat.find(message_id)
    if message is None and message_id and not lenient:
        raise bad_request("message to be replied not found")
    return message


def message_id(params: Params) -> int:
    """The message a call is about."""
    message_id = params.integer("message_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    return message_id


def editable(world: World, params: Params) -> tuple[Chat, Message]:
    """The bot's own message; one that showed or took a reply keyboard cannot be edited."""
    chat = world.reachable(params.text("chat_id"))
    message = chat.find(message_id(params))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or (message.markup and "inline_keyboard" not in message.markup):
        raise bad_request("message can't be edited")
    return chat, message


def change(
    world: World, chat: Chat, message: Message, api: dict[str, Any], markup: dict[str, Any] | None
) -> dict[str, Any]:
    """Put other content in a message's place."""
    api["edit_date"] = world.seconds()
    if markup is not None:
        api["reply_markup"] = markup
    message.api = api
    message.markup = markup
    world.show(chat, message)
    return api


METHODS: dict[str, Callable[[World, Params], Any]] = {
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "senddocument": send_document,
    "sendvoice": send_voice,
    "sendvideo": send_video,
    "sendvideonote": send_video_note,
    "sendanimation": send_animation,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
}

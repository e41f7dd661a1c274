"""The bot's methods about a group's order: topics of a forum, and the pinned message."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.chats import Chat, Message, Topic
from bot.sandbox.markup import utf16_length
from bot.sandbox.messages import message_id
from bot.sandbox.params import Params
from bot.sandbox.refusals import bad_request
from bot.sandbox.world import World

__all__ = ["METHODS"]

_BLUE = 7322096
_LONGEST_NAME = 128


def create_forum_topic(world: World, params: Params) -> dict[str, Any]:
    """createForumTopic: it begins with a message that says so, whose id is the topic's."""
    chat = _forum(world, params)
    name = _name(params)
    thread_id = chat.take_id()
    chat.topics[thread_id] = Topic(name=name)
    begun = {"forum_topic_created": {"name": name, "icon_color": _BLUE}}
    _note(world, chat, thread_id, begun, number=thread_id)
    return {"message_thread_id": thread_id, "name": name, "icon_color": _BLUE}


def edit_forum_topic(world: World, params: Params) -> bool:
    """editForumTopic: another name."""
    chat = _forum(world, params)
    thread_id, topic = _topic(chat, params)
    name = _name(params)
    if name == topic.name:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.name = name
    _note(world, chat, thread_id, {"forum_topic_edited": {"name": name}})
    return True


def close_forum_topic(world: World, params: Params) -> bool:
    """closeForumTopic: members cannot write there any more, the bot can."""
    return _shut(world, params, closed=True)


def reopen_forum_topic(world: World, params: Params) -> bool:
    """reopenForumTopic."""
    return _shut(world, params, closed=False)


def pin_chat_message(world: World, params: Params) -> bool:
    """pinChatMessage: several may be pinned at once."""
    return _pin(world, params, pinned=True)


def unpin_chat_message(world: World, params: Params) -> bool:
    """unpinChatMessage: the one that is named."""
    return _pin(world, params, pinned=False)


def _shut(world: World, params: Params, *, closed: bool) -> bool:
    chat = _forum(world, params)
    thread_id, topic = _topic(chat, params)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    kind = "forum_topic_closed" if closed else "forum_topic_reopened"
    _note(world, chat, thread_id, {kind: {}})
    return True


def _pin(world: World, params: Params, *, pinned: bool) -> bool:
    chat = world.reachable(params.text("chat_id"))
    message = chat.find(message_id(params))
    if message is None:
        raise bad_request(f"message to {'pin' if pinned else 'unpin'} not found")
    message.pinned = pinned
    world.show(chat, message)
    return True


def _forum(world: World, params: Params) -> Chat:
    chat = world.reachable(params.text("chat_id"))
    if not chat.api.get("is_forum"):
        raise bad_request("the chat is not a forum")
    return chat


def _topic(chat: Chat, params: Params) -> tuple[int, Topic]:
    thread_id = params.integer("message_thread_id")
    if thread_id not in chat.topics:
        raise bad_request("TOPIC_ID_INVALID")
    return thread_id, chat.topics[thread_id]


def _name(params: Params) -> str:
    name = params.text("name").strip()
    if not 1 <= utf16_length(name) <= _LONGEST_NAME:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    return name


def _note(
    world: World, chat: Chat, thread_id: int, content: dict[str, Any], *, number: int = 0
) -> None:
    """What the group is shown of it; the bot gets no update of what it did itself."""
    api = {
        "message_id": number or chat.take_id(),
        "from": world.bot,
        "chat": chat.api,
        "date": world.seconds(),
        "message_thread_id": thread_id,
        "is_topic_message": True,
        **content,
    }
    message = Message(api, html="", markup=None)
    chat.add(message)
    world.show(chat, message)


METHODS: dict[str, Callable[[World, Params], Any]] = {
    "createforumtopic": create_forum_topic,
    "editforumtopic": edit_forum_topic,
    "closeforumtopic": close_forum_topic,
    "reopenforumtopic": reopen_forum_topic,
    "pinchatmessage": pin_chat_message,
    "unpinchatmessage": unpin_chat_message,
}

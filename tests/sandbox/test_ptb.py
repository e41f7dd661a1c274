"""The stand-in against unmodified python-telegram-bot, as in the product and in subprocesses."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.sandbox.botapi import BotApi
from tests.acceptance.people import Person
from tests.sandbox.conftest import GUARD, TOKEN

_KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("提交", callback_data="go")]])


@pytest.fixture
async def ptb(api: BotApi) -> AsyncIterator[Bot]:
    urls = {"base_url": f"{api.base_url}/bot", "base_file_url": f"{api.base_url}/file/bot"}
    async with Bot(TOKEN, **urls) as ptb:
        yield ptb


async def test_every_method_in_use_is_understood(api: BotApi, ptb: Bot) -> None:
    assert ptb.username == "wardwatch_bot"
    message = await ptb.send_message(
        GUARD, "<b>好</b>", parse_mode="HTML", reply_markup=_KEYBOARD, protect_content=True
    )
    assert (message.text_html, message.reply_markup) == ("<b>好</b>", _KEYBOARD)
    edited = await ptb.edit_message_text("新", GUARD, message.message_id)
    assert edited.edit_date is not None  # type: ignore[union-attr]
    await ptb.edit_message_reply_markup(GUARD, message.message_id, reply_markup=_KEYBOARD)
    await ptb.send_message(GUARD, "x", reply_markup=ReplyKeyboardMarkup([["/report", "/sos"]]))
    assert api.reply_keyboard(GUARD) == (("/report", "/sos"),)
    await ptb.send_message(GUARD, "x", reply_markup=ReplyKeyboardRemove())
    await ptb.send_location(GUARD, 31.15, 121.12)
    await ptb.send_chat_action(GUARD, "typing")
    assert (await ptb.get_chat(GUARD)).first_name == "王强"
    assert await ptb.delete_message(GUARD, message.message_id)
    scope = BotCommandScopeChat(GUARD)
    commands = [BotCommand("report", "上报")]
    await ptb.set_my_commands(commands, scope=scope, language_code="zh")
    assert await ptb.get_my_commands(scope=scope, language_code="zh") == tuple(commands)
    await ptb.delete_my_commands(scope=scope, language_code="zh")
    await ptb.set_my_description("述")
    await ptb.set_my_short_description("短")
    assert (await ptb.get_webhook_info()).pending_update_count == 1
    await ptb.delete_webhook()


async def test_files_go_both_ways(api: BotApi, ptb: Bot) -> None:
    for content in (b"xlsx", InputFile(b"xlsx", filename="台账.xlsx", attach=True)):
        message = await ptb.send_document(GUARD, content, filename="台账.xlsx", caption="台账")
        assert message.document is not None
        assert message.document.file_name == "台账.xlsx"
        file = await message.document.get_file()
        assert bytes(await file.download_as_bytearray()) == b"xlsx"
    photo = await ptb.send_photo(GUARD, b"png", caption="图")
    await ptb.send_photo(GUARD, photo.photo[-1].file_id)
    await ptb.send_voice(GUARD, b"OggS", duration=3)
    assert [shown.kind for shown in api.chat(GUARD)[-3:]] == ["photo", "photo", "voice"]


async def test_every_kind_of_update_is_parsed(api: BotApi, ptb: Bot) -> None:
    api.send_photo(GUARD, b"x")
    api.send_voice(GUARD, b"x")
    api.send_video(GUARD, b"x")
    api.send_document(GUARD, b"x")
    api.send_location(GUARD, 31.15, 121.12)
    api.send_sticker(GUARD)
    api.send_contact(GUARD)
    api.press(GUARD, 1, "forged")
    api.post_in_channel(-100600, "news")
    api.block(GUARD)
    updates = await ptb.get_updates(offset=0)
    assert [update.update_id for update in updates] == sorted(u.update_id for u in updates)
    assert all(update.api_kwargs == {} for update in updates)
    messages = [update.message for update in updates if update.message]
    assert [kwargs for message in messages if (kwargs := message.api_kwargs)] == []
    assert updates[8].callback_query is not None
    assert not updates[8].callback_query.message.is_accessible  # type: ignore[union-attr]


@pytest.mark.filterwarnings("ignore:.*retry_after.*timedelta")
async def test_refusals_become_the_right_errors(api: BotApi, ptb: Bot) -> None:
    with pytest.raises(BadRequest, match="Message text is empty"):
        await ptb.send_message(GUARD, "")
    with pytest.raises(BadRequest, match="Chat not found"):
        await ptb.send_message(4711, "x")
    api.fail_next("sendMessage", status=429, description="Too Many Requests", retry_after=3)
    with pytest.raises(RetryAfter):
        await ptb.send_message(GUARD, "x")
    api.block(GUARD)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(GUARD, "x")
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{api.base_url}/bot"):
            pass


async def test_two_bots_polling_conflict(api: BotApi, ptb: Bot) -> None:
    async with Bot(TOKEN, base_url=f"{api.base_url}/bot") as other:
        first = asyncio.create_task(ptb.get_updates(offset=2**62, timeout=5))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(other.get_updates(offset=2**62, timeout=5))
        with pytest.raises(Conflict):
            await first
        api.send_text(GUARD, "hello")
        assert len(await second) == 1


async def _start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text("你好", reply_markup=_KEYBOARD)


async def _press(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("收到")
    await update.callback_query.edit_message_text("已登记")


async def _echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(f"echo {update.message.text}")


async def test_a_whole_application_talks_to_a_person(api: BotApi) -> None:
    application = (
        Application.builder().token(TOKEN).base_url(f"{api.base_url}/bot").job_queue(None).build()
    )
    application.add_handler(CommandHandler("start", _start))
    application.add_handler(CallbackQueryHandler(_press))
    application.add_handler(MessageHandler(filters.TEXT, _echo))
    async with application:
        assert application.updater is not None
        await application.updater.start_polling()
        await application.start()
        guard = Person(api, user_id=2, first_name="李")
        assert (await guard.says("/start")).text == "你好"
        assert guard.buttons == ["提交"]
        assert (await guard.presses("提交")).text == "已登记"
        assert [answer.text for answer in api.answers(2)] == ["收到"]
        assert (await guard.says("急诊")).text == "echo 急诊"
        await application.updater.stop()
        await application.stop()


async def test_nothing_is_lost_when_the_bot_is_killed(api: BotApi) -> None:
    """A bot in its own process, killed at arbitrary moments, hears every message."""
    heard: set[str] = set()
    for life in range(4):
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            Path(__file__).with_name("doomed_bot.py"),
            api.base_url,
            TOKEN,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": ""},
        )
        assert child.stdout is not None
        assert (await asyncio.wait_for(child.stdout.readline(), 20)).strip() == b"polling"
        for index in range(20):
            api.send_text(GUARD, f"{life}-{index}")
            await asyncio.sleep(0.01 * (index % 3))
        await asyncio.sleep(0.07 * life)
        child.send_signal(signal.SIGKILL)
        lines = (await asyncio.wait_for(child.communicate(), 10))[0].decode().splitlines()
        heard |= set(lines)
    rest = {update.content.decode() for update in api.updates.waiting()}
    for life in range(4):
        for index in range(20):
            text = f"{life}-{index}"
            assert text in heard or any(f'"text":"{text}"' in content for content in rest), text

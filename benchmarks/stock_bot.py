"""The same report conversation on stock python-telegram-bot: the yardstick, not part of the product.

ConversationHandler, PicklePersistence, default transport. It sends what WardWatch sends: the same texts and buttons,
and a card to each officer. It keeps its records where such bots keep them, in ``bot_data``. Its state is written
every 60 seconds, not with each answer.
"""

# Written as such bots are: that a message has a user is left to the handlers' filters.
# mypy: disable-error-code="union-attr, index, arg-type"

import os
import sys
from types import ModuleType

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

CATEGORY, STORY, CARD = range(3)
NAMES = (
    "打人伤医",
    "威胁辱骂",
    "扬言伤医",
    "医患纠纷",
    "盗窃扒窃",
    "火灾火情",
    "患者意外受伤",
    "精神障碍肇事",
)
Context = ContextTypes.DEFAULT_TYPE


def keyboard(*rows: tuple[str, ...]) -> InlineKeyboardMarkup:
    """Buttons whose data is their label."""
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=label) for label in row] for row in rows]
    )


CATEGORIES = keyboard(*[NAMES[i : i + 2] for i in range(0, len(NAMES), 2)], ("更多…",), ("取消",))
BACK = keyboard(("返回", "取消"))
REVIEW = keyboard(
    ("✅ 提交",), ("改类别", "改经过", "改地点"), ("改时间", "改程度"), ("返回", "取消")
)
DONE = keyboard(("补充情况", "我的上报"))
OFFICER = keyboard(("去报送", "看全文"), ("不用上报",))


async def join(update: Update, context: Context) -> None:
    """Anybody may join; the code says who is an officer."""
    if context.args and context.args[0] == "officer":
        context.bot_data.setdefault("officers", []).append(update.effective_user.id)
    await update.message.reply_text(
        "您已加入平安哨。\n第一医院 · 急诊科 · 保安\n下面的按钮随时可用。"
    )


async def report(update: Update, context: Context) -> int:
    """Ask what happened."""
    context.user_data.clear()
    await update.message.reply_text("发生了什么?", reply_markup=CATEGORIES)
    return CATEGORY


async def choose(update: Update, context: Context) -> int:
    """Keep the category, ask for the story."""
    query = update.callback_query
    await query.answer()
    context.user_data["category"] = query.data
    await query.edit_message_text("用一句话说说经过。发照片、语音也行。", reply_markup=BACK)
    return STORY


async def tell(update: Update, context: Context) -> int:
    """Keep the story, show the card."""
    context.user_data["story"] = update.message.text
    text = (
        f"请核对,没问题就提交。\n{context.user_data['category']} · 一般\n地点:急诊科\n"
        f"时间:刚刚(21:42)\n{update.message.text}"
    )
    await update.message.reply_text(text, reply_markup=REVIEW)
    return CARD


async def submit(update: Update, context: Context) -> int:
    """Keep the record, tell the officers, answer with the number."""
    query = update.callback_query
    await query.answer()
    records = context.bot_data.setdefault("records", [])
    records.append(dict(context.user_data))
    number = f"QP01-2026-{len(records):04d}"
    text = (
        f"📝 新事件:{context.user_data['category']} · 一般\n{number} · 急诊科\n时间:今天21:42\n"
        f"{context.user_data['story']}\n上报人:保安 · 急诊科"
    )
    for officer in context.bot_data.get("officers", []):
        await context.bot.send_message(officer, text, reply_markup=OFFICER)
    await query.edit_message_text(
        f"已登记 {number}。\n已通知安全员2人。\n☎️ 人身有危险,请先拨110或按墙上的报警按钮。",
        reply_markup=DONE,
    )
    return ConversationHandler.END


def lend_sniffio() -> None:
    """Let httpcore find ``sniffio``: current anyio no longer brings it, and each failed import costs time."""
    lent = ModuleType("sniffio")
    lent.current_async_library = lambda: "asyncio"  # type: ignore[attr-defined]
    sys.modules["sniffio"] = lent


def main() -> None:
    """Serve until a signal."""
    if "--sniffio" in sys.argv:
        lend_sniffio()
    application = (
        Application.builder()
        .token(os.environ["TOKEN"])
        .base_url(f"{os.environ['API_BASE']}/bot")
        .persistence(PicklePersistence(sys.argv[1]))
        .build()
    )
    application.add_handler(CommandHandler("start", join))
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("report", report)],
            states={
                CATEGORY: [CallbackQueryHandler(choose)],
                STORY: [MessageHandler(filters.TEXT & ~filters.COMMAND, tell)],
                CARD: [CallbackQueryHandler(submit)],
            },
            fallbacks=[CommandHandler("report", report)],
            name="report",
            persistent=True,
        )
    )
    application.run_polling()


if __name__ == "__main__":
    main()

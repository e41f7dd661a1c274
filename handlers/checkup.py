"""What ``wardwatch check`` looks at, and the bot's name as Telegram knows it."""

import json
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

from bot.db import Database
from bot.i18n import LOCALES, catalogue
from bot.migrate import HEAD, current_revision
from bot.settings import Settings
from handlers.office import UserError
from models.rubric import shipped, shipped_ids
from models.setting import BOT_NAME, read_setting

_NAME_SECONDS = 2


def learn_bot_name(settings: Settings) -> str | None:
    """The bot's name for links: as kept, else asked of Telegram (2 s) and kept, else None."""
    db = Database(settings.database_url)
    try:
        if current_revision(db.engine) == HEAD:
            kept = db.run_now(lambda conn: read_setting(conn, BOT_NAME))
            if kept:
                return kept
    finally:
        db.close()
    return _ask_name(settings)


def _ask_name(settings: Settings) -> str | None:
    if settings.token is None:
        return None
    handlers: list[urllib.request.BaseHandler] = []
    local = urlsplit(settings.api_base).hostname in ("127.0.0.1", "localhost", "::1")
    if local or not settings.proxy:
        handlers.append(urllib.request.ProxyHandler({}))
    elif settings.proxy.startswith("http"):
        handlers.append(
            urllib.request.ProxyHandler({"https": settings.proxy, "http": settings.proxy})
        )
    else:
        return None
    url = f"{settings.api_base}/bot{settings.token}/getMe"
    try:
        with urllib.request.build_opener(*handlers).open(url, timeout=_NAME_SECONDS) as answer:
            name = json.load(answer)["result"]["username"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(name)


def check(settings: Settings) -> tuple[list[str], bool]:
    """One line for each part, and whether all of them are well."""
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("settings", lambda: "ok"),
        ("database", lambda: _check_database(settings)),
        ("rubrics", _check_rubrics),
        ("catalogues", _check_catalogues),
        ("telegram", lambda: _check_telegram(settings)),
    )
    lines, good = [], True
    for name, look in checks:
        try:
            lines.append(f"{name}: {look()}")
        except Exception as error:  # a check reports whatever is wrong, and goes on
            lines.append(f"{name}: FAILED {' '.join(str(error).split())[:160]}")
            good = False
    return lines, good


def _check_database(settings: Settings) -> str:
    db = Database(settings.database_url)
    try:
        revision = current_revision(db.engine)
    finally:
        db.close()
    if revision == HEAD:
        return f"ok, migrations: {HEAD}"
    return f"reachable, migrations: {revision or 'none'}, wardwatch migrate brings it to {HEAD}"


def _check_rubrics() -> str:
    return "ok " + " ".join(
        f"{shipped(each).id} v{shipped(each).version}" for each in shipped_ids()
    )


def _check_catalogues() -> str:
    return "ok " + " ".join(f"{locale} {len(catalogue(locale))}" for locale in LOCALES)


def _check_telegram(settings: Settings) -> str:
    if settings.token is None:
        return "no token set: wardwatch run serves the sandbox"
    name = _ask_name(settings)
    if name is None:
        raise UserError("not reachable, or the token is refused")
    return f"ok, @{name}"

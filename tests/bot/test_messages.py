"""What leaves fits into Telegram's messages, however long what there is to say."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.messages import LONGEST, Button, Outgoing, in_parts, message, units
from bot.owed import store
from models.outbox import queued_after
from tests.people import NOW

LONG = "\n".join(f"· 2026-{n:04d} 涉医案事件报告" for n in range(400))


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_parts_fit_and_lose_nothing_but_the_line_ends_between_them(text: str) -> None:
    parts = in_parts(text * 40)
    assert all(units(part) <= LONGEST for part in parts)
    assert "".join(parts).replace("\n", "") == (text * 40).replace("\n", "")


@given(st.integers(0, 3 * LONGEST))
def test_a_character_of_two_units_is_never_halved(count: int) -> None:
    parts = in_parts("🙂" * count)
    assert "".join(parts) == "🙂" * count
    assert all(units(part) <= LONGEST for part in parts)


def test_what_fits_is_one_part() -> None:
    assert in_parts("x" * LONGEST) == ["x" * LONGEST]
    assert in_parts("") == [""]


def sent(db, method: str, payload: dict) -> list:  # type: ignore[no-untyped-def,type-arg]
    owed = [Outgoing(chat_id=5, method=method, payload=payload)]
    stored = db.run_now(lambda conn: store(conn, owed, now=NOW))
    queued = db.run_now(lambda conn: queued_after(conn, 0, limit=10))
    assert [row.payload for row in queued] == [item.payload for item in stored]
    return queued


def test_a_long_message_leaves_in_order_with_its_buttons_at_the_end(db) -> None:  # type: ignore[no-untyped-def]
    rows = sent(db, "sendMessage", message(5, LONG, buttons=[[Button("去报送", "file:0")]]))
    assert "\n".join(row.payload["text"] for row in rows) == LONG
    assert len(rows) > 1
    assert ["reply_markup" in row.payload for row in rows] == [False] * (len(rows) - 1) + [True]
    assert "去报送" in json.dumps(json.loads(rows[-1].payload["reply_markup"]), ensure_ascii=False)


def test_a_long_edit_goes_on_in_new_messages(db) -> None:  # type: ignore[no-untyped-def]
    rows = sent(db, "editMessageText", {"message_id": 7, **message(5, LONG)})
    assert [row.method for row in rows] == ["editMessageText"] + ["sendMessage"] * (len(rows) - 1)
    assert ["message_id" in row.payload for row in rows] == [True] + [False] * (len(rows) - 1)

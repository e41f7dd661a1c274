"""Files the bot makes: whole on disk before they are owed, uploaded as they are, forgotten in time."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from telegram.error import NetworkError

from bot.db import Database
from bot.exports import (
    KEPT,
    LARGEST,
    FileGoneError,
    document,
    forget_made,
    keep_made,
    made_in,
    old_made,
    open_made,
    patience,
)
from bot.incoming import Incoming
from bot.messages import Outgoing, units
from bot.owed import store
from bot.runner import Runner
from bot.sandbox.botapi import BotApi
from bot.sweeping import sweep_through
from bot.transport import Transport
from bot.turn import House, Turn
from handlers.upkeep import made_files
from models.outbox import OUTBOX
from models.people import find_actor
from tests.bot.play import HOUSE, TALKS, _registry
from tests.bot.wire import Wire, letter, rows, sending, states, until, write
from tests.people import NOW, Cast, Person
from tests.said import Said

TOKEN = "123456:AAF-a-token-that-opens-nothing-at-all-00"
READER = 101
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REGRET = "考核表.xlsx is no longer here. Please ask for it again."
pytestmark = pytest.mark.usefixtures("english")


def made(folder: Path, content: bytes = b"PK-sheet", name: str = "考核表.xlsx") -> Outgoing:
    """A made file on its way to a reader."""
    path = keep_made(folder, content, name, now=NOW)
    payload = document(path, name, caption="2026", regret=REGRET)
    return Outgoing(chat_id=READER, method="sendDocument", payload={"chat_id": READER, **payload})


# -- on disk ---------------------------------------------------------------------------------------


def test_a_made_file_is_kept_whole_under_its_hash(tmp_path: Path) -> None:
    item = made(tmp_path)
    (kept,) = (tmp_path / "exports").iterdir()
    assert kept.read_bytes() == b"PK-sheet"
    assert item.payload["document"]["path"] == f"exports/{kept.name}"
    assert kept.name == f"{sha256(b'PK-sheet').hexdigest()}.xlsx"
    fields, uploads = open_made(tmp_path, item.payload)
    assert fields == {"chat_id": READER, "caption": "2026"}
    assert uploads == {"document": ("考核表.xlsx", b"PK-sheet", XLSX)}


def test_the_same_content_is_one_file_whoever_asked_for_it(tmp_path: Path) -> None:
    first, second = made(tmp_path, name="a.xlsx"), made(tmp_path, name="b.xlsx")
    assert len(list((tmp_path / "exports").iterdir())) == 1
    names = [open_made(tmp_path, item.payload)[1]["document"][0] for item in (first, second)]
    assert names == ["a.xlsx", "b.xlsx"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('QP01/..\\"x"\r\nContent-Type: a.xlsx', "QP01_.._x_Content-Type_ a.xlsx"),
        ("院" * 300 + ".docx", "院" * 115 + ".docx"),
    ],
)
def test_a_name_breaks_out_of_nothing(tmp_path: Path, name: str, shown: str) -> None:
    assert made(tmp_path, name=name).payload["document"]["name"] == shown


def test_a_long_caption_is_cut_to_what_telegram_takes() -> None:
    caption = document("p", "a.xlsx", caption="😀" * 600, regret="")["caption"]
    assert units(caption) <= 1024
    assert caption.endswith("😀…")
    assert document("p", "a.xlsx", caption="x" * 1024, regret="")["caption"] == "x" * 1024


def test_what_is_old_and_owed_to_nobody_is_forgotten(db: Database, tmp_path: Path) -> None:
    owed, free = made(tmp_path, b"owed"), made(tmp_path, b"free")
    write(db, [owed, letter("a text")])
    sweep = made_files(tmp_path)

    def swept(after: timedelta) -> int:
        return sweep_through(db.run_now, sweep, now=NOW + after)[0]["files"]

    assert swept(KEPT) == 0
    assert swept(KEPT + timedelta(seconds=1)) == 1
    assert swept(KEPT + timedelta(seconds=1)) == 0
    assert open_made(tmp_path, owed.payload)[1]["document"][1] == b"owed"
    with pytest.raises(FileGoneError):
        open_made(tmp_path, free.payload)


def test_made_again_it_is_as_new(tmp_path: Path) -> None:
    made(tmp_path)
    keep_made(tmp_path, b"PK-sheet", "a.xlsx", now=NOW + timedelta(days=5))
    old = old_made(tmp_path, now=NOW + timedelta(days=9))
    assert old == []
    paths = list((tmp_path / "exports").glob("*"))
    assert forget_made(tmp_path, paths, owed=[], now=NOW + timedelta(days=9)) == 0


def test_only_payloads_with_a_made_file_name_one() -> None:
    payloads: list[dict[str, Any]] = [{"document": "BQAC1"}, {"text": "x"}]
    assert made_in(payloads) == []


def test_an_upload_has_time_for_a_slow_line_and_a_small_one_holds_up_nobody() -> None:
    assert patience({"document": ("a", bytes(40_000), "x")}) < 25
    assert patience({"document": ("a", bytes(LARGEST), "x")}) > 600


# -- on the way ------------------------------------------------------------------------------------


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi(token=TOKEN, now=lambda: NOW)
    api.add_person(user_id=READER, first_name="Ann")
    api.send_text(READER, "/start")
    yield api
    await api.stop()


async def test_it_is_uploaded_with_its_chinese_name_and_can_be_saved(
    api: BotApi, tmp_path: Path
) -> None:
    transport, base_url = Transport(), await api.start()
    await transport.initialize()
    content = bytes(range(256)) * 400
    fields, uploads = open_made(tmp_path, made(tmp_path, content).payload)
    result = await transport.call(
        f"{base_url}/bot{TOKEN}/sendDocument", fields, uploads=uploads, read_timeout=5
    )
    await transport.shutdown()
    assert (result["caption"], result["document"]["mime_type"]) == ("2026", XLSX)
    shown = api.chat(READER)[-1]
    assert (shown.kind, shown.file_name) == ("document", "考核表.xlsx")
    assert api.file(str(shown.file_id)).content == content


async def test_a_document_keeps_its_place_among_the_messages(
    sqlite_db: Database, tmp_path: Path
) -> None:
    wire = Wire()
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [letter("a"), made(tmp_path), letter("b")]))
        await until(lambda: states(sqlite_db) == ["sent"] * 3)
    assert [method for _at, method, _payload in wire.calls] == [
        "sendMessage",
        "sendDocument",
        "sendMessage",
    ]


async def test_one_that_is_gone_is_given_up_and_its_reader_told(db: Database) -> None:
    wire, item = Wire(), made_nowhere()
    wire.refuse = gone
    with capture_logs() as logs:
        async with sending(db, wire) as outbox:
            outbox.push(write(db, [item, letter("after")]))
            await until(lambda: states(db) == ["dead", "sent"])
    assert wire.texts == [REGRET, "after"]
    assert rows(db)[0].error == "its file is gone"
    assert [line["action"] for line in logs] == ["file_gone"]


async def test_killed_before_its_reader_was_told_the_next_start_tells(sqlite_db: Database) -> None:
    first, second = Wire(), Wire()
    first.refuse = lambda method, payload: gone(method, payload) or NetworkError("down")
    write(sqlite_db, [made_nowhere()])
    async with sending(sqlite_db, first):
        await until(lambda: len(first.calls) > 1)
    assert states(sqlite_db) == ["queued"]
    second.refuse = gone
    async with sending(sqlite_db, second):
        await until(lambda: states(sqlite_db) == ["dead"])
    assert second.texts == [REGRET]


def made_nowhere() -> Outgoing:
    """A message whose file somebody removed."""
    payload = document("exports/none.xlsx", "考核表.xlsx", caption="", regret=REGRET)
    return Outgoing(chat_id=READER, method="sendDocument", payload={"chat_id": READER, **payload})


def gone(method: str, payload: dict[str, Any]) -> Any:
    """What comes of looking for that file."""
    if method != "sendDocument":
        return None
    try:
        open_made(Path("nowhere"), payload)
    except FileGoneError as error:
        return error
    raise AssertionError("it is there")


# -- from a turn -----------------------------------------------------------------------------------


def hand_out(db: Database, person: Person, folder: Path, content: bytes, **how: Any) -> Said:
    """A turn that makes a file."""
    house = House(cipher=HOUSE.cipher, bot_name="ward_bot", default_locale="en", data_dir=folder)
    incoming = Incoming(
        update_id=1,
        kind="press",
        chat_id=how.get("chat_id", person.user_id),
        private="chat_id" not in how,
        user_id=person.user_id,
        user_name=person.name,
        language="en",
        query_id="q",
    )

    def unit(conn: Any) -> Said:
        turn = Turn(
            conn=conn,
            now=NOW,
            incoming=incoming,
            house=house,
            talks=Runner(_registry(TALKS)),
            member=find_actor(conn, person.user_id),
        )
        turn.send_document(content, "sheet.xlsx", caption="2026")
        turn.close_press()
        store(conn, turn.out, now=NOW)
        if how.get("fails"):
            raise ArithmeticError
        return Said(turn.out)

    return db.run_now(unit)


@pytest.fixture
def hand(sqlite_db: Database, cast: Cast, tmp_path: Path) -> Any:
    return partial(hand_out, sqlite_db, cast.officer, tmp_path)


def test_a_turn_owes_the_file_with_its_commit(
    hand: Any, sqlite_db: Database, cast: Cast, tmp_path: Path
) -> None:
    hand(b"content")
    payload = sqlite_db.run_now(lambda conn: conn.execute(select(OUTBOX.c.payload)).scalar_one())
    assert open_made(tmp_path, payload)[1]["document"][:2] == ("sheet.xlsx", b"content")
    assert payload["chat_id"] == cast.officer.user_id


def test_undone_it_owes_nothing_and_leaves_a_file_that_harms_nobody(
    hand: Any, sqlite_db: Database, tmp_path: Path
) -> None:
    with pytest.raises(ArithmeticError):
        hand(b"content", fails=True)
    assert rows(sqlite_db) == []
    later = NOW + KEPT + timedelta(seconds=1)
    assert forget_made(tmp_path, old_made(tmp_path, now=later), owed=[], now=later) == 1


def test_asked_for_in_a_group_it_goes_to_whoever_asked(hand: Any, cast: Cast) -> None:
    said = hand(b"content", chat_id=-1001)
    sent = next(item for item in said.out if item.method == "sendDocument")
    assert (sent.chat_id, sent.payload["chat_id"]) == (cast.officer.user_id,) * 2


def test_one_too_large_for_telegram_is_a_sentence(hand: Any, tmp_path: Path) -> None:
    said = hand(bytes(LARGEST + 1))
    assert said.text.startswith("The file is larger than Telegram takes.")
    assert not (tmp_path / "exports").exists()


def test_a_full_disk_is_a_sentence_and_a_line(hand: Any, tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("in the way")
    with capture_logs() as logs:
        said = hand(b"content")
    assert said.text.startswith("The file could not be stored.")
    assert [line["action"] for line in logs] == ["file_not_kept"]

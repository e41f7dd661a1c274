"""Files in both directions."""

import aiohttp
import pytest

from bot.sandbox import wire
from bot.sandbox.botapi import BotApi
from tests.sandbox.conftest import GUARD, TOKEN, RawBot

PICTURE = b"\xff\xd8\xff" + b"picture" * 100


async def _download(bot: RawBot, file_id: str) -> bytes:
    path = (await bot.call("getFile", file_id=file_id))["file_path"]
    async with bot.session.get(f"{bot.api.base_url}/file/bot{TOKEN}/{path}") as answer:
        assert answer.status == 200
        return await answer.read()


async def test_a_photo_comes_in_several_sizes_and_the_last_is_the_picture(
    api: BotApi, bot: RawBot
) -> None:
    api.send_photo(GUARD, PICTURE, caption="门口", media_group_id="7")
    message = (await bot.updates())[-1]["message"]
    assert (message["caption"], message["media_group_id"]) == ("门口", "7")
    sizes = message["photo"]
    assert sizes[-1]["file_size"] == len(PICTURE)
    assert await _download(bot, sizes[-1]["file_id"]) == PICTURE
    assert await _download(bot, sizes[0]["file_id"]) != PICTURE
    shown = api.chat(GUARD)[-1]
    assert (shown.kind, shown.text) == ("photo", "门口")
    assert shown.file_id is not None
    assert api.file(shown.file_id).content == PICTURE


async def test_equal_files_share_their_unique_id_only(api: BotApi, bot: RawBot) -> None:
    api.send_document(GUARD, b"same", file_name="a.pdf", mime_type="application/pdf")
    api.send_document(GUARD, b"same", file_name="b.pdf")
    first, second = (update["message"]["document"] for update in (await bot.updates())[-2:])
    assert first["file_unique_id"] == second["file_unique_id"]
    assert first["file_id"] != second["file_id"]
    assert (first["file_name"], first["mime_type"]) == ("a.pdf", "application/pdf")


async def test_voices_and_videos_can_be_downloaded(api: BotApi, bot: RawBot) -> None:
    api.send_voice(GUARD, b"OggS1", caption="v")
    api.send_video(GUARD, b"mp4", file_name="a.mp4")
    voice, video = (update["message"] for update in (await bot.updates())[-2:])
    assert await _download(bot, voice["voice"]["file_id"]) == b"OggS1"
    assert await _download(bot, video["video"]["file_id"]) == b"mp4"


async def test_what_claims_more_than_20_mb_cannot_be_downloaded(api: BotApi, bot: RawBot) -> None:
    limit = 20 * 1024 * 1024
    api.send_document(GUARD, b"x", claimed_size=limit)
    api.send_video(GUARD, b"x", claimed_size=limit + 1)
    fits, exceeds = (update["message"] for update in (await bot.updates())[-2:])
    assert await _download(bot, fits["document"]["file_id"]) == b"x"
    refused = await bot.refused("getFile", file_id=exceeds["video"]["file_id"])
    assert refused == "400 Bad Request: file is too big"


async def test_unknown_files_are_refused(api: BotApi, bot: RawBot) -> None:
    assert await bot.refused("getFile", file_id="x") == (
        "400 Bad Request: wrong file_id or the file is temporarily unavailable"
    )
    assert await bot.refused("getFile", file_id="") == "400 Bad Request: file_id not specified"
    async with bot.session.get(f"{api.base_url}/file/bot{TOKEN}/photos/none.jpg") as answer:
        assert answer.status == 404
    async with bot.session.get(f"{api.base_url}/file/bot1:wrong/photos/none.jpg") as answer:
        assert answer.status == 401
    with pytest.raises(KeyError):
        api.file("x")


@pytest.mark.parametrize("attached", [True, False])
async def test_a_document_can_be_uploaded_and_sent_again(
    api: BotApi, bot: RawBot, attached: bool
) -> None:
    form = aiohttp.FormData(quote_fields=False)  # Telegram takes a name as it is written
    form.add_field("chat_id", str(GUARD))
    form.add_field("caption", "<b>台账</b>")
    form.add_field("parse_mode", "HTML")
    if attached:
        form.add_field("document", "attach://part")
    field = "part" if attached else "document"
    form.add_field(field, b"xlsx", filename="台账.xlsx", content_type="application/zip")
    async with bot.session.post(bot.url("sendDocument"), data=form) as answer:
        assert answer.status == 200
        document = (await answer.json())["result"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("台账.xlsx", "application/zip")
    again = await bot.call("sendDocument", chat_id=GUARD, document=document["file_id"])
    assert again["document"]["file_unique_id"] == document["file_unique_id"]
    assert await _download(bot, again["document"]["file_id"]) == b"xlsx"
    shown = api.chat(GUARD)[-2]
    assert (shown.kind, shown.text, shown.file_name) == ("document", "台账", "台账.xlsx")


@pytest.mark.parametrize("field", ["photo", "voice", "document"])
async def test_what_is_no_file_is_refused(bot: RawBot, field: str) -> None:
    method = f"send{field.capitalize()}"
    for given, said in (
        ("", f"there is no {field} in the request"),
        ("attach://none", "wrong file identifier/HTTP URL specified"),
        ("https://example.org/a.png", "wrong file identifier/HTTP URL specified"),
        ("none", "wrong file_id or the file is temporarily unavailable"),
    ):
        refused = await bot.refused(method, chat_id=GUARD, **{field: given})
        assert refused == f"400 Bad Request: {said}"


async def test_a_caption_holds_1024_units(api: BotApi, bot: RawBot) -> None:
    api.send_voice(GUARD, b"OggS")
    voice = (await bot.updates())[-1]["message"]["voice"]["file_id"]
    send = {"chat_id": GUARD, "voice": voice}
    await bot.call("sendVoice", **send, caption="😀" * 512)
    refused = await bot.refused("sendVoice", **send, caption="😀" * 512 + "x")
    assert refused == "400 Bad Request: message caption is too long"


async def test_an_upload_above_the_limit_is_refused(
    bot: RawBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wire.LARGEST_BODY == 50 * 1024 * 1024
    monkeypatch.setattr(wire, "LARGEST_BODY", 1000)
    form = aiohttp.FormData()
    form.add_field("chat_id", str(GUARD))
    form.add_field("document", bytes(1000), filename="a.bin")
    async with bot.session.post(bot.url("sendDocument"), data=form) as answer:
        assert answer.status == 413
        assert (await answer.json())["description"] == "Request Entity Too Large"

"""The operations room: bound by a link, one a hospital, numbers and categories only, and groups that go."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from telegram import Update

from bot.db import Database
from models.people import MEMBER
from tests.handlers.casing import FIRST, Casework
from tests.people import Cast, Person, enlist
from tests.postgres import held
from tests.said import Said
from tests.stage import Stage

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly

GROUP, OTHER = -1001, -1002
COMMAND = {"type": "bot_command", "offset": 0, "length": 4}
ORDINARY = "Please talk to me in a private chat; nothing is filed from a group."
_RIGHTS = dict.fromkeys(
    (
        "can_be_edited",
        "is_anonymous",
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    ),
    False,
)
STRANGER = Person(id=0, user_id=5555, role="", name="nobody", hospital="")


class Groups:
    """What people do in groups."""

    def __init__(self, stage: Stage, cast: Cast) -> None:
        self.stage, self.cast = stage, cast

    async def write(
        self, person: Person, words: str, *, group: int = GROUP, forum: bool = False
    ) -> Said:
        """Write in a group."""
        entity = {"type": "bot_command", "offset": 0, "length": len(words.split()[0])}
        message = self._message(person, group, text=words, entities=[entity])
        if forum:
            message["chat"]["is_forum"] = True
        return await self.stage.feed({"message": message})

    async def bind(self, person: Person, *, group: int = GROUP, forum: bool = False) -> Said:
        """Come by the room's link."""
        return await self.write(person, "/start@w_bot room", group=group, forum=forum)

    async def press(self, person: Person, data: str) -> Said:
        """Press a button below a card in the room."""
        message = self._message(person, GROUP, text="a card")
        query = {"id": "1", "chat_instance": "1", "from": message["from"], "data": data}
        return await self.stage.feed({"callback_query": {**query, "message": message}})

    async def put_out(self, *, group: int = GROUP) -> None:
        """Take the bot out of a group."""
        bot = {"id": 1, "is_bot": True, "first_name": "W"}
        change = self._message(self.cast.admin, group)
        change["old_chat_member"] = {"status": "member", "user": bot}
        change["new_chat_member"] = {"status": "kicked", "user": bot, "until_date": 0}
        await self.stage.feed({"my_chat_member": change})

    async def let_in(self, person: Person, *, group: int = GROUP, status: str = "member") -> Said:
        """Let the bot into a group it was not in."""
        bot = {"id": 1, "is_bot": True, "first_name": "W"}
        change = self._message(person, group)
        change["old_chat_member"] = {"status": "left", "user": bot}
        change["new_chat_member"] = {
            "status": status,
            "user": bot,
            **(_RIGHTS if status != "member" else {}),
        }
        return await self.stage.feed({"my_chat_member": change})

    async def write_as_group(self, words: str, *, group: int = GROUP) -> Said:
        """Write as an administrator who stays anonymous: Telegram shows the group itself."""
        entity = {"type": "bot_command", "offset": 0, "length": len(words.split()[0])}
        message = self._message(STRANGER, group, text=words, entities=[entity])
        message["from"] = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
        message["sender_chat"] = message["chat"]
        return await self.stage.feed({"message": message})

    async def say(self, person: Person, words: str, *, group: int = GROUP) -> Said:
        """Say something in a group where the bot is shown it."""
        return await self.stage.feed({"message": self._message(person, group, text=words)})

    async def move(self, old: int, new: int) -> None:
        """Make a group a supergroup."""
        message = self._message(self.cast.admin, old, migrate_to_chat_id=new)
        await self.stage.feed({"message": message})

    def rooms(self) -> list[tuple[Any, ...]]:
        """(hospital, group, topics) of every room."""
        query = text("SELECT hospital_id, chat_id, topics FROM room ORDER BY hospital_id")
        return self.stage.db.run_now(lambda conn: [tuple(row) for row in conn.execute(query)])

    def owed(self, person: Person) -> list[str]:
        """What is written into the outbox for somebody."""
        query = text("SELECT payload FROM outbox WHERE chat_id = :chat AND state = 'queued'")
        where = {"chat": person.user_id}
        return self.stage.db.run_now(
            lambda conn: [str(each) for each in conn.execute(query, where).scalars()]
        )

    def _message(self, person: Person, group: int, **content: Any) -> dict[str, Any]:
        return {
            "message_id": 7,
            "date": int(self.stage.now.timestamp()),
            "chat": {"id": group, "type": "supergroup", "title": f"Group {group}"},
            "from": {
                "id": person.user_id,
                "is_bot": False,
                "first_name": person.name,
                "language_code": "en",
            },
            **content,
        }


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        bad = text("SELECT * FROM inbox WHERE state = 'bad'")
        assert db.run_now(lambda conn: conn.execute(bad).all()) == []


@pytest.fixture
def groups(stage: Stage, cast: Cast) -> Groups:
    return Groups(stage, cast)


@pytest.fixture
def colleague(stage: Stage, cast: Cast) -> Person:
    """A second administrator, who reads Chinese."""
    hospital = cast.hospital("QP01")
    person = stage.db.run_now(lambda conn: enlist(conn, hospital, "admin", user_id=180))
    change = MEMBER.update().where(MEMBER.c.id == person.id).values(locale="zh_Hans")
    stage.db.run_now(lambda conn: conn.execute(change))
    return person


# -- binding ---------------------------------------------------------------------------------------


async def test_an_administrator_binds_a_group_by_a_link(
    stage: Stage, groups: Groups, cast: Cast, colleague: Person
) -> None:
    said = await stage.says(cast.admin, "/admin")
    said = await stage.presses(cast.admin, said.button("Operations room"))
    assert "https://t.me/w_bot?startgroup=room" in said.text
    assert "Only numbers and categories" in said.text
    said = await groups.bind(cast.admin)
    assert said.to(GROUP).text == (
        "This is now the operations room of QP01 hospital: alarms and case cards come here, "
        "numbers and categories only."
    )
    assert f"已把“Group {GROUP}”设为作战室" in said.to(colleague.user_id).text
    assert said.to(colleague.user_id).buttons == {"作战室": "room:show"}
    assert said.readers == {GROUP, colleague.user_id}
    assert groups.rooms() == [(1, GROUP, False)]
    said = await stage.presses(cast.admin, "room:show")
    assert said.text.startswith(f"Operations room: Group {GROUP}, since")
    assert list(said.buttons) == ["Unbind"]


async def test_while_the_bots_name_is_unknown_the_command_is_shown_instead(
    stage: Stage, cast: Cast
) -> None:
    stage.desk.house = replace(stage.desk.house, bot_name=None)
    said = await stage.presses(cast.admin, "room:show")
    assert "/start room" in said.text
    assert "None" not in said.text


@pytest.mark.parametrize("words", ["/start room", "/start@w_bot room", "/start@W_BOT room"])
async def test_telegram_may_spell_the_command_in_more_than_one_way(
    groups: Groups, cast: Cast, words: str
) -> None:
    await groups.write(cast.admin, words)
    assert groups.rooms() == [(1, GROUP, False)]


async def test_nobody_else_binds_a_group(groups: Groups, cast: Cast) -> None:
    for person in (cast.guard, cast.doctor, cast.officer, STRANGER):
        said = await groups.bind(person)
        assert said.texts == [ORDINARY]
    assert groups.rooms() == []


@pytest.mark.parametrize("words", ["/report", "/start", "/start roomy", "/start room room", "/sos"])
async def test_any_other_command_in_a_group_gets_the_ordinary_sentence(
    groups: Groups, cast: Cast, words: str
) -> None:
    said = await groups.write(cast.admin, words)
    assert said.texts == [ORDINARY]
    assert groups.rooms() == []


async def test_a_command_to_another_bot_is_left_to_it(groups: Groups, cast: Cast) -> None:
    assert (await groups.write(cast.admin, "/start@other_bot room")).out == []
    assert groups.rooms() == []


async def test_a_group_of_another_hospital_is_refused(groups: Groups, cast: Cast) -> None:
    await groups.bind(cast.admin)
    said = await groups.bind(cast["QP02"]["admin"])
    assert "operations room of another hospital" in said.text
    assert "QP01" not in said.everything
    assert groups.rooms() == [(1, GROUP, False)]


async def test_another_group_takes_the_place_of_the_former_one(groups: Groups, cast: Cast) -> None:
    await groups.bind(cast.admin)
    said = await groups.bind(cast.admin, group=OTHER)
    assert "no longer an operations room" in said.to(GROUP).text
    assert "now the operations room" in said.to(OTHER).text
    assert groups.rooms() == [(1, OTHER, False)]


async def test_to_bind_the_same_group_again_takes_note_of_its_topics_only(
    groups: Groups, cast: Cast, colleague: Person
) -> None:
    await groups.bind(cast.admin)
    said = await groups.bind(cast.admin, forum=True)
    assert said.readers == {GROUP}
    assert len(said.texts) == 1
    assert groups.rooms() == [(1, GROUP, True)]


async def test_two_hospitals_that_bind_one_group_at_once_are_told_who_got_it(
    postgres_db: Database, cast: Cast
) -> None:
    async with Stage(postgres_db) as stage:
        groups = Groups(stage, cast)
        admins = (cast.admin, cast["QP02"]["admin"])
        with held(postgres_db, "SELECT * FROM member FOR UPDATE") as meet:
            tried = [asyncio.create_task(groups.bind(admin)) for admin in admins]
            await asyncio.to_thread(meet, 2)
        heard = sorted(said.texts[0] for said in await asyncio.gather(*tried))
        assert [text.startswith("This is now") for text in heard] == [False, True]
        assert "of another hospital" in heard[0]
        assert len(groups.rooms()) == 1


async def test_two_groups_bound_at_once_leave_one_and_the_other_is_told(
    postgres_db: Database, cast: Cast
) -> None:
    hospital = cast.hospital("QP01")
    second = postgres_db.run_now(lambda conn: enlist(conn, hospital, "admin", user_id=180))
    async with Stage(postgres_db) as stage:
        groups = Groups(stage, cast)
        with held(postgres_db, "SELECT * FROM member FOR UPDATE") as meet:
            tried = [
                asyncio.create_task(groups.bind(cast.admin)),
                asyncio.create_task(groups.bind(second, group=OTHER)),
            ]
            await asyncio.to_thread(meet, 2)
        both = Said([item for said in await asyncio.gather(*tried) for item in said.out])
        ((_hospital, stands, _topics),) = groups.rooms()
        assert "now the operations room" in both.to(stands).text
        gone = both.to(GROUP if stands == OTHER else OTHER).texts
        assert ["no longer an operations room" in each for each in gone].count(True) == 1


# -- unbinding -------------------------------------------------------------------------------------


async def test_an_administrator_unbinds_the_room(
    stage: Stage, groups: Groups, cast: Cast, colleague: Person
) -> None:
    await groups.bind(cast.admin)
    said = await stage.presses(cast.admin, "room:free")
    assert list(said.buttons) == ["Keep the room", "Unbind"]
    assert groups.rooms() == [(1, GROUP, False)]
    said = await stage.presses(cast.admin, said.button("Unbind"))
    assert "no more alarms come here" in said.to(GROUP).text
    assert "解除了作战室" in said.to(colleague.user_id).text
    assert groups.rooms() == []
    again = await stage.presses(cast.admin, "room:free_now")
    assert "No operations room yet" in again.text
    assert again.readers == {cast.admin.user_id}


async def test_another_hospitals_administrator_cannot_unbind_it(
    stage: Stage, groups: Groups, cast: Cast
) -> None:
    await groups.bind(cast.admin)
    for verb in ("show", "free", "free_now"):
        said = await stage.presses(cast["QP02"]["admin"], f"room:{verb}")
        assert "No operations room yet" in said.text
    assert groups.rooms() == [(1, GROUP, False)]


# -- groups that go --------------------------------------------------------------------------------


async def test_a_room_that_puts_the_bot_out_is_unbound_and_the_administrators_told_once(
    groups: Groups, cast: Cast
) -> None:
    await groups.bind(cast.admin)
    await groups.put_out(group=OTHER)
    assert groups.owed(cast.admin) == []
    for _ in range(2):
        await groups.put_out()
    assert groups.rooms() == []
    told = groups.owed(cast.admin)
    assert len(told) == 1
    assert "taken out of the operations room" in told[0]
    assert groups.owed(cast["QP02"]["admin"]) == []


async def test_a_room_that_became_a_supergroup_is_followed(groups: Groups, cast: Cast) -> None:
    await groups.bind(cast.admin, group=-5)
    await groups.move(-5, GROUP)
    assert groups.rooms() == [(1, GROUP, False)]


# -- what is sent there ----------------------------------------------------------------------------


async def test_only_numbers_and_categories_are_sent_there(
    stage: Stage, groups: Groups, cast: Cast
) -> None:
    await groups.bind(cast.admin)
    work = Casework(stage, cast)
    number = await work.report("Theft", "the wallet of Mr Wang, 13912345678")
    said = await stage.says(cast.doctor, "/sos")
    card = said.to(GROUP)
    assert card.text.startswith("🆘 Alarm · QP01-2026-0002")
    said = await groups.press(cast.guard, card.button("I'm coming"))
    assert "on the way: 1" in said.to(GROUP).text
    query = text("SELECT payload FROM outbox WHERE chat_id = :group")
    where = {"group": GROUP}
    sent = stage.db.run_now(
        lambda conn: [str(each) for each in conn.execute(query, where).scalars()]
    )
    assert number in "".join(sent)
    for secret in ("Wang", "1391234", "QP01 guard", "QP01 doctor", "ER"):
        assert not [each for each in sent if secret in each], secret


async def test_another_hospitals_member_cannot_answer_from_the_room(
    stage: Stage, groups: Groups, cast: Cast
) -> None:
    await groups.bind(cast.admin)
    card = (await stage.says(cast.doctor, "/sos")).to(GROUP)
    for person in (cast["QP02"]["guard"], STRANGER):
        said = await groups.press(person, card.button("I'm coming"))
        assert said.toasts
        assert said.texts == []


async def test_a_group_with_topics_gets_one_a_case_which_is_closed_and_opened_with_it(
    stage: Stage, groups: Groups, cast: Cast
) -> None:
    await groups.bind(cast.admin, forum=True)
    work = Casework(stage, cast)
    await work.report("Theft")
    query = text(
        "SELECT method, payload, follows, id FROM outbox WHERE chat_id = :group ORDER BY id"
    )
    where = {"group": GROUP}

    def sent() -> list[Any]:
        return stage.db.run_now(lambda conn: list(conn.execute(query, where)))

    opening, card = sent()[-2:]
    assert opening.method == "createForumTopic"
    assert f"{FIRST} Theft" in str(opening.payload)
    assert (card.method, card.follows) == ("sendMessage", opening.id)
    await work.close(FIRST)
    closing = [row for row in sent() if row.method == "closeForumTopic"]
    assert [row.follows for row in closing] == [opening.id]
    await work.answer(f"move:reopen:{FIRST}", "it was not over")
    again = [row for row in sent() if row.method == "reopenForumTopic"]
    assert [row.follows for row in again] == [opening.id]


async def test_the_topics_of_a_room_that_was_left_are_let_be(
    stage: Stage, groups: Groups, cast: Cast
) -> None:
    await groups.bind(cast.admin, forum=True)
    work = Casework(stage, cast)
    await work.report("Theft")
    await groups.bind(cast.admin, group=OTHER, forum=True)
    await work.close(FIRST)
    query = text("SELECT count(*) FROM outbox WHERE method = 'closeForumTopic'")
    assert stage.db.run_now(lambda conn: conn.execute(query).scalar_one()) == 0


# -- a cry for help there ----------------------------------------------------------------------------


async def test_a_members_sos_in_the_room_is_an_alarm_and_the_room_learns_nothing_by_it(
    stage: Stage, groups: Groups, cast: Cast
) -> None:
    await groups.bind(cast.admin)
    said = await groups.write(cast.doctor, "/sos@w_bot a man with a knife")
    assert "needs help!" in said.to(cast.officer.user_id).text
    assert "🆘 Calling 1 person. QP01-2026-0001" in said.to(cast.doctor.user_id).texts[-1]
    assert said.to(GROUP).texts[-1] == "🆘 Heard. Whoever called: my answer is in our private chat."
    for secret in ("knife", "QP01 doctor", "ER"):
        assert secret not in said.to(GROUP).everything


@pytest.mark.parametrize(
    "words", ["🆘", "🆘 求助", "求助", "求助！！", "SOS", "sos", "🆘🆘🆘", "救命"]
)
async def test_the_words_alone_are_an_alarm_there(groups: Groups, cast: Cast, words: str) -> None:
    await groups.bind(cast.admin)
    said = await groups.say(cast.guard, words)
    assert "needs help!" in said.to(cast.officer.user_id).text


@pytest.mark.parametrize(
    "words", ["／sos 急诊有人打人", "、求助 急诊有人打人", "/求助，急诊有人打人"]
)
async def test_the_command_in_words_is_an_alarm_there_with_what_stands_behind(
    groups: Groups, cast: Cast, words: str
) -> None:
    await groups.bind(cast.admin)
    said = await groups.say(cast.guard, words)
    assert "needs help!" in said.to(cast.officer.user_id).text
    assert "急诊有人打人" in said.to(cast.officer.user_id).text
    assert (await groups.say(cast.guard, "、求助电话是多少")).out == []


@pytest.mark.parametrize("words", ["求助电话是多少", "sos training is on Monday", "!", "。", "ok"])
async def test_what_people_say_in_the_room_is_left_alone(
    groups: Groups, cast: Cast, words: str
) -> None:
    await groups.bind(cast.admin)
    assert (await groups.say(cast.guard, words)).out == []


async def test_a_cry_in_a_group_that_is_no_room_is_nobodys_alarm(
    stage: Stage, groups: Groups, cast: Cast
) -> None:
    assert (await groups.say(cast.guard, "🆘")).out == []
    assert (await groups.write(cast.guard, "/sos")).texts == [ORDINARY]
    query = text("SELECT count(*) FROM incident")
    assert stage.db.run_now(lambda conn: conn.execute(query).scalar_one()) == 0


async def test_who_is_no_member_there_hears_one_sentence_and_calls_nobody(
    stage: Stage, groups: Groups, cast: Cast
) -> None:
    auditor = stage.db.run_now(
        lambda conn: enlist(conn, cast.hospital("QP01"), "auditor", user_id=181)
    )
    await groups.bind(cast.admin)
    for person in (STRANGER, cast["QP02"]["guard"], auditor):
        said = await groups.write(person, "/sos")
        assert said.texts == [
            "I do not know you here and cannot call anybody for you: in danger, dial 110."
        ]
    query = text("SELECT count(*) FROM incident")
    assert stage.db.run_now(lambda conn: conn.execute(query).scalar_one()) == 0


async def test_a_cry_delivered_twice_is_one_alarm(stage: Stage, groups: Groups, cast: Cast) -> None:
    await groups.bind(cast.admin)
    said = await groups.write(cast.doctor, "/sos")
    newest = text("SELECT max(update_id) FROM inbox")
    number = stage.db.run_now(lambda conn: conn.execute(newest).scalar_one())
    message = groups._message(cast.doctor, GROUP, text="/sos", entities=[COMMAND])
    again = Update.de_json({"update_id": number, "message": message}, stage.ptb.bot)
    await stage.ptb.process_update(again)
    assert said.to(cast.officer.user_id).texts
    assert stage.bag.empty().out == []


# -- anonymous, let in again -------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["/start@w_bot room", "/sos"])
async def test_an_anonymous_administrator_is_told_why_it_does_not_work(
    groups: Groups, words: str
) -> None:
    said = await groups.write_as_group(words)
    assert len(said.texts) == 1
    assert "anonymous administrator" in said.text
    assert groups.rooms() == []


@pytest.mark.parametrize("status", ["member", "administrator"])
async def test_let_in_by_an_administrator_the_bot_offers_to_bind(
    groups: Groups, cast: Cast, colleague: Person, status: str
) -> None:
    offer = await groups.let_in(cast.admin, status=status)
    assert offer.readers == {GROUP}
    said = await groups.press(cast.guard, offer.button("Make it the room"))
    assert said.toasts
    assert groups.rooms() == []
    said = await groups.press(cast.admin, offer.button("Make it the room"))
    assert said.to(GROUP).text.startswith("This is now the operations room")
    assert said.to(GROUP).buttons == {}
    assert colleague.user_id in said.readers
    assert groups.rooms() == [(1, GROUP, False)]


async def test_let_in_again_into_what_was_a_room_it_offers_whoever_did_it(
    groups: Groups, cast: Cast
) -> None:
    await groups.bind(cast.admin)
    await groups.put_out()
    said = await groups.let_in(cast.guard)
    assert said.button("Make it the room") == "room:bind"


async def test_elsewhere_and_where_it_only_changes_its_rights_it_is_silent(
    groups: Groups, cast: Cast
) -> None:
    for person in (cast.guard, cast.officer, STRANGER):
        assert (await groups.let_in(person, group=OTHER)).out == []
    await groups.bind(cast.admin)
    assert (await groups.let_in(cast.admin)).out == []


async def test_the_button_binds_no_group_of_another_hospital_and_none_in_private(
    stage: Stage, groups: Groups, cast: Cast
) -> None:
    await groups.bind(cast.admin)
    said = await groups.press(cast["QP02"]["admin"], "room:bind")
    assert "another hospital" in said.toasts[0]
    assert groups.rooms() == [(1, GROUP, False)]
    said = await stage.presses(cast["QP02"]["admin"], "room:bind")
    assert "No operations room yet" in said.text

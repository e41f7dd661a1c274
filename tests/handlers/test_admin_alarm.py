"""What a hospital changes of our defaults: whom a chain calls and when, the police phone, the police reminder."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database
from bot.i18n import use_locale
from bot.messages import Priority
from bot.sweeping import sweep_through
from handlers.admin_alarm import RULES, build_chain
from handlers.case_sweep import CASES
from handlers.chain_words import minutes_of, phrases, tell_apart
from handlers.police_sweep import POLICE_CALLS
from models.chain import Step, shipped_escalation, steps_of
from models.house_rule import POLICE, POLICE_AFTER, read_rule
from tests.handlers.casing import Casework
from tests.people import NOW, Cast, Person
from tests.said import Said
from tests.stage import Stage


class Settings:
    """An administrator at the screens."""

    def __init__(self, stage: Stage, cast: Cast) -> None:
        self.stage, self.admin = stage, cast.admin
        self.hospital_id = cast.hospital("QP01").id

    async def chain(self, rule: str, *acts: str) -> Said:
        """Change a chain: ``[label]`` presses, ``ticks=a,b`` leaves exactly these ticked, the rest is typed."""
        said = await self.stage.presses(self.admin, f"chain:{rule}")
        for act in acts:
            if act.startswith("["):
                said = await self.stage.presses(self.admin, said.button(act[1:-1]))
            elif act.startswith("ticks="):
                said = await self._tick(said, act.partition("=")[2].split(","))
            else:
                said = await self.stage.says(self.admin, act)
        return said

    async def _tick(self, said: Said, wanted: list[str]) -> Said:
        wanted = [label for label in wanted if label]
        for label in [each for each in said.buttons if each.startswith("✓ ")]:
            if label.removeprefix("✓ ") not in wanted:
                said = await self.stage.presses(self.admin, said.buttons[label])
        for label in wanted:
            if label in said.buttons:
                said = await self.stage.presses(self.admin, said.buttons[label])
        done = next(data for data in said.buttons.values() if data.endswith(":done"))
        return await self.stage.presses(self.admin, done)

    async def shown(self) -> list[str]:
        """The lines of the screen."""
        return (await self.stage.presses(self.admin, "chain:show")).text.splitlines()

    def own(self, key: str) -> Any:
        """What the hospital has settled for itself."""
        return self.stage.db.run_now(lambda conn: read_rule(conn, self.hospital_id, key))

    def steps(self, rule: str) -> tuple[Step, ...]:
        """The hospital's own steps."""
        return steps_of(self.own(f"chain:{rule}"))


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What does not depend on the engine is tried on SQLite only; the tables have tests of their own on both."""
    return sqlite_db


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        bad = text("SELECT * FROM inbox WHERE state = 'bad'")
        assert db.run_now(lambda conn: conn.execute(bad).all()) == []


@pytest.fixture
def settings(stage: Stage, cast: Cast) -> Settings:
    return Settings(stage, cast)


def cards(stage: Stage, minutes: float) -> set[int]:
    """Whom the schedule calls at that minute."""
    moment = NOW + timedelta(minutes=minutes)
    _counts, out = sweep_through(stage.db.run_now, CASES, now=moment)
    return {item.chat_id for item in out if item.method == "sendMessage"}


# -- in words --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "alarm",
            [
                "at once → those on duty",
                "1 minute → safety officer, department head",
                "3 minutes → administrator, hospital leader",
                "10 minutes → those on duty, safety officer, department head, administrator, "
                "hospital leader with the police phone",
                "then every 10 minutes, 5 times more",
            ],
        ),
        (
            "grave",
            [
                "at once → those on duty, safety officer, department head, administrator, "
                "hospital leader",
                "15 minutes → those on duty, safety officer, department head, administrator, "
                "hospital leader",
                "1 hour → those on duty, safety officer, department head, administrator, "
                "hospital leader with the police phone",
            ],
        ),
        (
            "severe",
            [
                "at once → those on duty, safety officer, department head, administrator",
                "15 minutes → those on duty, safety officer, department head, administrator",
                "1 hour → those on duty, safety officer, department head, administrator, "
                "hospital leader with the police phone",
            ],
        ),
        (
            "ordinary",
            [
                "at once → safety officer, department head, administrator",
                "24 hours → safety officer, department head, administrator, hospital leader",
            ],
        ),
    ],
)
def test_each_shipped_chain_in_words(rule: str, said: list[str]) -> None:
    steps = next(each.steps for each in shipped_escalation().rules if each.id == rule)
    assert phrases(steps) == said


def test_steps_that_only_look_like_a_repetition_are_kept_apart() -> None:
    first, last = Step(wait=0, notify=("officer",)), Step(wait=5, notify=("officer",), police=True)
    assert tell_apart((first, last)) == ((first, last), ())
    assert tell_apart((first,)) == ((first,), ())
    assert tell_apart((first, last, last)) == ((first, last), (last,))
    assert minutes_of((first, last, last)) == [0, 5, 10]


def test_every_rule_that_is_shipped_has_its_name() -> None:
    assert list(RULES) == [rule.id for rule in shipped_escalation().rules]
    with use_locale("zh_Hans"):
        assert "马上→在岗人员" in phrases(shipped_escalation().rules[0].steps)


# -- the screen and the form -----------------------------------------------------------------------


async def test_the_screen_shows_our_defaults_as_such(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    said = await stage.says(cast.admin, "/admin")
    said = await stage.presses(cast.admin, said.button("If nobody comes"))
    lines = said.text.splitlines()
    assert len(lines) <= 8
    assert lines[1].startswith(
        "Call for help (our default, can be changed): at once → those on duty; 1 minute → "
    )
    assert list(said.buttons.values()) == [
        f"chain:{rule}" for rule in ("alarm", "grave", "severe", "ordinary")
    ]


async def test_a_changed_chain_is_followed_by_new_cases_and_ends_where_it_is_put_back(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    said = await settings.chain("alarm")
    assert "1 minute → safety officer" in said.text
    said = await settings.chain("alarm", "[Change minutes]", "2 5")
    assert "2 minutes → safety officer, department head" in said.text
    said = await settings.chain(
        "alarm",
        "[Change minutes]",
        "2 5",
        "[Change step 2]",
        "ticks=administrator",
        "[Keep it so]",
    )
    assert said.text.startswith("✅ Kept for new cases.")
    steps = settings.steps("alarm")
    assert [step.wait for step in steps] == [0, 2, 3, 10, 10, 10, 10, 10]
    assert steps[1].notify == ("admin",)
    assert [step.police for step in steps[:3]] == [False, False, True]
    assert {step.notify for step in steps[2:]} == {("admin", "leader")}
    (line,) = [line for line in await settings.shown() if line.startswith("Call for help")]
    assert "(changed by QP01 admin, just now" in line or "(changed by QP01 admin, today" in line

    work = Casework(stage, cast)
    await stage.says(cast.guard, "/duty")
    await stage.presses(cast.guard, "duty:on")
    await work.alarm()
    assert cards(stage, 1.9) == set()
    assert cards(stage, 2) == {cast.admin.user_id}
    said = await stage.presses(cast.admin, "chain:default:alarm")
    assert said.text.startswith("✅ Our default holds again")
    assert settings.own("chain:alarm") is None
    assert cards(stage, 5) == {cast.admin.user_id}, "a case that runs keeps its chain"


async def test_a_new_step_asks_whom_it_calls(settings: Settings) -> None:
    said = await settings.chain("ordinary", "[Change minutes]", "30 60")
    assert said.text == "Whom to call: 1 hour?"
    said = await settings.chain(
        "ordinary",
        "[Change minutes]",
        "30 60",
        "ticks=hospital leader",
        "[Keep it so]",
    )
    steps = settings.steps("ordinary")
    assert [(step.wait, step.notify) for step in steps] == [
        (0, ("officer", "head", "admin")),
        (30, ("officer", "head", "admin", "leader")),
        (30, ("leader",)),
    ]
    assert not any(step.police for step in steps)


async def test_to_change_a_chain_again_loses_none_of_its_steps(settings: Settings) -> None:
    await settings.chain("alarm", "[Change minutes]", "2 5", "[Keep it so]")
    first = settings.steps("alarm")
    assert [step.wait for step in first] == [0, 2, 3, *[10] * 5]
    await settings.chain("alarm", "[Keep it so]")
    assert settings.steps("alarm") == first


async def test_what_is_our_default_is_not_kept_as_the_hospitals_own(settings: Settings) -> None:
    for rule in RULES:
        await settings.chain(rule, "[Keep it so]")
        assert settings.own(f"chain:{rule}") is None


@pytest.mark.parametrize("typed", ["3 1", "1 1", "0 1", "x", "1 2 3 4 5 6", "1.5", "10081", "-1"])
async def test_minutes_that_cannot_be_are_refused_and_nothing_is_lost(
    settings: Settings, typed: str
) -> None:
    said = await settings.chain("alarm", "[Change minutes]", typed)
    assert "1 3 10" in said.text
    said = await settings.stage.says(settings.admin, "2 4 6")
    assert "6 minutes → those on duty" in said.text


async def test_a_step_that_calls_nobody_is_refused(settings: Settings) -> None:
    said = await settings.chain("alarm", "[Change step 2]", "ticks=", "[Keep it so]")
    assert said.text.startswith("Every step must call somebody.")
    assert settings.own("chain:alarm") is None


async def test_whom_a_chain_calls_are_people_of_the_hospital(settings: Settings) -> None:
    said = await settings.chain("alarm", "[Change step 1]")
    labels = [label.removeprefix("✓ ") for label in said.buttons]
    assert labels[:7] == [
        "those on duty",
        "security guard",
        "duty doctor",
        "department head",
        "safety officer",
        "administrator",
        "hospital leader",
    ]
    assert not {"health commission", "auditor"} & set(labels)


@pytest.mark.parametrize(
    "data", ["chain:", "chain:other", "chain:alarm:1", "chain:default", "chain:default:x"]
)
async def test_forged_buttons_change_nothing(settings: Settings, data: str) -> None:
    said = await settings.stage.presses(settings.admin, data)
    assert "no longer in use" in said.toasts[0]


async def test_the_screen_says_where_nobody_is_now(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    shown = await settings.shown()
    assert len(shown) <= 8
    assert (
        "⚠️ Nobody there now: Call for help step 1 (those on duty). "
        "When such a step comes, the next is called at once."
    ) in shown
    await stage.presses(cast.guard, "duty:on")
    assert not [line for line in await settings.shown() if line.startswith("⚠️")]


async def test_a_step_without_anybody_is_said_as_it_is_kept(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    acts = ("[Change step 2]", "ticks=department head", "[Keep it so]")
    said = await settings.chain("alarm", *acts)
    lines = said.text.splitlines()
    assert lines[0] == "✅ Kept for new cases."
    assert lines[1:3] == [
        "⚠️ Step 1 has nobody now: those on duty. When it comes, the next step is called at once.",
        "⚠️ Step 2 has nobody now: department head. When it comes, the next step is called at once.",
    ]
    # It is kept all the same: there may be a head tomorrow. Until then the step is passed at once.
    assert settings.steps("alarm")[1].notify == ("head",)
    said = await stage.says(cast.doctor, "/sos")
    assert cast.admin.user_id in said.of(Priority.ALARM).readers


async def test_where_nobody_follows_either_that_is_said(settings: Settings) -> None:
    said = await settings.chain(
        "ordinary", "[Change step 2]", "ticks=hospital leader", "[Keep it so]"
    )
    assert (
        "⚠️ Step 2 has nobody now: hospital leader. Nor has any after it: please add somebody."
    ) in said.text.splitlines()


async def test_a_head_without_a_department_is_nobodys_head(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    head = Casework(stage, cast).colleague("head", 191)
    acts = ("[Change step 2]", "ticks=department head", "[Keep it so]")
    assert "department head. When" not in (await settings.chain("alarm", *acts)).text
    alone = text("UPDATE member SET department_id = NULL WHERE id = :id")
    stage.db.run_now(lambda conn: conn.execute(alone, {"id": head.id}))
    assert "step 2 (department head)" in (await stage.presses(cast.admin, "chain:show")).text


async def test_what_is_left_open_is_called_by_its_name_and_not_by_numbers(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    await settings.chain("alarm", "[Change minutes]")
    said = await stage.says(cast.admin, "/mine")
    assert "who is called if nobody answers (Call for help)" in said.text
    assert "1 / 3 / 10" not in said.text
    with use_locale("zh_Hans"):
        title = build_chain({"rule": "alarm"}).title(None)  # type: ignore[arg-type]
    assert title == "没人接叫谁（求助）"


async def test_another_hospitals_chain_is_its_own(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    await settings.chain("alarm", "[Change minutes]", "2 5", "[Keep it so]")
    said = await stage.presses(cast["QP02"]["admin"], "chain:show")
    assert "QP01" not in said.everything
    assert "(our default, can be changed): at once → those on duty; 1 minute" in said.text
    await stage.presses(cast["QP02"]["admin"], "chain:default:alarm")
    assert settings.own("chain:alarm") is not None


async def test_a_change_is_written_down_with_old_and_new(stage: Stage, settings: Settings) -> None:
    await settings.chain("severe", "[Change minutes]", "20 60", "[Keep it so]")
    await stage.presses(settings.admin, "chain:default:severe")
    await stage.presses(settings.admin, "chain:default:severe")
    query = text("SELECT subject, member_id, detail FROM audit WHERE action = 'chain.changed'")
    noted = stage.db.run_now(lambda conn: list(conn.execute(query)))
    assert [(row.subject, row.member_id) for row in noted] == [("severe", settings.admin.id)] * 2
    assert '"wait": 20' in str(noted[0].detail).replace("'", '"')
    assert '"wait": 15' in str(noted[0].detail).replace("'", '"')


# -- the police ------------------------------------------------------------------------------------


async def test_the_police_phone_is_shown_where_the_chain_says(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    said = await stage.says(cast.admin, "/admin")
    said = await stage.presses(cast.admin, said.button("Police phone"))
    assert "Which phone of the police station" in said.text
    said = await stage.says(cast.admin, "Yingpu 5971 0110")
    assert "Alarms show: Yingpu 5971 0110" in said.text
    assert "after 10 minutes (our default, can be changed)" in said.text
    said = await stage.presses(cast.admin, said.button("Keep it so"))
    assert said.text == "✅ Kept. Alarms show: Yingpu 5971 0110"
    assert (settings.own(POLICE), settings.own(POLICE_AFTER)) == ("Yingpu 5971 0110", None)
    await Casework(stage, cast).alarm()
    shown = {
        minutes: "Yingpu 5971 0110" in called(stage, minutes, cast.officer) for minutes in (3, 10)
    }
    assert shown == {3: False, 10: True}


def called(stage: Stage, minutes: float, person: Person) -> str:
    """What somebody reads of what the schedule does at that minute."""
    moment = NOW + timedelta(minutes=minutes)
    _counts, out = sweep_through(stage.db.run_now, CASES, now=moment)
    return Said(out).to(person.user_id).text


async def test_the_phone_is_removed_and_110_shown_instead(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    await stage.presses(cast.admin, "police_phone:set")
    said = await stage.says(cast.admin, "Yingpu 5971 0110")
    await stage.presses(cast.admin, said.button("Keep it so"))
    said = await stage.presses(cast.admin, "police_phone:set")
    assert "Alarms show: Yingpu" in said.text
    said = await stage.presses(cast.admin, said.button("Change phone"))
    said = await stage.presses(cast.admin, said.button("Skip"))
    said = await stage.presses(cast.admin, said.button("Keep it so"))
    assert said.text == "✅ Kept. Alarms show: 110"
    assert settings.own(POLICE) is None


async def test_a_missing_police_call_is_brought_up_when_the_hospital_wants(
    stage: Stage, settings: Settings, cast: Cast
) -> None:
    said = await stage.presses(cast.admin, "police_phone:set")
    said = await stage.presses(cast.admin, said.button("Skip"))
    said = await stage.presses(cast.admin, said.button("Change minutes"))
    said = await stage.says(cast.admin, "3")
    assert "after 3 minutes" in said.text
    assert "our default" not in said.text
    await stage.presses(cast.admin, said.button("Keep it so"))
    await Casework(stage, cast).report("Staff attacked")

    def brought_up(minutes: float) -> int:
        moment = NOW + timedelta(minutes=minutes)
        return sweep_through(stage.db.run_now, POLICE_CALLS, now=moment)[0]["police_reminded"]

    assert [brought_up(minutes) for minutes in (2.9, 3, 10)] == [0, 1, 0]
    said = await stage.presses(cast.admin, "police_phone:set")
    said = await stage.presses(cast.admin, said.button("Skip"))
    said = await stage.presses(cast.admin, said.button("Change minutes"))
    said = await stage.presses(cast.admin, said.button("Our default"))
    await stage.presses(cast.admin, said.button("Keep it so"))
    assert settings.own(POLICE_AFTER) is None

"""Times and numbers as tired people type them, in Chinese over real HTTP: read, or refused with an example."""

from json import loads
from pathlib import Path

from tests.acceptance.people import Person
from tests.acceptance.ward import Ward

REFUSED = "没看懂这个时间。请写成 21:40 这样，前面填的都还在。"


async def card_after(guard: Person, typed: str) -> str:
    """The report's card, or the question again, once another time was typed for it."""
    await guard.presses("改时间")
    return (await guard.says(typed)).text


async def test_times_and_numbers_are_typed_as_people_say_them(tmp_path: Path) -> None:
    async with Ward(tmp_path) as ward:
        admin = await ward.member("陈主任", "admin")
        guard = await ward.member("李强", "guard", "急诊科")
        officer = await ward.member("赵芳", "officer")

        # A report, on a Monday at 21:42.
        await guard.says("/report")
        await guard.presses("盗窃扒窃")
        await guard.says("手机被偷")
        assert "今天15:20" in await card_after(guard, "15；20")
        assert "3月13日（周五）20:00" in await card_after(guard, "上周五晚上8点")
        said = await card_after(guard, "前天下午")
        assert said.startswith("“前天下午”按3月14日（周六）15:00记，知道准确时间可以改。")
        assert (await card_after(guard, "在那边的时候")).startswith(REFUSED)
        assert "今天21:00" in (await guard.says("9点多")).text
        ward.clock.forward(hours=4)
        assert "昨天21:00" in await card_after(guard, "今晚9点")
        await guard.presses("提交")
        await guard.sees("已登记")

        # A register: the time that cannot be read is not kept as text.
        await officer.says("/tasks")
        await officer.presses("登记")
        await officer.presses("演练")
        await officer.says("上个星期五拉了演练")
        assert (await officer.says("那回吧啦")).text.startswith(REFUSED)
        said = (await officer.says("上个星期五")).text
        assert said.startswith("“上个星期五”按3月13日（周五）12:00记")
        assert (await officer.says("三十多个")).text.startswith("这里要写准确的数。")
        await officer.says("30人左右")
        await officer.presses("跳过")
        await officer.presses("提交")
        await officer.sees("已登记")
        [row] = ward.rows("SELECT data, occurred_at FROM entry")
        assert loads(str(row["data"])) == {"topic": "上个星期五拉了演练", "heads": 30}
        assert str(row["occurred_at"]).startswith("2026-03-13 04:00")

        # Numbers of the hospital.
        await admin.says("/admin")
        await admin.presses("床位门诊量")
        refused = (await admin.says("一千多张")).text
        assert refused.startswith(
            "这里要写准确的数。请写0到20000之间的数，例：800。前面填的都还在。"
        )
        await admin.says("1200张")
        said = (await admin.says("三千二")).text
        assert "1200" in said
        assert "3200" in said

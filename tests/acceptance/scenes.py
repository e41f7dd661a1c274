"""The story of one hospital, scene by scene: each is played in Chinese and in English and written down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.acceptance.people import Person
from tests.acceptance.ward import Ward, eventually

PHOTO = b"\xff\xd8\xff\xe0 a picture"


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who plays."""

    admin: Person
    officer: Person
    guard: Person
    doctor: Person


Scene = Callable[[Ward, Cast], Awaitable[None]]


async def joining(ward: Ward) -> Cast:
    """Four people join, each with a code."""
    ward.heading("Joining / 加入")
    admin = await ward.member("陈主任", "admin")
    officer = await ward.member("赵芳", "officer", "保卫科")
    guard = await ward.member("李强", "guard", "急诊科")
    doctor = await ward.member("王敏", "doctor", "急诊科")
    assert "第一医院" in guard.last.text
    return Cast(admin=admin, officer=officer, guard=guard, doctor=doctor)


async def shortest_report(ward: Ward, cast: Cast) -> None:
    """Three actions after /report."""
    ward.heading("The shortest report / 三步上报")
    await cast.guard.says("/report")
    await cast.guard.presses(ward.say("Insult, threat"))
    back, cancel = ward.say("Back"), ward.say("Cancel")
    assert cast.guard.buttons == [back, cancel]
    await cast.guard.says("急诊3诊室,家属扬言要打医生,人还在门口。电话13812345678")
    done = await cast.guard.presses(ward.say("✅ Submit"))
    assert ward.say("Filed as {number}.", number="QP01-2026-0001") in done.text
    for reader in (cast.officer, cast.admin):
        card = await reader.sees("QP01-2026-0001")
        assert "13812345678" not in card.text
    record = ward.rows("SELECT * FROM incident")[0]
    assert record["description"].endswith("电话13812345678")
    assert (record["category"], record["reporter_role"]) == ("insult", "guard")


async def careful_report(ward: Ward, cast: Cast) -> None:
    """More categories, a photo, back, every change on the card."""
    ward.heading("A report with every change on the card / 改遍核对卡")
    await cast.doctor.says("/report")
    await cast.doctor.presses(ward.say("More…"))
    await cast.doctor.presses(ward.say("Banners"))
    await cast.doctor.presses(ward.say("Back"))
    await cast.doctor.presses(ward.say("Medical dispute"))
    await cast.doctor.sends_photo(PHOTO, caption="家属拉着横幅,要求退费")
    await cast.doctor.sends_photo(PHOTO + b"2")
    await cast.doctor.says("现在有五六个人")
    await cast.doctor.presses(ward.say("Change {what}", what=ward.say("place")))
    await cast.doctor.says("门诊大厅" * 20)
    await cast.doctor.says("门诊大厅")
    await cast.doctor.presses(ward.say("Change {what}", what=ward.say("time")))
    await cast.doctor.says("明天")
    await cast.doctor.says("半小时前")
    await cast.doctor.presses(ward.say("Change {what}", what=ward.say("severity")))
    await cast.doctor.presses(ward.say("serious"))
    done = await cast.doctor.presses(ward.say("✅ Submit"))
    assert "QP01-2026-0002" in done.text
    await cast.officer.sees("QP01-2026-0002")
    await cast.officer.presses(ward.say("Full text"))
    await eventually(lambda: sum(m.kind == "photo" for m in cast.officer.shown) == 2)
    record = ward.rows("SELECT * FROM incident ORDER BY id DESC")[0]
    assert record["description"] == "家属拉着横幅,要求退费\n现在有五六个人"
    assert (record["place"], record["severity"]) == ("门诊大厅", "serious")
    await eventually(
        lambda: len(ward.rows("SELECT 1 FROM evidence WHERE state = 'kept' AND sha256 != ''")) == 2
    )


async def plain_message(ward: Ward, cast: Cast) -> None:
    """A sentence outside any form is offered as what it is likeliest to be."""
    ward.heading("A plain message / 直接发消息")
    offer = await cast.guard.says("大厅有人偷手机")
    assert offer.text == ward.say("File this? Press what fits best:") + "\n大厅有人偷手机"
    await cast.guard.presses(ward.say("Theft"))
    await cast.guard.presses(ward.say("✅ Submit"))
    await cast.guard.sees("QP01-2026-0003")
    offer = await cast.guard.says("三楼有点不对劲")
    assert offer.text == ward.say("File this?") + "\n三楼有点不对劲"
    cancelled = await cast.guard.presses(ward.say("Do not file"))
    assert ward.say("Discarded: {summary}", summary="三楼有点不对劲") in cancelled.text
    back = await cast.guard.presses(ward.say("Take it back"))
    assert ward.say("Everything is back.") in back.text
    await cast.guard.presses(ward.say("Yes, file it"))
    for _page in range(10):
        if ward.say("Something else") in cast.guard.buttons:
            break
        await cast.guard.presses(ward.say("More…"))
    await cast.guard.presses(ward.say("Something else"))
    await cast.guard.presses(ward.say("✅ Submit"))
    await cast.guard.sees("QP01-2026-0004")


async def additions(ward: Ward, cast: Cast) -> None:
    """Adding to one's own report; the full text for those on duty; one's own records."""
    ward.heading("Adding details, reading, my records / 补充、看全文、我的记录")
    await cast.guard.presses(ward.say("Add details"))
    await cast.guard.says("人已经走了,留下一个包")
    await cast.officer.sees(ward.say("📝 More on {number}", number="QP01-2026-0004"))
    full = await cast.officer.presses(ward.say("Full text"))
    assert "留下一个包" in full.text
    mine = await cast.guard.says("/mine")
    assert "QP01-2026-0001" in mine.text


async def threat(ward: Ward, cast: Cast) -> None:
    """A threat: sealed, read only by those who must act, told to the police, ended with a reason."""
    ward.heading("A threat / 报威胁")
    await cast.doctor.says("/threat")
    await cast.doctor.says("五病区")
    await cast.doctor.presses(ward.say("Keeps making demands"))
    await cast.doctor.presses(ward.say("Threatened violence to staff"))
    await cast.doctor.presses("2")
    await cast.doctor.says("说明天带刀来找我算账")
    await cast.doctor.presses(ward.say("Spoken of"))
    await cast.doctor.says("五十来岁的男家属,穿黑夹克")
    await cast.doctor.presses(ward.say("Yes, please"))
    await cast.doctor.presses(ward.say("Change an answer"))
    await cast.doctor.presses(ward.say("named or not"))
    await cast.doctor.presses(ward.say("Named"))
    done = await cast.doctor.presses(ward.say("✅ Submit"))
    assert "QP01-2026-0005" in done.text
    card = await cast.officer.sees("QP01-2026-0005")
    warning = await cast.guard.sees("QP01-2026-0005")
    assert not [word for word in ("算账", "黑夹克") if word in card.text + warning.text]
    await cast.officer.presses(ward.say("Arrange escort"))
    await cast.officer.presses(ward.say("A guard goes"))
    await cast.doctor.sees(ward.say("security guard"))
    read = await cast.officer.presses(ward.say("Read it"))
    assert "说明天带刀来找我算账" in read.text
    await cast.officer.presses(ward.say("Ready text"))
    await cast.officer.presses(ward.say("Police told"))
    await cast.doctor.sees(
        ward.say("Your report {number}: the police have been told.", number="QP01-2026-0005")
    )
    await cast.officer.presses(ward.say("Renew"))
    await cast.officer.says("人还在门诊走动,没有离开")
    await cast.officer.presses(ward.say("Read it"))
    await cast.officer.presses(ward.say("End it"))
    await cast.officer.says("派出所已训诫,本人写了保证书")
    await cast.doctor.sees(
        ward.say(
            "Your report {number}: watching has ended. If you still feel unsafe, please send /threat again.",
            number="QP01-2026-0005",
        )
    )
    stored = ward.rows("SELECT account_sealed FROM threat")[0]["account_sealed"]
    assert "算账".encode() not in stored
    assert ward.rows("SELECT 1 FROM audit WHERE action = 'threat.read'")


async def inviting(ward: Ward, cast: Cast) -> None:
    """The administrator invites, looks, sets numbers and removes."""
    ward.heading("The administrator / 管理")
    await cast.admin.says("/admin")
    await cast.admin.presses(ward.say("Invite"))
    await cast.admin.presses(ward.say("security guard"))
    await cast.admin.presses(ward.say("New department"))
    await cast.admin.says("门诊部")
    link = await cast.admin.sees("https://t.me/wardwatch_bot?start=")
    newcomer = ward.person("新同事")
    await newcomer.says("你好")
    await newcomer.says("/start WRONGCODE")
    await newcomer.says("/start " + link.text.rpartition("=")[2])
    assert "门诊部" in newcomer.last.text
    await cast.admin.says("/admin")
    await cast.admin.presses(ward.say("Members"))
    await cast.admin.says("/admin")
    await cast.admin.presses(ward.say("Beds, visits"))
    await cast.admin.says("很多")
    await cast.admin.says("800")
    await cast.admin.says("3000")
    await cast.admin.says("/admin")
    await cast.admin.presses(ward.say("Remove one"))
    await cast.admin.presses("新同事")
    await cast.admin.presses(ward.say("Remove"))
    refused = await newcomer.says("/report")
    assert "第一医院" not in refused.text


async def selfcheck(ward: Ward, cast: Cast) -> None:
    """The whole scorecard, with evidence, a pause, a step back, a refused number; then a second pair of eyes."""
    ward.heading("The self-check / 考核自查")
    first = await cast.officer.says("/selfcheck")
    assert "1/20" in first.text
    await cast.officer.sends_photo()
    await cast.officer.presses("党政主要领导" if ward.locale == "zh_Hans" else "leader")
    await cast.officer.presses(ward.say("Partly met"))
    await cast.officer.presses(ward.say("Pause"))
    resumed = await cast.officer.says("/selfcheck")
    assert "3/21" in resumed.text, "what is met without evidence is asked about at the end"
    back = await cast.officer.presses(ward.say("Back"))
    assert "2/20" in back.text
    await cast.officer.presses(ward.say("Keep as it was"))
    await _answer_the_rest(ward, cast)
    await cast.officer.presses(ward.say("✅ Submit"))
    done = ward.say("✅ Self-check submitted.")
    await eventually(lambda: any(done in each.text for each in cast.officer.shown))
    await cast.officer.presses(ward.say("Repair {line}", line="1.2.a"))
    await cast.officer.says("保卫科" if ward.locale == "zh_Hans" else "office")
    await cast.officer.presses(ward.say("✅ Submit"))
    await cast.officer.says("/score")
    await cast.officer.presses("4")
    await cast.officer.presses("4.2")
    await _review(ward, cast)


async def _answer_the_rest(ward: Ward, cast: Cast) -> None:
    answers = (ward.say("No such cases"), ward.say("Met"))
    for _step in range(40):
        if ward.say("✅ Submit") in cast.officer.buttons:
            return
        text = cast.officer.last.text
        if "3.1.3" in text:
            await cast.officer.says("一百二")
            await cast.officer.says("95")
        elif "5.2.1" in text:
            await cast.officer.says("92.5 94")
        elif ward.say("Skip") in cast.officer.buttons:
            await cast.officer.says(
                "文件在保卫科档案柜" if ward.locale == "zh_Hans" else "in the office"
            )
        else:
            wanted = [label for label in answers if label in cast.officer.buttons]
            await cast.officer.presses(wanted[0] if wanted else ward.say("Not known yet"))


async def _review(ward: Ward, cast: Cast) -> None:
    """The administrator accepts one section and returns another; the officer answers that again."""
    await cast.admin.says("/selfcheck")
    await cast.admin.presses("1")
    await cast.admin.presses(ward.say("Accept"))
    await cast.admin.presses("5")
    await cast.admin.presses(ward.say("Return"))
    told = len(cast.officer.shown)
    await cast.admin.says(
        "满意度请附调查表" if ward.locale == "zh_Hans" else "please add the survey"
    )
    await eventually(lambda: len(cast.officer.shown) > told)
    await cast.officer.presses(ward.say("Look at it"))
    await cast.officer.presses(ward.say("Answer"))
    await cast.officer.sends_photo()
    await cast.officer.presses(ward.say("Met"))
    await cast.officer.says("92.5 94")
    await cast.officer.presses(ward.say("✅ Submit"))


async def deadlines(ward: Ward, cast: Cast) -> None:
    """Half a year: reminded, overdue, filed late, missed, and what it costs."""
    ward.heading("The half-year summaries / 上半年总结")
    for month, day in ((6, 26), (7, 3), (7, 9)):
        ward.clock.moment = datetime(2026, month, day, 1, 30, tzinfo=UTC)
        told = len(cast.officer.shown)
        await ward.sweep()
        still = "平安医院创建工作总结" if ward.locale == "zh_Hans" else "Safe Hospital summary"
        await eventually(
            lambda told=told, still=still: any(still in m.text for m in cast.officer.shown[told:])
        )
        again = await ward.sweep()
        assert not any(again.values()), again
    await cast.officer.says("/file")
    await cast.officer.presses("扫黑除恶" if ward.locale == "zh_Hans" else "anti-crime")
    await cast.officer.says("2026-031")
    await cast.officer.sends_document(b"%PDF", file_name="总结.pdf")
    await cast.officer.presses(ward.say("Now"))
    filed = await cast.officer.presses(ward.say("✅ Submit"))
    assert ward.say("On time. Reminders for it have stopped for everybody.") in filed.text
    ward.clock.moment = datetime(2026, 7, 13, 1, 30, tzinfo=UTC)
    await ward.sweep()
    await cast.admin.sees("📌")
    ward.clock.moment = datetime(2026, 7, 20, 1, 30, tzinfo=UTC)
    await ward.sweep()
    name = "2026年上半年平安医院创建工作总结"
    if ward.locale == "en":
        name = "2026 First-half Safe Hospital summary"
    await cast.officer.sees(ward.say("📌 Counted as missed: {paper}", paper=name))
    await cast.admin.sees(ward.say("Newly missed: {papers}", papers=name))
    score = await cast.admin.says("/score")
    assert name in score.text


async def filing_afterwards(ward: Ward, cast: Cast) -> None:
    """A filing entered later under its own date; a report that need not be filed; the digest."""
    ward.heading("Entered later, not reportable, the digest / 补录、不用上报、简报")
    await cast.officer.says("/file")
    await cast.officer.presses("平安医院" if ward.locale == "zh_Hans" else "Safe Hospital")
    await cast.officer.says("补-7")
    await cast.officer.presses(ward.say("Skip"))
    await cast.officer.says("7月9日 16:30")
    filed = await cast.officer.presses(ward.say("✅ Submit"))
    assert ward.say(" (entered later)").strip() in filed.text
    await cast.guard.says("有人骂护士")
    await cast.guard.presses(ward.say("Insult, threat"))
    await cast.guard.presses(ward.say("✅ Submit"))
    await cast.officer.presses(ward.say("Not reportable"))
    await cast.officer.says("双方当场和解,未构成案件")
    ward.clock.moment = datetime(2026, 7, 21, 1, 0, tzinfo=UTC)
    await ward.sweep()
    await eventually(lambda: ward.say("Insult, threat") + " 1" in cast.admin.last.text)


async def house_keeping(ward: Ward, cast: Cast) -> None:
    """Help, privacy, language, wrong turns, an old draft that closes."""
    ward.heading("Help, language, wrong turns / 帮助、语言、走错了")
    await cast.guard.says("/help")
    await cast.guard.says("/privacy")
    await cast.guard.says("/cancel")
    await cast.guard.says("/nothing")
    await cast.guard.says("/score")
    await cast.guard.says("/report")
    await cast.guard.presses(ward.say("Theft"))
    await cast.guard.says("/threat")
    mine = await cast.guard.says("/mine")
    assert ward.say("incident report") in mine.text
    ward.api.send_sticker(cast.guard.user_id)
    await cast.guard.sees(ward.say("Please type this in a few words."))
    ward.clock.forward(days=31)
    await ward.sweep()
    await eventually(lambda: "30" in cast.guard.last.text)
    await cast.guard.says("/language")
    await cast.guard.presses("English" if ward.locale == "zh_Hans" else "中文")


async def confidential(ward: Ward, cast: Cast) -> None:
    """A report by name of nobody; the administrator opens it with a reason, and the reporter hears."""
    ward.heading("A confidential report / 保密上报")
    await cast.doctor.says("/report")
    await cast.doctor.presses(ward.say("More…"))
    await cast.doctor.presses(ward.say("Bribery, kickbacks"))
    await cast.doctor.says("有人在科里收红包")
    await cast.doctor.presses(ward.say("Change {what}", what=ward.say("name shown")))
    await cast.doctor.presses(ward.say("Confidential"))
    await cast.doctor.presses(ward.say("✅ Submit"))
    card = await cast.officer.sees("有人在科里收红包")
    assert cast.doctor.name not in card.text
    await cast.admin.sees("有人在科里收红包")
    await cast.admin.presses(ward.say("Case"))
    await cast.admin.presses(ward.say("More…"))
    await cast.admin.presses(ward.say("Open identity"))
    await cast.admin.says("纪检要求核实情况")
    assert cast.doctor.name in cast.admin.last.text


async def hazard(ward: Ward, cast: Cast) -> None:
    """From the guard's photo to the re-check by somebody else."""
    ward.heading("A hazard, put right and re-checked / 隐患整改")
    await cast.guard.says("/tasks")
    await cast.guard.presses(ward.say("New entry"))
    await cast.guard.presses(ward.say("Hazard"))
    await cast.guard.sends_photo(PHOTO, caption="配电房门锁坏了")
    await cast.guard.says("地下一层配电房")
    await cast.guard.presses(ward.say("✅ Submit"))
    await cast.officer.sees("H2026-0002")
    await cast.officer.says("/tasks")
    await cast.officer.presses(ward.say("Open it"))
    await cast.officer.presses(ward.say("It is put right"))
    await cast.officer.sends_photo(PHOTO + b"3", caption="已换锁")
    await _submit(ward, cast.officer)
    await cast.guard.sees("H2026-0002")
    await cast.guard.says("/tasks")


async def duty(ward: Ward, cast: Cast) -> None:
    """On duty, an alarm that is a false one, off duty."""
    ward.heading("On duty, a false alarm / 值班、误报")
    await cast.guard.says("/duty")
    await cast.guard.presses(ward.say("Sign on"))
    await cast.guard.presses(ward.say("Name my post"))
    await cast.guard.says("门诊大厅")
    await cast.doctor.says("/sos")
    await cast.guard.presses(ward.say("I'm coming"))
    await cast.doctor.presses(ward.say("False alarm"))
    await cast.guard.sees(ward.say("False alarm, all clear. Nobody needs to come."))
    await cast.guard.says("/duty")
    await cast.guard.presses(ward.say("Sign off"))


async def settings(ward: Ward, cast: Cast) -> None:
    """Who is called when, whom to phone, the operations room."""
    ward.heading("Who is called, the operations room / 报警升级、作战室")
    for label in ("If nobody comes", "Operations room"):
        await cast.admin.says("/admin")
        await cast.admin.presses(ward.say(label))
    group = ward.group("平安作战室", [cast.admin, cast.officer])
    await cast.admin.says_in(group, "/start@wardwatch_bot room")
    await cast.doctor.says("/sos")
    await cast.officer.presses(ward.say("Under control"))
    await eventually(lambda: ward.say("under control") in group.last.text)


async def _submit(ward: Ward, person: Person) -> None:
    if ward.say("✅ Submit") in person.buttons:
        await person.presses(ward.say("✅ Submit"))


SCENES: tuple[Scene, ...] = (
    shortest_report,
    careful_report,
    plain_message,
    additions,
    threat,
    inviting,
    selfcheck,
    deadlines,
    filing_afterwards,
    confidential,
    hazard,
    duty,
    settings,
    house_keeping,
)

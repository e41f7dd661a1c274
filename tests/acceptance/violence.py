"""A violent incident from the first alarm to the closed case, played in either language and written down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.acceptance.people import Person
from tests.acceptance.ward import Ward, eventually

NUMBER = "QP01-2026-0001"
PHOTO = b"\xff\xd8\xff\xe0 a picture of the treatment room"


@dataclass(frozen=True, kw_only=True)
class Night:
    """Who is there that night."""

    admin: Person
    officer: Person
    guard: Person
    second: Person
    doctor: Person


async def arriving(ward: Ward) -> Night:
    """Five people join; two guards sign on."""
    people = Night(
        admin=await ward.member("陈主任", "admin"),
        officer=await ward.member("赵芳", "officer", "保卫科"),
        guard=await ward.member("李强", "guard", "保卫科"),
        second=await ward.member("张伟", "guard", "保卫科"),
        doctor=await ward.member("王敏", "doctor", "急诊科"),
    )
    ward.transcript.entries.clear()
    ward.heading("On duty / 上岗")
    for guard, post in ((people.guard, "急诊门口"), (people.second, "住院部")):
        await guard.says("/duty")
        await guard.presses(ward.say("Sign on"))
        await guard.presses(ward.say("Name my post"))
        await guard.says(post)
    return people


async def alarm(ward: Ward, night: Night) -> None:
    """One press; two guards come, and everybody's card says so."""
    ward.heading("The alarm / 求助")
    ward.clock.forward(hours=3)
    own = await night.doctor.says(ward.say("🆘 Call for help"))
    assert NUMBER in own.text.splitlines()[0]
    await night.guard.sees(NUMBER)
    await night.second.sees(NUMBER)
    await ward.sweep()
    reached = ward.say("🆘 Reached: {who}. {number}", who="", number="").split("{")[0][:4]
    await eventually(lambda: reached in night.doctor.last.text)
    await night.doctor.says("急诊3诊室,家属拿凳子砸护士")
    await night.guard.presses(ward.say("I'm coming"))
    await night.second.presses(ward.say("I'm coming"))
    ward.clock.forward(minutes=2)
    await night.guard.presses(ward.say("I'm there"))
    await night.guard.presses(ward.say("☎️ 110 called"))
    await night.doctor.sends_photo(PHOTO, caption="砸坏的诊室")
    ward.clock.forward(minutes=4)
    await night.second.presses(ward.say("I'm there"))
    await night.guard.presses(ward.say("Under control"))
    await eventually(lambda: ward.say("under control") in night.doctor.last.text)


async def taking_stock(ward: Ward, night: Night) -> None:
    """What it was, who is hurt, what the police said."""
    ward.heading("What it was, who is hurt / 定性、伤情、警情")
    ward.clock.forward(minutes=20)
    await night.officer.presses(ward.say("Case"))
    await night.officer.presses(ward.say("Say what it was"))
    await night.officer.presses(ward.say("Staff attacked"))
    await night.officer.presses(ward.say("Skip"))
    done = await night.officer.presses(ward.say("✅ Submit"))
    assert NUMBER in done.text
    await _open(ward, night.officer)
    await _press(ward, night.officer, ward.say("Injured people"))
    await night.officer.presses(ward.say("Staff"))
    await night.officer.presses(ward.say("Moderate"))
    await _open(ward, night.officer)
    await _press(ward, night.officer, ward.say("Scene protected"))
    await night.officer.presses(ward.say("✅ Note it"))
    await _open(ward, night.officer)
    await _press(ward, night.officer, ward.say("Police number"))
    await night.officer.says("接警2026-0316-118")
    await night.officer.says("盈浦派出所 012345")


async def filing(ward: Ward, night: Night) -> None:
    """The first report to the district within 24 hours closes the deadline."""
    ward.heading("Filed within 24 hours / 24小时内报送")
    ward.clock.forward(hours=8)
    await _open(ward, night.officer)
    await _press(ward, night.officer, ward.say("File it"))
    await night.officer.says("青卫2026-077")
    await night.officer.presses(ward.say("Skip"))
    filed = await night.officer.presses(ward.say("✅ Submit"))
    assert ward.say("On time. Reminders for it have stopped for everybody.") in filed.text


async def handing_over(ward: Ward, night: Night) -> None:
    """The evidence goes to the police with its list."""
    ward.heading("Handed over to the police / 线索移交")
    await eventually(lambda: len(ward.rows("SELECT 1 FROM evidence WHERE state = 'kept'")) == 1)
    ward.clock.forward(hours=2)
    await _open(ward, night.officer)
    await _press(ward, night.officer, ward.say("Hand to police"))
    await night.officer.says("盈浦派出所")
    await night.officer.says("周警官")
    await night.officer.says("移2026-12")
    await night.officer.presses(ward.say("Skip"))
    await night.officer.presses(ward.say("✅ Submit"))
    listed = await night.officer.sees("SHA-256")
    assert "周警官" in listed.text


async def closing(ward: Ward, night: Night) -> None:
    """Findings, the final report, the end; the doctor hears of it."""
    ward.heading("Findings, final report, closed / 查明、结报、结案")
    ward.clock.forward(days=2)
    await ward.sweep()
    await night.officer.sees(ward.say("📌 {n} case waits for its next step:", n=1))
    await _open(ward, night.officer)
    await _press(ward, night.officer, ward.say("Write findings"))
    await night.officer.says("家属因候诊时间长动手,护士左臂软组织挫伤,公安已行政拘留")
    await night.officer.presses(ward.say("✅ Submit"))
    await _open(ward, night.officer)
    await _press(ward, night.officer, ward.say("Close it"))
    await night.officer.presses(ward.say("Handed over to police"))
    await night.officer.says("加派急诊夜间保安一名")
    await night.doctor.sees(
        ward.say(
            "✅ {number} is closed ({who}). Thank you for reporting.",
            number=NUMBER,
            who=ward.say("safety officer"),
        )
    )
    await night.officer.presses(ward.say("Final report"))
    await night.officer.says("青卫2026-081")
    await night.officer.presses(ward.say("Now"))
    await night.officer.presses(ward.say("✅ Submit"))


async def looking_back(ward: Ward, night: Night) -> None:
    """The whole log, and how the one who called for help sees it."""
    ward.heading("The whole log / 全部经过")
    await _open(ward, night.officer)
    await _press(ward, night.officer, ward.say("Whole log"))
    mine = await night.doctor.says("/mine")
    assert NUMBER in mine.text
    states = ward.rows("SELECT state, category, severity FROM case_file")
    assert states == [{"state": "closed", "category": "violence_staff", "severity": "serious"}]
    paper = ward.rows("SELECT state FROM obligation WHERE subject = 'QP01-2026-0001'")
    assert paper == [{"state": "on_time"}]


async def _open(ward: Ward, person: Person) -> None:
    await person.presses(ward.say("Case"))


async def _press(ward: Ward, person: Person, label: str) -> None:
    """Press a button of the case's screen, behind "more" if it is there."""
    if not any(label in text for text in person.buttons):
        await person.presses(ward.say("More…"))
    await person.presses(label)


SCENES: tuple[Callable[[Ward, Night], Awaitable[None]], ...] = (
    alarm,
    taking_stock,
    filing,
    handing_over,
    closing,
    looking_back,
)

"""A hospital QP01 in which something of everything has happened: what others must never see."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.db import Database
from models.duty import begin_duty, offer_duty
from models.house_rule import POLICE, set_rule
from models.room import bind_room
from tests.handlers.casing import Casework
from tests.handlers.registering import Registers
from tests.people import NOW, Cast
from tests.stage import Stage

SECRETS = (
    "somebody broke the glass door",
    "he keeps a knife",
    "behind the boiler room",
    "a tall man in black",
    "a draft not filed yet",
    "the rail is loose",
    "west pump room",
    "QP01-H2026-",
    "QP01-2026-",
    "Captain Zhao",
    "Sergeant Qian",
    "gate nine",
    "which way did he run",
    "the red room",
    "R-2026-1",
    "QP01 guard",
    "QP01 officer",
    "QP01 hospital",
)
"""What stands in QP01's records; none of it is said in QP02."""
ALARM_VERBS = ["coming", "here", "calm", "police", "false", "again"]
"""What the buttons below an alarm do."""
CORRECTED = ("", "category:", "place:", "time:", "severity:", "account:")
"""What the reporter can put right: first which of it."""
CASE_VERBS = {
    "stamp": ("police", "arrived", "controlled", "scene", "details"),
    "harm": ("list", "add"),
    "amend": ("category", "severity", "place", "time", "major", "extreme"),
    "move": ("investigate", "close", "reopen", "merge", "false"),
    "upward": ("progress", "final"),
    "handover": ("new", "show"),
    "flag": ("grave_impact", "media_hype", "supervised"),
}
"""What the buttons of a case's screen do."""
THREAT_VERBS = [
    "text",
    "police",
    "commission",
    "escort",
    "escort_guard",
    "escort_me",
    "renew",
    "level",
    "end",
]
"""What the buttons below a threat do."""
ENTRY_VERBS = ("rectify", "pass", "fail", "assign", "note", "incident", "correct")
"""What the buttons below an entry do."""
_OF_INCIDENT = "incident_id IN (SELECT id FROM incident WHERE hospital_id = :hospital)"
TABLES = {
    "incident": "hospital_id = :hospital",
    "case_file": "hospital_id = :hospital",
    "case_step": _OF_INCIDENT,
    "response": _OF_INCIDENT,
    "injury": _OF_INCIDENT,
    "handover": _OF_INCIDENT,
    "inquiry": _OF_INCIDENT,
    "card": _OF_INCIDENT,
    "threat": "hospital_id = :hospital",
    "threat_step": "threat_id IN (SELECT id FROM threat WHERE hospital_id = :hospital)",
    "entry": "hospital_id = :hospital",
    "entry_step": "entry_id IN (SELECT id FROM entry WHERE hospital_id = :hospital)",
    "patrol_point": "hospital_id = :hospital",
    "obligation": "hospital_id = :hospital",
    "evidence": "hospital_id = :hospital",
    "self_check": "hospital_id = :hospital",
    "member": "hospital_id = :hospital",
    "duty": "hospital_id = :hospital",
    "room": "hospital_id = :hospital",
    "house_rule": "hospital_id = :hospital",
    "draft": "member_id IN (SELECT id FROM member WHERE hospital_id = :hospital)",
    "filing": "member_id IN (SELECT id FROM member WHERE hospital_id = :hospital)",
    "addition": "member_id IN (SELECT id FROM member WHERE hospital_id = :hospital)",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """What there is to point a button at."""

    incident: str
    alarm: str
    threat: str
    paper: int
    draft: int
    entry: str
    point: int
    injury: int
    handover: int
    inquiry: int

    def arguments(self, kind: str) -> list[str]:
        """What a button of this kind carries in QP01."""
        return {
            "mine": ["0"],
            "duty": ["on", "post", "at:1", "hand", "hand:1", "to:1", "take:1", "off", "stay:1"],
            "act": [f"{verb}:{self.alarm}" for verb in ALARM_VERBS],
            **self._case_arguments(),
            "cry": ["help:1", "calm:1", "help:9", "odd:1"],
            "draft": [str(self.draft)],
            "add": [self.incident],
            "correct": ["", *(f"{field}{self.incident}" for field in CORRECTED)],
            "ask": [self.incident, self.alarm],
            "answer": [str(self.inquiry)],
            "show": [self.incident],
            "threat": [self.threat],
            "escort": [self.threat],
            "threat_step": [f"{verb}:{self.threat}" for verb in THREAT_VERBS],
            "file": ["0", str(self.paper)],
            **{k: [str(self.paper)] for k in ("filed", "pass", "waive", "owed", "waiver")},
            "waived": ["1", "1:yes", "1:no"],
            "filings": ["", "p0", str(self.paper), f"{self.paper}:amend"],
            "papers": ["p0", "O5", "O5:off", "O5:on", "O5:due", "O5:reset", "late", "late:cures"],
            "district": list(_of_district(self.paper)),
            "review": ["1:accept", "1:return", "1:"],
            "calendar": [""],
            "backlog": [""],
            "quiet": [""],
            "zero": ["report"],
            "score": ["2026", "2026:1", "2026:4", "2026:4.5", "2026:miss", "2026:before"],
            "ruling": ["2026", "2026:A1", "2026:A1:make", "2026:qc_full_score"],
            "sheet": ["2026", "2026:xlsx", "2026:docx", "2999"],
            "admin": ["list", "invite", "facts", "remove"],
            "chain": ["show", "alarm", "grave", "severe", "ordinary", "default:alarm"],
            "police_phone": ["set"],
            "room": ["show", "free", "bind", "free_now"],
            "rubric": ["", "2026", "2026:000000000000"],
            "check": [
                "",
                *("4", "4:accept", "4:return", "4:reopen", "4:assign", "4:files", "4:answer"),
                "compare",
            ],
            "repair": ["1:4.1.1"],
            "tasks": ["0", "1"],
            "enter": ["", "hazard", "complaint", "point"],
            "entry": [self.entry, *(f"{self.entry}:{verb}" for verb in ENTRY_VERBS)],
            "register": ["", "hazard", "patrol"],
            "point": [f"{self.point}{verb}" for verb in ("", ":renew", ":renew_now", ":close_now")],
            "lang": ["en"],
        }[kind]

    def _case_arguments(self) -> dict[str, list[str]]:
        both = (self.incident, self.alarm)
        found = {
            kind: [f"{verb}:{number}" for verb in verbs for number in both]
            for kind, verbs in CASE_VERBS.items()
        }
        found["harm"] += [f"drop:{self.injury}", f"gone:{self.injury}"]
        found["handover"] += [f"list:{self.handover}", f"files:{self.handover}"]
        pages = ("", ":log", ":log:0", ":more", ":back", ":take")
        found["case"] = [f"{number}{page}" for number in both for page in pages]
        found["identity"] = [*both, self.threat]
        return found

    def draft_buttons(self) -> Iterator[str]:
        """Every button that the open draft could have."""
        for key in ("category", "what", "place", "time", "severity", "card"):
            for option in (
                "theft",
                "back",
                "skip",
                "keep",
                "cancel",
                "submit",
                "edit=what",
                "restore",
            ):
                yield f"f:{self.draft}:{key}:{option}"

    def every_button(self) -> Iterator[str]:
        """Every button that points at something of QP01."""
        for kind in (
            "act",
            "case",
            *CASE_VERBS,
            "identity",
            "draft",
            "add",
            "correct",
            "ask",
            "answer",
            "show",
            "threat",
            "escort",
            "threat_step",
            *("filed", "pass", "waive", "owed", "waiver", "waived", "filings", "papers"),
            "entry",
            "point",
            "duty",
            "chain",
            "police_phone",
            "room",
            "rubric",
            "district",
            "review",
        ):
            yield from (f"{kind}:{argument}" for argument in self.arguments(kind))
        yield f"file:{self.paper}"
        yield from self.draft_buttons()


def _of_district(paper: int) -> Iterator[str]:
    """What the commission's screens point at; QP01 is the first hospital."""
    yield from ("o", "o:0", "o:1", "h:1", "h:1:0", "f:1", "f:1:1", "urge", "urge:1")
    yield from (f"{verb}:{paper}" for verb in ("p", "files", "find"))
    yield from ("t:2026:0", "t:2026:xlsx", "t:2025:0", "t:1999:0")
    yield from ("learnt", "learnt:1", "bulletin", "average")


async def furnish(stage: Stage, cast: Cast) -> World:
    """A report that must be filed, a threat, and the guard's next report left on its card."""
    guard = cast.guard
    said = await stage.says(guard, "/report")
    said = await stage.presses(guard, said.button("Staff attacked"))
    said = await stage.says(guard, "somebody broke the glass door")
    said = await stage.presses(guard, said.button("Submit"))
    incident = said.button("Add details").partition(":")[2]
    threat = await _threaten(stage, cast)
    said = await stage.says(guard, "/report")
    said = await stage.presses(guard, said.button("Theft"))
    said = await stage.says(guard, "a draft not filed yet")
    draft = int(said.button("Submit").split(":")[1])
    query = text("SELECT id FROM obligation")
    paper = stage.db.run_now(lambda conn: conn.execute(query).scalar_one())
    entry = await Registers(stage, cast).hazard(cast.doctor)
    said = await stage.presses(cast.officer, "point:new")
    said = await stage.says(cast.officer, "west pump room")
    await stage.presses(cast.officer, said.button("None"))
    query = text("SELECT id FROM patrol_point")
    point = stage.db.run_now(lambda conn: conn.execute(query).scalar_one())
    said = await stage.says(cast.doctor, "/sos")
    alarm = said.to(cast.officer.user_id).button("I'm coming").rpartition(":")[2]
    case = Casework(stage, cast)
    await case.answer(f"harm:add:{incident}", "[Staff]", "[Mild]")
    await case.press(f"case:{incident}:take")
    await case.hand_over(incident)
    await case.answer(f"ask:{incident}", "which way did he run")
    stage.db.run_now(lambda conn: _settle(conn, cast))
    return World(
        incident=incident,
        alarm=alarm,
        threat=threat,
        paper=paper,
        draft=draft,
        entry=entry,
        point=point,
        injury=1,
        handover=1,
        inquiry=1,
    )


def _settle(conn: Connection, cast: Cast) -> None:
    """The doctor wants to hand the shift over to the guard; a room is bound and a phone known."""
    hospital_id, doctor = cast.hospital("QP01").id, cast.doctor
    begin_duty(conn, hospital_id=hospital_id, member_id=doctor.id, post="gate nine", now=NOW)
    offer_duty(conn, 1, to=cast.guard.id, now=NOW)
    set_rule(conn, hospital_id, POLICE, "Sergeant Qian", by=cast.admin.id, now=NOW)
    bind_room(
        conn,
        hospital_id=hospital_id,
        chat_id=-1001,
        title="the red room",
        topics=False,
        locale="en",
        bound_by=cast.admin.id,
        bound_at=NOW,
    )


async def _threaten(stage: Stage, cast: Cast) -> str:
    doctor = cast.doctor
    await stage.says(doctor, "/threat")
    said = await stage.says(doctor, "behind the boiler room")
    said = await stage.presses(doctor, said.button("Threatened violence"))
    await stage.presses(doctor, said.button("Done"))
    said = await stage.says(doctor, "he keeps a knife")
    await stage.presses(doctor, said.button("Spoken of"))
    said = await stage.says(doctor, "a tall man in black")
    said = await stage.presses(doctor, said.button("Yes"))
    said = await stage.presses(doctor, said.button("Submit"))
    return said.to(cast.officer.user_id).button("Read it").partition(":")[2]


def snapshot(db: Database, code: str) -> dict[str, list[Any]]:
    """Every row that belongs to a hospital."""

    def read(conn: Connection) -> dict[str, list[Any]]:
        found = text("SELECT id FROM hospital WHERE code = :code")
        hospital = {"hospital": conn.execute(found, {"code": code}).scalar_one()}
        return {
            table: list(
                conn.execute(text(f"SELECT * FROM {table} WHERE {own} ORDER BY 1, 2"), hospital)
            )
            for table, own in TABLES.items()
        }

    return db.run_now(read)

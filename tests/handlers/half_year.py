"""A half-year of papers at one hospital: every day the sweep, and an officer who files all but what is left to slip."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, update

from bot.i18n import use_locale
from handlers import words
from handlers.filing.starting import sort_of
from handlers.papers import to_file
from models.obligation import OBLIGATION
from models.outbox import OUTBOX
from models.people import HOSPITAL, MEMBER, ensure_department
from tests.handlers.registering import Registers, Says
from tests.handlers.sweeping import SHANGHAI, sweep
from tests.people import Cast, Person, enlist, owe
from tests.said import Said
from tests.stage import Stage

BEGINS, ENDS = date(2026, 6, 22), date(2027, 1, 22)
LATE = ("O4H", "anti_crime")
FORGOTTEN = (("O4H", "safe_hospital"), ("O4Y", "anti_crime"))
FILED_LATE_ON = date(2026, 7, 14)
NAMES = {"officer": "赵芳 · 安全员", "admin": "陈主任 · 管理员", "head": "周主任 · 急诊科主任"}


@dataclass
class HalfYear:
    """What each person got and did, in order."""

    stage: Stage
    cast: Cast
    told: list[tuple[datetime, str, str, str]] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    last_id: int = 0

    async def play(self) -> None:
        """Day by day from the end of June to January."""
        self._settle()
        day = BEGINS
        while day <= ENDS:
            for clock in (time(0, 5), time(8), time(9)):
                if day == BEGINS and clock < time(9):
                    continue
                now = datetime.combine(day, clock, SHANGHAI)
                self.stage.at(now)
                sweep(self.stage.db, now)
                self._collect(now)
            await self._work(datetime.combine(day, time(9, 30), SHANGHAI))
            day += timedelta(days=1)

    def _settle(self) -> None:
        hospital = self.cast.hospital("QP01")

        def unit(conn: Any) -> Person:
            owe(conn, hospital)
            ensure_department(conn, hospital.id, "ER")
            begun = datetime.combine(BEGINS, time(8), SHANGHAI)
            conn.execute(update(HOSPITAL).values(created_at=begun))
            head = enlist(conn, hospital, "head", user_id=170)
            conn.execute(update(MEMBER).values(locale="zh_Hans", locale_chosen=True))
            for role, name in NAMES.items():
                mine = (MEMBER.c.hospital_id == hospital.id, MEMBER.c.role == role)
                shown = name.partition(" ")[0]
                conn.execute(update(MEMBER).where(*mine).values(display_name=shown))
            return head

        head = self.stage.db.run_now(unit)
        self.people = {"officer": self.cast.officer, "admin": self.cast.admin, "head": head}

    def _collect(self, now: datetime) -> None:
        """What the sweep has owed to the three since."""
        query = select(OUTBOX).where(OUTBOX.c.id > self.last_id).order_by(OUTBOX.c.id)
        rows = self.stage.db.run_now(lambda conn: list(conn.execute(query)))
        chats = {person.user_id: role for role, person in self.people.items()}
        for row in rows:
            self.last_id = row.id
            if row.chat_id in chats and row.payload and "text" in row.payload:
                buttons = " ".join(f"[{label}]" for label in Said([row]).buttons)
                self.told.append((now, chats[row.chat_id], row.payload["text"], buttons))

    async def _work(self, now: datetime) -> None:
        """The officer files on the first day; the head what is the head's; what is forgotten stays."""
        self.stage.at(now)
        hospital = self.cast.hospital("QP01")
        papers = self.stage.db.run_now(lambda conn: to_file(conn, hospital, now))
        for paper in papers:
            key = (paper.code, paper.subject)
            if paper.state not in ("open", "overdue") or key in FORGOTTEN:
                continue
            if paper.period_end.year == 2026 and key == LATE and now.date() != FILED_LATE_ON:
                continue
            if paper.id:
                await self._file(now, paper)
        newest = select(func.max(OUTBOX.c.id))
        self.last_id = self.stage.db.run_now(lambda conn: conn.execute(newest).scalar()) or 0

    async def _file(self, now: datetime, paper: Any) -> None:
        role = "head" if paper.code == "O7" else "officer"
        person, sort = self.people[role], sort_of(paper.code)
        if sort == "records":
            said = await self._enter(person, paper.code)
        else:
            said = await self._fill(person, paper, sort)
        assert "✅" in said.text, said.text
        with use_locale("zh_Hans"):
            name = words.paper(paper.code, paper.subject, paper.period_end)
        verb = "登记一次,完成" if sort == "records" else "报送"
        self.told.append((now, role, f"→ {verb}:{name}", ""))

    async def _enter(self, person: Person, code: str) -> Said:
        books = Registers(self.stage, self.cast)
        if code == "O13":
            said = await books.stage.presses(person, "enter:drill")
            acts: tuple[Any, ...] = (Says("消防疏散"), "现在", Says("25"), "跳过", "提交")
        else:
            said = await books.stage.presses(person, "enter:meeting")
            acts = ("检查", "现在", Says("消防通道和门禁都看过"), "提交")
        return await books.play(person, said, *acts)

    async def _fill(self, person: Person, paper: Any, sort: str) -> Said:
        said = await self.stage.presses(person, f"file:{paper.id}")
        if sort == "zero_report":
            said = await self.stage.presses(person, said.button("没有遗漏"))
        elif sort == "survey":
            await self.stage.says(person, "120")
            said = await self.stage.says(person, "92.5")
        elif sort == "minutes":
            said = await self.stage.says(person, "各病区自查完成,问题2条已整改")
        else:
            said = await self.stage.says(person, f"青卫{paper.due_at:%Y}-{paper.id:03d}")
        if sort != "zero_report":
            said = await self.stage.presses(person, said.button("跳过"))
        return await self.stage.presses(person, said.button("提交"))

    def states(self) -> dict[tuple[str, str], str]:
        """The summaries' states at the end."""
        c = OBLIGATION.c
        query = select(c.code, c.subject, c.state).where(
            c.code.in_(("O4H", "O4Y")), c.hospital_id == 1, c.period_end <= ENDS
        )
        return {
            (row.code, row.subject): row.state
            for row in self.stage.db.run_now(lambda conn: list(conn.execute(query)))
        }

    def markdown(self) -> str:
        """What each of the three received, and what they did, day by day."""
        lines = [
            "# 半年报送:每个人收到了什么",
            "",
            "一家医院,2026年6月22日到2027年1月22日。上半年扫黑除恶总结晚报(7月14日),上半年平安医院总结和全年扫黑除恶总结没有报;",
            "其余的当天就办。系统每天0点05分、8点和9点各查一次;“→”是本人做的事。",
        ]
        for role, name in NAMES.items():
            lines += ["", f"## {name}"]
            for now, whose, text, buttons in self.told:
                if whose != role:
                    continue
                stamp = f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
                if text.startswith("→"):
                    lines += ["", f"{stamp} {text}"]
                    continue
                lines += ["", f"**{stamp}**", ""]
                lines += [f"> {line}  " for line in text.splitlines()]
                if buttons:
                    lines.append(f"> `{buttons}`")
        return "\n".join(lines) + "\n"

"""Made files on their way to a chat: past kills and refusals, gone from disk; and from the command line."""

import io
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from docx import Document
from openpyxl import load_workbook

from bot.sandbox.params import Params
from tests.acceptance.house import House, until
from tests.acceptance.people import Person

YEAR = datetime.now(UTC).year
NAMES = [f"QP01-{YEAR}-考核表.xlsx", f"QP01-{YEAR}-考核表.docx"]


def received(house: House, person: Person) -> list[tuple[str, bytes]]:
    """Every file that came, by name."""
    return [
        (str(shown.file_name), house.api.file(str(shown.file_id)).content)
        for shown in house.api.chat(person.user_id)
        if shown.sender == "bot" and shown.kind == "document"
    ]


def ask(house: House, person: Person) -> None:
    """Press the sheet's button below any message."""
    shown = [each for each in house.api.chat(person.user_id) if each.sender == "bot"]
    house.api.press(person.user_id, shown[-1].message_id, f"sheet:{YEAR}")


def settled(house: House, state: str) -> bool:
    """Whether both documents have come to this state."""
    query = "SELECT state FROM outbox WHERE method = 'sendDocument'"
    return [row["state"] for row in house.sql(query)] == [state] * 2


def check(files: list[tuple[str, bytes]]) -> None:
    """They open, and are the official table."""
    for name, content in files:
        if name.endswith(".xlsx"):
            page = load_workbook(io.BytesIO(content)).active
            assert page is not None
            assert page["A1"].value == "青浦区“平安医院”建设工作考核表"
            assert page["A2"].value == "填报单位:第一医院(QP01)"
        else:
            assert Document(io.BytesIO(content)).tables[0].rows[0].cells[0].text == "项目"


async def test_the_sheet_comes_after_one_press(house: House) -> None:
    officer = await house.join("赵芳", "officer")
    ask(house, officer)
    await until(lambda: settled(house, "sent"), "both files")
    files = received(house, officer)
    assert [name for name, _content in files] == NAMES
    check(files)


async def test_killed_while_it_is_sent_it_comes_with_the_next_start(house: House) -> None:
    officer = await house.join("赵芳", "officer")
    killed: list[str] = []

    def kill(method: str, _params: Params) -> None:
        if method == "senddocument" and len(killed) < 2:
            killed.append(method)
            house.kill()

    house.api.on_call.append(kill)
    ask(house, officer)
    for kills in (1, 2):
        await until(lambda n=kills: len(killed) == n, "a kill")  # type: ignore[misc]
        assert not settled(house, "sent")
        # Not waited for: what was owed may leave, and the next kill come, before the first poll.
        house.launch()
    await until(lambda: settled(house, "sent"), "both files")
    files = received(house, officer)
    assert {name for name, _content in files} == set(NAMES), "at least once each"
    check(files)


async def test_a_file_gone_from_disk_is_a_sentence(house: House) -> None:
    officer = await house.join("赵芳", "officer")

    def remove(method: str, _params: Params) -> None:
        if method == "senddocument":
            rmtree(house.folder / "data" / "exports", ignore_errors=True)

    house.api.on_call.append(remove)
    house.api.fail_next("sendDocument", status=502, description="Bad Gateway")
    ask(house, officer)
    await until(lambda: settled(house, "dead"), "both given up")
    assert received(house, officer) == []
    said = [each.text for each in house.api.chat(officer.user_id)][-2:]
    assert said == [f"{name} 已不在了。请再要一次。" for name in NAMES]
    assert house.stderr.count("file_gone") == 2


async def test_the_command_line_writes_it_and_says_what_is_wrong_in_one_line(
    house: House, tmp_path: Path
) -> None:
    sheet = ("scoresheet", "--hospital", "QP01", "--period")
    output = tmp_path / "考核表.docx"
    assert await house.cli(*sheet, str(YEAR), "-o", str(output)) == {"file": str(output)}
    assert Document(str(output)).tables
    for given, path in (
        (f"{YEAR + 1}H1", output),
        ("next\nyear", output),
        (str(YEAR), tmp_path / "sheet.pdf"),
        (str(YEAR), tmp_path / "none" / "sheet.xlsx"),
    ):
        done = await house.run(*sheet, given, "-o", str(path))
        assert (done.status, done.out, done.err.count("\n")) == (2, "", 1), done

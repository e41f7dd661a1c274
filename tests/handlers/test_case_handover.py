"""线索移交: the officer's name sealed, the evidence list frozen with hashes, shown again as it was."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import Connection, text

from models.evidence import fail_file, keep_file
from tests.handlers.casing import FIRST, Casework
from tests.people import NOW, Cast
from tests.said import first_line

HASH = "ab" * 32


def photo(name: str) -> dict[str, Any]:
    """A photo as Telegram hands it over."""
    size = {"file_id": name, "file_unique_id": name, "width": 9, "height": 9, "file_size": 1000}
    return {"photo": [size], "caption": "look"}


async def report_with_photos(work: Casework, cast: Cast, n: int = 3) -> None:
    """A report with files: one kept, one still wanted, one that cannot be had."""
    said = await work.stage.says(cast.guard, "/report")
    await work.press(said.button("Staff attacked"), by=cast.guard)
    for name in range(n):
        said = await work.stage.sends(cast.guard, photo(f"p{name}"))
    await work.press(said.button("Submit"), by=cast.guard)

    def settle(conn: Connection) -> None:
        keep_file(conn, 1, sha256=HASH, path="x", now=NOW)
        fail_file(conn, 3, error="gone")

    work.stage.db.run_now(settle)


async def test_the_list_names_every_file_with_its_hash_or_why_it_has_none(
    work: Casework, cast: Cast
) -> None:
    await report_with_photos(work, cast)
    await work.press(f"case:{FIRST}:take")
    said = await work.hand_over(FIRST)
    assert f"✅ {FIRST} is handed over to Yingpu station. The evidence list is below." in said.text
    lines = said.texts[-1].splitlines()
    assert lines[0] == f"Evidence list of {FIRST}"
    assert "Captain Zhao; receipt R-2026-1" in lines[1]
    assert lines[2] == "3 files:"
    assert lines[3] == f"1. photo · today 21:42 · 1000 bytes · SHA-256 {HASH}"
    assert lines[4] == "2. photo · today 21:42 · 1000 bytes · still being fetched, no SHA-256 yet"
    assert lines[5] == "3. photo · today 21:42 · 1000 bytes · could not be fetched, no SHA-256"
    at = NOW.isoformat(timespec="seconds")
    listed = "".join(f"{n} photo {at} 1000 {sha}\n" for n, sha in ((1, HASH), (2, "-"), (3, "-")))
    assert lines[6] == f"SHA-256 of the list: {hashlib.sha256(listed.encode()).hexdigest()}"


async def test_shown_again_it_is_as_it_was_and_the_next_one_has_what_came_since(
    work: Casework, cast: Cast
) -> None:
    await report_with_photos(work, cast, 1)
    await work.press(f"case:{FIRST}:take")
    first = (await work.hand_over(FIRST)).texts[-1]
    await work.press(f"add:{FIRST}", by=cast.guard)
    await work.stage.sends(cast.guard, photo("later"))
    assert (await work.press(f"handover:show:{FIRST}")).texts == [first]
    await work.hand_over(FIRST)
    said = await work.press(f"handover:show:{FIRST}")
    assert len(said.texts) == 2
    assert said.texts[0] == first
    assert "2 files:" in said.texts[1]
    assert (await work.press("handover:list:1")).texts == [first]


async def test_the_receiving_officer_is_sealed_also_while_the_form_is_open(
    work: Casework,
) -> None:
    await work.report()
    await work.press(f"case:{FIRST}:take")
    await work.answer(f"handover:new:{FIRST}", "Yingpu station", "Captain Zhao")
    assert "Captain Zhao" not in str(work.read("SELECT answers, held FROM draft"))
    said = await work.stage.says(work.cast.officer, "R-1")
    said = await work.press(said.button("Skip"))
    await work.press(said.button("Submit"))
    assert len(work.read("SELECT id FROM handover")) == 1
    whole = " ".join(
        str(work.read(f"SELECT * FROM {table}")) for table in ("handover", "case_step", "audit")
    )
    assert "Captain Zhao" not in whole


async def test_the_log_and_the_reporter_hear_of_it_without_the_name(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.press(f"case:{FIRST}:take")
    said = await work.hand_over(FIRST)
    assert (
        f"{FIRST} was handed over to the police (safety officer)."
        in said.to(cast.guard.user_id).text
    )
    log = (await work.press(f"case:{FIRST}:log")).text
    assert "Handed to the police: Yingpu station, receipt R-2026-1, 0 files" in log
    assert "Captain Zhao" not in log
    assert "Captain Zhao" not in str(work.read("SELECT * FROM handover"))


async def test_the_files_are_sent_with_the_receipt(work: Casework, cast: Cast) -> None:
    await report_with_photos(work, cast, 1)
    await work.press(f"case:{FIRST}:take")
    await work.answer(f"handover:new:{FIRST}", "Yingpu station", "Captain Zhao", "R-1")
    said = await work.stage.sends(cast.officer, {"photo": photo("receipt")["photo"]})
    said = await work.press(said.button("Submit"))
    said = await work.press(said.button("Send the files"))
    assert first_line(said) == f"{FIRST}: 2 files follow."
    sent = [item.payload["photo"] for item in said.out if item.method == "sendPhoto"]
    assert sent == ["p0", "receipt"]
    assert work.read("SELECT subject FROM evidence ORDER BY id") == [("incident",), ("handover",)]


async def test_with_another_key_the_list_is_shown_without_the_name(work: Casework) -> None:
    await work.report()
    await work.press(f"case:{FIRST}:take")
    await work.hand_over(FIRST)
    broken = text("UPDATE handover SET officer_sealed = :junk")
    work.stage.db.run_now(lambda conn: conn.execute(broken, {"junk": b"x" * 40}))
    said = await work.press(f"handover:show:{FIRST}")
    assert "(sealed with another key)" in said.text


async def test_a_new_case_and_a_false_alarm_are_handed_to_nobody(work: Casework) -> None:
    await work.report()
    said = await work.press(f"handover:new:{FIRST}")
    assert said.toasts == [f"{FIRST} is already: nobody has taken it yet. Nothing was changed."]
    said = await work.press(f"handover:show:{FIRST}")
    assert said.toasts == [f"{FIRST} has not been handed over."]


@pytest.mark.parametrize("data", ["list:1", "files:1", f"show:{FIRST}", f"new:{FIRST}", "odd:1"])
async def test_another_hospital_reads_no_list(work: Casework, cast: Cast, data: str) -> None:
    await work.report()
    await work.press(f"case:{FIRST}:take")
    await work.hand_over(FIRST)
    said = await work.press(f"handover:{data}", by=cast["QP02"]["officer"])
    assert said.toasts
    assert not said.texts
    said = await work.press(f"handover:{data}", by=cast.guard)
    assert said.toasts == ["This is not part of your role. /help lists what you can do."]

"""The official sheet as an office program shows it: every word there, on two pages; and the picture in docs/.

Runs where LibreOffice and poppler are. ``UPDATE_DOCS=1`` draws docs/scoresheet.png anew.
"""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bot.db import Database
from bot.i18n import use_locale
from handlers.documents.remarks import Proof
from handlers.documents.sheet import sheet_of
from handlers.documents.sheet_docx import write_docx
from handlers.documents.sheet_xlsx import write_xlsx
from handlers.documents.table import Sheet
from tests.handlers.sheets import PRINTED, best_answers, filled
from tests.people import NOW, Cast

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "scoresheet.png"
LARGEST = 300_000
SHORT = {"2.1.2": "partly", "4.2.2": ["1", "0"], "4.4.1": "no", "5.2.1": ["91", "92.5"]}
"""What the hospital in the picture falls short of."""
EVIDENCE = {"1.2.a": Proof(files=3, why=""), "2.2.2": Proof(files=2, why="")}

pytestmark = pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftoppm") and shutil.which("pdftotext")),
    reason="no LibreOffice or poppler on this machine",
)


def demo(db: Database, cast: Cast) -> Sheet:
    """A level 3 hospital that is nearly there, and has missed one report."""
    hospital = replace(cast.hospital("QP01"), name="第一医院")
    now = filled(db, cast, answers={**best_answers(3), **SHORT}, missed=1)
    with use_locale("zh_Hans"):
        return sheet_of(
            replace(now, hospital=hospital),
            evidence={"1.2.a": Proof(files=3, why=""), "2.2.2": Proof(files=2, why="")},
        )


def convert(folder: Path, *files: Path) -> None:
    """Print to PDF beside the files."""
    # A profile of its own: LibreOffice refuses to start twice on one.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=110)


def said_in(pdf: Path) -> list[str]:
    """The words of each page, without spaces and line ends."""
    command = ["pdftotext", "-raw", str(pdf), "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return ["".join(page.split()) for page in told.split("\f")[:-1]]


def test_an_office_program_shows_every_word_and_the_table_on_one_page(
    sqlite_db: Database, cast: Cast, tmp_path: Path
) -> None:
    made = demo(sqlite_db, cast)
    book, letter = tmp_path / "book.xlsx", tmp_path / "letter.docx"
    book.write_bytes(write_xlsx(made, made_at=NOW))
    letter.write_bytes(write_docx(made, made_at=NOW))
    convert(tmp_path, book, letter)
    pages = said_in(tmp_path / "book.pdf")
    assert len(pages) == 2
    # How long a letter is depends on the fonts of the machine; a workbook's rows are as high as we made them.
    for said in (pages[0], "".join(said_in(tmp_path / "letter.pdf"))):
        for _section, _item, _points, clauses in PRINTED:
            for clause in clauses:
                assert "".join(clause.split()) in said
        assert "合计" in said
    assert "单位负责人(盖章):" in pages[1]
    drawn = tmp_path / "sheet"
    draw = ("pdftoppm", "-r", "90", "-gray", "-png", "-f", "1", "-l", "1", "-singlefile")
    subprocess.run([*draw, str(tmp_path / "book.pdf"), str(drawn)], check=True)
    assert 10_000 < drawn.with_suffix(".png").stat().st_size < LARGEST
    if os.environ.get("UPDATE_DOCS"):
        shutil.copy(drawn.with_suffix(".png"), PICTURE)


def test_the_picture_in_the_docs_is_there_and_small() -> None:
    assert 10_000 < PICTURE.stat().st_size < LARGEST

"""Files that are not what their names say."""

import pytest

from bot.attachments import is_odd


@pytest.mark.parametrize(
    ("name", "content", "odd"),
    [
        ("summary.pdf", b"%PDF-1.7 ...", False),
        ("summary.PDF", b"\n%PDF-1.4", False),
        ("summary.pdf", b"MZ\x90\x00", True),
        ("summary.docx", b"PK\x03\x04...", False),
        ("summary.docx", b"<html>", True),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1", False),
        ("photo.jpg", b"\xff\xd8\xff\xe0", False),
        ("photo.png", b"GIF89a", True),
        ("notes.wps", b"anything", False),
        (None, b"anything", False),
        ("summary.pdf", b"", True),
    ],
)
def test_a_content_is_held_against_its_name(name: str | None, content: bytes, odd: bool) -> None:
    assert is_odd(name, content) is odd

"""The field key: made once, for its owner only; a sealed text opens only where it was sealed."""

import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from bot.crypto import KEY_BYTES, Cipher, load_key

CIPHER = Cipher(bytes(KEY_BYTES))
AT_ONCE = 4


def test_a_key_is_made_on_first_use_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    key = load_key(None, folder)
    assert len(key) == KEY_BYTES
    assert S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert load_key(None, folder) == key
    assert [path.name for path in folder.iterdir()] == ["key"], "nothing half-made is left"


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    assert load_key(None, tmp_path / "a") != load_key(None, tmp_path / "b")


def test_a_configured_key_is_taken_and_none_is_made(tmp_path: Path) -> None:
    assert load_key("ab" * KEY_BYTES, tmp_path) == bytes([0xAB]) * KEY_BYTES
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from bot.crypto import load_key\n"
        "sys.stdin.read()\n"
        "print(load_key(None, Path(sys.argv[1])).hex())\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(AT_ONCE)
    ]
    for process in processes:  # all of them wait until their input ends
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    keys = {process.communicate(timeout=30)[0].strip() for process in processes}
    assert keys == {load_key(None, tmp_path).hex()}


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    assert CIPHER.open(CIPHER.seal(text, about="a"), about="a") == text


def test_a_sealed_text_shows_nothing_and_differs_each_time() -> None:
    sealed = [CIPHER.seal("持刀", about="a") for _ in range(2)]
    assert sealed[0] != sealed[1]
    assert "持刀".encode() not in sealed[0]


def test_it_opens_only_in_its_own_field_with_its_own_key_and_unchanged() -> None:
    sealed = CIPHER.seal("secret", about="threat.place")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for cipher, text, about in (
        (CIPHER, sealed, "threat.account"),
        (Cipher(b"1" * KEY_BYTES), sealed, "threat.place"),
        (CIPHER, changed, "threat.place"),
    ):
        with pytest.raises(InvalidTag):
            cipher.open(text, about=about)

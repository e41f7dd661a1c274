"""Field encryption: AES-GCM with a key that stays in the hospital."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class Cipher:
    """Seals and opens short texts; ``about`` binds a sealed text to the field it stands in."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, text: str, *, about: str) -> bytes:
        """The sealed form of a text, different each time."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, text.encode(), about.encode())

    def open(self, sealed: bytes, *, about: str) -> str:
        """The text that was sealed; raises InvalidTag where key or field are not the same."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return self._aead.decrypt(nonce, body, about.encode()).decode()


def load_key(configured: str | None, data_dir: Path) -> bytes:
    """The configured key (64 hex digits), or the one kept in the data directory, made on first use."""
    if configured:
        return bytes.fromhex(configured)
    path = data_dir / "key"
    if not path.exists():
        _write_key(path)
    return bytes.fromhex(path.read_text().strip())


def _write_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"key.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as target:
        target.write(secrets.token_hex(KEY_BYTES))
        target.flush()
        os.fsync(target.fileno())
    try:
        # A link fails where the name is taken: of two first starts one key wins, for both.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

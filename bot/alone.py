"""The process: one bot on a data directory, ended by a signal in good order."""

import asyncio
import fcntl
import os
import signal
from contextlib import suppress
from pathlib import Path

from bot.settings import SettingsError


def hold_alone(folder: Path) -> int:
    """Make sure that this is the only bot on this data directory; raises SettingsError."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "running", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise SettingsError("WARDWATCH_DATA_DIR: another wardwatch is running on it") from None
    return descriptor


def stop_on_signals(stopping: asyncio.Event) -> None:
    """End in good order on SIGINT and SIGTERM."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopping.set)

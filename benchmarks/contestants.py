"""The bots that are compared, each as a process of its own."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "123456789:benchmark-token-that-is-long-enough-to-look-real"
OURS, STOCK, LENT = "WardWatch", "stock PTB", "stock PTB + sniffio"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contestant:
    """A bot that can be started, and the codes its guards and officers join with."""

    command: list[str]
    environ: dict[str, str]
    guard: str = "guard"
    officer: str = "officer"
    database: Path | None = None

    @property
    def records(self) -> int | None:
        """How many incidents its database holds; None for a bot without one."""
        if self.database is None:
            return None
        with closing(sqlite3.connect(self.database)) as conn:
            return int(conn.execute("SELECT count(*) FROM incident").fetchone()[0])


def run_cli(environ: dict[str, str], words: str) -> dict[str, str]:
    """One command of WardWatch; its JSON."""
    command = [sys.executable, "-m", "bot", *words.split(), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=True)
    result: dict[str, str] = json.loads(done.stdout)
    return result


def prepare(kind: str, folder: Path, base: str) -> Contestant:
    """A bot ready to be started, its data under ``folder``."""
    if kind != OURS:
        words = ["benchmarks.stock_bot", str(folder / "state.pickle")]
        lent = ["--sniffio"] if kind == LENT else []
        environ = {**os.environ, "TOKEN": TOKEN, "API_BASE": base}
        return Contestant(command=[sys.executable, "-m", *words, *lent], environ=environ)
    database = folder / "bench.db"
    environ = {k: v for k, v in os.environ.items() if not k.startswith("WARDWATCH_")}
    environ |= {
        "WARDWATCH_TOKEN": TOKEN,
        "WARDWATCH_API_BASE": base,
        "WARDWATCH_DATA_DIR": str(folder),
        "WARDWATCH_DATABASE_URL": f"sqlite:///{database}",
        "WARDWATCH_LISTEN": "127.0.0.1:0",
        "WARDWATCH_SEND_RATE": "100000",
        "WARDWATCH_LOG_LEVEL": "ERROR",
    }
    run_cli(environ, "init --district D --hospital H --code QP01 --level 3")
    invite = "invite --hospital QP01 --uses 1000 --role"
    guard, officer = (
        run_cli(environ, f"{invite} {role}")["invite"] for role in ("guard", "officer")
    )
    command = [sys.executable, "-m", "bot", "run"]
    return Contestant(
        command=command, environ=environ, guard=guard, officer=officer, database=database
    )


@contextmanager
def serving(bot: Contestant) -> Iterator[psutil.Process]:
    """The bot as a process of its own, ended in good order."""
    process = subprocess.Popen(bot.command, cwd=ROOT, env=bot.environ, stderr=subprocess.DEVNULL)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)

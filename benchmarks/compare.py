"""``make bench``: WardWatch and a stock bot in turn, in one run; the medians and their ratio."""

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.people import Crowd
from bot.sandbox.botapi import BotApi

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "123456789:benchmark-token-that-is-long-enough-to-look-real"
ACTIONS = 4
"""Updates in one report."""
SIZES = ((1, 60), (50, 12), (500, 3))
"""(people at once, reports each)."""
ROUNDS = 3
COLUMNS = ("reports/s", "updates/s", "p50 ms", "p99 ms", "CPU ms/update", "RSS MB")


@dataclass(frozen=True)
class Figures:
    """What one run of one bot measured."""

    reports_per_second: float
    updates_per_second: float
    p50: float
    p99: float
    cpu: float
    rss: float

    def row(self) -> tuple[float, ...]:
        """The figures in the order of COLUMNS."""
        return (
            self.reports_per_second,
            self.updates_per_second,
            self.p50,
            self.p99,
            self.cpu,
            self.rss,
        )


def run_cli(environ: dict[str, str], *words: str) -> dict[str, str]:
    """One command of WardWatch; its JSON."""
    command = [sys.executable, "-m", "bot", *words, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=True)
    result: dict[str, str] = json.loads(done.stdout)
    return result


def prepare_wardwatch(folder: Path, base: str) -> tuple[list[str], dict[str, str], str, str]:
    """Command, environment, and the codes of a guard and an officer."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("WARDWATCH_")}
    environ |= {
        "WARDWATCH_TOKEN": TOKEN,
        "WARDWATCH_API_BASE": base,
        "WARDWATCH_DATA_DIR": str(folder),
        "WARDWATCH_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "WARDWATCH_LISTEN": "127.0.0.1:0",
        "WARDWATCH_SEND_RATE": "100000",
        "WARDWATCH_LOG_LEVEL": "ERROR",
    }
    run_cli(
        environ, *["init", "--district", "D", "--hospital", "H", "--code", "QP01", "--level", "3"]
    )
    codes = [
        run_cli(environ, *f"invite --hospital QP01 --role {role} --uses 1000".split())["invite"]
        for role in ("guard", "officer")
    ]
    return [sys.executable, "-m", "bot", "run"], environ, codes[0], codes[1]


def prepare_stock(folder: Path, base: str) -> tuple[list[str], dict[str, str], str, str]:
    """The same for the stock bot."""
    environ = {**os.environ, "TOKEN": TOKEN, "API_BASE": base}
    command = [sys.executable, "-m", "benchmarks.stock_bot", str(folder / "state.pickle")]
    return command, environ, "guard", "officer"


@contextmanager
def serving(command: list[str], environ: dict[str, str]) -> Iterator[psutil.Process]:
    """A bot as a process of its own, ended in good order."""
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


async def measure(kind: str, size: int, each: int) -> Figures:
    """One run of one bot with ``size`` people."""
    api = BotApi(token=TOKEN, now=lambda: datetime.now(UTC), history=60)
    base = await api.start()
    with tempfile.TemporaryDirectory() as name:
        prepare = prepare_wardwatch if kind == "wardwatch" else prepare_stock
        command, environ, guard, officer = await asyncio.to_thread(prepare, Path(name), base)
        with serving(command, environ) as process:
            crowd = Crowd(api, size)
            await crowd.join(guard, officer)
            before = process.cpu_times()
            seconds = await crowd.work(each)
            after = process.cpu_times()
            rss = process.memory_info().rss / 1e6
    await api.stop()
    updates = size * each * ACTIONS
    waits = sorted(crowd.waits)
    cpu = after.user + after.system - before.user - before.system
    return Figures(
        reports_per_second=size * each / seconds,
        updates_per_second=updates / seconds,
        p50=waits[len(waits) // 2] * 1000,
        p99=waits[int(len(waits) * 0.99)] * 1000,
        cpu=cpu * 1000 / updates,
        rss=rss,
    )


def start_to_poll() -> float:
    """Median seconds from start to first poll with an existing database, of five."""
    return statistics.median(asyncio.run(_starts()))


async def _starts() -> list[float]:
    api = BotApi(token=TOKEN, now=lambda: datetime.now(UTC))
    base = await api.start()
    found = []
    with tempfile.TemporaryDirectory() as name:
        command, environ, _guard, _officer = await asyncio.to_thread(
            prepare_wardwatch, Path(name), base
        )
        for _each in range(5):
            api.calls.clear()
            begun = time.perf_counter()
            with serving(command, environ):
                while not any(call.method.lower() == "getme" for call in api.calls):
                    await asyncio.sleep(0.005)
                found.append(time.perf_counter() - begun)
                await asyncio.sleep(0.3)
    await api.stop()
    return found


def line(name: str, row: tuple[float, ...]) -> str:
    """One row of the table."""
    return f"| {name} | " + " | ".join(f"{value:.1f}" for value in row) + " |"


def table(results: dict[int, dict[str, list[Figures]]]) -> str:
    """The medians of each bot and size, and the median of the ratios round by round."""
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for size, by_kind in results.items():
        for kind, runs in by_kind.items():
            medians = tuple(
                statistics.median(v) for v in zip(*(r.row() for r in runs), strict=True)
            )
            lines.append(line(f"{kind}, {size} at once", medians))
        ratios = [
            ours.updates_per_second / theirs.updates_per_second
            for ours, theirs in zip(by_kind["wardwatch"], by_kind["stock PTB"], strict=True)
        ]
        spread = f"{min(ratios):.1f} to {max(ratios):.1f}"
        lines.append(
            f"| **ratio, {size} at once** | | **{statistics.median(ratios):.1f}** ({spread}) | | | | |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run everything and print the table; with ``--write`` keep it in docs/benchmark.md."""
    results: dict[int, dict[str, list[Figures]]] = {}
    for size, each in SIZES:
        by_kind = results.setdefault(size, {"wardwatch": [], "stock PTB": []})
        for _round in range(ROUNDS):
            for kind, runs in by_kind.items():
                runs.append(asyncio.run(measure(kind, size, each)))
                print(line(f"{kind}, {size} at once", runs[-1].row()), flush=True)
    text = f"{table(results)}\n\nStart to first contact with an existing database: {start_to_poll():.2f} s (median of 5).\n"
    print(f"\n{text}")
    if "--write" in sys.argv:
        _keep(text)


def _keep(text: str) -> None:
    path = ROOT / "docs" / "benchmark.md"
    head = path.read_text(encoding="utf-8").partition("<!-- figures -->")[0]
    path.write_text(f"{head}<!-- figures -->\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()

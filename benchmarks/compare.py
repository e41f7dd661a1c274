"""``make bench``: WardWatch and a stock bot in turn, in one run; the medians and their ratio."""

import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.contestants import LENT, OURS, ROOT, STOCK, TOKEN, prepare, serving
from benchmarks.people import Crowd
from bot.sandbox.botapi import BotApi

ACTIONS = 4
"""Updates in one report."""
SIZES = ((1, 100), (50, 16), (500, 3))
"""(people at once, reports each)."""
SECONDS = 60.0
"""After this long nobody begins another report."""
ROUNDS = 3
STARTS = 5
MARK = "<!-- figures -->\n"
COLUMNS = (
    "reports/s",
    "updates/s",
    "p50 ms",
    "p99 ms",
    "CPU ms/update",
    "RSS MB",
    "bot core %",
    "generator core %",
    "others core %",
)
RATIOS = (
    "updates/s, times stock PTB",
    "updates/s, times stock PTB + sniffio",
    "CPU/update, stock PTB's over ours",
    "CPU/update, stock PTB + sniffio's over ours",
)
Results = dict[int, dict[str, list["Figures"]]]
Calls = dict[str, Counter[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What one run of one bot measured, in the order and units of COLUMNS; percentages are of one core."""

    reports: float
    updates: float
    p50: float
    p99: float
    cpu: float
    rss: float
    busy: float
    load: float
    others: float


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds spent so far by the bot, by this process, and by the whole machine."""

    bot: float
    here: float
    machine: float

    @classmethod
    def now(cls, process: psutil.Process) -> "Spent":
        """Read the three clocks."""
        bot, here, machine = process.cpu_times(), psutil.Process().cpu_times(), psutil.cpu_times()
        return cls(
            bot.user + bot.system,
            here.user + here.system,
            sum(machine) - machine.idle - machine.iowait,
        )


async def measure(kind: str, size: int, each: int) -> tuple[Figures, Counter[str]]:
    """One run of one bot with ``size`` people, and the calls it made while they worked."""
    api = BotApi(token=TOKEN, now=lambda: datetime.now(UTC), history=60)
    base = await api.start()
    with tempfile.TemporaryDirectory() as name:
        bot = await asyncio.to_thread(prepare, kind, Path(name), base)
        with serving(bot) as process:
            crowd = Crowd(api, size)
            await crowd.join(bot.guard, bot.officer)
            # A newcomer's command menu is sent behind the answer; it is no part of a report.
            await _rest(api)
            api.calls.clear()
            before = Spent.now(process)
            seconds = await crowd.work(each, SECONDS)
            after = Spent.now(process)
            rss = process.memory_info().rss / 1e6
            await _rest(api)
        calls = Counter(call.method for call in api.calls if call.status == 200)
        if bot.records not in (None, crowd.filed):
            raise AssertionError(f"{crowd.filed} reports confirmed, {bot.records} recorded")
    await api.stop()
    return _figures(crowd, seconds, before, after, rss), calls


async def _rest(api: BotApi) -> None:
    """Wait until the bot has nothing more to send."""
    seen = -1
    while seen != len(api.calls):
        seen = len(api.calls)
        await asyncio.sleep(0.5)


def _figures(crowd: Crowd, seconds: float, before: Spent, after: Spent, rss: float) -> Figures:
    updates, waits = crowd.filed * ACTIONS, sorted(crowd.waits)
    bot, here = after.bot - before.bot, after.here - before.here
    return Figures(
        reports=crowd.filed / seconds,
        updates=updates / seconds,
        p50=waits[len(waits) // 2] * 1000,
        p99=waits[int(len(waits) * 0.99)] * 1000,
        cpu=bot * 1000 / updates,
        rss=rss,
        busy=100 * bot / seconds,
        load=100 * here / seconds,
        others=100 * max(0.0, after.machine - before.machine - bot - here) / seconds,
    )


async def start_to_poll() -> list[float]:
    """Seconds from start to the first getUpdates with an existing database, for each start."""
    api = BotApi(token=TOKEN, now=lambda: datetime.now(UTC))
    base = await api.start()
    api.add_person(user_id=1, first_name="P1")
    found = []
    with tempfile.TemporaryDirectory() as name:
        bot = await asyncio.to_thread(prepare, OURS, Path(name), base)
        for _each in range(STARTS):
            api.calls.clear()
            # Something to fetch: a poll that has to wait is only recorded when it ends.
            api.send_text(1, "hello")
            begun = time.monotonic()
            with serving(bot):
                found.append(await _first_poll(api, begun) - begun)
                await asyncio.sleep(0.5)
    await api.stop()
    return found


async def _first_poll(api: BotApi, begun: float) -> float:
    async with asyncio.timeout(30):
        while True:
            for call in api.calls:
                # The last poll of the bot before may be recorded only now.
                if call.method.lower() == "getupdates" and call.at > begun:
                    return call.at
            await asyncio.sleep(0.01)


def line(name: str, figures: Figures) -> str:
    """One row of the table."""
    cells = (f"{value:.2f}" if value < 10 else f"{value:.1f}" for value in astuple(figures))
    return f"| {name} | " + " | ".join(cells) + " |"


def median(runs: list[Figures]) -> Figures:
    """The median of each figure."""
    values = [statistics.median(column) for column in zip(*map(astuple, runs), strict=True)]
    return Figures(**dict(zip(Figures.__slots__, values, strict=True)))


def ratio(above: list[float], below: list[float]) -> str:
    """The median of the ratios round by round, and each round's."""
    ratios = [a / b for a, b in zip(above, below, strict=True)]
    rounds = ", ".join(f"{value:.2f}" for value in ratios)
    return f"**{statistics.median(ratios):.2f}** ({rounds})"


def ratios(size: int, runs: dict[str, list[Figures]]) -> str:
    """WardWatch beside the others: updates per second, and CPU, which a busy machine changes less."""
    updates = {kind: [run.updates for run in each] for kind, each in runs.items()}
    cpu = {kind: [run.cpu for run in each] for kind, each in runs.items()}
    faster = [ratio(updates[OURS], updates[kind]) for kind in (STOCK, LENT)]
    cheaper = [ratio(cpu[kind], cpu[OURS]) for kind in (STOCK, LENT)]
    return f"| {size} | " + " | ".join([*faster, *cheaper]) + " |"


def table(results: Results) -> str:
    """The medians of each bot and size, and below them the ratios round by round."""
    rows = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    against = ["| people at once | " + " | ".join(RATIOS) + " |", "|---" * (len(RATIOS) + 1) + "|"]
    for size, runs in results.items():
        rows += [line(f"{kind}, {size} at once", median(each)) for kind, each in runs.items()]
        against.append(ratios(size, runs))
    return "\n".join([*rows, "", *against])


def said_alike(calls: Calls) -> str:
    """What each bot called per report; the same for all, or the comparison is void."""
    per_report = {
        kind: {m: n for m, n in sorted(made.items()) if m.lower() != "getupdates"}
        for kind, made in calls.items()
    }
    if any(made != per_report[OURS] for made in per_report.values()):
        raise AssertionError(f"the bots did not do the same: {per_report}")
    return ", ".join(f"{method} {n}" for method, n in per_report[OURS].items())


def compare() -> str:
    """Run every bot at every size, in turn; the report in Markdown."""
    results: Results = {}
    for size, each in SIZES:
        runs: dict[str, list[Figures]] = {OURS: [], STOCK: [], LENT: []}
        results[size] = runs
        for _round in range(ROUNDS):
            calls: Calls = {}
            for kind in runs:
                figures, calls[kind] = asyncio.run(measure(kind, size, each))
                runs[kind].append(figures)
                print(line(f"{kind}, {size} at once", figures), flush=True)
            print(f"  calls for {size * each} reports: {said_alike(calls)}", flush=True)
    starts = sorted(asyncio.run(start_to_poll()))
    shown = ", ".join(f"{seconds:.2f}" for seconds in starts)
    started = f"{statistics.median(starts):.2f} s (median of {shown})"
    return f"{table(results)}\n\nStart to first poll with an existing database: {started}.\n"


def keep(text: str) -> None:
    """Put the figures below the words of docs/benchmark.md."""
    path = ROOT / "docs" / "benchmark.md"
    words, mark, _old = path.read_text(encoding="utf-8").partition(MARK)
    path.write_text(f"{words}{mark}\n{text}", encoding="utf-8")


def main() -> None:
    """Print the table; with ``--write`` keep it in docs/benchmark.md as well."""
    text = compare()
    print(f"\n{text}")
    if "--write" in sys.argv:
        keep(text)


if __name__ == "__main__":
    main()

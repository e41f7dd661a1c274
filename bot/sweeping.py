"""How a sweep runs: in slices of a moment each, between which everybody else has their turn."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.messages import Outgoing
from bot.owed import store
from bot.registry import Piece, Sweep

SLICE = 0.015
"""Seconds after which a sweep begins no further piece: with the longest one it holds the database for 50 ms."""
_TRIES, _DEADLOCK = 3, "DeadlockDetected"
Run = Callable[[Callable[[Connection], "Slice"]], "Slice"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """What one transaction did: counts by name, what is owed, which pieces failed, and what is still to be done."""

    counts: Counter[str]
    out: list[Outgoing]
    faults: list[Exception]
    left: Sequence[Piece]


def run_slice(
    conn: Connection,
    pieces: Sequence[Piece],
    *,
    now: datetime,
    length: float = SLICE,
    clock: Callable[[], float] = time.monotonic,
) -> Slice:
    """Do one piece, and more until the slice is over; what they owe is stored in the transaction of ``conn``.

    A fault of ours undoes the piece it is in, and nothing else; that the database is not there ends the slice.
    """
    end = clock() + length
    left = list(reversed(pieces))
    done = Slice(counts=Counter(), out=[], faults=[], left=left)
    while left:
        _run_piece(conn, left.pop(), now, done, left)
        if clock() >= end:
            break
    left.reverse()
    return done


def _run_piece(
    conn: Connection, piece: Piece, now: datetime, done: Slice, left: list[Piece]
) -> None:
    try:
        with conn.begin_nested():
            swept = piece(conn, now)
            owed = store(conn, swept.out, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        done.faults.append(error)
        return
    done.counts.update(swept.counts)
    done.out.extend(owed)
    left.extend(reversed(swept.rest))


def _run(run: Run, work: Callable[[Connection], Slice]) -> Slice:
    """One slice; once more where the database ended it, as it and another process's sweep waited for each other."""
    for _try in range(_TRIES):
        try:
            return run(work)
        except OperationalError as error:
            if type(error.orig).__name__ != _DEADLOCK:
                raise
    return run(work)


def sweep_through(
    run: Run, sweep: Sweep, *, now: datetime
) -> tuple[dict[str, int], list[Outgoing]]:
    """Run a sweep to its end, each slice by ``run``; what it counted, and owes. Raises its first fault, at the end."""
    counts, out, faults = Counter[str](), list[Outgoing](), list[Exception]()
    left: Sequence[Piece] = (sweep.run,)
    while left:
        done = _run(run, partial(run_slice, pieces=left, now=now))
        counts.update(done.counts)
        out += done.out
        faults += done.faults
        left = done.left
    if faults:
        raise faults[0]
    return dict(counts), out

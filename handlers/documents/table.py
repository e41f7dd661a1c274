"""A filled table before any file format: its rows by item and section, and what stands around it."""

import re
from dataclasses import dataclass

# What a document cannot hold: control characters and halves of characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One printed row; ``points`` only where the table prints them by row."""

    points: str
    clause: str
    score: str
    remarks: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """The rows of an item; ``points`` stand once beside all of them, unless they stand by row."""

    name: str
    points: str
    by_row: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The rows of a section."""

    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A filled table, ready for its signatures."""

    title: str
    facts: tuple[str, ...]
    columns: tuple[str, ...]
    parts: tuple[Part, ...]
    total: Row
    notes: tuple[str, ...]
    signatures: tuple[str, ...]


def printable(text: str) -> str:
    """The text without what a document cannot hold."""
    return _UNPRINTABLE.sub("", text)

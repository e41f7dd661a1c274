"""What was said, written down for people to read."""

from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

__all__ = ["Entry", "Transcript"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing said: by ``name`` to the bot ("says", "presses"), or by the bot to ``name``."""

    time: datetime
    name: str
    direction: str
    text: str
    buttons: tuple[tuple[str, ...], ...] = ()


@dataclass
class Transcript:
    """What was said, in order; shared by everybody in a scene."""

    entries: list[Entry] = field(default_factory=list)

    def heading(self, title: str, *, at: datetime) -> None:
        """Begin a new scene."""
        self.entries.append(Entry(time=at, name="", direction="heading", text=title))

    def markdown(self, *, bot: str = "平安哨", zone: tzinfo | None = None) -> str:
        """The whole conversation for people to read."""
        told = together(self.entries)
        return "\n\n".join(self._render(entry, bot, zone) for entry in told) + "\n"

    def _render(self, entry: Entry, bot: str, zone: tzinfo | None) -> str:
        clock = entry.time.astimezone(zone).strftime("%H:%M") if zone else f"{entry.time:%H:%M}"
        if entry.direction == "heading":
            return f"## {entry.text}"
        if entry.direction == "says":
            return f"**{entry.name}** {clock}: {entry.text}"
        if entry.direction == "presses":
            return f"**{entry.name}** {clock}: \\[{entry.text}\\]"
        mark = {"edits": " (edited)", "answers": " (notice)"}.get(entry.direction, "")
        lines = [f"**{bot}** → {entry.name} {clock}{mark}:", ">"]
        lines += [f"> {line}  " if line else ">" for line in entry.text.split("\n")]
        if entry.buttons:
            lines += [">"] + [
                "> " + " ".join(f"`[{text}]`" for text in row) + "  " for row in entry.buttons
            ]
        return "\n".join(lines)


def together(entries: list[Entry]) -> list[Entry]:
    """The entries, what several people are shown in answer to the same act written once with all their names."""
    told: list[Entry] = []
    since: dict[tuple[object, ...], int] = {}
    for entry in entries:
        if entry.direction in ("heading", "says", "presses"):
            since = {}
            told.append(entry)
            continue
        same = (entry.direction, entry.text, entry.buttons)
        if same not in since:
            since[same] = len(told)
            told.append(entry)
        elif entry.text.startswith("("):
            told.append(entry)  # a photo is no text that could be the same
        else:
            first = told[since[same]]
            names = sorted({*first.name.split(", "), entry.name})
            told[since[same]] = replace(first, name=", ".join(names))
    return told

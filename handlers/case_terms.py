"""The names of what stands on a case: stamps, flags, degrees of harm, outcomes, amended fields, kinds of report."""

from collections.abc import Iterable
from typing import Any

from bot.i18n import N_, _, n_
from handlers import words
from models.injury import count_harmed

STAMPS = {
    "police": N_("Police called"),
    "arrived": N_("Help arrived"),
    "controlled": N_("Under control"),
    "scene": N_("Scene protected"),
}
FLAGS = {
    "grave_impact": N_("Grave public impact"),
    "media_hype": N_("Hyped in the media"),
    "supervised": N_("Supervised from above"),
}
HARMED = {"staff": N_("Staff"), "patient": N_("Patient"), "visitor": N_("Visitor")}
HARMS = {
    "none": N_("No harm"),
    "mild": N_("Mild"),
    "moderate": N_("Moderate"),
    "severe": N_("Severe"),
    "death": N_("Death"),
}
HARM_MEANS = {
    "none": N_("no symptoms, no treatment needed"),
    "mild": N_("slight symptoms or injury; observed or simply treated"),
    "moderate": N_("treatment or a longer stay needed, or lasting loss of function"),
    "severe": N_("life-saving or major treatment, or major lasting damage"),
    "death": N_("died of it"),
}
"""Half a sentence for each degree of WHO's scale."""
OUTCOMES = {
    "police": N_("Handed over to police"),
    "mediated": N_("Mediated"),
    "handled": N_("Dealt with"),
    "none": N_("No consequences"),
}
FIELDS = {
    "category": N_("category"),
    "severity": N_("severity"),
    "place": N_("place"),
    "time": N_("time"),
    "account": N_("account"),
}
REPORTS = {"progress": N_("Follow-up report"), "final": N_("Final report")}
FILES = {
    "photo": N_("photo"),
    "voice": N_("voice"),
    "video": N_("video"),
    "video_note": N_("round video"),
    "animation": N_("animation"),
    "audio": N_("audio"),
    "document": N_("document"),
}


def stamp(code: str) -> str:
    """A stamp's name."""
    return _(STAMPS[code])


def flag(code: str) -> str:
    """A flag's name."""
    return _(FLAGS[code])


def harmed(code: str) -> str:
    """Who somebody hurt is to the hospital."""
    return _(HARMED[code])


def harm(code: str) -> str:
    """A degree of harm."""
    return _(HARMS[code])


def outcome(code: str) -> str:
    """How a case ended."""
    return _(OUTCOMES[code])


def field(code: str) -> str:
    """An amended field's name."""
    return _(FIELDS[code])


def report(code: str) -> str:
    """A kind of report that follows the first one."""
    return _(REPORTS[code])


def file_kind(code: str) -> str:
    """A kind of evidence file."""
    return _(FILES[code])


def scale() -> str:
    """WHO's degrees of harm, a line each."""
    return "\n".join(
        _("{degree}: {meaning}").format(degree=_(HARMS[code]), meaning=_(HARM_MEANS[code]))
        for code in HARMS
    )


def casualties(injuries: Iterable[Any]) -> str:
    """Who was hurt how badly, by number."""
    counted = count_harmed(injuries)
    return _(", ").join(
        n_("{n} {who} ({harm})", "{n} {who} ({harm})", count).format(
            n=count, who=harmed(who), harm=harm(degree)
        )
        for (who, degree), count in counted.items()
    )


def kind(case: Any) -> str:
    """What a case is: category and severity, or that it is a call for help still."""
    if case.category == "alarm":
        return words.category("alarm")
    return f"{words.category(case.category)} · {words.severity(case.severity)}"

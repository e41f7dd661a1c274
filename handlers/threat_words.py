"""How threats are named: risk and why, weapon, signs, escort, steps."""

from collections.abc import Iterable
from typing import Any

from bot.crypto import Cipher
from bot.i18n import N_, _
from handlers import words
from models.threat import grounds

PLACE, ACCOUNT, WHO, REASON = (
    "threat.place",
    "threat.account",
    "threat.who",
    "threat_step.reason",
)
"""What sealed texts are bound to."""
LEVELS = {"low": N_("low"), "medium": N_("medium"), "high": N_("high")}
WEAPONS = {
    "none": N_("None seen"),
    "spoken": N_("Spoken of"),
    "seen": N_("Seen"),
    "unknown": N_("Not known"),
}
STATES = {"open": N_("watched"), "expired": N_("expired"), "ended": N_("ended")}
GROUNDS = {
    "tendency": N_("may turn violent"),
    "armed": N_("a weapon, with threats or acting out"),
    "weapon": N_("a weapon, without threats"),
    "grave": N_("threats or acting out, no weapon"),
    "calm": N_("neither threats nor a weapon"),
}
STEPS = {
    "renewed": N_("Renewed"),
    "expired": N_("Expired"),
    "ended": N_("Ended"),
    "level_set": N_("Risk changed"),
    "police_told": N_("Police told"),
    "commission_told": N_("Health commission told"),
    "escorted": N_("Escort arranged"),
    "identity_opened": N_("Identity of the reporter opened"),
}


def level(code: str) -> str:
    """How high the risk is, in a word."""
    return _(LEVELS[code])


def weapon(code: str) -> str:
    """What is known of a weapon."""
    return _(WEAPONS[code])


def state(code: str) -> str:
    """Whether a threat is watched still."""
    return _(STATES[code])


def step(code: str) -> str:
    """What was done, by name."""
    return _(STEPS[code])


def escort(code: str) -> str:
    """Whether an escort is wanted."""
    return _("Yes, please") if code == "yes" else _("No")


def unnamed(code: str) -> str:
    """Whether colleagues learn who reported."""
    return _("Unnamed") if code == "yes" else _("Named")


def signs(factors: Iterable[str]) -> str:
    """The signs of a threat by name."""
    named = [words.factor(code) for code in factors]
    return _(", ").join(named) if named else _("none")


def why_level(of_level: str, factors: list[str], of_weapon: str) -> str:
    """The risk and the part of the rule that gives it."""
    return _("Risk: {level} ({why}; our default rule, can be changed)").format(
        level=level(of_level), why=_(GROUNDS[grounds(factors, of_weapon)])
    )


def rule() -> str:
    """The whole rule (our default) by which the risk is computed."""
    return _(
        "The rule: high where the person may turn violent, or where there is a weapon together with threats or "
        "acting out; medium for one of these alone; else low (our default, can be changed)."
    )


def reporter(row: Any) -> str:
    """Who reported, by role; nothing about it where they stay unnamed (handlers/identity.py opens that)."""
    if row.unnamed:
        return _("unnamed to colleagues")
    return " · ".join(part for part in (words.role(row.reporter_role), row.department) if part)


def person(row: Any, cipher: Cipher) -> str:
    """Who it is about, as far as that was given; raises InvalidTag where the key is another one."""
    return cipher.open(row.who_sealed, about=WHO) if row.who_sealed else ""


def place(row: Any, cipher: Cipher) -> str:
    """Where it was; raises InvalidTag where the key is another one."""
    return cipher.open(row.place_sealed, about=PLACE)

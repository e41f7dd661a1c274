"""What the bot asks and does. The registry: menus, /help, permissions and the schedule derive from it."""

from functools import partial

from bot.i18n import N_
from bot.registry import Command, Press, Registry
from handlers import admin, filing, messages, mine, report, score, selfcheck, start, threat
from handlers.deadlines import DEADLINES
from handlers.digest import DIGESTS
from handlers.roles import ADMINS, DUTY, EVERYBODY, REPORTERS, SCORE_READERS, THREAT_READERS
from handlers.upkeep import DRAFTS, QUEUES

SWEEPS = (DEADLINES, DIGESTS, DRAFTS, QUEUES)
CONVERSATIONS = (
    report.REPORT,
    report.NOTE,
    mine.ADDITION,
    threat.THREAT,
    selfcheck.SELFCHECK,
    filing.FILE,
    filing.WAIVE,
    admin.INVITE,
    admin.FACTS,
    admin.REMOVAL,
)


def build_registry() -> Registry:
    """Everything the bot can be asked."""
    reception = start.Reception()
    registry = Registry(
        commands=_commands(reception),
        presses=_presses(reception),
        conversations=CONVERSATIONS,
        on_message=partial(messages.answer_message, reception=reception),
        on_stranger=start.turn_stranger_away,
        on_unknown_command=start.refuse_command,
    )
    reception.registry = registry
    return registry


def _commands(reception: start.Reception) -> tuple[Command, ...]:
    return (
        Command(
            name="report",
            describe=N_("report an incident"),
            act=lambda turn: turn.talks.begin(turn, "report"),
            roles=REPORTERS,
            home=N_("📝 Report"),
        ),
        Command(
            name="threat",
            describe=N_("report a threat or a person to watch"),
            act=lambda turn: turn.talks.begin(turn, "threat"),
            roles=REPORTERS,
            home=N_("⚠️ Threat"),
        ),
        Command(
            name="selfcheck",
            describe=N_("answer the scorecard"),
            act=selfcheck.start_selfcheck,
            roles=DUTY,
            home=N_("📋 Self-check"),
        ),
        Command(
            name="file",
            describe=N_("record that a paper was filed"),
            act=filing.start_filing,
            roles=DUTY,
            home=N_("📌 File"),
        ),
        Command(
            name="score",
            describe=N_("see this year's score"),
            act=score.show_score,
            roles=SCORE_READERS,
            home=N_("Score"),
        ),
        Command(
            name="mine",
            describe=N_("my records and open drafts"),
            act=mine.show_mine,
            roles=EVERYBODY,
            home=N_("My records"),
        ),
        Command(
            name="admin",
            describe=N_("people and hospital"),
            act=admin.show_admin,
            roles=ADMINS,
            home=N_("Manage"),
        ),
        Command(
            name="language", describe=N_("中文 / English"), act=start.language, roles=EVERYBODY
        ),
        Command(
            name="privacy",
            describe=N_("what is kept and who reads it"),
            act=start.privacy,
            roles=EVERYBODY,
        ),
        Command(
            name="cancel", describe=N_("leave the open form"), act=start.cancel, roles=EVERYBODY
        ),
        Command(
            name="help", describe=N_("what I can do here"), act=reception.help, roles=EVERYBODY
        ),
        Command(
            name="start",
            describe=N_("join with an invite, or come home"),
            act=reception.start,
            roles=EVERYBODY,
            strangers=True,
        ),
    )


def _presses(reception: start.Reception) -> tuple[Press, ...]:
    return (
        Press(kind="mine", act=mine.show_mine, roles=EVERYBODY),
        Press(kind="draft", act=mine.press_draft, roles=EVERYBODY),
        Press(kind="add", act=mine.press_add, roles=REPORTERS),
        Press(kind="show", act=mine.press_show, roles=DUTY),
        Press(kind="threat", act=threat.press_threat, roles=THREAT_READERS),
        Press(kind="file", act=filing.press_file, roles=DUTY),
        Press(kind="waive", act=filing.press_waive, roles=DUTY),
        Press(kind="score", act=score.press_score, roles=SCORE_READERS),
        Press(kind="admin", act=admin.press_admin, roles=ADMINS),
        Press(kind="lang", act=reception.choose_language, roles=EVERYBODY),
    )

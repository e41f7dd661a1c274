"""What the bot asks and does. The registry: menus, /help, permissions and the schedule derive from it."""

from functools import partial

from bot.i18n import N_
from bot.registry import Command, Press, Registry
from handlers import (
    admin,
    admin_alarm,
    admin_papers,
    admin_rubric,
    case_amendments,
    case_classing,
    case_findings,
    case_flags,
    case_handover,
    case_injury,
    case_merging,
    case_moves,
    case_reports,
    case_stamps,
    cases,
    duty,
    exports,
    identity,
    lost_files,
    messages,
    mine,
    police_phone,
    relay,
    report,
    responding,
    rooms,
    rulings,
    score,
    score_items,
    sos,
    start,
    tasks,
    threat,
    threat_reading,
    threat_review,
    threat_steps,
)
from handlers.case_sweep import CASES, STUCK
from handlers.deadlines import DEADLINES
from handlers.digest import DIGESTS
from handlers.district import averages, bulletin, findings, learning, overview, proving, reviewing
from handlers.district.pressing import press_district
from handlers.duty_sweep import DUTIES
from handlers.filing import (
    backlog,
    calendar_file,
    not_reportable,
    odd_files,
    passing,
    quiet_hours,
    starting,
    versions,
    waivers,
)
from handlers.filing import form as filing
from handlers.police_sweep import POLICE_CALLS
from handlers.register_sweeps import ENTRIES
from handlers.registers import entering, following, points
from handlers.roles import (
    ADMINS,
    COMMISSION,
    DUTY,
    EVERYBODY,
    FILERS,
    KEEPERS,
    ON_SHIFTS,
    OWERS,
    REPORTERS,
    REVIEWERS,
    SCORE_READERS,
    THREAT_READERS,
)
from handlers.selfchecks import answering, assigning, comparing, pressing, repairs, review
from handlers.selfchecks.reminding import CHECKS
from handlers.threat_sweep import THREATS
from handlers.upkeep import DRAFTS, QUEUES
from models.room import move_room

SWEEPS = (
    CASES,
    STUCK,
    DUTIES,
    POLICE_CALLS,
    DEADLINES,
    DIGESTS,
    DRAFTS,
    QUEUES,
    THREATS,
    ENTRIES,
    CHECKS,
)
CONVERSATIONS = (
    duty.POST,
    report.REPORT,
    report.NOTE,
    mine.ADDITION,
    case_stamps.STAMP,
    case_stamps.POLICE,
    case_injury.INJURY,
    case_amendments.AMEND,
    case_classing.CLASSIFY,
    case_findings.FINDINGS,
    case_moves.CLOSE,
    case_moves.REOPEN,
    case_moves.FALSE_ALARM,
    case_merging.MERGE,
    case_reports.UPWARD,
    case_handover.HANDOVER,
    case_flags.FLAG,
    identity.IDENTITY,
    threat.THREAT,
    threat_review.RENEWAL,
    threat_review.END,
    threat_review.LEVEL,
    answering.SELFCHECK,
    assigning.ASSIGNING,
    review.RETURN,
    review.REOPENING,
    comparing.INSPECTION,
    filing.FILE,
    waivers.WAIVER,
    not_reportable.WAIVE,
    passing.PASS,
    versions.REFILE,
    backlog.BACKLOG,
    quiet_hours.QUIET,
    reviewing.REVIEW_RETURN,
    learning.LEARNT,
    proving.PROOF,
    findings.FINDING,
    bulletin.BULLETIN,
    averages.AVERAGE,
    admin_papers.PAPER_RULE,
    admin.INVITE,
    admin.FACTS,
    admin.REMOVAL,
    admin_alarm.CHAINS,
    rulings.RULING,
    police_phone.PHONE,
    *entering.ENTRIES,
    following.STEP,
    points.POINT,
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
        on_group_command=rooms.answer_group,
        on_moved=relay.follow_location,
        on_chat_moved=move_room,
        on_chat_left=rooms.leave_group,
        urgent_words=reception.is_urgent,
        on_odd_file=odd_files.tell_odd_file,
        on_lost_file=lost_files.tell_lost_file,
        on_unknown_command=start.refuse_command,
        unsaved=messages.say_unsaved,
        failed=messages.say_failed,
    )
    reception.registry = registry
    return registry


def _commands(reception: start.Reception) -> tuple[Command, ...]:
    return (
        Command(
            name="sos",
            describe=N_("call for help at once"),
            act=sos.sound_alarm,
            roles=REPORTERS,
            home=N_("🆘 Call for help"),
            urgent=True,
        ),
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
            act=threat.start_threat,
            roles=REPORTERS,
            home=N_("⚠️ Threat"),
        ),
        Command(
            name="duty",
            describe=N_("go on or off duty"),
            act=duty.show_duty,
            roles=ON_SHIFTS,
            home=N_("On / off duty"),
        ),
        Command(
            name="selfcheck",
            describe=N_("answer the scorecard"),
            act=answering.start_selfcheck,
            roles=DUTY,
            home=N_("📋 Self-check"),
        ),
        Command(
            name="file",
            describe=N_("papers: file one, or see what is owed"),
            act=overview.open_papers,
            roles=FILERS | COMMISSION,
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
            name="tasks",
            describe=N_("what waits for me; enter into a register"),
            act=tasks.show_tasks,
            roles=EVERYBODY,
            home=N_("Tasks"),
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
        Press(kind="act", act=responding.press_act, roles=REPORTERS, urgent=True),
        Press(kind="case", act=cases.press_case, roles=EVERYBODY),
        Press(kind="stamp", act=case_stamps.press_stamp, roles=REPORTERS),
        Press(kind="harm", act=case_injury.press_harm, roles=REPORTERS),
        Press(kind="amend", act=case_amendments.press_amend, roles=REPORTERS),
        Press(kind="move", act=case_moves.press_move, roles=DUTY),
        Press(kind="upward", act=case_reports.press_upward, roles=DUTY),
        Press(kind="handover", act=case_handover.press_handover, roles=DUTY),
        Press(kind="flag", act=case_flags.press_flag, roles=ADMINS),
        Press(kind="identity", act=identity.press_identity, roles=ADMINS),
        Press(kind="duty", act=duty.press_duty, roles=ON_SHIFTS),
        Press(kind="draft", act=mine.press_draft, roles=EVERYBODY),
        Press(kind="add", act=mine.press_add, roles=REPORTERS),
        Press(kind="show", act=mine.press_show, roles=DUTY),
        Press(kind="threat", act=threat_reading.press_threat, roles=THREAT_READERS),
        Press(kind="threat_step", act=threat_steps.press_step, roles=THREAT_READERS),
        Press(kind="file", act=starting.press_file, roles=FILERS),
        Press(kind="filed", act=starting.press_filed, roles=FILERS),
        Press(kind="filings", act=versions.press_filings, roles=DUTY),
        Press(kind="district", act=press_district, roles=COMMISSION),
        Press(kind="review", act=reviewing.press_review, roles=COMMISSION),
        Press(kind="calendar", act=calendar_file.send_calendar, roles=OWERS),
        Press(kind="quiet", act=quiet_hours.press_quiet, roles=EVERYBODY),
        Press(kind="papers", act=admin_papers.press_papers, roles=ADMINS),
        Press(kind="backlog", act=backlog.press_backlog, roles=FILERS),
        Press(kind="zero", act=filing.press_zero, roles=DUTY),
        Press(kind="pass", act=passing.press_pass, roles=FILERS),
        Press(kind="waive", act=not_reportable.press_waive, roles=DUTY),
        Press(kind="owed", act=not_reportable.press_owed, roles=REVIEWERS),
        Press(kind="waiver", act=waivers.press_ask, roles=FILERS),
        Press(kind="waived", act=waivers.press_decide, roles=REVIEWERS),
        Press(kind="score", act=score_items.press_score, roles=SCORE_READERS),
        Press(kind="ruling", act=rulings.press_ruling, roles=SCORE_READERS),
        Press(kind="sheet", act=exports.press_sheet, roles=SCORE_READERS),
        Press(kind="admin", act=admin.press_admin, roles=ADMINS),
        Press(kind="chain", act=admin_alarm.press_chain, roles=ADMINS),
        Press(kind="police_phone", act=police_phone.press_phone, roles=ADMINS),
        Press(kind="room", act=rooms.press_room, roles=ADMINS),
        Press(kind="rubric", act=admin_rubric.press_rubric, roles=ADMINS),
        Press(kind="check", act=pressing.press_check, roles=SCORE_READERS),
        Press(kind="repair", act=repairs.press_repair, roles=DUTY),
        Press(kind="tasks", act=tasks.show_tasks, roles=EVERYBODY),
        Press(kind="enter", act=entering.press_enter, roles=KEEPERS),
        Press(kind="entry", act=following.press_entry, roles=REPORTERS),
        Press(kind="register", act=following.press_register, roles=DUTY),
        Press(kind="point", act=points.press_point, roles=DUTY),
        Press(kind="lang", act=reception.choose_language, roles=EVERYBODY),
    )

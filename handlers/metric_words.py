"""Counted figures in words."""

from collections.abc import Mapping
from fractions import Fraction

from bot.i18n import N_, _
from handlers.score_words import number

WORDS = {
    "missed_reports": N_("{n} reports missed"),
    "reports.late": N_("{n} reports late"),
    "reports.on_time_percent": N_("{n}% filed on time"),
    "incidents.violent": N_("{n} violent incidents"),
    "incidents.grave": N_("{n} cases of grave impact"),
    "incidents.media_hype": N_("{n} cases hyped by the media"),
    "incidents.malpractice": N_("{n} malpractice events"),
    "staff.organised_crime": N_("{n} cases of organised crime"),
    "supervised_cases.closed_percent": N_("{n}% of supervised cases closed"),
    "meetings.held": N_("{n} meetings"),
    "inspections.held": N_("{n} inspections"),
    "trainings.held": N_("{n} trainings"),
    "trainings.ethics_law": N_("of these {n} on ethics and law"),
    "drills.held": N_("{n} drills"),
    "complaints.total": N_("{n} complaints"),
    "complaints.closed_percent": N_("{n}% of complaints closed"),
    "disputes.total": N_("{n} disputes"),
    "disputes.agreed_percent": N_("{n}% of disputes agreed"),
    "disputes.median_days": N_("half of the disputes closed within {n} days"),
    "clues.months": N_("{n} months with clues on record"),
    "clues.handed": N_("{n} clues handed over"),
    "hazards.total": N_("{n} hazards"),
    "hazards.closed_percent": N_("{n}% of hazards closed"),
    "hazards.overdue": N_("{n} hazards overdue"),
    "patrols.held": N_("{n} patrol points checked"),
}
"""Every figure that records count. A figure that is asked has its name in the rubric."""


def say_metrics(metrics: tuple[str, ...], counted: Mapping[str, str]) -> str:
    """3 meetings, 8 inspections; those that records say nothing about are left out."""
    said = [
        _(WORDS[metric]).format(n=number(Fraction(counted[metric])))
        for metric in metrics
        if metric in counted and metric in WORDS
    ]
    return _(", ").join(said)

"""The figures that the commission publishes for a year: averages over the district that scorecards compare with."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.forms import Form, Question, Refused, View
from bot.i18n import _, current_locale
from bot.kinds import Choice, Option, options_named
from bot.messages import Button
from bot.read_kinds import Numbers
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.district.seen import hospitals_seen, own_district, year_of
from handlers.roles import COMMISSION
from handlers.rubrics import rubrics_for
from models import audit
from models.district import figures_of, set_figure
from models.rules import BelowBenchmark

_KEPT = 2
"""The years that a figure can be entered for: this one and those before it, so many in all."""


def begin_average(turn: Turn) -> None:
    """Ask for one figure of a year."""
    metrics = _metrics(turn)
    if not metrics:
        turn.toast(_("No scorecard of your hospitals compares with a district average."))
        return
    year = year_of(turn)
    years = [str(year - back) for back in range(_KEPT)]
    known = {
        f"{each}:{row.metric}": row.value
        for each in years
        for row in figures_of(turn.conn, own_district(turn), int(each))
    }
    params = {"metrics": metrics, "years": years, "known": known}
    only = {"metric": next(iter(metrics))} if len(metrics) == 1 else {}
    turn.talks.begin(turn, "average", params=params, answers=only)


def _metrics(turn: Turn) -> dict[str, dict[str, str]]:
    """What the hospitals' scorecards compare with: names and the greatest value, by figure."""
    rubrics = rubrics_for(turn.conn, list(hospitals_seen(turn).values()), year_of(turn))
    locale = current_locale()
    found = {}
    for rubric in {each.content_hash: each for each in rubrics.values()}.values():
        for line in rubric.criteria:
            if isinstance(line.rule, BelowBenchmark):
                of = line.name.in_language(locale)
                name = f"{line.rule.benchmark_name.in_language(locale)} · {of}"
                found[line.rule.benchmark] = {"name": name, "most": str(line.rule.maximum)}
    return found


def _named(view: View) -> Sequence[Option]:
    return options_named((key, each["name"]) for key, each in view.params["metrics"].items())


def _years(view: View) -> Sequence[Option]:
    return options_named((each, each) for each in view.params["years"])


def _ask(view: View) -> str:
    metric, year = view.answers["metric"], view.answers["year"]
    lines = [
        _("{year}, {figure}: how much is it? For example: 93.5.").format(
            year=year, figure=view.params["metrics"][metric]["name"]
        )
    ]
    known = view.params["known"].get(f"{year}:{metric}")
    if known:
        lines.append(_("Published so far: {value}; a new one replaces it.").format(value=known))
    lines.append(_("Every self-check of that year uses it in place of what was typed there."))
    return "\n".join(lines)


def build_average(_params: dict[str, Any]) -> Form:
    """Which figure, which year, how much."""
    return Form(
        name="average",
        version=1,
        title=lambda _view: _("a district average"),
        questions=(
            Question(
                key="metric",
                kind=Choice(options=_named, columns=1),
                ask=lambda _view: _("Which figure?"),
                label=lambda _view: _("figure"),
            ),
            Question(
                key="year",
                kind=Choice(options=_years),
                ask=lambda _view: _("For which year?"),
                label=lambda _view: _("year"),
            ),
            Question(
                key="value",
                kind=Numbers(most=100, whole=False, example="93.5"),
                ask=_ask,
                label=lambda _view: _("value"),
            ),
        ),
    )


def complete_average(turn: Turn, finished: Finished) -> None:
    """Publish the figure; scores follow it at once."""
    answers, params = finished.answers, finished.view.params
    metric, year, value = answers["metric"], int(answers["year"]), answers["value"][0]
    about = params["metrics"][metric]
    if Decimal(value) > Decimal(about["most"]):
        raise Refused(_("At most {most} is possible here.").format(most=about["most"]))
    set_figure(
        turn.conn,
        own_district(turn),
        year,
        metric,
        value=value,
        member_id=turn.actor.id,
        at=turn.now,
    )
    audit.note(
        turn.conn,
        at=turn.now,
        action="average.published",
        subject=f"{year}:{metric}",
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        value=value,
    )
    text = _("✅ Published for {year}: {figure} {value}")
    turn.say(
        text.format(year=year, figure=about["name"], value=value),
        [[Button(_("Back"), "district:o:0")]],
    )


AVERAGE = Conversation(
    name="average",
    version=1,
    roles=COMMISSION,
    build=build_average,
    complete=complete_average,
)

"""What a missed paper has cost and what the next one would, with the rule's own words."""

from bot.i18n import _, n_
from handlers.score_words import ladder_words, points
from handlers.scoring import Standing
from models.criteria import Criterion, Item
from models.projection import next_misses, reporting


def cost_line(now: Standing) -> str:
    """What was missed in a year so far and what one more costs."""
    missed = len(now.missed)
    done = n_("Missed for {year} so far: {n}.", "Missed for {year} so far: {n}.", missed)
    said = [done.format(year=now.year, n=missed)]
    found = reporting(now.rubric)
    if found:
        said.append(_next(now, *found[0]))
    return "\n".join(said)


def _next(now: Standing, item: Item, line: Criterion) -> str:
    costs = next_misses(now.basis, now.card)
    rule = _rule(item, line)
    if not costs:
        return _("Item {item} of the scorecard is at 0 points.").format(item=item.id)
    if costs[0]:
        return _("One more costs {points} ({rule}).").format(points=points(costs[0]), rule=rule)
    return _("One more costs nothing yet ({rule}).").format(rule=rule)


def _rule(item: Item, line: Criterion) -> str:
    ladder = ladder_words(line)
    place = _("scorecard item {item}").format(item=item.id)
    return _("{place}: {words}").format(place=place, words=ladder) if ladder else place

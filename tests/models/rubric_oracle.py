"""A slow second opinion on the two sample tables, written from their words; it shares nothing with ``models``.

Every reading of what a table leaves open is tried, every hospital that missing figures allow, and the ends taken.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

Band = tuple[Fraction, Fraction]
Hospital = tuple[int, int, int]
"""Level, beds, outpatients a day."""
ZERO = Fraction(0)
ALL = Fraction(100)


class State:
    """What a hospital answered and what its records count."""

    def __init__(self, answers: Mapping[str, Any], counts: Mapping[str, Fraction]) -> None:
        self.answers, self.counts = answers, counts

    def verdict(self, line: str, worth: int) -> tuple[Band, bool]:
        """(points, whether it counts at all) of 达标 / 部分 / 未达标 / 不适用."""
        said = self.answers.get(line)
        if said == "na":
            return (ZERO, ZERO), False
        share = {"yes": Fraction(1), "partly": Fraction(1, 2), "no": ZERO, None: None}[said]
        if share is None:
            return (ZERO, Fraction(worth)), True
        return (worth * share, worth * share), True

    def figure(self, line: str, metrics: tuple[str, ...], metric: str) -> Fraction | None:
        """One of a line's figures: counted, else as answered; None while nobody said."""
        if metric in self.counts:
            return self.counts[metric]
        said = self.answers.get(line)
        if not isinstance(said, list):
            return None
        # An answer has a number for every figure, or for those that nobody counts; 漏报 is never asked.
        asked = [each for each in metrics if each != "missed_reports"]
        if len(said) != len(asked):
            asked = [each for each in asked if each not in self.counts]
        value = dict(zip(asked, said, strict=False)).get(metric)
        return None if value is None else Fraction(str(value))

    def open(self, line: str, metrics: tuple[str, ...]) -> bool:
        """Whether a line's figures are neither counted nor answered."""
        counted = all(metric in self.counts for metric in metrics)
        return not counted and not isinstance(self.answers.get(line), list)

    def times(self, line: str, metrics: tuple[str, ...], metric: str, unsaid: int = 0) -> int:
        """A figure that is a number of events; ``unsaid`` where it is neither counted nor answered."""
        if metric not in self.counts and not isinstance(self.answers.get(line), list):
            return unsaid
        return int(self.figure(line, metrics, metric) or 0)

    def share(self, line: str, metric: str, worth: int, *, no_cases: bool) -> Band:
        """按…率计分: in proportion to a percentage."""
        if metric not in self.counts and no_cases and self.answers.get(line) == "no_cases":
            return Fraction(worth), Fraction(worth)
        if self.open(line, (metric,)):
            return ZERO, Fraction(worth)
        got = worth * min(self.figure(line, (metric,), metric) or ZERO, ALL) / 100
        return got, got


MANY = 9999
"""As many events as anybody may enter: what nobody has said may be that many, or none."""


def ends(left: Callable[[int], Fraction]) -> Band:
    """The points left where what is unsaid is many, and where it is none."""
    return left(MANY), left(0)


def average(state: State, line: str, own: str, worth: int) -> Band:
    """每低1分扣0.5分: below the average; while the average is missing anything may be."""
    metrics = (own, "district_average")
    if state.open(line, metrics) and own not in state.counts:
        return ZERO, Fraction(worth)
    mine, theirs = (state.figure(line, metrics, each) for each in metrics)
    if mine is None:
        return ZERO, Fraction(worth)

    def left(benchmark: Fraction) -> Fraction:
        return max(ZERO, worth - Fraction(1, 2) * max(ZERO, benchmark - mine))

    return (left(ALL), Fraction(worth)) if theirs is None else (left(theirs), left(theirs))


def total(bands: list[Band]) -> Band:
    return sum((low for low, _high in bands), ZERO), sum((high for _low, high in bands), ZERO)


def union(bands: list[Band]) -> Band:
    return min(low for low, _high in bands), max(high for _low, high in bands)


def places(level: int, beds: int | None, outpatients: int | None) -> list[Hospital]:
    """Every hospital this may be, as far as a table asks."""
    return [
        (level, b, o)
        for b, o in product(
            (0, 1000) if beds is None else (beds,),
            (0, 5000) if outpatients is None else (outpatients,),
        )
    ]


# -- the county's table ----------------------------------------------------------------------------


def county_items(state: State, place: Hospital) -> dict[str, tuple[Band, Fraction]]:
    """Of each item its points, and how many of its printed points do not apply."""
    level, beds, outpatients = place
    checked = level == 3 or beds >= 1000 or outpatients >= 5000
    rows: dict[str, tuple[int, list[tuple[str, int, bool]]]] = {
        "1.2": (7, [("1.2.1", 3, True), ("1.2.2", 4, True)]),
        "2.1": (14, [("2.1.1", 6, True), ("2.1.2", 8, True)]),
        "2.2": (10, [("2.2.1", 8, checked), ("2.2.2", 4, True)]),
        "4.3": (5, [("4.3.1", 5, True)]),
    }
    found = {
        item: summed(
            points, [(*state.verdict(line, worth), worth) for line, worth, on in lines if on]
        )
        for item, (points, lines) in rows.items()
    }
    said = state.answers.get("1.1")
    led = {"head": 8, "deputy": 4, "none": 0}
    chosen = (ZERO, Fraction(8)) if said is None else (Fraction(led[said]), Fraction(led[said]))
    found["1.1"] = chosen, ZERO
    whole = {
        "2.3": state.share("2.3.1", "hazards.closed_percent", 6, no_cases=True),
        "3.2": county_cases(state),
        "4.1": county_papers(state),
        "4.2": county_truth(state),
        "5.1": average(state, "5.1.1", "survey.patient_service", 5),
        "5.2": state.share("5.2.1", "survey.staff_security", 5, no_cases=False),
    }
    found |= {item: (band, ZERO) for item, band in whole.items()}
    mediated = [
        (state.share("3.1.2", "complaints.closed_percent", 5, no_cases=True), True, 5),
        (state.share("3.1.3", "disputes.agreed_percent", 5, no_cases=True), True, 5),
    ]
    if level >= 2:
        mediated.append((*state.verdict("3.1.1", 5), 5))
    found["3.1"] = summed(15, mediated)
    return found


def summed(points: int, lines: list[tuple[Band, bool, int]]) -> tuple[Band, Fraction]:
    """Of a row (最高其分值) its points, and how much of what it has no line that applies can give."""
    counted = [band for band, counts, _worth in lines if counts]
    applying = sum(worth for _band, counts, worth in lines if counts)
    low, high = (min(Fraction(points), end) for end in total(counted))
    return (low, high), Fraction(max(0, points - applying))


def county_cases(state: State) -> Band:
    """暴力案件1起扣1分,2起扣3分,3起扣6分,4起及以上不得分;炒作一起扣2分."""
    metrics = ("incidents.violent", "incidents.media_hype")

    def left(unsaid: int) -> Fraction:
        violent, hyped = (state.times("3.2.1", metrics, each, unsaid) for each in metrics)
        lost = {0: 0, 1: 1, 2: 3, 3: 6}.get(violent, 10) + 2 * hyped
        return Fraction(max(0, 10 - lost))

    return ends(left)


def county_papers(state: State) -> Band:
    """不报送或不按时报送每次减0.5分,本项限扣3分."""
    metrics = ("missed_reports", "reports.late")

    def left(unsaid: int) -> Fraction:
        times = sum(state.times("4.1.1", metrics, each, unsaid) for each in metrics)
        return 5 - min(Fraction(times, 2), Fraction(3))

    return ends(left)


def county_truth(state: State) -> Band:
    """迟报、漏报、瞒报、谎报的,本项不得分."""
    metrics = ("reports.late", "missed_reports", "reports.concealed", "reports.false")

    def left(unsaid: int) -> Fraction:
        any_of_them = any(state.times("4.2.1", metrics, each, unsaid) for each in metrics)
        return ZERO if any_of_them else Fraction(10)

    return ends(left)


def county(
    level: int, beds: int | None, outpatients: int | None, state: State
) -> tuple[dict[str, Band], Band]:
    """(items, total): what does not apply is scaled over the whole table."""
    items: dict[str, list[Band]] = {}
    totals = []
    for place in places(level, beds, outpatients):
        found = county_items(state, place)
        absent = sum((gone for _band, gone in found.values()), ZERO)
        got = total([band for band, _gone in found.values()])
        left = 100 - absent
        totals.append(
            (ALL, ALL)
            if left <= 0
            else (min(ALL, got[0] * 100 / left), min(ALL, got[1] * 100 / left))
        )
        for item, (band, _gone) in found.items():
            items.setdefault(item, []).append(band)
    return {item: union(bands) for item, bands in items.items()}, union(totals)


# -- the table in the style of Wenzhou ---------------------------------------------------------------


def scaled(points: int, lines: list[tuple[Band, bool, int]]) -> Band:
    """不适用的按适用的各条折算: over the lines that apply; with none left, full marks."""
    counted = [band for band, counts, _worth in lines if counts]
    worth = sum(worth for _band, counts, worth in lines if counts)
    if worth == 0:
        return Fraction(points), Fraction(points)
    low, high = total(counted)
    return low * points / worth, high * points / worth


def wenzhou_cases(state: State) -> Band:
    """暴力案件一起扣2分,重点时段加倍扣分;行业乱象一起扣1分,第2起起加倍."""
    metrics = ("incidents.violent", "incidents.violent.key_period", "incidents.malpractice")

    def left(unsaid: int) -> Fraction:
        violent, key_period, chaos = (
            state.times("2.3.1", metrics, each, unsaid) for each in metrics
        )
        lost = 2 * violent + 2 * min(key_period, violent)
        lost += sum(1 if n == 1 else 2 for n in range(1, chaos + 1))
        return Fraction(max(0, 10 - lost))

    return ends(left)


def wenzhou_papers(state: State) -> Band:
    """迟报一次扣0.5分,漏报一次扣1分,第2次起加倍,本项限扣5分."""
    metrics = ("reports.late", "missed_reports")

    def left(unsaid: int) -> Fraction:
        late, missed = (state.times("4.1.1", metrics, each, unsaid) for each in metrics)
        lost = Fraction(late, 2) + sum(1 if n == 1 else 2 for n in range(1, missed + 1))
        return 10 - min(lost, Fraction(5))

    return ends(left)


def wenzhou_hype(state: State) -> Band:
    """发生一起扣1分,限扣3分."""
    metric = "incidents.media_hype"
    return ends(
        lambda unsaid: Fraction(5 - min(state.times("4.2.1", (metric,), metric, unsaid), 3))
    )


def floor(value: Fraction) -> int:
    return value.numerator // value.denominator


COUNTINGS: dict[str, Callable[[Fraction], Fraction]] = {
    "proportional": lambda steps: steps,
    "whole": lambda steps: Fraction(floor(steps)),
    "started": lambda steps: Fraction(-floor(-steps)),
}


def satisfied(value: Fraction, reading: str) -> Fraction:
    """95%得满分;以下每降低1个百分点扣0.25分,85%以下每降低1个百分点扣0.5分,低于70%不得分."""
    if value >= 95:
        return Fraction(10)
    if value < 70:
        return ZERO
    count = COUNTINGS[reading]
    lost = Fraction(1, 4) * count(95 - max(value, Fraction(85)))
    if value < 85:
        lost += Fraction(1, 2) * count(85 - value)
    return max(ZERO, 10 - lost)


def wenzhou_satisfaction(state: State, rulings: Mapping[str, str]) -> Band:
    metric = "survey.patient_service"
    if state.open("5.1.1", (metric,)):
        return ZERO, Fraction(10)
    value = state.figure("5.1.1", (metric,), metric) or ZERO
    readings = [rulings["W1"]] if "W1" in rulings else list(COUNTINGS)
    found = [satisfied(value, reading) for reading in readings]
    return min(found), max(found)


def wenzhou_bonus(state: State) -> Band:
    """表彰加2分;线索每条加0.5分,最多加4分;合计不超过5分."""
    said = state.answers.get("J1")
    first = {None: (ZERO, Fraction(2)), "yes": (Fraction(2),) * 2, "no": (ZERO,) * 2}[said]
    metric = "clues.handed"
    if state.open("J2", (metric,)):
        second = (ZERO, Fraction(4))
    else:
        got = min(Fraction(state.times("J2", (metric,), metric), 2), Fraction(4))
        second = (got, got)
    low, high = total([first, second])
    return min(low, Fraction(5)), min(high, Fraction(5))


def wenzhou(level: int, state: State, rulings: Mapping[str, str]) -> tuple[dict[str, Band], Band]:
    """(items, total): bonus on top, then the vetoes; never below nothing."""

    def verdicts(points: int, *lines: tuple[str, int]) -> Band:
        return scaled(points, [(*state.verdict(line, worth), worth) for line, worth in lines])

    equipment = [("2.2.1", 5), *([("2.2.2", 5)] if level == 3 else [])]
    mediation = state.share("3.2.1", "disputes.agreed_percent", 5, no_cases=True)
    items = {
        "1.1": verdicts(10, ("1.1.1", 5), ("1.1.2", 5)),
        "2.1": verdicts(10, ("2.1.1", 5), ("2.1.2", 5)),
        "2.2": verdicts(10, *equipment),
        "2.3": wenzhou_cases(state),
        "3.1": state.share("3.1.1", "complaints.closed_percent", 10, no_cases=True),
        "3.2": scaled(10, [(mediation, True, 5), (*state.verdict("3.2.2", 5), 5)]),
        "4.1": wenzhou_papers(state),
        "4.2": wenzhou_hype(state),
        "4.3": verdicts(5, ("4.3.1", 5)),
        "5.1": wenzhou_satisfaction(state, rulings),
        "5.2": average(state, "5.2.1", "survey.staff_security", 10),
    }
    low, high = total([*items.values(), wenzhou_bonus(state)])
    for line, metric, off in (
        ("F1", "incidents.grave", 30),
        ("F2", "reports.concealed", 105),
    ):
        if state.open(line, (metric,)):
            low -= off
        elif state.times(line, (metric,), metric):
            low, high = low - off, high - off
    return items, (max(ZERO, low), max(ZERO, high))

"""What a rubric file may get wrong in rules, applicability, bonus, veto and YAML; each error says where and why."""

import contextlib
import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from models.fields import RubricError
from models.rubric import FOLDER, parse

Part = dict[Any, Any]
Change = Callable[[Part], object]
COUNTY, WENZHOU = (
    yaml.safe_load((FOLDER / f"{each}.yaml").read_text(encoding="utf-8"))
    for each in ("county-style", "wenzhou-style")
)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def parts(raw: object) -> Iterator[Part]:
    """Every mapping of a file."""
    if isinstance(raw, dict):
        yield raw
    for each in raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ():
        yield from parts(each)


def part(raw: Part, part_id: str) -> Part:
    return next(each for each in parts(raw) if each.get("id") == part_id)


def rule(raw: Part, line_id: str, **changed: Any) -> Part:
    """The rule of a line, with such keys changed."""
    found: Part = part(raw, line_id)["rule"]
    found.update(changed)
    return found


def event(raw: Part, line_id: str, number: int = 0, **changed: Any) -> Part:
    found: Part = part(raw, line_id)["rule"]["events"][number]
    found.update(changed)
    return found


def without(found: Part, key: str | int) -> None:
    del found[key]


def put(raw: Part, part_id: str, **changed: Any) -> None:
    part(raw, part_id).update(changed)


def refused(name: str, text: str) -> RubricError:
    """Why a text is refused, in one line that begins with file and place."""
    with pytest.raises(RubricError) as caught:
        parse(name, text)
    error = caught.value
    assert "\n" not in str(error)
    assert re.match(rf"{re.escape(name)}(:\d+)?: .+: .+", str(error))
    return error


def line_that_holds(text: str, number: int, key: str) -> bool:
    return key in text.splitlines()[number - 1]


TIERS = [{"from": 85, "per": 1, "deduct": 0.25}, {"from": 70, "per": 1, "deduct": 0.5}]
KEYS: Part = {"metric": "incidents.violent.key_period", "name": "重点时段", "times": 2}

APPLIES: list[tuple[Change, str, str, str]] = [
    (lambda r: put(r, "2.2.1", applies={"level": [4]}), "2.2.1: applies", "unknown_level", "level"),
    (lambda r: put(r, "2.2.1", applies={"level": []}), "2.2.1: applies", "not_a_list", "level"),
    (lambda r: put(r, "2.2.1", applies={"level": 3}), "2.2.1: applies", "not_a_list", "level"),
    (lambda r: put(r, "2.2.1", applies={"beds": 9}), "2.2.1: applies", "unknown_key", "beds"),
    (
        lambda r: put(r, "2.2.1", applies={"beds_from": -1}),
        "2.2.1: applies",
        "not_a_number",
        "beds_from",
    ),
    (lambda r: put(r, "2.2.1", applies={"any": []}), "2.2.1: applies", "not_a_list", "any"),
    (lambda r: put(r, "2.2.1", applies={"all": ["x"]}), "2.2.1: applies: all", "not_a_map", "all"),
    (lambda r: put(r, "2.2.1", applies={"not": []}), "2.2.1: applies: not", "not_a_map", "not"),
    (lambda r: put(r, "2.2.1", applies=[]), "2.2.1: applies", "not_a_mapping", "applies"),
    (
        lambda r: put(r, "2.2.1", applies={"beds_from": 9, "level": [3]}),
        "2.2.1: applies",
        "not_a_predicate",
        "",
    ),
    (lambda r: put(r, "2.2.1", levels=[3]), "2.2.1", "two_gates", "levels"),
]
SUMS: list[tuple[Change, str, str, str]] = [
    # By beds and outpatients the lines of 2.2 add up to 4 or to 12: both have to be declared, at each level.
    (lambda r: without(part(r, "2.2"), "printed_sum"), "2.2", "points_mismatch", ""),
    (lambda r: part(r, "2.2")["printed_sum"].update({1: 12}), "2.2", "points_mismatch", ""),
    (lambda r: part(r, "2.2")["printed_sum"].update({1: 4}), "2.2", "points_mismatch", ""),
    (lambda r: part(r, "2.2")["printed_sum"].update({3: [4, 12]}), "2.2", "points_mismatch", ""),
    (lambda r: without(part(r, "2.2")["printed_sum"], 1), "2.2", "points_mismatch", ""),
    (lambda r: part(r, "2.2")["printed_sum"].update({1: []}), "2.2", "not_a_number", "printed_sum"),
    (
        lambda r: part(r, "2.2")["printed_sum"].update({1: [4, "many"]}),
        "2.2",
        "not_a_number",
        "printed_sum",
    ),
    (
        lambda r: part(r, "2.2")["printed_sum"].update({1: [[4]]}),
        "2.2",
        "not_a_number",
        "printed_sum",
    ),
    (lambda r: put(r, "2.2", printed_sum=[4, 12]), "2.2", "not_a_mapping", "printed_sum"),
    (lambda r: part(r, "2.2")["printed_sum"].update({9: 4}), "2.2", "unknown_level", ""),
    (lambda r: without(part(r, "2.2"), "over"), "2.2", "points_mismatch", ""),
    (lambda r: put(r, "2.2", over={"policy": "luck"}), "2.2: over", "unknown_policy", "policy"),
    (lambda r: put(r, "2.2", over={"open": "A1"}), "2.2", "unknown_open", ""),
    (lambda r: put(r, "2.2.2", applies={"beds_from": 50}), "2.2", "points_mismatch", ""),
    (lambda r: put(r, "1.2.1", applies={"outpatients_from": 9}), "1.2", "points_mismatch", ""),
]
EVENTS: list[tuple[Change, str, str, str]] = [
    (lambda r: rule(r, "4.1.1", cap=6), "4.1.1", "points_mismatch", ""),
    (lambda r: rule(r, "4.1.1", cap=0), "4.1.1", "points_mismatch", ""),
    (lambda r: rule(r, "4.1.1", events=[]), "4.1.1: rule", "not_a_list", "events"),
    (lambda r: event(r, "4.1.1", each=0), "4.1.1: rule: events", "not_a_number", "each"),
    (lambda r: event(r, "4.1.1", each="some"), "4.1.1: rule: events", "not_a_number", "each"),
    (lambda r: event(r, "4.2.1", repeats={"from": 2, "times": 2}), "4.2.1: rule", "not_an_ev", ""),
    (lambda r: event(r, "4.2.1", doubled=[KEYS]), "4.2.1: rule: events", "not_an_event", ""),
    (lambda r: event(r, "3.2.1", ladder=[0, 3, 1]), "3.2.1: rule", "not_a_ladder", "ladder"),
    (lambda r: event(r, "3.2.1", ladder=[]), "3.2.1: rule: events", "not_a_list", "ladder"),
    (lambda r: event(r, "3.2.1", ladder=[0, 11]), "3.2.1", "points_mismatch", ""),
    (lambda r: event(r, "3.2.1", each=1), "3.2.1: rule: events", "unknown_key", "each"),
]
REPEATED: list[tuple[Change, str, str, str]] = [
    (lambda r: event(r, "2.3.1", doubled=[]), "2.3.1: rule", "not_a_list", "doubled"),
    (
        lambda r: event(r, "2.3.1", doubled=[{**KEYS, "times": 0.5}]),
        "2.3.1: rule: events: doubled",
        "not_a_number",
        "times",
    ),
    (
        lambda r: event(r, "2.3.1", doubled=[{**KEYS, "metric": "luck"}]),
        "2.3.1: rule: events: doubled",
        "unknown_metric",
        "metric",
    ),
    (
        lambda r: event(r, "2.3.1", doubled=[{**KEYS, "from": 2}]),
        "2.3.1: rule: events: doubled",
        "unknown_key",
        "from",
    ),
    (
        lambda r: event(r, "2.3.1", 1, repeats={"from": 0, "times": 2}),
        "2.3.1: rule: events: repeats",
        "not_a_number",
        "from",
    ),
    (
        lambda r: event(r, "2.3.1", 1, repeats={"from": 1.5, "times": 2}),
        "2.3.1: rule: events: repeats",
        "not_a_number",
        "from",
    ),
    (
        lambda r: event(r, "2.3.1", 1, repeats={"from": 2, "times": 0}),
        "2.3.1: rule: events: repeats",
        "not_a_number",
        "times",
    ),
    (
        lambda r: event(r, "2.3.1", 1, repeats={"from": 2}),
        "2.3.1: rule: events: repeats",
        "missing_key",
        "",
    ),
]
SLOPES: list[tuple[Change, str, str, str]] = [
    (lambda r: rule(r, "5.1.1", tiers=TIERS[::-1]), "5.1.1: rule", "not_a_slope", ""),
    (lambda r: rule(r, "5.1.1", tiers=TIERS[:1] * 2), "5.1.1: rule", "not_a_slope", ""),
    (lambda r: rule(r, "5.1.1", full_from=80), "5.1.1: rule", "not_a_slope", ""),
    (lambda r: rule(r, "5.1.1", full_from=101), "5.1.1: rule", "not_a_slope", ""),
    (lambda r: rule(r, "5.1.1", tiers=[]), "5.1.1: rule", "not_a_list", "tiers"),
    (
        lambda r: rule(r, "5.1.1", tiers=[{**TIERS[0], "per": 0}]),
        "5.1.1: rule: tiers",
        "not_a_number",
        "per",
    ),
    (lambda r: rule(r, "5.1.1", below="half"), "5.1.1: rule", "unknown_below", "below"),
    (lambda r: rule(r, "5.1.1", counting="guess"), "5.1.1: rule", "unknown_counting", "counting"),
    (
        lambda r: rule(r, "5.1.1", counting={"open": "W1", "x": 1}),
        "5.1.1: rule",
        "unknown_counting",
        "counting",
    ),
    (lambda r: rule(r, "5.1.1", counting={"open": "W9"}), "5.1.1", "unknown_open", ""),
    (
        lambda r: part(r, "W1")["readings"].update(nothing="不扣"),
        "5.1.1",
        "unknown_reading",
        "",
    ),
]
BESIDE: list[tuple[Change, str, str, str]] = [
    (lambda r: put(r, "F1", effect="none"), "F1", "unknown_effect", "effect"),
    (lambda r: put(r, "F1", effect={"deduct": 0}), "F1", "unknown_effect", "effect"),
    (lambda r: put(r, "F1", effect={"deduct": -30}), "F1", "unknown_effect", "effect"),
    (lambda r: put(r, "F1", effect={"deduct": 30, "x": 1}), "F1", "unknown_effect", "effect"),
    (lambda r: without(part(r, "F1"), "effect"), "F1", "missing_key", ""),
    (lambda r: put(r, "F1", metric="luck"), "F1", "unknown_metric", "metric"),
    (lambda r: put(r, "F2", id="F1"), "F1", "duplicate_id", ""),
    (lambda r: put(r, "J1", id="F1"), "F1", "duplicate_id", ""),
    (lambda r: r.update(veto=[]), "wenzhou-style", "not_a_list", "veto"),
    (lambda r: r.update(bonus=[]), "wenzhou-style: bonus", "not_a_mapping", "bonus"),
    (lambda r: r["bonus"].update(lines=[]), "wenzhou-style: bonus", "not_a_list", "lines"),
    (lambda r: r["bonus"].update(beyond="yes"), "wenzhou-style: bonus", "not_a_flag", "beyond"),
    (lambda r: r["bonus"].update(cap="all"), "wenzhou-style: bonus", "not_a_number", "cap"),
    (lambda r: without(r["bonus"], "cap"), "wenzhou-style: bonus", "missing_key", ""),
    (lambda r: r["bonus"].update(most=5), "wenzhou-style: bonus", "unknown_key", "most"),
    (lambda r: put(r, "J1", points=0), "J1", "points_mismatch", ""),
    (lambda r: put(r, "J1", levels=[3]), "J1", "unknown_key", "levels"),
    (lambda r: rule(r, "J2", kind="per_event"), "J2: rule", "unknown_kind", "kind"),
    (lambda r: rule(r, "J2", events=[]), "J2: rule", "not_a_list", "events"),
    (lambda r: event(r, "J2", cap=1), "J2: rule: events", "unknown_key", "cap"),
    (lambda r: event(r, "J2", each="all"), "J2: rule: events", "not_a_number", "each"),
]
LEVELS: list[tuple[Change, str, str, str]] = [
    (lambda r: put(r, "2.2.2", levels=[4]), "2.2.2", "unknown_level", "levels"),
    (lambda r: put(r, "2.2.2", levels=["3"]), "2.2.2", "unknown_level", "levels"),
]
TABLES = [
    *((COUNTY, *each) for each in APPLIES + SUMS + EVENTS),
    *((WENZHOU, *each) for each in REPEATED + SLOPES + BESIDE + LEVELS),
]


@pytest.mark.parametrize(("table", "change", "where", "code", "key"), TABLES)
def test_a_fault_is_refused_with_file_line_place_and_reason(
    table: Part, change: Change, where: str, code: str, key: str
) -> None:
    raw = deepcopy(table)
    change(raw)
    name = f"{table['id']}.yaml"
    text = yaml.dump(raw, Dumper=DUMPER, sort_keys=False, allow_unicode=True)
    error = refused(name, text)
    assert error.code.startswith(code)
    assert error.where.startswith(where)
    assert error.line > 0
    assert str(error).startswith(f"{name}:{error.line}: {error.where}: ")
    if key:
        assert line_that_holds(text, error.line, f"{key}:"), (error, text.splitlines()[error.line])


def test_a_level_that_no_line_is_for_is_refused() -> None:
    raw = deepcopy(WENZHOU)
    raw["levels"][4] = "四级"
    for each in parts(raw["sections"]):
        if "judged" in each:
            each.setdefault("levels", [1, 2, 3])
    text = yaml.dump(raw, Dumper=DUMPER, sort_keys=False, allow_unicode=True)
    error = refused("wenzhou-style.yaml", text)
    assert (error.code, error.where) == ("forgotten_level", "wenzhou-style")
    assert "level 4" in str(error)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("id: x\nlevels: &a\n  1: *a\n", "cycle", 2),
        ("id: x\nsections: &a [{items: *a}]\n", "cycle", 2),
        ("id: x\nopen:\n- &a\n  id: q\n  readings: {a: [*a]}\n", "cycle", 3),
        ("id: x\nversion: '1'\nid: y\n", "duplicate_key", 3),
        ("id: x\nlevels:\n  1: a\n  2: b\n  1: c\n", "duplicate_key", 5),
        ("id: x\nbonus: {cap: 5, cap: 6}\n", "duplicate_key", 2),
        ("id: x\n? [1, 2]\n: y\n", "unreadable", 2),
        ("id: x\nlevels: [\n", "unreadable", 3),
    ],
)
def test_what_is_wrong_with_the_yaml_itself_is_refused_with_its_line(
    text: str, code: str, line: int
) -> None:
    error = refused("x.yaml", text)
    assert (error.code, error.where, error.line) == (code, "file", line)
    assert str(error).startswith(f"x.yaml:{line}: file: ")


ODD: tuple[Any, ...] = (
    None,
    "",
    "x",
    0,
    -1,
    1.5,
    10**30,
    True,
    [],
    [[]],
    {},
    {"open": []},
    {1: {}},
)


def test_whatever_stands_in_place_of_a_value_is_read_or_refused() -> None:
    rnd = random.Random(4)
    for number in range(300):
        table = (COUNTY, WENZHOU)[number % 2]
        raw = deepcopy(table)
        found = rnd.choice(list(parts(raw)))
        found[rnd.choice(list(found))] = deepcopy(rnd.choice(ODD))
        text = yaml.dump(raw, Dumper=DUMPER, sort_keys=False, allow_unicode=True)
        with contextlib.suppress(RubricError):
            parse(f"{table['id']}.yaml", text)


def test_the_tables_themselves_are_not_refused() -> None:
    for table in (COUNTY, WENZHOU):
        text = yaml.dump(deepcopy(table), Dumper=DUMPER, sort_keys=False, allow_unicode=True)
        assert parse(f"{table['id']}.yaml", text).id == table["id"]

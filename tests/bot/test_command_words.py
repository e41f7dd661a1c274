"""Commands as people write them, and labels typed instead of pressed."""

import pytest

from bot.command_words import by_word, read_given
from bot.incoming import says_something
from bot.messages import Button
from bot.typed import by_name, plain, pressed
from handlers import build_registry

KNOWN = by_word(build_registry().commands)


def command(text: str) -> str | None:
    """The command that a text is; None for one that is none."""
    given = read_given(text)
    found = KNOWN.get(given.word) if given else None
    return found.name if found else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("/report", "report"), ("/ report", "report"), ("、report", "report")),
        *(("／sos", "sos"), ("／ＳＯＳ", "sos"), ("/Report", "report"), (" /sos", "sos")),
        *(("/上报", "report"), ("、求助", "sos"), ("／取消", "cancel"), ("/ 帮助", "help")),
        *(("/sos@w_bot", "sos"), ("/sos，急诊有人持刀", "sos"), ("/上报 急诊有人打架", "report")),
    ],
)
def test_a_command_is_its_whole_first_word_behind_a_mark(text: str, name: str) -> None:
    assert command(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "/sos急诊有人打护士",
        "/3号楼有人打架",
        "/上报急诊有人打架",
        "report",
        "求助",
        "/",
        "、",
        "a/sos",
        "/sosy",
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert command(text) is None


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("/report 急诊3诊室有人持刀", "急诊3诊室有人持刀"),
        ("/report\n急诊\n3诊室", "急诊\n3诊室"),
        ("/sos，急诊", "急诊"),
        ("/start ABC-def_1", "ABC-def_1"),
        ("/report", ""),
        ("/sos！！！", ""),
        ("/sos \u200b", ""),
    ],
)
def test_what_stands_behind_a_command_is_its_content(text: str, content: str) -> None:
    given = read_given(text)
    assert given is not None
    assert given.content == content


def test_every_command_has_a_chinese_word_and_no_two_share_one() -> None:
    words: dict[str, str] = {}
    for word, found in KNOWN.items():
        words.setdefault(found.name, "")
        words[found.name] += word if not word.isascii() else ""
    assert all(words.values()), words
    aliases = sum(len(found.aliases.split()) for found in set(KNOWN.values()) if found.aliases)
    assert aliases, "declared beside the command"


@pytest.mark.parametrize(
    "blank", ["", "  ", "\u200b", "\ufeff", "。。。", "？", "\u3164", "\u2800", "\ufe0f"]
)
def test_nothing_is_said_by_blanks_and_what_has_no_width(blank: str) -> None:
    assert not says_something(blank)


@pytest.mark.parametrize("text", ["a", "打", "3", "🔪", "\u200b打"])
def test_a_letter_a_figure_or_a_sign_says_something(text: str) -> None:
    assert says_something(text)


@pytest.mark.parametrize("typed", ["✅ 提交", "提交", "提交。", " 【提交】 ", "✅提交"])
def test_a_label_is_the_same_without_what_stands_around_it(typed: str) -> None:
    assert plain(typed) == plain("✅ 提交")


def test_a_label_is_also_called_by_what_stands_before_the_bracket() -> None:
    names = by_name([Button("选好了（2项）", "done"), Button("地点：急诊科", "place")])
    assert [pressed(text, names) for text in ("选好了", "选好了2项", "地点", "急诊科")] == [
        *("done", "done", "place", None),
    ]


def test_what_two_buttons_are_called_names_neither() -> None:
    names = by_name([Button("看", "a"), Button("👀 看", "b"), Button("去", "c")])
    assert (pressed("看", names), pressed("去", names)) == (None, "c")
    assert pressed("去" * 60, {plain("去" * 60): "x"}) is None, "too long to be a label"

"""Each kind of question: what it takes, what it refuses and how it says what it expects."""

from dataclasses import replace
from typing import Any

import pytest

from bot.forms import Partial, Refused, StaleOption, Unreadable
from bot.incoming import Incoming
from bot.kinds import (
    MAX_FILE_MB,
    MAX_FILES,
    MAX_STORY,
    Choice,
    Files,
    Place,
    Several,
    Story,
    Text,
    options_named,
    options_of,
    page_of,
)
from tests.bot.test_forms import view

pytestmark = pytest.mark.usefixtures("english")
PHOTO = {"kind": "photo", "file_id": "p", "size": 1000, "name": None}


def got(kind: str = "text", text: str = "", **fields: Any) -> Incoming:
    """A message of somebody."""
    return Incoming(
        update_id=1,
        kind=kind,
        chat_id=1,
        private=True,
        user_id=1,
        user_name="x",
        language="en",
        text=text,
        **fields,
    )


def labels(rows: list[list[tuple[str, str]]]) -> list[list[str]]:
    """The rows as they are read."""
    return [[label for label, _code in row] for row in rows]


# -- choice --------------------------------------------------------------------------------------

SEVEN = Choice(options=options_of("abcdefg", str.upper), columns=2, common=4, page_size=2)


def test_every_option_is_on_exactly_one_page() -> None:
    pages = [SEVEN.rows(view(), "q", page) for page in range(3)]
    assert labels(pages[0]) == [["A", "B"], ["C", "D"], ["More…"]]
    assert labels(pages[1]) == [["E", "F"], ["More…"]]
    assert labels(pages[2]) == [["G", "To the first"]]


def test_a_paging_button_is_no_answer() -> None:
    assert [page_of(option) for option in ("+1", "+0", "+12")] == [1, 0, 12]
    assert [page_of(option) for option in ("a", "1", "", "+", "+²", "+-1", "+x")] == [None] * 7
    assert SEVEN.rows(view(), "q", 10**20) == [[("To the first", "+0")]]


def test_only_an_option_can_be_pressed() -> None:
    assert SEVEN.press("g", view(), "q") == "g"
    for forged in ("h", "", "A", "+1"):
        with pytest.raises(StaleOption):
            SEVEN.press(forged, view(), "q")


def test_a_label_can_be_typed_but_nothing_else() -> None:
    assert SEVEN.read(got(text="  e "), view(), "q") == "e"
    assert SEVEN.read(got(text="【Ｅ】！"), view(), "q") == "e", "without what stands around it"
    for text in ("h", "  "):
        with pytest.raises(Unreadable):
            SEVEN.read(got(text=text), view(), "q")
    with pytest.raises(Unreadable):
        SEVEN.read(got("files", files=(PHOTO,)), view(), "q")


def test_an_answer_is_shown_by_its_label_and_one_that_is_gone_as_it_is() -> None:
    named = Choice(options=lambda _view: options_named([("1", "ER")]))
    assert named.show("1", view()) == "ER"
    assert named.show("2", view()) == "2"


# -- several -------------------------------------------------------------------------------------

TICKS = Several(options=options_of(("wet", "dry"), str))


def test_ticking_is_a_step_and_confirming_the_answer() -> None:
    once = TICKS.press("dry", view(), "q")
    assert once == Partial(["dry"])
    ticked = replace(view(), held={"~q": ["dry"]})
    assert TICKS.press("wet", ticked, "q") == Partial(["wet", "dry"])
    assert TICKS.press("dry", ticked, "q") == Partial([])
    assert TICKS.press("done", ticked, "q") == ["dry"]
    assert labels(TICKS.rows(ticked, "q", 0)) == [["wet"], ["✓ dry"], ["Done: 1 chosen"]]
    assert labels(TICKS.rows(view(), "q", 0))[-1] == ["None of these"]
    with pytest.raises(StaleOption):
        TICKS.press("odd", view(), "q")
    with pytest.raises(Unreadable, match="press Done"):
        TICKS.read(got(text="odd"), view(), "q")


def test_ticks_are_shown_in_words() -> None:
    assert TICKS.show(["wet", "dry"], view()) == "wet, dry"
    assert TICKS.show([], view()) == "none"


# -- text, place ---------------------------------------------------------------------------------


def test_a_short_text_has_a_length() -> None:
    assert Text(longest=5).read(got(text=" hello "), view(), "q") == "hello"
    with pytest.raises(Refused, match="at most 5 fit"):
        Text(longest=5).read(got(text="longer"), view(), "q")
    for blank in ("", "   ", "\u200b\ufeff", "\u3164"):
        with pytest.raises(Refused, match="no words"):
            Text(longest=5).read(got(text=blank), view(), "q")
    with pytest.raises(Refused, match="in a few words"):
        Text().read(got("files", files=(PHOTO,)), view(), "q")


def test_a_place_is_words_or_a_point() -> None:
    kind = Place()
    point = kind.read(got("location", place=(31.15, 121.12)), view(), "q")
    assert kind.show(point, view()) == "31.15000, 121.12000"
    assert kind.show(kind.read(got(text="room 3"), view(), "q"), view()) == "room 3"


# -- story, files --------------------------------------------------------------------------------


def test_a_story_grows_by_every_message() -> None:
    kind = Story()
    first = kind.read(got(text="one"), view(), "q")
    second = kind.read(got("files", text="two", files=(PHOTO,)), view({"q": first}), "q")
    third = kind.read(got("location", place=(1.0, 2.0)), view({"q": second}), "q")
    told = {"text": "one\ntwo", "files": [PHOTO], "place": [1.0, 2.0]}
    assert third == {**told, "parts": ["one", "two"]}
    assert first == {"text": "one", "files": [], "place": None}, "the earlier one is not touched"


def test_what_is_said_twice_in_a_row_is_told_once() -> None:
    once = Story().read(got(text="one"), view(), "q")
    assert Story().read(got(text="one"), view({"q": once}), "q") == once
    with pytest.raises(Refused, match="no words"):
        Story().read(got(text="\u200b \ufeff…"), view({"q": once}), "q")
    blank = Story().read(got("files", text="\u200b", files=(PHOTO,)), view({"q": once}), "q")
    assert (blank["text"], blank["files"]) == ("one", [PHOTO])


def test_a_place_from_the_map_goes_by_its_name() -> None:
    sent = got("location", text="North gate, 1 Hill Road", place=(31.15, 121.12))
    place = Place().read(sent, view(), "q")
    assert place["point"] == [31.15, 121.12]
    assert Place().show(place, view()) == "North gate, 1 Hill Road"


def test_a_story_has_an_end() -> None:
    full = {"text": "x" * (MAX_STORY - 4096), "files": [], "place": None}
    assert Story().read(got(text="y" * 4095), view({"q": full}), "q")
    with pytest.raises(Refused, match="The account is full"):
        Story().read(got(text="y" * 4096), view({"q": full}), "q")
    with pytest.raises(Refused, match="this kind of message"):
        Story().read(got("other"), view(), "q")


@pytest.mark.parametrize("kind", [Story(), Files()])
def test_a_file_the_bot_api_cannot_fetch_is_refused(kind: Story | Files) -> None:
    big = {**PHOTO, "size": MAX_FILE_MB * 1024 * 1024 + 1}
    with pytest.raises(Refused, match="too big"):
        kind.read(got("files", files=(big,)), view(), "q")
    unknown = {**PHOTO, "size": None}
    assert kind.read(got("files", files=(unknown,)), view(), "q")


def test_there_are_only_so_many_files() -> None:
    full = {"text": "", "files": [PHOTO] * MAX_FILES, "place": None}
    with pytest.raises(Refused, match=f"At most {MAX_FILES} files"):
        Story().read(got("files", files=(PHOTO,)), view({"q": full}), "q")
    assert Story().read(got(text="words"), view({"q": full}), "q")["text"] == "words"


def test_one_file_is_asked_for_and_words_are_none() -> None:
    assert Files().read(got("files", files=(PHOTO,)), view(), "q") == [PHOTO]
    with pytest.raises(Unreadable, match="send a photo or a file"):
        Files().read(got(text="here"), view(), "q")

"""HTML as Telegram's server parses it."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.markup import commands_in, parse_html, utf16_length
from bot.sandbox.refusals import RefusedError


def test_tags_become_entities_counted_in_utf16_units() -> None:
    text, entities = parse_html("😀<b>粗<i>斜</i></b> <a href='https://x.cn/?a=1&amp;b'>去</a>")
    assert text == "😀粗斜 去"
    assert entities == [
        {"type": "bold", "offset": 2, "length": 2},
        {"type": "italic", "offset": 3, "length": 1},
        {"type": "text_link", "offset": 5, "length": 1, "url": "https://x.cn/?a=1&b"},
    ]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("<strong>x</strong>", "bold"),
        ("<EM>x</EM>", "italic"),
        ("<ins>x</ins>", "underline"),
        ("<strike>x</strike>", "strikethrough"),
        ("<del>x</>", "strikethrough"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<code>x</code>", "code"),
        ("<pre>x</pre>", "pre"),
        ("<blockquote>x</blockquote >", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
    ],
)
def test_every_supported_tag_is_understood(source: str, kind: str) -> None:
    assert parse_html(source) == ("x", [{"type": kind, "offset": 0, "length": 1}])


def test_a_pre_keeps_its_language_and_a_code_alone_does_not() -> None:
    _, entities = parse_html('<pre><code class="language-python">x</code></pre>')
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]
    _, entities = parse_html('<code class="language-python">x</code>')
    assert entities == [{"type": "code", "offset": 0, "length": 1}]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a<p>b</p>", 'Unsupported start tag "p" at byte offset 1'),
        ("急<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<3", "Unclosed start tag at byte offset 0"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<a =x>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
    ],
)
def test_faults_are_refused_in_telegrams_words(source: str, said: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_html(source)
    assert caught.value.status == 400
    assert caught.value.description == f"Bad Request: can't parse entities: {said}"


def test_only_telegrams_four_names_and_numbers_are_references() -> None:
    assert parse_html("&lt;&gt;&amp;&quot;&#65;&#x4E2D;")[0] == '<>&"A中'
    assert parse_html("&nbsp; &copy; & &#0; &#xD800;")[0] == "&nbsp; &copy; & &#0; &#xD800;"
    assert parse_html("&amp;lt;")[0] == "&lt;"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    source = f"<b>{escape(text).replace('&#x27;', '&#39;')}</b>"
    entity = {"type": "bold", "offset": 0, "length": utf16_length(text)}
    assert parse_html(source) == (text, [entity] if text else [])


@given(st.text(st.sampled_from("<>&/=\"'ab p😀#;x1"), max_size=40))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    try:
        plain, entities = parse_html(source)
    except RefusedError:
        return
    length = utf16_length(plain)
    assert all(entity["offset"] + entity["length"] <= length for entity in entities)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start ABCD", ["/start"]),
        ("/report@wardwatch_bot", ["/report@wardwatch_bot"]),
        ("急诊 /sos!", ["/sos"]),
        ("and/or", []),
        ("//x /y/", []),
        ("/报告", []),
        ("/start中", []),
        ("no", []),
    ],
)
def test_commands_are_found_where_telegrams_apps_find_them(text: str, found: list[str]) -> None:
    said = [text[at["offset"] : at["offset"] + at["length"]] for at in commands_in(text)]
    assert said == found


def test_a_commands_offset_counts_utf16_units() -> None:
    assert commands_in("😀 /go") == [{"type": "bot_command", "offset": 3, "length": 3}]

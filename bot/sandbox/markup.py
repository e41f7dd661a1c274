"""Telegram's HTML: a text with tags becomes a plain text and its entities."""

import re
from typing import Any

from bot.sandbox.refusals import RefusedError, bad_request

__all__ = ["commands_in", "parse_html", "utf16_length"]

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));")
_PIECE = re.compile(r"[<&]")
_END_TAG = re.compile(r"([^\s>]*)\s*(>?)")
_START_TAG = re.compile(r"([^\s>]*)")
_ATTRIBUTE = re.compile(r"([^\s=>]+)\s*(?:=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+)(?=[\s>])))?")
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")

Entity = dict[str, Any]


def utf16_length(text: str) -> int:
    """How long Telegram counts ``text``: in UTF-16 units; lone surrogates raise UnicodeError."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def commands_in(text: str) -> list[Entity]:
    """The ``bot_command`` entities Telegram's apps make of ``/name`` and ``/name@bot``."""
    if "/" not in text:
        return []
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: found.start()]),
            "length": found.end() - found.start(),
        }
        for found in _COMMAND.finditer(text)
    ]


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The plain text and the entities, sorted by place; a fault is refused as Telegram does."""
    if "<" not in source and "&" not in source:
        return source, []
    return _Html(source).parse()


def _decode_references(text: str) -> str:
    return _REFERENCE.sub(_decode, text)


def _decode(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    valid = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000
    return chr(code) if valid else found.group()


class _Html:
    """One text being parsed; the rules are those of TDLib's ``parse_html``."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._plain: list[str] = []
        self._length = 0
        self._open: list[tuple[str, str, int]] = []
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        source, place = self._source, 0
        while place < len(source):
            if source[place] == "<":
                ends = source.startswith("/", place + 1)
                place = self._end(place) if ends else self._start(place)
            elif source[place] == "&":
                place = self._reference(place)
            else:
                found = _PIECE.search(source, place)
                end = found.start() if found else len(source)
                self._say(source[place:end])
                place = end
        if self._open:
            raise _fault(f'Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')
        for entity in self._entities:
            if entity["type"] == "code":  # only a <pre> around it keeps the language
                entity.pop("language", None)
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._plain), self._entities

    def _say(self, text: str) -> None:
        self._plain.append(text)
        self._length += utf16_length(text)

    def _reference(self, place: int) -> int:
        found = _REFERENCE.match(self._source, place)
        self._say(_decode(found) if found else "&")
        return found.end() if found else place + 1

    def _at(self, place: int) -> str:
        return f"at byte offset {len(self._source[:place].encode())}"

    def _start(self, place: int) -> int:
        found = _START_TAG.match(self._source, place + 1)
        name = found.group(1).lower() if found else ""
        end = found.end() if found else place
        if end >= len(self._source):
            raise _fault(f"Unclosed start tag {self._at(place)}")
        if name not in _TAGS:
            raise _fault(f'Unsupported start tag "{name}" {self._at(place)}')
        attributes, end = self._attributes(place, name, end)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _fault(f'Tag "span" must have class "tg-spoiler" {self._at(place)}')
        self._open.append((name, _argument(name, attributes), self._length))
        return end

    def _attributes(self, place: int, tag: str, end: int) -> tuple[dict[str, str], int]:
        source = self._source
        attributes: dict[str, str] = {}
        while True:
            while end < len(source) and source[end].isspace():
                end += 1
            if end >= len(source):
                raise _fault(f'Unclosed start tag "{tag}" {self._at(place)}')
            if source[end] == ">":
                return attributes, end + 1
            found = _ATTRIBUTE.match(source, end)
            if found is None:
                raise _fault(f'Empty attribute name in the tag "{tag}" {self._at(place)}')
            end = found.end()
            if source[end : end + 1] == "=":
                raise _fault(f'Unclosed start tag "{tag}" {self._at(place)}')
            value = next((part for part in found.groups()[1:] if part is not None), "")
            attributes[found.group(1).lower()] = _decode_references(value)

    def _end(self, place: int) -> int:
        if not self._open:
            raise _fault(f"Unexpected end tag {self._at(place)}")
        found = _END_TAG.match(self._source, place + 2)
        if found is None or not found.group(2):
            raise _fault(f"Unclosed end tag {self._at(place)}")
        name, argument, offset = self._open.pop()
        said = found.group(1).lower()
        if said and said != name:
            raise _fault(
                f'Unmatched end tag {self._at(place)}, expected "</{name}>", found "</{said}>"'
            )
        if self._length > offset:
            self._close(name, argument, offset)
        return found.end()

    def _close(self, name: str, argument: str, offset: int) -> None:
        length = self._length - offset
        entity: Entity = {"type": _TAGS[name], "offset": offset, "length": length}
        if name == "a":
            url = argument or "".join(self._plain).encode("utf-16-le")[offset * 2 :].decode(
                "utf-16-le"
            )
            if not re.match(r"(?i)(https?|tg|tonsite)://|mailto:|[\w-]+\.\w", url):
                return
            entity["url"] = url
        elif name == "tg-emoji":
            entity["custom_emoji_id"] = argument
        elif name == "blockquote" and argument:
            entity["type"] = "expandable_blockquote"
        elif name == "pre" and self._entities and self._entities[-1].get("language"):
            inner = self._entities[-1]
            if inner["offset"] == offset and inner["length"] == length:
                self._entities.pop()
                entity["language"] = inner["language"]
        elif name == "code" and argument:
            entity["language"] = argument
        self._entities.append(entity)


def _argument(name: str, attributes: dict[str, str]) -> str:
    if name == "a":
        return attributes.get("href", "")
    if name == "tg-emoji":
        return attributes.get("emoji-id", "")
    if name == "code":
        value = attributes.get("class", "")
        return value.removeprefix("language-") if value.startswith("language-") else ""
    return "1" if name == "blockquote" and "expandable" in attributes else ""


def _fault(what: str) -> RefusedError:
    return bad_request(f"can't parse entities: {what}")

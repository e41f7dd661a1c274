"""YAML with the lines its mappings stand on; a key given twice, or a part of itself, is refused."""

from collections.abc import Hashable
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node

# The C loader takes a tenth of the time; it is there wherever PyYAML came as a wheel.
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 50
"""No rubric has more parts within each other."""


class Located(dict[Any, Any]):
    """A mapping that knows its own line and those of its keys, from 1."""

    line: int
    lines: dict[Any, int]

    def line_of(self, key: object) -> int:
        """The line of a key, else of the mapping."""
        return self.lines.get(key, self.line)


class LineError(yaml.YAMLError):
    """A fault in the YAML itself, and the ``line`` it stands on."""

    def __init__(self, line: int, told: str) -> None:
        super().__init__(told)
        self.line = line


class TwiceError(LineError):
    """A key stands twice in one mapping."""


class KeyTypeError(LineError):
    """A key is itself a list or a mapping."""


class DeepError(LineError):
    """Parts within parts without end: PyYAML would not come back from them."""


class _Loader(_BASE):  # type: ignore[misc]
    def construct_mapping(self, node: Any, deep: bool = False) -> Located:
        """The mapping with its lines; TwiceError names the line of the second, KeyTypeError its own."""
        self.flatten_mapping(node)
        found = Located()
        found.line = node.start_mark.line + 1
        found.lines = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, Hashable):
                raise KeyTypeError(line, "a key must be a text or a number")
            if key in found:
                raise TwiceError(line, f"{key} stands twice in one mapping")
            found.lines[key] = line
            found[key] = self.construct_object(value_node, deep=True)
        return found

    def construct_yaml_map(self, node: Any) -> Located:
        """Built whole, children first: PyYAML's own fills a mapping after handing it out."""
        return self.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_yaml_map)


def load_located(text: str) -> Any:
    """What a YAML text says, its mappings ``Located``; yaml.YAMLError, LineError."""
    _refuse_depth(text)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _refuse_cycles(node, set(), set())
        return loader.construct_document(node)
    finally:
        loader.dispose()


class CycleError(LineError):
    """An alias leads back to what holds it."""


def _refuse_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_BASE):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise DeepError(line, f"more than {DEEPEST} parts within each other")


def _refuse_cycles(node: Node, above: set[int], seen: set[int]) -> None:
    if id(node) in above:
        raise CycleError(node.start_mark.line + 1, "a part contains itself (a cycle)")
    inner: list[Node] = []
    if isinstance(node, MappingNode):
        inner = [each for pair in node.value for each in pair]
    elif isinstance(node.value, list):
        inner = list(node.value)
    above.add(id(node))
    for each in (each for each in inner if id(each) not in seen):
        _refuse_cycles(each, above, seen)
    above.discard(id(node))
    seen.add(id(node))

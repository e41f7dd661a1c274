"""YAML with the lines its mappings stand on; a key given twice, or a part of itself, is refused."""

from typing import Any

import yaml
from yaml.nodes import MappingNode, Node

# The C loader takes a tenth of the time; it is there wherever PyYAML came as a wheel.
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Located(dict[Any, Any]):
    """A mapping that knows its own line and those of its keys, from 1."""

    line: int
    lines: dict[Any, int]

    def line_of(self, key: object) -> int:
        """The line of a key, else of the mapping."""
        return self.lines.get(key, self.line)


class TwiceError(yaml.YAMLError):
    """A key stands twice in one mapping."""


class _Loader(_BASE):  # type: ignore[misc]
    def construct_mapping(self, node: Any, deep: bool = False) -> Located:
        """The mapping with its lines; TwiceError names the line of the second."""
        self.flatten_mapping(node)
        found = Located()
        found.line = node.start_mark.line + 1
        found.lines = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if key in found:
                raise TwiceError(f"line {line}: {key} stands twice in one mapping")
            found.lines[key] = line
            found[key] = self.construct_object(value_node, deep=True)
        return found

    def construct_yaml_map(self, node: Any) -> Located:
        """Built whole, children first: PyYAML's own fills a mapping after handing it out."""
        return self.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_yaml_map)


def load_located(text: str) -> Any:
    """What a YAML text says, its mappings ``Located``; yaml.YAMLError, CycleError."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _refuse_cycles(node, set(), set())
        return loader.construct_document(node)
    finally:
        loader.dispose()


class CycleError(yaml.YAMLError):
    """An alias leads back to what holds it."""


def _refuse_cycles(node: Node, above: set[int], seen: set[int]) -> None:
    if id(node) in above:
        raise CycleError(f"line {node.start_mark.line + 1}: a part contains itself (a cycle)")
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

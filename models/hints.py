"""The words that hint at a kind of record (presets/hints.yaml), as they are written there."""

from pathlib import Path
from typing import Any

import yaml

Kind = tuple[str, str]
"""(family, code): a category of incident, a register, or the report of a threat."""
THREAT: Kind = ("threat", "")
_FILE = Path(__file__).parent / "presets" / "hints.yaml"
_SAYS: dict[str, Any] = yaml.load(
    _FILE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
)


def _kind(name: str) -> Kind:
    family, _dot, code = name.partition(".")
    return family, code


def _class(words: str) -> str:
    listed = words.split()
    return words if len(listed) == 1 else f"(?:{'|'.join(listed)})"


def _spelt(token: str) -> str:
    for name, words in _SAYS["classes"].items():
        token = token.replace("{" + name + "}", _class(words))
    return token.replace("_", " ")


HINTS: dict[Kind, list[tuple[int, str]]] = {
    _kind(name): [
        (weight, _spelt(token)) for weight, text in lines.items() for token in text.split()
    ]
    for name, lines in _SAYS["hints"].items()
}
"""(weight, hint) of each kind, the classes spelt out."""
CODED: dict[str, dict[str, list[str]]] = {
    field: {code: str(text).split() for code, text in codes.items()}
    for field, codes in _SAYS["coded"].items()
}
"""What the codes of a register's field are called."""
_BY_CODE = {kind[1] or kind[0]: kind for kind in HINTS}
BESIDE: dict[Kind, list[Kind]] = {
    _BY_CODE[code]: [_BY_CODE[other] for other in others.split()]
    for code, others in _SAYS["beside"].items()
}
"""What each kind is most easily taken for."""

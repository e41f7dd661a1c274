"""The gate on the catalogues: complete, current, with equal placeholders. ``--update`` brings them up to date."""

import re
import sys
from pathlib import Path

import polib
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

ROOT = Path(__file__).resolve().parent.parent
LOCALES = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
_KEYWORDS = {"_": None, "N_": None, "n_": (1, 2)}
_HOLES = re.compile(r"\{(\w+)\}")


def extract() -> dict[str, tuple[str | None, list[tuple[str, str]]]]:
    """Every sentence in the code: msgid to (plural, places)."""
    with (ROOT / "locales" / "babel.cfg").open(encoding="utf-8") as source:
        methods, options = parse_mapping_cfg(source)
    found: dict[str, tuple[str | None, list[tuple[str, str]]]] = {}
    for folder in ("bot", "handlers"):
        mapping = [("**.py", "python")]
        for name, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, mapping, options, keywords=_KEYWORDS
        ):
            msgid, plural = message if isinstance(message, tuple) else (message, None)
            # Line numbers would change the catalogue with every edit: the file is enough to find a sentence.
            found.setdefault(msgid, (plural, []))[1].append((f"{folder}/{name}", ""))
    assert methods
    return found


def path_of(locale: str) -> Path:
    """Where a locale's catalogue stands."""
    return ROOT / "locales" / locale / "LC_MESSAGES" / "messages.po"


def make(locale: str, old: polib.POFile) -> polib.POFile:
    """The catalogue of the sentences in the code, with the translations there are."""
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = {
        "Project-Id-Version": "wardwatch",
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LOCALES.get(locale, LOCALES["en"]),
    }
    known = {entry.msgid: entry for entry in old}
    for msgid, (plural, places) in sorted(extract().items()):
        entry = polib.POEntry(msgid=msgid, occurrences=sorted(set(places)))
        before = known.get(msgid)
        if plural:
            entry.msgid_plural = plural
            entry.msgstr_plural = _plural(locale, msgid, plural, before)
        elif locale == "en":
            entry.msgstr = msgid
        elif before and locale != "pot":
            entry.msgstr = before.msgstr
        fresh.append(entry)
    return fresh


def _plural(locale: str, msgid: str, plural: str, before: polib.POEntry | None) -> dict[int, str]:
    if locale == "en":
        return {0: msgid, 1: plural}
    if before and before.msgstr_plural and locale != "pot":
        return {0: before.msgstr_plural[0]}
    return {0: ""}


def problems() -> list[str]:
    """What keeps the catalogues from being released, a line each."""
    lines = []
    for locale in LOCALES:
        text = path_of(locale).read_text(encoding="utf-8")
        if text != str(make(locale, polib.pofile(text))) + "\n":
            lines.append(f"{locale}: not up to date, run make locales")
        for entry in polib.pofile(text):
            lines += [f"{locale}: {entry.msgid!r}: {fault}" for fault in _faults(entry)]
    template = ROOT / "locales" / "messages.pot"
    if template.read_text(encoding="utf-8") != str(make("pot", polib.POFile())) + "\n":
        lines.append("messages.pot: not up to date, run make locales")
    return lines


def _faults(entry: polib.POEntry) -> list[str]:
    strings = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(strings):
        return ["not translated"]
    if entry.fuzzy or entry.obsolete:
        return ["fuzzy or obsolete"]
    wanted = set(_HOLES.findall(entry.msgid)) | set(_HOLES.findall(entry.msgid_plural or ""))
    # The one a plural is chosen by may be left out where it goes without saying (in English, "1").
    missing = {
        hole for string in strings for hole in wanted ^ set(_HOLES.findall(string)) if hole != "n"
    }
    return [f"placeholders differ: {sorted(missing)}"] if missing and not entry.msgid_plural else []


def update() -> None:
    """Write the template and every catalogue anew."""
    (ROOT / "locales" / "messages.pot").write_text(str(make("pot", polib.POFile())) + "\n", "utf-8")
    for locale in LOCALES:
        path = path_of(locale)
        old = polib.pofile(path.read_text(encoding="utf-8")) if path.exists() else polib.POFile()
        path.write_text(str(make(locale, old)) + "\n", encoding="utf-8")


def main() -> int:
    """Update, or report what is wrong."""
    if "--update" in sys.argv:
        update()
    lines = problems()
    print("\n".join(lines) or "catalogues: complete and current")  # noqa: T201
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())

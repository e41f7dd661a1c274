"""Who may import whom, held from the source; and what serving loads, tried in a process of its own."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("models", "bot", "handlers")
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
ALLOWED = {
    "models": {"models"},
    "bot": {"models", "bot"},
    "handlers": {"models", "bot", "handlers"},
}
REACH_UP = {
    "bot/app.py",
    "bot/cli.py",
    "bot/cli_exports.py",
    "bot/cli_rubric.py",
    "bot/__main__.py",
}
"""The composition root and the command line: they alone put the house together."""
MIGRATIONS = "models/migrations"
DOOR = "# noqa: PLC0415"


def name_of(path: Path) -> str:
    """A file by its place in the project."""
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """A file by the name it is imported by."""
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every import statement below a node with each module it names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def parse(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_room_imports_only_what_stands_below_it(path: Path) -> None:
    room = name_of(path).partition("/")[0]
    allowed = set(ROOMS) if name_of(path) in REACH_UP else ALLOWED[room]
    ours = {name.partition(".")[0] for _node, name in imports(parse(path))} & {*ROOMS, "tests"}
    assert ours <= allowed


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_stand_at_the_top_but_for_declared_doors(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for function in ast.walk(parse(path)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node, name in imports(function):
                assert DOOR in lines[node.lineno - 1], f"{name_of(path)}:{node.lineno}: {name}"


def test_the_stand_in_knows_nothing_of_the_product() -> None:
    """It plays Telegram, so it is held to Telegram's rules and to nothing we believe about ourselves."""
    for path in (ROOT / "bot" / "sandbox").glob("*.py"):
        ours = {name for _node, name in imports(parse(path)) if name.partition(".")[0] in ROOMS}
        assert all(name.startswith("bot.sandbox.") for name in ours), (path.name, ours)


def at_import(path: Path) -> Iterator[str]:
    """What a file imports as it is loaded: not in functions, not for the type checker alone."""
    todo: list[ast.stmt] = list(parse(path).body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (name for _node, name in imports(node))
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            todo += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


def test_no_import_leads_back_to_where_it_began() -> None:
    modules = {module_of(path): path for path in FILES if MIGRATIONS not in name_of(path)}
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        # ``from handlers import words`` needs the module named, not the whole package.
        named = {n if n in modules else n.rpartition(".")[0] for n in at_import(path)}
        graph[module] = named & modules.keys()
    TopologicalSorter(graph).prepare()  # raises CycleError with the modules of the cycle


# -- what serving loads ----------------------------------------------------------------------------

SERVED = {
    *("aiohappyeyeballs", "aiohttp", "aiosignal", "attr", "attrs", "frozenlist", "idna"),
    *("multidict", "propcache", "yarl"),
    *("telegram", "httpx", "httpcore", "h11", "anyio", "certifi"),
    *("sqlalchemy", "sqlmodel", "pydantic", "pydantic_core", "annotated_types"),
    *("typing_extensions", "typing_inspection"),
    *("apscheduler", "tzlocal", "babel", "structlog", "prometheus_client", "yaml", "_yaml"),
    *("cryptography", "rich", "pygments"),
}
"""The packages that serving imports. Each costs memory in every hospital: add one knowingly.

rich and pygments come with structlog wherever they are installed, which typer sees to."""
LAZY = {
    *("alembic", "mako", "psycopg", "holidays", "dateutil"),
    *("xlsxwriter", "docx", "openpyxl", "matplotlib", "resvg_py", "PIL"),
    *("aiohttp_socks", "python_socks", "typer", "click"),
    *("polib", "pytest", "hypothesis", "babel.messages.extract", "babel.messages.frontend"),
}
"""What stands behind a door that serving a hospital on SQLite does not open."""
PROGRAM = """
import json, sys
before = set(sys.modules)
import bot.app, handlers
handlers.build_registry()
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that a serving process imports before its first update."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def test_serving_does_not_load_what_it_does_not_need(loaded: set[str]) -> None:
    assert loaded & LAZY == set()


def test_serving_loads_the_packages_it_is_known_to_load(loaded: set[str]) -> None:
    found = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    foreign = {name for name in found if not name.startswith(("_", "cython_"))} - {
        *ROOMS,
        "locales",
    }
    assert foreign - SERVED == set(), "a new package: is it worth its memory?"

"""The house itself: who may import whom, what is public, how much is loaded eagerly."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import tana_jupyter
from tana_jupyter.engine.sources import prelude

PACKAGE = Path(tana_jupyter.__file__).parent
SHARED = {
    "errors", "limits", "clock", "chance", "guesttext", "identity", "situation", "receipt", "journal", "ledger", "network",
    "staging", "audience", "counting", "waking", "denokey", "paint", "spaces",
}  # fmt: skip

# Room -> rooms it may import from, beside itself and the shared words. A file at the top is a room of its own.
ARROWS: dict[str, set[str]] = {
    "compiler": set(),
    "engine": set(),
    "store": set(),
    "modules": {"store"},
    "views": {"engine", "glance", "modules", "store", "tables"},
    "transfer": {"store"},
    "magics": {"outcome", "storage", "views"},
    "completion": {"compiler", "magics", "modules", "store"},
    "ipython": {"session", "magics", "completion"},
    "session": {"calls", "contract", "contractfile", "looking", "modules", "outcome", "steering", "views"},
    "looking": {"stage", "views"},
    "steering": {"stage", "transfer"},
    "stage": {"console", "display", "engine", "modules", "storage", "store"},
    "storage": {"store"},
    "contract": {"calls", "runs", "outcome", "engine"},
    "runs": {"calls", "compiler", "console", "display", "engine", "failures", "host", "modules", "outcome"},
    "contractfile": {"compiler"},
    "failures": {"compiler", "engine"},
    "host": {"console", "display", "engine", "modules"},
    "outcome": {"calls", "console", "display", "tables"},
    "glance": set(),
    "tables": {"glance"},
    "calls": set(),
    "console": set(),
    "display": set(),
    "journal": {"store"},
    "receipt": {"store"},
    "staging": {"store"},
    "__init__": set(),
}
# Library -> the only files that may import it.
LIBRARIES = {
    "IPython": ("ipython.py", "magics/", "completion/"),
    "ipywidgets": ("views/",),
    "anywidget": ("views/",),
    "pandas": ("views/", "engine/entering.py"),
    "dukpy": ("engine/interpreter.py", "compiler/typescript.py"),
    "_dukpy": ("engine/interpreter.py", "compiler/typescript.py"),
    "tree_sitter": ("compiler/",),
    "tree_sitter_typescript": ("compiler/",),
    "psycopg": ("store/postgres/", "transfer/"),
    "redis": ("store/redis/",),
    "sqlite3": ("store/sqlite/",),
}


def imports(path: Path) -> set[str]:
    """The modules a file imports, those only for type checking left out."""
    found: set[str] = set()

    class Visitor(ast.NodeVisitor):
        def visit_If(self, node: ast.If) -> None:
            if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
                self.generic_visit(node)

        def visit_Import(self, node: ast.Import) -> None:
            found.update(alias.name for alias in node.names)

        def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
            assert node.level == 0, f"{path}: relative imports hide an arrow"
            if node.module == "tana_jupyter":
                found.update(f"tana_jupyter.{alias.name}" for alias in node.names)
            elif node.module:
                found.add(node.module)

    Visitor().visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def room_of(name: str) -> str:
    return name.partition("/")[0].removesuffix(".py")


ROOMS = sorted(set(map(room_of, FILES)))


def reached_by(name: str) -> set[str]:
    return {module.split(".")[1] for module in imports(PACKAGE / name) if module.startswith("tana_jupyter.")}


@pytest.mark.parametrize("name", FILES)
def test_arrows_point_one_way(name: str) -> None:
    room = room_of(name)
    assert room in ARROWS or room in SHARED, f"{room} is a new room: draw its arrows here"
    strange = reached_by(name) - ARROWS.get(room, set()) - SHARED - {room}
    assert not strange, f"{name} reaches into {sorted(strange)}"


@pytest.mark.parametrize("room", ARROWS)
def test_no_arrow_is_drawn_in_vain(room: str) -> None:
    reached = set().union(*(reached_by(name) for name in FILES if room_of(name) == room))
    assert reached >= ARROWS[room], f"{room} no longer needs {sorted(ARROWS[room] - reached)}"


@pytest.mark.parametrize("room", [*(room for room in ROOMS if room != "__init__"), "labextension"])
def test_the_package_says_what_each_room_is(room: str) -> None:
    assert f"``{room}``" in tana_jupyter.__doc__


@pytest.mark.parametrize("name", FILES)
def test_libraries_stay_in_their_rooms(name: str) -> None:
    for module in imports(PACKAGE / name):
        places = LIBRARIES.get(module.partition(".")[0])
        assert places is None or name.startswith(places), f"{name} imports {module}"


def test_modules_know_no_engine_and_no_session() -> None:
    reached = {module for name in FILES if name.startswith("modules/") for module in imports(PACKAGE / name)}
    assert not {module for module in reached if module.startswith(("tana_jupyter.engine", "tana_jupyter.session"))}


def test_one_place_commits_to_the_store() -> None:
    callers = [
        name
        for name in FILES
        if not name.startswith("store/") and "store.commit(" in (PACKAGE / name).read_text(encoding="utf-8")
    ]
    assert callers == ["journal.py"]


def test_exported_names_exist_and_are_sorted() -> None:
    assert list(tana_jupyter.__all__) == sorted(tana_jupyter.__all__, key=lambda name: (not name[0].isupper(), name))
    for name in tana_jupyter.__all__:
        assert getattr(tana_jupyter, name) is not None
    assert set(dir(tana_jupyter)) == set(tana_jupyter.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = tana_jupyter.no_such_name


@pytest.mark.parametrize("name", [name for name in tana_jupyter.__all__ if name[0].isupper()])
def test_public_classes_are_documented(name: str) -> None:
    text = getattr(tana_jupyter, name).__doc__
    assert text
    assert not text.startswith(f"{name}(")


def test_the_prelude_stays_small() -> None:
    # Compiling it costs every new contract 0.1 ms per KB.
    assert len(prelude()) < 40 * 1024


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = (
        "import sys, json, tana_jupyter; heavy = {'pandas', 'ipywidgets', 'anywidget', 'psycopg', 'redis', 'dukpy', "
        "'IPython', 'tree_sitter', 'orjson'}; print(json.dumps(sorted(heavy & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_a_cell_needs_no_pandas() -> None:
    script = (
        "import sys; from tana_jupyter import Session; "
        "Session().run(\"import { kv } from 'tana/kv'; await kv.put('a', 1); ({a: 1})\"); "
        "print({'pandas', 'ipywidgets', 'psycopg', 'redis', 'IPython'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

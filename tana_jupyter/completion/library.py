"""What contracts find: the globals, and the modules they can import, as the ``.d.ts`` files declare them.

Read when somebody first presses Tab, and kept.
"""

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from tana_jupyter import modules
from tana_jupyter.completion.declarations import Declarations
from tana_jupyter.completion.syntax import Syntax, read
from tana_jupyter.completion.types import Maker, Member, Scope

FOLDER = Path(modules.__file__).parent
LANGUAGE = Path(__file__).parent / "language.d.ts"


class Module(Scope):
    """The names a module exports."""

    def __init__(self, around: Declarations, values: Mapping[str, Member], types: Mapping[str, Maker]) -> None:
        super().__init__(around)
        self.values = dict(values)
        self.types = dict(types)


@functools.cache
def ambient() -> Scope:
    """The globals: JavaScript's own, those of the Web, Deno's namespace, ``console``."""
    scope = _globals()
    # A module's name that is a global too is declared where it is exported, once.
    for path, names in modules.lazy_globals().items():
        missing = [name for name in names if name not in scope.values]
        file = _file(path) if missing else None
        if file is not None:
            scope.values |= {name: file.values[name] for name in missing if name in file.values}
            scope.types |= {name: file.types[name] for name in missing if name in file.types}
    return scope


@functools.cache
def _globals() -> Declarations:
    scope = Declarations(None, module)
    scope.add(read(LANGUAGE.read_text(encoding="utf-8"), LANGUAGE.name).parts)
    for path in sorted(FOLDER.glob("*/*.d.ts")):
        root = _tree(path)
        if not _is_module(root):
            scope.add(root.parts)
    return scope


@functools.cache
def module(specifier: str) -> Module | None:
    """What a module exports, by one of its names: ``tana/kv``, ``tana:kv``, ``npm:ulid@2``."""
    if specifier.startswith("tana:"):
        specifier = f"tana/{specifier[5:]}"
    specifier = next((name for other, name in modules.aliases().items() if re.fullmatch(other, specifier)), specifier)
    path = modules.specifiers().get(specifier)
    file = _file(path, specifier) if path is not None else None
    if file is None:
        return None
    names = modules.exports().get(specifier, ())
    values = {name: file.values[name] for name in names if name in file.values}
    exported = modules.types(specifier)
    return Module(file, values, {name: made for name, made in file.types.items() if name in {*exported, *names}})


@functools.cache
def _file(path: str, specifier: str = "") -> Declarations | None:
    typings = FOLDER.parent / path.replace(".js", ".d.ts")
    if not typings.exists():
        return None
    root = _tree(typings)
    scope = Declarations(_globals(), module)
    scope.add(_block(root, specifier) or root.parts)
    return scope


def _tree(path: Path) -> Syntax:
    return read(path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.name}")


def _is_module(root: Syntax) -> bool:
    return any(part.kind == "export_statement" for part in root.parts)


def _block(root: Syntax, specifier: str) -> list[Syntax]:
    """The statements of ``declare module "specifier" { ... }``."""
    for statement in root.parts:
        block = statement.part("module")
        body = block["body"] if block is not None and block.name == specifier else None
        if body is not None:
            return body.parts
    return []

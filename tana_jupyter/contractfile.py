"""A contract as a file: the text of everything that is live in it, and the way back."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tana_jupyter.compiler import compile_cell
from tana_jupyter.compiler.outline import Imported, Item, outline
from tana_jupyter.errors import SyntaxProblem, TanaError

HEADER = re.compile(r"// Contract (\S+), saved from a notebook \(([0-9a-f]{12})\)\.\n")
EXPORTED = re.compile(r"export\s+(?:default\s+)?")


def text_of(cells: Iterable[str], exports: Mapping[str, str], *, statements: bool = False) -> str:
    """The last text of every live declaration in order of first declaration, imports merged.

    >>> print(text_of(["const a = 1", "function f() { return a }", "const a = 2"], {"f": "f"}))
    const a = 2
    <BLANKLINE>
    function f() { return a }
    <BLANKLINE>
    export { f }
    <BLANKLINE>
    """
    live = _Live()
    for cell in cells:
        for item in outline(cell):
            if item.kind != "statement" or statements:
                live.take(item)
    live.refuse_halves()
    items = live.in_order()
    blocks = [live.import_lines(), *(item.text.strip() for item in items)]
    offered = {name for item in items if EXPORTED.search(item.text) for name in item.names}
    named = [
        local if outer == local else f"{local} as {outer}"
        for outer, local in exports.items()
        if local in live and not (local in offered and outer in {local, "default"})
    ]
    if named:
        blocks.append(f"export {{ {', '.join(named)} }}")
    given = {outer for outer, local in exports.items() if local.startswith("$export_")}
    blocks += dict.fromkeys(item.text.strip() for outer, item in live.passed_on.items() if outer in given)
    return "\n\n".join(block for block in blocks if block) + "\n"


class _Live:
    """What is live of cells that ran one after the other: of each name its last declaration."""

    def __init__(self) -> None:
        self.passed_on: dict[str, Item] = {}
        """Exported name -> the last ``export ... from`` that gives it."""
        self._imports: dict[str, Imported] = {}
        self._effects: dict[str, None] = {}
        # (kind, name) -> its place and its item. A redeclared name keeps its place and takes the new text.
        self._declared: dict[tuple[str, str], tuple[int, Item]] = {}
        self._loose: list[tuple[int, Item]] = []
        self._place = 0

    def __contains__(self, name: str) -> bool:
        return name in self._imports or any((kind, name) in self._declared for kind in ("value", "type"))

    def take(self, item: Item) -> None:
        """The next statement."""
        self._place += 1
        if item.kind == "import":
            for one in item.imports:
                if one.outer:
                    self._imports[one.local] = one
                    self._declared.pop(("value", one.local), None)
                else:
                    self._effects[one.specifier] = None
        elif item.kind in {"value", "type"}:
            for name in item.names:
                first, _ = self._declared.get((item.kind, name), (self._place, item))
                self._declared[item.kind, name] = (first, item)
                if item.kind == "value":
                    self._imports.pop(name, None)
        elif item.kind == "reexport":
            self.passed_on |= dict.fromkeys(item.names, item)
        elif item.kind == "statement":
            self._loose.append((self._place, item))

    def refuse_halves(self) -> None:
        """A pattern declares its names together; where some were declared again, its text would declare those twice."""
        for _, item in self._declared.values():
            gone = [name for name in item.names if self._declared.get((item.kind, name), (0, None))[1] is not item]
            if gone:
                raise TanaError(
                    f"{', '.join(gone)} was declared again, and `{item.text.strip().splitlines()[0]}` declares more "
                    "names: declare those one by one, then save"
                )

    def in_order(self) -> list[Item]:
        """Declarations and statements, each once."""
        placed = sorted([*self._declared.values(), *self._loose], key=lambda entry: entry[0])
        return list({id(item): item for _, item in placed}.values())

    def import_lines(self) -> str:
        """The imports, merged by module."""
        lines = [f"import '{specifier}'" for specifier in self._effects]
        by_module: dict[str, list[Imported]] = {}
        for one in self._imports.values():
            by_module.setdefault(one.specifier, []).append(one)
        for specifier, found in by_module.items():
            lines += [f"import * as {one.local} from '{specifier}'" for one in found if one.outer == "*"]
            named = [_imported(one) for one in found if one.outer != "*"]
            if named:
                lines.append(f"import {{ {', '.join(named)} }} from '{specifier}'")
        return "\n".join(lines)


def _imported(one: Imported) -> str:
    name = one.outer if one.outer == one.local else f"{one.outer} as {one.local}"
    return f"type {name}" if one.is_type else name


def read(path: Path) -> str:
    """The text of a contract file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TanaError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise TanaError(f"{path} cannot be read: it is no UTF-8 text") from None


def save(name: str, text: str, path: Path, *, force: bool) -> None:
    """Write a contract's text; a file that is not of our making, or was changed since, needs ``force``."""
    try:
        compile_cell(text)
    except SyntaxProblem as problem:
        raise TanaError(f"{name} was not saved: line {problem.line} would not compile: {problem.message}") from None
    try:
        if path.exists() and not force:
            before = path.read_text(encoding="utf-8", errors="replace")
            header = HEADER.match(before)
            if header is None:
                raise TanaError(f"{path} was not saved from here; --force (force=True) overwrites it")
            if header[1] != name:
                raise TanaError(f"{path} holds contract {header[1]}; --force (force=True) overwrites it")
            if header[2] != _digest(before[header.end() :]):
                raise TanaError(f"{path} was changed since it was saved; --force (force=True) overwrites it")
        # Beside it first: a full disk must not leave half a contract where a whole one was.
        half = path.with_name(f".{path.name}.half")
        half.write_text(f"// Contract {name}, saved from a notebook ({_digest(text)}).\n{text}", encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise TanaError(f"{name} was not saved: {path}: {error.strerror or error}") from None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

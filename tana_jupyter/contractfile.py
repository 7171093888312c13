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
    imports: dict[str, Imported] = {}
    effects: dict[str, None] = {}
    # (kind, name) -> its place and its item. A redeclared name keeps its place and takes the new text.
    live: dict[tuple[str, str], tuple[int, Item]] = {}
    loose: list[tuple[int, Item]] = []
    passed_on: dict[str, Item] = {}  # exported name -> the last `export ... from` that gives it
    place = 0
    for cell in cells:
        for item in outline(cell):
            place += 1
            if item.kind == "import":
                for one in item.imports:
                    if not one.outer:
                        effects[one.specifier] = None
                    else:
                        imports[one.local] = one
                        live.pop(("value", one.local), None)
            elif item.kind in {"value", "type"}:
                for name in item.names:
                    first = live[item.kind, name][0] if (item.kind, name) in live else place
                    live[item.kind, name] = (first, item)
                    if item.kind == "value":
                        imports.pop(name, None)
            elif item.kind == "reexport":
                passed_on |= dict.fromkeys(item.names, item)
            elif item.kind == "statement" and statements:
                loose.append((place, item))
    _refuse_halves(live)
    blocks = [_import_lines(imports.values(), effects)]
    seen: set[int] = set()
    offered: set[str] = set()
    for _, item in sorted([*live.values(), *loose], key=lambda entry: entry[0]):
        if id(item) not in seen:
            seen.add(id(item))
            blocks.append(item.text.strip())
            offered |= {name for name in item.names if EXPORTED.search(item.text)}
    rest = {outer: local for outer, local in exports.items() if not (outer == local and local in offered)}
    kept = {name for _, name in live} | set(imports)
    named = [
        local if outer == local else f"{local} as {outer}"
        for outer, local in rest.items()
        if local in kept and not (outer == "default" and local in offered)
    ]
    if named:
        blocks.append(f"export {{ {', '.join(named)} }}")
    given = {outer for outer, local in exports.items() if local.startswith("$export_")}
    blocks += dict.fromkeys(item.text.strip() for outer, item in passed_on.items() if outer in given)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _refuse_halves(live: Mapping[tuple[str, str], tuple[int, Item]]) -> None:
    """A pattern declares its names together; where some were declared again, its text would declare those twice."""
    for _, item in live.values():
        gone = [name for name in item.names if live.get((item.kind, name), (0, None))[1] is not item]
        if gone:
            raise TanaError(
                f"{', '.join(gone)} was declared again, and `{item.text.strip().splitlines()[0]}` declares more names: "
                "declare those one by one, then save"
            )


def _import_lines(imports: Iterable[Imported], effects: Iterable[str]) -> str:
    lines = [f"import '{specifier}'" for specifier in effects]
    by_module: dict[str, list[Imported]] = {}
    for one in imports:
        by_module.setdefault(one.specifier, []).append(one)
    for specifier, found in by_module.items():
        lines += [f"import * as {one.local} from '{specifier}'" for one in found if one.outer == "*"]
        named = []
        for one in found:
            if one.outer != "*":
                name = one.outer if one.outer == one.local else f"{one.outer} as {one.local}"
                named.append(f"type {name}" if one.is_type else name)
        if named:
            lines.append(f"import {{ {', '.join(named)} }} from '{specifier}'")
    return "\n".join(lines)


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
                raise TanaError(f"{path} was not saved from here; --force overwrites it")
            if header[1] != name:
                raise TanaError(f"{path} holds contract {header[1]}; --force overwrites it")
            if header[2] != _digest(before[header.end() :]):
                raise TanaError(f"{path} was changed since it was saved; --force overwrites it")
        # Beside it first: a full disk must not leave half a contract where a whole one was.
        half = path.with_name(f".{path.name}.half")
        half.write_text(f"// Contract {name}, saved from a notebook ({_digest(text)}).\n{text}", encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise TanaError(f"{name} was not saved: {path}: {error.strerror or error}") from None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

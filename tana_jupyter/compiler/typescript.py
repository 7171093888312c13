"""The TypeScript compiler that dukpy ships, kept warm in one interpreter of its own.

It takes 0.8 s and 70 MB to start and 50 ms for a cell, so only cells the fast path cannot do come here.
"""

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, TypedDict

import dukpy

from tana_jupyter.compiler.edits import position_of
from tana_jupyter.compiler.sourcemap import SourceMap
from tana_jupyter.errors import SyntaxProblem


class Lowered(NamedTuple):
    """A cell as TypeScript emits it: JavaScript, the way back to the cell, and names that are types alone."""

    code: str
    map: SourceMap
    types: list[str]


class _Problem(TypedDict):
    start: int
    length: int
    message: str


class _Interpreter(dukpy.JSInterpreter):  # type: ignore[misc] # dukpy is published without types
    """An interpreter without the process, console and require runtimes: it sees nothing of the machine."""

    def __init__(self) -> None:
        from dukpy import _dukpy

        self._loader = None
        self._funcs: dict[str, object] = {}
        self._ctx = _dukpy.create_context()


# One cell at a time: QuickJS is not made for two.
_lock = threading.Lock()
_warm: list[_Interpreter] = []


def _interpreter() -> _Interpreter:
    if not _warm:
        found = find_spec("dukpy")
        if found is None or found.origin is None:
            raise ImportError("dukpy is not installed")
        services = Path(found.origin).parent / "jsmodules" / "typescriptServices.js"
        interpreter = _Interpreter()
        interpreter.evaljs(services.read_text(encoding="utf-8") + ";0")
        script = Path(__file__).with_name("transpile.js").read_text(encoding="utf-8")
        interpreter.evaljs(f"globalThis.cell = {script};0")
        _warm.append(interpreter)
    return _warm[0]


def _ask(function: str, source: str) -> object:
    # A lone surrogate is no text the interpreter could be given.
    readable = source.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    with _lock:
        try:
            return _interpreter().evaljs(f"cell.{function}(dukpy.source)", source=readable)
        except dukpy.JSRuntimeError as error:
            if "call stack" in str(error) or "stack overflow" in str(error):
                raise SyntaxProblem("This cell is nested too deeply to be compiled.", 1, 1) from None
            _warm.clear()
            # With its heap full the engine has no room for an error and throws null.
            if str(error) == "null" or "out of memory" in str(error):
                raise SyntaxProblem("This cell is too large for TypeScript's own compiler: split it.", 1, 1) from None
            raise
        except BaseException:
            # Stopped in the middle: what the interpreter holds cannot be trusted.
            _warm.clear()
            raise


def _first(source: str, problems: list[_Problem]) -> SyntaxProblem | None:
    """The first problem, at its place in the source; TypeScript counts UTF-16 units."""
    if not problems:
        return None
    problem = min(problems, key=lambda one: one["start"])
    units = source.encode("utf-16-le", "surrogatepass")
    start, end = problem["start"] * 2, (problem["start"] + problem["length"]) * 2
    before = units[:start].decode("utf-16-le", "replace")
    length = len(units[start:end].decode("utf-16-le", "replace"))
    line, column = position_of(before, len(before))
    return SyntaxProblem(problem["message"], line, column, max(1, length))


def transpile(source: str) -> Lowered:
    """The cell as JavaScript of ES2022; raises SyntaxProblem with TypeScript's own message."""
    reply = _ask("transpile", source)
    assert isinstance(reply, dict)
    problem = _first(source, reply["problems"])
    if problem is not None:
        raise problem
    code = reply["code"]
    return Lowered(code, SourceMap(reply["mappings"], code, source), reply["types"])


def diagnose(source: str) -> SyntaxProblem | None:
    """TypeScript's first complaint about the syntax of a cell, if it has any.

    It includes what only its checker sees, such as ``await`` outside an async function, but nothing about
    types.
    """
    reply = _ask("diagnose", source)
    assert isinstance(reply, list)
    return _first(source, reply)

"""TypeScript text in, the inside of an async function out; knows no engine and no store.

The usual cell takes the fast path: a tree-sitter parse, types blanked with spaces so that nothing moves, and
a few recorded edits. What leaves code behind (enums, namespaces, decorators, ...) goes through the TypeScript
compiler first.
Nothing here is loaded before the first cell is compiled.
"""

from typing import TYPE_CHECKING

from tana_jupyter.errors import SyntaxProblem

if TYPE_CHECKING:
    from tana_jupyter.compiler.compiled import Compiled, Declared, Import

__all__ = ["Compiled", "Declared", "Import", "compile_cell", "diagnose"]


def compile_cell(source: str) -> "Compiled":
    r"""Compile a cell; the same text is compiled once.

    >>> cell = compile_cell("const x: number = 1\nx + 1")
    >>> print(cell.body)
    let $value;
    ;     x         = 1;$tana.lock("x");
    ;$value=(x + 1);
    return $value
    >>> cell.declared
    (Declared(name='x', kind='const'),)
    >>> cell.locate(3, 10)
    (2, 1)

    Raises SyntaxProblem for what is no TypeScript.
    """
    from tana_jupyter.compiler.cell import compile_cell as compiled

    return compiled(source)


def diagnose(source: str) -> SyntaxProblem | None:
    """What TypeScript has to say about a cell the engine refused.

    >>> diagnose("function f() { await g() }").message
    "'await' expressions are only allowed within async functions and at the top levels of modules."
    """
    from tana_jupyter.compiler.typescript import diagnose as diagnosed

    return diagnosed(source)


def __getattr__(name: str) -> object:
    if name in {"Compiled", "Declared", "Import"}:
        from tana_jupyter.compiler import compiled

        return getattr(compiled, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

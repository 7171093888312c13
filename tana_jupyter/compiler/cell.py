"""From the text of a cell to a compiled cell, by the fast path or by way of TypeScript."""

from functools import lru_cache

from tana_jupyter.compiler.compiled import Compiled
from tana_jupyter.compiler.edits import Edits
from tana_jupyter.compiler.erase import ERASING
from tana_jupyter.compiler.grammar import NeedsTypeScript, parse
from tana_jupyter.compiler.modules import ERASING_MODULES
from tana_jupyter.compiler.names import Names
from tana_jupyter.compiler.rewrite import Rewriter
from tana_jupyter.compiler.walk import Walk, table_of


def _fast(source: str) -> Compiled:
    root = parse(source).root_node
    if root.has_error:
        raise NeedsTypeScript
    rewriter = Rewriter(source)
    body, pieces = rewriter.run(root.children)
    return Compiled(
        source,
        body,
        body.count("\n") + 1,
        rewriter.names.declared(),
        tuple(rewriter.imports),
        tuple(rewriter.exports.items()),
        _pieces=pieces,
    )


def with_unix_lines(source: str) -> str:
    """The text with every line break one character, as the columns of a line do not notice."""
    return source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source


@lru_cache(maxsize=256)
def compile_cell(source: str) -> Compiled:
    """See :func:`tana_jupyter.compiler.compile_cell`."""
    source = with_unix_lines(source)
    try:
        return _fast(source)
    except NeedsTypeScript:
        pass
    from tana_jupyter.compiler.lowered import compile_lowered

    return compile_lowered(source)


def erase(source: str) -> str:
    """See :func:`tana_jupyter.compiler.erase`."""
    source = with_unix_lines(source)
    root = parse(source).root_node
    if root.has_error:
        raise NeedsTypeScript
    edits = Edits(source)
    Walk(edits, table_of(ERASING, ERASING_MODULES), Names(source)).run(root.children)
    return edits.apply()[0]

"""From the text of a cell to a compiled cell, by the fast path or by way of TypeScript."""

from functools import lru_cache

from tana_jupyter.compiler.compiled import Compiled
from tana_jupyter.compiler.grammar import NeedsTypeScript, parse
from tana_jupyter.compiler.rewrite import Rewriter


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


@lru_cache(maxsize=256)
def compile_cell(source: str) -> Compiled:
    """See :func:`tana_jupyter.compiler.compile_cell`."""
    if "\r" in source:  # every line break one character: the columns of a line do not notice
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return _fast(source)
    except NeedsTypeScript:
        pass
    from tana_jupyter.compiler.lowered import compile_lowered

    return compile_lowered(source)

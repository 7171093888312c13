"""Cells that TypeScript itself had to turn into JavaScript, rewritten like any other."""

import re
from typing import ClassVar

from tree_sitter import Node

from tana_jupyter.compiler.compiled import Compiled, Import
from tana_jupyter.compiler.grammar import NeedsTypeScript, kinds, parse_javascript
from tana_jupyter.compiler.rewrite import TABLE, Rewriter
from tana_jupyter.compiler.typescript import diagnose, transpile
from tana_jupyter.compiler.walk import Table
from tana_jupyter.errors import SyntaxProblem

_EXPRESSION = kinds("expression_statement")
_VARIABLES = kinds("lexical_declaration", "variable_declaration")
_BINARY = kinds("binary_expression")
_TRY = kinds("try_statement")
# What an enum or a namespace becomes: (function (E) { ... })(E || (E = {}));
_FILLED = re.compile(r"\(function \((\S+)\) \{.*\}\)\(\1 \|\| \(\1 = \{\}\)\);?", re.DOTALL)
# Helpers of decorators, and what a `using` of the top level keeps its resources in.
_HELPER = re.compile(r"var __[a-zA-Z]+ = \(this && this\.__")
_RESOURCES = re.compile(r"const env_\d+ = \{ stack: \[\], error: void 0, hasError: false \};")


class _LoweredRewriter(Rewriter):
    """Knows the shapes TypeScript emits."""

    # Comparisons in JavaScript are comparisons.
    table: ClassVar[Table] = [None if kind in _BINARY else handler for kind, handler in enumerate(TABLE)]

    def value_statement(self, statements: list[Node]) -> Node | None:
        texts = [self.source[node.start_byte : node.end_byte] for node in statements]
        filled = [_FILLED.fullmatch(text) for text in texts]
        self.reset = {found[1]: "enum" for found in filled if found}
        if any(_RESOURCES.fullmatch(text) for text in texts):
            # The cell's own statements are in the block whose end lets go of the resources.
            block = next(node for node in statements if node.kind_id in _TRY).children[1]
            return super().value_statement(block.children[1:-1])
        return super().value_statement([node for node, found in zip(statements, filled, strict=True) if not found])

    def statement(self, node: Node) -> list[str]:
        text = self.source[node.start_byte : node.end_byte]
        if node.kind_id in _VARIABLES and (_HELPER.match(text) or _RESOURCES.fullmatch(text)):
            # Local to the run, no names of the contract.
            return []
        return super().statement(node)


def _unreadable(source: str) -> SyntaxProblem:
    """Some errors of syntax only TypeScript's checker sees."""
    message = "This cell cannot be compiled. Write it in simpler JavaScript."
    return diagnose(source) or SyntaxProblem(message, 1, 1)


def compile_lowered(source: str) -> Compiled:
    """Compile a cell by way of TypeScript."""
    code, origin, types = transpile(source)
    root = parse_javascript(code).root_node
    if root.has_error:
        raise _unreadable(source)
    rewriter = _LoweredRewriter(code, types)
    try:
        body, pieces = rewriter.run(root.children)
    except SyntaxProblem as problem:
        line, column = origin.original(problem.line, problem.column)
        raise SyntaxProblem(problem.message, line, column, problem.length) from None
    except NeedsTypeScript:
        raise _unreadable(source) from None
    imports = [Import(one.specifier, one.names, *origin.original(one.line, one.column)) for one in rewriter.imports]
    return Compiled(
        source,
        body,
        body.count("\n") + 1,
        rewriter.names.declared(),
        tuple(imports),
        tuple(rewriter.exports.items()),
        by_typescript=True,
        _pieces=pieces,
        _code=code,
        _original=origin.original,
    )

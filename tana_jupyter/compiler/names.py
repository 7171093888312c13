"""The names a cell declares, and the ones it may not."""

from collections.abc import Iterator

from tree_sitter import Node

from tana_jupyter.compiler.compiled import Declared
from tana_jupyter.compiler.grammar import kinds
from tana_jupyter.compiler.nodes import problem_at, text_of

_NAME = kinds("identifier", "shorthand_property_identifier_pattern", "type_identifier", "undefined")
_WITH_DEFAULT = kinds("assignment_pattern", "object_assignment_pattern")
_PAIR = kinds("pair_pattern")

# What the engine needs, or JavaScript does not let go of.
RESERVED = frozenset(
    {"$tana", "$value", "$default", "call_python", "dukpy", "globalThis", "undefined", "NaN", "Infinity"}
    | {"eval", "arguments"}
)


def bound_names(pattern: Node) -> Iterator[Node]:
    """The names a declaration's pattern binds: a, b and c of ``{ a, x: [b = 1], ...c }``."""
    stack = [pattern]
    while stack:
        node = stack.pop()
        kind = node.kind_id
        if kind in _NAME:
            yield node
        elif kind in _WITH_DEFAULT:
            stack.append(node.children[0])
        elif kind in _PAIR:
            stack.append(node.children[-1])
        else:
            stack += node.children[::-1]


class Names:
    """The top-level names of one cell; refuses what JavaScript itself would refuse."""

    __slots__ = ("_kinds", "_source")

    def __init__(self, source: str) -> None:
        self._source = source
        self._kinds: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._kinds

    def declare(self, node: Node, kind: str) -> str:
        """Add the name that stands at that node."""
        name = text_of(self._source, node)
        if name in RESERVED:
            message = f"'{name}' is reserved and cannot be declared. Choose another name."
            raise problem_at(self._source, node, message)
        before = self._kinds.get(name)
        if before is not None and not {before, kind} <= {"var", "function", "enum"}:
            # In TypeScript's own words.
            one_of_ours = {before, kind} <= {"const", "let", "var", "function"}
            message = "Cannot redeclare block-scoped variable" if one_of_ours else "Duplicate identifier"
            raise problem_at(self._source, node, f"{message} '{name}'.")
        self._kinds[name] = kind
        return name

    def add(self, name: str, kind: str) -> None:
        """Add a name that is not the user's own."""
        self._kinds[name] = kind

    def declared(self) -> tuple[Declared, ...]:
        """All of them, in order."""
        return tuple([Declared(name, kind) for name, kind in self._kinds.items()])

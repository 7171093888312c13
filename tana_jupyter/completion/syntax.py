"""Nodes of the grammar that know the text they were read from, and what is written about them."""

import functools
import re
from typing import TYPE_CHECKING

from tana_jupyter.compiler.grammar import parse

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_TEXT = 240
# Around a declaration, between it and its comment.
_WRAPPERS = {"export_statement", "ambient_declaration", "expression_statement", "lexical_declaration"}
_DECORATION = re.compile(r"^[ \t]*\*+ ?", re.MULTILINE)
_SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)


class Syntax:
    """A node, and the text it stands in.

    >>> name = read("let é = 1").parts[0].parts[0]["name"]
    >>> name.kind, name.text
    ('identifier', 'é')
    """

    __slots__ = ("file", "node", "source")

    def __init__(self, node: "Node", source: str, file: str = "") -> None:
        self.node = node
        self.source = source
        self.file = file
        """The ``.d.ts`` it is of, such as ``kv/kv.d.ts``; empty for a cell."""

    def __getitem__(self, field: str) -> "Syntax | None":
        node = self.node.child_by_field_name(field)
        return None if node is None else self._of(node)

    @property
    def kind(self) -> str:
        """What the grammar calls it."""
        return self.node.type

    @property
    def text(self) -> str:
        """The text it covers."""
        return self.source[self.node.start_byte : self.node.end_byte]

    @property
    def parts(self) -> "list[Syntax]":
        """The named children, without comments."""
        return [self._of(node) for node in self.node.named_children if node.type != "comment"]

    @property
    def parent(self) -> "Syntax | None":
        """The node around it."""
        return None if self.node.parent is None else self._of(self.node.parent)

    def part(self, *kinds: str) -> "Syntax | None":
        """The first child of one of these kinds; words such as ``static`` are children too."""
        return next((self._of(node) for node in self.node.children if node.type in kinds), None)

    def is_field(self, name: str, of: "Syntax | None") -> bool:
        """Whether this is that field of another node."""
        return of is not None and of.node.child_by_field_name(name) == self.node

    def at(self, offset: int) -> "Syntax":
        """The smallest node at an offset."""
        found = self.node.descendant_for_byte_range(offset, offset)
        return self._of(found) if found is not None else self

    @property
    def name(self) -> str:
        """The name of a declaration or a member: ``Symbol.iterator`` of ``[Symbol.iterator]``, ``a b`` of ``'a b'``."""
        name = self["name"] or self["key"]
        return "" if name is None else name.text.strip("[]\"'")

    def line(self) -> str:
        """Its text in one line, as a signature is shown."""
        return shortened(" ".join(self.text.split()))

    def doc(self) -> str:
        """The first sentence of the ``/** */`` comment above it."""
        node: Node | None = self.node
        while node is not None and node.parent is not None and node.parent.type in _WRAPPERS:
            node = node.parent
        before = None if node is None else node.prev_sibling
        while before is not None and before.type in {";", ",", "accessibility_modifier"}:
            before = before.prev_sibling
        if before is None or before.type != "comment":
            return ""
        comment = self.source[before.start_byte : before.end_byte]
        if not comment.startswith("/**"):
            return ""
        text = _DECORATION.sub("", comment[3:-2]).strip().partition("\n@")[0]
        sentence = _SENTENCE.match(text)
        return " ".join((sentence[1] if sentence else text).split())

    def _of(self, node: "Node") -> "Syntax":
        return Syntax(node, self.source, self.file)


@functools.lru_cache(maxsize=200)
def read(source: str, file: str = "") -> Syntax:
    """The tree of a text."""
    return Syntax(parse(source).root_node, source, file)


def shortened(text: str) -> str:
    """A text that fits under a cell."""
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"

"""What the import and export statements of a cell say."""

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from tana_jupyter.compiler.grammar import NeedsTypeScript, kinds, without_comments
from tana_jupyter.compiler.nodes import text_of

_TYPE = kinds("type")
_DEFAULT = kinds("default")
_CLAUSE = kinds("import_clause")
_NAMED = kinds("named_imports", "export_clause")
_SPECIFIER = kinds("import_specifier", "export_specifier")
_NAMESPACE = kinds("namespace_import", "namespace_export")
_NAME = kinds("identifier", "string")
_IDENTIFIER = kinds("identifier")
_REQUIRE = kinds("import_require_clause")
_TYPES = kinds("interface_declaration", "type_alias_declaration", "ambient_declaration", "function_signature")
_AS = kinds("as")


class Specifier(NamedTuple):
    """One name of an import or export: ``{ outer as local }``, or the same two for ``* as local``."""

    outer: str
    local: str
    node: Node
    name: Node
    is_type: bool


def module_of(node: Node) -> Node | None:
    """The string that names the module an import or export speaks of, if any."""
    return node.child_by_field_name("source")


def is_type_only(source: str, node: Node) -> bool:
    """Whether nothing of the statement is left at run time: ``import type``, ``export interface``."""
    children = without_comments(node)
    second = children[1]
    if second.kind_id in _REQUIRE:
        raise NeedsTypeScript
    if second.kind_id in _TYPE:
        return True
    if second.kind_id in _DEFAULT:
        second = children[2]
    if second.kind_id in _TYPES:
        inner = second.children
        if "\n" in source[inner[0].end_byte : inner[1].start_byte]:
            raise NeedsTypeScript
        return True
    if second.kind_id in _AS:  # export as namespace X
        return True
    if second.kind_id not in _CLAUSE | _NAMED:
        return False
    found = list(specifiers(source, node))
    return bool(found) and all(one.is_type for one in found)


def specifiers(source: str, node: Node) -> Iterator[Specifier]:
    """All names an import statement or an export list mentions, in source order."""
    stack = node.children[::-1]
    while stack:
        part = stack.pop()
        kind = part.kind_id
        if kind in _CLAUSE or kind in _NAMED:
            stack += part.children[::-1]
        elif kind in _SPECIFIER:
            names = [child for child in part.children if child.kind_id in _NAME]
            outer, local = text_of(source, names[0]), text_of(source, names[-1])
            yield Specifier(outer, local, part, names[-1], part.children[0].kind_id in _TYPE)
        elif kind in _NAMESPACE:
            name = without_comments(part)[-1]
            yield Specifier("*", text_of(source, name), part, name, is_type=False)
        elif kind in _IDENTIFIER:
            yield Specifier("default", text_of(source, part), part, part, is_type=False)

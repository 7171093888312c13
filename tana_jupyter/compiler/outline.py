"""What stands at the top level of a cell, piece by piece, with the text of each: for saving contracts as files."""

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from tana_jupyter.compiler.grammar import COMMENT, kinds, parse
from tana_jupyter.compiler.modules import is_type_only, module_of, specifiers
from tana_jupyter.compiler.names import bound_names
from tana_jupyter.compiler.nodes import text_of

_IMPORT = kinds("import_statement")
_EXPORT = kinds("export_statement")
_VARIABLES = kinds("lexical_declaration", "variable_declaration")
_DECLARATOR = kinds("variable_declarator")
_NAMED = kinds(
    "function_declaration",
    "generator_function_declaration",
    "function_signature",
    "class_declaration",
    "abstract_class_declaration",
    "enum_declaration",
    "interface_declaration",
    "type_alias_declaration",
    "internal_module",
    "module",
)
_TYPE = kinds("interface_declaration", "type_alias_declaration")
_IDENTIFIER = kinds("identifier")
_CLAUSE = kinds("export_clause")
_EMPTY = kinds("empty_statement", "hash_bang_line")


class Imported(NamedTuple):
    """One name of an import; an import for its effects has the name ``""``."""

    specifier: str
    outer: str
    local: str
    is_type: bool


class Item(NamedTuple):
    """One statement of the top level.

    ``kind`` is ``import``, ``value``, ``type``, ``export`` (a list of names), ``reexport`` (such a list ``from`` a
    module) or ``statement``; ``names`` are those a declaration declares or a re-export gives.
    """

    kind: str
    names: tuple[str, ...]
    text: str
    imports: tuple[Imported, ...] = ()


def outline(source: str) -> list[Item]:
    """The statements of a cell, each with the comments right above it.

    >>> [(item.kind, item.names) for item in outline("import { kv } from 'tana/kv'; const a = 1, b = 2; f()")]
    [('import', ()), ('value', ('a',)), ('value', ('b',)), ('statement', ())]
    """
    items: list[Item] = []
    start: int | None = None
    for node in parse(source).root_node.children:
        if node.kind_id in COMMENT:
            start = node.start_byte if start is None else start
            continue
        if node.kind_id not in _EMPTY:
            leading = "" if start is None else source[start : node.start_byte]
            # A comment behind the statement before it, on the same line, is not about this one.
            items += _items(source, node, leading)
        start = None
    return items


def _items(source: str, node: Node, leading: str) -> Iterator[Item]:
    kind = node.kind_id
    text = leading + source[node.start_byte : node.end_byte]
    if kind in _IMPORT:
        yield Item("import", (), text, tuple(_imports(source, node)))
        return
    inner = node.child_by_field_name("declaration") if kind in _EXPORT else node
    value = node.child_by_field_name("value") if inner is None else None
    if value is not None and kind in _EXPORT:
        # A name is exported as in a list; any other expression is a declaration of its own.
        yield Item("export", (), text) if value.kind_id in _IDENTIFIER else Item("value", ("$default",), text)
    elif inner is None and module_of(node) is not None:
        yield Item("reexport", tuple(one.local for one in specifiers(source, node)), text)
    elif inner is None:
        is_list = any(child.kind_id in _CLAUSE for child in node.children)
        yield Item("export" if is_list else "statement", (), text)
    elif inner.kind_id in _VARIABLES:
        before = leading + source[node.start_byte : inner.children[0].end_byte]
        for one in inner.children:
            if one.kind_id in _DECLARATOR:
                names = tuple(text_of(source, name) for name in bound_names(one.children[0]))
                yield Item("value", names, f"{before} {source[one.start_byte : one.end_byte]}")
                before = before[len(leading) :] if before.startswith(leading) else before
                leading = ""
    elif inner.kind_id in _NAMED:
        name = inner.child_by_field_name("name")
        names = () if name is None else (text_of(source, name),)
        yield Item("type" if inner.kind_id in _TYPE else "value", names, text)
    else:
        yield Item("statement", (), text)


def _imports(source: str, node: Node) -> Iterator[Imported]:
    module = module_of(node)
    specifier = "" if module is None else text_of(source, module)
    whole = is_type_only(source, node)
    found = list(specifiers(source, node))
    if not found:
        yield Imported(specifier, "", "", is_type=False)
    for one in found:
        yield Imported(specifier, one.outer, one.local, whole or one.is_type)

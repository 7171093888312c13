"""Variable declarations of a cell's top level, and every ``var`` outside functions, as assignments."""

from collections.abc import Mapping, Sequence

from tree_sitter import Node

from tana_jupyter.compiler.erase import statement
from tana_jupyter.compiler.grammar import COMMENT, kinds
from tana_jupyter.compiler.names import bound_names
from tana_jupyter.compiler.nodes import problem_at
from tana_jupyter.compiler.places import mark_body
from tana_jupyter.compiler.walk import Handler, Walk

_DECLARATOR = kinds("variable_declarator")
_PATTERN = kinds("object_pattern", "array_pattern")
_EQUALS = kinds("=")
_VAR = kinds("var")
_BLOCK = kinds("program", "statement_block", "switch_case", "switch_default")
_NEW = kinds("new_expression")


def assign(walk: Walk, node: Node, *, in_block: bool, reset: Mapping[str, str] | None = None) -> list[str]:
    """Make a declaration an assignment to names of the contract; returns the names.

    ``const x: T = 1`` becomes ``;     x    = 1;$tana.lock("x");``. Without a value, ``let`` assigns undefined
    and ``var`` nothing, except for the names in ``reset`` (name -> kind): what TypeScript makes of an enum.
    """
    source, edits, names = walk.source, walk.edits, walk.names
    children = node.children
    keyword = children[0]
    kind = source[keyword.start_byte : keyword.end_byte]
    declarators = [child for child in children if child.kind_id in _DECLARATOR]
    found: list[str] = []
    bracket = False
    unset: list[int] = []
    for one in declarators:
        target = one.children[0]
        is_pattern = target.kind_id in _PATTERN
        has_value = any(part.kind_id in _EQUALS for part in one.children)
        if is_pattern:
            bracket = True
            if not has_value:
                raise problem_at(source, target, "A destructuring declaration must have an initializer.")
            found += [names.declare(name, kind) for name in bound_names(target)]
            continue
        start, end = target.start_byte, target.end_byte
        special = reset.get(source[start:end]) if reset and not has_value else None
        found.append(names.declare(target, special or kind))
        if not has_value:
            if kind == "const":
                raise problem_at(source, target, "'const' declarations must be initialized.")
            if kind == "let" or special:
                unset.append(end)
    # From the outside in, as edits want it.
    if in_block and kind == "const":
        quoted = '","'.join(found)
        edits.close(node.end_byte, f';$tana.lock("{quoted}");')
    elif source[node.end_byte - 1] != ";":
        edits.close(node.end_byte, ";")
    if bracket:
        edits.close(declarators[-1].end_byte, ")")
    for end in unset:
        edits.close(end, "=void 0")
    first = (";" if in_block else "") + ("(" if bracket else "")
    edits.blank(keyword.start_byte, keyword.end_byte, first)
    return found


def _var(walk: Walk, node: Node) -> Sequence[Node]:
    if node.start_byte < walk.function_end:
        return statement(walk, node)
    parent = node.parent
    assign(walk, node, in_block=parent is not None and parent.kind_id in _BLOCK)
    return node.children


def _for_in(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    if node.start_byte >= walk.function_end:
        keyword = node.child_by_field_name("kind")
        target = node.child_by_field_name("left")
        if keyword is not None and target is not None and keyword.kind_id in _VAR:
            walk.edits.blank(keyword.start_byte, keyword.end_byte)
            for name in bound_names(target):
                walk.names.declare(name, "var")
    mark_body(walk, children[-1])
    return children


def _throw(walk: Walk, node: Node) -> Sequence[Node]:
    """Only an Error knows where it was made; of everything else the engine notes where it was thrown."""
    children = node.children
    thrown = next(child for child in children[1:] if child.kind_id not in COMMENT)
    if thrown.kind_id in _NEW:
        return statement(walk, node)
    if walk.source[node.end_byte - 1] != ";":
        walk.edits.close(node.end_byte, ";")
    walk.edits.open(thrown.start_byte, "$tana.thrown(")
    walk.edits.close(thrown.end_byte, ")")
    return children


def _dynamic_import(walk: Walk, node: Node) -> Sequence[Node]:
    walk.edits.replace(node.start_byte, node.end_byte, "$tana.dynamic")
    return ()


def _meta(walk: Walk, node: Node) -> Sequence[Node]:
    if walk.source.startswith("import", node.start_byte):
        walk.edits.blank(node.start_byte, node.end_byte, "$tana.meta")
    return ()


REWRITING: Mapping[tuple[str, ...], Handler] = {
    ("variable_declaration",): _var,
    ("for_in_statement",): _for_in,
    ("throw_statement",): _throw,
    ("import",): _dynamic_import,
    ("meta_property",): _meta,
}

"""Types out, JavaScript left where it stood.

Where a type goes away between two statements, its first character becomes a ``;``: otherwise a following
line that starts with ``(``, ``[``, a backtick or an operator would join the line before. Where JavaScript
forbids a line break that a blanked type leaves behind, a bracket moves across the gap instead.
"""

import re
from collections.abc import Mapping, Sequence

from tree_sitter import Node

from tana_jupyter.compiler.grammar import COMMENT, NeedsTypeScript, kinds
from tana_jupyter.compiler.walk import Handler, Walk

_THIS = kinds("this")
_INTERFACE = kinds("interface_declaration")
_PARAMETERS = kinds("formal_parameters")
_TYPE_PARAMETERS = kinds("type_parameters")
_RETURN_TYPE = kinds("type_annotation", "type_predicate_annotation", "asserts_annotation")
_NO_PARAMETER = kinds("accessibility_modifier", "override_modifier", "readonly", "decorator")
_OPTIONAL = kinds("?")
_ASSERTION = kinds("type_assertion")
_BINARY = kinds("binary_expression")
_UNARY = kinds("binary_expression", "unary_expression", "await_expression")
_POSTFIX = kinds("call_expression", "member_expression", "subscript_expression", "non_null_expression")
_ARROW = kinds("arrow_function")
_USING = kinds("using")
_ABSTRACT = kinds("abstract")
_FIELD = kinds("public_field_definition")
_NOT_EMITTED = kinds("declare", "abstract")
_LOWERED = kinds("accessor", "decorator")
_MODIFIER = kinds("accessibility_modifier", "override_modifier", "readonly")
_MARKS = kinds("?", "!")

# What cannot be in type arguments; `a < b || c > (d)` compares.
_NO_TYPE = re.compile(r"\|\||&&|\?\?|[;+*/%^!]|==")
# Operators that bind tighter than `as`.
_TIGHT = frozenset({"+", "-", "*", "/", "%", "**", "<<", ">>", ">>>"})
# A statement or an arrow's body must not begin with these once the `<T>` before them is gone.
_OPENERS = ("{", "function", "class", "async", "let")


def _type(walk: Walk, node: Node) -> Sequence[Node]:
    walk.check_type(node)
    walk.blank_tail(node.start_byte, node.end_byte)
    return ()


def _declaration_of_types(walk: Walk, node: Node) -> Sequence[Node]:
    walk.require_same_line(node)
    if node.kind_id not in _INTERFACE:
        walk.check_type(node)
    walk.edits.blank(node.start_byte, node.end_byte, ";")
    return ()


def _signature(walk: Walk, node: Node) -> Sequence[Node]:
    walk.check_type(node)
    walk.edits.blank(node.start_byte, node.end_byte, ";")
    return ()


def _refuse(walk: Walk, node: Node) -> Sequence[Node]:
    raise NeedsTypeScript


def statement(walk: Walk, node: Node) -> Sequence[Node]:
    """A statement that may end without a semicolon."""
    end = node.end_byte
    if walk.source[end - 1] != ";":
        walk.loose_ends.add(end)
    return node.children


def _function(walk: Walk, node: Node) -> Sequence[Node]:
    end = node.end_byte
    walk.function_end = max(walk.function_end, end)
    return node.children


def _declarator(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    if len(children) > 1:
        second = children[1]
        if walk.source[second.start_byte] == "!":
            walk.edits.blank(second.start_byte, second.end_byte)
    return children


def _formal_parameters(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    at = 1
    while children[at].kind_id in COMMENT:
        at += 1
    first = children[at]
    if not walk.source.startswith("this", first.start_byte):
        return children
    if not first.children or first.children[0].kind_id not in _THIS:
        return children
    comma = next(child for child in children[at + 1 :] if child.kind_id not in COMMENT)
    end = comma.end_byte if walk.source[comma.start_byte] == "," else first.end_byte
    walk.edits.blank(first.start_byte, end)
    return [child for child in children if child.start_byte >= end]


def _parameter(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    if len(children) > 1:
        for child in children:
            kind = child.kind_id
            if kind in _NO_PARAMETER:
                raise NeedsTypeScript
            if kind in _OPTIONAL:
                walk.edits.blank(child.start_byte, child.end_byte)
    return children


def _arrow(walk: Walk, node: Node) -> Sequence[Node]:
    walk.function_end = max(walk.function_end, node.end_byte)
    source, edits = walk.source, walk.edits
    kept: list[Node] = []
    for child in node.children:
        kind = child.kind_id
        before = kept[-1] if kept else None
        if before is not None:
            if kind in _PARAMETERS and before.kind_id in _TYPE_PARAMETERS:
                opening = child.start_byte
                if "\n" in source[before.start_byte : opening]:
                    # No line break may stand between `async` or `return` and the parameters.
                    edits.blank(before.start_byte, before.end_byte, "(")
                    edits.blank(opening, opening + 1)
                    kept.pop()
            elif kind in _RETURN_TYPE and before.kind_id in _PARAMETERS:
                closing, end = before.end_byte - 1, child.end_byte
                if "\n" in source[closing:end]:
                    # Nor between the parameters and the arrow.
                    edits.blank(closing, closing + 1)
                    edits.blank(child.start_byte, end - 1)
                    edits.replace(end - 1, end, ")")
                    continue
        if kind not in COMMENT:
            kept.append(child)
    return kept


def _as(walk: Walk, node: Node) -> Sequence[Node]:
    inner, keyword = node.children[0], node.children[1]
    outer, parent = node, node.parent
    while parent is not None and parent.kind_id in _ARROW and parent.end_byte == node.end_byte:
        outer, parent = parent, parent.parent
    if parent is not None and parent.children[0].id == outer.id:
        if parent.kind_id in _POSTFIX:
            # `a as T` and a line that starts with a bracket: the grammar joins them, TypeScript does not.
            raise NeedsTypeScript
        if parent.kind_id in _BINARY and inner.kind_id in _UNARY:
            operator = parent.child_by_field_name("operator")
            if operator is not None and walk.source[operator.start_byte : operator.end_byte] in _TIGHT:
                # (a + b as T) * c must keep its grouping.
                raise NeedsTypeScript
    walk.check_type(node.children[-1])
    walk.blank_tail(keyword.start_byte, node.end_byte)
    return (inner,)


def _assertion(walk: Walk, node: Node) -> Sequence[Node]:
    types, inner = node.children[0], node.children[-1]
    innermost = inner
    while innermost.kind_id in _ASSERTION:
        innermost = innermost.children[-1]
    source, start = walk.source, types.start_byte
    if "\n" in source[start : inner.start_byte] or source.startswith(_OPENERS, innermost.start_byte):
        walk.edits.blank(start, types.end_byte, "(")
        walk.edits.close(node.end_byte, ")")
        # What ends here now ends inside the bracket.
        walk.loose_ends.discard(node.end_byte)
    else:
        walk.edits.blank(start, types.end_byte)
    return (inner,)


def _non_null(walk: Walk, node: Node) -> Sequence[Node]:
    end = node.end_byte
    walk.blank_tail(end - 1, end)
    return node.children[:-1]


def _may_be_types(text: str) -> bool:
    balanced = all(text.count(one) == text.count(other) for one, other in ("()", "[]", "{}"))
    return balanced and not _NO_TYPE.search(text)


def _binary(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    if len(children) == 3 and walk.source[children[1].start_byte] == ">":
        source, at = walk.source, children[1].start_byte
        if source[children[2].start_byte] in "(`" or children[0].kind_id == node.kind_id:
            opening = source.rfind("<", max(0, at - 300), at)
            if opening >= 0 and _may_be_types(source[opening + 1 : at]):
                # Perhaps type arguments the grammar took for comparisons, as in f<T>`text`.
                raise NeedsTypeScript
    return children


def _assignment(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    if children[0].kind_id in _USING:
        raise NeedsTypeScript
    return children


def _abstract_class(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    if children[0].kind_id in _ABSTRACT:
        walk.require_same_line(node)
        walk.edits.blank(children[0].start_byte, children[0].end_byte)
    return children


def _member(walk: Walk, node: Node) -> Sequence[Node]:
    start, end = node.start_byte, node.end_byte
    children = node.children
    if node.kind_id in _FIELD:
        walk.loose_ends.add(end)
    else:
        walk.function_end = max(walk.function_end, end)
    for child in children:
        if child.kind_id in _NOT_EMITTED:
            walk.edits.blank(start, end, ";")
            return ()
    for child in children:
        kind = child.kind_id
        if kind in _MODIFIER:
            at = child.start_byte
            # Before `*` or `[` the field above would go on.
            walk.edits.blank(at, child.end_byte, ";" if at == start else "")
        elif kind in _MARKS:
            walk.blank_tail(child.start_byte, child.end_byte)
        elif kind in _LOWERED:
            raise NeedsTypeScript
    return children


ERASING: Mapping[tuple[str, ...], Handler] = {
    (
        "type_annotation",
        "type_parameters",
        "type_arguments",
        "type_predicate_annotation",
        "asserts_annotation",
        "implements_clause",
    ): _type,
    ("interface_declaration", "type_alias_declaration", "ambient_declaration"): _declaration_of_types,
    (
        "function_signature",
        "method_signature",
        "abstract_method_signature",
        "index_signature",
        "hash_bang_line",
    ): _signature,
    ("enum_declaration", "internal_module", "module", "import_alias", "decorator"): _refuse,
    (
        "expression_statement",
        "lexical_declaration",
        "variable_declaration",
        "return_statement",
        "throw_statement",
    ): statement,
    (
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "class_static_block",
    ): _function,
    ("variable_declarator",): _declarator,
    ("formal_parameters",): _formal_parameters,
    ("required_parameter", "optional_parameter"): _parameter,
    ("arrow_function",): _arrow,
    ("as_expression", "satisfies_expression"): _as,
    ("type_assertion",): _assertion,
    ("non_null_expression",): _non_null,
    ("binary_expression",): _binary,
    ("assignment_expression",): _assignment,
    ("abstract_class_declaration",): _abstract_class,
    ("public_field_definition", "method_definition"): _member,
}

"""Types as they are written: ``Promise<KvEntryMaybe<T> | null>`` in a scope is a Type."""

from collections.abc import Iterator, Sequence

from tana_jupyter.completion.syntax import Syntax
from tana_jupyter.completion.types import Scope, Type, union

_NAMED = {"string": "String", "number": "Number", "boolean": "Boolean", "bigint": "BigInt", "symbol": "Symbol"}
PRIMITIVES = frozenset(_NAMED.values())
# What only stands around another type.
_AROUND = {"type_annotation", "parenthesized_type", "readonly_type", "optional_type", "rest_type", "default_type"}


def typed(written: Syntax | None, scope: Scope) -> Type | None:
    """The type that is written there; None for ``any`` and for what is beyond this reader."""
    if written is None:
        return None
    kind = written.kind
    if kind == "type_identifier":
        return scope.type(written.text)
    if kind == "predefined_type":
        return scope.type(_NAMED.get(written.text, ""))
    if kind in _AROUND:
        return typed(written.parts[0], scope) if written.parts else None
    if kind in {"required_parameter", "optional_parameter"}:
        return typed(written["type"], scope)
    if kind == "generic_type":
        name, arguments = written["name"], written["type_arguments"]
        args = [typed(part, scope) for part in arguments.parts] if arguments is not None else []
        return None if name is None else _named(name, args, scope)
    if kind == "nested_type_identifier":
        return _named(written, (), scope)
    if kind == "union_type":
        return union(typed(part, scope) for part in written.parts)
    if kind == "intersection_type":
        return union(typed(part, scope) for part in written.parts)
    if kind == "array_type":
        return scope.type("Array", [typed(written.parts[0], scope)])
    if kind == "tuple_type":
        return tuple_of([typed(part, scope) for part in written.parts], scope)
    if kind == "literal_type":
        return _literal(written.parts[0], scope) if written.parts else None
    if kind == "template_literal_type":
        return scope.type("String")
    if kind == "object_type":
        return _object_type(written, scope)
    if kind in {"function_type", "constructor_type"}:
        from tana_jupyter.completion.functions import Function

        return Type(calls=[Function(written, scope)], origin=written)
    if kind == "type_query":
        return _query(written.parts[0], scope)
    if kind == "this_type":
        return scope.this
    return None


def tuple_of(items: Sequence[Type | None], scope: Scope) -> Type | None:
    """An array whose items differ."""
    array = scope.type("Array", [union(items)])
    return Type("Array", lambda: array.members if array else {}, args=[union(items)], items=items)


def _named(name: Syntax, args: Sequence[Type | None], scope: Scope) -> Type | None:
    if name.kind == "type_identifier":
        return scope.type(name.text, args)
    # Deno.Kv: a type that a namespace holds.
    path = name.text.replace(" ", "").split(".")
    value = scope.value(path[0])
    for step in path[1:-1]:
        value = value.type.members.get(step) if value is not None and value.type is not None else None
    inside = None if value is None or value.type is None else value.type.members.get(f"type {path[-1]}")
    made = None if inside is None or inside.type is None else inside.type.make
    return None if made is None else made(args)


def _literal(written: Syntax, scope: Scope) -> Type | None:
    if written.kind == "string":
        text = scope.type("String")
        return Type("String", lambda: text.members if text else {}, literals=[written.text[1:-1]])
    return {"number": scope.type("Number"), "true": scope.type("Boolean"), "false": scope.type("Boolean")}.get(
        written.kind
    )


def _query(written: Syntax, scope: Scope) -> Type | None:
    if written.kind == "member_expression":
        left, right = written["object"], written["property"]
        held = None if left is None else _query(left, scope)
        return None if held is None or right is None else held.member(right.text)
    found = scope.value(written.text)
    return None if found is None else found.type


def _object_type(written: Syntax, scope: Scope) -> Type | None:
    for part in written.parts:
        if part.kind == "index_signature" and part.part("mapped_type_clause") is not None:
            # { [K in keyof T]: V<T[K]> } over a tuple is an array of V.
            return scope.type("Array", [typed(part["type"], scope)])
    from tana_jupyter.completion.shapes import shape

    return shape(written, [written], scope)


def with_parameters(declaration: Syntax, args: Sequence[Type | None], scope: Scope) -> Scope:
    """The scope inside a generic declaration: its type parameters stand for these, else for their defaults."""
    inner = Scope(scope)
    listed = declaration["type_parameters"]
    for index, parameter in enumerate(listed.parts if listed is not None else []):
        bound = args[index] if index < len(args) else typed(parameter["value"], scope)
        inner.bind_type(parameter.name, bound)
    return inner


def alternatives(written: Syntax) -> Iterator[Syntax]:
    """The types a union lists; of any other type, itself."""
    if written.kind == "union_type" or written.kind in _AROUND:
        for part in written.parts:
            yield from alternatives(part)
    else:
        yield written

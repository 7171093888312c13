"""The names around a place: blocks, parameters, loops, ``this``; and the type that is wanted there."""

from collections.abc import Callable, Sequence

from tana_jupyter.completion import declarations
from tana_jupyter.completion.annotations import typed
from tana_jupyter.completion.declarations import CLASSES, Declarations, typed_or
from tana_jupyter.completion.functions import Function
from tana_jupyter.completion.syntax import Syntax
from tana_jupyter.completion.types import Scope, Type, union
from tana_jupyter.completion.values import FUNCTIONS, arguments_of, class_of, infer

_METHODS = {"method_definition", *FUNCTIONS, *declarations.FUNCTIONS}

_NAMING = {"variable_declarator", "pair"}


def parameter_scope(function: Syntax, around: Scope) -> Scope:
    """The parameters of a function, as its body sees them."""
    scope = Declarations(around)
    if function.kind == "method_definition" or function.kind in _METHODS:
        listed = function["type_parameters"]
        for parameter in listed.parts if listed is not None else []:
            constraint = parameter["constraint"]
            bound = typed(constraint.parts[0], around) if constraint is not None and constraint.parts else None
            scope.bind_type(parameter.name, bound)
    for index, parameter in enumerate(Function(function, scope).parameters):
        pattern = parameter["pattern"] or parameter
        annotation, value = parameter["type"], parameter["value"]
        if annotation is not None or value is not None:
            resolve = typed_or(annotation, value, scope)
        else:
            resolve = _expected_parameter(function, index, around)
        scope.bind(pattern, resolve, parameter.line())
    return scope


def _expected_parameter(function: Syntax, index: int, around: Scope) -> Callable[[], Type | None]:
    """The type a parameter has because of who calls the function: another function, or the network."""

    def resolve() -> Type | None:
        handed = _handed(function, around)
        if index < len(handed):
            return handed[index]
        wanted = expected(function, around)
        found = [call.parameter(index) for call in wanted.calls] if wanted is not None else []
        return union(found)

    return resolve


def _handed(function: Syntax, around: Scope) -> Sequence[Type | None]:
    """What the network calls an exported ``get`` or ``post`` with, and the ``fetch`` of a default export."""
    named = holder = function
    while (above := holder.parent) is not None and above.kind in {*_NAMING, "lexical_declaration", "object"}:
        named = above if above.kind in _NAMING else named
        holder = above
    if above is None or above.kind != "export_statement":
        return []
    request = around.type("Request")
    if holder.kind == "object":
        env = around.value("env")
        return [request, env.type if env is not None else None] if named.name == "fetch" else []
    return [request] if named.name.lower() in {"get", "post"} or above.part("default") is not None else []


def expected(value: Syntax, scope: Scope) -> Type | None:
    """The type that is wanted of an expression where it stands."""
    parent = value.parent
    if parent is None:
        return None
    if parent.kind == "arguments" and parent.parent is not None:
        call = parent.parent
        function = infer(call["function"], scope)
        listed = arguments_of(call)
        index = next((at for at, one in enumerate(listed) if one.node == value.node), 0)
        return union(one.parameter(index) for one in function.calls) if function is not None else None
    if parent.kind == "pair" and parent.parent is not None:
        holder = expected(parent.parent, scope)
        return holder.member(parent.name) if holder is not None else None
    if parent.kind == "array":
        holder = expected(parent, scope)
        return holder.element() if holder is not None else None
    if parent.kind == "variable_declarator":
        return typed(parent["type"], scope)
    return expected(parent, scope) if parent.kind == "parenthesized_expression" else None


def inside(place: Syntax, top: Syntax, scope: Scope) -> Scope:
    """The scope at a place somewhere below ``top``, whose own scope is given."""
    way: list[Syntax] = []
    at: Syntax | None = place
    while at is not None and at.node != top.node:
        way.append(at)
        at = at.parent
    if top.kind == "statement_block":
        way.append(top)
    for part in reversed(way):
        scope = _entered(part, scope)
    return scope


def _entered(part: Syntax, scope: Scope) -> Scope:
    if part.kind in _METHODS:
        return parameter_scope(part, scope)
    if part.kind in {*CLASSES, "class"}:
        made = class_of(part, scope)
        return Scope(scope, made.make(()) if made.make is not None else None)
    if part.kind == "object":
        return Scope(scope, infer(part, scope))
    inner = Declarations(scope)
    if part.kind in {"statement_block", "switch_case", "ERROR"}:
        inner.add(part.parts)
    elif part.kind == "for_in_statement":
        left, right = part["left"], part["right"]
        operator = part["operator"]
        if left is not None:
            of = operator is not None and operator.text == "of"
            inner.bind(left, lambda: _each(right, scope) if of else scope.type("String"), left.line())
    elif part.kind == "for_statement":
        start = part["initializer"]
        inner.add([start] if start is not None else [])
    elif part.kind == "catch_clause":
        name = part["parameter"]
        if name is not None:
            inner.bind(name, lambda: scope.type("Error"), name.line())
    else:
        return scope
    return inner


def _each(right: Syntax | None, scope: Scope) -> Type | None:
    found = infer(right, scope)
    return None if found is None else found.element()

"""What an expression gives, as far as it can be told without running it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from tana_jupyter.completion.annotations import tuple_of, typed, with_parameters
from tana_jupyter.completion.functions import Function
from tana_jupyter.completion.shapes import Method, gathered, shape
from tana_jupyter.completion.syntax import Syntax
from tana_jupyter.completion.types import Member, Scope, Type, union

FUNCTIONS = {"arrow_function", "function_expression", "generator_function"}
_NAMED = {"string": "String", "template_string": "String", "number": "Number", "true": "Boolean", "false": "Boolean",
          "regex": "RegExp"}  # fmt: skip
_NUMERIC = {"-", "*", "/", "%", "**", "<<", ">>", ">>>", "&", "|", "^"}
_COMPARING = {"==", "===", "!=", "!==", "<", ">", "<=", ">=", "in", "instanceof"}


def infer(value: Syntax | None, scope: Scope) -> Type | None:
    """The type of an expression in a scope, such as ``KvKey`` for ``(await kv.list()).keys[0]``.

    None where nothing is known.
    """
    if value is None:
        return None
    match value.kind:
        case "identifier" | "shorthand_property_identifier":
            found = scope.value(value.text)
            return None if found is None else found.type
        case "this":
            return scope.this
        case "member_expression":
            return _property(value, scope)
        case "subscript_expression":
            return _item(value, scope)
        case "call_expression":
            return _call(value, scope)
        case "new_expression":
            return _new(value, scope)
        case "await_expression":
            held = infer(value.parts[0], scope) if value.parts else None
            return None if held is None else held.awaited()
        case "parenthesized_expression" | "sequence_expression" | "non_null_expression":
            return infer(value.parts[-1], scope) if value.parts else None
        case "as_expression" | "satisfies_expression":
            return typed(value.parts[-1], scope) or infer(value.parts[0], scope)
        case "ternary_expression":
            return union([infer(value["consequence"], scope), infer(value["alternative"], scope)])
        case "assignment_expression":
            return infer(value["right"], scope)
        case "binary_expression":
            return _binary(value, scope)
        case "object":
            return _object(value, scope)
        case "array":
            items = [infer(part, scope) for part in value.parts]
            return tuple_of(items, scope)
        case "class":
            return class_of(value, scope)
        case kind if kind in FUNCTIONS:
            return Type(calls=[Function(value, scope)], origin=value)
        case kind:
            return scope.type(_NAMED[kind]) if kind in _NAMED else None


def returned(function: Syntax, scope: Scope) -> Type | None:
    """What a function without a return type gives."""
    from tana_jupyter.completion.blocks import inside, parameter_scope

    body = function["body"]
    if body is None:
        return None
    own = scope if function.kind in FUNCTIONS and scope.values else parameter_scope(function, scope)
    if body.kind != "statement_block":
        result = infer(body, own)
    else:
        found = (infer(part.parts[0], inside(part, body, own)) for part in _returns(body) if part.parts)
        result = union(found)
    if function.part("async") is None or (result is not None and result.name == "Promise"):
        return result
    return scope.type("Promise", [result])


def arguments_of(call: Syntax) -> list[Syntax]:
    """The arguments of a call."""
    listed = call["arguments"]
    return listed.parts if listed is not None else []


def class_of(written: Syntax, scope: Scope) -> Type:
    """A class: its static members, and how its instances are made."""
    body = written["body"]
    bodies = [body] if body is not None else []
    opened: list[bool] = []

    def inherited(of: Callable[[Type], Mapping[str, Member]]) -> dict[str, Member]:
        if opened:  # class A extends A
            return {}
        opened.append(True)
        try:
            base = _base(written, scope)
            return dict(of(base)) if base is not None else {}
        finally:
            opened.clear()

    def make(args: Sequence[Type | None]) -> Type:
        made = shape(written, bodies, with_parameters(written, args, scope), written.name, args=args)
        own = made.listing
        made.listing = lambda: {**inherited(_instance_members), **own()}
        return made

    def statics() -> dict[str, Member]:
        made = shape(written, bodies, scope, static=True)
        return {**inherited(lambda base: base.members), **made.listing()}

    return Type(written.name, statics, make=make, origin=written)


def _instance_members(base: Type) -> Mapping[str, Member]:
    made = base.make(()) if base.make is not None else None
    return made.members if made is not None else {}


def _base(written: Syntax, scope: Scope) -> Type | None:
    heritage = written.part("class_heritage")
    extends = heritage.part("extends_clause") if heritage is not None else None
    return infer(extends["value"], scope) if extends is not None else None


def _property(value: Syntax, scope: Scope) -> Type | None:
    held, name = infer(value["object"], scope), value["property"]
    if held is None or name is None:
        return None
    if held.origin is not None and held.origin.file == "kv/env.d.ts":
        # Every binding of a Worker is kv here, unless it was assigned.
        from tana_jupyter.completion.library import module

        workers = module("tana/kv")
        kv = workers.own_value("kv") if workers is not None else None
        return kv.type if kv is not None else None
    return held.member(name.text)


def _item(value: Syntax, scope: Scope) -> Type | None:
    held, index = infer(value["object"], scope), value["index"]
    if held is None or index is None:
        return None
    if index.kind == "string":
        return held.member(index.text[1:-1])
    return held.element(int(index.text) if index.kind == "number" and index.text.isdecimal() else None)


def _call(value: Syntax, scope: Scope) -> Type | None:
    callee = value["function"]
    # The grammar reads `await f<T>()` as a call of `await f`.
    awaits = callee is not None and callee.kind == "await_expression" and bool(callee.parts)
    function = infer(callee.parts[0] if callee is not None and awaits else callee, scope)
    if function is None:
        return None
    result = function.called(arguments_of(value), _given(value, scope), scope)
    return result.awaited() if result is not None and awaits else result


def _new(value: Syntax, scope: Scope) -> Type | None:
    made = infer(value["constructor"], scope)
    return made.make(_given(value, scope)) if made is not None and made.make is not None else None


def _given(call: Syntax, scope: Scope) -> list[Type | None]:
    listed = call["type_arguments"]
    return [typed(part, scope) for part in listed.parts] if listed is not None else []


def _binary(value: Syntax, scope: Scope) -> Type | None:
    operator = value["operator"]
    text = "" if operator is None else operator.text
    if text in {"??", "||", "&&"}:
        return union([infer(value["left"], scope), infer(value["right"], scope)])
    if text in _COMPARING:
        return scope.type("Boolean")
    if text in _NUMERIC:
        return scope.type("Number")
    sides = [side for side in (infer(value["left"], scope), infer(value["right"], scope)) if side is not None]
    return next((side for side in sides if side.name == "String"), sides[0] if sides else None)


def _object(value: Syntax, scope: Scope) -> Type:
    made = Type(origin=value)
    inner = Scope(scope, made)
    made.listing = lambda: gathered(_written(value, inner))
    return made


def _written(value: Syntax, scope: Scope) -> Iterator[Member]:
    for part in value.parts:
        if part.kind == "pair":
            held = part["value"]
            yield Member(part.name, "property", part.line(), part.doc(), partial(infer, held, scope))
        elif part.kind == "shorthand_property_identifier":
            yield Member(part.text, "property", part.text, "", partial(infer, part, scope))
        elif part.kind == "method_definition":
            yield Method(part, scope, static=False)
        elif part.kind == "spread_element" and part.parts:
            spread = infer(part.parts[0], scope)
            yield from spread.members.values() if spread is not None else ()


def _returns(body: Syntax) -> Iterator[Syntax]:
    stack = [body]
    while stack:
        part = stack.pop()
        if part.kind == "return_statement":
            yield part
        elif part.kind not in {*FUNCTIONS, "function_declaration", "class_declaration", "class"}:
            stack += reversed(part.parts)

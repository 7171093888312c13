"""Members as they are listed: of a class body, an interface, an object type."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from tana_jupyter.completion.annotations import typed
from tana_jupyter.completion.functions import Function
from tana_jupyter.completion.syntax import Syntax
from tana_jupyter.completion.types import Member, Scope, Type

_METHODS = {"method_signature", "method_definition", "abstract_method_signature"}
_FIELDS = {"property_signature", "public_field_definition"}


def shape(
    origin: Syntax,
    bodies: Sequence[Syntax],
    scope: Scope,
    name: str = "",
    args: Sequence[Type | None] = (),
    *,
    static: bool = False,
) -> Type:
    """The type whose members these bodies list; of a class, those of its instances or the static ones."""
    made = Type(name, origin=origin, args=args)
    inner = Scope(scope, made)
    made.calls = tuple(Function(part, inner) for body in bodies for part in body.parts if part.kind == "call_signature")
    news = [part for body in bodies for part in body.parts if part.kind == "construct_signature"]
    if news:
        made.make = lambda _args: typed(news[0]["type"], inner)
    made.listing = lambda: gathered(
        member for body in bodies for member in members(body, inner) if member.static == static
    )
    return made


def gathered(found: Iterable[Member]) -> dict[str, Member]:
    """Members by name; overloads are one."""
    together: dict[str, Member] = {}
    calls: dict[str, list[Function]] = {}
    for member in found:
        before = together.get(member.name)
        if isinstance(member, Method):
            calls.setdefault(member.name, []).append(member.function)
        if before is None or not isinstance(member, Method):
            together[member.name] = member
        else:
            together[member.name] = before.with_detail(member.detail)
    for name, functions in calls.items():
        if len(functions) > 1:
            member = together[name]
            member.resolve = _callable(functions)
    return together


def _callable(functions: Sequence[Function]) -> Callable[[], Type]:
    return lambda: Type(calls=functions)


class Method(Member):
    """A member that can be called."""

    __slots__ = ("function",)

    def __init__(self, syntax: Syntax, scope: Scope, *, static: bool) -> None:
        self.function = Function(syntax, scope)
        name = syntax.name
        super().__init__(
            name, "function", signature(syntax), syntax.doc(), lambda: Type(calls=[self.function]), static=static
        )


def members(body: Syntax, scope: Scope) -> Iterator[Member]:
    """What a class body, an interface or an object type lists, in its order."""
    for part in body.parts:
        name = part.name
        static = part.part("static") is not None
        if part.kind in _METHODS and name == "constructor":
            yield from _parameter_properties(part, scope)
        elif part.kind in _METHODS and part.part("get") is not None:
            function = Function(part, scope)
            resolve = _result_of(function)
            yield Member(name, "property", signature(part), part.doc(), resolve, static=static)
        elif part.kind in _METHODS and part.part("set") is None:
            yield Method(part, scope, static=static)
        elif part.kind in _FIELDS:
            # Without a type its value says what it is.
            detail = signature(part) if part["type"] is not None else part.line()
            yield Member(name, "property", detail, part.doc(), _field(part, scope), static=static)


def _parameter_properties(constructor: Syntax, scope: Scope) -> Iterator[Member]:
    for part in (constructor["parameters"] or constructor).parts:
        name = part["pattern"]
        if name is not None and part.part("accessibility_modifier", "readonly") is not None:
            yield Member(name.text, "property", part.line(), "", _field(part, scope))


def _result_of(function: "Function") -> Callable[[], Type | None]:
    return lambda: function.result((), (), Scope())


def _field(part: Syntax, scope: Scope) -> Callable[[], Type | None]:
    def resolve() -> Type | None:
        from tana_jupyter.completion.values import infer

        value = part["value"]
        return typed(part["type"], scope) if part["type"] or value is None else infer(value, scope)

    return resolve


def signature(part: Syntax) -> str:
    """How a member or a function is declared, without its body."""
    body = part["body"]
    if body is None and part["value"] is not None:
        body = part["value"]
    text = part.text if body is None else part.source[part.node.start_byte : body.node.start_byte]
    return " ".join(text.split()).rstrip(" =;,{")

"""What is known of a value without running anything: its members, what calling it gives, what iterating it gives."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tana_jupyter.completion.syntax import Syntax

Maker = Callable[[Sequence["Type | None"]], "Type | None"]
"""Makes a type of its arguments: ``Promise`` of ``[string]``."""

ITERABLES = frozenset({"Array", "Iterable", "AsyncIterable", "IterableIterator", "AsyncIterableIterator"})


class Call(Protocol):
    """One way to call something."""

    def result(self, arguments: "Sequence[Syntax]", given: Sequence["Type | None"], scope: "Scope") -> "Type | None":
        """What it gives for these arguments, and these type arguments, read where the call stands."""
        ...

    def fits(self, arguments: "Sequence[Syntax]") -> bool:
        """Whether arguments that are literals can be meant for it."""
        ...

    def parameter(self, index: int) -> "Type | None":
        """The type of a parameter."""
        ...


class Member:
    """A name, of a value or of a scope: what it is, how it is written, what is said of it."""

    __slots__ = ("_type", "detail", "doc", "kind", "name", "resolve", "static")

    def __init__(
        self,
        name: str,
        kind: str,
        detail: str = "",
        doc: str = "",
        resolve: "Callable[[], Type | None] | None" = None,
        *,
        static: bool = False,
    ) -> None:
        self.name = name
        self.kind = kind
        self.detail = detail
        self.doc = doc
        self.static = static
        self.resolve = resolve
        """Finds its type, once."""
        self._type: Type | None = None

    @property
    def type(self) -> "Type | None":
        """Its type, found when it is first asked for; None where nothing is known."""
        # Taken away first: what is defined by itself has no type that could be found.
        resolve, self.resolve = self.resolve, None
        if resolve is not None:
            self._type = resolve()
        return self._type

    def with_detail(self, detail: str) -> "Member":
        """The same with another overload's signature below its own."""
        return Member(self.name, self.kind, f"{self.detail}\n{detail}", self.doc, lambda: self.type, static=self.static)


class Type:
    """What a value is."""

    def __init__(
        self,
        name: str = "",
        listing: "Callable[[], Mapping[str, Member]]" = dict,
        *,
        args: "Sequence[Type | None]" = (),
        items: "Sequence[Type | None]" = (),
        calls: Sequence[Call] = (),
        make: Maker | None = None,
        literals: Sequence[str] = (),
        origin: "Syntax | None" = None,
        alternatives: "Sequence[Type]" = (),
    ) -> None:
        self.name = name
        self.args = tuple(args)
        self.items = tuple(items)
        """The types of a tuple's items."""
        self.calls = tuple(calls)
        self.make = make
        """Of a class: its instances."""
        self.literals = tuple(literals)
        """The only strings it can be."""
        self.origin = origin
        """The declaration it comes from."""
        self.listing = listing
        """Lists its members when they are first asked for."""
        self.alternatives = tuple(alternatives)
        """Of a union what it can be."""

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """Its members by name."""
        return self.listing()

    def member(self, name: str) -> "Type | None":
        """The type of a member."""
        found = self.members.get(name)
        return None if found is None else found.type

    def awaited(self) -> "Type | None":
        """What ``await`` gives."""
        return (self.args or (None,))[0] if self.name == "Promise" else self

    def element(self, index: int | None = None) -> "Type | None":
        """What iterating gives, or the item at an index."""
        if self.items and index is not None:
            return self.items[index] if index < len(self.items) else None
        if self.name in ITERABLES and self.args:
            return self.args[0]
        for symbol in ("Symbol.asyncIterator", "Symbol.iterator"):
            iterator = self.member(symbol)
            if iterator is not None and iterator.calls:
                each = iterator.calls[0].result((), (), Scope())
                return None if each is None or each is self else each.element()
        return None

    def called(self, arguments: "Sequence[Syntax]", given: "Sequence[Type | None]", scope: "Scope") -> "Type | None":
        """What calling it gives: of the first overload that the arguments fit."""
        for call in self.calls:
            if call.fits(arguments):
                return call.result(arguments, given, scope)
        return None


def union(types: "Iterable[Type | None]") -> "Type | None":
    """One type for several: it has the members of all."""
    known = [each for each in types if each is not None]
    if len(known) < 2:
        return known[0] if known else None

    def members() -> dict[str, Member]:
        same: dict[str, list[Member]] = {}
        for each in known:
            for name, member in each.members.items():
                same.setdefault(name, []).append(member)
        return {name: found[0] if len(found) == 1 else _together(found) for name, found in same.items()}

    first = known[0]
    return Type(
        first.name if len({each.name for each in known}) == 1 else "",
        members,
        args=first.args,
        calls=[call for each in known for call in each.calls],
        literals=[literal for each in known for literal in each.literals],
        origin=first.origin,
        alternatives=[one for each in known for one in each.alternatives or (each,)],
    )


def _together(found: Sequence[Member]) -> Member:
    first = found[0]

    def resolve() -> Type | None:
        return union(member.type for member in found)

    return Member(first.name, first.kind, first.detail, first.doc, resolve, static=first.static)


class Scope:
    """Names that can be used at a place: values and types, its own and those around it."""

    def __init__(self, around: "Scope | None" = None, this: Type | None = None) -> None:
        self.around = around
        self.values: dict[str, Member] = {}
        self.types: dict[str, Maker] = {}
        self._this = this

    @property
    def this(self) -> Type | None:
        """What ``this`` is."""
        return self._this or (self.around.this if self.around is not None else None)

    def own_value(self, name: str) -> Member | None:
        """A value of this scope itself."""
        return self.values.get(name)

    def own_type(self, name: str) -> Maker | None:
        """A type of this scope itself."""
        return self.types.get(name)

    def bind_type(self, name: str, bound: Type | None) -> None:
        """Let a type parameter stand for a type."""
        self.types[name] = lambda _args: bound

    def value(self, name: str) -> Member | None:
        """The value that a name stands for here."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.own_value(name)
            if found is not None:
                return found
            scope = scope.around
        return None

    def type(self, name: str, args: Sequence[Type | None] = ()) -> Type | None:
        """The type that a name stands for here."""
        scope: Scope | None = self
        while scope is not None:
            maker = scope.own_type(name)
            if maker is not None:
                return maker(args)
            scope = scope.around
        return None

    def listed(self) -> Mapping[str, Member]:
        """The values of this scope itself, as they are offered."""
        return self.values

    def listed_types(self) -> Iterable[str]:
        """The types of this scope itself, as they are offered."""
        return self.types

"""What can be typed at the cursor of a cell's body."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tana_jupyter import modules
from tana_jupyter.completion import keys
from tana_jupyter.completion.annotations import PRIMITIVES
from tana_jupyter.completion.blocks import expected
from tana_jupyter.completion.library import module
from tana_jupyter.completion.look import Look, Surroundings
from tana_jupyter.completion.types import Member, Scope, Type, union
from tana_jupyter.completion.values import infer

MOST = 300
# fmt: off
KEYWORDS = (
    "async", "await", "break", "case", "catch", "class", "const", "continue", "default", "delete", "do", "else", "enum",
    "export", "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "interface", "let",
    "new", "null", "of", "return", "static", "super", "switch", "this", "throw", "true", "try", "type", "typeof",
    "undefined", "var", "void", "while", "yield",
)
TYPE_WORDS = (
    "any", "bigint", "boolean", "keyof", "never", "null", "number", "object", "string", "symbol", "undefined",
    "unknown", "void",
)
# Where a name is being made up.
_DECLARED = {
    "variable_declarator", "function_declaration", "generator_function_declaration", "class_declaration", "enum_body",
    "interface_declaration", "enum_declaration", "type_alias_declaration", "type_parameter", "property_signature",
    "method_signature", "namespace_import", "enum_assignment",
}
_PATTERNS = {
    "required_parameter", "optional_parameter", "object_pattern", "array_pattern", "rest_pattern", "pair_pattern",
}
_NAMERS = {"public_field_definition", "method_definition", "class_body", "import_clause", "import_specifier"}
# fmt: on
_NAMED = re.compile(r"[A-Za-z_$][\w$]*\Z")

# What is right before the cursor, where the tree would not tell.
_BRACES = re.compile(
    r"(?:^|[;\n])\s*(?P<word>import|export)\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?\{(?P<names>[^{}'\"`;]*)\Z"
)
# An import whose module is not named yet: what is bound, then `from`.
_CLAUSE = re.compile(r"(?:^|[;\n])[ \t]*import\b(?P<clause>(?:[^'\"`;()=.\n{}]|\{[^{}]*\})*)\Z")
_BOUND = re.compile(r"(?:\}\s*|(?!(?:import|type|as|from)\b)\b[\w$]+\s+)\Z")
_FROM = re.compile(r"[^{}'\";]*\}\s*from\s*(['\"])(?P<specifier>[^'\"\n]+)\1")
_PATH = re.compile(r"(?P<names>(?:[\w$]+\s*\.\s*)*)\Z")


class Offer(NamedTuple):
    """One thing that can be typed."""

    text: str
    kind: str
    detail: str = ""


class Offers(NamedTuple):
    """What can be typed in place of the fragment before the cursor."""

    fragment: str
    offers: Sequence[Offer]


NOTHING = Offers("", ())


def offered(body: str, offset: int, surroundings: Surroundings) -> Offers:
    """What Tab offers at an offset of a cell's body.

    >>> shop = Surroundings(session, "shop")
    >>> [offer.text for offer in offered("import { kv } from 'tana/kv'; kv.pu", 35, shop).offers]
    ['put', 'putBulk']
    """
    look = Look(body, offset, surroundings)
    if look.place.kind == "string":
        return _in_string(look)
    if look.place.kind != "code":
        return NOTHING
    braces = _BRACES.search(look.before)
    if braces is not None:
        return _in_braces(look, braces)
    clause = _CLAUSE.search(look.before)
    found = _in_code(look) if clause is None else _in_clause(clause["clause"], look.fragment)
    return Offers(look.fragment, _same_case_first(found, look.fragment)[:MOST])


def _in_string(look: Look) -> Offers:
    typed = look.before[look.place.start :]
    if look.in_specifier:
        return Offers(typed, _specifiers(typed, look.surroundings))
    string = look.leaf if look.leaf.kind == "string" else look.leaf.parent
    if string is None or string.kind != "string":
        return NOTHING
    found = keys.at(string, typed, look.place.quote, look.scope, look.surroundings)
    if found is not None:
        return Offers(typed, [Offer(text, "key") for text in found])
    wanted = expected(string, look.scope)
    literals = wanted.literals if wanted is not None else ()
    return Offers(typed, [Offer(text, "value") for text in dict.fromkeys(literals) if text.startswith(typed)])


def _specifiers(typed: str, surroundings: Surroundings) -> list[Offer]:
    session = surroundings.session
    names = session.catalogue.names() if session is not None else sorted(modules.specifiers())
    if typed.startswith("tana:"):
        names = [f"tana:{name[5:]}" for name in names if name.startswith("tana/")]
    return [Offer(name, "module") for name in names if name.startswith(typed)]


def _in_braces(look: Look, braces: re.Match[str]) -> Offers:
    """The names that a module exports, those already listed left out; of ``export { }`` the cell's own."""
    *before, last = braces["names"].split(",")
    if last.removesuffix(look.fragment).strip() not in {"", "type"}:
        return NOTHING  # behind `as`
    there = {name.split()[0] for name in before if name.split()}
    source = _FROM.match(look.after)
    if source is None and braces["word"] == "export":
        own = _matching(look.scope.listed().values(), look.fragment, there)
        return Offers(look.fragment, _same_case_first(own, look.fragment))
    specifiers = [source["specifier"]] if source is not None else sorted(modules.specifiers())
    offers: list[Offer] = []
    for scope in filter(None, map(module, specifiers)):
        offers += _matching(scope.listed().values(), look.fragment, there)
        if source is not None:
            offers += _words(scope.listed_types(), look.fragment, "interface", {*there, *scope.listed()})
    return Offers(look.fragment, _same_case_first(offers, look.fragment))


def _in_clause(clause: str, fragment: str) -> Iterable[Offer]:
    """Behind what an import binds comes ``from``; the names before it are being made up."""
    return _words(["from"] if _BOUND.search(clause.removesuffix(fragment)) else [], fragment, "keyword")


def _in_code(look: Look) -> Iterator[Offer]:
    leaf, parent = look.leaf, look.leaf.parent
    if parent is None or leaf.kind in {"number", "statement_identifier"}:
        return
    if parent.kind == "member_expression" and leaf.is_field("property", parent):
        held = infer(parent["object"], look.scope)
        this = (parent["object"] or parent).kind == "this"
        yield from _matching(_members(held, private=this), look.fragment)
    elif _behind_a_dot(look):
        path = _PATH.search(look.before[: len(look.before) - len(look.fragment)])
        names = path["names"].replace(" ", "").split(".")[:-1] if path is not None else []
        if names and parent.kind == "nested_type_identifier":
            yield from _matching(_members(_namespace(names, look.scope), private=False, types=True), look.fragment)
    elif leaf.kind == "type_identifier" and not leaf.is_field("name", parent):
        yield from _types(look)
    elif _is_new_name(look):
        return
    else:
        if parent.kind == "object" and leaf.kind == "shorthand_property_identifier":
            there = {part.name for part in parent.parts if part.kind == "pair"}
            yield from _matching(_fields(expected(parent, look.scope)), look.fragment, there)
        yield from _names(look)


def _behind_a_dot(look: Look) -> bool:
    before = look.before[: len(look.before) - len(look.fragment)].rstrip()
    return before.endswith(".") and not before.endswith("...")


def _namespace(names: Sequence[str], scope: Scope) -> Type | None:
    first = scope.value(names[0])
    held = first.type if first is not None else None
    for name in names[1:]:
        held = held.member(name) if held is not None else None
    return held


def _is_new_name(look: Look) -> bool:
    leaf, parent = look.leaf, look.leaf.parent
    if parent is None:
        return False
    if parent.kind in _DECLARED and (leaf.is_field("name", parent) or parent.kind == "enum_body"):
        return True
    if parent.kind == "for_in_statement" and leaf.is_field("left", parent):
        return parent.part("const", "let", "var") is not None
    if parent.kind in _NAMERS:
        return not leaf.is_field("value", parent)
    in_pattern = parent.kind in _PATTERNS and not leaf.is_field("value", parent)
    return in_pattern or "pattern" in leaf.kind or parent.kind == "catch_clause"


def _members(held: Type | None, *, private: bool, types: bool = False) -> Iterator[Member]:
    for name, member in held.members.items() if held is not None else ():
        if name.startswith("type "):
            if types:
                yield Member(name[5:], "interface")
        elif _NAMED.match(name) or (private and name.startswith("#")):
            yield member


def _fields(wanted: Type | None) -> Iterator[Member]:
    """What an object in this place can have; where a text would do as well, its members are no fields."""
    kinds = wanted.alternatives or (wanted,) if wanted is not None else ()
    return _members(union(kind for kind in kinds if kind.name not in PRIMITIVES), private=False)


def _matching(members: Iterable[Member], fragment: str, there: Iterable[str] = ()) -> list[Offer]:
    """The members that go on from the fragment."""
    found = [member for member in members if _goes_on(member.name, fragment) and member.name not in {*there}]
    return [Offer(member.name, member.kind, member.detail) for member in found]


def _same_case_first(offers: Iterable[Offer], fragment: str) -> list[Offer]:
    """A name in the case that was typed is more likely meant than a nearer one in another."""
    return sorted(offers, key=lambda offer: not offer.text.startswith(fragment))


def _words(words: Iterable[str], fragment: str, kind: str, there: Iterable[str] = ()) -> list[Offer]:
    return [Offer(word, kind) for word in dict.fromkeys(words) if _goes_on(word, fragment) and word not in {*there}]


def _goes_on(name: str, fragment: str) -> bool:
    return name.lower().startswith(fragment.lower())


def _names(look: Look) -> Iterator[Offer]:
    """All names that can be used here, the nearest first, then keywords."""
    there: set[str] = set()
    for scope in _scopes(look.scope):
        offers = _matching(scope.listed().values(), look.fragment, there)
        yield from offers
        there |= {offer.text for offer in offers}
    if look.fragment or look.leaf.parent is not None:
        yield from (
            offer for offer in _words(KEYWORDS, look.fragment, "keyword") if offer.text.startswith(look.fragment)
        )


def _types(look: Look) -> Iterator[Offer]:
    there: set[str] = set()
    for scope in _scopes(look.scope):
        offers = _words(scope.listed_types(), look.fragment, "interface", there)
        yield from offers
        there |= {offer.text for offer in offers}
        namespaces = [member for member in scope.listed().values() if member.kind == "module"]
        yield from _matching(namespaces, look.fragment, there)
    yield from _words(TYPE_WORDS, look.fragment, "keyword")


def _scopes(scope: Scope | None) -> Iterator[Scope]:
    while scope is not None:
        yield scope
        scope = scope.around

"""What Shift+Tab says of the name under the cursor: its signature, and a sentence."""

import re

from tana_jupyter.completion.blocks import expected
from tana_jupyter.completion.library import module
from tana_jupyter.completion.look import Look, Surroundings
from tana_jupyter.completion.syntax import shortened
from tana_jupyter.completion.types import Member
from tana_jupyter.completion.values import infer

MOST_OVERLOADS = 6
_REST = re.compile(r"[\w$]*")


def described(body: str, offset: int, surroundings: Surroundings) -> str | None:
    """The text for an offset of a cell's body; inside the brackets of a call, what is called.

    >>> print(described("import { tx } from 'tana/tx'; tx.getChanges()", 36, Surroundings(session, "shop")))
    getChanges(): Change[]
    <BLANKLINE>
    A copy of what is staged.
    """
    rest = _REST.match(body, offset)
    end = rest.end() if rest is not None else offset
    look = Look(body, end, surroundings)
    if look.place.kind == "string":
        return _of_module(look, body)
    if look.place.kind != "code":
        return None
    member = _member(look) if look.fragment else None
    if member is None:
        called = _called(look)
        member = _member(Look(body, called, surroundings)) if called is not None else None
    return None if member is None else text_of(member)


def text_of(member: Member) -> str | None:
    """Signature and sentence of a name."""
    lines = (member.detail or member.name).split("\n")
    shown = [shortened(line) for line in lines[:MOST_OVERLOADS]]
    if len(lines) > MOST_OVERLOADS:
        shown.append(f"… and {len(lines) - MOST_OVERLOADS} more")
    held = member.type if member.kind in {"variable", "property"} else None
    if held is not None and held.name and held.name not in member.detail:
        shown.append(f"// {held.name}")
    return "\n".join(shown) + (f"\n\n{member.doc}" if member.doc else "")


def _member(look: Look) -> Member | None:
    """The member or the name at the cursor."""
    leaf, parent = look.leaf, look.leaf.parent
    if parent is None:
        return None
    if parent.kind == "member_expression" and leaf.is_field("property", parent):
        held = infer(parent["object"], look.scope)
        return held.members.get(look.fragment) if held is not None else None
    if parent.kind == "pair" and leaf.is_field("key", parent) and parent.parent is not None:
        held = expected(parent.parent, look.scope)
        return held.members.get(look.fragment) if held is not None else None
    if leaf.kind == "shorthand_property_identifier":
        held = expected(parent, look.scope)
        if held is not None and look.fragment in held.members:
            return held.members[look.fragment]
    found = look.scope.value(look.fragment)
    if found is not None:
        return found
    made = look.scope.type(look.fragment)
    if made is None or made.origin is None:
        return None
    head = made.origin.text.partition("{")[0].strip() if made.origin.kind != "object_type" else look.fragment
    return Member(look.fragment, "interface", " ".join(head.split()), made.origin.doc())


def _called(look: Look) -> int | None:
    """Where the name of the call around the cursor ends."""
    at = look.leaf.parent
    while at is not None:
        function = at["function"] or at["constructor"]
        if at.kind in {"call_expression", "new_expression"} and function is not None:
            listed = at["arguments"]
            if listed is not None and listed.node.start_byte < len(look.before):
                return function.node.end_byte
        at = at.parent if at.kind not in {"statement_block", "program"} else None
    return None


def _of_module(look: Look, body: str) -> str | None:
    """The exports of the module that an import names."""
    if not look.in_specifier:
        return None
    quoted = re.match(r"[^'\"\n]*", body[look.place.start :])
    specifier = quoted[0] if quoted is not None else ""
    found = module(specifier)
    return None if found is None else f"{specifier} exports {', '.join(found.listed())}"

"""Which call a position of the engine belongs to.

QuickJS notes a position when it begins a call, and then the ones of the calls in its arguments. Where the outer call
fails, the last of those is what it tells: ``kv.put(key('a'), 1)`` fails "at" ``key``. Who knows the name of the
function that was called finds the call itself.
"""

from tree_sitter import Node

from tana_jupyter.compiler.edits import offset_of, position_of
from tana_jupyter.compiler.grammar import kinds, parse

_CALL = kinds("call_expression")
_NEW = kinds("new_expression")
_MEMBER = kinds("member_expression")
_NAME = kinds("identifier", "property_identifier", "private_property_identifier", "super")


def call_site(source: str, line: int, column: int, name: str, *, new_only: bool = False) -> tuple[int, int, int] | None:
    r"""Line, column and length of the name, in the call of ``name`` around a position; None where there is none.

    >>> call_site("await kv.put(\n  key('a'),\n  1)", 2, 3, "put")
    (1, 10, 3)
    """
    offset = offset_of(source, line, column)
    node: Node | None = parse(source).root_node.descendant_for_byte_range(offset, offset)
    while node is not None:
        called = _called(node, new_only=new_only)
        if called is not None and source[called.start_byte : called.end_byte] == name:
            return *position_of(source, called.start_byte), called.end_byte - called.start_byte
        node = node.parent
    return None


def _called(node: Node, *, new_only: bool) -> Node | None:
    """The name of what a node calls, if it is a call."""
    if node.kind_id in _NEW:
        target = node.child_by_field_name("constructor")
    elif node.kind_id in _CALL and not new_only:
        target = node.child_by_field_name("function")
    else:
        return None
    if target is not None and target.kind_id in _MEMBER:
        target = target.child_by_field_name("property")
    return target if target is not None and target.kind_id in _NAME else None

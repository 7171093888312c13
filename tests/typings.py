"""What a .d.ts file declares, read with the compiler's own grammar."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tana_jupyter.compiler.grammar import parse

TYPES = {"interface_declaration", "type_alias_declaration"}
FUNCTIONS = {"function_signature", "function_declaration"}
CLASSES = {"class_declaration", "abstract_class_declaration"}
VARIABLES = {"lexical_declaration", "variable_declaration"}
NAMESPACES = {"internal_module", "module"}
MEMBERS = {"method_signature", "property_signature", "public_field_definition"}


class Member(NamedTuple):
    """A method or property of a class, an interface or an object type."""

    name: str
    static: bool
    optional: bool


@dataclass
class Declared:
    """One declared name."""

    name: str
    kind: str
    """value, class or type."""
    exported: bool
    members: tuple[Member, ...] | None = None
    """None where its type says nothing of members."""
    base: str | None = None
    private: bool = False
    """A class whose constructor is not for contracts."""
    module: str | None = None
    """The module of a ``declare module`` block."""
    inside: list["Declared"] = field(default_factory=list)
    """What a namespace holds."""


def declared(path: Path) -> list[Declared]:
    """All that a file declares, once each; overloads are one name."""
    root = parse(path.read_text(encoding="utf-8")).root_node
    assert not root.has_error, f"{path} cannot be read"
    return list(_once(_statements(root.children, exported=False, module=None)))


def _once(names: Iterator[Declared]) -> Iterator[Declared]:
    seen: set[tuple[str, bool, str | None]] = set()
    for name in names:
        key = name.name, name.kind == "type", name.module
        if key not in seen:
            seen.add(key)
            yield name


def _statements(nodes: Any, *, exported: bool, module: str | None) -> Iterator[Declared]:
    for node in nodes:
        kind = node.type
        if kind == "export_statement":
            if any(child.type == "default" for child in node.children):
                value = node.child_by_field_name("value") or node.children[-2]
                yield Declared("default", "value", True, _members_of_type(value), module=module)
            yield from _statements(node.children, exported=True, module=module)
        elif kind in {"ambient_declaration", "expression_statement"}:
            yield from _statements(node.children, exported=exported, module=module)
        elif kind in TYPES:
            name = _text(node.child_by_field_name("name"))
            bodies = [child for child in node.children if child.type in {"interface_body", "object_type"}]
            bases = [child for child in node.children if child.type == "extends_type_clause"]
            base = _text(bases[0].named_children[0]).partition("<")[0] if bases else None
            yield Declared(name, "type", exported, _members(bodies[0]) if bodies else None, base, module=module)
        elif kind in FUNCTIONS:
            yield Declared(_text(node.child_by_field_name("name")), "value", exported, module=module)
        elif kind in CLASSES:
            yield _class(node, exported, module)
        elif kind in VARIABLES:
            for variable in node.named_children:
                name = _text(variable.child_by_field_name("name"))
                members = _members_of_type(variable.child_by_field_name("type"))
                yield Declared(name, "value", exported, members, _type_name(variable), module=module)
        elif kind in NAMESPACES:
            label = node.child_by_field_name("name")
            inner = node.child_by_field_name("body").children
            if label.type == "string":
                yield from _statements(inner, exported=True, module=_text(label).strip("\"'"))
            else:
                inside = list(_once(_statements(inner, exported=False, module=None)))
                yield Declared(_text(label), "value", exported, module=module, inside=inside)


def _class(node: Any, exported: bool, module: str | None) -> Declared:
    heritage = [child for child in node.children if child.type == "class_heritage"]
    extends = [clause for child in heritage for clause in child.children if clause.type == "extends_clause"]
    base = _text(extends[0].named_children[0]) if extends else None
    members = _members(node.child_by_field_name("body"))
    private = "private constructor(" in _text(node)
    return Declared(_text(node.child_by_field_name("name")), "class", exported, members, base, private, module)


def _members(body: Any) -> tuple[Member, ...]:
    found = []
    for node in body.named_children:
        if node.type not in MEMBERS:
            continue
        name = _text(node.child_by_field_name("name")).strip("[]\"'")
        tokens = [child.type for child in node.children]
        if name != "constructor":
            found.append(Member(name, "static" in tokens, "?" in tokens))
    return tuple(dict.fromkeys(found))


def _members_of_type(node: Any) -> tuple[Member, ...] | None:
    if node is None:
        return None
    kinds = {child.type: child for child in [node, *node.named_children]}
    return _members(kinds["object_type"]) if "object_type" in kinds else None


def _type_name(variable: Any) -> str | None:
    annotation = variable.child_by_field_name("type")
    kind = annotation.named_children[0] if annotation is not None else None
    return _text(kind) if kind is not None and kind.type == "type_identifier" else None


def _text(node: Any) -> str:
    return str(node.text.decode())

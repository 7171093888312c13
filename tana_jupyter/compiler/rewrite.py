"""A cell's statements as the inside of an async function whose names live on in the contract.

``const x = 1`` becomes an assignment to the contract's name ``x``, functions and imports move to the front,
and the last expression becomes the value of the run.
"""

from collections.abc import Collection, Mapping
from typing import ClassVar

from tree_sitter import Node

from tana_jupyter.compiler.compiled import Import
from tana_jupyter.compiler.edits import Edits, Piece, position_of
from tana_jupyter.compiler.erase import ERASING
from tana_jupyter.compiler.grammar import COMMENT, NeedsTypeScript, kinds, without_comments
from tana_jupyter.compiler.modules import is_type_only, module_of, specifiers
from tana_jupyter.compiler.names import Names
from tana_jupyter.compiler.nodes import problem_at, text_of
from tana_jupyter.compiler.places import MARKING, mark
from tana_jupyter.compiler.variables import REWRITING, assign
from tana_jupyter.compiler.walk import Table, Walk, table_of

_TYPE = kinds("interface_declaration", "type_alias_declaration")
_VARIABLES = kinds("lexical_declaration", "variable_declaration")
_FUNCTION = kinds("function_declaration", "generator_function_declaration")
_CLASS = kinds("class_declaration", "abstract_class_declaration")
_IMPORT = kinds("import_statement")
_EXPORT = kinds("export_statement")
_EXPRESSION = kinds("expression_statement")
_SILENT = COMMENT | kinds("empty_statement", "hash_bang_line", "ambient_declaration", "function_signature")
_DECLARATION = _TYPE | _VARIABLES | _FUNCTION | _CLASS | _IMPORT | _EXPORT | _SILENT
_IDENTIFIER = kinds("identifier")
_DEFAULT = kinds("default")
_EXPORT_WORD = kinds("export")
_STAR = kinds("*")
_NAMESPACE = kinds("namespace_export")
_CLAUSE = kinds("export_clause")
_PARENTHESES = kinds("parenthesized_expression")
_ANONYMOUS = kinds("function_expression", "generator_function", "arrow_function", "class")

TABLE = table_of(ERASING, MARKING, REWRITING)


class Rewriter:
    """The top level of one cell; everything below it is left to the walk."""

    table: ClassVar[Table] = TABLE

    def __init__(self, source: str, types: Collection[str] = ()) -> None:
        self.source = source
        self.names = Names(source)
        self.imports: list[Import] = []
        self.exports: dict[str, str] = {}
        # Names that are types alone: exporting one leaves nothing to export.
        self.types = set(types)
        self.edits = Edits(source)
        self.walk = Walk(self.edits, self.table, self.names)
        self.reset: Mapping[str, str] = {}
        self._head: list[tuple[int, str]] = [(0, "let $value;")]
        self._value: Node | None = None
        self._visit: list[Node] = []
        self._lists: list[Node] = []

    def run(self, statements: list[Node]) -> tuple[str, list[Piece]]:
        """The body and the pieces it consists of."""
        self._value = self.value_statement(statements)
        if self._value is not None:
            self._return(self._value)
        for node in statements:
            self.statement(node)
        for node in self._lists:
            self._export_list(node)
        self.walk.run(self._visit)
        if self.imports:
            locked = [local for one in self.imports for _, local in one.names]
            quoted = '","'.join(locked)
            if locked:
                self._head.append((0, f'$tana.lock("{quoted}");'))
        return self.edits.apply(self._head, "\nreturn $value")

    def value_statement(self, statements: list[Node]) -> Node | None:
        """The expression statement whose value is the value of the run."""
        for node in reversed(statements):
            # What ends in a default export is a module; the routers that Workers fill above it hang when awaited.
            if node.kind_id in _EXPORT and any(child.kind_id in _DEFAULT for child in node.children):
                return None
            if node.kind_id not in _DECLARATION:
                return node if node.kind_id in _EXPRESSION else None
        return None

    def statement(self, node: Node) -> list[str]:
        """Rewrite one statement of the top level; returns the names it declares."""
        kind = node.kind_id
        if kind in _VARIABLES:
            self._visit += node.children
            return assign(self.walk, node, in_block=True, reset=self.reset)
        if kind in _FUNCTION:
            return [self._function(node)]
        if kind in _CLASS:
            return [self._class(node)]
        if kind in _IMPORT:
            self._import(node)
        elif kind in _EXPORT:
            self._export(node)
        elif node is self._value:
            self._visit += node.children
        else:
            if kind in _TYPE:
                self._type(node)
            mark(self.walk, node)
            self._visit.append(node)
        return []

    def _return(self, node: Node) -> None:
        expression = next(child for child in node.children if child.kind_id not in COMMENT)
        inner = expression
        while inner.kind_id in _PARENTHESES:
            inner = without_comments(inner)[1]
        # An assignment would give a function or class without a name its own.
        self.edits.open(expression.start_byte, ";$value=(0," if inner.kind_id in _ANONYMOUS else ";$value=(")
        self.edits.close(expression.end_byte, ");")

    def _function(self, node: Node) -> str:
        name_node = self._name_of(node)
        name = self.names.declare(name_node, "function")
        # Without its own name a later function of that name is what this one calls.
        self.edits.blank(name_node.start_byte, name_node.end_byte)
        self.edits.move_to_front(node.start_byte, node.end_byte, f"{name}=", ";")
        self._visit.append(node)
        return name

    def _class(self, node: Node) -> str:
        name = self.names.declare(self._name_of(node), "class")
        self.edits.open(node.start_byte, f";{name}=")
        self.edits.close(node.end_byte, ";")
        self._visit.append(node)
        return name

    def _name_of(self, node: Node) -> Node:
        name = node.child_by_field_name("name")
        if name is None:
            raise NeedsTypeScript
        return name

    def _type(self, node: Node) -> None:
        self.types.add(text_of(self.source, self._name_of(node)))

    def _import(self, node: Node) -> None:
        self.edits.blank(node.start_byte, node.end_byte, ";")
        if is_type_only(self.source, node):
            self.types.update(one.local for one in specifiers(self.source, node))
            return
        wanted = []
        for one in specifiers(self.source, node):
            if one.is_type:
                self.types.add(one.local)
            else:
                wanted.append((one.outer, self.names.declare(one.name, "import"), one.node.start_byte))
        self._fetch(node, wanted)

    def _fetch(self, node: Node, wanted: list[tuple[str, str, int]]) -> None:
        """Import (name, local name, source offset) from the module the statement names."""
        module = module_of(node)
        if module is None:
            raise NeedsTypeScript
        specifier = text_of(self.source, module)
        quoted = self.source[module.start_byte : module.end_byte]
        names = tuple([(outer, local) for outer, local, _ in wanted])
        self.imports.append(Import(specifier, names, *position_of(self.source, module.start_byte)))
        for outer, local, at in wanted:
            name = outer.replace('"', '\\"')
            self._head.append((at, f'{local}=$tana.import({quoted},"{name}");'))
        if not wanted:
            self._head.append((module.start_byte, f'$tana.import({quoted},"*");'))

    def _export(self, node: Node) -> None:
        children = without_comments(node)
        second = children[1]
        if is_type_only(self.source, node):
            declaration = node.child_by_field_name("declaration")
            if declaration is not None and declaration.kind_id in _TYPE:
                self._type(declaration)
            self.edits.blank(node.start_byte, node.end_byte, ";")
        elif second.kind_id in _CLAUSE | _NAMESPACE:
            self.edits.blank(node.start_byte, node.end_byte, ";")
            self._lists.append(node)
        elif second.kind_id in _STAR:
            message = "Name what is exported: export { name } from ..., or export * as name from ..."
            raise problem_at(self.source, node, message)
        elif second.kind_id in _DEFAULT:
            self._export_default(node)
        else:
            declaration = node.child_by_field_name("declaration")
            if declaration is None or children[0].kind_id not in _EXPORT_WORD:
                raise NeedsTypeScript
            self.edits.blank(node.start_byte, declaration.start_byte, ";")
            for name in self.statement(declaration):
                self._offer(node, name, name)

    def _export_default(self, node: Node) -> None:
        declaration = node.child_by_field_name("declaration")
        if declaration is not None:
            self.edits.blank(node.start_byte, declaration.start_byte, ";")
            for name in self.statement(declaration):
                self._offer(node, "default", name)
            return
        value = node.child_by_field_name("value")
        if value is None:
            raise NeedsTypeScript
        self.edits.blank(node.start_byte, value.start_byte, ";")
        if value.kind_id in _IDENTIFIER:
            self._lists.append(node)
            return
        self._offer(node, "default", "$default")
        self.names.add("$default", "default")
        # An anonymous function takes its name from the property.
        anonymous = value.kind_id in _ANONYMOUS
        self.edits.open(value.start_byte, "$default={default:" if anonymous else "$default=(")
        self.edits.close(value.end_byte, "}.default;" if anonymous else ");")
        self._visit.append(value)

    def _export_list(self, node: Node) -> None:
        """An export that only mentions names, once all names of the cell are known."""
        value = node.child_by_field_name("value")
        if value is not None:
            name = text_of(self.source, value)
            if self._is_type(name):
                self.edits.blank(value.start_byte, value.end_byte)
            else:
                self._offer(node, "default", name)
            return
        module = module_of(node)
        wanted: list[tuple[str, str, int]] = []
        for one in specifiers(self.source, node):
            if one.is_type:
                continue
            if module is None:
                if not self._is_type(one.outer):
                    self._offer(one.node, one.local, one.outer)
                continue
            hidden = "$export_" + "".join(c if c.isalnum() else f"${ord(c):x}" for c in one.local)
            self.names.add(hidden, "import")
            self._offer(one.node, one.local, hidden)
            wanted.append((one.outer, hidden, one.node.start_byte))
        if module is not None:
            self._fetch(node, wanted)

    def _is_type(self, name: str) -> bool:
        return name in self.types and name not in self.names

    def _offer(self, node: Node, outer: str, local: str) -> None:
        if outer in self.exports:
            default = outer == "default"
            message = (
                "A module cannot have multiple default exports." if default else f"Duplicate identifier '{outer}'."
            )
            raise problem_at(self.source, node, message)
        self.exports[outer] = local

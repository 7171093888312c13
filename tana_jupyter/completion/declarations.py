"""What statements declare: variables, functions, classes, types, namespaces, and what they import."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tana_jupyter.completion.annotations import typed, with_parameters
from tana_jupyter.completion.functions import Function
from tana_jupyter.completion.shapes import shape, signature
from tana_jupyter.completion.syntax import Syntax, shortened
from tana_jupyter.completion.types import Maker, Member, Scope, Type
from tana_jupyter.completion.values import class_of, infer

_VARIABLES = {"lexical_declaration", "variable_declaration"}
FUNCTIONS = {"function_declaration", "generator_function_declaration", "function_signature"}
CLASSES = {"class_declaration", "abstract_class_declaration"}
_WRAPPERS = {"export_statement", "ambient_declaration", "expression_statement"}
Modules = Callable[[str], "Scope | None"]
"""The scope of what a module exports."""


class Declarations(Scope):
    """What a list of statements declares."""

    def __init__(self, around: Scope | None, modules: Modules = lambda _specifier: None) -> None:
        super().__init__(around)
        self.modules = modules
        self._calls: dict[str, list[Function]] = {}
        self._bodies: dict[str, list[Syntax]] = {}

    def add(self, statements: Iterable[Syntax]) -> None:
        """Declare what these statements declare."""
        for statement in statements:
            self._statement(statement)

    def _statement(self, statement: Syntax) -> None:
        kind = statement.kind
        if kind in _WRAPPERS:
            if statement.part("default") is not None:
                value = statement["value"]
                self.values["default"] = Member("default", "variable", "default", "", lambda: infer(value, self))
            for part in statement.parts:
                self._statement(part)
            return
        if kind == "import_statement":
            self._import(statement)
        elif kind in _VARIABLES:
            for declarator in statement.parts:
                pattern, value, annotation = declarator["name"], declarator["value"], declarator["type"]
                if pattern is not None:
                    line = _line(statement, declarator)
                    self.bind(pattern, typed_or(annotation, value, self), line, declarator.doc())
        elif kind in FUNCTIONS:
            self._function(statement)
        elif kind in CLASSES:
            self._class(statement)
        elif kind == "interface_declaration":
            self._interface(statement)
        elif kind == "type_alias_declaration":
            self.types[statement.name] = _alias(statement, self)
        elif kind == "enum_declaration":
            self._enum(statement)
        elif kind in {"internal_module", "module"}:
            self._namespace(statement)

    def listed(self) -> Mapping[str, Member]:
        """See the base class; ``default`` is no name."""
        return {name: member for name, member in self.values.items() if name != "default"}

    def bind(self, pattern: Syntax, resolve: Callable[[], Type | None], line: str, doc: str = "") -> None:
        """Declare the names of a pattern, as a variable, a loop or a parameter does."""
        for name, way in bindings(pattern):
            self.values[name] = Member(name, "variable", line, doc, _along(resolve, way))

    def _function(self, statement: Syntax) -> None:
        name = statement.name
        functions = self._calls.setdefault(name, [])
        functions.append(Function(statement, self))
        detail = signature(statement).removeprefix("declare ").removeprefix("function ")
        before = self.values.get(name)
        if before is not None and statement.kind == "function_signature":
            self.values[name] = before.with_detail(detail)
        else:
            self.values[name] = Member(
                name, "function", detail, statement.doc(), lambda: Type(calls=functions, origin=statement)
            )

    def _class(self, statement: Syntax) -> None:
        made = class_of(statement, self)
        self.values[statement.name] = Member(
            statement.name, "class", _constructors(statement), statement.doc(), lambda: made
        )
        if made.make is not None:
            self.types[statement.name] = made.make

    def _interface(self, statement: Syntax) -> None:
        bodies = self._bodies.setdefault(statement.name, [])
        bodies.append(statement)
        self.types[statement.name] = _interface(bodies, self)

    def _enum(self, statement: Syntax) -> None:
        body = statement["body"]
        names = [part.name or part.text for part in body.parts] if body is not None else []
        listed = {name: Member(name, "property", f"{statement.name}.{name}") for name in names}
        made = Type(statement.name, lambda: listed, origin=statement)
        self.values[statement.name] = Member(
            statement.name, "class", f"enum {statement.name}", statement.doc(), lambda: made
        )
        self.types[statement.name] = lambda _args: None

    def _namespace(self, statement: Syntax) -> None:
        body, label = statement["body"], statement["name"]
        if body is None or label is None or label.kind == "string":
            return
        inner = Declarations(self, self.modules)
        inner.add(body.parts)

        def listed() -> dict[str, Member]:
            types = {f"type {name}": Member(f"type {name}", "type", "", "", _holder(made))
                     for name, made in inner.types.items()}  # fmt: skip
            return inner.values | types

        made = Type(label.text, listed, origin=statement)
        self.values[label.text] = Member(label.text, "module", f"namespace {label.text}", statement.doc(), lambda: made)

    def _import(self, statement: Syntax) -> None:
        source, clause = statement["source"], statement.part("import_clause")
        if source is None or clause is None:
            return
        specifier, line = source.text[1:-1], statement.line()
        for part in clause.parts:
            if part.kind == "identifier":
                self._imported(part.text, "default", specifier, line)
            elif part.kind == "namespace_import" and part.parts:
                self.values[part.parts[-1].text] = Member(
                    part.parts[-1].text, "module", line, "", lambda: _module(self.modules(specifier))
                )
            elif part.kind == "named_imports":
                for one in part.parts:
                    name, alias = one["name"], one["alias"]
                    if name is not None:
                        self._imported((alias or name).text, name.text, specifier, line)

    def _imported(self, local: str, outer: str, specifier: str, line: str) -> None:
        module = self.modules(specifier)
        found = module.own_value(outer) if module is not None else None
        made = module.own_type(outer) if module is not None else None
        if made is not None:
            self.types[local] = made
        if found is not None:
            self.values[local] = Member(local, found.kind, found.detail, found.doc, lambda: found.type)
        elif made is None:
            self.values[local] = Member(local, "variable", line)


def _line(statement: Syntax, declarator: Syntax) -> str:
    """``const kv: KvNamespace``; of a declaration with a value, its first line."""
    word = statement.node.children[0].type
    text = f"{word} {declarator.text.splitlines()[0].rstrip()}"
    return shortened(text)


def _constructors(statement: Syntax) -> str:
    body = statement["body"]
    head = statement.source[statement.node.start_byte : (body or statement).node.start_byte]
    head = " ".join((head if body is not None else statement.text).removeprefix("declare ").split())
    made = [part for part in (body.parts if body is not None else []) if part.name == "constructor"]
    shown = [signature(part).replace("constructor", f"new {statement.name}", 1) for part in made]
    return "\n".join([head, *(line for line in shown if not line.startswith("private"))])


def _holder(made: Maker) -> Callable[[], Type]:
    return lambda: Type(make=made)


def _module(scope: Scope | None) -> Type | None:
    return None if scope is None else Type("module", scope.listed)


def _interface(bodies: Sequence[Syntax], scope: Scope) -> Maker:
    opened: list[bool] = []

    def make(args: Sequence[Type | None]) -> Type:
        inner = with_parameters(bodies[0], args, scope)
        parts = [part for one in bodies for part in one.parts if part.kind in {"interface_body", "object_type"}]
        made = shape(bodies[0], parts, inner, bodies[0].name, args=args)
        own = made.listing
        clauses = [part for one in bodies for part in one.parts if part.kind == "extends_type_clause"]

        def listed() -> dict[str, Member]:
            if opened:  # interface A extends A
                return dict(own())
            opened.append(True)
            try:
                bases = [typed(base, inner) for clause in clauses for base in clause.parts]
                above = {name: member for base in bases if base is not None for name, member in base.members.items()}
            finally:
                opened.clear()
            return {**above, **own()}

        made.listing = listed
        return made

    return make


def _alias(statement: Syntax, scope: Scope) -> Maker:
    opened: list[bool] = []

    def make(args: Sequence[Type | None]) -> Type | None:
        if opened:  # type A = A[]
            return None
        opened.append(True)
        try:
            return typed(statement["value"], with_parameters(statement, args, scope))
        finally:
            opened.clear()

    return make


def typed_or(annotation: Syntax | None, value: Syntax | None, scope: Scope) -> Callable[[], Type | None]:
    """Finds the type that is written, or that of the value."""
    return lambda: typed(annotation, scope) if annotation is not None else infer(value, scope)


def bindings(pattern: Syntax) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The names a pattern binds, each with the way to it: ``b`` of ``{ a: [, b] }`` is at ``("a", 1)``."""
    stack: list[tuple[Syntax, tuple[str | int, ...]]] = [(pattern, ())]
    while stack:
        part, way = stack.pop()
        if part.kind == "identifier":
            yield part.text, way
        elif part.kind == "shorthand_property_identifier_pattern":
            yield part.text, (*way, part.text)
        elif part.kind in {"assignment_pattern", "object_assignment_pattern"}:
            stack.append((part.parts[0], way))
        elif part.kind == "pair_pattern":
            stack.append((part.parts[-1], (*way, part.name)))
        elif part.kind == "array_pattern":
            stack += reversed([(item, (*way, index)) for index, item in enumerate(part.parts)])
        elif part.kind == "rest_pattern":
            stack.append((part.parts[-1], way))
        else:
            stack += reversed([(item, way) for item in part.parts])


def _along(resolve: Callable[[], Type | None], way: Sequence[str | int]) -> Callable[[], Type | None]:
    def resolved() -> Type | None:
        found = resolve()
        for step in way:
            if found is None:
                return None
            found = found.member(step) if isinstance(step, str) else found.element(step)
        return found

    return resolved

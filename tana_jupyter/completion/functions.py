"""Functions as they are declared: which arguments they take, and what calling them gives."""

from collections.abc import Sequence

from tana_jupyter.completion.annotations import alternatives, typed
from tana_jupyter.completion.syntax import Syntax
from tana_jupyter.completion.types import ITERABLES, Scope, Type

_LITERALS = {"string": "string", "template_string": "string", "number": "number", "array": "", "object": "object"}


class Function:
    """A function, method or signature, read where it is declared."""

    __slots__ = ("scope", "syntax")

    def __init__(self, syntax: Syntax, scope: Scope) -> None:
        self.syntax = syntax
        self.scope = scope

    @property
    def parameters(self) -> list[Syntax]:
        """Its parameters, ``this`` left out."""
        listed = self.syntax["parameters"]
        if listed is None:
            single = self.syntax["parameter"]  # x => x
            return [] if single is None else [single]
        return [part for part in listed.parts if (part["pattern"] or part).kind != "this"]

    def parameter(self, index: int) -> Type | None:
        """See :class:`~tana_jupyter.completion.types.Call`."""
        written = self._written(index)
        found = typed(written["type"], self.scope) if written is not None else None
        return found.element() if found is not None and written is not None and _rest(written) else found

    def fits(self, arguments: Sequence[Syntax]) -> bool:
        """See :class:`~tana_jupyter.completion.types.Call`."""
        if len(arguments) < sum(part.kind == "required_parameter" and not _rest(part) for part in self.parameters):
            return False
        for index, argument in enumerate(arguments):
            written = self._written(index)
            if written is None:
                return False
            annotation = None if _rest(written) else written["type"]
            if annotation is not None and not any(
                _accepts(each, argument, self.scope) for each in alternatives(annotation)
            ):
                return False
        return True

    def result(self, arguments: Sequence[Syntax], given: Sequence[Type | None], scope: Scope) -> Type | None:
        """See :class:`~tana_jupyter.completion.types.Call`."""
        inner = Scope(self.scope)
        listed = self.syntax["type_parameters"]
        for index, parameter in enumerate(listed.parts if listed is not None else []):
            bound = given[index] if index < len(given) else self._bound(parameter, arguments, scope)
            inner.bind_type(parameter.name, bound)
        written = self.syntax["return_type"] or (self.syntax["type"] if "construct" in self.syntax.kind else None)
        if written is not None:
            return typed(written, inner)
        from tana_jupyter.completion.values import returned

        return returned(self.syntax, inner)

    def _written(self, index: int) -> Syntax | None:
        parameters = self.parameters
        if index < len(parameters):
            return parameters[index]
        return parameters[-1] if parameters and _rest(parameters[-1]) else None

    def _bound(self, parameter: Syntax, arguments: Sequence[Syntax], scope: Scope) -> Type | None:
        """What a type parameter is for these arguments, else its default."""
        from tana_jupyter.completion.values import infer, returned

        name = parameter.name
        for index, argument in enumerate(arguments):
            written = self._written(index)
            annotation = written["type"] if written is not None else None
            inside = annotation.parts[0] if annotation is not None and annotation.parts else None
            if inside is None:
                continue
            if inside.text == name:
                return infer(argument, scope)
            if inside.text in {f"{name}[]", f"Iterable<{name}>", f"readonly {name}[]"}:
                found = infer(argument, scope)
                return None if found is None else found.element()
            if inside.kind == "function_type" and argument.kind in {"arrow_function", "function_expression"}:
                result = inside["return_type"]
                if result is not None and result.text == name:
                    from tana_jupyter.completion.blocks import parameter_scope

                    return returned(argument, parameter_scope(argument, scope))
        default = parameter["value"]
        return typed(default, self.scope) if default is not None else None


def _rest(parameter: Syntax) -> bool:
    pattern = parameter["pattern"]
    return pattern is not None and pattern.kind == "rest_pattern"


def _accepts(written: Syntax, argument: Syntax, scope: Scope) -> bool:
    """Whether a literal can be meant for a type; what is no literal can be anything."""
    kind = argument.kind
    if kind not in _LITERALS:
        return True
    if written.kind == "predefined_type":
        return written.text in {"any", "unknown", _LITERALS[kind]}
    if written.kind == "literal_type":
        return written.text.strip("\"'") == argument.text.strip("\"'")
    if written.kind in {"array_type", "tuple_type"}:
        return kind == "array"
    if written.kind in {"object_type", "intersection_type"}:
        return kind == "object"
    known = typed(written, scope)
    if known is None or not known.name:
        return written.kind != "function_type"
    if kind == "array":
        return known.name in ITERABLES
    return kind == "object" or known.name == ("Number" if kind == "number" else "String")

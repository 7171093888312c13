"""What stands at the cursor of a cell: the tree of what is typed, and the names that can be used there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tana_jupyter.compiler.grammar import parse
from tana_jupyter.completion.blocks import inside
from tana_jupyter.completion.declarations import Declarations
from tana_jupyter.completion.lexing import CURSOR, place
from tana_jupyter.completion.library import ambient, module
from tana_jupyter.completion.syntax import Syntax, read
from tana_jupyter.completion.types import Maker, Member, Scope

if TYPE_CHECKING:
    from tana_jupyter.contract import Contract
    from tana_jupyter.session import Session

_WORD = re.compile(r"#?[\w$]*\Z")
_SPECIFIER = re.compile(r"(?:\bfrom|\bimport(?:\s*\()?)\s*$")
_TYPE = re.compile(r"\b(?:interface|type|class|enum)\s+([\w$]+)")


class Surroundings(NamedTuple):
    """What a cell stands in; nothing of it while no session is there."""

    session: "Session | None"
    contract: str
    given: Sequence[str] = ()
    """Python variables that its line brings in."""

    def sources(self) -> list[str]:
        """The cells that ran in its contract, newest first."""
        found = self.found
        return [] if found is None else [source.text for source in reversed(found.sources)]

    @property
    def found(self) -> "Contract | None":
        """The contract, if it has run."""
        session = self.session
        return session[self.contract] if session is not None and self.contract in session else None


class Earlier(Scope):
    """The names that earlier cells of the contract left; a cell is read when one of its names is asked for."""

    def __init__(self, around: Scope, surroundings: Surroundings) -> None:
        super().__init__(around)
        self._surroundings = surroundings
        self._cells: dict[str, Declarations] = {}
        # Newest first: what was declared last is what a name stands for.
        self._sources = surroundings.sources()
        self._declared: dict[str, str] = {}
        found = surroundings.found
        for source in reversed(found.sources) if found is not None else ():
            for name in source.declared:
                self._declared.setdefault(name, source.text)

    def own_value(self, name: str) -> Member | None:
        """See the base class."""
        text = self._declared.get(name)
        if text is None:
            return Member(name, "variable", "from Python") if name in self._surroundings.given else None
        return self._cell(text).own_value(name) or Member(name, "variable")

    def own_type(self, name: str) -> Maker | None:
        """See the base class."""
        for text in self._sources:
            if name in text and name in _TYPE.findall(text):
                return self._cell(text).own_type(name)
        return None

    def listed(self) -> Mapping[str, Member]:
        """See the base class; what they are is looked up for what is shown only."""
        names = [*self._surroundings.given, *self._declared]
        return {name: Member(name, "variable") for name in names if not name.startswith("$")}

    def listed_types(self) -> Iterable[str]:
        """See the base class."""
        return [name for text in self._sources for name in _TYPE.findall(text)]

    def _cell(self, text: str) -> Declarations:
        if text not in self._cells:
            scope = self._cells[text] = Declarations(self, module)
            scope.add(read(text).parts)
        return self._cells[text]


class Look:
    """A look at one offset of a cell's body.

    >>> look = Look("import { kv } from 'tana/kv'; kv.pu", 35, Surroundings(session, "shop"))
    >>> look.fragment, look.leaf.kind, look.scope.value("kv").detail
    ('pu', 'property_identifier', 'const kv: KvNamespace')
    """

    def __init__(self, body: str, offset: int, surroundings: Surroundings) -> None:
        before = body[:offset]
        self.before = before
        self.after = body[offset:]
        self.place = place(before)
        self.surroundings = surroundings
        word = _WORD.search(before)
        self.fragment = word[0] if word is not None else ""
        text = self.place.closed(before + CURSOR)
        self._root = Syntax(parse(text).root_node, text)
        self.leaf = self._root.at(offset + 1)
        self._scope: Scope | None = None

    @property
    def in_specifier(self) -> bool:
        """Whether the string at the cursor names a module."""
        return _SPECIFIER.search(self.before[: self.place.start - 1]) is not None

    @property
    def scope(self) -> Scope:
        """The names at the cursor."""
        if self._scope is None:
            earlier = Earlier(ambient(), self.surroundings)
            # What stands below the cursor counts too: functions hoist, and handlers run later.
            whole = Declarations(earlier, module)
            text = self.before + CURSOR + self.after
            whole.add(Syntax(parse(text).root_node, text).parts)
            top = Declarations(whole, module)
            top.add(self._root.parts)
            for scope in (whole, top):
                scope.values = {name: member for name, member in scope.values.items() if CURSOR not in name}
                scope.types = {name: made for name, made in scope.types.items() if CURSOR not in name}
            self._scope = inside(self.leaf, self._root, top)
        return self._scope

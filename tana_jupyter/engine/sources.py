"""What an isolate may load: our own files, the modules a contract imports, and added JavaScript."""

import functools
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tana_jupyter.engine.added import AddedFiles
from tana_jupyter.errors import GuestError

PACKAGE = Path(__file__).resolve().parent.parent
LOADABLE = re.compile(r"(?:engine|modules/[a-z0-9]+)/\w+\.js", re.ASCII)
PRELUDE = ("seal", "calls", "clock", "random", "timers", "errors", "run")


@functools.cache
def script(path: str) -> str:
    """The text of one of our own files, such as ``modules/kv/kv.js``."""
    return (PACKAGE / path).read_text(encoding="utf-8")


@functools.cache
def prelude() -> bytes:
    """The script every isolate starts with, an expression for the function that takes the lazy globals.

    Each file is a function of one shared object.
    """
    files = "".join(f"(\n{script(f'engine/prelude/{name}.js')})(tana);\n" for name in PRELUDE)
    return f"(()=>{{const tana=Object.create(null);\n{files}return tana.lazy}})()".encode()


class Catalogue:
    """The modules a contract can name, by specifier; ``tana/x`` and ``tana:x`` are the same."""

    def __init__(
        self,
        modules: Mapping[str, str],
        exports: Mapping[str, tuple[str, ...]],
        aliases: Mapping[str, str] | None = None,
        types: Callable[[str], frozenset[str]] = lambda _specifier: frozenset(),
    ) -> None:
        self._modules = modules
        self._exports = exports
        self._types = types
        self._aliases = [(re.compile(pattern), name) for pattern, name in (aliases or {}).items()]
        self.added = AddedFiles(script("engine/commonjs.js"))

    def __contains__(self, specifier: object) -> bool:
        return specifier in self.added or (isinstance(specifier, str) and self.canonical(specifier) in self._modules)

    def canonical(self, specifier: str) -> str:
        """The one name of a module that has several: ``tana/kv`` for ``tana:kv``, ``ulid`` for ``npm:ulid@2``."""
        if specifier in self._modules:
            return specifier
        if specifier.startswith("tana:"):
            return f"tana/{specifier[5:]}"
        return next((name for pattern, name in self._aliases if pattern.fullmatch(specifier)), specifier)

    def path(self, specifier: str) -> str | None:
        """The file that gives this module, None where no such module is ours."""
        return self._modules.get(self.canonical(specifier))

    def exports(self, specifier: str) -> tuple[str, ...] | None:
        """The names a module exports; None for added files, which only the engine can tell."""
        return self._exports.get(self.canonical(specifier))

    def declares_type(self, specifier: str, name: str) -> bool:
        """Whether a name is a type alone: importing it is right, and gives nothing."""
        return name in self._types(self.canonical(specifier))

    def names(self) -> list[str]:
        """All specifiers that exist, added files included."""
        return sorted(self._modules) + self.added.names()

    def normalize(self, base: str, name: str) -> str:
        """The full name of what an added file imports."""
        return self.added.normalize(base, name)

    def load(self, name: str) -> tuple[str | None, str | None, str | None]:
        """The text of a native module as dukpy wants it; three times None where there is none."""
        text = self.added.load(name)
        if text is None and (exports := self.exports(name)) is not None:
            # Added files may import our modules too.
            of_ours = f'const module = $tana.import({json.dumps(name)}, "*");\n'
            text = of_ours + "".join(_export(exported) for exported in exports)
        return (None, None, None) if text is None else (name, text, "module")

    def operations(self) -> dict[str, Callable[..., object]]:
        """The host calls by which the prelude loads things."""
        return {"engine.source": self._source, "engine.module": self._module, "engine.added": self.added.__contains__}

    def _source(self, path: str) -> str:
        # The path is ours, yet it comes through guest hands: the engine puts arguments in an array by assignment, where
        # a setter on Array.prototype may change them. The prelude is for the empty isolate alone: run again, on
        # built-ins that a contract has changed by then, it would hand out what it keeps.
        if LOADABLE.fullmatch(path) is None:
            raise GuestError("Error", f"no such file: {path}")
        return f"{script(path)}\n"

    def _module(self, specifier: str) -> tuple[str, tuple[str, ...]]:
        path = self.path(specifier)
        if path is None:
            raise GuestError("TypeError", self.unknown(specifier))
        return path, self.exports(specifier) or ()

    def unknown(self, specifier: str) -> str:
        """Tana's text for a module that does not exist."""
        return f"Module '{specifier}' not found"


def _export(name: str) -> str:
    return "export default module.default;\n" if name == "default" else f"export const {name} = module.{name};\n"

"""What a contract can import: one folder per module, found by listing.

A folder holds the module's JavaScript, its ``.d.ts`` and an ``__init__.py`` that may define:

``MODULES``
    Specifier -> file of the folder, such as ``{"tana/kv": "kv.js"}``.
``EXPORTS``
    Specifier -> names it exports.
``ALIASES``
    Pattern of other specifiers -> the specifier they mean, such as ``{r"npm:ulid(@.+)?": "ulid"}``.
``GLOBALS``
    File of the folder -> global names, which load the file when they are first touched.
``EAGER``
    Files of the folder that change prototypes and so are loaded with every contract: keep them tiny.
``operations(host)``
    Host-call name -> function of the JSON arguments.
``packed(host)``
    First byte below U+0020 -> function of the rest of the name and the JSON arguments, for the hottest calls.
"""

import functools
import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tana_jupyter.modules.host import Host

Operation = Callable[..., object]
Packed = Callable[[bytes, bytes], bytes | None]


@functools.cache
def folders() -> dict[str, ModuleType]:
    """All modules by the name of their folder."""
    names = sorted(entry.name for entry in pkgutil.iter_modules(__path__) if entry.ispkg)
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def _collected(attribute: str, *, files_are: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for folder, module in folders().items():
        for key, value in getattr(module, attribute, {}).items():
            path = f"modules/{folder}/{key if files_are == 'keys' else value}"
            found[path if files_are == "keys" else key] = value if files_are == "keys" else path
    return found


@functools.cache
def specifiers() -> Mapping[str, str]:
    """Specifier -> path of the file that gives the module."""
    return _collected("MODULES", files_are="values")


@functools.cache
def lazy_globals() -> Mapping[str, tuple[str, ...]]:
    """Path -> global names that load it; no names for a file that is loaded at once."""
    found = _collected("GLOBALS", files_are="keys")
    for folder, module in folders().items():
        found |= {f"modules/{folder}/{file}": () for file in getattr(module, "EAGER", ())}
    return found


@functools.cache
def exports() -> Mapping[str, tuple[str, ...]]:
    """Specifier -> exported names."""
    return {key: value for module in folders().values() for key, value in getattr(module, "EXPORTS", {}).items()}


@functools.cache
def aliases() -> Mapping[str, str]:
    """Pattern of other specifiers -> specifier."""
    return {key: value for module in folders().values() for key, value in getattr(module, "ALIASES", {}).items()}


TYPE = re.compile(r"^export (?:declare )?(?:interface|type) (\w+)", re.MULTILINE)


@functools.cache
def types(specifier: str) -> frozenset[str]:
    """Names that a module declares as types alone; a cell may import them without saying ``type``."""
    path = specifiers().get(specifier)
    if path is None:
        return frozenset()
    folder = Path(__file__).parent / path.split("/")[1]
    texts = [file.read_text(encoding="utf-8") for file in folder.glob("*.d.ts")]
    return frozenset(name for text in texts for name in TYPE.findall(text)) - set(exports().get(specifier, ()))


def operations(host: Host) -> tuple[dict[str, Operation], dict[int, Packed]]:
    """The host calls of all modules for one contract."""
    named: dict[str, Operation] = {}
    packed: dict[int, Packed] = {}
    for module in folders().values():
        if hasattr(module, "operations"):
            named |= module.operations(host)
        if hasattr(module, "packed"):
            packed |= module.packed(host)
    return named, packed

"""The ordered, versioned key space behind a session, and its back ends.

A back end is a file in this folder with two names: ``SCHEMES``, the URL schemes it serves, and
``connect(url, *, limit)``, which makes a :class:`~tana_jupyter.store.protocol.Store`. Nothing else has to
know about it. The file imports its driver inside ``connect``, so that looking at it costs nothing.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store.protocol import Store
from tana_jupyter.store.redact import misread


def open_store(url: str, *, limit: int = limits.STORE) -> Store:
    """Open the store that ``url`` names: ``memory:``, or the scheme of any other back end.

    ``limit`` is how many bytes a store that lies in memory may hold.

    >>> open_store("memory:").location
    'memory:'

    :raises StoreError: there is no such back end, or it cannot be opened.
    """
    scheme, colon, rest = url.strip().partition(":")
    scheme = scheme.lower()
    if (problem := misread(url)) is not None:
        raise StoreError(problem)
    for back_end in _back_ends(first=scheme):
        if scheme in back_end.SCHEMES:
            store: Store = back_end.connect(f"{scheme}{colon}{rest}", limit=limit)
            return store
    # What was given may be a DSN with a password in it, so only a scheme is repeated.
    asked = f"{scheme}: URLs" if scheme.isidentifier() else "this"
    known = ", ".join(f"{name}:" for name in schemes())
    raise StoreError(f"There is no store for {asked}. Available: {known} (a file: sqlite:///counter.db)")


def schemes() -> list[str]:
    """List the URL schemes there are back ends for."""
    return sorted({scheme for back_end in _back_ends() for scheme in back_end.SCHEMES})


def _back_ends(first: str = "") -> Iterator[ModuleType]:
    """Import the files of this folder that are back ends, one by one, the one called ``first`` first."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    for name in sorted(names, key=lambda name: (name != first, name)):
        module = import_module(f"{__name__}.{name}")
        if hasattr(module, "SCHEMES"):
            yield module

"""What is measured: a file each, found by listing."""

import importlib
import pkgutil
from types import ModuleType


def names() -> list[str]:
    """All subjects."""
    return sorted(entry.name for entry in pkgutil.iter_modules(__path__))


def subject(name: str) -> ModuleType:
    """The file of a subject."""
    return importlib.import_module(f"{__name__}.{name}")


def title(subject: ModuleType) -> str:
    """What a subject is about: the first line of its docstring."""
    return (subject.__doc__ or "").partition("\n")[0].replace("``", "")

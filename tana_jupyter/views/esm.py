"""The page's side of the widgets: small files of ``static`` joined to the one text that a widget can carry."""

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
# The files are modules an editor understands; what they import from each other stands in the same text here.
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)


@cache
def module(entry: str) -> str:
    """One ES module: the named file, behind all that it imports."""
    return "\n".join(_part(name) for name in order(entry))


@cache
def styles() -> str:
    """All style sheets."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.css")))


def order(entry: str) -> list[str]:
    """The files of a module, each behind those it imports."""
    found: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ImportError(f"{' imports '.join([*above, name])}: {STATIC.name} must have no circles")
        if name not in found:
            for imported in IMPORT.findall(_text(name)):
                visit(imported, (*above, name))
            found[name] = None

    visit(entry, ())
    return list(found)


def _part(name: str) -> str:
    return EXPORT.sub("", IMPORT.sub("", _text(name)))


def _text(name: str) -> str:
    return (STATIC / f"{name}.js").read_text(encoding="utf-8")

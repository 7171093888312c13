"""JavaScript that the user brought in with ``%tana add``: a file or a folder each, nothing around it."""

import json
import os.path
import posixpath
import re
from pathlib import Path
from typing import Any

from tana_jupyter.errors import TanaError

SCRIPTS = (".js", ".mjs", ".cjs")
INDEXES = ("index.mjs", "index.js", "index.cjs")
ENDINGS = ("", *SCRIPTS, ".json", *(f"/{index}" for index in INDEXES))
CONDITIONS = ("import", "module", "default", "require")

COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
MODULE = re.compile(
    r"(?:^|[;}])\s*(?:export\s*(?:[{*]|(?:default|const|let|var|function|class|async)\b)"
    r"|import\s*(?:[{*\"']|[\w$]+\s*(?:,|from\b)))",
    re.MULTILINE,
)
REQUIRE = re.compile(r"\brequire\s*\(\s*(?:\"([^\"\n]+)\"|'([^'\n]+)')\s*\)")
EXPORTED = re.compile(
    r"\bexports\.([A-Za-z_$][\w$]*)\s*=(?!=)|\bdefineProperty\(\s*exports\s*,\s*[\"']([A-Za-z_$][\w$]*)[\"']"
)


class AddedFiles:
    """The added files by the name that contracts import.

    The engine keeps a module for good, under its full name: ``zod#2/lib/index.mjs``, the second thing that was
    added. So a file that was mended can be added again under the same name.
    """

    def __init__(self, commonjs: str) -> None:
        self._commonjs = commonjs
        self._paths: list[Path] = []
        self._roots: dict[str, int] = {}

    def add(self, name: str, path: Path) -> None:
        """Serve ``path`` to contracts as module ``name``."""
        real = path.expanduser().resolve()
        if not real.exists():
            raise TanaError(f"there is no file {path}: %tana add wants a JavaScript file or a folder")
        if real.is_file() and real.suffix not in SCRIPTS:
            raise TanaError(f"{path} is not JavaScript: %tana add takes .js, .mjs and .cjs files, or a folder of them")
        if real.is_dir() and _file_in(real, "") is None:
            raise TanaError(
                f"{path} has no index.js, index.mjs or package.json that names another: "
                "name the file that contracts import"
            )
        if real.is_file():
            try:
                _text(real)
            except (OSError, UnicodeDecodeError) as error:
                raise TanaError(f"{path} cannot be read: {error}") from None
        self._paths.append(real)
        self._roots[name] = len(self._paths) - 1

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and "#" not in name and self._full("", name) is not None

    def names(self) -> list[str]:
        """The names that contracts may import."""
        return sorted(self._roots)

    def normalize(self, base: str, name: str) -> str:
        """The full name of what module ``base`` calls ``name``; where there is no such file, a name for the error."""
        full = self._full(base, name)
        if full is None and name.startswith(".") and "#" in base:
            label, _, inside = base.partition("/")
            folder = posixpath.dirname(inside)
            return posixpath.normpath(posixpath.join(label.partition("#")[0], folder, name))
        return full or name

    def load(self, full: str) -> str | None:
        """The text of the ES module with this full name, None where there is none."""
        path = self._path(full)
        if path is None:
            return None
        try:
            text = _text(path)
            if path.suffix == ".json" or not _is_module(path, text):
                return self._bundle(full)
        except (OSError, UnicodeDecodeError):
            return None
        return text

    def _bundle(self, entry: str) -> str:
        """An ES module that runs a CommonJS file and all it requires."""
        files: dict[str, tuple[str, dict[str, str] | None]] = {}
        waiting = [entry]
        while waiting:
            full = waiting.pop()
            path = self._path(full)
            if full in files or path is None:
                continue
            text = _text(path)
            if path.suffix == ".json":
                files[full] = text, None
                continue
            required = {first or second for first, second in REQUIRE.findall(text)}
            found = {name: self._full(full, name) for name in sorted(required)}
            names = {name: file for name, file in found.items() if file is not None}
            files[full] = text, names
            waiting += names.values()
        bundle = f"({self._commonjs})({json.dumps(files)}, {json.dumps(entry)})"
        exported = {first or second for text, _ in files.values() for first, second in EXPORTED.findall(text)}
        # Static names for ES modules that import this one; cells look at $commonjs itself.
        named = "".join(
            f"const ${number} = $commonjs.{name}; export {{ ${number} as {name} }};\n"
            for number, name in enumerate(sorted(exported - {"default", "$commonjs"}))
        )
        return f"export const $commonjs = {bundle};\nexport default $commonjs.default;\n{named}"

    def _full(self, base: str, name: str) -> str | None:
        if name.startswith("."):
            importer = self._path(base)
            if importer is None:
                return None
            label = base.partition("/")[0]
            root = self._paths[_number(label)]
            inside = os.path.relpath(importer.parent / name, root)
        else:
            first, _, inside = name.partition("/")
            if first not in self._roots:
                return None
            label = f"{first}#{self._roots[first]}"
            root = self._paths[self._roots[first]]
        path = _file_in(root, inside)
        if path is None:
            return None
        return f"{label}/{path.name if path == root else path.relative_to(root).as_posix()}"

    def _path(self, full: str) -> Path | None:
        """The file with a full name, looked at anew: it may have been replaced by a link since."""
        label, _, inside = full.partition("/")
        if "#" not in label:
            return None
        root = self._paths[_number(label)]
        return root if root.is_file() else _inside(root, root / inside)


def _number(label: str) -> int:
    return int(label.rpartition("#")[2])


def _file_in(root: Path, inside: str) -> Path | None:
    """The file that a path means below what was added; the entry for no path at all."""
    if root.is_file():
        return root if inside in {"", "."} else None  # a file was added, not what lies beside it
    package = _package(root)
    named = _exported(package, inside)
    if named is not None and (path := _inside(root, root / named)) is not None:
        return path
    if inside in {"", "."}:
        mains = [value for key in ("module", "main") if isinstance(value := package.get(key), str)]
        tries = [*mains, *(f"{main}.js" for main in mains), *INDEXES]
        return next((path for name in tries if (path := _inside(root, root / name))), None)
    return next((path for ending in ENDINGS if (path := _inside(root, root / f"{inside}{ending}"))), None)


def _inside(root: Path, path: Path) -> Path | None:
    """The real path decides: neither ``..`` nor a link leads out of what was added."""
    real = path.resolve()
    served = real.suffix in {*SCRIPTS, ".json"} and real.is_relative_to(root) and real.is_file()
    return real if served else None


def _package(folder: Path) -> dict[str, Any]:
    try:
        package = json.loads((folder / "package.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return package if isinstance(package, dict) else {}


def _exported(package: dict[str, Any], inside: str) -> str | None:
    """What package.json exports under a subpath, its conditions tried in our order."""
    exports: Any = package.get("exports")
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        exports = exports.get(f"./{inside}" if inside else ".")
    elif inside:
        return None
    while isinstance(exports, dict):
        exports = next((exports[key] for key in CONDITIONS if key in exports), None)
    return exports if isinstance(exports, str) else None


def _text(path: Path) -> str:
    text = path.read_text(encoding="utf-8-sig")
    return f"//{text}" if text.startswith("#!") else text


def _is_module(path: Path, text: str) -> bool:
    """Whether a script is an ES module: by its ending, by the nearest package.json, by what it looks like."""
    if path.suffix != ".js":
        return path.suffix == ".mjs"
    kind = next((kind for folder in path.parents if (kind := _package(folder).get("type"))), None)
    return kind == "module" or MODULE.search(COMMENT.sub("", text)) is not None

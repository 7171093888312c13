"""Keys that are in the store, for the strings that name them."""

from collections.abc import Iterable, Iterator
from itertools import islice

from tana_jupyter import denokey
from tana_jupyter.completion.look import Surroundings
from tana_jupyter.completion.syntax import Syntax
from tana_jupyter.completion.types import Scope, Type
from tana_jupyter.completion.values import arguments_of, infer
from tana_jupyter.errors import TanaError
from tana_jupyter.spaces import DATA
from tana_jupyter.store.keys import prefix_end

SCANNED = 1_000
"""Most rows one Tab looks at: a store may be far away."""
SHOWN = 40
"""With more keys than these, what is offered ends at the next colon."""

# Who keeps what where: the file and the name of a declaration, its space, the methods that take a key.
_STORES = {
    ("kv/kv.d.ts", "KvNamespace"): ("kv", {"get", "getWithMetadata", "put", "delete", "list", "putBulk", "deleteBulk"}),
    ("data/data.d.ts", ""): ("data", {"get", "set", "has", "delete", "keys"}),
    ("deno/deno.d.ts", "Kv"): ("deno", {"get", "getMany", "set", "delete", "list", "watch"}),
    ("deno/deno.d.ts", "AtomicOperation"): ("deno", {"set", "delete", "sum", "min", "max", "check"}),
}
_OPTIONS = {"prefix", "start", "startAfter", "end", "key"}
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def at(string: Syntax, typed: str, quote: str, scope: Scope, surroundings: Surroundings) -> list[str] | None:
    """The keys that a string argument can go on to; None where it names no key."""
    parts: list[Syntax] = []
    node = string
    parent = node.parent
    in_array = parent is not None and parent.kind == "array"
    if parent is not None and in_array:
        parts = [part for part in parent.parts if part.node.start_byte < node.node.start_byte]
        node, parent = parent, parent.parent
        if parent is not None and parent.kind == "array":  # getMany([["a"], ["b"]])
            node, parent = parent, parent.parent
    option = ""
    if parent is not None and parent.kind == "pair" and parent.parent is not None:
        option, node = parent.name, parent.parent
        parent = node.parent
        if parent is not None and parent.kind == "array":  # putBulk([{ key: "a" }])
            node, parent = parent, parent.parent
    if parent is None or parent.kind != "arguments" or parent.parent is None:
        return None
    place = _store_of(parent.parent, scope)
    if place is None or (option and option not in _OPTIONS):
        return None
    space, method = place
    first = arguments_of(parent.parent)[:1]
    if method not in {"check", "getMany"} and (not first or first[0].node != node.node):
        return None
    if (method == "list") != bool(option) and not (option == "key" and method in {"putBulk", "check"}):
        return None
    if space == "deno":
        return list(_deno_parts(parts, typed, quote, surroundings)) if in_array else None
    return below(surroundings, space, typed, quote)


def below(surroundings: Surroundings, space: str, typed: str, quote: str = "'") -> list[str]:
    """The keys that start with what is typed, segment by segment where there are many; written for a string."""
    if "\\" in typed:
        return []
    prefix = typed.encode("utf-8", "replace")
    names = [key.decode("utf-8", "replace") for key in _scan(surroundings, space, prefix)]
    if len(names) > SHOWN:
        names = list(dict.fromkeys(_segment(name, len(typed)) for name in names))
    return [_written(name, quote) for name in names]


def _segment(name: str, typed: int) -> str:
    end = name.find(":", typed)
    return name if end < 0 else name[: end + 1]


def _scan(surroundings: Surroundings, space: str, prefix: bytes) -> list[bytes]:
    """At most so many keys, by one scan, and what is staged over them, as the contract itself would find them.

    None while a cell runs, which a look at the store would disturb.
    """
    session = surroundings.session
    if session is None or session.busy is not None:
        return []
    try:
        found = session.glimpse(space, surroundings.contract, prefix, prefix_end(prefix), SCANNED)
    except TanaError:  # a store that does not answer is no reason for a traceback under the cell
        return []
    staging = session.staging_of(surroundings.contract) if space == DATA else None
    staged = {} if staging is None else {key: value for key, value in staging.rows.items() if key.startswith(prefix)}
    gone = {key for key, value in staged.items() if value is None}
    return sorted({*found, *staged} - gone) if staged else found


def _written(name: str, quote: str) -> str:
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in name)
    return escaped.replace(quote, f"\\{quote}")


def _store_of(call: Syntax, scope: Scope) -> tuple[str, str] | None:
    """The space and the method of a call that takes keys."""
    function = call["function"]
    if function is None or function.kind != "member_expression":
        return None
    name = function["property"]
    held = infer(function["object"], scope)
    origin = _origin(held)
    if name is None or origin not in _STORES:
        return None
    space, methods = _STORES[origin]
    return (space, name.text) if name.text in methods else None


def _origin(held: Type | None) -> tuple[str, str]:
    if held is None or held.origin is None:
        return "", ""
    return held.origin.file, held.name


def _deno_parts(before: Iterable[Syntax], typed: str, quote: str, surroundings: Surroundings) -> Iterator[str]:
    """The texts that stand as the next part of a Deno key, behind parts that are literals."""
    if "\\" in typed:
        return
    parts: list[denokey.Part] = []
    for written in before:
        part = _part(written)
        if part is None:
            return
        parts.append(part)
    start = denokey.pack([*parts, typed])[:-1]
    found = (_text_at(key, len(parts)) for key in _scan(surroundings, "deno", start))
    names = dict.fromkeys(name for name in found if name is not None)
    yield from (_written(name, quote) for name in islice(names, SHOWN * 5))


def _text_at(key: bytes, index: int) -> str | None:
    try:
        part = denokey.unpack(key)[index]
    except (TanaError, IndexError):
        return None
    return part if isinstance(part, str) else None


def _part(part: Syntax) -> str | int | float | bool | None:
    text = part.text
    if part.kind == "string" and "\\" not in text:
        return text[1:-1]
    if part.kind in {"true", "false"}:
        return part.kind == "true"
    try:
        return int(text[:-1]) if text.endswith("n") else float(text)
    except ValueError:
        return None

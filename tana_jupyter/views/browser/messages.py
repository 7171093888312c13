"""What a page may say to the kernel: a closed list of verbs with typed fields, and nothing else.

A request is ``{id, verb, ...fields}`` in a custom message of the widget; its answer repeats ``id``:

    {id, ok: true, ...}                          what was asked for
    {id, ok: false, error}                       why not, in one line; nothing was written
    {id, ok: false, error, busy: true}           a cell holds the session; ask again after the next "changed"
    {id, ok: false, error, exists: true}         put, rename: there is such a key, and overwrite was false
    {id, ok: false, error, conflict: true}       somebody else changed the row since the page read it

Unasked the kernel says ``{event: "changed", clock, frozen}`` after runs, commits, rollbacks, clears, resets and moves
of the clock. It says so once, and again only after a page has asked for something: a page that is not looked at costs
one message. A key travels as ``k``, the hex digits of its bytes; a cursor is hex too and only ever handed back.
Versions are texts that are compared, never counted. Fields that no verb knows are passed over.

A row
    {k, text, parts, preview, type, bytes, version, updated, expires, state}
    text: as people read it; parts: of Deno keys, as they stand in a program, else null; preview: at most 200
    characters, null for a deleted row without a committed value; type: string empty-string number boolean null object
    array json-too-deep bytes undefined bigint date map set regexp error u64; version, updated: null for staged keys
    nobody has committed yet; updated, expires: ISO text or null; state: committed added changed deleted.
    In layer "both" a staged key shows its staged value, a deleted one its committed value.
    In tree view a row also has ``segment``, the last part of its key, and others are branches:
    {branch: true, k, path, text, segment, parts, count}    k = path; count: keys below it, null where not counted
A tree lists the children of one path; "" is the root. The path of a branch is the hex of all bytes its keys start with,
the ":" included. Prefix and path both hold: under prefix "user:1" the root has the one branch "user:".

The verbs and their answers. ``clock`` is the session's time as ISO text, ``frozen`` whether it stands still.

hello {}                    -> {namespaces, query, store: {location, shared}, clock, frozen}
namespaces {}               -> {namespaces, clock, frozen}      with counts, which may take a while
    a namespace is {contract, api, rows, bytes, staged}; rows and bytes null where not (yet) counted
page {query, path?, after?, limit?} -> {rows, next, query, store, clock, frozen}
    query: {contract, api, prefix, view: "flat"|"tree", layer: "committed"|"staged"|"both", order: "key"|"-key"}; what
    it leaves out is as in the widget's own. The answer repeats it in full. Layers matter in data only.
    next: the cursor of the next page or null.
detail {contract, api, k, layer?}
    -> {row, value, hex, metadata, expires, created, updated, version, seen, code, staged}
    value: {kind: "json"|"text"|"bytes"|"none", text, truncated, total, editable, as}; text as stored, at most 64 KiB.
    editable: whether a put of this text gives the same kind of value, and which ``as`` the put takes. With as "text"
    the editor shows exactly this text, with as "json" it may lay it out;
    hex: of the first 4 KiB; metadata: JSON text or null; code: TypeScript that writes it, null where too long;
    staged: null or {state, committed, staged, diff: [{op: " "|"+"|"-", text}]}
put {contract, api, k | text, value, as, overwrite, metadata?, ttl?, expect?, seen?} -> {row}
    as: "json"|"text"|"bytes-hex"; JSON is checked and kept without blanks. kv and deno: written at once, metadata and
    expiry stay as they are where absent; metadata "" and ttl 0 take them away. data: staged. expect: version or null;
    seen: that of the ``detail`` somebody began with: it is another one after a change of row, staged value or store.
rename {contract, api, k, to, overwrite, expect?, store?}      -> {row}      one commit; metadata and expiry go along
delete {contract, api, keys, expect?: {k: version}, store?}    -> {deleted}  one commit; data: staged
    store: that of the page the rows came with; in another one the same versions mean other rows.
staged {contract}           -> {contract, rows, more, totals: {bytes, limit_bytes, keys, limit_keys, exact}}
    rows: {k, text, state, committed, staged, diff}, at most 200; more: how many are not listed
commit {contract}           -> {committed}       refused with the reason, then all stays staged
discard {contract}          -> {discarded}
unstage {contract, k}       -> {unstaged}
copy {contract, api, keys | k, form: "key"|"value"|"typescript", layer?} -> {text}
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from tana_jupyter import limits
from tana_jupyter.errors import TanaError
from tana_jupyter.guesttext import well_formed
from tana_jupyter.spaces import APIS

Reader = Callable[[object], Any]

LARGEST_ID: Final = 2**53
NAME: Final = re.compile(limits.CONTRACT_NAME)
HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")
VERSION: Final = re.compile(r"[0-9a-f]{20}")


class Refused(TanaError):
    """A message that is answered with an error; ``marks`` go along with it."""

    def __init__(self, text: str, **marks: object) -> None:
        super().__init__(text)
        self.marks = marks


class Request(NamedTuple):
    """A message that was understood."""

    verb: str
    fields: Mapping[str, Any]


def identifier(message: object) -> int | None:
    """The number an answer must repeat, None where the message has no usable one."""
    number = message.get("id") if isinstance(message, Mapping) else None
    return number if type(number) is int and abs(number) <= LARGEST_ID else None


def read(message: object, verbs: "Mapping[str, Verb] | None" = None) -> Request:
    """Understand a message, one of the key browser unless other verbs are given; or raise Refused.

    >>> read({"id": 1, "verb": "unstage", "contract": "shop", "k": "6e"}).fields
    {'contract': 'shop', 'k': b'n'}
    """
    if not isinstance(message, Mapping):
        raise Refused("a message is an object with id and verb")
    if identifier(message) is None:
        raise Refused("a message needs an id: a whole number")
    name = message.get("verb")
    known = VERBS if verbs is None else verbs
    verb = known.get(name) if isinstance(name, str) else None
    if verb is None:
        raise Refused(f"no such verb: {short(name)}; there are {', '.join(known)}")
    fields = {}
    for field, reader in {**verb.required, **verb.optional}.items():
        if field in message:
            try:
                fields[field] = reader(message[field])
            except Refused as problem:
                raise Refused(f"{name}: {field} {problem}") from None
        elif field in verb.required:
            raise Refused(f"{name}: {field} is missing")
    if verb.one_of and sum(field in fields for field in verb.one_of) != 1:
        raise Refused(f"{name}: give one of {' and '.join(verb.one_of)}")
    return Request(str(name), fields)


def short(value: object) -> str:
    """A value of a message as an error may repeat it."""
    text = value if isinstance(value, str) else type(value).__name__
    return well_formed(repr(text[:60]))


def text(most: int) -> Reader:
    """Read a text; lone surrogates become U+FFFD, as everywhere in kv and data."""

    def reader(value: object) -> str:
        if not isinstance(value, str):
            raise Refused("must be a text")
        if len(value) > most:
            raise Refused(f"is longer than {most:,} characters")
        return well_formed(value)

    return reader


def choice(*words: str) -> Reader:
    """Read one of some words."""

    def reader(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise Refused(f"must be one of {', '.join(words)}")
        return value

    return reader


def whole(least: int, most: int) -> Reader:
    """Read a whole number; True is none."""

    def reader(value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            raise Refused(f"must be a whole number from {least:,} to {most:,}")
        return value

    return reader


def flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise Refused("must be true or false")
    return value


def contract(value: object) -> str:
    """Read the name of a contract."""
    if not isinstance(value, str) or NAME.fullmatch(value) is None:
        raise Refused("must be the name of a contract")
    return value


def key(value: object) -> bytes:
    """Read the hex digits of a key, a path or a cursor."""
    if not isinstance(value, str) or len(value) > 2 * limits.BROWSER_KEY or HEX.fullmatch(value) is None:
        raise Refused(f"must be hex digits, two for each of at most {limits.BROWSER_KEY:,} bytes")
    return bytes.fromhex(value)


def keys(value: object) -> list[bytes]:
    """Read several keys; one that is named twice counts once."""
    if not isinstance(value, list) or not 1 <= len(value) <= limits.BROWSER_KEYS:
        raise Refused(f"must be a list of 1 to {limits.BROWSER_KEYS:,} keys")
    return list(dict.fromkeys(map(key, value)))


def version(value: object) -> str:
    """Read a version as a row shows it."""
    if not isinstance(value, str) or VERSION.fullmatch(value) is None:
        raise Refused("must be the version of a row")
    return value


def versions(value: object) -> dict[bytes, str]:
    """Read versions by key; a row without one is not looked at."""
    if not isinstance(value, Mapping) or len(value) > limits.BROWSER_KEYS:
        raise Refused(f"must be an object of at most {limits.BROWSER_KEYS:,} versions by key")
    return {key(k): version(each) for k, each in value.items() if each is not None}


def fields(value: object) -> Mapping[str, object]:
    """Read an object whose fields are looked at later."""
    if not isinstance(value, Mapping):
        raise Refused("must be an object")
    return value


def or_null(reader: Reader) -> Reader:
    """Read null, or what ``reader`` reads."""
    return lambda value: None if value is None else reader(value)


class Verb(NamedTuple):
    """The fields of a verb."""

    required: Mapping[str, Reader] = {}
    optional: Mapping[str, Reader] = {}
    one_of: tuple[str, ...] = ()
    writes: bool = False


_API: Final = choice(*APIS)
_PLACE: Final[Mapping[str, Reader]] = {"contract": contract, "api": _API}
_LAYER: Final = choice("committed", "staged", "both")
_KEY_TEXT: Final = text(limits.BROWSER_KEY_TEXT)
_STORE: Final = or_null(_KEY_TEXT)

VERBS: Final[Mapping[str, Verb]] = {
    "hello": Verb(),
    "namespaces": Verb(),
    "page": Verb({"query": fields}, {"path": key, "after": or_null(key), "limit": whole(1, limits.BROWSER_ROWS)}),
    "detail": Verb({**_PLACE, "k": key}, {"layer": _LAYER}),
    "put": Verb(
        {
            **_PLACE,
            "value": text(limits.BROWSER_TEXT),
            "as": choice("json", "text", "bytes-hex"),
            "overwrite": flag,
        },
        {
            "k": key,
            "text": _KEY_TEXT,
            "metadata": or_null(text(limits.BROWSER_TEXT)),
            "ttl": or_null(whole(-limits.KV_MAX_TTL, limits.KV_MAX_TTL)),
            "expect": or_null(version),
            "seen": or_null(text(limits.BROWSER_KEY_TEXT)),
        },
        one_of=("k", "text"),
        writes=True,
    ),
    "rename": Verb(
        {**_PLACE, "k": key, "to": _KEY_TEXT, "overwrite": flag},
        {"expect": or_null(version), "store": _STORE},
        writes=True,
    ),
    "delete": Verb({**_PLACE, "keys": keys}, {"expect": or_null(versions), "store": _STORE}, writes=True),
    "staged": Verb({"contract": contract}),
    "commit": Verb({"contract": contract}, writes=True),
    "discard": Verb({"contract": contract}, writes=True),
    "unstage": Verb({"contract": contract, "k": key}, writes=True),
    "copy": Verb(
        {**_PLACE, "form": choice("key", "value", "typescript")},
        {"k": key, "keys": keys, "layer": _LAYER},
        one_of=("k", "keys"),
    ),
}

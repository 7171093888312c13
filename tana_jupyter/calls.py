"""Calling a contract the way the network would: which handler, with which request, in which role."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple, TypedDict
from urllib.parse import parse_qsl

from tana_jupyter.errors import TanaError
from tana_jupyter.identity import Caller, Identity
from tana_jupyter.limits import CALL_BODY
from tana_jupyter.situation import Role

ORIGIN = "http://localhost:8180"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
# A handler's names over the generations of Tana, the most recent first.
NAMES: Mapping[Role, tuple[str, ...]] = {
    "init": ("init",),
    "contract": ("contract",),
    "get": ("get", "Get", "GET", "default"),
    "post": ("post", "Post", "POST", "default"),
}
SESSION_LENGTH = 3_600_000  # milliseconds
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
JSON_TYPE: Mapping[str, str] = {"Content-Type": "application/json"}


class CallOptions(TypedDict, total=False):
    """What a call may be given beside its handler and address; see ``Session.call``."""

    caller: Caller
    input: object
    body: object
    headers: Mapping[str, object] | None
    method: str | None
    fresh: bool
    timeout: float | None


class Handler(NamedTuple):
    """An export that a call reaches."""

    role: Role
    exported: str
    local: str


def find(contract: str, export: str, exports: Mapping[str, str], method: str | None = None) -> Handler:
    """The handler that a name means; ``get`` finds ``get``, ``Get``, ``GET`` or a default export.

    A default export answers as the method says.
    """
    role: Role | None = next((role for role, names in NAMES.items() if export in names), None)
    if export == "default":
        role = "get" if method is None or str(method).upper() == "GET" else "post"
    if role is None:
        text = f"{export!r} is no handler: a contract is called by {', '.join(NAMES)} or default"
        raise TanaError(f"{text}; a Worker's fetch is get('/', method='PUT')" if "default" in exports else text)
    wanted = (export, *NAMES[role]) if export in exports else NAMES[role]
    for name in wanted:
        if name in exports:
            return Handler(role, name, exports[name])
    there = ", ".join(sorted(exports)) or "nothing"
    raise TanaError(f"{contract} exports no {export}(); it exports {there}")


class Request(NamedTuple):
    """What arrives at ``get`` and ``post``, before the contract sees it."""

    origin: str | None
    """Of a whole address; None where only a path was given."""
    path: str
    search: str
    method: str
    headers: Mapping[str, str]
    body: object

    @classmethod
    def of(cls, url: str, method: str, headers: Mapping[str, object] | None, body: object) -> "Request":
        """Check the parts of a request as a user gave them."""
        if not isinstance(method, str) or method.upper() not in METHODS:
            raise TanaError(f"{method!r} is no method; there are {', '.join(METHODS)}")
        size = check_json(body, "the body")
        if size > CALL_BODY:
            raise TanaError(f"the body is too large: {size:,} characters of JSON (max {CALL_BODY:,})")
        if headers is not None and not isinstance(headers, Mapping):
            raise TanaError(f"{headers!r:.100} are no headers: give an object, such as {{'x-tag': '5'}}")
        lower = {}
        for name, value in (headers or {}).items():
            if not isinstance(name, str) or not TOKEN.fullmatch(name):
                raise TanaError(f"{name!r:.100} is no name of a header: use letters, digits and -")
            if isinstance(value, bool) or not isinstance(value, str | int | float) or CONTROL.search(str(value)):
                raise TanaError(f"{value!r:.100} is no value of the header {name}: give a text of one line")
            lower[name.lower()] = str(value).strip()
        return cls(*_address(url), method.upper(), lower, body)

    def plain(self, contract: str, caller: Identity | None, owner: Identity, now_ms: int) -> dict[str, object]:
        """The fields of the request object, in Tana's shape."""
        path = self.path
        if self.origin is None:
            full = f"{ORIGIN}/{contract}{'' if path == '/' else path}{self.search}"
        else:
            full = f"{self.origin}{path}{self.search}"
            # Tana's own addresses begin with the contract, which is no part of the path that it sees.
            if path == f"/{contract}" or path.startswith(f"/{contract}/"):
                path = path.removeprefix(f"/{contract}") or "/"
        public = None if caller is None else {name: value for name, value in caller.items() if name != "nonce"}
        session = None if caller is None else {"token": f"session_{caller['id']}", "expiresAt": now_ms + SESSION_LENGTH}
        request: dict[str, object] = {
            "url": full,
            # What a Worker sees: it has its origin to itself.
            "address": f"{self.origin or ORIGIN}{self.path}{self.search}",
            "path": path,
            "method": self.method,
            "query": dict(parse_qsl(self.search[1:], keep_blank_values=True)),
            "headers": dict(self.headers),
            "params": {},
            "ip": "127.0.0.1",
            "tana": {
                "caller": public,
                "contract": {"id": contract, "name": contract, "owner": owner},
                "session": session,
            },
        }
        if self.body is not None:
            request["body"] = self.body
        return request


def check_json(value: object, what: str) -> int:
    """Refuse what no network could carry; the length of its JSON."""
    try:
        return len(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise TanaError(f"{what} is no JSON: {error}") from None


def _address(url: object) -> tuple[str | None, str, str]:
    """Origin, path and query of an address, written as a network would write them."""
    from ada_url import URL  # 12 ms that most cells need not spend

    whole = isinstance(url, str) and url.startswith(("http://", "https://"))
    if not isinstance(url, str) or not (whole or url.startswith(("/", "?"))):
        raise TanaError(f"{url!r:.100} is no address: write a path such as /items?x=1, or a whole http:// address")
    try:
        parts = URL(url if whole else f"{ORIGIN}/{url.removeprefix('/')}")
    except ValueError:
        raise TanaError(f"{url!r:.100} is no address: the URL standard cannot read it") from None
    return (parts.origin if whole else None), parts.pathname, parts.search


class Response(NamedTuple):
    """What the network would answer with."""

    status: int
    headers: Mapping[str, str]
    body: object

    @classmethod
    def of(cls, value: object) -> "Response":
        """A handler's result: one with ``status`` and ``body`` sets them, any other is the body itself."""
        if isinstance(value, dict) and "body" in value:
            status = value.get("status")
            if isinstance(status, int) and not isinstance(status, bool) and 100 <= status <= 599:
                given = value.get("headers")
                headers = given.items() if isinstance(given, dict) else ()
                return cls(status, {name: str(text) for name, text in headers if text is not None}, value["body"])
        return cls(200, JSON_TYPE, value)

    @classmethod
    def of_failure(cls, message: str) -> "Response":
        """What the network would answer for a handler that threw."""
        return cls(500, JSON_TYPE, {"error": message})


def script(handler: Handler, plain: dict[str, object] | None) -> str:
    """The body of a run that calls a handler."""
    # JSON is JavaScript; only "__proto__" would mean something else in a literal, so it goes through JSON.parse.
    request = f"JSON.parse({json.dumps(json.dumps(plain))})"
    function = f"globalThis[{json.dumps(handler.local)}]"
    return (
        'let $value;$value=await $tana.load("modules/net/handler.js")'
        f".handle({json.dumps(handler.role)},{json.dumps(handler.exported)},{function},{request});return $value"
    )

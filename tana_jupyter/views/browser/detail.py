"""One key in full, as far as a page can bear it."""

import hashlib

from tana_jupyter import limits
from tana_jupyter.spaces import DATA
from tana_jupyter.views.browser.entries import Entries, Entry
from tana_jupyter.views.browser.jsontext import compact, valid
from tana_jupyter.views.browser.literals import Full, NoExpression, expression
from tana_jupyter.views.browser.messages import Refused
from tana_jupyter.views.browser.program import statement
from tana_jupyter.views.browser.query import Query
from tana_jupyter.views.browser.rows import instant, row
from tana_jupyter.views.browser.scene import Scene
from tana_jupyter.views.browser.staged import beside, comparison
from tana_jupyter.views.preview import preview, too_deep

CODE = 16_384  # characters of the TypeScript that goes along unasked


def detail(scene: Scene, contract: str, api: str, key: bytes, layer: str = "both") -> dict[str, object]:
    """The answer of the verb ``detail``."""
    entry = find(scene, contract, api, key, layer)
    value, committed = entry.value, entry.row
    seen = row(entry, api)
    return {
        "row": seen,
        "value": shown(value, entry.encoding, api),
        "hex": (value or b"")[: limits.BROWSER_HEX].hex(),
        "metadata": None if committed is None or committed.metadata is None else _text(committed.metadata),
        "expires": seen["expires"],
        "created": None if committed is None else instant(committed.created_at),
        "updated": seen["updated"],
        "version": seen["version"],
        "seen": trace(scene, entry if layer == "both" else look(scene, contract, api, key)),
        "code": statement(entry, api, scene.clock.now_us(), CODE),
        "staged": _staged(scene, contract, api, key),
    }


def trace(scene: Scene, entry: Entry | None) -> str:
    """Another one for another version, another staged value, and in another store: there a version says nothing."""
    if entry is None:
        return "gone"
    version = 0 if entry.row is None else entry.row.versionstamp
    told = f"{scene.store.location}\n{version} {entry.state}\n".encode("utf-8", "replace")
    return hashlib.blake2b(told + (entry.staged or b""), digest_size=16).hexdigest()


def find(scene: Scene, contract: str, api: str, key: bytes, layer: str = "both") -> Entry:
    """One entry; Refused where there is none."""
    found = look(scene, contract, api, key, layer)
    if found is None:
        raise Refused("this key is gone: it was deleted, or it has expired")
    return found


def look(scene: Scene, contract: str, api: str, key: bytes, layer: str = "both") -> Entry | None:
    """One entry, None where there is none."""
    return next(iter(Entries(scene, Query(contract, api, layer=layer)).get([key])), None)


def shown(value: bytes | None, encoding: str, api: str) -> dict[str, object]:
    """A value as text: what kind of text it is, whether it was cut, and how a put would take it back."""
    if value is None:
        return _value("none", "", 0, whole=True)
    total = len(value)
    if encoding == "bytes":
        return _value("bytes", "", total, whole=total <= limits.BROWSER_HEX, put="bytes-hex")
    if encoding == "clone":
        try:
            return _value("text", expression(value, limits.BROWSER_VALUE), total, whole=True)
        except Full as full:
            return _value("text", full.text, total, whole=False)
        except NoExpression:
            return _value("text", preview(value, encoding).text, total, whole=True)
    if encoding not in {"text", "json"}:
        return _value("text", preview(value, encoding).text, total, whole=True)
    whole = total <= limits.BROWSER_VALUE
    text = _text(value)
    if whole and "\ufffd" in text and text.encode() != value:
        return _value("text", text, total, whole=True)  # another program's bytes: a put would not give them back
    # What is valid only with its end in sight is called JSON only where the end is in sight.
    if api == "deno":
        return _value("json" if whole and not too_deep(value) else "text", text, total, whole=whole, put="json")
    if not whole or too_deep(value) or text.lstrip()[:1] not in {"{", "["} or not valid(text):
        return _value("text", text, total, whole=whole, put="text")
    # With blanks in it somebody laid it out: it is edited as it stands.
    return _value("json", text, total, whole=True, put="json" if compact(text) == text else "text")


def _value(kind: str, text: str, total: int, *, whole: bool, put: str | None = None) -> dict[str, object]:
    editable = whole and put is not None
    return {
        "kind": kind,
        "text": text,
        "truncated": not whole,
        "total": total,
        "editable": editable,
        "as": put if editable else None,
    }


def _staged(scene: Scene, contract: str, api: str, key: bytes) -> dict[str, object] | None:
    staging = scene.staging_of(contract) if api == DATA else None
    if staging is None or key not in staging.rows:
        return None
    return comparison(beside(scene, contract, [key])[0])


def _text(value: bytes) -> str:
    head = value[: limits.BROWSER_VALUE]
    return head.decode("utf-8", "replace" if len(head) == len(value) else "ignore")

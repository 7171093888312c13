"""Writing from the page: by the rules and limits of the API, in one commit, and only over what the page has seen.

kv and Deno KV are written at once, data is staged. Whatever raises has written nothing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from tana_jupyter import denokey, limits
from tana_jupyter.modules.data.operations import Operations as Data
from tana_jupyter.modules.deno.keys import checked_write
from tana_jupyter.modules.deno.values import Stored
from tana_jupyter.modules.deno.values import checked as checked_value
from tana_jupyter.modules.kv.keys import checked
from tana_jupyter.modules.kv.refusals import value_too_large
from tana_jupyter.modules.kv.terms import terms
from tana_jupyter.spaces import DATA
from tana_jupyter.store.protocol import Check, Committed, Row, Write
from tana_jupyter.store.versionstamp import from_text, to_text
from tana_jupyter.views.browser.detail import find, look, trace
from tana_jupyter.views.browser.entries import Entries
from tana_jupyter.views.browser.jsontext import compact, valid
from tana_jupyter.views.browser.keyspace import keyspace
from tana_jupyter.views.browser.messages import Refused
from tana_jupyter.views.browser.query import Query
from tana_jupyter.views.browser.rows import row
from tana_jupyter.views.browser.scene import Scene

HEX = re.compile(r"\s*(?:[0-9a-fA-F]{2}\s*)*")
Answer = dict[str, object]


def put(scene: Scene, contract: str, api: str, fields: Mapping[str, Any]) -> Answer:
    """Write one value under a key that the page knows, or that somebody typed."""
    key = fields["k"] if "k" in fields else keyspace(api).read(fields["text"])
    value = _value(api, fields["value"], fields["as"])
    seen = fields.get("seen")
    if seen is not None and seen != trace(scene, look(scene, contract, api, key)):
        name = keyspace(api).text(key)[: limits.PREVIEW]
        raise Refused(f"{name} was changed meanwhile, or the store was; nothing was written", conflict=True)
    if api == DATA:
        if not fields["overwrite"]:
            _refuse_existing(scene, contract, key)
        _stage(scene, contract, [(key, value.value)])
    else:
        _write(scene, contract, api, key, value, fields)
    return {"row": row(find(scene, contract, api, key), api)}


def rename(scene: Scene, contract: str, api: str, key: bytes, fields: Mapping[str, Any]) -> Answer:
    """Write what is under one key under another, and delete the first, in one commit."""
    to = keyspace(api).read(fields["to"])
    entry = find(scene, contract, api, key)
    if entry.value is None or entry.state == "deleted":
        raise Refused("this key is staged to be deleted: unstage it first")
    if to == key:
        return {"row": row(entry, api)}
    if api == DATA:
        if not fields["overwrite"]:
            _refuse_existing(scene, contract, to)
        _stage(scene, contract, [(to, entry.value), (key, None)])
    elif entry.row is not None:
        old = entry.row
        to = _check_key(api, to)
        seen = _seen(fields.get("expect")) or old.versionstamp
        there = [] if fields["overwrite"] else [Check(api, contract, to, None)]
        writes = [
            Write(api, contract, to, old.value, old.encoding, old.expires_at, old.metadata),
            Write(api, contract, key, None),
        ]
        _commit(scene, writes, [Check(api, contract, key, seen), *there])
    return {"row": row(find(scene, contract, api, to), api)}


def delete(scene: Scene, contract: str, api: str, keys: Sequence[bytes], expect: Mapping[bytes, str]) -> Answer:
    """Delete these keys in one commit; in data stage their deletion."""
    if api == DATA:
        there = [entry.key for entry in Entries(scene, Query(contract, api)).get(keys) if entry.state != "deleted"]
        _stage(scene, contract, [(key, None) for key in there])
        return {"deleted": len(there)}
    checks = [Check(api, contract, key, _seen(expect[key])) for key in keys if key in expect]
    done = _commit(scene, [Write(api, contract, key, None) for key in keys], checks)
    return {"deleted": sum(before is not None for before in done.before)}


def unstage(scene: Scene, contract: str, key: bytes) -> Answer:
    """Forget what is staged for one key."""
    staging = scene.staging_of(contract)
    return {"unstaged": int(staging is not None and staging.unstage(key))}


def _write(scene: Scene, contract: str, api: str, key: bytes, value: Stored, fields: Mapping[str, Any]) -> None:
    key = _check_key(api, key)
    _check_value(api, value)
    old = scene.store.get(api, contract, key, scene.clock.now_us())
    expires_at, metadata = _kept(scene, api, old, fields)
    checks = []
    if not fields["overwrite"]:
        checks.append(Check(api, contract, key, None))
    elif fields.get("expect") is not None:
        checks.append(Check(api, contract, key, _seen(fields["expect"])))
    _commit(scene, [Write(api, contract, key, value.value, value.encoding, expires_at, metadata)], checks)


def _commit(scene: Scene, writes: Sequence[Write], checks: Sequence[Check]) -> Committed:
    """One commit of its own; what stood in its way is said in words."""
    scene.journal.begin()
    done = scene.journal.commit(writes, checks)
    if done is None:
        raise _in_the_way(scene, checks)
    scene.store.flush()
    return done


def _in_the_way(scene: Scene, checks: Sequence[Check]) -> Refused:
    now = scene.clock.now_us()
    for check in checks:
        there = scene.store.get(check.space, check.contract, check.key, now)
        found = None if there is None else there.versionstamp
        if found == check.versionstamp:
            continue
        if check.versionstamp is None:
            return _exists(check.space, check.key)
        name = keyspace(check.space).text(check.key)
        what = "was deleted" if found is None else "was changed"
        version = None if found is None else to_text(found)
        return Refused(f"{name} {what} meanwhile; nothing was written", conflict=True, version=version)
    return Refused("somebody else wrote at the same moment; nothing was written", conflict=True, version=None)


def _refuse_existing(scene: Scene, contract: str, key: bytes) -> None:
    found = Entries(scene, Query(contract, DATA)).get([key])
    if found and found[0].state != "deleted":
        raise _exists(DATA, key)


def _exists(api: str, key: bytes) -> Refused:
    return Refused(f"there is a key {keyspace(api).text(key)[: limits.PREVIEW]}", exists=True)


def _stage(scene: Scene, contract: str, pairs: Sequence[tuple[bytes, bytes | None]]) -> None:
    """Stage by the rules of ``data.set`` and ``data.delete``: all of it, or none where one is refused."""
    names = [_text(key) for key, _ in pairs]
    new = contract not in scene.contracts()
    host = scene.host_of(contract)
    data, staging = Data(host), host.staging
    kept = dict(staging.rows)
    committed = scene.store.get_many(DATA, contract, [key for key, _ in pairs], scene.clock.now_us())
    try:
        for name, (key, value), row_there in zip(names, pairs, committed, strict=True):
            if value is not None:
                data.set(name, value.decode("utf-8", "replace"))
            elif row_there is None:
                staging.unstage(key)  # nobody has committed it: there is nothing to delete
            else:
                data.delete(name)
    except BaseException:
        staging.clear()
        for key, value in kept.items():
            staging.put(key, value)
        if new:
            scene.forget_unused(contract)
        raise


def _seen(version: str | None) -> int | None:
    return None if version is None else from_text(version)


def _text(key: bytes) -> str:
    try:
        return key.decode()
    except UnicodeDecodeError:
        raise Refused("keys of kv and data are texts: these bytes are none") from None


def _kept(scene: Scene, api: str, old: Row | None, fields: Mapping[str, Any]) -> tuple[int | None, bytes | None]:
    """Expiry and metadata: those of the row, unless others are given; those by the rules of ``kv.put``."""
    ttl, metadata = fields.get("ttl"), fields.get("metadata")
    if api != "kv" and (ttl or metadata):
        raise Refused("Deno KV keeps no metadata, and its expiry is set from a cell: kv.set(key, value, { expireIn })")
    if metadata and not valid(metadata):
        raise Refused('metadata is JSON, as in {"tags": ["new"]}')
    sent = compact(metadata).encode() if metadata else None
    new_expiry, new_metadata = terms(scene.clock.now_us(), ttl or None, None, sent)
    expires_at = new_expiry if ttl is not None else old.expires_at if old else None
    kept = new_metadata if metadata is not None else old.metadata if old else None
    return expires_at, kept


def _value(api: str, text: str, form: str) -> Stored:
    """The value that somebody typed, as the API itself would store it."""
    if form == "bytes-hex":
        if api == DATA:
            raise Refused("data holds texts and JSON only")
        if HEX.fullmatch(text) is None:
            raise Refused("bytes are written as hex digits, two for each: 00 ff 10")
        return Stored(bytes.fromhex(text), "bytes")
    if form == "text":
        return Stored(orjson.dumps(text), "json") if api == "deno" else Stored(text.encode(), "text")
    if not valid(text):
        raise Refused('this is no JSON: names and texts stand in double quotes, as in {"name": "ada"}, or choose Text')
    return Stored(compact(text).encode(), "json" if api == "deno" else "text")


def _check_key(api: str, key: bytes) -> bytes:
    if api == "kv":
        return checked(_text(key).encode(), "PUT")
    denokey.unpack(key)  # raises where the bytes are no key
    return checked_write(key)


def _check_value(api: str, value: Stored) -> None:
    if api == "deno":
        checked_value(value)
    elif len(value.value) > limits.KV_VALUE:
        raise value_too_large(len(value.value))

"""Rows as TypeScript that writes them again."""

from tana_jupyter import limits
from tana_jupyter.views.browser import literals
from tana_jupyter.views.browser.entries import Entry
from tana_jupyter.views.browser.keyspace import keyspace

SECOND, MILLISECOND = 1_000_000, 1000


def statement(entry: Entry, api: str, now: int, most: int = limits.BROWSER_TEXT) -> str | None:
    """``await kv.put('user:1', '{"name":"ada"}')``; None where it would be too long."""
    value = entry.value
    if value is None or len(value) > most:
        return None
    try:
        line = _statement(entry, api, value, now, most)
    except (literals.NoExpression, literals.Full):
        return None
    return line if len(line) <= most else None


def _statement(entry: Entry, api: str, value: bytes, now: int, most: int) -> str:
    text = value.decode("utf-8", "replace")
    if api == "deno":
        key = keyspace(api).text(entry.key)
        if not key.startswith("["):
            raise literals.NoExpression("these bytes are no key of Deno KV")
        options = _deno_options(entry, now)
        return f"await kv.set({key}, {_deno_value(entry.encoding, value, text, most)}{options})"
    key = literals.quoted(keyspace(api).text(entry.key))
    if api == "data":
        return f"data.set({key}, {literals.json_expression(text) or literals.quoted(text)})"
    content = literals.byte_array(value) if entry.encoding == "bytes" else literals.quoted(text)
    return f"await kv.put({key}, {content}{_kv_options(entry)})"


def _deno_value(encoding: str, value: bytes, text: str, most: int) -> str:
    if encoding == "clone":
        return literals.expression(value, most)
    if encoding == "u64":
        return f"new Deno.KvU64({int.from_bytes(value, 'little')}n)"
    if encoding == "bytes":
        return literals.byte_array(value)
    return literals.parsed(text)


def _kv_options(entry: Entry) -> str:
    row = entry.row
    options = []
    if row is not None and row.expires_at is not None:
        options.append(f"expiration: {row.expires_at // SECOND}")
    if row is not None and row.metadata is not None:
        options.append(f"metadata: {literals.parsed(row.metadata.decode('utf-8', 'replace'))}")
    return f", {{ {', '.join(options)} }}" if options else ""


def _deno_options(entry: Entry, now: int) -> str:
    row = entry.row
    if row is None or row.expires_at is None:
        return ""
    return f", {{ expireIn: {max(0, row.expires_at - now) // MILLISECOND} }}"

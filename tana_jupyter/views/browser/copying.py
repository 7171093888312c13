"""What a page puts on the clipboard: keys, a value, or TypeScript."""

from tana_jupyter import limits
from tana_jupyter.views.browser.entries import Entries, Entry
from tana_jupyter.views.browser.keyspace import keyspace
from tana_jupyter.views.browser.literals import Full, NoExpression, expression
from tana_jupyter.views.browser.messages import Refused
from tana_jupyter.views.browser.program import statement
from tana_jupyter.views.browser.query import Query
from tana_jupyter.views.browser.scene import Scene


def copied(scene: Scene, query: Query, keys: list[bytes], form: str) -> dict[str, object]:
    """The answer of the verb ``copy``: one line for each key, but values as they are."""
    if form == "key":
        return {"text": "\n".join(map(keyspace(query.api).text, keys))}
    entries = Entries(scene, query).get(keys)
    if len(entries) < len(keys):
        raise Refused("a key is gone: it was deleted, or it has expired")
    if form == "value":
        if len(entries) > 1:
            raise Refused("copy one value at a time; of several keys copy the TypeScript")
        return {"text": _value(entries[0])}
    now = scene.clock.now_us()
    lines: list[str] = []
    room = limits.BROWSER_TEXT
    for entry in entries:
        line = statement(entry, query.api, now, room)
        if line is None:
            name = keyspace(query.api).text(entry.key)[: limits.PREVIEW]
            raise Refused(f"{name} is too large to copy, or TypeScript has no literal for it")
        room -= len(line) + 1
        lines.append(line)
    return {"text": "\n".join(lines)}


def _value(entry: Entry) -> str:
    value = entry.value
    if value is None:
        raise Refused("there is no value: the key is staged to be deleted")
    if len(value) > limits.BROWSER_TEXT:
        most = limits.BROWSER_TEXT // 2**20
        raise Refused(f"{len(value):,} bytes are too many to copy (max {most} MiB): read it with session.get()")
    if entry.encoding == "bytes":
        return value.hex()
    if entry.encoding == "u64":
        return str(int.from_bytes(value, "little"))
    if entry.encoding == "clone":
        try:
            return expression(value, limits.BROWSER_TEXT)
        except (Full, NoExpression) as problem:
            raise Refused(f"TypeScript has no literal for this value: {problem}") from None
    return value.decode("utf-8", "replace")

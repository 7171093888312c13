"""What a contract has staged beside what is committed, and how near it is to the limits."""

from tana_jupyter import limits
from tana_jupyter.spaces import DATA
from tana_jupyter.staging import StagedKey, key_count, total_size
from tana_jupyter.views.browser.diff import Line, diff
from tana_jupyter.views.browser.keyspace import TEXT
from tana_jupyter.views.browser.scene import Scene, staged_rows
from tana_jupyter.views.preview import preview

COMPARED = 524_288  # bytes of values that one answer compares line by line
COUNTED = 10_000  # committed keys that are read for the totals


def staged(scene: Scene, contract: str) -> dict[str, object]:
    """The answer of the verb ``staged``."""
    rows = staged_rows(scene, contract)
    keys = sorted(rows)[: limits.BROWSER_STAGED]
    listed = beside(scene, contract, keys)
    room = COMPARED
    shown: list[dict[str, object]] = []
    for each in listed:
        room -= len(each.committed or b"") + len(each.staged or b"")
        # The first is compared whatever its size.
        shown.append(_shown(each, diff(each.committed, each.staged) if room > 0 or not shown else None))
    return {
        "contract": contract,
        "rows": shown,
        "more": len(rows) - len(keys),
        "totals": totals(scene, contract),
    }


def beside(scene: Scene, contract: str, keys: list[bytes]) -> list[StagedKey]:
    """These staged keys, each with what is committed."""
    staging = scene.staging_of(contract)
    return [] if staging is None else list(staging.beside(scene.store, contract, scene.clock.now_us(), keys))


def totals(scene: Scene, contract: str) -> dict[str, object]:
    """What a commit would be measured by; ``exact`` is false where there is far too much to count it at a glance."""
    now = scene.clock.now_us()
    committed = scene.store.scan(DATA, contract, b"", None, now=now, limit=COUNTED)
    rows = staged_rows(scene, contract)
    return {
        "bytes": total_size(committed, rows),
        "limit_bytes": limits.DATA_TOTAL,
        "keys": key_count(committed, rows),
        "limit_keys": limits.DATA_KEYS,
        "exact": len(committed) < COUNTED,
    }


def told(found: dict[str, object]) -> str:
    """``39 / 102,400 bytes, 12 / 1,000 keys``."""
    least = "" if found["exact"] else "at least "
    size = f"{least}{found['bytes']:,} / {found['limit_bytes']:,} bytes"
    return f"{size}, {least}{found['keys']:,} / {found['limit_keys']:,} keys"


def comparison(key: StagedKey) -> dict[str, object]:
    """State, both values and their differences of one key."""
    return _shown(key, diff(key.committed, key.staged))


def _shown(key: StagedKey, lines: list[Line] | None) -> dict[str, object]:
    return {
        "k": key.key.hex(),
        "text": TEXT.text(key.key),
        "state": key.state,
        "committed": _preview(key.committed),
        "staged": _preview(key.staged),
        "diff": lines if lines is not None else [{"op": " ", "text": "(not compared here: look at the key alone)"}],
    }


def _preview(value: bytes | None) -> str | None:
    return None if value is None else preview(value, "text").text

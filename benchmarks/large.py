"""Large stores, filled as fast as one takes rows."""

from tana_jupyter.store.protocol import Store, Write

TIMES = 10
"""Keys for each one of the large store of other subjects: a million."""
CONTRACT = "big"
MADE = 1_767_225_600_000_000
"""When all rows were made: 2026."""

_BATCH = 10_000


def fill(
    store: Store,
    count: int,
    *,
    contract: str = CONTRACT,
    key: bytes = b"user:%d:name",
    value: bytes = b'{"id":%d,"name":"ada"}',
) -> None:
    """Write so many keys of ``tana/kv``; each row's number goes into ``key`` and ``value``."""
    for start in range(0, count, _BATCH):
        numbers = range(start, min(start + _BATCH, count))
        store.commit([Write("kv", contract, key % number, value % number) for number in numbers], now=MADE)

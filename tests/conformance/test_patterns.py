"""What people build on a key-value store, as the sequences of calls that arrive here."""

import json

from tana_jupyter.store.keys import after, prefix_end
from tana_jupyter.store.protocol import Check, Write
from tests.conformance.steps import NOW, SECOND, check, delete, get, keys, put, scan, value


def put_json(store, key, content, **fields):
    return put(store, key, json.dumps(content), encoding="json", **fields)


def get_json(store, key, now=NOW):
    row = get(store, key, now=now)
    return None if row is None else json.loads(row.value)


def under(store, prefix, now=NOW, limit=1000):
    return keys(store, prefix, prefix_end(prefix.encode()), now=now, limit=limit)


def test_secondary_indexes(store):
    """A record and its two indexes arrive together, are found from each side, and leave together."""
    book = {"title": "Momo", "isbn": "978-3", "shelf": "M"}
    store.commit(
        [
            Write("kv", "shop", b"book:17", json.dumps(book).encode(), "json"),
            Write("kv", "shop", b"isbn:978-3", b"17"),
            Write("kv", "shop", b"shelf:M:17", b""),
        ],
        now=NOW,
    )
    put_json(store, "book:170", {"title": "Jim Knopf"})
    put(store, "shelf:J:170", "")
    assert get_json(store, f"book:{value(store, 'isbn:978-3').decode()}") == book
    assert under(store, "shelf:M:") == [b"shelf:M:17"]
    assert under(store, "book:") == [b"book:17", b"book:170"]
    # Moved to another shelf in one step: nobody sees it on none or on both.
    done = store.commit(
        [Write("kv", "shop", b"shelf:M:17", None), Write("kv", "shop", b"shelf:A:17", b"")],
        now=NOW,
        checks=[check("shelf:M:17", get(store, "shelf:M:17").versionstamp)],
    )
    assert done is not None
    assert under(store, "shelf:") == [b"shelf:A:17", b"shelf:J:170"]


def test_a_unique_name_goes_to_the_first(store):
    def register(name, person):
        return put(store, f"name:{name}", person, checks=[check(f"name:{name}", None)]) is not None

    assert register("momo", "p1")
    assert not register("momo", "p2")
    assert register("Momo", "p2")
    delete(store, "name:momo")
    assert register("momo", "p2")


def test_a_counter_with_checks_loses_nothing(store):
    """Two writers take turns reading and writing; the slower one is refused and tries again."""

    def attempt(seen, by):
        number = int(seen.value) if seen else 0
        condition = check("hits", seen.versionstamp if seen else None)
        return put(store, "hits", str(number + by), checks=[condition]) is not None

    refused = 0
    for _ in range(50):
        seen = get(store, "hits")
        assert attempt(seen, 1)
        if not attempt(seen, 10):
            refused += 1
            assert attempt(get(store, "hits"), 10)
    assert refused == 50
    assert value(store, "hits") == b"550"


def test_a_counter_without_checks_can_lose(store):
    """The page-view counter of everyday code: nothing is refused, the last write stands."""
    put(store, "views:/", "5")
    one, other = value(store, "views:/"), value(store, "views:/")
    put(store, "views:/", str(int(one) + 1))
    put(store, "views:/", str(int(other) + 1))
    assert value(store, "views:/") == b"6"


def test_time_to_live_by_the_store_and_by_hand(store):
    later = NOW + 300 * SECOND
    put_json(store, "weather:ulm", {"c": 21}, expires_at=later)
    put_json(store, "weather:bonn", {"value": {"c": 19}, "until": later})
    assert get_json(store, "weather:ulm", later - 1) == {"c": 21}
    assert get_json(store, "weather:ulm", later) is None
    # The hand-made one stays until the code that reads it looks at its own date and deletes.
    assert under(store, "weather:", now=later) == [b"weather:bonn"]
    assert get_json(store, "weather:bonn", later)["until"] <= later
    delete(store, "weather:bonn", now=later)
    assert under(store, "weather:", now=later) == []


def test_pages_of_ten_and_one_more(store):
    """Ask for one more than shown to learn whether there is a next page; go on behind the last one shown."""
    store.commit([Write("kv", "shop", b"song:%03d" % number, b"") for number in range(34)], now=NOW)
    put(store, "songs", "not one of them")
    start, end, shown = b"song:", prefix_end(b"song:"), []
    while True:
        page = scan(store, start, end, limit=11, keys_only=True)
        shown.append([row.key for row in page[:10]])
        if len(page) <= 10:
            break
        start = after(page[9].key)
    assert [len(page) for page in shown] == [10, 10, 10, 4]
    assert [key for page in shown for key in page] == [b"song:%03d" % number for number in range(34)]


def test_a_rate_limit_over_a_sliding_window(store):
    def allowed(who, now, most=3, window=10 * SECOND):
        recent = [at for at in get_json(store, f"rate:{who}", now) or [] if at > now - window]
        if len(recent) >= most:
            return False
        put_json(store, f"rate:{who}", [*recent, now], now=now, expires_at=now + window)
        return True

    answers = [allowed("ann", NOW + int(second * SECOND)) for second in (0, 1, 2, 3, 9, 10, 10.5, 11)]
    assert answers == [True, True, True, False, False, True, False, True]
    assert allowed("bob", NOW + 3 * SECOND)
    # A quiet minute later nothing is left to count.
    assert under(store, "rate:", now=NOW + 60 * SECOND) == []
    assert allowed("ann", NOW + 60 * SECOND)


def test_a_cache_with_tags(store):
    def remember(key, tags):
        writes = [Write("kv", "shop", f"cache:{key}".encode(), b"page")]
        writes += [Write("kv", "shop", f"tag:{tag}:{key}".encode(), b"") for tag in tags]
        store.commit(writes, now=NOW)

    def forget(tag):
        marks = under(store, f"tag:{tag}:")
        tagged = [mark.split(b":", 2)[2] for mark in marks]
        gone = [*marks, *(b"cache:" + key for key in tagged)]
        if gone:
            store.commit([Write("kv", "shop", key, None) for key in gone], now=NOW)

    remember("/menu", ["food", "all"])
    remember("/wine", ["drinks", "all"])
    remember("/about", [])
    forget("food")
    assert under(store, "cache:") == [b"cache:/about", b"cache:/wine"]
    forget("all")
    assert under(store, "cache:") == [b"cache:/about"]
    forget("no such tag")
    assert under(store, "tag:") == [b"tag:drinks:/wine"]


def test_a_batch_is_written_read_and_deleted(store):
    names = [f"seat:{row}{number}" for row in "ABC" for number in range(1, 5)]
    store.commit([Write("kv", "shop", name.encode(), name.encode()) for name in names], now=NOW)
    wanted = [b"seat:C4", b"seat:Z9", b"seat:A1"]
    assert [row and row.value for row in store.get_many("kv", "shop", wanted, NOW)] == [
        b"seat:C4",
        None,
        b"seat:A1",
    ]
    done = store.commit([Write("kv", "shop", name, None) for name in wanted], now=NOW)
    assert [row is not None for row in done.before] == [True, False, True]
    assert len(under(store, "seat:")) == 10


def test_sessions(store):
    hour = 3600 * SECOND

    def renew(session, now):
        row = get(store, f"session:{session}", now=now)
        if row is None:
            return False
        put(store, f"session:{session}", row.value, now=now, expires_at=now + hour, metadata=row.metadata)
        return True

    put(store, "session:9f", "ann", expires_at=NOW + hour, metadata=b'{"from":"phone"}')
    put(store, "of:ann", "9f", expires_at=NOW + hour)
    assert renew("9f", NOW + hour - 1)
    row = get(store, "session:9f", now=NOW + hour)
    assert (row.value, row.metadata, row.created_at) == (b"ann", b'{"from":"phone"}', NOW)
    assert get(store, "of:ann", now=NOW + hour) is None
    assert not renew("9f", NOW + 2 * hour)
    # Logging in again is a new session, although the old row was never removed.
    put(store, "session:9f", "ann", now=NOW + 2 * hour)
    assert get(store, "session:9f", now=NOW + 2 * hour).created_at == NOW + 2 * hour


def test_feature_flags(store):
    put_json(store, "flag:dark", {"on": True, "percent": 25})
    put_json(store, "flag:beta", {"on": False, "people": ["ann"]})
    flags = {row.key.decode(): json.loads(row.value)["on"] for row in scan(store, "flag:", "flag;")}
    assert flags == {"flag:beta": False, "flag:dark": True}
    seen = store.head("shop")
    put_json(store, "flag:beta", {"on": True, "people": ["ann"]})
    assert [change.key for change in store.changes("shop", seen, 10)] == [b"flag:beta"]


def test_money_moves_whole_or_not_at_all(store):
    put(store, "purse:ann", "50", space="deno")
    put(store, "purse:bob", "5", space="deno")

    def move(amount, seen):
        checks = [Check("deno", "shop", row.key, row.versionstamp) for row in seen]
        left = [int(seen[0].value) - amount, int(seen[1].value) + amount]
        writes = [Write("deno", "shop", row.key, b"%d" % n, "json") for row, n in zip(seen, left, strict=True)]
        return store.commit(writes, now=NOW, checks=checks) is not None

    seen = store.get_many("deno", "shop", [b"purse:ann", b"purse:bob"], NOW)
    assert move(20, seen)
    assert not move(20, seen)
    rows = scan(store, space="deno")
    assert [row.value for row in rows] == [b"30", b"25"]


def test_messages_are_claimed_once(store):
    """A message is a row; taking it is a delete under a check, in the same commit as its effect."""
    for number in range(3):
        put(store, b"\x00%d" % number, b"mail %d" % number, space="queue")

    def claim(row):
        effect = Write("deno", "shop", b"sent:" + row.value, b"")
        condition = Check("queue", "shop", row.key, row.versionstamp)
        return store.commit([Write("queue", "shop", row.key, None), effect], now=NOW, checks=[condition])

    seen = scan(store, space="queue")
    assert all(claim(row) for row in seen)
    assert not any(claim(row) for row in seen)
    assert len(scan(store, space="deno")) == 3
    assert scan(store, space="queue") == []

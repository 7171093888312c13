"""``tana/kv``: list, its order, prefixes, ranges, and pages that survive what happens between them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter import Session
from tests.kv_harness import NOW, opened, told, value


@pytest.fixture
def session() -> Session:
    return opened()


@pytest.fixture
def letters() -> Session:
    session = opened()
    value(session, "for (const k of 'abcdef') await kv.put(k, k)")
    return session


def too_long(size: int) -> dict[str, object]:
    cause = f"KV GET failed: 414 UTF-8 encoded length of {size} exceeds key length limit of 512."
    return {"error": f"Error: KV key too long: {size} bytes (max 512)", "status": 414, "cause": cause}


INVALID_CURSOR = {
    "error": "Error: Invalid cursor: pass the cursor that list() returned",
    "status": 400,
    "cause": "KV GET failed: 400 Invalid cursor",
}


def test_an_empty_store(session: Session) -> None:
    page = {"keys": [], "list_complete": True, "cursor": None, "cacheStatus": None}
    assert value(session, "[await kv.list(), await kv.list(null), await kv.list({}), await kv.list([])]") == [page] * 4


def test_keys_show_what_they_have(session: Session) -> None:
    code = """
        await kv.put('a', 'v', { metadata: 0 }); await kv.put('b', 'v'); await kv.put('c', 'v', { expirationTtl: 60 })
        await kv.put('d', 'v', { expirationTtl: 90, metadata: { n: 1 } })
        ;(await kv.list()).keys
    """
    assert value(session, code) == [
        {"name": "a", "metadata": 0},
        {"name": "b"},
        {"name": "c", "expiration": NOW + 60},
        {"name": "d", "expiration": NOW + 90, "metadata": {"n": 1}},
    ]


def test_order_is_that_of_utf_8(session: Session) -> None:
    keys = ["a", "B", "é", "Z", "\ue000", "\uffff", "😀", "\u007f", "aa", "a\0", "10", "9"]
    value(session, "for (const key of given) await kv.put(key, 'v')", given=keys)
    assert value(session, "await names()") == sorted(keys, key=str.encode)
    assert value(session, "await names({ reverse: true })") == sorted(keys, key=str.encode, reverse=True)


PREFIXES = [
    ("'user:'", ["user:1", "user:10", "user:2"]),
    ("'user:1'", ["user:1", "user:10"]),
    ("'USER'", []),
    ("'*'", ["*"]),
    ("'%'", ["%x"]),
    ("'é'", ["é1"]),
    ("'.'", ["..."]),
    ("'\\0'", ["\0n"]),
    ("'😀'", ["😀!"]),
    ("1", ["1"]),
    ("null", None),
    ("undefined", None),
    ("''", None),
]  # fmt: skip


@pytest.mark.parametrize(("prefix", "wanted"), PREFIXES)
def test_prefixes_are_literal(session: Session, prefix: str, wanted: list[str] | None) -> None:
    every = ["user:1", "user:10", "user:2", "*", "%x", "é1", "è", "...", "\0n", "1", "😀!", "v"]
    value(session, "for (const key of given) await kv.put(key, 'v')", given=every)
    if wanted is None:
        wanted = sorted(every, key=str.encode)
    assert value(session, f"await names({{ prefix: {prefix} }})") == wanted


@pytest.mark.parametrize("member", ["prefix", "start", "startAfter", "end"])
def test_bounds_may_be_as_long_as_keys(session: Session, member: str) -> None:
    assert isinstance(told(session, f"names({{ {member}: 'é'.repeat(256) }})"), list)
    assert told(session, f"kv.list({{ {member}: 'é'.repeat(256) + 'a' }})") == too_long(513)
    symbol = {"error": "TypeError: Cannot convert a Symbol value to a string"}
    assert told(session, f"kv.list({{ {member}: Symbol('x') }})") == symbol


# Limit -> keys of the first page, of 1,002.
LIMITS = [
    ("undefined", 1000), ("null", 1000), ("0", 1000), ("-5", 1000), ("NaN", 1000), ("0.5", 1000), ("'x'", 1000), ("{}", 1000),
    ("1", 1), ("1.9", 1), ("'10'", 10), ("999", 999), ("1000", 1000), ("1001", 1000), ("1e9", 1000), ("2147483648", 1000),
    ("Infinity", 1000), ("-Infinity", 1000), ("true", 1),
]  # fmt: skip


def test_limits(session: Session) -> None:
    value(session, "await kv.putBulk(Array.from({ length: 1002 }, (_, i) => ({ key: `k${i}`, value: 'v' })))")
    for limit, wanted in LIMITS:
        code = f"const page = await kv.list({{ limit: {limit} }}); [page.keys.length, page.list_complete, typeof page.cursor]"
        assert value(session, code) == [wanted, False, "string"], limit
    assert told(session, "kv.list({ limit: 5n })")["error"].startswith("TypeError")


@pytest.mark.parametrize("options", ["5", "'prefix'", "true", "Symbol('x')", "1n", "''", "0"])
def test_options_must_be_an_object(session: Session, options: str) -> None:
    text = "TypeError: Failed to execute 'list' on 'KvNamespace': parameter 1 is not of type 'ListOptions'."
    assert told(session, f"kv.list({options})") == {"error": text}


def test_exactly_as_many_as_are_left_is_complete(letters: Session) -> None:
    page = value(letters, "await kv.list({ limit: 6 })")
    assert (page["list_complete"], page["cursor"]) == (True, None)
    assert value(
        letters, "const one = await kv.list({ limit: 5 }); await kv.list({ limit: 1, cursor: one.cursor })"
    ) == {
        "keys": [{"name": "f"}],
        "list_complete": True,
        "cursor": None,
        "cacheStatus": None,
    }


RANGES = [
    ("start: 'c'", "cdef"),
    ("start: 'bb'", "cdef"),
    ("startAfter: 'c'", "def"),
    ("end: 'c'", "ab"),
    ("end: 'cc'", "abc"),
    ("start: 'b', end: 'e'", "bcd"),
    ("startAfter: 'b', end: 'e'", "cd"),
    ("start: 'e', end: 'b'", ""),
    ("start: 'c', end: 'c'", ""),
    ("start: 'b', end: 'e', reverse: true", "dcb"),
    ("startAfter: 'b', reverse: true", "fedc"),
    ("reverse: true, limit: 2", "fe"),
    ("start: 'b', limit: 2", "bc"),
    ("start: null, end: undefined, startAfter: null", "abcdef"),
    ("start: ''", "abcdef"),
    ("startAfter: ''", "abcdef"),
    ("end: ''", ""),
    ("prefix: 'c', start: 'a'", "c"),
    ("prefix: 'c', start: 'd'", ""),
    ("prefix: 'c', startAfter: 'c'", ""),
    ("prefix: 'c', end: 'c'", ""),
    ("prefix: 'c', reverse: true", "c"),
    ("reverse: 0", "abcdef"),
    ("reverse: 'no'", "fedcba"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "wanted"), RANGES)
def test_ranges(letters: Session, options: str, wanted: str) -> None:
    assert value(letters, f"await names({{ {options} }})") == list(wanted)


def test_start_and_start_after_exclude_each_other(letters: Session) -> None:
    text = "TypeError: list() cannot be called with both start and startAfter values."
    assert told(letters, "kv.list({ start: 'a', startAfter: 'a' })") == {"error": text}


PAGES = """
    globalThis.pages = async (options, between = () => {}) => {
      const seen = []
      let cursor
      for (let turn = 0; turn < 50; turn++) {
        const page = await kv.list({ ...options, cursor })
        seen.push(page.keys.map((key) => key.name))
        if (page.list_complete) return seen
        cursor = page.cursor
        await between(turn)
      }
    }
"""


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("limit: 2", ["ab", "cd", "ef"]),
        ("limit: 4", ["abcd", "ef"]),
        ("limit: 4, reverse: true", ["fedc", "ba"]),
        ("limit: 1, start: 'b', end: 'd'", ["b", "c"]),
        ("limit: 2, startAfter: 'a', reverse: true", ["fe", "dc", "b"]),
    ],
)
def test_pages(letters: Session, options: str, wanted: list[str]) -> None:
    assert value(letters, f"{PAGES}; await pages({{ {options} }})") == [list(page) for page in wanted]


@pytest.mark.parametrize(
    ("between", "wanted"),
    [
        ("await kv.put('aa', 'new')", ["ab", "cd", "ef"]),  # before the place: it is not seen
        ("if (!turn) await kv.put('z', 'new')", ["ab", "cd", "ef", "z"]),
        ("await kv.delete('b')", ["ab", "cd", "ef"]),  # the key the cursor stands on
        ("await kv.delete('c')", ["ab", "de", "f"]),
        ("for (const k of 'abc') await kv.delete(k)", ["ab", "de", "f"]),
        ("for (const k of 'cdef') await kv.delete(k)", ["ab", ""]),
        ("await kv.put('b', 'w', { metadata: 1 })", ["ab", "cd", "ef"]),
    ],
)
def test_pages_survive_what_happens_between_them(letters: Session, between: str, wanted: list[str]) -> None:
    seen = value(letters, f"{PAGES}; await pages({{ limit: 2 }}, async (turn) => {{ {between} }})")
    assert ["".join(page) for page in seen] == wanted


def test_pages_in_reverse_survive_too(letters: Session) -> None:
    between = (
        "if (!turn) { await kv.delete('e'); await kv.delete('d'); await kv.put('dd', 'new'); await kv.put('z', 'new') }"
    )
    seen = value(letters, f"{PAGES}; await pages({{ limit: 2, reverse: true }}, async (turn) => {{ {between} }})")
    assert seen == [["f", "e"], ["dd", "c"], ["b", "a"]]


def test_pages_over_keys_that_expire(session: Session) -> None:
    value(session, "for (const k of 'abcdef') await kv.put(k, k, { expirationTtl: k < 'd' ? 60 : 600 })")
    value(session, "var { cursor } = await kv.list({ limit: 2 })")
    session.clock.advance(60)
    assert value(session, "await names({ cursor })") == ["d", "e", "f"]
    assert value(session, "(await kv.list({ limit: 3 })).list_complete") is True


def test_a_cursor_is_only_a_place(letters: Session) -> None:
    code = "const { cursor } = await kv.list({ limit: 2 }); [await names({ cursor }), await names({ cursor, limit: 1 }), await names({ cursor, prefix: 'e' }), await names({ cursor, reverse: true }), await names({ cursor, start: 'd' })]"
    assert value(letters, code) == [list("cdef"), ["c"], ["e"], ["a"], list("def")]


@pytest.mark.parametrize("cursor", ["undefined", "null", "''"])
def test_no_cursor_is_the_beginning(letters: Session, cursor: str) -> None:
    assert value(letters, f"await names({{ cursor: {cursor} }})") == list("abcdef")


@pytest.mark.parametrize(
    "cursor",
    [
        "'garbage'", "'offset:2'", "'offset:2:'", "'offset:x:Yg=='", "'offset:2:Y'", "'offset:2:Yg'", "'offset:2:Y!g=='", "'offset: 2:Yg=='",
        "'Yg=='", "'offset:2:Yg==\\n'", "'offset:-2:Yg=='", "'offset:2:Yh=='", "'b'", "5", "{}", "'offset:٣:Yg=='", "'\\ud800'", "'x'.repeat(100000)",
    ],
)  # fmt: skip
def test_a_cursor_that_is_none_is_refused(letters: Session, cursor: str) -> None:
    assert value(letters, "await names({ cursor: 'offset:2:Yg==' })") == list("cdef")
    assert told(letters, f"kv.list({{ cursor: {cursor} }})") == INVALID_CURSOR


@pytest.mark.parametrize("key", ["a\0b", "é", "😀", "?>~", "\x7f", "a" * 512])
def test_any_key_can_be_where_a_page_ends(session: Session, key: str) -> None:
    code = "await kv.put(given, 'v'); await kv.put('\\u{10ffff}', 'v'); const one = await kv.list({ limit: 1 }); [one.keys[0].name, await names({ cursor: one.cursor })]"
    assert value(session, code, given=key) == [key, ["\U0010ffff"]]


def test_a_loop_for_cloudflare_and_one_for_tana(letters: Session) -> None:
    code = """
        const seen = []
        let page, cursor
        do { page = await kv.list({ limit: 4, cursor: page?.cursor }); seen.push(...page.keys) } while (!page.list_complete)
        do { page = await kv.list({ limit: 4, cursor }); seen.push(...page.keys); cursor = page.cursor } while (cursor)
        seen.length
    """
    assert value(letters, code) == 12


KEYS = st.text(st.sampled_from("ab:é\uffff😀\0"), min_size=1, max_size=4).filter(lambda key: key not in {".", ".."})
BOUND = st.none() | KEYS


@settings(max_examples=80)
@given(
    keys=st.lists(KEYS, unique=True, max_size=12),
    prefix=BOUND,
    start=BOUND,
    end=BOUND,
    exclusive=st.booleans(),
    reverse=st.booleans(),
    limit=st.integers(1, 5),
)
def test_all_pages_together_are_the_range(
    keys: list[str],
    prefix: str | None,
    start: str | None,
    end: str | None,
    exclusive: bool,
    reverse: bool,
    limit: int,
) -> None:
    options: dict[str, Any] = {"prefix": prefix, "end": end, "reverse": reverse, "limit": limit}
    options["startAfter" if exclusive else "start"] = start

    def inside(key: str) -> bool:
        low = start is None or (key.encode() > start.encode() if exclusive else key.encode() >= start.encode())
        return low and key.startswith(prefix or "") and (end is None or key.encode() < end.encode())

    wanted = sorted(filter(inside, keys), key=str.encode, reverse=reverse)
    code = "await kv.deleteBulk(await names()); await kv.putBulk(keys.map((key) => ({ key, value: key }))); await pages(options)"
    seen = value(SHARED, code, keys=keys, options=options)
    assert [name for page in seen for name in page] == wanted
    assert all(len(page) == limit for page in seen[:-1])


SHARED = opened()
SHARED.run(PAGES)

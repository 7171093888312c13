"""Patterns that guides to key-value storage teach: each runs as a cell, and does to the store what it promises."""

from __future__ import annotations

import pytest

from tana_jupyter import Session
from tests.seed_harness import SHOP, START_MS, counts, shop, stored, value


@pytest.fixture
def session() -> Session:
    return shop()


# Indexing: one row holds the record, further rows lead to it.

INDEXES = """
    interface Member { id: string; email: string; username: string; created: number }

    const indexes = ['email', 'username'] as const

    async function enrol(id: string, email: string, username: string): Promise<Member> {
      const member: Member = { id, email, username, created: Date.now() }
      await kv.put(`user:${id}`, member)
      for (const index of indexes) await kv.put(`${index}:${member[index]}`, id)
      return member
    }
    async function find(index: typeof indexes[number], term: string): Promise<Member | null> {
      const id = await kv.get(`${index}:${term}`)
      return id === null ? null : await kv.get(`user:${id}`, { type: 'json' })
    }
    async function everyone() {
      const { keys } = await kv.list({ prefix: 'user:' })
      const members = []
      for (const { name } of keys) members.push(await kv.get(name, { type: 'json' }))
      return members
    }
"""
IDA = {"id": "7", "email": "ida@lund.example", "username": "ida", "created": START_MS}


@pytest.fixture
def members(session: Session) -> Session:
    value(session, INDEXES)
    return session


def test_a_record_is_written_beside_a_row_for_each_index(members: Session) -> None:
    assert value(members, "await enrol('7', 'ida@lund.example', 'ida')") == IDA
    assert counts(members) == (0, 3, 0, 0)
    assert stored(members) == {"email:ida@lund.example": "7", "user:7": IDA, "username:ida": "7"}


@pytest.mark.parametrize(
    ("index", "term", "found", "reads"),
    [("email", "ida@lund.example", IDA, 2), ("username", "ida", IDA, 2), ("email", "nobody@x.example", None, 1)],
)
def test_an_index_leads_to_the_record(members: Session, index: str, term: str, found: object, reads: int) -> None:
    value(members, "await enrol('7', 'ida@lund.example', 'ida')")
    assert value(members, "await find(index, term)", index=index, term=term) == found
    assert counts(members) == (reads, 0, 0, 0)


def test_a_prefix_lists_the_records_and_none_of_the_indexes(members: Session) -> None:
    value(members, "for (const n of ['cy', 'al', 'bo']) await enrol(n, `${n}@x.example`, n)")
    assert [member["id"] for member in value(members, "await everyone()")] == ["al", "bo", "cy"]
    assert counts(members) == (3, 0, 0, 1)
    assert list(members.keys("user:*", contract=SHOP)["key"]) == ["user:al", "user:bo", "user:cy"]


# A counter that reads, adds and writes. Between reading and writing others may read the same number.

COUNTER = """
    async function bump(name: string): Promise<number> {
      const key = `counter:${name}`
      const held = await kv.get(key, { type: 'json' })
      const count: number = (held?.value || 0) + 1
      await kv.put(key, { value: count, lastUpdated: Date.now() })
      return count
    }
    export async function get(req: Request) {
      return { page: req.url, views: await bump(`views:${req.url}`) }
    }
"""


@pytest.mark.parametrize(
    ("code", "returned", "ends_at"),
    [
        ("await Promise.all([bump('likes'), bump('likes')])", [1, 1], 1),
        ("[await bump('likes'), await bump('likes')]", [1, 2], 2),
        ("await Promise.all(Array.from({ length: 10 }, () => bump('likes')))", [1] * 10, 1),
    ],
    ids=["two at once", "one after the other", "ten at once"],
)
def test_a_counter_under_race(session: Session, code: str, returned: list[int], ends_at: int) -> None:
    value(session, COUNTER)
    assert value(session, code) == returned
    assert counts(session) == (len(returned), len(returned), 0, 0)
    assert stored(session) == {"counter:likes": {"value": ends_at, "lastUpdated": START_MS}}


def test_page_views_are_counted_by_address(session: Session) -> None:
    value(session, COUNTER)
    urls = ["/tea", "/cake?with=cream", "/tea"]
    bodies = [session[SHOP].get(url, caller=caller).body for url, caller in zip(urls, ["ida", None, "bo"], strict=True)]
    tea, cake = "http://localhost:8180/shop/tea", "http://localhost:8180/shop/cake?with=cream"
    assert bodies == [{"page": tea, "views": 1}, {"page": cake, "views": 1}, {"page": tea, "views": 2}]
    held = {key: row["value"] for key, row in stored(session, "counter:views:*").items()}
    assert held == {f"counter:views:{cake}": 1, f"counter:views:{tea}": 2}


# Expiry kept inside the value.

LEASE = """
    async function lend(key: string, value: unknown, seconds: number) {
      await kv.put(key, { value, expiresAt: Date.now() + seconds * 1000 })
    }
    async function borrow(key: string) {
      const lease = await kv.get(key, { type: 'json' })
      if (lease?.expiresAt && Date.now() > lease.expiresAt) {
        await kv.delete(key)
        return null
      }
      return lease ? lease.value : null
    }
    await lend('cache:api:menu', menu, 300)
"""
MENU = [{"dish": "pea soup", "price": 85}]


@pytest.mark.parametrize(
    ("seconds", "found", "deletes"),
    [(0, MENU, 0), (300, MENU, 0), (300.001, None, 1), (86400, None, 1)],
)
def test_a_value_with_a_deadline(session: Session, seconds: float, found: object, deletes: int) -> None:
    value(session, LEASE, menu=MENU)
    assert stored(session) == {"cache:api:menu": {"value": MENU, "expiresAt": START_MS + 300_000}}
    session.clock.advance(seconds)
    assert value(session, "await borrow('cache:api:menu')") == found
    assert counts(session) == (1, 0, deletes, 0)
    assert len(stored(session)) == 1 - deletes


def test_a_deadline_inside_the_value_hides_nothing_by_itself(session: Session) -> None:
    value(session, LEASE, menu=MENU)
    session.clock.advance(86400)
    assert value(session, "(await kv.list({ prefix: 'cache:' })).keys.map(key => key.name)") == ["cache:api:menu"]
    assert value(session, "await borrow('cache:none')") is None
    assert counts(session) == (1, 0, 0, 0)


# Pages: ask for one more than is shown.

PAGES = """
    interface Page<T> { items: T[]; nextCursor: string | null; hasMore: boolean }

    async function page(cursor: string | null, size: number = 10): Promise<Page<any>> {
      const { keys } = await kv.list({ prefix: 'user:', limit: size + 1 })
      const items = []
      for (const { name } of keys.slice(0, Math.min(size, keys.length))) items.push(await kv.get(name, { type: 'json' }))
      const hasMore = keys.length > size
      return { items, nextCursor: hasMore ? keys[size - 1].name : null, hasMore }
    }
    export async function get(req: Request) {
      return await page(req.query.cursor || null, 10)
    }
    for (let n = 0; n < people; n++) await kv.put(`user:${String(n).padStart(3, '0')}`, { n })
"""


@pytest.mark.parametrize(
    ("people", "shown", "cursor"),
    [(0, 0, None), (1, 1, None), (10, 10, None), (11, 10, "user:009"), (25, 10, "user:009")],
)
def test_a_page_knows_whether_there_is_another(session: Session, people: int, shown: int, cursor: str | None) -> None:
    value(session, PAGES, people=people)
    body = session[SHOP].get("/").body
    assert body == {"items": [{"n": n} for n in range(shown)], "nextCursor": cursor, "hasMore": cursor is not None}
    assert counts(session) == (shown, 0, 0, 1)


def test_a_cursor_that_list_is_not_given_changes_nothing(session: Session) -> None:
    value(session, PAGES, people=25)
    contract = session[SHOP]
    assert contract.get("/?cursor=user:009").body == contract.get("/").body


def test_the_cursor_of_list_leads_through_all_pages(session: Session) -> None:
    value(session, PAGES, people=25)
    code = """
        const sizes = []
        let cursor = null
        do {
          const listed = await kv.list({ prefix: 'user:', limit: 10, cursor })
          sizes.push([listed.keys.length, listed.keys[0].name, listed.list_complete])
          cursor = listed.cursor
        } while (cursor)
        sizes
    """
    assert value(session, code) == [[10, "user:000", False], [10, "user:010", False], [5, "user:020", True]]


# A limit on requests: the times of those that were let in, within a window that slides.

LIMITER = """
    async function admit(who: string, most: number, seconds: number): Promise<{ allowed: boolean; remaining: number }> {
      const now = Date.now()
      const log = await kv.get(`ratelimit:${who}`, { type: 'json' })
      const recent: number[] = (log?.requests || []).filter((at: number) => at > now - seconds * 1000)
      const allowed = recent.length < most
      if (allowed) await kv.put(`ratelimit:${who}`, { requests: [...recent, now] })
      return { allowed, remaining: Math.max(0, most - recent.length - (allowed ? 1 : 0)) }
    }
    export async function post(req: Request, body: any) {
      const who = req.tana.caller?.id
      if (!who) return { error: 'sign in first' }
      const { allowed, remaining } = await admit(who, 3, 60)
      return allowed ? { done: body.task } : { error: 'slow down', remaining }
    }
"""


def test_requests_over_the_limit_are_refused_and_leave_no_trace(session: Session) -> None:
    value(session, LIMITER)
    answers = []
    for seconds in [0, 10, 10, 10, 29, 1, 0, 1]:  # the fifth comes 59 seconds after the first
        session.clock.advance(seconds)
        answers.append("done" in session[SHOP].post("/", {"task": 1}, caller="ida").body)
    #                  0     10    20    30     59     60    60     61
    assert answers == [True, True, True, False, False, True, False, False]
    times = [START_MS + 1000 * seconds for seconds in (10, 20, 60)]
    assert stored(session) == {"ratelimit:usr_ida": {"requests": times}}


def test_callers_have_limits_of_their_own_and_nobody_has_none(session: Session) -> None:
    value(session, LIMITER)
    contract = session[SHOP]
    bodies = [contract.post("/", {"task": n}, caller="ida").body for n in range(4)]
    assert bodies == [{"done": 0}, {"done": 1}, {"done": 2}, {"error": "slow down", "remaining": 0}]
    assert contract.post("/", {"task": 5}, caller="bo").body == {"done": 5}
    assert contract.post("/", {"task": 6}).body == {"error": "sign in first"}
    assert counts(session) == (0, 0, 0, 0)
    assert list(stored(session)) == ["ratelimit:usr_bo", "ratelimit:usr_ida"]

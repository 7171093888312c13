"""More of what guides to key-value storage teach: caches, batches, sessions, flags, and names that can be listed."""

from __future__ import annotations

import pytest

from tana_jupyter import ContractError, ContractTimeout, Session
from tests.seed_harness import SHOP, START_MS, counts, shop, stored, value


@pytest.fixture
def session() -> Session:
    return shop()


# A cache whose entries carry tags, and rows by tag that name them.

TAGS = """
    class Tagged {
      async set(key: string, value: any, tags: string[] = []) {
        await kv.put(`cache:${key}`, { value, tags, cachedAt: Date.now() })
        for (const tag of tags) {
          const keys: string[] = (await kv.get(`tag:${tag}`, { type: 'json' }))?.keys || []
          if (!keys.includes(key)) await kv.put(`tag:${tag}`, { keys: [...keys, key] })
        }
      }
      async get(key: string) {
        return (await kv.get(`cache:${key}`, { type: 'json' }))?.value || null
      }
      async drop(tag: string) {
        const tagged = await kv.get(`tag:${tag}`, { type: 'json' })
        if (!tagged) return
        for (const key of tagged.keys) await kv.delete(`cache:${key}`)
        await kv.delete(`tag:${tag}`)
      }
    }
    const cache = new Tagged()
    await cache.set('user:7', profile, ['people', 'user:7'])
    await cache.set('user:8', { name: 'Bo' }, ['people'])
    await cache.set('menu', ['soup'])
"""


def test_a_tag_drops_what_it_names(session: Session) -> None:
    value(session, TAGS, profile={"name": "Ida"})
    assert counts(session) == (3, 6, 0, 0)
    assert stored(session, "tag:*") == {
        "tag:people": {"keys": ["user:7", "user:8"]},
        "tag:user:7": {"keys": ["user:7"]},
    }
    assert value(session, "await cache.drop('people')") is None
    assert counts(session) == (1, 0, 3, 0)
    assert value(session, "[await cache.get('user:7'), await cache.get('menu')]") == [None, ["soup"]]
    # The entry's other tag still names it.
    assert list(stored(session)) == ["cache:menu", "tag:user:7"]


def test_a_tag_that_nobody_has_drops_nothing(session: Session) -> None:
    value(session, TAGS, profile={"name": "Ida"})
    value(session, "await cache.drop('weather')")
    assert counts(session) == (1, 0, 0, 0)


def test_setting_again_names_an_entry_once(session: Session) -> None:
    value(session, TAGS, profile={"name": "Ida"})
    value(session, "await cache.set('user:8', { name: 'Bob' }, ['people'])")
    assert counts(session) == (1, 1, 0, 0)
    assert stored(session, "tag:people") == {"tag:people": {"keys": ["user:7", "user:8"]}}


# Many operations at once.

BATCHES = """
    const readAll = (keys: string[]) => Promise.all(keys.map((key) => kv.get(key, { type: 'json' })))
    async function writeAll(rows: Record<string, any>) {
      await Promise.all(Object.entries(rows).map(([key, row]) => kv.put(key, row)))
    }
    async function dropAll(keys: string[]) {
      await Promise.all(keys.map((key) => kv.delete(key)))
    }
    export async function post(req: Request, body: any) {
      await writeAll(body)
      return { rows: await readAll([...Object.keys(body), 'user:none']) }
    }
"""


def test_a_batch_is_many_operations_and_one_await(session: Session) -> None:
    value(session, BATCHES)
    rows = {"user:c": {"name": "Cy"}, "user:a": {"name": "Al"}, "user:b": {"name": "Bo"}}
    outcome = session[SHOP].post("/users", rows, caller="ida")
    assert outcome.body == {"rows": [{"name": "Cy"}, {"name": "Al"}, {"name": "Bo"}, None]}
    assert counts(session) == (4, 3, 0, 0)
    assert stored(session) == rows
    value(session, "await dropAll(['user:a', 'user:c', 'user:none'])")
    assert counts(session) == (0, 0, 2, 0)
    assert list(stored(session)) == ["user:b"]


# Sessions: a random name, a deadline, and a row that leads from a user to the session.

SESSIONS = """
    import { randomBytes } from 'crypto'

    class Sessions {
      private ttl = 3600
      private deadline = () => Date.now() + this.ttl * 1000

      async create(userId: string): Promise<string> {
        const id = randomBytes(32).toString('hex')
        await kv.put(`session:${id}`, { id, userId, createdAt: Date.now(), expiresAt: this.deadline() })
        await kv.put(`user_session:${userId}`, id)
        return id
      }
      async get(id: string) {
        const held = await kv.get(`session:${id}`, { type: 'json' })
        if (held && Date.now() > held.expiresAt) {
          await this.destroy(id)
          return null
        }
        return held
      }
      async refresh(id: string) {
        const held = await this.get(id)
        if (held) await kv.put(`session:${id}`, { ...held, expiresAt: this.deadline() })
        return held !== null
      }
      async destroy(id: string) {
        const held = await this.read(id)
        if (held) await kv.delete(`user_session:${held.userId}`)
        await kv.delete(`session:${id}`)
      }
      protected read(id: string) {
        return kv.get(`session:${id}`, { type: 'json' })
      }
      async getByUserId(userId: string): Promise<string | null> {
        return await kv.get(`user_session:${userId}`)
      }
    }
    const sessions = new Sessions()
"""


@pytest.fixture
def visits(session: Session) -> Session:
    value(session, SESSIONS)
    return session


def test_a_session_is_two_rows(visits: Session) -> None:
    name = value(visits, "const id = await sessions.create('ida'); id")
    assert len(bytes.fromhex(name)) == 32
    held = {"id": name, "userId": "ida", "createdAt": START_MS, "expiresAt": START_MS + 3_600_000}
    assert stored(visits) == {f"session:{name}": held, "user_session:ida": name}
    assert value(visits, "await sessions.get(id)") == held
    assert value(visits, "await sessions.getByUserId('ida')") == name
    assert value(
        visits, "[await sessions.get('x'), await sessions.refresh('x'), await sessions.getByUserId('bo')]"
    ) == [
        None,
        False,
        None,
    ]


def test_session_names_differ_and_follow_the_seed(visits: Session) -> None:
    code = "[await sessions.create('ida'), await sessions.create('ida')]"
    first, second = value(visits, code)
    assert first != second
    again = Session()
    again.chance.seed(7)
    assert again.run(f"import {{ kv }} from 'tana/kv'\n{SESSIONS}\n;{code}").value == [first, second]


def test_refreshing_moves_the_deadline(visits: Session) -> None:
    value(visits, "const id = await sessions.create('ida')")
    visits.clock.advance(3600)
    assert value(visits, "await sessions.refresh(id)") is True
    visits.clock.advance(3600)
    assert value(visits, "(await sessions.get(id)).expiresAt") == START_MS + 7_200_000
    visits.clock.advance(0.001)
    assert value(visits, "await sessions.get(id)") is None
    assert counts(visits) == (2, 0, 2, 0)
    assert stored(visits) == {}


def test_ending_a_session_takes_both_rows(visits: Session) -> None:
    value(visits, "const id = await sessions.create('ida'); const other = await sessions.create('bo')")
    value(visits, "await sessions.destroy(id)")
    assert counts(visits) == (1, 0, 2, 0)
    assert list(stored(visits, "user_session:*")) == ["user_session:bo"]


def test_a_store_that_asks_itself_about_an_expired_session_is_stopped(visits: Session) -> None:
    """``destroy`` by way of ``get``, which destroys what is expired, never ends once a session is."""
    value(visits, "class Circular extends Sessions { read(id: string) { return this.get(id) } }")
    value(visits, "const circular = new Circular(); const id = await circular.create('ida')")
    assert value(visits, "await circular.destroy(id); await circular.getByUserId('ida')") is None
    value(visits, "const late = await circular.create('bo')")
    visits.clock.advance(3601)
    with pytest.raises(ContractTimeout):
        visits.run("await circular.get(late)", contract=SHOP, timeout=0.1)
    assert stored(visits, "user_session:*").keys() == {"user_session:bo"}


# Feature flags: on or off, for a share of users, or for some.

FLAGS = """
    async function setFlag(name: string, enabled: boolean, config: any = {}) {
      await kv.put(`flag:${name}`, { enabled, config, updatedAt: Date.now() })
    }
    async function isOn(name: string, { userId }: any = {}): Promise<boolean> {
      const flag = await kv.get(`flag:${name}`, { type: 'json' })
      if (!flag?.enabled) return false
      const { percentage, userIds } = flag.config
      if (percentage) return hashOf(userId || '') % 100 < percentage
      return userIds ? userIds.includes(userId) : true
    }
    export async function get(req: Request) {
      return { features: { cart: await isOn('cart', { userId: req.tana.caller?.id }) } }
    }
    // The sum of the letters: as even as a test needs.
    const hashOf = (text: string) => [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
"""


@pytest.mark.parametrize(
    ("flag", "caller", "on"),
    [
        ("", "ida", False),
        ("await setFlag('cart', false, { percentage: 100 })", "ida", False),
        ("await setFlag('cart', true)", "ida", True),
        ("await setFlag('cart', true)", None, True),
        ("await setFlag('cart', true, { userIds: ['usr_ida'] })", "ida", True),
        ("await setFlag('cart', true, { userIds: ['usr_ida'] })", "bo", False),
        ("await setFlag('cart', true, { userIds: ['usr_ida'] })", None, False),
        # usr_ida sums up to 743, usr_bo to 654
        ("await setFlag('cart', true, { percentage: 43 })", "ida", False),
        ("await setFlag('cart', true, { percentage: 44 })", "ida", True),
        ("await setFlag('cart', true, { percentage: 44 })", "bo", False),
        ("await setFlag('cart', true, { percentage: 1 })", None, True),
    ],
)
def test_a_flag_is_on_for_whom_it_says(session: Session, flag: str, caller: str | None, on: bool) -> None:
    value(session, FLAGS)
    value(session, flag)
    assert session[SHOP].get("/", caller=caller).body == {"features": {"cart": on}}
    assert counts(session) == (1, 0, 0, 0)


def test_a_flag_is_one_row(session: Session) -> None:
    value(session, FLAGS)
    value(session, "await setFlag('cart', true); await setFlag('cart', false, { userIds: [] })")
    assert stored(session) == {"flag:cart": {"enabled": False, "config": {"userIds": []}, "updatedAt": START_MS}}


# Names of keys, listing, missing data, large values.


def test_a_hierarchy_of_names_is_listed_level_by_level(session: Session) -> None:
    names = ["user:7", "user:7:profile", "user:7:settings", "user:70", "cache:api:menu", "7_user", "apiCacheMenu"]
    value(session, "for (const name of names) await kv.put(name, '')", names=names)
    code = "(await kv.list({ prefix })).keys.map(({ name }) => name)"
    assert value(session, code, prefix="user:7:") == ["user:7:profile", "user:7:settings"]
    # Without the colon it is a stem, which other members share.
    assert value(session, code, prefix="user:7") == ["user:7", "user:70", "user:7:profile", "user:7:settings"]


def test_a_prefix_and_a_filter_find_the_same(session: Session) -> None:
    value(session, "for (const name of ['user:b', 'zoo', 'user:a', 'user']) await kv.put(name, 1)")
    narrow = "(await kv.list({ prefix: 'user:', limit: 100 })).keys"
    wide = "(await kv.list()).keys.filter(({ name }) => name.startsWith('user:'))"
    assert value(session, narrow) == value(session, wide) == [{"name": "user:a"}, {"name": "user:b"}]


@pytest.mark.parametrize(
    ("write", "answer"),
    [
        ("", {"error": "nothing there"}),
        ("await kv.put('cart', '{not json')", {"error": "no JSON"}),
        ("await kv.put('cart', { items: 2 })", {"items": 2}),
    ],
)
def test_what_is_missing_or_broken_is_answered(session: Session, write: str, answer: object) -> None:
    value(session, write)
    # A return at the top level ends the cell with that value.
    code = """
        try {
          const cart = await kv.get('cart', { type: 'json' })
          if (!cart) { return { error: 'nothing there' } }
          return { items: cart.items }
        } catch (problem) {
          return { error: 'no JSON' }
        }
    """
    assert value(session, code) == answer


def test_taking_it_for_granted_fails_at_the_field(session: Session) -> None:
    with pytest.raises(ContractError, match="TypeError: cannot read property 'items' of null"):
        value(session, "const cart = await kv.get('cart', { type: 'json' })\nreturn { items: cart.items }")


def test_parts_can_be_read_alone(session: Session) -> None:
    parts = {"profile": {"name": "Ida"}, "preferences": {"theme": "dark"}, "activity": [1, 2]}
    code = "for (const [part, content] of Object.entries(parts)) await kv.put(`user:7:${part}`, content)"
    value(session, code, parts=parts)
    value(session, "await kv.put('user:7', parts)", parts=parts)
    assert stored(session, "user:7:*") == {f"user:7:{part}": content for part, content in parts.items()}
    assert value(session, "await kv.get('user:7:preferences', { type: 'json' })") == parts["preferences"]


def test_all_in_one_value_ends_at_the_limit(session: Session) -> None:
    with pytest.raises(ContractError, match=r"KV value too large: 26214401 bytes \(max 26214400\)"):
        value(session, "await kv.put('user:7', { logs: 'x'.repeat(26214401 - '{\"logs\":\"\"}'.length) })")
    assert stored(session) == {}

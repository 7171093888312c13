import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.store.redact import misread, redact

SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:hunter2@db/tana",
        "POSTGRES://ann:hunter2@db/tana",
        "redis://:hunter2@cache:6379/0",
        "rediss://default:hunter2@cache",
        'could not parse "postgresql://ann:hunter2@db"',
        "tried postgresql://ann:hunter2@one/x, then redis://:hunter2@two/0.",
        "postgresql://ann:hunter2@one:5432,two:5433/tana",
        "postgresql://ann:hun/hunter2@db",
        "postgresql://ann:p@hunter2@db",
        "postgresql://ann:x:hunter2@db",
        "postgresql://ann:'hunter2@db",
        "postgresql://db/tana?user=ann&password=hunter2&sslmode=require",
        "postgresql://db/tana?sslpassword=hunter2",
        "host=db password=hunter2 user=ann",
        "host=db password = 'hunter2' user=ann",
        r"password='it\'s hunter2' user=ann",
        'password="a hunter2"',
        "PGPASSWORD=hunter2 psql",
        "REDIS_PASSWORD=hunter2",
        "{'user': 'ann', 'password': 'hunter2'}",
        '{"password": "hunter2", "n": 1}',
        "Connection(host='db', password='hunter2', db=0)",
        "auth_token=hunter2",
        "api_key=hunter2&x=1",
        "client-secret=hunter2",
        "postgresql://ann:pw@db:hunter2/tana",
        "postgresql://db:hunter2",
        "(redis://cache:hunter2)",
        "'redis://[::1]:hunter2/0'",
        "Command # 1 (AUTH default hunter2) of pipeline caused error: no",
        "(AUTH hunter2)",
        "(HELLO 3 AUTH default hunter2)",
    ],
)
def test_no_password_is_left(text):
    shown = redact(text)
    assert SECRET not in shown
    assert "***" in shown
    assert redact(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "postgresql://ann:pw@db:5432/tana?sslmode=require",
            "postgresql://ann:***@db:5432/tana?sslmode=require",
        ),
        ("host=db password=pw user=ann", "host=db password=*** user=ann"),
        ("(password='pw', db=0)", "(password=***, db=0)"),
        ("?password=pw&user=ann", "?password=***&user=ann"),
    ],
)
def test_the_rest_stays_readable(text, shown):
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "memory:",
        "sqlite:///home/ann/notes@home.db",
        "postgresql://ann@db:5432/tana",
        "postgresql://db:5432/tana",
        "redis://cache:6379/0",
        'FATAL: password authentication failed for user "ann"',
        "AUTH failed: WRONGPASS invalid username-password pair or user is disabled.",
        "NOAUTH Authentication required.",
        'relation "kv_storage" does not exist\nLINE 1: SELECT key = $1',
        "https://example.org/a:b",
    ],
)
def test_what_holds_no_password_is_untouched(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("postgresql://ann:top@hunter2@db/x", 'could not translate host name "hunter2@db"'),
        ("postgresql://ann:5432/hunter2@db/x", 'database "hunter2@db/x" does not exist'),
        ("redis://:hunter2@cache", "Error: invalid credentials hunter2"),
        ("redis://:h%75nter2@cache", "invalid password hunter2 (h%75nter2)"),
        ("postgresql://db/x?password=hunter2", "FATAL: hunter2 is wrong"),
        ("postgresql://db/x?password=a&hunter2", 'missing key/value separator "=" in URI query parameter: "hunter2"'),
        ("postgresql://db/x?password=a hunter2", 'unexpected spaces found in "a hunter2"'),
        ("redis://ann:[hunter2@[::1]:1", "'hunter2@[::1' does not appear to be an IPv4 or IPv6 address"),
    ],
)
def test_pieces_of_the_stores_own_password(url, text):
    shown = redact(text, url)
    assert SECRET not in shown
    assert "***" in shown


@given(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=6, max_size=20), st.text(max_size=20))
def test_no_password_survives_its_own_url(password, around):
    url = f"postgresql://ann:{password}@db/tana"
    assert password not in redact(f"{around} {url} {around.replace(password, '')}", url)


def test_long_texts_take_no_time():
    for piece in ("a", "://", "://a@", "://[", "://a:", "password", "password=", "'", "@"):
        redact(piece * 20_000)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("postgresql://ann:p@ss@db/x", "%40"),
        ("postgresql://ann:p/ss@db/x", "%2F"),
        ("postgresql://ann:p?ss@db/x", "%3F"),
        ("redis://:p#s@h", "%23"),
        ("postgresql://ann:pw@h:hunter2/db", "port"),
        ("postgresql://ann@h:hunter2/db", "port"),
        ("postgresql://ann:pw@[::1]:hunter2/db", "port"),
        ("postgresql://ann:pw@a:1,b:hunter2/db", "port"),
        ("redis://h:hunter2/0", "port"),
        ("redis://h:6379hunter2", "port"),
        ("redis://[::1]:]hunter2", "port"),
        ("postgresql:///ann:hunter2@db/tana", "two slashes"),
        ("postgres:////ann:hun?ter2@db/tana", "two slashes"),
        ("redis:///:hunter2@h:6379/0", "two slashes"),
    ],
)
def test_a_password_where_a_driver_would_not_find_it_is_noticed(url, word):
    assert word in misread(url)
    assert SECRET not in misread(url)
    assert SECRET not in redact(url, url)


@pytest.mark.parametrize(
    "url",
    [
        "redis://ann:a:b@h",
        "postgresql://ann:pw@h:5432/d?application_name=a@b",
        "redis://h:6379/0?x=a@b",
        "postgresql://[::1]/db?x=a@b",
        "postgresql://ann:pw@[::1]:5432/db",
        "postgresql://a:1,b:2/db?x=a@b",
        "postgresql://ann:pw@a:1,b:2/db",
        "postgresql://h:/db?x=a@b",
        "postgresql:///tana?host=/run/postgresql",
        "unix:///a:b/c@d.sock",
        "sqlite:////a:b@c",
        "sqlite:///a:b.db",
        "json:///a:b@c.json",
        "postgresql:///tana?host=@socket",
        "postgresql:///tana?application_name=a:b@c",
        "memory:",
        "host=db password=a:b@c",
    ],
)
def test_a_url_that_says_what_it_means_is_taken(url):
    assert misread(url) is None

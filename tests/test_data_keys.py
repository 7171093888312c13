"""Keys of ``tana/data``: what may be one, their order, and patterns."""

from __future__ import annotations

import json
import re

import pytest

from tana_jupyter import ContractTimeout, Session
from tests.data_harness import refused, shop, value


@pytest.fixture
def session() -> Session:
    return shop()


@pytest.mark.parametrize("key", ["5", "undefined", "null", "true", "{}", "['k']", "new String('k')", "5n", "Symbol()"])
@pytest.mark.parametrize("call", ["set({}, 1)", "get({})", "has({})", "delete({})"])
def test_a_key_that_is_no_string_is_refused(session: Session, call: str, key: str) -> None:
    assert refused(session, f"data.{call.replace('{}', key)}") == "TypeError: Key must be a string"
    assert value(session, "data.keys()") == []


@pytest.mark.parametrize("call", ["set()", "get()", "has()", "delete()"])
def test_a_missing_key_is_refused(session: Session, call: str) -> None:
    assert refused(session, f"data.{call}") == "TypeError: Key must be a string"


ODD_KEYS = ["", " ", "a\0b", "\n", "é", "😀", "__proto__", "constructor", "toString", "a:b", "*", "!", "7"]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_any_string_is_a_key(session: Session, key: str) -> None:
    code = "data.set(key, { at: key }); data.commit(); [data.get(key), data.has(key), data.keys()]"
    assert value(session, code, key=key) == [{"at": key}, True, [key]]
    code = "const all = data.entries(); [Object.keys(all), Object.hasOwn(all, key), JSON.stringify(all)]"
    assert value(session, code, key=key) == [
        [key],
        True,
        json.dumps({key: {"at": key}}, ensure_ascii=False, separators=(",", ":")),
    ]


def test_halves_of_surrogate_pairs_become_replacement_characters(session: Session) -> None:
    value(session, r"data.set('k\ud800', 'v\udc00'); data.commit()")
    code = r"[data.keys(), data.get('k\ufffd'), data.has('k\udfff')]"
    assert value(session, code) == [["k\ufffd"], "v\ufffd", True]


def test_keys_are_sorted_by_code_point(session: Session) -> None:
    names = ["b", "😀", "\uff5e", "B", "a", "", "é", "10", "9"]
    code = "for (const name of names) data.set(name, 1); data.commit(); data.set('aa', 1)"
    assert value(session, f"{code}; data.keys()", names=names) == [
        "",
        "10",
        "9",
        "B",
        "a",
        "aa",
        "b",
        "é",
        "\uff5e",
        "😀",
    ]


NAMES = ["user:1", "user:12", "USER:1", "user.1", "ann:balance", "bob:balance", "a\nb", "x", ""]
PATTERNS = [
    ("undefined", NAMES),
    ("null", NAMES),
    ("''", NAMES),
    ("0", NAMES),
    ("false", NAMES),
    ("'user:*'", ["user:1", "user:12"]),
    ("'*:balance'", ["ann:balance", "bob:balance"]),
    ("'*'", [name for name in NAMES if "\n" not in name]),
    ("'x'", ["x"]),
    ("'USER:*'", ["USER:1"]),
    ("'user'", []),
    ("'*a*'", ["ann:balance", "bob:balance"]),
    ("'a*b'", []),
    # All but the star is a regular expression, as in Tana.
    ("'user.1'", ["user.1", "user:1"]),
    ("'user:?1'", ["user:1"]),
    ("'user:1+2?'", ["user:1", "user:12"]),
    ("'[ab]*:balance'", ["ann:balance", "bob:balance"]),
    ("'(ann|bob):*'", ["ann:balance", "bob:balance"]),
    ("'x|user:*'", ["user:1", "user:12", "x"]),
    (r"'user\\:1'", ["user:1"]),
    (r"'a\\nb'", ["a\nb"]),
    ("'$'", [""]),
]


@pytest.mark.parametrize(("pattern", "found"), PATTERNS, ids=[pattern for pattern, _ in PATTERNS])
def test_patterns(session: Session, pattern: str, found: list[str]) -> None:
    code = f"""
        for (const name of names) data.set(name, 1)
        const staged = data.keys({pattern})
        data.commit();
        [staged, data.keys({pattern})]
    """
    assert value(session, code, names=NAMES) == [sorted(found), sorted(found)]


@pytest.mark.parametrize("pattern", ["[", "(", "a)", "+", "(?<n", "*+"])
def test_a_pattern_that_is_no_regular_expression(session: Session, pattern: str) -> None:
    assert re.fullmatch(r"Error: Invalid pattern: \S.*", refused(session, f"data.keys('{pattern}')"))


@pytest.mark.parametrize("pattern", ["5", "true", "/a/", "{}", "['*']", "() => true", "Symbol()", "1n"])
def test_a_pattern_that_is_no_string(session: Session, pattern: str) -> None:
    assert refused(session, f"data.keys({pattern})") == "TypeError: Pattern must be a string"


def test_a_catastrophic_pattern_ends_with_the_run(session: Session) -> None:
    value(session, "data.set('a'.repeat(40), 1); data.commit()")
    with pytest.raises(ContractTimeout):
        session.run("data.keys('(a+)+b')", contract="shop", timeout=0.2)
    session.run("import { data } from 'tana/data'", contract="shop")
    assert value(session, "data.keys().length") == 1

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.store.keys import Glob, after, prefix_end


@pytest.mark.parametrize(
    ("prefix", "end"),
    [
        (b"", None),
        (b"\xff", None),
        (b"\xff\xff\xff", None),
        (b"\0", b"\x01"),
        (b"a", b"b"),
        (b"user:", b"user;"),
        (b"a\xff", b"b"),
        (b"a\xfe\xff\xff", b"a\xff"),
        (b"\xff\0\xff", b"\xff\x01"),
    ],
)
def test_prefix_end(prefix, end):
    assert prefix_end(prefix) == end


@given(st.binary(max_size=4), st.binary(max_size=6))
def test_a_prefix_range_holds_exactly_its_keys(prefix, key):
    end = prefix_end(prefix)
    assert (prefix <= key and (end is None or key < end)) == key.startswith(prefix)


@given(st.binary(max_size=4), st.binary(max_size=6))
def test_nothing_lies_between_a_key_and_the_next(key, other):
    assert not key < other < after(key)


@pytest.mark.parametrize(
    ("pattern", "prefix", "yes", "no"),
    [
        ("user:*", "user:", ["user:", "user:1", "user:a\nb", "user:*"], ["user", "auser:1", "USER:1"]),
        ("user", "user", ["user"], ["user:", "use", "user*"]),
        ("", "", [""], ["a"]),
        ("*", "", ["", "a", "\n"], []),
        ("**", "", ["", "a"], []),
        ("*:name", "", [":name", "a:name", ":name:name"], ["name", ":name:"]),
        ("a*a", "a", ["aa", "aba"], ["a", "ab"]),
        ("a*b*c", "a", ["abc", "aXbXc", "abbcc", "abcbc"], ["acb", "ab", "bc"]),
        ("*a*b*", "", ["ab", "xaxbx", "aab"], ["ba", "a"]),
        ("ab*ba", "ab", ["abba", "abxba"], ["aba", "ab"]),
        ("é*😀", "é", ["é😀", "é-😀"], ["e😀", "é"]),
        ("[a-z]?.+(x)*", "[a-z]?.+(x)", ["[a-z]?.+(x)", "[a-z]?.+(x)y"], ["a", "ax", "b.+x"]),
        ("a\ud800*", "a\ufffd", ["a\ufffd", "a\ufffdz"], ["a", "a?"]),
    ],
)
def test_glob(pattern, prefix, yes, no):
    glob = Glob.of(pattern)
    assert glob.prefix == prefix.encode()
    assert [text for text in yes if not glob.matches(text.encode())] == []
    assert [text for text in no if glob.matches(text.encode())] == []


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_glob_means_what_the_regex_means(pattern, key):
    glob = Glob.of(pattern)
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), key) is not None
    assert glob.matches(key.encode()) == expected
    assert glob.exact == ("*" not in pattern)
    if expected:
        assert key.encode().startswith(glob.prefix)


def test_no_pattern_is_slow():
    """As a regular expression this one takes longer than the universe has."""
    assert not Glob.of("a*" * 60 + "b").matches(b"a" * 5000)

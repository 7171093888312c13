"""Headers: modules/web/headers.js."""

import pytest

from tests.web_harness import evaluate


def test_names_are_the_same_in_any_case() -> None:
    assert evaluate(
        """
        const headers = new Headers({ "Content-Type": "text/plain" });
        headers.append("ACCEPT", "a");
        headers.append("accept", "b");
        const seen = [headers.get("content-TYPE"), headers.get("Accept"), headers.get("none"),
          headers.has("aCCept"), headers.has("x")];
        headers.set("Accept", "c");
        headers.delete("CONTENT-TYPE");
        headers.delete("not there");
        return seen;
        """.replace("not there", "not-there")
    ) == ["text/plain", "a, b", None, True, False]


def test_iteration_is_sorted_and_combined() -> None:
    assert evaluate(
        """
        const headers = new Headers([["x-b", "1"], ["Set-Cookie", "a=1"], ["A", "2"], ["X-B", "3"],
          ["set-cookie", "b=2"]]);
        const seen = [[...headers], [...headers.keys()], [...headers.values()],
          [...headers.entries()].length];
        headers.forEach((value, name, parent) => { if (parent !== headers) throw new Error("parent");
          seen.push(`${name}=${value}`); });
        return [...seen, headers.getSetCookie(), headers.get("set-cookie"), new Headers().getSetCookie()];
        """
    ) == [
        [["a", "2"], ["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-b", "1, 3"]],
        ["a", "set-cookie", "set-cookie", "x-b"],
        ["2", "a=1", "b=2", "1, 3"],
        4,
        "a=2",
        "set-cookie=a=1",
        "set-cookie=b=2",
        "x-b=1, 3",
        ["a=1", "b=2"],
        "a=1, b=2",
        [],
    ]


def test_iterators_are_live() -> None:
    assert evaluate(
        """
        const headers = new Headers({ b: 1 });
        const seen = [];
        for (const [name] of headers) {
          seen.push(name);
          if (name === "b") { headers.append("c", "2"); headers.set("d", "3"); }
          if (name === "c") headers.delete("d");
        }
        return seen;
        """
    ) == ["b", "c"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (" a b\t", "a b"),
        ("\r\n a \n", "a"),
        ("", ""),
        ("\t", ""),
        ("é", "é"),
        ("\x0ba\x0c", "\x0ba\x0c"),
        ("a\tb", "a\tb"),
    ],
)
def test_values_are_normalised(value: str, kept: str) -> None:
    assert evaluate("return new Headers({ a: value }).get('a')", value=value) == kept


@pytest.mark.parametrize("value", ["a\0b", "a\nb", "a\rb", "€", "\ud800"])
def test_values_that_headers_cannot_carry(value: str) -> None:
    assert evaluate("new Headers().set('a', value)", value=value).startswith("!TypeError: Headers.set")


@pytest.mark.parametrize("name", ["", " ", "a b", "a:", "é", "a\n", "(a)", "€", "a\0"])
def test_names_that_are_none(name: str) -> None:
    for use in ["append(name, 'x')", "set(name, 'x')", "get(name)", "has(name)", "delete(name)"]:
        assert evaluate(f"new Headers().{use}", name=name).startswith("!TypeError")


INITS = [
    ("undefined", []),
    ("{}", []),
    ("{ a: 1, B: 2, A: 3 }", [["a", "1, 3"], ["b", "2"]]),
    ("[['a', 1], new Set(['b', 2])]", [["a", "1"], ["b", "2"]]),
    ("new Map([['a', 1]])", [["a", "1"]]),
    ("new Headers({ a: 1 })", [["a", "1"]]),
    ("null", "!TypeError"),
    ("1", "!TypeError"),
    ("'a'", "!TypeError"),
    ("[['a']]", "!TypeError"),
    ("['ab']", "!TypeError"),
    ("{ 'a b': 1 }", "!TypeError"),
    ("{ a: Symbol() }", "!TypeError"),
]


@pytest.mark.parametrize(("init", "pairs"), INITS)
def test_constructing(init: str, pairs: object) -> None:
    found = evaluate(f"return [...new Headers({init})]")
    assert (found.split(":")[0] if isinstance(found, str) else found) == pairs


@pytest.mark.parametrize(
    "wrong",
    [
        "Headers()",
        "new Headers().append('a')",
        "new Headers().get()",
        "Headers.prototype.get.call({}, 'a')",
        "Headers.prototype.keys()",
    ],
)
def test_misuse_is_a_type_error(wrong: str) -> None:
    assert evaluate(wrong).startswith("!TypeError")

"""URL and URLSearchParams: modules/web/url.js, against the examples and rules of the WHATWG URL standard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.errors import GuestError
from tana_jupyter.modules.web import urls
from tests.web_harness import evaluate

PARSED = [
    # Examples of the standard.
    ("https:example.org", None, "https://example.org/"),
    ("https://////example.com///", None, "https://example.com///"),
    ("https://example.com/././foo", None, "https://example.com/foo"),
    ("hello:world", "https://example.com", "hello:world"),
    ("https:example.org", "https://example.com/", "https://example.com/example.org"),
    ("\\example\\..\\demo/.\\", "https://example.com/", "https://example.com/demo/"),
    ("example", "https://example.com/demo", "https://example.com/example"),
    ("file:///C|/demo", None, "file:///C:/demo"),
    ("..", "file:///C:/demo", "file:///C:/"),
    ("file://loc%61lhost/", None, "file:///"),
    ("https://user:password@example.org/", None, "https://user:password@example.org/"),
    ("https://example.org/foo bar", None, "https://example.org/foo%20bar"),
    ("https://EXAMPLE.com/../x", None, "https://example.com/x"),
    ("https://example.org//", None, "https://example.org//"),
    ("https://example.com/[]?[]#[]", None, "https://example.com/[]?[]#[]"),
    ("https://example/%?%#%", None, "https://example/%?%#%"),
    ("https://example/%25?%25#%25", None, "https://example/%25?%25#%25"),
    # Relative references.
    ("../c?q#f", "http://h/a/b/d", "http://h/a/c?q#f"),
    ("//other/x", "https://h/a", "https://other/x"),
    ("?q", "https://h/a?old#f", "https://h/a?q"),
    ("#f", "https://h/a?q#old", "https://h/a?q#f"),
    ("", "https://h/a?q#old", "https://h/a?q"),
    ("/x", "blob:https://h/a", None),
    ("#f", "mailto:a@b", "mailto:a@b#f"),
    ("x", "mailto:a@b", None),
    # Ports, and those of the scheme itself.
    ("http://h:80/", None, "http://h/"),
    ("https://h:443/", None, "https://h/"),
    ("https://h:0080/", None, "https://h:80/"),
    ("http://h:65535/", None, "http://h:65535/"),
    ("http://h:65536/", None, None),
    ("http://h:x/", None, None),
    ("http://h:/", None, "http://h/"),
    # User names and passwords.
    ("http://a:b@c:d@h/", None, "http://a:b%40c%3Ad@h/"),
    ("http://@h/", None, "http://h/"),
    ("http://u@/x", None, None),
    # Hosts.
    ("http://0x7f.1/", None, "http://127.0.0.1/"),
    ("http://4294967295/", None, "http://255.255.255.255/"),
    ("http://256.1.1.1/", None, None),
    ("http://1.2.3.4.5/", None, None),
    ("http://[2001:DB8:0:0::1]:8080/", None, "http://[2001:db8::1]:8080/"),
    ("http://[::127.0.0.1]", None, "http://[::7f00:1]/"),
    ("http://[::1", None, None),
    ("http://[1:2]/", None, None),
    ("http://faß.ExAmPlE/", None, "http://xn--fa-hia.example/"),
    ("http://例え.テスト/", None, "http://xn--r8jz45g.xn--zckzah/"),
    ("http://ex%41mple/", None, "http://example/"),
    ("http://a b/", None, None),
    ("http://a%00b/", None, None),
    ("http:///", None, None),
    ("data://ho st/", None, None),
    ("non-special://ho%20ST/x", None, "non-special://ho%20ST/x"),
    # White space and controls.
    ("  http://h/a\tb\n ", None, "http://h/ab"),
    # Percent-encoding: each part has its own set.
    (
        'http://h/"<>`{}é?"<>`{}é\'#"<>`{}é',
        None,
        "http://h/%22%3C%3E%60%7B%7D%C3%A9?%22%3C%3E`{}%C3%A9%27#%22%3C%3E%60{}%C3%A9",
    ),
    ("http://h/%7e%zz", None, "http://h/%7e%zz"),
    ("http://h/a%2e%2E/b", None, "http://h/a%2e%2E/b"),
    ("http://h/a/%2e%2E/b", None, "http://h/b"),
    ("web+demo:/.//not-a-host/", None, "web+demo:/.//not-a-host/"),
    ("javascript:alert(1)", None, "javascript:alert(1)"),
    ("", None, None),
    ("example", None, None),
    ("http://h/\ud800", None, "http://h/%EF%BF%BD"),
]


@pytest.mark.parametrize(("url", "base", "href"), PARSED)
def test_parsing(url: str, base: str | None, href: str | None) -> None:
    found = evaluate(
        """
        const given = base === null ? [url] : [url, base];
        let made;
        try { made = new URL(...given).href; } catch (error) {
          made = error instanceof TypeError ? null : error.name; }
        return [made, URL.parse(...given)?.href ?? null, URL.canParse(...given)];
        """,
        url=url,
        base=base,
    )
    assert found == [href, href, href is not None]


def test_parts() -> None:
    assert evaluate(
        """
        const url = new URL("https://us%65r:p%40ss@Example.org:8443/a/b;c?x=1&y#frag");
        const names = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port",
          "pathname", "search", "hash"];
        return Object.fromEntries(names.map((name) => [name, url[name]]));
        """
    ) == {
        "href": "https://us%65r:p%40ss@example.org:8443/a/b;c?x=1&y#frag",
        "origin": "https://example.org:8443",
        "protocol": "https:",
        "username": "us%65r",
        "password": "p%40ss",
        "host": "example.org:8443",
        "hostname": "example.org",
        "port": "8443",
        "pathname": "/a/b;c",
        "search": "?x=1&y",
        "hash": "#frag",
    }


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("blob:https://h:8/x", "https://h:8"),
        ("blob:d:1", "null"),
        ("file:///x", "null"),
        ("mailto:a@b", "null"),
        ("wss://h/x", "wss://h"),
        ("ftp://h:21/", "ftp://h"),
    ],
)
def test_origin(url: str, origin: str) -> None:
    assert evaluate("return new URL(url).origin", url=url) == origin


SET = [
    ("http://h/a", "protocol", "https", "https://h/a"),
    ("http://h/a", "protocol", "https:ignored", "https://h/a"),
    ("http://h:443/a", "protocol", "https", "https://h/a"),
    ("http://h/a", "protocol", "mailto", "http://h/a"),
    ("http://h/a", "protocol", "1x", "http://h/a"),
    ("http://h/a", "username", "a:b@", "http://a%3Ab%40@h/a"),
    ("http://u:p@h/a", "username", "", "http://:p@h/a"),
    ("http://u:p@h/a", "password", "", "http://u@h/a"),
    ("file:///a", "username", "u", "file:///a"),
    ("http://h:8/a", "host", "other", "http://other:8/a"),
    ("http://h:8/a", "host", "other:9", "http://other:9/a"),
    ("http://h/a", "host", "", "http://h/a"),
    ("http://h/a", "host", "x y", "http://h/a"),
    ("http://h:8/a", "hostname", "[::1]", "http://[::1]:8/a"),
    ("http://h:8/a", "hostname", "x:9", "http://h:8/a"),
    ("mailto:x", "host", "h", "mailto:x"),
    ("http://h/a", "port", "80", "http://h/a"),
    ("http://h/a", "port", "8080abc", "http://h:8080/a"),
    ("http://h:8/a", "port", "", "http://h/a"),
    ("http://h:8/a", "port", "65536", "http://h:8/a"),
    ("http://h:8/a", "port", "x", "http://h:8/a"),
    ("http://h/a", "pathname", "b c/../d?e#f", "http://h/d%3Fe%23f"),
    ("mailto:x", "pathname", "/y", "mailto:x"),
    ("http://h/a?q", "search", "x=ü#", "http://h/a?x=%C3%BC%23"),
    ("http://h/a?q#f", "search", "", "http://h/a#f"),
    ("http://h/a", "search", "?", "http://h/a?"),
    ("http://h/a#f", "hash", "", "http://h/a"),
    ("http://h/a", "hash", "#a b", "http://h/a#a%20b"),
    ("http://h/a", "href", "ftp://x", "ftp://x/"),
    ("http://h/a", "hash", "\ud800", "http://h/a#%EF%BF%BD"),
]


@pytest.mark.parametrize(("url", "part", "value", "href"), SET)
def test_setters(url: str, part: str, value: str, href: str) -> None:
    assert (
        evaluate("const it = new URL(url); it[part] = value; return it.href", url=url, part=part, value=value) == href
    )


def test_a_wrong_href_throws_and_changes_nothing() -> None:
    assert evaluate(
        """
        const url = new URL("http://h/?a=1");
        try { url.href = "nonsense"; } catch (error) { return [error.name, url.href,
          url.searchParams.get("a")]; }
        """
    ) == ["TypeError", "http://h/?a=1", "1"]


def test_errors_name_what_was_given() -> None:
    assert evaluate("new URL('foo')") == "!TypeError: Invalid URL: 'foo'"
    assert evaluate("new URL('foo', 'bar')") == "!TypeError: Invalid URL: 'foo' with base 'bar'"
    assert evaluate("new URL()") == "!TypeError: URL: 1 argument required, got 0"
    assert evaluate("new URL('data:,' + 'a'.repeat(2 ** 20))").startswith("!TypeError: Invalid URL: it is longer")


def test_text_forms_and_conversions() -> None:
    assert evaluate(
        """
        const url = new URL("a", new URL("http://h/"));
        return [`${url}`, JSON.stringify({ url }), URL.canParse({ toString: () => "x:y" })];
        """
    ) == ["http://h/a", '{"url":"http://h/a"}', True]


def test_search_params_are_live() -> None:
    assert evaluate(
        """
        const url = new URL("http://h/?a=1&b=%zz#f");
        const params = url.searchParams;
        const seen = [params === url.searchParams, params.get("b")];
        params.append("c", "x y&=ü");
        seen.push(url.href);
        url.search = "?z=9";
        seen.push([...params]);
        params.delete("z");
        seen.push(url.href, url.search);
        url.href = "http://other/?n=1";
        seen.push(params.get("n"));
        params.set("n", "2");
        params.sort();
        seen.push(url.href);
        return seen;
        """
    ) == [
        True,
        "%zz",
        "http://h/?a=1&b=%25zz&c=x+y%26%3D%C3%BC#f",
        [["z", "9"]],
        "http://h/#f",
        "",
        "1",
        "http://other/?n=2",
    ]


QUERIES = [
    ("", []),
    ("?", []),
    ("a=1&b=2&a=3", [["a", "1"], ["b", "2"], ["a", "3"]]),
    ("?a", [["a", ""]]),
    ("??a", [["?a", ""]]),
    ("&&a=&=b&", [["a", ""], ["", "b"]]),
    ("a=b=c", [["a", "b=c"]]),
    ("a+b=c%20d%2B", [["a b", "c d+"]]),
    ("a=%", [["a", "%"]]),
    ("a=%4&b=%4g&c=%zz%41", [["a", "%4"], ["b", "%4g"], ["c", "%zzA"]]),
    ("a=%FF%c3%a9", [["a", "\ufffdé"]]),
    ("a=%EF%BB%BFb", [["a", "\ufeffb"]]),
    ("a=%EF%BB%BF%FF", [["a", "\ufeff\ufffd"]]),
    ("a=%00", [["a", "\0"]]),
    ("ü=é", [["ü", "é"]]),
    ("a=\ud83d\ude00", [["a", "😀"]]),
    ("a=\ud83d", [["a", "\ufffd"]]),
]


@pytest.mark.parametrize(("query", "pairs"), QUERIES)
def test_reading_queries(query: str, pairs: list[list[str]]) -> None:
    assert evaluate("return [...new URLSearchParams(query)]", query=query) == pairs


def test_writing_queries() -> None:
    assert (
        evaluate("return `${new URLSearchParams([[text, 'é😀\\0%']])}`", text="a b*-._~!'()&=+/?#\ud800")
        == "a+b*-._%7E%21%27%28%29%26%3D%2B%2F%3F%23%EF%BF%BD=%C3%A9%F0%9F%98%80%00%25"
    )


@given(pairs=st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=5))
def test_queries_survive_the_round_trip(pairs: list[list[str]]) -> None:
    assert evaluate("return [...new URLSearchParams(`${new URLSearchParams(pairs)}`)]", pairs=pairs) == [
        [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in pair] for pair in pairs
    ]


INITS = [
    ("undefined", ""),
    ("null", "null="),
    ("'?a=1'", "a=1"),
    ("[['a', 1], ['b', true]]", "a=1&b=true"),
    ("new Map([['a', '1']])", "a=1"),
    ("new Set([new Set(['a', 'b'])])", "a=b"),
    ("{ a: 1, b: [1, 2] }", "a=1&b=1%2C2"),
    ("new URLSearchParams('a=1&a=2')", "a=1&a=2"),
    ("{ '\\ud800': 1, '\\ufffd': 2 }", "%EF%BF%BD=2"),
    ("[['a']]", "!TypeError"),
    ("['ab']", "!TypeError"),
    ("[['a', 'b', 'c']]", "!TypeError"),
    ("{ [Symbol('x')]: 1 }", "!TypeError"),
    ("{ [Symbol.iterator]: 1 }", "!TypeError"),
    ("Symbol()", "!TypeError"),
]


@pytest.mark.parametrize(("init", "query"), INITS)
def test_constructing_params(init: str, query: str) -> None:
    assert evaluate(f"return `${{new URLSearchParams({init})}}`").split(":")[0] == query


def test_changing_params() -> None:
    assert evaluate(
        """
        const params = new URLSearchParams("a=1&b=2&a=3&c=4");
        const seen = [params.size, params.getAll("a"), params.get("x"), params.has("a", "3"),
          params.has("a", "9"), params.has("a", undefined)];
        params.set("a", 5);
        seen.push(`${params}`);
        params.set("d", "6");
        params.append("b", "7");
        params.delete("b", "2");
        seen.push(`${params}`);
        params.delete("b", undefined);
        seen.push(`${params}`);
        return seen;
        """
    ) == [4, ["1", "3"], None, True, False, True, "a=5&b=2&c=4", "a=5&c=4&d=6&b=7", "a=5&c=4&d=6"]


def test_sorting_is_stable_and_by_code_units() -> None:
    # U+FB03 comes before U+1F308 by code point, but its code unit is greater than a surrogate.
    assert evaluate(
        """
        const params = new URLSearchParams([["ﬃ", "1"], ["🌈", "2"], ["z", "b"], ["a", "3"], ["z", "a"]]);
        params.sort();
        return [...params];
        """
    ) == [["a", "3"], ["z", "b"], ["z", "a"], ["🌈", "2"], ["ﬃ", "1"]]


def test_iterating_params() -> None:
    assert evaluate(
        """
        const params = new URLSearchParams("a=1&b=2");
        const seen = [[...params.keys()], [...params.values()], [...params.entries()]];
        params.forEach(function (value, name, parent) { seen.push([value, name, parent === params,
          this.x]); }, { x: 7 });
        // Live: what is added while iterating is seen.
        const names = [];
        for (const [name] of params) {
          names.push(name);
          if (names.length < 4) params.append(`n${names.length}`, "");
        }
        const iterator = params.keys();
        const tag = Object.prototype.toString.call(iterator);
        return [...seen, names, tag, iterator[Symbol.iterator]() === iterator];
        """
    ) == [
        ["a", "b"],
        ["1", "2"],
        [["a", "1"], ["b", "2"]],
        ["1", "a", True, 7],
        ["2", "b", True, 7],
        ["a", "b", "n1", "n2", "n3"],
        "[object URLSearchParams Iterator]",
        True,
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "new URLSearchParams().append('a')",
        "new URLSearchParams().get()",
        "new URLSearchParams().forEach()",
        "new URLSearchParams().forEach(1)",
        "URLSearchParams()",
        "URLSearchParams.prototype.size",
        "URLSearchParams.prototype.keys.call({})",
        "new URLSearchParams().keys().next.call({})",
        "URL('http://h')",
        "URL.prototype.href",
        "new URL(Symbol())",
    ],
)
def test_misuse_is_a_type_error(wrong: str) -> None:
    assert evaluate(wrong).startswith("!TypeError")


@pytest.mark.parametrize(
    "arguments",
    [(), (1,), ("x", 1), ("x" * (urls.MOST_CHARACTERS + 1),), ("x", [], 3), ({},), (None, None), (True,)],
)
def test_hostile_arguments_of_parse(arguments: tuple[object, ...]) -> None:
    with pytest.raises(GuestError):
        urls.parse_url(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("x:y",),
        ("x:y", "origin", "z"),
        ("x:y", [], "z"),
        ("x:y", "__class__", "z"),
        ("x:y", "hash", 1),
        (1, "hash", ""),
    ],
)
def test_hostile_arguments_of_set(arguments: tuple[object, ...]) -> None:
    with pytest.raises(GuestError):
        urls.set_part(*arguments)


def test_text_that_no_url_can_hold() -> None:
    assert urls.parse_url("http://h/\ud800") is None
    assert urls.set_part("http://h/", "hash", "\ud800") is None

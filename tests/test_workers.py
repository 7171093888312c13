"""Code written for Cloudflare Workers: the module shape, bindings, Web responses."""

from __future__ import annotations

import pytest

from tana_jupyter import Contract, ContractError, Session, TanaError

WORKER = """
export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url)
    const visitor = request.headers.get('X-Visitor')
    if (request.method === 'POST') {
      await env.VISITS.put(visitor, JSON.stringify(await request.json()), { metadata: { by: visitor } })
      ctx.waitUntil(Promise.resolve())
      return new Response(null, { status: 204 })
    }
    const found = await env.VISITS.get(url.searchParams.get('who'))
    if (found === null) return new Response('not found', { status: 404, headers: { 'X-Miss': 'yes' } })
    return Response.json(JSON.parse(found), { headers: new Headers({ 'X-Hit': '1' }) })
  },
}
"""


def test_a_worker_is_called_as_its_network_would() -> None:
    session = Session()
    session.run(WORKER, "visits")
    visits = session["visits"]
    assert visits.post("/", {"n": 1}, headers={"X-Visitor": "ada"}).status == 204
    missing = visits.get("/?who=bob")
    assert (missing.status, missing.headers, missing.body) == (404, {"X-Miss": "yes"}, "not found")
    found = visits.get("/?who=ada")
    assert (found.status, found.body) == (200, {"n": 1})
    assert found.headers == {"Content-Type": "application/json", "x-hit": "1"}
    assert session.get("ada", "visits") == '{"n":1}'


def worker(body: str) -> Contract:
    session = Session()
    session.run(f"export default {{ async fetch(request, env, ctx) {{ {body} }} }}", "shop")
    return session["shop"]


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("/", "http://localhost:8180/"),
        ("?a=1", "http://localhost:8180/?a=1"),
        ("/api/links?a=1", "http://localhost:8180/api/links?a=1"),
        ("/shop/a", "http://localhost:8180/shop/a"),
        ("https://sho.rt/shop/a?b", "https://sho.rt/shop/a?b"),
    ],
)
def test_a_worker_has_its_origin_to_itself(url: str, seen: str) -> None:
    assert worker("return Response.json(request.url)").get(url).body == seen


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (None, "SyntaxError"),
        ("no JSON", "SyntaxError"),
        ("[5]", [5]),
        ({"a": None}, {"a": None}),
    ],
)
def test_a_worker_reads_its_body_as_json(body: object, read: object) -> None:
    shop = worker("try { return Response.json(await request.json()) } catch (e) { return Response.json(e.name) }")
    assert shop.post("/", body).body == read


def test_who_calls_a_method_is_told_how() -> None:
    with pytest.raises(TanaError, match=r"'put' is no handler: .*; a Worker's fetch is get\('/', method='PUT'\)"):
        worker("return new Response()").call("put")


def test_what_is_streamed_is_the_body() -> None:
    read = "await env.SHOP.put('k', 'ä'.repeat(9)); return new Response(await env.SHOP.get('k', 'stream'), { status: 206 })"
    outcome = worker(read).get()
    assert (outcome.status, outcome.body) == (206, "ä" * 9)
    # Each part ends within a character.
    parts = "return new Response(ReadableStream.from([new Uint8Array([0xc3]), new Uint8Array([0xa4, 33])]))"
    assert worker(parts).get().body == "ä!"


def test_no_stream_is_lost_without_a_word() -> None:
    session = Session()
    session.run("export function get() { return { body: { part: new ReadableStream() } } }", "shop")
    with pytest.raises(ContractError, match=r"JSON-serializable data: ReadableStream at value\.body\.part"):
        session["shop"].get()


def test_headers_of_a_response_can_be_changed() -> None:
    shop = worker(
        """
        const answer = Response.json({ a: 1 }, { headers: { 'X-A': '1' } })
        answer.headers.set('x-a', 2)
        answer.headers.append('Vary', 'Accept')
        answer.headers.append('vary', 'Cookie')
        answer.headers.delete('content-type')
        const seen = [answer.headers.get('X-a'), answer.headers.get('none'), answer.headers.has('VARY'), Object.keys(answer.headers)]
        answer.headers.forEach((value, name) => seen.push(`${name}=${value}`))
        seen.push(Object.fromEntries(answer.headers), [...answer.headers.entries()].length, answer.headers)
        return new Response(seen, answer)
        """
    )
    outcome = shop.get()
    assert outcome.headers == {"X-A": "2", "Vary": "Accept, Cookie"}
    headers = {"X-A": "2", "Vary": "Accept, Cookie"}
    assert outcome.body == ["2", None, True, ["X-A", "Vary"], "X-A=2", "Vary=Accept, Cookie", headers, 2, headers]


@pytest.mark.parametrize(
    ("made", "status", "location"),
    [
        ("Response.redirect('https://example.com')", 302, "https://example.com/"),
        ("Response.redirect(new URL('/x', request.url), 308)", 308, "http://localhost:8180/x"),
    ],
)
def test_redirects(made: str, status: int, location: str) -> None:
    outcome = worker(f"return {made}").get("/a")
    assert (outcome.status, outcome.body, outcome.headers) == (status, None, {"Location": location})


@pytest.mark.parametrize(("made", "error"), [("'/x'", "TypeError"), ("'https://a.b', 200", "RangeError")])
def test_what_is_no_redirect(made: str, error: str) -> None:
    with pytest.raises(ContractError) as caught:
        worker(f"return Response.redirect({made})").get()
    assert caught.value.name == error


@pytest.mark.parametrize("arguments", ["'https://x.dev/a'", "new URL('https://x.dev/a'), { method: 'POST' }"])
def test_a_request_of_the_web_is_refused_and_not_left_empty(arguments: str) -> None:
    with pytest.raises(ContractError, match="takes one object"):
        Session().run(f"new Request({arguments})")


def test_a_router_above_the_default_export_is_not_awaited() -> None:
    session = Session()
    session.run(
        """
        const routes = []
        const router = new Proxy({}, { get: (_, name, it) => (path, handler) => { routes.push([name, path, handler]); return it } })
        router.get('/a', () => new Response('found'))
        export default { fetch: (request) => routes.find(([, path]) => path === new URL(request.url).pathname)[2](request) }
        """,
        "shop",
    )
    assert session["shop"].get("/a").body == "found"
    assert session.run("routes.length", "shop").value == 1


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("new Response('text')", (200, "text", {})),
        ("new Response('', { status: 404 })", (404, "", {})),
        ("new Response(null, { status: 204 })", (204, None, {})),
        ("new Response('a', { headers: [['A', '1']] })", (200, "a", {"A": "1"})),
        ("new Response()", (200, None, {})),
        ("new Response(201, { a: 1 }, { B: '2' })", (201, {"a": 1}, {"B": "2"})),
        ("new Response(200, 0)", (200, None, {})),
        ("Response.json([1], 201)", (201, [1], {"Content-Type": "application/json"})),
    ],
)
def test_responses_of_both_kinds(made: str, expected: tuple[int, object, dict[str, str]]) -> None:
    session = Session()
    session.run(f"export function get() {{ return {made} }}", "shop")
    outcome = session["shop"].get()
    assert (outcome.status, outcome.body, dict(outcome.headers)) == expected


def test_a_default_object_without_fetch_is_no_handler() -> None:
    session = Session()
    session.run("export default { scheduled() {} }", "shop")
    with pytest.raises(Exception, match="default is exported but is no function"):
        session["shop"].get()

"""Code written for Cloudflare Workers: the module shape, bindings, Web responses."""

from __future__ import annotations

import pytest

from tana_jupyter import Session

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

"""Calling a contract: which handler is reached, in which isolate, and what a call leaves."""

from __future__ import annotations

import contextlib

import pytest

from tana_jupyter import ContractError, Session, TanaError, UnknownContractError
from tests.calls_harness import ECHO, contract, frozen


@pytest.fixture
def session() -> Session:
    return frozen()


# How the handler is written, what is called, and that it answers.
STYLES = [
    ("export function get() { return 'here' }", "get"),
    ("export async function get() { return 'here' }", "get"),
    ("export const get = () => 'here'", "get"),
    ("export const get = async () => 'here'", "get"),
    ("const handler = () => 'here'; export { handler as get }", "get"),
    ("export function Get() { return 'here' }", "get"),
    ("export function GET() { return 'here' }", "get"),
    ("export function get() { return 'here' }", "GET"),
    ("export default function () { return 'here' }", "get"),
    ("export default async (req) => 'here'", "post"),
    ("export default function main() { return 'here' }", "default"),
    ("export function Post() { return 'here' }", "post"),
    ("export const POST = async () => 'here'", "Post"),
    ("export function init() { return 'here' }", "init"),
    ("export async function contract() { return 'here' }", "contract"),
    ("export function get() { return 'here' }; export default () => 'elsewhere'", "get"),
    ("export function Get() { return 'elsewhere' }; export function get() { return 'here' }", "get"),
    ("export function Get() { return 'here' }; export function get() { return 'elsewhere' }", "Get"),
    ("export let get = () => 'elsewhere'; get = () => 'here'", "get"),
    ("const word = await Promise.resolve('here'); export const get = () => word", "get"),
]


@pytest.mark.parametrize(("source", "export"), STYLES)
def test_handlers_of_every_generation(session: Session, source: str, export: str) -> None:
    assert contract(session, source).call(export).value == "here"
    assert session["shop"].call(export, fresh=True).value == "here"


NO_HANDLER = [
    ("export function get() {}", "post", "shop exports no post(); it exports get"),
    ("export function get() {}", "default", "shop exports no default(); it exports get"),
    ("1", "get", "shop exports no get(); it exports nothing"),
    (
        "export function helper() {}",
        "helper",
        "'helper' is no handler: a contract is called by init, contract, get, post",
    ),
    ("export function get() {}", "", "'' is no handler"),
    ("export function get() {}", "constructor", "'constructor' is no handler"),
]


@pytest.mark.parametrize(("source", "export", "text"), NO_HANDLER)
def test_a_missing_handler_is_named(session: Session, source: str, export: str, text: str) -> None:
    with pytest.raises(TanaError) as caught:
        # `default` alone stands for get.
        contract(session, source).call(export)
    assert text in str(caught.value) or (export == "default" and "get" in str(caught.value))


def test_an_unknown_contract_is_named(session: Session) -> None:
    with pytest.raises(UnknownContractError, match="no contract 'ghost' has run yet; there are: none"):
        session.call("ghost", "get")


@pytest.mark.parametrize("value", ["5", "'x'", "null", "{}", "[]"])
def test_an_export_that_is_no_function(session: Session, value: str) -> None:
    with pytest.raises(ContractError) as caught:
        contract(session, f"export const get = {value}").get()
    assert caught.value.headline == "TypeError: get is exported but is no function"


def test_a_default_export_that_is_no_function_is_named(session: Session) -> None:
    with pytest.raises(ContractError) as caught:
        contract(session, "export default { scheduled() { return 1 } }").get()
    assert caught.value.headline == "TypeError: default is exported but is no function"


def test_init_and_contract_take_no_arguments(session: Session) -> None:
    made = contract(
        session, "export const init = (...all) => all.length; export const contract = (...all) => all.length"
    )
    assert (made.init().value, made.contract().value) == (0, 0)
    assert contract(session, "export const get = (...all) => all.length", "web").get().value == 2
    for options in ({"url": "/x"}, {"body": 1}, {"headers": {"a": "b"}}, {"method": "POST"}):
        with pytest.raises(TanaError, match=r"init\(\) takes no request: give it input, and a caller"):
            made.call("init", **options)


def test_exports_accumulate_and_follow_redeclaration(session: Session) -> None:
    made = contract(session, "export function get() { return 1 }")
    session.run("export function post() { return 2 }", contract="shop")
    session.run("function get() { return 3 }", contract="shop")
    assert (made.get().value, made.post().value) == (3, 2)
    with pytest.raises(ContractError):
        session.run("export function contract() { return 4 }; null.x", contract="shop")
    assert sorted(made.exports) == ["get", "post"]
    session.reset("shop")
    with pytest.raises(TanaError, match="exports nothing"):
        made.get()


def test_calls_share_the_live_isolate_unless_fresh(session: Session) -> None:
    source = (
        "import { kv } from 'tana/kv'; let n = 0; export const get = async () => { await kv.put('n', ++n); return n }"
    )
    made = contract(session, source)
    assert [made.get().value for _ in range(3)] == [1, 2, 3]
    assert [made.get(fresh=True).value for _ in range(2)] == [1, 1]
    assert made.get().value == 4
    assert session.get("n", contract="shop") == "4"


def test_a_fresh_isolate_runs_the_cells_as_cells(session: Session) -> None:
    session.run(
        "import { context } from 'tana/context'; const owner = context.owner().id; const caller = context.caller()",
        contract="shop",
    )
    made = contract(
        session,
        "export const get = (req) => [owner, caller, req.tana.caller.id]; export const contract = () => context.caller().id",
    )
    assert made.get(fresh=True, caller="alice").value == ["usr_owner", None, "usr_alice"]
    assert made.contract(fresh=True, caller="alice").value == "usr_alice"
    session.run("export const post = () => context.owner()", contract="shop")
    with pytest.raises(ContractError, match=r"context.owner\(\) can only be used"):
        session["shop"].post(fresh=True)


def test_a_fresh_isolate_that_fails_leaves_the_live_one(session: Session) -> None:
    made = contract(session, "let first = globalThis.seen === undefined; export const get = () => first")
    session.run("globalThis.seen = true; if (!first) throw new Error('x')", contract="shop")
    session.run("first = false", contract="shop")
    assert made.get(fresh=True).value is False
    assert made.get().value is False


def test_a_contract_without_init_run_hints_once(session: Session) -> None:
    said: list[str] = []
    session.show = lambda _stream, text: said.append(text)
    made = contract(session, "export const init = () => {}; export const get = () => 1")
    made.get()
    made.get()
    assert said == ["shop: init() has not run yet; shop.init() does what deploying would\n"]
    other = contract(session, "export const init = () => {}; export const get = () => 1", "other")
    other.init()
    other.get()
    assert len(said) == 1


def test_a_call_leaves_a_receipt(session: Session) -> None:
    made = contract(
        session,
        "import { kv } from 'tana/kv'; export const post = async (req, body) => { await kv.put('a', body); return await kv.get('a') }",
    )
    outcome = made.post("/", "x")
    assert (outcome.receipt.writes, outcome.receipt.reads, outcome.name) == (1, 1, "shop#2")
    assert session.last is outcome


def test_strict_handlers_are_told_to_the_modules(session: Session) -> None:
    session.strict_handlers = True
    host = contract(session, "export const get = () => 1; export const contract = () => 1").runs.host
    session["shop"].get()
    assert host.situation.read_only is True
    session["shop"].contract()
    assert host.situation.read_only is False


def test_tampered_builtins_harm_only_the_contract(session: Session) -> None:
    made = contract(
        session,
        "Object.keys = () => { throw 1 }; JSON.parse = () => ({}); Array.isArray = () => true; export const get = (req) => ({ path: req?.path ?? 'none' })",
    )
    with contextlib.suppress(ContractError):
        made.get("/x")
    assert not session.failures
    assert contract(session, ECHO, "other").get("/x").value["path"] == "/x"


def test_what_is_brought_in_again_and_again_is_kept_once(session: Session) -> None:
    for run in range(5):
        session.run(f"rows.length + {run}", "shop", give={"rows": ["many"] * 1000})
    kept = [given["rows"] for given in session["shop"].runs._given.values()]
    assert len(kept) == 5
    assert len(set(map(id, kept))) == 1


def test_a_fresh_call_knows_what_was_given() -> None:
    session = Session()
    session.run("const rate = given * 2; export function get() { return rate }", "shop", give={"given": 4})
    assert session["shop"].get(fresh=True).value == 8


def test_a_default_handler_answers_as_the_method_says() -> None:
    session = Session()
    session.run("export default (req, body) => ({ method: req.method, body: body ?? null })", "shop")
    assert session["shop"].call("default").value == {"method": "GET", "body": None}
    assert session["shop"].call("default", method="post", body=5).value == {"method": "POST", "body": 5}


def test_context_errors_are_told_as_such() -> None:
    session = Session()
    session.run("import { context } from 'tana/context'; export function get() { return context.caller() }", "shop")
    with pytest.raises(ContractError) as caught:
        session["shop"].get()
    assert caught.value.kind == "Context Error"
    assert "= help: HTTP handlers (get/post) cannot access execution context" in caught.value.code_frame()


def test_a_fresh_call_has_the_names_of_a_cell_that_threw() -> None:
    session = Session()
    session.run("export function get() { return base }", "shop")
    with pytest.raises(ContractError):
        session.run("let base = 5; export const post = 1; null.x", "shop")
    assert [(source.number, source.failed, source.exports) for source in session["shop"].sources] == [
        (1, False, ("get",)),
        (2, True, ()),
    ]
    assert session["shop"].get().value == session["shop"].get(fresh=True).value == 5


def test_a_read_only_handler_leaves_no_timer_that_could_write() -> None:
    session = Session()
    session.clock.freeze("2026-01-01T00:00:00Z")
    session.run("import { kv } from 'tana/kv'; setTimeout(() => kv.put('cell', 1), 60_000)", "shop")
    session.run("export function get() { setTimeout(() => kv.put('late', 1), 50_000); return 1 }", "shop")
    session.strict_handlers = True
    assert session["shop"].get().receipt.timers == 1
    session.settle(61)
    assert (session.get("late", "shop"), session.get("cell", "shop")) == (None, "1")

"""The widgets: their query, the one event, what they hold, and what stands for them where none can run."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest
from ipywidgets.widgets.widget import _instances

from tana_jupyter import Session, TanaError
from tana_jupyter.views.browser.widget import KeyBrowser
from tests.browser_harness import SHOP, ask, deliver, done, k, opened, pages, store
from tests.shell import open_shell

__all__ = ["pages"]

pytestmark = pytest.mark.usefixtures("pages")


@pytest.fixture
def session() -> Session:
    made = opened()
    store(made, {"user:1": '{"name":"ada"}', "user:2": "", "item:1": "<b>"})
    store(made, {"cart": "1", "old": "2"}, api="data")
    staging = made.host_of(SHOP).staging
    staging.put(b"cart", b"3")
    staging.put(b"new", b'"4"')
    staging.put(b"old", None)
    return made


def query(**fields: str) -> dict[str, str]:
    whole = {"contract": SHOP, "api": "kv", "prefix": "", "view": "flat", "layer": "both", "order": "key"}
    return whole | fields


# Where a browser opens


def test_a_browser_opens_where_there_is_something() -> None:
    session = opened()
    assert session.browse().query == query(contract="notebook")
    session.run("1", contract="first")
    assert session.browse().query == query(contract="first")
    store(session, {"x": "1"}, api="data", contract="full")
    assert session.browse().query == query(contract="full", api="data")
    store(session, {"x": "1"}, contract="full")
    assert session.browse().query == query(contract="full")
    assert session.browse(api="data").query == query(contract="full", api="data")
    session.run("import { data } from 'tana/data'; data.set('a', 1)", contract="last")
    assert session.browse("a").query == query(contract="last", api="data", prefix="a")
    assert session.browse("a*").query == session.browse("a").query
    assert session.browse(contract="elsewhere", api="deno").query == query(contract="elsewhere", api="deno")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"contract": "no name"}, "query: contract must be the name of a contract"),
        ({"api": "queue"}, "query: api must be one of kv, data, deno"),
        ({"prefix": 5}, "query: prefix must be a text"),
    ],
)
def test_a_browser_that_cannot_be_opened_is_none(session: Session, fields: dict[str, Any], error: str) -> None:
    with pytest.raises(TanaError, match=error):
        session.browse(**fields)
    assert len(session.audience) == 0


# The query


def test_the_query_may_be_set_in_part(session: Session) -> None:
    browser = session.browse("user:")
    browser.query = {"view": "tree", "order": "-key"}
    assert browser.query == query(prefix="user:", view="tree", order="-key")
    assert browser.comm.sent[-1] == {"method": "update", "state": {"query": browser.query}, "buffer_paths": []}
    with pytest.raises(TanaError, match="query: view must be one of flat, tree"):
        browser.query = {"view": "grid"}
    assert browser.query["view"] == "tree"
    assert repr(browser) == "<KeyBrowser shop/kv user:*>"


def test_the_page_may_set_it_too(session: Session) -> None:
    browser = session.browse()
    wanted = query(prefix="us", layer="staged")
    deliver(browser, {"method": "update", "state": {"query": wanted}})
    assert browser.query == wanted
    before = len(browser.comm.sent)
    deliver(browser, {"method": "update", "state": {"query": {"prefix": None}}})
    assert browser.query == wanted
    # The page is told what holds, or it would go on with its own.
    told = [data["state"]["query"] for data in browser.comm.sent[before:]]
    assert told
    assert all(each == wanted for each in told)


def test_the_staged_view_has_a_contract(session: Session) -> None:
    view = session.staging_view()
    assert view.query == {"contract": SHOP}
    view.query = {"contract": "other"}
    assert (view.query, repr(view)) == ({"contract": "other"}, "<StagedView other>")
    with pytest.raises(TanaError, match="query: contract must be the name of a contract"):
        view.query = {"contract": "no name"}
    deliver(view, {"method": "update", "state": {"query": {"contract": SHOP, "api": "kv"}}})
    assert view.query == {"contract": SHOP}
    assert done(view, "hello")["query"] == {"contract": SHOP}


def test_hello_tells_what_there_is(session: Session) -> None:
    session.run("1", contract="empty")
    answer = done(session.browse(), "hello")
    listed = [tuple(each.values()) for each in answer["namespaces"]]
    assert listed == [
        ("empty", "kv", 0, 0, 0),
        ("empty", "data", 0, 0, 0),
        ("empty", "deno", 0, 0, 0),
        (SHOP, "kv", None, None, 0),
        (SHOP, "data", None, None, 3),
        (SHOP, "deno", 0, 0, 0),
    ]
    assert answer["store"] == {"location": "memory:", "shared": False}
    assert (answer["clock"], answer["frozen"]) == ("2026-01-01T00:00:00Z", True)
    counted = [tuple(each.values()) for each in done(session.browse(), "namespaces")["namespaces"]]
    assert counted[3:] == [(SHOP, "kv", 3, 35, 0), (SHOP, "data", 2, 9, 3), (SHOP, "deno", 0, 0, 0)]


# The event


def failing(session: Session) -> None:
    with pytest.raises(TanaError):
        session.run("throw 1", SHOP)


CHANGES: dict[str, Any] = {
    "run": lambda session: session.run("1", contract=SHOP),
    "a run that fails": failing,
    "call": lambda session: session[SHOP].get("/"),
    "commit": lambda session: session.commit(SHOP),
    "rollback": lambda session: session.rollback(SHOP),
    "clear": lambda session: session.clear(SHOP, yes=True),
    "reset": lambda session: session.reset(),
    "settle": lambda session: session.settle(),
    "freeze": lambda session: session.clock.freeze(0),
    "advance": lambda session: session.clock.advance(60),
    "resume": lambda session: session.clock.resume(),
    "move_clock": lambda session: session.move_clock("+60s"),
    "another browser": lambda session: done(
        session.browse(), "put", contract=SHOP, api="kv", text="x", value="1", as_="text", overwrite=True
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_browser_hears_of_changes_once_until_it_asks(session: Session, change: str) -> None:
    session.run("export function get() { return {} }", contract=SHOP)
    browser = session.browse()
    ask(browser, "hello")
    CHANGES[change](session)
    (event,) = browser.comm.events
    assert event["event"] == "changed"
    assert event["frozen"] == session.clock.frozen
    for _ in range(3):
        session.run("1", contract=SHOP)
    assert len(browser.comm.events) == 1
    ask(browser, "hello")
    session.run("1", contract=SHOP)
    assert len(browser.comm.events) == 2


def test_its_own_writes_are_changes_too_and_reads_are_none(session: Session) -> None:
    browser = session.browse()
    for verb, fields in {"page": {"query": {}}, "namespaces": {}, "staged": {"contract": SHOP}}.items():
        done(browser, verb, **fields)
    assert browser.comm.events == []
    done(browser, "unstage", contract=SHOP, k=k("cart"))
    assert len(browser.comm.events) == 1
    assert not ask(browser, "delete", contract=SHOP, api="kv", keys=[])["ok"]
    assert len(browser.comm.events) == 1


def test_the_clock_may_move_in_a_run_a_thousand_times(session: Session) -> None:
    browser = session.browse()
    session.run("import { clock } from 'tana/lab'; for (let n = 0; n < 1000; n++) clock.advance(1)", contract=SHOP)
    assert len(browser.comm.events) == 1
    assert browser.comm.events[0]["clock"] == "2026-01-01T00:16:40Z"


def test_a_closed_browser_takes_its_layout_along_but_none_that_others_share(session: Session) -> None:
    browser, other = session.browse(), session.browse()
    own = browser.layout
    browser.layout = other.layout
    browser.close()
    assert own.comm is None
    assert other.layout.comm is not None


def test_a_closed_browser_is_forgotten(session: Session) -> None:
    browser = session.browse()
    assert len(session.audience) == 1
    browser.close()
    session.run("1")
    assert len(session.audience) == 0
    gone = weakref.ref(browser)
    del browser
    gc.collect()
    assert gone() is None


def test_a_browser_whose_page_closed_it_is_forgotten(session: Session) -> None:
    before = len(_instances)
    browser = session.browse()
    browser.comm.handle_close({})
    assert len(session.audience) == 0
    assert len(_instances) <= before + 1  # its layout
    session.run("1")


def test_a_page_that_cannot_be_reached_fails_no_cell(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = session.browse()

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("the socket is closed")

    monkeypatch.setattr(browser.comm, "publish_msg", broken)
    assert session.run("6 * 7").value == 42
    assert "the socket is closed" in session.failures[-1]
    monkeypatch.undo()


# What it holds


def test_two_models_and_no_rows_in_them(session: Session) -> None:
    before = set(_instances)
    browser = session.browse()
    made = set(_instances) - before
    assert len(made) == 2
    ours = browser.get_state()
    synced = {name for name in ours if not name.startswith("_")}
    assert synced == {"query", "layout", "tabbable", "tooltip"}
    store(session, {f"k{number}": "x" * 1000 for number in range(1000)})
    done(browser, "page", query={}, limit=500)
    assert len(str(browser.get_state())) == len(str(ours))


def test_while_a_cell_runs_reads_are_busy_and_writes_refused(session: Session) -> None:
    browser = session.browse()
    answers: dict[str, Any] = {}

    def messages() -> None:
        answers["page"] = ask(browser, "page", query={})
        answers["put"] = ask(
            browser, "put", contract=SHOP, api="kv", k=k("user:2"), value="1", as_="text", overwrite=True
        )
        answers["commit"] = ask(browser, "commit", contract=SHOP)

    def meanwhile(_: object) -> None:
        worker = threading.Thread(target=messages)
        worker.start()
        worker.join(10)

    session.display = meanwhile
    session.run("Deno.jupyter.display({ [Deno.jupyter.$display]: () => ({ 'text/plain': 'x' }) })", contract="busy")
    assert answers["page"] == {"id": 7, "ok": False, "busy": True, "error": "busy: busy is running"}
    for verb in ("put", "commit"):
        assert answers[verb]["busy"]
        assert answers[verb]["error"] == "busy: busy is running; nothing was written"
    assert session.get("user:2", contract=SHOP) == ""
    assert browser.comm.events  # so the page asks again


def test_messages_of_several_threads_get_their_answers(session: Session) -> None:
    browser = session.browse()
    answers: list[Any] = []

    def work(start: int) -> None:
        for number in range(start, start + 50):
            answers.append(browser._answers.to({"id": number, "verb": "page", "query": {}}))
            put = {"contract": SHOP, "api": "kv", "text": f"t{number}", "value": "1", "as": "text", "overwrite": False}
            answers.append(browser._answers.to({"id": number, "verb": "put", **put}))

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 1000, 2000)]
    for thread in threads:
        thread.start()
    for number in range(20):
        session.run(f"{number}", contract="cells")
    for thread in threads:
        thread.join()
    assert all(answer["ok"] or answer["busy"] for answer in answers)
    written = sum(answer["ok"] for answer in answers if "rows" not in answer and "busy" not in answer)
    assert len(session.keys("t*", contract=SHOP)) == written


# What stands for it


def bundle(widget: Any) -> dict[str, str]:
    data, _ = widget._repr_mimebundle_()
    return dict(data)


def test_the_text_form_of_a_browser(session: Session) -> None:
    browser = session.browse()
    shown = bundle(browser)
    assert shown["application/vnd.jupyter.widget-view+json"]["model_id"] == browser.model_id
    assert shown["text/plain"].splitlines() == [
        "shop/kv",
        "key     value           type          bytes",
        "item:1  <b>             string        3",
        'user:1  {"name":"ada"}  object        14',
        "user:2  (empty)         empty-string  0",
    ]
    assert "<td" in shown["text/html"]
    assert "&lt;b&gt;" in shown["text/html"]
    assert "<b>" not in shown["text/html"]
    browser.query = {"view": "tree"}
    assert bundle(browser)["text/plain"].splitlines()[2:] == ["item …  1 key", "user …  2 keys"]
    browser.query = {"view": "flat", "api": "data"}
    assert bundle(browser)["text/plain"].splitlines()[1:] == [
        "key   value  type    bytes  state",
        "cart  3      number  1      changed",
        'new   "4"    string  3      added',
        "old   2      number  1      deleted",
    ]
    browser.query = {"contract": "nothing"}
    assert bundle(browser)["text/plain"] == "nothing/data\nnothing here"


def test_the_text_form_of_the_staged_view(session: Session) -> None:
    assert bundle(session.staging_view())["text/plain"].splitlines() == [
        "staged in shop: 16 / 102,400 bytes, 2 / 1,000 keys",
        "key   committed  staged  state",
        "cart  1          3       changed",
        'new              "4"     added',
        "old   2                  deleted",
    ]


def test_the_forms_are_the_same_each_time_and_bounded(session: Session) -> None:
    store(session, {f"k{number:05}\u202e\x1b[31m": "x" * 10_000 for number in range(1000)})
    first, second = bundle(session.browse("k")), bundle(session.browse("k"))
    session.clock.advance(5)
    third = bundle(session.browse("k"))
    for form in ("text/plain", "text/html"):
        assert first[form] == second[form] == third[form]
        assert len(first[form]) < 20_000
        assert "\u202e" not in first[form]
        assert "\x1b" not in first[form]
    assert first["text/plain"].splitlines()[-1] == "(the first 20; the widget shows all)"


def test_a_prefix_cannot_steer_the_text_around_it(session: Session) -> None:
    browser = session.browse("\x1b[2J\u202e<b>", contract=SHOP)
    shown = bundle(browser)
    for form in (shown["text/plain"], shown["text/html"], repr(browser)):
        assert not {"\x1b", "\u202e"} & set(form)
        assert "\\u001b[2J\\u202e" in form


def test_a_closed_store_is_shown_as_such(session: Session) -> None:
    browser = session.browse()
    session.store.close()
    assert "The store memory: is closed" in bundle(browser)["text/html"]


# Frames


def test_the_frame_of_a_browser(session: Session) -> None:
    browser = session.browse("user:")
    assert browser.frame()[["key", "value"]].values.tolist() == [["user:1", '{"name":"ada"}'], ["user:2", ""]]
    browser.query = {"order": "-key"}
    assert browser.frame()["key"].tolist() == ["user:2", "user:1"]
    browser.query = {"api": "data", "prefix": "", "order": "key"}
    frame = browser.frame()
    assert frame[["key", "value", "state"]].values.tolist() == [
        ["cart", "3", "changed"],
        ["new", '"4"', "added"],
        ["old", "2", "deleted"],
    ]
    assert frame["version"].isna().tolist() == [False, True, False]
    assert frame["updated"].isna().tolist() == [False, True, False]
    browser.query = {"layer": "committed"}
    assert browser.frame()["key"].tolist() == ["cart", "old"]
    assert session.staging_view().frame()["state"].tolist() == ["changed", "added", "deleted"]


def test_a_frame_says_where_it_was_cut(session: Session) -> None:
    store(session, {f"k{number:05}": "x" for number in range(10_001)})
    frame = session.browse("k").frame()
    assert len(frame) == 10_000
    assert frame.attrs["cut"] == "cut at 10,000 rows: narrow the prefix"


# The verbs


def test_the_verbs_open_the_widgets() -> None:
    with open_shell() as shell:
        shell.run("%%tana shop\nimport { data } from 'tana/data'\ndata.set('cart', 1)")
        browser = shell.run("%tana browse ca --contract shop --api data").result
        assert isinstance(browser, KeyBrowser)
        assert browser.query == query(api="data", prefix="ca")
        assert repr(shell.run("%tana staged --widget").result) == "<StagedView shop>"
        assert repr(shell.run("%tana staged other --widget").result) == "<StagedView other>"
        assert len(shell.run("%tana staged").result) == 1
        assert len(shell.run("%tana staged other").result) == 0
        error = shell.run("%tana browse --contract 'no name'").error
        assert str(error) == "query: contract must be the name of a contract"

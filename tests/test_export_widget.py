"""The export widget: plans and exports by messages, cancelling, and a secret that stays one."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from ipywidgets import Widget

from tana_jupyter import BusyError, Session, TanaError
from tana_jupyter.store.protocol import Write
from tana_jupyter.views.browser.messages import Refused
from tana_jupyter.views.export.widget import ExportView
from tana_jupyter.views.export.work import Work
from tests.browser_harness import SHOP, ask, deliver, done, opened, pages, refused, store
from tests.servers import Postgres, running_postgres

__all__ = ["pages"]

pytestmark = [pytest.mark.usefixtures("pages"), pytest.mark.needs("postgres")]

SECRET = "hunter2-and-more"
MANY = 40_000


@pytest.fixture
def session() -> Session:
    made = opened()
    store(made, {"user:1": '{"name":"ada"}', "user:2": "bo", "<b>": "x"})
    store(made, {"cart": "[1]"}, api="data")
    made.host_of(SHOP).staging.put(b"new", b"2")
    return made


@pytest.fixture
def dsn(postgres: Postgres) -> str:
    """A schema of its own, and a password, which the server does not ask for."""
    return postgres.fresh_schema().replace("//tana@", f"//tana:{SECRET}@")


def state(widget: Any) -> dict[str, Any]:
    """What the page was told last."""
    told = [content["state"] for content in widget.comm.events if content["event"] == "export"]
    assert [one["serial"] for one in told] == sorted({one["serial"] for one in told})
    return dict(told[-1])


def until(widget: Any, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Wait for a state."""
    limit = time.monotonic() + 60
    while not holds(seen := state(widget)):
        assert time.monotonic() < limit, f"still {seen}"
        time.sleep(0.002)
    return seen


def rests(seen: dict[str, Any]) -> bool:
    return seen["phase"] not in {"planning", "exporting"}


def plan(widget: Any, target: str | None = None, **query: Any) -> dict[str, Any]:
    """Have a plan made, and wait for it."""
    done(widget, "plan", query=query, **({} if target is None else {"target": target}))
    return until(widget, rests)


def apply(widget: Any, **fields: Any) -> dict[str, Any]:
    done(widget, "apply", **fields)
    return until(widget, rests)


def rows(postgres: Postgres, dsn: str, table: str = "kv_storage") -> int:
    schema = dsn.rpartition("%3D")[2]
    if postgres.query(f"SELECT to_regclass('{schema}.{table}')") == "":
        return 0
    return int(postgres.query(f"SELECT count(*) FROM {schema}.{table}"))


def fill(session: Session, number: int = MANY) -> None:
    session.journal.commit([Write("kv", SHOP, b"n:%06d" % n, b"%d" % n, encoding="text") for n in range(number)])


# From the plan to the result


def test_a_plan_writes_nothing_and_an_export_all_of_it(session: Session, postgres: Postgres, dsn: str) -> None:
    view = session.export_view()
    seen = plan(view, dsn)
    assert seen["phase"] == "planned"
    assert seen["counts"]["added"] == 4
    assert seen["counts"]["staged_left_out"] == 1
    assert rows(postgres, dsn) == 0
    assert {row["text"] for row in done(view, "plan_rows", kind="added")["rows"]} == {"user:1", "user:2", "<b>", "cart"}
    seen = apply(view)
    assert (seen["phase"], seen["counts"]["added"], seen["error"]) == ("done", 4, None)
    assert seen["seconds"] > 0
    assert seen["rate"] > 0
    assert (rows(postgres, dsn), rows(postgres, dsn, "tana_data")) == (3, 1)
    # The target is still known; it need not be typed again.
    assert plan(view)["counts"] | {"unchanged": 4, "added": 0} == seen["counts"] | {"unchanged": 4, "added": 0}
    assert state(view)["counts"]["unchanged"] == 4


def test_only_what_was_chosen(session: Session, postgres: Postgres, dsn: str) -> None:
    store(session, {"user:9": "x"}, contract="other")
    view = session.export_view(contract=SHOP, api="kv", prefix="user:")
    assert plan(view, dsn)["counts"]["added"] == 2
    # What the message says goes before what the widget says.
    assert plan(view, contract="", prefix="user:9")["counts"]["added"] == 1
    apply(view)
    assert rows(postgres, dsn) == 1


def test_deletions_are_confirmed_by_their_number(session: Session, postgres: Postgres, dsn: str) -> None:
    view = session.export_view(contract=SHOP)
    plan(view, dsn)
    apply(view)
    session.clear(SHOP, api="kv", yes=True)
    store(session, {"user:1": "kept"})
    assert plan(view)["counts"]["only_there"] == 2
    seen = plan(view, mirror=True)
    assert (seen["counts"]["deleted"], seen["delete"]) == (2, 2)
    assert refused(view, "apply") == "2 rows would be deleted: confirm that number"
    assert refused(view, "apply", confirm=3) == "2 rows would be deleted: confirm that number"
    assert rows(postgres, dsn) == 3
    assert apply(view, confirm=2)["phase"] == "done"
    assert rows(postgres, dsn) == 1


def test_what_changed_there_meanwhile_needs_a_look(session: Session, postgres: Postgres, dsn: str) -> None:
    view = session.export_view(contract=SHOP)
    plan(view, dsn)
    apply(view)
    store(session, {"user:1": "new"})
    plan(view)
    schema = dsn.rpartition("%3D")[2]
    postgres.query(f"UPDATE {schema}.kv_storage SET value = 'theirs' WHERE key = 'user:2'")
    seen = apply(view)
    assert seen["phase"] == "planned"
    assert seen["counts"]["changed"] == 2
    assert "Nothing was written" in seen["error"]
    assert postgres.query(f"SELECT count(*) FROM {schema}.kv_storage WHERE value = 'new'") == "0"
    assert apply(view)["phase"] == "done"
    assert postgres.query(f"SELECT value FROM {schema}.kv_storage WHERE key = 'user:2'") == "bo"


def test_a_plan_grows_old_with_the_next_commit(session: Session, dsn: str) -> None:
    view = session.export_view()
    plan(view, dsn)
    assert done(view, "export")["state"]["stale"] is False
    store(session, {"user:3": "x"})
    assert done(view, "export")["state"]["stale"] is True
    plan(view)
    assert done(view, "export")["state"]["stale"] is False


# Cancelling


@pytest.mark.parametrize("phase", ["planning", "exporting"])
def test_cancelling_leaves_nothing(session: Session, postgres: Postgres, dsn: str, phase: str) -> None:
    fill(session)
    view = session.export_view()
    if phase == "exporting":
        plan(view, dsn)
        done(view, "apply")
        until(view, lambda seen: seen["rows"])
    else:
        done(view, "plan", query={}, target=dsn)
    done(view, "cancel")
    seen = until(view, rests)
    assert seen["error"] == "Cancelled: nothing was written."
    assert seen["phase"] == ("planned" if phase == "exporting" else "idle")
    assert rows(postgres, dsn) == 0
    assert any(content["state"]["ending"] for content in view.comm.events if content["event"] == "export")
    if phase == "exporting":
        assert apply(view)["phase"] == "done"
        assert rows(postgres, dsn) == MANY + 3


def test_a_view_that_is_closed_takes_its_export_along(session: Session, postgres: Postgres, dsn: str) -> None:
    fill(session)
    view = session.export_view()
    plan(view, dsn)
    done(view, "apply")
    until(view, lambda seen: seen["rows"])
    work = view._work
    view.close()
    work.wait()
    assert rows(postgres, dsn) == 0
    assert work.target == ""
    assert session.busy is None


class Meeting(dict[str, Any]):
    """A query whose two readers wait for each other in the middle of it; one that reads alone goes on soon."""

    both = threading.Barrier(2)

    def __getitem__(self, name: str) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            self.both.wait(0.3)
        return super().__getitem__(name)


def test_of_two_messages_on_two_threads_the_second_finds_it_busy(session: Session) -> None:
    told: list[str] = []
    work = Work(session, lambda state: told.append(state["phase"]))
    query = Meeting(contract="", api="", prefix="", mirror=False)

    def begin() -> None:
        with contextlib.suppress(Refused):
            work.plan("env:NOT_SET_ANYWHERE", query)

    messages = [threading.Thread(target=begin) for _ in range(2)]
    for thread in messages:
        thread.start()
    for thread in messages:
        thread.join()
    work.wait()
    assert told[:2] == ["planning", "idle"], "one has ended before another begins"
    assert told in (["planning", "idle"], ["planning", "idle"] * 2)


def test_a_view_that_was_closed_begins_nothing(session: Session, dsn: str) -> None:
    work = Work(session, lambda state: None)
    work.end()
    with pytest.raises(Refused, match="closed"):
        work.plan(dsn, {"contract": "", "api": "", "prefix": "", "mirror": False})
    assert (work.target, work.state["phase"]) == ("", "idle")


def test_a_server_that_dies_is_one_line(session: Session) -> None:
    fill(session)
    with running_postgres() as server:
        view = session.export_view()
        plan(view, server.dsn.replace("//tana@", f"//tana:{SECRET}@"))
        done(view, "apply")
        until(view, lambda seen: seen["rows"])
        server.stop(signal.SIGQUIT)
        seen = until(view, rests)
        assert seen["phase"] == "planned"
        assert len(seen["error"].splitlines()) == 1
        assert SECRET not in seen["error"]
        server.start()
        assert apply(view)["phase"] == "done"


def test_meanwhile_others_are_told_and_nothing_waits(session: Session, dsn: str) -> None:
    fill(session)
    view, browser = session.export_view(), session.browse()
    plan(view, dsn)
    done(view, "apply")
    until(view, lambda seen: seen["rows"])
    assert ask(browser, "page", query={})["busy"]
    with pytest.raises(BusyError, match="an export is running"):
        session.run("1")
    assert refused(view, "plan", query={}) == "busy: an export is running; nothing was written"
    assert done(view, "export")["state"]["phase"] == "exporting"
    assert {"contract": SHOP, "api": "kv"}.items() <= done(view, "export")["namespaces"][0].items()
    done(view, "cancel")
    until(view, rests)
    session.run("1")


def test_in_the_middle_of_a_cell_nothing_is_begun(session: Session, dsn: str) -> None:
    view = session.export_view()
    session._running = SHOP
    assert session._lock.acquire()
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(ask(view, "plan", query={}, target=dsn)))
    thread.start()
    thread.join()
    session._lock.release()
    session._running = None
    (answer,) = answers
    assert (answer["ok"], answer["busy"]) == (False, True)


# The secret


def test_the_secret_is_said_once_and_never_again(
    session: Session, postgres: Postgres, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, browser = session.export_view(), session.browse()
    wrong = [
        f"postgresql://tana:{SECRET}@127.0.0.1:1/postgres",
        f"postgresql://tana:{SECRET}@/nowhere?host={postgres.folder}",
        f"postgresql://tana:{SECRET}@/postgres?host={postgres.folder}&nonsense=1",
        f"host={postgres.folder} user=tana dbname=postgres password={SECRET} port=x",
        f"mysql://tana:{SECRET}@db/tana",
        f"{SECRET}",
    ]
    for widget in (view, browser):
        for target in wrong:
            assert plan(widget, target)["error"], target
        plan(widget, dsn)
        apply(widget)
        plan(widget)
    monkeypatch.setenv("SHOP_DATABASE", dsn)
    assert plan(view, variable="SHOP_DATABASE")["counts"]["unchanged"] == 4
    monkeypatch.setenv("SHOP_DATABASE", wrong[0])
    assert plan(view, variable="SHOP_DATABASE")["error"]
    told = [widget.comm.sent for widget in (view, browser)]
    shown = [repr(view), repr(browser), view._repr_mimebundle_(), browser._repr_mimebundle_()]
    saved = [Widget.get_manager_state(), view.get_state(), browser.get_state(), view.query]
    everything = json.dumps([told, shown, saved, session.failures], default=repr)
    assert [everything[at.start() - 150 : at.end() + 20] for at in re.finditer(SECRET, everything)] == []
    assert SECRET not in session.status()


def test_what_breaks_inside_is_logged_without_the_secret(
    session: Session, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(target: str, *_: Any, **__: Any) -> None:
        raise ValueError(f"cannot read {target}")

    monkeypatch.setattr(session, "export", broken)
    view = session.export_view()
    assert plan(view, dsn)["error"] == "internal error (see %tana log); nothing was written"
    assert "ValueError: cannot read postgresql://tana:***@" in session.failures[-1]
    assert SECRET not in "".join(session.failures)


def test_variables_are_named_and_not_read_out(session: Session, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DATABASE", dsn)
    view = session.export_view(variable="SHOP_DATABASE")
    assert "SHOP_DATABASE" in done(view, "export")["variables"]
    assert view.query["variable"] == "SHOP_DATABASE"
    assert plan(view)["counts"]["added"] == 4
    assert "NO_SUCH_ONE" in plan(view, variable="NO_SUCH_ONE")["error"]


# The widget


def test_the_query_may_be_set_in_part_and_is_all_that_is_synced(session: Session) -> None:
    view = session.export_view(contract=SHOP)
    view.query = {"prefix": "user:", "mirror": True}
    whole = {"contract": SHOP, "api": "", "prefix": "user:", "mirror": True, "variable": ""}
    assert view.query == whole
    deliver(view, {"method": "update", "state": {"query": {"api": "kv", "target": "x", "more": 1}}})
    assert view.query == whole | {"api": "kv"}
    deliver(view, {"method": "update", "state": {"query": {"contract": "no name"}, "_esm": "x"}})
    assert view.query == whole | {"api": "kv"}
    assert not {name for name in view.keys if not name.startswith("_")} - {"query", "layout", "tabbable", "tooltip"}
    assert repr(view) == "<ExportView of shop/kv user:*>"
    with pytest.raises(TanaError, match="query: api must be one of , kv, data, deno"):
        view.query = {"api": "queue"}


@pytest.mark.parametrize(
    ("verb", "fields", "error"),
    [
        ("plan", {}, "plan: query is missing"),
        ("plan", {"query": 1}, "plan: query must be an object"),
        ("plan", {"query": {}, "target": 1}, "plan: target must be a text"),
        ("plan", {"query": {}, "target": "x" * 9000}, "plan: target is longer than 8,192 characters"),
        ("plan", {"query": {"mirror": 1}, "target": "x"}, "query: mirror must be true or false"),
        ("plan", {"query": {"variable": "A B"}}, "query: variable must be the name of an environment variable"),
        (
            "plan_rows",
            {"kind": "staged"},
            "plan_rows: kind must be one of added, changed, unchanged, deleted, only_there",
        ),
        ("plan_rows", {"kind": "added"}, "there is no plan: check first"),
        ("apply", {}, "there is no plan: check first"),
        ("apply", {"confirm": True}, "apply: confirm must be a whole number from 0 to 9,007,199,254,740,992"),
        ("page", {"query": {}}, "no such verb: 'page'; there are export, plan, plan_rows, apply, cancel"),
    ],
)
def test_messages_that_are_refused(session: Session, verb: str, fields: dict[str, Any], error: str) -> None:
    assert refused(session.export_view(), verb, **fields) == error


def test_the_key_browser_can_export_what_it_shows(session: Session, postgres: Postgres, dsn: str) -> None:
    browser = session.browse("user:", contract=SHOP)
    answer = done(browser, "export")
    assert answer["query"] == {"contract": SHOP, "api": "kv", "prefix": "user:", "mirror": False, "variable": ""}
    assert plan(browser, dsn)["counts"]["added"] == 2
    assert apply(browser)["phase"] == "done"
    assert rows(postgres, dsn) == 2
    assert done(browser, "page", query={})["rows"]


def test_its_static_form_says_what_it_would_export(session: Session) -> None:
    view = session.export_view(contract=SHOP, api="kv")
    bundle, _ = view._repr_mimebundle_()
    assert bundle["text/plain"] == "export of shop/kv: in the widget, or with %tana export TARGET"
    assert "%tana export TARGET" in bundle["text/html"]
    assert isinstance(view, ExportView)

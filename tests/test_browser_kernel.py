"""Browsers in a real kernel: a real comm, and messages in the middle of a cell."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("jupyter_client", reason="pip install -e '.[test]'")

from tests.kernel import Executed, Kernel, Running

pytestmark = pytest.mark.needs("kernel")

PATIENCE = 90.0
FILL = """%%tana shop
import { kv } from 'tana/kv'
import { data } from 'tana/data'
await kv.put('user:1', 'ada')
await kv.put('half', '\\ud800')
data.set('cart', { n: 1 })
"""
HOLDS = """%%tana busy
import { kv } from 'tana/kv'
console.log('go')
for (let n = 0; n < 60; n++) { await kv.put(`k${n}`, 'v'); await new Promise((done) => setTimeout(done, 20)) }
console.log('end')
"""


@pytest.fixture(scope="module")
def tana(kernel: Kernel) -> Kernel:
    done = kernel.execute("%load_ext tana_jupyter\nimport tana_jupyter", timeout=PATIENCE)
    assert (done.status, done.stderr) == ("ok", "")
    assert kernel.execute(FILL, timeout=PATIENCE).status == "ok"
    return kernel


def model(kernel: Kernel) -> tuple[str, Executed]:
    """A new browser, as ``%tana browse`` shows it."""
    done = kernel.execute("browser = get_ipython().run_line_magic('tana', 'browse --contract shop')\nbrowser", PATIENCE)
    assert done.errors == []
    view = done.results[-1]["application/vnd.jupyter.widget-view+json"]
    return view["model_id"], done


def send(kernel: Kernel, comm: str, verb: str, subshell: str | None = None, **fields: Any) -> Running:
    fields = {name.rstrip("_"): value for name, value in fields.items()}
    content = {"id": 5, "verb": verb, **fields}
    return kernel.send_comm(comm, {"method": "custom", "content": content}, subshell=subshell)


def answer(message: Running) -> dict[str, Any]:
    def custom(done: Executed) -> list[dict[str, Any]]:
        sent = [data["content"] for data in done.comm_messages if data.get("method") == "custom"]
        return [content for content in sent if "event" not in content]

    (got,) = custom(message.until(custom, "answer", PATIENCE))
    assert got["id"] == 5
    return got


def test_a_cell_shows_widget_table_and_text(tana: Kernel) -> None:
    _, done = model(tana)
    assert sorted(done.results[-1]) == ["application/vnd.jupyter.widget-view+json", "text/html", "text/plain"]
    assert done.text.splitlines()[0] == "shop/kv"
    opened = [message["content"] for message in done.messages if message["msg_type"] == "comm_open"]
    assert len(opened) == 2
    assert not any("ada" in str(content["data"]["state"].get("query")) for content in opened)


def test_messages_over_a_real_comm(tana: Kernel) -> None:
    comm, _ = model(tana)
    page = answer(send(tana, comm, "page", query={}))
    assert [(row["text"], row["preview"]) for row in page["rows"]] == [("half", "\ufffd"), ("user:1", "ada")]
    put = {"contract": "shop", "api": "kv", "text": "new", "value": "grace", "as_": "text", "overwrite": False}
    assert answer(send(tana, comm, "put", **put))["ok"]
    assert answer(send(tana, comm, "put", **put))["exists"]
    assert tana.execute("tana_jupyter.session().get('new', contract='shop')").text == "'grace'"
    done = tana.send_comm(comm, {"method": "update", "state": {"query": {"prefix": "user:"}}}).until(
        lambda done: done.comm_messages, "echo", PATIENCE
    )
    assert done.comm_messages[0]["state"]["query"]["prefix"] == "user:"
    assert tana.execute("browser.query['prefix'], len(browser.frame())").text == "('user:', 1)"


def test_a_run_tells_the_page(tana: Kernel) -> None:
    comm, _ = model(tana)
    answer(send(tana, comm, "hello"))
    done = tana.execute("%%tana plain\n1", PATIENCE)
    events = [data["content"]["event"] for data in done.comm_messages if data.get("method") == "custom"]
    assert "changed" in events
    kinds = {message["msg_type"] for message in done.messages}
    assert kinds == {"status", "execute_input", "comm_msg", "execute_result"}


def test_in_the_middle_of_a_cell_pages_are_busy_and_edits_refused(tana: Kernel) -> None:
    subshell = tana.subshell()
    if subshell is None:
        pytest.skip("this ipykernel has no subshells: pip install 'ipykernel>=7'")
    comm, _ = model(tana)
    # Also the first: ipykernel may answer the messages of a comm where it answered an earlier one.
    answer(send(tana, comm, "hello", subshell))
    cell = tana.begin(HOLDS)
    cell.wait_for("go", PATIENCE)
    page = answer(send(tana, comm, "page", subshell, query={}))
    place = {"contract": "shop", "api": "kv"}
    delete = answer(send(tana, comm, "delete", subshell, **place, keys=[b"user:1".hex()]))
    assert "end" not in cell.so_far().stdout, "the cell was over before the messages were answered"
    done = cell.finish(PATIENCE)
    assert (done.status, done.stdout) == ("ok", "go\nend\n")
    assert page == {"id": 5, "ok": False, "busy": True, "error": "busy: busy is running"}
    assert delete == {"id": 5, "ok": False, "busy": True, "error": "busy: busy is running; nothing was written"}
    # What was answered with busy is asked again at the end of the cell.
    assert [data["content"]["event"] for data in done.comm_messages if data.get("method") == "custom"] == ["changed"]
    page = answer(send(tana, comm, "page", subshell, query={}))
    assert "user:1" in {row["text"] for row in page["rows"]}
    assert answer(send(tana, comm, "delete", subshell, **place, keys=[b"user:1".hex()]))["deleted"] == 1
    stage = {"contract": "shop", "api": "data", "text": "cart", "value": "{}", "as_": "json", "overwrite": True}
    assert answer(send(tana, comm, "put", subshell, **stage))["ok"]
    assert answer(send(tana, comm, "commit", subshell, contract="shop"))["committed"] == 1


def test_a_page_that_closes_its_comm_leaves(tana: Kernel) -> None:
    comm, _ = model(tana)
    count = "len(tana_jupyter.session().audience)"
    before = int(tana.execute(count).text)
    message = tana.client.session.msg("comm_close", {"comm_id": comm, "data": {}})
    tana.client.shell_channel.send(message)
    assert int(tana.execute(count).text) == before - 1
    assert tana.execute("%%tana shop\n1", PATIENCE).text == "1"

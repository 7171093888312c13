"""An export in a real kernel: Cancel and Stop reach it, whether cells run or none does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("jupyter_client", reason="pip install -e '.[test]'")

from tests.kernel import Kernel
from tests.servers import Postgres

pytestmark = pytest.mark.needs("kernel", "postgres")

PATIENCE = 90.0
SECRET = "hunter2-and-more"
MANY = 60_000
FILL = f"""
from tana_jupyter import session
from tana_jupyter.store.protocol import Write
s = session()
_ = s.journal.commit([Write("kv", "shop", b"n:%06d" % n, b"%d" % n, encoding="text") for n in range({MANY})])
view = s.export_view(contract="shop")
view
"""


@pytest.fixture(scope="module")
def view(kernel: Kernel) -> str:
    """The comm of a view over many rows."""
    assert kernel.execute("%load_ext tana_jupyter", timeout=PATIENCE).status == "ok"
    shown = kernel.execute(FILL, PATIENCE)
    assert shown.errors == []
    return str(shown.results[-1]["application/vnd.jupyter.widget-view+json"]["model_id"])


class Asked:
    """A message, and the states it led to."""

    def __init__(self, kernel: Kernel, comm: str, subshell: str | None, verb: str, **fields: Any) -> None:
        self.kernel = kernel
        self.before = max((state["serial"] for state in told(kernel)), default=0)
        kernel.send_comm(comm, {"method": "custom", "content": {"id": 5, "verb": verb, **fields}}, subshell=subshell)

    def until(self, holds: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        limit = time.monotonic() + PATIENCE
        while True:
            for state in told(self.kernel):
                if state["serial"] > self.before and holds(state):
                    return state
            self.kernel.pump(limit, f"for the export to {what}")


def told(kernel: Kernel) -> list[dict[str, Any]]:
    """All states so far. Before ipykernel 7 a thread's messages belong to whichever request came last."""
    sent = [message["content"]["data"] for each in kernel._caused.values() for message in each if is_comm(message)]
    contents = [data["content"] for data in sent if data.get("method") == "custom"]
    return [content["state"] for content in contents if content.get("event") == "export"]


def is_comm(message: dict[str, Any]) -> bool:
    return bool(message["msg_type"] == "comm_msg")


def rests(state: dict[str, Any]) -> bool:
    return state["phase"] not in {"planning", "exporting"}


@pytest.mark.parametrize("subshells", [False, True], ids=["shell", "subshell"])
@pytest.mark.parametrize("how", ["cancel", "stop"])
def test_cancel_and_stop_roll_back(kernel: Kernel, view: str, postgres: Postgres, how: str, subshells: bool) -> None:
    subshell = kernel.subshell() if subshells else None
    if subshells and subshell is None:
        pytest.skip("this ipykernel has no subshells: pip install 'ipykernel>=7'")
    dsn = postgres.fresh_schema()
    secret = dsn.replace("//tana@", f"//tana:{SECRET}@")
    asked = Asked(kernel, view, subshell, "plan", query={}, target=secret)
    assert asked.until(rests, "plan")["counts"]["added"] == MANY
    asked = Asked(kernel, view, subshell, "apply")
    asked.until(lambda state: state["rows"], "begin")
    if how == "cancel":
        Asked(kernel, view, subshell, "cancel")
    else:
        kernel.interrupt()
    state = asked.until(rests, "end")
    assert (state["phase"], state["error"]) == ("planned", "Cancelled: nothing was written.")
    assert postgres.query(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{dsn.rpartition('%3D')[2]}'") == "0"
    # The kernel is as it was: a cell runs, and Stop is for cells again.
    assert kernel.execute("s.busy is None").text == "True"
    cell = kernel.begin("print('go', flush=True)\nwhile True: pass")
    cell.wait_for("go")
    kernel.interrupt()
    assert cell.finish().errors[0].name == "KeyboardInterrupt"
    time.sleep(0.1)
    kernel.interrupt()
    assert kernel.execute("6 * 7").text == "42"
    assert SECRET not in repr(dict(kernel._caused))
    assert SECRET not in kernel.log.read_text()


def test_cancel_is_heard_in_the_middle_of_a_cell(kernel: Kernel, view: str, postgres: Postgres) -> None:
    subshell = kernel.subshell()
    if subshell is None:
        pytest.skip("this ipykernel has no subshells: pip install 'ipykernel>=7'")
    Asked(kernel, view, subshell, "plan", query={}, target=postgres.fresh_schema()).until(rests, "plan")
    asked = Asked(kernel, view, subshell, "apply")
    asked.until(lambda state: state["rows"], "begin")
    cell = kernel.begin("import time\nprint('go', flush=True)\nfor _ in range(40): time.sleep(0.05)\nprint('end')")
    cell.wait_for("go")
    Asked(kernel, view, subshell, "cancel")
    state = asked.until(rests, "end")
    assert "end" not in cell.so_far().stdout
    assert state["error"] == "Cancelled: nothing was written."
    assert cell.finish().stdout == "go\nend\n"

"""Speak with a browser as its page would: messages go in through its comm, and what it sends is kept."""

from __future__ import annotations

from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm

from tana_jupyter import Session
from tana_jupyter.store.protocol import Write

NOW = "2026-01-01T00:00:00Z"
SHOP = "shop"


class Page(BaseComm):
    """The page's end of a comm."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.kinds: list[str] = []
        super().__init__(*arguments, **options)

    def publish_msg(self, msg_type: str, data: Any = None, **_: Any) -> None:
        self.kinds.append(msg_type)
        if data:
            self.sent.append(data)

    @property
    def custom(self) -> list[dict[str, Any]]:
        """The custom messages that came."""
        return [data["content"] for data in self.sent if data.get("method") == "custom"]

    @property
    def events(self) -> list[dict[str, Any]]:
        """Those that nobody asked for."""
        return [content for content in self.custom if "event" in content]


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Widgets get comms that keep what they send."""
    monkeypatch.setattr(comm, "create_comm", Page)


def opened() -> Session:
    """A session whose clock stands still."""
    session = Session()
    session.clock.freeze(NOW)
    return session


def store(session: Session, rows: dict[str, str | bytes], api: str = "kv", contract: str = SHOP, **more: Any) -> None:
    """Commit some rows."""
    writes = []
    for key, value in rows.items():
        data, encoding = (value, "bytes") if isinstance(value, bytes) else (value.encode(), "text")
        writes.append(Write(api, contract, key.encode(), data, **{"encoding": encoding, **more}))
    session.journal.commit(writes)


def deliver(widget: Any, data: object) -> None:
    """Hand a message to a widget as its comm does."""
    widget.comm.handle_msg({"content": {"data": data}, "buffers": []})


def tell(widget: Any, message: object) -> dict[str, Any]:
    """Send any custom message; the one answer to it."""
    before = len(widget.comm.custom)
    deliver(widget, {"method": "custom", "content": message})
    (answer,) = [content for content in widget.comm.custom[before:] if "event" not in content]
    return answer


def ask(widget: Any, verb: str, **fields: Any) -> dict[str, Any]:
    """Send a message as the page of this package would."""
    fields = {name.rstrip("_"): value for name, value in fields.items()}
    answer = tell(widget, {"id": 7, "verb": verb, **fields})
    assert answer["id"] == 7
    return answer


def done(widget: Any, verb: str, **fields: Any) -> dict[str, Any]:
    """The answer to a message that is carried out."""
    answer = ask(widget, verb, **fields)
    assert answer["ok"], answer
    return answer


def refused(widget: Any, verb: str, **fields: Any) -> str:
    """Why a message is not carried out."""
    answer = ask(widget, verb, **fields)
    assert not answer["ok"], answer
    return str(answer["error"])


def k(text: str) -> str:
    """A key of kv or data as it travels."""
    return text.encode().hex()

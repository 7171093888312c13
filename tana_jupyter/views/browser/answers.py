"""From a message to its answer: which function answers a verb, and what becomes of whatever goes wrong."""

import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from tana_jupyter.clock import iso
from tana_jupyter.errors import BusyError, TanaError
from tana_jupyter.guesttext import well_formed
from tana_jupyter.views.browser import edits
from tana_jupyter.views.browser.copying import copied
from tana_jupyter.views.browser.detail import detail
from tana_jupyter.views.browser.messages import VERBS, Refused, Request, identifier, read
from tana_jupyter.views.browser.pages import page
from tana_jupyter.views.browser.query import Query
from tana_jupyter.views.browser.scene import Scene, namespaces
from tana_jupyter.views.browser.staged import staged

Answer = dict[str, Any]
ROWS: Final = 100  # of a page, unless the page says how many


class Answers:
    """Answers the messages of one widget; never raises, whatever they are.

    >>> Answers(session, lambda: Query("shop", "kv")).to({"id": 1, "verb": "dance"})["ok"]
    False
    """

    def __init__(self, scene: Scene, query: Callable[[], Mapping[str, Any]]) -> None:
        self._scene = scene
        self._query = query

    def to(self, message: object) -> Answer:
        """The answer to a message."""
        return answered(self._scene, message, lambda: self._carry_out(read(message)))

    def _carry_out(self, request: Request) -> Answer:
        writes = VERBS[request.verb].writes
        try:
            with self._scene.at_rest():
                self._same_store(request.fields.get("store"))
                answer = HANDLERS[request.verb](self, request.fields)
        except BusyError as error:
            text = f"{error}; nothing was written" if writes else str(error)
            raise Refused(text, busy=True) from None
        if writes:
            self._scene.audience.changed()
        return answer

    def _same_store(self, store: str | None) -> None:
        now = self._scene.store.location
        if store not in {None, now}:
            raise Refused(
                f"these are rows of {store}, and the session uses {now} now; nothing was written", conflict=True
            )

    def _hello(self, _: Mapping[str, Any]) -> Answer:
        store = self._scene.store
        return {
            "namespaces": namespaces(self._scene, counted=False),
            "query": dict(self._query()),
            "store": {"location": store.location, "shared": store.shared},
            **self.time(),
        }

    def _namespaces(self, _: Mapping[str, Any]) -> Answer:
        return {"namespaces": namespaces(self._scene, counted=True), **self.time()}

    def _page(self, fields: Mapping[str, Any]) -> Answer:
        query = Query(**self._query()).with_fields(fields["query"])
        found = page(self._scene, query, fields.get("path", b""), fields.get("after"), fields.get("limit", ROWS))
        return {
            "rows": found.rows,
            "next": None if found.next is None else found.next.hex(),
            "query": query._asdict(),
            "store": self._scene.store.location,
            **self.time(),
        }

    def _detail(self, fields: Mapping[str, Any]) -> Answer:
        return detail(self._scene, fields["contract"], fields["api"], fields["k"], fields.get("layer", "both"))

    def _put(self, fields: Mapping[str, Any]) -> Answer:
        return edits.put(self._scene, fields["contract"], fields["api"], fields)

    def _rename(self, fields: Mapping[str, Any]) -> Answer:
        return edits.rename(self._scene, fields["contract"], fields["api"], fields["k"], fields)

    def _delete(self, fields: Mapping[str, Any]) -> Answer:
        expect = fields.get("expect") or {}
        return edits.delete(self._scene, fields["contract"], fields["api"], fields["keys"], expect)

    def _staged(self, fields: Mapping[str, Any]) -> Answer:
        return staged(self._scene, fields["contract"])

    def _commit(self, fields: Mapping[str, Any]) -> Answer:
        return {"committed": self._ended(self._scene.commit, fields["contract"])}

    def _discard(self, fields: Mapping[str, Any]) -> Answer:
        return {"discarded": self._ended(self._scene.rollback, fields["contract"])}

    def _ended(self, end: Callable[[str], Mapping[str, int]], contract: str) -> int:
        """Keys of which the staging ended; a contract that never ran has none."""
        return 0 if self._scene.staging_of(contract) is None else end(contract)[contract]

    def _unstage(self, fields: Mapping[str, Any]) -> Answer:
        return edits.unstage(self._scene, fields["contract"], fields["k"])

    def _copy(self, fields: Mapping[str, Any]) -> Answer:
        query = Query(fields["contract"], fields["api"]).with_fields({"layer": fields.get("layer", "both")})
        return copied(self._scene, query, fields["keys"] if "keys" in fields else [fields["k"]], fields["form"])

    def time(self) -> Answer:
        """What time it is, and whether time stands still."""
        return time_of(self._scene)


HANDLERS: Final[Mapping[str, Callable[[Answers, Mapping[str, Any]], Answer]]] = {
    verb: getattr(Answers, f"_{verb}") for verb in VERBS
}


def answered(scene: Scene, message: object, carry_out: Callable[[], Answer]) -> Answer:
    """The answer to a message, whatever happens while it is carried out."""
    try:
        answer = {"ok": True, **carry_out()}
    except Refused as refused:
        answer = {"ok": False, "error": str(refused), **refused.marks}
    except BusyError as error:
        answer = {"ok": False, "error": str(error), "busy": True}
    except TanaError as error:
        answer = {"ok": False, "error": str(error)}
    except Exception:  # noqa: BLE001 # a comm must not fail: the page would wait for ever
        scene.log(traceback.format_exc())
        answer = {"ok": False, "error": "internal error (see %tana log)"}
    return _sendable({"id": identifier(message), **answer})


def time_of(scene: Scene) -> Answer:
    """What time it is, and whether time stands still."""
    return {"clock": iso(scene.clock.now_us()), "frozen": scene.clock.frozen}


def _sendable(answer: Answer) -> Answer:
    """The same without lone surrogates: no message can carry them."""
    try:
        orjson.dumps(answer)
    except TypeError:
        return {name: _mended(value) for name, value in answer.items()}
    return answer


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {_mended(name): _mended(each) for name, each in value.items()}
    return list(map(_mended, value)) if isinstance(value, list | tuple) else value

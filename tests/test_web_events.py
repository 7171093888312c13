"""EventTarget, Event and CustomEvent: modules/web/events.js; DOMException, which is the engine's own."""

import pytest

from tests.web_harness import evaluate, unhandled


def test_an_event_and_its_members() -> None:
    assert evaluate(
        """
        const target = new EventTarget();
        const event = new Event("x", { cancelable: true, bubbles: 1 });
        const seen = [];
        target.addEventListener("x", function (given) {
          seen.push(given === event, this === target, given.currentTarget === target, given.eventPhase,
            given.composedPath()[0] === target);
          given.preventDefault();
        });
        const result = target.dispatchEvent(event);
        return [...seen, result, event.defaultPrevented, event.returnValue, event.target === target,
          event.srcElement === target,
          event.currentTarget, event.eventPhase, event.composedPath(), event.type, event.bubbles,
            event.cancelable, event.composed,
          event.isTrusted, typeof event.timeStamp];
        """
    ) == [
        *(True, True, True, 2, True),
        *(False, True, False, True, True),
        *(None, 0, [], "x", True, True, False),
        *(False, "number"),
    ]


def test_order_of_listeners() -> None:
    assert evaluate(
        """
        const target = new EventTarget();
        const seen = [];
        const log = (name) => () => { seen.push(name); };
        const twice = log("twice");
        target.addEventListener("x", log("bubble"));
        target.addEventListener("x", twice);
        target.addEventListener("x", twice);
        target.addEventListener("x", twice, true);
        target.addEventListener("x", log("capture"), { capture: true });
        target.addEventListener("x", log("once"), { once: true });
        target.addEventListener("y", log("other type"));
        target.dispatchEvent(new Event("x"));
        target.removeEventListener("x", twice, { capture: true });
        target.removeEventListener("x", twice, { passive: true });
        target.dispatchEvent(new Event("x"));
        return seen;
        """
    ) == ["twice", "capture", "bubble", "twice", "once", "capture", "bubble"]


def test_adding_and_removing_while_dispatching() -> None:
    assert evaluate(
        """
        const target = new EventTarget();
        const seen = [];
        const late = () => seen.push("late");
        const removed = () => seen.push("removed");
        target.addEventListener("x", () => {
          target.addEventListener("x", late);
          target.removeEventListener("x", removed);
        });
        target.addEventListener("x", removed);
        target.dispatchEvent(new Event("x"));
        const first = seen.length;
        target.dispatchEvent(new Event("x"));
        return [first, seen];
        """
    ) == [0, ["late"]]


def test_once_listeners_are_gone_before_they_run() -> None:
    assert (
        evaluate(
            """
        const target = new EventTarget();
        let count = 0;
        target.addEventListener("x", () => { count += 1;
          if (count < 5) target.dispatchEvent(new Event("x")); }, { once: true });
        target.dispatchEvent(new Event("x"));
        return count;
        """
        )
        == 1
    )


@pytest.mark.parametrize(
    ("stop", "seen"),
    [
        ("event.stopPropagation()", ["capture", "capture 2"]),
        ("event.cancelBubble = true", ["capture", "capture 2"]),
        ("event.stopImmediatePropagation()", ["capture"]),
        ("event.cancelBubble = false", ["capture", "capture 2", "bubble"]),
    ],
)
def test_stopping(stop: str, seen: list[str]) -> None:
    assert (
        evaluate(
            f"""
            const target = new EventTarget();
            const seen = [];
            target.addEventListener("x", () => seen.push("bubble"));
            target.addEventListener("x", (event) => {{ seen.push("capture"); {stop}; }}, true);
            target.addEventListener("x", () => seen.push("capture 2"), true);
            target.dispatchEvent(new Event("x"));
            return seen;
            """
        )
        == seen
    )


def test_an_event_stopped_before_reaches_nobody_and_can_be_sent_again() -> None:
    assert evaluate(
        """
        const target = new EventTarget();
        let count = 0;
        target.addEventListener("x", () => { count += 1; });
        const event = new Event("x");
        event.stopPropagation();
        target.dispatchEvent(event);
        const first = count;
        target.dispatchEvent(event);
        return [first, count];
        """
    ) == [0, 1]


def test_prevent_default_needs_a_cancelable_event_and_an_active_listener() -> None:
    assert evaluate(
        """
        const dispatch = (init, options) => {
          const target = new EventTarget();
          target.addEventListener("x", (event) => event.preventDefault(), options);
          return target.dispatchEvent(new Event("x", init));
        };
        return [dispatch({ cancelable: true }), dispatch({}), dispatch({ cancelable: true }, {
          passive: true })];
        """
    ) == [False, True, True]


def test_listener_objects() -> None:
    assert evaluate(
        """
        const target = new EventTarget();
        const seen = [];
        const listener = { name: "object", handleEvent(event) { seen.push(this.name, event.type); } };
        target.addEventListener("x", listener);
        target.addEventListener("x", null);
        target.addEventListener("x", undefined);
        target.dispatchEvent(new Event("x"));
        return seen;
        """
    ) == ["object", "x"]


def test_a_signal_takes_listeners_away() -> None:
    assert (
        evaluate(
            """
        const target = new EventTarget();
        const controller = new AbortController();
        let count = 0;
        target.addEventListener("x", () => { count += 1; }, { signal: controller.signal });
        target.addEventListener("x", () => { count += 100; }, { signal: AbortSignal.abort() });
        target.dispatchEvent(new Event("x"));
        controller.abort();
        target.dispatchEvent(new Event("x"));
        return count;
        """
        )
        == 1
    )


def test_what_a_listener_throws_fails_the_run_and_stops_no_other_listener() -> None:
    assert "RangeError: first" in unhandled(
        """
        const target = new EventTarget();
        target.addEventListener("x", () => { throw new RangeError("first"); });
        target.addEventListener("x", () => { target.reached = true; });
        target.dispatchEvent(new Event("x"));
        if (!target.reached) throw new Error("second listener was not called");
        """
    )
    assert "handleEvent is not a function" in unhandled(
        "const it = new EventTarget(); it.addEventListener('x', {}); it.dispatchEvent(new Event('x'));"
    )


def test_dispatching_twice_at_once_is_refused() -> None:
    assert evaluate(
        """
        const target = new EventTarget();
        let error;
        target.addEventListener("x", (event) => { try { target.dispatchEvent(event); } catch (caught) {
          error = caught; } });
        target.dispatchEvent(new Event("x"));
        return [error.name, error.code];
        """
    ) == ["InvalidStateError", 11]


def test_targets_can_be_extended() -> None:
    assert evaluate(
        """
        class Counter extends EventTarget {
          #count = 0;
          add() { this.dispatchEvent(new CustomEvent("count", { detail: ++this.#count })); }
        }
        const counter = new Counter();
        const seen = [];
        counter.addEventListener("count", ({ detail }) => seen.push(detail));
        counter.add();
        counter.add();
        return [seen, new CustomEvent("x").detail, counter instanceof EventTarget,
          new CustomEvent("x") instanceof Event];
        """
    ) == [[1, 2], None, True, True]


def test_old_initialisers() -> None:
    assert evaluate(
        """
        const event = new CustomEvent("a", { cancelable: true });
        event.preventDefault();
        event.initCustomEvent("b", true, false, 5);
        return [event.type, event.bubbles, event.cancelable, event.detail, event.defaultPrevented];
        """
    ) == ["b", True, False, 5, False]


@pytest.mark.parametrize(
    "wrong",
    [
        "new Event()",
        "Event('x')",
        "new Event('x', 1)",
        "new EventTarget().dispatchEvent({ type: 'x' })",
        "new EventTarget().addEventListener('x')",
        "new EventTarget().addEventListener('x', 1)",
        "new EventTarget().addEventListener('x', () => {}, { signal: {} })",
        "EventTarget.prototype.addEventListener.call({}, 'x', () => {})",
        "Event.prototype.type",
    ],
)
def test_misuse_is_a_type_error(wrong: str) -> None:
    assert evaluate(wrong).startswith("!TypeError")


EXCEPTIONS = {
    "IndexSizeError": 1,
    "NotFoundError": 8,
    "NotSupportedError": 9,
    "InvalidStateError": 11,
    "SyntaxError": 12,
    "InvalidAccessError": 15,
    "TypeMismatchError": 17,
    "AbortError": 20,
    "QuotaExceededError": 22,
    "TimeoutError": 23,
    "DataCloneError": 25,
    "InvalidCharacterError": 5,
    "OperationError": 0,
    "MadeUp": 0,
}


@pytest.mark.parametrize(("name", "code"), EXCEPTIONS.items())
def test_exceptions(name: str, code: int) -> None:
    assert evaluate(
        """
        const error = new DOMException("text", name);
        return [error.name, error.message, error.code, error instanceof Error, `${error}`,
          Object.prototype.toString.call(error)];
        """,
        name=name,
    ) == [name, "text", code, True, f"{name}: text", "[object DOMException]"]


def test_exceptions_without_a_name() -> None:
    assert evaluate(
        """
        const error = new DOMException();
        return [error.name, error.message, error.code, DOMException.ABORT_ERR, error.DATA_CLONE_ERR];
        """
    ) == ["Error", "", 0, 20, 25]

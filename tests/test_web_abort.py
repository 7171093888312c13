"""AbortController and AbortSignal: modules/web/abort.js."""

import pytest

from tests.web_harness import evaluate, unhandled


def test_aborting() -> None:
    assert evaluate(
        """
        const controller = new AbortController();
        const { signal } = controller;
        const seen = [signal === controller.signal, signal.aborted, signal.reason === undefined,
          signal.throwIfAborted() === undefined];
        signal.addEventListener("abort", (event) => seen.push(event.type, event.isTrusted, event.bubbles,
          event.target === signal));
        controller.abort();
        controller.abort("again");
        seen.push(signal.aborted, signal.reason.name, signal.reason.code,
          signal.reason instanceof DOMException);
        try { signal.throwIfAborted(); } catch (error) { seen.push(error === signal.reason); }
        return seen;
        """
    ) == [True, False, True, True, "abort", True, False, True, True, "AbortError", 20, True, True]


@pytest.mark.parametrize("reason", ["'why'", "null", "0", "new RangeError('x')"])
def test_reasons(reason: str) -> None:
    assert evaluate(
        f"""
        const reason = {reason};
        const controller = new AbortController();
        controller.abort(reason);
        let thrown = "nothing";
        try {{ controller.signal.throwIfAborted(); }} catch (error) {{ thrown = error; }}
        return [controller.signal.reason === reason, thrown === reason,
          AbortSignal.abort(reason).reason === reason];
        """
    ) == [True, True, True]


def test_an_aborted_signal() -> None:
    assert evaluate(
        """
        const signal = AbortSignal.abort();
        return [signal.aborted, signal.reason.name, signal instanceof EventTarget];
        """
    ) == [
        True,
        "AbortError",
        True,
    ]


def test_timeout() -> None:
    assert evaluate(
        """
        const signal = AbortSignal.timeout(50);
        let fired = 0;
        signal.onabort = () => { fired += 1; };
        await elapse(49);
        const early = signal.aborted;
        await elapse(1);
        return [early, signal.aborted, signal.reason.name, signal.reason.code, fired];
        """
    ) == [False, True, "TimeoutError", 23, 1]


@pytest.mark.parametrize("delay", ["-1", "NaN", "Infinity", "2 ** 53", "'x'", ""])
def test_what_no_timeout_can_be(delay: str) -> None:
    assert evaluate(f"AbortSignal.timeout({delay})").startswith("!TypeError")


def test_any_follows_the_first() -> None:
    assert evaluate(
        """
        const [a, b] = [new AbortController(), new AbortController()];
        const any = AbortSignal.any([a.signal, b.signal]);
        const nested = AbortSignal.any([any, new AbortController().signal]);
        const order = [];
        for (const [name, signal] of Object.entries({ nested, any, b: b.signal })) {
          // All of them are aborted before the first listener runs.
          signal.onabort = () => order.push([name, any.aborted, nested.aborted]);
        }
        b.abort("b");
        a.abort("a");
        return [any.reason, nested.reason, order];
        """
    ) == ["b", "b", [["b", True, True], ["any", True, True], ["nested", True, True]]]


def test_any_of_what_is_aborted_and_of_nothing() -> None:
    assert evaluate(
        """
        const open = new AbortController();
        const any = AbortSignal.any(new Set([open.signal, AbortSignal.abort("x"), AbortSignal.abort("y")]));
        return [any.aborted, any.reason, AbortSignal.any([]).aborted];
        """
    ) == [True, "x", False]


def test_the_handler_keeps_its_place() -> None:
    assert evaluate(
        """
        const controller = new AbortController();
        const { signal } = controller;
        const seen = [];
        signal.onabort = () => seen.push("replaced");
        signal.addEventListener("abort", () => seen.push("listener"));
        const handler = function () { seen.push(this === signal); };
        signal.onabort = handler;
        const read = signal.onabort === handler;
        controller.abort();
        const other = new AbortController();
        other.signal.onabort = () => seen.push("removed");
        other.signal.onabort = "no function";
        const none = other.signal.onabort;
        other.abort();
        return [read, none, seen];
        """
    ) == [True, None, [True, "listener"]]


def test_a_throwing_listener_does_not_keep_others_from_aborting() -> None:
    assert "RangeError: mine" in unhandled(
        """
        const controller = new AbortController();
        const any = AbortSignal.any([controller.signal]);
        controller.signal.onabort = () => { throw new RangeError("mine"); };
        controller.abort();
        if (!any.aborted) throw new Error("the dependent signal was left out");
        """
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "new AbortSignal()",
        "AbortController()",
        "AbortSignal.any()",
        "AbortSignal.any([{}])",
        "AbortSignal.any(5)",
        "AbortSignal.prototype.aborted",
    ],
)
def test_misuse_is_a_type_error(wrong: str) -> None:
    assert evaluate(wrong).startswith("!TypeError")


def test_signals_are_made_by_controllers_only() -> None:
    assert evaluate("new AbortSignal(Symbol('internal'))") == "!TypeError: Illegal constructor"

"""structuredClone: modules/web/clone.js. What is cloned how is tested with the codec."""

import pytest

from tests.web_harness import evaluate


def test_types_identity_and_cycles() -> None:
    assert evaluate(
        """
        const shared = { n: 1 };
        const value = { date: new Date(5), map: new Map([[shared, new Set([1n])]]),
          bytes: new Uint8Array([1, 2]), list: [shared, , undefined] };
        value.self = value;
        const copy = structuredClone(value);
        const [key] = copy.map.keys();
        return [copy !== value, copy.self === copy, key === copy.list[0], key !== shared,
          copy.date.getTime(), copy.map.get(key).has(1n),
          [...copy.bytes], 1 in copy.list, copy.list.length];
        """
    ) == [True, True, True, True, 5, True, [1, 2], False, 3]


@pytest.mark.parametrize(
    "value", ["() => 1", "Symbol('x')", "{ deep: [() => 1] }", "new WeakMap()", "Promise.resolve()"]
)
def test_what_cannot_be_cloned(value: str) -> None:
    found = evaluate(
        f"""
        try {{ structuredClone({value}); }} catch ({{ name, code, message }}) {{
          return [name, code, message.includes("could not be cloned")];
        }}
        """
    )
    assert found == ["DataCloneError", 25, True]


def test_transferred_buffers_are_detached() -> None:
    assert evaluate(
        """
        const bytes = new Uint8Array([1, 2, 3]);
        const copy = structuredClone({ bytes }, { transfer: [bytes.buffer] });
        return [[...copy.bytes.slice()], bytes.buffer.detached, bytes.length];
        """
    ) == [[1, 2, 3], True, 0]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ("{ transfer: [{}] }", "DataCloneError"),
        ("{ transfer: [buffer, buffer] }", "DataCloneError"),
        ("{ transfer: [gone] }", "DataCloneError"),
        ("{ transfer: [1] }", "TypeError"),
        ("{ transfer: 1 }", "TypeError"),
        ("{ transfer: null }", "TypeError"),
        ("1", "TypeError"),
    ],
)
def test_wrong_transfers_change_nothing(options: str, error: str) -> None:
    assert evaluate(
        f"""
        const buffer = new ArrayBuffer(4);
        const gone = new ArrayBuffer(1);
        gone.transfer();
        try {{ structuredClone(buffer, {options}); }} catch (caught) {{ return [caught.name,
          buffer.detached]; }}
        """
    ) == [error, False]


def test_nothing_is_detached_where_cloning_fails() -> None:
    assert evaluate(
        """
        const buffer = new ArrayBuffer(4);
        try { structuredClone({ buffer, wrong() {} }, { transfer: [buffer] }); } catch (error) {
          return [error.name, buffer.detached]; }
        """
    ) == ["DataCloneError", False]


def test_arguments() -> None:
    assert evaluate("structuredClone()").startswith("!TypeError")
    assert evaluate(
        "return [structuredClone(null, null), structuredClone(5, {}), structuredClone('x', undefined)]"
    ) == [None, 5, "x"]

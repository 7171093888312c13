"""What Web IDL asks of every interface: modules/web/idl.js, seen from outside."""

import re
from pathlib import Path

import pytest

from tana_jupyter.modules import web
from tests.web_harness import evaluate

INTERFACES = {
    "URL": 1,
    "URLSearchParams": 0,
    "TextEncoder": 0,
    "TextDecoder": 0,
    "EventTarget": 0,
    "Event": 1,
    "CustomEvent": 1,
    "AbortController": 0,
    "AbortSignal": 0,
    "Crypto": 0,
    "SubtleCrypto": 0,
    "Performance": 0,
    "Headers": 0,
}
FUNCTIONS = {"atob": 1, "btoa": 1, "structuredClone": 1}
METHODS = {
    "URL.canParse": 1,
    "URL.parse": 1,
    "URL.prototype.toJSON": 0,
    "URLSearchParams.prototype.append": 2,
    "URLSearchParams.prototype.delete": 1,
    "URLSearchParams.prototype.has": 1,
    "URLSearchParams.prototype.forEach": 1,
    "TextEncoder.prototype.encode": 0,
    "TextEncoder.prototype.encodeInto": 2,
    "TextDecoder.prototype.decode": 0,
    "EventTarget.prototype.addEventListener": 2,
    "EventTarget.prototype.dispatchEvent": 1,
    "Event.prototype.initEvent": 1,
    "AbortController.prototype.abort": 0,
    "AbortSignal.abort": 0,
    "AbortSignal.timeout": 1,
    "AbortSignal.any": 1,
    "Crypto.prototype.getRandomValues": 1,
    "SubtleCrypto.prototype.digest": 2,
    "Performance.prototype.now": 0,
    "Headers.prototype.append": 2,
    "Headers.prototype.getSetCookie": 0,
}


def test_every_global_is_tabled() -> None:
    names = {name for names in web.GLOBALS.values() for name in names}
    assert names == {*INTERFACES, *FUNCTIONS, "crypto", "performance"}


@pytest.mark.parametrize(("name", "length"), INTERFACES.items())
def test_interfaces(name: str, length: int) -> None:
    assert evaluate(
        f"""
        const {{ value, enumerable }} = Object.getOwnPropertyDescriptor({name}.prototype, Symbol.toStringTag);
        const own = Object.getOwnPropertyDescriptors({name}.prototype);
        const members = Object.keys(own).filter((key) => key !== "constructor");
        let called;
        try {{ called = {name}(); }} catch (error) {{ called = error.name; }}
        return [{name}.name, {name}.length, value, enumerable, own.constructor.enumerable,
          members.every((key) => own[key].enumerable), called,
          Object.getOwnPropertyDescriptor({name}, "prototype").writable];
        """
    ) == [name, length, name, False, False, True, "TypeError", False]


@pytest.mark.parametrize(("name", "length"), FUNCTIONS.items())
def test_functions(name: str, length: int) -> None:
    assert evaluate(f"return [{name}.name, {name}.length, 'prototype' in {name}]") == [name, length, False]
    assert evaluate(f"new {name}('')").startswith("!TypeError")


@pytest.mark.parametrize(("path", "length"), METHODS.items())
def test_methods(path: str, length: int) -> None:
    assert evaluate(f"return [{path}.name, {path}.length]") == [path.rpartition(".")[2], length]


def test_tags() -> None:
    assert evaluate(
        "return [new URL('x:y'), new Headers(), crypto, crypto.subtle].map((it) => ({}).toString.call(it))"
    ) == [
        "[object URL]",
        "[object Headers]",
        "[object Crypto]",
        "[object SubtleCrypto]",
    ]


def test_constants_cannot_be_changed() -> None:
    assert evaluate("Event.AT_TARGET = 5").startswith("!TypeError")
    assert evaluate("return [Event.AT_TARGET, new Event('x').BUBBLING_PHASE]") == [2, 3]


def test_nothing_is_left_on_the_instances() -> None:
    assert evaluate("return [new URL('x:y'), new Headers(), new AbortController()].flatMap(Reflect.ownKeys)") == []


def test_every_global_is_declared() -> None:
    declared = (Path(web.__file__).parent / "web.d.ts").read_text(encoding="utf-8")
    for name in [*INTERFACES, *FUNCTIONS, "crypto", "performance", "DOMException"]:
        assert re.search(rf"^declare (class|function|const) {name}\b", declared, re.MULTILINE), name

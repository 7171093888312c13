"""Run engine/clone.js and engine/inspect.js in a bare interpreter."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import dukpy

import tana_jupyter

ENGINE = Path(tana_jupyter.__file__).parent / "engine"


@cache
def _interpreter() -> Any:
    interpreter = dukpy.JSInterpreter()
    # What the prelude does for the real engine: a register of proxies, which nothing else can recognise.
    interpreter.evaljs("""
        const targets = new WeakMap();
        const proxied = targets.get.bind(targets);
        const files = {};
        const loaded = {};
        const load = (path) => loaded[path] ??= (0, eval)(files[path])(bare);
        const bare = { __proto__: null, proxied, load, NativeProxy: Proxy };
        globalThis.Proxy = new Proxy(Proxy, { construct(Native, [target, handler]) {
            const made = new Native(target, handler);
            targets.set(made, target);
            return made;
        } });
        0;
    """)
    for name in ("clone", "nodes", "node_reader", "inspect", "leaves", "layout"):
        source = (ENGINE / f"{name}.js").read_text(encoding="utf-8")
        interpreter.evaljs("files[`engine/${dukpy.name}.js`] = dukpy.source", name=name, source=f"({source})")
    return interpreter


def run(body: str, **names: object) -> Any:
    """What a JavaScript function body returns; it may use encode, decode, inspect and the given names.

    The answer travels as ASCII JSON inside a string, so that lone surrogates and U+0000 arrive as they are.
    """
    program = (
        "(() => { 'use strict'; const { encode, decode } = bare.load('engine/clone.js');"
        " const inspect = (value) => bare.load('engine/inspect.js').inspect(value);"
        f" const {{ {', '.join(names)} }} = JSON.parse(dukpy.given);"
        f" const answer = (() => {{ {body}\n }})();"
        " return answer === undefined ? 'null' : JSON.stringify(answer)"
        ".replace(/[\\0\\u007f-\\uffff]/g, (c) =>"
        " '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')); })()"
    )
    return json.loads(_interpreter().evaljs(program, given=json.dumps(names)))

"""``%tana add``: local JavaScript as modules; zod as the proof."""

import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tana_jupyter.errors import ContractError, TanaError
from tana_jupyter.session import Session
from tests import parts
from tests.shell import Shell, open_shell

# One version: a later zod is another program, and no test of this one.
ZOD = "zod@3.23.8"


@pytest.fixture(scope="session")
def zod(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is published: what a user would have unpacked beside a notebook."""
    parts.need("npm")
    folder = tmp_path_factory.mktemp("zod")
    packed = subprocess.run(
        ["npm", "pack", "--silent", ZOD], cwd=folder, check=True, capture_output=True, text=True, timeout=120
    )
    with tarfile.open(folder / packed.stdout.strip()) as package:
        package.extractall(folder, filter="data")
    return folder / "package"


@pytest.fixture
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        yield opened


def files(folder: Path, **texts: str) -> Path:
    """Write files; ``lib__a_js`` is ``lib/a.js``."""
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        head, _, ending = path.name.rpartition("_")
        path = path.with_name(f"{head}.{ending}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def value(session: Session, source: str) -> Any:
    return session.run(source).value


BUILDS = ["", "lib", "lib/index.mjs", "lib/index.umd.js"]
IMPORTS = [
    "import { z } from 'zod'",
    "import z from 'zod'",
    "import * as z from 'zod'",
    "const { z } = await import('zod')",
]


class TestZod:
    @pytest.mark.parametrize("build", BUILDS)
    def test_every_build_in_a_notebook(self, shell: Shell, zod: Path, build: str) -> None:
        assert shell.run(f"%tana add {zod / build} --as zod").stdout == "import ... from 'zod'\n"
        shown = shell.run(
            """%%tana
            import { z } from 'zod'
            import type { ZodError } from 'zod'
            const Order = z.object({ id: z.string().min(3), total: z.number().positive(), tags: z.array(z.string()).default([]) })
            type Order = z.infer<typeof Order>
            const good = Order.safeParse({ id: 'a-1', total: 5 })
            const bad = Order.safeParse({ id: 'a', total: -1, tags: [1] })
            const order: Order = good.data!;
            ({ good, order, ok: bad.success, errors: bad.error!.flatten() })
            """
        )
        assert shown.error is None
        assert shown.result.value == {
            "good": {"success": True, "data": {"id": "a-1", "total": 5, "tags": []}},
            "order": {"id": "a-1", "total": 5, "tags": []},
            "ok": False,
            "errors": {
                "formErrors": [],
                "fieldErrors": {
                    "id": ["String must contain at least 3 character(s)"],
                    "total": ["Number must be greater than 0"],
                    "tags": ["Expected string, received number"],
                },
            },
        }

    @pytest.mark.parametrize("build", BUILDS)
    @pytest.mark.parametrize("form", IMPORTS)
    def test_every_form_of_import(self, zod: Path, build: str, form: str) -> None:
        session = Session()
        session.add(zod / build, "zod")
        source = f"{form}; const r = z.string().email().safeParse('x'); [r.success, r.error.flatten().formErrors]"
        assert value(session, source) == [False, ["Invalid email"]]
        assert value(session, "z.number().parse(5)") == 5

    def test_what_it_throws_is_an_error_of_the_cell(self, zod: Path) -> None:
        session = Session()
        session.add(zod)
        with pytest.raises(ContractError) as caught:
            session.run("import { z } from 'package'; z.string().parse(5)")
        assert caught.value.name == "ZodError"
        assert json.loads(caught.value.message)[0]["message"] == "Expected string, received number"

    def test_it_goes_along_into_a_fresh_isolate(self, zod: Path) -> None:
        session = Session()
        session.add(zod, "zod")
        source = "import { z } from 'zod'; export function get() { return z.object({}).parse({}) }"
        session.run(source, contract="checked")
        assert session["checked"].call("get", fresh=True).value == {}


class TestModules:
    def test_a_file_is_served_and_not_what_lies_beside_it(self, tmp_path: Path) -> None:
        files(tmp_path, a_mjs="export { b } from './b.mjs'", b_mjs="export const b = 1")
        session = Session()
        session.add(tmp_path / "a.mjs")
        with pytest.raises(ContractError, match="Module 'a' cannot be loaded"):
            session.run("import { b } from 'a'")
        session.add(tmp_path / "b.mjs")
        assert value(session, "import { b } from 'b'; b") == 1

    def test_files_of_a_folder_import_each_other(self, tmp_path: Path) -> None:
        files(
            tmp_path,
            index_js="import { deep } from './lib/deep/index.js'; export { deep }; export * from './lib/more'",
            lib__deep__index_js="import { up } from '../up.js'; import data from './data.json'; export const deep = up + data.n",
            lib__deep__data_json='{"n": 2, "__proto__": null}',
            lib__up_js="export const up = 40",
            lib__more_js="export { up as more } from '.'; ",
            lib__index_js="export { up } from './up.js'",
        )
        session = Session()
        session.add(tmp_path, "lib")
        assert value(session, "import { deep, more } from 'lib'; [deep, more]") == [42, 40]
        assert value(session, "import { up } from 'lib/lib/up.js'; up") == 40
        assert value(session, "import { up as same } from 'lib/lib/up'; same") == 40

    def test_nothing_outside_of_the_folder(self, tmp_path: Path) -> None:
        inside = files(
            tmp_path / "inside", index_js="export const a = 1; export const b = () => import('../outside.mjs')"
        )
        files(tmp_path, outside_mjs="export default 1", inside__up_mjs="export * from '../outside.mjs'")
        (inside / "link.mjs").symlink_to(tmp_path / "outside.mjs")
        session = Session()
        session.add(inside, "lib")
        for specifier in [
            "lib/../outside.mjs",
            "lib/link.mjs",
            "lib/../../etc/passwd",
            "lib/nothing.js",
            "lib/%2e%2e/x",
        ]:
            with pytest.raises(ContractError, match="not found"):
                session.run(f"import * as x from '{specifier}'")
        with pytest.raises(ContractError, match="outside"):
            session.run("import * as x from 'lib/up.mjs'")
        with pytest.raises(ContractError, match=r"cannot find module: outside\.mjs"):
            session.run("import { b } from 'lib'; await b()")
        for specifier in [
            "../outside.mjs",
            str(tmp_path / "outside.mjs"),
            f"file://{tmp_path}/outside.mjs",
            "lib#0/index.js",
        ]:
            with pytest.raises(ContractError, match="not found"):
                session.run(f"await import('{specifier}')")

    def test_added_files_may_import_ours_and_each_other(self, tmp_path: Path) -> None:
        files(
            tmp_path,
            count_mjs="import { kv } from 'tana/kv'; import crypto from 'node:crypto'; import { one } from 'ones';"
            "export const count = async () => { const n = Number(await kv.get('n') ?? 0) + one; await kv.put('n', n); return [n, crypto.randomBytes(2).length] }",
            ones_cjs="const { decodeTime } = require('ulid'); exports.one = decodeTime('00000000010000000000000000')",
        )
        session = Session()
        session.add(tmp_path / "count.mjs")
        session.add(tmp_path / "ones.cjs")
        assert value(session, "import { count } from 'count'; [await count(), await count()]") == [[1, 2], [2, 2]]
        assert session.get("n") == "2"

    def test_what_is_exported_is_all_there_is(self, tmp_path: Path) -> None:
        files(tmp_path, a_mjs="export default { inner: 1 }; export const outer = 2")
        session = Session()
        session.add(tmp_path / "a.mjs")
        assert value(session, "import a, { outer } from 'a'; [a.inner, outer]") == [1, 2]
        with pytest.raises(ContractError, match="has no export 'inner'"):
            session.run("import { inner } from 'a'; inner")

    def test_one_that_was_mended_can_be_added_again(self, tmp_path: Path) -> None:
        path = files(tmp_path, a_mjs="export const a = 1; throw new Error('not yet')") / "a.mjs"
        session = Session()
        session.add(path)
        with pytest.raises(ContractError, match="not yet"):
            session.run("import { a } from 'a'")
        path.write_text("export const a = 1")
        session.add(path)
        assert value(session, "import { a } from 'a'; a") == 1
        path.write_text("export const a = 2")
        assert value(session, "import { a } from 'a'; a") == 1
        session.add(path)
        assert value(session, "import { a } from 'a'; a") == 2
        path.write_text("export const a = 3")
        session.add(path)
        assert value(session, "(await import('a')).a") == 3


DETECTED = [
    ("a_js", "export const a = 1", "a"),
    ("a_js", "'use strict';const b=1;export{b as a};", "a"),
    ("a_js", "import './a.js'; export let a = 1", "a"),
    ("a_js", "/* export default 1 */ exports.a = 1", "a"),
    ("a_js", "// import x from 'y'\nmodule.exports = { a: 1 }", "a"),
    ("a_js", "const text = `import`; module.exports = { a: text && 1 }", "a"),
    ("a_js", "(function (g, f) { typeof exports === 'object' ? f(exports) : f(g.x = {}) })(this, function (e) { e.a = 1 })", "a"),
    ("a_js", "with ({ x: 1 }) { this.a = x } /* sloppy, as Node runs it */", "a"),
    ("a_js", "#!/usr/bin/env node\nexports.a = 1", "a"),
    ("a_js", "\ufeffexport const a = 1", "a"),
    ("a_cjs", "exports.a = 1", "a"),
    ("a_mjs", "export const a = (() => { const exports = {}; exports.a = 1; return exports.a })()", "a"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "exported"), DETECTED)
def test_kinds_of_scripts_are_told_apart(tmp_path: Path, name: str, text: str, exported: str) -> None:
    files(tmp_path, **{name: text})
    session = Session()
    session.add(tmp_path / name.replace("_", "."))
    assert value(session, f"import {{ {exported} }} from 'a'; {exported}") == 1


class TestCommonJs:
    def test_files_require_each_other_once_and_in_order(self, tmp_path: Path) -> None:
        files(
            tmp_path,
            index_js="const log = require('./log'); log.push('index'); const a = require('./a.js'); require('./a');"
            "module.exports = { log, a, data: require('./data.json'), sub: require('./sub') }",
            log_js="module.exports = []",
            a_js="require('./log').push('a'); exports.early = 1; exports.b = require('./b'); exports.done = true",
            b_js="require('./log').push('b'); const a = require('./a'); module.exports = [a.early, a.done]",
            data_json='{"deep": [1, {"__proto__": 2}]}',
            sub__index_js="module.exports = function sub() { return require('../log').length }",
        )
        session = Session()
        session.add(tmp_path, "lib")
        found = value(session, "import { log, a, data, sub } from 'lib'; [log, a.b, data.deep[0], sub()]")
        assert found == [["index", "a", "b"], [1, None], 1, 3]

    def test_what_is_not_there_is_an_error_only_when_it_is_required(self, tmp_path: Path) -> None:
        files(
            tmp_path,
            a_js="exports.ok = 1; exports.later = () => require('fs'); let tried; try { require('os') } catch (e) { tried = e.message } exports.tried = tried",
        )
        session = Session()
        session.add(tmp_path / "a.js")
        assert value(session, "import { ok, tried } from 'a'; [ok, tried]") == [1, "Module 'os' not found"]
        with pytest.raises(ContractError, match="Module 'fs' not found"):
            session.run("import { later } from 'a'; later()")

    def test_nothing_outside_of_the_folder(self, tmp_path: Path) -> None:
        files(tmp_path, outside_js="exports.secret = 1", lib__index_js="exports.get = () => require('../outside.js')")
        session = Session()
        session.add(tmp_path / "lib")
        with pytest.raises(ContractError, match=r"Module '\.\./outside\.js' not found"):
            session.run("import { get } from 'lib'; get()")

    @pytest.mark.parametrize(
        ("text", "default"),
        [
            ("module.exports = 5", 5),
            ("module.exports = null", None),
            ("module.exports = (x) => x + 1; module.exports.twice = 2", "function"),
            ("exports.__esModule = true; exports.default = 7; exports.a = 1", 7),
            ("exports.default = 7", {"default": 7}),
        ],
    )  # fmt: skip
    def test_the_default_export(self, tmp_path: Path, text: str, default: object) -> None:
        files(tmp_path, a_cjs=text)
        session = Session()
        session.add(tmp_path / "a.cjs")
        assert value(session, "import a from 'a'; typeof a === 'function' ? 'function' : a") == default


@pytest.mark.parametrize(
    ("package", "entry"),
    [
        ({"main": "lib/main.js"}, "main"),
        ({"main": "lib/main"}, "main"),
        ({"main": "lib/main.js", "module": "lib/module.js"}, "module"),
        ({"main": "lib/main.js", "exports": "./lib/module.js"}, "module"),
        ({"exports": {".": {"require": "./lib/main.js", "import": "./lib/module.js"}}}, "module"),
        ({"exports": {"types": "./x.d.ts", "node": "./x.js", "default": "./lib/main.js"}}, "main"),
        ({"exports": {".": {"import": {"types": "./x.d.ts", "default": "./lib/module.js"}}}}, "module"),
        ({"main": "../outside.js"}, "index"),
        ({"main": 5, "exports": ["x"]}, "index"),
        ({}, "index"),
        ([], "index"),
        (None, "index"),
    ],
)
def test_the_entry_of_a_package(tmp_path: Path, package: object, entry: str) -> None:
    files(tmp_path, outside_js="exports.name = 'outside'")
    folder = files(
        tmp_path / "package",
        index_js="exports.name = 'index'",
        lib__main_js="exports.name = 'main'",
        lib__module_js="export const name = 'module'",
    )
    (folder / "package.json").write_text("not json" if package is None else json.dumps(package))
    session = Session()
    session.add(folder, "it")
    assert value(session, "import { name } from 'it'; name") == entry


def test_a_package_says_what_its_scripts_are_and_what_its_parts_are_called(tmp_path: Path) -> None:
    folder = files(
        tmp_path / "package",
        index_js="const a = 1; globalThis.strict = (function () { return this === undefined })(); export { a }",
        lib__part_js="exports.part = 1",
        lib__package_json='{"type": "commonjs"}',
        package_json='{"type": "module", "exports": {".": "./index.js", "./part": "./lib/part.js"}}',
    )
    session = Session()
    session.add(folder, "it")
    assert value(session, "import { a } from 'it'; import { part } from 'it/part'; [a, part, strict]") == [1, 1, True]


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("nothing.js", None, "there is no file .*nothing.js"),
        ("text.txt", None, "is not JavaScript"),
        ("empty", None, "has no index.js, index.mjs or package.json"),
        ("latin.js", None, "cannot be read"),
        ("good.js", "tana/kv", "cannot name an added file"),
        ("good.js", "crypto", "cannot name an added file"),
        ("good.js", "a b", "cannot name an added file"),
        ("good.js", "a#1", "cannot name an added file"),
        ("good.js", "../x", "cannot name an added file"),
    ],
)
def test_what_cannot_be_added(tmp_path: Path, path: str, name: str | None, expected: str) -> None:
    files(tmp_path, good_js="exports.a = 1", text_txt="x")
    (tmp_path / "latin.js").write_bytes(b"exports.a = '\xe9'")
    (tmp_path / "empty").mkdir()
    session = Session()
    with pytest.raises(TanaError, match=expected):
        session.add(tmp_path / path, name)
    assert session.catalogue.added.names() == []


def test_a_broken_file_is_an_error_of_the_import(tmp_path: Path) -> None:
    files(
        tmp_path,
        index_js="export { a } from './latin.js'",
        syntax_js="export const = 1",
        late_js="await new Promise(() => {}); export const a = 1",
    )
    (tmp_path / "latin.js").write_bytes(b"exports.a = '\xe9'")
    session = Session()
    session.add(tmp_path, "lib")
    for specifier in ["lib", "lib/syntax.js", "lib/late.js"]:
        with pytest.raises(ContractError, match=f"Module '{specifier}' cannot be loaded"):
            session.run(f"import * as x from '{specifier}'")


def test_of_a_file_that_was_added_there_is_nothing_inside(tmp_path: Path) -> None:
    (tmp_path / "one.mjs").write_text("export const a = 1")
    session = Session()
    session.add(tmp_path / "one.mjs", "lib")
    assert session.run("import { a } from 'lib'; a").value == 1
    for specifier in ("lib/one.mjs", "lib/x", "lib/../one.mjs"):
        with pytest.raises(ContractError, match="not found"):
            session.run(f"await import('{specifier}')")

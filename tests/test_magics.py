"""``%%tana`` and ``%tana`` in a real InteractiveShell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tana_jupyter
from tana_jupyter.errors import CommandError, ContractError
from tana_jupyter.magics import line
from tests.shell import Shell, open_shell


@pytest.fixture
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        yield opened


def test_the_last_expression_is_shown_and_returned(shell: Shell) -> None:
    shown = shell.run("%%tana\nconst a: number = 41\na + 1")
    assert shown.result.value == 42
    assert repr(shown.result) == "42"
    assert shell.session.last is shown.result


def test_undefined_shows_nothing_but_is_remembered(shell: Shell) -> None:
    shown = shell.run("%%tana\nconst a = 1")
    assert shown.result is None
    assert shell.session.last.text is None


def test_ipython_does_not_expand_template_literals(shell: Shell) -> None:
    shell.run("who = 'python'")
    shown = shell.run("%%tana\nconst who = 'guest'; `{who} ${who} $who`")
    assert shown.result.value == "{who} guest $who"


def test_console_goes_to_the_two_streams(shell: Shell) -> None:
    shown = shell.run("%%tana\nconsole.log('out', {a: 1}); console.error('err'); console.info('more')")
    assert shown.stdout == 'out {\n  "a": 1\n}\nmore\n'
    assert shown.stderr == "err\n"


def test_variables_cross_both_ways(shell: Shell) -> None:
    shell.run("orders = [{'id': 1, 'total': 5.5}]")
    shown = shell.run(
        "%%tana -i orders -o best -o count\nconst best = orders[0]; const count = orders.length; best.total"
    )
    assert shown.result.value == 5.5
    assert shell.ip.user_ns["best"] == {"id": 1, "total": 5.5}
    assert shell.ip.user_ns["count"] == 1


def test_a_named_cell_with_exports_leaves_its_handle(shell: Shell) -> None:
    shell.run("%%tana counter\nexport function get() { return { ok: true } }")
    assert repr(shell.ip.user_ns["counter"]) == "<Contract counter: get>"
    assert shell.run("counter.get('/').body").result == {"ok": True}


@pytest.mark.parametrize("name", ["len", "my-shop", "class", "taken"])
def test_a_handle_hides_nothing_of_the_user(shell: Shell, name: str) -> None:
    shell.run("taken = 5")
    first = shell.run(f"%%tana {name}\nexport function get() {{}}")
    again = shell.run(f"%%tana {name}\nexport function get() {{}}")
    assert f'session()["{name}"]' in first.stderr
    assert again.stderr == ""
    assert shell.ip.user_ns.get("taken") == 5
    assert shell.ip.user_ns.get(name, 5) == 5


def test_quiet_shows_console_output_and_errors_only(shell: Shell) -> None:
    shown = shell.run("%%tana --quiet\nconsole.log('heard'); 42")
    assert (shown.result, shown.stdout) == (None, "heard\n")
    assert isinstance(shell.run("%%tana --quiet\nnull.x").error, ContractError)


def test_an_error_has_no_python_traceback(shell: Shell) -> None:
    shown = shell.run("%%tana counter\nfunction f() {\n  throw new TypeError('bad')\n}\nf()")
    assert "Traceback" not in shown.stdout + shown.stderr
    assert "tana_jupyter" not in shown.stdout + shown.stderr
    assert "┌─ counter#1:2:13" in shown.stdout
    assert "  2 │   throw new TypeError('bad')" in shown.stdout
    assert "= at f (counter#1:2:13)\n= at counter#1:4:1" in shown.stdout
    assert str(shown.error) == "TypeError: bad (counter#1:2:13)"


BAD_LINES = [
    ('%%tana "unclosed\n1', "No closing quotation"),
    ("%%tana --bogus\n1", "there is no option --bogus"),
    ("%%tana 1abc\n1", "'1abc' is no contract name"),
    ("%%tana a:b\n1", "'a:b' is no contract name"),
    ("%%tana -i nowhere\n1", "-i nowhere: there is no Python variable 'nowhere'"),
    ("%%tana -o nowhere\n1", "the contract has no name 'nowhere'"),
    ("%%tana -o f\nconst f = () => 1", "'f' cannot cross into Python"),
    ("%%tana --input {bad\n1", "not JSON"),
    ("%%tana --caller '{\"id\": 1}'\n1", "lacks username, publicKey"),
    ("%%tana --timeout soon\n1", "invalid float value"),
    ("%%tana --timeout -1\n1", "-1.0 is no time limit"),
    ("%%tana --timeout 0\n1", "0.0 is no time limit"),
    ("%%tana --timeout nan\n1", "nan is no time limit"),
    ("%%tana --timeout inf\n1", "inf is no time limit"),
    ("%tana kees", "did you mean keys?"),
    ("%tana zzz", "no such verb; there are: add, "),
    ("%tana get", "key is missing"),
    ("%tana get 'x", "No closing quotation"),
    ("%tana clock yesterday", "'yesterday' is no time"),
    ("%tana keys --limit 0", "0 is no limit: at least 1 row"),
    ("%tana seed x", "invalid int value"),
    ("%tana add /nowhere/x.js", "there is no file"),
    ("%tana reset ghost", "no contract 'ghost'"),
    ("%tana call counter", "write contract and handler"),
    ("%tana call ghost.get", "no contract 'ghost'"),
    ("%tana help zzz", "no such verb"),
]


@pytest.mark.parametrize(("cell", "text"), BAD_LINES, ids=[cell for cell, _ in BAD_LINES])
def test_a_bad_line_gets_one_clear_error(shell: Shell, cell: str, text: str) -> None:
    shown = shell.run(cell)
    assert shown.error is not None
    assert text in shown.stdout + shown.stderr
    assert "Traceback" not in shown.stdout + shown.stderr
    assert shell.run("%%tana\n1").result.value == 1


@pytest.mark.parametrize("name", line.names())
def test_every_verb_has_help_with_an_example(shell: Shell, name: str) -> None:
    shown = shell.run(f"%tana help {name}")
    assert shown.stdout.startswith(f"usage: %tana {name}")
    assert f"example:\n  {line.verb(name).EXAMPLE}" in shown.stdout
    assert line.verb(name).EXAMPLE.startswith("%tana")
    assert shell.run(f"%tana {name} --help").stdout == shown.stdout


def test_help_lists_all_verbs(shell: Shell) -> None:
    shown = shell.run("%tana help")
    assert [text.split()[1] for text in shown.stdout.splitlines() if text.startswith("%tana ")][
        : len(line.names())
    ] == line.names()


def test_the_cell_magic_explains_itself(shell: Shell) -> None:
    shown = shell.run("%%tana?")
    text = str(shown.outputs) + shown.stdout
    assert "%%tana [-i VAR]" in text
    assert "--timeout" in text


def test_keys_and_get(shell: Shell) -> None:
    shell.run("%%tana shop\nimport { kv } from 'tana/kv'\nawait kv.put('user:1', {n: 1}); await kv.put('other', 'x')")
    table = shell.run("%tana keys 'user:*'").result
    assert table.to_dict("records") == [{"key": "user:1", "value": '{"n":1}', "type": "object", "bytes": 7}]
    assert len(shell.run("%tana keys").result) == 2
    assert len(shell.run("%tana keys --contract nobody").result) == 0
    assert shell.run("%tana get other").result == "x"
    missing = shell.run("%tana get other --contract nobody")
    assert (missing.result, missing.stdout) == (None, "nobody has no key 'other' in kv\n")
    assert shell.run("%tana get gone --api data").stdout == "the contract that ran last has no key 'gone' in data\n"
    shell.run("%%tana shop\nawait (await Deno.openKv()).set(['nothing'], null)")
    null = shell.run("%tana get '[\"nothing\"]' --api deno")
    assert (null.result, null.stdout) == (None, "")
    cut = shell.run("%tana keys --limit 1")
    assert len(cut.result) == 1
    assert "(cut at 1 row: narrow the pattern or raise the limit)" in cut.stdout
    assert cut.stderr == ""


def test_keys_shows_the_columns_that_tell_rows_apart(shell: Shell) -> None:
    shell.run("%%tana shop\nimport { kv } from 'tana/kv'\nimport { data } from 'tana/data'\nawait kv.put('a', 1)")
    narrow = ["key", "value", "type", "bytes"]
    assert list(shell.run("%tana keys").result.columns) == narrow
    assert list(shell.run("%tana keys none").result.columns) == narrow
    shell.run("%%tana shop\nawait kv.put('b', 1, { metadata: 1, expirationTtl: 60 }); data.set('c', 1); data.commit()")
    assert list(shell.run("%tana keys").result.columns) == ["api", *narrow, "metadata", "expires"]
    assert list(shell.run("%tana keys --api data").result.columns) == narrow
    shell.run("%%tana bakery\nimport { kv } from 'tana/kv'\nawait kv.put('a', 1)")
    assert list(shell.run("%tana keys --api kv").result.columns) == ["contract", *narrow, "metadata", "expires"]
    assert list(shell.run("%tana keys --all").result.columns) == list(shell.session.keys().columns)


def test_status_tells_the_store_and_the_contracts(shell: Shell) -> None:
    shell.run(
        "%%tana shop\nimport { kv } from 'tana/kv'\nawait kv.put('a', 'b'); setTimeout(() => 1, 60000); export const get = 1"
    )
    shown = shell.run("%tana")
    assert "store      memory:" in shown.stdout
    assert "data       shop/kv: 1 row, 2 bytes" in shown.stdout
    assert "contract   shop: 1 cell, exports get, 1 timer waiting" in shown.stdout


def test_status_counts_what_is_staged(shell: Shell) -> None:
    shell.run("%%tana shop\nimport { data } from 'tana/data'\ndata.set('a', 1); data.set('b', 2)")
    assert "contract   shop: 1 cell, exports nothing, 2 keys staged\n" in shell.run("%tana").stdout


def test_clock_seed_and_settle(shell: Shell) -> None:
    assert shell.run("%tana clock 2026-01-01T00:00:00Z").stdout == "<Clock frozen at 2026-01-01T00:00:00Z>\n"
    shell.run("%%tana\nsetTimeout(() => console.log('due'), 60_000)")
    assert shell.run("%tana clock +59s").stdout == "<Clock frozen at 2026-01-01T00:00:59Z>\n"
    assert shell.run("%tana clock +1s").stdout == "due\n<Clock frozen at 2026-01-01T00:01:00Z>\n"
    shell.run("%%tana\nsetTimeout(() => console.log('later'), 5_000); setTimeout(() => 1, 9_000)")
    assert shell.run("%tana settle 5").stdout == "later\n1 timer waiting\n"
    shell.run("%tana seed 7")
    first = shell.run("%%tana\n[Math.random(), crypto.randomUUID()]").result.value
    shell.run("%tana seed 7")
    assert shell.run("%%tana\n[Math.random(), crypto.randomUUID()]").result.value == first
    assert shell.run("%tana clock real").stdout == "<Clock real>\n"


def test_clear_counts_first_and_deletes_with_yes(shell: Shell) -> None:
    shell.run("%%tana a\nimport { kv } from 'tana/kv'\nfor (const k of ['x', 'y']) await kv.put(k, 1)")
    shell.run("%%tana b\nimport { kv } from 'tana/kv'\nawait kv.put('x', 1)")
    assert (
        shell.run("%tana clear a").stdout == "would delete 2 rows of a/kv in memory:; with --yes (yes=True) it does\n"
    )
    assert len(shell.run("%tana keys").result) == 3
    assert shell.run("%tana clear a --yes").stdout == "deleted 2 rows of a/kv in memory:\n"
    assert list(shell.session.keys()["contract"]) == ["b"]


def test_reset_forgets_variables_and_keeps_data(shell: Shell) -> None:
    shell.run("%%tana a\nimport { kv } from 'tana/kv'\nconst x = 1; await kv.put('k', 'v'); export function get() {}")
    assert shell.run("%tana reset a").stdout == "reset: a\n"
    assert shell.run("%%tana a\ntypeof x").result.value == "undefined"
    assert repr(shell.session["a"]) == "<Contract a: nothing exported>"
    assert shell.run("%tana get k").result == "v"


def test_call_from_the_line(shell: Shell) -> None:
    shell.run(
        "%%tana shop\nexport function get(req) { return { me: req.tana.caller.username, x: req.query.x, h: req.headers } }\nexport function post(req, body) { return body }"
    )
    shown = shell.run('%tana call shop.get "/?x=1" --caller alice --header X-Tag=5')
    assert shown.result.body == {"me": "alice", "x": "1", "h": {"x-tag": "5"}}
    shell.run("order = {'n': 2}")
    assert shell.run("%tana call shop.post --body @order").result.body == {"n": 2}


def test_log_shows_what_a_contract_does_not_hear(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shell.run("%tana log").stdout == "no internal errors\n"
    shell.run("%%tana\nimport { kv } from 'tana/kv'\n1")
    monkeypatch.setattr(type(shell.session.store), "get", lambda *_: 1 / 0)
    shown = shell.run("%%tana\nawait kv.get('x')")
    assert "Error: Internal error (see %tana log)" in shown.stdout
    assert "ZeroDivisionError" not in shown.stdout
    monkeypatch.undo()
    assert "ZeroDivisionError" in shell.run("%tana log").stdout


def test_settings_are_validated_and_take_effect(shell: Shell) -> None:
    shell.run("%config Tana.timeout = 0.2")
    assert "ran longer than 0.2 s" in shell.run("%%tana\nwhile (true) {}").stdout
    shell.run("%config Tana.timeout = -1")
    assert "Current: 0.2" in shell.run("%config Tana").stdout
    shell.run("%config Tana.strict_handlers = True")
    shell.run("%%tana shop\nimport { kv } from 'tana/kv'\nexport const get = () => kv.put('a', 'b')")
    assert "read-only" in shell.run("%tana call shop.get").stdout


def test_unload_leaves_nothing_and_reload_loses_nothing(shell: Shell) -> None:
    shell.run("%%tana a\nimport { kv } from 'tana/kv'\nconst x = 5; await kv.put('k', 'v')")
    names = [type(item).__name__ for item in shell.ip.configurables]
    shell.run("%reload_ext tana_jupyter")
    assert [type(item).__name__ for item in shell.ip.configurables].count("Tana") == names.count("Tana") == 1
    assert shell.run("%%tana a\nx").result.value == 5
    shell.run("%unload_ext tana_jupyter")
    assert "tana" not in shell.ip.magics_manager.magics["cell"]
    assert "tana" not in shell.ip.magics_manager.magics["line"]
    assert not [item for item in shell.ip.configurables if "Tana" in type(item).__name__]
    assert "TanaMagics" not in shell.ip.magics_manager.registry
    assert "not found" in shell.run("%%tana\n1").stderr
    assert "not found" in shell.run("1\n%%tana").stderr
    shell.run("%load_ext tana_jupyter")
    assert shell.run("%%tana a\nx + (await kv.get('k'))").result.value == "5v"


def test_two_shells_have_two_sessions() -> None:
    with open_shell() as first:
        first.run("%%tana\nconst x = 1")
        one = tana_jupyter.session()
    with open_shell() as second:
        second.run("%%tana\n1")
        assert tana_jupyter.session() is not one
        assert second.run("%%tana\ntypeof x").result.value == "undefined"


def test_without_a_shell_session_says_what_to_do() -> None:
    with pytest.raises(tana_jupyter.TanaError, match="Session"):
        tana_jupyter.session()


def test_a_command_error_is_plain_text(shell: Shell) -> None:
    shown = shell.run("%tana nope")
    assert isinstance(shown.error, CommandError)
    assert shown.stdout.strip().splitlines() == [str(shown.error)]


def test_strict_handlers_make_kv_read_only_for_requests(shell: Shell) -> None:
    shell.run(
        "%%tana shop\nimport { kv } from 'tana/kv'\nexport async function get() { await kv.put('a', 1); return 1 }"
    )
    assert shell.run("shop.get().value").result == 1
    shell.run("%config Tana.strict_handlers = True")
    refusal = "KV is read-only in get(): use contract() to change state"
    assert refusal in shell.run("shop.get()").stdout
    assert refusal in shell.run("%tana call shop.get").stdout


@pytest.mark.parametrize("seconds", ["1e9", "float('inf')", "0"])
def test_a_time_limit_is_refused_where_it_is_set(shell: Shell, seconds: str) -> None:
    shell.run(f"%config Tana.timeout = {seconds}")
    assert shell.run("%%tana shop\n6 * 7").stdout.strip().endswith("42")

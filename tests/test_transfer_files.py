"""Files: JSON Lines without loss and within bounds, and the JSON of Cloudflare's tools both ways."""

import gzip
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter import denokey, limits
from tana_jupyter.errors import PlanChanged, StoreError, TanaError
from tana_jupyter.store.protocol import Row, Write
from tana_jupyter.transfer.jsonlines import line_of, read
from tana_jupyter.transfer.notebook import check
from tests.transfer_harness import NOW, content, fill, mixed, quiet, values

TIME = st.integers(0, 2**52)
TEXT = st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace"))
KEYS = {"kv": TEXT, "data": TEXT, "deno": st.binary(max_size=40)}


@st.composite
def entries(draw):
    space = draw(st.sampled_from(["kv", "data", "deno"]))
    encoding = draw(st.sampled_from(["text", "bytes", "u64", "json", "clone"]))
    value = draw(
        st.one_of(TEXT, st.binary(max_size=40), st.just(b'{"a":[1,2]}'), st.just(b"[1, 2]"), st.just(b"1e999"))
    )
    if encoding == "text":
        value = value.decode("utf-8", "replace").encode()
    metadata = draw(st.one_of(st.none(), st.just(b'{"z":1,"a":2}'), st.just(b'{ "a": 1 }'), st.just(b"null")))
    times = (draw(TIME), draw(TIME), draw(st.one_of(st.none(), TIME)))
    row = Row(draw(KEYS[space]), value, encoding, draw(st.integers(1, 2**62)), *times, metadata)
    return space, draw(st.sampled_from(["shop", "a-b_c"])), row


class TestLines:
    @given(st.lists(entries(), max_size=5))
    def test_lead_back_to_the_same_rows(self, rows):
        import io

        text = b"".join(line_of(*entry) for entry in rows)
        assert text.count(b"\n") == len(rows)
        assert list(read(io.BytesIO(text), "x")) == rows

    @pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
    def test_hold_everything_of_every_api(self, tmp_path, name):
        source, path = mixed(), tmp_path / name
        source.export(path).apply()
        assert (path.read_bytes()[:2] == b"\x1f\x8b") == name.endswith(".gz")
        back = quiet()
        back.import_(path).apply()
        assert content(back) == content(source)
        again = tmp_path / f"again.{name}"
        source.export(again).apply()
        assert again.read_bytes() == path.read_bytes()  # the same rows, the same file

    def test_keep_times_and_versions(self, tmp_path):
        path = tmp_path / "rows.jsonl"
        mixed().export(path).apply()
        head, *lines = map(json.loads, path.read_text("utf-8").rstrip("\n").split("\n"))
        assert head == {"format": "tana-jupyter rows", "version": 1}
        assert {line["created"] for line in lines} == {"2026-01-01T00:00:00Z"}
        (marked,) = (line for line in lines if line.get("key") == "marked")
        assert marked["metadata"] == {"z": 1, "a": {"b": ["ü", None, 1.5]}}
        assert marked["expires"] == "2026-01-01T01:00:00Z"

    def test_may_be_written_by_hand(self, tmp_path):
        path = tmp_path / "rows.jsonl"
        path.write_text(
            '{"contract": "shop", "key": "a", "text": "1"}\n\n{"contract": "shop", "api": "data", "key": "b", "text": {"n":1}}'
        )
        session = quiet()
        session.import_(path).apply()
        assert (values(session), values(session, space="data")) == ({"a": "1"}, {"b": '{"n":1}'})

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("{", "line 2: this is not JSON"),
            ("[1]", "line 2: this is no row"),
            ('{"key": "a", "text": "1"}', 'line 2: a row needs "contract"'),
            ('{"contract": "shop", "api": "queue", "key": "a", "text": "1"}', "line 2: a row needs"),
            ('{"contract": "shop", "key": "a"}', "line 2 needs one value"),
            ('{"contract": "shop", "key": "a", "text": "1", "more": 2}', "line 2 needs one value"),
            ('{"contract": "shop", "text": "1"}', "line 2 cannot be read"),
            ('{"contract": "shop", "key": "a", "bytes base64": "%%"}', "line 2 cannot be read"),
            ('{"contract": "shop", "key": "good", "text": "1"}', "'good' twice"),
            ("[" * 100_000, "line 2"),
            ('{"contract": "no name!", "key": "a", "text": "1"}', "its contract has no name"),
            ('{"contract": "shop", "key": "%s", "text": "1"}' % ("k" * 513), "its key has 513 bytes (max 512)"),
            ('{"contract": "shop", "key": "", "text": "1"}', "no key is called so"),
            ('{"contract": "shop", "api": "data", "key": "a", "text": "%s"}' % ("x" * 10241), "max 10,240"),
            ('{"contract": "shop", "key": "a", "json": [1]}', "kv holds no values that are json"),
            ('{"contract": "shop", "api": "deno", "key percent": "%99", "json": 1}', "it is damaged"),
            ('{"contract": "shop", "api": "deno", "key percent": "%02a%00", "u64 base64": "AA=="}', "8 bytes"),
            ('{"contract": "shop", "key": "a", "text": "1", "metadata": "%s"}' % ("x" * 1025), "its metadata has"),
        ],
    )
    def test_a_bad_line_stops_it_with_its_number_and_nothing_is_written(self, tmp_path, line, words):
        path = tmp_path / "rows.jsonl"
        path.write_text('{"contract": "shop", "key": "good", "text": "1"}\n' + line + "\n")
        session = quiet()
        with pytest.raises(TanaError) as caught:
            session.import_(path).apply()
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
        assert content(session) == {}

    def test_another_version_is_told(self, tmp_path):
        path = tmp_path / "rows.jsonl"
        path.write_text('{"format": "tana-jupyter rows", "version": 2}\n')
        with pytest.raises(TanaError, match="line 1: this is not version 1"):
            quiet().import_(path)


class TestBounds:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch):
        monkeypatch.setattr(limits, "TRANSFER_LINE", 2000)
        monkeypatch.setattr(limits, "TRANSFER_TOTAL", 100_000)

    def line(self, number, size=100):
        return json.dumps({"contract": "shop", "key": f"k{number}", "text": "x" * size}).encode() + b"\n"

    @pytest.mark.parametrize("name", ["bomb.jsonl", "bomb.jsonl.gz"])
    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            ([(1, 10), (2, 5_000_000)], "line 2 is longer than 2,000 bytes"),
            ([(number, 1000) for number in range(10_000)], "holds more than 100,000 bytes; line 96 is past that"),
        ],
    )
    def test_a_bomb_stops_with_its_line(self, tmp_path, name, lines, words):
        path = tmp_path / name
        text = b"".join(self.line(*line) for line in lines)
        path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
        session = quiet()
        with pytest.raises(TanaError) as caught:
            session.import_(path)
        assert words in str(caught.value)
        assert content(session) == {}

    def test_a_large_bulk_file_stops(self, tmp_path):
        path = tmp_path / "bulk.json"
        path.write_text("[" + " " * 100_000 + "]")
        with pytest.raises(TanaError, match="holds more than 100,000 bytes"):
            quiet().import_(path, contract="shop")


class TestFiles:
    def test_a_gzip_that_is_cut_off_is_told(self, tmp_path):
        path = tmp_path / "rows.jsonl.gz"
        mixed().export(path).apply()
        path.write_bytes(path.read_bytes()[:-20])
        session = quiet()
        with pytest.raises(TanaError, match="damaged or cut off"):
            session.import_(path)

    def test_a_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(StoreError, match="cannot be written: No such file"):
            mixed().export(tmp_path / "none" / "rows.jsonl").apply()

    def test_a_folder_is_no_file(self, tmp_path):
        (tmp_path / "a.jsonl").mkdir()
        with pytest.raises(StoreError, match="cannot be read"):
            mixed().export(tmp_path / "a.jsonl")

    def test_rights_and_links_stay(self, tmp_path):
        path, link = tmp_path / "rows.jsonl", tmp_path / "link.jsonl"
        session = quiet()
        fill(session, {"a": "1"})
        session.export(path).apply()
        path.chmod(0o640)
        link.symlink_to(path)
        fill(session, {"b": "1"})
        session.export(link).apply()
        assert link.is_symlink()
        assert path.stat().st_mode & 0o777 == 0o640
        assert sorted(file.name for file in tmp_path.iterdir()) == ["link.jsonl", "rows.jsonl"]

    def test_rows_of_others_stay_in_order(self, tmp_path):
        path = tmp_path / "rows.jsonl"
        session = quiet()
        fill(session, {"b": "1"}, contract="shop")
        fill(session, {"k": "1"}, contract="zoo")
        session.export(path).apply()
        other = quiet()
        fill(other, {"a": "1", "c": "3"}, contract="shop")
        other.export(path).apply()
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()[1:]]
        assert [(line["contract"], line["key"]) for line in lines] == [
            ("shop", "a"),
            ("shop", "b"),
            ("shop", "c"),
            ("zoo", "k"),
        ]


class TestBulk:
    def test_is_what_cloudflares_tools_read(self, tmp_path):
        path = tmp_path / "bulk.json"
        session = mixed()
        plan = session.export(path)
        plan.apply()
        pairs = {pair["key"]: pair for pair in json.loads(path.read_text("utf-8"))}
        assert pairs["marked"] == {
            "key": "marked",
            "value": "m",
            "expiration": NOW // 1_000_000 + 3600,
            "metadata": {"z": 1, "a": {"b": ["ü", None, 1.5]}},
        }
        assert pairs["bytes"] == {"key": "bytes", "value": "AP8KDVw=", "base64": True}
        assert set(pairs) == {"text", "empty", "json", "bytes", "nothing", "marked"}
        assert plan.notes
        back = quiet()
        back.import_(path, contract="shop").apply()
        assert content(back) == {where: row for where, row in content(session).items() if where[1] == "kv"}
        assert session.export(path).counts.writes == 0

    def test_is_read_as_they_write_it(self, tmp_path):
        path = tmp_path / "bulk.json"
        session = quiet()
        pairs = [
            {"key": "a", "value": "1", "expiration_ttl": 60, "expiration": 5},
            {"key": "b", "value": "AAE=", "base64": True, "metadata": {"n": 1}},
            {"key": "c", "value": "x", "expiration": None, "metadata": None, "base64": False},
        ]
        path.write_text(json.dumps(pairs))
        session.import_(path, contract="shop").apply()
        assert content(session) == {
            ("shop", "kv", b"a"): (b"1", "text", NOW + 60_000_000, None),
            ("shop", "kv", b"b"): (b"\0\1", "bytes", None, b'{"n":1}'),
            ("shop", "kv", b"c"): (b"x", "text", None, None),
        }
        path.write_text(
            json.dumps({"values": {"a": "one", "d": {"value": "two", "metadata": [1]}, "e": None, "f": {"n": 1}}})
        )
        session.import_(path, contract="shop", conflicts="take").apply()
        assert values(session)["a"] == "one"
        assert content(session)["shop", "kv", b"d"] == (b"two", "text", None, b"[1]")
        assert values(session)["f"] == '{"n":1}'
        assert "e" not in values(session)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("[", "is not JSON"),
            ("5", "holds no pairs"),
            ("[5]", "pair 1: this is no object"),
            ('[{"key": "a"}]', "pair 1: it needs"),
            ('[{"key": "a", "value": 5}]', "pair 1: it needs"),
            ('[{"key": "a", "value": "b", "other": 1}]', "nobody knows its 'other'"),
            ('[{"key": "a", "value": "%", "base64": true}]', "pair 1"),
            ('[{"key": "a", "value": "b", "expiration": "soon"}]', "pair 1"),
            ('[{"key": "a", "value": "b"}, {"key": "a", "value": "c"}]', "'a' twice"),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path, text, words):
        path = tmp_path / "bulk.json"
        path.write_text(text)
        with pytest.raises(TanaError) as caught:
            quiet().import_(path, contract="shop")
        assert words in str(caught.value)

    def test_is_about_one_contract(self, tmp_path):
        path = tmp_path / "bulk.json"
        session = mixed()
        fill(session, {"a": "1"}, contract="bank")
        with pytest.raises(TanaError, match="name one with contract="):
            session.export(path)
        session.export(path, contract="bank").apply()
        with pytest.raises(TanaError, match="say which with contract="):
            quiet().import_(path)
        with pytest.raises(TanaError, match="holds kv alone"):
            session.export(path, api="deno")


def test_deno_keys_of_a_file_are_those_of_the_store(tmp_path):
    session = quiet()
    key = denokey.pack(("a\0b", -(2**70), 1.5, True, b"\xff\0"))
    session.store.commit([Write("deno", "shop", key, b"1", "json")], now=NOW)
    session.export(tmp_path / "a.jsonl").apply()
    back = quiet()
    back.import_(tmp_path / "a.jsonl").apply()
    assert content(back) == content(session)


class TestWhatOthersMade:
    @pytest.mark.parametrize(
        ("count", "size", "words"),
        [
            (1001, 1, "shop/data would have 1,001 rows, and a contract can commit 1,000"),
            (11, 10_000, r"shop/data would have 110,0\d\d bytes, and a contract can commit 102,400"),
        ],
    )
    def test_more_data_than_a_contract_can_commit_is_refused(self, tmp_path, count, size, words):
        path = tmp_path / "rows.jsonl"
        line = '{"contract": "shop", "api": "data", "key": "k%04d", "text": "%s"}'
        lines = [line % (number, "v" * size) for number in range(count)]
        path.write_text("\n".join(lines[:-1]))
        session = quiet()
        session.import_(path).apply()
        path.write_text("\n".join(lines))
        with pytest.raises(TanaError, match=words):
            session.import_(path).apply()
        assert len(values(session, space="data")) == count - 1

    def test_too_much_data_may_become_less(self, tmp_path):
        path = tmp_path / "rows.jsonl"
        path.write_text('{"contract": "shop", "api": "data", "key": "k0000", "text": "new"}')
        session = quiet()
        fill(session, {f"k{number:04}": "v" * 200 for number in range(1200)}, space="data")
        session.import_(path, mirror=True, conflicts="take").apply(confirm_deletions=1199)
        assert values(session, space="data") == {"k0000": "new"}

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            (', "expires": 9223372036854775808', "it expires later than a store can hold"),
            (', "metadata text": "no json"', "it is damaged"),
            (', "metadata base64": "/w=="', "it is damaged"),
        ],
    )
    def test_what_no_store_can_give_back_is_refused(self, tmp_path, more, words):
        path = tmp_path / "rows.jsonl"
        path.write_text(f'{{"contract": "shop", "key": "a", "text": "v"{more}}}')
        with quiet(f"sqlite:///{tmp_path}/a.db") as session:
            with pytest.raises(TanaError, match=f"shop/kv 'a' cannot be imported: {words}"):
                session.import_(path).apply()
            assert content(session) == {}

    def test_half_a_surrogate_pair_in_a_deno_value_comes_back(self, tmp_path):
        session, back = quiet(), quiet()
        session.run("const db = await Deno.openKv(); await db.set(['a'], 'x\\ud800y')", contract="shop")
        session.export(tmp_path / "rows.jsonl").apply()
        back.import_(tmp_path / "rows.jsonl").apply()
        assert content(back) == content(session)
        assert session.export(tmp_path / "rows.jsonl").counts.unchanged == 1

    def test_a_deeply_nested_deno_value_comes_back(self, tmp_path):
        session, back = quiet(), quiet()
        nest = (
            "const db = await Deno.openKv(); let x = []; for (let i = 0; i < 3000; i++) x = [x]; await db.set(['a'], x)"
        )
        session.run(nest, contract="shop")
        session.export(tmp_path / "rows.jsonl").apply()
        back.import_(tmp_path / "rows.jsonl").apply()
        assert content(back) == content(session)

    def test_a_byte_order_mark_is_passed_over(self, tmp_path):
        (tmp_path / "rows.jsonl").write_text('\ufeff{"contract": "shop", "key": "a", "text": "v"}\r\n', "utf-8")
        (tmp_path / "bulk.json").write_text('\ufeff[{"key": "b", "value": "v"}]', "utf-8")
        session = quiet()
        session.import_(tmp_path / "rows.jsonl").apply()
        session.import_(tmp_path / "bulk.json", contract="shop").apply()
        assert values(session) == {"a": "v", "b": "v"}

    def test_what_a_killed_export_left_behind_does_not_stop_the_next(self, tmp_path):
        import os

        (tmp_path / f".rows.jsonl.{os.getpid()}.new").write_text("half")
        session = quiet()
        fill(session, {"a": "1"})
        session.export(tmp_path / "rows.jsonl").apply()
        assert session.export(tmp_path / "rows.jsonl").counts.unchanged == 1


class TestSecrets:
    @pytest.mark.parametrize(
        "target",
        [
            "postgresql://ann:s3cret@no-such-host.invalid/rows.json",
            "postgresql://ann:s3cret@no-such-host.invalid/x?sslcert=/a.jsonl",
            "redis://:s3cret@no-such-host.invalid/0.json",
            "host=no-such-host.invalid user=ann password=s3cret.json",
            "host=no-such-host.invalid password=my s3cret user=ann",
            "s3cret==",
        ],
    )
    def test_what_ends_like_a_file_or_is_no_dsn_shows_nothing(self, target, monkeypatch):
        monkeypatch.setenv("TARGET", target)
        for name in (target, "env:TARGET"):
            with pytest.raises(TanaError) as caught:
                quiet().export(name, contract="shop")
            assert "s3cret" not in str(caught.value)

    @pytest.mark.parametrize("sign", "/@?#")
    def test_a_password_that_is_not_escaped_is_no_part_of_a_host(self, sign):
        with pytest.raises(StoreError, match="write %2F") as caught:
            quiet().export(f"postgresql://ann:s3{sign}cret@no-such-host.invalid/tana")
        assert "cret@" not in str(caught.value)

    def test_a_file_may_have_an_equals_sign_in_its_name(self, tmp_path):
        session = quiet()
        fill(session, {"a": "1"})
        assert session.export(tmp_path / "day=1.jsonl").apply().counts.added == 1


@pytest.mark.parametrize(("theirs", "kept"), [("theirs", {"k000": "theirs"}), (None, {})], ids=["written", "deleted"])
def test_what_another_kernel_does_between_comparing_and_committing_is_kept(tmp_path, theirs, kept):
    source, path, url = quiet(), tmp_path / "rows.jsonl", f"sqlite:///{tmp_path}/a.db"
    rows = {f"k{number:03}": "new" for number in range(200)}
    fill(source, rows)
    source.export(path).apply()
    with quiet(url) as session, quiet(url) as other:
        fill(session, dict.fromkeys(rows, "old"))
        plan, asked = session.import_(path, conflicts="take"), []

        def meanwhile():
            asked.append(1)
            if len(asked) == 2:  # the first rows are compared
                fill(other, {"k000": theirs})
            return False

        with pytest.raises(PlanChanged):
            plan.apply(cancelled=meanwhile)
        assert values(session) == {key: "old" for key in rows if key != "k000"} | kept


DEEP = denokey.pack((1,))
IMPORTED = [
    ("kv", b"k" * 512, b"v", "text", {}, None),
    ("kv", b"k" * 513, b"v", "text", {}, "its key has 513 bytes (max 512)"),
    ("kv", b"", b"v", "text", {}, "no key is called so"),
    ("kv", b".", b"v", "text", {}, "no key is called so"),
    ("kv", b"..", b"v", "text", {}, "no key is called so"),
    ("kv", b"k\xff", b"v", "text", {}, "it is damaged"),
    ("kv", b"k", b"\xff", "bytes", {}, None),
    ("kv", b"k", b"\xff", "text", {}, "it is damaged"),
    ("kv", b"k", b"1", "json", {}, "kv holds no values that are json"),
    ("kv", b"k", bytes(26_214_400), "bytes", {}, None),
    ("kv", b"k", bytes(26_214_401), "bytes", {}, "its value has 26,214,401 bytes (max 26,214,400)"),
    ("kv", b"k", b"v", "text", {"metadata": b'"' + b"m" * 1022 + b'"'}, None),
    ("kv", b"k", b"v", "text", {"metadata": b'"' + b"m" * 1023 + b'"'}, "its metadata has 1,025 bytes (max 1,024)"),
    ("kv", b"k", b"v", "text", {"expires_at": 2**63 - 1}, None),
    ("kv", b"k", b"v", "text", {"expires_at": 2**63}, "it expires later than a store can hold"),
    ("data", b".", b"v", "text", {}, None),
    ("data", b"", b"v", "text", {}, "no key is called so"),
    ("data", b"k" * 256, b"v" * 10_240, "text", {}, None),
    ("data", b"k" * 257, b"v", "text", {}, "its key has 257 bytes (max 256)"),
    ("data", b"k", b"v" * 10_241, "text", {}, "its value has 10,241 bytes (max 10,240)"),
    ("data", b"k", b"v", "bytes", {}, "data holds no values that are bytes"),
    ("data", b"k", b"v", "text", {"metadata": b"1"}, "its metadata has 1 bytes (max 0)"),
    ("deno", DEEP, b"[1]", "json", {}, None),
    ("deno", b"", b"1", "json", {}, None),
    ("deno", b"\x99", b"1", "json", {}, "it is damaged"),
    ("deno", DEEP, b"[1", "json", {}, "it is damaged"),
    ("deno", DEEP, b"\xff", "json", {}, "it is damaged"),
    ("deno", DEEP, bytes(8), "u64", {}, None),
    ("deno", DEEP, bytes(7), "u64", {}, "a number of Deno has 8 bytes"),
    ("deno", DEEP, b"1", "text", {}, "deno holds no values that are text"),
    ("deno", DEEP, b"1", "json", {"metadata": b"1"}, "its metadata has 1 bytes (max 0)"),
]


@pytest.mark.parametrize(("space", "key", "value", "encoding", "more", "words"), IMPORTED, ids=range(len(IMPORTED)))
def test_no_row_comes_in_that_a_contract_could_not_have_written(space, key, value, encoding, more, words):
    row = Row(key, value, encoding, 1, NOW, NOW, more.get("expires_at"), more.get("metadata"))
    if words is None:
        check(space, "shop", row)
        return
    with pytest.raises(
        TanaError, match=rf"shop/{space} .* cannot be imported: {re.escape(words)}.*Nothing was written"
    ):
        check(space, "shop", row)


def test_a_file_may_be_as_large_as_its_bounds(tmp_path, monkeypatch):
    path = tmp_path / "rows.jsonl"
    lines = [json.dumps({"contract": "shop", "key": f"k{number}", "text": "v"}) + "\n" for number in range(9)]
    path.write_text("".join(lines))
    monkeypatch.setattr(limits, "TRANSFER_LINE", len(lines[0]))
    monkeypatch.setattr(limits, "TRANSFER_TOTAL", sum(map(len, lines)))
    assert quiet().import_(path).counts.added == 9
    bulk = tmp_path / "bulk.json"
    bulk.write_text('[{"key": "a", "value": "v"}]')
    monkeypatch.setattr(limits, "TRANSFER_TOTAL", bulk.stat().st_size)
    assert quiet().import_(bulk, contract="shop").counts.added == 1


def test_a_row_of_a_file_is_over_at_its_very_microsecond(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [{"contract": "shop", "key": f"k{more}", "text": "v", "expires": NOW + more} for more in (-1, 0, 1)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    session = quiet()
    plan = session.import_(path)
    assert plan.counts.added == 1
    plan.apply()
    assert list(values(session)) == ["k1"]


def test_a_store_that_commits_one_contract_at_a_time_is_told_to_import_so(tmp_path, monkeypatch):
    source, path = quiet(), tmp_path / "rows.jsonl"
    for contract in ("shop", "bank"):
        fill(source, {"a": "1"}, contract=contract)
    source.export(path).apply()
    session = quiet()
    monkeypatch.setattr(type(session.store), "spans_contracts", False)
    plan = session.import_(path)
    with pytest.raises(TanaError, match="belong to 2: import them one by one, with contract="):
        plan.apply()
    assert content(session) == {}
    for contract in ("shop", "bank"):
        session.import_(path, contract=contract).apply()
    assert content(session) == content(source)

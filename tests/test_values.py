"""engine/values.py: what Python values are in a contract, and back."""

import dataclasses
import enum
import math
import pathlib
import re
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tana_jupyter.engine.values import GuestErrorValue, RegExp, to_guest, to_python
from tana_jupyter.errors import ValueCrossingError
from tests.values_harness import run

NOON = datetime(2026, 1, 2, 12, 0, 0, 5000, tzinfo=UTC)

OUT = [
    ("undefined", None),
    ("null", None),
    ("5", 5),
    ("5.5", 5.5),
    ("9007199254740991", 9007199254740991),
    ("-9007199254740991", -9007199254740991),
    ("9007199254740992", 9007199254740992.0),
    ("1e20", 1e20),
    ("1e400", math.inf),
    ("5n", 5),
    ("2n ** 70n", 2**70),
    ("-(2n ** 70n)", -(2**70)),
    ("'\\ud800'", "\ud800"),
    ("'\\ud83d\\ude00'", "\U0001f600"),
    ("({ a: undefined, b: [1, , 3] })", {"a": None, "b": [1, None, 3]}),
    ("Object.assign([1], { x: 2 })", [1]),
    ("new Map([['a', 1], [2, [3]]])", {"a": 1, 2: [3]}),
    ("new Map([[1, 'a'], [true, 'b']])", [(1, "a"), (True, "b")]),
    ("new Map([[null, 1], [undefined, 2]])", [(None, 1), (None, 2)]),
    ("new Map([[{}, 1]])", [({}, 1)]),
    ("new Map([[new Date(0), new Map()]])", {datetime(1970, 1, 1, tzinfo=UTC): {}}),
    ("new Set([1, 'a'])", {1, "a"}),
    ("new Set([1, true])", [1, True]),
    ("new Set([[1]])", [[1]]),
    ("new Set([new Uint8Array([1])])", {b"\x01"}),
    ("new Date(Date.UTC(2026, 0, 2, 12, 0, 0, 5))", NOON),
    ("new Date(NaN)", None),
    ("new Uint8Array([0, 255])", b"\x00\xff"),
    ("new Uint8Array([1, 2, 3, 4]).subarray(1, 3)", b"\x02\x03"),
    ("new Uint16Array([1, 2])", b"\x01\x00\x02\x00"),
    ("new DataView(new ArrayBuffer(3), 1)", b"\x00\x00"),
    ("new ArrayBuffer(2)", b"\x00\x00"),
    ("/^a$/gi", RegExp("^a$", "gi")),
    ("new TypeError('no')", GuestErrorValue("TypeError", "no")),
    ("new DOMException('no', 'AbortError')", GuestErrorValue("AbortError", "no")),
    ("[Object(1), Object('s')]", [1, "s"]),
]

IN = [
    (2**53, "9007199254740992n"),
    (-(2**53), "-9007199254740992n"),
    (5, "5"),
    (5.0, "5"),
    (-0.0, "-0"),
    (math.nan, "NaN"),
    (-math.inf, "-Infinity"),
    (True, "true"),
    (None, "null"),
    ("a\ud800", '"a\\ud800"'),
    (b"ab", "Uint8Array(2) [ 97, 98 ]"),
    (bytearray(b"abcde"), "Uint8Array(5) [ 97, 98, 99, 100, 101 ]"),
    (memoryview(b"abcd")[::2], "Uint8Array(2) [ 97, 99 ]"),
    ((1, (2,)), "[ 1, [ 2 ] ]"),
    ({"a": {}, "__proto__": 1}, "{ a: {}, __proto__: 1 }"),
    ({1: "a", "b": None}, 'Map(2) { 1 => "a", "b" => null }'),
    ({(1, 2): math.nan}, "Map(1) { [ 1, 2 ] => NaN }"),
    ({"b", "a", "c"}, 'Set(3) { "a", "b", "c" }'),
    (frozenset({1, "x"}), 'Set(2) { "x", 1 }'),
    (NOON, "2026-01-02T12:00:00.005Z"),
    (datetime(2026, 1, 2, 12, 0, 0, 999), "2026-01-02T12:00:00.000Z"),
    (datetime(2026, 1, 2, 1, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T23:00:00.000Z"),
    (date(1969, 12, 31), "1969-12-31T00:00:00.000Z"),
    (RegExp("a/b", "g"), "/a\\/b/g"),
    (re.compile(r"(?P<year>\d+)-(?P=year)", re.IGNORECASE | re.DOTALL), "/(?<year>\\d+)-\\k<year>/is"),
    (re.compile("(?i)\U0001f600"), "/\U0001f600/iu"),
    (GuestErrorValue("RangeError", "no"), "RangeError: no"),
    (GuestErrorValue("AbortError", "no"), "AbortError: no"),
]


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Point:
    x: int


REFUSED = [
    (Decimal("1.5"), "a Decimal into the contract: use float(x), or str(x) to keep every digit"),
    ([0, {"price": Decimal(1)}], "a Decimal into the contract at [1]['price']: use float(x)"),
    ({Fraction(1, 2): 1}, "a Fraction into the contract at key Fraction(1, 2): use float(x)"),
    (1j, "a complex into the contract: use [x.real, x.imag]"),
    (uuid.UUID(int=1), "a UUID into the contract: use str(x)"),
    (pathlib.PurePosixPath("a"), "a PurePosixPath into the contract: use str(x)"),
    (Colour.RED, "a Colour into the contract: use x.value"),
    ({"level": Level.LOW}, "a Level into the contract at ['level']: use x.value"),
    (timedelta(1), "a timedelta into the contract: use x.total_seconds()"),
    (time(1), "a time into the contract: use x.isoformat()"),
    (ValueError("x"), "a ValueError into the contract: use str(x)"),
    (Point(1), "a Point into the contract: use dataclasses.asdict(x)"),
    (len, "a builtin_function_or_method into the contract: functions stay in Python"),
    (range(3), "a range into the contract: use list(x)"),
    ({}.keys(), "a dict_keys into the contract: use list(x)"),
    (object(), "an object into the contract: use a dict, list, str,"),
    (re.compile("a", re.VERBOSE), "a Pattern into the contract: write it as a JavaScript pattern"),
    (re.compile(rb"a"), "a Pattern into the contract: write it"),
    (re.compile(r"\Aa"), "a Pattern into the contract: write it"),
    (re.compile(r"(?#note)a"), "a Pattern into the contract: write it"),
]


def same(left, right):
    """Equality that tells types, NaN from numbers and -0.0 from 0.0."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return repr(left) == repr(right)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return left == right


@pytest.mark.parametrize(("literal", "value"), OUT)
def test_values_of_a_contract_in_python(literal, value):
    text = run(f"return encode({literal})")
    assert same(to_python(text), value)
    assert same(to_python(text.encode()), value)


@pytest.mark.parametrize(("value", "shown"), IN, ids=[shown for _, shown in IN])
def test_python_values_in_a_contract(value, shown):
    assert run("return inspect(decode(text))", text=to_guest(value)) == shown


@pytest.mark.parametrize(("value", "text"), REFUSED, ids=[type(value).__name__ for value, _ in REFUSED])
def test_what_cannot_enter_says_what_to_do(value, text):
    with pytest.raises(ValueCrossingError) as caught:
        to_guest(value)
    assert str(caught.value).startswith("cannot bring " + text)


def test_plain_values_are_plain_json():
    assert to_guest({"a": [1, "x", None, True, 1.5]}) == '{"a":[1,"x",null,true,1.5]}'
    assert to_guest(3) == "3"


def test_sharing_and_cycles_go_in():
    shared = [1]
    value = {"a": shared, "b": shared, "raw": [raw := bytearray(b"x"), raw]}
    value["self"] = value
    body = "const v = decode(text); return [v.a === v.b, v.self === v, v.raw[0] === v.raw[1]]"
    assert run(body, text=to_guest(value)) == [True, True, True]


def test_equal_constants_are_not_shared():
    pair = (1, 2)
    body = "const v = decode(text); return v[0] === v[1]"
    assert run(body, text=to_guest([pair, pair])) is False
    assert run(body, text=to_guest([b"x"] * 2)) is False
    assert run(body, text=to_guest([NOON] * 2)) is False


def test_sharing_and_cycles_come_out():
    value = to_python(run("const s = {}; const v = { s, m: new Map([['s', s]]), l: [s] }; v.v = v; return encode(v)"))
    assert isinstance(value, dict)
    assert value["s"] is value["m"]["s"] is value["l"][0]
    assert value["v"] is value


def test_a_set_that_holds_itself_is_a_list_that_holds_itself():
    value = to_python(run("const s = new Set(); s.add(s); return encode(s)"))
    assert isinstance(value, list)
    assert value[0] is value


def test_an_error_keeps_its_cause_and_stack():
    error = to_python(run("const e = new Error('a', { cause: 5 }); return encode(e)"))
    assert isinstance(error, GuestErrorValue)
    assert error.cause == 5
    assert "at " in str(error.stack)
    assert run("const e = decode(text); return [e.cause, e.stack]", text=to_guest(error)) == [5, error.stack]


def test_deep_values():
    value: object = 1
    for _ in range(10_000):
        value = [value]
    text = to_guest(value)
    back = to_python(run("return encode(decode(text))", text=text))
    for _ in range(10_000):
        assert isinstance(back, list)
        back = back[0]
    assert back == 1
    with pytest.raises(ValueCrossingError, match="nested too deeply"):
        to_python("[" * 100_000 + "]" * 100_000)


def test_a_sparse_array_does_not_fill_the_memory():
    with pytest.raises(ValueCrossingError, match="sparse array of length 4294967295"):
        to_python(run("const a = []; a[4294967294] = 1; return encode(a)"))


def test_a_date_beyond_pythons_years():
    with pytest.raises(ValueCrossingError, match="years 1 to 9999"):
        to_python(run("return encode(new Date(8.64e15))"))


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "\x01", "\x01{}", "\x01[]", "\x01[[1]]", "\x01[[0]]", "\x01[[-1]]", '\x01[["q"]]',
        '\x01[["n","x"]]',
        '\x01[["b","z"]]', '\x01[[1],["Z"]]', "\x01[[1],5]", '\x01[[1],["M","a"]]', '\x01[[1],["B",4,["x"]]]',
        '\x01[[1],["V","Uint8Array",[1],0,1]]', '\x01[[1],["V","Nope",[2],0,1],["B",0,[]]]',
        '\x01[[1],["D","x"]]',
        '\x01[[1],["H",2,5,1]]', "\x01[[]]", "\x01[[1],[]]", '\x01[[{}],["O"]]', '\x01[[1],["O",["u"],1]]',
        '\x01[[1],["H",1.5]]', '\x01[[1],["H","x"]]', '\x01[[1],["E"]]', '\x01[[1],["M",[9],1]]',
    ],
)  # fmt: skip
def test_damaged_text_is_a_clear_error(text):
    with pytest.raises(ValueCrossingError, match="damaged"):
        to_python(text)


def test_regexp_compiles_where_python_reads_it():
    pattern = RegExp(r"^(?<who>user):\d+$", "i").compile()
    match = pattern.match("USER:1")
    assert match is not None
    assert match["who"] == "USER"
    with pytest.raises(re.error):
        RegExp(r"\p{L}").compile()


def test_the_small_classes_hash_and_compare():
    assert {RegExp("a"): 1, GuestErrorValue("Error", "x"): 2}[GuestErrorValue("Error", "x", stack="s")] == 2
    assert repr(GuestErrorValue("Error", "x", "at ...")) == "GuestErrorValue(name='Error', message='x')"


def test_numpy_values():
    np = pytest.importorskip("numpy")
    values = {
        "int": np.int64(4), "float": np.float32(0.5), "nan": np.float64("nan"), "bool": np.bool_(True),
        "text": np.str_("t"), "big": np.uint64(2**60), "when": np.datetime64("2026-01-02T12:00:00.005"),
        "nat": np.datetime64("NaT"),
        "row": np.arange(3), "table": np.eye(2), "zero": np.array(7), "bytes": np.bytes_(b"x"),
    }  # fmt: skip
    back = to_python(to_guest(values))
    assert isinstance(back, dict)
    assert math.isnan(back.pop("nan"))
    assert back == {
        "int": 4, "float": 0.5, "bool": True, "text": "t", "big": 2**60, "when": NOON, "nat": None,
        "row": [0, 1, 2], "table": [[1, 0], [0, 1]], "zero": 7, "bytes": b"x",
    }  # fmt: skip
    with pytest.raises(ValueCrossingError, match="timedelta64"):
        to_guest(np.timedelta64(1, "s"))
    with pytest.raises(ValueCrossingError, match="array of this dtype"):
        to_guest({"a": np.array([1j])})


def test_a_frame_is_a_list_of_records():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {
            "id": [1, 2],
            "price": [1.5, None],
            "when": pd.to_datetime(["2026-01-02T12:00:00.005", None]),
            "zone": pd.to_datetime(["2026-01-02T14:00:00.005+02:00", None]),
            "name": ["ada", None],
            "kind": pd.Categorical(["x", None]),
            "count": pd.array([3, None], dtype="Int64"),
            7: [[1], {}],
        }
    )
    assert to_python(to_guest(frame)) == [
        {"id": 1, "price": 1.5, "when": NOON, "zone": NOON, "name": "ada", "kind": "x", "count": 3, "7": [1]},
        {
            "id": 2,
            "price": None,
            "when": None,
            "zone": None,
            "name": None,
            "kind": None,
            "count": None,
            "7": {},
        },
    ]
    assert to_python(to_guest([frame["id"], frame.index, pd.NaT, pd.NA])) == [[1, 2], [0, 1], None, None]
    assert to_python(to_guest(pd.Timestamp(NOON))) == NOON
    assert to_python(to_guest(frame.iloc[:0])) == []
    frame["7"] = 1
    with pytest.raises(ValueCrossingError, match="two columns are called '7'"):
        to_guest(frame)
    with pytest.raises(ValueCrossingError, match=r"a Decimal .* at \['rows'\]\[1\]\['price'\]"):
        to_guest(
            {"rows": pd.DataFrame({"price": [Decimal(1), Decimal(2)]}, dtype=object).assign(price=[1, Decimal(2)])}
        )


def python_values():
    milliseconds = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(
        lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    )
    hashable = st.one_of(
        st.none(), st.integers(),
        st.floats().filter(lambda f: not f.is_integer() or abs(f) >= 2**53 or not f),
        st.text(st.characters(), max_size=8), st.binary(max_size=9), milliseconds,
        st.builds(RegExp, st.just("a+"), st.sampled_from(["", "g", "im"])),
    )  # fmt: skip
    leaf = st.one_of(
        hashable.filter(lambda value: value != 0 or type(value) is int or str(value) == "-0.0"), st.booleans()
    )
    keys = st.text(st.characters(), max_size=6) | st.integers() | st.binary(max_size=4) | st.none()
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.text(st.characters(), max_size=6), inner, max_size=4),
            st.dictionaries(keys, inner, max_size=4),
            st.sets(st.text(max_size=4) | st.integers(2), max_size=4),
        ),
        max_leaves=12,
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(python_values())
def test_python_values_come_back_from_a_contract(value):
    assert same(to_python(run("return encode(decode(text))", text=to_guest(value))), value)


@settings(max_examples=100, deadline=None)
@given(python_values())
def test_both_sides_write_the_same_meaning(value):
    text = to_guest(value)
    assert same(to_python(text), value)
    assert text.isascii() or "\ud800" not in text

"""ulid, under each of its specifiers."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.errors import ContractError
from tana_jupyter.session import Session
from tests.web_harness import evaluate

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LATEST = 2**48 - 1
AT = "2026-01-01T00:00:00Z"

NPM = [
    "ulid",
    "npm:ulid",
    "npm:ulid@2.3.0",
    "npm:ulid@^2",
    "npm:/ulid@2.3.0",
    "https://deno.land/x/ulid/mod.ts",
    "https://deno.land/x/ulid@v0.3.0/mod.ts",
]
STD = ["jsr:@std/ulid", "jsr:@std/ulid@1", "jsr:@std/ulid@^1.0.0", "jsr:/@std/ulid@1.0.0", "@std/ulid", "https://deno.land/std@0.224.0/ulid/mod.ts"]  # fmt: skip


def session(seed: int | None = 7) -> Session:
    made = Session()
    made.clock.freeze(AT)
    made.chance.seed(seed)
    return made


def run(source: str, seed: int | None = 7) -> Any:
    return session(seed).run(source).value


@pytest.mark.parametrize("specifier", NPM)
def test_specifiers_of_the_package(specifier: str) -> None:
    source = f"import {{ ulid, monotonicFactory, decodeTime }} from '{specifier}'; [ulid(), monotonicFactory()(), decodeTime(ulid())]"
    first, second, time = run(source)
    assert re.fullmatch(f"[{DIGITS}]{{26}}", first)
    assert re.fullmatch(f"[{DIGITS}]{{26}}", second)
    assert time == 1_767_225_600_000


@pytest.mark.parametrize("specifier", STD)
def test_specifiers_of_denos_own(specifier: str) -> None:
    first, second, time = run(
        f"import {{ ulid, monotonicUlid, decodeTime }} from '{specifier}'; [monotonicUlid(), monotonicUlid(), decodeTime(ulid())]"
    )
    assert first < second
    assert time == 1_767_225_600_000


@pytest.mark.parametrize(
    "specifier",
    ["npm:ulidx", "npm:ulid/x", "https://deno.land/x/ulidx/mod.ts", "http://deno.land/x/ulid/mod.ts",
     "https://deno.land/x/ulid@../mod.ts/x", "jsr:@std/ulidx", "ulid@2"],
)  # fmt: skip
def test_other_specifiers_are_unknown(specifier: str) -> None:
    with pytest.raises(ContractError, match=re.escape(f"Module '{specifier}' not found")):
        run(f"import {{ ulid }} from '{specifier}'")


def test_each_module_has_its_own_names() -> None:
    with pytest.raises(ContractError, match="has no export 'monotonicUlid'"):
        run("import { monotonicUlid } from 'npm:ulid@2'")
    with pytest.raises(ContractError, match="has no export 'monotonicFactory'"):
        run("import { monotonicFactory } from 'jsr:@std/ulid@1'")
    assert run("const { ulid } = await import('npm:ulid@2.3.0'); ulid().length") == 26


def test_clock_and_seed_make_them_repeatable() -> None:
    source = "import { ulid } from 'ulid'; [ulid(), ulid()]"
    assert run(source) == run(source)
    assert run(source) != run(source, seed=8)
    first, second = run(source, seed=None)
    assert first != second
    assert first[:10] == second[:10] == "01KDVDNA00"


@given(st.integers(0, LATEST))
def test_times_there_and_back(time: int) -> None:
    source = "const { ulid, decodeTime } = await import(specifier); const id = ulid(time); return [id, decodeTime(id), decodeTime(id.toLowerCase())]"
    for specifier in ["ulid", "jsr:@std/ulid"]:
        found = evaluate(source, time=time, specifier=specifier)
        assert found[1:] == [time, time]
        assert sum(DIGITS.index(digit) * 32**power for power, digit in enumerate(reversed(found[0][:10]))) == time


def test_the_example_of_the_specification() -> None:
    assert run("import { decodeTime } from 'ulid'; decodeTime('01ARZ3NDEKTSV4RRFFQ69G5FAV')") == 1_469_922_850_259


def test_all_eighty_bits_are_random() -> None:
    ids = run("import { ulid } from 'ulid'; Array.from({ length: 500 }, () => ulid())")
    for place in range(10, 26):
        assert {made[place] for made in ids} == set(DIGITS)
    assert len(set(ids)) == 500


def test_a_source_of_randomness_of_ones_own() -> None:
    assert run("import { ulid } from 'ulid'; [ulid(0, () => 0), ulid(0, () => 0.999999), ulid(0, () => 1)]") == ["0" * 26, "0" * 10 + "Z" * 16, "0" * 26]  # fmt: skip
    assert run("import { monotonicFactory } from 'ulid'; const u = monotonicFactory(() => 0.5); [u(1), u(1)]") == ["0000000001" + "G" * 16, "0000000001" + "G" * 15 + "H"]  # fmt: skip


@given(st.lists(st.integers(0, 50), min_size=2, max_size=20))
def test_monotonic_ones_only_grow(times: list[int]) -> None:
    source = """
        const { monotonicFactory } = await import("ulid");
        const make = monotonicFactory();
        return times.map((time) => make(time));
    """
    ids = evaluate(source, times=times)
    assert ids == sorted(set(ids))
    latest = [max(times[: index + 1]) for index in range(len(times))]
    assert [
        int(made[:10].translate({ord(digit): f"{value:02d}" for value, digit in enumerate(DIGITS)})) for made in ids
    ] == [int(f"{time // 32:02d}{time % 32:02d}") for time in latest]


def test_within_a_millisecond_the_random_part_counts_up() -> None:
    first, second, third = run("import { monotonicFactory } from 'ulid'; const u = monotonicFactory(); [u(), u(), u()]")
    assert first[:10] == second[:10] == third[:10]
    numbers = [sum(DIGITS.index(digit) * 32**at for at, digit in enumerate(reversed(made[10:]))) for made in (first, second, third)]  # fmt: skip
    assert [number - numbers[0] for number in numbers] == [0, 1, 2]


def test_two_factories_are_two_sequences() -> None:
    assert run("import { monotonicFactory } from 'ulid'; monotonicFactory()(5).slice(10) !== monotonicFactory()(5).slice(10)") is True  # fmt: skip


def test_the_sequence_survives_from_cell_to_cell_and_a_clock_that_goes_back() -> None:
    made = session()
    first = made.run("import { monotonicUlid } from '@std/ulid'; monotonicUlid()").value
    made.clock.advance(-3600)
    second = made.run("monotonicUlid()").value
    made.clock.advance(7200)
    third = made.run("monotonicUlid()").value
    assert first < second < third
    assert first[:10] == second[:10] != third[:10]


def test_counting_past_the_last_is_an_error_that_changes_nothing() -> None:
    source = """
        import { monotonicFactory } from 'ulid';
        const u = monotonicFactory(() => 0.9999);
        const first = u(5);
        const seen = [];
        for (let i = 0; i < 2; i++) try { u(5) } catch (error) { seen.push(error.message, error.source) }
        [first, ...seen, u(6)]
    """
    end = "Z" * 16
    refusal = ["cannot increment this string", "ulid"]
    assert run(source) == [f"0000000005{end}", *refusal, *refusal, f"0000000006{end}"]


CASES = [
    ("ulid", "ulid(-1)", "time must be positive"),
    ("ulid", "ulid(1.5)", "time must be an integer"),
    ("ulid", f"ulid({LATEST + 1})", f"cannot encode time greater than {LATEST}"),
    ("ulid", "monotonicFactory()(-1)", "time must be positive"),
    ("ulid", f"monotonicFactory()({LATEST + 1})", f"cannot encode time greater than {LATEST}"),
    ("ulid", "decodeTime('x')", "malformed ulid"),
    ("ulid", "decodeTime()", "malformed ulid"),
    ("ulid", "decodeTime('0000000I000000000000000000')", "invalid character found: I"),
    ("ulid", "decodeTime('8ZZZZZZZZZ0000000000000000')", "malformed ulid, timestamp too large"),
    ("@std/ulid", "ulid(-1)", f"Time must be a positive integer less than {LATEST}"),
    ("@std/ulid", "ulid('x')", f"Time must be a positive integer less than {LATEST}"),
    ("@std/ulid", f"monotonicUlid({LATEST + 1})", f"Time must be a positive integer less than {LATEST}"),
    ("@std/ulid", "decodeTime('x')", "ULID must be exactly 26 characters long"),
    ("@std/ulid", "decodeTime('0000000U000000000000000000')", "Invalid ULID character found: U"),
    ("@std/ulid", "decodeTime('8ZZZZZZZZZ0000000000000000')", f"ULID timestamp component exceeds maximum value of {LATEST}"),
]  # fmt: skip


@pytest.mark.parametrize(("specifier", "call", "message"), CASES)
def test_what_is_refused(specifier: str, call: str, message: str) -> None:
    names = call.partition("(")[0]
    source = f"import {{ {names} }} from '{specifier}'; let seen; try {{ {call} }} catch (error) {{ seen = error.message }} seen"
    assert run(source) == message


def test_what_is_no_number_means_now() -> None:
    assert run("import { ulid } from 'ulid'; [ulid(undefined), ulid('x'), ulid(NaN)].map((id) => id.slice(0, 10))") == ["01KDVDNA00"] * 3  # fmt: skip
    assert run(f"import {{ ulid }} from 'ulid'; [ulid({LATEST}), ulid(0), ulid('7')].map((id) => id.slice(0, 10))") == ["7ZZZZZZZZZ", "0000000000", "0000000007"]  # fmt: skip

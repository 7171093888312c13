"""TextEncoder and TextDecoder: modules/web/encoding.js."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.errors import GuestError
from tana_jupyter.modules.web import bytes as conversions
from tests.web_harness import evaluate

DECODE = "const decoder = new TextDecoder(label, options); return decoder.decode(new Uint8Array(bytes))"


def decode(data: bytes, label: str = "utf-8", **options: bool) -> str:
    found = evaluate(DECODE, label=label, options=options, bytes=list(data))
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("text", ["", "abc", "é", "€", "😀", "a\0b", "\ufeffa", "x" * 40_000 + "😀" * 40_000 + "é€"])
def test_encoding(text: str) -> None:
    assert bytes(evaluate("return [...new TextEncoder().encode(text)]", text=text)) == text.encode()


def test_encoding_what_is_no_text() -> None:
    assert evaluate("return [[], [undefined], [12]].map((given) => [...new TextEncoder().encode(...given)])") == [
        [],
        [],
        [49, 50],
    ]
    assert bytes(evaluate("return [...new TextEncoder().encode('a\\ud800b\\udc00')]")).decode() == "a\ufffdb\ufffd"


@given(text=st.text())
def test_round_trip(text: str) -> None:
    expected = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert (
        evaluate(
            "return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text))",
            text=text,
        )
        == expected
    )


@pytest.mark.parametrize(
    ("text", "room", "read", "written"),
    [
        ("abc", 5, 3, b"abc"),
        ("abc", 2, 2, b"ab"),
        ("é", 1, 0, b""),
        ("aé€", 5, 2, "aé".encode()),
        ("a😀b", 4, 1, b"a"),
        ("a😀b", 5, 3, "a😀".encode()),
        ("", 3, 0, b""),
        ("x" * 70_000 + "€", 70_002, 70_000, b"x" * 70_000),
        ("😀" * 30_000, 119_999, 59_998, "😀".encode() * 29_999),
    ],
)
def test_encoding_into(text: str, room: int, read: int, written: bytes) -> None:
    found = evaluate(
        """
        const into = new Uint8Array(room);
        const result = new TextEncoder().encodeInto(text, into);
        return [result, [...into.subarray(0, result.written)],
          into.subarray(result.written).every((byte) => byte === 0)];
        """,
        text=text,
        room=room,
    )
    assert found == [{"read": read, "written": len(written)}, list(written), True]


def test_encoding_lone_surrogates_into() -> None:
    assert evaluate("return new TextEncoder().encodeInto('\\ud800\\ud83d\\ude00', new Uint8Array(4))") == {
        "read": 1,
        "written": 3,
    }


WRONG = [
    (b"\xff", "\ufffd"),
    (b"a\x80b", "a\ufffdb"),
    (b"\xc0\x80", "\ufffd\ufffd"),
    (b"\xe0\x80\x80", "\ufffd\ufffd\ufffd"),
    (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
    (b"\xf4\x90\x80\x80", "\ufffd" * 4),
    (b"\xf5", "\ufffd"),
    (b"\xe2\x82", "\ufffd"),
    (b"\xf0\x9f\x92", "\ufffd"),
    (b"\xf0\x9f\x92A", "\ufffdA"),
    (b"\xe2\x82\xe2\x82\xac", "\ufffd€"),
]


@pytest.mark.parametrize(("data", "text"), WRONG)
def test_mistakes_in_utf8(data: bytes, text: str) -> None:
    assert decode(data) == text
    assert decode(data, fatal=True).startswith("!TypeError")
    # The same where a piece of the input ends in the middle of it.
    assert decode(b"x" * 32766 + data + b"y") == "x" * 32766 + text + "y"


@given(data=st.binary(max_size=40))
def test_any_bytes_as_utf8(data: bytes) -> None:
    assert decode(data, ignoreBOM=True) == data.decode("utf-8", "replace")


@given(
    data=st.binary(max_size=30),
    cuts=st.lists(st.integers(0, 30)),
    label=st.sampled_from(["utf-8", "utf-16le", "utf-16be", "latin1"]),
)
def test_streams_decode_as_the_whole(data: bytes, cuts: list[int], label: str) -> None:
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    parts = [list(data[start:end]) for start, end in itertools.pairwise(places)]
    found = evaluate(
        """
        const decoder = new TextDecoder(label);
        let text = "";
        for (const part of parts) text += decoder.decode(new Uint8Array(part), { stream: true });
        return text + decoder.decode();
        """,
        label=label,
        parts=parts,
    )
    assert found == decode(data, label)


def test_a_stream_keeps_back_what_is_incomplete_only() -> None:
    assert evaluate(
        """
        const decoder = new TextDecoder();
        const feed = (...bytes) => decoder.decode(new Uint8Array(bytes), { stream: true });
        return [feed(0xf0, 0x9f), feed(0x98), feed(0x80, 0xe2), feed(0x41), feed(0xc3), decoder.decode(),
          decoder.decode()];
        """
    ) == ["", "", "😀", "\ufffdA", "", "\ufffd", ""]


def test_byte_order_marks() -> None:
    mark = b"\xef\xbb\xbf"
    assert decode(mark + b"a") == "a"
    assert decode(mark + mark) == "\ufeff"
    assert decode(mark + b"a", ignoreBOM=True) == "\ufeffa"
    assert decode(b"\xff\xfea\0", "utf-16") == "a"
    assert decode(b"\xfe\xff\0a", "utf-16be") == "a"
    assert decode(mark, "latin1") == "ï»¿"
    # Across the parts of a stream, and again in the next stream.
    assert evaluate(
        """
        const decoder = new TextDecoder();
        const run = () => [[0xef], [0xbb, 0xbf], [0xef, 0xbb, 0xbf,
          97]].map((bytes) => decoder.decode(new Uint8Array(bytes), { stream: true }));
        const first = run();
        decoder.decode();
        return [first, run()];
        """
    ) == [["", "", "\ufeffa"], ["", "", "\ufeffa"]]


def test_a_fatal_mistake_ends_the_stream() -> None:
    assert (
        evaluate(
            """
        const decoder = new TextDecoder("utf-8", { fatal: true });
        try { decoder.decode(new Uint8Array([0xff, 0xe2]), { stream: true }); } catch (error) {
          if (!(error instanceof TypeError)) throw error; }
        return decoder.decode(new Uint8Array([97]));
        """
        )
        == "a"
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("a€😀".encode("utf-16-le"), "a€😀"),
        (b"\x00\xd8", "\ufffd"),
        (b"\x00\xdca\x00", "\ufffda"),
        (b"\x00\xd8a\x00", "\ufffda"),
        (b"a\x00b", "a\ufffd"),
        (b"\x00\xd8a", "\ufffd"),
    ],
)
def test_utf16(data: bytes, text: str) -> None:
    assert decode(data, "utf-16le") == text
    swapped = bytes(data[index ^ 1] if index ^ 1 < len(data) else data[index] for index in range(len(data)))
    assert decode(swapped, "utf-16be") == text
    if "\ufffd" in text:
        assert decode(data, "utf-16le", fatal=True).startswith("!TypeError")


def test_windows_1252() -> None:
    text = decode(bytes(range(256)), "iso-8859-1")
    assert text[:128] == bytes(range(128)).decode()
    assert text[160:] == bytes(range(160, 256)).decode("latin-1")
    defined = [code for code in range(128, 160) if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}]
    assert [text[code] for code in defined] == [bytes([code]).decode("cp1252") for code in defined]
    assert text[0x81] == "\x81"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("utf8", "utf-8"),
        (" UTF-8\n", "utf-8"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("utf-16", "utf-16le"),
        ("ucs-2", "utf-16le"),
        ("unicodefffe", "utf-16be"),
        ("ascii", "windows-1252"),
        ("latin1", "windows-1252"),
        ("utf-7", "!RangeError"),
        ("", "!RangeError"),
        ("utf8 utf-8", "!RangeError"),
        ("shift_jis", "!RangeError"),
    ],
)
def test_labels(label: str, name: str) -> None:
    assert evaluate("return new TextDecoder(label).encoding", label=label).split(":")[0] == name


def test_options_and_inputs() -> None:
    assert evaluate(
        """
        const bytes = new Uint8Array([120, 97, 98, 121]);
        const view = new DataView(bytes.buffer, 1, 2);
        const decoder = new TextDecoder(undefined, { fatal: 1 });
        return [decoder.decode(view), decoder.decode(bytes.buffer), decoder.decode(bytes.subarray(2)),
          decoder.decode(),
          decoder.fatal, decoder.ignoreBOM, new TextEncoder().encoding];
        """
    ) == ["ab", "xaby", "by", "", True, False, "utf-8"]
    for wrong in [
        "new TextDecoder().decode('a')",
        "new TextDecoder().decode([1])",
        "new TextDecoder('utf-8', 1)",
        "TextDecoder()",
    ]:
        assert evaluate(wrong).startswith("!TypeError")
    assert evaluate("new TextEncoder().encodeInto('a', [])").startswith("!TypeError")


@pytest.mark.parametrize("filler", ["a", "漢", "\\xff"])
def test_25_mebibytes_fit_the_heap(filler: str) -> None:
    # All ASCII, one wide character that makes the whole text wide, and nothing but mistakes.
    found = evaluate(
        """
        const bytes = new Uint8Array(25 * 1024 * 1024).fill(filler === "漢" ? 97 : filler.charCodeAt(0));
        if (filler === "漢") bytes.set([0xe6, 0xbc, 0xa2], bytes.length - 3);
        return new TextDecoder().decode(bytes).length;
        """,
        fresh=True,
        filler=filler.replace("\\xff", "\xff"),
    )
    assert found == 25 * 1024 * 1024 - (2 if filler == "漢" else 0)


def test_encoding_25_mebibytes_fits_the_heap() -> None:
    assert (
        evaluate("return new TextEncoder().encode('a'.repeat(25 * 1024 * 1024 - 2) + 'é').length", fresh=True)
        == 25 * 1024 * 1024
    )


@pytest.mark.parametrize("argument", [None, 1, "€", "x" * (conversions.MOST_CHARACTERS + 1), [], {}])
def test_hostile_arguments(argument: object) -> None:
    for operation in (conversions.repair_utf8, conversions.to_base64, conversions.from_base64):
        with pytest.raises(GuestError):
            operation(argument)

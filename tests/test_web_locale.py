"""toLocaleString: modules/web/locale.js (eager) with numbers.js, dates.js and intl.js."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.modules import web
from tests.web_harness import evaluate


def test_what_is_loaded_at_once_is_tiny() -> None:
    folder = Path(web.__file__).parent
    assert sum((folder / name).stat().st_size for name in web.EAGER) <= 2304


NUMBERS = [
    ("0", None, "0"),
    ("-0", None, "-0"),
    ("999", None, "999"),
    ("1234567.891", None, "1,234,567.891"),
    ("-1234.5", None, "-1,234.5"),
    ("1e21", None, "1,000,000,000,000,000,000,000"),
    ("0.0005", None, "0.001"),
    ("0.00049", None, "0"),
    ("1e-7", None, "0"),
    ("999.9996", None, "1,000"),
    ("NaN", None, "NaN"),
    ("-Infinity", None, "-∞"),
    ("123456789012345678n", None, "123,456,789,012,345,678"),
    ("-5n", None, "-5"),
    # Digits. What is rounded is the shortest number that means the same, as in browsers.
    ("1.005", {"maximumFractionDigits": 2}, "1.01"),
    ("-2.5", {"maximumFractionDigits": 0}, "-3"),
    ("1", {"minimumFractionDigits": 2}, "1.00"),
    ("1", {"minimumFractionDigits": 5}, "1.00000"),
    ("5", {"minimumIntegerDigits": 3}, "005"),
    ("12345", {"minimumIntegerDigits": 8}, "00,012,345"),
    ("0.1 + 0.2", {"maximumFractionDigits": 20}, "0.30000000000000004"),
    ("5e-324", {"maximumFractionDigits": 20}, "0"),
    ("123456", {"maximumSignificantDigits": 3}, "123,000"),
    ("9.999", {"maximumSignificantDigits": 2}, "10"),
    ("0", {"minimumSignificantDigits": 3}, "0.00"),
    ("1.5", {"minimumSignificantDigits": 5}, "1.5000"),
    ("123456789012345678901n", {"maximumSignificantDigits": 4}, "123,500,000,000,000,000,000"),
    ("1", {"minimumFractionDigits": 2, "trailingZeroDisplay": "stripIfInteger"}, "1"),
    ("5", {"maximumFractionDigits": "2"}, "5"),
    # Percent.
    ("0.256", {"style": "percent"}, "26%"),
    ("0.256", {"style": "percent", "minimumFractionDigits": 2}, "25.60%"),
    ("12.5", {"style": "percent"}, "1,250%"),
    ("2n", {"style": "percent"}, "200%"),
    # Currency.
    ("1234.5", {"style": "currency", "currency": "USD"}, "$1,234.50"),
    ("8.345", {"style": "currency", "currency": "usd"}, "$8.35"),
    ("1234.5", {"style": "currency", "currency": "EUR"}, "€1,234.50"),
    ("1234.5", {"style": "currency", "currency": "JPY"}, "¥1,235"),
    ("1234.5", {"style": "currency", "currency": "KWD"}, "KWD\xa01,234.500"),
    ("-1234.5", {"style": "currency", "currency": "CHF"}, "-CHF\xa01,234.50"),
    ("-1234.5", {"style": "currency", "currency": "USD", "currencySign": "accounting"}, "($1,234.50)"),
    ("1", {"style": "currency", "currency": "CAD"}, "CA$1.00"),
    ("1", {"style": "currency", "currency": "CAD", "currencyDisplay": "narrowSymbol"}, "$1.00"),
    ("1", {"style": "currency", "currency": "USD", "currencyDisplay": "code"}, "USD\xa01.00"),
    ("1.5", {"style": "currency", "currency": "USD", "maximumFractionDigits": 0}, "$2"),
    # Grouping and signs.
    ("1234", {"useGrouping": False}, "1234"),
    ("1234", {"useGrouping": "min2"}, "1234"),
    ("12345", {"useGrouping": "min2"}, "12,345"),
    ("1", {"signDisplay": "always"}, "+1"),
    ("-1", {"signDisplay": "never"}, "1"),
    ("-0.0001", {"signDisplay": "negative"}, "0"),
    ("-0.0001", None, "-0"),
    ("0", {"signDisplay": "exceptZero"}, "0"),
    # Compact.
    ("1234", {"notation": "compact"}, "1.2K"),
    ("12345", {"notation": "compact"}, "12K"),
    ("999999", {"notation": "compact"}, "1M"),
    ("9950", {"notation": "compact"}, "10K"),
    ("1e15", {"notation": "compact"}, "1000T"),
    ("0.0123", {"notation": "compact"}, "0.012"),
    ("1234567", {"notation": "compact", "compactDisplay": "long"}, "1.2 million"),
    ("1500", {"notation": "compact", "style": "currency", "currency": "USD"}, "$1.5K"),
]


@pytest.mark.parametrize(("number", "options", "text"), NUMBERS)
def test_numbers(number: str, options: object, text: str) -> None:
    assert evaluate(f"return ({number}).toLocaleString('en-US', options ?? undefined)", options=options) == text


@given(number=st.integers())
def test_integers_are_grouped_as_python_groups_them(number: int) -> None:
    assert evaluate("return BigInt(digits).toLocaleString()", digits=str(number)) == f"{number:,}"


@given(number=st.floats(-1e15, 1e15))
def test_numbers_read_back(number: float) -> None:
    text = evaluate("return number.toLocaleString(undefined, { maximumSignificantDigits: 17 })", number=number)
    assert float(text.replace(",", "")) == number


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ("{ style: 'currency' }", "TypeError"),
        ("{ style: 'currency', currency: 'US' }", "RangeError"),
        ("{ style: 'unit', unit: 'liter' }", "RangeError"),
        ("{ notation: 'scientific' }", "RangeError"),
        ("{ minimumFractionDigits: 5, maximumFractionDigits: 2 }", "RangeError"),
        ("{ maximumFractionDigits: 101 }", "RangeError"),
        ("{ maximumFractionDigits: -1 }", "RangeError"),
        ("{ minimumIntegerDigits: 0 }", "RangeError"),
        ("{ minimumSignificantDigits: 5, maximumSignificantDigits: 2 }", "RangeError"),
        ("{ roundingMode: 'floor' }", "RangeError"),
        ("{ useGrouping: 'some' }", "RangeError"),
        ("null", "TypeError"),
    ],
)
def test_number_options_that_are_wrong_or_unknown(options: str, error: str) -> None:
    assert evaluate(f"(1).toLocaleString('en-US', {options})").startswith(f"!{error}:")


def test_lists_format_their_elements() -> None:
    assert (
        evaluate("return [1234.5, 10n ** 4n, new Date(0)].toLocaleString()") == "1,234.5,10,000,1/1/1970, 12:00:00 AM"
    )


@pytest.mark.parametrize(
    ("locales", "outcome"),
    [
        ("undefined", "1,234"),
        ("'de-DE'", "1,234"),  # en-US is all there is
        ("['fr', 'en-US']", "1,234"),
        ("[]", "1,234"),
        ("'no_such'", "!RangeError"),
        ("''", "!RangeError"),
        ("null", "!TypeError"),
        ("[1]", "!TypeError"),
    ],
)
def test_locales(locales: str, outcome: str) -> None:
    for value in ("1234", "1234n"):
        assert evaluate(f"return ({value}).toLocaleString({locales})").split(":")[0] == outcome


AT = "2026-01-02T15:04:05.067Z"
LONG = {"year": "numeric", "month": "long", "day": "numeric"}

DATES = [
    ("toLocaleString", None, "1/2/2026, 3:04:05 PM"),
    ("toLocaleDateString", None, "1/2/2026"),
    ("toLocaleTimeString", None, "3:04:05 PM"),
    (
        "toLocaleString",
        {"dateStyle": "full", "timeStyle": "long"},
        "Friday, January 2, 2026 at 3:04:05 PM UTC",
    ),
    ("toLocaleString", {"dateStyle": "long", "timeStyle": "short"}, "January 2, 2026 at 3:04 PM"),
    ("toLocaleString", {"dateStyle": "medium", "timeStyle": "medium"}, "Jan 2, 2026, 3:04:05 PM"),
    ("toLocaleString", {"dateStyle": "short", "timeStyle": "short", "hour12": False}, "1/2/26, 15:04"),
    ("toLocaleDateString", {"dateStyle": "medium"}, "Jan 2, 2026"),
    ("toLocaleTimeString", {"timeStyle": "full"}, "3:04:05 PM Coordinated Universal Time"),
    ("toLocaleDateString", LONG, "January 2, 2026"),
    ("toLocaleDateString", LONG | {"weekday": "long"}, "Friday, January 2, 2026"),
    ("toLocaleDateString", {"month": "short", "day": "numeric"}, "Jan 2"),
    ("toLocaleDateString", {"month": "long", "year": "numeric"}, "January 2026"),
    ("toLocaleDateString", {"year": "2-digit", "month": "2-digit", "day": "2-digit"}, "01/02/26"),
    ("toLocaleDateString", {"weekday": "short"}, "Fri"),
    ("toLocaleDateString", {"weekday": "short", "month": "numeric", "day": "numeric"}, "Fri, 1/2"),
    ("toLocaleDateString", {"weekday": "short", "day": "numeric"}, "2 Fri"),
    ("toLocaleDateString", {"month": "narrow"}, "J"),
    ("toLocaleDateString", {"hour": "numeric"}, "1/2/2026, 3 PM"),
    ("toLocaleTimeString", {"hour": "2-digit", "minute": "2-digit"}, "03:04 PM"),
    ("toLocaleTimeString", {"hour": "numeric", "minute": "numeric", "hour12": False}, "15:04"),
    ("toLocaleTimeString", {"hour": "numeric", "hourCycle": "h23"}, "15"),
    ("toLocaleTimeString", {"minute": "numeric", "second": "numeric"}, "04:05"),
    (
        "toLocaleTimeString",
        {"fractionalSecondDigits": 3, "hour": "numeric", "minute": "numeric", "second": "numeric"},
        "3:04:05.067 PM",
    ),
    ("toLocaleTimeString", {"timeZoneName": "short"}, "3:04:05 PM UTC"),
    ("toLocaleTimeString", {"year": "numeric"}, "2026, 3:04:05 PM"),
    ("toLocaleString", {"timeZone": "utc"}, "1/2/2026, 3:04:05 PM"),
    ("toLocaleString", {"month": "long", "day": "numeric", "hour": "numeric"}, "January 2 at 3 PM"),
    ("toLocaleString", {"weekday": "short", "hour": "numeric", "minute": "2-digit"}, "Fri 3:04 PM"),
]


@pytest.mark.parametrize(("method", "options", "text"), DATES)
def test_dates(method: str, options: object, text: str) -> None:
    assert (
        evaluate(
            "return new Date(at)[method]('en-US', options ?? undefined)",
            at=AT,
            method=method,
            options=options,
        )
        == text
    )


@pytest.mark.parametrize(
    ("hour", "texts"),
    [
        (0, ["12:00 AM", "00:00", "0:00 AM", "24:00"]),
        (12, ["12:00 PM", "12:00", "0:00 PM", "12:00"]),
        (23, ["11:00 PM", "23:00", "11:00 PM", "23:00"]),
    ],
)
def test_hours(hour: int, texts: list[str]) -> None:
    assert (
        evaluate(
            """
            const at = new Date(Date.UTC(2026, 0, 1, hour));
            return ["h12", "h23", "h11", "h24"].map((hourCycle) => at.toLocaleTimeString([], { hourCycle,
              timeStyle: "short" }));
            """,
            hour=hour,
        )
        == texts
    )


def test_far_and_invalid_dates() -> None:
    assert evaluate(
        """
        const years = [-1, 0, 99,
          12026].map((year) => new Date(new Date(0).setUTCFullYear(year)).toLocaleDateString());
        return [...years, new Date(NaN).toLocaleString(), new Date(NaN).toLocaleTimeString()];
        """
    ) == ["1/1/2", "1/1/1", "1/1/99", "1/1/12026", "Invalid Date", "Invalid Date"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (
            "toLocaleString('en', { timeZone: 'Europe/Berlin' })",
            "RangeError: toLocaleString: timeZone 'Europe/Berlin' is not available here, only 'UTC' is",
        ),
        ("toLocaleString('en', { month: 'big' })", "RangeError"),
        ("toLocaleString('en', { fractionalSecondDigits: 4 })", "RangeError"),
        ("toLocaleString('en', { era: 'short' })", "RangeError"),
        ("toLocaleString('en', { dateStyle: 'short', year: 'numeric' })", "TypeError"),
        ("toLocaleDateString('en', { timeStyle: 'short' })", "TypeError"),
        ("toLocaleTimeString('en', { dateStyle: 'short' })", "TypeError"),
        ("toLocaleString(null)", "TypeError"),
        ("toLocaleString('en', null)", "TypeError"),
    ],
)
def test_date_options_that_are_wrong_or_unknown(call: str, error: str) -> None:
    assert evaluate(f"new Date(0).{call}").startswith(f"!{error}")


def test_the_methods_look_native() -> None:
    assert evaluate(
        """
        return [[Number, "toLocaleString"], [BigInt, "toLocaleString"], [Date,
          "toLocaleDateString"]].map(([{ prototype }, name]) => {
          const { value, enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(prototype,
            name);
          return [value.name, value.length, "prototype" in value, enumerable, writable, configurable];
        });
        """
    ) == [
        ["toLocaleString", 0, False, False, True, True],
        ["toLocaleString", 0, False, False, True, True],
        ["toLocaleDateString", 0, False, False, True, True],
    ]
    for wrong in [
        "Number.prototype.toLocaleString.call('1')",
        "Date.prototype.toLocaleString.call({})",
        "BigInt.prototype.toLocaleString.call(1)",
    ]:
        assert evaluate(wrong).startswith("!TypeError")

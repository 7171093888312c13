"""Date by the session's clock, in UTC whatever the kernel's time zone."""

import json
import os
import subprocess
import sys

import pytest

from tana_jupyter.session import Session

START = "2026-01-01T00:00:00Z"
START_MS = 1_767_225_600_000

# What each text means where local time is UTC; None is an invalid date.
PARSED = {
    "2026-01-01": "2026-01-01T00:00:00.000Z",
    "2026-01-01T10:00": "2026-01-01T10:00:00.000Z",
    "2026-01-01T10:00:00": "2026-01-01T10:00:00.000Z",
    "2026-06-15T12:00:00.123456": "2026-06-15T12:00:00.123Z",
    "2026-01-01T10:00:00Z": "2026-01-01T10:00:00.000Z",
    "2026-01-01T10:00:00+02:00": "2026-01-01T08:00:00.000Z",
    "2026-07-04T10:00:00-0500": "2026-07-04T15:00:00.000Z",
    "2026-01-01T24:00:00": "2026-01-02T00:00:00.000Z",
    "2026-01-01 10:00": "2026-01-01T10:00:00.000Z",
    "2026": "2026-01-01T00:00:00.000Z",
    "2026-07": "2026-07-01T00:00:00.000Z",
    "2026/01/02": "2026-01-02T00:00:00.000Z",
    "01/02/2026": "2026-01-02T00:00:00.000Z",
    "Jan 1 2026": "2026-01-01T00:00:00.000Z",
    "1 January 2026 10:00": "2026-01-01T10:00:00.000Z",
    "July 4, 2026 3:30 PM": "2026-07-04T15:30:00.000Z",
    "Thu, 01 Jan 2026 10:00:00 GMT": "2026-01-01T10:00:00.000Z",
    "Thu Jan 01 2026 10:00:00 GMT+0100 (CET)": "2026-01-01T09:00:00.000Z",
    "Jan 1 2026 10:00 EST": "2026-01-01T15:00:00.000Z",
    "Jul 1 2026 10:00 PDT": "2026-07-01T17:00:00.000Z",
    "+010000-01-01T00:00:00": "+010000-01-01T00:00:00.000Z",
    "-000001-01-01": "-000001-01-01T00:00:00.000Z",
    "garbage": None,
    "": None,
}

EXPRESSIONS = {
    "new Date(2026, 5, 15, 12, 30, 45, 678).toISOString()": "2026-06-15T12:30:45.678Z",
    "String(new Date(2026, 5, 15, 12, 30))": "Mon Jun 15 2026 12:30:00 GMT+0000 (Coordinated Universal Time)",
    "new Date(2026, 5, 15).toDateString()": "Mon Jun 15 2026",
    "new Date(2026, 5, 15, 9).toTimeString()": "09:00:00 GMT+0000 (Coordinated Universal Time)",
    "new Date(2026, 5, 15).getTimezoneOffset()": 0,
    "new Date(NaN).getTimezoneOffset()": None,
    "String(new Date(NaN)) + new Date(NaN).toDateString() + new Date(NaN).toTimeString()": "Invalid Date" * 3,
    "new Date(2026, 0, 1).getYear()": 126,
    "(() => { const d = new Date(0); d.setYear(99); return d.toISOString() })()": "1999-01-01T00:00:00.000Z",
    "(() => { const d = new Date(0); d.setYear(2026); return d.toISOString() })()": "2026-01-01T00:00:00.000Z",
    "(() => { const d = new Date(0); d.setHours(25, 61, 2, 3); return d.toISOString() })()": "1970-01-02T02:01:02.003Z",
    "(() => { const d = new Date(0); d.setMonth(13, 5); return d.toISOString() })()": "1971-02-05T00:00:00.000Z",
    "['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'].every((part) =>"
    " [0, 1e12, 1.7e12 + 1, -1, -1e13, 1710054000000, 1730613600000].every((time) =>"
    " new Date(time)['get' + part]() === new Date(time)['getUTC' + part]()))": True,
    "new Date(99, 0).getFullYear()": 1999,
    "new Date(2026, 0, 31, 25).toISOString()": "2026-02-01T01:00:00.000Z",
    "Date.UTC(2026, 0)": START_MS,
    "new Date(8.64e15 + 1).getTime()": None,
    "new Date(1.9).getTime()": 1,
    "new Date(new Date(7)).getTime()": 7,
    "new Date({ valueOf: () => 9 }).getTime()": 9,
    "new Date({ [Symbol.toPrimitive]: () => '2026' }).getTime()": START_MS,
    "new Date(null).getTime() + new Date(true).getTime()": 1,
    "new Date(undefined).getTime()": None,
    "Date.length + Date.name + typeof Date()": "7Datestring",
    "new Date() instanceof Date && new Date().constructor === Date && Object.keys(Date).length === 0": True,
    "new (class Day extends Date { twice() { return this.getTime() * 2 } })(5).twice()": 10,
    "Date.parse(new Date(START).toString()) === START && Date.parse(new Date(START).toUTCString()) === START": True,
    "new Date(0).toLocaleString() + new Date(0).toLocaleDateString() + new Date(0).toLocaleTimeString()": (
        "1/1/1970, 12:00:00 AM1/1/197012:00:00 AM"
    ),
    "JSON.stringify({ at: new Date(START) })": '{"at":"2026-01-01T00:00:00.000Z"}',
    "new Date(START) + 1": "Thu Jan 01 2026 00:00:00 GMT+0000 (Coordinated Universal Time)1",
    "new Date(START) - 1": START_MS - 1,
}


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session()
    session.run(f"const START = {START_MS}")
    return session


@pytest.mark.parametrize(("text", "iso"), PARSED.items())
def test_texts_without_a_zone_are_utc(session: Session, text: str, iso: str | None):
    source = f"const d = new Date({json.dumps(text)}); isNaN(d) ? null : d.toISOString()"
    assert session.run(source).value == iso


@pytest.mark.parametrize(("source", "value"), EXPRESSIONS.items())
def test_local_time_is_utc(session: Session, source: str, value: object):
    outcome = session.run(f"JSON.stringify({source})")
    assert isinstance(outcome.value, str)
    assert json.loads(outcome.value) == value


@pytest.mark.parametrize(
    "source", ["new Date(Symbol())", "new Date(5n)", "Date.prototype.getHours.call({})", "new Date(NaN).toISOString()"]
)
def test_what_is_no_date_is_refused(session: Session, source: str):
    told = session.run(f"let told = ''; try {{ {source} }} catch (error) {{ told = error.name }} told").value
    assert told in {"TypeError", "RangeError"}


PROGRAM = """
import json, sys
from tana_jupyter.session import Session
session = Session()
session.run("const START = 1767225600000")
print(json.dumps([session.run(f"JSON.stringify({source})").value for source in json.load(sys.stdin)]))
"""


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_the_kernels_time_zone_changes_nothing(session: Session, zone: str):
    sources = [*EXPRESSIONS, *(f"+new Date({json.dumps(text)})" for text in PARSED)]
    sources += [f"String(new Date({time}))" for time in (0, 1710054000000, 1730613600000, -1e12, 1e15)]
    here = [session.run(f"JSON.stringify({source})").value for source in sources]
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TZ": zone},
    )
    assert json.loads(run.stdout) == here


def test_date_follows_the_sessions_clock():
    session = Session()
    session.clock.freeze(START)
    ways = "[Date.now(), +new Date(), Date.parse(Date()), new Date().getTime(), Reflect.construct(Date, []).getTime()]"
    assert session.run(ways).value == [START_MS] * 5
    session.clock.advance(90)
    assert session.run(ways).value == [START_MS + 90_000] * 5
    session.clock.resume()
    now = session.run("Date.now()").value
    assert isinstance(now, int)
    assert abs(now - session.clock.now_ms()) < 2000
    session.clock.advance(3600)
    later = session.run("Date.now()").value
    assert isinstance(later, int)
    assert 3_600_000 <= later - now < 3_602_000


def test_a_frozen_clock_stands_still_within_a_run():
    session = Session()
    session.clock.freeze(START)
    source = (
        "const start = Date.now(); for (let i = 0; i < 1e5; i++); await null; [start, Date.now(), performance.now()]"
    )
    first = session.run(source).value
    assert first == session.run(source).value
    assert isinstance(first, list)
    assert first[:2] == [START_MS, START_MS]


def test_two_contracts_have_one_clock():
    session = Session()
    session.clock.freeze(START)
    session.run("import { clock } from 'tana/lab'; clock.advance(10)", contract="one")
    assert session.run("Date.now()", contract="two").value == START_MS + 10_000


def test_a_date_object_made_before_the_clock_moved_stays():
    session = Session()
    session.clock.freeze(START)
    session.run("const then = new Date()")
    session.clock.advance(5)
    assert session.run("then.getTime()").value == START_MS


def test_tampering_with_date_does_not_reach_another_contract_or_the_clock():
    session = Session()
    session.clock.freeze(START)
    session.run("Date.now = () => 5; globalThis.Date = class { getTime() { return 7 } }; Reflect.apply = () => 9; 1")
    assert session.run("new Date().getTime()").value == 7
    assert session.run("new Date().getTime()", contract="other").value == START_MS
    assert session.clock.now_ms() == START_MS


def test_a_contract_cannot_move_the_clock_out_of_the_calendar():
    session = Session()
    session.run("import { clock } from 'tana/lab'; try { clock.freeze(8.64e15); clock.advance(8e15) } catch {}")
    assert session.clock.now().year <= 9999
    assert session.status()

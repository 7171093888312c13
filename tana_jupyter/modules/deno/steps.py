r"""The steps of an atomic operation as modules/deno/atomic.js writes them, and the limits they keep.

Each ends with U+0001 U+001E, which is in no key and no value. U+001F divides its fields, the key is the last:

    c stamp key         check                    s value key         set
    x ms value key      set that expires         d key               delete
    + value key         sum; < min, > max        q value terms       enqueue, the terms as JSON
    !kind refusal       a step that was refused at once, to be told at the commit: class and text as JSON

An empty key is U+0001 alone.

>>> parsed(b"c\x1f\x02n\x01\x1e", "shop", now_us=0).checks
[Check(space='deno', contract='shop', key=b'\x02n\x00', versionstamp=None)]
"""

import json
from typing import Any, NamedTuple

from tana_jupyter import denokey, limits
from tana_jupyter.errors import GuestError
from tana_jupyter.guesttext import loads
from tana_jupyter.modules.deno.keys import HOT, MIXED, checked_write, key_before_stamp, key_of
from tana_jupyter.modules.deno.queues import Message
from tana_jupyter.modules.deno.sizes import size
from tana_jupyter.modules.deno.values import Stored, checked, stored
from tana_jupyter.modules.deno.writing import expires_at
from tana_jupyter.spaces import DENO
from tana_jupyter.store.protocol import Check, Write
from tana_jupyter.store.versionstamp import from_text

END = b"\x01\x1e"
SET, SET_UNTIL, CHECK, DELETE, ENQUEUE, REFUSED = b"sxcdq!"
ARITHMETIC = {ord("+"): "sum", ord("<"): "min", ord(">"): "max"}
SURE = 13_000  # bytes of steps that cannot pass a limit of the whole, whatever they say
SURE_VALUE = 21_000  # the same of one value
PREVIEW = 100  # characters of a value that are shown

_named = tuple.__new__  # makes a Write in half the time of Write(...)


class Arithmetic(NamedTuple):
    """A sum, min or max: what it writes depends on what is there."""

    name: str
    key: bytes
    operand: Stored


class Stamped(NamedTuple):
    """A set whose key ends in the versionstamp of its commit."""

    before: bytes
    value: Stored
    expires_at: int | None

    @property
    def key(self) -> bytes:
        """What counts against the limit of keys."""
        return self.before


class Steps(NamedTuple):
    """An atomic operation that keeps all limits."""

    checks: list[Check]
    mutations: list[Any]
    """Write, Arithmetic or Stamped, in the order given."""
    messages: list[Message]
    simple: bool
    """Whether all mutations are writes, which need no look at what is there."""


def parsed(text: bytes, contract: str, now_us: int) -> Steps:
    """Read steps; raises what Deno rejects them with, in its order."""
    steps = text.split(END)
    steps.pop()
    if len(steps) > limits.DENO_CHECKS:
        _check_counts(steps)
    try:
        return _read(steps, contract, now_us, careful=len(text) > SURE)
    except GuestError:
        # The first thing wrong with a check comes before all that is wrong with mutations, and so on.
        return _read(sorted(steps, key=_stage), contract, now_us, careful=True)


def _read(steps: list[bytes], contract: str, now_us: int, *, careful: bool) -> Steps:
    checks: list[Check] = []
    mutations: list[Any] = []
    messages: list[Message] = []
    simple = True
    for step in steps:
        kind = step[0]
        if kind == SET:
            at = step.index(b"\x1f")
            text, wire = step[1:at], step[at + 1 :]
            if wire[:1] == HOT and text[0] > 0x20 and at < SURE_VALUE and wire.isascii():
                key = wire.replace(b"\x01", b"\0") + b"\0"
                mutations.append(_named(Write, (DENO, contract, key, text, "json", None, None)))
            else:
                mutation = _set(contract, text, wire, None)
                simple &= type(mutation) is Write
                careful |= at >= SURE_VALUE
                mutations.append(mutation)
                key = mutation.key
        elif kind == CHECK:
            at = step.index(b"\x1f")
            key = _key(step[at + 1 :])
            checks.append(_named(Check, (DENO, contract, key, _stamp(step[1:at]))))
        elif kind == SET_UNTIL:
            milliseconds, text, wire = step[1:].split(b"\x1f", 2)
            mutation = _set(contract, text, wire, expires_at(now_us, float(milliseconds)))
            simple &= type(mutation) is Write
            careful |= len(text) > SURE_VALUE
            mutations.append(mutation)
            key = mutation.key
        elif kind in ARITHMETIC:
            text, wire = step[1:].split(b"\x1f", 1)
            key = _key(wire)
            mutations.append(_named(Arithmetic, (ARITHMETIC[kind], key, stored(text))))
            simple = False
            careful |= len(text) > SURE_VALUE
        elif kind == DELETE:
            key = _key(step[1:])
            mutations.append(_named(Write, (DENO, contract, key, None, "text", None, None)))
        elif kind == ENQUEUE:
            text, terms = step[1:].split(b"\x1f", 1)
            messages.append(_message(stored(text), loads(terms)))
            continue
        else:
            raise GuestError(*loads(step[2:]))
        if not 0 < len(key) <= limits.DENO_WRITE_KEY:
            careful = True
    if careful or messages:
        _check_sizes(checks, mutations, messages)
    return _named(Steps, (checks, mutations, messages, simple))


def _set(contract: str, text: bytes, wire: bytes, until: int | None) -> Write | Stamped:
    value = stored(text)
    before = key_before_stamp(wire + b"\x01") if wire.startswith(MIXED) else None
    if before is not None:
        return Stamped(before, value, until)
    return Write(DENO, contract, _key(wire), *value, until)


def _key(wire: bytes) -> bytes:
    return key_of(wire + b"\x01") if wire else b""


def _stage(step: bytes) -> int:
    kind = step[1] if step[0] == REFUSED else step[0]
    return 0 if kind == CHECK else 2 if kind == ENQUEUE else 1


def _check_counts(steps: list[bytes]) -> None:
    checks = sum(_stage(step) == 0 for step in steps)
    if checks > limits.DENO_CHECKS:
        raise GuestError("TypeError", f"Too many checks (max {limits.DENO_CHECKS})")
    if len(steps) - checks > limits.DENO_MUTATIONS:
        raise GuestError("TypeError", f"Too many mutations (max {limits.DENO_MUTATIONS})")


def _check_sizes(checks: list[Check], mutations: list[Any], messages: list[Message]) -> None:
    total = keys = 0
    for each in (*checks, *mutations):
        total += len(checked_write(each.key))
    for mutation in mutations:
        value = _value_of(mutation)
        if value is not None:
            keys += len(mutation.key)
            total += size(*checked(value)) + len(mutation.key)
    for message in messages:
        payload = size(message.value, message.encoding)
        if payload > limits.DENO_MESSAGE:
            raise GuestError("TypeError", f"enqueue payload too large (max {limits.DENO_MESSAGE} bytes)")
        total += payload + limits.DENO_BACKOFF_ENTRY * len(message.backoff or ())
    if total > limits.DENO_COMMIT:
        raise GuestError("TypeError", f"Total mutation size too large (max {limits.DENO_COMMIT} bytes)")
    if keys > limits.DENO_COMMIT_KEYS:
        raise GuestError("TypeError", f"Total key size too large (max {limits.DENO_COMMIT_KEYS} bytes)")


def _value_of(mutation: Any) -> Stored | None:
    if isinstance(mutation, Write):
        return None if mutation.value is None else Stored(mutation.value, mutation.encoding)
    return mutation.operand if isinstance(mutation, Arithmetic) else mutation.value


def _stamp(text: bytes) -> int | None:
    if not text:
        return None
    try:
        return from_text(text.decode())
    except ValueError:
        raise GuestError("TypeError", "Invalid check") from None


def _message(value: Stored, terms: dict[str, Any]) -> Message:
    delay, backoff = float(terms.get("delay", 0)), terms.get("backoff")
    if not 0 <= delay <= limits.DENO_DELAY:
        raise GuestError("TypeError", f"Delay cannot be greater than 30 days: received {delay:g}")
    if backoff is not None:
        backoff = tuple(int(each) for each in backoff)
        if len(backoff) > limits.DENO_BACKOFF or not all(0 <= each <= limits.DENO_BACKOFF_DELAY for each in backoff):
            raise GuestError("TypeError", "Invalid backoffSchedule")
    wires = (each.encode("utf-8", "surrogatepass") for each in terms.get("undelivered", ()))
    return Message(*value, delay, backoff, tuple(key_of(wire) if wire else b"" for wire in wires))


def shown(text: str) -> str:
    """What inspecting an operation shows of its steps, a line for each."""
    steps = text.encode("utf-8", "surrogatepass").split(END)
    steps.pop()
    return "\n".join(f"  {_shown(step)}" for step in steps)


def _shown(step: bytes) -> str:
    kind = step[0]
    if kind == REFUSED:
        return f"refused: {loads(step[2:])[1]}"
    # The key comes last, and may hold what divides.
    *values, wire = step[1:].split(b"\x1f", 0 if kind == DELETE else 2 if kind == SET_UNTIL else 1)
    if kind == ENQUEUE:
        return f"enqueue({_preview(values[0])})"
    before = key_before_stamp(wire + b"\x01") if wire.startswith(MIXED) else None
    key = denokey.show(_key(wire) if before is None else before)
    if before is not None:
        key = f"{key[:-1]}{', ' if before else ''}commitVersionstamp()]"
    if kind == DELETE:
        return f"delete({key})"
    if kind == CHECK:
        return f"check({key}, {json.dumps(values[0].decode()) if values[0] else 'null'})"
    if kind == SET_UNTIL:
        return f"set({key}, {_preview(values[1])}, {{ expireIn: {values[0].decode()} }})"
    return f"{ARITHMETIC.get(kind, 'set')}({key}, {_preview(values[0])})"


def _preview(text: bytes) -> str:
    value = stored(text)
    if value.encoding == "u64":
        return f"{text[1:].decode()}n"
    if value.encoding == "bytes":
        return f"Uint8Array({len(value.value)})"
    said = value.value.decode("utf-8", "replace") if value.encoding == "json" else "..."
    return said if len(said) <= PREVIEW else f"{said[:PREVIEW]}..."

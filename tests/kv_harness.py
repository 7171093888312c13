"""Run cells of a contract that has imported ``tana/kv``, with a clock that stands still."""

from __future__ import annotations

from typing import Any

from tana_jupyter import Session

NOW = 1_767_225_600  # 2026-01-01T00:00:00Z

HELPERS = """
    import { kv } from 'tana/kv'
    // What a call comes to: its value, or how it was refused. A call that throws instead of rejecting is found out.
    globalThis.told = async (call) => {
      let promise
      try { promise = call() } catch (error) { return `thrown, not rejected: ${error}` }
      try {
        return await promise
      } catch (error) {
        const told = { error: `${error.name}: ${error.message}` }
        for (const name of ['status', 'index']) if (name in error) told[name] = error[name]
        if (error.cause) told.cause = error.cause.message
        return told
      }
    }
    globalThis.bytes = (...list) => new Uint8Array(list)
    globalThis.read = async (key) => {
      const buffer = await kv.get(key, 'arrayBuffer')
      return buffer && [...new Uint8Array(buffer)]
    }
    globalThis.names = async (options) => (await kv.list(options)).keys.map((key) => key.name)
"""


def opened() -> Session:
    """A session whose contract ``notebook`` has ``kv`` and the helpers above."""
    session = Session()
    session.clock.freeze(NOW)
    session.run(HELPERS)
    return session


def value(session: Session, code: str, **give: object) -> Any:
    """The value of a cell; ``give`` are names it may use."""
    return session.run(code, give=give).value


def told(session: Session, code: str, **give: object) -> Any:
    """What a call comes to: its value, or ``{"error": ..., "status": ..., "cause": ...}``."""
    return session.run(f"await told(() => ({code}))", give=give).value

"""``tana/lab``: the session's clock and seed, from inside a contract."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tana_jupyter.errors import GuestError, TanaError
from tana_jupyter.modules.host import Host

MODULES: Mapping[str, str] = {"tana/lab": "lab.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/lab": ("clock", "seed")}


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """Move the clock and set the seed, where contract code may; each clock call answers the new settings."""

    def allowed() -> None:
        if not host.may_move_clock():
            raise GuestError(
                "Error", "A contract may move the clock on memory: stores only; %config Tana.lab = True allows it here"
            )

    def freeze(milliseconds: float | None = None) -> list[int | None]:
        allowed()
        with _as_range_error():
            host.clock.freeze(None if milliseconds is None else _finite(milliseconds) / 1000)
        return list(host.clock.settings())

    def advance(seconds: float) -> list[int | None]:
        allowed()
        with _as_range_error():
            host.clock.advance(_finite(seconds))
        return list(host.clock.settings())

    def resume() -> list[int | None]:
        allowed()
        host.clock.resume()
        return list(host.clock.settings())

    def seed(value: int | str | None) -> bool:
        allowed()
        host.chance.seed(value)
        return host.chance.seeded

    return {"lab.freeze": freeze, "lab.advance": advance, "lab.resume": resume, "lab.seed": seed}


@contextmanager
def _as_range_error() -> Iterator[None]:
    """Tell the contract what the clock refuses."""
    try:
        yield
    except GuestError:
        raise
    except TanaError as error:
        raise GuestError("RangeError", str(error)) from None


def _finite(number: object) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or abs(number) > 8.64e15:
        raise GuestError("TypeError", "The clock takes a finite number")
    return number

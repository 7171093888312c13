"""One connection to one server, and the rules for losing it."""

import re
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store import patience
from tana_jupyter.store.redis.known import Known
from tana_jupyter.store.redis.wire import Refused, Wire, command

_IDLE = 0.1  # seconds after which a connection is looked at before it is used
_PING = command(b"PING")


class Link:
    """Asks one server. After a loss it stays down until :meth:`rest`, so that a run does not go on half-blind.

    ``connect`` opens a connection of redis-py, which knows addresses, TLS and passwords; ``spot`` names the server
    for people, ``hide`` takes passwords out of texts.
    """

    def __init__(self, connect: Callable[[], Any], spot: str, hide: Callable[[str], str]) -> None:
        self.watching: Known | None = None
        """The contract whose keys are watched on this connection, since its head was last read."""
        self._connect = connect
        self._spot = spot
        self._hide = hide
        self._connection: Any = None
        self._wire: Wire | None = None
        self._used = 0.0
        self._lost = False

    def ready(self) -> "Link":
        """Have a connection that is not known to be dead. Nothing was sent yet, so this may reconnect."""
        if self._wire is None:
            self._open()
        elif monotonic() - self._used > _IDLE and self._wire.dead():
            self.drop()
            self._open()
        return self

    def ask(self, payload: bytes, count: int, *, writes: bool = False) -> list[Any]:
        """Send packed commands and return their replies.

        :raises Refused: an error was among them; all others were read too.
        :raises StoreError: the connection was lost. It is not repeated here, for a write may have happened.
        """
        replies = self.ask_all(payload, count, writes=writes)
        if self._wire is not None and self._wire.refused is not None:
            self.watching = None
            raise self._wire.refused
        return replies

    def ask_all(self, payload: bytes, count: int, *, writes: bool = False) -> list[Any]:
        """Do the same, but return errors among the replies."""
        if self._wire is None:
            raise StoreError(f"There is no connection to {self._spot}")
        try:
            replies = self._wire.ask(payload, count)
        except (OSError, EOFError) as error:
            self.drop()
            self._lost = True
            slow = isinstance(error, TimeoutError | BlockingIOError)
            happened = f"did not answer for {limits.NETWORK_OPERATION:g} seconds" if slow else "was lost"
            outcome = (
                "The write may or may not have been written; look before you repeat it"
                if writes
                else ("Only a read was under way")
            )
            raise StoreError(f"The connection to {self._spot} {happened}. {outcome}") from None
        except BaseException:
            # Whatever interrupted it, the replies still to come would be taken for those of the next command.
            self.drop()
            raise
        self._used = monotonic()
        return replies

    def rest(self) -> None:
        """End of a run: the next one looks at the connection first, and may reconnect."""
        self._lost = False
        self._used = 0.0

    def drop(self) -> None:
        """Let go of the connection."""
        connection, self._connection, self._wire, self.watching = self._connection, None, None, None
        if connection is not None:
            connection.disconnect()

    def _open(self) -> None:
        if self._lost:
            raise StoreError(
                f"The connection to {self._spot} was lost earlier in this run; nothing was sent."
                " It reconnects at the next cell"
            )
        limit = monotonic() + limits.NETWORK_CONNECT
        while (problem := self._try()) is not None:
            self.drop()
            # A server that was just started reads its data first.
            if "loading" not in problem.lower() or monotonic() > limit or patience.over():
                self._lost = True
                reason = self._hide(problem.rstrip("."))
                raise StoreError(f"{self._spot} cannot be reached: {reason}. Nothing was written")
            sleep(0.05)
        self._used = monotonic()

    def _try(self) -> str | None:
        """Connect; what went wrong, if anything."""
        try:
            self._connection = patience.unless_over(self._connect, lambda late: late.disconnect())
            if self._connection is None:
                return "the run ended before it answered"
            # redis-py has no public word for the socket, and reading replies through it costs four times as much.
            self._wire = Wire(self._connection._sock, limits.NETWORK_OPERATION)
            (answer,) = self._wire.ask(_PING, 1)
        except (OSError, EOFError) as error:
            return str(error) or "it hung up"
        except (ValueError, TypeError) as error:
            named = re.search(r"unexpected keyword argument '(\w+)'", str(error))
            return f"its URL has an option that redis-py does not take ({named[1] if named else error})"
        except BaseException as error:
            from redis.exceptions import RedisError

            if isinstance(error, RedisError):
                text = str(error) or type(error).__name__
                if text.startswith("Authentication required"):
                    raise Refused(f"NOAUTH {text}") from None
                if "called without any password configured" in text:
                    return "it has no password, and the URL gives one"
                return text
            self.drop()
            raise
        if not isinstance(answer, Refused):
            return None
        if answer.code == "LOADING":
            return answer.text
        self.drop()
        raise answer

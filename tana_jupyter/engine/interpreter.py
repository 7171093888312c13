"""The only file that knows dukpy: one QuickJS context without dukpy's own runtimes.

What is relied on, and held by ``tests/test_interpreter.py``:

* ``JSInterpreter.__init__`` calls ``_init_process``, ``_init_console`` and ``_init_require`` and nothing else of
  weight; overriding them leaves a context without environment, files and modules.
* Host calls arrive as ``_call_python(name, arguments)``, both bytes, after ``_check_exported_function_exists``.
* Modules are asked for through ``_normalize_module`` and ``loader.load``.
* ``evaljs`` drains all promise jobs, then returns the JSON value of the script.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson
from dukpy import JSRuntimeError
from dukpy.evaljs import JSInterpreter

from tana_jupyter.errors import GuestError, StoreError, StoreFull
from tana_jupyter.guesttext import loads

__all__ = ["ABORTED", "Interpreter", "JSRuntimeError", "ModuleSource"]

Operation = Callable[..., object]
Packed = Callable[[bytes, bytes], bytes | None]

ABORTED = b'{"!":0}'


class ModuleSource(Protocol):
    """Where native ES modules come from; everything it does not know does not exist."""

    def normalize(self, base: str, name: str) -> str:
        """The full name of what module ``base`` calls ``name``."""
        ...

    def load(self, name: str) -> tuple[str | None, str | None, str | None]:
        """``(name, text, "module")``, or three times None for an unknown name."""
        ...


class Interpreter(JSInterpreter):  # type: ignore[misc] # dukpy is published without types
    """One QuickJS context, its host operations and nothing of the machine.

    An operation is found by its name and called with the JSON arguments. A *packed* operation is found by the
    first byte of the name, below U+0020; the rest of the name is its payload and needs no JSON at all.
    """

    # dukpy asks before each call whether the function exists. The type itself is the cheapest true answer.
    _check_exported_function_exists = bool

    def __init__(
        self,
        operations: Mapping[str, Operation],
        packed: Mapping[int, Packed],
        modules: ModuleSource,
        report: Callable[[BaseException], None],
    ) -> None:
        super().__init__()
        self._operations = {name.encode(): operation for name, operation in operations.items()}
        self._packed = dict(packed)
        self._loader = modules
        self._report = report
        self.aborting = False
        self.cut = False
        """Whether a call was answered that the run is over: what made it waits for good."""
        self.unheard: str | None = None
        """What a store said of a call that was cut short in that way: a write may have happened."""

    def _init_process(self) -> None:
        """Leave out: ``process.env`` would hold the whole environment."""

    def _init_console(self) -> None:
        """Leave out: our console writes to the cell."""

    def _init_require(self) -> None:
        """Leave out: ``require`` would read any file."""

    def _normalize_module(self, base: str, name: str) -> str:
        return self._loader.normalize(base, name)

    def _call_python(self, name: bytes, arguments: bytes) -> bytes | None:
        """Answer one host call. Lets nothing through: dukpy would show ``repr(exception)`` to the guest."""
        if self.aborting:
            self.cut = True
            return ABORTED
        try:
            first = name[0]
            if first < 0x20:
                return self._packed[first](name[1:], arguments)
            reply = self._operations[name](*loads(arguments))
            if reply is None or type(reply) is bytes:
                return reply
            return dumps(reply)
        except GuestError as error:
            return self._refused(error)
        except StoreError as error:
            return self._failed(error)
        except RecursionError:
            return refusal(GuestError("RangeError", "The arguments of this call are nested too deeply"))
        except BaseException as error:  # noqa: BLE001 # an exception here would reach the contract, text and all
            self._report(error)
            return refusal(GuestError("Error", "Internal error (see %tana log)"))

    def _refused(self, error: GuestError) -> bytes:
        """Tell the contract, unless the call gave up because the run is over: that it must not hear."""
        if not self.aborting:
            return refusal(error)
        self.cut = True
        return ABORTED

    def _failed(self, error: StoreError) -> bytes:
        """Tell the contract; the text is made for people and holds no password."""
        if self.aborting and not isinstance(error, StoreFull):  # a full store has written nothing: no doubt is left
            self._report(error)
            self.unheard = str(error)
        return self._refused(GuestError("Error", str(error)))

    def evaluate(self, script: bytes) -> Any:
        """Run a script and all promise jobs it leaves; the JSON value of the script."""
        try:
            return self.evaljs(script)
        except UnicodeDecodeError as failure:
            # What was thrown holds half a surrogate pair, and dukpy could not make its exception of it.
            raise JSRuntimeError(failure.object.decode("utf-8", "surrogatepass")) from None


def dumps(reply: object) -> bytes:
    """JSON of a reply; texts that contract code made may hold lone surrogates, which orjson refuses."""
    try:
        return orjson.dumps(reply)
    except TypeError:
        return json.dumps(reply, allow_nan=False).encode()


def refusal(error: GuestError) -> bytes:
    """The reply that the prelude throws as a JavaScript error."""
    return dumps({"!": [error.code, error.text, error.fields or None]})

"""Experiment with key-value smart contracts in a notebook.

    %load_ext tana_jupyter

    %%tana counter
    import { kv } from 'tana/kv'
    await kv.put('greeting', 'hello')

The house. From a cell to the store:

* ``ipython`` loads the extension; ``magics`` read a ``%%tana`` or ``%tana`` line and make one call of the session.
* ``session`` runs contracts; ``stage`` is what it has, ``looking`` what it shows, ``steering`` what it does to data.
* ``contract`` is the handle of one. ``calls`` finds the handler that is meant, ``identity`` is who calls, ``situation``
  in which role, ``runs`` carries it out; ``contractfile`` makes a file of a contract, and reads it back.
* ``compiler`` turns TypeScript into a script that keeps every line and column; it knows no engine.
* ``engine`` is one sealed JavaScript interpreter per contract; it knows no API. ``waking`` lets a run that waits go on.
* ``modules`` are what contracts import. Of the session they see a ``host``: ``staging``, ``ledger``, ``network``,
  ``clock``, ``chance``, ``console`` and ``display``.
* ``journal`` is the one way to the ``store``. ``storage`` says which store that is, ``spaces`` are its parts, one for
  each API; ``denokey`` packs the keys of one of them.

And back:

* ``receipt`` is what a run did to the data, ``outcome`` what it came to, ``failures`` why it failed.
* ``views`` are tables and widgets, ``audience`` how they hear of changes; ``tables``, ``glance`` and ``paint`` draw
  HTML, a value in one line, and colours.
* ``transfer`` plans and carries out exports and imports: PostgreSQL, JSON Lines, Cloudflare's bulk JSON.
* ``completion`` is what Tab offers and Shift+Tab explains; it reads cells and ``.d.ts`` files and runs nothing.
  ``labextension`` colours the cells.

For all of them: ``errors`` draws the tree of what is raised on purpose, ``limits`` lists what contracts can run into,
``guesttext`` is text as JavaScript has it, ``counting`` says how many. Who may import whom: ``tests/test_house.py``.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tana_jupyter.chance import Chance
    from tana_jupyter.clock import Clock
    from tana_jupyter.console import Log
    from tana_jupyter.contract import Contract
    from tana_jupyter.errors import (
        BusyError,
        CommandError,
        ContractError,
        ContractStopped,
        ContractStuck,
        ContractSyntaxError,
        ContractTimeout,
        Frame,
        PlanCancelled,
        PlanChanged,
        StoreError,
        StoreFull,
        TanaError,
        UnknownContractError,
        ValueCrossingError,
    )
    from tana_jupyter.ipython import load_ipython_extension, unload_ipython_extension
    from tana_jupyter.outcome import Opaque, Outcome
    from tana_jupyter.receipt import Change, Receipt
    from tana_jupyter.runs import Source
    from tana_jupyter.session import Session

# Public name -> where it lives. Resolved on first use: `import tana_jupyter` must cost next to nothing.
_HOMES = {
    "BusyError": "errors",
    "Chance": "chance",
    "Change": "receipt",
    "Clock": "clock",
    "CommandError": "errors",
    "Contract": "contract",
    "ContractError": "errors",
    "ContractStopped": "errors",
    "ContractStuck": "errors",
    "ContractSyntaxError": "errors",
    "ContractTimeout": "errors",
    "Frame": "errors",
    "Log": "console",
    "Opaque": "outcome",
    "Outcome": "outcome",
    "PlanCancelled": "errors",
    "PlanChanged": "errors",
    "Receipt": "receipt",
    "Session": "session",
    "Source": "runs",
    "StoreError": "errors",
    "StoreFull": "errors",
    "TanaError": "errors",
    "UnknownContractError": "errors",
    "ValueCrossingError": "errors",
    "load_ipython_extension": "ipython",
    "session": "session",
    "unload_ipython_extension": "ipython",
}

__version__ = "0.1.0"
__all__ = [
    "BusyError",
    "Chance",
    "Change",
    "Clock",
    "CommandError",
    "Contract",
    "ContractError",
    "ContractStopped",
    "ContractStuck",
    "ContractSyntaxError",
    "ContractTimeout",
    "Frame",
    "Log",
    "Opaque",
    "Outcome",
    "PlanCancelled",
    "PlanChanged",
    "Receipt",
    "Session",
    "Source",
    "StoreError",
    "StoreFull",
    "TanaError",
    "UnknownContractError",
    "ValueCrossingError",
    "__version__",
    "load_ipython_extension",
    "session",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "session":  # the file itself, which is callable: importing it binds this name in any case
        return importlib.import_module(f"{__name__}.session")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__

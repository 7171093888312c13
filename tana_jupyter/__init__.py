"""Experiment with key-value smart contracts in a notebook.

    %load_ext tana_jupyter

    %%tana counter
    import { kv } from 'tana/kv'
    await kv.put('greeting', 'hello')

The house, from the cell to the store and back:

* ``magics`` read ``%%tana`` and ``%tana`` lines and call the session; ``ipython`` loads and unloads them.
* ``completion`` knows what Tab offers and Shift+Tab explains; it reads cells and ``.d.ts`` files and runs nothing.
* ``session`` knows the contracts, the store, the clock and the random numbers; ``contract`` runs the cells of one.
* ``compiler`` turns TypeScript into a script that keeps every line and column; it knows no engine.
* ``engine`` is one sealed JavaScript interpreter per contract; it knows no API. ``modules`` are what contracts import.
* ``journal`` is the one way to the ``store`` and leaves the ``receipt`` of a run; an ``outcome`` is what a run came to.
* ``views`` are tables and widgets; ``stage`` is what widgets see of a session, ``audience`` how they hear of changes.
* ``transfer`` plans and carries out exports and imports: PostgreSQL, JSON Lines, Cloudflare's bulk JSON.
* ``staging``, ``ledger``, ``network``, ``clock`` and ``chance`` are what modules reach of a session, through ``host``.
* ``errors`` draws the tree of everything that is raised on purpose.
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

__version__ = "0.1.0.dev0"
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

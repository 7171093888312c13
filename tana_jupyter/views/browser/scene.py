"""What a browser sees of a session: a Protocol, so that views know no Session."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from tana_jupyter.audience import Audience
from tana_jupyter.clock import Clock
from tana_jupyter.journal import Journal
from tana_jupyter.modules.host import Host
from tana_jupyter.spaces import APIS
from tana_jupyter.staging import Staging
from tana_jupyter.store.protocol import Store


class Scene(Protocol):
    """The half of a Session that runs nothing."""

    clock: Clock
    journal: Journal
    audience: Audience

    @property
    def store(self) -> Store:
        """What is read."""
        ...

    def at_rest(self) -> AbstractContextManager[None]:
        """Hold the session between two runs; BusyError in the middle of one."""
        ...

    def contracts(self) -> list[str]:
        """The contracts that have run, the last one first."""
        ...

    def staging_of(self, contract: str) -> Staging | None:
        """What a contract has staged, None where it never ran."""
        ...

    def host_of(self, contract: str) -> Host:
        """A contract as its modules see it, made where it never ran."""
        ...

    def forget_unused(self, contract: str) -> None:
        """Let go of a contract that was made so, where it has neither run nor staged anything."""
        ...

    def log(self, text: str) -> None:
        """Keep the traceback of something that failed inside."""
        ...

    def commit(self, contract: str | None = None) -> dict[str, int]:
        """Write what a contract has staged."""
        ...

    def rollback(self, contract: str | None = None) -> dict[str, int]:
        """Forget what a contract has staged."""
        ...


def staged_rows(scene: Scene, contract: str) -> Mapping[bytes, bytes | None]:
    """What a contract has staged, by key."""
    staging = scene.staging_of(contract)
    return {} if staging is None else staging.rows


def namespaces(scene: Scene, *, counted: bool) -> list[dict[str, object]]:
    """All contracts that have run or hold rows, with each API: rows and bytes are null unless they are counted."""
    there = {(contract, space) for space, contract in scene.store.namespaces() if space in APIS}
    sizes = scene.store.sizes(scene.clock.now_us()) if counted else None
    by_place = {(size.contract, size.space): size for size in sizes or []}
    names = sorted({*scene.contracts(), *(contract for contract, _ in there)})
    listed: list[dict[str, object]] = []
    for contract in names:
        for api in APIS:
            size = by_place.get((contract, api))
            # Nothing there needs no counting.
            known = sizes is not None or (contract, api) not in there
            listed.append(
                {
                    "contract": contract,
                    "api": api,
                    "rows": size.rows if size else 0 if known else None,
                    "bytes": size.bytes if size else 0 if known else None,
                    "staged": len(staged_rows(scene, contract)) if api == "data" else 0,
                }
            )
    return listed


def first_place(scene: Scene, contract: str | None, api: str | None) -> tuple[str, str]:
    """Where to look first: a contract that ran last or holds rows, and an API in which it has something."""
    there = [(name, space) for space, name in scene.store.namespaces() if space in APIS]
    if contract is None:
        full = dict.fromkeys(name for name, space in there if api in {None, space})
        ran = [name for name in scene.contracts() if name in full or staged_rows(scene, name)]
        contract = next(iter([*ran, *sorted(full), *scene.contracts()]), "notebook")
    if api is None:
        held = [space for name, space in there if name == contract]
        held += ["data"] if staged_rows(scene, contract) else []
        api = next((space for space in APIS if space in held), APIS[0])
    return contract, api


def first_staged(scene: Scene) -> str:
    """The contract to look at first for what is staged: the last one that has something staged, or that ran."""
    names = scene.contracts()
    return next(iter([name for name in names if staged_rows(scene, name)] + names), "notebook")

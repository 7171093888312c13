"""The store in memory that a JSON file is read into and written from."""

from pathlib import Path

from tana_jupyter import limits
from tana_jupyter.errors import StoreError, StoreFull
from tana_jupyter.store.jsonfile.disk import File
from tana_jupyter.store.jsonfile.layout import LayoutError, blocks, parse, render
from tana_jupyter.store.memory import MemoryStore
from tana_jupyter.store.namespace import EXPIRES, STAMP, Namespace, Stored, size_of


class JsonStore(MemoryStore):
    """See :class:`~tana_jupyter.store.protocol.Store`. Only reading and writing the file is its own."""

    keeps = "what the last finished run left, also if the kernel is killed in the middle of one"
    persistent = True

    def __init__(self, path: Path, *, limit: int = limits.STORE, location: str) -> None:
        super().__init__(limit=limit, location=location)
        # Rendered rows: most are the same from one run to the next.
        self._blocks: dict[tuple[str, str], dict[bytes, tuple[Stored, bytes]]] = {}
        self._file = File(path, location)
        try:
            content = self._file.read()
            if content is not None and content.strip():
                self._load(*parse(content))
        except LayoutError as error:
            self._file.lock.release()
            raise StoreError(
                f"{location} cannot be read: {error}. It was not touched: mend it, or choose another file"
            ) from error
        except BaseException:
            self._file.lock.release()
            raise
        self._kept = self._head  # as it is in the file
        self._swept = False

    def __repr__(self) -> str:
        return f"<JsonStore {self.location}>"

    def sweep(self, now: int) -> int:
        """See the protocol."""
        count = super().sweep(now)
        self._swept = self._swept or count > 0
        return count

    def flush(self) -> None:
        """See the protocol. Writes the file if anything changed."""
        super().flush()
        if self._head == self._kept and not self._swept:
            return
        head = self._head
        spaces: dict[str, dict[str, list[bytes]]] = {}
        for space, contract in sorted(self._namespaces, key=lambda place: (place[1], place[0])):
            names = self._namespaces[space, contract]
            rows = [names.rows[key] for key in names.ordered() if key in names.rows]
            known = self._blocks.setdefault((space, contract), {})
            if len(known) > 2 * len(rows) + 1000:  # mostly rows that are gone
                known.clear()
            if rows:
                spaces.setdefault(contract, {})[space] = list(blocks(space, rows, known))
        self._file.replace(render(head, spaces))
        self._kept, self._swept = head, False

    def close(self) -> None:
        """See the protocol. Stays open if the file cannot be written: what is in memory would be lost."""
        if self._closed:
            return
        self.flush()
        super().close()
        self._blocks = {}
        self._file.lock.release()

    def _load(self, head: int, found: list[tuple[str, str, Stored]]) -> None:
        """Take over rows with their stamps and times, as if they had been written here."""
        used = sum(size_of(row) + limits.STORE_ROW for _, _, row in found)
        if used > self.limit:
            raise StoreFull(
                f"{self.location} is too large for memory: it takes {used / 2**20:,.1f} MiB of at most"
                f" {self.limit / 2**20:,.1f} MiB. Raise Tana.store_limit"
            )
        found.sort(key=lambda entry: entry[2][STAMP])  # the log is in the order of commits
        for space, contract, row in found:
            names = self._namespaces.get((space, contract))
            if names is None:
                names = self._namespaces[space, contract] = Namespace(space, contract)
            names.rows[row[0]] = row
            names.bytes += size_of(row)
            if (until := row[EXPIRES]) is not None:
                names.expects(row[0], until)
            self._log.items += (row[STAMP], names, row[0])
        for names in self._namespaces.values():
            names.keys = sorted(names.rows)
        self._used = used
        self._head = head

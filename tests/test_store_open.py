import subprocess
import sys

import pytest

from tana_jupyter import store
from tana_jupyter.errors import StoreError, StoreFull, TanaError
from tana_jupyter.store import open_store, schemes
from tana_jupyter.store.memory import MemoryStore
from tana_jupyter.store.protocol import Store, Write


@pytest.mark.parametrize("url", ["memory:", "memory", "MEMORY:", " memory: ", "memory://"])
def test_memory(url):
    opened = open_store(url)
    assert isinstance(opened, MemoryStore)
    assert opened.location == "memory:"
    assert (opened.shared, opened.persistent) == (False, False)


def test_each_opening_is_a_store_of_its_own():
    one, other = open_store("memory:"), open_store("memory:")
    one.commit([Write("kv", "a", b"k", b"v")], now=0)
    assert other.get("kv", "a", b"k", 0) is None


def test_the_limit_is_handed_on():
    with pytest.raises(StoreFull, match=r"at most 1\.0 MiB"):
        open_store("memory:", limit=2**20).commit([Write("kv", "a", b"k", b"v" * 2**20)], now=0)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("mysql://ann:hunter2@db", "mysql: URLs"),
        ("host=db password=hunter2", "this"),
        ("hunter2 hunter2", "this"),
        ("", "this"),
        (":", "this"),
        ("protocol:", "protocol: URLs"),
        ("keys://x", "keys: URLs"),
        ("../memory:", "this"),
        ("__init__:", "__init__: URLs"),
    ],
)
def test_an_unknown_store_says_what_exists(url, asked):
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert str(caught.value).startswith(f"There is no store for {asked}. Available: ")
    assert "memory:" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_memory_takes_no_path():
    with pytest.raises(StoreError, match="just memory:"):
        open_store("memory:///counter.db")


def test_schemes():
    assert "memory" in schemes()
    assert schemes() == sorted(set(schemes()))


def test_a_new_file_is_a_new_back_end(tmp_path, monkeypatch):
    (tmp_path / "shelf.py").write_text(
        "from tana_jupyter.store.memory import MemoryStore\n"
        "SCHEMES = ('shelf', 'bookshelf')\n"
        "def connect(url, *, limit):\n"
        "    return MemoryStore(limit=limit, location=url)\n"
    )
    monkeypatch.setattr(store, "__path__", [*store.__path__, str(tmp_path)])
    try:
        assert open_store("shelf:top").location == "shelf:top"
        assert open_store("bookshelf:top").location == "bookshelf:top"
        assert {"shelf", "bookshelf", "memory"} <= set(schemes())
    finally:
        sys.modules.pop("tana_jupyter.store.shelf", None)
        vars(store).pop("shelf", None)


def test_only_the_asked_back_end_is_read():
    code = (
        "import sys; from tana_jupyter.store import open_store; open_store('memory:');"
        "print({'sqlite3', 'psycopg', 'redis', 'pandas', 'IPython'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_errors_are_of_the_family():
    assert issubclass(StoreFull, StoreError)
    assert issubclass(StoreError, TanaError)


def test_the_memory_store_is_a_store():
    opened: Store = MemoryStore()  # held by mypy too, through connect
    for name in ("get", "get_many", "scan", "commit", "head", "sizes", "changes", "sweep", "flush", "close"):
        assert callable(getattr(opened, name))

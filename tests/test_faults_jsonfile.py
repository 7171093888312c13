"""A JSON file when things go wrong: kernels killed, disks full, files and folders read-only."""

import json
from contextlib import closing

import pytest

from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store
from tests.children import killed_after, ordinary_user, said, start, tiny_disk
from tests.conformance.steps import NOW, get, put, value


@pytest.fixture
def path(tmp_path):
    return tmp_path / "storage.json"


@pytest.fixture
def url(path):
    return f"json:///{path}"


# Each run writes 100 rows and one that counts the runs, then ends as a run ends. 10,000 writes and more.
RUNS = """
store = open_store(url)
for run in range(200):
    for number in range(100):
        store.commit([put(b"%03d" % number, b"%d" % run)], now=1)
    store.commit([put(b"runs", b"%d" % run)], now=1)
    say("written", run)
    store.flush()
    say("kept", run)
"""


@pytest.mark.parametrize("after", [1, 2, 51, 100])
def test_killed_keeps_what_the_last_finished_run_left(path, url, after):
    lines = killed_after(start(RUNS, url), after)
    kept = [int(line.split()[1]) for line in lines if line.startswith("kept")]
    written = [int(line.split()[1]) for line in lines if line.startswith("written")]
    with closing(open_store(url)) as store:  # the lock went with the kernel
        runs = value(store, "runs")
        if runs is None:
            assert not kept
            return
        # What was said to be kept is there, or the run after it, and always a whole run.
        assert int(runs) in {kept[-1] if kept else 0, written[-1], written[-1] + 1}
        assert int(runs) >= (kept[-1] if kept else 0)
        rows = store.scan("kv", "shop", b"", b"runs", now=NOW, limit=999)
        assert [row.value for row in rows] == [runs] * 100
        put(store, "next")
    json.loads(path.read_text())
    assert list(path.parent.iterdir()) == [path]


def test_killed_in_the_middle_of_a_run_loses_that_run_only(url):
    code = """
store = open_store(url)
store.commit([put(b"k", b"first")], now=1)
store.flush()
for number in range(10_000):
    store.commit([put(b"k", b"%d" % number)], now=1)
    say(number)
"""
    killed_after(start(code, url), 5000)
    with closing(open_store(url)) as store:
        assert value(store, "k") == b"first"


def test_disk_full(tmp_path):
    with tiny_disk(tmp_path / "disk", 400_000) as disk:
        if disk is None:
            pytest.skip("only root can make a disk that is small")
        path = disk / "storage.json"
        with closing(open_store(f"json:///{path}")) as store:
            put(store, "k", "kept")
            store.flush()
            before = path.read_bytes()
            put(store, "large", "x" * 500_000)
            for _ in range(2):
                with pytest.raises(StoreError, match=r"No space left.*as the last run left it.*still in memory"):
                    store.flush()
            assert path.read_bytes() == before
            assert sorted(entry.name for entry in disk.iterdir()) == [".storage.json.lock", "storage.json"]
            assert len(value(store, "large")) == 500_000
            put(store, "large", "small")
            store.flush()
            assert json.loads(path.read_text())["versionstamp"] == 3


def test_file_that_may_not_grow(url):
    """The same where nobody can make a small disk."""
    code = """
import resource
store = open_store(url)
store.commit([put(b"k", b"kept")], now=1)
store.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
store.commit([put(b"large", b"x" * 50_000)], now=1)
try:
    store.flush()
except StoreError as error:
    say(error)
say(len(store.get("kv", "shop", b"large", 1).value))
"""
    refusal, length = said(start(code, url))
    assert "cannot be written (File too large), and is as the last run left it" in refusal
    assert length == "50000"
    with closing(open_store(url)) as store:
        assert value(store, "k") == b"kept"
        assert get(store, "large") is None


class TestReadOnly:
    def test_file(self):
        with ordinary_user() as folder:
            path = folder / "storage.json"
            url = f"json:///{path}"
            with closing(open_store(url)) as store:
                put(store, "k", "v")
            path.chmod(0o444)
            before = path.read_bytes()
            with closing(open_store(url)) as store:
                assert value(store, "k") == b"v"
                put(store, "k", "2")
                with pytest.raises(StoreError, match=r"is write-protected.*still in memory.*make the file writable"):
                    store.flush()
                assert path.read_bytes() == before
                path.chmod(0o644)
            assert b'"2"' in path.read_bytes()

    def test_folder(self):
        with ordinary_user() as folder:
            with closing(open_store(f"json:///{folder / 'storage.json'}")) as store:
                put(store, "k", "v")
            folder.chmod(0o555)
            with pytest.raises(StoreError, match=r"cannot be made \(Permission denied\)"):
                open_store(f"json:///{folder / 'storage.json'}")

    def test_folder_that_becomes_so_or_goes_away(self, tmp_path):
        folder = tmp_path / "folder"
        folder.mkdir()
        store = open_store(f"json:///{folder / 'storage.json'}")
        put(store, "k", "v")
        folder.rename(tmp_path / "elsewhere")
        with pytest.raises(StoreError, match=r"cannot be written \(No such file or directory\)"):
            store.flush()
        assert value(store, "k") == b"v"
        (tmp_path / "elsewhere").rename(folder)
        store.close()
        assert '"v"' in (folder / "storage.json").read_text()

    def test_file_nobody_may_read(self):
        with ordinary_user() as folder:
            path = folder / "storage.json"
            path.touch(mode=0o000)
            with pytest.raises(StoreError, match="cannot be read: Permission denied"):
                open_store(f"json:///{path}")


@pytest.mark.parametrize("content", [b"\0" * 4096, b"\xff\xfe{}", b'{"format"', b"not json"])
def test_corrupt_file_is_refused_and_kept(path, url, content):
    path.write_bytes(content)
    with pytest.raises(StoreError, match="cannot be read: it is not JSON"):
        open_store(url)
    assert path.read_bytes() == content


def test_two_kernels_that_open_it_at_once_are_told(url):
    code = """
import time
try:
    store = open_store(url)
except StoreError as error:
    say("refused" if "open in another kernel" in str(error) else error)
else:
    store.commit([put(b"k", b"v")], now=1)
    time.sleep(1)
    store.close()
    say("done")
"""
    answers = [said(start_) for start_ in [start(code, url) for _ in range(3)]]
    assert sorted(answers) in ([["done"], ["refused"], ["refused"]], [["done"], ["done"], ["refused"]])
    with closing(open_store(url)) as store:
        assert value(store, "k") == b"v"

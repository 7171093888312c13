"""Which store a session works on, and switching between stores."""

import threading
from pathlib import Path

import pytest

from tana_jupyter.errors import BusyError, StoreError, TanaError
from tana_jupyter.session import Session
from tana_jupyter.store.naming import url_of
from tests.shell import open_shell

PUT = "import { kv } from 'tana/kv'; await kv.put('k', 'v')"
GET = "import { kv } from 'tana/kv'; await kv.get('k')"
STAGE = "import { data } from 'tana/data'; data.set('s', '1')"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch, tmp_path):
    for name in ("TANA_STORAGE", "REDIS_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


class TestNames:
    @pytest.mark.parametrize(
        ("asked", "url"),
        [
            (None, "memory:"),
            ("memory", "memory:"),
            ("sqlite", "sqlite:///tana.db"),
            ("JSON", "json:///storage.json"),
            ("redis", "redis://localhost:6379"),
            ("sqlite:///a.db", "sqlite:///a.db"),
            (" memory: ", "memory:"),
            ("mysql://x", "mysql://x"),
        ],
    )
    def test_stand_for_urls(self, asked, url):
        assert url_of(asked) == url

    def test_the_environment_names_servers(self, monkeypatch):
        monkeypatch.setenv("REDIS_URL", "redis://cache:7000")
        monkeypatch.setenv("DATABASE_URL", "postgresql://db/tana")
        monkeypatch.setenv("MINE", " sqlite:///mine.db ")
        assert url_of("redis") == "redis://cache:7000"
        assert url_of("postgres") == "postgresql://db/tana"
        assert url_of("env:MINE") == "sqlite:///mine.db"

    @pytest.mark.parametrize(
        ("setting", "url"),
        [
            ("sqlite", "sqlite:///tana.db"),
            ("json:///x.json", "json:///x.json"),
            ("env:MINE", "memory:"),
            (" ", "memory:"),
        ],
    )
    def test_the_environment_chooses_the_default(self, monkeypatch, setting, url):
        monkeypatch.setenv("MINE", "memory")
        monkeypatch.setenv("TANA_STORAGE", setting)
        assert url_of() == url

    @pytest.mark.parametrize(
        ("asked", "name"),
        [("postgres", "DATABASE_URL"), ("env:NOWHERE", "NOWHERE"), ("env: NOWHERE", "NOWHERE"), ("env:", "(no name)")],
    )
    def test_a_variable_that_is_not_set(self, asked, name):
        with pytest.raises(StoreError) as caught:
            url_of(asked)
        assert f"variable {name} is not set" in str(caught.value)

    def test_a_url_where_a_name_belongs_is_not_repeated(self):
        with pytest.raises(StoreError, match="env:DATABASE_URL") as caught:
            url_of("env:redis://:hunter2@db")
        assert "hunter2" not in str(caught.value)


def test_a_session_starts_where_the_environment_says(monkeypatch):
    monkeypatch.setenv("TANA_STORAGE", "sqlite:///chosen.db")
    with Session() as session:
        assert session.store.location.startswith("sqlite:")
        session.run(PUT)
    with Session("memory:") as session:
        assert session.run(GET).value is None
    with Session() as session:
        assert session.run(GET).value == "v"


def test_a_default_that_does_not_open_says_who_chose_it(monkeypatch):
    monkeypatch.setenv("TANA_STORAGE", "mysql://ann:hunter2@db")
    with pytest.raises(StoreError, match=r"mysql: URLs.*TANA_STORAGE chose it") as caught:
        Session()
    assert "hunter2" not in str(caught.value)


class TestSwitching:
    def test_contracts_follow(self):
        with Session() as session:
            session.run(PUT)
            session.use_store("sqlite:///a.db")
            assert session.run(GET).value is None
            session.run("await kv.put('k', 'in a file')")
            session.use_store("memory:")
            assert session.run("await kv.get('k')").value == "v"
            session.use_store("sqlite:///a.db")
            assert session.run("await kv.get('k')").value == "in a file"

    def test_what_lies_in_memory_is_named_until_it_is_left_behind(self):
        with Session() as session:
            session.use_store("sqlite:///a.db")
            assert "%tana store memory:" not in session.storage.describe()
            session.use_store("memory:")
            session.run(PUT)
            session.use_store("sqlite:///a.db")
            assert "%tana store memory:" in session.storage.describe()

    def test_staged_data_is_not_left_behind_silently(self):
        with Session() as session:
            session.run(STAGE)
            before = session.store
            with pytest.raises(TanaError, match=r"1 key of notebook staged.*--carry"):
                session.use_store("sqlite:///a.db")
            assert session.store is before
            session.use_store("sqlite:///a.db", carry=True)
            assert session.commit() == {"notebook": 1}
            assert session.get("s", api="data") == "1"
            session.use_store("memory:")
            assert session.get("s", api="data") is None

    @pytest.mark.parametrize("url", ["nowhere:", "sqlite:///no/such/folder/a.db", "env:NOWHERE"])
    def test_a_store_that_does_not_open_changes_nothing(self, url):
        with Session() as session:
            session.run(PUT)
            with pytest.raises(StoreError):
                session.use_store(url)
            assert session.run(GET).value == "v"

    def test_the_same_store_again_changes_nothing(self):
        with Session("sqlite:///a.db") as session:
            store = session.store
            session.use_store("sqlite:///a.db")
            assert session.store is store
            session.run(PUT)

    def test_the_same_path_in_another_folder_is_another_store(self, tmp_path, monkeypatch):
        (tmp_path / "other").mkdir()
        with Session("sqlite:///a.db") as session:
            session.run(PUT)
            monkeypatch.chdir(tmp_path / "other")
            session.use_store("sqlite:///a.db")
            assert session.run(GET).value is None

    def test_the_limit_holds_for_stores_opened_later(self):
        with Session("sqlite:///a.db", store_limit=2000) as session:
            session.use_store("memory:")
            with pytest.raises(TanaError, match="full"):
                session.run("import { kv } from 'tana/kv'; await kv.put('k', 'x'.repeat(3000))")


def test_a_closed_session_keeps_nothing_open():
    session = Session("sqlite:///a.db")
    store = session.store
    session.close()
    with pytest.raises(StoreError):
        store.namespaces()


def test_sweep_removes_what_has_expired():
    with Session() as session:
        session.clock.freeze("2026-01-01T00:00:00Z")
        session.run(
            "import { kv } from 'tana/kv'; await kv.put('k', 'v', { expirationTtl: 60 }); await kv.put('j', 'v')"
        )
        assert session.sweep() == 0
        session.clock.advance(61)
        assert session.sweep() == 1
        assert list(session.keys()["key"]) == ["j"]


def test_a_moved_clock_does_not_sweep_what_others_read():
    with Session("sqlite:///a.db") as session:
        session.clock.advance(1_000_000)
        with pytest.raises(TanaError, match="clock real"):
            session.sweep()


class TestDescription:
    def test_of_an_empty_one(self):
        with Session() as session:
            assert session.storage.describe().splitlines() == [
                "store      memory:",
                "keeps      nothing once the kernel ends; a file would: %tana store sqlite:///notebook.db",
                "data       nothing yet",
            ]

    def test_counts_rows_and_bytes(self):
        with Session() as session:
            session.run(PUT)
            session.run(f"{STAGE}; data.commit()", contract="shop")
            lines = session.storage.describe().splitlines()
        assert lines[2:] == ["data       notebook/kv: 1 row, 2 bytes", "data       shop/data: 1 row, 2 bytes"]

    def test_a_running_cell_is_not_disturbed(self):
        """A connection carries one question at a time, and messages may arrive on another thread."""
        told = []

        def look():
            told.append(session.status())
            with pytest.raises(BusyError):
                session.describe_store()

        def show(_stream, _text):
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()

        with Session() as session:
            session.show = show
            session.run("console.log(1); await null")
        assert "data       busy: notebook is running" in told[0]


class TestVerb:
    @pytest.fixture
    def shell(self):
        with open_shell() as shell:
            yield shell
            shell.session.close()

    def test_describes_and_switches(self, shell):
        assert shell.run("%tana store").stdout.startswith("store      memory:\n")
        assert shell.run("%tana store sqlite:///a.db").stdout.startswith("store      sqlite:")
        assert shell.session.store.persistent

    def test_carries_what_is_staged_only_when_told(self, shell):
        shell.run(f"%%tana\n{STAGE}")
        shown = shell.run("%tana store sqlite")
        assert "--carry" in str(shown.error)
        assert shell.run("%tana store sqlite --carry").error is None
        assert len(shell.session.staged()) == 1

    def test_warns_once_of_a_password_in_the_notebook(self, shell):
        line = "%tana store mysql://ann:hunter2@db"
        first, second = shell.run(line), shell.run(line)
        assert "env:NAME" in first.stderr
        assert second.stderr == ""
        assert "mysql: URLs" in str(first.error)
        assert "hunter2" not in f"{first.stderr}{first.error}"

    @pytest.mark.parametrize(
        "line",
        [
            "store -x redis://:hunter2@h y",
            "store --redis://:hunter2@h",
            "redis://:hunter2@h",
            'store "redis://:hunter2@h',
            "store postgresql://ann:hun/hunter2@h",
        ],
    )
    def test_a_line_that_is_wrong_shows_no_password(self, shell, line):
        shown = shell.run(f"%tana {line}")
        assert shown.error is not None
        assert "hunter2" not in f"{shown.stdout}{shown.stderr}{shown.error}"

    def test_sweep(self, shell):
        shell.run("%tana clock 2026-01-01T00:00:00Z")
        shell.run("%%tana\nimport { kv } from 'tana/kv'; await kv.put('k', 'v', { expirationTtl: 60 })")
        shell.run("%tana clock +61s")
        assert shell.run("%tana sweep").stdout == "removed 1 expired row\n"


class TestAStoreThatCannotGoOn:
    def test_can_be_left(self):
        with Session("sqlite:///a.db") as session:
            Path("a.db").unlink()
            with pytest.raises(StoreError, match="deleted, moved or replaced"):
                session.run(PUT)
            session.use_store("memory:")
            assert session.run(GET).value is None

    def test_opens_the_new_file_under_the_same_name_when_told(self):
        with Session("sqlite:///a.db") as session:
            session.run(PUT)
            Path("a.db").replace("old.db")
            with pytest.raises(StoreError, match="%tana store"):
                session.run(GET)
            session.use_store("sqlite:///a.db")
            assert session.run(GET).value is None
            assert Path("a.db").exists()
        with Session("sqlite:///old.db") as session:
            assert session.run(GET).value == "v"

    def test_keeps_what_lies_in_memory_only(self):
        with Session("json:///a.json") as session:
            session.run(PUT)
            Path("a.json").write_text("{}", encoding="utf-8")
            with pytest.raises(StoreError, match="changed by something else"):
                session.run(f"{PUT}; await kv.put('j', 'v')")
            with pytest.raises(StoreError, match="changed by something else"):
                session.use_store("memory:")
            assert session.get("j") == "v"
            Path("a.json").rename("b.json")


class TestOfAStoreThatIsStillCounting:
    """Redis beyond 50,000 rows and large files do not know at once how many rows they hold."""

    @pytest.fixture
    def session(self, monkeypatch):
        with Session("sqlite:///a.db") as session:
            monkeypatch.setattr(session.store, "sizes", lambda now: None)
            session.run(f"{PUT}; await kv.put('j', 'v')")
            yield session

    def test_all_keys_are_shown(self, session):
        assert list(session.keys()["key"]) == ["j", "k"]

    def test_clear_counts_and_deletes_all(self, session):
        session.run("await kv.put('l', 'v')")
        shown = "would delete 3 rows of notebook/kv in sqlite:///a.db; with --yes --store sqlite:///a.db (yes=True, store='sqlite:///a.db') it does"
        assert session.clear() == shown
        session.run("await kv.put('m', 'v')")
        assert session.clear(yes=True, store="sqlite:///a.db").startswith("deleted 4 rows of notebook/kv")
        assert session.store.namespaces() == []

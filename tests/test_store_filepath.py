"""Which file a URL names."""

from pathlib import Path

import pytest

from tana_jupyter.errors import StoreError
from tana_jupyter.store.filepath import path_of


@pytest.mark.parametrize(
    ("rest", "name"),
    [
        ("/counter.db", "{here}/counter.db"),
        ("/sub/counter.db", "{here}/sub/counter.db"),
        ("/{here}/counter.db", "{here}/counter.db"),
        ("/my%20counter%3F.db", "{here}/my counter?.db"),
        ("/%C3%A9t%C3%A9.db", "{here}/été.db"),
        ("/été.db", "{here}/été.db"),
        ("/a#b.db", "{here}/a#b.db"),
        ("/~/tana.db", "{here}/tana.db"),
        ("/../{name}/x", "{here}/../{name}/x"),
    ],
)
def test_paths(tmp_path, monkeypatch, rest, name):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    where = {"here": str(tmp_path), "name": tmp_path.name}
    assert path_of(f"sqlite://{rest.format(**where)}", "counter.db") == Path(name.format(**where))


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("sqlite:", "needs the path of a file: write sqlite:///counter.db"),
        ("sqlite://", "needs the path of a file"),
        ("sqlite:///", "needs the path of a file"),
        ("sqlite:////", "needs the path of a file"),
        ("sqlite:counter.db", "needs the path of a file"),
        ("sqlite:/counter.db", "needs the path of a file"),
        ("sqlite://counter.db", "needs the path of a file"),
        ("json:storage.json", "write json:///counter.db"),
        ("sqlite:///counter.db?mode=ro", "takes no parameters"),
        ("sqlite:///a%00b", "takes no parameters"),
        ("sqlite:///none/counter.db", "There is no folder .*none: make it first"),
        ("sqlite:///folder", "is a folder, not a file"),
        (f"sqlite:///{'x' * 300}", "too long"),
    ],
)
def test_what_names_no_file(tmp_path, monkeypatch, url, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match=text) as caught:
        path_of(url, "counter.db")
    assert "\n" not in str(caught.value)

"""Other processes that use a store: they are killed, race each other, or run out of disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRELUDE = """
import sys
from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Check, Write
url, arguments = sys.argv[1], sys.argv[2:]
def put(key, value, **fields):
    return Write("kv", "shop", key, value, **fields)
def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\\n")
    sys.stdout.flush()
"""
ROOT = Path(__file__).parent.parent


def start(code: str, url: str, *arguments: object) -> subprocess.Popen[str]:
    """Run ``code`` after the prelude in a process of its own."""
    command = [sys.executable, "-c", PRELUDE + code, url, *map(str, arguments)]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path})


def said(child: subprocess.Popen[str]) -> list[str]:
    """Everything it says until its end, which must be a good one."""
    output, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    return output.splitlines()


def killed_after(child: subprocess.Popen[str], lines: int) -> list[str]:
    """Kill -9 once it has said so many lines; return all it had said by then, half a line left out."""
    assert child.stdout is not None
    first = [child.stdout.readline() for _ in range(lines)]
    child.kill()
    rest = child.stdout.read()
    child.wait(timeout=60)
    child.stdout.close()
    return ("".join(first) + rest).split("\n")[:-1]


@contextmanager
def ordinary_user() -> Iterator[Path]:
    """A folder of somebody whom permissions bind, and be that somebody: nobody, when root runs the tests."""
    with tempfile.TemporaryDirectory(prefix="tana-tests-", dir="/tmp") as name:
        folder = Path(name)
        root = os.geteuid() == 0
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o700)


@contextmanager
def tiny_disk(folder: Path, size: int) -> Iterator[Path | None]:
    """A disk of ``size`` bytes, or None where only root could make one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tana-tests", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)

"""Deno itself, as the ``deno`` package from PyPI brings it."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("deno_kv.js")
MAIN = Path(__file__).with_name("deno_main.js")


class Deno:
    """A running Deno that opens databases and times operations on them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.version = str(self.open(":memory:"))

    def open(self, path: str) -> Any:
        """Go on with another database."""
        return self._ask(open=path)

    def seconds(self, name: str, count: int) -> float:
        """How long so many operations took."""
        return float(self._ask(name=name, count=count))

    def _ask(self, **asked: object) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError(f"Deno ended with {self._process.wait()}")
        return json.loads(said)


@contextmanager
def running_deno(folder: str) -> Iterator[Deno | None]:
    """Deno with its files in this folder; None where the package is not installed."""
    try:
        from deno import find_deno_bin
    except ImportError:
        yield None
        return
    files = ["--unstable-kv", "--quiet", "--no-config", f"--allow-read={folder}", f"--allow-write={folder}"]
    environment = os.environ | {"DENO_DIR": folder, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    command = [find_deno_bin(), "run", *files, str(MAIN)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=environment, **pipes) as process:
        try:
            yield Deno(process)
        finally:
            process.kill()

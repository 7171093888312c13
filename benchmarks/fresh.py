"""Python processes that know nothing yet."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Fresh(NamedTuple):
    """Starts processes that share one cache of compiled Python, as the processes of an installation do."""

    environment: dict[str, str]

    def run(self, script: str) -> Any:  # whatever the script prints
        """Run a script in a new process; returns the JSON that is the last line it prints."""
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"a benchmark process failed:\n{done.stderr}")
        return json.loads(done.stdout.strip().splitlines()[-1])


@contextmanager
def fresh_processes() -> Iterator[Fresh]:
    """Processes with a place of their own for what IPython and Python keep."""
    with tempfile.TemporaryDirectory(prefix="tana-benchmarks-", ignore_cleanup_errors=True) as folder:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = str(Path(folder, "bytecode"))
        environment["IPYTHONDIR"] = str(Path(folder, "ipython"))
        yield Fresh(environment)

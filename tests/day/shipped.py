"""The notebooks of this repository, each run twice in fresh kernels: the same outputs both times."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat

from tests.day.bare import saved
from tests.day.living import Output
from tests.kernel import running_kernel

FOLDER = Path(__file__).parents[2] / "notebooks"
PATIENCE = 90.0


def differing() -> list[str]:
    """Cells whose second outputs are not their first ones; what a notebook says of errors it expects is no matter."""
    return [sentence for path in sorted(FOLDER.glob("*.ipynb")) for sentence in _differing(path)]


def _differing(path: Path) -> list[str]:
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    first, second = _run(cells), _run(cells)
    return [
        f"{path.name}, code cell {at}: {before} and then {after}"
        for at, (before, after) in enumerate(zip(first, second, strict=True), 1)
        if before != after
    ]


def _run(cells: list[str]) -> list[list[Output]]:
    with tempfile.TemporaryDirectory(prefix="tana-day-") as name:
        # Beside the notebooks lies what they import; what they write shall not.
        folder = Path(name, "notebooks")
        folder.mkdir()
        for path in FOLDER.glob("*.py"):
            (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        with running_kernel(folder) as kernel:
            return [saved(kernel.execute(cell, PATIENCE)) for cell in cells]

"""What contracts hold back until commit, as a table."""

from collections.abc import Sequence

import pandas as pd

from tana_jupyter.staging import StagedKey
from tana_jupyter.views.frames.table import categories, honest, objects, texts


def staged_frame(keys: Sequence[StagedKey]) -> pd.DataFrame:
    """Staged keys beside what is committed; None where there is no value."""
    frame = pd.DataFrame(
        {
            "contract": categories([key.contract for key in keys]),
            "key": texts([key.key.decode("utf-8", "replace") for key in keys]),
            "committed": objects([_text(key.committed) for key in keys]),
            "staged": objects([_text(key.staged) for key in keys]),
            "state": categories([key.state for key in keys]),
        }
    )
    return honest(frame, None)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")

"""What one run changed, as a table."""

import pandas as pd

from tana_jupyter.receipt import Receipt
from tana_jupyter.store.protocol import Row
from tana_jupyter.store.versionstamp import to_text
from tana_jupyter.views.frames.rows import metadata_of
from tana_jupyter.views.frames.table import categories, honest, instants, integers, objects, texts
from tana_jupyter.views.preview import key_text, plain_value


def changes_frame(receipt: Receipt) -> pd.DataFrame:
    """Changed rows before and after, in the order they were first written; sizes, versions and times are of after."""
    changes = receipt.changes
    afters = [change.after for change in changes]
    frame = pd.DataFrame(
        {
            "contract": categories([change.contract for change in changes]),
            "api": categories([change.space for change in changes]),
            "key": texts([key_text(change.space, change.key) for change in changes]),
            "state": categories([change.state for change in changes]),
            "before": objects([_value(change.before) for change in changes]),
            "after": objects([_value(row) for row in afters]),
            "bytes": integers([None if row is None else len(row.value) for row in afters]),
            "metadata": objects([None if row is None else metadata_of(row) for row in afters]),
            "version": objects([None if row is None else to_text(row.versionstamp) for row in afters]).astype("str"),
            "expires": instants([None if row is None else row.expires_at for row in afters]),
        }
    )
    return honest(frame, missing(receipt))


def missing(receipt: Receipt) -> str | None:
    """What a receipt no longer knows, None where it knows all."""
    if receipt.complete:
        return None
    kept = len(receipt.changes)
    counts = f"{receipt.writes:,} written, {receipt.deletes:,} deleted"
    if not kept:
        return f"{counts}: too large to keep their values, so there are counts only"
    return f"{counts}: too many to keep, these are the first {kept:,} rows"


def _value(row: Row | None) -> object:
    return None if row is None else plain_value(row.value, row.encoding)

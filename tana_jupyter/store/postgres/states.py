"""The server's codes (SQLSTATE) that mean something here."""

ROLLED_BACK = {"40001", "40P01"}
"""Serialization failure, deadlock: nothing of it happened, and trying again may help."""
GONE = ("57P", "08")
"""How codes begin where the server goes down, or lost us."""
DENIED = {"42501", "25006"}
"""The role may not do that, or the server takes no writes at all."""
BUSY = "55P03"
"""Somebody else held a lock for longer than we would wait."""
CANCELED = "57014"
FORGOTTEN = "26000"
"""A pooler handed out a server connection that never saw the prepared statement."""
NO_JSON = {"22P02", "22P05"}
"""What JSONB does not take: U+0000 and halves of surrogate pairs."""
RIVALS = ROLLED_BACK | {"23505", "42701", "42710", "42723", "42P07", "XX000"}
"""Somebody else made the same tables at the same moment: there are several words for it, one of them a bare XX000."""
UNKNOWN = {"0A000", "42601", "42704", "42883"}
"""No triggers, no language to write them in, no such index: it speaks the protocol and not all of the SQL."""
TOO_LARGE = {"54000", "53200", "XX000"}
"""A row or an entry of an index past what the server can hold."""

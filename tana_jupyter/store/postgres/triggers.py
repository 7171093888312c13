"""What gives a runtime's own writes a versionstamp.

A runtime knows neither the column nor the counter. Its statements take the counter's lock before they lock a row, as
the store's own commits do, so that the two never wait for each other in a circle; all rows that one transaction writes
get one stamp. Deletes count too: a check must not pass on a row that is going away.

The store's own statements bring their stamp along: for them the row triggers do nothing, and the others know them by
the name of their connection. (A setting of our own would outlive us on a connection that a pooler hands on.)

The functions run with the rights of who made them: the runtime's role need not know the counter.
"""

from tana_jupyter.store.postgres.connecting import NAME

_FUNCTION = """CREATE OR REPLACE FUNCTION {schema}.%s() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$%s$body$"""

_LOCK = """
BEGIN
  PERFORM 1 FROM {schema}.tana_counter FOR UPDATE;
  RETURN NULL;
END
"""

# The stamp of this transaction is kept in a setting that ends with it, one for each table.
_DRAW = """
  IF COALESCE(stamp, '') = '' THEN
    UPDATE {schema}.tana_counter SET versionstamp = versionstamp + 1 RETURNING versionstamp INTO stamp;
    PERFORM set_config(kept, stamp, true);
  END IF;
"""
_DECLARE = """
DECLARE
  kept text := 'tana.stamp_' || TG_RELID;
  stamp text := current_setting(kept, true);
BEGIN"""
_COUNT = f"{_DECLARE}{_DRAW}  RETURN NULL;\nEND\n"

# Who writes value and none of our columns puts a plain text that never expires; what they said of the old value
# (that it is over, above all) must not stick to the new one.
_STAMP = f"""{_DECLARE}{_DRAW}  NEW.versionstamp := stamp::bigint;
  IF TG_NARGS = 1 THEN
    NEW.expires_at := NULL;
    NEW.metadata := NULL;
    NEW.bytes := NULL;
    NEW.encoding := NULL;
  END IF;
  RETURN NEW;
END
"""

_OTHERS = f"current_setting('application_name') <> '{NAME}'"
_UNSTAMPED = "NEW.versionstamp IS NOT DISTINCT FROM OLD.versionstamp"


def _trigger(name: str, when: str, each: str, condition: str, function: str) -> str:
    return (
        f"CREATE TRIGGER {name} {when} ON {{schema}}.kv_storage FOR EACH {each} WHEN ({condition})"
        f" EXECUTE FUNCTION {{schema}}.{function}"
    )


_FUNCTIONS = tuple(
    _FUNCTION % (name, body) for name, body in (("tana_lock", _LOCK), ("tana_count", _COUNT), ("tana_stamp", _STAMP))
)

# Triggers of one kind fire in the order of their names. Each looks whether the one before has stamped the row.
_BY_NAME = {
    "tana_1_lock": ("BEFORE UPDATE OR DELETE OR TRUNCATE", "STATEMENT", _OTHERS, "tana_lock()"),
    "tana_2_count": ("AFTER DELETE OR TRUNCATE", "STATEMENT", _OTHERS, "tana_count()"),
    "tana_3_insert": ("BEFORE INSERT", "ROW", "NEW.versionstamp IS NULL", "tana_stamp()"),
    "tana_4_aware": (
        "BEFORE UPDATE OF contract_name, key, expires_at, metadata, bytes, encoding",
        "ROW",
        _UNSTAMPED,
        "tana_stamp()",
    ),
    "tana_5_plain": ("BEFORE UPDATE OF value", "ROW", _UNSTAMPED, "tana_stamp('plain')"),
}
TRIGGERS = {
    name: (*(_FUNCTIONS if number == 0 else ()), _trigger(name, *parts))
    for number, (name, parts) in enumerate(_BY_NAME.items())
}
"""Each trigger of ``kv_storage``, and the statements that make it."""

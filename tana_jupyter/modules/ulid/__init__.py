"""ULIDs: the module ``ulid``, under each specifier it is imported by in Node and Deno."""

from collections.abc import Mapping

MODULES: Mapping[str, str] = {"ulid": "ulid.js", "jsr:@std/ulid": "std.js"}
# Deno's own library has other names for the same; versions make no difference to what is served.
ALIASES: Mapping[str, str] = {
    r"https://deno\.land/x/ulid(@[\w.-]+)?/(mod|index)\.ts": "ulid",
    r"npm:/?ulid(@[\w.^~-]+)?": "ulid",
    r"(jsr:/?)?@std/ulid(@[\w.^~-]+)?": "jsr:@std/ulid",
    r"https://deno\.land/std(@[\w.-]+)?/ulid/mod\.ts": "jsr:@std/ulid",
}
EXPORTS: Mapping[str, tuple[str, ...]] = {
    "ulid": ("decodeTime", "monotonicFactory", "ulid"),
    "jsr:@std/ulid": ("decodeTime", "monotonicUlid", "ulid"),
}

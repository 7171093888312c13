"""The global ``ReadableStream``: what a stored value can be read as, and what a contract can put."""

from collections.abc import Mapping

GLOBALS: Mapping[str, tuple[str, ...]] = {
    "streams.js": ("ReadableStream", "ReadableStreamDefaultReader", "ReadableStreamDefaultController"),
}

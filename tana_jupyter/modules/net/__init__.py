"""``tana/net``: Request and Response as Tana's handlers know them; and how a handler is called."""

from collections.abc import Mapping

MODULES: Mapping[str, str] = {"tana/net": "net.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/net": ("Request", "Response")}
GLOBALS: Mapping[str, tuple[str, ...]] = {"net.js": ("Request", "Response")}

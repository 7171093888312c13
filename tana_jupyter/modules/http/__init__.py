"""``tana/http``: responses by name or number, as handlers return them."""

from collections.abc import Mapping

MODULES: Mapping[str, str] = {"tana/http": "http.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/http": ("html", "json", "status", "text")}

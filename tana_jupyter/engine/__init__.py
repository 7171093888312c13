"""One sealed interpreter per contract: evaluate, host calls, loop, abort. Knows no API."""

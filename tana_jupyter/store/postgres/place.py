"""Where a database lies, for people: no user, no password, nothing that a URL may hide in its parameters."""

import re
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tana_jupyter.errors import StoreError
from tana_jupyter.store.redact import redact


def place_of(url: str, schema: str = "public") -> str:
    """A URL without credentials that leads to the same tables.

    >>> place_of("postgres://ann:s3cret@db/tana?sslmode=require&password=s3cret")
    'postgresql://db/tana'
    >>> place_of("postgresql:///tana?host=/run/postgresql", schema="lab")
    'postgresql:///tana?host=/run/postgresql&options=-csearch_path%3Dlab'

    :raises StoreError: it is no URL that libpq can read.
    """
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.Error as error:
        text = redact(" ".join(str(error).split()), url)
        if "://" not in url:  # words of libpq, or a secret that was never one: what it quotes may be a part of it
            text = re.sub('".*"', '"***"', text)
        raise StoreError(f"This is no usable postgresql: URL: {text}") from None
    hosts, ports = given.get("host", "").split(","), given.get("port", "").split(",")
    socket = hosts[0].startswith(("/", "@"))
    shown = "" if socket else ",".join(_bracketed(host) for host in hosts)
    if ports[0] and not socket:
        ports += ports[-1:] * (len(hosts) - len(ports))
        shown = ",".join(f"{_bracketed(host)}:{port}" for host, port in zip(hosts, ports, strict=False))
    parameters = {"host": given["host"]} if socket else {}
    if socket and ports[0]:
        parameters["port"] = given["port"]
    if schema != "public":
        parameters["options"] = f"-csearch_path={schema}"
    query = "&".join(f"{name}={quote(value, safe='/,')}" for name, value in parameters.items())
    return f"postgresql://{shown}/{quote(given.get('dbname', ''))}{'?' if query else ''}{query}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host

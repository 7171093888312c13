"""Which file a URL names: ``sqlite:///relative.db``, ``json:////absolute/path.json``."""

from pathlib import Path
from urllib.parse import unquote

from tana_jupyter.errors import StoreError


def path_of(url: str, example: str) -> Path:
    """Return the absolute path of the file that ``url`` names; ``%20`` is a space, ``~`` the home folder.

    >>> path_of("sqlite:///contracts/my%20counter.db", "tana.db").name
    'my counter.db'

    :raises StoreError: it names no file, or one in a folder that does not exist.
    """
    scheme, _, rest = url.partition(":")
    name = unquote(rest[3:])
    usage = f"write {scheme}:///{example} for a file beside the notebook, {scheme}:////folder/{example} for any other"
    if not rest.startswith("///") or not name.strip("/"):
        raise StoreError(f"A {scheme}: store needs the path of a file: {usage}")
    if "?" in rest or "\0" in name:
        raise StoreError(f"A {scheme}: store takes no parameters; a ? in the name of a file is written %3F")
    path = Path(name).expanduser() if name.startswith("~/") else Path(name)
    try:
        path = path.absolute()
        if path.is_dir():
            raise StoreError(f"{path} is a folder, not a file: {usage}")
        if not path.parent.is_dir():
            raise StoreError(f"There is no folder {path.parent}: make it first, or correct the path of {url}")
    except OSError as error:  # a name that is too long, a folder nobody may enter, or one that is gone
        raise StoreError(f"Cannot look at {path}: {error.strerror}") from error
    return path

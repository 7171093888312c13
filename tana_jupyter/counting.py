"""How many of something, in words."""


def counted(number: int, what: str) -> str:
    """``1 row``, ``2,000 rows``.

    >>> counted(2000, "row")
    '2,000 rows'
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"

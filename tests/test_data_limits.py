"""The limits of ``tana/data``, from both sides."""

from __future__ import annotations

import pytest

from tana_jupyter import Session, limits
from tests.data_harness import committed, refused, shop, value


@pytest.fixture
def session() -> Session:
    return shop()


# Sizes are bytes of UTF-8, and a half of a surrogate pair counts as the three bytes it is stored as.
SIZES = [
    ("'k'.repeat(256)", "1", None),
    ("'k'.repeat(257)", "1", "Error: Key too large: 257 bytes (max 256)"),
    ("'é'.repeat(128)", "1", None),
    ("'é'.repeat(128) + 'k'", "1", "Error: Key too large: 257 bytes (max 256)"),
    ("'€'.repeat(85) + 'k'", "1", None),
    ("'€'.repeat(86)", "1", "Error: Key too large: 258 bytes (max 256)"),
    ("'😀'.repeat(64)", "1", None),
    ("'😀'.repeat(64) + 'k'", "1", "Error: Key too large: 257 bytes (max 256)"),
    ("'\\ud800'.repeat(85) + 'k'", "1", None),
    ("'\\ud800'.repeat(86)", "1", "Error: Key too large: 258 bytes (max 256)"),
    ("''", "'v'.repeat(10240)", None),
    ("'k'", "'v'.repeat(10241)", "Error: Value too large: 10241 bytes (max 10240)"),
    ("'k'", "'é'.repeat(5120)", None),
    ("'k'", "'é'.repeat(5120) + 'v'", "Error: Value too large: 10241 bytes (max 10240)"),
    ("'k'", "'😀'.repeat(2560)", None),
    ("'k'", "'😀'.repeat(2560) + 'v'", "Error: Value too large: 10241 bytes (max 10240)"),
    # What is counted is the JSON, quotes, escapes and all.
    ("'k'", "['v'.repeat(10236)]", None),
    ("'k'", "['v'.repeat(10237)]", "Error: Value too large: 10241 bytes (max 10240)"),
    ("'k'", "['\\n'.repeat(5119)]", "Error: Value too large: 10242 bytes (max 10240)"),
    ("'k'", "'v'.repeat(3e6)", "Error: Value too large: 3000000 bytes (max 10240)"),
    ("'k'", "'€'.repeat(4e5)", "Error: Value too large: 1200000 bytes (max 10240)"),
    # The key is looked at first.
    ("'k'.repeat(300)", "'v'.repeat(10300)", "Error: Key too large: 300 bytes (max 256)"),
    ("'k'.repeat(300)", "'v'.repeat(3e5)", "Error: Key too large: 300 bytes (max 256)"),
]


@pytest.mark.parametrize(("key", "given", "text"), SIZES, ids=[f"{key} {given}" for key, given, _ in SIZES])
def test_sizes_at_set(session: Session, key: str, given: str, text: str | None) -> None:
    code = f"data.set({key}, {given})"
    if text is None:
        assert value(session, f"{code}; data.commit(); data.has({key})") is True
    else:
        assert refused(session, code) == text
        assert value(session, "data.keys()") == []


def test_a_refused_set_leaves_what_was_staged_before(session: Session) -> None:
    assert refused(session, "data.set('k', 'old'); data.set('k', 'x'.repeat(10241))").startswith(
        "Error: Value too large"
    )
    assert value(session, "data.get('k')") == "old"


# What is committed, what is then staged, and the text of the refusal; keys of 4 bytes throughout.
FILL = "for (let i = 100; i < 110; i++) data.set('k' + i, 'v'.repeat(10236)); data.commit()"
COMMITS = [
    # 10 * (4 + 10236) is the limit to the byte.
    ("", FILL, None),
    ("", "for (let i = 100; i < 110; i++) data.set('k' + i, '€'.repeat(3412)); data.commit()", None),
    (
        "",
        FILL.replace("; data.commit", "; data.set('', '1'); data.commit"),
        "Storage limit exceeded: 102401 bytes (max 102400)",
    ),
    (FILL, "data.commit()", None),
    (FILL, "data.set('', ''); data.commit()", None),
    (FILL, "data.set('', '1'); data.commit()", "Storage limit exceeded: 102401 bytes (max 102400)"),
    (FILL, "data.set('', 'é'); data.commit()", "Storage limit exceeded: 102402 bytes (max 102400)"),
    # A key that is overwritten counts with its old and its new value.
    (FILL, "data.set('k100', ''); data.commit()", "Storage limit exceeded: 102404 bytes (max 102400)"),
    (
        FILL,
        "data.set('k100', 'v'.repeat(10236)); data.commit()",
        "Storage limit exceeded: 112640 bytes (max 102400)",
    ),
    # A staged delete makes room, also for another key in the same commit, but not once the key is set again.
    (FILL, "data.delete('k100'); data.set('n100', 'v'.repeat(10236)); data.commit()", None),
    (
        FILL,
        "data.delete('k100'); data.set('k100', ''); data.commit()",
        "Storage limit exceeded: 102404 bytes (max 102400)",
    ),
    (FILL, "data.delete('nothing there'); data.commit()", None),
    # Keys.
    ("", "for (let i = 0; i < 1000; i++) data.set('k' + i, 1); data.commit()", None),
    (
        "",
        "for (let i = 0; i < 1001; i++) data.set('k' + i, 1); data.commit()",
        "Too many keys: 1001 (max 1000)",
    ),
    (
        "for (let i = 0; i < 1000; i++) data.set('k' + i, 1); data.commit()",
        "data.set('k0', 2); data.set('k1', 2); data.commit()",
        None,
    ),
    (
        "for (let i = 0; i < 1000; i++) data.set('k' + i, 1); data.commit()",
        "data.set('one', 1); data.set('two', 1); data.delete('k0'); data.delete('none'); data.commit()",
        "Too many keys: 1001 (max 1000)",
    ),
    (
        "for (let i = 0; i < 1000; i++) data.set('k' + i, 1); data.commit()",
        "data.set('one', 1); data.delete('k0'); data.commit()",
        None,
    ),
    # The size is looked at first.
    (
        "",
        "for (let i = 0; i < 1001; i++) data.set('k' + i, 'v'.repeat(200)); data.commit()",
        "Storage limit exceeded: 204095 bytes (max 102400)",
    ),
]


@pytest.mark.parametrize(("before", "code", "text"), COMMITS)
def test_sizes_at_commit(session: Session, before: str, code: str, text: str | None) -> None:
    value(session, f"{before};0")
    stored = committed(session)
    if text is None:
        value(session, f"{code};0")
        assert len(session.staged()) == 0
        return
    assert refused(session, code) == f"Error: {text}"
    # Committed data untouched, staging kept: it is refused again the same way.
    assert committed(session) == stored
    staged = session.staged()
    assert len(staged) > 0
    assert refused(session, "data.commit()") == f"Error: {text}"
    assert session.staged().equals(staged)


def test_a_refused_commit_passes_once_enough_is_staged_as_deleted(session: Session) -> None:
    value(session, f"{FILL}; data.set('more', 'v'.repeat(100))")
    assert "Storage limit exceeded" in refused(session, "data.commit()")
    assert value(session, "data.get('more').length") == 100
    value(session, "data.delete('k100'); data.commit()")
    assert "more" in committed(session)
    assert "k100" not in committed(session)


def test_staging_cannot_fill_the_memory(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DATA_STAGED", 10 * (limits.STORE_ROW + 3))
    value(session, "for (let i = 0; i < 10; i++) data.set('k' + i, 1)")
    assert refused(session, "data.set('k10', 1)") == "Error: Too much staged: 5666 bytes (max 5150)"
    assert refused(session, "data.delete('k10')") == "Error: Too much staged: 5665 bytes (max 5150)"
    # What makes it no larger passes, and so does everything once it is committed.
    value(session, "data.set('k1', 2); data.delete('k2'); data.commit(); data.set('k10', 1)")
    assert value(session, "data.keys().length") == 10

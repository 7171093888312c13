"""The loop of an isolate: what it goes on with next, and for how long it waits. See also test_timers.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tana_jupyter import ContractError, ContractTimeout, Session
from tana_jupyter.engine.wakes import Next, Wakes
from tana_jupyter.errors import StoreError
from tana_jupyter.waking import Settlement, Waiting
from tests.deno_harness import SharedStore, opened


class Clock:
    """A clock that tells what it was asked to wait for, and is there at once."""

    def __init__(self, *, frozen: bool = True) -> None:
        self.now = 1000
        self.frozen = frozen

    def now_ms(self) -> int:
        return self.now

    def settings(self) -> tuple[int | None, int]:
        return (self.now if self.frozen else None), 0

    def wait_until(self, due_ms: int, stop: Callable[[], bool]) -> None:
        self.now = max(self.now, due_ms)


class Source:
    """Has something to deliver at certain times, in a store that may be shared."""

    def __init__(self, clock: Clock, *dues: int, shared: bool = False, lost: int = 0) -> None:
        self.clock, self.dues, self.shared, self.lost = clock, list(dues), shared, lost
        self.forgotten: list[int] = []

    def due_ms(self) -> int | None:
        return self.dues[0] if self.dues else None

    def deliver(self) -> Settlement | None:
        due = self.dues.pop(0)
        if self.lost:
            self.lost -= 1
            return None
        return Settlement(due, b"1")

    def waiting(self) -> Waiting:
        return Waiting(listeners=1, messages=len(self.dues))

    def forget(self, since: int = 0) -> None:
        self.forgotten.append(since)


def looped(
    clock: Clock, timers: list[int], *sources: Source, settled: bool = False, until: int | None = None, naps: int = 0
) -> Iterator[object]:
    """What the loop does, step by step; a nap lets time pass on a real clock, and after so many it is stopped."""
    wakes = Wakes(clock)
    for source in sources:
        wakes.add(source)
    left = [naps]

    def nap(due: int | None, now: int) -> None:
        left[0] -= 1
        if not clock.frozen:
            clock.now += 100 if due is None else min(100, due - now)

    wakes.nap = nap
    while True:
        step = wakes.next(timers[0] if timers else None, until, lambda: naps > 0 and left[0] <= 0, settled=settled)
        if isinstance(step, Settlement):
            yield f"{step.number} late"
        elif step is Next.TIMER:
            yield f"{timers.pop(0)} timer"
        else:
            yield step
            return


def test_soonest_first_and_timers_before_others_of_their_moment() -> None:
    clock = Clock()
    steps = list(looped(clock, [1010, 1020, 1030], Source(clock, 1005, 1020), Source(clock, 1001, 1030)))
    assert steps == [
        "1001 late", "1005 late", "1010 timer", "1020 timer", "1020 late", "1030 timer", "1030 late", Next.STUCK,
    ]  # fmt: skip
    assert clock.now == 1030


def test_a_settled_run_takes_what_is_due_now_and_no_more() -> None:
    clock = Clock()
    assert list(looped(clock, [1000, 1001], Source(clock, 1000, 1001), settled=True)) == [
        "1000 timer",
        "1000 late",
        Next.DONE,
    ]
    assert clock.now == 1000


def test_settling_goes_until_then() -> None:
    clock = Clock()
    assert list(looped(clock, [1500, 3000], Source(clock, 2000), settled=True, until=2000)) == [
        "1500 timer",
        "2000 late",
        Next.DONE,
    ]
    assert clock.now == 2000


def test_what_another_kernel_was_quicker_to_take_is_passed_over() -> None:
    clock = Clock()
    assert list(looped(clock, [], Source(clock, 1000, 1001, lost=1))) == ["1001 late", Next.STUCK]


def test_a_shared_store_is_polled_while_something_is_awaited() -> None:
    for frozen in (True, False):
        clock = Clock(frozen=frozen)
        assert list(looped(clock, [], Source(clock, shared=True), naps=5)) == [Next.CUT]
        assert clock.now == 1000 if frozen else 1500


def test_settling_polls_on_a_real_clock_until_then() -> None:
    clock = Clock(frozen=False)
    assert list(looped(clock, [], Source(clock, shared=True), settled=True, until=1250)) == [Next.DONE]
    assert clock.now == 1300
    clock = Clock()
    assert list(looped(clock, [], Source(clock, shared=True), settled=True, until=1250)) == [Next.DONE]


def test_a_frozen_clock_jumps_past_a_shared_store() -> None:
    clock = Clock()
    assert list(looped(clock, [9000], Source(clock, shared=True), naps=3)) == ["9000 timer", Next.CUT]


def test_counts_and_forgetting() -> None:
    clock = Clock()
    wakes = Wakes(clock)
    source = Source(clock, 5000, 6000)
    wakes.add(source)
    wakes.add(source)
    assert wakes.waiting(3) == Waiting(3, 1, 2)
    first, second = wakes.later(), wakes.later()
    assert first < second
    wakes.forget(first)
    assert wakes.wakers == [source]
    wakes.forget()
    assert (wakes.wakers, source.forgotten) == ([], [first, 0])


@pytest.mark.parametrize(
    ("waiting", "text"),
    [
        ((0, 0, 0), ""),
        ((1, 0, 0), "1 timer waiting"),
        ((2000, 0, 0), "2,000 timers waiting"),
        ((0, 1, 0), "1 listener waiting"),
        ((2, 1, 0), "2 timers and 1 listener waiting"),
        ((1, 2, 1), "1 timer, 2 listeners and 1 message waiting"),
    ],
)
def test_what_waits_in_words(waiting: tuple[int, int, int], text: str) -> None:
    assert str(Waiting(*waiting)) == text
    assert bool(Waiting(*waiting)) is bool(text)


# In a session.


def test_an_endless_callback_is_reported_after_the_run_has_its_value() -> None:
    session = opened()
    for source in ["setTimeout(() => { for (;;); }, 0); 1", "setTimeout(async () => { for (;;) await null }, 0); 1"]:
        with pytest.raises(ContractTimeout):
            session.run(source, timeout=0.2)


def test_a_store_that_fails_while_the_loop_looks_fails_the_run() -> None:
    class Failing(SharedStore):
        failing = False

        def scan(self, *where: object, **options: object) -> list[object]:
            if self.failing:
                raise StoreError("the server is gone")
            return super().scan(*where, **options)

    store = Failing()
    session = opened(store)
    session.run("kv.listenQueue(() => {}); 1")
    store.failing = True
    with pytest.raises(ContractError, match="the server is gone"):
        session.run("console.log('told'); 1")
    store.failing = False
    assert session.run("1").value == 1


def test_reset_drops_listeners_and_status_counts_them() -> None:
    session = opened()
    session.run(
        "kv.listenQueue(() => {}); const reader = kv.watch([['a']]).getReader(); reader.read(); reader.read(); setTimeout(() => {}, 1000); await kv.enqueue(1, { delay: 1000 })"
    )
    text = "1 timer, 2 listeners and 1 message waiting"
    assert text in session.status()
    assert session.last is not None
    assert str(session.last.receipt.waiting) == text
    session.reset()
    assert "waiting" not in session.status()


def test_a_lost_isolate_loses_its_listeners() -> None:
    session = opened()
    session.run("kv.listenQueue(() => {}); 1")
    with pytest.raises(ContractError, match="memory"):
        session.run("const all = []; for (;;) all.push(new ArrayBuffer(1e6))")
    assert session["notebook"].waiting == Waiting()
    session.run("const kv2 = await Deno.openKv(); kv2.listenQueue((m) => { console.log('got', m) }); 1")
    assert [log.text for log in session.run("await kv2.enqueue(1)").logs] == ["got 1"]


def test_several_contracts_settle_by_one_clock() -> None:
    session = Session()
    session.clock.freeze("2026-01-01T00:00:00Z")
    lines: list[str] = []
    session.show = lambda _stream, text: lines.append(text)
    for name in ("one", "two"):
        session.run(
            f"const kv = await Deno.openKv(); kv.listenQueue((m) => console.log('{name}', m)); await kv.enqueue(1, {{ delay: 1000 }}); 1",
            contract=name,
        )
    session.move_clock("+5s")
    assert lines == ["one 1\n", "two 1\n"]


def test_a_timer_is_stopped_by_an_id_that_is_asked_for_once():
    session = Session()
    session.clock.freeze("2026-01-01T00:00:00Z")
    source = """
      const fired = [], timer = (name) => setTimeout(() => fired.push(name), 1);
      const first = timer('first'), second = timer('second'), third = timer('third');
      let asked = 0;
      clearTimeout({ valueOf() { asked++; clearTimeout(first); return second } });
      await new Promise((done) => setTimeout(done, 2));
      [asked, ...fired]
    """
    assert session.run(source).value == [1, "third"]

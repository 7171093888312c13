"""Plans: what they count, what they refuse, and that they do all of it or nothing."""

import pytest

from tana_jupyter.errors import PlanCancelled, PlanChanged, StoreFull, TanaError
from tana_jupyter.store.protocol import Write
from tests.transfer_harness import content, fill, mixed, quiet, values


@pytest.fixture
def target(tmp_path):
    return tmp_path / "rows.jsonl"


def counts(plan):
    return {name: count for name, count in plan.counts._asdict().items() if count}


class TestExport:
    def test_counts_and_then_does_it(self, target):
        session = quiet()
        fill(session, {"a": "1", "b": "2"})
        plan = session.export(target)
        assert not target.exists()
        assert counts(plan) == {"added": 2}
        assert plan.target == str(target)
        result = plan.apply()
        assert result.counts == plan.counts
        assert result.rows_per_second > 0
        assert repr(result) == "<Result 2 added, 0 changed, 0 deleted, 0 unchanged>"
        assert counts(session.export(target)) == {"unchanged": 2}
        fill(session, {"a": "new", "b": None, "c": "3"})
        plan = session.export(target)
        assert counts(plan) == {"added": 1, "changed": 1, "only_there": 1}
        plan.apply()
        assert counts(session.export(target)) == {"unchanged": 2, "only_there": 1}

    def test_nothing_to_do_leaves_the_file_alone(self, target):
        session = quiet()
        fill(session, {"a": "1"})
        session.export(target).apply()
        before = target.stat()
        session.export(target).apply()
        assert target.stat() == before

    @pytest.mark.parametrize(
        ("filters", "added"),
        [
            ({}, 4),
            ({"contract": "shop"}, 3),
            ({"contract": "nobody"}, 0),
            ({"api": "data"}, 1),
            ({"prefix": "user:"}, 2),
            ({"api": "kv", "prefix": "user:"}, 1),
        ],
    )
    def test_takes_what_the_filters_leave(self, target, filters, added):
        session = quiet()
        fill(session, {"user:1": "1", "other": "2"})
        fill(session, {"user:1": "1"}, space="data")
        fill(session, {"k": "v"}, contract="bank")
        assert session.export(target, **filters).counts.added == added

    def test_a_prefix_of_deno_keys_is_a_list(self, target):
        session = mixed()
        assert session.export(target, api="deno", prefix='["users"]').counts.added == 2
        assert session.export(target, prefix='["users"]').counts.added == 2
        with pytest.raises(TanaError):
            session.export(target, api="deno", prefix="users")

    def test_staged_keys_are_counted_and_left_out(self, target):
        session = quiet()
        session.run("import { data } from 'tana/data'; data.set('a', '1'); data.set('b', '2')", contract="shop")
        plan = session.export(target)
        assert counts(plan) == {"staged_left_out": 2}
        assert "2 staged keys left out" in repr(plan)
        assert session.export(target, prefix="a").counts.staged_left_out == 1
        assert session.export(target, api="kv").counts.staged_left_out == 0
        session.commit()
        assert counts(session.export(target)) == {"added": 2}

    def test_queued_messages_are_told_and_left_out(self, target):
        session = quiet()
        told = "1 queued message of Deno KV left out"
        session.run("await (await Deno.openKv()).enqueue('later', { delay: 1000 })", contract="shop")
        for filters in ({}, {"contract": "shop"}, {"api": "deno"}):
            plan = session.export(target, **filters)
            assert counts(plan) == {}
            assert told in repr(plan)
        for filters in ({"api": "kv"}, {"contract": "bank"}, {"prefix": "a"}):
            assert told not in repr(session.export(target, **filters))

    def test_expired_rows_stay_behind(self, target):
        session = quiet()
        session.run("import { kv } from 'tana/kv'; await kv.put('a', '1', {expirationTtl: 60})", contract="shop")
        assert session.export(target).counts.added == 1
        session.move_clock("+60s")
        assert session.export(target).counts.added == 0

    @pytest.mark.parametrize("wrong", [{"api": "queue"}, {"api": "nothing"}, {"contract": "1 2"}, {"contract": "a:b"}])
    def test_refuses_filters_that_cannot_be(self, target, wrong):
        with pytest.raises(TanaError):
            quiet().export(target, **wrong)

    @pytest.mark.parametrize("name", ["x.txt", "mysql://ann:s3cret@db/x", "s3cret", "env:NOT_SET_ANYWHERE", ""])
    def test_refuses_targets_nobody_knows(self, name):
        with pytest.raises(TanaError) as caught:
            quiet().export(name)
        assert "s3cret" not in str(caught.value)


class TestMirror:
    def test_deletes_what_the_notebook_lacks_once_that_is_confirmed(self, target):
        session = quiet()
        fill(session, {"a": "1", "b": "2", "c": "3"})
        session.export(target).apply()
        fill(session, {"a": None, "b": None})
        plan = session.export(target, mirror=True)
        assert counts(plan) == {"deleted": 2, "unchanged": 1}
        for number in (None, 1, 3):
            with pytest.raises(TanaError, match="deletes 2 rows"):
                plan.apply(confirm_deletions=number)
        assert counts(session.export(target)) == {"only_there": 2, "unchanged": 1}
        plan.apply(confirm_deletions=2)
        assert counts(session.export(target)) == {"unchanged": 1}

    def test_touches_no_contract_that_has_no_row_here_unless_it_is_named(self, target):
        session = quiet()
        fill(session, {"a": "1"})
        fill(session, {"b": "2"}, contract="bank")
        session.export(target).apply()
        fill(session, {"b": None}, contract="bank")
        assert counts(session.export(target, mirror=True)) == {"unchanged": 1}
        named = session.export(target, contract="bank", mirror=True)
        assert counts(named) == {"deleted": 1}
        named.apply(confirm_deletions=1)
        assert b"bank" not in target.read_bytes()

    def test_stays_within_its_filters(self, target):
        session = quiet()
        fill(session, {"a:1": "1", "b:1": "2"})
        fill(session, {"a:1": "1"}, space="data")
        session.export(target).apply()
        fill(session, {"a:1": None})
        fill(session, {"a:1": None}, space="data")
        assert counts(session.export(target, api="kv", prefix="a:", mirror=True)) == {"deleted": 1}
        assert counts(session.export(target, api="kv", prefix="b:", mirror=True)) == {"unchanged": 1}


class TestImport:
    def test_brings_everything_back(self, target):
        source = mixed()
        source.export(target).apply()
        session = quiet()
        plan = session.import_(target)
        assert content(session) == {}
        plan.apply()
        assert content(session) == content(source)
        assert session.run("(await (await Deno.openKv()).get(['users', 1])).value.tags.has('a')", contract="shop").value

    def test_conflicts_are_chosen(self, target):
        source = quiet()
        fill(source, {"a": "theirs", "b": "2", "c": "3"})
        source.export(target).apply()
        session = quiet()
        fill(session, {"a": "mine", "c": "3", "mine": "alone"})
        plan = session.import_(target)
        assert counts(plan) == {"added": 1, "changed": 1, "unchanged": 1, "only_there": 1}
        assert 'choose conflicts="keep" or "take"' in repr(plan)
        (row,) = plan.rows("changed")
        assert (row.old.value, row.new.value) == (b"mine", b"theirs")
        with pytest.raises(TanaError, match="1 row with another value"):
            plan.apply()
        assert values(session) == {"a": "mine", "c": "3", "mine": "alone"}
        keep = session.import_(target, conflicts="keep")
        assert counts(keep) == {"added": 1, "kept": 1, "unchanged": 1, "only_there": 1}
        keep.apply()
        assert values(session) == {"a": "mine", "b": "2", "c": "3", "mine": "alone"}
        session.import_(target, conflicts="take").apply()
        assert values(session) == {"a": "theirs", "b": "2", "c": "3", "mine": "alone"}
        with pytest.raises(TanaError, match="no way with conflicts"):
            session.import_(target, conflicts="merge")

    def test_is_one_commit(self, target):
        source = mixed()
        source.export(target).apply()
        session = quiet()
        session.import_(target).apply()
        assert session.store.head("shop") == 1

    def test_a_store_that_is_too_small_takes_nothing(self, target):
        source = quiet()
        fill(source, {f"k{number}": "x" * 1000 for number in range(100)})
        source.export(target).apply()
        session = quiet()
        session.store_limit = 50_000
        with pytest.raises(StoreFull):
            session.import_(target).apply()
        assert content(session) == {}

    def test_a_source_that_is_not_there(self, tmp_path):
        with pytest.raises(TanaError, match="there is no file"):
            quiet().import_(tmp_path / "none.jsonl")

    def test_widgets_hear_of_it(self, target):
        mixed().export(target).apply()
        session, heard = quiet(), []

        class Listener:
            def changed(self):
                heard.append(1)

        listener = Listener()  # the audience holds it weakly
        session.audience.join(listener)
        session.import_(target).apply()
        assert heard


class TestChange:
    @pytest.mark.parametrize("change", [{"a": "other"}, {"new": "1"}, {"a": None}])
    def test_of_the_notebook_aborts_with_a_new_plan(self, target, change):
        session = quiet()
        fill(session, {"a": "1", "b": "2"})
        plan = session.export(target)
        fill(session, change)
        with pytest.raises(PlanChanged) as caught:
            plan.apply()
        assert not target.exists()
        caught.value.plan.apply()
        assert counts(session.export(target)) == {"unchanged": len(values(session))}

    def test_of_the_target_aborts_with_a_new_plan(self, target):
        session, other = quiet(), quiet()
        fill(session, {"a": "1"})
        fill(other, {"a": "2"})
        plan = session.export(target)
        other.export(target).apply()
        with pytest.raises(PlanChanged) as caught:
            plan.apply()
        assert counts(caught.value.plan) == {"changed": 1}

    def test_a_plan_is_carried_out_once(self, target):
        session = quiet()
        fill(session, {"a": "1"})
        plan = session.export(target)
        plan.apply()
        with pytest.raises(PlanChanged) as caught:
            plan.apply()
        assert counts(caught.value.plan) == {"unchanged": 1}


class TestStopping:
    def test_cancel_takes_everything_back(self, target):
        session = quiet()
        fill(session, {f"k{number}": "v" for number in range(1000)})
        asked = []
        with pytest.raises(PlanCancelled):
            session.export(target).apply(cancelled=lambda: asked.append(1) or len(asked) > 3)
        assert list(target.parent.iterdir()) == []

    def test_an_interrupt_takes_everything_back(self, target):
        session = quiet()
        fill(session, {f"k{number}": "v" for number in range(1000)})

        def interrupt():
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            session.export(target).apply(cancelled=interrupt)
        assert list(target.parent.iterdir()) == []
        session.export(target).apply()
        other = quiet()
        with pytest.raises(KeyboardInterrupt):
            other.import_(target).apply(cancelled=interrupt)
        assert content(other) == {}


class TestShown:
    def test_as_text_and_html(self, target):
        session = quiet()
        fill(session, {"a": "1"})
        fill(session, {"a": "1"}, contract="bank")
        plan = session.export("rows.jsonl", contract="shop", prefix="a")
        assert repr(plan) == (
            "export of shop/all APIs a*: memory: -> rows.jsonl\n"
            "  added                      1\n"
            "  changed                    0\n"
            "  unchanged                  0\n"
            "  deleted                    0\n"
            "  only there                 0"
        )
        assert "<tr><th>added</th><td>1</td></tr>" in plan._repr_html_()
        assert "<script>" not in session.export(target.with_name("<script>.jsonl"))._repr_html_()

    def test_rows_of_a_kind_in_order(self, target):
        session = mixed()
        plan = session.export(target)
        rows = plan.rows("added", 5)
        assert [(row.contract, row.api) for row in rows] == [("shop", "data")] * 2 + [("shop", "deno")] * 3
        assert all(row.old is None and row.new.key == row.key for row in rows)
        assert len(plan.rows("added")) == plan.counts.added
        assert plan.rows("deleted") == []
        with pytest.raises(TanaError, match="there are no rows that are"):
            plan.rows("gone")


def test_a_mirror_leaves_a_contract_alone_whose_rows_here_are_all_over(target):
    session = quiet()
    fill(session, {"a": "1"})
    fill(session, {"b": "2"}, contract="bank")
    session.export(target).apply()
    now = session.clock.now_us()
    session.store.commit([Write("kv", "bank", b"b", b"2", expires_at=now)], now=now)
    assert counts(session.export(target, mirror=True)) == {"unchanged": 1}

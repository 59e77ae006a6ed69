"""`ferry rollback ENV` where a cutover is beyond its point and cannot lead the applications anywhere."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ferry.environments import find
from ferry.migrate.cutover.standing import TAKEN_BACK
from ferry.migrate.cutover.steps import steps
from ferry.migrate.ways import Direction
from harness.postgres import SUPERUSER
from tests.migration.databases import Database, eventually
from tests.migration.deployed import PASSWORD, SOURCE
from tests.migration.test_cutover import carried
from tests.migration.test_cutting_over import (
    APP,
    MADE,
    Writer,
    application,
    counted,
    ferry,
    go_on,
    killed,
    record,
    way_back,
    writing,
)
from tests.migration.test_killed import is_asked
from tests.migration.test_rolling_back import BY_DEFAULT, are_at, current, typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.migration.deployed import Deployed

_REACTS = """
select (select count(*) from pg_trigger where tgenabled = 'A'),
       (select count(*) from pg_attribute where attidentity = 'a')"""
_END_LOCKS = """
select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"""


@contextmanager
def stuck(deployed: Deployed, flag: Path, *, has_way_back: bool = False) -> Iterator[list[Writer]]:
    """An application that writes, and a switch that fails until there is a flag."""
    hook = f'switch = ["sh", "-c", "test $FERRY_DIRECTION = rollback || test -e {flag}"]'
    more = f"{record(deployed)}[cutover.hooks]\n{hook}\n"
    with application(deployed, "shop_back"):
        deployed.pair.source.run(*MADE)
        if has_way_back:
            deployed.pair.source.run(BY_DEFAULT)
            carried(deployed, more=more, dms="rollback = true", made=lambda: way_back(deployed))
        else:
            carried(deployed, more=more)
        deployed.pair.target.run(f"alter role {APP} password '{PASSWORD}'")
        with writing(deployed, writers=2, pause_seconds=0.1) as writers:
            go_on(writers)
            yield writers
        counted(deployed, deployed.pair.target, writers)
        if has_way_back:
            deployed.end()


BEFORE = ("close-aurora:done", "give-up:begun")
AFTER = (
    "give-up:done",
    "undo-left-over:begun",
    "secrets-back:done",
    "dns-back:begun",
    "hook-back:begun",
    "open-source:begun",
    "open-source:done",
)


def test_killed_at_each_of_its_steps_the_applications_are_at_the_source_again(
    deployed: Deployed, tmp_path: Path
) -> None:
    pair, flag = deployed.pair, tmp_path / "flag"
    with stuck(deployed, flag) as writers:
        failed = deployed.reached("cutover", "dev", "--yes", "dev")
        assert failed.exit_code == 4, failed.output
        assert "switch" in failed.stderr
        assert pair.target.rows(_REACTS) == [(1, 1)]
        many = sum(len(it.acknowledged) for it in writers)
        status = deployed.reached("status", "dev").stdout
        assert "or take it back, as Aurora was not opened: ferry rollback dev" in status
        plan = deployed.reached("rollback", "dev", "--plan")
        assert plan.exit_code == 0, plan.output
        assert "it can be taken back, and nothing is to be carried" in plan.stdout
        assert "give-up" in plan.stdout
        # who owns Aurora's database was let be, and may have written there
        pair.target.run("insert into orders values (4711, 'of the owner')")
        refused = deployed.reached("rollback", "dev", "--yes", "dev")
        assert refused.exit_code == 3
        assert "public.orders is different." in refused.stderr
        assert "Nothing is taken back: ferry cutover dev" in refused.stderr
        pair.target.run("delete from orders where id = 4711")

        for at in BEFORE:
            killed(deployed, at, command="rollback")
        again = deployed.reached("cutover", "dev", "--yes", "dev")
        assert again.exit_code == 4, again.output
        assert "The hook switch" in again.stderr
        for at in AFTER:
            assert sum(len(it.acknowledged) for it in writers) == many
            killed(deployed, at, command="rollback")
            if at == AFTER[0]:
                again = deployed.reached("cutover", "dev", "--yes", "dev")
                assert again.exit_code == 3, again.output
                assert "is being taken back." in again.stderr
                assert "is being taken back" in deployed.reached("status", "dev").stdout
        said = typed(deployed, "rollback")
        assert "The cutover of dev is taken back" in said
        are_at(writers, "source")
        assert {place for it in writers for place in it.places} == {"source"}
        assert current(deployed) == (SOURCE, SOURCE)
        assert pair.target.rows(_REACTS) == [(0, 0)]
        over = deployed.reached("rollback", "dev", "--yes", "dev")
        assert "dev is not cut over: there is nothing to roll back." in over.stderr

        # what was written since was carried, and the next one is as the first
        flag.write_text("")
        typed(deployed, "cutover")
        are_at(writers, "aurora")
        assert pair.target.rows(_REACTS) == [(1, 1)]


def test_a_cutover_that_was_halted_opens_nothing_when_it_was_taken_back(
    deployed: Deployed, tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    flag.write_text("")
    with stuck(deployed, flag) as writers:
        with ferry(deployed, "unfreeze:begun", "SIGSTOP") as process:
            journal = deployed.folder.parent / "state/ferry/dev/cutover.jsonl"
            eventually(lambda: journal.exists() and '"unfreeze"' in journal.read_text())
            for each in (deployed.pair.source, deployed.pair.target):
                Database(server=each.server, name=SUPERUSER).run(_END_LOCKS)
            typed(deployed, "rollback")
            are_at(writers, "source")
            process.send_signal(signal.SIGCONT)
            output, _ = process.communicate()
            assert process.returncode == 3, output
            assert "was taken back: it does not open Aurora any more" in output
        are_at(writers, "source")
        assert {place for it in writers for place in it.places} == {"source"}

        # one that has opened Aurora is not taken back
        killed(deployed, "unfreeze:done")
        are_at(writers, "aurora")
        refused = deployed.reached("rollback", "dev", "--yes", "dev")
        assert refused.exit_code == 3
        assert "dev has no way back" in refused.stderr
        typed(deployed, "cutover")


@pytest.mark.skipif(not is_asked("ferry"), reason="takes minutes; KILLS= says of what")
def test_killed_at_each_of_its_records_it_goes_on(deployed: Deployed, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    with stuck(deployed, flag, has_way_back=True) as writers:
        failed = deployed.reached("cutover", "dev", "--yes", "dev")
        assert failed.exit_code == 4, failed.output
        table = steps(find("dev"), Direction.BACK, takes_back=True)
        records = [f"{step.name}:{state}" for step in table for state in ("begun", "done")]
        for at in ("by:kept", *records, f"{TAKEN_BACK}:done"):
            killed(deployed, at, command="rollback")
        are_at(writers, "source")
        assert {place for it in writers for place in it.places} == {"source"}
        assert current(deployed) == (SOURCE, SOURCE)
        over = deployed.reached("rollback", "dev", "--yes", "dev")
        assert "dev is not cut over: there is nothing to roll back." in over.stderr
        flag.write_text("")
        typed(deployed, "cutover")
        are_at(writers, "aurora")

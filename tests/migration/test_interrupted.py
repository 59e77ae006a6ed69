"""Ctrl-C: a word where something goes on or is half done, and the same command goes on from there."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import psycopg

from tests.migration.databases import eventually
from tests.migration.test_start import ORDERS

if TYPE_CHECKING:
    import pytest

    from tests.migration.deployed import Deployed

WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
OF_FERRY = "select count(*) from pg_stat_activity where application_name like 'ferry%'"


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_start_that_was_interrupted_anywhere_is_typed_again(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.on_both('insert into ferry."fence_all" values (7, now())')
    for place in ("start.Starting.decide", "markers.empty", "start.Starting._start"):
        with monkeypatch.context() as patched:
            patched.setattr(f"ferry.migrate.{place}", interrupt)
            assert deployed.reached("start", "dev").exit_code == 130
        assert deployed.read()["Status"] == "ready"
    with monkeypatch.context() as patched:
        patched.setattr("ferry.migrate.waiting.read_all", interrupt)
        waiting = deployed.reached("start", "dev")
    assert waiting.stderr == (
        "Interrupted: DMS goes on with what it was asked for. Where it stands: ferry status dev\n"
    )
    assert waiting.exit_code == 130
    deployed.wait("running")

    assert "  The task all runs already." in deployed.reached("start", "dev").stdout


def test_a_reload_that_was_interrupted_when_auroras_rows_were_gone_says_so(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.source.run("insert into orders values (1, 'x')")
    deployed.reached("start", "dev")
    count = "select count(*) from orders"
    eventually(lambda: deployed.pair.target.value(count) == 1)
    with monkeypatch.context() as patched:
        patched.setattr("ferry.migrate.reloading._prepare", interrupt)
        before = deployed.reached("reload", "dev", "public.orders", "--yes")
    assert (before.exit_code, before.stderr) == (130, "")
    with monkeypatch.context() as patched:
        patched.setattr("ferry.migrate.reloading.explained", interrupt)
        half = deployed.reached("reload", "dev", "public.orders", "--yes")

    assert half.stderr == (
        "Interrupted. Aurora's public.orders lack the rows that were deleted for it. Run this again, "
        "or they stay away.\n"
    )
    assert half.exit_code == 130
    assert deployed.pair.target.value(count) == 0

    deployed.reached("reload", "dev", "public.orders", "--yes", "--every", "0.3")

    assert deployed.pair.target.value(count) == 1


def test_a_schema_that_was_interrupted_leaves_no_session_and_goes_on(deployed: Deployed) -> None:
    deployed.make()
    deployed.pair.source.run(
        ORDERS, "create table items (id bigint primary key, of bigint references orders)"
    )
    for command in (("prepare-databases", "dev"), ("schema", "dev", "before-load")):
        assert deployed.reached(*command, "--yes").exit_code == 0
    target = deployed.pair.target

    def when_it_waits() -> None:
        eventually(lambda: target.value(WAITING) == 1)
        os.kill(os.getpid(), signal.SIGINT)

    with psycopg.connect(**target.connection) as holder:  # type: ignore[arg-type]
        holder.execute("lock table orders in row exclusive mode")
        presses = threading.Thread(target=when_it_waits)
        presses.start()
        interrupted = deployed.reached("schema", "dev", "before-cutover", "--yes")
        presses.join()
    assert "Interrupted at: FK CONSTRAINT public.items items_of_fkey." in interrupted.stderr
    assert "Run this again: it goes on from there." in interrupted.stderr
    assert interrupted.exit_code == 130
    eventually(lambda: target.value(OF_FERRY) == 0)

    again = deployed.reached("schema", "dev", "before-cutover", "--yes")

    assert "  done       rows of FK CONSTRAINT public.items items_of_fkey" in again.stdout
    assert again.exit_code == 0

"""Two operators at once: the second is told who is at it, and nothing of the first's is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ferry.migrate import start
from tests.migration.test_start import ORDERS

if TYPE_CHECKING:
    import pytest

    from tests.migration.deployed import Deployed

AT_IT = "Somebody else is at it in the database {} of {}: ferry: {}, by "
MARKERS = 'select count(*) from ferry."fence_all"'


def test_who_comes_second_is_told_who_is_at_it_and_changes_nothing(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.on_both('insert into ferry."fence_all" values (7, now())')
    seconds: list[Any] = []
    decide = start.Starting.decide

    def decided(starting: start.Starting, *arguments: Any) -> start.Decided:  # noqa: ANN401 - its own
        if not seconds:
            seconds.append(None)
            seconds[:] = [
                deployed.reached(*command)
                for command in (("start", "dev"), ("schema", "dev", "before-load", "--yes"))
            ]
            assert deployed.pair.source.value(MARKERS) == 1
        return decide(starting, *arguments)

    monkeypatch.setattr(start.Starting, "decide", decided)

    first = deployed.reached("start", "dev")

    second, schema = seconds
    assert second.stderr.startswith(AT_IT.format("app", "the source", "start dev"))
    assert ", operator, 127.0.0.1, process " in second.stderr
    assert (
        " UTC. Nothing was done. Wait until that has ended, then run this again." in second.stderr
    )
    assert second.exit_code == 3
    assert "Somebody else" not in schema.stderr
    assert first.exit_code == 0
    assert deployed.pair.source.value(MARKERS) == 0


def test_a_task_that_somebody_starts_in_the_console_meanwhile_keeps_its_markers(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    decide = start.Starting.decide

    def decided(starting: start.Starting, *arguments: Any) -> start.Decided:  # noqa: ANN401 - its own
        found = decide(starting, *arguments)
        deployed.aws.dms.start_replication_task(
            ReplicationTaskArn=deployed.task_arns["all"],
            StartReplicationTaskType="start-replication",
        )
        deployed.wait("running")
        deployed.pair.source.run('insert into ferry."fence_all" values (7, now())')
        return found

    monkeypatch.setattr(start.Starting, "decide", decided)

    refused = deployed.reached("start", "dev")

    assert refused.stderr == (
        "Meanwhile the task all is running; nothing was started. Somebody else has started or stopped "
        "it. Run this again.\n"
    )
    assert refused.exit_code == 3
    assert deployed.pair.source.value(MARKERS) == 1


def test_one_carries_a_schema_at_a_time(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    seconds: list[Any] = []

    def confirmed(*_: object, **__: object) -> bool:
        if not seconds:
            seconds.append(deployed.reached("schema", "dev", "before-load", "--yes"))
        return True

    monkeypatch.setattr("typer.confirm", confirmed)
    monkeypatch.setattr("ferry.cli.schema.at_terminal", lambda: True)

    first = deployed.reached("schema", "dev", "after-load")

    (second,) = seconds
    assert second.stderr.startswith(AT_IT.format("app", "Aurora", "schema dev after-load"))
    assert first.exit_code == 0
    assert second.exit_code == 3

"""Beyond the point of no return nothing that ferry loads or carries writes over Aurora's rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.migration.databases import eventually
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from pathlib import Path

    from tests.migration.deployed import Deployed

ORDERS = "create table orders (id bigint primary key, what text)"


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (("start", "dev"), "A start"),
        (("start", "dev", "--reload"), "A start"),
        (("reload", "dev", "public.orders", "--yes"), "A load"),
        (("schema", "dev", "before-load", "--yes"), "A phase of the schema"),
        (("schema", "dev", "before-cutover", "--yes"), "A phase of the schema"),
    ],
)
def test_what_writes_into_aurora_is_refused_beyond_the_point_of_no_return(
    deployed: Deployed, command: tuple[str, ...], what: str
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    assert deployed.reached("prepare-databases", "dev", "--yes").exit_code == 0
    source, target = deployed.pair.source, deployed.pair.target
    source.run("insert into orders values (1, 'old')")
    assert deployed.reached("start", "dev").exit_code == 0
    eventually(lambda: target.value("select count(*) from orders") == 1)
    source.run(
        "insert into ferry.journal (id, run, at, step, state, phase, detail) "
        "values ('1/x', 'r1', now(), 'save', 'kept', 'switching', '{}')"
    )
    target.run("update orders set what = 'of an application'")

    refused = deployed.reached(*command)

    assert refused.exit_code == 4
    assert refused.stderr.startswith(
        f"{what} would write over what applications have written to Aurora: dev is cut over, or about to "
        "be (run r1). What is left to do of the cutover: ferry cutover dev."
    ), refused.stderr
    assert "ferry rollback dev" in refused.stderr
    assert target.rows("select * from orders") == [(1, "of an application")]
    # whoever has given the way back up is not sent there
    source.run(
        "insert into ferry.journal (id, run, at, step, state, detail) "
        "values ('2/x', 'r1', now(), 'finish', 'begun', '{}')"
    )
    refused = deployed.reached(*command)
    assert refused.exit_code == 4
    assert "what is left to do: ferry finish dev." in refused.stderr
    assert "ferry rollback" not in refused.stderr
    source.run("update ferry.journal set phase = 'thawed' where phase = 'switching'")
    assert deployed.reached("start", "dev").exit_code == 0


@pytest.mark.parametrize("phase", ["frozen", "switching"])
def test_what_another_environment_has_closed_is_not_this_ones_to_open(
    deployed: Deployed, phase: str, tmp_path: Path
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    assert deployed.reached("prepare-databases", "dev", "--yes").exit_code == 0
    source = deployed.pair.source
    source.run(
        "insert into ferry.journal (id, run, at, step, state, phase, detail) values "
        f"""('1/x', 'r1', now(), 'save', 'kept', '{phase}', '{{"environment": "trial"}}')"""
    )
    said = "The source is closed by a run of another environment, trial: r1."

    for command in ("cutover", "rollback"):
        planned = deployed.reached(command, "dev", "--plan")
        assert planned.exit_code == 4
        assert said in " ".join(planned.stdout.split())
        refused = deployed.reached(command, "dev", "--yes", "dev")
        assert refused.exit_code == 3
        assert said in refused.stderr
    if phase == "switching":
        refused = deployed.reached("start", "dev")
        assert refused.exit_code == 4
        assert f"A start is refused: t{said[1:]}" in " ".join(refused.stderr.split())
        assert "ferry status trial" in refused.stderr
    finished = deployed.reached("finish", "dev", "--yes", "dev")
    assert finished.exit_code == 4
    assert said in finished.stdout
    assert said in " ".join(deployed.reached("status", "dev").output.split())
    # nor are its runs told as this one's
    report = tmp_path / "report.html"
    deployed.reached("report", "dev", "--output", str(report))
    assert json.loads(report.with_suffix(".json").read_text())["runs"] == []
    assert source.value("select phase from ferry.journal") == phase
    # once it is open again, it is none of this one's runs
    source.run("update ferry.journal set phase = 'thawed'")
    refused = deployed.reached("rollback", "dev", "--yes", "dev")
    assert "dev is not cut over: there is nothing to roll back." in refused.stderr


def test_what_brings_rows_is_refused_beside_the_tasks_that_go_forward_again(
    deployed: Deployed,
) -> None:
    deployed.make(file=DEV.replace("[dms]\n", "[dms]\nrollback = true\n"))
    deployed.make_legs()
    deployed.prepare(ORDERS)
    assert deployed.reached("prepare-databases", "dev", "--yes").exit_code == 0
    source, target = deployed.pair.source, deployed.pair.target
    target.run(
        "insert into ferry.journal (id, run, at, step, state, phase, detail) "
        "values ('1/x', 'r2', now(), 'save', 'kept', 'switching', '{}')"
    )
    for command, what in (
        (("start", "dev"), "A start"),
        (("start", "dev", "--reload"), "A start"),
        (("reload", "dev", "public.orders", "--yes"), "A load"),
    ):
        refused = deployed.reached(*command)
        assert refused.exit_code == 4, refused.output
        assert refused.stderr.startswith(
            f"{what} would write into Aurora beside the tasks that go forward again: dev was rolled back "
            "(run r2)"
        ), refused.stderr
        assert "no load is needed: ferry cutover dev --plan" in refused.stderr
    source.run("insert into orders values (1, 'new')")
    target.run("update ferry.journal set phase = 'thawed' where phase = 'switching'")
    started = deployed.reached("start", "dev")
    assert started.exit_code in {0, 1}, started.output
    eventually(lambda: target.value("select count(*) from orders") == 1)

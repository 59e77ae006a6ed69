"""A way back is deployed, found as the file says, and started: Terraform has nothing to say of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.check.deployment.checks import findings
from ferry.findings import Level
from harness.deployment import synthesize
from tests.integration.rollout import deployed
from tests.terraform.checkout import check_out, replace
from tests.terraform.served_provider import ServedDeployment

if TYPE_CHECKING:
    from pathlib import Path

    from harness.server import LocalAws

NAMES = ["aurora-ferry-dev-all", "aurora-ferry-dev-all-again", "aurora-ferry-dev-all-back"]


def test_after_the_starts_of_all_legs_the_plan_is_empty(tmp_path: Path, cloud: LocalAws) -> None:
    project = check_out(tmp_path / "project")
    replace(project / "environments/dev.toml", "[[dms.tasks]]", "rollback = true\n\n[[dms.tasks]]")
    output = synthesize(tmp_path, project=project, names="dev")
    with ServedDeployment(
        cloud=cloud, output=output, folder=tmp_path, project=project
    ) as deployment:
        deployment.prepare_account("dev")
        deployment.prepare_environment("dev")
        terraform = deployment.terraform("dev")
        terraform.apply()
        assert terraform.changes("second") == []
        dev = deployed(deployment.environment("dev"), url=cloud.url)
        assert [it.what for it in findings(dev) if it.level is not Level.RIGHT] == []
        dms = dev.account.dms
        tasks = dms.describe_replication_tasks()["ReplicationTasks"]
        assert sorted(it["ReplicationTaskIdentifier"] for it in tasks) == NAMES
        assert {it["Status"] for it in tasks} == {"ready"}

        for task in tasks:
            is_leg = task["MigrationType"] == "cdc"
            dms.start_replication_task(
                ReplicationTaskArn=task["ReplicationTaskArn"],
                StartReplicationTaskType="start-replication",
                **({"CdcStartPosition": "0/3D000028"} if is_leg else {}),
            )
        dms.describe_replication_tasks()

        assert terraform.changes("started") == []
        again = deployed(deployment.environment("dev"), url=cloud.url)
        assert [it.what for it in findings(again) if it.level is not Level.RIGHT] == []

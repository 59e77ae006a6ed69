"""What an environment takes of quotas, and whether there is room."""

from __future__ import annotations

from ferry.account import Unanswered
from ferry.check.account.quotas import (
    DMS_KINDS,
    RDS_KINDS,
    VPCS,
    Need,
    Usage,
    dms_needs,
    judge,
    needs_of,
    rds_needs,
)
from ferry.check.account.subject import RunningCluster, RunningInstance
from ferry.findings import Finding, Level, blocked, right
from tests.unit.ferry.environments import environment, of_several_databases

INSTANCE = RunningInstance(version="3.5.4", instance_class="dms.c5.2xlarge")


def vpcs(used: int) -> Finding:
    usage = Usage(used=used, maximum=5)
    return judge(environment(), Need(kind=VPCS, count=1, usage=usage))


def test_room_to_the_last() -> None:
    assert vpcs(4) == right(
        "quota-vpcs", "VPCs in eu-central-1: 4 of 5 are used, room for the 1 that dev takes."
    )


def test_no_room() -> None:
    assert vpcs(5) == blocked(
        "quota-vpcs",
        "VPCs in eu-central-1: 5 of 5 are used, no room for the 1 that dev takes.",
        why="AWS refuses what is too much (VpcLimitExceeded), when a part of the environment is "
        "there already.",
        remedy="Have the quota raised (Service Quotas, vpc, L-F678F1CE), which can take days, or "
        "delete what is not needed.",
    )


def test_a_quota_that_cannot_be_read() -> None:
    need = Need(kind=VPCS, count=1, usage=Unanswered("AWS denied it.", "Have it allowed."))

    assert judge(environment(), need) == Finding(
        check="quota-vpcs",
        level=Level.UNJUDGED,
        what="The quota of VPCs could not be judged.",
        why="AWS denied it.",
        remedy="Have it allowed.",
    )


def test_a_new_cluster_takes_its_instances_and_groups() -> None:
    assert rds_needs(environment(), None) == {
        "DBClusters": 1,
        "DBInstances": 3,
        "DBClusterParameterGroups": 1,
        "DBParameterGroups": 1,
        "DBSubnetGroups": 1,
    }


def test_a_running_cluster_takes_the_instances_that_are_new() -> None:
    wants = environment(aurora={"reader_count": 4})

    assert rds_needs(wants, RunningCluster(version="15.8", instance_count=3)) == {"DBInstances": 2}


def test_a_new_replication_takes_its_instance_endpoints_and_tasks() -> None:
    assert dms_needs(environment(), None, existing=()) == {
        "ReplicationInstances": 1,
        "AllocatedStorage": 100,
        "ReplicationSubnetGroups": 1,
        "Endpoints": 2,
        "ReplicationTasks": 1,
    }


def test_a_running_replication_takes_the_tasks_that_are_new() -> None:
    tasks = [{"name": name, "tables": [{"schema": name}]} for name in ("all", "orders")]
    existing = {"aurora-ferry-dev-source", "aurora-ferry-dev-target", "aurora-ferry-dev-all"}

    needs = dms_needs(environment(dms={"tasks": tasks}), INSTANCE, existing=existing)

    assert needs == {"Endpoints": 0, "ReplicationTasks": 1}


def test_each_database_takes_two_endpoints() -> None:
    existing = {"aurora-ferry-dev-source", "aurora-ferry-dev-target", "aurora-ferry-dev-source-crm"}
    several = of_several_databases(app="app", crm="CRM", erp="ERP")

    needs = dms_needs(several, INSTANCE, existing=existing)

    assert needs == {"Endpoints": 3, "ReplicationTasks": 3}


def test_what_takes_nothing_more_is_not_judged() -> None:
    usages = {"Endpoints": Usage(used=0, maximum=1), "ReplicationTasks": Usage(used=1, maximum=2)}

    needs = needs_of(DMS_KINDS, {"Endpoints": 0, "ReplicationTasks": 1}, usages)

    assert [(need.kind.check, need.count, need.usage) for need in needs] == [
        ("quota-dms-tasks", 1, Usage(used=1, maximum=2))
    ]


def test_a_reader_fewer_takes_nothing() -> None:
    assert needs_of(RDS_KINDS, {"DBInstances": -1}, {}) == []


def test_what_aws_does_not_list_is_not_judged() -> None:
    [need] = needs_of(RDS_KINDS, {"DBClusters": 1}, {})

    assert need.usage == Unanswered("AWS does not say how far DBClusters is used.")


def test_a_quota_whose_name_aws_does_not_tell_is_to_be_looked_at() -> None:
    [need] = needs_of(DMS_KINDS, {"ReplicationTasks": 2}, {})

    assert judge(environment(), need) == Finding(
        check="quota-dms-tasks",
        level=Level.WARNING,
        what="AWS does not say how far ReplicationTasks is used.",
        why="It may list it by another name: no page of AWS's has it. dev takes 2 of the DMS "
        "replication tasks.",
        remedy="Look in Service Quotas, dms, Replication tasks.",
    )


def test_each_quota_has_a_name_of_its_own() -> None:
    checks = [kind.check for kind in (*RDS_KINDS.values(), *DMS_KINDS.values())]

    assert len(set(checks)) == len(checks)

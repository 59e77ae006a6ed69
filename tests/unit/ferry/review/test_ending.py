"""The end of a migration: all of DMS left the file, and nothing that stays needs what goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger, Review, read_plan, review
from ferry.review.rules.review import Verdict
from tests.unit.ferry.review.plans import BLOCKING
from tests.unit.ferry.review.recorded import text

if TYPE_CHECKING:
    from collections.abc import Callable

    Items = list[dict[str, Any]]

ENDS = "The migration ends: DMS leaves the file, and the replication instance goes with its "
LOG = "The migration ends, and its tasks' log with it."


def ending(edit: Callable[[Items], None] = lambda _: None) -> Review:
    """The review of the plan that ends a migration, edited.

    Its configuration has the cluster, which names no roles.
    """
    document = json.loads(text("migration-over"))
    cluster = of(document["resource_changes"], "aws_rds_cluster")["address"]
    document["configuration"]["root_module"]["resources"].append(
        {"address": cluster, "expressions": {"engine": {"constant_value": "aurora-postgresql"}}}
    )
    edit(document["resource_changes"])
    return review(read_plan(json.dumps(document)), environment="staging", block=BLOCKING)


def of(items: Items, type_: str, path: str = "") -> dict[str, Any]:
    """The only resource of a type whose address holds a text."""
    (found,) = [it for it in items if it["type"] == type_ and path in it["address"]]
    return found


def test_it_is_told_once_and_asks_for_a_second_reviewer() -> None:
    found = ending()

    assert found.verdict is Verdict.SECOND_REVIEWER
    assert sorted(it.effect.text().partition("tasks, ")[0] for it in found.findings) == [LOG, ENDS]
    assert {it.danger for it in found.findings} == {Danger.IRREVERSIBLE}


def a_task_stays(items: Items) -> None:
    change = of(items, "aws_dms_replication_task")["change"]
    change["actions"], change["after"] = ["no-op"], change["before"]


def it_is_destroyed_by_hand(items: Items) -> None:
    for it in items:
        if it["type"].startswith("aws_dms"):
            it.pop("action_reason", None)


def another_instance_comes(items: Items) -> None:
    old = of(items, "aws_dms_replication_instance")
    new = {**old["change"], "actions": ["create"], "before": None, "after": old["change"]["before"]}
    items.append({**old, "address": f"{old['address']}_new", "change": new, "action_reason": None})


def the_cluster_goes_too(items: Items) -> None:
    change = of(items, "aws_rds_cluster")["change"]
    change["actions"], change["before"], change["after"] = ["delete"], change["after"], None


def the_cluster_is_replaced(items: Items) -> None:
    of(items, "aws_rds_cluster")["change"]["actions"] = ["delete", "create"]


@pytest.mark.parametrize(
    "edit",
    [
        a_task_stays,
        it_is_destroyed_by_hand,
        another_instance_comes,
        the_cluster_goes_too,
        the_cluster_is_replaced,
    ],
)
def test_it_is_no_end_and_blocked(edit: Callable[[Items], None]) -> None:
    found = ending(edit)

    assert found.verdict is Verdict.BLOCKED
    assert not [it for it in found.findings if it.effect.text().startswith("The migration ends")]
    assert Danger.REPLICATION_LOSS in {it.danger for it in found.findings}


def staying(items: Items, type_: str, **attributes: object) -> None:
    """Something that nothing happens to, and that names what goes."""
    change = {"actions": ["no-op"], "before": attributes, "after": attributes}
    items.append(
        {"address": f"{type_}.other", "mode": "managed", "type": type_, "name": "other",
         "change": change}
    )  # fmt: skip


def id_of(items: Items, type_: str, path: str = "", attribute: str = "id") -> str:
    found: str = of(items, type_, path)["change"]["before"][attribute]
    return found


@pytest.mark.parametrize(
    ("gone", "path", "user"),
    [
        ("aws_security_group", "security-groups_dms", "aws_instance"),
        ("aws_subnet", "nat_public-1", "aws_nat_gateway"),
        ("aws_nat_gateway", "", "aws_route"),
        ("aws_eip", "", "aws_nat_gateway"),
        ("aws_vpc_endpoint", "", "aws_route"),
        ("aws_iam_role", "secret-access", "aws_flow_log"),
        ("aws_route_table", "nat_public", "aws_route_table_association"),
    ],
)
def test_what_something_else_uses_is_told_as_ever(gone: str, path: str, user: str) -> None:
    def edit(items: Items) -> None:
        staying(items, user, uses=[{"it": id_of(items, gone, path)}])

    assert gone not in {it.change.type for it in ending().findings}
    assert gone in {it.change.type for it in ending(edit).findings}


def test_a_way_that_clients_may_use_is_told_as_ever() -> None:
    def edit(items: Items) -> None:
        route = {
            "route_table_id": "rtb-aurora",
            "destination_cidr_block": "172.16.0.0/16",
            "transit_gateway_id": "tgw-1",
        }
        change = {"actions": ["delete"], "before": {"id": "r-1", **route}, "after": None}
        items.append({"address": "aws_route.way", "mode": "managed", "type": "aws_route",
                      "name": "way", "change": change})  # fmt: skip

    assert "aws_route" not in {it.change.type for it in ending().findings}
    assert "aws_route" in {it.change.type for it in ending(edit).findings}


def of_another(items: Items) -> None:
    """A group that applications carry leaves the file too: nothing in the plan names it."""
    for it in items:
        if it["type"] == "aws_security_group" and "_dms_" in it["address"]:
            group = json.loads(json.dumps(it))
    group["address"] = "aws_security_group.clients"
    group["change"]["before"]["id"] = "sg-clients"
    items.append(group)


def a_group_is_made_anew(items: Items) -> None:
    group = of(items, "aws_security_group", "security-groups_dms")
    group["change"]["actions"] = ["delete", "create"]
    group["change"]["after"] = {**group["change"]["before"], "description": "other"}


def another_teams_role(items: Items) -> None:
    role = json.loads(json.dumps(of(items, "aws_iam_role", "secret-access")))
    role["address"] = "aws_iam_role.theirs"
    role["change"]["before"] |= {"id": "theirs", "arn": "arn:aws:iam::111122223333:role/theirs"}
    items.append(role)


def a_gateway_endpoint(items: Items) -> None:
    endpoint = json.loads(json.dumps(of(items, "aws_vpc_endpoint")))
    endpoint["address"] = "aws_vpc_endpoint.s3"
    endpoint["change"]["before"] |= {
        "id": "vpce-s3",
        "service_name": "com.amazonaws.eu-central-1.s3",
    }
    items.append(endpoint)


def role(items: Items) -> dict[str, Any]:
    """What DMS's role was."""
    before: dict[str, Any] = of(items, "aws_iam_role", "secret-access")["change"]["before"]
    return before


def named_in_a_policy_that_stays(items: Items) -> None:
    principal = {"Effect": "Allow", "Principal": {"AWS": role(items)["arn"]}, "Action": "*"}
    staying(items, "aws_kms_key_policy", policy=json.dumps({"Statement": principal}))


def one_of_the_cluster_s_roles(items: Items) -> None:
    change = of(items, "aws_rds_cluster")["change"]
    change["before"] = change["after"] = {**change["after"], "iam_roles": [role(items)["arn"]]}


def taken_by_ec2_too(items: Items) -> None:
    trust = json.loads(role(items)["assume_role_policy"])
    trust["Statement"][0]["Principal"] = {"Service": ["dms.amazonaws.com", "ec2.amazonaws.com"]}
    role(items)["assume_role_policy"] = json.dumps(trust)


def taken_by_an_account_too(items: Items) -> None:
    trust = json.loads(role(items)["assume_role_policy"])
    principal = {"AWS": "arn:aws:iam::111122223333:root"}
    trust["Statement"].append({"Effect": "Allow", "Principal": principal, "Action": "*"})
    role(items)["assume_role_policy"] = json.dumps(trust)


def taken_by_nobody_knows_whom(items: Items) -> None:
    role(items)["assume_role_policy"] = "(sensitive)"


def behind_a_masked_role(items: Items) -> None:
    staying(items, "aws_rds_cluster_instance", monitoring_role_arn="(sensitive-abc123)")


@pytest.mark.parametrize(
    "edit",
    [
        named_in_a_policy_that_stays,
        one_of_the_cluster_s_roles,
        taken_by_ec2_too,
        taken_by_an_account_too,
        taken_by_nobody_knows_whom,
        behind_a_masked_role,
    ],
)
def test_a_role_that_others_may_need_is_told_as_ever(edit: Callable[[Items], None]) -> None:
    assert "aws_iam_role" not in {it.change.type for it in ending().findings}
    assert "aws_iam_role" in {it.change.type for it in ending(edit).findings}


def test_a_role_that_leaves_the_cluster_as_well_is_not() -> None:
    """The cluster shows what it had when Terraform looked last."""

    def edit(items: Items) -> None:
        one_of_the_cluster_s_roles(items)
        before = {"id": "c,r", "role_arn": role(items)["arn"]}
        items.append(
            {"address": "aws_rds_cluster_role_association.a", "mode": "managed", "name": "a",
             "type": "aws_rds_cluster_role_association",
             "change": {"actions": ["delete"], "before": before, "after": None}}
        )  # fmt: skip

    assert "aws_iam_role" not in {it.change.type for it in ending(edit).findings}


def test_an_alarm_over_aurora_too_is_told_as_ever() -> None:
    def of_aurora(items: Items) -> None:
        cluster = of(items, "aws_rds_cluster")["change"]["after"]["cluster_identifier"]
        instance = of(items, "aws_dms_replication_instance")["change"]["before"]
        named = (
            {"DBClusterIdentifier": cluster},
            {"ReplicationInstanceIdentifier": instance["replication_instance_id"]},
        )
        alarm = {
            "alarm_name": "both",
            "metric_query": [
                {"id": f"m{n}", "metric": [{"metric_name": "CPUUtilization", "dimensions": it}]}
                for n, it in enumerate(named)
            ],
        }
        change = {"actions": ["delete"], "before": alarm, "after": None}
        items.append({"address": "aws_cloudwatch_metric_alarm.both", "mode": "managed",
                      "type": "aws_cloudwatch_metric_alarm", "name": "both",
                      "change": change})  # fmt: skip

    assert Danger.UNWATCHED not in {it.danger for it in ending().findings}
    assert Danger.UNWATCHED in {it.danger for it in ending(of_aurora).findings}


def another_instances_log(items: Items) -> None:
    of(items, "aws_cloudwatch_log_group", "task-logs")["change"]["before"]["name"] = (
        "dms-tasks-other"
    )


@pytest.mark.parametrize(
    "edit",
    [
        of_another,
        a_group_is_made_anew,
        another_teams_role,
        a_gateway_endpoint,
        another_instances_log,
    ],
)
def test_what_was_not_dmss_is_told_as_ever(edit: Callable[[Items], None]) -> None:
    assert len(ending(edit).findings) > len(ending().findings) or (
        ending(edit).verdict is Verdict.BLOCKED
    )


def test_another_log_is_data_as_ever() -> None:
    def edit(items: Items) -> None:
        of(items, "aws_cloudwatch_log_group", "task-logs")["change"]["before"]["name"] = "/app"

    found = ending(edit)

    assert found.verdict is Verdict.BLOCKED
    assert Danger.DATA_LOSS in {it.danger for it in found.findings}


@pytest.mark.parametrize("wrong", [["a"], {"a": "b"}, 7, True, None])
def test_no_form_of_a_value_is_a_fault(wrong: object) -> None:
    def edit(items: Items) -> None:
        for it in items:
            before = it["change"].get("before")
            if isinstance(before, dict) and it["change"]["actions"] == ["delete"]:
                it["change"]["before"] = dict.fromkeys(before, wrong)

    assert ending(edit).verdict is not Verdict.SAFE


def database_over(edit: Callable[[Items], None] = lambda _: None) -> Review:
    """The review of the plan by which one of two databases leaves the file, edited."""
    document = json.loads(text("database-over"))
    edit(document["resource_changes"])
    return review(read_plan(json.dumps(document)), environment="dev", block=BLOCKING)


def test_the_end_of_one_database_of_several_is_told_once_by_its_task() -> None:
    found = database_over()

    assert found.verdict is Verdict.SECOND_REVIEWER
    [(change, danger, told)] = [
        (it.change, it.danger, it.effect.text().partition(":")[0]) for it in found.findings
    ]
    assert (change.type, danger) == ("aws_dms_replication_task", Danger.IRREVERSIBLE)
    assert told == "A database is carried no more"


def another_task_uses_its_target(items: Items) -> None:
    before = of(items, "aws_dms_replication_task", "task-all")["change"]["after"]
    before["target_endpoint_arn"] = of(items, "aws_dms_endpoint", "crm-target")["change"]["before"][
        "endpoint_arn"
    ]


def its_source_stays(items: Items) -> None:
    change = of(items, "aws_dms_endpoint", "crm-source")["change"]
    change["actions"], change["after"] = ["no-op"], change["before"]


def its_task_moves_to_another_source(items: Items) -> None:
    moved = of(items, "aws_dms_replication_task", "task-of-2")
    before = moved["change"]["before"]
    of_app = of(items, "aws_dms_replication_task", "task-all")["change"]["after"]
    moved["change"] |= {
        "actions": ["delete", "create"],
        "after": before | {"source_endpoint_arn": of_app["source_endpoint_arn"]},
    }


def the_instance_is_replaced(items: Items) -> None:
    of(items, "aws_dms_replication_instance")["change"]["actions"] = ["delete", "create"]


def no_other_task_is_left(items: Items) -> None:
    items.remove(of(items, "aws_dms_replication_task", "task-all"))


def it_goes_by_hand(items: Items) -> None:
    of(items, "aws_dms_replication_task", "task-of-2").pop("action_reason")


@pytest.mark.parametrize(
    "edit",
    [
        another_task_uses_its_target,
        its_source_stays,
        its_task_moves_to_another_source,
        the_instance_is_replaced,
        no_other_task_is_left,
        it_goes_by_hand,
    ],
)
def test_what_is_lost_of_a_database_that_is_still_carried_is_blocked(
    edit: Callable[[Items], None],
) -> None:
    found = database_over(edit)

    assert found.verdict is Verdict.BLOCKED
    assert Danger.REPLICATION_LOSS in {it.danger for it in found.findings}

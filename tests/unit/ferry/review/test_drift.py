"""What was changed outside Terraform: judged where the plan leaves it so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger, Plan, Verdict, masked, read_plan, review
from ferry.review.rules.explained import Explained
from tests.unit.ferry.review.plans import (
    BLOCKING,
    change,
    dangers,
    effects,
    plan_text,
    reviewed,
    stays,
    update,
)

if TYPE_CHECKING:
    from ferry.review import Review
    from ferry.review.plan.plan import Change

LEFT = "Changed outside Terraform, and this plan leaves it so: "
DOES = "Changed outside Terraform, and this plan leaves it so. What such a change does: "
GROUP = "aws_security_group"
WORLD = {
    "cidr_blocks": ["0.0.0.0/0"], "description": "", "from_port": 5432, "to_port": 5432,
    "ipv6_cidr_blocks": [], "prefix_list_ids": [], "protocol": "tcp", "security_groups": [],
    "self": False,
}  # fmt: skip


def drifted(*drift: dict[str, Any], changes: tuple[dict[str, Any], ...] = ()) -> Review:
    """The review of a plan with drift; what is masked before is reviewed alike."""
    text = plan_text(*changes, resource_drift=list(drift))
    found = review(read_plan(text), environment="dev", block=BLOCKING)
    again = review(read_plan(masked(text)), environment="dev", block=BLOCKING)
    assert again.verdict is found.verdict
    assert effects(again) == effects(found)
    return found


@pytest.mark.parametrize(
    ("type_", "danger", "lost"),
    [
        ("aws_rds_cluster", Danger.DATA_LOSS, "Its data is gone, but for snapshots"),
        ("aws_kms_key", Danger.DATA_LOSS, "What it encrypts cannot be read, and never again once"),
        ("aws_secretsmanager_secret", Danger.REPLICATION_STOP, "Whoever reads it, DMS among them,"),
        ("aws_dms_replication_task", Danger.REPLICATION_LOSS, "Its position is gone: a new one"),
        ("aws_dms_endpoint", Danger.REPLICATION_LOSS, "The tasks that used it are gone with it,"),
        ("aws_dms_replication_instance", Danger.REPLICATION_LOSS, "Its tasks are gone with it, and"),
    ],
)  # fmt: skip
def test_what_was_deleted_is_lost_whether_it_is_made_anew_or_not(
    type_: str, danger: Danger, lost: str
) -> None:
    gone = change(type_, "delete", {"id": "x"})
    found = drifted(gone)
    (effect,) = effects(found)
    assert effect.startswith(f"It was deleted outside Terraform, and is let go of. {lost} ")
    assert dangers(found) == {danger}

    anew = drifted(gone, changes=(change(type_, "create", None, {}),))
    assert danger in dangers(anew)
    says = f"It was deleted outside Terraform, and is made anew. {lost} "
    if type_ == "aws_rds_cluster":  # told where it is made, with what it is made from
        says = "The cluster was deleted outside Terraform. The new one is empty."
    assert [it for it in effects(anew) if it.startswith(says)]
    assert anew.judgement.outside == {f"{type_}.it"}


def test_what_was_deleted_and_is_let_go_of_is_judged_as_if_it_were_destroyed() -> None:
    gone = change("aws_sns_topic_subscription", "delete", {"endpoint": "a@example.org"})
    (effect,) = effects(drifted(gone))
    assert effect.startswith("Deleted outside Terraform, and Terraform lets go of it: ")


def test_what_was_deleted_and_is_made_anew_is_judged_as_if_it_were_replaced() -> None:
    gone = change("aws_cloudwatch_log_group", "delete", {"name": "x"})
    new = change("aws_cloudwatch_log_group", "create", None, {"name": "x"})
    found = drifted(gone, changes=(new,))
    assert found.judgement.outside == {"aws_cloudwatch_log_group.it"}
    assert (
        "Deleted outside Terraform, and made anew: The log and all that it holds are deleted."
        in (effects(found))
    )


def test_an_alarm_that_was_deleted_and_is_made_anew_is_mended() -> None:
    gone = change("aws_cloudwatch_metric_alarm", "delete", {"alarm_name": "x"})
    new = change("aws_cloudwatch_metric_alarm", "create", None, {"alarm_name": "x"})
    assert drifted(gone, changes=(new,)).judgement.outside == set()


def test_what_was_opened_is_told_where_the_plan_leaves_it_open() -> None:
    opened = update(GROUP, {"id": "sg-1", "ingress": []}, ingress=[WORLD])
    found = drifted(opened, changes=(stays(GROUP, id="sg-1", ingress=[WORLD]),))
    assert Danger.PUBLIC_REACH in dangers(found)
    assert all(it.startswith(LEFT) for it in effects(found))
    assert found.verdict is Verdict.BLOCKED
    assert found.judgement.outside == {f"{GROUP}.it"}


def test_a_plan_that_only_refreshes_is_judged_by_its_drift() -> None:
    """Such a plan has no changes. Seen with Terraform 1.11."""
    document = {
        "format_version": "1.2",
        "planned_values": {"root_module": {}},
        "resource_drift": [update(GROUP, {"id": "sg-1", "ingress": []}, ingress=[WORLD])],
        "prior_state": {"values": {"root_module": {"resources": [
            {"address": f"{GROUP}.it", "mode": "managed", "type": GROUP, "name": "it",
             "values": {"id": "sg-1", "ingress": [WORLD]}},
        ]}}},
        "applyable": True,
    }  # fmt: skip
    found = review(read_plan(json.dumps(document)), environment="dev", block=BLOCKING)
    assert found.verdict is Verdict.BLOCKED
    assert Danger.PUBLIC_REACH in dangers(found)


def test_what_the_plan_takes_back_is_no_danger() -> None:
    """Blocked, the plan that closes what somebody opened could not be applied."""
    opened = update(GROUP, {"id": "sg-1", "ingress": []}, ingress=[WORLD])
    closes = update(GROUP, {"id": "sg-1", "ingress": [WORLD]}, ingress=[])
    found = drifted(opened, changes=(closes,))
    assert Danger.PUBLIC_REACH not in dangers(found)
    assert found.judgement.outside == set()


HALF = "Changed outside Terraform, and this plan takes back a part only. What such a change does: "
CLUSTER = "aws_rds_cluster"
DAYS = "backup_retention_period"


@pytest.mark.parametrize(
    ("planned", "says"),
    [
        (2, [f"{HALF}The backups that are older than 2 days go, where 7 days were kept."]),
        (1, [f"{DOES}The backups that are older than 1 day go, where 7 days were kept."]),
        (7, []),
        (14, []),
    ],
)
def test_what_the_plan_takes_back_in_part_is_judged_by_what_the_last_run_left(
    planned: int, says: list[str]
) -> None:
    """It was 7 and was found at 1: by that alone, 2 is more."""
    found = drifted(
        update(CLUSTER, {DAYS: 7}, **{DAYS: 1}),
        changes=(update(CLUSTER, {DAYS: 1}, **{DAYS: planned}),),
    )
    assert [it for it in effects(found) if it.startswith("Changed outside")] == says
    assert found.judgement.outside == ({f"{CLUSTER}.it"} if says else set())


def test_of_two_attributes_each_is_told_as_the_plan_has_it() -> None:
    before = {DAYS: 7, "deletion_protection": True}
    found = drifted(
        update(CLUSTER, before, **{DAYS: 1, "deletion_protection": False}),
        changes=(update(CLUSTER, {DAYS: 1, "deletion_protection": False}, **{DAYS: 2}),),
    )
    assert sorted(it.startswith(HALF) for it in effects(found)) == [False, True]


def test_what_took_a_moment_is_told_too() -> None:
    """The restart is over; that the instance has another class is not."""
    grown = update("aws_rds_cluster_instance", {"instance_class": "a"}, instance_class="b")
    found = drifted(grown)
    (effect,) = effects(found)
    assert effect.startswith(DOES)
    assert [it.remedy.text() for it in found.findings] == [""]  # it is too late to do that before


def test_what_happened_and_is_not_over_is_told() -> None:
    off = update("aws_kms_key", {"is_enabled": True}, is_enabled=False)
    assert effects(drifted(off)) == [
        f"{DOES}A disabled key decrypts nothing: Aurora stops the cluster, DMS and the secrets fail."
    ]


def selects(*tables: str) -> str:
    return json.dumps(
        {
            "rules": [
                {
                    "rule-type": "selection", "rule-id": str(number), "rule-name": str(number),
                    "rule-action": "include",
                    "object-locator": {"schema-name": "public", "table-name": table},
                }
                for number, table in enumerate(tables)
            ]
        }
    )  # fmt: skip


TASK = {
    "replication_task_id": "t", "replication_task_arn": "arn:aws:dms:eu-central-1:111122223333:task:t",
    "target_endpoint_arn": "arn:aws:dms:eu-central-1:111122223333:endpoint:b",
    "source_endpoint_arn": "arn:aws:dms:eu-central-1:111122223333:endpoint:a",
    "status": "running", "start_replication_task": False,
}  # fmt: skip


def test_it_is_not_this_plan_that_stops_a_task_which_somebody_changed() -> None:
    tables = {"table_mappings": selects("orders")}
    changed = update(
        "aws_dms_replication_task", {**TASK, **tables}, table_mappings=selects("bills")
    )
    found = drifted(changed)
    (effect,) = effects(found)
    assert effect == (
        f"{LEFT}DMS changes a task only while it does not run: it may not have been resumed. From now on "
        "it carries public.bills. It no longer carries public.orders. Tables that are added are loaded "
        "only by a reload; what was copied stays."
    )
    assert [it.remedy.text() for it in found.findings] == [
        "Look whether it runs, and resume it if not: resume-processing."
    ]
    settings = {"replication_task_settings": json.dumps({"Logging": {"EnableLogging": True}})}
    same = json.dumps({"Logging": {"EnableLogging": True, "LogComponents": []}})
    marked = update(
        "aws_dms_replication_task", {**TASK, **settings}, replication_task_settings=same
    )
    assert effects(drifted(marked))[0] == (
        f"{LEFT}DMS changes a task only while it does not run: it may not have been resumed."
    )


def test_what_dms_took_it_does_not_refuse() -> None:
    endpoint = {
        "endpoint_arn": TASK["source_endpoint_arn"],
        "endpoint_type": "source",
        "port": 5432,
    }
    found = drifted(
        update("aws_dms_endpoint", endpoint, port=5433),
        changes=(stays("aws_dms_replication_task", **TASK),),
    )
    assert dangers(found) == {Danger.REPLICATION_STOP}
    (effect,) = effects(found)
    assert effect.startswith(f"{DOES}DMS connects in another way from now on.")


def test_what_aws_took_and_should_refuse_is_unclear() -> None:
    actions = [f"arn:aws:sns:eu-central-1:111122223333:{it}" for it in range(6)]
    alarm = {"alarm_name": "a", "alarm_actions": actions[:5]}
    found = drifted(update("aws_cloudwatch_metric_alarm", alarm, alarm_actions=actions))
    assert Danger.REFUSED not in dangers(found)
    assert (
        "Changed outside Terraform, and this plan leaves it so. AWS took what it should refuse: "
        "CloudWatch refuses an alarm that tells more than 5 in one state."
    ) in effects(found)


def test_a_type_that_no_rule_knows_cannot_be_judged() -> None:
    found = drifted(update("unheard_of", {"a": 1}, a=2))
    assert found.verdict is Verdict.NOT_JUDGED
    (doubt,) = found.judgement.doubts
    assert doubt.why == ("It was changed outside Terraform. No rule knows this type of resource.")


ROLE = {"name": "r", "id": "r", "managed_policy_arns": [], "inline_policy": []}
ATTACHED = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]})
RULE = {
    "security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 5432, "to_port": 5432,
    "cidr_ipv4": "0.0.0.0/0", "description": "another",
}  # fmt: skip
ADDRESS = {"id": "rtb-1", "network_interface": "", "association_id": "", "private_ip": "",
           "private_dns": None}  # fmt: skip
ROUTE = {"cidr_block": "0.0.0.0/0", "ipv6_cidr_block": "", "nat_gateway_id": "nat-1"}
TOPIC = {"arn": "arn:aws:sns:eu-central-1:111122223333:t", "policy": "{}"}


@pytest.mark.parametrize(
    ("drift", "by"),
    [
        (update("aws_iam_role", ROLE, managed_policy_arns=[ATTACHED]),
         stays("aws_iam_role_policy_attachment", role="r", policy_arn=ATTACHED)),
        (update("aws_iam_role", ROLE, inline_policy=[{"name": "p", "policy": POLICY}]),
         stays("aws_iam_role_policy", role="r", name="p", policy=POLICY.replace(" ", ""))),
        (update(GROUP, {"id": "sg-1", "ingress": []}, ingress=[WORLD]),
         stays("aws_vpc_security_group_ingress_rule", **RULE)),
        (update(GROUP, {"id": "sg-1", "egress": []}, egress=[WORLD]),
         stays("aws_vpc_security_group_egress_rule", **RULE)),
        (update("aws_route_table", {"id": "rtb-1", "route": []}, route=[ROUTE]),
         stays("aws_route", route_table_id="rtb-1", destination_cidr_block="0.0.0.0/0",
               nat_gateway_id="nat-1")),
        (update("aws_route_table", {"id": "rtb-1", "propagating_vgws": []},
                propagating_vgws=["vgw-1"]),
         stays("aws_vpn_gateway_route_propagation", route_table_id="rtb-1",
               vpn_gateway_id="vgw-1")),
        (update("aws_rds_cluster", {"id": "rtb-1", "iam_roles": []}, iam_roles=["arn"]),
         stays("aws_rds_cluster_role_association", db_cluster_identifier="rtb-1", role_arn="arn")),
        (update("aws_rds_cluster", {"id": "rtb-1", "cluster_members": []}, cluster_members=["i"]),
         stays("aws_rds_cluster_instance", cluster_identifier="rtb-1", identifier="i")),
        (update("aws_eip", ADDRESS, network_interface="eni-1", association_id="eipassoc-1",
                private_ip="10.0.0.7", private_dns="ip-10-0-0-7.eu-central-1.compute.internal"),
         stays("aws_nat_gateway", allocation_id="rtb-1", network_interface_id="eni-1",
               association_id="eipassoc-1", private_ip="10.0.0.7")),
        (update("aws_sns_topic", TOPIC, policy=POLICY),
         stays("aws_sns_topic_policy", arn=TOPIC["arn"], policy=POLICY)),
    ],
)  # fmt: skip
def test_what_the_plan_s_own_resources_made_is_no_drift(
    drift: dict[str, Any], by: dict[str, Any]
) -> None:
    """The first plan after a deployment has all of these. Without that resource it is drift."""
    assert drifted(drift, changes=(by,)).judgement.outside == set()
    other = json.loads(
        json.dumps(by).replace("sg-1", "sg-2").replace("rtb-1", "rtb-2")
        .replace('"role": "r"', '"role": "s"').replace("3333:t", "3333:u")
    )  # fmt: skip
    assert drifted(drift, changes=(other,)).judgement.outside == {drift["address"]}


def test_a_policy_found_wider_at_its_role_too_is_told() -> None:
    """Role and policy are found changed together: the one is no reason for the other."""
    wide = POLICY.replace("logs:*", "*")
    narrow = {"role": "r", "name": "p", "policy": POLICY, "id": "r:p"}
    shows = {**ROLE, "inline_policy": [{"name": "p", "policy": POLICY}]}
    found = drifted(
        update("aws_iam_role", shows, inline_policy=[{"name": "p", "policy": wide}]),
        update("aws_iam_role_policy", narrow, policy=wide),
        changes=(
            stays("aws_iam_role", **{**ROLE, "inline_policy": [{"name": "p", "policy": wide}]}),
            stays("aws_iam_role_policy", **{**narrow, "policy": wide}),
        ),
    )
    assert f"{LEFT}A statement allows everything on everything." in effects(found)


def test_what_made_it_is_sorted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked for again for each role, ten thousand of them would take minutes."""
    asked: list[tuple[str, ...]] = []
    of = Plan.of

    def noted(plan: Plan, *types: str) -> list[Change]:
        asked.append(types)
        return of(plan, *types)

    monkeypatch.setattr(Plan, "of", noted)
    roles = [
        update("aws_iam_role", {**ROLE, "name": f"r{n}"}, managed_policy_arns=[ATTACHED])
        | {"address": f"aws_iam_role.r{n}"}
        for n in range(9)
    ]
    explained = Explained(read_plan(plan_text(resource_drift=roles)))
    for role in read_plan(plan_text(*roles)).changes:
        assert not explained.is_made(role, "managed_policy_arns")
    assert asked == [("aws_iam_role_policy_attachment",)]


def test_what_is_gone_is_drift_whatever_else_was_made() -> None:
    before = {**ROLE, "managed_policy_arns": ["arn:aws:iam::aws:policy/another"]}
    drift = update("aws_iam_role", before, managed_policy_arns=[ATTACHED])
    by = stays("aws_iam_role_policy_attachment", role="r", policy_arn=ATTACHED)
    assert drifted(drift, changes=(by,)).judgement.outside == {"aws_iam_role.it"}


def test_a_policy_from_which_a_statement_was_taken_is_drift() -> None:
    whole = {"Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"},
                           {"Effect": "Deny", "Action": "sns:*", "Resource": "*"}]}  # fmt: skip
    part = {"Statement": whole["Statement"][:1]}
    drift = update("aws_sns_topic", TOPIC, policy=json.dumps(part))
    by = stays("aws_sns_topic_policy", arn=TOPIC["arn"], policy=json.dumps(whole))
    assert drifted(drift, changes=(by,)).judgement.outside == {"aws_sns_topic.it"}


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("fail", "Terraform's check fails: not ready"),
        ("error", "Terraform's check could not be made: not ready"),
        ("unknown", "Terraform makes this check only during apply: not ready"),
        ("new", "Terraform's check has a result that this review does not know: not ready"),
    ],
)
def test_a_check_that_did_not_pass_is_told(status: str, says: str) -> None:
    name = {"to_display": "check.source"}
    one = {"address": name, "status": status, "problems": [{"message": "not ready"}]}
    found = reviewed(checks=[{"address": name, "status": status, "instances": [one]}])
    assert found.verdict is Verdict.SECOND_REVIEWER
    (finding,) = found.findings
    assert (finding.change.place, finding.effect.text()) == ("check.source", says)


def test_a_check_s_message_shows_no_secret() -> None:
    name = {"to_display": "check.source"}
    one = {"address": name, "status": "fail", "problems": [{"message": "it is canary-secret"}]}
    found = reviewed(
        stays("aws_eip", x="canary-secret") | {"change": {
            "actions": ["no-op"], "before": {"x": "canary-secret"}, "after": {"x": "canary-secret"},
            "before_sensitive": {"x": True}, "after_sensitive": {"x": True},
        }},
        checks=[{"address": name, "status": "fail", "instances": [one]}],
    )  # fmt: skip
    assert effects(found) == ["Terraform's check fails: it is (sensitive)"]

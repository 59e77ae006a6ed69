"""The plans that are recorded for the unit tests of `ferry review`: each fires as many rules as it can.

A rule of an attribute needs a plan that changes it. What the stacks never set is set here, for the
table of rules knows it as well.
"""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from harness.deployment import synthesize
from tests.aurora_alone import aurora_alone
from tests.several_databases import with_databases
from tests.terraform.checkout import check_out
from tests.terraform.copies import STACK
from tests.terraform.edits import every, of, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.terraform.edits import Stack, StackEdit

_KEY = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
_TOPIC = "arn:aws:sns:eu-central-1:111122223333:another"
_ROLE = "arn:aws:iam::111122223333:role/another"
_CLUSTER = "aws_rds_cluster"
_INSTANCE = "aws_rds_cluster_instance"
_REPLICATION = "aws_dms_replication_instance"
_ENDPOINT = "aws_dms_endpoint"
_TASK = "aws_dms_replication_task"
_SECRET = "aws_secretsmanager_secret"
_VERSION = "aws_secretsmanager_secret_version"
_NETWORK = ("aws_eip", "aws_internet_gateway", "aws_nat_gateway", "aws_route", "aws_route_table",
            "aws_route_table_association", "aws_vpc_endpoint")

_OF_A_ROUTE = ("carrier_gateway_id", "cidr_block", "core_network_arn", "destination_prefix_list_id",
               "egress_only_gateway_id", "gateway_id", "ipv6_cidr_block", "local_gateway_id",
               "nat_gateway_id", "network_interface_id", "transit_gateway_id", "vpc_endpoint_id",
               "vpc_peering_connection_id")
"""The attributes of a route in a route table, which Terraform's JSON wants all."""


EVERY_TYPE: Final = ("*",)
"""In a recording, all that is in the stack."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """A plan to record.

    Args:
        name: The file's name.
        base: The environment whose stack is changed.
        edit: The change that is planned.
        first: A change that is applied beforehand, for what is not there otherwise; none by default.
        applied: The types of the resources that ``first`` is applied to.
        state: A change of the state, such as another hand makes; none by default.
        tainted: A type whose resource is tainted; none by default.
        refreshed: The types whose resources Terraform looks at in AWS, which shows drift, and
            plans; by default it plans all and looks at none.
    """

    name: str
    base: str = "staging"
    edit: StackEdit
    first: StackEdit | None = None
    applied: tuple[str, ...] = ()
    state: StackEdit | None = None
    tainted: str = ""
    refreshed: tuple[str, ...] = ()


def unprotected(stack: Stack) -> Stack:
    """A stack in which Terraform destroys what it is told to."""
    for bodies in stack["resource"].values():
        for body in bodies.values():
            body.get("lifecycle", {}).pop("prevent_destroy", None)
    return stack


def migration_over(stack: Stack) -> None:
    """Take [source] and [dms] out of staging's file."""
    _of_the_file("staging", aurora_alone, stack)


def another_database(stack: Stack) -> None:
    """Carry a second database of dev's source."""
    _of_the_file("dev", lambda text: with_databases(text, {"crm": "CRM-2019"}), stack)


def _of_the_file(name: str, edit: Callable[[str], str], stack: Stack) -> None:
    """Make a stack what it is with an edited file."""
    with tempfile.TemporaryDirectory() as temporary:
        project = check_out(Path(temporary) / "project")
        file = project / f"environments/{name}.toml"
        file.write_text(edit(file.read_text()))
        output = synthesize(Path(temporary), project=project, names=name)
        edited = json.loads((output / f"stacks/{name}" / STACK).read_text())
    stack.clear()
    stack.update(unprotected(edited))


def unchanged(_stack: Stack) -> None:
    """Leave the stack as it is."""


def cluster_in_place(stack: Stack) -> None:
    """Change of a cluster all that can be changed in place, each for the worse."""
    cluster = of(stack, _CLUSTER, "aurora/cluster")
    for name in ("master_password_wo", "master_password_wo_version", "final_snapshot_identifier"):
        del cluster[name]
    cluster.update(
        engine_version="15.10", port=5433, db_cluster_parameter_group_name="another",
        storage_type="aurora-iopt1", apply_immediately=True,
        preferred_maintenance_window="mon:03:00-mon:04:00", deletion_protection=False,
        skip_final_snapshot=True, backup_retention_period=1, manage_master_user_password=True,
        iam_database_authentication_enabled=False, vpc_security_group_ids=["sg-0123456789abcdef0"],
        iam_roles=[_ROLE], enable_http_endpoint=True, enabled_cloudwatch_logs_exports=[],
        performance_insights_enabled=False, allow_major_version_upgrade=True,
        copy_tags_to_snapshot=False,
        serverlessv2_scaling_configuration={"min_capacity": 0.5, "max_capacity": 2},
    )


def instances_in_place(stack: Stack) -> None:
    """Change of the instances all that can be changed in place, each for the worse."""
    for instance in every(stack, _INSTANCE):
        instance.update(
            instance_class="db.r6g.xlarge", engine_version="15.10",
            ca_cert_identifier="rds-ca-ecc384-g1", db_parameter_group_name="another",
            apply_immediately=True, preferred_maintenance_window="mon:03:00-mon:04:00",
            publicly_accessible=True, auto_minor_version_upgrade=True, monitoring_interval=0,
            performance_insights_enabled=False, promotion_tier=5,
        )


def other_way_round(stack: Stack) -> None:
    """Change what is harmless in one direction in that direction."""
    of(stack, _CLUSTER, "aurora/cluster").update(
        backup_retention_period=14, preferred_backup_window="22:00-22:30")
    of(stack, _VERSION, "master-credentials/version")["secret_string_wo_version"] = 2
    of(stack, "aws_rds_cluster_parameter_group", "aurora/parameters/cluster")["parameter"].append(
        {"name": "work_mem", "value": "16384", "apply_method": "immediate"})
    of(stack, "aws_kms_key", "key/key").update(deletion_window_in_days=30)
    of(stack, _SECRET, "target-secret/secret").update(
        recovery_window_in_days=30, description="Another")
    for instance in every(stack, _INSTANCE):
        instance.update(performance_insights_retention_period=31, monitoring_interval=30)
    every(stack, "aws_cloudwatch_metric_alarm")[0]["threshold"] = 60
    for kind in ("aws_db_event_subscription", "aws_dms_event_subscription",
                 "aws_sns_topic", "aws_flow_log", "aws_vpc", "aws_subnet", "aws_route_table",
                 "aws_vpc_endpoint", "aws_security_group", "aws_eip", "aws_internet_gateway",
                 "aws_nat_gateway", "aws_iam_role", "aws_db_subnet_group", _ENDPOINT, _TASK,
                 "aws_dms_replication_subnet_group", _REPLICATION, "aws_cloudwatch_log_group"):
        body = every(stack, kind)[0]
        body["tags"] = {**body.get("tags", {}), "team": "payments"}


def cluster_replaced(stack: Stack) -> None:
    """Give the cluster, and the replication instance, another name."""
    of(stack, _CLUSTER, "aurora/cluster")["cluster_identifier"] = "another"
    of(stack, _REPLICATION, "replication/instance").update(
        replication_instance_id="another", publicly_accessible=True)


def replication_in_place(stack: Stack) -> None:
    """Change of DMS all that can be changed in place, each for the worse; Aurora goes major."""
    of(stack, _CLUSTER, "aurora/cluster")["engine_version"] = "16.6"
    of(stack, _REPLICATION, "replication/instance").update(
        replication_instance_class="dms.c5.xlarge", engine_version="3.6.1", allocated_storage=200,
        multi_az=False, vpc_security_group_ids=["sg-0123456789abcdef0"], network_type="DUAL",
        auto_minor_version_upgrade=True, apply_immediately=True,
        preferred_maintenance_window="mon:05:00-mon:06:00")
    source = of(stack, _ENDPOINT, "source/endpoint")
    del source["lifecycle"]
    source.update(ssl_mode="verify-ca", postgres_settings={"execute_timeout": 90},
                  pause_replication_tasks=True)
    task = of(stack, _TASK, "task-all/task")
    task.update(migration_type="cdc", start_replication_task=True,
                table_mappings=task["table_mappings"].replace("audit_%", "log_%"),
                replication_task_settings=task["replication_task_settings"].replace(
                    "DO_NOTHING", "DROP_AND_CREATE"))


def tasks_made_anew(stack: Stack) -> None:
    """Replace a task, make one that nothing watches, and go back to older versions."""
    of(stack, _CLUSTER, "aurora/cluster")["engine_version"] = "15.7"
    of(stack, _REPLICATION, "replication/instance").update(
        engine_version="3.5.3", allocated_storage=50)
    task = of(stack, _TASK, "task-all/task")
    another = json.loads(json.dumps(task).replace("-all", "-another"))
    another.update(start_replication_task=True,
                   replication_task_settings=task["replication_task_settings"].replace(
                       "DO_NOTHING", "TRUNCATE_BEFORE_LOAD"))
    stack["resource"][_TASK]["task-another_task_0123ABCD"] = another
    task["replication_task_id"] = task["resource_identifier"] = "aurora-ferry-staging-every"


def keys_and_roles(stack: Stack) -> None:
    """Change keys, secrets, roles and policies, each for the worse."""
    of(stack, "aws_kms_key", "key/key").update(
        is_enabled=False, enable_key_rotation=False, bypass_policy_lockout_safety_check=True)
    for secret in every(stack, _SECRET):
        secret.update(kms_key_id=_KEY, replica=[{"region": "eu-west-1"}])
    for role in every(stack, "aws_iam_role"):
        trust = json.loads(role["assume_role_policy"])
        trust["Statement"].append({"Effect": "Allow", "Principal": {"AWS": "*"},
                                   "Action": "sts:AssumeRole"})
        role.update(permissions_boundary="arn:aws:iam::aws:policy/PowerUserAccess",
                    assume_role_policy=json.dumps(trust), max_session_duration=43200)
    of(stack, "aws_iam_role", "secret-access/role").update(
        managed_policy_arns=["arn:aws:iam::aws:policy/AdministratorAccess"],
        inline_policy=[{"name": "all", "policy": json.dumps(
            {"Version": "2012-10-17",
             "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})}])
    of(stack, "aws_iam_role_policy_attachment", "aurora/monitoring-role/policy")["policy_arn"] = (
        "arn:aws:iam::aws:policy/AdministratorAccess")


def network_in_place(stack: Stack) -> None:
    """Change of the network all that can be changed in place, each for the worse."""
    of(stack, "aws_vpc", "network/vpc").update(
        enable_dns_support=False, enable_dns_hostnames=False,
        assign_generated_ipv6_cidr_block=True)
    for number, subnet in enumerate(every(stack, "aws_subnet")):
        subnet.update(map_public_ip_on_launch=True, assign_ipv6_address_on_creation=True,
                      ipv6_cidr_block=f"2001:db8:1234:1a{number:02}::/64")
    associations = every(stack, "aws_route_table_association")
    for association in associations:
        association["route_table_id"] = "rtb-0123456789abcdef0"
    of(stack, "aws_route_table", "network/aurora-routes").update(
        route=[{**dict.fromkeys(_OF_A_ROUTE), "cidr_block": "0.0.0.0/0",
                "gateway_id": "igw-0123456789abcdef0"}],
        propagating_vgws=["vgw-0123456789abcdef0"])
    for route in every(stack, "aws_route"):
        route.pop("nat_gateway_id", None)
        route["gateway_id"] = "igw-0123456789abcdef0"
    of(stack, "aws_internet_gateway", "nat/internet-gateway")["vpc_id"] = "vpc-0123456789abcdef0"
    of(stack, "aws_vpc_endpoint", "secretsmanager/endpoint").update(
        security_group_ids=["sg-0123456789abcdef0"], subnet_ids=["subnet-0123456789abcdef0"],
        private_dns_enabled=False)
    rule = of(stack, "aws_vpc_security_group_ingress_rule", "security-groups/clients-to-aurora-in")
    del rule["referenced_security_group_id"]
    rule["cidr_ipv4"] = "0.0.0.0/0"
    for group in ("aws_db_subnet_group", "aws_dms_replication_subnet_group"):
        for body in every(stack, group):
            body["subnet_ids"] = body["subnet_ids"][:2]


def transit_gateway_elsewhere(stack: Stack) -> None:
    """Enter the transit gateway from one subnet."""
    for attachment in every(stack, "aws_ec2_transit_gateway_vpc_attachment"):
        attachment["subnet_ids"] = attachment["subnet_ids"][:1]


def transit_gateway_gone(stack: Stack) -> None:
    """Leave the transit gateway."""
    for kind in ("aws_route", "aws_ec2_transit_gateway_vpc_attachment"):
        without(stack, kind)


def network_gone(stack: Stack) -> None:
    """Take down what leads to the internet and to AWS."""
    for kind in _NETWORK:
        without(stack, kind)
    for kind in ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"):
        without(stack, kind)


def everything_gone(stack: Stack) -> None:
    """Leave nothing but the provider."""
    for part in set(stack) - {"//", "provider", "terraform"}:
        del stack[part]


def two_more_ways(stack: Stack) -> None:
    """Add a peering, and a VPN gateway whose routes are propagated."""
    vpc = next(f"${{aws_vpc.{name}.id}}" for name in stack["resource"]["aws_vpc"])
    table = next(f"${{aws_route_table.{name}.id}}" for name in stack["resource"]["aws_route_table"])
    gateway = "${aws_vpn_gateway.gateway.id}"
    stack["resource"] |= {
        "aws_vpc_peering_connection": {"peering": {"vpc_id": vpc, "peer_vpc_id":
                                                   "${aws_vpc.peer.id}"}},
        "aws_vpn_gateway": {"gateway": {}},
        "aws_vpn_gateway_attachment": {"attachment": {"vpc_id": vpc, "vpn_gateway_id": gateway}},
        "aws_vpn_gateway_route_propagation": {"propagation": {
            "route_table_id": table, "vpn_gateway_id": gateway}},
    }
    stack["resource"]["aws_vpc"]["peer"] = {"cidr_block": "10.99.0.0/16"}


def ways_gone(stack: Stack) -> None:
    """Keep nothing of them but the gateway, of which no rule knows."""
    two_more_ways(stack)
    for kind in ("aws_vpc_peering_connection", "aws_vpn_gateway_attachment",
                 "aws_vpn_gateway_route_propagation"):
        del stack["resource"][kind]


def alarms_and_events(stack: Stack) -> None:
    """Let nobody be told, in every way that there is, and keep less."""
    for alarm in every(stack, "aws_cloudwatch_metric_alarm"):
        alarm.update(actions_enabled=False, alarm_actions=[])
        if alarm["metric_name"] in {"DatabaseConnections", "FreeStorageSpace"}:
            alarm["threshold"] = 10**12
    for log in every(stack, "aws_cloudwatch_log_group"):
        log["retention_in_days"] = 7
    for topic in every(stack, "aws_sns_topic"):
        topic["kms_master_key_id"] = _KEY
    for subscription in every(stack, "aws_sns_topic_subscription"):
        subscription["filter_policy"] = json.dumps({"severity": ["high"]})
    for policy in every(stack, "aws_sns_topic_policy"):
        document = json.loads(policy["policy"])
        document["Statement"].append({"Effect": "Allow", "Principal": "*", "Action": "sns:Publish",
                                      "Resource": "*"})
        policy["policy"] = json.dumps(document)
    for kind, attribute in {"aws_db_event_subscription": "sns_topic",
                            "aws_dms_event_subscription": "sns_topic_arn"}.items():
        for events in every(stack, kind):
            events.update({attribute: _TOPIC, "enabled": False,
                           "event_categories": events["event_categories"][:1]})
    for log in every(stack, "aws_cloudwatch_log_group"):
        log.pop("kms_key_id", None)
    of(stack, "aws_rds_cluster_parameter_group", "aurora/parameters/cluster")["parameter"] = [
        {"name": "rds.force_ssl", "value": "0", "apply_method": "immediate"},
        {"name": "max_connections", "value": "500", "apply_method": "immediate"}]


def other_events(stack: Stack) -> None:
    """Tell of events of other things and of another kind, and carry messages in the clear."""
    of(stack, "aws_db_event_subscription", "events/aurora-cluster").update(
        source_type="db-instance", event_categories=["failure"], source_ids=[])
    of(stack, "aws_dms_event_subscription", "events/dms-instance").update(
        source_type="replication-task")
    of(stack, "aws_dms_event_subscription", "events/dms-task-all").update(source_ids=["another"])
    for topic in every(stack, "aws_sns_topic"):
        del topic["kms_master_key_id"]
        topic["signature_version"] = 2


def watched_no_more(stack: Stack) -> None:
    """Remove alarms, receivers and events."""
    for kind in ("aws_cloudwatch_metric_alarm", "aws_sns_topic_subscription",
                 "aws_db_event_subscription"):
        without(stack, kind)


def well_kept(stack: Stack) -> None:
    """Leave as much as there can be to rescue what is deleted."""
    of(stack, "aws_kms_key", "key/key")["deletion_window_in_days"] = 30
    for secret in every(stack, _SECRET):
        secret["recovery_window_in_days"] = 30
    for version in every(stack, _VERSION):
        version["version_stages"] = ["AWSCURRENT", "ANOTHER"]
    of(stack, _CLUSTER, "aurora/cluster").update(
        delete_automated_backups=False, database_insights_mode="advanced",
        serverlessv2_scaling_configuration={"min_capacity": 2, "max_capacity": 16})
    for body in (*every(stack, _CLUSTER), *every(stack, _INSTANCE)):
        body["performance_insights_retention_period"] = 465
    for instance in every(stack, _INSTANCE):
        instance["monitoring_interval"] = 1


def less_kept(stack: Stack) -> None:
    """Leave less; change what RDS takes when a cluster is made, and never later."""
    of(stack, "aws_kms_key", "key/key")["deletion_window_in_days"] = 7
    for secret in every(stack, _SECRET):
        secret["recovery_window_in_days"] = 7
    for version in every(stack, _VERSION):
        version["version_stages"] = []
    of(stack, _CLUSTER, "aurora/cluster").update(
        delete_automated_backups=True, database_insights_mode="standard",
        engine_lifecycle_support="open-source-rds-extended-support",
        serverlessv2_scaling_configuration={"min_capacity": 0, "max_capacity": 8})
    for body in (*every(stack, _CLUSTER), *every(stack, _INSTANCE)):
        body.update(performance_insights_kms_key_id=_KEY, performance_insights_retention_period=7)


def upgrade_sent_along(stack: Stack) -> None:
    """Change something else, at once, while an upgrade waits."""
    of(stack, _CLUSTER, "aurora/cluster").update(
        engine_version="15.10", apply_immediately=True, backup_retention_period=14)


def upgrade_waits(state: dict[str, Any]) -> None:
    """Have an upgrade wait for its window; local AWS makes each at once.

    The provider keeps the version that was asked for, and beside it the one that runs. Source:
    https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/rds/engine_version.go
    """
    for resource in state["resources"]:
        if resource["type"] == _CLUSTER:
            resource["instances"][0]["attributes"]["engine_version"] = "15.10"


def in_a_backup_plan(stack: Stack) -> None:
    """Give the topic the tag of a backup plan."""
    for topic in every(stack, "aws_sns_topic"):
        topic["tags"] = {"backup-plan": "daily"}


def less_protected(stack: Stack) -> None:
    """Take the topic out of the plan; make a log and a role that are protected less than the stacks'."""
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "dms.amazonaws.com"}}]}
    stack["resource"]["aws_cloudwatch_log_group"]["new"] = {"name": "new", "retention_in_days": 1}
    stack["resource"]["aws_iam_role"]["new"] = {
        "name": "new", "assume_role_policy": json.dumps(trust),
        "permissions_boundary": "arn:aws:iam::aws:policy/AdministratorAccess"}


def forgotten(stack: Stack) -> None:
    """Let go of the dashboard and leave it in AWS."""
    (name,) = stack["resource"].pop("aws_cloudwatch_dashboard")
    stack["removed"] = [{"from": f"aws_cloudwatch_dashboard.{name}",
                         "lifecycle": {"destroy": False}}]


def cluster_lost(state: dict[str, Any]) -> None:
    """Name a cluster that is not there, as after a deletion by hand."""
    for resource in state["resources"]:
        if resource["type"] == _CLUSTER:
            resource["instances"][0]["attributes"].update(
                id="aurora-ferry-deleted", cluster_identifier="aurora-ferry-deleted")


RECORDINGS: Final[tuple[Recording, ...]] = (
    Recording(name="cluster-in-place", edit=cluster_in_place),
    Recording(name="instances-in-place", edit=instances_in_place),
    Recording(name="less-kept", first=well_kept, edit=less_kept,
              applied=("aws_kms_key", _SECRET, _VERSION, _CLUSTER, _INSTANCE)),
    Recording(name="less-protected", first=in_a_backup_plan, edit=less_protected,
              applied=("aws_sns_topic",)),
    Recording(name="harmless", edit=other_way_round, refreshed=EVERY_TYPE),
    Recording(name="replaced", edit=cluster_replaced),
    Recording(name="dms-in-place-engine-major", edit=replication_in_place),
    Recording(name="tasks-made-anew-versions-down", edit=tasks_made_anew),
    Recording(name="keys-and-roles", edit=keys_and_roles),
    Recording(name="network-in-place", edit=network_in_place),
    Recording(name="network-gone", edit=network_gone),
    Recording(name="transit-gateway-elsewhere", base="prod", edit=transit_gateway_elsewhere),
    Recording(name="transit-gateway-gone", base="prod", edit=transit_gateway_gone),
    Recording(name="ways-new", edit=two_more_ways),
    Recording(name="ways-gone", first=two_more_ways, edit=ways_gone, applied=(
        "aws_vpc_peering_connection", "aws_vpn_gateway_attachment",
        "aws_vpn_gateway_route_propagation")),
    Recording(name="everything-gone", edit=everything_gone, refreshed=EVERY_TYPE),
    *(
        Recording(name=f"everything-new{suffix}", base=base, edit=unchanged,
                  state=lambda state: state.update(resources=[]))
        for base, suffix in {"staging": "", "dev": "-dev", "prod": "-prod"}.items()
    ),
    Recording(name="migration-over", edit=migration_over, refreshed=EVERY_TYPE),
    Recording(name="database-over", base="dev", first=another_database, edit=unchanged,
              applied=(_TASK,)),
    Recording(name="alarms-and-events", edit=alarms_and_events),
    Recording(name="other-events", edit=other_events),
    Recording(name="watched-no-more", edit=watched_no_more),
    Recording(name="upgrade-sent-along", edit=upgrade_sent_along, state=upgrade_waits),
    Recording(name="tainted-and-forgotten", edit=forgotten, tainted=_INSTANCE),
    Recording(name="cluster-lost", edit=unchanged, state=cluster_lost, refreshed=(_CLUSTER,)),
)

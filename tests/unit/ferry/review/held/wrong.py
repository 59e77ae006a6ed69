"""First deployments that lead to the wrong thing: our own, but another, or somebody else's."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import configuration, deployed
from tests.unit.ferry.review.held.edits import (
    NOTHING,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    Step,
    creates,
    part,
    policy,
    statements,
)
from tests.unit.ferry.review.held.first import recorded_steps, stack_text
from tests.unit.ferry.review.held.names import (
    AURORA_ASSOCIATION,
    AURORA_GROUP,
    AURORA_ROUTES,
    AURORA_SUBNETS,
    CLIENTS_GROUP,
    CLIENTS_IN,
    CLUSTER,
    CLUSTER_EVENTS,
    DMS_ASSOCIATION,
    DMS_GROUP,
    DMS_IN,
    DMS_OUT,
    DMS_ROLE,
    DMS_ROUTES,
    DMS_TO_INTERNET,
    FLOW_LOG,
    FLOW_LOGS_ROLE,
    INSTANCE_PARAMETERS,
    KEY,
    MASTER_SECRET,
    MONITORING_ROLE,
    NAT,
    OTHERS_GROUP,
    OTHERS_SUBNET,
    OTHERS_TABLE,
    OTHERS_VPC,
    PARAMETERS,
    POSTGRES_LOG,
    PUBLIC_ROUTES,
    PUBLIC_SUBNET,
    REPLICATION,
    SECRETS_ENDPOINT,
    SOURCE,
    SOURCE_SECRET_ARN,
    TARGET,
    TARGET_SECRET,
    TASK_EVENTS,
    TOPIC_POLICY,
    WRITER,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


def _address(name: str) -> str:
    return deployed()[name].address


def _refers(name: str, attribute: str, *to: str) -> Step:
    """The configuration, in which an attribute refers to something else, or to nothing."""
    found = deepcopy(configuration())
    [resource] = [it for it in found["root_module"]["resources"] if it["address"] == _address(name)]
    named = [text for it in to for text in (f"{_address(it)}.id", _address(it))]
    resource["expressions"][attribute] = {"references": named}
    return part("configuration", found)


def _held(name: str, of: str, why: str, more: tuple[Step, ...], /, **to: Json) -> Held:
    steps = [
        replace(it, to={**it.to, **to}) if it.name == _address(of) else it
        for it in recorded_steps()
    ]
    return Held(
        name=f"first-{name}",
        edit=[*steps, *more],
        expected=SECOND_OR_BLOCKED,
        why=why,
        of=NOTHING,
        stack_text=stack_text("staging"),
    )


def _says(name: str, of: str, why: str, /, **to: Json) -> Held:
    """Staging's first deployment, in which a resource says something else."""
    return _held(name, of, why, (), **to)


def _leads(name: str, of: str, why: str, attribute: str, /, *to: str, many: bool = False) -> Held:
    """Staging's first deployment, in which an attribute refers to another of the plan's things."""
    value = [UNKNOWN] if many else UNKNOWN
    return _held(name, of, why, (_refers(of, attribute, *to),), **{attribute: value})


_ADMINISTRATION: Final = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Resource": "*",
}
_GROUPS: Final = "vpc_security_group_ids"
_NOBODY: Final = "The secret, the source or Aurora is not reached."

ROWS: Final = (
    # Secrets
    _says(
        "target-has-the-sources-secret",
        TARGET,
        "DMS writes into the source.",
        secrets_manager_arn=SOURCE_SECRET_ARN,
    ),
    _leads(
        "source-has-the-targets-secret",
        SOURCE,
        "DMS reads Aurora and writes it to Aurora.",
        "secrets_manager_arn",
        TARGET_SECRET,
    ),
    _leads(
        "source-has-the-masters-secret",
        SOURCE,
        "DMS reads Aurora, or nothing.",
        "secrets_manager_arn",
        MASTER_SECRET,
    ),
    _leads(
        "target-signs-in-as-master",
        TARGET,
        "The master's secret names no host.",
        "secrets_manager_arn",
        MASTER_SECRET,
    ),
    # Roles
    _leads("flow-log-in-dms-role", FLOW_LOG, "It writes nothing.", "iam_role_arn", DMS_ROLE),
    _leads(
        "endpoint-in-monitorings-role",
        TARGET,
        "DMS reads no secret.",
        "secrets_manager_access_role_arn",
        MONITORING_ROLE,
    ),
    _leads(
        "instance-in-flow-logs-role",
        WRITER,
        "The operating system is not measured.",
        "monitoring_role_arn",
        FLOW_LOGS_ROLE,
    ),
    # Groups
    _leads("aurora-bears-clients-group", CLUSTER, "Nobody gets in.", _GROUPS, CLIENTS_GROUP),
    _leads("aurora-bears-dms-group", CLUSTER, "Nobody gets in.", _GROUPS, DMS_GROUP),
    _leads("dms-bears-clients-group", REPLICATION, _NOBODY, _GROUPS, CLIENTS_GROUP),
    _leads("dms-bears-auroras-group", REPLICATION, _NOBODY, _GROUPS, AURORA_GROUP),
    _leads(
        "endpoint-bears-auroras-group",
        SECRETS_ENDPOINT,
        _NOBODY,
        "security_group_ids",
        AURORA_GROUP,
    ),
    _says(
        "endpoint-bears-anothers-group",
        SECRETS_ENDPOINT,
        "Who reaches it somebody else says.",
        security_group_ids=[OTHERS_GROUP],
    ),
    _says("aurora-listens-elsewhere", CLUSTER, "Its group lets in at 5432.", port=6432),
    _says(
        "dms-in-by-another-port",
        DMS_IN,
        "DMS is not let in where Aurora listens.",
        from_port=5433,
        to_port=5433,
    ),
    _leads(
        "dms-out-to-itself",
        DMS_OUT,
        "DMS is not let out to Aurora.",
        "referenced_security_group_id",
        DMS_GROUP,
    ),
    _says(
        "company-into-aurora",
        CLIENTS_IN,
        "The whole company may connect.",
        referenced_security_group_id=None,
        cidr_ipv4="10.0.0.0/8",
    ),
    _says("clients-on-every-port", CLIENTS_IN, "One is needed.", from_port=0, to_port=65535),
    # Ways
    _held(
        "vpn-writes-routes",
        DMS_ROUTES,
        "Somebody's gateway says where DMS's traffic goes.",
        (_refers(DMS_ROUTES, "propagating_vgws"),),
        propagating_vgws=["vgw-0123456789abcdef0"],
    ),
    _says(
        "table-of-anothers",
        AURORA_ASSOCIATION,
        "Where Aurora's traffic goes somebody else says.",
        route_table_id=OTHERS_TABLE,
    ),
    _leads(
        "aurora-by-the-public-table",
        AURORA_ASSOCIATION,
        "Aurora's subnet has a way to the internet and back.",
        "route_table_id",
        PUBLIC_ROUTES,
    ),
    _leads(
        "dms-by-the-public-table",
        DMS_ASSOCIATION,
        "DMS's subnet has a way to the internet and back.",
        "route_table_id",
        PUBLIC_ROUTES,
    ),
    _leads(
        "aurora-in-a-public-subnet",
        AURORA_SUBNETS,
        "Instances stand where a gateway leads in.",
        "subnet_ids",
        PUBLIC_SUBNET,
        many=True,
    ),
    _says(
        "nat-private",
        NAT,
        "A private NAT gateway leads nowhere.",
        connectivity_type="private",
        allocation_id=None,
    ),
    _leads(
        "nat-in-auroras-subnet",
        NAT,
        "No gateway leads out of it.",
        "subnet_id",
        "aws_subnet.network_aurora-1",
    ),
    _leads(
        "aurora-gets-the-route-of-dms",
        DMS_TO_INTERNET,
        "Aurora's subnets get a way to the internet.",
        "route_table_id",
        AURORA_ROUTES,
    ),
    _leads(
        "dms-by-auroras-table",
        DMS_ASSOCIATION,
        "One of DMS's subnets has no way to the source.",
        "route_table_id",
        AURORA_ROUTES,
    ),
    _says(
        "another-database",
        TARGET,
        "Aurora has no such database.",
        database_name="other",
    ),
    _says(
        "another-clusters-log",
        POSTGRES_LOG,
        "RDS makes its own, without the key.",
        name="/aws/rds/cluster/aurora-ferry-prod/postgresql",
    ),
    _says("group-of-anothers-vpc", DMS_GROUP, "Nothing here can bear it.", vpc_id=OTHERS_VPC),
    _says("table-of-anothers-vpc", DMS_ROUTES, "No subnet here can have it.", vpc_id=OTHERS_VPC),
    # Policies
    _says(
        "topic-closed",
        TOPIC_POLICY,
        "Nobody may publish.",
        policy=statements({**_ADMINISTRATION, "Action": "sns:Subscribe"}),
    ),
    _says(
        "topic-closed-to-dms",
        TOPIC_POLICY,
        "DMS's events reach nobody.",
        policy=policy(TOPIC_POLICY, without=["DmsEvents"]),
    ),
    _says(
        "topic-denies-all",
        TOPIC_POLICY,
        "Nobody may publish.",
        policy=policy(
            TOPIC_POLICY,
            more=[{"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*"}],
        ),
    ),
    _says(
        "key-closed-to-logs",
        KEY,
        "No log group can be made with it.",
        policy=policy(KEY, without=["LogGroups"]),
    ),
    # What is watched
    _says(
        "alarm-of-another-cluster",
        WRITER_CPU,
        "This one is not watched.",
        dimensions={"DBClusterIdentifier": "aurora-ferry-prod", "Role": "WRITER"},
    ),
    _says(
        "events-of-another-cluster",
        CLUSTER_EVENTS,
        "This one's events are not told.",
        source_ids=["aurora-ferry-prod"],
    ),
    _says(
        "events-of-another-task",
        TASK_EVENTS,
        "This one's events are not told.",
        source_ids=["aurora-ferry-prod-orders"],
    ),
    # Parameter groups
    _says("group-of-another-family", PARAMETERS, "RDS refuses it.", family="aurora-postgresql16"),
    _says(
        "instances-group-of-another-family",
        INSTANCE_PARAMETERS,
        "RDS refuses it.",
        family="aurora-postgresql16",
    ),
)


def _quiet(name: str, why: str, /, **to: Json) -> Held:
    """An endpoint into the VPC that is there, by which only who names it goes."""
    made = creates(
        "aws_vpc_endpoint.more", like=SECRETS_ENDPOINT, **{"private_dns_enabled": False, **to}
    )
    return Held(name=f"quiet-endpoint-{name}", edit=[made], expected=SECOND_OR_BLOCKED, why=why)


_OPEN: Final = statements({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})
_SERVICES: Final = "com.amazonaws"

QUIET: Final = (
    _quiet(
        "to-s3",
        "Data leaves by it to whoever's bucket.",
        service_name=f"{_SERVICES}.eu-central-1.s3",
        policy=_OPEN,
    ),
    _quiet("to-lambda", "Data leaves by it.", service_name=f"{_SERVICES}.eu-central-1.lambda"),
    _quiet(
        "to-another-region",
        "No environment asks there.",
        service_name=f"{_SERVICES}.us-east-1.secretsmanager",
    ),
    _quiet("for-every-account", "Data leaves by it to whoever's secret.", policy=_OPEN),
    _quiet(
        "in-anothers-group", "Who reaches it somebody else says.", security_group_ids=[OTHERS_GROUP]
    ),
    _quiet("in-no-group", "Who reaches it the VPC's own group says.", security_group_ids=[]),
    _quiet("in-anothers-vpc", "It opens another network.", vpc_id=OTHERS_VPC),
    _quiet(
        "in-anothers-subnet",
        "It stands where somebody else's things do.",
        subnet_ids=[OTHERS_SUBNET],
    ),
)

"""First deployments that lead to the wrong thing: our own, but another, or somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    SECOND_OR_BLOCKED,
    Held,
    creates,
    policy,
    statements,
)
from tests.unit.ferry.review.held.first_edits import held, leads, refers, says
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


_ADMINISTRATION: Final = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Resource": "*",
}
_GROUPS: Final = "vpc_security_group_ids"
_NOBODY: Final = "The secret, the source or Aurora is not reached."

ROWS: Final = (
    # Secrets
    says(
        "target-has-the-sources-secret",
        TARGET,
        "DMS writes into the source.",
        secrets_manager_arn=SOURCE_SECRET_ARN,
    ),
    leads(
        "source-has-the-targets-secret",
        SOURCE,
        "DMS reads Aurora and writes it to Aurora.",
        "secrets_manager_arn",
        TARGET_SECRET,
    ),
    leads(
        "source-has-the-masters-secret",
        SOURCE,
        "DMS reads Aurora, or nothing.",
        "secrets_manager_arn",
        MASTER_SECRET,
    ),
    leads(
        "target-signs-in-as-master",
        TARGET,
        "The master's secret names no host.",
        "secrets_manager_arn",
        MASTER_SECRET,
    ),
    # Roles
    leads("flow-log-in-dms-role", FLOW_LOG, "It writes nothing.", "iam_role_arn", DMS_ROLE),
    leads(
        "endpoint-in-monitorings-role",
        TARGET,
        "DMS reads no secret.",
        "secrets_manager_access_role_arn",
        MONITORING_ROLE,
    ),
    leads(
        "instance-in-flow-logs-role",
        WRITER,
        "The operating system is not measured.",
        "monitoring_role_arn",
        FLOW_LOGS_ROLE,
    ),
    # Groups
    leads("aurora-bears-clients-group", CLUSTER, "Nobody gets in.", _GROUPS, CLIENTS_GROUP),
    leads("aurora-bears-dms-group", CLUSTER, "Nobody gets in.", _GROUPS, DMS_GROUP),
    leads("dms-bears-clients-group", REPLICATION, _NOBODY, _GROUPS, CLIENTS_GROUP),
    leads("dms-bears-auroras-group", REPLICATION, _NOBODY, _GROUPS, AURORA_GROUP),
    leads(
        "endpoint-bears-auroras-group",
        SECRETS_ENDPOINT,
        _NOBODY,
        "security_group_ids",
        AURORA_GROUP,
    ),
    says(
        "endpoint-bears-anothers-group",
        SECRETS_ENDPOINT,
        "Who reaches it somebody else says.",
        security_group_ids=[OTHERS_GROUP],
    ),
    says("aurora-listens-elsewhere", CLUSTER, "Its group lets in at 5432.", port=6432),
    says(
        "dms-in-by-another-port",
        DMS_IN,
        "DMS is not let in where Aurora listens.",
        from_port=5433,
        to_port=5433,
    ),
    leads(
        "dms-out-to-itself",
        DMS_OUT,
        "DMS is not let out to Aurora.",
        "referenced_security_group_id",
        DMS_GROUP,
    ),
    says(
        "company-into-aurora",
        CLIENTS_IN,
        "The whole company may connect.",
        referenced_security_group_id=None,
        cidr_ipv4="10.0.0.0/8",
    ),
    says("clients-on-every-port", CLIENTS_IN, "One is needed.", from_port=0, to_port=65535),
    # Ways
    held(
        "vpn-writes-routes",
        DMS_ROUTES,
        "Somebody's gateway says where DMS's traffic goes.",
        (refers(DMS_ROUTES, "propagating_vgws"),),
        propagating_vgws=["vgw-0123456789abcdef0"],
    ),
    says(
        "table-of-anothers",
        AURORA_ASSOCIATION,
        "Where Aurora's traffic goes somebody else says.",
        route_table_id=OTHERS_TABLE,
    ),
    leads(
        "aurora-by-the-public-table",
        AURORA_ASSOCIATION,
        "Aurora's subnet has a way to the internet and back.",
        "route_table_id",
        PUBLIC_ROUTES,
    ),
    leads(
        "dms-by-the-public-table",
        DMS_ASSOCIATION,
        "DMS's subnet has a way to the internet and back.",
        "route_table_id",
        PUBLIC_ROUTES,
    ),
    leads(
        "aurora-in-a-public-subnet",
        AURORA_SUBNETS,
        "Instances stand where a gateway leads in.",
        "subnet_ids",
        PUBLIC_SUBNET,
        many=True,
    ),
    says(
        "nat-private",
        NAT,
        "A private NAT gateway leads nowhere.",
        connectivity_type="private",
        allocation_id=None,
    ),
    leads(
        "nat-in-auroras-subnet",
        NAT,
        "No gateway leads out of it.",
        "subnet_id",
        "aws_subnet.network_aurora-1",
    ),
    leads(
        "aurora-gets-the-route-of-dms",
        DMS_TO_INTERNET,
        "Aurora's subnets get a way to the internet.",
        "route_table_id",
        AURORA_ROUTES,
    ),
    leads(
        "dms-by-auroras-table",
        DMS_ASSOCIATION,
        "One of DMS's subnets has no way to the source.",
        "route_table_id",
        AURORA_ROUTES,
    ),
    says(
        "another-database",
        TARGET,
        "Aurora has no such database.",
        database_name="other",
    ),
    says(
        "another-clusters-log",
        POSTGRES_LOG,
        "RDS makes its own, without the key.",
        name="/aws/rds/cluster/aurora-ferry-prod/postgresql",
    ),
    says("group-of-anothers-vpc", DMS_GROUP, "Nothing here can bear it.", vpc_id=OTHERS_VPC),
    says("table-of-anothers-vpc", DMS_ROUTES, "No subnet here can have it.", vpc_id=OTHERS_VPC),
    # Policies
    says(
        "topic-closed",
        TOPIC_POLICY,
        "Nobody may publish.",
        policy=statements({**_ADMINISTRATION, "Action": "sns:Subscribe"}),
    ),
    says(
        "topic-closed-to-dms",
        TOPIC_POLICY,
        "DMS's events reach nobody.",
        policy=policy(TOPIC_POLICY, without=["DmsEvents"]),
    ),
    says(
        "topic-denies-all",
        TOPIC_POLICY,
        "Nobody may publish.",
        policy=policy(
            TOPIC_POLICY,
            more=[{"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*"}],
        ),
    ),
    says(
        "key-closed-to-logs",
        KEY,
        "No log group can be made with it.",
        policy=policy(KEY, without=["LogGroups"]),
    ),
    # What is watched
    says(
        "alarm-of-another-cluster",
        WRITER_CPU,
        "This one is not watched.",
        dimensions={"DBClusterIdentifier": "aurora-ferry-prod", "Role": "WRITER"},
    ),
    says(
        "events-of-another-cluster",
        CLUSTER_EVENTS,
        "This one's events are not told.",
        source_ids=["aurora-ferry-prod"],
    ),
    says(
        "events-of-another-task",
        TASK_EVENTS,
        "This one's events are not told.",
        source_ids=["aurora-ferry-prod-orders"],
    ),
    # Parameter groups
    says("group-of-another-family", PARAMETERS, "RDS refuses it.", family="aurora-postgresql16"),
    says(
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

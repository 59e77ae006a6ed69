"""Dangers among harmless changes, in modules, in what is new, and in what only adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import (
    BLOCKED,
    NOT_SAFE,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    Step,
    creates,
    deletes,
    ingress,
    leaves,
    parameters,
    policy,
    replaces,
    statements,
    updates,
)
from tests.unit.ferry.review.held.names import (
    AURORA_GROUP,
    AURORA_SG,
    AURORA_SUBNET,
    CLIENTS_IN,
    CLUSTER,
    DMS_ROLE_POLICY,
    KEY,
    PARAMETERS,
    READER_1,
    SECRETS_ENDPOINT,
    TARGET_SECRET,
    TASK,
    TOPIC_POLICY,
    VPC_ID,
    WRITER,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

_NOW = {"apply_immediately": True}
_UNPROTECTED = {"deletion_protection": False, "skip_final_snapshot": True}
_TAGS = {"Name": "aurora-ferry-staging", "cost": "4711"}


def _rule(name: str, cidr: str) -> Step:
    """A rule that lets a range in to Aurora."""
    return creates(
        f"aws_vpc_security_group_ingress_rule.{name}",
        security_group_id=AURORA_SG,
        from_port=5432,
        to_port=5432,
        ip_protocol="tcp",
        cidr_ipv4=cidr,
        id=UNKNOWN,
        arn=UNKNOWN,
        security_group_rule_id=UNKNOWN,
    )


def _everyone(action: str) -> str:
    """A policy that allows everybody something."""
    return statements({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"})


def _retagged() -> tuple[Step, ...]:
    """Another default tag on everything but the cluster."""
    return tuple(
        updates(name, tags_all={**it.values["tags_all"], "ledger": "4711"})
        for name, it in deployed().items()
        if "tags_all" in it.values and name != CLUSTER
    )


def _in_a_module(type_: str, action: str, before: Json, after: Json) -> Step:
    """A resource of a child module, which the base does not have."""
    return Step(
        action="create",
        name=f"module.db.{type_}.this",
        to=after or {},
        beside={
            "module_address": "module.db",
            "type": type_,
            "name": "this",
            "change": {"actions": [action], "before": before, "after": after},
        },
    )


AMONG: Final = (
    Held(
        name="protection-off-among-tags",
        edit=(*_retagged(), updates(CLUSTER, tags=_TAGS, deletion_protection=False)),
        expected=BLOCKED,
        why="One line among seventy that do nothing.",
    ),
    Held(
        name="open-to-all-among-tags",
        edit=(*_retagged(), _rule("new", "0.0.0.0/0")),
        expected=BLOCKED,
        why="One line among seventy that do nothing.",
    ),
    Held(
        name="key-denied-among-words",
        edit=(
            updates(
                KEY,
                description="Everything of aurora-ferry-staging",
                policy=policy(
                    KEY,
                    more=[
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "KMS:decrypt",
                            "Resource": "*",
                        }
                    ],
                ),
            ),
        ),
        expected=BLOCKED,
        why="Actions are compared without case: nobody decrypts.",
    ),
    Held(
        name="alarm-deaf-among-closer-ones",
        edit=(updates(WRITER_CPU, threshold=70, actions_enabled=False),),
        expected=frozenset({1}),
        why="It would tell sooner, if it told anybody.",
    ),
    Held(
        name="parameter-read-only-among-logging",
        edit=(
            updates(
                PARAMETERS,
                parameter=parameters(
                    PARAMETERS, log_lock_waits="1", default_transaction_read_only="true"
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="One of two parameters stops every write.",
    ),
    Held(
        name="cluster-moved-and-unprotected",
        edit=(
            updates(
                CLUSTER,
                deletion_protection=False,
                beside={"previous_address": "aws_rds_cluster.aurora"},
            ),
        ),
        expected=BLOCKED,
        why="It moves, and loses its protection on the way.",
    ),
    Held(
        name="other-parameter-group-of-ours",
        edit=(
            creates(
                "aws_rds_cluster_parameter_group.quiet",
                name="quiet",
                family="aurora-postgresql15",
                parameter=[
                    {
                        "apply_method": "immediate",
                        "name": "default_transaction_read_only",
                        "value": "1",
                    }
                ],
                id=UNKNOWN,
                arn=UNKNOWN,
            ),
            updates(CLUSTER, db_cluster_parameter_group_name="quiet"),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The group is new, and the cluster uses it from now on.",
    ),
)

NEW: Final = (
    Held(
        name="new-cluster-in-clear",
        edit=(
            creates(
                "aws_rds_cluster.second",
                like=CLUSTER,
                cluster_identifier="aurora-ferry-staging-second",
                storage_encrypted=False,
                kms_key_id=None,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="What is in clear once can never be encrypted in place.",
    ),
    Held(
        name="new-cluster-from-a-snapshot",
        edit=(
            creates(
                "aws_rds_cluster.second",
                like=CLUSTER,
                cluster_identifier="aurora-ferry-staging-second",
                snapshot_identifier="arn:aws:rds:eu-central-1:999988887777:cluster-snapshot:s",
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Data, users and passwords of another account come in.",
    ),
    Held(
        name="new-group-open-to-all",
        edit=(
            creates(
                "aws_security_group.open",
                name="open",
                vpc_id=VPC_ID,
                ingress=[ingress("0.0.0.0/0")],
                id=UNKNOWN,
                arn=UNKNOWN,
            ),
        ),
        expected=BLOCKED,
        why="It waits for something to be put into it; and opens the database's port.",
    ),
    Held(
        name="new-key-for-all",
        edit=(creates("aws_kms_key.open", like=KEY, policy=_everyone("kms:*")),),
        expected=SECOND_OR_BLOCKED,
        why="Everybody decrypts what it encrypts, and may delete it.",
    ),
    Held(
        name="new-secret-for-all",
        edit=(
            creates(
                "aws_secretsmanager_secret.open",
                like=TARGET_SECRET,
                name="open",
                policy=_everyone("secretsmanager:GetSecretValue"),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Everybody reads it.",
    ),
    Held(
        name="new-topic-policy-for-all",
        edit=(
            creates(
                "aws_sns_topic_policy.open", like=TOPIC_POLICY, policy=_everyone("sns:Subscribe")
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Anybody subscribes; and the topic's other policy is overwritten.",
    ),
    Held(
        name="new-endpoint-for-all",
        edit=(creates("aws_vpc_endpoint.second", like=SECRETS_ENDPOINT, policy=_everyone("*")),),
        expected=SECOND_OR_BLOCKED,
        why="Secrets can be carried out to any account's Secrets Manager.",
    ),
    Held(
        name="new-subnet-with-public-addresses",
        edit=(
            creates(
                "aws_subnet.public",
                like=AURORA_SUBNET,
                cidr_block="10.21.12.0/24",
                map_public_ip_on_launch=True,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Whatever is made in it gets an address of the internet.",
    ),
    Held(
        name="new-policy-of-a-role",
        edit=(
            creates(
                "aws_iam_role_policy.more",
                role="aurora-ferry-staging-flow-logs",
                name="more",
                policy=statements({"Effect": "Allow", "Action": "*", "Resource": "*"}),
                id=UNKNOWN,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Whoever writes flow logs may do everything.",
    ),
    Held(
        name="new-policy-denies",
        edit=(
            creates(
                "aws_iam_role_policy.less",
                role="aurora-ferry-staging-dms-secrets",
                name="less",
                policy=statements(
                    {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}
                ),
                id=UNKNOWN,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="A policy more, and DMS cannot sign in any more.",
    ),
    Held(
        name="module-opens-to-all",
        edit=(
            _in_a_module(
                "aws_vpc_security_group_ingress_rule",
                "create",
                None,
                {
                    "security_group_id": AURORA_SG,
                    "cidr_ipv4": "0.0.0.0/0",
                    "ip_protocol": "tcp",
                    "from_port": 5432,
                    "to_port": 5432,
                },
            ),
        ),
        expected=BLOCKED,
        why="A module's rule opens as well.",
    ),
    Held(
        name="module-deletes-a-cluster",
        edit=(
            _in_a_module(
                "aws_rds_cluster",
                "delete",
                {"cluster_identifier": "aurora-ferry-staging-second", **_UNPROTECTED},
                None,
            ),
        ),
        expected=BLOCKED,
        why="A module's cluster is a cluster.",
    ),
)

TOGETHER: Final = (
    Held(
        name="second-half-added",
        edit=(
            leaves(
                CLIENTS_IN, was={"referenced_security_group_id": None, "cidr_ipv4": "0.0.0.0/1"}
            ),
            _rule("new", "128.0.0.0/1"),
        ),
        expected=BLOCKED,
        why="One half was open already.",
    ),
    Held(
        name="all-but-a-sixteenth",
        edit=tuple(_rule(f"sixteenth-{n}", f"{n * 16}.0.0.0/4") for n in range(15)),
        expected=BLOCKED,
        why="Fifteen sixteenths are the internet.",
    ),
    Held(
        name="half-in-the-group-half-beside-it",
        edit=(
            updates(AURORA_GROUP, ingress=[ingress("0.0.0.0/1")]),
            _rule("new", "128.0.0.0/1"),
        ),
        expected=BLOCKED,
        why="A group's own rules and those beside it add up.",
    ),
    Held(
        name="writer-class-and-nobody-knows-when",
        edit=(updates(WRITER, apply_immediately=UNKNOWN, instance_class="db.r6g.xlarge"),),
        expected=SECOND_OR_BLOCKED,
        why="It may be at once.",
    ),
    Held(
        name="who-writes-is-not-known-yet",
        edit=(
            updates(
                READER_1,
                was={**_NOW, "writer": None},
                writer=UNKNOWN,
                instance_class="db.r6g.xlarge",
            ),
            leaves(WRITER, was={"writer": None}),
        ),
        expected=SECOND_OR_BLOCKED,
        why="It may be this one.",
    ),
    Held(
        name="cluster-made-first-and-then-deleted",
        edit=(
            Step(
                action="replace-first",
                name=CLUSTER,
                was=_UNPROTECTED,
                to={"kms_key_id": UNKNOWN, "id": UNKNOWN, "arn": UNKNOWN},
                because=("kms_key_id",),
            ),
        ),
        expected=BLOCKED,
        why="The order is another, the new cluster is as empty.",
    ),
    Held(
        name="task-made-first-and-then-deleted",
        edit=(
            Step(
                action="replace-first",
                name=TASK,
                to={"replication_task_arn": UNKNOWN, "id": UNKNOWN},
                because=("source_endpoint_arn",),
            ),
        ),
        expected=BLOCKED,
        why="The order is another, the new task loads as much.",
    ),
    Held(
        name="cluster-left-behind-and-made-anew",
        edit=(
            Step(
                action="create",
                name=CLUSTER,
                to={"cluster_identifier": "aurora-ferry-staging-2", "id": UNKNOWN, "arn": UNKNOWN},
                beside={"change": {"actions": ["create", "forget"]}},
            ),
        ),
        expected=NOT_SAFE,
        why="An empty cluster takes its place.",
    ),
    Held(
        name="role-narrowed-and-renamed-statement",
        edit=(
            updates(
                DMS_ROLE_POLICY,
                policy=policy(
                    DMS_ROLE_POLICY,
                    ReadSecrets={
                        "Sid": "Secrets",
                        "Action": ["secretsmanager:describesecret"],
                    },
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The name of a statement says nothing: reading is gone.",
    ),
    Held(
        name="reader-gone-and-writer-larger",
        edit=(
            deletes(READER_1),
            updates(WRITER, was=_NOW, instance_class="db.r6g.2xlarge"),
        ),
        expected=BLOCKED,
        why="The writer restarts while there is less to fail over to.",
    ),
    Held(
        name="writer-replaced-with-its-protection-unknown",
        edit=(
            replaces(
                CLUSTER,
                "storage_encrypted",
                was={"deletion_protection": False},
                skip_final_snapshot=UNKNOWN,
                storage_encrypted=False,
            ),
        ),
        expected=BLOCKED,
        why="The cluster goes, with a snapshot or without.",
    ),
)

ROWS: Final = (*AMONG, *NEW, *TOGETHER)

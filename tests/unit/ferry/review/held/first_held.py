"""First deployments in which something is let in, out or to somebody that nobody needs, or two sides differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import NOT_SAFE, creates, edited, mappings, rule, updates
from tests.unit.ferry.review.held.first_stack import fine, first, gone, more, put, ref, replaced
from tests.unit.ferry.review.held.names import (
    ALIAS,
    AURORA_GROUP,
    CLIENTS_GROUP,
    CLIENTS_IN,
    CLUSTER,
    DMS_GROUP,
    DMS_ROLE,
    DMS_SECRETS_IN,
    EMAIL,
    OTHER_REGIONS_KEY,
    POSTGRES_LOG,
    REPLICATION,
    SOURCE,
    SOURCE_OUT,
    STRANGER,
    TARGET,
    TASK,
    WRITER,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.first_stack import Document, Edit

_EXTRA: Final = "extra_connection_attributes"
_IN: Final = "aws_vpc_security_group_ingress_rule.more"
_OUT: Final = "aws_vpc_security_group_egress_rule.more"
_SEEN: Final = "Whose telephone that is nobody knows."
_NUMBERS: Final = "mapUnboundedNumericAsString="


def _of_any_account(document: Document) -> None:
    del document["provider"]["aws"][0]["allowed_account_ids"]


def _as_text(endpoint: str) -> Edit:
    return replaced(endpoint, f"{_NUMBERS}false", f"{_NUMBERS}true", _EXTRA)


ROWS: Final = (
    first(
        "boundary-of-another-account",
        "IAM refuses it.",
        put(DMS_ROLE, permissions_boundary=f"arn:aws:iam::{STRANGER}:policy/limits"),
    ),
    first(
        "role-below-awss-own-path", "IAM refuses it.", put(DMS_ROLE, path="/aws-service-role/x/")
    ),
    first(
        "instance-of-a-class-that-dms-has-no-more",
        "DMS refuses it.",
        put(REPLICATION, replication_instance_class="dms.r3.large"),
    ),
    first(
        "instance-of-a-version-that-has-ended",
        "DMS refuses it.",
        put(REPLICATION, engine_version="3.4.7"),
    ),
    first(
        "writer-of-a-class-that-aurora-has-not",
        "RDS refuses it.",
        put(WRITER, instance_class="db.c6g.8xlarge"),
    ),
    first(
        "log-with-a-key-of-another-region",
        "AWS refuses it.",
        put(POSTGRES_LOG, kms_key_id=OTHER_REGIONS_KEY),
    ),
    first(
        "aurora-bears-dms-group-too",
        "What DMS may reach, Aurora may.",
        put(CLUSTER, vpc_security_group_ids=[ref(AURORA_GROUP), ref(DMS_GROUP)]),
    ),
    first(
        "aurora-bears-the-clients-group-too",
        "It connects where clients do.",
        put(CLUSTER, vpc_security_group_ids=[ref(AURORA_GROUP), ref(CLIENTS_GROUP)]),
    ),
    first(
        "dms-bears-auroras-group-too",
        "Clients reach the replication instance.",
        put(REPLICATION, vpc_security_group_ids=[ref(DMS_GROUP), ref(AURORA_GROUP)]),
    ),
    first(
        "aurora-out-to-the-source",
        "Aurora needs to connect to nobody.",
        more(_OUT, SOURCE_OUT, security_group_id=ref(AURORA_GROUP)),
    ),
    first(
        "dms-in-from-clients",
        "Nobody needs to connect to the replication instance.",
        more(_IN, CLIENTS_IN, from_port=22, to_port=22, security_group_id=ref(DMS_GROUP)),
    ),
    first(
        "dms-in-from-clients-by-udp",
        "Nobody needs to connect to the replication instance.",
        more(_IN, CLIENTS_IN, ip_protocol="udp", security_group_id=ref(DMS_GROUP)),
    ),
    first(
        "endpoint-in-from-clients",
        "Applications read secrets by DMS's door.",
        more(_IN, DMS_SECRETS_IN, referenced_security_group_id=ref(CLIENTS_GROUP)),
    ),
    first("receiver-a-telephone", _SEEN, put(EMAIL, protocol="sms", endpoint="+4915550100")),
    edited(
        "added-receiver-by-sms",
        _SEEN,
        creates(
            "aws_sns_topic_subscription.more", like=EMAIL, protocol="sms", endpoint="+4915550100"
        ),
    ),
    first(
        "task-of-two-rules-of-an-id",
        "DMS refuses it.",
        put(TASK, table_mappings=mappings(rule(1, "public", "%"), rule(1, "sales", "%"))),
    ),
    edited(
        "task-of-two-rules-of-an-id",
        "DMS refuses it.",
        updates(TASK, table_mappings=mappings(rule(1, "public", "%"), rule(1, "sales", "%"))),
    ),
    first("alias-of-awss", "KMS keeps these names.", put(ALIAS, name="alias/aws/aurora-ferry")),
    first("numbers-as-texts-at-the-source", "Both sides have to say it.", _as_text(SOURCE)),
    first("numbers-as-texts-at-the-target", "Both sides have to say it.", _as_text(TARGET)),
    first(
        "source-attributes-with-a-space",
        "DMS takes no space around a name.",
        replaced(SOURCE, ";", "; ", _EXTRA),
    ),
    edited(
        "source-attributes-with-a-space",
        "DMS takes no space around a name.",
        updates(
            SOURCE,
            extra_connection_attributes=deployed()[SOURCE].values[_EXTRA].replace(";", "; "),
        ),
    ),
    first(
        "provider-of-any-account",
        "Nothing holds it to this account.",
        _of_any_account,
        expected=NOT_SAFE,
    ),
)
FINE: Final = (
    fine("numbers-as-texts-on-both-sides", "They agree.", _as_text(SOURCE), _as_text(TARGET)),
    fine("no-alias", "A name of the key, which nothing goes by.", gone(ALIAS)),
)

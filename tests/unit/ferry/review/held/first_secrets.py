"""First deployments whose secrets do not say what the cluster has."""

from __future__ import annotations

from typing import Final

from tests.unit.ferry.review.held.first_stack import first, put, replaced
from tests.unit.ferry.review.held.names import CLUSTER, MASTER_VERSION, TARGET_VERSION

_BOTH: Final = ("secret_string_wo", "secret_string_wo_version")
_CANNOT: Final = "DMS cannot sign in."
_STORED: Final = (
    "jsondecode(ephemeral.aws_secretsmanager_secret_version."
    "master-credentials_stored_2C668C83.secret_string).password"
)
_READER: Final = replaced(TARGET_VERSION, ".endpoint", ".reader_endpoint", *_BOTH)

ROWS: Final = (
    first("target-secret-of-the-reader", "DMS writes to a reader: it cannot.", _READER),
    first(
        "target-secret-of-the-reader",
        "DMS writes to a reader: it cannot.",
        _READER,
        environment="prod",
    ),
    first(
        "target-secret-of-another-host",
        "DMS writes to whoever has the name.",
        replaced(
            TARGET_VERSION,
            "aws_rds_cluster.aurora_cluster_059EF40F.endpoint",
            '"aurora.example.com"',
            *_BOTH,
        ),
    ),
    first(
        "target-secret-of-another-port",
        "Aurora does not listen there.",
        replaced(TARGET_VERSION, "5432", "5433", *_BOTH),
    ),
    first("cluster-at-another-port", "The secret names the first.", put(CLUSTER, port=5433)),
    first(
        "target-secret-of-another-user",
        "Aurora has no such user.",
        replaced(TARGET_VERSION, "ferry_admin", "ferry", *_BOTH),
    ),
    first("another-master-user", _CANNOT, put(CLUSTER, master_username="shop_admin")),
    first(
        "master-secret-of-another-user",
        "Nobody signs in with the master's secret.",
        replaced(MASTER_VERSION, "ferry_admin", "ferry", "secret_string_wo"),
    ),
    first(
        "target-secret-of-another-password",
        _CANNOT,
        replaced(TARGET_VERSION, _STORED, "uuid()", "secret_string_wo"),
    ),
    first(
        "cluster-of-another-password",
        _CANNOT,
        put(CLUSTER, master_password_wo="${uuid()}"),
    ),
    first(
        "target-secret-without-a-host",
        _CANNOT,
        replaced(
            TARGET_VERSION,
            "host = aws_rds_cluster.aurora_cluster_059EF40F.endpoint, ",
            "",
            "secret_string_wo",
        ),
    ),
    first(
        "target-secret-from-elsewhere",
        "What it says nobody sees.",
        put(TARGET_VERSION, secret_string_wo="${file(aws_rds_cluster.aurora_cluster_059EF40F.id)}"),
    ),
    first(
        "target-secret-never-written-again",
        "A new password never reaches DMS.",
        put(TARGET_VERSION, secret_string_wo_version=1),
    ),
    first(
        "target-secret-written-for-the-password-alone",
        "Another address never reaches DMS.",
        put(
            TARGET_VERSION,
            secret_string_wo_version=(
                "${parseint(substr(sha256(aws_secretsmanager_secret_version."
                "master-credentials_version_64FAD1FA.version_id), 0, 8), 16)}"
            ),
        ),
    ),
    first(
        "target-secret-written-for-the-address-alone",
        "A new password never reaches DMS.",
        put(
            TARGET_VERSION,
            secret_string_wo_version=(
                "${parseint(substr(sha256(aws_rds_cluster.aurora_cluster_059EF40F.endpoint), 0, 8),"
                " 16)}"
            ),
        ),
    ),
    first(
        "cluster-never-given-another-password",
        "The secrets hold another one.",
        put(CLUSTER, master_password_wo_version=1),
    ),
)

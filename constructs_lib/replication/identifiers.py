"""Names a task's last ARN segment, which CloudWatch uses as the task's dimension."""

from __future__ import annotations

import hashlib

from constructs_lib.replication.checks import check_identifier

_LONGEST_RESOURCE_IDENTIFIER = 31
_DIGEST_LENGTH = 8


def task_resource_identifier(name: str, task_name: str) -> str:
    """What a task's ARN ends in, known before DMS has made the task.

    ``{name}-{task_name}`` where that fits into DMS's 31 characters; otherwise its beginning and
    eight hexadecimal digits of its SHA-256 digest. The environment is part of it either way, so
    that two environments in one account and region never ask for the same ARN. Source:
    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationTask.html

    Args:
        name: The environment's prefix, such as ``aurora-ferry-dev``.
        task_name: The task's own name, such as ``orders``.

    Raises:
        ValueError: DMS would refuse the identifier.
    """
    whole = f"{name}-{task_name}"
    if len(whole) <= _LONGEST_RESOURCE_IDENTIFIER:
        identifier = whole
    else:
        digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGEST_LENGTH]
        beginning = whole[: _LONGEST_RESOURCE_IDENTIFIER - _DIGEST_LENGTH - 1].rstrip("-")
        identifier = f"{beginning}-{digest}"
    check_identifier(
        "replication task's resource", identifier, longest=_LONGEST_RESOURCE_IDENTIFIER
    )
    return identifier

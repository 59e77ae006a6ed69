"""The JSON of policies, as IAM, KMS, SNS and VPC endpoints take it."""

from __future__ import annotations

import json
from typing import Any

Statement = dict[str, Any]


def policy(*statements: Statement) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trust(service: str, condition: Statement | None = None) -> str:
    """A role's trust in one service.

    Args:
        service: The service's principal, such as ``vpc-flow-logs.amazonaws.com``.
        condition: When the service may take the role; always by default.
    """
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return policy(statement if condition is None else {**statement, "Condition": condition})

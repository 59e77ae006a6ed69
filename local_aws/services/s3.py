"""S3: a bucket's policy that asks for TLS is taken as kept."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

from local_aws.services.extension import Extension


class LocalBucket(FakeBucket):  # type: ignore[misc]  # moto is untyped here
    """A bucket whose policy is judged as if every call came over TLS.

    moto does not look at conditions, so that a statement that denies what is not TLS denied all.
    Local AWS itself speaks plain HTTP, on the loopback interface.
    """

    def get_permission(self, action: str, resource: str) -> Any:  # noqa: ANN401 - moto's own type
        """What the policy says of an action, the demand for TLS aside."""
        if self.policy is None:
            return PermissionResult.NEUTRAL
        policy = json.loads(self.policy)
        policy["Statement"] = [
            statement for statement in policy["Statement"] if not _denies_plain_http(statement)
        ]
        return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def _denies_plain_http(statement: dict[str, Any]) -> bool:
    return statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}


EXTENSION = Extension(package="s3", models={"FakeBucket": LocalBucket})

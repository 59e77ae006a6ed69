"""What acts in a role, or asks by an endpoint, where the plan does not tell its region.

Where it does, held/first_needs.py has what is not allowed.
"""

from __future__ import annotations

import pytest

from tests.unit.ferry.review.held.edits import statements
from tests.unit.ferry.review.held.first_edits import says
from tests.unit.ferry.review.held.names import DMS_ROLE_POLICY
from tests.unit.ferry.review.held.table import judged
from tests.unit.ferry.review.plans import change, effects, reviewed, stays
from tests.unit.ferry.review.replication_examples import allowing

UNTOLD = (
    "Whether those are allowed what they need cannot be told: the plan does not tell its region."
)


@pytest.mark.parametrize(("region", "told"), [("", True), ("eu-central-1", False)])
def test_a_role(region: str, told: bool) -> None:  # noqa: FBT001
    role = {"arn": "arn:role", "name": "logs"}
    flow_log = change("aws_flow_log", "create", None, {"iam_role_arn": "arn:role"})
    found = reviewed(stays("aws_iam_role", **role), flow_log, region=region)
    assert (UNTOLD in effects(found)) is told


@pytest.mark.parametrize(
    ("keys", "told"),
    [("*", False), ("arn:aws:kms:eu-central-1:111122223333:key/*", False),
     ("arn:aws:kms:eu-central-1:111122223333:key/of-others", True),
     ("arn:aws:kms:us-east-1:111122223333:key/*", True)],
)  # fmt: skip
def test_a_key_that_is_made_is_one_of_all_of_the_account(keys: str, told: bool) -> None:  # noqa: FBT001
    held = says(
        "keys",
        DMS_ROLE_POLICY,
        "DMS decrypts its secrets with a key that is made with them.",
        policy=statements(
            {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": keys},
        ),
    )
    unread = "DMS reads no secret in this role: the policies of secret-access/role do not allow it."
    assert (unread in effects(judged(held))) is told


@pytest.mark.parametrize(("region", "told"), [("", True), ("eu-central-1", False)])
def test_an_endpoint(region: str, told: bool) -> None:  # noqa: FBT001
    policy = allowing("secretsmanager:*", Principal="*", Resource="*")
    door = {"service_name": "com.amazonaws.eu-central-1.secretsmanager", "policy": policy}
    dms = change(
        "aws_dms_endpoint", "no-op", {"secrets_manager_arn": "s"}, {"secrets_manager_arn": "s"}
    )
    for more in ((), (dms,)):
        found = reviewed(change("aws_vpc_endpoint", "create", None, door), *more, region=region)
        assert (UNTOLD in effects(found)) is (told and bool(more))


@pytest.mark.parametrize(("region", "told"), [("", True), ("eu-central-1", False)])
def test_a_topic(region: str, told: bool) -> None:  # noqa: FBT001
    policy = allowing(
        "sns:Publish", Principal={"Service": "cloudwatch.amazonaws.com"}, Resource="*"
    )
    topic = change("aws_sns_topic_policy", "create", None, {"arn": "arn:t", "policy": policy})
    alarm = change("aws_cloudwatch_metric_alarm", "create", None, {"alarm_actions": ["arn:t"]})
    for more in ((), (alarm,)):
        found = reviewed(topic, *more, region=region)
        assert (UNTOLD in effects(found)) is (told and bool(more))

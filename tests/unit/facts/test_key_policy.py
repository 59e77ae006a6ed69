"""What a key of one's own has to allow beside what the key of a stack does (test_encryption has that)."""

from __future__ import annotations

from facts.key_policy import description, uses
from facts.names import Names
from facts.placement import Placement

PLACEMENT = Placement(account_id="111122223333", region="eu-central-1")


def test_the_account_describes_the_key_directly() -> None:
    assert description(PLACEMENT) == {
        "Sid": "Description",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "kms:DescribeKey",
        "Resource": "*",
    }


def test_nobody_administers_the_key_by_it() -> None:
    names = Names(project="aurora-ferry", environment="dev")

    assert [each["Sid"] for each in uses(names, PLACEMENT)] == [
        "UseThroughServices",
        "GrantsToServices",
        "LogGroups",
        "CloudWatchAlarms",
        "RdsEvents",
        "DmsEvents",
    ]

"""What a team brings along in the place of what a deployment would make, on local AWS, and in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ferry.account import Account


def bring_along(account: Account, text: str) -> str:
    """Make them beforehand, as another team does, and name them in an environment's file.

    Args:
        account: The environment's account, or another.
        text: The file.
    """
    key = account.kms.create_key(Description="the platform team's")["KeyMetadata"]["Arn"]
    topic = account.sns.create_topic(Name="on-call")["TopicArn"]
    vpc = account.ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    group = account.ec2.create_security_group(
        GroupName="applications", Description="They use the database", VpcId=vpc
    )["GroupId"]
    changes = {
        "[network.vpc]\n": (
            f'[aws.assume_role]\nrole_arn = "arn:aws:iam::{account.account_id}:role/deployer"\n'
            'external_id = "aurora-ferry"\n\n[network.vpc]\n'
        ),
        "[source]\n": (
            f'[network.route_to_source]\npeering = {{ vpc_id = "{vpc}" }}\n'
            'cidrs = ["203.0.113.16/28", "10.99.0.0/16"]\n\n[source]\n'
        ),
        "[aurora]\n": (
            f'[aurora]\nclient_security_group_ids = ["{group}"]\n'
            'client_cidrs = ["10.99.0.0/16", "192.168.0.0/16"]\n'
        ),
        "[aws]\n": (
            f'[aws]\nkms_key_arn = "{key}"\nrole_path = "/databases/"\n'
            'state_key_prefix = "databases/"\n'
        ),
        'emails = ["dba@example.org"]\n': f'topic_arn = "{topic}"\n',
    }
    for old, new in changes.items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the file"
        text = text.replace(old, new)
    return text

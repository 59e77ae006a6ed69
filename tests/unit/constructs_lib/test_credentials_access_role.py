import json
from types import SimpleNamespace
from typing import Any

from cdktf import TerraformStack

from constructs_lib.credentials import EnvironmentSourceSecret, SecretAccessRole
from facts.placement import Placement
from tests.unit.constructs_lib.aurora_examples import only_name
from tests.unit.constructs_lib.examples import NAMES, environment_key
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.template import Template

SOURCE = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:source-AbCdEf"
TARGET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:target-GhIjKl"
OWN_KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def access_role(
    stack: TerraformStack, placement: Placement, *, source_key_arn: str | None = None
) -> SecretAccessRole:
    return SecretAccessRole(
        stack,
        "secret-access",
        names=NAMES,
        placement=placement,
        key=environment_key(stack, placement),
        secrets=[SimpleNamespace(arn=SOURCE), SimpleNamespace(arn=TARGET)],
        source_key_arn=source_key_arn,
    )


def statements(stack: TerraformStack) -> dict[str, dict[str, Any]]:
    policy = json.loads(Template.of(stack).only("aws_iam_role_policy")["policy"])
    assert policy["Version"] == "2012-10-17"
    return {statement.pop("Sid"): statement for statement in policy["Statement"]}


def test_it_trusts_the_regions_dms_acting_for_this_account(
    stack: TerraformStack, placement: Placement
) -> None:
    access_role(stack, placement)

    role = Template.of(stack).only("aws_iam_role")
    assert role["name"] == "aurora-ferry-dev-dms-secrets"
    assert json.loads(role["assume_role_policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "dms.eu-central-1.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}},
            }
        ],
    }


def test_in_china_the_principal_has_chinas_suffix(stack: TerraformStack) -> None:
    access_role(stack, Placement(account_id="111122223333", region="cn-north-1"))

    role = Template.of(stack).only("aws_iam_role")
    (statement,) = json.loads(role["assume_role_policy"])["Statement"]
    assert statement["Principal"] == {"Service": "dms.cn-north-1.amazonaws.com.cn"}


def test_it_reads_these_secrets_alone(stack: TerraformStack, placement: Placement) -> None:
    access_role(stack, placement)

    assert statements(stack)["ReadSecrets"] == {
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        "Resource": [SOURCE, TARGET],
    }


def test_it_decrypts_with_the_environments_key_through_secrets_manager_alone(
    stack: TerraformStack, placement: Placement
) -> None:
    access_role(stack, placement)

    key = only_name(Template.of(stack).resources("aws_kms_key"))
    assert statements(stack)["DecryptSecrets"] == {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": [f"${{aws_kms_key.{key}.arn}}"],
        "Condition": {
            "StringEquals": {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}
        },
    }


def test_it_describes_the_key(stack: TerraformStack, placement: Placement) -> None:
    access_role(stack, placement)

    key = only_name(Template.of(stack).resources("aws_kms_key"))
    assert statements(stack)["DescribeKeys"] == {
        "Effect": "Allow",
        "Action": "kms:DescribeKey",
        "Resource": [f"${{aws_kms_key.{key}.arn}}"],
    }


def test_it_grants_nothing_else(stack: TerraformStack, placement: Placement) -> None:
    access_role(stack, placement)

    assert set(statements(stack)) == {"ReadSecrets", "DecryptSecrets", "DescribeKeys"}


def test_a_source_secret_with_a_key_of_its_own_can_be_decrypted_too(
    stack: TerraformStack, placement: Placement
) -> None:
    access_role(stack, placement, source_key_arn=OWN_KEY)

    for statement in ("DecryptSecrets", "DescribeKeys"):
        assert statements(stack)[statement]["Resource"][1:] == [OWN_KEY]


def test_a_secret_that_is_looked_up_keeps_the_policy_valid_json(
    stack: TerraformStack, placement: Placement
) -> None:
    source = EnvironmentSourceSecret(stack, "source-secret", names=NAMES, placement=placement)
    SecretAccessRole(
        stack,
        "secret-access",
        names=NAMES,
        placement=placement,
        key=environment_key(stack, placement),
        secrets=[source],
        source_key_arn=None,
    )

    assert statements(stack)["ReadSecrets"]["Resource"] == [resolved(source.arn, stack)]


def test_the_policy_can_be_waited_for(stack: TerraformStack, placement: Placement) -> None:
    role = access_role(stack, placement)

    name = only_name(Template.of(stack).resources("aws_iam_role"))
    assert resolved(role.arn, stack) == f"${{aws_iam_role.{name}.arn}}"
    (policy,) = role.ready
    assert resolved(policy.fqn, stack).startswith("${aws_iam_role_policy.")

from cdktf import TerraformOutput, TerraformStack

from facts.placement import Placement
from tests.unit.constructs_lib.aurora_examples import master_credentials, only_name
from tests.unit.constructs_lib.examples import environment_key
from tests.unit.constructs_lib.network_examples import acknowledged, resolved
from tests.unit.template import Template

VERSION = "aws_secretsmanager_secret_version"


def test_the_secret_is_encrypted_and_protected_under_a_fixed_name(
    stack: TerraformStack, placement: Placement
) -> None:
    master_credentials(stack, environment_key(stack, placement))

    template = Template.of(stack)
    key = only_name(template.resources("aws_kms_key"))
    template.has(
        "aws_secretsmanager_secret",
        name="aurora-ferry-dev/master",
        description="The master user of the Aurora cluster aurora-ferry-dev",
        kms_key_id=f"${{aws_kms_key.{key}.arn}}",
        recovery_window_in_days=30,
        tags={"Name": "aurora-ferry-dev/master"},
        lifecycle={"prevent_destroy": True},
    )


def test_a_version_of_the_secret_can_always_be_replaced(
    stack: TerraformStack, placement: Placement
) -> None:
    master_credentials(stack, environment_key(stack, placement))

    assert "lifecycle" not in Template.of(stack).only(VERSION)


def test_the_password_is_random_and_of_letters_and_digits(
    stack: TerraformStack, placement: Placement
) -> None:
    master_credentials(stack, environment_key(stack, placement))

    template = Template.of(stack)
    assert template.only("aws_secretsmanager_random_password", kind="ephemeral") == {
        "password_length": 40,
        "exclude_punctuation": True,
        "include_space": False,
        "require_each_included_type": True,
    }


def test_user_and_random_password_are_written_into_the_secret(
    stack: TerraformStack, placement: Placement
) -> None:
    master_credentials(stack, environment_key(stack, placement), version=3)

    template = Template.of(stack)
    secret = only_name(template.resources("aws_secretsmanager_secret"))
    random = only_name(template.block("ephemeral", "aws_secretsmanager_random_password"))
    assert template.only(VERSION) == {
        "secret_id": f"${{aws_secretsmanager_secret.{secret}.id}}",
        "secret_string_wo": (
            '${jsonencode({username = "ferry_admin", password = '
            f"ephemeral.aws_secretsmanager_random_password.{random}.random_password}})}}"
        ),
        "secret_string_wo_version": 3,
    }


def test_the_password_is_read_back_from_the_very_version_that_was_written(
    stack: TerraformStack, placement: Placement
) -> None:
    master_credentials(stack, environment_key(stack, placement))

    template = Template.of(stack)
    written = only_name(template.resources(VERSION))
    assert template.only(VERSION, kind="ephemeral") == {
        "secret_id": f"${{{VERSION}.{written}.secret_id}}",
        "version_id": f"${{{VERSION}.{written}.version_id}}",
    }


def test_what_others_are_given_is_what_was_read_back(
    stack: TerraformStack, placement: Placement
) -> None:
    credentials = master_credentials(stack, environment_key(stack, placement))

    stored = only_name(Template.of(stack).block("ephemeral", VERSION))
    assert credentials.password_reference == (
        f"${{jsondecode(ephemeral.{VERSION}.{stored}.secret_string).password}}"
    )


def test_the_passwords_version_follows_the_secrets(
    stack: TerraformStack, placement: Placement
) -> None:
    credentials = master_credentials(stack, environment_key(stack, placement))
    TerraformOutput(stack, "version", value=credentials.password_version)

    template = Template.of(stack)
    written = only_name(template.resources(VERSION))
    assert template.document["output"]["version"]["value"] == (
        f'${{parseint(substr(sha256(join(" ", [{VERSION}.{written}.version_id])), 0, 8), 16)}}'
    )


def test_it_tells_its_user_and_its_secret(stack: TerraformStack, placement: Placement) -> None:
    credentials = master_credentials(stack, environment_key(stack, placement))

    secret = only_name(Template.of(stack).resources("aws_secretsmanager_secret"))
    assert credentials.username == "ferry_admin"
    assert resolved(credentials.arn, stack) == f"${{aws_secretsmanager_secret.{secret}.arn}}"


def test_rotation_by_version_is_acknowledged(stack: TerraformStack, placement: Placement) -> None:
    master_credentials(stack, environment_key(stack, placement))

    assert acknowledged(stack) == {"test/credentials/secret": ["CKV2_AWS_57"]}


def test_the_recovery_window_is_a_setting(stack: TerraformStack, placement: Placement) -> None:
    master_credentials(stack, environment_key(stack, placement), recovery_window_days=0)

    Template.of(stack).has("aws_secretsmanager_secret", recovery_window_in_days=0)

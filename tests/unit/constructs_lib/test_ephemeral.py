from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret

from constructs_lib.ephemeral import EphemeralResource, fingerprint, json_object
from tests.unit.template import Template


def test_an_ephemeral_resource_is_a_block_of_its_own_kind(stack: TerraformStack) -> None:
    EphemeralResource(stack, "random", type_="aws_x", arguments={"length": 40})

    assert Template.of(stack).only("aws_x", kind="ephemeral") == {"length": 40}


def test_its_arguments_may_refer_to_resources(stack: TerraformStack) -> None:
    secret = SecretsmanagerSecret(stack, "secret", name="x")
    EphemeralResource(stack, "stored", type_="aws_x", arguments={"secret_id": secret.arn})

    assert Template.of(stack).only("aws_x", kind="ephemeral") == {
        "secret_id": "${aws_secretsmanager_secret.secret.arn}"
    }


def test_two_of_a_type_stand_side_by_side(stack: TerraformStack) -> None:
    for name in ("one", "two"):
        EphemeralResource(stack, name, type_="aws_x", arguments={"name": name})

    assert Template.of(stack).block("ephemeral", "aws_x") == {
        "one": {"name": "one"},
        "two": {"name": "two"},
    }


def test_an_attribute_is_a_term_with_the_blocks_address(stack: TerraformStack) -> None:
    resource = EphemeralResource(stack, "random", type_="aws_x", arguments={})

    assert resource.attribute("password") == "ephemeral.aws_x.random.password"


def test_a_json_object_encodes_terms_in_their_order() -> None:
    assert json_object({"user": '"u"', "host": "local.h"}) == (
        'jsonencode({user = "u", host = local.h})'
    )


def test_a_fingerprint_is_a_number_of_all_the_terms() -> None:
    assert fingerprint("local.a", '"b"') == (
        'parseint(substr(sha256(join(" ", [local.a, "b"])), 0, 8), 16)'
    )

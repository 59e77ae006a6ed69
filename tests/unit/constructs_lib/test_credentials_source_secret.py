from cdktf import TerraformStack

from constructs_lib.credentials import EnvironmentSourceSecret, GivenSourceSecret
from facts.placement import Placement
from tests.unit.constructs_lib.aurora_examples import only_name
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.template import Template

GIVEN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:team/orders-db-AbCdEf"


def environment_secret(stack: TerraformStack, placement: Placement) -> EnvironmentSourceSecret:
    return EnvironmentSourceSecret(stack, "source-secret", names=NAMES, placement=placement)


def test_the_environments_secret_is_looked_for_by_name(
    stack: TerraformStack, placement: Placement
) -> None:
    environment_secret(stack, placement)

    template = Template.of(stack)
    secrets = template.only("aws_secretsmanager_secrets", kind="data")
    assert secrets["filter"] == [{"name": "name", "values": ["aurora-ferry-dev/source"]}]


def test_one_whose_name_goes_on_is_another_secret(
    stack: TerraformStack, placement: Placement
) -> None:
    # The filter finds aurora-ferry-dev/source-old too; an ARN has a hyphen and six characters more.
    secret = environment_secret(stack, placement)

    template = Template.of(stack)
    name = only_name(template.data("aws_secretsmanager_secrets"))
    beginning = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:aurora-ferry-dev/source-"
    condition = f'startswith(arn, "{beginning}") && length(arn) == {len(beginning) + 6}'
    (postcondition,) = template.only("aws_secretsmanager_secrets", kind="data")["lifecycle"][
        "postcondition"
    ]
    (local,) = template.document["locals"].items()
    assert postcondition["condition"] == (
        f"${{length([for arn in self.arns : arn if {condition}]) == 1}}"
    )
    assert local == (
        resolved(secret.arn, stack).removeprefix("${local.").removesuffix("}"),
        f"${{one([for arn in data.aws_secretsmanager_secrets.{name}.arns : arn if {condition}])}}",
    )


def test_a_missing_one_stops_the_plan_with_the_command_to_run(
    stack: TerraformStack, placement: Placement
) -> None:
    environment_secret(stack, placement)

    secrets = Template.of(stack).only("aws_secretsmanager_secrets", kind="data")
    (postcondition,) = secrets["lifecycle"]["postcondition"]
    assert postcondition["error_message"] == (
        "There is no secret aurora-ferry-dev/source in eu-central-1, from which DMS reads the source's"
        " user and password. Run `ferry secret source dev` first; a secret that has just been"
        " written can take minutes to be listed: plan again."
    )


def test_a_given_secret_is_looked_for_by_its_arn(stack: TerraformStack) -> None:
    GivenSourceSecret(stack, "source-secret", arn=GIVEN)

    template = Template.of(stack)
    secrets = template.only("aws_secretsmanager_secrets", kind="data")
    (postcondition,) = secrets["lifecycle"]["postcondition"]
    assert secrets["filter"] == [{"name": "name", "values": ["team/orders-db"]}]
    assert postcondition["condition"] == (
        f'${{length([for arn in self.arns : arn if arn == "{GIVEN}"]) == 1}}'
    )


def test_a_missing_given_one_stops_the_plan_with_both_ways_out(stack: TerraformStack) -> None:
    GivenSourceSecret(stack, "source-secret", arn=GIVEN)

    secrets = Template.of(stack).only("aws_secretsmanager_secrets", kind="data")
    (postcondition,) = secrets["lifecycle"]["postcondition"]
    assert postcondition["error_message"] == (
        f"There is no secret {GIVEN} in this account and region, which the environment names as"
        " the source's. Create it with username, password, host and port, or name none and let"
        " `ferry secret source` write one."
    )

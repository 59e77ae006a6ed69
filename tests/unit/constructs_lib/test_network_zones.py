from cdktf import TerraformStack

from constructs_lib.network.zones import RememberedZones
from tests.unit.constructs_lib.network_examples import acknowledged, resolved
from tests.unit.template import Template


def test_local_zones_and_wavelength_zones_do_not_count(stack: TerraformStack) -> None:
    RememberedZones(stack, "zones", count=3)

    Template.of(stack).has(
        "aws_availability_zones",
        kind="data",
        filter=[{"name": "zone-type", "values": ["availability-zone"]}],
        state="available",
    )


def test_the_choice_is_kept_when_aws_adds_a_zone(stack: TerraformStack) -> None:
    RememberedZones(stack, "zones", count=3)

    remembered = Template.of(stack).only("terraform_data")
    (available,) = Template.of(stack).data("aws_availability_zones")
    assert remembered["input"] == {
        "zones": f"${{sort(data.aws_availability_zones.{available}.names)}}"
    }
    assert remembered["lifecycle"]["ignore_changes"] == ["input"]


def test_names_are_what_is_remembered_not_what_aws_says_today(stack: TerraformStack) -> None:
    zones = RememberedZones(stack, "zones", count=2)

    (remembered,) = Template.of(stack).resources("terraform_data")
    assert resolved(zones.names, stack) == [
        f"${{terraform_data.{remembered}.input.zones[0]}}",
        f"${{terraform_data.{remembered}.input.zones[1]}}",
    ]


def test_too_few_zones_stop_the_plan_and_say_how_to_mend_it(stack: TerraformStack) -> None:
    RememberedZones(stack, "zones", count=4)

    lifecycle = Template.of(stack).only("terraform_data")["lifecycle"]
    assert lifecycle["postcondition"] == [
        {
            "condition": "${length(self.input.zones) >= 4}",
            "error_message": (
                'The network wants 4 zones and knows ${join(", ", self.input.zones)}: those that'
                " the region had when the network was first planned. Ask for fewer, or name the"
                " zones in the settings, the known ones first and in this order."
            ),
        }
    ]


def test_asking_for_the_zones_by_no_name_is_acknowledged(stack: TerraformStack) -> None:
    RememberedZones(stack, "zones", count=3)

    assert acknowledged(stack) == {"test/zones/available": ["CKV_AWS_394"]}

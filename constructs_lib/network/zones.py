"""Chooses a region's availability zones once, and stays with the choice."""

from __future__ import annotations

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.terraform_data import terraform_data


class RememberedZones(Construct):
    """The first zones of a region by name, without Local Zones and Wavelength Zones.

    The state remembers the zones that the region had at the first apply. A zone that AWS adds
    later, wherever it sorts, moves no subnet.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html

    Args:
        scope: The network.
        id_: The construct's id.
        count: How many zones are wanted.
    """

    names: list[str]
    """References to the zones' names, ``count`` of them."""

    def __init__(self, scope: Construct, id_: str, *, count: int) -> None:
        super().__init__(scope, id_)
        available = DataAwsAvailabilityZones(
            self,
            "available",
            state="available",
            # Real zones need no opt-in, so their type is filter enough.
            filter=[{"name": "zone-type", "values": ["availability-zone"]}],
        )
        acknowledge(
            available,
            "CKV_AWS_394",
            reason="The answer of the first plan is remembered, so a zone more changes nothing",
        )
        remembered = terraform_data(
            self,
            "remembered",
            arguments={"input": {"zones": f"${{sort({available.fqn}.names)}}"}},
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["input"],
                postcondition=[
                    Postcondition(
                        condition=f"${{length(self.input.zones) >= {count}}}",
                        error_message=(
                            f"The network wants {count} zones and knows"
                            ' ${join(", ", self.input.zones)}: those that the region had when the'
                            " network was first planned. Ask for fewer, or name the zones in the"
                            " settings, the known ones first and in this order."
                        ),
                    )
                ],
            ),
        )
        # The input, unlike the output, is known when the first plan is made.
        self.names = [f"${{{remembered.fqn}.input.zones[{index}]}}" for index in range(count)]

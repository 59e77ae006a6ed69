"""A VPC that is there already, and that another team may own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import Fn, Op, Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_subnet import DataAwsSubnet
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST_ZONES = 2
"""Aurora's and DMS's subnet groups must span two zones."""


class ExistingVpc(Construct):
    """Finds a VPC and its subnets, and stops the plan where they do not serve.

    Changes nothing in the VPC: its default security group, flow logs and route tables stay as they
    are. The plan fails, with a message that says what to do, where the VPC's DNS is off, a subnet
    belongs to another VPC, or Aurora's or DMS's subnets lie in a single zone.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        vpc_id: The VPC.
        aurora_subnet_ids: Aurora's subnets, in at least two zones. Their order matters only for
            the addresses of these data sources.
        dms_subnet_ids: DMS's subnets, in at least two zones, and one in each zone where an endpoint
            or a transit gateway attachment is made in them. They may be Aurora's.
    """

    vpc_id: str
    aurora_subnet_ids: list[str]
    dms_subnet_ids: list[str]

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        vpc_id: str,
        aurora_subnet_ids: Sequence[str],
        dms_subnet_ids: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        aurora = self._subnets("Aurora", aurora_subnet_ids, vpc_id=vpc_id)
        dms = self._subnets("DMS", dms_subnet_ids, vpc_id=vpc_id)
        # The checks of the lists stand on the VPC, so that all that uses it waits for them.
        self.vpc_id = DataAwsVpc(
            self,
            "vpc",
            id=vpc_id,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition="${self.enable_dns_support}",
                        error_message=(
                            f"DNS support is off in {vpc_id}, so Aurora's endpoints would not"
                            " resolve there. Turn on the VPC's attribute enableDnsSupport."
                        ),
                    ),
                    _two_zones("Aurora", "aurora_subnet_ids", aurora),
                    _two_zones("DMS", "dms_subnet_ids", dms),
                ]
            ),
        ).id
        self.aurora_subnet_ids = [subnet.id for subnet in aurora]
        self.dms_subnet_ids = [subnet.id for subnet in dms]

    def _subnets(
        self, owner: str, subnet_ids: Sequence[str], *, vpc_id: str
    ) -> list[DataAwsSubnet]:
        return [
            DataAwsSubnet(
                self,
                f"{owner.lower()}-{number}",
                id=subnet_id,
                lifecycle=TerraformResourceLifecycle(
                    postcondition=[
                        Postcondition(
                            condition=f'${{self.vpc_id == "{vpc_id}"}}',
                            error_message=(
                                f"{owner}'s subnet {subnet_id} belongs to ${{self.vpc_id}}, not to"
                                f" {vpc_id}. Name subnets of that VPC, or that subnet's VPC."
                            ),
                        )
                    ]
                ),
            )
            for number, subnet_id in enumerate(subnet_ids, start=1)
        ]


def _two_zones(owner: str, setting: str, subnets: Sequence[DataAwsSubnet]) -> Postcondition:
    zones = Fn.distinct([subnet.availability_zone for subnet in subnets])
    return Postcondition(
        condition=Op.gte(Fn.length_of(zones), _FEWEST_ZONES),
        error_message=(
            f"{owner}'s subnets all lie in {subnets[0].availability_zone}, and AWS wants a subnet"
            f" group to span {_FEWEST_ZONES} zones. Add to {setting} a subnet in another zone."
        ),
    )

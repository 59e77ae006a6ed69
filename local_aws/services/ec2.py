"""EC2: routes from a VPN gateway, transit gateway attachments, as the provider reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from local_aws.answers import Answer, AwsError, BackendMixin, ResponseMixin
from local_aws.services.extension import Extension

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moto.core.responses import ActionResult


class LocalEc2Backend(BackendMixin, EC2Backend):  # type: ignore[misc]  # moto is untyped here
    """Keeps deleted transit gateway attachments in sight for an hour; delivers flow logs."""

    def delete_transit_gateway_vpc_attachment(self, transit_gateway_attachment_id: str) -> Any:  # noqa: ANN401 - moto's own type
        """DeleteTransitGatewayVpcAttachment; the provider waits until it reads as deleted."""
        attachment = super().delete_transit_gateway_vpc_attachment(transit_gateway_attachment_id)
        self.transit_gateway_attachments[transit_gateway_attachment_id] = attachment
        return attachment

    def describe_transit_gateway_vpc_attachments(
        self,
        transit_gateways_attachment_ids: list[str] | None = None,
        filters: Any = None,  # noqa: ANN401 - moto's own type
    ) -> list[Any]:
        """DescribeTransitGatewayVpcAttachments; deleted ones only where an id asks for them."""
        found = super().describe_transit_gateway_vpc_attachments(
            transit_gateways_attachment_ids, filters
        )
        if transit_gateways_attachment_ids:
            return list(found)
        return [attachment for attachment in found if attachment.state != "deleted"]

    def create_flow_logs(self, **request: Any) -> Any:  # noqa: ANN401 - moto's own types
        """CreateFlowLogs; moto finds a log group by its name alone, EC2 by its ARN as well."""
        if request["log_destination_type"] == "cloud-watch-logs" and request["log_destination"]:
            arn = request["log_destination"].removesuffix(":*")
            request["log_group_name"] = arn.partition(":log-group:")[2]
        return super().create_flow_logs(**request)


class LocalEc2Response(ResponseMixin, EC2Response):  # type: ignore[misc]  # moto is untyped here
    """Answers what moto's response class lacks or gets wrong."""

    def enable_vgw_route_propagation(self) -> Answer:
        """EnableVgwRoutePropagation; the gateway must be attached to the table's VPC."""
        table, gateway_id = self._table_and_gateway()
        gateway = self.ec2_backend.get_vpn_gateway(gateway_id)
        attachment = gateway.attachments.get(table.vpc_id)
        if attachment is None or attachment.state != "attached":
            raise AwsError(
                "Gateway.NotAttached",
                f"resource {gateway_id} is not attached to the VPC of {table.id}",
            )
        propagating = _propagating(table)
        if {"GatewayId": gateway_id} not in propagating:
            propagating.append({"GatewayId": gateway_id})
        return Answer()

    def disable_vgw_route_propagation(self) -> Answer:
        """DisableVgwRoutePropagation."""
        table, gateway_id = self._table_and_gateway()
        table.propagating_vgws = [
            each for each in _propagating(table) if each["GatewayId"] != gateway_id
        ]
        return Answer()

    def create_transit_gateway_vpc_attachment(self) -> ActionResult:
        """CreateTransitGatewayVpcAttachment, with its tags."""
        answer = super().create_transit_gateway_vpc_attachment()
        attachment = answer.result["TransitGatewayVpcAttachment"]
        attachment.add_tags(_tags(self.parameters(), "transit-gateway-attachment"))
        return answer

    def authorize_security_group_ingress(self) -> ActionResult:
        """AuthorizeSecurityGroupIngress, with descriptions that are not a CIDR's."""
        return self._described(super().authorize_security_group_ingress())

    def authorize_security_group_egress(self) -> ActionResult:
        """AuthorizeSecurityGroupEgress, with descriptions that are not a CIDR's."""
        return self._described(super().authorize_security_group_egress())

    def modify_security_group_rules(self) -> Answer:
        """ModifySecurityGroupRules, of every kind of rule."""
        parameters = self.parameters()
        group = self.ec2_backend.get_security_group_by_name_or_id(parameters["GroupId"])
        for change in parameters["SecurityGroupRules"]:
            rule = group.get_rule(change["SecurityGroupRuleId"]) if group else None
            if rule is None:
                raise AwsError(
                    "InvalidSecurityGroupRuleId.NotFound",
                    f"The security group rule ID '{change['SecurityGroupRuleId']}' does not exist",
                )
            _change_rule(rule, change["SecurityGroupRule"])
        return Answer({"Return": True})

    def _described(self, answer: ActionResult) -> ActionResult:
        """Moto keeps the description of a CIDR alone; give the other rules theirs."""
        permissions = self.parameters().get("IpPermissions") or []
        for rule in answer.result["SecurityGroupRules"]:
            for permission in permissions:
                for target in (
                    *permission.get("UserIdGroupPairs", ()),
                    *permission.get("PrefixListIds", ()),
                ):
                    ids = (target.get("GroupId"), target.get("PrefixListId"))
                    of_rule = (rule.source_group.get("GroupId"), rule.prefix_list_id)
                    if ids == of_rule and "Description" in target:
                        rule.ip_range["Description"] = target["Description"]
        return answer

    def _table_and_gateway(self) -> tuple[Any, str]:
        parameters = self.parameters()
        return self.ec2_backend.get_route_table(parameters["RouteTableId"]), parameters["GatewayId"]


def _change_rule(rule: Any, change: Mapping[str, Any]) -> None:  # noqa: ANN401 - moto's own type
    rule.ip_protocol = change["IpProtocol"]
    all_ports = rule.ip_protocol == "-1"
    rule.from_port = None if all_ports else change["FromPort"]
    rule.to_port = None if all_ports else change["ToPort"]
    kinds = {"CidrIpv4": "CidrIp", "CidrIpv6": "CidrIpv6", "Description": "Description"}
    rule.ip_range = {kept: change[given] for given, kept in kinds.items() if given in change}
    rule.prefix_list_id = change.get("PrefixListId")
    group_id = change.get("ReferencedGroupId")
    owner = {"OwnerId": rule.owner_id, "UserId": rule.owner_id}
    rule.source_group = {"GroupId": group_id, **owner} if group_id else {}


def _propagating(table: Any) -> list[dict[str, str]]:  # noqa: ANN401 - moto's own type
    if not hasattr(table, "propagating_vgws"):
        table.propagating_vgws = []
    gateways: list[dict[str, str]] = table.propagating_vgws
    return gateways


def _tags(parameters: Mapping[str, Any], resource_type: str) -> dict[str, str]:
    return {
        tag["Key"]: tag["Value"]
        for specification in parameters.get("TagSpecifications") or []
        if specification["ResourceType"] == resource_type
        for tag in specification["Tags"]
    }


EXTENSION = Extension(package="ec2", backend=LocalEc2Backend, response=LocalEc2Response)

"""The network: rules of security groups, routes, subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from tests.unit.ferry.review.plans import UNKNOWN, change, dangers, effects, reviewed, stays, update

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

IN = "aws_vpc_security_group_ingress_rule"
OUT = "aws_vpc_security_group_egress_rule"
GROUP = "aws_security_group"
ROUTE = "aws_route"


def rule(**more: Json) -> dict[str, Any]:
    return {
        "security_group_id": "sg-1",
        "ip_protocol": "tcp",
        "from_port": 5432,
        "to_port": 5432,
        "description": "Clients",
        **more,
    }


def inline(**more: Json) -> dict[str, Any]:
    return {
        "protocol": "tcp", "from_port": 5432, "to_port": 5432, "description": "", "self": False,
        "cidr_blocks": [], "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [],
        **more,
    }  # fmt: skip


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "0.0.0.0/1", "64.0.0.0/7"])
def test_the_world_may_connect(cidr: str) -> None:
    found = reviewed(change(IN, "create", None, rule(cidr_ipv4=cidr)))
    assert dangers(found) == {Danger.PUBLIC_REACH}
    assert effects(found) == [f"{cidr} may connect to tcp 5432."]
    assert found.exit_code == 4


def test_the_world_may_connect_to_what_is_new_too() -> None:
    found = reviewed(
        change(GROUP, "create", None, {"id": UNKNOWN}),
        change(IN, "create", None, rule(security_group_id=UNKNOWN, cidr_ipv6="::/0")),
    )
    assert dangers(found) == {Danger.PUBLIC_REACH}


def test_a_network_may_connect_to_a_group_that_exists() -> None:
    found = reviewed(change(IN, "create", None, rule(cidr_ipv4="10.0.0.0/8")))
    assert dangers(found) == {Danger.WIDER_ACCESS}
    assert effects(found) == ["10.0.0.0/8 is let through at a group that exists: tcp 5432."]


def test_the_rules_of_a_new_group_are_its_own_affair() -> None:
    found = reviewed(
        change(GROUP, "create", None, {"id": UNKNOWN, "ingress": [], "egress": UNKNOWN}),
        change(IN, "create", None, rule(security_group_id=UNKNOWN, cidr_ipv4="10.0.0.0/8")),
        change(OUT, "create", None, rule(security_group_id=UNKNOWN, cidr_ipv4="0.0.0.0/0")),
    )
    assert (effects(found), found.exit_code) == ([], 0)
    assert [it.traffic.direction for it in found.traffic] == ["in", "out"]


def test_a_rule_that_becomes_wider() -> None:
    found = reviewed(update(IN, rule(cidr_ipv4="10.0.1.0/24"), cidr_ipv4="10.0.0.0/8"))
    assert effects(found) == ["10.0.0.0/8 is let through: tcp 5432."]


@pytest.mark.parametrize(
    "after",
    [
        {"cidr_ipv4": "10.0.2.0/24"},
        {"cidr_ipv4": "10.0.0.0/8", "to_port": 5433},
        {"cidr_ipv4": None, "cidr_ipv6": "fd00::/8"},
        {"cidr_ipv4": None, "referenced_security_group_id": "sg-2"},
    ],
)
def test_a_rule_that_becomes_another(after: dict[str, Any]) -> None:
    found = reviewed(update(IN, rule(cidr_ipv4="10.0.1.0/24"), **after))
    assert dangers(found) == {Danger.WIDER_ACCESS, Danger.INTERRUPTION}
    assert "10.0.1.0/24 is no longer let through: tcp 5432. New connections fail." in effects(found)


def test_a_group_s_rule_that_is_replaced_by_its_like_closes_nothing() -> None:
    before = rule(referenced_security_group_id="sg-2")
    found = reviewed(change(IN, "replace", before, {**before, "from_port": 5432}))
    assert found.exit_code == 0


def test_a_rule_that_goes() -> None:
    found = reviewed(change(IN, "delete", rule(referenced_security_group_id="sg-2")))
    (finding,) = found.findings
    assert finding.danger is Danger.INTERRUPTION
    assert finding.when.text() == "at once, when the plan is applied"


def test_a_rule_that_goes_with_its_group() -> None:
    found = reviewed(
        change(IN, "delete", rule(referenced_security_group_id="sg-2")),
        change(GROUP, "delete", {"id": "sg-1"}),
    )
    assert {it.change.type for it in found.findings} == {GROUP}


def test_a_description_is_no_traffic() -> None:
    found = reviewed(update(IN, rule(cidr_ipv4="10.0.0.0/8"), description="Others"))
    assert (found.traffic, found.exit_code) == ([], 0)


@pytest.mark.parametrize("type_", [GROUP, "aws_default_security_group"])
def test_rules_within_a_group(type_: str) -> None:
    found = reviewed(
        update(
            type_,
            {"id": "sg-1", "ingress": [inline(cidr_blocks=["10.0.0.0/8"])], "egress": []},
            ingress=[
                inline(cidr_blocks=["10.0.0.0/8", "0.0.0.0/0"], self=True),
                inline(protocol="-1", from_port=0, to_port=0, security_groups=["sg-2"]),
            ],
        )
    )
    assert [(it.added, it.traffic.peer, it.traffic.ports) for it in found.traffic] == [
        (True, "0.0.0.0/0", "5432"),
        (True, "the group itself", "5432"),
        (True, "sg-2", "all"),
    ]
    assert dangers(found) == {Danger.PUBLIC_REACH, Danger.WIDER_ACCESS}


def test_a_new_group_with_rules_within() -> None:
    found = reviewed(
        change(
            GROUP, "create", None, {"id": UNKNOWN, "egress": [inline(cidr_blocks=["0.0.0.0/0"])]}
        )
    )
    assert found.exit_code == 0


def test_a_group_that_goes_with_rules_within() -> None:
    found = reviewed(
        change(GROUP, "delete", {"id": "sg-1", "ingress": [inline(cidr_blocks=["10.0.0.0/8"])]})
    )
    assert dangers(found) == {Danger.OUTAGE}


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"from_port": 1, "to_port": 9, "cidr_ipv4": "10.0.0.0/8"}, ("tcp", "1-9", "10.0.0.0/8")),
        ({"from_port": None, "to_port": None, "prefix_list_id": "pl-1"}, ("tcp", "all", "pl-1")),
        ({"ip_protocol": None, "cidr_ipv4": "x"}, ("(known after apply)", "5432", "x")),
        ({"cidr_ipv4": 7}, ("tcp", "5432", "7")),
    ],
)
def test_how_traffic_is_shown(parts: dict[str, Any], what: tuple[str, str, str]) -> None:
    (item,) = reviewed(change(IN, "create", None, rule(**parts))).traffic
    assert (item.traffic.protocol, item.traffic.ports, item.traffic.peer) == what
    assert item.traffic.description == "Clients"


def test_a_peer_that_only_aws_will_say() -> None:
    item = change(IN, "create", None, rule(referenced_security_group_id=UNKNOWN))
    (found,) = reviewed(item).traffic
    assert found.traffic.peer == "(referenced_security_group_id known after apply)"


def test_rules_that_cannot_be_seen() -> None:
    item = change(GROUP, "update", {"id": "x", "ingress": []}, {"id": "x", "ingress": ["canary"]})
    item["change"]["after_sensitive"] = {"ingress": [True]}
    found = reviewed(item)
    assert effects(found) == ["(sensitive) is let through: (sensitive)."]


def test_a_group_that_stays_or_is_forgotten_opens_nothing() -> None:
    open_rules = [inline(cidr_blocks=["0.0.0.0/0"])]
    assert reviewed(stays(GROUP, ingress=open_rules)).traffic == []
    assert reviewed(change(GROUP, "forget", {"ingress": open_rules})).traffic == []


@pytest.mark.parametrize("destination", [{"destination_cidr_block": "0.0.0.0/0"},
                                         {"destination_ipv6_cidr_block": "::/0"}])  # fmt: skip
@pytest.mark.parametrize("gateway", ["igw-1", UNKNOWN])
def test_a_route_to_the_internet(destination: dict[str, str], gateway: Json) -> None:
    after = {"route_table_id": "rtb-1", "gateway_id": gateway, **destination}
    (effect,) = effects(reviewed(change(ROUTE, "create", None, after)))
    (to,) = destination.values()
    assert effect == f"Subnets that exist get a route to {to} over an internet gateway."


@pytest.mark.parametrize(
    "after",
    [
        {"gateway_id": "igw-1", "destination_cidr_block": "10.0.0.0/8"},
        {"gateway_id": "vgw-1", "destination_cidr_block": "0.0.0.0/0"},
        {"nat_gateway_id": "nat-1", "destination_cidr_block": "0.0.0.0/0"},
        {"gateway_id": "igw-1", "destination_prefix_list_id": "pl-1"},
    ],
)
def test_other_routes_are_safe(after: dict[str, Any]) -> None:
    item = change(ROUTE, "create", None, {"route_table_id": "rtb-1", **after})
    assert reviewed(item).exit_code == 0


def test_a_route_of_a_new_table_is_safe() -> None:
    after = {
        "route_table_id": UNKNOWN,
        "gateway_id": UNKNOWN,
        "destination_cidr_block": "0.0.0.0/0",
    }
    found = reviewed(
        change("aws_route_table", "create", None, {"id": UNKNOWN}),
        change(ROUTE, "create", None, after),
    )
    assert found.exit_code == 0


def test_a_route_that_goes_another_way() -> None:
    before = {"destination_cidr_block": "172.16.0.0/16", "transit_gateway_id": "tgw-1"}
    found = reviewed(update(ROUTE, before, transit_gateway_id="tgw-2"))
    assert effects(found) == [
        'Traffic to 172.16.0.0/16 goes another way: transit_gateway_id "tgw-2".'
    ]
    assert found.exit_code == 1


def test_a_subnet_that_goes() -> None:
    found = reviewed(
        change("aws_subnet", "replace", {"cidr_block": "a"}, {"cidr_block": "b"}),
        change("aws_subnet", "create", None, {"cidr_block": "c"}, name="new"),
    )
    assert len(found.findings) == 1
    assert found.exit_code == 4


def test_a_vpc_of_another_cidr_takes_everything_with_it() -> None:
    found = reviewed(
        change("aws_vpc", "replace", {"cidr_block": "a"}, {"cidr_block": "b"},
               replace_paths=[["cidr_block"]])
    )  # fmt: skip
    assert dangers(found) == {Danger.OUTAGE}

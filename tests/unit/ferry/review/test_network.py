"""The network: rules of security groups, routes, subnets."""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from ferry.review.plan.ranges import Ranges
from ferry.review.plan.security_groups import Traffic
from ferry.review.report import as_markdown
from tests.unit.ferry.review.plans import (
    ACCOUNT,
    UNKNOWN,
    change,
    configured,
    dangers,
    effects,
    reviewed,
    stack_of,
    stays,
    update,
)

if TYPE_CHECKING:
    from ferry.review import Review
    from ferry.review.plan.values import Json

IN = "aws_vpc_security_group_ingress_rule"
OUT = "aws_vpc_security_group_egress_rule"
GROUP = "aws_security_group"
LEGACY = "aws_security_group_rule"
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
        change(GROUP, "create", None, {"id": UNKNOWN, "vpc_id": "vpc-1"}),
        change(IN, "create", None, rule(security_group_id=UNKNOWN, cidr_ipv6="::/0")),
    )
    assert Danger.PUBLIC_REACH in dangers(found)


def test_a_network_may_connect_to_a_group_that_exists() -> None:
    found = reviewed(change(IN, "create", None, rule(cidr_ipv4="10.0.0.0/8")))
    assert dangers(found) == {Danger.WIDER_ACCESS}
    assert effects(found) == ["10.0.0.0/8 is let through at a group that exists: tcp 5432."]


IN_NEW_GROUP = configured(
    aws_vpc_security_group_ingress_rule__it={
        "security_group_id": ["aws_security_group.it"],
        "referenced_security_group_id": ["aws_security_group.it"],
    },
    aws_vpc_security_group_egress_rule__it={
        "security_group_id": ["aws_security_group.it"],
        "cidr_ipv4": [],
    },
    aws_security_group__it={"vpc_id": ["data.aws_vpc.it"]},
)
STACK = stack_of(**{IN: {}, OUT: {}, GROUP: {}})
"""Whose configuration that is: nothing in it is a dynamic block."""
NEW_GROUP = change(
    GROUP, "create", None, {"id": UNKNOWN, "vpc_id": "vpc-1", "ingress": UNKNOWN, "egress": []}
)


@pytest.mark.parametrize(
    ("type_", "peer"),
    [
        (IN, {"referenced_security_group_id": UNKNOWN}),
        (OUT, {"cidr_ipv4": "10.0.0.0/8"}),
        (OUT, {"cidr_ipv4": "203.0.113.16/28"}),
    ],
)
def test_a_new_group_s_own_rules_are_safe(type_: str, peer: dict[str, Any]) -> None:
    item = change(type_, "create", None, rule(security_group_id=UNKNOWN, **peer))
    review = reviewed(NEW_GROUP, item, configuration=IN_NEW_GROUP, stack=STACK)
    assert (effects(review), review.exit_code) == ([], 0)
    assert len(review.traffic) == 1


@pytest.mark.parametrize(
    ("type_", "peer", "effect"),
    [
        (IN, {"cidr_ipv4": "203.0.113.16/28"},
         "203.0.113.16/28, of the internet, may connect to tcp 5432."),
        (IN, {"prefix_list_id": "pl-1"},
         "Whatever stands in the list pl-1 is let through: tcp 5432."),
        (IN, {"cidr_ipv4": "10.0.0.0/8"},
         "10.0.0.0/8 may connect to tcp 5432: a new group of an environment lets in groups alone."),
        (IN, {"cidr_ipv6": "fd00::/8"},
         "fd00::/8 may connect to tcp 5432: a new group of an environment lets in groups alone."),
        (IN, {"referenced_security_group_id": UNKNOWN, "from_port": 1, "to_port": 6000},
         "aws_security_group/it may connect at more than one port: tcp 1-6000."),
        (OUT, {"cidr_ipv4": "10.0.0.0/8", "to_port": 6000},
         "10.0.0.0/8 may be reached at more than one port: tcp 5432-6000."),
        (OUT, {"cidr_ipv4": "0.0.0.0/0"},
         "All of the internet may be reached: 0.0.0.0/0, tcp 5432."),
        (OUT, {"cidr_ipv4": UNKNOWN},
         "All of the internet may be reached: (cidr_ipv4 known after apply), tcp 5432."),
        (OUT, {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1", "from_port": None, "to_port": None},
         "All of the internet may be reached: 0.0.0.0/0, every protocol and port."),
    ],
)  # fmt: skip
def test_what_a_new_group_opens(type_: str, peer: dict[str, Any], effect: str) -> None:
    item = change(type_, "create", None, rule(security_group_id=UNKNOWN, **peer))
    review = reviewed(NEW_GROUP, item, configuration=IN_NEW_GROUP, stack=STACK)
    assert effects(review) == [effect]
    assert dangers(review) == {Danger.WIDER_ACCESS}


def test_a_group_that_nobody_names_may_be_any() -> None:
    item = change(IN, "create", None, rule(security_group_id=UNKNOWN, cidr_ipv4="10.0.0.0/8"))
    group = change(GROUP, "create", None, {"id": UNKNOWN})
    assert Danger.WIDER_ACCESS in dangers(reviewed(group, item))


def test_rules_within_a_new_group_that_nobody_knows_may_be_any() -> None:
    """Where a plan does not say what is configured, they may be there."""
    assert Danger.PUBLIC_REACH in dangers(reviewed(NEW_GROUP))


def test_a_range_that_nobody_knows_yet_may_be_the_internet() -> None:
    review = reviewed(change(IN, "create", None, rule(cidr_ipv4=UNKNOWN)))
    assert dangers(review) == {Danger.PUBLIC_REACH}
    assert effects(review) == ["(cidr_ipv4 known after apply) may connect to tcp 5432."]


HALVES = ("0.0.0.0/1", "128.0.0.0/1")
PIECES = tuple(f"{first}.0.0.0/9" for first in (20, 60, 90, 150))


def opened(*ranges: str, group: str = "sg-1") -> list[dict[str, Any]]:
    return [
        change(IN, "create", None, rule(cidr_ipv4=it, security_group_id=group), name=f"r{number}")
        for number, it in enumerate(ranges)
    ]


def test_the_internet_in_two_halves() -> None:
    assert dangers(reviewed(*opened(*HALVES))) == {Danger.PUBLIC_REACH}


def test_the_internet_in_many_pieces() -> None:
    """None of them alone is more than one owner may have."""
    review = reviewed(*opened(*PIECES))
    assert dangers(review) == {Danger.PUBLIC_REACH}
    (first, *_) = effects(review)
    assert (
        first == "20.0.0.0/9 may connect to tcp 5432: with the other ranges, all of the internet."
    )
    assert dangers(reviewed(*opened(PIECES[0]))) == {Danger.WIDER_ACCESS}


def test_a_piece_of_the_internet_beside_those_that_are_there() -> None:
    there = [
        stays(IN, f"old{number}", **rule(cidr_ipv4=it)) for number, it in enumerate(PIECES[1:2])
    ]
    assert dangers(reviewed(*there, *opened(PIECES[0]))) == {Danger.PUBLIC_REACH}


def test_a_piece_of_the_internet_in_another_group() -> None:
    review = reviewed(*opened(PIECES[0]), *opened(PIECES[1], group="sg-2"))
    assert dangers(review) == {Danger.PUBLIC_REACH}


def test_the_internet_is_there_already_and_a_network_of_it_comes_at_another_port() -> None:
    there = stays(IN, "old", **rule(cidr_ipv4="0.0.0.0/0", from_port=443, to_port=443))
    assert dangers(reviewed(there, *opened("203.0.113.0/24"))) == {Danger.WIDER_ACCESS}


@pytest.mark.parametrize(
    "wider",
    [
        {"cidr_ipv4": "10.0.0.0/8"},
        {"cidr_ipv4": "10.1.0.0/16", "from_port": 5000, "to_port": 6000},
        {"cidr_ipv4": "10.1.0.0/16", "ip_protocol": "-1", "from_port": None, "to_port": None},
        {"cidr_ipv4": "10.1.0.0/16", "ip_protocol": "6"},
    ],
)
def test_what_another_rule_lets_through_neither_opens_nor_closes(wider: dict[str, Any]) -> None:
    there = stays(IN, "old", **rule(**wider))
    own = rule(cidr_ipv4="10.1.0.0/16")
    for item in (change(IN, "create", None, own), change(IN, "delete", own)):
        review = reviewed(there, item)
        assert (effects(review), review.exit_code) == ([], 0)


def test_two_halves_of_a_network_take_its_place() -> None:
    halves = ("10.1.0.0/17", "10.1.128.0/17")
    there = [stays(IN, f"old{at}", **rule(cidr_ipv4=it)) for at, it in enumerate(halves)]
    gone = change(IN, "delete", rule(cidr_ipv4="10.1.0.0/16"))
    assert reviewed(*there, gone).exit_code == 0
    assert reviewed(there[0], gone).exit_code == 1


@pytest.mark.parametrize("type_", [IN, OUT])
def test_ports_the_wrong_way_round_are_refused(type_: str) -> None:
    item = change(type_, "create", None, rule(cidr_ipv4="10.0.0.0/8", to_port=5431))
    review = reviewed(item)
    assert effects(review) == ["EC2 refuses a rule whose last port is the smaller: tcp 5432-5431."]
    assert dangers(review) == {Danger.REFUSED}
    icmp = rule(cidr_ipv4="10.0.0.0/8", ip_protocol="icmp", from_port=8, to_port=0)
    assert Danger.REFUSED not in dangers(reviewed(change(type_, "create", None, icmp)))


def test_a_range_beside_the_whole_internet_is_not_the_internet() -> None:
    def opened(*ranges: str) -> list[str]:
        rules = [
            change(
                OUT, "create", None, rule(security_group_id=UNKNOWN, cidr_ipv4=it), name=f"r{at}"
            )
            for at, it in enumerate(ranges)
        ]
        of_group = configured(
            **{
                f"{OUT}__r{at}": {"security_group_id": [f"{GROUP}.it"], "cidr_ipv4": []}
                for at in range(len(rules))
            },
            aws_security_group__it={"vpc_id": ["data.aws_vpc.it"]},
        )
        review = reviewed(NEW_GROUP, *rules, configuration=of_group)
        return [it for it in effects(review) if it.startswith("All of the internet")]

    all_of_it = "All of the internet may be reached: {}, tcp 5432."
    assert opened("203.0.113.16/28", "0.0.0.0/0") == [all_of_it.format("0.0.0.0/0")]
    parts = [f"{first}.0.0.0/3" for first in range(0, 256, 32)]
    assert opened(*parts) == [all_of_it.format(it) for it in parts if it != "224.0.0.0/3"]


def test_who_no_longer_gets_out_bears_the_group() -> None:
    def closed(groups: Json) -> str:
        bears = {"vpc_security_group_ids": groups}
        dms = change("aws_dms_replication_instance", "create", None, bears)
        found = reviewed(dms, change(OUT, "delete", rule(cidr_ipv4="10.0.0.0/8")))
        return next(it for it in effects(found) if "no longer reached" in it)

    of_another = (
        "10.0.0.0/8 is no longer reached: tcp 5432. New connections of what bears the group fail."
    )
    assert closed(["sg-2"]) == of_another
    assert closed(["sg-1", "sg-2"]) == closed(UNKNOWN) != of_another
    assert "DMS stops" in closed(["sg-1"])


def test_a_gateway_that_goes_is_told_whoever_used_it() -> None:
    said = effects(reviewed(change("aws_nat_gateway", "delete", {"id": "nat-1"})))
    assert said == ["The NAT gateway goes: nothing is reached by it any more."]


def test_dms_no_longer_reaches_the_source() -> None:
    review = reviewed(change(OUT, "delete", rule(cidr_ipv4="203.0.113.16/28")))
    assert dangers(review) == {Danger.REPLICATION_STOP}
    assert effects(review) == [
        (
            "203.0.113.16/28 is no longer reached: tcp 5432. If it is the source, Aurora or Secrets "
            "Manager, DMS stops."
        )
    ]


def test_a_rule_that_becomes_wider() -> None:
    found = reviewed(update(IN, rule(cidr_ipv4="10.0.1.0/24"), cidr_ipv4="10.0.0.0/8"))
    assert effects(found) == ["10.0.0.0/8 is let through: tcp 5432."]


@pytest.mark.parametrize(
    "after",
    [
        {"cidr_ipv4": "10.0.2.0/24"},
        {"cidr_ipv4": "10.0.0.0/8", "from_port": 5433, "to_port": 5433},
        {"cidr_ipv4": None, "cidr_ipv6": "fd00::/8"},
        {"cidr_ipv4": None, "referenced_security_group_id": "sg-2"},
    ],
)
def test_a_rule_that_becomes_another(after: dict[str, Any]) -> None:
    found = reviewed(update(IN, rule(cidr_ipv4="10.0.1.0/24"), **after))
    assert dangers(found) == {Danger.WIDER_ACCESS, Danger.INTERRUPTION}
    assert "10.0.1.0/24 is no longer let through: tcp 5432. New connections fail." in effects(found)


def test_a_group_s_rule_that_is_replaced_by_its_like_closes_it_meanwhile() -> None:
    before = rule(referenced_security_group_id="sg-2")
    found = reviewed(change(IN, "replace", before, {**before, "from_port": 5432}))
    assert effects(found) == [
        "It is made anew, the old one goes first: until the new one is there, new connections fail."
    ]


def test_a_rule_that_goes() -> None:
    found = reviewed(change(IN, "delete", rule(referenced_security_group_id="sg-2")))
    (finding,) = found.findings
    assert finding.danger is Danger.INTERRUPTION
    assert finding.when.text() == "at once, when the plan is applied"


def test_a_group_that_is_let_through_is_named_by_its_place() -> None:
    item = change(IN, "delete", rule(referenced_security_group_id="sg-2"))
    found = reviewed(item, stays(GROUP, id="sg-2"), stack=stack_of(aws_security_group={}))
    assert effects(found) == [
        "aws_security_group/it is no longer let through: tcp 5432. New connections fail."
    ]
    assert "`aws_security_group/it`" in as_markdown(found).partition("Security group rules")[2]


def test_a_group_that_is_let_through_and_not_known_yet_is_named_by_its_address() -> None:
    item = change(IN, "create", None, rule(referenced_security_group_id=UNKNOWN))
    named = configured(**{
        f"{IN}__it": {"referenced_security_group_id": [f"{GROUP}.it"]}
    })  # fmt: skip
    there = change(GROUP, "create", None, {"id": UNKNOWN, "egress": [], "ingress": []})
    said = effects(reviewed(item, there, configuration=named))
    assert f"{GROUP}.it is let through at a group that exists: tcp 5432." in said


def test_a_group_that_is_elsewhere_or_hidden_keeps_its_id() -> None:
    item = change(IN, "delete", rule(referenced_security_group_id="sg-9"))
    (said,) = effects(reviewed(item, stays(GROUP, id="sg-2")))
    assert said.startswith("sg-9 is no longer let through")
    mask = {"referenced_security_group_id": True}
    item = change(IN, "delete", rule(referenced_security_group_id="sg-2"), before_sensitive=mask)
    (said,) = effects(reviewed(item, stays(GROUP, id="sg-2")))
    assert said.startswith("(sensitive) is no longer let through")


def test_a_rule_that_goes_with_its_group() -> None:
    found = reviewed(
        change(IN, "delete", rule(referenced_security_group_id="sg-2")),
        change(GROUP, "delete", {"id": "sg-1"}),
    )
    assert {it.change.type for it in found.findings} == {GROUP}


def legacy(**more: Json) -> dict[str, Any]:
    return {
        "type": "ingress", "security_group_id": "sg-1", "protocol": "tcp", "from_port": 5432,
        "to_port": 5432, "self": False, **more,
    }  # fmt: skip


def test_a_rule_of_the_older_type_says_its_direction_and_its_ranges() -> None:
    ranges = legacy(cidr_blocks=["10.0.0.0/8", "10.1.0.0/16"])
    assert effects(reviewed(change(LEGACY, "delete", ranges))) == [
        "10.0.0.0/8 is no longer let through: tcp 5432. New connections fail.",
        "10.1.0.0/16 is no longer let through: tcp 5432. New connections fail.",
    ]
    (said,) = effects(
        reviewed(change(LEGACY, "delete", legacy(type="egress", cidr_blocks=["10.0.0.0/8"])))
    )
    assert said.startswith("10.0.0.0/8 is no longer reached: tcp 5432.")


def test_a_rule_of_the_older_type_of_new_groups_opens_nothing() -> None:
    item = change(
        LEGACY, "create", None, legacy(security_group_id=UNKNOWN, source_security_group_id=UNKNOWN)
    )
    named = configured(
        aws_security_group__it={"vpc_id": ["data.aws_vpc.it"]},
        aws_security_group_rule__it={
            "security_group_id": [f"{GROUP}.it"],
            "source_security_group_id": [f"{GROUP}.it"],
        },
    )
    stack = stack_of(**{GROUP: {}, LEGACY: {}})
    found = reviewed(NEW_GROUP, item, configuration=named, stack=stack)
    assert (effects(found), found.exit_code) == ([], 0)


def test_the_group_that_a_range_does_not_name_is_nobody() -> None:
    ranges = legacy(cidr_blocks=["10.0.0.0/8"], source_security_group_id=UNKNOWN)
    item = change(LEGACY, "create", None, ranges)
    named = configured(aws_security_group_rule__it={"cidr_blocks": []})
    assert len(effects(reviewed(item, configuration=named))) == 1
    assert len(effects(reviewed(item))) == 2


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


@pytest.mark.parametrize(
    ("egress", "found"),
    [
        ([], set()),
        (UNKNOWN, set()),
        ([inline(cidr_blocks=["10.0.0.0/8"])], set()),
        ([inline(cidr_blocks=["0.0.0.0/0"])], {Danger.WIDER_ACCESS}),
    ],
)
def test_a_new_group_with_rules_within(egress: Json, found: set[Danger]) -> None:
    item = change(GROUP, "create", None, {"id": UNKNOWN, "vpc_id": "vpc-1", "egress": egress})
    assert dangers(reviewed(item, configuration=IN_NEW_GROUP, stack=STACK)) == found


@pytest.mark.parametrize("stack", [None, stack_of(**{IN: {}, OUT: {}, GROUP: {"dynamic": {}}})])
def test_a_new_group_s_rules_may_be_dynamic_blocks(stack: dict[str, Any] | None) -> None:
    found = reviewed(NEW_GROUP, configuration=IN_NEW_GROUP, stack=stack)
    assert [(it.danger, it.attribute) for it in found.findings] == [(Danger.UNCLEAR, "ingress")]
    assert effects(found) == [
        "It is known only after apply, and a dynamic block may make anything of it."
    ]


@pytest.mark.parametrize(
    ("vpc_id", "rules", "found"),
    [
        (UNKNOWN, [], set()),
        ("vpc-1", [], {Danger.INTERRUPTION, Danger.WIDER_ACCESS}),  # and the new one's is not
        (UNKNOWN, [inline(cidr_blocks=["0.0.0.0/0"])], {Danger.PUBLIC_REACH}),
    ],
)
def test_a_vpc_s_own_group_is_taken_over(vpc_id: Json, rules: Json, found: set[Danger]) -> None:
    review = reviewed(
        change("aws_vpc", "create", None, {"id": UNKNOWN, "arn": "arn:vpc"}),
        stays("aws_flow_log", vpc_id="arn:vpc"),
        change("aws_default_security_group", "create", None,
               {"id": UNKNOWN, "vpc_id": vpc_id, "ingress": rules, "egress": []}),
        configuration=configured(aws_default_security_group__it={"vpc_id": ["aws_vpc.it"]}),
    )  # fmt: skip
    assert dangers(review) == found


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
    assert effects(found) == ["(sensitive) may connect to (sensitive)."]
    assert dangers(found) == {Danger.PUBLIC_REACH}


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
        {"transit_gateway_id": "tgw-1", "destination_prefix_list_id": "pl-1"},
        {"vpc_peering_connection_id": "pcx-1", "destination_cidr_block": UNKNOWN},
    ],
)
def test_subnets_that_exist_get_another_way(after: dict[str, Any]) -> None:
    item = change(ROUTE, "create", None, {"route_table_id": "rtb-1", **after})
    (effect,) = effects(reviewed(item))
    assert effect.startswith("Subnets that exist get a way to ")
    assert dangers(reviewed(item)) == {Danger.WIDER_ACCESS}


@pytest.mark.parametrize("destination", ["0.0.0.0/1", "128.0.0.0/1", "203.0.113.0/24", "0.0.0.0/0"])
def test_any_part_of_the_internet_is_the_internet(destination: str) -> None:
    after = {
        "route_table_id": "rtb-1", "gateway_id": "igw-1", "destination_cidr_block": destination
    }  # fmt: skip
    assert effects(reviewed(change(ROUTE, "create", None, after))) == [
        f"Subnets that exist get a route to {destination} over an internet gateway."
    ]


def test_a_route_of_a_new_table_is_safe() -> None:
    after = {
        "route_table_id": UNKNOWN,
        "gateway_id": UNKNOWN,
        "destination_cidr_block": "0.0.0.0/0",
    }
    found = reviewed(
        change("aws_route_table", "create", None, {"id": UNKNOWN}),
        change(ROUTE, "create", None, after),
        stays("aws_internet_gateway"),
        configuration=configured(
            aws_route__it={
                "route_table_id": ["aws_route_table.it"],
                "gateway_id": ["aws_internet_gateway.it"],
            }
        ),
    )
    assert found.exit_code == 0


def route(to: str, target: str) -> dict[str, str]:
    return {
        "route_table_id": "rtb-1",
        "destination_cidr_block": to,
        "transit_gateway_id": target,
    }


def test_a_route_with_a_longer_prefix_takes_traffic_from_another() -> None:
    there = stays(ROUTE, "old", **route("172.16.0.0/16", "tgw-1"))
    taken = change(ROUTE, "create", None, route("172.16.1.0/24", "tgw-2"))
    assert effects(reviewed(there, taken)) == [
        ('Traffic to 172.16.1.0/24 is taken from the way that it had: transit_gateway_id "tgw-2".')
    ]
    assert dangers(reviewed(there, taken)) == {Danger.REPLICATION_STOP}


def test_a_route_to_the_gateway_that_traffic_goes_to_takes_nothing() -> None:
    """As Terraform plans it: AWS says which network interface stands behind it, and none is known."""
    there = stays(ROUTE, "old", **route("172.16.0.0/16", "tgw-1"), network_interface_id="")
    planned = {**route("172.16.1.0/24", "tgw-1"), "network_interface_id": UNKNOWN}
    comes = change(ROUTE, "create", None, planned)
    named = configured(aws_route__it={"route_table_id": [], "transit_gateway_id": []})
    assert effects(reviewed(there, comes, configuration=named)) == []
    elsewhere = change(ROUTE, "create", None, {**planned, "transit_gateway_id": "tgw-2"})
    assert effects(reviewed(there, elsewhere, configuration=named)) == [
        ('Traffic to 172.16.1.0/24 is taken from the way that it had: transit_gateway_id "tgw-2".')
    ]


def test_a_part_of_the_internet_over_the_gateway_of_all_of_it_is_no_new_way() -> None:
    all_of_it = {
        "route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1",
    }  # fmt: skip
    part = {**all_of_it, "destination_cidr_block": "203.0.113.0/24"}
    comes = change(ROUTE, "create", None, part)
    assert reviewed(stays(ROUTE, "old", **all_of_it), comes).exit_code == 0
    assert dangers(
        reviewed(stays(ROUTE, "old", **{**all_of_it, "gateway_id": "igw-2"}), comes)
    ) == {Danger.WIDER_ACCESS}


def test_of_two_wider_routes_the_longer_one_counts() -> None:
    there = [
        stays(ROUTE, "widest", **route("172.16.0.0/12", "tgw-2")),
        stays(ROUTE, "wide", **route("172.16.0.0/16", "tgw-1")),
    ]
    taken = change(ROUTE, "create", None, route("172.16.1.0/24", "tgw-2"))
    assert dangers(reviewed(*there, taken)) == {Danger.REPLICATION_STOP}
    assert reviewed(there[0], taken).exit_code == 0


def test_a_route_inside_of_a_table_counts_as_well() -> None:
    inline_route = {"cidr_block": "172.16.0.0/16", "transit_gateway_id": "tgw-1"}
    there = stays("aws_route_table", id="rtb-1", route=[inline_route])
    taken = change(ROUTE, "create", None, route("172.16.1.0/24", "tgw-2"))
    assert dangers(reviewed(there, taken)) == {Danger.REPLICATION_STOP}


def test_a_route_that_goes_while_its_table_still_shows_it() -> None:
    """A table shows what Terraform saw last; only what is configured in it takes the route's place."""
    gone = change(ROUTE, "delete", route("172.16.0.0/16", "tgw-1"))
    shows = {"cidr_block": "172.16.0.0/16", "transit_gateway_id": "tgw-1"}
    table = stays("aws_route_table", id="rtb-1", route=[shows])
    left_out = configured(aws_route_table__it={"vpc_id": ["aws_vpc.it"]})
    for configuration in ({}, left_out):
        found = reviewed(gone, table, configuration=configuration)
        assert dangers(found) == {Danger.REPLICATION_STOP}
    inside = configured(aws_route_table__it={"route": []})
    assert effects(reviewed(gone, table, configuration=inside)) == [
        (
            "aws_route_table.it says it itself from now on, and AWS has it once: it goes, and comes back "
            "with the next apply only."
        )
    ]


@pytest.mark.parametrize(
    ("type_", "attribute", "danger"),
    [(IN, "ingress", Danger.INTERRUPTION), (OUT, "egress", Danger.REPLICATION_STOP)],
)
def test_a_rule_that_goes_or_comes_while_its_group_shows_it(
    type_: str, attribute: str, danger: Danger
) -> None:
    """A group shows what Terraform saw last; only what is configured in it is another rule."""
    gone = change(type_, "delete", rule(cidr_ipv4="10.0.0.0/8"))
    comes = change(type_, "create", None, rule(cidr_ipv4="10.0.0.0/8"))
    group = stays(GROUP, id="sg-1", **{attribute: [inline(cidr_blocks=["10.0.0.0/8"])]})
    for configuration in ({}, configured(aws_security_group__it={"vpc_id": ["aws_vpc.it"]})):
        assert dangers(reviewed(gone, group, configuration=configuration)) == {danger}
        found = reviewed(comes, group, configuration=configuration)
        assert dangers(found) == {Danger.WIDER_ACCESS}
    inside = configured(aws_security_group__it={attribute: []})
    assert reviewed(comes, group, configuration=inside).exit_code == 0
    # AWS has the rule once: it is revoked, whatever the group's configuration says.
    assert danger in dangers(reviewed(gone, group, configuration=inside))


@pytest.mark.parametrize(
    ("type_", "attribute", "danger"),
    [(IN, "ingress", Danger.INTERRUPTION), (OUT, "egress", Danger.REPLICATION_STOP)],
)
def test_a_group_that_says_its_rules_itself_revokes_those_of_others(
    type_: str, attribute: str, danger: Danger
) -> None:
    there = stays(type_, **rule(cidr_ipv4="10.0.0.0/8"))
    shown = [inline(cidr_blocks=["10.0.0.0/8"])]
    group = change(GROUP, "update", {"id": "sg-1", attribute: shown}, {"id": "sg-1", attribute: []})
    for configuration in ({}, configured(aws_security_group__it={attribute: []})):
        assert danger in dangers(reviewed(there, group, configuration=configuration))


def test_a_piece_of_the_internet_beside_what_a_group_shows() -> None:
    half = stays(GROUP, id="sg-1", ingress=[inline(cidr_blocks=["0.0.0.0/1"])])
    other = change(IN, "create", None, rule(cidr_ipv4="128.0.0.0/2"))
    there = stays(IN, "b", **rule(cidr_ipv4="192.0.0.0/2"))
    assert dangers(reviewed(half, there, other)) == {Danger.PUBLIC_REACH}


def test_a_route_within_the_vpc_takes_its_own_traffic() -> None:
    there = stays("aws_vpc", cidr_block="10.0.0.0/16")
    taken = change(ROUTE, "create", None, route("10.0.1.0/24", "tgw-2"))
    assert dangers(reviewed(there, taken)) == {Danger.REPLICATION_STOP}


@pytest.mark.parametrize(
    ("left", "safe"),
    [
        (route("172.0.0.0/8", "tgw-1"), True),
        (route("172.0.0.0/8", "tgw-2"), False),
        (route("172.16.1.0/24", "tgw-1"), False),
        ({**route("172.16.0.0/16", "tgw-1"), "route_table_id": "rtb-2"}, False),
    ],
)
def test_a_route_that_goes_while_another_is_left(left: dict[str, str], safe: bool) -> None:  # noqa: FBT001 (a parameter)
    gone = change(ROUTE, "delete", route("172.16.0.0/16", "tgw-1"))
    review = reviewed(stays(ROUTE, "left", **left), gone)
    assert effects(review) == (
        [] if safe else ["The route goes: nothing is reached by it any more."]
    )


def test_a_route_that_moves_to_another_address_may_be_deleted_last() -> None:
    own = route("172.16.0.0/16", "tgw-1")
    moved = [change(ROUTE, "delete", own, name="old"), change(ROUTE, "create", None, own)]
    assert sorted(effects(reviewed(*moved))) == [
        (
            "AWS has this once, and aws_route.it is it too: what comes last overwrites it, takes "
            "it away, or is refused."
        ),
        (
            "AWS has this once, and aws_route.old is it too: what comes last overwrites it, takes "
            "it away, or is refused."
        ),
    ]


ATTACHMENT = "aws_ec2_transit_gateway_vpc_attachment"


@pytest.mark.parametrize(
    ("option", "on", "off", "effect"),
    [
        ("transit_gateway_default_route_table_propagation", True, False,
         "The transit gateway no longer learns the way to this VPC: answers do not come back."),
        ("transit_gateway_default_route_table_association", True, False,
         "What comes from this VPC finds no route in the transit gateway's own table."),
        ("dns_support", "enable", "disable",
         "Names of other VPCs of the transit gateway are no longer resolved."),
        ("security_group_referencing_support", "enable", "disable",
         "Rules that name groups of other VPCs let nothing through any more."),
    ],
)  # fmt: skip
def test_an_option_of_the_transit_gateway_is_turned_off(
    option: str, on: Json, off: Json, effect: str
) -> None:
    for after in (off, UNKNOWN):
        review = reviewed(update(ATTACHMENT, {option: on}, **{option: after}))
        assert effects(review) == [effect]
        assert dangers(review) == {Danger.REPLICATION_STOP}
    assert reviewed(update(ATTACHMENT, {option: off}, **{option: on})).exit_code == 0


@pytest.mark.parametrize(
    ("type_", "attribute", "within", "danger"),
    [
        (ATTACHMENT, "vpc_id", "aws_vpc", Danger.WIDER_ACCESS),
        ("aws_vpn_gateway_attachment", "vpc_id", "aws_vpc", Danger.WIDER_ACCESS),
        ("aws_vpn_gateway_route_propagation", "route_table_id", "aws_route_table",
         Danger.REPLICATION_STOP),
        ("aws_vpc_endpoint", "vpc_id", "aws_vpc", Danger.REPLICATION_STOP),
    ],
)  # fmt: skip
def test_a_way_is_safe_in_what_is_new_alone(
    type_: str, attribute: str, within: str, danger: Danger
) -> None:
    refers = configured(**{f"{type_}__it": {attribute: [f"{within}.it"]}})
    new = reviewed(
        change(within, "create", None, {"id": UNKNOWN, "arn": "arn:vpc"}),
        stays("aws_flow_log", vpc_id="arn:vpc"),
        stays("aws_default_security_group", vpc_id="arn:vpc"),
        change(type_, "create", None, {attribute: UNKNOWN}),
        configuration=refers,
    )
    assert danger not in dangers(new)
    assert new.exit_code == 0 or type_ == "aws_vpc_endpoint"  # which says nothing of its service
    for value, parts in (("it-1", refers), (UNKNOWN, None)):
        item = change(type_, "create", None, {attribute: value})
        found = reviewed(stays(within, id="it-1"), item, configuration=parts or {})
        assert danger in dangers(found)


def test_a_peering_is_told_of() -> None:
    item = change("aws_vpc_peering_connection", "create", None, {"peer_owner_id": "999999999999"})
    assert Danger.WIDER_ACCESS in dangers(reviewed(item))


@pytest.mark.parametrize(
    ("owner", "action", "is_told"),
    [(ACCOUNT, "create", False), (ACCOUNT, "no-op", True), ("999999999999", "create", True)],
)
def test_a_peering_of_a_new_vpc_in_the_same_account_is_none(
    owner: str, action: str, *, is_told: bool
) -> None:
    vpc = change("aws_vpc", action, {"id": "v"} if action == "no-op" else None, {"id": "v"})
    peering = change(
        "aws_vpc_peering_connection", "create", None, {"peer_owner_id": owner, "vpc_id": UNKNOWN}
    )
    configuration = configured(aws_vpc_peering_connection__it={"vpc_id": ["aws_vpc.it"]})
    found = reviewed(vpc, peering, configuration=configuration)
    assert any(it.startswith("The VPC is joined") for it in effects(found)) is is_told


def test_a_route_that_goes_another_way() -> None:
    before = {"destination_cidr_block": "172.16.0.0/16", "transit_gateway_id": "tgw-1"}
    found = reviewed(update(ROUTE, before, transit_gateway_id="tgw-2"))
    assert effects(found) == [
        'Traffic to 172.16.0.0/16 goes another way: transit_gateway_id "tgw-2".'
    ]
    assert found.exit_code == 1


def test_a_subnet_that_goes() -> None:
    found = reviewed(
        change(
            "aws_subnet", "replace", {"cidr_block": "10.1.0.0/24"}, {"cidr_block": "10.2.0.0/24"}
        ),
        change("aws_subnet", "create", None,
               {"cidr_block": "10.3.0.0/24", "availability_zone": "eu-central-1a"}, name="new"),
    )  # fmt: skip
    assert len(found.findings) == 1
    assert found.exit_code == 4


def test_a_vpc_of_another_cidr_takes_everything_with_it() -> None:
    found = reviewed(
        change("aws_vpc", "replace", {"cidr_block": "10.1.0.0/16"}, {"cidr_block": "10.2.0.0/16"},
               replace_paths=[["cidr_block"]])
    )  # fmt: skip
    assert dangers(found) == {Danger.OUTAGE}


@pytest.mark.parametrize(
    ("ranges", "worldwide"),
    [
        (["0.0.0.0/0"], True),
        (["::/0"], True),
        (["2000::/3"], True),
        (["64.0.0.0/8"], True),
        (["64.0.0.0/9"], False),
        (["64.0.0.0/9", "64.0.0.0/9"], False),
        (["64.0.0.0/9", "64.128.0.0/9"], True),
        ([f"{it}.0.0.0/10" for it in (20, 30, 40, 50)], True),
        (["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"], False),
        (["8.0.0.0/6"], True),
        (["fd00::/8", "fe80::/10"], False),
        (["2001:db8::/32"], False),
        ([f"{it:x}00::/17" for it in (0x20, 0x24)], True),
    ],
)
def test_what_is_more_of_the_internet_than_one_owner_has(
    ranges: list[str],
    worldwide: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Addresses that are not of the internet, or that stand there twice, do not count."""
    assert Ranges(map(ipaddress.ip_network, ranges)).is_worldwide is worldwide


@pytest.mark.parametrize(
    ("range_", "covered"),
    [
        ("10.0.0.0/9", True),
        ("10.0.0.0/8", True),
        ("10.0.0.0/7", False),
        ("11.0.0.0/9", False),
        ("9.255.255.255/32", False),
        ("::/0", False),
    ],
)
def test_ranges_cover_what_they_make_up_together(range_: str, covered: bool) -> None:  # noqa: FBT001 (a parameter)
    ranges = Ranges(map(ipaddress.ip_network, ("10.128.0.0/9", "12.0.0.0/8", "10.0.0.0/9")))
    assert ranges.covers(ipaddress.ip_network(range_)) is covered


@pytest.mark.unfollowed
def test_each_rule_of_a_large_group_is_looked_at_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Steps, not time: twice as many rules take no more than twice as many looks."""

    def steps(count: int) -> int:
        found = 0
        way = Traffic.way

        def counted(self: Traffic) -> object:
            nonlocal found
            found += 1
            return way.__get__(self)

        monkeypatch.setattr(Traffic, "way", property(counted))
        reviewed(
            *(
                change(IN, "delete" if it % 2 else "create", *(
                    (rule(cidr_ipv4=f"10.{it // 250}.{it % 250}.0/24", from_port=it),)
                    if it % 2 else
                    (None, rule(cidr_ipv4=f"10.{it // 250}.{it % 250}.0/24", from_port=it))
                ), name=f"r{it}")
                for it in range(count)
            )
        )  # fmt: skip
        monkeypatch.setattr(Traffic, "way", way)
        return found

    assert steps(800) <= 2 * steps(400) + 10


def test_a_subnet_that_is_made_anew_has_nothing_of_an_outpost() -> None:
    before = {"cidr_block": "10.1.0.0/24", "enable_lni_at_device_index": 0,
              "map_customer_owned_ip_on_launch": False, "customer_owned_ipv4_pool": ""}  # fmt: skip
    assert reviewed(
        change("aws_subnet", "replace", before, {"cidr_block": "10.2.0.0/24"})
    ).is_judged
    new = {"cidr_block": "10.2.0.0/24", "availability_zone": "eu-central-1a"}
    found = reviewed(change("aws_subnet", "create", None, {**new, "enable_lni_at_device_index": 1}))
    assert effects(found) == ["No rule says that enable_lni_at_device_index is harmless with 1."]


@pytest.mark.parametrize(
    ("kind", "private_name", "exit_code"),
    [("Interface", False, 0), ("Interface", True, 1), ("Interface", UNKNOWN, 1), ("Gateway", False, 4)],
)  # fmt: skip
def test_an_endpoint_in_a_vpc_that_exists_is_safe_where_it_is_asked_by_its_name(
    kind: str, private_name: Json, exit_code: int
) -> None:
    assert quiet(vpc_endpoint_type=kind, private_dns_enabled=private_name).exit_code == exit_code


def quiet(**more: Json) -> Review:
    """The review of an endpoint into a VPC that exists, by which only who names it goes."""
    given = {
        "vpc_id": "vpc-1", "vpc_endpoint_type": "Interface", "private_dns_enabled": False,
        "service_name": "com.amazonaws.eu-central-1.secretsmanager", "subnet_ids": ["subnet-1"],
        "security_group_ids": ["sg-1"], "policy": json.dumps(OWN_SECRETS), **more,
    }  # fmt: skip
    named = {"vpc_id": ["data.aws_vpc.it"], "subnet_ids": ["data.aws_subnet.it"],
             "security_group_ids": [f"{GROUP}.it"]}  # fmt: skip
    return reviewed(
        change("aws_vpc_endpoint", "create", None, given),
        stays(GROUP, id="sg-1"),
        stays(IN, **rule(from_port=443, to_port=443, referenced_security_group_id="sg-1")),
        configuration=configured(aws_vpc_endpoint__it=named),
    )


OWN_SECRETS = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    }
}


@pytest.mark.parametrize(
    "more",
    [
        {"service_name": "com.amazonaws.eu-central-1.lambda"},
        {"service_name": "com.amazonaws.eu-central-1.secretsmanager.evil"},
        {"service_name": None},
        {"security_group_ids": ["sg-2"]},
        {"security_group_ids": []},
        {"subnet_ids": []},
        {"policy": UNKNOWN},
    ],
)
def test_a_quiet_endpoint_is_safe_for_secrets_manager_in_the_plans_own_alone(
    more: dict[str, Any],
) -> None:
    assert quiet().exit_code == 0
    assert quiet(**more).exit_code != 0


@pytest.mark.parametrize(
    ("subnet", "gateway", "exit_code"),
    [
        ({}, {"nat_gateway_id": "nat-1"}, 0),
        ({"map_public_ip_on_launch": True}, {"nat_gateway_id": "nat-1"}, 1),
        ({}, {"gateway_id": "igw-1"}, 1),
    ],
)
@pytest.mark.parametrize("group", ["aws_db_subnet_group", "aws_dms_replication_subnet_group"])
def test_a_subnet_group_gets_a_subnet_by_whether_the_internet_reaches_it(
    group: str, subnet: dict[str, Any], gateway: dict[str, Any], exit_code: int
) -> None:
    around = [
        stays("aws_subnet", "old", id="subnet-1"),
        stays("aws_subnet", "new", id="subnet-2", **subnet),
        stays("aws_route_table_association", subnet_id="subnet-2", route_table_id="rtb-1"),
        stays("aws_route", route_table_id="rtb-1", destination_cidr_block="0.0.0.0/0", **gateway),
    ]
    grows = change(group, "update", {"subnet_ids": ["subnet-1"]},
                   {"subnet_ids": ["subnet-1", "subnet-2"]})  # fmt: skip
    refers = configured(**{f"{group}__it": {"subnet_ids": ["aws_subnet.old", "aws_subnet.new"]}})
    assert reviewed(grows, *around, configuration=refers).exit_code == exit_code

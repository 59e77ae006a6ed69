from collections.abc import Sequence

import pytest
from cdktf import TerraformStack

from constructs_lib.network import Replication, SecurityGroups
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.constructs_lib.network_examples import acknowledged, resolved
from tests.unit.template import Template


def security_groups(
    stack: TerraformStack,
    *,
    endpoint_group: str | None = None,
    endpoint_cidr: str | None = None,
    further: Sequence[str] = (),
) -> SecurityGroups:
    return SecurityGroups(
        stack,
        "security-groups",
        names=NAMES,
        vpc_id="vpc-1",
        aurora_port=5433,
        client_group_ids=[],
        client_cidrs=[],
        replication=Replication(
            source_cidrs=["192.168.10.0/24", *further],
            source_port=6432,
            secretsmanager_security_group_id=endpoint_group,
            secretsmanager_cidr=endpoint_cidr,
        ),
    )


def rules(stack: TerraformStack) -> set[tuple[str, str, str, int, str]]:
    """Every rule as (direction, group, other end, port, description); TCP and one port each."""
    template = Template.of(stack)
    names = {
        f"${{aws_security_group.{local}.id}}": group["name"]
        for local, group in template.resources("aws_security_group").items()
    }
    found = set()
    for direction in ("ingress", "egress"):
        for rule in template.resources(f"aws_vpc_security_group_{direction}_rule").values():
            assert rule["ip_protocol"] == "tcp"
            assert rule["from_port"] == rule["to_port"]
            other = rule.get("cidr_ipv4") or rule["referenced_security_group_id"]
            found.add(
                (
                    direction,
                    names[rule["security_group_id"]],
                    names.get(other, other),
                    rule["from_port"],
                    rule["description"],
                )
            )
    return found


BETWEEN_OWN_GROUPS_AND_SOURCE = {
    ("egress", "aurora-ferry-dev-clients", "aurora-ferry-dev-aurora", 5433, "Clients to Aurora"),
    ("ingress", "aurora-ferry-dev-aurora", "aurora-ferry-dev-clients", 5433, "Clients to Aurora"),
    ("egress", "aurora-ferry-dev-dms", "aurora-ferry-dev-aurora", 5433, "DMS to Aurora"),
    ("ingress", "aurora-ferry-dev-aurora", "aurora-ferry-dev-dms", 5433, "DMS to Aurora"),
    ("egress", "aurora-ferry-dev-dms", "192.168.10.0/24", 6432, "DMS to the source"),
}


def test_with_neither_dms_reaches_an_endpoint_of_its_own_and_nothing_else_is_open(
    stack: TerraformStack,
) -> None:
    groups = security_groups(stack)

    endpoint = "aurora-ferry-dev-secretsmanager-endpoint"
    assert rules(stack) == BETWEEN_OWN_GROUPS_AND_SOURCE | {
        ("egress", "aurora-ferry-dev-dms", endpoint, 443, "DMS to Secrets Manager"),
        ("ingress", endpoint, "aurora-ferry-dev-dms", 443, "DMS to Secrets Manager"),
    }
    assert groups.secretsmanager_endpoint_id is not None


def test_dms_reaches_each_network_of_the_source(stack: TerraformStack) -> None:
    """The first rule has the id that it has alone, so that further networks only add to it."""
    security_groups(stack, endpoint_cidr="0.0.0.0/0", further=["10.8.0.0/16", "203.0.113.7/32"])

    assert {rule for rule in rules(stack) if rule[4] == "DMS to the source"} == {
        ("egress", "aurora-ferry-dev-dms", "192.168.10.0/24", 6432, "DMS to the source"),
        ("egress", "aurora-ferry-dev-dms", "10.8.0.0/16", 6432, "DMS to the source"),
        ("egress", "aurora-ferry-dev-dms", "203.0.113.7/32", 6432, "DMS to the source"),
    }
    egress = Template.of(stack).resources("aws_vpc_security_group_egress_rule").values()
    assert {
        rule["tags"]["Name"] for rule in egress if rule["description"] == "DMS to the source"
    } == {
        "aurora-ferry-dev-dms-to-source-out",
        "aurora-ferry-dev-dms-to-source-10-8-0-0-16-out",
        "aurora-ferry-dev-dms-to-source-203-0-113-7-32-out",
    }


def test_without_a_replication_the_clients_alone_reach_aurora(stack: TerraformStack) -> None:
    groups = SecurityGroups(
        stack,
        "security-groups",
        names=NAMES,
        vpc_id="vpc-1",
        aurora_port=5433,
        client_group_ids=[],
        client_cidrs=[],
        replication=None,
    )

    assert rules(stack) == {
        (way, one, other, 5433, "Clients to Aurora")
        for way, one, other in (
            ("egress", "aurora-ferry-dev-clients", "aurora-ferry-dev-aurora"),
            ("ingress", "aurora-ferry-dev-aurora", "aurora-ferry-dev-clients"),
        )
    }
    assert (groups.dms_id, groups.secretsmanager_endpoint_id) == (None, None)


@pytest.mark.parametrize(
    ("access", "other"),
    [
        ({"endpoint_group": "sg-endpoint"}, "sg-endpoint"),
        ({"endpoint_cidr": "10.9.0.0/24"}, "10.9.0.0/24"),
    ],
)
def test_an_endpoint_that_exists_is_let_out_to_and_left_alone(
    stack: TerraformStack, access: dict[str, str], other: str
) -> None:
    groups = security_groups(stack, **access)

    assert rules(stack) == BETWEEN_OWN_GROUPS_AND_SOURCE | {
        ("egress", "aurora-ferry-dev-dms", other, 443, "DMS to Secrets Manager"),
    }
    assert groups.secretsmanager_endpoint_id is None


def test_groups_state_where_they_have_no_rules(stack: TerraformStack) -> None:
    security_groups(stack)

    groups = Template.of(stack).resources("aws_security_group").values()
    assert {
        group["name"]: [way for way in ("ingress", "egress") if group.get(way) == []]
        for group in groups
    } == {
        "aurora-ferry-dev-aurora": ["egress"],
        "aurora-ferry-dev-dms": ["ingress"],
        "aurora-ferry-dev-clients": ["ingress"],
        "aurora-ferry-dev-secretsmanager-endpoint": ["egress"],
    }


def test_groups_are_described_and_belong_to_the_network(stack: TerraformStack) -> None:
    security_groups(stack)

    groups = Template.of(stack).resources("aws_security_group").values()
    assert {group["vpc_id"] for group in groups} == {"vpc-1"}
    assert {group["tags"]["Name"]: group["description"] for group in groups} == {
        "aurora-ferry-dev-aurora": "Aurora PostgreSQL",
        "aurora-ferry-dev-dms": "The DMS replication instance",
        "aurora-ferry-dev-clients": "Applications that use Aurora",
        "aurora-ferry-dev-secretsmanager-endpoint": "The Secrets Manager endpoint",
    }


def test_the_ids_are_those_of_the_groups(stack: TerraformStack) -> None:
    groups = security_groups(stack)

    names = {
        f"${{aws_security_group.{local}.id}}": group["name"]
        for local, group in Template.of(stack).resources("aws_security_group").items()
    }
    ids = [
        groups.aurora_id,
        groups.dms_id,
        groups.clients_id,
        groups.secretsmanager_endpoint_id,
    ]
    assert [names[id_] for id_ in resolved(ids, stack)] == [
        "aurora-ferry-dev-aurora",
        "aurora-ferry-dev-dms",
        "aurora-ferry-dev-clients",
        "aurora-ferry-dev-secretsmanager-endpoint",
    ]


def test_every_rule_has_a_name_of_its_own(stack: TerraformStack) -> None:
    security_groups(stack)

    template = Template.of(stack)
    names = [
        rule["tags"]["Name"]
        for direction in ("ingress", "egress")
        for rule in template.resources(f"aws_vpc_security_group_{direction}_rule").values()
    ]
    assert len(set(names)) == len(names) == 7


def test_only_the_group_for_others_is_attached_to_nothing(stack: TerraformStack) -> None:
    security_groups(stack)

    assert acknowledged(stack) == {"test/security-groups/clients": ["CKV2_AWS_5"]}


def test_groups_and_networks_of_ones_own_reach_aurora_alone(stack: TerraformStack) -> None:
    SecurityGroups(
        stack,
        "security-groups",
        names=NAMES,
        vpc_id="vpc-1",
        aurora_port=5433,
        client_group_ids=["sg-0123456789abcdef0"],
        client_cidrs=["10.40.0.0/16"],
        replication=None,
    )

    aurora, clients = "aurora-ferry-dev-aurora", "aurora-ferry-dev-clients"
    assert rules(stack) == {
        ("egress", clients, aurora, 5433, "Clients to Aurora"),
        ("ingress", aurora, clients, 5433, "Clients to Aurora"),
        ("ingress", aurora, "sg-0123456789abcdef0", 5433, "Clients of another group to Aurora"),
        ("ingress", aurora, "10.40.0.0/16", 5433, "Clients in 10.40.0.0/16 to Aurora"),
    }


def test_a_clients_rule_is_known_by_the_client(stack: TerraformStack) -> None:
    """Whatever the order of the lists: a rule that stays is not made anew."""
    SecurityGroups(
        stack,
        "security-groups",
        names=NAMES,
        vpc_id="vpc-1",
        aurora_port=5433,
        client_group_ids=["sg-0123456789abcdef0"],
        client_cidrs=["10.40.0.0/16"],
        replication=None,
    )

    tags = {
        rule["tags"]["Name"]
        for rule in Template.of(stack).resources("aws_vpc_security_group_ingress_rule").values()
    }
    assert tags == {
        "aurora-ferry-dev-clients-to-aurora-in",
        "aurora-ferry-dev-client-sg-0123456789abcdef0-in",
        "aurora-ferry-dev-client-10-40-0-0-16-in",
    }

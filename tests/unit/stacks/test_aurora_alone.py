"""Without [source] and [dms] there is Aurora alone, as it was beside a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.stacks.conftest import NAMES, synthesized

if TYPE_CHECKING:
    from settings.environment import Environment
    from tests.unit.template import Template

ADDRESS = tuple[str, str]


def alone(environment: Environment) -> Environment:
    """The environment when its migration is over; the way to its clients stays."""
    network = environment.network
    if environment.routed_cidrs and network.route_to_source:
        route = network.route_to_source.model_copy(update={"cidrs": environment.routed_cidrs})
        network = network.model_copy(update={"route_to_source": route})
    return environment.model_copy(update={"source": None, "dms": None, "network": network})


def bodies(template: Template) -> dict[ADDRESS, object]:
    return {
        (type_, local): body
        for section in ("resource", "data")
        for type_, group in template.document.get(section, {}).items()
        for local, body in group.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_is_left_changes_but_the_dashboard(
    name: str, environments: dict[str, Environment], templates: dict[str, Template]
) -> None:
    before, after = bodies(templates[name]), bodies(synthesized(alone(environments[name])))

    assert after.keys() <= before.keys()
    changed = {type_ for (type_, local), body in after.items() if body != before[type_, local]}
    assert changed == {"aws_cloudwatch_dashboard"}


OF_DMS = {
    "aws_dms_endpoint", "aws_dms_event_subscription", "aws_dms_replication_instance",
    "aws_dms_replication_subnet_group", "aws_dms_replication_task", "aws_dms_certificate",
}  # fmt: skip
ITS_ACCESS = {
    "aws_iam_role", "aws_iam_role_policy", "aws_iam_roles", "aws_secretsmanager_secrets",
    "aws_security_group", "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule", "aws_vpc_endpoint",
}  # fmt: skip
ITS_WAY_OUT = {
    "aws_eip", "aws_internet_gateway", "aws_nat_gateway", "aws_route", "aws_route_table",
    "aws_route_table_association", "aws_subnet",
}  # fmt: skip
ITS_WATCH = {"aws_cloudwatch_metric_alarm", "aws_cloudwatch_log_group"}


@pytest.mark.parametrize("name", NAMES)
def test_what_goes_is_dms_its_access_and_its_watch(
    name: str, environments: dict[str, Environment], templates: dict[str, Template]
) -> None:
    environment = environments[name]
    gone = bodies(templates[name]).keys() - bodies(synthesized(alone(environment))).keys()

    beyond = {type_ for type_, _ in gone} - OF_DMS - ITS_ACCESS - ITS_WATCH
    assert beyond <= (set() if environment.nat == "none" else ITS_WAY_OUT)
    of_dms = [local for type_, local in bodies(templates[name]) if type_ in OF_DMS]
    assert {local for type_, local in gone if type_ in OF_DMS} == set(of_dms)
    words = ("aurora", "key", "master", "target-secret", "clients", "flow-logs")
    assert [local for _, local in gone if local.startswith(words)] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_output_tells_of_dms(name: str, environments: dict[str, Environment]) -> None:
    told = set(synthesized(alone(environments[name])).document["output"])

    assert {output for output in told if output.startswith("dms_")} == {"dms_subnet_ids"}
    assert "source_secret_arn" not in told
    assert {"secret_arn", "cluster_endpoint"} <= told

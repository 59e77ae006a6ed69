"""What AWS alone says of a thing: found changed and left so, it is told or a row says why not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ferry.review import Danger, PlanError, Verdict, read_plan, review
from ferry.review.plan.objects import texts
from ferry.review.plan.values import show
from ferry.review.rules.reported import FOUND, Bad, ByItself, is_reported, what_was_found
from ferry.review.rules.row import ANY
from ferry.review.rules.table import TABLE
from tests.unit.ferry.review.plans import (
    BLOCKING,
    change,
    dangers,
    effects,
    plan_text,
    reviewed,
    stays,
    update,
)
from tests.unit.ferry.review.schema import SCHEMA
from tests.unit.ferry.review.test_silence import values

if TYPE_CHECKING:
    from typing import Any

    from ferry.review.plan.values import Json

TYPES = sorted(set(TABLE) - {ANY})
REPORTED = {type_: [it for it in SCHEMA[type_] if is_reported(type_, it)] for type_ in TYPES}
IDENTITY = re.compile(
    r"(?:^|_)(?:id|ids|arn|ip|ips|address|dns|dns_entry|endpoint|identifier|name|owner|port|version"
    r"|version_actual|zone)$"
)
"""How the provider calls what tells one thing from another, and where it is."""
TELLS_NOTHING = {
    "aws_cloudwatch_dashboard.dashboard_name",  # a picture's name
    "aws_sns_topic.display_name",  # what stands above a mail
    "aws_rds_cluster.final_snapshot_identifier",  # the name of what does not exist yet
    "aws_secretsmanager_secret_version.secret_string_wo_version",  # a number of Terraform's alone
    *(  # without a range or a group, which the samples have not, a rule opens nothing
        f"{rule}.{port}"
        for rule in ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule",
                     "aws_vpc_security_group_egress_rule")
        for port in ("from_port", "to_port")
    ),
}  # fmt: skip
CONFIGURED = {
    ("aws_dms_replication_instance", "availability_zone"),
    ("aws_rds_cluster", "availability_zones"),
}
"""What can be configured, and AWS says all the same."""
ENTRY = {"dns_name": "a.example", "hosted_zone_id": "Z1"}


def found_in(drift: dict[str, Any], attribute: str) -> Bad | ByItself:
    """What a change of one attribute means, where nothing else was found."""
    return what_was_found(read_plan(plan_text(drift)).changes[0], attribute)


def verdict(drift: dict[str, Any], *changes: dict[str, Any]) -> Verdict:
    """What comes of a plan with drift; where it tells of another account it is not judged."""
    text = plan_text(*changes, resource_drift=[drift])
    try:
        return review(read_plan(text), environment="dev", block=BLOCKING).verdict
    except PlanError:
        return Verdict.NOT_JUDGED


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=60)
@given(data=st.data())
def test_what_is_reported_and_stays_is_told_unless_aws_changes_it_by_itself(
    type_: str, data: st.DataObject
) -> None:
    attribute = data.draw(st.sampled_from(REPORTED[type_]))
    of_it = st.none() | values(SCHEMA[type_][attribute]["type"])
    before, after = data.draw(of_it), data.draw(of_it)
    drift = update(type_, {attribute: before}, **{attribute: after})
    assume(read_plan(plan_text(drift)).changes[0].changed())
    is_told = verdict(drift) is not Verdict.SAFE
    beside = verdict(drift, stays(type_, **{attribute: after})) is not Verdict.SAFE
    assert is_told is beside
    assert is_told is isinstance(found_in(drift, attribute), Bad)


@pytest.mark.parametrize(
    ("type_", "attribute"),
    [(type_, it) for type_ in TYPES for it in SCHEMA[type_] if IDENTITY.search(it)],
)
def test_what_tells_one_thing_from_another_is_never_silent(type_: str, attribute: str) -> None:
    """Whether it can be configured or not."""
    samples: dict[str, tuple[Json, Json]] = {
        "string": ("aa", "bb"), "number": (5, 6), "bool": (False, True),
    }  # fmt: skip
    kind = SCHEMA[type_][attribute]["type"]
    before, after = samples[kind] if isinstance(kind, str) else (["aa"], ["bb"])
    found = verdict(update(type_, {attribute: before}, **{attribute: after}))
    assert (found is Verdict.SAFE) is (f"{type_}.{attribute}" in TELLS_NOTHING)


@pytest.mark.parametrize(
    ("type_", "attribute"), [(type_, it) for type_, found in FOUND.items() for it in found]
)
def test_every_row_is_of_what_is_reported_and_says_where_it_is_written(
    type_: str, attribute: str
) -> None:
    assert is_reported(type_, attribute) is ((type_, attribute) not in CONFIGURED)
    assert "computed" in SCHEMA[type_][attribute]["is"]
    for row in FOUND[type_][attribute]:
        assert row.source.startswith("https://")
        assert (row.what if isinstance(row, Bad) else row.because).endswith(".")


LONG = "2026-12-01T00:00:00Z"
LONGER = "2061-05-28T22:00:00Z"
BESIDE: dict[str, dict[str, Json]] = {
    "aws_dms_replication_instance": {"multi_az": True},
    "aws_rds_cluster_instance": {"cluster_identifier": "c"},
}
"""What else is there of a thing, by its type."""

SAMPLES: list[tuple[str, str, Json, Json, Danger | None]] = [
    ("aws_dms_endpoint", "endpoint_arn", "a", "b", Danger.REPLICATION_LOSS),
    ("aws_dms_replication_instance", "replication_instance_arn", "a", "b", Danger.REPLICATION_LOSS),
    ("aws_dms_replication_instance", "availability_zone", "eu-x-1a", "eu-x-1b", None),
    ("aws_dms_replication_instance", "replication_instance_private_ips", ["a"], ["b"], None),
    ("aws_dms_replication_instance", "replication_instance_private_ips", ["a"], [],
     Danger.REPLICATION_STOP),
    ("aws_dms_replication_instance", "replication_instance_private_ips", [], ["b"],
     Danger.REPLICATION_STOP),
    ("aws_dms_replication_instance", "replication_instance_public_ips", [""], ["b"],
     Danger.PUBLIC_REACH),
    ("aws_dms_replication_instance", "replication_instance_public_ips", ["a"], ["b"],
     Danger.REPLICATION_STOP),
    ("aws_dms_replication_task", "replication_task_arn", "a", "b", Danger.REPLICATION_LOSS),
    ("aws_dms_replication_task", "status", "running", "failed", Danger.REPLICATION_STOP),
    ("aws_dms_replication_task", "status", "running", "starting", Danger.REPLICATION_STOP),
    ("aws_dms_replication_task", "status", "starting", "ready", Danger.REPLICATION_STOP),
    ("aws_dms_replication_task", "status", "ready", "stopped", Danger.REPLICATION_STOP),
    ("aws_dms_replication_task", "status", "stopped", None, Danger.REPLICATION_STOP),
    ("aws_dms_replication_task", "status", "failed", "running", None),
    ("aws_dms_replication_task", "status", "starting", "running", None),
    ("aws_dms_replication_task", "status", "stopped", "modifying", None),
    ("aws_eip", "public_ip", "192.0.2.1", "192.0.2.2", Danger.REPLICATION_STOP),
    ("aws_eip", "public_dns", "a", "b", Danger.REPLICATION_STOP),
    ("aws_iam_role", "unique_id", "a", "b", Danger.REPLICATION_STOP),
    ("aws_iam_role", "create_date", "a", "b", Danger.REPLICATION_STOP),
    ("aws_nat_gateway", "public_ip", "192.0.2.1", "192.0.2.2", Danger.REPLICATION_STOP),
    ("aws_rds_cluster", "availability_zones", ["eu-x-1a"], ["eu-x-1b", "eu-x-1a", "eu-x-1c"], None),
    ("aws_rds_cluster", "ca_certificate_valid_till", LONG, LONGER, None),
    ("aws_rds_cluster", "ca_certificate_valid_till", LONGER, LONG, Danger.INTERRUPTION),
    ("aws_rds_cluster", "ca_certificate_valid_till", LONG, None, Danger.INTERRUPTION),
    ("aws_rds_cluster", "ca_certificate_valid_till", LONG, "soon", Danger.INTERRUPTION),
    ("aws_rds_cluster", "ca_certificate_valid_till", LONG, "2061-05-28", None),
    ("aws_rds_cluster", "cluster_resource_id", "a", "b", Danger.DATA_LOSS),
    ("aws_rds_cluster", "endpoint", "a", "b", Danger.OUTAGE),
    ("aws_rds_cluster", "engine_version_actual", "15.8", "15.10", Danger.INTERRUPTION),
    ("aws_rds_cluster", "reader_endpoint", "a", "b", Danger.OUTAGE),
    ("aws_rds_cluster_instance", "dbi_resource_id", "a", "b", Danger.INTERRUPTION),
    ("aws_rds_cluster_instance", "endpoint", "a", "b", Danger.INTERRUPTION),
    ("aws_rds_cluster_instance", "engine_version_actual", "15.8", "15.10", Danger.INTERRUPTION),
    ("aws_rds_cluster_instance", "kms_key_id", "a", "b", Danger.PROTECTION_LOSS),
    ("aws_rds_cluster_instance", "port", 5432, 6000, Danger.OUTAGE),
    ("aws_rds_cluster_instance", "storage_encrypted", True, False, Danger.PROTECTION_LOSS),
    ("aws_rds_cluster_instance", "writer", False, True, None),
    ("aws_rds_cluster_instance", "writer", True, False, Danger.OUTAGE),
    ("aws_rds_cluster_instance", "writer", True, None, Danger.OUTAGE),
    ("aws_route", "state", "active", "blackhole", Danger.INTERRUPTION),
    ("aws_route", "state", "blackhole", "active", None),
    ("aws_route", "state", "active", None, Danger.INTERRUPTION),
    ("aws_sns_topic", "beginning_archive_time", LONG, LONGER, None),
    ("aws_sns_topic", "beginning_archive_time", LONG, None, Danger.DATA_LOSS),
    ("aws_sns_topic", "beginning_archive_time", LONGER, LONG, Danger.UNCLEAR),
    ("aws_sns_topic_subscription", "confirmation_was_authenticated", False, True, None),
    ("aws_sns_topic_subscription", "confirmation_was_authenticated", True, False,
     Danger.UNWATCHED),
    ("aws_sns_topic_subscription", "confirmation_was_authenticated", True, None,
     Danger.UNWATCHED),
    ("aws_sns_topic_subscription", "pending_confirmation", False, True, Danger.UNWATCHED),
    ("aws_sns_topic_subscription", "pending_confirmation", True, False, None),
    ("aws_vpc", "dhcp_options_id", "a", "b", Danger.REPLICATION_STOP),
    ("aws_vpc", "main_route_table_id", "a", "b", Danger.REPLICATION_STOP),
    ("aws_vpc", "default_network_acl_id", "a", "b", Danger.UNCLEAR),
    ("aws_vpc_endpoint", "cidr_blocks", ["52.219.0.0/16"], ["3.5.136.0/22"], None),
    ("aws_vpc_endpoint", "cidr_blocks", ["52.219.0.0/16"], [], Danger.REPLICATION_STOP),
    ("aws_vpc_endpoint", "cidr_blocks", ["52.219.0.0/16"], ["0.0.0.0/0"], Danger.UNCLEAR),
    ("aws_vpc_endpoint", "cidr_blocks", ["52.219.0.0/16"], ["10.1.0.0/16"], Danger.UNCLEAR),
    ("aws_vpc_endpoint", "cidr_blocks", ["52.219.0.0/16"], ["a"], Danger.UNCLEAR),
    ("aws_vpc_endpoint", "cidr_blocks", [], ["52.219.0.0/16"], Danger.UNCLEAR),
    ("aws_vpc_endpoint", "dns_entry", [ENTRY], [], Danger.REPLICATION_STOP),
    ("aws_vpc_endpoint", "dns_entry", [ENTRY, {}], [{}, ENTRY], None),
    ("aws_vpc_endpoint", "dns_entry", [ENTRY], [{}], Danger.UNCLEAR),
    ("aws_vpc_endpoint", "state", "available", "deleted", Danger.REPLICATION_STOP),
    ("aws_vpc_endpoint", "state", "available", "pending", Danger.REPLICATION_STOP),
    ("aws_vpc_endpoint", "state", "pending", "available", None),
]  # fmt: skip
"""Type, attribute, before, after, and the danger that it is; None for none."""


def sample(type_: str, attribute: str, before: Json, after: Json) -> dict[str, Any]:
    beside = BESIDE.get(type_, {})
    return update(type_, {**beside, attribute: before}, **beside, **{attribute: after})


@pytest.mark.parametrize(("type_", "attribute", "before", "after", "danger"), SAMPLES)
def test_each_row_speaks_where_its_condition_holds(
    type_: str, attribute: str, before: Json, after: Json, danger: Danger | None
) -> None:
    found = reviewed(resource_drift=[sample(type_, attribute, before, after)])
    assert dangers(found) == ({danger} if danger else set())
    shown = f"AWS reports {show(after)}, where it was {show(before)}: "
    assert [it.startswith(shown) for it in effects(found)] == ([True] if danger else [])


def test_every_row_has_samples_that_it_speaks_of() -> None:
    spoken = {id(found_in(sample(*it[:4]), it[1])) for it in SAMPLES}
    silent = {
        (type_, attribute)
        for type_, found in FOUND.items()
        for attribute, rows in found.items()
        for row in rows
        if id(row) not in spoken or (type_, attribute) not in {it[:2] for it in SAMPLES}
    }
    assert silent == set()


def test_two_attributes_that_tell_the_same_tell_it_once() -> None:
    before = {"unique_id": "a", "create_date": "1", "arn": "r"}
    found = reviewed(
        resource_drift=[update("aws_iam_role", before, unique_id="b", create_date="2")]
    )
    assert [it.attribute for it in found.findings] == ["unique_id"]


OTHER_KINDS: tuple[Json, ...] = (
    None, "", [], {}, False, True, 7, "x", ["x"], [{}], LONG, [LONG], 10**300,
)  # fmt: skip
GOOD = {
    ("aws_rds_cluster_instance", "writer"): True,
    ("aws_sns_topic_subscription", "confirmation_was_authenticated"): True,
    ("aws_sns_topic_subscription", "pending_confirmation"): False,
}


@pytest.mark.parametrize(
    ("type_", "attribute"), [(type_, it) for type_, found in FOUND.items() for it in found]
)
def test_what_is_of_another_kind_than_aws_says_is_never_silent(type_: str, attribute: str) -> None:
    """No row is silent of whatever a value becomes."""
    good: Json = GOOD.get((type_, attribute), ...)
    for before in (None, "y", ["y"]):
        for after in OTHER_KINDS:
            silent = after is good or (
                attribute == "replication_instance_private_ips"
                and before == ["y"]
                and bool(texts(after))
            )
            found = found_in(sample(type_, attribute, before, after), attribute)
            assert isinstance(found, ByItself) is silent, (before, after)


def test_a_dms_instance_of_two_zones_that_failed_over_is_safe() -> None:
    type_, address = "aws_dms_replication_instance", "replication_instance_private_ips"

    def failed_over(*, multi_az: bool, zone: str = "eu-central-1c") -> Verdict:
        before = {"multi_az": multi_az, "availability_zone": "eu-central-1a", address: ["10.0.0.1"]}
        return verdict(update(type_, before, availability_zone=zone, **{address: ["10.0.1.1"]}))

    assert failed_over(multi_az=True) is Verdict.SAFE
    assert failed_over(multi_az=False) is not Verdict.SAFE
    assert failed_over(multi_az=True, zone="eu-west-1c") is not Verdict.SAFE


def test_an_address_of_one_instance_alone_is_told() -> None:
    name = "replication_instance_private_ips"
    for beside in ({}, {"multi_az": False}, {"multi_az": None}):
        drift = update(
            "aws_dms_replication_instance", {**beside, name: ["a"]}, **beside, **{name: ["b"]}
        )
        assert dangers(reviewed(resource_drift=[drift])) == {Danger.REPLICATION_STOP}


NOBODY_WRITES = "By this plan no instance of its cluster writes, or more than one."


def instance(name: str, cluster: str, *, before: bool, after: bool) -> dict[str, Any]:
    known = {"cluster_identifier": cluster, "identifier": name}
    sides = ({**known, "writer": before}, {**known, "writer": after})
    return change("aws_rds_cluster_instance", "update", *sides, name=name)


def test_another_instance_writes_where_one_of_the_cluster_does() -> None:
    was = instance("a", "c", before=True, after=False)
    new = instance("b", "c", before=False, after=True)
    elsewhere = instance("b", "other", before=False, after=True)
    assert effects(reviewed(resource_drift=[was, new])) == []
    assert effects(reviewed(resource_drift=[was, elsewhere])) == [
        f"AWS reports false, where it was true: {NOBODY_WRITES}"
    ]
    known = {"cluster_identifier": "c", "identifier": "b", "writer": True}
    beside = stays("aws_rds_cluster_instance", "b", **known)
    assert effects(reviewed(beside, resource_drift=[was])) == []
    assert dangers(
        reviewed(beside, resource_drift=[instance("a", "c", before=False, after=True)])
    ) == {Danger.OUTAGE}

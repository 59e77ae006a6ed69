"""What AWS alone says of a thing: found changed and left so, it is told or a row says why not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ferry.review import Danger, PlanError, Verdict, read_plan, review
from ferry.review.rules.reported import FOUND, Bad, ByItself, is_reported, what_was_found
from ferry.review.rules.row import ANY
from ferry.review.rules.table import TABLE
from tests.unit.ferry.review.plans import (
    BLOCKING,
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
ENTRY = {"dns_name": "a.example", "hosted_zone_id": "Z1"}


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
    assert is_told is isinstance(what_was_found(type_, attribute, before, after), Bad)


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
    by_itself = is_reported(type_, attribute) and isinstance(
        what_was_found(type_, attribute, before, after), ByItself
    )
    silent = by_itself or f"{type_}.{attribute}" in TELLS_NOTHING
    assert (found is Verdict.SAFE) is silent


@pytest.mark.parametrize(
    ("type_", "attribute"), [(type_, it) for type_, found in FOUND.items() for it in found]
)
def test_every_row_is_of_what_is_reported_and_says_where_it_is_written(
    type_: str, attribute: str
) -> None:
    assert is_reported(type_, attribute)
    for row in FOUND[type_][attribute]:
        assert row.source.startswith("https://")
        assert (row.what if isinstance(row, Bad) else row.because).endswith(".")


SAMPLES: list[tuple[str, str, Json, Json, Danger | None]] = [
    ("aws_dms_endpoint", "endpoint_arn", "a", "b", Danger.REPLICATION_LOSS),
    ("aws_dms_replication_instance", "replication_instance_arn", "a", "b", Danger.REPLICATION_LOSS),
    ("aws_dms_replication_instance", "replication_instance_private_ips", ["a"], ["b"], None),
    ("aws_dms_replication_instance", "replication_instance_public_ips", [""], ["b"],
     Danger.PUBLIC_REACH),
    ("aws_dms_replication_instance", "replication_instance_public_ips", ["a"], ["b"],
     Danger.REPLICATION_STOP),
    ("aws_dms_replication_task", "replication_task_arn", "a", "b", Danger.REPLICATION_LOSS),
    ("aws_dms_replication_task", "status", "running", "failed", Danger.REPLICATION_STOP),
    ("aws_dms_replication_task", "status", "failed", "running", None),
    ("aws_eip", "public_ip", "192.0.2.1", "192.0.2.2", Danger.REPLICATION_STOP),
    ("aws_eip", "public_dns", "a", "b", Danger.REPLICATION_STOP),
    ("aws_iam_role", "unique_id", "a", "b", Danger.REPLICATION_STOP),
    ("aws_iam_role", "create_date", "a", "b", Danger.REPLICATION_STOP),
    ("aws_nat_gateway", "public_ip", "192.0.2.1", "192.0.2.2", Danger.REPLICATION_STOP),
    ("aws_rds_cluster", "ca_certificate_valid_till", "a", "b", None),
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
    ("aws_rds_cluster_instance", "writer", True, False, None),
    ("aws_route", "state", "active", "blackhole", Danger.INTERRUPTION),
    ("aws_route", "state", "blackhole", "active", None),
    ("aws_sns_topic", "beginning_archive_time", "a", "b", None),
    ("aws_sns_topic_subscription", "confirmation_was_authenticated", False, True, None),
    ("aws_sns_topic_subscription", "pending_confirmation", False, True, Danger.UNWATCHED),
    ("aws_sns_topic_subscription", "pending_confirmation", True, False, None),
    ("aws_vpc", "dhcp_options_id", "a", "b", Danger.REPLICATION_STOP),
    ("aws_vpc", "main_route_table_id", "a", "b", Danger.REPLICATION_STOP),
    ("aws_vpc", "default_network_acl_id", "a", "b", Danger.UNCLEAR),
    ("aws_vpc_endpoint", "cidr_blocks", ["a"], ["b"], None),
    ("aws_vpc_endpoint", "dns_entry", [ENTRY], [], Danger.REPLICATION_STOP),
    ("aws_vpc_endpoint", "dns_entry", [ENTRY, {}], [{}, ENTRY], None),
    ("aws_vpc_endpoint", "dns_entry", [ENTRY], [{}], Danger.UNCLEAR),
    ("aws_vpc_endpoint", "state", "available", "deleted", Danger.REPLICATION_STOP),
    ("aws_vpc_endpoint", "state", "pending", "available", None),
]  # fmt: skip
"""Type, attribute, before, after, and the danger that it is; None for none."""


@pytest.mark.parametrize(("type_", "attribute", "before", "after", "danger"), SAMPLES)
def test_each_row_speaks_where_its_condition_holds(
    type_: str, attribute: str, before: Json, after: Json, danger: Danger | None
) -> None:
    found = reviewed(resource_drift=[update(type_, {attribute: before}, **{attribute: after})])
    assert dangers(found) == ({danger} if danger else set())
    shown = f"AWS reports {json.dumps(after)}, where it was {json.dumps(before)}: "
    assert [it.startswith(shown) for it in effects(found)] == ([True] if danger else [])


def test_every_row_has_samples_that_it_speaks_of() -> None:
    spoken = {id(what_was_found(*it[:4])) for it in SAMPLES}
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

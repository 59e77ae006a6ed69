"""The record in Route 53: which may be changed, how it is changed and waited for, and changed back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.migrate.cutover.switching import dns as module
from ferry.migrate.cutover.switching.cname import Cname, Lowered, UnfitError, understood
from ferry.migrate.cutover.switching.dns import NotInSyncError, change, read, set_ttl
from settings.cutover import Dns

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDPOINT = "shop.cluster-abc.eu-central-1.rds.amazonaws.com"
GIVEN = Dns(zone_id="Z1", name="DB.example.com")
RECORD = Cname(zone_id="Z1", name="db.example.com", value="old.example.com", ttl_seconds=300)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SECONDS_BETWEEN_LOOKS", 0.0)


@pytest.fixture
def client(aws: None) -> Any:  # noqa: ANN401, ARG001 - no stubs; asked for its effect
    return boto3.client("route53", region_name="eu-central-1")


def put(client: Any, zone: str, name: str = "db.example.com", **other: object) -> None:  # noqa: ANN401
    record = {
        "Name": name,
        "Type": "CNAME",
        "TTL": 300,
        "ResourceRecords": [{"Value": "Old.example.com."}],
        **other,
    }
    client.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )


@pytest.fixture
def given(client: Any) -> Dns:  # noqa: ANN401
    """A record, with others around it, in a zone of moto's, whose ids are not AWS's."""
    zone = client.create_hosted_zone(Name="example.com", CallerReference="a")["HostedZone"]["Id"]
    for name in ("db.example.com", "a.example.com", "z.example.com"):
        put(client, zone, name)
    return GIVEN.model_copy(update={"zone_id": zone.rpartition("/")[2]})


def test_it_is_led_to_aurora_and_back(client: Any, given: Dns) -> None:  # noqa: ANN401
    found = read(client, given)
    record = found.record

    assert (found.zone, found.is_private) == ("example.com", False)
    assert (record.name, record.value, record.ttl_seconds) == (
        "db.example.com",
        "old.example.com",
        300,
    )
    assert Cname.of(json.loads(json.dumps(record.as_json()))) == record

    set_ttl(client, record, 5)
    assert read(client, given).record == record.leading(record.value, ttl_seconds=5)

    low = read(client, given).record
    there = low.leading(f"{ENDPOINT}.")
    for before, after in ((low, there), (low, there), (there, low), (there, low), (low, there)):
        change(client, given, before=before, after=after)
        assert read(client, given).record == after
    # and no other
    (other,) = client.list_resource_record_sets(
        HostedZoneId=given.zone_id, StartRecordName="z.example.com"
    )["ResourceRecordSets"]
    assert other["TTL"] == 300


def test_a_record_that_somebody_changed_is_left(client: Any, given: Dns) -> None:  # noqa: ANN401
    record = read(client, given).record
    put(client, given.zone_id, ResourceRecords=[{"Value": "elsewhere.example.com"}])

    with pytest.raises(FerryError, match="changed by somebody: it leads to elsewhere") as raised:
        change(client, given, before=record, after=record.leading(ENDPOINT))

    assert raised.value.stays
    assert read(client, given).record.value == "elsewhere.example.com"


def of(**changes: object) -> dict[str, Any]:
    """A resource record set."""
    return {
        "Name": "db.example.com.",
        "Type": "CNAME",
        "TTL": 60,
        "ResourceRecords": [{"Value": "old.example.com"}],
        **changes,
    }


@pytest.mark.parametrize(
    ("zone", "sets", "said"),
    [
        ("example.org.", [of()], "is that of example.org, which does not hold the name db.exampl"),
        ("b.example.com.", [of()], "is that of b.example.com, which does not hold the name"),
        ("db.example.com.", [of()], "is the name of the hosted zone itself"),
        ("example.com.", [], "has no record db.example.com."),
        ("example.com.", [of(Name="e.example.com.")], "has no record db.example.com."),
        ("example.com.", [of(SetIdentifier="a", Weight=1)], "by weight, latency, place or health"),
        ("example.com.", [of(AliasTarget={"DNSName": "X.example.com."})], "alias (of x.example."),
        ("example.com.", [of(Type="A"), of(Type="AAAA")], "is of the type A, AAAA, and beside"),
    ],
)
def test_what_ferry_may_not_change_is_refused_for_its_reason(
    zone: str, sets: list[Mapping[str, Any]], said: str
) -> None:
    with pytest.raises(UnfitError) as raised:
        understood(GIVEN, zone, sets)

    assert said in raised.value.why
    assert raised.value.remedy
    assert raised.value.stays


def test_a_private_zone_is_told(client: Any) -> None:  # noqa: ANN401
    zone = client.create_hosted_zone(
        Name="example.com",
        CallerReference="p",
        VPC={"VPCRegion": "eu-central-1", "VPCId": "vpc-1"},
        HostedZoneConfig={"PrivateZone": True, "Comment": "c"},
    )["HostedZone"]["Id"]
    put(client, zone)

    assert read(client, GIVEN.model_copy(update={"zone_id": zone.rpartition("/")[2]})).is_private


def test_a_zone_that_is_not_there(client: Any) -> None:  # noqa: ANN401
    with pytest.raises(FerryError, match="Could not read the hosted zone Z1: "):
        read(client, GIVEN)


AT = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "left"), [(0, 300), (299.5, 0.5), (300, 0), (9999, 0), (-9999, 300)]
)
def test_how_long_the_old_record_is_kept(after: float, left: float) -> None:
    lowered = Lowered(before=RECORD, at=AT)

    assert lowered.seconds_left(AT + timedelta(seconds=after)) == left


def stubbed(client: Any, *answers: str) -> Stubber:  # noqa: ANN401
    """Route 53, whose change has these statuses, or fails with an error's code."""
    stubber = Stubber(client)
    stubber.add_response(
        "get_hosted_zone",
        {"HostedZone": {"Id": "/hostedzone/Z1", "Name": "example.com.", "CallerReference": "c"}},
    )
    stubber.add_response(
        "list_resource_record_sets",
        {"ResourceRecordSets": [of(TTL=300)], "IsTruncated": False, "MaxItems": "100"},
        {"HostedZoneId": "Z1", "StartRecordName": GIVEN.name, "MaxItems": "100"},
    )
    first, *rest = answers
    info = {"Id": "/change/C1", "SubmittedAt": AT}
    stubber.add_response(
        "change_resource_record_sets",
        {"ChangeInfo": {**info, "Status": first}},
        {
            "HostedZoneId": "Z1",
            "ChangeBatch": {
                "Changes": [
                    {
                        "Action": "UPSERT",
                        "ResourceRecordSet": {
                            "Name": "db.example.com",
                            "Type": "CNAME",
                            "TTL": 300,
                            "ResourceRecords": [{"Value": ENDPOINT}],
                        },
                    }
                ]
            },
        },
    )
    for answer in rest:
        if answer in {"PENDING", "INSYNC"}:
            stubber.add_response("get_change", {"ChangeInfo": {**info, "Status": answer}})
        else:
            stubber.add_client_error("get_change", answer)
    return stubber


@pytest.mark.parametrize("answers", [("INSYNC",), ("PENDING", "PENDING", "Throttling", "INSYNC")])
def test_a_change_is_waited_for(client: Any, answers: tuple[str, ...]) -> None:  # noqa: ANN401
    with stubbed(client, *answers) as stubber:
        change(client, GIVEN, before=RECORD, after=RECORD.leading(ENDPOINT))
        stubber.assert_no_pending_responses()


def test_a_change_that_is_not_everywhere_in_time_is_said(client: Any) -> None:  # noqa: ANN401
    with (
        stubbed(client, "PENDING"),
        pytest.raises(NotInSyncError, match="has not said within 0 seconds") as raised,
    ):
        change(client, GIVEN, before=RECORD, after=RECORD.leading(ENDPOINT), wait_seconds=0)

    assert raised.value.remedy == "Ask for it: aws route53 get-change --id C1"
    assert raised.value.exit_code is ExitStatus.NOT_DONE


def test_what_does_not_answer_is_said_with_it(
    client: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = iter([0.0, 0.0, 1.0])
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    with (
        stubbed(client, "PENDING", "Throttling"),
        pytest.raises(NotInSyncError, match=r"have it\. Could not ask for the change: AWS refused"),
    ):
        change(client, GIVEN, before=RECORD, after=RECORD.leading(ENDPOINT), wait_seconds=1)


def test_who_may_not_ask_is_told_at_once(client: Any) -> None:  # noqa: ANN401
    with (
        stubbed(client, "PENDING", "AccessDenied"),
        pytest.raises(FerryError, match="Could not ask for the change: AWS denied GetChange"),
    ):
        change(client, GIVEN, before=RECORD, after=RECORD.leading(ENDPOINT))

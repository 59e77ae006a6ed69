"""The switch over local AWS: what the applications read and resolve, there and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferry.errors import FerryError
from ferry.migrate.cutover.switching import dns as by_dns
from ferry.migrate.cutover.switching import secrets as by_secrets
from ferry.migrate.cutover.switching.dns import NotInSyncError
from ferry.migrate.cutover.switching.secrets import Moved
from settings.cutover import Dns
from tests.migration.deployed import AURORA

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws


def test_what_the_applications_read_goes_there_and_back(aws: Aws) -> None:
    client = aws.secretsmanager
    arns = []
    for name in ("orders", "carts"):
        arn = client.create_secret(Name=name, SecretString="source")["ARN"]
        client.put_secret_value(SecretId=arn, SecretString="Aurora", VersionStages=["ferry-next"])
        arns.append(arn)

    def said() -> list[str]:
        return [client.get_secret_value(SecretId=arn)["SecretString"] for arn in arns]

    moves = by_secrets.read(client, arns)
    assert said() == ["source", "source"]

    # killed after the first, and gone on with
    by_secrets.carry_out(client, moves[0])
    came_to = [by_secrets.carry_out(client, move) for move in moves]
    assert (came_to, said()) == ([Moved.ALREADY, Moved.NOW], ["Aurora", "Aurora"])
    came_to = [by_secrets.carry_out(client, move.back) for move in moves]
    assert (came_to, said()) == ([Moved.NOW, Moved.NOW], ["source", "source"])
    assert by_secrets.read(client, arns) == moves

    client.put_secret_value(SecretId=arns[1], SecretString="rotated")
    with pytest.raises(FerryError, match=f"The secret {arns[1]} was changed by somebody"):
        by_secrets.carry_out(client, moves[1])
    assert said() == ["source", "rotated"]


def test_what_the_applications_resolve_goes_there_and_back(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_dns, "_SECONDS_BETWEEN_LOOKS", 0.01)
    client = aws.route53
    zone = client.create_hosted_zone(Name="example.com", CallerReference=aws.account)["HostedZone"]
    given = Dns(zone_id=zone["Id"].rpartition("/")[2], name="db.example.com")
    record = {
        "Name": given.name,
        "Type": "CNAME",
        "TTL": 300,
        "ResourceRecords": [{"Value": "old.example.com"}],
    }
    client.change_resource_record_sets(
        HostedZoneId=given.zone_id,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )

    high = by_dns.read(client, given).record
    by_dns.set_ttl(client, high, given.ttl_seconds)
    before = by_dns.read(client, given).record
    after = before.leading(AURORA)
    assert (high.ttl_seconds, before.ttl_seconds) == (300, 5)

    # not waited for to its end, and gone on with
    with pytest.raises(NotInSyncError):
        by_dns.change(client, given, before=before, after=after, wait_seconds=0)
    assert by_dns.read(client, given).record == after
    by_dns.change(client, given, before=before, after=after)
    by_dns.change(client, given, before=after, after=before)
    assert by_dns.read(client, given).record == before
    by_dns.change(client, given, before=before, after=high)
    assert by_dns.read(client, given).record == high

"""What the tests of local AWS share: clients, requests to its own endpoints, refusals."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3.session

POLICIES = "arn:aws:iam::aws:policy/service-role"


REGION = "eu-central-1"


@dataclass(kw_only=True)
class Clients:
    """Clients by the name of their service, made when first asked for."""

    session: boto3.session.Session
    url: str
    _made: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._made.values():
            client.close()

    def get(self, service: str) -> Any:  # noqa: ANN401 - any service's client
        if service not in self._made:
            self._made[service] = self.session.client(  # type: ignore[call-overload]  # no literal
                service,
                endpoint_url=self.url,
                region_name=REGION,
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self._made[service]


@dataclass(kw_only=True)
class Aws:
    """What one test sees of AWS: an account of its own."""

    account: str
    url: str
    clients: Clients
    region: str = REGION

    def __getattr__(self, service: str) -> Any:  # noqa: ANN401 - any service's client
        """The client of a service: `aws.rds`."""
        if service.startswith("_"):
            raise AttributeError(service)
        return self.clients.get(service)

    def get(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """What one of local AWS's own endpoints answers."""
        return self.request("GET", path)

    def post(self, path: str, document: object) -> Any:  # noqa: ANN401 - any JSON
        return self.request("POST", path, json.dumps(document).encode())

    def request(self, method: str, path: str, body: bytes | None = None) -> Any:  # noqa: ANN401 - any JSON
        request = urllib.request.Request(self.url + path, data=body, method=method)  # noqa: S310 - this server
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return {"status": error.code, **json.load(error)}

    def subnet_ids(self, zones: str = "abc") -> list[str]:
        """New subnets in a new VPC, one for each letter of a zone."""
        vpc_id = self.ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        return [
            self.ec2.create_subnet(
                VpcId=vpc_id,
                CidrBlock=f"10.20.{number}.0/24",
                AvailabilityZone=f"{self.region}{zone}",
            )["Subnet"]["SubnetId"]
            for number, zone in enumerate(zones)
        ]

    def topic_arn(self, name: str = "alarms") -> str:
        return str(self.sns.create_topic(Name=name)["TopicArn"])


def sign_as(session: boto3.session.Session, access_key: str) -> None:
    """Have every client sign with this access key from now on."""
    credentials: Any = session.get_credentials()
    credentials.access_key = access_key


@contextlib.contextmanager
def refused(code: str, *parts: str) -> Iterator[None]:
    """Expect a refusal with this code, whose message has these parts."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    for part in parts:
        assert part in error["Message"]

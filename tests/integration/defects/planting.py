"""How a defect is written down, and the kinds that several areas share."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ferry.check.deployment import Check
    from ferry.check.deployment.deployed import Deployed

    Plant = Callable[[Deployed], Iterator[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """Something that is wrong with an environment, for as long as it is planted.

    Args:
        name: What is wrong.
        check: The check that must fail.
        environment: The environment that it is planted in.
        plant: Plants it on entry, and undoes it on exit.
    """

    name: str
    check: Check
    environment: str
    plant: Callable[[Deployed], AbstractContextManager[None]]


DEFECTS: list[Defect] = []


def defect(check: Check, *, environment: str = "dev") -> Callable[[Plant], Plant]:
    """Register a defect: a generator that plants it, yields once, and undoes it.

    Args:
        check: The check that must fail meanwhile.
        environment: The environment that it is planted in.
    """

    def register(plant: Plant) -> Plant:
        DEFECTS.append(
            Defect(
                name=plant.__name__,
                check=check,
                environment=environment,
                plant=contextmanager(plant),
            )
        )
        return plant

    return register


@contextmanager
def outputs_changed(deployed: Deployed, **outputs: object) -> Iterator[None]:
    """Let the state say other outputs; None takes one away."""
    bucket, key = deployed.environment.state_bucket, deployed.environment.state_key
    before = deployed.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    state = json.loads(before)
    for name, value in outputs.items():
        if value is None:
            del state["outputs"][name]
        else:
            state["outputs"][name]["value"] = value
    put = deployed.s3.put_object
    put(Bucket=bucket, Key=key, Body=json.dumps(state), ServerSideEncryption="AES256")
    yield
    put(Bucket=bucket, Key=key, Body=before, ServerSideEncryption="AES256")


@contextmanager
def another_key(deployed: Deployed) -> Iterator[str]:
    """A KMS key that is not the environment's: its ARN."""
    key = deployed.kms.create_key(Description="not the environment's")["KeyMetadata"]
    yield key.get("Arn", "")
    deployed.kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)


def default_vpc_id(deployed: Deployed) -> str:
    """The region's default VPC, which is not the environment's."""
    found = deployed.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])
    return found["Vpcs"][0].get("VpcId", "")


def with_statements(policy: str, change: Callable[[list[Any]], list[Any]]) -> str:
    """A policy with other statements."""
    document = json.loads(policy)
    return json.dumps({**document, "Statement": change(document["Statement"])})

"""Terraform's state of a stack, in its bucket."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ferry.account import explained, found_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_s3 import S3Client


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What a state holds.

    Args:
        resources: The attributes of each resource, by its address.
        tainted: The addresses that the next apply would replace because making them did not end.
        outputs: The outputs' values by name.
    """

    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tainted: tuple[str, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ids(self) -> Mapping[str, str]:
        """The id of each resource, by its address."""
        return {address: str(each.get("id", "")) for address, each in self.resources.items()}


def read_state(s3: S3Client, *, bucket: str, key: str) -> State:
    """Read a state; one that was never written holds nothing.

    Raises:
        FerryError: S3 refuses to show it, as where the bucket was never made.
    """
    with explained(f"read the state s3://{bucket}/{key}"):
        answer = found_or_none(lambda: s3.get_object(Bucket=bucket, Key=key), "NoSuchKey")
        return State() if answer is None else parse(answer["Body"].read())


def parse(text: bytes) -> State:
    """Read a state's JSON, version 4, which all Terraform since 0.12 writes.

    Objects that wait to be destroyed after their replacement was made ("deposed") are left out:
    they are not what the address means.
    """
    document = json.loads(text)
    resources: dict[str, Mapping[str, Any]] = {}
    tainted: list[str] = []
    for resource in document.get("resources", ()):
        if resource["mode"] != "managed":
            continue
        address = f"{resource['type']}.{resource['name']}"
        for instance in resource["instances"]:
            if "deposed" in instance:
                continue
            resources[address] = instance["attributes"]
            if instance.get("status") == "tainted":
                tainted.append(address)
    return State(
        resources=resources,
        tainted=tuple(tainted),
        outputs={name: each["value"] for name, each in document.get("outputs", {}).items()},
    )

"""What Terraform knows: the state of a stack, in its bucket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ferry.aws.failures import error_code, explained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_s3 import S3Client


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """The resources that a state holds.

    Args:
        ids: The id of each, by its address.
        tainted: The addresses that the next apply would replace because making them did not end.
    """

    ids: Mapping[str, str]
    tainted: tuple[str, ...] = ()


def read_state(s3: S3Client, *, bucket: str, key: str) -> State:
    """Read a state; one that was never written holds nothing.

    Raises:
        FerryError: S3 refuses to show it, as where the bucket was never made.
    """
    with explained(f"read the state s3://{bucket}/{key}"):
        try:
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error_code(error) != "NoSuchKey":
                raise
            return State(ids={})
    return parse(body)


def parse(text: bytes) -> State:
    """Read a state's JSON, version 4, which all Terraform since 0.12 writes.

    Objects that wait to be destroyed after their replacement was made ("deposed") are left out:
    they are not what the address means.
    """
    ids: dict[str, str] = {}
    tainted: list[str] = []
    for resource in json.loads(text).get("resources", ()):
        if resource["mode"] != "managed":
            continue
        address = f"{resource['type']}.{resource['name']}"
        for instance in resource["instances"]:
            if "deposed" in instance:
                continue
            ids[address] = str(instance["attributes"].get("id", ""))
            if instance.get("status") == "tainted":
                tainted.append(address)
    return State(ids=ids, tainted=tuple(tainted))

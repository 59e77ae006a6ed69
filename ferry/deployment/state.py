"""Terraform's state of a stack, in its bucket."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ferry.account import explained, found_or_none
from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_s3 import S3Client

_VERSION: Final = 4
_OF_A_RESOURCE: Final = ("mode", "type", "name")


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
        FerryError: S3 refuses to show it, as where the bucket was never made, or it is no state.
    """
    with explained(f"read the state s3://{bucket}/{key}"):
        answer = found_or_none(lambda: s3.get_object(Bucket=bucket, Key=key), "NoSuchKey")
        text = None if answer is None else answer["Body"].read()
    if text is None:
        return State()
    try:
        return parse(text)
    except ValueError as error:
        raise FerryError(
            f"s3://{bucket}/{key} cannot be read as Terraform's state: {error}.",
            "Look at it; the bucket keeps the versions before it: docs/recovery.md, 'Cannot be read "
            "as Terraform's state'.",
        ) from None


def parse(text: bytes) -> State:
    """Read a state's JSON, version 4, which all Terraform since 0.12 writes.

    Objects that wait to be destroyed after their replacement was made ("deposed") are left out:
    they are not what the address means.

    Raises:
        ValueError: It is no such JSON; the message says where, without a value.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        # the decoder's own words may quote the text, and states hold secrets
        raise ValueError("it is not JSON" if text else "it is empty") from None
    version = _object(document, "it").get("version")
    if version != _VERSION:
        raise ValueError(
            f"its version is {version}, and ferry reads {_VERSION}"
            if isinstance(version, int)
            else "it says no version"
        )
    outputs = _object(document.get("outputs", {}), "outputs")
    for name, output in outputs.items():
        if "value" not in _object(output, f"the output {name}"):
            raise ValueError(f"the output {name} has no value")
    resources: dict[str, Mapping[str, Any]] = {}
    tainted: list[str] = []
    for address, instance in _managed(_list(document.get("resources", []), "resources")):
        resources[address] = _object(instance.get("attributes"), f"what is known of {address}")
        if instance.get("status") == "tainted":
            tainted.append(address)
    return State(
        resources=resources,
        tainted=tuple(tainted),
        outputs={name: each["value"] for name, each in outputs.items()},
    )


def _managed(resources: list[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What Terraform has made, each with its address."""
    for resource in resources:
        identity = [_object(resource, "a resource").get(it, "") for it in _OF_A_RESOURCE]
        if not all(identity):
            raise ValueError(f"a resource lacks one of {', '.join(_OF_A_RESOURCE)}")
        mode, *address = map(str, identity)
        name = ".".join(address)
        for instance in _list(resource.get("instances"), f"the instances of {name}"):
            if "deposed" not in _object(instance, f"an instance of {name}") and mode == "managed":
                yield name, instance


def _object(value: Any, what: str) -> dict[str, Any]:  # noqa: ANN401 - JSON holds anything
    if not isinstance(value, dict):
        raise ValueError(f"{what} should be an object")  # noqa: TRY004 - it is the text that is wrong
    return value


def _list(value: Any, what: str) -> list[Any]:  # noqa: ANN401 - JSON holds anything
    if not isinstance(value, list):
        raise ValueError(f"{what} should be a list")  # noqa: TRY004 - it is the text that is wrong
    return value

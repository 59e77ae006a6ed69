"""What a stack's synthesized JSON wants to exist."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One resource of the stack.

    Args:
        type: Its type, such as `aws_vpc`.
        name: Its name in the stack.
        arguments: Its arguments, as the JSON has them.
    """

    type: str
    name: str
    arguments: Mapping[str, Any]

    @property
    def address(self) -> str:
        """The address by which Terraform's commands know it."""
        return f"{self.type}.{self.name}"


def read_stack(file: Path) -> list[Wanted]:
    """Read the resources of a stack, in the order of its JSON.

    Raises:
        FerryError: There is no such file, or it is no stack's JSON.
    """
    try:
        document = json.loads(file.read_text())
        return [
            Wanted(type=type_, name=name, arguments=arguments)
            for type_, resources in document["resource"].items()
            for name, arguments in resources.items()
        ]
    except OSError as error:
        raise FerryError(
            f"The stack's JSON {file} cannot be read ({error.strerror}). Run 'cdktf synth' first, "
            "or name the file with --stack."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FerryError(
            f"{file} is not a stack's JSON: it has no resources. Name the cdk.tf.json of the stack "
            "with --stack, or run 'cdktf synth' again."
        ) from None

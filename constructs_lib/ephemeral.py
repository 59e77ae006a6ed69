"""Ephemeral resources, which cdktf 0.21 has no classes for, and the terms that use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformStack
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Mapping


class EphemeralResource(Construct):
    """A Terraform resource whose values are in neither plan nor state.

    Terraform opens it in every plan and every apply in which its arguments are known, and only
    write-only arguments may use what it reads.

    Source: https://developer.hashicorp.com/terraform/language/block/ephemeral

    Args:
        scope: The parent.
        id_: The construct's id.
        type_: The resource's type, such as ``aws_secretsmanager_random_password``.
        arguments: Its arguments; tokens in them are resolved.
    """

    def __init__(
        self, scope: Construct, id_: str, *, type_: str, arguments: Mapping[str, object]
    ) -> None:
        super().__init__(scope, id_)
        stack = TerraformStack.of(self)
        name = stack.get_logical_id(self.node)
        stack.add_override(f"ephemeral.{type_}.{name}", dict(arguments))
        self._address = f"ephemeral.{type_}.{name}"

    def attribute(self, name: str) -> str:
        """An attribute as a term of an expression, such as ``ephemeral.aws_x.y.secret_string``."""
        return f"{self._address}.{name}"


def json_object(terms: Mapping[str, str]) -> str:
    """The term that encodes a JSON object of terms, in the order given."""
    return f"jsonencode({{{', '.join(f'{key} = {term}' for key, term in terms.items())}}})"


def fingerprint(*terms: str) -> str:
    """The term of a whole number, 0 to 2^32 - 1, that changes when one of the texts changes.

    For ``*_wo_version`` arguments: Terraform cannot compare a write-only value with the one before,
    it sends it again when this number changes.
    """
    return f'parseint(substr(sha256(join(" ", [{", ".join(terms)}])), 0, 8), 16)'

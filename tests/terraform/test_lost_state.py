"""The worst interruption: all of an environment exists, and Terraform knows nothing of it.

`ferry adopt` finds each resource, and the plan that brings them in replaces none: a type that the
provider cannot import without replacing it shows here.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ferry.adopt.finders import FINDERS
from tests.integration.rollout import local
from tests.terraform import recovery
from tests.terraform.everything import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.terraform.everything import Everything

NOT_IN_THE_EXAMPLES = {"aws_vpc_peering_connection"}


def types(addresses: list[str]) -> set[str]:
    return {address.partition(".")[0] for address in addresses}


@contextmanager
def lost_state(everything: Everything, name: str) -> Iterator[None]:
    """The bucket has versions, so a state that is deleted comes back."""
    environment = everything.deployment.environment(name)
    s3 = local(environment, url=everything.deployment.cloud.url).s3
    bucket, key = environment.state_bucket, environment.state_key
    marker = s3.delete_object(Bucket=bucket, Key=key)["VersionId"]
    try:
        yield
    finally:
        s3.delete_object(Bucket=bucket, Key=key, VersionId=marker)


def test_all_of_it_is_found_and_none_of_it_replaced(everything: Everything) -> None:
    imported: set[str] = set()
    for name in NAMES:
        known = types(everything.deployment.terraform(name).addresses())
        with lost_state(everything, name):
            adoption = recovery.adopt(everything.deployment, name)
            with recovery.imports_planned(everything.deployment, name, adoption):
                imported |= types(adoption.imports)
        assert types(adoption.imports) == known & FINDERS.keys()
        assert everything.deployment.terraform(name).addresses()

    assert FINDERS.keys() - imported == NOT_IN_THE_EXAMPLES

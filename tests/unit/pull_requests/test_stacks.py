"""Which stacks a change of code concerns, and what is planned of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ferry.errors import InputError
from pull_requests.command import place
from pull_requests.stacks import Kind, changes, find, read_stacks
from tests.unit.pull_requests.examples import ACCOUNT, ACCOUNT_STACK, document, stack, stacks

if TYPE_CHECKING:
    from pathlib import Path

EDITED = {"terraform_data": {"it": {"input": 2}}}


def test_stacks_are_read_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "stacks" / "dev"
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(document()))

    (found,) = read_stacks(tmp_path).values()

    assert found.name == "dev"
    assert found.account_id == ACCOUNT
    assert found.bucket == f"aurora-ferry-tfstate-{ACCOUNT}-eu-central-1"
    assert found.state == f"s3://{found.bucket}/environments/dev/terraform.tfstate"


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc")],
)
def test_a_region_is_in_a_partition(region: str, partition: str) -> None:
    assert place(stack(region=region))["partition"] == partition


def test_nothing_changes() -> None:
    assert changes(before=stacks(stack()), after=stacks(stack())) == []


def test_a_stack_that_is_synthesized_to_something_else_changes() -> None:
    (found,) = changes(
        before=stacks(stack(), stack("prod")), after=stacks(stack(resources=EDITED), stack("prod"))
    )

    assert (found.stack.name, found.kind) == ("dev", Kind.CHANGED)
    assert found.configuration == document(resources=EDITED)


def test_a_new_file_makes_a_new_stack() -> None:
    (found,) = changes(before={}, after=stacks(stack()))

    assert found.kind is Kind.NEW
    assert found.configuration == document()


def test_of_a_deleted_file_only_the_way_to_its_state_is_planned() -> None:
    (found,) = changes(before=stacks(stack()), after={})

    assert found.kind is Kind.GONE
    assert found.stack == stack()
    assert set(found.configuration) == {"provider", "terraform"}


def test_an_accounts_stack_that_goes_with_the_last_migration_is_no_change() -> None:
    """Its roles stay: whatever else uses DMS in the account needs them."""
    before = stacks(stack(), stack(ACCOUNT_STACK))

    assert changes(before=before, after=stacks(stack())) == []


def test_an_accounts_stack_that_goes_with_its_last_environment_is_gone() -> None:
    elsewhere = stack("prod", account_id="444455556666")

    found = changes(
        before=stacks(stack(), stack(ACCOUNT_STACK), elsewhere), after=stacks(elsewhere)
    )

    assert [(it.stack.name, it.kind) for it in found] == [
        (ACCOUNT_STACK, Kind.GONE),
        ("dev", Kind.GONE),
    ]


def test_a_stack_whose_state_moves_is_named_with_both_places() -> None:
    (found,) = changes(before=stacks(stack()), after=stacks(stack(account_id="444455556666")))

    assert found.kind is Kind.MOVED
    assert found.moved_from == stack().state
    assert found.stack.state.startswith("s3://aurora-ferry-tfstate-444455556666-")


def test_accounts_come_first() -> None:
    found = changes(before={}, after=stacks(stack("alpha"), stack(ACCOUNT_STACK)))

    assert [it.stack.name for it in found] == [ACCOUNT_STACK, "alpha"]


def test_a_stack_brings_the_lock_file_that_pins_its_provider(tmp_path: Path) -> None:
    for name in ("dev", "prod"):
        (tmp_path / "stacks" / name).mkdir(parents=True)
        (tmp_path / "stacks" / name / "cdk.tf.json").write_text(json.dumps(document(name)))
    (tmp_path / "stacks" / "dev" / ".terraform.lock.hcl").write_text("pinned")

    found = read_stacks(tmp_path)

    assert (found["dev"].lock, found["prod"].lock) == ("pinned", "")


def test_a_stack_that_is_not_there() -> None:
    with pytest.raises(InputError) as refusal:
        find(stacks(stack("dev"), stack("prod")), "qa")

    assert str(refusal.value) == (
        "There is no stack 'qa'; there are dev, prod. A stack whose file is gone is destroyed by "
        "hand: docs/deployment.md, Lifting protection and destroying."
    )

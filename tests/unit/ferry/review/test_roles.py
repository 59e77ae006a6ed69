"""Whom the review says to apply a plan that changes a role."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.review.rules.review import Review, Verdict
from tests.unit.ferry.review.plans import UNKNOWN, change, reviewed, stays, update

ROLE, POLICY, ATTACHMENT = (
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
)
BOUNDED = {"name": "dms", "permissions_boundary": "arn:aws:iam::111122223333:policy/boundary"}
AWSS = "arn:aws:iam::aws:policy/PowerUserAccess"
FREE = {"name": "dms", "permissions_boundary": ""}


def notes(review: Review) -> list[str]:
    return [note.text() for note in review.notes]


def told(*roles: str) -> list[str]:
    text = (
        f"An administrator applies this one: it changes {', '.join(roles)}, and no permissions "
        "boundary (aws.permissions_boundary_arn) holds what such a role may do."
    )
    return [text]


@pytest.mark.parametrize(
    "changes",
    [
        [change(ROLE, "create", None, {"name": "dms"})],
        [change(ROLE, "delete", {"name": "dms"}, None)],
        [update(ROLE, FREE, description="another")],
        [stays(ROLE, **FREE), update(POLICY, {"role": "dms"}, policy="{}")],
        [stays(ROLE, **FREE), change(ATTACHMENT, "delete", {"role": "dms"}, None)],
        [update(POLICY, {"role": "dms"}, policy="{}")],
        [change(ROLE, "create", None, {**FREE, "permissions_boundary": AWSS})],
    ],
    ids=[
        "made",
        "deleted",
        "changed",
        "policy",
        "attachment",
        "policy of a role of elsewhere",
        "bounded by AWS",
    ],
)
def test_a_role_without_a_boundary_is_an_administrators(changes: list[dict[str, Any]]) -> None:
    assert notes(reviewed(*changes)) == told("dms")


@pytest.mark.parametrize(
    "changes",
    [
        [change(ROLE, "create", None, BOUNDED)],
        [change(ROLE, "delete", BOUNDED, None)],
        [update(ROLE, FREE, permissions_boundary=BOUNDED["permissions_boundary"])],
        [stays(ROLE, **BOUNDED), update(POLICY, {"role": "dms"}, policy="{}")],
        [stays(ROLE, **FREE), stays(POLICY, role="dms")],
        [change("aws_kms_key", "create", None, {"description": "a key"})],
    ],
    ids=["made", "deleted", "given the boundary", "policy", "nothing happens", "no role"],
)
def test_nothing_is_said_where_whoever_deploys_may(changes: list[dict[str, Any]]) -> None:
    assert notes(reviewed(*changes)) == []


def test_a_role_and_its_policy_are_told_of_once_and_do_not_decide() -> None:
    review = reviewed(
        change(ROLE, "create", None, {"name": "flow-logs"}, name="a"),
        change(ROLE, "create", None, {"name": "dms"}, name="b"),
        change(POLICY, "create", None, {"role": UNKNOWN, "policy": "{}"}),
    )

    assert notes(review) == told("dms", "flow-logs")
    assert review.verdict is Verdict.SAFE

"""What local AWS has to have before an environment is deployed to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.standing import standing
from settings.reading.loading import load_environments
from tests.upgrading import EARLIER

if TYPE_CHECKING:
    from settings.environment import Environment

SHAPES = {it.name: it for it in load_environments(EARLIER / "d98a94d/shapes/environments")}


def told(environment: Environment) -> list[tuple[str, str]]:
    return [(it["kind"], it["id"]) for it in standing(environment)]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("existing", ["secret", "vpc", *["subnet"] * 4, "route-table", "transit-gateway"]),
        ("reached", ["vpc", *["subnet"] * 4, "security-group"]),
        ("open", ["vpc", *["subnet"] * 4, *["route-table"] * 2, "vpc"]),
        ("gateway", ["virtual-private-gateway"]),
        ("peered", ["vpc"]),
        ("internet", []),
    ],
)
def test_all_that_a_file_names_by_its_id_is_there(name: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in told(SHAPES[name])] == kinds


def test_a_bucket_and_clients_groups_are_there() -> None:
    peered = SHAPES["peered"]
    aws = peered.aws.model_copy(update={"state_bucket": "states", "state_region": "us-east-1"})
    groups = ("sg-0123456789abcdef0",)
    aurora = peered.aurora.model_copy(update={"client_security_group_ids": groups})

    found = list(standing(peered.model_copy(update={"aws": aws, "aurora": aurora})))

    assert found[0] == {
        "kind": "bucket", "account": aws.account_id, "region": "us-east-1", "id": "states",
    }  # fmt: skip
    assert found[-1]["vpc"] == "vpc-0123456789abcdef4"


def test_a_clients_group_is_in_the_existing_vpc_where_the_peer_is_elsewhere() -> None:
    far = SHAPES["open"]
    groups = ("sg-0123456789abcdef0",)
    aurora = far.aurora.model_copy(update={"client_security_group_ids": groups})

    *_, group = standing(far.model_copy(update={"aurora": aurora}))

    assert group["vpc"] == "vpc-0123456789abcdef2"


def test_a_key_and_a_topic_are_there_in_their_own_account() -> None:
    key = "arn:aws:kms:eu-central-1:777766665555:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    topic = "arn:aws:sns:eu-central-1:111122223333:on-call"
    peered = SHAPES["peered"]
    aws = peered.aws.model_copy(update={"kms_key_arn": key})
    alarms = peered.alarms.model_copy(update={"topic_arn": topic})

    found = list(standing(peered.model_copy(update={"aws": aws, "alarms": alarms})))

    assert found[:2] == [
        {
            "kind": "key", "account": "777766665555", "region": "eu-central-1",
            "id": "1234abcd-12ab-34cd-56ef-1234567890ab",
        },
        {
            "kind": "topic", "account": "111122223333", "region": "eu-central-1", "id": "on-call",
        },
    ]  # fmt: skip

"""A deployed environment of which a test says what AWS answers, the rest of it left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

import pytest

from ferry.account import Account
from ferry.check.deployment.checks import CHECKS, judge
from ferry.check.deployment.deployed import Deployed
from ferry.deployment import State
from tests.unit.ferry.environments import ACCOUNT, REGION, environment

if TYPE_CHECKING:
    from ferry.findings import Finding
    from settings.environment import Environment

STATE = State(
    outputs={
        "cluster_id": "aurora-ferry-dev",
        "cluster_arn": "arn:cluster",
        "writer_instance_id": "aurora-ferry-dev-writer",
        "reader_instance_ids": ["aurora-ferry-dev-reader-1"],
        "alarm_topic_arn": "arn:topic",
        "dms_task_arns": {"all": "arn:aws:dms:eu-central-1:111122223333:task:all"},
    }
)


class Judged(Protocol):
    """Makes a check of an environment that is as the answers say."""

    def __call__(self, check: str, **answers: Any) -> list[Finding]: ...  # noqa: ANN401 - any answer of AWS's


@pytest.fixture
def judged() -> Judged:
    """The findings of one check; the answers are what `Deployed` remembers, by name."""
    by_name = {check.name: check for check in CHECKS}

    def judge_it(check: str, **answers: Any) -> list[Finding]:  # noqa: ANN401 - the same
        return judge(by_name[check], deployed(**answers))

    return judge_it


def deployed(
    *,
    clients: dict[str, Any] | None = None,
    file: Environment | None = None,
    **answers: object,
) -> Deployed:
    """The environment dev, or another; of AWS it has these clients, and knows these answers already."""
    account = Account(
        account_id=ACCOUNT, region=REGION, state_region=REGION, session=cast("Any", None)
    )
    vars(account).update(clients or {})
    found = Deployed(environment=file or environment(), account=account)
    vars(found).update({"state": STATE, **answers})
    return found

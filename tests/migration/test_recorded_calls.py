"""What the commands of a migration call, each at least once, is what tests/policies has recorded.

That no other test sees them call more: `deployed.Deployed.ferry`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.migration.deployed import PASSWORD
from tests.policies.calls import RECORDED

if TYPE_CHECKING:
    from tests.migration.deployed import Deployed

CREDENTIALS = json.dumps({"username": "operator", "password": PASSWORD})
ORDERS = "create table orders (id bigint primary key, what text)"


def test_the_commands_of_a_migration_call_what_is_recorded_and_no_more(deployed: Deployed) -> None:
    deployed.make()
    deployed.pair.source.run(
        ORDERS,
        "insert into orders select n, 'x' from generate_series(1, 100) n",
        "grant select on orders to dms",
    )
    deployed.aws.secretsmanager.delete_secret(
        SecretId="aurora-ferry-dev/operator-source", ForceDeleteWithoutRecovery=True
    )
    often = ("--every", "0.2")

    ended = {
        " ".join(arguments[:2]): deployed.ferry(*arguments, given=given).exit_code
        for arguments, given in (
            (("secret", "operator", "dev", "source"), CREDENTIALS),
            (("prepare-databases", "dev", "--yes", *deployed.ways), None),
            (("check", "source", "dev", *deployed.ways), None),
            (("suggest", "tasks", "dev", "--seconds", "1", *deployed.ways[:2]), None),
            (("schema", "dev", "before-load", "--yes", *deployed.ways), None),
            (("start", "dev", *deployed.ways), None),
            (("watch", "dev", *often, *deployed.ways), None),
            (("reload", "dev", "public.orders", "--yes", *often, *deployed.ways), None),
            (("status", "dev", *deployed.ways), None),
            (("stop", "dev"), None),
            (("verify", "dev", *deployed.ways), None),
        )
    }

    assert ended | {"check source": 0, "suggest tasks": 0} == dict.fromkeys(ended, 0)
    assert deployed.called == {each: set(RECORDED[each]) for each in deployed.called}

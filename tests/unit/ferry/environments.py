"""Environments for the tests: development's, with what a test changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from settings.environment import Environment
from tests.unit.ferry.conftest import ACCOUNT as MOTO

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = "111122223333"
REGION = "eu-central-1"

_DEV: Mapping[str, Any] = {
    "aws": {"account_id": ACCOUNT, "region": REGION},
    "network": {"vpc": {"cidr": "10.20.0.0/20"}},
    "source": {
        "host": "db.example.org",
        "database": "app",
        "cidr": "192.168.10.0/24",
        "ssl_mode": "require",
    },
    "aurora": {"instance_class": "db.r6g.large", "database_name": "app"},
    "dms": {"tasks": [{"name": "all", "tables": [{"schema": "public"}]}]},
    "tags": {"repository": "github.com/example/aurora-ferry"},
}


def environment(**changes: Mapping[str, Any] | None) -> Environment:
    """The environment dev; `aurora={"port": 5433}` changes that setting, `dms=None` leaves it out."""
    sections: dict[str, Any] = dict(_DEV)
    for name, change in changes.items():
        sections[name] = None if change is None else {**_DEV.get(name, {}), **change}
    return Environment.model_validate({"name": "dev", **sections})


def of_several_databases(**names: str) -> Environment:
    """The environment dev with databases, each carried by a task of its name: Aurora's, the source's."""
    return Environment.model_validate(
        {
            "name": "dev",
            **_DEV,
            "source": {**_DEV["source"], "database": None},
            "databases": [{"aurora": aurora, "source": source} for aurora, source in names.items()],
            "dms": {
                "tasks": [
                    {"name": name, "database": name, "tables": [{"schema": "public"}]}
                    for name in names
                ]
            },
        }
    )


DEV = f"""
[aws]
account_id = "{MOTO}"
region = "eu-central-1"

[network.vpc]
cidr = "10.20.0.0/20"
route_made_elsewhere = true

[source]
host = "192.168.10.15"
database = "app"
cidr = "192.168.10.0/24"
ssl_mode = "require"

[aurora]
instance_class = "db.t4g.medium"
database_name = "app"

[dms]

[[dms.tasks]]
name = "all"
tables = [{{ schema = "public" }}]

[alarms]
emails = ["dba@example.org"]

[tags]
repository = "github.com/example/aurora-ferry"
extra = {{ team = "payments" }}
"""
"""The file of an environment in the account that moto's callers are in."""

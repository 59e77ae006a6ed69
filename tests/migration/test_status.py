"""`ferry status` names the exact next command: whoever types what it says arrives at the end."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from ferry.postgres import programs
from tests.migration.deployed import SETTINGS
from tests.migration.test_start import ORDERS

if TYPE_CHECKING:
    import pytest

    from tests.migration.deployed import Deployed

MORE = (
    ORDERS,
    "create index on orders (what)",
    "create table items (id bigint primary key, of bigint not null references orders)",
    "create table awsdms_ddl_audit (c_key bigserial primary key)",  # as DMS makes it for DDL
    "insert into orders values (1, 'x')",
    "insert into items values (1, 1)",
    "grant usage on schema public to dms",
    "grant select on all tables in schema public to dms",
)
OPTIONS = {"watch": ("--every", "0.3"), "schema": ("--yes",), "prepare-databases": ("--yes",)}


def standing(deployed: Deployed) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(deployed.reached("status", "dev", "--json").stdout)
    return said


def test_who_types_what_is_next_arrives_at_the_end(deployed: Deployed) -> None:
    stops = {**SETTINGS, "FullLoadSettings": {"StopTaskCachedChangesNotApplied": True}}
    deployed.make(tasks={"all": {"ReplicationTaskSettings": json.dumps(stops)}})
    deployed.pair.source.run(*MORE)
    typed: list[str] = []

    while "ferry verify dev" not in typed:
        assert len(typed) < 9, typed
        now = deployed.reached("status", "dev", "--json")
        assert now.exit_code == 0, now.output
        typed.append(json.loads(now.stdout)["next"])
        following = typed[-1]
        _, command, *arguments = shlex.split(following)
        deployed.reached(command, *arguments, *OPTIONS.get(command, ()))

    assert typed == [
        "ferry prepare-databases dev",
        "ferry schema dev before-load",
        "ferry start dev --task all",
        "ferry schema dev after-load",
        "ferry start dev --task all",
        "ferry watch dev --task all",
        "ferry schema dev before-cutover",
        "ferry verify dev",
    ]
    end = standing(deployed)
    assert {step["step"]: step["state"] for step in end["steps"]} == {
        "deployed": "done",
        "databases-prepared": "done",
        "schema-before-load": "done",
        "loaded all": "done",
        "schema-after-load": "done",
        "replicating all": "done",
        "schema-before-cutover": "done",
        "verified": "now",
        "cutover": "to come",
    }
    assert "closed to all but those who need it" in end["steps"][2]["what"]


def test_what_is_left_of_the_schema_is_not_known_without_pg_dump(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    assert deployed.reached("prepare-databases", "dev", "--yes").exit_code == 0
    monkeypatch.setattr(programs, "_PLACES", ())
    monkeypatch.setenv("PATH", "/nonexistent")

    said = deployed.reached("status", "dev")

    assert "not known" in said.stdout
    assert "pg_dump" in said.stdout
    assert "Next: ferry start" not in said.stdout
    assert "Then: ferry status dev" in said.stdout
    assert said.exit_code == 3

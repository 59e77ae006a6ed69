"""Environment files for the tests: one that is right, and changes of it."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from settings.notation import toml
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError

Changes = Mapping[str, object]
"""Settings by path, such as `dms.tasks.0.name`, and what the file says instead."""

REMOVED: Final = object()
"""Stands for a setting that is taken out."""

RIGHT: Final[dict[str, Any]] = {
    "aws": {"account_id": "111122223333", "region": "eu-central-1"},
    "network": {"vpc": {"cidr": "10.20.0.0/20", "route_made_elsewhere": True}},
    "source": {
        "host": "192.168.10.15",
        "database": "app",
        "cidr": "192.168.10.0/24",
        "ssl_mode": "require",
    },
    "aurora": {"instance_class": "db.r6g.large", "database_name": "app"},
    "dms": {"tasks": [{"name": "all", "tables": [{"schema": "public"}]}]},
    "tags": {"repository": "github.com/example/aurora-ferry"},
}

EXISTING_VPC: Final = {
    "vpc_id": "vpc-0123456789abcdef0",
    "aurora_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "dms_subnet_ids": ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
}


def document(changes: Changes) -> dict[str, Any]:
    """The right file's content with changes."""
    changed = copy.deepcopy(RIGHT)
    for place, value in changes.items():
        *parents, name = place.split(".")
        node: Any = changed
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node.setdefault(parent, {})
        if value is REMOVED:
            del node[name]
        elif isinstance(node, list):
            node[int(name) :] = [value]
        else:
            node[name] = value
    return changed


@dataclass(frozen=True)
class Folder:
    """A folder of environment files."""

    path: Path

    def write(self, name: str, changes: Changes | None = None) -> None:
        """Write a right environment's file with changes."""
        lines = (f"{key} = {toml(value)}" for key, value in document(changes or {}).items())
        (self.path / name).write_text("\n".join(lines), encoding="utf-8")

    def lines(self, selected: str | None = None) -> list[str]:
        """The lines of what is wrong."""
        with pytest.raises(EnvironmentsError) as caught:
            load_environments(self.path, selected=selected)
        return str(caught.value).splitlines()

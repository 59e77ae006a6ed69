"""Each fact once: what AWS, DMS or PostgreSQL is known for stands in one Python file.

local_aws and the tests type everything again by hand: they are the oracle. Of the tests only
tests/unit/facts looks at facts' own tables.
"""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What may be found in the one file that is named, and in no other: a regular expression.
FACTS = {
    r"pg_stat_statements\.max": "facts/parameters.py",
    r"dms-tasks-": "facts/names.py",
    r"-dms-secrets": "facts/names.py",
    r"-rds-monitoring": "facts/names.py",
    r"/aws/vpc/flow-logs": "facts/names.py",
    r"/aws/rds/cluster": "facts/names.py",
    r"terraform\.tfstate": "facts/names.py",
    r"-tfstate-": "facts/names.py",
    r"amazonaws\.com\.cn": "facts/placement.py",
    r"\"[a-z.-]+rds\.amazonaws\.com": "facts/placement.py",
    r"\"aurora-postgresql": "facts/aurora.py",
    r"aurora-cpu-utilization": "facts/alarms.py",
    r"dms-cdc-latency": "facts/alarms.py",
    r"CDCLatencySource": "facts/metrics.py",
    r"MaximumUsedTransactionIDs": "facts/metrics.py",
    r"\"low storage\"": "facts/events.py",
    r"\"(rds\.force_ssl|rds\.logical_replication)\"": "facts/parameters.py",
    r"\"(shared_preload_libraries|pg_stat_statements)\"": "facts/parameters.py",
    r"\"verify-ca\"": "facts/dms.py",
    r"\"stop-(before|after)-cached-changes\"": "facts/dms.py",
    r"StopTaskCachedChanges": "facts/dms.py",
    r"\"AmazonRDSEnhancedMonitoringRole\"": "facts/aurora.py",
    r"\"com\.amazonaws\.": "facts/placement.py",
    r"\b465\b": "facts/aurora.py",
}


@cache
def product() -> dict[str, str]:
    """The Python files that users run, by their paths."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in listed
        if not name.startswith(("local_aws/", "tests/", "bench/", "tools/"))
        and (ROOT / name).exists()
    }


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_stands_in_one_file(fact: str) -> None:
    found = [name for name, text in product().items() if re.search(fact, text)]

    assert found == [FACTS[fact]]


def test_the_tests_take_no_expectation_from_facts() -> None:
    """They hand what is typed (`Names` and the like) to what they test, and type what comes of it."""
    taken = {
        (str(file.relative_to(ROOT)), alias.name)
        for file in (ROOT / "tests").rglob("*.py")
        if ROOT / "tests/unit/facts" not in file.parents
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "facts"
        for alias in node.names
        if alias.name not in {"Names", "Placement", "LogComponent"}
        # What Terraform itself is asked about.
        and alias.name not in {"expression", "literal", "plain"}
    }

    assert not taken

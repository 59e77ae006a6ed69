"""Rules that look at more than one setting, or at more than one environment.

`WITHIN` and `ACROSS` are the whole list: a rule is a function and its row in a table, with the
settings that it reads. A rule is asked only where the files say what those settings are.
"""

from collections.abc import Sequence
from itertools import combinations

from settings.problem import Problem
from settings.repair import Reading
from settings.rules import (
    accounts,
    alarms,
    aurora,
    network,
    protection,
    replication,
    source,
    tags,
    tasks,
)
from settings.rules.rule import Finding, PairRule, Rule

WITHIN: tuple[Rule, ...] = (
    *network.RULES,
    *source.RULES,
    *aurora.RULES,
    *protection.RULES,
    *replication.RULES,
    *tasks.RULES,
    *alarms.RULES,
    *tags.RULES,
)
"""The rules about one environment."""

ACROSS: tuple[PairRule, ...] = (*accounts.RULES, *network.PAIR_RULES, *source.PAIR_RULES)
"""The rules about two environments; they are asked of every pair."""


def within(reading: Reading) -> list[Problem]:
    """Return what the rules say of one environment's file."""
    return [
        problem(reading, finding)
        for rule in WITHIN
        if all(map(reading.knows, rule.reads))
        for finding in rule.check(reading.environment)
    ]


def across(readings: Sequence[Reading], selected: frozenset[str]) -> list[Problem]:
    """Return what the rules say of pairs of environments, one line for a pair.

    Args:
        readings: All files, sorted: the line stands under the later one.
        selected: The files that count; a pair of others is left alone.
    """
    return [
        problem(other, finding)
        for one, other in combinations(readings, 2)
        if {one.file, other.file} & selected
        for rule in ACROSS
        if all(one.knows(setting) and other.knows(setting) for setting in rule.reads)
        for finding in rule.check(one.environment, other.environment)
    ]


def problem(reading: Reading, finding: Finding) -> Problem:
    """Return the line of what a rule found in a file."""
    return Problem(
        reading.file, finding.setting, finding.given, f"allowed: {finding.allowed}", finding.mend
    )

"""Asks the rules what they say of files, as far as these can be understood."""

from collections.abc import Sequence
from itertools import combinations

from settings.reading.mending import Reading
from settings.reading.problem import Problem
from settings.rules import ACROSS, WITHIN
from settings.rules.rule import Finding


def within(reading: Reading) -> list[Problem]:
    """What the rules say of one environment's file."""
    return [
        problem(reading, finding)
        for rule in WITHIN
        if all(map(reading.knows, rule.reads))
        for finding in rule.check(reading.environment)
    ]


def across(readings: Sequence[Reading], selected: frozenset[str]) -> list[Problem]:
    """What the rules say of pairs of environments, one line for a pair.

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
    """The line of what a rule found in a file."""
    return Problem(
        reading.file, finding.setting, finding.given, f"allowed: {finding.allowed}", finding.mend
    )

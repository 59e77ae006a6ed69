"""Rules that look at more than one setting, or at more than one environment.

`WITHIN` and `ACROSS` are the whole list: a rule is a function and its row in a table, with the
settings that it reads. A rule is asked only where the files say what those settings are.
"""

from settings.rules import (
    accounts,
    alarms,
    aurora,
    clients,
    cutover,
    databases,
    ferry_schema,
    network,
    protection,
    raw,
    selections,
    serverless,
    source,
    tables,
    tags,
    tasks,
)
from settings.rules.rule import PairRule, Rule

WITHIN: tuple[Rule, ...] = (
    *accounts.RULES,
    *network.RULES,
    *source.RULES,
    *databases.RULES,
    *aurora.RULES,
    *serverless.RULES,
    *clients.RULES,
    *protection.RULES,
    *tasks.RULES,
    *raw.RULES,
    *cutover.RULES,
    *selections.RULES,
    *tables.RULES,
    *ferry_schema.RULES,
    *alarms.RULES,
    *tags.RULES,
)
"""The rules about one environment."""

ACROSS: tuple[PairRule, ...] = (
    *accounts.PAIR_RULES,
    *network.PAIR_RULES,
    *source.PAIR_RULES,
    *databases.PAIR_RULES,
)
"""The rules about two environments; they are asked of every pair."""

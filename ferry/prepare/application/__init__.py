"""The applications' secrets: a version that leads to Aurora, under a stage that nobody reads yet."""

from ferry.prepare.application.changes import Change, parse
from ferry.prepare.application.planning import Plan, Prepared, carry_out, plan
from ferry.prepare.application.reading import arns_of, read
from ferry.prepare.application.versions import drop, name_of

__all__ = [
    "Change",
    "Plan",
    "Prepared",
    "arns_of",
    "carry_out",
    "drop",
    "name_of",
    "parse",
    "plan",
    "read",
]

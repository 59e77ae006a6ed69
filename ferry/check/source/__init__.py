"""Whether the databases can be carried as an environment's file says.

The catalogs of both ends are read once, and judged by pure functions: one module an area, and
`checks` the table of all of them.
"""

from ferry.check.source.asking import Way, subjects
from ferry.check.source.checks import AREAS, edits, findings, suggestions
from ferry.check.source.edits import edited

__all__ = ["AREAS", "Way", "edited", "edits", "findings", "subjects", "suggestions"]

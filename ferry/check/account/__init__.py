"""Whether an account has what an environment needs, before a plan is worth making.

One module an area, which asks AWS and judges the answers: calls that read, then pure functions that
turn answers into findings. `checks` is the table of all of them.
"""

from ferry.check.account.checks import findings
from ferry.check.account.subject import Subject

__all__ = ["Subject", "findings"]

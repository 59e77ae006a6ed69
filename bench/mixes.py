"""All the plans that `ferry review` is measured with, and whose steps are counted."""

from __future__ import annotations

from typing import Final

from bench.keyed import KEYED
from bench.lists import LISTS
from bench.scattered import MIXED, RULES, SAFE, SCATTERED

MIXES: Final = (*SCATTERED, *KEYED)
"""Plans of many changes."""

__all__ = ["LISTS", "MIXED", "MIXES", "RULES", "SAFE"]

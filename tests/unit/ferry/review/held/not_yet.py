"""The held edits whose verdict is not right yet. The set only shrinks.

A row in it that gets a right verdict fails its test until its name is taken out.
"""

from __future__ import annotations

from typing import Final

NOT_YET: Final[frozenset[str]] = frozenset()

"""An environment's file when its migration is over, or before it begins."""

import re
from typing import Final

_MIGRATION: Final = re.compile(
    r"^\[source\]\n.*?(?=^\[aurora\])|^\[dms\]\n.*?(?=^\[alarms\])", re.DOTALL | re.MULTILINE
)


def aurora_alone(text: str) -> str:
    """A file without [source] and [dms], where [aurora] and [alarms] follow these."""
    return _MIGRATION.sub("", text)

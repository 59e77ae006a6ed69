"""What AWS takes as a tag.

Sources: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html, IAM's
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html and the type Tag of the APIs of RDS and
DMS.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 50
"""The tags of one resource."""

LONGEST_KEY: Final = 128
LONGEST_VALUE: Final = 256
LETTERS: Final = "letters, digits, spaces and _.:/=+@-"
KEPT_BY_AWS: Final = "aws:"
"""What no key begins with, in small or large letters."""

_LETTERS: Final = re.compile(r"[\w .:/=+@-]*")


def has_letters_of_tags(text: str) -> bool:
    """Whether a key or a value has only letters that every service takes."""
    return bool(_LETTERS.fullmatch(text))


def is_kept_by_aws(key: str) -> bool:
    """Whether a key is one that AWS alone may set."""
    return key.lower().startswith(KEPT_BY_AWS)

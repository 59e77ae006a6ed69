"""Knows what cdktf would take for a reference of its own.

Until it writes the JSON, cdktf has references stand in texts as `${TfToken[TOKEN.7]}`, or as numbers
that no one else uses, and it looks for both in every text. A file that held one would be given
another resource's value, or end the synthesis with a traceback.

Source: cdktf 0.21, lib/tokens/token.ts and lib/tokens/private/encoding.ts
"""

import re
from typing import Final

_TEXTS: Final = re.compile(r"\{TfToken\[|^(String|Any) Map Token Value$")
# Each place where a number may begin, for cdktf takes them out of longer texts too.
_NUMBERS: Final = re.compile(r"(?=(-[0-9.]+[eE]\+?[0-9]+))")
# The doubles whose first two bytes are fdff and fbff.
_RANGES: Final = ((-8.4e298, -8.1e298), (-1.95e289, -1.88e289))


def is_token(text: str) -> bool:
    """Whether cdktf would find a reference of its own in a text, or in a number written as one."""
    return bool(_TEXTS.search(text)) or any(map(_is_reference, _NUMBERS.findall(text)))


def _is_reference(number: str) -> bool:
    try:
        value = float(number)
    except ValueError:
        return False
    return any(low <= value <= high for low, high in _RANGES)

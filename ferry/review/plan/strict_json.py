"""Reads JSON that has one meaning only: no name twice in an object, no number that is none.

Of a name that stands twice, a reviewer and AWS may believe different values. Source:
https://www.rfc-editor.org/rfc/rfc8259#section-4
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any, Final


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _integer(text: str) -> int:
    number = int(text)
    if len(text) <= sys.float_info.max_10_exp:
        return number
    try:
        float(number)
    except OverflowError as error:
        raise ValueError("a number is too large") from error
    return number


def _constant(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON's")


DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_constant
)


def what_is_wrong(error: ValueError) -> str:
    """What is wrong with a text that should be JSON. No value of the text is in it."""
    if not isinstance(error, json.JSONDecodeError) and "digits" in str(error):
        return "a number has too many digits"  # Python's own words advise to change Python
    return str(error)

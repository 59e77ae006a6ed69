"""Whether two texts of one expression differ only as PostgreSQL writes it out after reading it again.

It does not always write what it read. `status IN ('a', 'b')` of a varchar comes out as `ANY
((ARRAY['a'::character varying, ...])::text[])`, and that, read again, as `ANY (ARRAY[('a'::character
varying)::text, ...])`; `(a OR b) OR c` loses a pair of parentheses. What was carried by such a text
would differ for ever.

So casts, parentheses and white space do not count, outside of quotes: a change of these alone is not
seen. Source: src/backend/utils/adt/ruleutils.c, measured with PostgreSQL 15.
"""

from __future__ import annotations

import re
from typing import Final

from ferry.migrate.schema.names import NAME

_TYPE: Final = (
    rf"(?:character varying|double precision|bit varying|time(?:stamp)?(?:\(\d\))? with(?:out)? time zone"
    rf"|{NAME}(?:\.{NAME})?)(?:\([\d,-]+\))?(?:\[\])*"
)
_TOKEN: Final = re.compile(
    r"(?P<kept>(?P<dollars>\$\w*\$).*?(?P=dollars)"  # the body of a function is its author's
    r"|E'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'"
    rf"|{NAME}|\w+)"
    rf"|::text AS text\b|::{_TYPE}"  # a column of a sub-select is called by its cast
    r"|(?P<other>[^\s()])"
    r"|[\s()]",
    re.DOTALL,
)


def alike(one: str, other: str) -> bool:
    """Whether two texts say the same, as far as PostgreSQL keeps how it is said.

    Args:
        one: SQL that PostgreSQL wrote.
        other: The same.
    """
    return one == other or _words(one) == _words(other)


def _words(sql: str) -> list[str]:
    return [found[0] for found in _TOKEN.finditer(sql) if found["kept"] or found["other"]]

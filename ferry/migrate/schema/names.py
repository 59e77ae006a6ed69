"""Names and texts as SQL writes them.

Source: https://www.postgresql.org/docs/15/sql-syntax-lexical.html
"""

from __future__ import annotations

import re
from typing import Final

from facts.inert import visible

NAME: Final = r'(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_]*)'
"""A name within SQL that PostgreSQL wrote: `quote_ident` leaves only such names without quotes."""

_STATEMENT: Final = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[^"';])*;)""")

_LISTS: Final = frozenset(
    {
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "temp_tablespaces",
    }
)
"""Settings of roles and databases whose values are lists of names; quoted as one text they would be one.

Source: `variable_is_guc_list_quote` in PostgreSQL's src/fe_utils/dumputils.c"""

_ITEM: Final = re.compile(r'\s*("(?:[^"]|"")*"|[^,"]*?)\s*(?:,|$)')


def quoted(name: str) -> str:
    """A name, in quotes whatever it is: right for each, as no keyword is one then."""
    return '"' + name.replace('"', '""') + '"'


def unquoted(name: str) -> str:
    """A name as it is, of one that SQL wrote."""
    if name.startswith('"'):
        return name[1:-1].replace('""', '"')
    return name


def statements(sql: str) -> list[str]:
    """The statements of SQL that PostgreSQL wrote; a name or a text may hold whatever ends one."""
    return _STATEMENT.findall(sql)


def text(value: str) -> str:
    """A text as SQL writes it."""
    mark = "E" if "\\" in value else ""
    return f"{mark}'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def setting(assignment: str) -> str:
    """`NAME TO VALUE` of what `pg_db_role_setting` keeps as `name=value`."""
    name, _, value = assignment.partition("=")
    if name in _LISTS:
        items = [unquoted(item) for item in _ITEM.findall(value) if item]
        return f"{quoted(name)} TO {', '.join(map(text, items)) or text('')}"
    return f"{'.'.join(map(quoted, name.split('.')))} TO {text(value)}"


def shown(names: list[str], *, most: int = 10) -> str:
    """Names in a sentence, the first of many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return visible(", ".join(names[:most])) + more

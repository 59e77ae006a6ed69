"""What transformations make of a column's values and type.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Masking.html
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Mapping

MASKS = ("data-masking-digits-mask", "data-masking-digits-randomize", "data-masking-hash-mask")
_DIGIT = re.compile("[0-9]")
# DMS's types as a PostgreSQL target has them.
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html, data types
_TYPES = {
    "boolean": "boolean",
    "bytes": "bytea",
    "date": "date",
    "time": "time",
    "datetime": "timestamp",
    "int1": "smallint",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "numeric": "numeric",
    "real4": "real",
    "real8": "double precision",
    "string": "varchar",
    "uint1": "smallint",
    "uint2": "integer",
    "uint4": "bigint",
    "uint8": "bigint",
    "wstring": "varchar",
    "blob": "bytea",
    "clob": "text",
    "nclob": "text",
}
_WITH_LENGTH = ("string", "wstring")


def postgresql_type(data_type: Mapping[str, Any]) -> str:
    """The type of PostgreSQL that a transformation gives to a column."""
    name = data_type["type"]
    given = ("length",) if name in _WITH_LENGTH else ("precision", "scale")
    sizes = [str(int(data_type[each])) for each in given if each in data_type]
    takes_sizes = name in _WITH_LENGTH or name == "numeric"
    return _TYPES[name] + (f"({', '.join(sizes)})" if sizes and takes_sizes else "")


def masked_at_source(rule: Mapping[str, str], value: sql.Composable) -> sql.Composable:
    """The expression that reads a value from the source as it is masked."""
    expression = {
        "data-masking-digits-mask": "regexp_replace({0}::text, '[0-9]', {1}, 'g')",
        "data-masking-digits-randomize": (
            "(select string_agg(case when c ~ '[0-9]' then floor(random() * 10)::text else c end, '' "
            "order by n) from regexp_split_to_table({0}::text, '') with ordinality t(c, n))"
        ),
        "data-masking-hash-mask": "upper(encode(sha256(convert_to({0}::text, 'UTF8')), 'hex'))",
    }[rule["rule-action"]]
    sign = rule.get("value", "").replace("\\", "\\\\")
    return sql.SQL(expression).format(value, sql.Literal(sign))


def masked(rule: Mapping[str, str], value: str) -> str:
    """A changed row's value as it is masked."""
    if rule["rule-action"] == "data-masking-hash-mask":
        return hashlib.sha256(value.encode()).hexdigest().upper()
    if rule["rule-action"] == "data-masking-digits-mask":
        return _DIGIT.sub(lambda _: rule["value"], value)
    return _DIGIT.sub(lambda _: str(secrets.randbelow(10)), value)

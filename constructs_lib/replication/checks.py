"""Refuses what DMS would refuse, before anything is built."""

from __future__ import annotations

import re

from cdktf import Token

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_POSTGRESQL_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SHORTEST_IDENTIFIER = 2


def check_range(
    setting: str, value: int, *, lowest: int, highest: int, unit: str = "", remedy: str
) -> None:
    """Refuse a number that is out of range.

    Args:
        setting: The setting's name, as its user writes it.
        value: What was given.
        lowest: The lowest number that is allowed.
        highest: The highest number that is allowed.
        unit: The unit, such as ``KB``; nothing by default.
        remedy: What to do instead, as a sentence without its full stop.

    Raises:
        ValueError: The number is out of range.
    """
    if lowest <= value <= highest:
        return
    of_unit = f" {unit}" if unit else ""
    raise ValueError(
        f"{setting} is {value}{of_unit}; allowed are {lowest} to {highest}{of_unit}. {remedy}."
    )


def check_identifier(what: str, value: str, *, longest: int) -> None:
    """Refuse an identifier that DMS or the provider would refuse.

    Letters, digits and single hyphens, a letter first, no hyphen last, two characters or more (the
    provider refuses one). DMS stores identifiers in lower case, so upper case would come back as a
    difference in every plan. Source:
    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html

    Args:
        what: What the identifier is for, such as ``replication instance``.
        value: The identifier.
        longest: The greatest number of characters that DMS allows for it.

    Raises:
        ValueError: The identifier breaks one of these rules.
    """
    if _SHORTEST_IDENTIFIER <= len(value) <= longest and _IDENTIFIER.fullmatch(value):
        return
    raise ValueError(
        f"the {what} identifier is {value!r} ({len(value)} characters); allowed are "
        f"{_SHORTEST_IDENTIFIER} to {longest} lower-case letters, digits and single hyphens, a "
        "letter first and no hyphen last. Choose other project, environment or task names."
    )


def check_postgresql_name(setting: str, value: str) -> None:
    """Refuse a name that PostgreSQL would fold, quote or cut.

    Lower-case letters, digits and underscores, no digit first, 63 characters at most, and not
    ``pg_`` first, which PostgreSQL keeps for itself. Source: PostgreSQL documentation, 4.1.1
    "Identifiers and Key Words" and 5.9.5 "The System Catalog Schema".

    Args:
        setting: The setting's name, as its user writes it.
        value: The name.

    Raises:
        ValueError: The name breaks one of these rules.
    """
    if _POSTGRESQL_NAME.fullmatch(value) and not value.startswith("pg_"):
        return
    raise ValueError(
        f"{setting} is {value!r}; allowed are 1 to 63 lower-case letters, digits and underscores, "
        "no digit first, and not pg_ first. Choose a name that needs no quotes."
    )


def check_attribute_value(setting: str, value: str) -> None:
    """Refuse a value that would not survive in ``key=value;key=value``.

    DMS splits at semicolons and knows no escape; equals signs and quotes are safe, for it splits
    only at the first equals sign. A value that Terraform resolves later cannot be looked at.

    Args:
        setting: The setting's name, as its user writes it.
        value: The value.

    Raises:
        ValueError: The value is empty, or has a semicolon or a line break.
    """
    refused = not value.strip() or re.search(r"[;\r\n]", value)
    if refused and not Token.is_unresolved(value):
        raise ValueError(
            f"{setting} is {value!r}; DMS separates an endpoint's settings by semicolons and knows "
            "no escape, so allowed is a value that is not empty and has neither semicolon nor line "
            "break. Leave out a final semicolon; give one statement only."
        )

"""An endpoint's extra connection attributes: for which values each of them is harmless.

Source of the names, their defaults and their bounds, "Endpoint settings and Extra Connection
Attributes": https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html and
CHAP_Target.PostgreSQL.html
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ferry.review.rules.combined.settings import Setting, another
from ferry.review.rules.dangers import Danger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ferry.review.plan.values import Json

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_$]{0,62}")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_ENDPOINT: Final = re.compile(r"vpce-[0-9a-z-]+\.secretsmanager\.[a-z0-9-]+\.vpce\.amazonaws\.com")
_OWN_ENDPOINT: Final = re.compile(
    r"\$\{aws_vpc_endpoint\.[A-Za-z0-9_-]+\.dns_entry\[0\]\.dns_name\}"
)
"""The name of a VPC endpoint that Terraform makes, in the stack."""

_AS_REPLICA: Final = "SET session_replication_role='replica'"
"""It keeps foreign keys and triggers from stopping DMS, and from writing twice."""


def connection_options(value: Json) -> Mapping[str, str] | None:
    """The attributes by name; None where they cannot be read, or one is named twice.

    DMS takes its names in small and large letters, and no spaces around them. Source:
    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateEndpoint.html
    """
    if not isinstance(value, str):
        return {} if value is None else None
    parts = [part for part in value.split(";") if part.strip()]
    pairs = [part.split("=", 1) for part in parts]
    found = {pair[0].strip().lower(): pair[-1].strip() for pair in pairs}
    whole = len(found) == len(parts) and all(
        "=" in part and pair[0] == pair[0].strip() for part, pair in zip(parts, pairs, strict=True)
    )
    return found if whole else None


def _texts(*values: str) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, str) and value.lower() in values


def _like(pattern: re.Pattern[str]) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value))


def _seconds(low: int, high: int) -> Callable[[Json], bool]:
    return lambda value: (
        isinstance(value, str) and bool(_NUMBER.fullmatch(value)) and low <= int(value) <= high
    )


def _is_true(effect: str, *, default: str, danger: Danger = Danger.REPLICATION_STOP) -> Setting:
    return Setting(harmless=_texts("true"), default=default, danger=danger, effect=effect)


def _whole(value: Json) -> int:
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else 0


_BOTH: Final = {
    "executetimeout": Setting(
        harmless=_seconds(60, 86_400),
        default="60",
        danger=Danger.REPLICATION_STOP,
        effect="DMS gives a statement {after} seconds, where it was {before}: one that takes longer "
        "fails.",
        made="DMS gives a statement {after} seconds: one that takes longer fails.",
        worse=lambda before, after: _whole(after) < _whole(before),
    ),
    "mapbooleanasboolean": _is_true("Booleans arrive as text of five letters.", default="false"),
    "mapunboundednumericasstring": Setting(
        harmless=_texts("true", "false"),
        default="false",
        danger=Danger.REPLICATION_STOP,
        effect="Numbers without precision travel in another way; both endpoints must say the same.",
        made="No rule says how numbers without precision travel with {after}; both endpoints must say the "
        "same.",
        worse=another,
    ),
    "secretsmanagerendpointoverride": Setting(
        harmless=lambda value: (
            value is None or _like(_ENDPOINT)(value) or _like(_OWN_ENDPOINT)(value)
        ),
        danger=Danger.REPLICATION_STOP,
        effect="DMS asks for its password at {after}, where it was {before}.",
        made="DMS asks for its password at {after}.",
        worse=another,
    ),
}

OPTIONS: Final[Mapping[str, Mapping[str, Setting]]] = {
    "source": {
        **_BOTH,
        "captureddls": _is_true(
            "Changes of the source's tables are not followed: a column that is added there is missing "
            "at Aurora.",
            default="true",
        ),
        "ddlartifactsschema": Setting(
            harmless=_like(_NAME),
            default="public",
            danger=Danger.REPLICATION_STOP,
            effect="DMS looks for its trigger and its table of DDL in {after}, no longer in {before}.",
            made="DMS looks for its trigger and its table of DDL in {after}.",
            worse=another,
        ),
        "failtasksonlobtruncation": _is_true(
            "A value that is too large is cut, and the task runs on.",
            default="false",
        ),
        "heartbeatenable": _is_true(
            "Where nothing happens at the source, the slot does not move, and WAL fills its disk.",
            default="false",
            danger=Danger.REPLICATION_STOP,
        ),
        "heartbeatfrequency": Setting(
            harmless=_seconds(1, 10),
            default="5",
            effect="DMS moves the slot of a quiet source every {after} minutes, where it was {before}.",
            made="DMS moves the slot of a quiet source every {after} minutes.",
            danger=Danger.REPLICATION_STOP,
        ),
        "heartbeatschema": Setting(
            harmless=_like(_NAME),
            default="public",
            danger=Danger.REPLICATION_STOP,
            effect="The heartbeat's table is looked for in {after}, no longer in {before}.",
            made="The heartbeat's table is looked for in {after}.",
            worse=another,
        ),
        "pluginname": Setting(
            harmless=_texts("test_decoding", "test-decoding", "pglogical", "no_preference"),
            default="no_preference",
            danger=Danger.REPLICATION_STOP,
            effect="A slot is of one plug-in: with {after} the task cannot go on from the slot that "
            "{before} made.",
            made="No rule says that DMS can read the source with the plug-in {after}.",
            worse=another,
        ),
        "slotname": Setting(
            harmless=lambda value: value is None,
            danger=Danger.REPLICATION_STOP,
            effect="Another slot is another position: {after}, where it was {before}. Nobody deletes a "
            "slot that was made by hand, which keeps WAL.",
            made="DMS reads from the slot {after}, which somebody has made, and does not delete it: a slot "
            "from which nobody reads keeps WAL until the disk is full.",
        ),
    },
    "target": {
        **_BOTH,
        "afterconnectscript": Setting(
            harmless=lambda value: value in (None, "", _AS_REPLICA),
            danger=Danger.REPLICATION_STOP,
            effect="DMS runs another script with every connection, {after} in place of {before}. "
            "Without session_replication_role=replica, triggers and foreign keys see what it writes.",
            made="DMS runs {after} with every connection. Without session_replication_role=replica, "
            "triggers and foreign keys see what it writes.",
            worse=another,
        ),
        "maxfilesize": Setting(harmless=_seconds(1024, 1_048_576), default="32768"),
    },
}
"""Of each type of endpoint the attributes, by their names in small letters."""

OF_AN_EMPTY_CLUSTER: Final[Mapping[str, Mapping[str, Setting]]] = {
    **OPTIONS,
    "source": {
        **OPTIONS["source"],
        "captureddls": replace(OPTIONS["source"]["captureddls"], harmless=_texts("true", "false")),
    },
}
"""The same of a new endpoint beside a cluster that holds nothing yet: nobody relied on more."""

"""First deployments whose security groups do not let those through who have to connect."""

from __future__ import annotations

from typing import Final

from tests.unit.ferry.review.held.first_stack import fine, first, gone, put, ref
from tests.unit.ferry.review.held.names import (
    AURORA_GROUP,
    CLIENTS_GROUP,
    CLIENTS_IN,
    CLIENTS_OUT,
    DMS_GROUP,
    DMS_IN,
    DMS_OUT,
    DMS_SECRETS_IN,
    SECRETS_OUT,
    SOURCE_OUT,
)

_SOURCE: Final = "DMS does not reach the source."
_CLIENTS: Final = "No application reaches Aurora."
_TCP: Final = "PostgreSQL and HTTPS speak TCP."

ROWS: Final = (
    first("no-way-to-the-source", _SOURCE, gone(SOURCE_OUT), environment="prod"),
    first(
        "source-out-on-auroras-group",
        _SOURCE,
        put(SOURCE_OUT, security_group_id=ref(AURORA_GROUP)),
    ),
    first(
        "source-out-to-a-group",
        _SOURCE,
        put(SOURCE_OUT, cidr_ipv4=None, referenced_security_group_id=ref(CLIENTS_GROUP)),
    ),
    first("no-clients-in", _CLIENTS, gone(CLIENTS_IN), environment="prod"),
    first("no-clients-out", _CLIENTS, gone(CLIENTS_OUT), environment="prod"),
    first("clients-in-by-another-port", _CLIENTS, put(CLIENTS_IN, from_port=5433, to_port=5433)),
    first("clients-out-by-another-port", _CLIENTS, put(CLIENTS_OUT, from_port=1, to_port=5431)),
    first(
        "clients-in-on-the-dms-group", _CLIENTS, put(CLIENTS_IN, security_group_id=ref(DMS_GROUP))
    ),
    first(
        "clients-in-of-themselves",
        _CLIENTS,
        put(CLIENTS_IN, referenced_security_group_id=ref(AURORA_GROUP)),
    ),
    first(
        "clients-out-to-dms",
        _CLIENTS,
        put(CLIENTS_OUT, referenced_security_group_id=ref(DMS_GROUP)),
    ),
    *(
        first(f"{name}-by-udp", _TCP, put(rule, ip_protocol="udp"))
        for name, rule in (
            ("source-out", SOURCE_OUT),
            ("dms-in", DMS_IN),
            ("dms-out", DMS_OUT),
            ("clients-in", CLIENTS_IN),
            ("clients-out", CLIENTS_OUT),
            ("secrets-in", DMS_SECRETS_IN),
            ("secrets-out", SECRETS_OUT),
        )
    ),
    first("dms-in-by-icmp", _TCP, put(DMS_IN, ip_protocol="1")),
)
FINE: Final = (fine("tcp-by-its-number", "It is the same.", put(DMS_IN, ip_protocol="6")),)

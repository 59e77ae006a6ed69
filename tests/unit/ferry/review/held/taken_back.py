"""What is harmless by itself, in place of what clients have come to rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import SAFE, SECOND, Held, edited, parameters, updates
from tests.unit.ferry.review.held.names import AURORA_SUBNET, DMS_SUBNET, PARAMETERS, READER_1, VPC

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


def _back(name: str, why: str, /, **was: Json) -> Held:
    """Parameters become what the stack says, after they were something else."""
    return edited(
        name,
        why,
        updates(
            PARAMETERS,
            was={"parameter": parameters(PARAMETERS, **was)},
            parameter=parameters(PARAMETERS),
        ),
        expected=SECOND,
    )


DANGEROUS: Final = (
    _back("tls-forced-again", "Clients that connect in clear are refused.", rds__force_ssl="0"),
    edited(
        "tls-forced-where-nothing-was-said",
        "Clients that connect in clear are refused.",
        updates(
            PARAMETERS,
            was={"parameter": parameters(PARAMETERS, without=["rds.force_ssl"])},
            parameter=parameters(PARAMETERS),
        ),
        expected=SECOND,
    ),
    _back(
        "old-tls-no-longer",
        "Clients that speak it alone are refused.",
        ssl_min_protocol_version="TLSv1",
    ),
    _back("back-to-utc", "Local times mean other moments.", timezone="Europe/Berlin"),
    _back(
        "triggers-fire-again",
        "Whoever loads data without them now runs them.",
        session_replication_role="replica",
    ),
    _back(
        "writable-again",
        "A fence that somebody put up before the cutover falls.",
        default_transaction_read_only="1",
    ),
    edited(
        "no-longer-public",
        "Who comes over the internet is cut off.",
        updates(READER_1, was={"publicly_accessible": True}, publicly_accessible=False),
        expected=SECOND,
    ),
    edited(
        "no-ipv6-any-more",
        "Who came by IPv6 is cut off.",
        updates(
            VPC,
            was={"assign_generated_ipv6_cidr_block": True, "ipv6_cidr_block": "2a05:d014:1::/56"},
            assign_generated_ipv6_cidr_block=False,
            ipv6_cidr_block="",
        ),
        updates(AURORA_SUBNET, was={"ipv6_cidr_block": "2a05:d014:1::/64"}, ipv6_cidr_block=""),
        expected=SECOND,
    ),
    edited(
        "names-no-longer-led-through-nat64",
        "From a subnet of IPv6 alone DMS no longer finds a source that has IPv4.",
        updates(DMS_SUBNET, was={"enable_dns64": True}, enable_dns64=False),
        expected=SECOND,
    ),
)
EVERYDAY: Final = (
    Held(
        name="timezone-as-by-default",
        edit=(updates(PARAMETERS, parameter=parameters(PARAMETERS, timezone="UTC")),),
        expected=SAFE,
        why="It is Aurora's default.",
    ),
    Held(
        name="dead-clients-noticed",
        edit=(
            updates(
                PARAMETERS,
                parameter=parameters(
                    PARAMETERS, tcp_keepalives_idle="60", tcp_keepalives_interval="10"
                ),
            ),
        ),
        expected=SAFE,
        why="Connections whose client is gone end sooner.",
    ),
)

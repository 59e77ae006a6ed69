"""Addresses in the AWS console."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from facts.placement import Placement


def console_url(placement: Placement, path: str, fragment: str) -> str:
    """A page of the console, in the region and in the partition's own console.

    Args:
        placement: The account and region; whoever opens the page has to be in that account.
        path: The service's path, such as ``cloudwatch``.
        fragment: What comes after the ``#``.
    """
    region = placement.region
    return f"https://{region}.{placement.console_domain}/{path}/home?region={region}#{fragment}"


def dashboard_url(placement: Placement, dashboard_name: str) -> str:
    """A CloudWatch dashboard."""
    return console_url(placement, "cloudwatch", f"dashboards/dashboard/{dashboard_name}")


def log_group_url(placement: Placement, log_group_name: str) -> str:
    """A log group. The console wants its name encoded twice, with ``$`` for the outer ``%``."""
    encoded = quote(quote(log_group_name, safe=""), safe="").replace("%", "$")
    return console_url(placement, "cloudwatch", f"logsV2:log-groups/log-group/{encoded}")

"""The pieces of a CloudWatch dashboard, and how they are laid out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Body = dict[str, Any]

_WHOLE_WIDTH = 24
_MOST_ALARMS_IN_A_WIDGET = 100
_ALARMS_IN_A_LINE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Widget:
    """A piece of a dashboard that does not know yet where it is.

    Args:
        type_: CloudWatch's type: ``text``, ``alarm`` or ``metric``.
        height: In the dashboard's units.
        properties: What it shows.
    """

    type_: str
    height: int
    properties: Body


def text(markdown: str, *, height: int) -> Widget:
    """A text in Markdown."""
    return Widget(type_="text", height=height, properties={"markdown": markdown})


def alarm_states(title: str, alarm_arns: Sequence[str]) -> list[Widget]:
    """The states of alarms; as many widgets as CloudWatch's limit of 100 alarms in one asks for."""
    return [
        Widget(
            type_="alarm",
            height=1 + math.ceil(len(part) / _ALARMS_IN_A_LINE),
            properties={"title": title, "alarms": list(part)},
        )
        for part in _parts(alarm_arns, _MOST_ALARMS_IN_A_WIDGET)
    ]


def graph(title: str, lines: Iterable[list[Any]], *, region: str, unit: str) -> Widget:
    """A graph of metrics over time.

    Args:
        title: What it shows.
        lines: As :meth:`Metric.line` gives them.
        region: Where the metrics are.
        unit: What the axis says.
    """
    return Widget(
        type_="metric",
        height=6,
        properties={
            "title": title,
            "region": region,
            "view": "timeSeries",
            "period": 60,
            "metrics": list(lines),
            "yAxis": {"left": {"label": unit, "showUnits": False, "min": 0}},
        },
    )


def lay_out(rows: Iterable[Sequence[Widget]]) -> Body:
    """A dashboard's body: row under row, the widgets of a row sharing its width.

    Source:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html

    Args:
        rows: The rows from the top, none empty.
    """
    placed = []
    y = 0
    for row in rows:
        width = _WHOLE_WIDTH // len(row)
        placed += [
            {
                "type": widget.type_,
                "x": column * width,
                "y": y,
                "width": width,
                "height": widget.height,
                "properties": widget.properties,
            }
            for column, widget in enumerate(row)
        ]
        y += max(widget.height for widget in row)
    return {"widgets": placed}


def _parts(whole: Sequence[str], size: int) -> list[Sequence[str]]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]

"""What AWS's limits do not allow: each text looks harmless, and the apply ends in the middle of it.

Found by a reader who wrote down what AWS takes before looking at the rules.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import Held, creates, edited, updates
from tests.unit.ferry.review.held.names import (
    CLIENTS_GROUP,
    CLIENTS_IN,
    CLUSTER,
    DASHBOARD,
    DMS_IN,
    DMS_ROLE,
    DMS_SECRETS_IN,
    KEY,
    TARGET_SECRET,
    TASK,
    TOPIC,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Step


def _tags(resource: str, tags: dict[str, str]) -> Step:
    return updates(resource, tags={**(deployed()[resource].values.get("tags") or {}), **tags})


def _tagged(name: str, why: str, resource: str, tags: dict[str, str]) -> Held:
    return edited(f"tag-{name}", why, _tags(resource, tags))


def _by_default(tags: dict[str, str]) -> list[Step]:
    return [
        updates(name, tags_all={**it.values["tags_all"], **tags})
        for name, it in deployed().items()
        if "tags_all" in it.values
    ]


def _described(name: str, why: str, resource: str, description: str) -> Held:
    return edited(f"description-{name}", why, updates(resource, description=description))


def _text_widgets(count: int) -> str:
    widget = {"type": "text", "x": 0, "y": 0, "width": 1, "height": 1}
    return json.dumps({"widgets": [{**widget, "properties": {"markdown": "x"}}] * count})


def _graph(metrics: int) -> dict[str, object]:
    drawn = [["AWS/RDS", f"m{it}"] for it in range(metrics)]
    return {"type": "metric", "width": 6, "height": 6, "properties": {"metrics": drawn}}


_TAGS: Final = (
    _tagged("in-other-case", "IAM: 'name' and 'Name' are one key.", DMS_ROLE, {"name": "x"}),
    edited(
        "tag-by-default-in-other-case",
        "A default tag Team beside team: every role is refused, after the rest was changed.",
        *_by_default({"Team": "payments"}),
    ),
    _tagged("value-of-300", "256 characters at most.", CLUSTER, {"note": "x" * 300}),
    _tagged("value-of-300-of-a-rule", "The same of EC2.", CLIENTS_IN, {"note": "x" * 300}),
    _tagged("value-of-300-of-a-key", "The same of KMS.", KEY, {"note": "x" * 300}),
    _tagged("key-of-130", "128 characters at most.", CLUSTER, {"k" * 130: "x"}),
    _tagged("key-of-none", "A key has one character at least.", CLUSTER, {"": "x"}),
    _tagged("sixty", "50 tags at most.", CLUSTER, {f"k{it}": "x" for it in range(60)}),
    _tagged("letters-of-rds", "RDS takes no ; ( ) and !.", CLUSTER, {"note": "see (wiki); ask!"}),
    _tagged("letters-of-dms", "DMS takes no ;.", TASK, {"note": "a;b"}),
    _tagged("letters-of-iam", "IAM takes no comma.", DMS_ROLE, {"owners": "ann,bob"}),
    _tagged("letters-of-an-alarm", "Who knows what CloudWatch takes.", WRITER_CPU, {"note": "a|b"}),
    _tagged("kept-by-aws", "Keys of aws: are AWS's own.", CLUSTER, {"AWS:team": "x"}),
)

_TEXTS: Final = (
    _described("umlaut", "EC2 takes ASCII alone.", CLIENTS_IN, "für die Anwendungen"),
    _described("apostrophe", "EC2 takes no '.", CLIENTS_IN, "the app's way in"),
    _described("arrow", "EC2 takes no >.", DMS_IN, "DMS -> Aurora"),
    _described("300", "255 characters at most.", CLIENTS_IN, "x" * 300),
    edited(
        "description-arrow-of-a-rule-more",
        "The same of one that comes.",
        creates(
            "aws_vpc_security_group_ingress_rule.more",
            like=DMS_SECRETS_IN,
            description="dms -> secrets",
            from_port=444,
            to_port=444,
        ),
    ),
    edited(
        "group-more-with-an-arrow",
        "The same of a group.",
        creates(
            "aws_security_group.more",
            like=CLIENTS_GROUP,
            name="more",
            description="a -> b",
            tags={"Name": "more"},
        ),
    ),
    _described("of-a-secret", "2,048 characters at most.", TARGET_SECRET, "x" * 3000),
    edited("topic-name-of-140", "100 characters at most.", updates(TOPIC, display_name="x" * 140)),
    edited(
        "dashboard-of-501-widgets",
        "500 at most.",
        updates(DASHBOARD, dashboard_body=_text_widgets(501)),
    ),
    edited(
        "dashboard-of-501-metrics",
        "500 in a widget at most.",
        updates(DASHBOARD, dashboard_body=json.dumps({"widgets": [_graph(501)]})),
    ),
    edited(
        "dashboard-of-3000-metrics",
        "2,500 at most.",
        updates(DASHBOARD, dashboard_body=json.dumps({"widgets": [_graph(500)] * 6})),
    ),
)

ROWS: Final = (*_TAGS, *_TEXTS)

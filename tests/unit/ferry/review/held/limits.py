"""What AWS's limits do not allow: each text looks harmless, and the apply ends in the middle of it.

Found by a reader who wrote down what AWS takes before looking at the rules.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import (
    Held,
    creates,
    edited,
    parameters,
    policy,
    statement,
    trust,
    updates,
    value_of,
)
from tests.unit.ferry.review.held.names import (
    CLIENTS_GROUP,
    CLIENTS_IN,
    CLUSTER,
    CLUSTER_EVENTS,
    DASHBOARD,
    DMS_GROUP,
    DMS_IN,
    DMS_ROLE,
    DMS_ROLE_POLICY,
    DMS_SECRETS_IN,
    EMAIL,
    INSTANCE_EVENTS,
    INSTANCE_PARAMETERS,
    KEY,
    PARAMETERS,
    READER_2,
    TARGET_SECRET,
    TASK,
    TASK_EVENTS,
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


def _copies(name: str, count: int, resource: str, sid: str) -> Held:
    more = [{**statement(resource, sid), "Sid": f"{sid}{it}"} for it in range(count)]
    return edited(
        f"policy-{name}",
        "Too long: refused.",
        updates(resource, policy=policy(resource, more=more)),
    )


def _sid(name: str, sid: str) -> Held:
    return edited(
        f"sid-{name}",
        "IAM refuses it.",
        updates(DMS_ROLE_POLICY, policy=policy(DMS_ROLE_POLICY, DescribeKeys={"Sid": sid})),
    )


_POLICIES: Final = (
    _copies("of-a-key", 200, KEY, "RdsEvents"),
    _copies("of-a-role", 100, DMS_ROLE_POLICY, "DescribeKeys"),
    _sid("twice", "ReadSecrets"),
    _sid("with-a-hyphen", "describe-keys"),
    _sid("with-a-space", "Describe keys"),
    edited(
        "sid-of-trust-with-a-hyphen",
        "The same of who takes the role.",
        updates(DMS_ROLE, assume_role_policy=trust(DMS_ROLE, Sid="dms-takes-it")),
    ),
    *(
        edited(
            f"policy-of-2026-of-{name}",
            "There is no such version.",
            updates(resource, policy=policy(resource).replace("2012-10-17", "2026-01-01")),
        )
        for name, resource in (("key", KEY), ("role", DMS_ROLE_POLICY))
    ),
)


def _kinds(name: str, why: str, resource: str, kind: str) -> Held:
    kinds = [*value_of(resource, "event_categories"), kind]
    return edited(f"events-{name}", why, updates(resource, event_categories=kinds))


_NAMES: Final = (
    edited(
        "group-called-like-an-id",
        "EC2 refuses the name.",
        creates("aws_security_group.more", like=DMS_GROUP, name="sg-more"),
    ),
    edited(
        "tag-of-dms",
        "DMS keeps it for itself.",
        updates(TASK, tags={"dms:team": "payments"}),
    ),
    edited(
        "tag-of-awss-value",
        "DMS keeps it for itself.",
        updates(TASK, tags={"team": "aws:payments"}),
    ),
)
_EVENTS: Final = (
    _kinds("of-no-kind", "RDS has none.", CLUSTER_EVENTS, "everything"),
    _kinds("of-instances", "Of instances, not of clusters.", CLUSTER_EVENTS, "low storage"),
    _kinds("of-replication-instances", "Of instances, not of tasks.", TASK_EVENTS, "low storage"),
    edited(
        "events-of-no-reader",
        "There is no such instance: refused.",
        updates(
            INSTANCE_EVENTS,
            source_ids=[*value_of(INSTANCE_EVENTS, "source_ids"), "aurora-ferry-staging-reader-9"],
        ),
    ),
    edited(
        "events-more-of-no-kind",
        "RDS has none.",
        creates(
            "aws_db_event_subscription.more",
            like=CLUSTER_EVENTS,
            name="more",
            event_categories=["everything"],
        ),
    ),
    edited(
        "address-more-raw",
        "Raw delivery is not for e-mail.",
        creates(
            "aws_sns_topic_subscription.more",
            like=EMAIL,
            endpoint="oncall@example.org",
            raw_message_delivery=True,
        ),
    ),
)


def _reader(name: str, why: str, window: str) -> Held:
    return edited(
        f"reader-more-{name}",
        why,
        creates(
            "aws_rds_cluster_instance.more",
            like=READER_2,
            identifier="more",
            promotion_tier=3,
            tags={"Name": "more"},
            preferred_maintenance_window=window,
        ),
    )


def _parameter(name: str, why: str, group: str, **to: str) -> Held:
    return edited(f"parameter-{name}", why, updates(group, parameter=parameters(group, **to)))


_VALUES: Final = (
    *(
        edited(
            f"backup-window-{name}",
            "Half an hour at least.",
            updates(CLUSTER, preferred_backup_window=window),
        )
        for name, window in (("of-ten-minutes", "02:30-02:40"), ("of-nothing", "02:30-02:30"))
    ),
    _reader(
        "maintained-for-ten-minutes",
        "Half an hour at least.",
        "sun:03:00-sun:03:10",
    ),
    _reader(
        "maintained-while-backed-up",
        "Within the cluster's backup window.",
        "sun:01:15-sun:01:45",
    ),
    _parameter("fraction", "No whole number.", PARAMETERS, work_mem="8192.5"),
    _parameter("half-a-ms", "No whole number.", PARAMETERS, log_min_duration_statement="500.5"),
    _parameter("zeros", "Who knows.", PARAMETERS, log_min_duration_statement="00500"),
    _parameter("of-clusters", "Not of instances.", INSTANCE_PARAMETERS, rds__force_ssl="1"),
)

ROWS: Final = (*_TAGS, *_TEXTS, *_POLICIES, *_NAMES, *_EVENTS, *_VALUES)

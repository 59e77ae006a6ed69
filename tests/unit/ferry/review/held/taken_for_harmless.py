"""Changes that look harmless and take something away: a guard, a view, memory, a tag's peace.

Written after the review had called each of them safe, before its rules were changed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import (
    NOT_SAFE,
    Held,
    creates,
    drifts,
    edited,
    leaves,
    parameters,
    updates,
    value_of,
)
from tests.unit.ferry.review.held.names import (
    AURORA_SUBNET,
    CLIENTS_GROUP,
    CLUSTER,
    DMS_ROLE,
    INSTANCE_EVENTS,
    INSTANCE_PARAMETERS,
    KEY,
    OTHER_REGIONS_KEY,
    PARAMETERS,
    PUBLIC_SUBNET,
    READER_1,
    READER_2,
    REPLICATION,
    TASK,
    TOPIC,
    WRITER,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.edits import Step


def _held(name: str, why: str, *edit: Step) -> Held:
    return edited(name, why, *edit, expected=NOT_SAFE)


def _settings(section: str, **to: int) -> str:
    document = json.loads(str(value_of(TASK, "replication_task_settings")))
    document[section] |= to
    return json.dumps(document)


_GUARDS: Final = (
    _held(
        "major-upgrades-allowed-alone",
        "The guard against a major upgrade is gone.",
        updates(CLUSTER, allow_major_version_upgrade=True),
    ),
    _held(
        "snapshots-without-tags",
        "What keeps snapshots by their tags overlooks them.",
        updates(CLUSTER, copy_tags_to_snapshot=False),
    ),
    _held(
        "terraform-waits-a-second",
        "It gives up in the middle, and does not know what runs on.",
        updates(CLUSTER, timeouts={"create": "3h", "update": "1s"}, backup_retention_period=14),
    ),
    _held(
        "key-rotated-less-often",
        "The old material encrypts for four times as long.",
        updates(KEY, was={"rotation_period_in_days": 90}, rotation_period_in_days=365),
    ),
    _held(
        "role-for-half-a-day",
        "Whoever takes it keeps it for twelve hours.",
        updates(DMS_ROLE, max_session_duration=43_200),
    ),
)

_SEEN: Final = (
    _held(
        "tables-compared-until-one-difference",
        "After one difference DMS compares the table no more.",
        updates(
            TASK,
            was={"status": "ready"},
            replication_task_settings=_settings("ValidationSettings", TableFailureMaxCount=1),
        ),
    ),
    _held(
        "task-compared-until-one-difference",
        "After one difference DMS compares nothing any more.",
        updates(
            TASK,
            was={"status": "ready"},
            replication_task_settings=_settings("ValidationSettings", FailureMaxCount=1),
        ),
    ),
    _held(
        "messages-signed-in-another-way",
        "Receivers that know the old way alone refuse them.",
        updates(TOPIC, was={"signature_version": 1}, signature_version=2),
    ),
    _held(
        "monitored-closer-by-hand-and-back",
        "Somebody looks at each second, and the plan takes it away.",
        drifts(WRITER, monitoring_interval=1),
        updates(WRITER, was={"monitoring_interval": 1}, monitoring_interval=60),
    ),
)


_TAGS: Final[dict[str, str]] = deployed()[CLUSTER].values["tags"]
_ALL_TAGS: Final[dict[str, str]] = deployed()[CLUSTER].values["tags_all"]


def _tagged(name: str, why: str, resource: str, **more: str) -> Held:
    kept = deployed()[resource].values.get("tags") or {}
    return _held(name, why, updates(resource, tags={**kept, **more}))


_ACTED_ON: Final = (
    _tagged("tag-auto-delete", "Cleaners delete it.", CLUSTER, **{"auto-delete": "true"}),
    _tagged(
        "tag-of-custodian",
        "It stops or deletes at the date.",
        CLUSTER,
        custodian_status="Resource does not meet policy: delete@2026/12/01",
    ),
    _tagged(
        "tag-with-custodians-value", "The same by another key.", WRITER, state="no: stop@2026/12/01"
    ),
    _tagged("tag-ttl-of-a-janitor", "It is deleted after a week.", WRITER, **{"janitor/ttl": "7d"}),
    _tagged("tag-office-hours", "It is stopped at night.", CLUSTER, **{"office-hours-only": "yes"}),
    _tagged("tag-stops-at-night", "The same.", REPLICATION, StopAtNight="true"),
    *(
        _tagged(f"tag-{key.lower().replace(' ', '-')}", why, CLUSTER, **{key: value})
        for key, value, why in (
            ("DoNotDelete", "true", "A cleaner passes it by."),
            ("end-date", "2026-12-31", "A cleaner takes it then."),
            ("lease", "7d", "A cleaner takes it then."),
            ("AutoPowerOff", "20:00", "It is stopped at night."),
            ("rpo", "24h", "It is backed up less."),
            ("monitoring", "off", "Nobody is told."),
            ("datadog", "false", "Nobody is told."),
        )
    ),
    _held(
        "tag-do-not-delete-gone",
        "A cleaner no longer passes it by.",
        updates(
            CLUSTER,
            was={
                "tags": {**_TAGS, "do-not-delete": "1"},
                "tags_all": {**_ALL_TAGS, "do-not-delete": "1"},
            },
            tags=_TAGS,
        ),
    ),
    _tagged(
        "tag-for-load-balancers",
        "Load balancers of the internet are put there.",
        PUBLIC_SUBNET,
        **{"kubernetes.io/role/elb": "1"},
    ),
    _tagged(
        "tag-of-a-kubernetes-cluster",
        "The cluster takes the subnet for its own.",
        AURORA_SUBNET,
        **{"kubernetes.io/cluster/shop": "owned"},
    ),
    _tagged(
        "tag-of-karpenter",
        "Its nodes get the group, and with it to Aurora.",
        CLIENTS_GROUP,
        **{"karpenter.sh/discovery": "shop"},
    ),
    _held(
        "tag-of-a-cleaner-by-hand",
        "It stays, and the cluster goes.",
        drifts(CLUSTER, tags={"Name": "aurora-ferry-staging", "auto-delete": "true"}),
    ),
)


def _reader(
    name: str,
    why: str,
    *beside: Step,
    written: Callable[[Step], Mapping[str, Any]] | None = None,
    **to: Json,
) -> Held:
    """A reader more, of whose events is told, as the others but for what is named."""
    base: dict[str, Json] = {
        "identifier": "aurora-ferry-staging-reader-3",
        "promotion_tier": 3,
        "tags": {"Name": "aurora-ferry-staging-reader-3"},
    }
    step = creates("aws_rds_cluster_instance.aurora_reader-3", like=READER_2, **{**base, **to})
    told = updates(
        INSTANCE_EVENTS, source_ids=[*value_of(INSTANCE_EVENTS, "source_ids"), base["identifier"]]
    )
    return _held(
        name, why, *beside, told, step if written is None else replace(step, written=written(step))
    )


_GROUP: Final = "aws_db_parameter_group.readers"
_LARGE: Final[dict[str, Json]] = {"instance_class": "db.r6g.8xlarge"}

_READERS: Final = (
    _reader(
        "reader-more-whose-system-nobody-sees",
        "The others have enhanced monitoring.",
        monitoring_interval=0,
        monitoring_role_arn=None,
    ),
    _reader(
        "reader-more-whose-statements-nobody-sees",
        "The others have Performance Insights.",
        performance_insights_enabled=False,
        performance_insights_kms_key_id=None,
        performance_insights_retention_period=None,
    ),
    _reader(
        "reader-more-of-another-authority",
        "Clients that pin the others' do not trust it.",
        ca_cert_identifier="rds-ca-ecc384-g1",
    ),
    _reader(
        "reader-more-maintained-at-noon",
        "The others are maintained on a Sunday night.",
        preferred_maintenance_window="wed:12:00-wed:13:00",
    ),
    _reader(
        "reader-more-of-other-parameters",
        "It answers, logs and limits otherwise than the others.",
        creates(
            _GROUP, like=INSTANCE_PARAMETERS, name="aurora-ferry-staging-readers", parameter=[]
        ),
        written=lambda it: {
            **it.written,
            "db_parameter_group_name": {"references": [f"{_GROUP}.name", _GROUP]},
        },
        db_parameter_group_name="aurora-ferry-staging-readers",
    ),
    _reader(
        "reader-more-of-a-class-that-aurora-has-not",
        "RDS refuses it.",
        instance_class="db.m6g.4xlarge",
    ),
    _reader(
        "reader-more-with-a-key-of-another-region",
        "RDS refuses it.",
        performance_insights_kms_key_id=OTHER_REGIONS_KEY,
    ),
    _reader(
        "reader-more-that-is-stopped-at-night", "It is gone then.", tags={"office-hours": "9-17"}
    ),
    _reader(
        "reader-more-a-sixteenth-as-large",
        "The reader endpoint gives it as many connections as the large ones.",
        *(leaves(it, was=_LARGE) for it in (WRITER, READER_1, READER_2)),
        promotion_tier=15,
    ),
)


_LOADS: Final = tuple(
    _held(
        f"much-by-{name}-{value}",
        "Each session, slot or table takes it, and there are many.",
        updates(PARAMETERS, parameter=parameters(PARAMETERS, **{name: value})),
    )
    for name, value in (
        ("work_mem", "262144"),
        ("work_mem", "65536"),
        ("logical_decoding_work_mem", "1048576"),
        ("max_parallel_workers_per_gather", "16"),
        ("autovacuum_vacuum_scale_factor", "0.000001"),
        ("autovacuum_analyze_scale_factor", "0"),
    )
)

ROWS: Final = (*_LOADS, *_READERS, *_GUARDS, *_SEEN, *_ACTED_ON)

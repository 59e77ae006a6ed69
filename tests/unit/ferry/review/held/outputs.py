"""Where outputs lead: `ferry`, applications and other stacks go by them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held import everyday
from tests.unit.ferry.review.held.base import configuration, deployed, deployed_outputs
from tests.unit.ferry.review.held.edits import (
    SAFE,
    SECOND,
    UNKNOWN,
    Held,
    leads,
    part,
    plan_text,
    updates,
)
from tests.unit.ferry.review.held.names import (
    AURORA_GROUP,
    MASTER_SECRET,
    OTHERS_VPC,
    PRODS_SECRET,
    TASK,
    WRITER,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.edits import Step

_IS: Final = deployed_outputs()
_TAGGED: Final = updates(WRITER, tags={"Name": "aurora-ferry-staging-writer", "a": "b"})
_ANOTHERS: Final = "aurora-ferry-other.cluster-c0ffee000000.eu-central-1.rds.amazonaws.com"


def _value(name: str, attribute: str) -> Json:
    return deployed()[name].values[attribute]


def _told(name: str, why: str, /, *more: Step, **to: Json) -> Held:
    return Held(name=f"output-{name}", edit=(_TAGGED, leads(**to), *more), expected=SECOND, why=why)


def _refers(name: str, *to: str, of: Held | None = None) -> Step:
    """The configuration, of an edit if there is one, in which an output refers to something else."""
    return _all_refer({name: to}, of=of)


def _all_refer(named: Mapping[str, Sequence[str]], *, of: Held | None) -> Step:
    """The same, of several outputs."""
    found = json.loads(plan_text(of))["configuration"] if of else configuration()
    root = found["root_module"]
    more = {name: {"expression": {"references": list(to)}} for name, to in named.items()}
    outputs = {**root["outputs"], **more}
    return part("configuration", {**found, "root_module": {**root, "outputs": outputs}})


_ELSEWHERE: Final[dict[str, Json]] = {
    "cluster_id": "aurora-ferry-other",
    "cluster_arn": "arn:aws:rds:eu-central-1:111122223333:cluster:aurora-ferry-other",
    "cluster_endpoint": _ANOTHERS,
    "reader_endpoint": _ANOTHERS,
    "cluster_port": 5433,
    "database_name": "postgres",
    "writer_instance_id": _IS["reader_instance_1_id"],
    "reader_instance_1_id": _IS["writer_instance_id"],
    "reader_instance_ids": [_IS["reader_instance_1_id"], _IS["writer_instance_id"]],
    "secret_arn": _value(MASTER_SECRET, "arn"),
    "master_secret_arn": _IS["secret_arn"],
    "source_secret_arn": PRODS_SECRET,
    "kms_key_arn": "arn:aws:kms:eu-central-1:111122223333:key/other",
    "vpc_id": OTHERS_VPC,
    "aurora_subnet_ids": _IS["dms_subnet_ids"],
    "dms_subnet_ids": _IS["aurora_subnet_ids"],
    "aurora_security_group_id": _IS["clients_security_group_id"],
    "dms_security_group_id": _IS["aurora_security_group_id"],
    "clients_security_group_id": _value(AURORA_GROUP, "id"),
    "alarm_topic_arn": "arn:aws:sns:eu-central-1:111122223333:nobody",
    "dms_replication_instance_arn": "arn:aws:dms:eu-central-1:111122223333:rep:OTHER",
    "dms_source_endpoint_arn": _IS["dms_target_endpoint_arn"],
    "dms_target_endpoint_arn": _IS["dms_source_endpoint_arn"],
    "dms_task_arn": "arn:aws:dms:eu-central-1:111122223333:task:OTHER",
    "dms_task_arns": {"all": "arn:aws:dms:eu-central-1:111122223333:task:OTHER"},
    "dashboard_url": "https://dashboards.example.org/aurora-ferry-staging",
}

ROWS: Final = (
    *(
        _told(
            f"elsewhere-{name}",
            "What it named stays, and whoever reads it goes elsewhere.",
            **{name: to},
        )
        for name, to in _ELSEWHERE.items()
    ),
    *(
        _told(f"gone-{name}", "What it named stays, and nobody finds it.", **{name: None})
        for name in ("cluster_endpoint", "secret_arn", "dms_task_arns", "reader_instance_1_id")
    ),
    *(
        Held(
            name=f"output-of-one-s-own-{how}",
            edit=(_TAGGED, leads({"host": _IS["cluster_endpoint"]}, host=to)),
            expected=SECOND,
            why="Whoever reads it goes elsewhere, whatever it is called.",
        )
        for how, to in {"elsewhere": _ANOTHERS, "unknown": UNKNOWN}.items()
    ),
    _told(
        "without-one-of-its-tasks",
        "The task is there, and `ferry` starts it no more.",
        dms_task_arns={},
    ),
    _told(
        "without-a-reader-that-stays",
        "The reader is there, and nobody knows of it.",
        reader_instance_ids=[_IS["reader_instance_1_id"]],
    ),
    _told(
        "with-a-task-of-somebody-else",
        "Whoever starts all tasks starts one more, of somebody else.",
        dms_task_arns={
            **_IS["dms_task_arns"],
            "more": "arn:aws:dms:eu-central-1:111122223333:task:OTHER",
        },
    ),
    _told(
        "new-with-an-endpoint-of-somebody-else",
        "`ferry` and operators test and change what is another's.",
        dms_target_endpoint_arns={
            "app": _IS["dms_target_endpoint_arn"],
            "crm": "arn:aws:dms:eu-central-1:111122223333:endpoint:OTHER",
        },
    ),
    _told(
        "known-only-after-apply",
        "Nothing of the cluster is unknown: it comes from elsewhere.",
        cluster_endpoint=UNKNOWN,
    ),
    _told(
        "of-what-is-read-during-apply",
        "Nobody knows what it will be.",
        _refers(
            "cluster_endpoint", "data.aws_rds_cluster.other.endpoint", "data.aws_rds_cluster.other"
        ),
        cluster_endpoint=UNKNOWN,
    ),
    Held(
        name="output-new-and-elsewhere",
        edit=(
            _TAGGED,
            leads({}, **{**_IS, "cluster_endpoint": _ANOTHERS}),
        ),
        expected=SECOND,
        why="`ferry` and applications go by it, and it is no cluster of this plan.",
    ),
)

_DAYS: Final = {it.name: it for it in everyday.ROWS}
_MORE_TASKS: Final = _DAYS["task-more"]
_NEW_TASK: Final = "aws_dms_replication_task.task-billing_task"
_MORE_DATABASES: Final = _DAYS["database-more"]
_ENDS: Final = {
    end: (
        deployed()[f"aws_dms_endpoint.{end}_endpoint"].address,
        f"aws_dms_endpoint.database-billing-{end}_endpoint",
    )
    for end in ("source", "target")
}
_OLD_TASK: Final = deployed()[TASK].address


def _and(held: Held, *more: Step) -> Held:
    return replace(held, name=f"{held.name}-and-outputs", edit=(*held.edit, *more))


def _named(attribute: str, *addresses: str) -> list[str]:
    """What refers to an attribute of each, as Terraform writes it."""
    return [text for it in addresses for text in (f"{it}.{attribute}", it)]


EVERYDAY: Final = (
    _and(
        _DAYS["reader-more"],
        leads(
            reader_instance_ids=[*_IS["reader_instance_ids"], "aurora-ferry-staging-reader-3"],
            reader_instance_3_id="aurora-ferry-staging-reader-3",
        ),
    ),
    _and(
        _MORE_TASKS,
        leads(dms_task_arns={**_IS["dms_task_arns"], "billing": UNKNOWN}),
        _refers(
            "dms_task_arns",
            *_named("replication_task_arn", _OLD_TASK, _NEW_TASK),
            of=_MORE_TASKS,
        ),
    ),
    _and(
        _MORE_DATABASES,
        leads(
            dms_task_arns={**_IS["dms_task_arns"], "billing": UNKNOWN},
            **{
                f"dms_{end}_endpoint_arns": {
                    "app": _IS[f"dms_{end}_endpoint_arn"],
                    "billing": UNKNOWN,
                }
                for end in _ENDS
            },
        ),
        _all_refer(
            {
                "dms_task_arns": _named("replication_task_arn", _OLD_TASK, _NEW_TASK),
                **{
                    f"dms_{end}_endpoint_arns": _named("endpoint_arn", *both)
                    for end, both in _ENDS.items()
                },
            },
            of=_MORE_DATABASES,
        ),
    ),
    Held(
        name="output-all-new",
        edit=(_TAGGED, leads({}, **_IS)),
        expected=SAFE,
        why="Each is what its name says.",
    ),
    Held(
        name="output-of-one-s-own",
        edit=(_TAGGED, leads(jdbc_url="jdbc:postgresql://a.example/app")),
        expected=SAFE,
        why="Nobody reads it yet.",
    ),
    Held(
        name="output-of-one-s-own-goes",
        edit=(_TAGGED, leads({"jdbc_url": "jdbc:postgresql://a.example/app"}, jdbc_url=None)),
        expected=SAFE,
        why="Nothing changes in AWS, and who read it fails and says so.",
    ),
)

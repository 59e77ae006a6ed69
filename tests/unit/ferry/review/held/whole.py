"""Edits of the plan as a whole, and of what Terraform does besides changing resources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tests.unit.ferry.review.held.base import configuration, deployed
from tests.unit.ferry.review.held.edits import (
    BLOCKED,
    NOT_JUDGED,
    NOT_SAFE,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    Step,
    creates,
    deletes,
    drifts,
    everywhere,
    forgets,
    ingress,
    leaves,
    output,
    parameters,
    part,
    reads,
    statements,
    trust,
    updates,
    vanishes,
)
from tests.unit.ferry.review.held.names import (
    AURORA_GROUP,
    CLIENTS_IN,
    CLUSTER,
    DMS_ROLE,
    KEY,
    MASTER_SECRET,
    OTHERS_TABLE,
    PARAMETERS,
    REPLICATION,
    SECRETS_ENDPOINT,
    STRANGER,
    TARGET_SECRET,
    TASK,
    TOPIC_POLICY,
    WRITER,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

_TAGGED = updates(CLUSTER, tags={"Name": "aurora-ferry-staging", "cost": "4711"})


def _check(status: str, *, kind: str = "check", name: str = "source", problem: str = "") -> Step:
    """A check of the configuration, with its status."""
    shown = {
        "check": {"kind": "check", "name": name, "to_display": f"check.{name}"},
        "resource": {
            "kind": "resource",
            "mode": "managed",
            "type": "aws_rds_cluster",
            "name": "aurora_cluster_059EF40F",
            "to_display": "aws_rds_cluster.aurora_cluster_059EF40F",
        },
        "output_value": {
            "kind": "output_value",
            "name": "cluster_id",
            "to_display": "output.cluster_id",
        },
    }[kind]
    instance: dict[str, Any] = {"address": {"to_display": shown["to_display"]}, "status": status}
    if problem:
        instance["problems"] = [{"message": problem}]
    return part("checks", [{"address": shown, "status": status, "instances": [instance]}])


def _configured(
    *resources: dict[str, Any], providers: dict[str, Any] | None = None, **bodies: Json
) -> Step:
    """The configuration with more resources, more providers, or more in a resource of the base."""
    base = configuration()
    addresses = {deployed()[name].address: more for name, more in bodies.items()}
    known = [{**it, **addresses.get(it["address"], {})} for it in base["root_module"]["resources"]]
    return part(
        "configuration",
        {
            "provider_config": {**base["provider_config"], **(providers or {})},
            "root_module": {"resources": [*known, *resources]},
        },
    )


def _data(type_: str, provider: str = "") -> dict[str, Any]:
    """A data source of the configuration."""
    return {
        "address": f"data.{type_}.x",
        "mode": "data",
        "type": type_,
        "name": "x",
        "provider_config_key": provider or type_.partition("_")[0],
        "schema_version": 0,
    }


_RUNS = {
    "provisioners": [
        {
            "type": "local-exec",
            "expressions": {
                "command": {"constant_value": "aws rds delete-db-cluster --skip-final-snapshot"}
            },
        }
    ]
}

SOMEBODY_ELSES: Final = (
    Held(
        name="of-another-account",
        edit=(_TAGGED, everywhere("111122223333", STRANGER)),
        expected=NOT_JUDGED,
        why="The plan is not of the account that was asked about.",
    ),
    Held(
        name="of-another-region",
        edit=(_TAGGED, everywhere("eu-central-1", "us-east-1")),
        expected=NOT_JUDGED,
        why="The plan is not of the region that was asked about.",
    ),
    Held(
        name="of-another-environment",
        edit=(_TAGGED, everywhere("staging", "prod")),
        expected=NOT_JUDGED,
        why="The plan is not of the environment that was asked about.",
    ),
    Held(
        name="of-another-environment-and-dangerous",
        edit=(updates(CLUSTER, deletion_protection=False), everywhere("staging", "prod")),
        expected=frozenset({3, 4}),
        why="Another's plan, and one that takes protection away.",
    ),
)

_OTHERS: Final = (
    Held(
        name="cluster-of-production-deleted",
        edit=(
            deletes(CLUSTER, was={"skip_final_snapshot": True}),
            everywhere("staging", "prod"),
            everywhere("111122223333", "444455556666"),
        ),
        expected=frozenset({3, 4}),
        why="Another environment's plan, of another account, and it deletes the cluster.",
    ),
)

CHECKS: Final = (
    Held(
        name="check-failed",
        edit=(_TAGGED, _check("fail", problem="the source is not ready")),
        expected=NOT_SAFE,
        why="Somebody wrote a check so that somebody looks when it fails.",
    ),
    Held(
        name="check-failed-and-nothing-changes",
        edit=(_check("fail", problem="the source is not ready"),),
        expected=NOT_SAFE,
        why="Somebody wrote a check so that somebody looks when it fails.",
    ),
    Held(
        name="version-no-longer-offered",
        edit=(
            _TAGGED,
            _check(
                "fail",
                name="aurora_engine-version_91D9057A",
                problem="eu-central-1 no longer offers Aurora PostgreSQL 15.8",
            ),
        ),
        expected=NOT_SAFE,
        why="The stack's own check: the cluster runs on, and could not be made again.",
    ),
    Held(
        name="check-in-error",
        edit=(_TAGGED, _check("error")),
        expected=NOT_SAFE,
        why="Nobody knows whether it holds.",
    ),
    Held(
        name="check-of-no-known-status",
        edit=(_TAGGED, _check("undecided")),
        expected=NOT_SAFE,
        why="Nobody knows whether it holds.",
    ),
    Held(
        name="condition-of-the-cluster-failed",
        edit=(_TAGGED, _check("fail", kind="resource", problem="not the key of this account")),
        expected=NOT_SAFE,
        why="A condition of the cluster itself does not hold.",
    ),
    Held(
        name="condition-of-an-output-failed",
        edit=(_TAGGED, _check("fail", kind="output_value", problem="no id")),
        expected=NOT_SAFE,
        why="A condition does not hold.",
    ),
    Held(
        name="check-not-known-yet",
        edit=(_TAGGED, _check("unknown")),
        expected=NOT_SAFE,
        why="It is decided while the plan is applied.",
    ),
)


def _without(*names: str) -> Step:
    """What the plan says will be, without some of the resources that are."""
    kept = [
        {
            "address": it.address,
            "mode": "managed",
            "type": it.type,
            "name": it.address.partition(".")[2],
            "schema_version": 0,
            "values": it.values,
            "sensitive_values": it.mask,
        }
        for name, it in deployed().items()
        if name not in names
    ]
    return part("planned_values", {"root_module": {"resources": kept}})


PARTS: Final = (
    Held(
        name="no-resource-changes",
        edit=(part("resource_changes", None), part("planned_values", {"root_module": {}})),
        expected=NOT_SAFE,
        why="There was a cluster, there will be none, and the plan does not say how that happens.",
    ),
    Held(
        name="resource-changes-without-the-cluster",
        edit=(part("resource_changes", []), _without(CLUSTER)),
        expected=NOT_SAFE,
        why="The two states differ by the cluster, and no change says so.",
    ),
    Held(
        name="applyable-false",
        edit=(_TAGGED, part("applyable", value=False)),
        expected=NOT_SAFE,
        why="Terraform itself says that it cannot be applied.",
    ),
    Held(
        name="errored",
        edit=(_TAGGED, part("errored", value=True)),
        expected=NOT_SAFE,
        why="Planning broke off: what is missing nobody knows.",
    ),
    Held(
        name="not-complete",
        edit=(_TAGGED, part("complete", value=False)),
        expected=NOT_SAFE,
        why="Another plan has to follow: what it does nobody knows.",
    ),
    Held(
        name="deferred",
        edit=(
            _TAGGED,
            part(
                "deferred_changes",
                [
                    {
                        "reason": "provider_config_unknown",
                        "resource_change": {
                            "address": "aws_rds_cluster.second",
                            "mode": "managed",
                            "type": "aws_rds_cluster",
                            "name": "second",
                            "change": {"actions": ["create"], "before": None, "after": {}},
                        },
                    }
                ],
            ),
        ),
        expected=NOT_SAFE,
        why="What it will be is decided later.",
    ),
    Held(
        name="action-invoked",
        edit=(
            _TAGGED,
            part(
                "action_invocations",
                [
                    {
                        "address": "action.aws_lambda_invoke.now",
                        "type": "aws_lambda_invoke",
                        "name": "now",
                        "config_values": {"function_name": "drop-everything"},
                        "lifecycle_action_trigger": {
                            "triggering_resource_address": "aws_rds_cluster.aurora_cluster_059EF40F"
                        },
                    }
                ],
            ),
        ),
        expected=NOT_SAFE,
        why="An action does whatever it does, beside all resources.",
    ),
    Held(
        name="action-deferred",
        edit=(
            _TAGGED,
            part(
                "deferred_action_invocations",
                [
                    {
                        "reason": "instance_count_unknown",
                        "action_invocation": {
                            "address": "action.aws_lambda_invoke.later",
                            "type": "aws_lambda_invoke",
                            "name": "later",
                        },
                    }
                ],
            ),
        ),
        expected=NOT_SAFE,
        why="What it will do is decided later.",
    ),
    Held(
        name="part-that-nobody-knows",
        edit=(_TAGGED, part("things_that_terraform_will_do_next_year", [{"do": "something"}])),
        expected=NOT_SAFE,
        why="A later Terraform says something that this review does not know.",
    ),
    Held(
        name="format-of-another-major-version",
        edit=(_TAGGED, part("format_version", "2.0")),
        expected=NOT_JUDGED,
        why="What its words mean nobody knows.",
    ),
    Held(
        name="action-that-nobody-knows",
        edit=(Step(action="explode", name=CLUSTER),),
        expected=NOT_SAFE,
        why="What it does nobody knows.",
    ),
)

BESIDES: Final = (
    Held(
        name="program-run-by-a-resource",
        edit=(
            creates("terraform_data.x", input="1", id=UNKNOWN, output=UNKNOWN),
            _configured(
                {
                    "address": "terraform_data.x",
                    "mode": "managed",
                    "type": "terraform_data",
                    "name": "x",
                    "provider_config_key": "terraform",
                    "schema_version": 0,
                    **_RUNS,
                }
            ),
        ),
        expected=NOT_SAFE,
        why="The program deletes the cluster; any program may.",
    ),
    Held(
        name="program-run-beside-a-new-alarm",
        edit=(
            creates(
                "aws_cloudwatch_metric_alarm.more",
                like=WRITER_CPU,
                alarm_name="aurora-more-staging",
            ),
            _configured(
                {
                    "address": "aws_cloudwatch_metric_alarm.more",
                    "mode": "managed",
                    "type": "aws_cloudwatch_metric_alarm",
                    "name": "more",
                    "provider_config_key": "aws",
                    "schema_version": 0,
                    **_RUNS,
                }
            ),
        ),
        expected=NOT_SAFE,
        why="The alarm is harmless, the program beside it may do anything.",
    ),
    Held(
        name="program-run-as-it-goes",
        edit=(
            deletes("terraform_data.network_zones_remembered"),
            _configured(**{"terraform_data.network_zones_remembered": _RUNS}),
        ),
        expected=NOT_SAFE,
        why="A provisioner may run when a resource is destroyed.",
    ),
    Held(
        name="null-resource",
        edit=(
            creates(
                "null_resource.x",
                triggers={"now": "1"},
                id=UNKNOWN,
                beside={"provider_name": "registry.terraform.io/hashicorp/null"},
            ),
        ),
        expected=NOT_SAFE,
        why="Its provider is another, and it is mostly there to run programs.",
    ),
    Held(
        name="function-invoked",
        edit=(
            creates(
                "aws_lambda_invocation.x",
                function_name="cleanup",
                input="{}",
                id=UNKNOWN,
                result=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="A function does whatever it does.",
    ),
    Held(
        name="job-of-another-provider",
        edit=(
            creates(
                "kubernetes_job.x",
                metadata=[{"name": "x"}],
                id=UNKNOWN,
                beside={"provider_name": "registry.terraform.io/hashicorp/kubernetes"},
            ),
        ),
        expected=NOT_SAFE,
        why="A provider that this review knows nothing of.",
    ),
    Held(
        name="aws-of-somebody-else",
        edit=(
            creates(
                "aws_sns_topic.more",
                name="more",
                id=UNKNOWN,
                arn=UNKNOWN,
                beside={"provider_name": "registry.terraform.io/elsewhere/aws"},
            ),
        ),
        expected=NOT_SAFE,
        why="It is called aws, and is not HashiCorp's.",
    ),
    Held(
        name="alarm-in-another-region",
        edit=(
            creates(
                "aws_cloudwatch_metric_alarm.more",
                like=WRITER_CPU,
                alarm_name="aurora-more-staging",
            ),
            _configured(
                {
                    "address": "aws_cloudwatch_metric_alarm.more",
                    "mode": "managed",
                    "type": "aws_cloudwatch_metric_alarm",
                    "name": "more",
                    "provider_config_key": "aws.virginia",
                    "schema_version": 0,
                },
                providers={
                    "aws.virginia": {
                        "name": "aws",
                        "full_name": "registry.terraform.io/hashicorp/aws",
                        "alias": "virginia",
                        "expressions": {"region": {"constant_value": "us-east-1"}},
                    }
                },
            ),
        ),
        expected=NOT_SAFE,
        why="There the cluster has no metric; and nobody asked about that region.",
    ),
    Held(
        name="program-read-while-applying",
        edit=(
            reads(
                "data.external.x", program=["sh", "-c", "aws rds delete-db-cluster"], result=UNKNOWN
            ),
            _configured(_data("external")),
        ),
        expected=NOT_SAFE,
        why="The data source runs a program while the plan is applied.",
    ),
    Held(
        name="page-read-while-applying",
        edit=(
            reads("data.http.x", url="https://elsewhere.example/rules.json", response_body=UNKNOWN),
            _configured(_data("http")),
        ),
        expected=NOT_SAFE,
        why="What it says is decided elsewhere, later.",
    ),
    Held(
        name="function-read-while-applying",
        edit=(
            reads("data.aws_lambda_invocation.x", function_name="cleanup", input="{}"),
            _configured(_data("aws_lambda_invocation")),
        ),
        expected=NOT_SAFE,
        why="To read it is to run the function.",
    ),
    Held(
        name="cluster-imported",
        edit=(
            leaves(
                CLUSTER,
                beside={"change": {"importing": {"id": "aurora-ferry-staging"}}},
            ),
        ),
        expected=NOT_SAFE,
        why="From now on this stack may change and destroy it; somebody should know whose it was.",
    ),
    Held(
        name="cluster-imported-and-changed",
        edit=(
            updates(
                CLUSTER,
                backup_retention_period=14,
                beside={"change": {"importing": {"id": "aurora-ferry-staging"}}},
            ),
        ),
        expected=NOT_SAFE,
        why="It was somebody else's, and is changed at once.",
    ),
    Held(
        name="secret-forgotten",
        edit=(forgets(MASTER_SECRET),),
        expected=NOT_SAFE,
        why="It stays, and nobody's file keeps it any more.",
    ),
    Held(
        name="rule-forgotten",
        edit=(forgets(CLIENTS_IN),),
        expected=NOT_SAFE,
        why="It lets in whom it lets in, and nobody's file says so.",
    ),
    Held(
        name="output-shows-a-secret",
        edit=(
            part(
                "output_changes",
                {
                    "cluster_id": {
                        "actions": ["update"],
                        "before": "hidden",
                        "after": "hidden",
                        "after_unknown": False,
                        "before_sensitive": True,
                        "after_sensitive": False,
                    }
                },
            ),
        ),
        expected=NOT_SAFE,
        why="What was hidden is shown from now on, in every log.",
    ),
)


def _shows(name: str, why: str, *edit: Step) -> Held:
    return Held(name=f"shows-{name}", edit=edit, expected=NOT_SAFE, why=why)


_LONG: Final = "quiver-marl-77"
SHOWN: Final = (
    _shows(
        "an-output",
        "What was hidden is shown from now on, in every log.",
        _TAGGED,
        output(before=_LONG, after=_LONG, before_sensitive=True),
    ),
    _shows(
        "an-output-whose-value-changes",
        "The new value is shown in every log.",
        _TAGGED,
        output(before=_LONG, after="short", before_sensitive=True),
    ),
    _shows(
        "an-output-that-aws-will-say",
        "What AWS says is shown in every log.",
        _TAGGED,
        output(before=_LONG, after_unknown=True, before_sensitive=True),
    ),
    _shows(
        "a-part-of-an-output",
        "A member that was hidden is shown.",
        _TAGGED,
        output(
            before={"a": _LONG, "b": _LONG},
            after={"a": _LONG, "b": _LONG},
            before_sensitive={"a": True, "b": True},
            after_sensitive={"b": True},
        ),
    ),
    _shows(
        "an-item-of-an-output",
        "An item that was hidden is shown.",
        _TAGGED,
        output(
            before=[{"a": _LONG}],
            after=[{"a": _LONG}],
            before_sensitive=[{"a": True}],
            after_sensitive=[{}],
        ),
    ),
    _shows(
        "a-new-output-that-is-a-password",
        "It stands in clear in every log.",
        _TAGGED,
        output("master_password", actions=["create"], after=_LONG),
    ),
    _shows(
        "a-password-in-an-output",
        "It stands in clear in every log.",
        _TAGGED,
        output(before={}, after={"host": "a.example", "password": _LONG}),
    ),
    _shows(
        "a-module-s-variable",
        "What the variable holds is shown in every plan from now on.",
        updates(WRITER_CPU, was_hidden=("alarm_description",)),
    ),
    _shows(
        "a-module-s-variable-beside-another-change",
        "What the variable holds is shown in every plan from now on.",
        updates(WRITER_CPU, was_hidden=("alarm_description",), tags={"a": "b"}),
    ),
    _shows(
        "a-resource-that-was-hidden-whole",
        "All of it is shown in every plan from now on.",
        updates(CLUSTER, was_hidden=("*",), tags={"a": "b"}),
    ),
)


def _formless(name: str, step: Step, **change: Json) -> Held:
    """A change of which the plan does not say, or not as Terraform does, what it will be."""
    inner = {**step.beside.get("change", {}), **change}
    return Held(
        name=f"formless-{name}",
        edit=(replace(step, beside={**step.beside, "change": inner}),),
        expected=NOT_SAFE,
        why="What it will be may be anything.",
    )


_NEW_ALARM: Final = creates("aws_cloudwatch_metric_alarm.new", like=WRITER_CPU, alarm_name="new")
FORMLESS: Final = (
    _formless("update-all-unknown", _TAGGED, after_unknown=True),
    _formless("update-unknown-in-a-list", _TAGGED, after_unknown=[True]),
    _formless("update-to-nothing", _TAGGED, after=None),
    _formless("update-of-nothing", _TAGGED, before=None),
    _formless("create-all-unknown", _NEW_ALARM, after=None, after_unknown=True),
    _formless("create-of-nothing", _NEW_ALARM, after={}, after_unknown={}),
    _formless("nothing-happens-to-what-is-unknown", leaves(CLUSTER), after_unknown=True),
)

DRIFT: Final = (
    Held(
        name="found-open-to-all",
        edit=(drifts(CLIENTS_IN, referenced_security_group_id=None, cidr_ipv4="0.0.0.0/0"),),
        expected=SECOND_OR_BLOCKED,
        why="Somebody opened the database outside Terraform, and this plan leaves it open.",
    ),
    Held(
        name="found-open-inside-the-group",
        edit=(_TAGGED, drifts(AURORA_GROUP, ingress=[ingress("0.0.0.0/0")])),
        expected=SECOND_OR_BLOCKED,
        why="Somebody opened the database outside Terraform, and this plan leaves it open.",
    ),
    Held(
        name="found-trusting-all",
        edit=(
            _TAGGED,
            drifts(
                DMS_ROLE,
                assume_role_policy=trust(DMS_ROLE, Principal={"AWS": "*"}, Condition=None),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Everybody may read the passwords, and this plan leaves it so.",
    ),
    Held(
        name="found-public",
        edit=(_TAGGED, drifts(WRITER, publicly_accessible=True)),
        expected=SECOND_OR_BLOCKED,
        why="The database has an address of the internet.",
    ),
    Held(
        name="found-unprotected",
        edit=(_TAGGED, drifts(CLUSTER, deletion_protection=False)),
        expected=SECOND_OR_BLOCKED,
        why="Somebody took the protection away, and this plan leaves it so.",
    ),
    Held(
        name="found-with-an-open-endpoint",
        edit=(
            _TAGGED,
            drifts(
                SECRETS_ENDPOINT,
                policy=statements(
                    {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Secrets can be carried out to any account.",
    ),
    Held(
        name="found-with-an-open-topic",
        edit=(
            _TAGGED,
            drifts(
                TOPIC_POLICY,
                policy=statements(
                    {"Effect": "Allow", "Principal": "*", "Action": "sns:*", "Resource": "*"}
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Anybody may subscribe.",
    ),
    Held(
        name="cluster-found-deleted",
        edit=(part("resource_changes", []), vanishes(CLUSTER)),
        expected=NOT_SAFE,
        why="The database is gone, and applying this only makes Terraform forget it.",
    ),
    Held(
        name="task-found-deleted-and-made-anew",
        edit=(vanishes(TASK), creates(TASK, like=TASK)),
        expected=SECOND_OR_BLOCKED,
        why="The new task loads everything again.",
    ),
    Held(
        name="key-found-deleted-and-made-anew",
        edit=(vanishes(KEY), creates(KEY, like=KEY)),
        expected=SECOND_OR_BLOCKED,
        why="A new key decrypts nothing of what the old one encrypted.",
    ),
    Held(
        name="secret-found-deleted-and-made-anew",
        edit=(vanishes(TARGET_SECRET), creates(TARGET_SECRET, like=TARGET_SECRET)),
        expected=SECOND_OR_BLOCKED,
        why="Another ARN, and no value: DMS cannot sign in.",
    ),
    Held(
        name="cluster-found-deleted-and-made-anew",
        edit=(vanishes(CLUSTER), creates(CLUSTER, like=CLUSTER)),
        expected=SECOND_OR_BLOCKED,
        why="An empty cluster takes the place of what somebody deleted.",
    ),
    Held(
        name="alarm-found-deleted",
        edit=(
            vanishes(WRITER_CPU),
            creates(WRITER_CPU, like=WRITER_CPU),
            updates(CLUSTER, port=5433),
        ),
        expected=BLOCKED,
        why="The alarm comes back, and the port is another one.",
    ),
)

_DRIFTED: Final[dict[str, tuple[Step, str]]] = {
    "endpoint-s-secret": (
        drifts(
            "aws_dms_endpoint.source_endpoint",
            secrets_manager_arn=f"arn:aws:secretsmanager:eu-central-1:{STRANGER}:secret:x",
        ),
        "DMS signs in somewhere else.",
    ),
    "port": (drifts(CLUSTER, port=6000), "Nobody listens where clients connect."),
    "parameter-group": (
        drifts(CLUSTER, db_cluster_parameter_group_name="default.aurora-postgresql16"),
        "Its parameters are no longer ours.",
    ),
    "logical-replication-off": (
        drifts(
            PARAMETERS,
            parameter=parameters(PARAMETERS, rds__logical_replication=("0", "pending-reboot")),
        ),
        "It is off from the next restart on.",
    ),
    "association": (
        drifts(
            "aws_route_table_association.network_dms-1-association",
            route_table_id=OTHERS_TABLE,
        ),
        "DMS reaches what other routes lead to.",
    ),
    "endpoint-s-subnets": (drifts(SECRETS_ENDPOINT, subnet_ids=[]), "It stands nowhere."),
    "no-standby": (drifts(REPLICATION, multi_az=False), "Nothing takes over."),
    "smaller-writer": (drifts(WRITER, instance_class="db.t4g.medium"), "It may not bear the load."),
    "certificate": (drifts(WRITER, ca_cert_identifier="rds-ca-2019"), "Clients may refuse it."),
}
_DEPOSED: Final = (
    "aws_dms_endpoint.source_endpoint",
    "aws_eip.nat_address-1",
    "aws_iam_role.aurora_monitoring-role",
    "aws_iam_role_policy_attachment.aurora_monitoring-role_policy",
    "aws_nat_gateway.nat_nat-1",
    "aws_rds_cluster_instance.aurora_writer",
    "aws_route.nat_dms-1-to-internet",
    "aws_secretsmanager_secret_version.master-credentials_version",
    "aws_security_group.security-groups_aurora",
    "aws_sns_topic.alarm-topic",
    "aws_subnet.nat_public-1",
    "aws_vpc_endpoint.secretsmanager_endpoint",
)
_ANEW: Final = (
    "aws_cloudwatch_log_group.aurora_log",
    "aws_eip.nat_address-1",
    "aws_secretsmanager_secret_version.master-credentials_version",
    "aws_sns_topic_subscription.alarm-topic_email-f1d70281",
)
_LEFT: Final[tuple[Held, ...]] = (
    *(
        Held(name=f"found-with-another-{name}", edit=(step,), expected=SECOND_OR_BLOCKED, why=why)
        for name, (step, why) in _DRIFTED.items()
    ),
    *(
        Held(
            name=f"deposed-{name.replace('.', '-')}",
            edit=(deletes(name, was={"id": "old-id"}, beside={"deposed": "0badc0de"}),),
            expected=SECOND_OR_BLOCKED,
            why="It may still be used, or be the same thing in AWS as what took its place.",
        )
        for name in _DEPOSED
    ),
    *(
        Held(
            name=f"found-deleted-and-made-anew-{name.replace('.', '-')}",
            edit=(vanishes(name), creates(name, like=name)),
            expected=SECOND_OR_BLOCKED,
            why="The new one is not what the old one was.",
        )
        for name in _ANEW
    ),
)

ROWS: Final = (
    *SOMEBODY_ELSES,
    *_OTHERS,
    *CHECKS,
    *PARTS,
    *BESIDES,
    *SHOWN,
    *FORMLESS,
    *DRIFT,
    *_LEFT,
)

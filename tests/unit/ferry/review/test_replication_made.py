"""What is made for the replication: tasks, endpoints, the instance, its subnets, certificates."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from ferry.review.plan.plan import Change
from tests.unit.ferry.review.plans import (
    ACCOUNT,
    UNKNOWN,
    change,
    configured,
    dangers,
    effects,
    reviewed,
    stack_of,
    stays,
    update,
)
from tests.unit.ferry.review.replication_examples import (
    AROUND,
    AROUND_ENDPOINT,
    CERTIFICATE,
    DMS_HERE,
    ENDPOINT,
    ENDPOINT_ATTRIBUTES,
    ENDPOINT_CONFIGURATION,
    INSTANCE,
    SOURCE_OPTIONS,
    TARGET_OPTIONS,
    TARGET_SECRET,
    TASK,
    TASK_ATTRIBUTES,
    allowing,
    mappings,
    new_endpoint,
    new_task,
    options,
    rule,
    settings,
)

if TYPE_CHECKING:
    from ferry.review import Review
    from ferry.review.plan.values import Json

# Tasks


def test_a_new_task_on_its_environments_endpoints_is_safe() -> None:
    assert reviewed(new_task(), *AROUND).exit_code == 0


@pytest.mark.parametrize(
    ("attribute", "value", "danger"),
    [
        ("replication_instance_arn", "arn:elsewhere", Danger.UNCLEAR),
        ("source_endpoint_arn", "arn:elsewhere", Danger.UNCLEAR),
        ("source_endpoint_arn", "arn:target", Danger.UNCLEAR),
        ("target_endpoint_arn", "arn:source", Danger.UNCLEAR),
        ("target_endpoint_arn", "arn:instance", Danger.UNCLEAR),
        ("source_endpoint_arn", UNKNOWN, Danger.UNCLEAR),
        ("migration_type", "cdc", Danger.UNCLEAR),
        ("migration_type", "full-load", Danger.UNCLEAR),
        ("migration_type", "another", Danger.UNCLEAR),
        ("start_replication_task", True, Danger.REPLICATION_STOP),
        ("start_replication_task", UNKNOWN, Danger.REPLICATION_STOP),
        ("cdc_start_position", "0/16B3748", Danger.REPLICATION_STOP),
        ("cdc_start_position", UNKNOWN, Danger.REPLICATION_STOP),
        ("cdc_start_time", "1484346880", Danger.REPLICATION_STOP),
        ("table_mappings", UNKNOWN, Danger.UNCLEAR),
        ("replication_task_settings", UNKNOWN, Danger.UNCLEAR),
        ("replication_task_settings", settings(Strange={"A": 1}), Danger.UNCLEAR),
    ],
)
def test_a_new_task_that_deserves_a_look(attribute: str, value: Json, danger: Danger) -> None:
    found = reviewed(new_task(**{attribute: value}), *AROUND)
    assert danger in dangers(found)
    assert {it.attribute for it in found.findings} == {attribute}


def test_what_nobody_configures_is_dmss_to_say() -> None:
    configuration = configured(aws_dms_replication_task__new={"migration_type": []})
    task = new_task(cdc_start_position=UNKNOWN, replication_task_arn=UNKNOWN, status=UNKNOWN)
    assert reviewed(task, *AROUND, configuration=configuration).exit_code == 0


def test_a_new_task_on_endpoints_that_the_plan_makes() -> None:
    wires = {
        "replication_instance_arn": ["aws_dms_replication_instance.it"],
        "source_endpoint_arn": ["aws_dms_endpoint.source"],
        "target_endpoint_arn": ["aws_dms_endpoint.target"],
    }
    task = new_task(**dict.fromkeys(wires, UNKNOWN))
    turned_round = {**wires, "source_endpoint_arn": ["aws_dms_endpoint.target"]}
    of_another_type = {**wires, "source_endpoint_arn": ["aws_dms_replication_instance.it"]}
    for references, exit_code in ((wires, 0), (turned_round, 1), (of_another_type, 1)):
        configuration = configured(aws_dms_replication_task__new=references)
        assert reviewed(task, *AROUND, configuration=configuration).exit_code == exit_code


def test_a_task_that_was_deleted_outside_loads_everything_again() -> None:
    gone = change(TASK, "delete", {**TASK_ATTRIBUTES}, None, name="new")
    found = reviewed(new_task(), *AROUND, resource_drift=[gone])
    assert Danger.REPLICATION_LOSS in dangers(found)
    assert (
        "The task was deleted outside Terraform, its position with it. The new one starts with the "
        "full load, and only when somebody starts it."
    ) in effects(found)


# Tables of a new task


@pytest.mark.parametrize(
    ("rules", "effect"),
    [
        (
            [rule("%")],
            "The task carries every schema of the source that %.% matches.",
        ),
        ([], "The task selects no table: it copies nothing."),
        ([rule("orders", action="exclude")], "The task selects no table: it copies nothing."),
        (
            [rule("orders"), rule("orders", action="exclude")],
            "The task selects no table: it copies nothing.",
        ),
        (
            [rule("orders", "ab%"), rule("%", "a%", "exclude")],
            "The task selects no table: it copies nothing.",
        ),
    ],
)
def test_a_new_task_that_carries_too_much_or_nothing(rules: list[Any], effect: str) -> None:
    assert effects(reviewed(new_task(table_mappings=mappings(*rules)), *AROUND)) == [effect]


def test_a_new_task_carries_its_own_marker_and_leaves_out_ferrys_other_tables() -> None:
    own = rule("ferry", "fence_orders-archive", "explicit")
    rules = [own, rule("ferry", "fence_crm", "exclude"), rule("orders")]
    task = new_task(replication_task_id="ferry-dev-orders-archive", table_mappings=mappings(*rules))
    assert effects(reviewed(task, *AROUND)) == []


@pytest.mark.parametrize("identifier", ["ferry-dev-orders", "ferry-dev-old_crm", UNKNOWN])
def test_a_new_task_with_the_marker_of_another(identifier: object) -> None:
    rules = [rule("ferry", "fence_crm", "explicit"), rule("orders")]
    task = new_task(replication_task_id=identifier, table_mappings=mappings(*rules))
    assert (
        "The task carries another task's marker, ferry.fence_crm: ferry takes what this one has "
        "carried for the other's."
    ) in effects(reviewed(task, *AROUND))


def test_a_new_task_that_carries_its_marker_alone_copies_nothing() -> None:
    marker = mappings(rule("ferry", "fence_new", "explicit"))
    task = new_task(replication_task_id="ferry-dev-new", table_mappings=marker)
    assert effects(reviewed(task, *AROUND)) == ["The task selects no table: it copies nothing."]


def test_what_is_no_marker_is_ferrys_own_and_no_applications() -> None:
    task = new_task(table_mappings=mappings(rule("ferry", "journal", "explicit"), rule("orders")))
    (effect,) = effects(reviewed(task, *AROUND))
    assert effect.endswith("no application's: ferry.journal.")


def test_a_table_by_its_exact_name_is_carried_and_meets_no_other() -> None:
    def beside(mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
        task = new_task(table_mappings=mappings(mine))
        return effects(reviewed(task, other_task(theirs), *AROUND))

    exact = [rule("orders", name, "explicit") for name in ("order_items", "orderXitems")]
    assert beside(*exact) == []
    assert beside(exact[0], exact[0]) != []
    assert beside(rule("orders", "order_items"), exact[1]) != []


WILDCARDS = "DMS knows %, _ and [ ] as wildcards, and no others."


@pytest.mark.parametrize(
    ("strange", "said"),
    [
        (rule("orders", "**"), WILDCARDS),
        (rule("orders", "[a-m]%"), WILDCARDS),
        (rule("orders", action="explicit"), WILDCARDS),
        (
            rule("orders", filters=[{"filter-type": "source", "column-name": "id"}]),
            "Of these tables the task copies some rows only: include orders.%.",
        ),
        (
            {**rule("orders"), "rule-type": "transformation", "rule-target": "schema"},
            "On its way to Aurora the task changes names, columns or values: include schema orders.%.",
        ),
        (
            {"rule-type": "selection", "rule-action": "include", "object-locator": "orders"},
            WILDCARDS,
        ),
        ({"rule-type": ["transformation"]}, WILDCARDS),
        (
            {
                "rule-type": "table-settings",
                "object-locator": {"schema-name": "orders", "table-name": "lines"},
                "lob-settings": {"mode": "limited", "bulk-max-size": "1"},
            },
            "Some tables are loaded in another way, in parts or with other large objects: ",
        ),
    ],
)
def test_a_rule_of_which_nobody_knows_that_it_is_harmless(
    strange: dict[str, Any], said: str
) -> None:
    found = reviewed(new_task(table_mappings=mappings(rule("sales"), strange)), *AROUND)
    assert dangers(found) == {Danger.UNCLEAR}
    assert said in effects(found)[0]


def transformation(target: str, action: str, **more: object) -> dict[str, Any]:
    said = {"rule-action": action, "rule-target": target}
    more = {name.replace("_", "-"): value for name, value in more.items()}
    return {**rule("orders", "lines"), "rule-type": "transformation", **said, **more}


OF_SOME_ROWS = {"filter-operator": "between", "start-value": "1", "end-value": "9"}


@pytest.mark.parametrize(
    ("strange", "said"),
    [
        (transformation("table", "rename", value="items"), "rename table orders.lines to items"),
        (transformation("schema", "rename", value="shop"), "rename schema orders.lines to shop"),
        (
            transformation("table", "replace-prefix", value="new_", old_value="old_"),
            "replace-prefix table orders.lines old_ by new_",
        ),
        (transformation("table", "add-suffix", value="_x"), "add-suffix table orders.lines _x"),
        (
            transformation("column", "change-data-type", data_type={"type": "string", "length": 9}),
            "change-data-type column orders.lines to string 9",
        ),
        (
            transformation("column", "add-column", value="big", expression="$n > 1"),
            "add-column column orders.lines big as $n > 1",
        ),
        (
            rule("orders", "lines", filters=[{"column-name": "id", "filter-conditions": [OF_SOME_ROWS]}]),
            "include orders.lines where id between 1 to 9",
        ),
        (
            rule("orders", "lines", filters=[{"column-name": "id", "filter-conditions": [{}]}]),
            "include orders.lines where id None",
        ),
        (
            {**rule("orders", "lines"), "rule-type": "table-settings", "rule-action": None,
             "lob-settings": {"mode": "limited"}},
            "orders.lines lob-settings limited",
        ),
    ],
)  # fmt: skip
def test_a_rule_says_what_it_does_to_what_and_what_becomes_of_it(
    strange: dict[str, Any], said: str
) -> None:
    found = effects(reviewed(new_task(table_mappings=mappings(rule("sales"), strange)), *AROUND))
    assert f": {said}" in found[0]


def test_endpoints_that_are_swapped_are_told_so() -> None:
    said = (
        "{} is a target aws_dms_endpoint, and stands where a source aws_dms_endpoint has to: the wrong "
        "way round, or mistaken."
    )
    known = reviewed(new_task(source_endpoint_arn="arn:target"), *AROUND)
    assert said.format('"arn:target"') in effects(known)
    wires = {"aws_dms_replication_task__new": {"source_endpoint_arn": ["aws_dms_endpoint.target"]}}
    unknown = new_task(source_endpoint_arn=UNKNOWN)
    swapped = reviewed(unknown, *AROUND, configuration=configured(**wires))
    assert said.format("(known after apply)") in effects(swapped)
    nowhere = reviewed(new_task(source_endpoint_arn="arn:elsewhere"), *AROUND)
    assert any("cannot be told" in it for it in effects(nowhere))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("cdc", "The task loads nothing of what is there: it follows changes alone, "),
        ("full-load", "The task loads what is there and follows no change: "),
    ],
)
def test_a_new_task_that_does_half_of_it(kind: str, said: str) -> None:
    (found,) = effects(reviewed(new_task(migration_type=kind), *AROUND))
    assert found.startswith(said)


def test_parts_that_are_loaded_side_by_side_are_harmless() -> None:
    parts = {
        "rule-type": "table-settings",
        "object-locator": {"schema-name": "orders", "table-name": "lines"},
        "parallel-load": {"type": "ranges", "columns": ["id"], "boundaries": [["1000"]]},
    }
    found = reviewed(new_task(table_mappings=mappings(rule("orders"), parts)), *AROUND)
    assert found.exit_code == 0


def other_task(*rules: dict[str, Any], **attributes: Json) -> dict[str, Any]:
    of = {
        **TASK_ATTRIBUTES,
        "replication_task_id": "other",
        "table_mappings": mappings(*rules),
        **attributes,
    }
    return stays(TASK, "other", **of)


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ([rule("orders")], [rule("sales")], False),
        ([rule("orders")], [rule("orders")], True),
        ([rule("orders")], [rule("%")], True),
        ([rule("orders", "lines")], [rule("orders", "lines")], True),
        ([rule("orders", "lines")], [rule("orders", "items")], False),
        ([rule("orders", "lines")], [rule("orders")], True),
        (
            [rule("orders", "lines")],
            [rule("orders"), rule("orders", "lines", "exclude")],
            False,
        ),
        (
            [rule("orders", "audit_2024")],
            [rule("orders"), rule("orders", "audit%", "exclude")],
            False,
        ),
        (
            [rule("orders", "audit%")],
            [rule("orders"), rule("orders", "audit_2024", "exclude")],
            True,
        ),
        (
            [rule("orders"), rule("orders", "lines", "exclude")],
            [rule("orders", "lines")],
            False,
        ),
        ([rule("orders", "a%z")], [rule("orders", "ab%")], True),
        ([rule("orders", "a%")], [rule("orders", "%b")], True),
        ([rule("orders", "a%")], [rule("orders", "b%")], False),
        ([rule("orders", "a_c")], [rule("orders", "abc")], True),
        ([rule("orders", "a_c")], [rule("orders", "abbc")], False),
        ([rule("orders", "n" * 70 + "a%")], [rule("orders", "n" * 70 + "b%")], True),
    ],
)
def test_two_tasks_that_carry_the_same_tables(
    mine: list[Any],
    theirs: list[Any],
    both: bool,  # noqa: FBT001 (a parameter)
) -> None:
    task = new_task(table_mappings=mappings(*mine))
    found = reviewed(task, other_task(*theirs), *AROUND)
    assert found.exit_code == int(both)
    if both:
        name = ".".join(mine[0]["object-locator"].values())
        assert effects(found) == [
            f"aws_dms_replication_task.other carries {name} as well: two tasks write the same rows."
        ]


def test_a_task_that_drops_what_another_one_fills_loses_data() -> None:
    dropping = settings(FullLoadSettings={"TargetTablePrepMode": "DROP_AND_CREATE"})
    found = reviewed(
        new_task(replication_task_settings=dropping), other_task(rule("orders")), *AROUND
    )
    assert Danger.DATA_LOSS in dangers(found)
    assert found.exit_code == 4


def test_tasks_that_write_elsewhere_do_not_matter() -> None:
    other = other_task(rule("orders"), target_endpoint_arn="arn:elsewhere")
    assert reviewed(new_task(), other, *AROUND).exit_code == 0


def test_another_endpoint_of_the_same_database_is_the_same_target() -> None:
    other = other_task(rule("orders"), target_endpoint_arn="arn:other")
    for database, exit_code in (("app", 1), ("archive", 0)):
        endpoints = [
            stays(ENDPOINT, arn, endpoint_arn=f"arn:{arn}", endpoint_type="target",
                  secrets_manager_arn=f"arn:{arn}-secret", database_name=name)
            for arn, name in (("target", "app"), ("other", database))
        ]  # fmt: skip
        around = [it for it in AROUND if it["name"] != "target"]
        assert reviewed(new_task(), other, *around, *endpoints).exit_code == exit_code


def test_a_task_whose_tables_cannot_be_read_may_carry_the_same() -> None:
    found = reviewed(new_task(), other_task(table_mappings="no JSON"), *AROUND)
    assert effects(found) == ["Which tables another task carries cannot be told."]


def test_more_rules_than_are_compared() -> None:
    many = [rule("orders", f"t{number}") for number in range(400)]
    tasks = [{**other_task(*many), "address": f"{TASK}.n{number}"} for number in range(60)]
    found = reviewed(new_task(table_mappings=mappings(rule("orders", "x"))), *tasks, *AROUND)
    assert effects(found) == ["More tables stand in this plan's tasks than are compared."]


# Endpoints


def made(**attributes: Json) -> Review:
    endpoint = new_endpoint(**attributes)
    return reviewed(endpoint, *AROUND_ENDPOINT, configuration=ENDPOINT_CONFIGURATION)


def test_a_new_endpoint_with_its_environments_secret_is_safe() -> None:
    assert made().exit_code == 0
    target = made(
        endpoint_type="target",
        engine_name="aurora-postgresql",
        extra_connection_attributes=options(TARGET_OPTIONS),
        secrets_manager_arn=TARGET_SECRET,
    )
    assert target.exit_code == 0


SOURCE_SECRET = ENDPOINT_ATTRIBUTES["secrets_manager_arn"]
OWN_SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:shop/source-AbCdEf"


@pytest.mark.parametrize(
    ("kind", "secret", "danger"),
    [
        ("target", SOURCE_SECRET, Danger.DATA_LOSS),
        ("target", SOURCE_SECRET.replace("source", "master"), Danger.DATA_LOSS),
        ("target", UNKNOWN, Danger.UNCLEAR),
        ("source", TARGET_SECRET, Danger.REPLICATION_STOP),
        ("source", SOURCE_SECRET.replace("source", "master"), Danger.UNCLEAR),
        ("source", SOURCE_SECRET.replace("source-", "source-x-"), Danger.UNCLEAR),
        ("source", SOURCE_SECRET.replace("ferry-dev", "ferry-prod"), Danger.UNCLEAR),
        ("source", OWN_SECRET.replace("eu-central-1", "eu-west-1"), Danger.UNCLEAR),
        ("source", OWN_SECRET.replace(ACCOUNT, "999988887777"), Danger.UNCLEAR),
        ("source", OWN_SECRET, None),
        ("target", OWN_SECRET, Danger.DATA_LOSS),
        (UNKNOWN, SOURCE_SECRET, Danger.UNCLEAR),
    ],
)
def test_each_side_signs_in_by_its_own_secret(
    kind: Json, secret: Json, danger: Danger | None
) -> None:
    attributes = options(TARGET_OPTIONS if kind == "target" else SOURCE_OPTIONS)
    found = made(
        endpoint_type=kind, secrets_manager_arn=secret, extra_connection_attributes=attributes
    )
    said = {it.danger for it in found.findings if it.attribute == "secrets_manager_arn"}
    assert said == ({danger} if danger else set())


@pytest.mark.parametrize(
    ("trust", "policy"),
    [
        ({"Service": "monitoring.rds.amazonaws.com"}, "secretsmanager:GetSecretValue"),
        ({"AWS": ACCOUNT}, "secretsmanager:GetSecretValue"),
        ({"Service": "dms.amazonaws.com"}, "secretsmanager:GetSecretValue"),
        ({"Service": DMS_HERE}, "secretsmanager:DescribeSecret"),
        ({"Service": DMS_HERE}, "logs:PutLogEvents"),
    ],
)
def test_an_endpoint_in_a_role_that_is_not_for_it(trust: Json, policy: str) -> None:
    role = stays(
        "aws_iam_role",
        arn="arn:role",
        name="dms",
        assume_role_policy=allowing("sts:AssumeRole", Principal=trust),
        inline_policy=[{"name": "read", "policy": allowing(policy)}],
    )
    around = [it for it in AROUND_ENDPOINT if it["type"] != "aws_iam_role"]
    found = reviewed(new_endpoint(), role, *around, configuration=ENDPOINT_CONFIGURATION)
    why = (
        "the policies of aws_iam_role.it do not allow it."
        if trust == {"Service": DMS_HERE}
        else "aws_iam_role.it does not trust who takes it for this."
    )
    assert effects(found) == [f"DMS reads no secret in this role: {why}"]


@pytest.mark.parametrize(
    ("attribute", "value", "danger"),
    [
        ("ssl_mode", "none", Danger.WIDER_ACCESS),
        ("ssl_mode", None, Danger.WIDER_ACCESS),
        ("ssl_mode", UNKNOWN, Danger.WIDER_ACCESS),
        ("certificate_arn", "arn:elsewhere", Danger.UNCLEAR),
        ("kms_key_arn", "arn:elsewhere", Danger.UNCLEAR),
        ("secrets_manager_access_role_arn", "arn:elsewhere", Danger.UNCLEAR),
        ("secrets_manager_arn", UNKNOWN, Danger.UNCLEAR),
        ("engine_name", "oracle", Danger.UNCLEAR),
        ("database_name", UNKNOWN, Danger.UNCLEAR),
        ("password", "hunter2", Danger.WIDER_ACCESS),
        ("server_name", "db.example.org", Danger.UNCLEAR),
        ("port", 5432, Danger.UNCLEAR),
        ("username", "dms", Danger.UNCLEAR),
        ("service_access_role", "arn:role", Danger.UNCLEAR),
        ("pause_replication_tasks", True, Danger.REPLICATION_STOP),
        ("postgres_settings", [{"slot_name": "x"}], Danger.UNCLEAR),
        ("extra_connection_attributes", UNKNOWN, Danger.UNCLEAR),
        ("extra_connection_attributes", "nonsense", Danger.UNCLEAR),
        ("extra_connection_attributes", "a=1;A=2", Danger.UNCLEAR),
        ("endpoint_type", "neither", Danger.UNCLEAR),
    ],
)
def test_a_new_endpoint_that_deserves_a_look(attribute: str, value: Json, danger: Danger) -> None:
    found = made(**{attribute: value})
    assert danger in dangers(found)
    assert attribute in {it.attribute for it in found.findings}


@pytest.mark.parametrize(
    ("override", "exit_code"),
    [
        ("${aws_vpc_endpoint.secrets.dns_entry[0].dns_name}", 0),
        ("${aws_vpc_endpoint.secrets.dns_entry[0].dns_name}.example.org", 1),
        ("secrets.example.org", 1),
        ("${var.override}", 1),
    ],
)
def test_the_stack_says_what_waits_for_the_name_of_a_new_vpc_endpoint(
    override: str, exit_code: int
) -> None:
    given = options(SOURCE_OPTIONS, secretsManagerEndpointOverride=override)
    stack = stack_of(aws_dms_endpoint={"extra_connection_attributes": given})
    stack["resource"][ENDPOINT]["new"] = stack["resource"][ENDPOINT].pop("it")
    stack["resource"]["aws_secretsmanager_secret_version"] = {
        "target": {"secret_id": "", "secret_string_wo": ""}
    }
    found = reviewed(
        new_endpoint(extra_connection_attributes=UNKNOWN),
        *AROUND_ENDPOINT,
        configuration=ENDPOINT_CONFIGURATION,
        stack=stack,
    )
    assert found.exit_code == exit_code


def test_another_accounts_secret_is_not_allowed() -> None:
    secret = "arn:aws:secretsmanager:eu-central-1:999988887777:secret:source-AbCdEf"
    assert effects(made(secrets_manager_arn=secret)) == [
        f'No rule says that secrets_manager_arn is harmless with "{secret}".'
    ]


def test_an_endpoint_that_verifies_needs_a_certificate() -> None:
    text = "There is no certificate with which DMS could verify the other side."
    assert effects(made(certificate_arn=None)) == [text]
    assert made(certificate_arn=None, ssl_mode="require").exit_code == 0


def test_an_endpoint_for_another_engine_cannot_be_judged() -> None:
    assert not made(s3_settings=[{"bucket_name": "b"}]).is_judged


# The instance and its subnets

INSTANCE_ATTRIBUTES: dict[str, Json] = {
    "allocated_storage": 100,
    "allow_major_version_upgrade": True,
    "apply_immediately": True,
    "auto_minor_version_upgrade": False,
    "availability_zone": UNKNOWN,
    "engine_version": "3.5.4",
    "kms_key_arn": UNKNOWN,
    "multi_az": False,
    "network_type": UNKNOWN,
    "preferred_maintenance_window": "sun:05:00-sun:06:00",
    "publicly_accessible": False,
    "replication_instance_class": "dms.c5.large",
    "replication_instance_id": "new",
    "replication_instance_public_ips": UNKNOWN,
    "replication_subnet_group_id": UNKNOWN,
    "vpc_security_group_ids": UNKNOWN,
}


def new_instance(**attributes: Json) -> Review:
    configuration = configured(
        aws_dms_replication_instance__it={
            "kms_key_arn": ["aws_kms_key.it"],
            "replication_subnet_group_id": ["aws_dms_replication_subnet_group.it"],
            "vpc_security_group_ids": ["aws_security_group.it"],
            **{name: [] for name in attributes},
        }
    )
    return reviewed(
        change(
            INSTANCE,
            "create",
            None,
            {**INSTANCE_ATTRIBUTES, "replication_instance_arn": "arn:new", **attributes},
        ),
        stays("aws_kms_key", arn="arn:key"),
        stays("aws_security_group", id="sg-1"),
        stays("aws_dms_replication_subnet_group", id="subnets"),
        *(
            stays(
                "aws_cloudwatch_metric_alarm",
                metric,
                dimensions={"ReplicationInstanceIdentifier": "new"},
                metric_name=metric,
            )
            for metric in ("FreeStorageSpace", "FreeableMemory")
        ),
        stays("aws_dms_event_subscription", source_type="replication-instance"),
        stays("aws_dms_replication_task", replication_instance_arn="arn:new"),
        stays("aws_cloudwatch_log_group", name="dms-tasks-new"),
        configuration=configuration,
    )


def test_a_new_replication_instance_is_safe() -> None:
    assert new_instance().exit_code == 0


@pytest.mark.parametrize(
    ("attribute", "value", "danger"),
    [
        ("publicly_accessible", True, Danger.PUBLIC_REACH),
        ("auto_minor_version_upgrade", True, Danger.REPLICATION_STOP),
        ("network_type", "DUAL", Danger.UNCLEAR),
        ("network_type", UNKNOWN, Danger.UNCLEAR),
        ("kms_key_arn", "arn:elsewhere", Danger.UNCLEAR),
        ("vpc_security_group_ids", ["sg-2"], Danger.UNCLEAR),
        ("replication_subnet_group_id", "elsewhere", Danger.UNCLEAR),
        ("replication_instance_class", "r5.large", Danger.UNCLEAR),
        ("engine_version", "4.0.0", Danger.UNCLEAR),
        ("allocated_storage", 6145, Danger.UNCLEAR),
        ("preferred_maintenance_window", "now", Danger.UNCLEAR),
    ],
)
def test_a_new_replication_instance_that_deserves_a_look(
    attribute: str, value: Json, danger: Danger
) -> None:
    found = new_instance(**{attribute: value})
    assert [(it.danger, it.attribute) for it in found.findings] == [(danger, attribute)]


def test_a_new_replication_instance_stands_in_a_zone_of_the_region() -> None:
    found = new_instance(availability_zone="nowhere")
    assert {it.danger for it in found.findings} == {Danger.REFUSED, Danger.UNCLEAR}
    assert {it.attribute for it in found.findings} == {"availability_zone"}


def test_subnets_are_the_plans_own() -> None:
    group = {"replication_subnet_group_id": "g", "replication_subnet_group_description": "d"}
    of_plan, of_others = ["subnet-1", "subnet-2"], ["subnet-1", "subnet-3"]
    for ids, exit_code in ((UNKNOWN, 0), (of_plan, 0), (of_others, 1), (["subnet-1"], 4)):
        found = reviewed(
            change(
                "aws_dms_replication_subnet_group", "create", None, {**group, "subnet_ids": ids}
            ),
            stays("aws_subnet", "one", id="subnet-1"),
            stays("aws_subnet", "two", id="subnet-2"),
            configuration=configured(
                aws_dms_replication_subnet_group__it={
                    "subnet_ids": ["aws_subnet.one", "aws_subnet.two"]
                }
            ),
        )
        assert found.exit_code == exit_code


# Certificates


def test_a_certificate_that_an_endpoint_holds_is_not_deleted() -> None:
    gone = change(CERTIFICATE, "delete", {"certificate_arn": "arn:old"}, None)
    held = reviewed(gone, stays(ENDPOINT, certificate_arn="arn:old"))
    assert effects(held) == [
        "DMS deletes no certificate that an endpoint uses: aws_dms_endpoint.it."
    ]
    assert held.exit_code == 4
    assert reviewed(gone, stays(ENDPOINT, certificate_arn="arn:new")).exit_code == 0


def test_a_certificate_of_which_no_arn_is_known_may_be_held() -> None:
    assert dangers(reviewed(change(CERTIFICATE, "delete", {"id": "x"}, None))) == {Danger.UNCLEAR}


def test_a_certificate_that_may_be_held_is_not_deleted() -> None:
    gone = change(CERTIFICATE, "delete", {"certificate_arn": "arn:old"}, None)
    hidden = stays(ENDPOINT, certificate_arn="(sensitive-4711)")  # of a masked plan
    assert dangers(reviewed(gone, hidden)) == {Danger.REFUSED}


def test_a_certificate_is_made_anew_and_its_endpoint_follows() -> None:
    before = {"certificate_arn": "arn:old", "certificate_id": "a", "certificate_pem": "one"}
    named = f"ca-{hashlib.sha256(b'two').hexdigest()[:8]}"
    anew = change(
        CERTIFICATE,
        "replace",
        before,
        {"certificate_arn": UNKNOWN, "certificate_id": named, "certificate_pem": "two"},
    )
    endpoint = update(ENDPOINT, {"certificate_arn": "arn:old"}, certificate_arn=UNKNOWN)
    found = reviewed(anew, endpoint)
    assert {it.change.type for it in found.findings} == {ENDPOINT}


def test_a_certificate_that_is_not_the_one_its_name_tells() -> None:
    made = change(CERTIFICATE, "create", None, {"certificate_id": "a-0", "certificate_pem": "x"})
    assert effects(reviewed(made)) == [
        (
            "By its name the certificate is another one than the file has: DMS takes whoever holds "
            "its key for the source."
        )
    ]
    hidden = {"certificate_id": "a-0", "certificate_pem": "(sensitive-4711)"}  # of a masked plan
    assert effects(reviewed(change(CERTIFICATE, "create", None, hidden))) == [
        "Whether it is the certificate that its name tells cannot be seen in a masked plan."
    ]


# Connection attributes that change


@pytest.mark.parametrize(
    ("of", "changed", "words"),
    [
        ("source", {"captureDdls": "false"}, "a column that is added there is missing at Aurora"),
        ("source", {"ddlArtifactsSchema": "ops"}, "DMS looks for its trigger"),
        ("source", {"executeTimeout": "30"}, 'DMS gives a statement "30" seconds'),
        ("source", {"failTasksOnLobTruncation": "false"}, "A value that is too large is cut"),
        ("source", {"heartbeatEnable": "false"}, "the slot does not move"),
        ("source", {"heartbeatFrequency": "60"}, "DMS moves the slot of a quiet source every"),
        ("source", {"heartbeatSchema": "ops"}, "The heartbeat's table is looked for"),
        ("source", {"mapBooleanAsBoolean": "false"}, "Booleans arrive as text"),
        ("source", {"pluginName": "pglogical"}, "A slot is of one plug-in"),
        ("source", {"slotName": "mine"}, "Another slot is another position"),
        ("source", {"secretsManagerEndpointOverride": "evil.example.org"}, "DMS asks for its password"),
        ("source", {"mapUnboundedNumericAsString": "true"}, "Numbers without precision"),
        ("source", {"unheardOf": "1"}, 'No rule says that "1" is harmless for unheardof'),
        ("target", {"afterConnectScript": "DROP SCHEMA public"}, "DMS runs another script"),
        ("target", {"maxFileSize": "0"}, 'No rule says that "0" is harmless for maxfilesize'),
    ],
)  # fmt: skip
def test_what_another_connection_attribute_does(
    of: str, changed: dict[str, str], words: str
) -> None:
    known = {"source": SOURCE_OPTIONS, "target": TARGET_OPTIONS}[of]
    before = {"endpoint_type": of, "extra_connection_attributes": options(known)}
    found = reviewed(
        update(ENDPOINT, before, extra_connection_attributes=options(known, **changed))
    )
    assert len(found.findings) == 2
    assert words in effects(found)[1]


@pytest.mark.parametrize(
    ("changed", "more"),
    [
        ({"executeTimeout": "120"}, 0),
        ({"captureDdls": None}, 0),  # ModifyEndpoint keeps what is not named
        ({"slotName": None}, 0),
    ],
)
def test_a_connection_attribute_that_does_no_more(changed: dict[str, Any], more: int) -> None:
    before = {"endpoint_type": "source", "extra_connection_attributes": options(SOURCE_OPTIONS)}
    after = options({**SOURCE_OPTIONS, "heartbeatFrequency": "5"}, **changed)
    found = reviewed(update(ENDPOINT, before, extra_connection_attributes=after))
    assert len(found.findings) == 1 + more


def test_a_secret_attribute_is_not_shown() -> None:
    before = {"endpoint_type": "source", "extra_connection_attributes": options(SOURCE_OPTIONS)}
    after = options(SOURCE_OPTIONS, asm_password="correct-horse")
    found = reviewed(update(ENDPOINT, before, extra_connection_attributes=after))
    assert "correct-horse" not in json.dumps(effects(found))
    assert "(sensitive)" in effects(found)[1]


# Many of them


def test_each_endpoint_task_and_certificate_is_looked_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = Change.changes

    def steps(count: int) -> int:
        seen = 0

        def counted(self: Change, attribute: str) -> bool:
            nonlocal seen
            seen += 1
            return real(self, attribute)

        monkeypatch.setattr(Change, "changes", counted)
        items = [
            {**it, "address": f"{it['address']}{number}"}
            for number in range(count)
            for it in (
                update(ENDPOINT, {"endpoint_arn": f"arn:{number}"}, username="x"),
                stays(
                    TASK,
                    source_endpoint_arn=f"arn:{number}",
                    status="running",
                    table_mappings=mappings(rule(f"s{number}")),
                ),
                new_task(
                    source_endpoint_arn=f"arn:{number}",
                    table_mappings=mappings(rule(f"n{number}")),
                ),
                change(CERTIFICATE, "delete", {"certificate_arn": f"arn:{number}"}, None),
            )
        ]
        reviewed(*items)
        return seen

    assert steps(80) <= 2.1 * steps(40)

"""Every name, typed by hand: Terraform would replace what bears a changed one, or leave it behind."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts import names, outputs
from facts.names import Names

DEV = Names(project="aurora-ferry", environment="dev")
LONGEST = Names(project="a" * 20, environment="b" * 16)
WORDS = st.text(alphabet=string.ascii_lowercase + string.digits, min_size=1, max_size=12)
PROJECTS = st.lists(WORDS, min_size=1, max_size=4).map(lambda words: "n" + "-".join(words))

NAMES = {
    "prefix": "aurora-ferry-dev",
    "state_key": "environments/dev/terraform.tfstate",
    "key_alias": "alias/aurora-ferry-dev",
    "source_secret": "aurora-ferry-dev/source",
    "source_operator_secret": "aurora-ferry-dev/operator-source",
    "target_operator_secret": "aurora-ferry-dev/operator-target",
    "reverse_secret": "aurora-ferry-dev/reverse",
    "master_secret": "aurora-ferry-dev/master",
    "target_secret": "aurora-ferry-dev/target",
    "secret_access_role": "aurora-ferry-dev-dms-secrets",
    "monitoring_role": "aurora-ferry-dev-rds-monitoring",
    "flow_logs_role": "aurora-ferry-dev-flow-logs",
    "vpc": "aurora-ferry-dev",
    "flow_logs_group": "/aws/vpc/flow-logs/aurora-ferry-dev",
    "cluster": "aurora-ferry-dev",
    "writer": "aurora-ferry-dev-writer",
    "final_snapshot_prefix": "aurora-ferry-dev-final-",
    "postgresql_log_group": "/aws/rds/cluster/aurora-ferry-dev/postgresql",
    "replication_instance": "aurora-ferry-dev",
    "replication_subnet_group": "aurora-ferry-dev-dms",
    "task_log_group": "dms-tasks-aurora-ferry-dev",
    "alarm_topic": "aurora-ferry-dev-alarms",
    "dashboard": "aurora-ferry-dev",
    "cluster_events": "aurora-ferry-dev-aurora-cluster",
    "cluster_instance_events": "aurora-ferry-dev-aurora-instances",
    "replication_instance_events": "aurora-ferry-dev-dms-instance",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_as_it_is(name: str) -> None:
    assert getattr(DEV, name) == NAMES[name]


def test_the_workflows_roles_stay_as_they_are() -> None:
    assert names.workflow_roles(DEV) == [
        "aurora-ferry-plan",
        "aurora-ferry-plan-dev",
        "aurora-ferry-review",
        "aurora-ferry-review-dev",
        "aurora-ferry-apply",
        "aurora-ferry-apply-dev",
    ]


def test_no_name_is_left_out() -> None:
    given = {name for name, value in vars(Names).items() if isinstance(value, property)}

    assert given == set(NAMES)


def test_names_of_one_of_several_stay_as_they_are() -> None:
    assert DEV.reader(2) == "aurora-ferry-dev-reader-2"
    assert DEV.parameter_group("aurora-postgresql15") == "aurora-ferry-dev-aurora-postgresql15"
    assert DEV.in_network("nat-1") == "aurora-ferry-dev-nat-1"
    assert DEV.source_certificate("0123abcd") == "aurora-ferry-dev-source-ca-0123abcd"
    assert DEV.source_endpoint() == "aurora-ferry-dev-source"
    assert DEV.target_endpoint() == "aurora-ferry-dev-target"
    assert DEV.source_endpoint("crm") == "aurora-ferry-dev-source-crm"
    assert DEV.target_endpoint("Order_Items") == "aurora-ferry-dev-target-order-items"
    assert DEV.task("orders") == "aurora-ferry-dev-orders"
    assert names.leg_of("orders", names.BACK) == "orders-back"
    assert names.leg_of("orders", names.AGAIN) == "orders-again"
    assert DEV.leg_endpoint("back", "target", "orders") == "aurora-ferry-dev-back-target-orders"
    assert DEV.slot("back", "orders-old") == "ferry_dev_orders_old_back_bb551e"
    assert DEV.task_events("orders") == "aurora-ferry-dev-dms-task-orders"
    assert DEV.alarm("aurora-replica-lag") == "aurora-replica-lag-dev"
    assert DEV.alarm("dms-cdc-latency-source", "orders") == "dms-cdc-latency-source-orders-dev"


def test_names_of_the_account_stay_as_they_are() -> None:
    assert names.ACCOUNT_STATE_KEY == "account/terraform.tfstate"
    assert names.RUNS_PREFIX == "runs/"
    assert names.LOCK_SUFFIX == ".tflock"
    assert names.account_stack("111122223333") == "account-111122223333"
    assert names.environment_stack("dev") == "dev"
    assert names.plan_of_run("42", "dev", "") == "runs/42/dev.tfplan"
    assert names.plan_of_run("42", "dev", "a/b/") == "a/b/runs/42/dev.tfplan"
    assert names.state_bucket("aurora-ferry", "111122223333", "eu-central-1") == (
        "aurora-ferry-tfstate-111122223333-eu-central-1"
    )


def test_an_accounts_stack_is_told_from_an_environments() -> None:
    assert names.is_account_stack("account-111122223333")
    assert not names.is_account_stack("dev")
    assert not names.is_account_stack("account-dev")


def test_a_state_bucket_fits_into_s3s_63_characters() -> None:
    assert len(names.state_bucket(LONGEST.project, "1" * 12, "ap-southeast-1")) <= 63


def test_a_prefix_leaves_room_in_the_63_characters_of_rds_and_dms() -> None:
    assert len(LONGEST.prefix) <= 63 - len("-replication-instance")


def test_what_the_outputs_are_called() -> None:
    given = {
        name: value
        for name, value in vars(outputs).items()
        if name.isupper() and isinstance(value, str)
    }

    assert list(given.values()) == [
        "cluster_id",
        "cluster_arn",
        "cluster_endpoint",
        "cluster_port",
        "reader_endpoint",
        "database_name",
        "writer_instance_id",
        "reader_instance_1_id",
        "reader_instance_2_id",
        "reader_instance_ids",
        "secret_arn",
        "master_secret_arn",
        "source_secret_arn",
        "kms_key_arn",
        "dms_replication_instance_arn",
        "dms_source_endpoint_arn",
        "dms_target_endpoint_arn",
        "dms_source_endpoint_arns",
        "dms_target_endpoint_arns",
        "dms_task_arn",
        "dms_task_arns",
        "dms_back_task_arns",
        "dms_again_task_arns",
        "reverse_secret_arn",
        "vpc_id",
        "aurora_subnet_ids",
        "dms_subnet_ids",
        "aurora_security_group_id",
        "dms_security_group_id",
        "clients_security_group_id",
        "alarm_topic_arn",
        "dashboard_url",
    ]
    assert all(name == value.upper() for name, value in given.items())


def test_a_readers_output_is_named_by_its_number() -> None:
    assert outputs.reader_instance_id(1) == outputs.READER_INSTANCE_1_ID == "reader_instance_1_id"
    assert outputs.reader_instance_id(2) == outputs.READER_INSTANCE_2_ID == "reader_instance_2_id"


@given(database=st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,62}", fullmatch=True))
def test_whatever_the_database_dms_takes_its_endpoints_identifiers(database: str) -> None:
    for identifier in (LONGEST.source_endpoint(database), LONGEST.target_endpoint(database)):
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", identifier)
        assert len(identifier) <= 255


@given(task_name=st.from_regex(r"[a-z][a-z0-9]{0,12}(-[a-z0-9]{1,5}){0,2}", fullmatch=True))
def test_whatever_the_task_postgresql_takes_the_slots_name(task_name: str) -> None:
    for leg in (names.BACK, names.AGAIN):
        assert re.fullmatch(r"[a-z0-9_]{1,63}", LONGEST.slot(leg, task_name[:26]))
    assert len(LONGEST.slot(names.AGAIN, "t" * 26)) == 62


def test_a_slot_is_told_from_another_that_is_spelt_alike() -> None:
    one = Names(project="p", environment="a-b").slot("back", "c")
    other = Names(project="p", environment="a").slot("back", "b-c")

    assert one[:-6] == other[:-6]
    assert one != other


def test_31_characters_of_a_task_are_its_resource_identifier() -> None:
    assert DEV.task_resource_identifier("orders") == "aurora-ferry-dev-orders"
    assert DEV.task_resource_identifier("o" * 14) == f"aurora-ferry-dev-{'o' * 14}"


def test_a_longer_name_keeps_its_beginning_and_gets_a_digest() -> None:
    blue = Names(project="aurora-ferry", environment="staging-blue")
    black = Names(project="aurora-ferry", environment="staging-black")

    assert blue.task_resource_identifier("orders") == "aurora-ferry-staging-b-ab499151"
    assert black.task_resource_identifier("orders") != blue.task_resource_identifier("orders")


def test_a_beginning_that_ends_in_a_hyphen_loses_it() -> None:
    identifier = Names(project="a" * 15, environment="b" * 5).task_resource_identifier("orders-too")

    assert re.fullmatch(rf"{'a' * 15}-{'b' * 5}-[0-9a-f]{{8}}", identifier)


@given(project=PROJECTS, task_name=WORDS)
def test_whatever_the_names_dms_takes_the_resource_identifier(project: str, task_name: str) -> None:
    identifier = Names(project=project, environment="dev").task_resource_identifier(task_name)

    assert len(identifier) <= 31
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", identifier)


@pytest.mark.parametrize("prefix", ["", "databases/", "account/", "environments/dev/"])
@pytest.mark.parametrize(
    ("stack", "key"),
    [
        ("account-111122223333", "account/terraform.tfstate"),
        ("dev", "environments/dev/terraform.tfstate"),
    ],
)
def test_what_a_states_key_begins_with(prefix: str, stack: str, key: str) -> None:
    assert names.prefix_of_states(stack, f"{prefix}{key}") == prefix

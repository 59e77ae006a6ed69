"""What becomes of the replication: tasks that run, endpoints, secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from tests.unit.ferry.review.plans import UNKNOWN, change, dangers, effects, reviewed, stays, update
from tests.unit.ferry.review.replication_examples import mappings, rule

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

TASK = "aws_dms_replication_task"
ENDPOINT = "aws_dms_endpoint"
SECRET = "aws_secretsmanager_secret"


def settings(mode: str, **sections: dict[str, Json]) -> str:
    return json.dumps({"FullLoadSettings": {"TargetTablePrepMode": mode}, **sections})


@pytest.mark.parametrize(
    ("status", "starts", "expected"),
    [
        (
            "running",
            False,
            (
                "A running task is stopped and stays so: Terraform did not start it.",
                "until somebody resumes it",
                "Resume it afterwards, if it ran: resume-processing.",
            ),
        ),
        (
            None,
            False,
            (
                "A running task is stopped and stays so: Terraform did not start it.",
                "until somebody resumes it",
                "Resume it afterwards, if it ran: resume-processing.",
            ),
        ),
        (
            "running",
            True,
            ("A running task is stopped, changed and resumed.", "a minute or two", ""),
        ),
    ],
)
def test_a_task_that_is_changed(
    status: str | None,
    starts: bool,  # noqa: FBT001 (a parameter)
    expected: tuple[str, str, str],
) -> None:
    before = {
        "status": status,
        "start_replication_task": starts,
        "replication_task_settings": settings("DO_NOTHING"),
    }
    after = settings("DO_NOTHING", ChangeProcessingTuning={"CommitTimeout": 5})
    (finding,) = reviewed(update(TASK, before, replication_task_settings=after)).findings
    words = " Its settings change: ChangeProcessingTuning.CommitTimeout: 1 → 5."
    assert finding.danger is Danger.REPLICATION_STOP
    assert (finding.effect.text(), finding.lasts, finding.remedy.text()) == (
        expected[0] + words,
        *expected[1:],
    )
    assert finding.attribute == "replication_task_settings"


@pytest.mark.parametrize("status", ["ready", "stopped", "failed"])
def test_a_task_that_does_not_run_is_not_stopped(status: str) -> None:
    before = {"status": status, "replication_task_settings": settings("DO_NOTHING")}
    after = settings("DO_NOTHING", ChangeProcessingTuning={"CommitTimeout": 5})
    assert reviewed(update(TASK, before, replication_task_settings=after)).exit_code == 0


def test_a_task_that_does_not_run_is_started_by_its_change() -> None:
    before = {
        "status": "stopped",
        "start_replication_task": True,
        "replication_task_settings": settings("DO_NOTHING"),
    }
    after = settings("DO_NOTHING", ChangeProcessingTuning={"CommitTimeout": 5})
    (effect,) = effects(reviewed(update(TASK, before, replication_task_settings=after)))
    assert effect.startswith("The task does not run, and Terraform starts it. Its settings change:")


def test_a_task_that_no_longer_runs_is_not_stopped_by_taking_its_start_back() -> None:
    before = {"status": "stopped", "start_replication_task": True}
    assert reviewed(update(TASK, before, start_replication_task=False)).exit_code == 0


@pytest.mark.parametrize(
    ("attribute", "more"),
    [
        ("table_mappings", "Tables that are added are loaded only by a reload; what was copied stays."),
        ("cdc_start_time", "It reads the source from another position: changes can be missed or repeated."),
        ("cdc_start_position", "It reads the source from another position: changes can be missed or repeated."),
    ],
)  # fmt: skip
def test_what_else_a_changed_task_does(attribute: str, more: str) -> None:
    effect, *_ = effects(reviewed(update(TASK, {"status": "running"}, **{attribute: "x"})))
    assert effect.endswith(more)


def test_which_tables_a_changed_task_carries_stands_in_words() -> None:
    one = mappings(rule("orders"), rule("sales"), rule("orders", "audit%", "exclude"))
    other = mappings(rule("orders"), rule("stock"), rule("orders", "log%", "exclude"))
    before = {"status": "running", "start_replication_task": True, "table_mappings": one}
    (effect,) = effects(reviewed(update(TASK, before, table_mappings=other)))
    assert effect == (
        "A running task is stopped, changed and resumed. From now on it carries stock.%. It no "
        "longer carries sales.%. From now on it leaves out orders.log%. It no longer leaves out "
        "orders.audit%. Tables that are added are loaded only by a reload; what was copied stays."
    )


def test_other_names_of_rules_carry_the_same_tables() -> None:
    before = {"status": "stopped", "table_mappings": mappings(rule("orders"), rule("sales"))}
    after = mappings(rule("sales", **{"rule-id": "7"}), rule("orders", **{"rule-name": "x"}))
    assert reviewed(update(TASK, before, table_mappings=after)).exit_code == 0


MARKER = rule("ferry", "fence_orders", "explicit")
ORDERS = {"replication_task_id": "ferry-dev-orders"}


@pytest.mark.parametrize("others", [[], [rule("ferry", "access", "exclude")]])
def test_a_running_task_that_gains_its_marker_is_stopped_for_it(others: list[Any]) -> None:
    before = {**ORDERS, "status": "running", "table_mappings": mappings(rule("orders"))}
    after = mappings(MARKER, *others, rule("orders"))
    (effect,) = effects(reviewed(update(TASK, before, table_mappings=after)))
    assert effect == (
        "A running task is stopped and stays so: Terraform did not start it. From now on it carries "
        "its marker, ferry.fence_orders, too: make that on both sides before it is resumed."
    )


def test_a_task_that_does_not_run_gains_its_marker_without_a_word() -> None:
    before = {**ORDERS, "status": "ready", "table_mappings": mappings(rule("orders"))}
    after = mappings(MARKER, rule("orders"))
    assert reviewed(update(TASK, before, table_mappings=after)).exit_code == 0


@pytest.mark.parametrize(
    "without", [[rule("orders")], [MARKER, rule("orders"), rule("%", "%orders", "exclude")]]
)
def test_a_task_that_loses_its_marker_is_told_of_whether_it_runs_or_not(without: list[Any]) -> None:
    before = {"status": "ready", "table_mappings": mappings(MARKER, rule("orders"))}
    (effect,) = effects(reviewed(update(TASK, before, table_mappings=mappings(*without))))
    assert effect.startswith(
        "It no longer carries its marker, ferry.fence_orders: ferry cannot tell what arrived."
    )


def test_tags_of_a_task_stop_nothing() -> None:
    assert reviewed(update(TASK, {"status": "running"}, tags={"a": "b"})).exit_code == 0


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (False, True, "Terraform starts the task: before the schema is carried over, it copies into nothing."),
        (True, False, "Terraform stops the task, and no longer starts it."),
    ],
)  # fmt: skip
def test_terraform_starts_and_stops_tasks(before: bool, after: bool, effect: str) -> None:  # noqa: FBT001 (a parameter)
    found = reviewed(update(TASK, {"start_replication_task": before}, start_replication_task=after))
    assert effects(found) == [effect]


def test_a_new_task_that_terraform_starts() -> None:
    found = reviewed(change(TASK, "create", None, {"start_replication_task": True}))
    assert any(it.startswith("Terraform starts the task") for it in effects(found))


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        ("DROP_AND_CREATE", "drops Aurora's tables and makes them without their indexes and constraints"),
        ("TRUNCATE_BEFORE_LOAD", "empties Aurora's tables"),
    ],
)  # fmt: skip
def test_a_task_that_empties_tables(mode: str, what: str) -> None:
    effect = f"When it is started or reloaded, the task {what}."
    new = change(TASK, "create", None, {"replication_task_settings": settings(mode)})
    changed = update(
        TASK,
        {"replication_task_settings": settings("DO_NOTHING")},
        replication_task_settings=settings(mode),
    )
    assert effect in effects(reviewed(new))
    assert effect in effects(reviewed(changed))


def test_a_new_task_that_empties_nothing() -> None:
    new = change(TASK, "create", None, {"replication_task_settings": settings("DO_NOTHING")})
    assert Danger.IRREVERSIBLE not in dangers(reviewed(new))


@pytest.mark.parametrize("value", ["{}", '{"FullLoadSettings": {}}', None])
def test_a_new_task_that_says_nothing_drops_tables(value: Json) -> None:
    """It is DMS's default."""
    found = reviewed(change(TASK, "create", None, {"replication_task_settings": value}))
    assert Danger.IRREVERSIBLE in dangers(found)


@pytest.mark.parametrize("value", [UNKNOWN, "no JSON", '{"a": 1, "a": 2}'])
def test_settings_that_cannot_be_read_may_be_any(value: Json) -> None:
    text = "What these settings are cannot be told."
    before = {"status": "ready", "replication_task_settings": settings("DO_NOTHING")}
    new = change(TASK, "create", None, {"replication_task_settings": value})
    changed = update(TASK, before, replication_task_settings=value)
    assert text in effects(reviewed(new))
    assert effects(reviewed(changed)) == [text]


def test_a_task_that_emptied_tables_before_is_not_told_again() -> None:
    before = {"replication_task_settings": settings("DROP_AND_CREATE")}
    after = settings("DROP_AND_CREATE", ChangeProcessingTuning={"CommitTimeout": 5})
    found = reviewed(update(TASK, before, replication_task_settings=after))
    assert dangers(found) == {Danger.REPLICATION_STOP}


def endpoint_change(*tasks: dict[str, Any], pauses: bool = False, **after: Json) -> Json:
    before = {"endpoint_arn": "arn:source", "pause_replication_tasks": pauses}
    (finding,) = reviewed(update(ENDPOINT, before, **after), *tasks).findings
    return finding


def task(status: str, **more: Json) -> dict[str, Any]:
    return stays(
        TASK,
        source_endpoint_arn="arn:source",
        target_endpoint_arn="arn:target",
        replication_task_id="orders",
        status=status,
        **more,
    )


def test_an_endpoint_is_not_changed_while_a_task_runs() -> None:
    finding = endpoint_change(task("running"), database_name="other")
    assert finding.danger is Danger.REFUSED
    assert finding.effect.text() == (
        "DMS changes no endpoint while a task uses it: orders may be running."
    )
    assert finding.remedy.text() == (
        "Stop the tasks before, test the connection and resume them after."
    )


def test_an_endpoint_that_pauses_its_tasks_may_leave_them_so() -> None:
    finding = endpoint_change(task("running"), pauses=True, database_name="other")
    assert finding.danger is Danger.REPLICATION_STOP
    assert finding.effect.text() == (
        "Tasks are stopped meanwhile: orders. Whether they are started again is not certain."
    )


@pytest.mark.parametrize(
    ("after", "more"),
    [
        ({"database_name": "x"}, "At another server or database, a task's position means nothing: reload it."),
        ({"ssl_mode": "verify-full"}, "With a certificate that does not fit, the tasks cannot connect."),
        ({"username": "x"}, ""),
    ],
)  # fmt: skip
def test_an_endpoint_whose_tasks_do_not_run(after: dict[str, Any], more: str) -> None:
    other = stays(TASK, "other", source_endpoint_arn="arn:other", status="running")
    finding = endpoint_change(task("stopped"), other, **after)
    assert finding.danger is Danger.REPLICATION_STOP
    assert finding.effect.text() == f"DMS connects in another way from now on. {more}".rstrip()
    assert finding.remedy.text() == "Test the connection afterwards."


def test_a_task_whose_name_is_not_known_goes_by_its_address() -> None:
    item = task("running")
    for side in ("before", "after"):
        item["change"][side]["replication_task_id"] = None
    assert "aws_dms_replication_task.it may" in endpoint_change(item, username="x").effect.text()


def test_a_task_whose_endpoint_is_hidden_may_use_it() -> None:
    item = task("running")
    item["change"]["before"]["source_endpoint_arn"] = "(sensitive-4711)"  # of a masked plan
    assert endpoint_change(item, username="x").danger is Danger.REFUSED


def test_tags_of_an_endpoint_are_safe() -> None:
    assert reviewed(update(ENDPOINT, {"id": "e"}, tags={"a": "b"}), task("running")).exit_code == 0


def test_a_secret_that_dms_signs_in_with() -> None:
    found = reviewed(
        change(SECRET, "delete", {"arn": "arn:secret", "recovery_window_in_days": 7}),
        stays(ENDPOINT, secrets_manager_arn="arn:secret"),
        stays(ENDPOINT, "other", secrets_manager_arn="arn:other"),
    )
    assert effects(found) == [
        "The secret is deleted; its value can be restored for 7 days.",
        "DMS signs in with this secret: aws_dms_endpoint.it cannot connect without it.",
    ]


@pytest.mark.parametrize("arn", [None, "arn:unused"])
def test_a_secret_that_nobody_reads(arn: str | None) -> None:
    found = reviewed(
        change(SECRET, "delete", {"arn": arn, "recovery_window_in_days": 0}), stays(ENDPOINT)
    )
    assert effects(found) == ["The secret and its value are deleted at once (no recovery window)."]


@pytest.mark.parametrize(
    ("days", "name", "refused"), [(7, "same", True), (0, "same", False), (7, "other", False)]
)
def test_a_secret_is_not_made_anew_under_a_name_that_is_taken(
    days: int,
    name: str,
    refused: bool,  # noqa: FBT001 (a parameter)
) -> None:
    found = reviewed(
        change(SECRET, "replace", {"name": "same", "recovery_window_in_days": days}, {"name": name})
    )
    assert (Danger.REFUSED in dangers(found)) is refused
    text = (
        'The name "same" is taken until the recovery window is over: the new secret cannot be made.'
    )
    assert (text in effects(found)) is refused


def test_what_dms_refuses_is_found_with_dms() -> None:
    found = reviewed(update(TASK, {"migration_type": "cdc"}, migration_type="full-load"))
    assert {it.section for it in found.findings} == {"Replication (DMS)"}
    refused = update("aws_rds_cluster", {"engine_version": "15.8"}, engine_version="15.7")
    assert {it.section for it in reviewed(refused).findings} == {"Other effects"}


def test_a_key_that_goes() -> None:
    found = reviewed(change("aws_kms_key", "delete", {"deletion_window_in_days": 30}))
    assert effects(found) == [
        (
            "The key is deleted after 30 days. Whatever it encrypted, snapshots and backups included, "
            "can never be read again."
        ),
        (
            "A key that waits for its deletion decrypts nothing: Aurora stops the cluster, DMS and the "
            "secrets fail."
        ),
    ]
    assert found.exit_code == 4


def test_a_task_is_moved_to_another_replication_instance() -> None:
    """The provider moves it in place, with MoveReplicationTask: it keeps its position."""
    before = {"replication_instance_arn": "arn:old", "start_replication_task": False}
    moved = update(TASK, {**before, "status": "running"}, replication_instance_arn=UNKNOWN)
    (finding,) = reviewed(moved).findings
    assert finding.danger is Danger.REPLICATION_STOP
    assert finding.effect.text() == (
        "A running task is stopped and stays so: Terraform did not start it. It is moved to another "
        "replication instance, which must have the same version of DMS or a later one."
    )
    assert reviewed(moved).exit_code == 1

"""What becomes of Aurora: data, instances, upgrades, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from tests.unit.ferry.review.plans import (
    UNKNOWN,
    change,
    configured,
    dangers,
    effects,
    reviewed,
    stays,
    update,
)

if TYPE_CHECKING:
    from ferry.review import Review
    from ferry.review.plan.values import Json

CLUSTER = "aws_rds_cluster"
INSTANCE = "aws_rds_cluster_instance"
GROUP = "aws_rds_cluster_parameter_group"
INSTANCE_GROUP = "aws_db_parameter_group"


def unclear_attributes(review: Review) -> list[str]:
    return [it.attribute for it in review.findings if it.danger is Danger.UNCLEAR]


def cluster_goes(action: str, after: dict[str, Any] | None = None, **before: Json) -> str:
    found = reviewed(change(CLUSTER, action, {"id": "c", **before}, after))
    assert Danger.DATA_LOSS in dangers(found)
    (finding,) = [it for it in found.findings if it.danger is Danger.DATA_LOSS]
    assert finding.when.text() == "at once, when the plan is applied"
    return finding.effect.text()


def test_a_cluster_that_is_destroyed_without_a_snapshot() -> None:
    assert cluster_goes("delete", skip_final_snapshot=True) == (
        "The cluster is destroyed, with all that is in it. No snapshot is taken "
        "(skip_final_snapshot is true); the automated backups go as well. "
        "Nothing takes its place."
    )


def test_a_cluster_that_is_replaced_after_a_final_snapshot() -> None:
    effect = cluster_goes(
        "replace",
        {"id": UNKNOWN},
        final_snapshot_identifier="last",
        delete_automated_backups=False,
    )
    assert effect == (
        "The cluster is replaced, with all that is in it. A final snapshot is taken; "
        "the automated backups stay as well. The new one is empty."
    )


def test_a_cluster_that_is_replaced_by_a_snapshot() -> None:
    effect = cluster_goes("replace", {"snapshot_identifier": "old"}, skip_final_snapshot=True)
    assert effect.endswith(
        "The new one is restored from snapshot_identifier: what came later is not in it."
    )


def test_a_cluster_whose_last_snapshot_has_no_name() -> None:
    assert "A final snapshot has no name, so the deletion fails;" in cluster_goes("delete")


def test_a_protected_cluster_stops_the_apply() -> None:
    found = reviewed(change(CLUSTER, "delete", {"id": "c", "deletion_protection": True}))
    assert dangers(found) == {Danger.DATA_LOSS, Danger.OUTAGE, Danger.REFUSED}
    assert any(it.startswith("deletion_protection is on: RDS refuses") for it in effects(found))


@pytest.mark.parametrize(
    ("item", "remedy"),
    [
        (
            change(CLUSTER, "replace", {"id": "c"}, {}, action_reason="replace_because_tainted"),
            "terraform untaint aws_rds_cluster.it",
        ),
        (
            change(CLUSTER, "replace", {"id": "c"}, {}, replace_paths=[["kms_key_id"], ["engine"]]),
            "Take back the change of kms_key_id, engine.",
        ),
        (
            change(CLUSTER, "delete", {"id": "c"}),
            "Take a snapshot, and keep the cluster in the code.",
        ),
    ],
)
def test_how_to_keep_a_cluster(item: dict[str, Any], remedy: str) -> None:
    (finding,) = [it for it in reviewed(item).findings if it.danger is Danger.DATA_LOSS]
    assert finding.remedy.text() == remedy


def test_a_cluster_that_was_deleted_by_hand_comes_back_empty() -> None:
    found = reviewed(
        change(CLUSTER, "create", None, {"id": UNKNOWN}),
        resource_drift=[change(CLUSTER, "delete", {"id": "c"})],
    )
    assert "The cluster was deleted outside Terraform. The new one is empty." in effects(found)
    assert found.exit_code == 4


def test_a_new_cluster_loses_nothing() -> None:
    assert Danger.DATA_LOSS not in dangers(reviewed(change(CLUSTER, "create", None, {"id": "c"})))


def members(count: int, *, of: str = "c", writer: bool = True) -> list[dict[str, Any]]:
    """Instances that stay, the first of them the writer."""
    return [
        stays(INSTANCE, f"{of}-{n}", cluster_identifier=of, writer=writer and n == 0)
        for n in range(count)
    ]


def instance_goes(action: str, others: int, *, writer: bool | None) -> tuple[Danger, str, str]:
    before = {"cluster_identifier": "c", "writer": writer}
    after = before if action == "replace" else None
    found = reviewed(
        change(INSTANCE, action, before, after),
        *members(others, writer=writer is False),
        *members(3, of="another"),
    )
    (finding,) = found.findings
    return finding.danger, finding.effect.text(), finding.lasts


@pytest.mark.parametrize(
    ("action", "others", "writer", "expected"),
    [
        ("delete", 2, False, (
            Danger.INTERRUPTION,
            "A reader is destroyed; 2 instances are left. Its connections end.",
            "for good",
        )),
        ("replace", 2, False, (
            Danger.INTERRUPTION,
            "A reader is replaced; 2 instances are left. Its connections end.",
            "about ten minutes",
        )),
        ("delete", 1, False, (
            Danger.INTERRUPTION,
            ("A reader is destroyed. One instance is left: nothing it could fail over to, and reads "
            "go to it too."),
            "for good",
        )),
        ("delete", 2, True, (
            Danger.OUTAGE,
            ("The writer, or what may be the writer, is destroyed; 2 instances are left. Its connections "
            "end."),
            "a failover, about a minute",
        )),
        ("replace", 0, None, (
            Danger.OUTAGE,
            ("The writer, or what may be the writer, is replaced, and no other instance is left meanwhile: "
            "nobody can connect."),
            "about ten minutes",
        )),
        ("delete", 0, False, (
            Danger.OUTAGE,
            ("The writer, or what may be the writer, is destroyed, and no other instance is left "
            "meanwhile: nobody can connect."),
            "for good",
        )),
    ],
)  # fmt: skip
def test_an_instance_that_goes(
    action: str,
    others: int,
    writer: bool | None,  # noqa: FBT001 (a parameter)
    expected: tuple[Danger, str, str],
) -> None:
    assert instance_goes(action, others, writer=writer) == expected


def test_instances_that_only_come_are_not_left() -> None:
    found = reviewed(
        change(INSTANCE, "delete", {"cluster_identifier": "c", "writer": True}),
        change(INSTANCE, "create", None, {"cluster_identifier": "c"}, name="new"),
    )
    assert any("no other instance is left meanwhile" in it for it in effects(found))


def test_where_no_instance_is_known_to_be_the_writer_each_may_be() -> None:
    found = reviewed(
        *(
            change(
                INSTANCE,
                "update",
                {"cluster_identifier": "c", "writer": False, "instance_class": "db.r6g.large"},
                {"cluster_identifier": "c", "writer": False, "instance_class": "db.r6g.xlarge",
                 "apply_immediately": True},
                name=name,
            )
            for name in ("a", "b")
        )
    )  # fmt: skip
    assert [it.danger for it in found.findings if it.attribute == "instance_class"] == [
        Danger.OUTAGE,
        Danger.OUTAGE,
    ]


@pytest.mark.parametrize(
    ("refers_to", "after", "unclear"),
    [
        ([f"{CLUSTER}.it"], UNKNOWN, []),
        ([f"{CLUSTER}.it"], "another", ["cluster_identifier"]),
        ([], UNKNOWN, ["cluster_identifier"]),
    ],
)
def test_an_instance_that_follows_its_cluster_is_not_unclear(
    refers_to: list[str], after: Json, unclear: list[str]
) -> None:
    found = reviewed(
        change(CLUSTER, "replace", {"id": "c"}, {"id": UNKNOWN}),
        change(INSTANCE, "replace", {"cluster_identifier": "c"}, {"cluster_identifier": after}),
        configuration=configured(aws_rds_cluster_instance__it={"cluster_identifier": refers_to}),
    )
    assert unclear_attributes(found) == unclear


def test_instances_that_go_with_their_cluster_are_not_told_one_by_one() -> None:
    found = reviewed(
        change(CLUSTER, "delete", {"id": "c"}),
        change(INSTANCE, "delete", {"cluster_identifier": "c", "writer": True}),
    )
    assert {it.change.type for it in found.findings} == {CLUSTER}
    assert found.judgement.reasons == {
        "aws_rds_cluster_instance.it": ["It goes with its cluster, which is judged."]
    }


def test_a_tainted_instance_can_be_untainted() -> None:
    found = reviewed(
        change(
            INSTANCE,
            "replace",
            {"cluster_identifier": "c"},
            {"cluster_identifier": "c"},
            action_reason="replace_because_tainted",
        )
    )
    remedies = {it.remedy.text() for it in found.findings}
    assert remedies == {
        "terraform untaint aws_rds_cluster_instance.it",
        "If it is sound: terraform untaint aws_rds_cluster_instance.it",
    }


@pytest.mark.parametrize(
    ("settings", "danger", "when"),
    [
        (
            {"apply_immediately": True},
            Danger.OUTAGE,
            "at once, because apply_immediately is true",
        ),
        ({"apply_immediately": UNKNOWN}, Danger.OUTAGE, "at once, because apply_immediately is true"),
        (
            {"apply_immediately": False, "preferred_maintenance_window": "sun:03:00-sun:04:00"},
            Danger.INTERRUPTION,
            "in the next maintenance window, sun:03:00-sun:04:00 UTC",
        ),
        ({}, Danger.INTERRUPTION, "in the next maintenance window"),
        ({"apply_immediately": True, "writer": False}, Danger.INTERRUPTION,
         "at once, because apply_immediately is true"),
    ],
)  # fmt: skip
def test_when_a_new_class_is_taken(settings: dict[str, Any], danger: Danger, when: str) -> None:
    before = {key: value for key, value in settings.items() if value is not UNKNOWN}
    found = reviewed(
        change(
            INSTANCE,
            "update",
            {**before, "cluster_identifier": "c", "instance_class": "db.r6g.large"},
            {**settings, "cluster_identifier": "c", "instance_class": "db.r6g.xlarge"},
        ),
        *members(1),
    )
    finding = found.findings[0]
    assert (finding.danger, finding.when.text()) == (danger, when)
    who = (
        "A reader" if settings.get("writer") is False else "The writer, or what may be the writer,"
    )
    assert finding.effect.text().startswith(
        f'{who} is stopped and started as "db.r6g.xlarge", no longer "db.r6g.large"'
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"backup_retention_period": 8}, True),
        ({}, {"tags": {"a": "b"}}, False),
        ({"apply_immediately": False}, {"backup_retention_period": 8}, False),
        ({"engine_version": "15.8"}, {"backup_retention_period": 8}, False),
        ({"engine_version": "15"}, {"backup_retention_period": 8}, False),
        ({"engine_version_actual": None}, {"backup_retention_period": 8}, False),
        ({}, {"engine_version": "15.12"}, False),
    ],
)
def test_an_upgrade_that_waits_goes_along_with_another_change(
    before: dict[str, Any],
    after: dict[str, Any],
    told: bool,  # noqa: FBT001 (a parameter)
) -> None:
    waiting = {
        "apply_immediately": True,
        "backup_retention_period": 7,
        "engine_version": "15.10",
        "engine_version_actual": "15.8",
        **before,
    }
    found = reviewed(update(CLUSTER, waiting, **after))
    assert (
        'The upgrade from "15.8" to "15.10", which waits for its window, is sent along and done '
        "now." in effects(found)
    ) is told


def test_a_major_upgrade_needs_permission_and_other_parameter_groups() -> None:
    found = reviewed(update(CLUSTER, {"engine_version": "15.8"}, engine_version="16.4"))
    refused = [it.effect.text() for it in found.findings if it.danger is Danger.REFUSED]
    assert refused == [
        "RDS refuses the major upgrade: allow_major_version_upgrade is not true.",
        "RDS refuses the major upgrade: The cluster's parameter group is still of the old family.",
    ]


def test_a_major_upgrade_that_has_both_is_not_refused() -> None:
    found = reviewed(
        update(
            CLUSTER,
            {"engine_version": "15.8", "db_cluster_parameter_group_name": "a"},
            engine_version="16.4",
            db_cluster_parameter_group_name="b",
            allow_major_version_upgrade=True,
        )
    )
    assert Danger.REFUSED not in dangers(found)
    assert Danger.IRREVERSIBLE in dangers(found)


def parameter(name: str, value: str, method: str | None = "immediate") -> dict[str, Any]:
    return {"name": name, "value": value, "apply_method": method}


NO_LONGER_IN_CLEAR = (
    "Clients that connect without TLS are refused from now on: rds.force_ssl becomes {}, not {}."
)
WAITS = "{} becomes {}, and stays {} until the instances are restarted."


@pytest.mark.parametrize("action", ["update", "replace"])  # a new family is a new group
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            [parameter("work_mem", "4096"), parameter("huge_pages", "on", "pending-reboot")],
            [parameter("work_mem", "8192"), parameter("huge_pages", "on", "pending-reboot")],
            [],
        ),
        ([], [parameter("work_mem", "8192")], []),
        ([parameter("random_page_cost", "1.1")], [], []),
        (
            [parameter("work_mem", "8192")],
            [parameter("work_mem", "9999999")],
            [
                "No rule says that work_mem is harmless at 9999999 kB (9.54 GB); it was 8192 kB (8 MB)."
            ],
        ),
        (
            [parameter("effective_cache_size", "1")],
            [],
            ["No rule says that effective_cache_size is harmless at the default; it was 1 x 8 kB."],
        ),
        (
            [parameter("max_connections", "1", "pending-reboot")],
            [parameter("max_connections", "2", "pending-reboot")],
            [WAITS.format("max_connections", '"2"', '"1"')],
        ),
        (
            [],
            [parameter("work_mem", "8192", "pending-reboot")],
            [WAITS.format("work_mem", "8192 kB (8 MB)", "the default")],
        ),
        (
            [parameter("shared_buffers", "1", "pending-reboot")],
            [],
            [WAITS.format("shared_buffers", "the default", "1 x 8 kB")],
        ),
        (
            [],
            [parameter("pg_stat_statements.max", "1")],
            ["pg_stat_statements.max is static: RDS refuses to apply it immediately."],
        ),
        (
            [],
            [parameter("some_new", "1")],
            [
                (
                    "Whether some_new is static is not known here. If it is, RDS refuses to apply it "
                    'immediately; if it is not, what "1" does is not known.'
                )
            ],
        ),
        ([parameter("some_new", "1")], [], [WAITS.format("some_new", "the default", '"1"')]),
        (
            [parameter("rds.force_ssl", "1")],
            [parameter("rds.force_ssl", "0")],
            ['Clients may connect without TLS: rds.force_ssl becomes "0".'],
        ),
        (
            [parameter("rds.force_ssl", "1")],
            [],
            ["Clients may connect without TLS: rds.force_ssl becomes the default."],
        ),
        ([], [parameter("rds.force_ssl", "1")], [NO_LONGER_IN_CLEAR.format('"1"', "the default")]),
        (
            [parameter("rds.force_ssl", "0")],
            [parameter("rds.force_ssl", "1")],
            [NO_LONGER_IN_CLEAR.format('"1"', '"0"')],
        ),
        ([parameter("rds.force_ssl", "1")], [parameter("rds.force_ssl", "on")], []),
        (
            [parameter("timezone", "Europe/Berlin")],
            [parameter("timezone", "UTC")],
            [
                (
                    "Where sessions do not set it, times are read and written in another zone: "
                    'timezone becomes "UTC", not "Europe/Berlin".'
                )
            ],
        ),
        ([], [parameter("timezone", "UTC")], []),
        (
            [parameter("session_replication_role", "replica")],
            [],
            [
                (
                    "Triggers fire and foreign keys hold again, also where data is loaded without "
                    'them: session_replication_role becomes the default, not "replica".'
                )
            ],
        ),
        (
            [parameter("default_transaction_read_only", "on")],
            [parameter("default_transaction_read_only", "off")],
            [
                (
                    "Clients can write again, also where somebody fenced them off: "
                    'default_transaction_read_only becomes "off", not "on".'
                )
            ],
        ),
        (
            [parameter("ssl_min_protocol_version", "TLSv1")],
            [],
            [
                (
                    "Clients must speak another version of TLS, or are refused: "
                    'ssl_min_protocol_version becomes the default, not "TLSv1".'
                )
            ],
        ),
        ([], [parameter("log_connections", "0"), parameter("log_statement", "none")], []),
        (
            [parameter("log_connections", "on")],
            [parameter("log_connections", "off")],
            ['The log tells less: log_connections becomes "off", not "on".'],
        ),
        (
            [parameter("log_statement", "ddl")],
            [],
            ['The log tells less: log_statement becomes the default, not "ddl".'],
        ),
        (
            [parameter("log_statement", "ddl")],
            [parameter("log_statement", "ALL")],
            [
                (
                    "Every statement goes to the log, with its values: it shows what they hold, fills "
                    "the instances' storage, and CloudWatch charges for it. log_statement becomes "
                    '"ALL", not "ddl".'
                )
            ],
        ),
        ([parameter("log_statement", "all")], [parameter("log_statement", "ALL")], []),
        ([parameter("log_statement", "none")], [parameter("log_statement", "ddl")], []),
        (
            [parameter("work_mem", "65536")],
            [],
            [
                (
                    "Who has less memory, workers or statistics takes longer: work_mem becomes the "
                    "default, not 65536 kB (64 MB)."
                )
            ],
        ),
        (
            [],
            [parameter("ssl_min_protocol_version", "TLSv1.3")],
            [
                (
                    'ssl_min_protocol_version becomes "TLSv1.3", not the default: clients that speak '
                    "no later TLS are refused, and those of any from it on let in, which before 1.2 is "
                    "broken."
                )
            ],
        ),
        (
            [],
            [parameter("log_error_verbosity", "terse")],
            ['The log tells less: log_error_verbosity becomes "terse", not the default.'],
        ),
        (
            [parameter("log_min_error_statement", "info")],
            [],
            ['The log tells less: log_min_error_statement becomes the default, not "info".'],
        ),
        (
            [parameter("log_min_duration_statement", "1000")],
            [parameter("log_min_duration_statement", "2147483647")],
            [
                "The log tells less: log_min_duration_statement becomes 2147483647 ms (24.9 days), not 1000 ms (1 s)."
            ],
        ),
        (
            [],
            [parameter("log_min_duration_statement", "0")],
            [
                (
                    "Nearly every statement goes to the log, with its values: it shows what they "
                    "hold, fills the instances' storage, and CloudWatch charges for it. "
                    "log_min_duration_statement becomes 0 ms."
                )
            ],
        ),
        (
            [parameter("log_min_duration_statement", "1000")],
            [parameter("log_min_duration_statement", "600000")],
            [
                "The log tells less: log_min_duration_statement becomes 600000 ms (10 min), not 1000 ms (1 s)."
            ],
        ),
        (
            [],
            [parameter("track_io_timing", "0")],
            ['Less is measured: track_io_timing becomes "0", not the default.'],
        ),
        (
            [parameter("idle_in_transaction_session_timeout", "300000")],
            [],
            [
                (
                    "What hangs is ended later, or never: idle_in_transaction_session_timeout "
                    "becomes the default, not 300000 ms (5 min)."
                )
            ],
        ),
        (
            [parameter("deadlock_timeout", "1000")],
            [parameter("deadlock_timeout", "60000")],
            [
                (
                    "What hangs is ended later, or never: deadlock_timeout becomes 60000 ms (1 min), not "
                    "1000 ms (1 s)."
                )
            ],
        ),
        (
            [],
            [parameter("autovacuum_naptime", "60")],
            [
                (
                    "Tables are vacuumed or analyzed later: autovacuum_naptime becomes 60 s (1 min), not the "
                    "default."
                )
            ],
        ),
        (
            [parameter("log_statement", "ddl")],
            [parameter("log_statement", "some")],
            ['No rule says that log_statement is harmless at "some"; it was "ddl".'],
        ),
        (
            [parameter("rds.log_retention_period", "10080")],
            [],
            [
                (
                    "The server deletes more of its own logs: rds.log_retention_period becomes the "
                    "default, not 10080 min (7 days)."
                )
            ],
        ),
        (
            [parameter("rds.log_retention_period", "4320")],
            [parameter("rds.log_retention_period", "10080")],
            [],
        ),
        (
            [parameter("log_autovacuum_min_duration", "1000")],
            [],  # Aurora's default logs less of it
            [
                "The log tells less: log_autovacuum_min_duration becomes the default, not 1000 ms (1 s)."
            ],
        ),
        (
            [parameter("rds.logical_replication", "1", "pending-reboot")],
            [parameter("rds.logical_replication", "0", "pending-reboot")],
            [
                (
                    "Logical replication from Aurora ends when the instances are restarted, and its "
                    'slots are lost: rds.logical_replication becomes "0".'
                ),
                WAITS.format("rds.logical_replication", '"0"', '"1"'),
            ],
        ),
        (
            [],
            [parameter("default_transaction_read_only", "1")],
            [
                (
                    "Within seconds clients can read and no longer write, DMS included: "
                    'default_transaction_read_only becomes "1".'
                )
            ],
        ),
        (
            [],
            [parameter("statement_timeout", "1000")],
            [
                (
                    "Within seconds the server ends what lasts longer than 1000 ms (1 s): "
                    "statement_timeout, which was the default."
                )
            ],
        ),
        (
            [parameter("work_mem", "8192")],
            [parameter("WORK_MEM", "65536"), parameter("work_mem", "9999999")],
            ["work_mem stands twice: which of the two is in force cannot be told."],
        ),
        (
            [parameter("work_mem", "8192", "pending-reboot")],
            [parameter("work_mem", "8192")],
            [],
        ),
        (
            [parameter("max_connections", "100", "pending-reboot")],
            [parameter("max_connections", "100")],
            ["max_connections is static: RDS refuses to apply it immediately."],
        ),
    ],
)
def test_parameters(before: list[Any], after: list[Any], expected: list[str], action: str) -> None:
    found = reviewed(
        change(GROUP, action, {"parameter": before, "id": 1}, {"parameter": after, "id": 1})
    )
    assert [it.effect.text() for it in found.findings if it.attribute] == expected
    assert found.is_judged


OF_INSTANCES = "aws_db_parameter_group"
NOT_KNOWN = "(sensitive)"


@pytest.mark.parametrize(
    ("cluster", "before", "after", "says"),
    [
        ("all", "", "none", ('"none"', "what the cluster's group says")),
        ("all", "", "all", ()),
        ("none", "", "none", ()),
        ("", "", "none", ()),
        ("ddl", "all", "", ("the default", '"all"')),
        ("all", "none", "", ()),
        (NOT_KNOWN, "", "all", ('"all"', "what the cluster's group says")),
        (NOT_KNOWN, "all", "", ("the default", '"all"')),
    ],
)
def test_a_group_of_instances_comes_before_the_clusters(
    cluster: str, before: str, after: str, says: tuple[str, ...]
) -> None:
    """RDS takes a parameter that stands in both from the instances' group."""
    of_cluster, was, becomes = (
        it if it == NOT_KNOWN else [parameter("log_statement", it)] if it else []
        for it in (cluster, before, after)
    )
    said = "The log tells less: log_statement becomes {}, not {}."
    for action, there in (("update", {"parameter": was}), ("create", None)):
        if there is None and before:
            continue
        found = reviewed(
            change(GROUP, "no-op", {"parameter": of_cluster}, {"parameter": of_cluster}),
            change(OF_INSTANCES, action, there, {"parameter": becomes}),
        )
        told = [it for it in effects(found) if it.startswith("The log")]
        assert told == ([said.format(*says)] if says else [])


@pytest.mark.parametrize(
    ("cluster", "says"),
    [
        ([], ()),
        ([parameter("statement_timeout", "7200000")], ()),
        (
            [parameter("statement_timeout", "1000")],
            (
                (
                    "Within seconds the server ends what lasts longer than what the cluster's group "
                    "says: statement_timeout, which was 0 (off)."
                ),
            ),
        ),
    ],
)
def test_a_group_of_instances_falls_back_to_the_clusters(
    cluster: list[Any], says: tuple[str, ...]
) -> None:
    found = reviewed(
        change(GROUP, "no-op", {"parameter": cluster}, {"parameter": cluster}),
        update(OF_INSTANCES, {"parameter": [parameter("statement_timeout", "0")]}, parameter=[]),
    )
    assert tuple(effects(found)) == says


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ([parameter("work_mem", "8192")], []),
        ([parameter("rds.logical_replication", "1", "pending-reboot")], []),
        ([parameter("shared_preload_libraries", "pg_stat_statements", "pending-reboot")], []),
        (
            [parameter("rds.logical_replication", "1")],
            ["rds.logical_replication is static: RDS refuses to apply it immediately."],
        ),
        (
            [parameter("max_connections", "20", "pending-reboot")],
            [
                (
                    'Aurora lets in "20" clients at once and no more, DMS and RDS\'s own among them: '
                    "max_connections."
                )
            ],
        ),
        (
            [parameter("max_connections", "1", "pending-reboot")],
            [
                (
                    'Aurora lets in "1" client at once and no more, DMS and RDS\'s own among them: '
                    "max_connections."
                )
            ],
        ),
        (
            [parameter("huge_pages", "off", "pending-reboot")],
            ['The instances start with huge_pages at "off": no rule says that they run well.'],
        ),
        (
            [parameter("statement_timeout", "500")],
            ["The server ends what lasts longer than 500 ms: statement_timeout."],
        ),
        (
            [parameter("effective_cache_size", "500")],
            ["No rule says that effective_cache_size is harmless at 500 x 8 kB (3.91 MB)."],
        ),
        (
            [parameter("some_new", "1", "pending-reboot")],
            ['No rule says that some_new is harmless at "1".'],
        ),
        (
            [parameter("rds.force_ssl", "0")],
            ['Clients may connect without TLS: rds.force_ssl becomes "0".'],
        ),
    ],
)
def test_parameters_of_a_group_that_is_made(parameters: list[Any], expected: list[str]) -> None:
    names = {it["name"] for it in parameters}
    ssl = [] if "rds.force_ssl" in names else [parameter("rds.force_ssl", "1")]
    group = {"name": "g", "family": "aurora-postgresql15", "parameter": [*ssl, *parameters]}
    found = reviewed(change(GROUP, "create", None, group))
    assert effects(found) == expected
    assert found.is_judged


@pytest.mark.parametrize(
    ("family", "action", "expected"),
    [
        ("aurora-postgresql15", "create",
         ["Clients may connect without TLS: rds.force_ssl is not set, and 0 by default."]),
        ("aurora-postgresql17", "create", []),
        ("aurora-postgresql15", "no-op", []),
    ],
)  # fmt: skip
def test_a_new_group_that_does_not_ask_for_tls(
    family: str, action: str, expected: list[str]
) -> None:
    group = {"name": "g", "family": family, "parameter": []}
    before = group if action == "no-op" else None
    assert effects(reviewed(change(GROUP, action, before, group))) == expected


def test_a_read_only_database_is_an_outage() -> None:
    read_only = [parameter("default_transaction_read_only", "1")]
    found = reviewed(update(GROUP, {"parameter": []}, parameter=read_only))
    assert (dangers(found), found.exit_code) == ({Danger.OUTAGE}, 4)


def test_parameters_that_are_sensitive_are_judged_and_not_shown() -> None:
    item = update(
        GROUP,
        {"parameter": [parameter("work_mem", "4096")]},
        parameter=[parameter("work_mem", "9999999")],
    )
    item["change"]["after_sensitive"] = item["change"]["before_sensitive"] = {"parameter": True}
    found = reviewed(item)
    assert effects(found) == [
        "No rule says that (sensitive) is harmless at (sensitive); it was (sensitive)."
    ]
    item["change"]["after"]["parameter"] = [parameter("work_mem", "8192")]
    assert reviewed(item).exit_code == 0


def test_what_a_parameter_s_effect_is_called() -> None:
    found = reviewed(
        update(GROUP, {"parameter": []}, parameter=[parameter("max_connections", "2", None)])
    )
    (finding,) = found.findings
    assert finding.danger is Danger.INTERRUPTION
    assert finding.when.text() == "when the instances are restarted; Terraform restarts none"


@pytest.mark.parametrize(
    "unknown",
    [True, [True], [{"value": True}], [{"name": True}]],
)
def test_parameters_that_only_aws_will_say(unknown: Json) -> None:
    item = change(GROUP, "update", {"parameter": [parameter("a", "1")]}, {"parameter": [{}]})
    item["change"]["after_unknown"] = {"parameter": unknown}
    found = reviewed(item)
    assert effects(found) == ["Which parameters change is known only after apply."]
    assert found.exit_code == 1


def test_an_update_of_a_parameter_group_s_tags_is_safe() -> None:
    assert reviewed(update(GROUP, {"tags": {}}, tags={"a": "b"})).exit_code == 0


@pytest.mark.parametrize(
    ("snapshot", "shown"),
    [
        ("before-the-move", '"before-the-move"'),
        (
            "arn:aws:rds:eu-central-1:999988887777:cluster-snapshot:theirs",
            '"arn:aws:rds:eu-central-1:999988887777:cluster-snapshot:theirs"',
        ),
        (UNKNOWN, "(known after apply)"),
    ],
)
def test_what_a_new_cluster_gets_from_a_snapshot_somebody_else_looks_at(
    snapshot: Json, shown: str
) -> None:
    found = reviewed(change(CLUSTER, "create", None, {"snapshot_identifier": snapshot}))
    [finding] = [it for it in found.findings if it.attribute == "snapshot_identifier"]
    assert finding.danger is Danger.UNCLEAR
    assert finding.effect.text() == (
        f"The cluster is made from {shown}, with its data, users and passwords: what they are, a plan "
        "does not say."
    )
    assert finding.remedy.text().startswith(
        "'ferry check aws' compares the snapshot with the file."
    )


def test_a_cluster_that_is_made_anew_has_nothing_of_mysql() -> None:
    before = {"cluster_identifier": "a", "backtrack_window": 0, "iops": 0}
    after = {"cluster_identifier": "b", "backtrack_window": None, "iops": None}
    found = reviewed(change(CLUSTER, "replace", before, after))
    assert found.is_judged
    assert unclear_attributes(found) == []
    found = reviewed(change(CLUSTER, "create", None, {"iops": 1000}))
    assert unclear_attributes(found) == ["iops"]


@pytest.mark.parametrize(
    ("name", "unclear"), [("ours", []), ("theirs", ["db_instance_parameter_group_name"])]
)
def test_the_instances_group_of_a_major_upgrade_is_the_environments_own(
    name: str, unclear: list[str]
) -> None:
    configuration = configured(
        aws_rds_cluster__it={"db_instance_parameter_group_name": [f"{INSTANCE_GROUP}.it"]}
    )
    found = reviewed(
        change(CLUSTER, "create", None, {"db_instance_parameter_group_name": name}),
        change(INSTANCE_GROUP, "no-op", {"name": "ours"}, {"name": "ours"}),
        configuration=configuration,
    )
    assert unclear_attributes(found) == unclear


SORTS = "Each sort of each connection may take "


@pytest.mark.parametrize(
    ("classes", "kilobytes", "said"),
    [
        (["db.r6g.2xlarge"], "65536", None),
        (["db.r6g.large"], "16384", None),
        (
            ["db.r6g.2xlarge", "db.r6g.large"],
            "65536",
            (
                f"{SORTS}65536 kB (64 MB): of 1,000 at once that is more than the 16 GiB of the smallest "
                "instance. work_mem was the default."
            ),
        ),
        (["db.t4g.medium"], "8192", None),
        (
            ["db.t4g.medium"],
            "16384",
            (
                f"{SORTS}16384 kB (16 MB): of 450 at once that is more than the 4 GiB of the smallest "
                "instance. work_mem was the default."
            ),
        ),
        ([], "8192", None),
        *(
            (
                classes,
                "16384",
                (
                    f"{SORTS}16384 kB (16 MB): how much memory the instances have is not known here. "
                    "work_mem was the default."
                ),
            )
            for classes in ([], ["db.serverless"], ["db.r6g.2xlarge", "db.serverless"])
        ),
    ],
)
def test_sorts_of_all_connections_fit_into_the_smallest_instance(
    classes: list[str], kilobytes: str, said: str | None
) -> None:
    """16 GiB are 16,777,216 kB, 4 GiB let in about 450 connections."""
    found = reviewed(
        change(
            GROUP, "update", {"parameter": []}, {"parameter": [parameter("work_mem", kilobytes)]}
        ),
        *(
            stays("aws_rds_cluster_instance", f"it{number}", instance_class=it)
            for number, it in enumerate(classes)
        ),
    )
    assert effects(found) == ([said] if said else [])


def test_counting_that_ends_takes_autovacuum_along() -> None:
    off = [parameter("track_counts", "0")]
    found = reviewed(change(GROUP, "update", {"parameter": []}, {"parameter": off})).findings
    assert [(it.danger, it.effect.text()) for it in found] == [
        (
            Danger.INTERRUPTION,
            (
                "Nothing is counted, so that autovacuum finds no table to vacuum: they grow, and in the "
                "end PostgreSQL takes no writes."
            ),
        )
    ]

"""Less that is logged or kept, by a value that is harmless elsewhere.

Written after the review had called some of it safe, before its rules were changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    UNKNOWN,
    creates,
    drifts,
    edited,
    leaves,
    parameters,
    updates,
)
from tests.unit.ferry.review.held.names import (
    CLIENTS_IN,
    CLUSTER,
    INSTANCE_PARAMETERS,
    PARAMETERS,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Step


def _on_instances(name: str, value: str) -> Step:
    return updates(
        INSTANCE_PARAMETERS,
        parameter=[{"name": name, "value": value, "apply_method": "immediate"}],
    )


def _on_cluster(name: str, value: str, was: str = "") -> Step:
    of = {name.replace(".", "__"): value}
    before = {name.replace(".", "__"): was} if was else {}
    return updates(
        PARAMETERS,
        was={"parameter": parameters(PARAMETERS, **before)},
        parameter=parameters(PARAMETERS, **of),
    )


def _taken_out(name: str, was: str) -> Step:
    before = {"parameter": parameters(PARAMETERS, **{name: was})}
    return updates(PARAMETERS, was=before, parameter=parameters(PARAMETERS))


_WEAKER: Final = (
    ("log_min_duration_statement", "1000", "2000"),
    ("log_min_duration_statement", "1000", "600000"),
    ("log_autovacuum_min_duration", "1000", "60000"),
    ("log_temp_files", "0", "10240"),
    ("auto_explain.log_min_duration", "1000", "60000"),
    ("log_connections", "1", "0"),
    ("log_disconnections", "1", "0"),
    ("log_lock_waits", "1", "0"),
    ("log_min_error_statement", "info", "error"),
    ("track_io_timing", "1", "0"),
    ("track_functions", "all", "none"),
    ("pg_stat_statements.track", "all", "top"),
    ("deadlock_timeout", "1000", "30000"),
    ("idle_in_transaction_session_timeout", "300000", "0"),
    ("idle_session_timeout", "86400000", "0"),
    ("lock_timeout", "60000", "0"),
    ("statement_timeout", "3600000", "86400000"),
    ("autovacuum_naptime", "5", "60"),
    ("autovacuum_vacuum_scale_factor", "0.05", "0.2"),
    ("autovacuum_vacuum_cost_limit", "5000", "-1"),
    ("work_mem", "65536", "4096"),
    ("maintenance_work_mem", "524288", "65536"),
    ("logical_decoding_work_mem", "262144", "65536"),
    ("max_parallel_workers", "16", "2"),
    ("max_parallel_workers_per_gather", "4", "0"),
    ("default_statistics_target", "1000", "100"),
)
"""Parameter, value until now, and from now on."""

ROWS: Final = (
    *(
        edited(
            f"less-by-{name}-{becomes}",
            "Less is seen, or what hangs stays.",
            _on_cluster(name, becomes, was=was),
        )
        for name, was, becomes in _WEAKER
    ),
    *(
        edited(f"less-without-{name}", "The default does less.", _taken_out(name, was))
        for name, was in (
            ("idle_in_transaction_session_timeout", "300000"),
            ("statement_timeout", "3600000"),
            ("lock_timeout", "60000"),
            ("log_lock_waits", "1"),
            ("deadlock_timeout", "100"),
            ("work_mem", "65536"),
            ("autovacuum_vacuum_cost_limit", "5000"),
        )
    ),
    edited(
        "neighbours-let-in-by-hand-and-shut-out",
        "Somebody in there may connect by now.",
        drifts(CLIENTS_IN, cidr_ipv4="10.0.0.0/8"),
        updates(CLIENTS_IN, was={"cidr_ipv4": "10.0.0.0/8"}, cidr_ipv4=None),
    ),
    edited(
        "world-shut-out",
        "Terraform let it in, somebody may come by it.",
        updates(CLIENTS_IN, was={"cidr_ipv4": "0.0.0.0/0"}, cidr_ipv4=None),
    ),
    edited(
        "tag-of-the-project-not-known-yet",
        "Policies go by it.",
        updates(CLUSTER, tags={"project": UNKNOWN}, tags_all=UNKNOWN),
    ),
    edited(
        "slow-statements-unlogged-on-instances",
        "It comes before the cluster's 1000.",
        _on_instances("log_min_duration_statement", "-1"),
    ),
    edited(
        "statements-unlogged-on-instances",
        "It comes before the cluster's all.",
        _on_instances("log_statement", "none"),
    ),
    edited(
        "statements-unlogged-by-a-new-group-of-instances",
        "The instances that get it log nothing.",
        creates(
            "aws_db_parameter_group.more",
            like=INSTANCE_PARAMETERS,
            name="more",
            parameter=[{"name": "log_statement", "value": "none", "apply_method": "immediate"}],
        ),
    ),
    edited(
        "slow-statements-after-24-days",
        "Nothing is as slow.",
        _on_cluster("log_min_duration_statement", "2147483647"),
    ),
    edited(
        "vacuums-unlogged-by-a-number",
        "Nothing is as slow.",
        _on_cluster("log_autovacuum_min_duration", "2147483647"),
    ),
    edited(
        "large-files-unlogged-by-a-number",
        "No file is as large.",
        _on_cluster("log_temp_files", "2147483647", was="0"),
    ),
    edited(
        "errors-in-fewer-words",
        "Detail, hint and context of errors go.",
        _on_cluster("log_error_verbosity", "terse"),
    ),
    edited(
        "server-logs-kept-for-less",
        "The older ones are deleted.",
        _on_cluster("rds.log_retention_period", "4320", was="10080"),
    ),
    edited(
        "every-statement-logged",
        "The log fills, and shows what statements hold.",
        _on_cluster("log_statement", "all", was="ddl"),
    ),
    edited(
        "every-statement-that-writes-logged",
        "The log shows all that is written.",
        _on_cluster("log_statement", "mod", was="none"),
    ),
    edited(
        "every-statement-logged-on-instances",
        "It comes before the cluster's ddl.",
        updates(
            PARAMETERS,
            was={"parameter": parameters(PARAMETERS, log_statement="all")},
            parameter=parameters(PARAMETERS, log_statement="ddl"),
        ),
        _on_instances("log_statement", "all"),
    ),
    *(
        edited(
            f"of-clusters-alone-on-instances-{name}",
            "RDS has no such parameter of an instance.",
            _on_instances(name, value),
        )
        for name, value in (("autovacuum_naptime", "5"), ("log_autovacuum_min_duration", "1000"))
    ),
    *(
        edited(
            f"instances-fall-back-to-{name}-{of_cluster}",
            "What the cluster's group says holds from now on: it was held off.",
            leaves(
                PARAMETERS,
                was={"parameter": parameters(PARAMETERS, **{name: of_cluster})},
            ),
            updates(
                INSTANCE_PARAMETERS,
                was={"parameter": [{"apply_method": "immediate", "name": name, "value": value}]},
                parameter=[],
            ),
        )
        for name, of_cluster, value in (
            ("statement_timeout", "1000", "0"),
            ("default_transaction_read_only", "1", "0"),
            ("session_replication_role", "replica", "origin"),
            ("work_mem", "262144", "8192"),
        )
    ),
    edited(
        "newest-tls-alone",
        "Clients that do not speak it are refused.",
        _on_cluster("ssl_min_protocol_version", "TLSv1.3"),
    ),
    edited(
        "idle-sessions-ended-after-an-hour",
        "DMS's own connection is idle in a quiet night.",
        _on_cluster("idle_session_timeout", "3600000"),
    ),
    edited(
        "maintenance-takes-all-memory",
        "Each of three workers takes 2 GB.",
        _on_cluster("maintenance_work_mem", "2097152"),
    ),
)

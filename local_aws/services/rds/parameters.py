"""Parameters of both kinds of group: set, read back, reset, refused.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithParamGroups.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_aws.answers import Answer, AwsError, ResponseMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

# A change of these takes a restart. PostgreSQL's are those of the context `postmaster`
# (https://www.postgresql.org/docs/15/view-pg-settings.html), and Aurora's own.
STATIC = frozenset(
    {
        "apg_plan_mgmt.max_databases",
        "apg_plan_mgmt.max_plans",
        "autovacuum_freeze_max_age",
        "autovacuum_max_workers",
        "autovacuum_multixact_freeze_max_age",
        "hot_standby",
        "huge_pages",
        "max_connections",
        "max_files_per_process",
        "max_locks_per_transaction",
        "max_logical_replication_workers",
        "max_pred_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "old_snapshot_threshold",
        "pg_stat_statements.max",
        "rds.babelfish_status",
        "rds.custom_dns_resolution",
        "rds.enable_plan_management",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "superuser_reserved_connections",
        "track_activity_query_size",
        "track_commit_timestamp",
        "wal_buffers",
    }
)
_MOST_IN_ONE_CALL = 20


class Parameters(ResponseMixin):
    """The calls about parameters."""

    backend: Any

    def describe_db_parameters(self) -> Answer:
        """DescribeDBParameters: those that were set."""
        return self._described(self._instance_group())

    def describe_db_cluster_parameters(self) -> Answer:
        """DescribeDBClusterParameters: those that were set."""
        return self._described(self._cluster_group())

    def modify_db_parameter_group(self) -> Answer:
        """ModifyDBParameterGroup."""
        group = self._instance_group()
        _set(group, self.parameters())
        return Answer({"DBParameterGroupName": group.name})

    def modify_db_cluster_parameter_group(self) -> Answer:
        """ModifyDBClusterParameterGroup."""
        group = self._cluster_group()
        _set(group, self.parameters())
        return Answer({"DBClusterParameterGroupName": group.name})

    def reset_db_parameter_group(self) -> Answer:
        """ResetDBParameterGroup."""
        group = self._instance_group()
        _reset(group, self.parameters())
        return Answer({"DBParameterGroupName": group.name})

    def reset_db_cluster_parameter_group(self) -> Answer:
        """ResetDBClusterParameterGroup."""
        group = self._cluster_group()
        _reset(group, self.parameters())
        return Answer({"DBClusterParameterGroupName": group.name})

    def delete_db_cluster_parameter_group(self) -> Answer:
        """DeleteDBClusterParameterGroup; refused while a cluster has it."""
        name = self._cluster_group().name
        if any(cluster.parameter_group == name for cluster in self.backend.clusters.values()):
            raise _in_use(name)
        self.backend.delete_db_cluster_parameter_group(name)
        return Answer()

    def delete_db_parameter_group(self) -> Answer:
        """DeleteDBParameterGroup; refused while an instance has it."""
        name = self._instance_group().name
        databases = self.backend.databases.values()
        if any(database.db_parameter_group_name == name for database in databases):
            raise _in_use(name)
        self.backend.delete_db_parameter_group(name)
        return Answer()

    def _instance_group(self) -> Any:  # noqa: ANN401 - moto's own type
        name = self.parameters()["DBParameterGroupName"]
        return _found(self.backend.db_parameter_groups, name)

    def _cluster_group(self) -> Any:  # noqa: ANN401 - moto's own type
        name = self.parameters()["DBClusterParameterGroupName"]
        return _found(self.backend.db_cluster_parameter_groups, name)

    def _described(self, group: Any) -> Answer:  # noqa: ANN401 - moto's own type
        wanted = self.parameters().get("Source", "user")
        shown = list(group.parameters.values()) if wanted == "user" else []
        return Answer({"Parameters": shown})


def _found(groups: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - moto's own type
    if name not in groups:
        raise AwsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    return groups[name]


def _in_use(name: str) -> AwsError:
    return AwsError(
        "InvalidDBParameterGroupState",
        f"One or more database instances are still members of this parameter group {name}, "
        "so the group cannot be deleted",
    )


def _set(group: Any, parameters: Mapping[str, Any]) -> None:  # noqa: ANN401 - moto's own type
    given = parameters["Parameters"]
    if len(given) > _MOST_IN_ONE_CALL:
        raise AwsError("InvalidParameterValue", "A call can set 20 parameters at most.")
    for each in given:
        name, method = each["ParameterName"], each["ApplyMethod"]
        apply_type = "static" if name in STATIC else "dynamic"
        if apply_type == "static" and method == "immediate":
            raise AwsError(
                "InvalidParameterCombination",
                "cannot use immediate apply method for static parameter",
            )
        group.parameters[name] = {
            "ParameterName": name,
            "ParameterValue": each["ParameterValue"],
            "ApplyMethod": method,
            "ApplyType": apply_type,
            "DataType": "string",
            "IsModifiable": True,
            "Source": "user",
        }


def _reset(group: Any, parameters: Mapping[str, Any]) -> None:  # noqa: ANN401 - moto's own type
    if parameters.get("ResetAllParameters"):
        group.parameters.clear()
    for each in parameters.get("Parameters") or []:
        group.parameters.pop(each["ParameterName"], None)

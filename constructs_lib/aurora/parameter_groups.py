"""The parameter groups of a cluster and of its instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_parameter_group import (
    DbParameterGroup,
    DbParameterGroupParameter,
)
from cdktf_cdktf_provider_aws.rds_cluster_parameter_group import (
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
)
from constructs import Construct

from constructs_lib.aurora.parameters import applied
from facts.aurora import parameter_group_family, release
from facts.parameters import ALWAYS_SET
from facts.templates import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.aurora.parameters import Applied, Parameter
    from facts.names import Names


class ParameterGroups(Construct):
    """The cluster's group and the instances', named after the engine's family.

    A family cannot be changed. With another release the groups of the new family are made beside
    the old ones, the cluster moves over, and only then are the old ones deleted; hence the family
    in the name.

    The cluster's group holds what the migration needs:

    ============================== ==================== =========================================
    parameter                      value                why
    ============================== ==================== =========================================
    ``log_statement``              as set
    ``log_min_duration_statement`` as set
    ``rds.logical_replication``    1                    a way back: Aurora can be a source itself
    ``shared_preload_libraries``   pg_stat_statements   statistics of statements
    ``rds.force_ssl``              1                    no connection without TLS
    ============================== ==================== =========================================

    Static parameters are there from the first start; a later change of one waits for a reboot, which
    Terraform never makes. The instances' group is empty unless parameters are given: so that one
    that is given later finds its group in use already.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithParamGroups.html

    Args:
        scope: The cluster.
        id_: The construct's id.
        names: The environment's names.
        engine_version: Aurora PostgreSQL's version.
        log_statement: Which statements PostgreSQL logs.
        log_min_duration_statement_ms: From which duration on statements are logged.
        parameters: Further parameters of the cluster's group, by name; one that the project sets too
            takes the value given here.
        instance_parameters: Parameters of the instances' group, which come before the cluster's.
    """

    cluster_group_name: str
    instance_group_name: str

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        engine_version: str,
        log_statement: str,
        log_min_duration_statement_ms: int,
        parameters: Mapping[str, Parameter],
        instance_parameters: Mapping[str, Parameter],
    ) -> None:
        super().__init__(scope, id_)
        family = parameter_group_family(engine_version)
        group_name = names.parameter_group(family)
        own = {
            "log_statement": log_statement,
            "log_min_duration_statement": str(log_min_duration_statement_ms),
            **ALWAYS_SET,
        }
        self.cluster_group_name = RdsClusterParameterGroup(
            self,
            "cluster",
            name=group_name,
            family=family,
            description=f"Parameters of the Aurora cluster {names.cluster}",
            parameter=[
                RdsClusterParameterGroupParameter(**_arguments(each))
                for each in applied(parameters, own=own, release=release(engine_version))
            ],
            tags={"Name": group_name},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        ).name
        self.instance_group_name = DbParameterGroup(
            self,
            "instances",
            name=group_name,
            family=family,
            description=f"Parameters of the instances of the Aurora cluster {names.cluster}",
            parameter=[
                DbParameterGroupParameter(**_arguments(each))
                for each in applied(instance_parameters, release=release(engine_version))
            ],
            tags={"Name": group_name},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        ).name


def _arguments(parameter: Applied) -> dict[str, str]:
    return {**parameter._asdict(), "value": plain(parameter.value)}

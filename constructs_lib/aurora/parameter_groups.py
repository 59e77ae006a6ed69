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

from constructs_lib.aurora.engine import parameter_group_family
from constructs_lib.aurora.parameters import Parameter, with_apply_methods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.aurora.settings import AuroraParameters


class ParameterGroups(Construct):
    """The groups ``NAME-aurora-postgresql15``, named after the engine's family.

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
        name: The environment's prefix.
        engine_version: Aurora PostgreSQL's version.
        parameters: What is set.

    Raises:
        ValueError: A parameter is named twice, is unknown and states no method, or is static and
            to be applied immediately.
    """

    cluster_group_name: str
    instance_group_name: str

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        engine_version: str,
        parameters: AuroraParameters,
    ) -> None:
        super().__init__(scope, id_)
        family = parameter_group_family(engine_version)
        group_name = f"{name}-{family}"
        self.cluster_group_name = RdsClusterParameterGroup(
            self,
            "cluster",
            name=group_name,
            family=family,
            description=f"Parameters of the Aurora cluster {name}",
            parameter=[
                RdsClusterParameterGroupParameter(
                    name=each.name, value=each.value, apply_method=each.apply_method
                )
                for each in with_apply_methods(
                    _with_the_projects_own(parameters), engine_version=engine_version
                )
            ],
            tags={"Name": group_name},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        ).name
        self.instance_group_name = DbParameterGroup(
            self,
            "instances",
            name=group_name,
            family=family,
            description=f"Parameters of the instances of the Aurora cluster {name}",
            parameter=[
                DbParameterGroupParameter(
                    name=each.name, value=each.value, apply_method=each.apply_method
                )
                for each in with_apply_methods(parameters.instances, engine_version=engine_version)
            ],
            tags={"Name": group_name},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        ).name


def _with_the_projects_own(parameters: AuroraParameters) -> Sequence[Parameter]:
    own = {
        "log_statement": parameters.log_statement,
        "log_min_duration_statement": str(parameters.log_min_duration_statement_ms),
        "rds.logical_replication": "1",
        "shared_preload_libraries": "pg_stat_statements",
        "rds.force_ssl": "1",
    }
    given = {parameter.name for parameter in parameters.cluster}
    return [
        *(Parameter(name=name, value=value) for name, value in own.items() if name not in given),
        *parameters.cluster,
    ]

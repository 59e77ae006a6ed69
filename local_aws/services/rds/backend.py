"""What RDS keeps in one account and region, and what it refuses."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from local_aws.addresses import forget_address, place_addresses
from local_aws.answers import AwsError, BackendMixin
from local_aws.services.rds.models import LocalCluster, LocalInstance, default_key_arn
from local_aws.services.rds.restoring import RestoringBackend
from local_aws.services.rds.server import ClusterServer, server_of
from local_aws.services.rds.serverless import require_scaling, scaling
from local_aws.services.rds.versions import (
    ENGINE,
    INSTANCE_CLASSES,
    family,
    latest_of,
    require_offered,
    require_upgrade,
)

_FEWEST_ZONES = 2
_SCALING = "serverless_v2_scaling_configuration"


class LocalRdsBackend(BackendMixin, RestoringBackend):
    """Clusters, instances and subnet groups, refused where RDS refuses them."""

    def create_db_cluster(self, kwargs: Any) -> Any:  # noqa: ANN401 - moto's own type
        """CreateDBCluster."""
        given = dict(kwargs.items())
        name = given["db_cluster_identifier"]
        if name in self.clusters:
            raise AwsError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
        if version := given.get("engine_version"):
            given["engine_version"] = version = latest_of(version)
            require_offered(given["engine"], version)
        if group := given.get("db_subnet_group_name"):
            self.describe_db_subnet_groups(group)
            given.setdefault("vpc_security_group_ids", self._default_group_ids(group))
        if group := given.get("db_cluster_parameter_group_name"):
            self._require_family(group, given.get("engine_version"))
        if capacities := given.get(_SCALING):
            given[_SCALING] = scaling(capacities)
        cluster = super().create_db_cluster(given)
        if server := self._server(name):
            try:
                server.make(
                    master=cluster.master_username,
                    password=cluster.master_user_password,
                    database=cluster.database_name,
                )
            except AwsError:
                del self.clusters[name]
                raise
            place_addresses({host: {"port": server.port} for host in _hosts(cluster)})
        return cluster

    def modify_db_cluster(self, kwargs: Any) -> Any:  # noqa: ANN401 - moto's own type
        """ModifyDBCluster; acts at once, whatever ApplyImmediately says."""
        given = dict(kwargs.items())
        cluster = self.cluster(given["db_cluster_identifier"])
        version = str(given.get("engine_version") or cluster.engine_version)
        if cluster.engine == ENGINE:
            require_upgrade(
                cluster.engine_version,
                version,
                major_allowed=bool(given.pop("allow_major_version_upgrade", False)),
            )
        if group := given.get("db_cluster_parameter_group_name"):
            self._require_family(group, version)
        elif family(version) != family(cluster.engine_version):
            given["db_cluster_parameter_group_name"] = f"default.{family(version)}"
        if "enable_iam_database_authentication" in given:
            cluster.iam_auth = given.pop("enable_iam_database_authentication")
        if capacities := given.get(_SCALING):
            given[_SCALING] = scaling(capacities)
        _export_logs(cluster, given.pop("cloudwatch_logs_export_configuration", None))
        name = cluster.db_cluster_identifier
        answer = super().modify_db_cluster(given)
        if (password := given.get("master_user_password")) and (server := self._server(name)):
            server.set_password(cluster.master_username, password)
        cluster.complete_insights(default_key_arn(self))
        return answer

    def delete_db_cluster(
        self,
        cluster_identifier: str,
        snapshot_name: str | None = None,
    ) -> Any:  # noqa: ANN401 - moto's own type
        """DeleteDBCluster; moto makes the final snapshot."""
        cluster = self.cluster(cluster_identifier)
        answer = super().delete_db_cluster(cluster_identifier, snapshot_name)
        if server := self._server(cluster_identifier):
            for host in _hosts(cluster):
                forget_address(host)
            server.empty()
        return answer

    def stop_db_cluster(self, cluster_identifier: str) -> Any:  # noqa: ANN401 - moto's own type
        """StopDBCluster, which stops the instances too."""
        answer = super().stop_db_cluster(cluster_identifier)
        self._set_instances(cluster_identifier, "stopped")
        return answer

    def start_db_cluster(self, cluster_identifier: str) -> Any:  # noqa: ANN401 - moto's own type
        """StartDBCluster, which starts the instances too."""
        answer = super().start_db_cluster(cluster_identifier)
        self._set_instances(cluster_identifier, "available")
        return answer

    def create_db_instance(self, db_kwargs: Any) -> Any:  # noqa: ANN401 - moto's own type
        """CreateDBInstance."""
        given = dict(db_kwargs.items())
        if given.get("db_cluster_identifier") and given["engine"] == ENGINE:
            cluster = self.cluster(given["db_cluster_identifier"])
            version = given.get("engine_version") or cluster.engine_version
            if version != cluster.engine_version:
                raise AwsError(
                    "InvalidParameterCombination",
                    f"The engine version that you requested for your DB instance ({version}) does "
                    f"not match the engine version of your DB cluster ({cluster.engine_version}).",
                )
            _require_class(given["db_instance_class"], version)
            require_scaling(cluster, given["db_instance_class"])
            given.setdefault("db_subnet_group_name", cluster.db_subnet_group_name)
            given.setdefault("availability_zone", self._zone(cluster))
        return super().create_db_instance(given)

    def modify_db_instance(self, db_instance_identifier: str, db_kwargs: Any) -> Any:  # noqa: ANN401 - moto's own type
        """ModifyDBInstance; acts at once, whatever ApplyImmediately says."""
        given = dict(db_kwargs.items())
        if "db_instance_class" in given:
            instance = self.describe_db_instances(db_instance_identifier)[0]
            _require_class(given["db_instance_class"], instance.engine_version)
            if isinstance(instance, LocalInstance):
                require_scaling(instance.cluster, given["db_instance_class"])
        instance = super().modify_db_instance(db_instance_identifier, given)
        if isinstance(instance, LocalInstance):
            instance.complete_insights(default_key_arn(self))
        if not instance.monitoring_interval:
            instance.monitoring_role_arn = None
        return instance

    def create_subnet_group(
        self, subnet_name: str, description: str, subnets: list[Any], tags: list[dict[str, str]]
    ) -> Any:  # noqa: ANN401 - moto's own type
        """CreateDBSubnetGroup."""
        if subnet_name in self.subnet_groups:
            raise AwsError(
                "DBSubnetGroupAlreadyExists", f"The DB subnet group '{subnet_name}' already exists."
            )
        _require_zones(subnets)
        return super().create_subnet_group(subnet_name, description, subnets, tags)

    def modify_db_subnet_group(self, subnet_name: str, description: str, subnets: list[Any]) -> Any:  # noqa: ANN401 - moto's own type
        """ModifyDBSubnetGroup; moto's drops the group."""
        group = self.describe_db_subnet_groups(subnet_name)[0]
        _require_zones(subnets)
        group.subnets = subnets
        group.description = description or group.description
        return group

    def delete_subnet_group(self, subnet_name: str) -> Any:  # noqa: ANN401 - moto's own type
        """DeleteDBSubnetGroup; refused while a cluster is in it."""
        if any(c.db_subnet_group_name == subnet_name for c in self.clusters.values()):
            raise AwsError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}' because at least one database "
                "instance is still using it.",
            )
        return super().delete_subnet_group(subnet_name)

    def cluster(self, name: str) -> Any:  # noqa: ANN401 - moto's own type
        """The cluster of this name.

        Raises:
            AwsError: DBClusterNotFoundFault.
        """
        if name not in self.clusters:
            raise AwsError("DBClusterNotFoundFault", f"DBCluster {name} not found.")
        return self.clusters[name]

    def _server(self, name: str) -> ClusterServer | None:
        return server_of(self.account_id, self.region_name, name)

    def _set_instances(self, cluster_identifier: str, status: str) -> None:
        for instance in self.databases.values():
            if instance.db_cluster_identifier == cluster_identifier:
                instance.status = status

    def _require_family(self, group_name: str, version: str | None) -> None:
        group = self.db_cluster_parameter_groups.get(group_name)
        if group is None:
            if group_name.startswith("default."):
                return
            raise AwsError(
                "DBClusterParameterGroupNotFound",
                f"DBClusterParameterGroup not found: {group_name}",
            )
        if version and group.db_parameter_group_family != family(version):
            raise AwsError(
                "InvalidParameterCombination",
                f"The Parameter Group {group_name} with DBParameterGroupFamily "
                f"{group.db_parameter_group_family} can't be used for this instance. Please use a "
                f"Parameter Group with DBParameterGroupFamily {family(version)}.",
            )

    def _default_group_ids(self, subnet_group: str) -> list[str]:
        ec2 = ec2_backends[self.account_id][self.region_name]
        vpc_id = self.describe_db_subnet_groups(subnet_group)[0].vpc_id
        return [ec2.get_default_security_group(vpc_id).id]

    def _zone(self, cluster: LocalCluster) -> str:
        """The zone with the fewest of the cluster's instances, as Aurora spreads them."""
        if cluster.db_subnet_group_name not in self.subnet_groups:
            zones = list(cluster.availability_zones)
        else:
            subnets = self.subnet_groups[cluster.db_subnet_group_name].subnets
            zones = sorted(subnet["SubnetAvailabilityZone"]["Name"] for subnet in subnets)
        taken = [member.availability_zone for member in cluster.members]
        return str(min(zones, key=taken.count))


def _hosts(cluster: LocalCluster) -> tuple[str, str]:
    return cluster.endpoint, cluster.reader_endpoint


def _export_logs(cluster: LocalCluster, change: Any) -> None:  # noqa: ANN401 - moto's own type
    if not change:
        return
    exported = dict.fromkeys(cluster.enabled_cloudwatch_logs_exports)
    exported |= dict.fromkeys(change.get("EnableLogTypes") or [])
    disabled = change.get("DisableLogTypes") or []
    cluster.enabled_cloudwatch_logs_exports = [kind for kind in exported if kind not in disabled]


def _require_class(instance_class: str, version: str) -> None:
    if instance_class not in INSTANCE_CLASSES:
        raise AwsError(
            "InvalidParameterCombination",
            "RDS does not support creating a DB instance with the following combination: "
            f"DBInstanceClass={instance_class}, Engine={ENGINE}, EngineVersion={version}, "
            "LicenseModel=postgresql-license.",
        )


def _require_zones(subnets: list[Any]) -> None:
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise AwsError("InvalidSubnet", "The subnets are of several VPCs.")
    zones = {subnet.availability_zone for subnet in subnets}
    if len(zones) < _FEWEST_ZONES:
        raise AwsError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(sorted(zones))}. Add subnets to cover at least 2 AZs.",
        )

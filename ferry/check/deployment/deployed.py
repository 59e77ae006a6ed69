"""A deployed environment, and what AWS answers about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from facts import outputs
from facts.names import AGAIN, BACK
from facts.placement import Placement
from ferry.check.deployment.expect import DiffersError, only
from ferry.deployment import Deployment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from types_boto3_dms.type_defs import (
        EndpointTypeDef,
        ReplicationInstanceTypeDef,
        ReplicationTaskTypeDef,
    )
    from types_boto3_ec2.type_defs import FilterTypeDef, FlowLogTypeDef
    from types_boto3_rds.type_defs import DBClusterTypeDef, DBInstanceTypeDef

    from facts.names import Names
    from settings.databases import Database
    from settings.environment import Leg, Migration

ADDED_BY_AUTO_SCALING: Final = "application-autoscaling-"
"""What the identifiers of readers begin with that Aurora's auto scaling adds. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html
"""


End = Literal["source", "target"]

_ENDPOINTS: Final[Mapping[End, tuple[str, str]]] = {
    "source": (outputs.DMS_SOURCE_ENDPOINT_ARN, outputs.DMS_SOURCE_ENDPOINT_ARNS),
    "target": (outputs.DMS_TARGET_ENDPOINT_ARN, outputs.DMS_TARGET_ENDPOINT_ARNS),
}
"""The outputs that name an end's endpoints: the only one's, and by database."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """One of DMS's endpoints.

    Args:
        end: Which end of a database's tasks.
        database: The database.
        what: What a finding calls it.
        found: What DMS says of it.
    """

    end: End
    database: Database
    what: str
    found: EndpointTypeDef


@dataclass(frozen=True, kw_only=True)
class Deployed(Deployment):
    """A deployed environment.

    A check starts from the state's outputs and the names, and asks AWS about them. What several
    checks ask stands here and is asked once: AWS counts calls, and DMS allows few.
    """

    @property
    def migration(self) -> Migration:
        """What is carried.

        Raises:
            NoMigrationError: The file has Aurora alone.
        """
        return self.environment.migration

    @property
    def names(self) -> Names:
        """What everything in the environment is called."""
        return self.environment.names

    @property
    def placement(self) -> Placement:
        """Account, region, partition."""
        return Placement(account_id=self.account.account_id, region=self.account.region)

    @cached_property
    def cluster(self) -> DBClusterTypeDef:
        """The Aurora cluster."""
        identifier = self.outputs[outputs.CLUSTER_ID]
        found = self.account.rds.describe_db_clusters(DBClusterIdentifier=identifier)
        return only(f"Clusters {identifier}", found["DBClusters"])

    @property
    def instance_identifiers(self) -> list[str]:
        """The instances that the state holds, the first writer first."""
        return [
            self.outputs[outputs.WRITER_INSTANCE_ID],
            *self.outputs[outputs.READER_INSTANCE_IDS],
        ]

    @cached_property
    def instances(self) -> Mapping[str, DBInstanceTypeDef]:
        """The cluster's instances by identifier, those of the state first and in its order."""
        cluster: FilterTypeDef = {
            "Name": "db-cluster-id",
            "Values": [self.outputs[outputs.CLUSTER_ID]],
        }
        pages = self.account.rds.get_paginator("describe_db_instances").paginate(Filters=[cluster])  # type: ignore[list-item]  # of the shape
        found = {
            instance.get("DBInstanceIdentifier", ""): instance
            for page in pages
            for instance in page["DBInstances"]
        }
        known = [name for name in self.instance_identifiers if name in found]
        return {name: found[name] for name in [*known, *(found.keys() - set(known))]}

    @property
    def settled_instances(self) -> Mapping[str, DBInstanceTypeDef]:
        """Those of which RDS tells what they are, and the file says what they should be.

        One that is being created has no zone yet, and no Performance Insights; one that Aurora's
        auto scaling added is as its policy says.
        """
        return {
            name: instance
            for name, instance in self.instances.items()
            if instance.get("DBInstanceStatus") != "creating"
            and not name.startswith(ADDED_BY_AUTO_SCALING)
        }

    @cached_property
    def replication_instance(self) -> ReplicationInstanceTypeDef:
        """DMS's replication instance."""
        arn = self.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]
        found = self.account.dms.describe_replication_instances(
            Filters=[{"Name": "replication-instance-arn", "Values": [arn]}]
        )["ReplicationInstances"]
        return only(f"Replication instances {arn}", found)

    def endpoint_arn(self, end: End, database: Database) -> str:
        """The ARN of a database's endpoint, as the outputs name it.

        Raises:
            DiffersError: They name none.
        """
        one, several = _ENDPOINTS[end]
        if len(self.migration.databases) == 1:
            return str(self.outputs[one])
        arns: Mapping[str, str] = self.outputs[several]
        if database.aurora not in arns:
            raise DiffersError(f"The output {several} lacks the database {database.aurora}.")
        return arns[database.aurora]

    @cached_property
    def endpoints(self) -> Sequence[Endpoint]:
        """DMS's endpoints, two for each database; first those of the cluster's own."""
        arns = {
            (end, database): self.endpoint_arn(end, database)
            for database in self.migration.databases
            for end in _ENDPOINTS
        }
        pages = self.account.dms.get_paginator("describe_endpoints").paginate(
            Filters=[{"Name": "endpoint-arn", "Values": [*arns.values()]}]
        )
        found = [endpoint for page in pages for endpoint in page["Endpoints"]]
        several = len(self.migration.databases) > 1
        return [
            Endpoint(
                end=end,
                database=database,
                what=f"The {end}'s endpoint{f' for {database.aurora}' if several else ''}",
                found=only(
                    f"Endpoints {arn}", [it for it in found if it.get("EndpointArn") == arn]
                ),
            )
            for (end, database), arn in arns.items()
        ]

    @cached_property
    def leg_endpoints(self) -> Mapping[str, EndpointTypeDef]:
        """The endpoints of the ways back that are there, by identifier."""
        wanted = [
            self.names.leg_endpoint(leg.leg, end, leg.of.name)
            for leg in self.environment.legs
            for end in ("source", "target")
        ]
        pages = self.account.dms.get_paginator("describe_endpoints").paginate()
        return {
            name: endpoint
            for page in pages
            for endpoint in page["Endpoints"]
            if (name := endpoint.get("EndpointIdentifier", "")) in wanted
        }

    @property
    def sources(self) -> Sequence[Endpoint]:
        """Those at the source."""
        return [it for it in self.endpoints if it.end == "source"]

    @property
    def targets(self) -> Sequence[Endpoint]:
        """Those at Aurora."""
        return [it for it in self.endpoints if it.end == "target"]

    @cached_property
    def tasks(self) -> Mapping[str, ReplicationTaskTypeDef]:
        """The replication instance's tasks by the names in the environment's file; others by ARN."""
        instance = self.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]
        pages = self.account.dms.get_paginator("describe_replication_tasks").paginate(
            Filters=[{"Name": "replication-instance-arn", "Values": [instance]}]
        )
        names = {arn: name for name, arn in self.outputs[outputs.DMS_TASK_ARNS].items()}
        for leg in self.environment.legs:
            names[self.leg_arn(leg)] = leg.task.name
        found = {
            task.get("ReplicationTaskArn", ""): task
            for page in pages
            for task in page.get("ReplicationTasks", [])
        }
        return {names.get(arn, arn): task for arn, task in found.items()}

    @property
    def task_names(self) -> list[str]:
        """The names of the tasks that should be there: the file's, and those of its ways back."""
        of_the_file = [task.name for task in self.environment.tasks]
        return [*of_the_file, *(leg.task.name for leg in self.environment.legs)]

    def task_arn(self, task_name: str) -> str:
        """The ARN of one of them, as the outputs name it; empty where they name none."""
        for leg in self.environment.legs:
            if leg.task.name == task_name:
                return self.leg_arn(leg)
        return str(self.outputs[outputs.DMS_TASK_ARNS].get(task_name, ""))

    def leg_arn(self, leg: Leg) -> str:
        """The ARN of a leg's task, as the outputs name it; empty where they name none."""
        output = {BACK: outputs.DMS_BACK_TASK_ARNS, AGAIN: outputs.DMS_AGAIN_TASK_ARNS}[leg.leg]
        arns: Mapping[str, str] = self.outputs[output]
        return arns.get(leg.of.name, "")

    def in_the_vpc(self, name: str = "vpc-id") -> list[FilterTypeDef]:
        """EC2's filter for the environment's VPC."""
        return [{"Name": name, "Values": [self.outputs[outputs.VPC_ID]]}]

    @cached_property
    def flow_log(self) -> FlowLogTypeDef:
        """The stack's flow log of its own VPC; others, as Control Tower's, may be there too."""
        found = self.account.ec2.describe_flow_logs(Filters=self.in_the_vpc("resource-id"))
        group = self.names.flow_logs_group
        return only(
            f"Flow logs of the VPC into {group}",
            [log for log in found["FlowLogs"] if _log_group(log) == group],
        )


def _log_group(log: FlowLogTypeDef) -> str:
    named = log.get("LogDestination", "").removesuffix(":*").partition(":log-group:")[2]
    return log.get("LogGroupName") or named

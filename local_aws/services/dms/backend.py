"""What DMS keeps in one account and region."""

from __future__ import annotations

import re
import secrets
import string
from typing import TYPE_CHECKING, Any

from moto.core.resource_tagging import TaggedResource
from moto.dms.models import DatabaseMigrationServiceBackend

from local_aws.answers import BackendMixin
from local_aws.services.dms.shelf import Resource, Shelf, invalid_value, not_found

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of an endpoint or a task: the last segment of its ARN.
# https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationTask.html
_RESOURCE_IDENTIFIER = re.compile(r"(?!.*--)[A-Za-z][A-Za-z0-9-]{0,29}[A-Za-z0-9]|[A-Za-z]")
_RESOURCE_ID_LENGTH = 26


class LocalDmsBackend(BackendMixin, DatabaseMigrationServiceBackend):  # type: ignore[misc]  # moto is untyped here
    """A shelf for each kind of resource; only the tags are kept as moto keeps them."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin with nothing."""
        super().__init__(region_name, account_id)
        self.instances = Shelf(
            kind="Replication instance",
            id_key="ReplicationInstanceIdentifier",
            status_key="ReplicationInstanceStatus",
            filters={
                "replication-instance-arn": ["ReplicationInstanceArn"],
                "replication-instance-id": ["ReplicationInstanceIdentifier"],
                "replication-instance-class": ["ReplicationInstanceClass"],
                "engine-version": ["EngineVersion"],
            },
        )
        self.subnet_groups = Shelf(
            kind="Replication subnet group",
            id_key="ReplicationSubnetGroupIdentifier",
            filters={"replication-subnet-group-id": ["ReplicationSubnetGroupIdentifier"]},
        )
        self.endpoint_shelf = Shelf(
            kind="Endpoint",
            id_key="EndpointIdentifier",
            status_key="Status",
            filters={
                "endpoint-arn": ["EndpointArn"],
                "endpoint-type": ["EndpointType"],
                "endpoint-id": ["EndpointIdentifier"],
                "engine-name": ["EngineName"],
            },
        )
        self.tasks = Shelf(
            kind="Replication task",
            id_key="ReplicationTaskIdentifier",
            status_key="Status",
            filters={
                "replication-task-arn": ["ReplicationTaskArn"],
                "replication-task-id": ["ReplicationTaskIdentifier"],
                "migration-type": ["MigrationType"],
                "endpoint-arn": ["SourceEndpointArn", "TargetEndpointArn"],
                "replication-instance-arn": ["ReplicationInstanceArn"],
            },
        )
        self.certificates = Shelf(
            kind="Certificate",
            id_key="CertificateIdentifier",
            filters={
                "certificate-arn": ["CertificateArn"],
                "certificate-id": ["CertificateIdentifier"],
            },
        )
        self.subscriptions = Shelf(
            kind="Event subscription",
            id_key="CustSubscriptionId",
            status_key="Status",
            filters={
                "event-subscription-id": ["CustSubscriptionId"],
                "event-subscription-arn": ["CustSubscriptionId"],
            },
        )
        self.connection_tests = Shelf(
            kind="Connection",
            id_key="ConnectionIdentifier",
            status_key="Status",
        )

    def arn(self, kind: str, resource_id: str) -> str:
        """The ARN of a resource, such as kind `task`."""
        return f"arn:{self.partition}:dms:{self.region_name}:{self.account_id}:{kind}:{resource_id}"

    def arn_with_resource_id(self, kind: str, wanted: str | None) -> str:
        """The ARN of a resource that may be given the last segment of its ARN.

        Raises:
            AwsError: InvalidParameterValueException, where the segment is not one that DMS takes.
        """
        if wanted is None:
            alphabet = string.ascii_uppercase + string.digits
            return self.arn(
                kind, "".join(secrets.choice(alphabet) for _ in range(_RESOURCE_ID_LENGTH))
            )
        if not _RESOURCE_IDENTIFIER.fullmatch(wanted):
            raise invalid_value(
                f"Invalid ResourceIdentifier {wanted!r}: give 1 to 31 letters, digits and single "
                "hyphens, a letter first, no hyphen last"
            )
        return self.arn(kind, wanted)

    def default_key_arn(self) -> str:
        """The key that DMS uses where none is given."""
        return (
            f"arn:{self.partition}:kms:{self.region_name}:{self.account_id}:key/"
            "00000000-0000-0000-0000-000000000000"
        )

    def tag(self, arn: str, tags: list[dict[str, str]] | None) -> None:
        """Add tags to a resource."""
        self.tagger.tag_resource(arn, tags or [])

    def resource(self, arn: str) -> Resource:
        """The resource with this ARN, of whatever kind.

        Raises:
            AwsError: ResourceNotFoundFault.
        """
        for _, shelf in self._shelves():
            if found := shelf.find(arn):
                return found
        raise not_found(f"Resource {arn} not found.")

    def iter_tagged_resources(self) -> Iterator[Any]:
        """Every resource with its tags, for the tagging API."""
        for kind, shelf in self._shelves():
            for resource in shelf.all():
                yield TaggedResource(
                    arn=resource.arn,
                    tags=self.tagger.get_tag_dict_for_resource(resource.arn),
                    resource_type=kind,
                )

    def _shelves(self) -> list[tuple[str, Shelf]]:
        return [
            ("dms:rep", self.instances),
            ("dms:subgrp", self.subnet_groups),
            ("dms:endpoint", self.endpoint_shelf),
            ("dms:task", self.tasks),
            ("dms:cert", self.certificates),
            ("dms:es", self.subscriptions),
        ]

"""Where DMS keeps the resources of one kind, and how their states pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local_aws.answers import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A resource whose next state is this is dropped.
GONE = "gone"
_PAGE = 100


def not_found(message: str) -> AwsError:
    """DMS's ResourceNotFoundFault."""
    return AwsError("ResourceNotFoundFault", message)


def already_exists(what: str) -> AwsError:
    """DMS's ResourceAlreadyExistsFault."""
    return AwsError("ResourceAlreadyExistsFault", f"{what} already exists.")


def invalid_state(message: str) -> AwsError:
    """DMS's InvalidResourceStateFault."""
    return AwsError("InvalidResourceStateFault", message)


def invalid_value(message: str) -> AwsError:
    """DMS's InvalidParameterValueException, which botocore's model does not list."""
    return AwsError("InvalidParameterValueException", message)


@dataclass(kw_only=True, slots=True)
class Resource:
    """One resource.

    Attributes:
        arn: Its ARN.
        data: What a describe call shows, under the API's names.
        upcoming: The states that the next describe calls bring about, one each.
        hidden: What no describe call shows.
    """

    arn: str
    data: dict[str, Any]
    upcoming: list[str] = field(default_factory=list)
    hidden: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Shelf:
    """The resources of one kind in one account and region.

    Attributes:
        kind: What messages call such a resource.
        id_key: The member that holds the name, unique among them.
        status_key: The member that holds the state; empty where the kind has none.
        filters: The names of filters, and the members that each compares.
    """

    kind: str
    id_key: str
    status_key: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    _resources: dict[str, Resource] = field(default_factory=dict)

    def add(self, resource: Resource) -> Resource:
        """Keep a new resource.

        Raises:
            AwsError: ResourceAlreadyExistsFault, where the name or the ARN is taken.
        """
        name = resource.data[self.id_key]
        if resource.arn in self._resources or self.by_name(name):
            raise already_exists(f"{self.kind} {name}")
        self._resources[resource.arn] = resource
        return resource

    def all(self) -> list[Resource]:
        """Every resource that is not being deleted."""
        return [r for r in self._resources.values() if r.upcoming[:1] != [GONE]]

    def find(self, arn: str) -> Resource | None:
        """The resource with this ARN, if there is one."""
        return next((r for r in self.all() if r.arn == arn), None)

    def by_name(self, name: str) -> Resource | None:
        """The resource with this name, if there is one."""
        return next((r for r in self.all() if r.data[self.id_key] == name), None)

    def get(self, arn: str) -> Resource:
        """The resource with this ARN.

        Raises:
            AwsError: ResourceNotFoundFault.
        """
        if resource := self.find(arn):
            return resource
        raise not_found(f"{self.kind} {arn} not found.")

    def delete(self, resource: Resource) -> dict[str, Any]:
        """Begin to delete: the answer says so, the next describe call finds nothing."""
        if not self.status_key:
            del self._resources[resource.arn]
            return resource.data
        resource.data[self.status_key] = "deleting"
        resource.upcoming = [GONE]
        return resource.data

    def describe(self, parameters: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
        """A page of the resources that match `Filters`, each moved to its next state.

        Raises:
            AwsError: ResourceNotFoundFault where filters match nothing, and
                InvalidParameterValueException for a filter of another name.
        """
        for resource in list(self._resources.values()):
            self._advance(resource)
        found = [r.data for r in self._resources.values()]
        filters = parameters.get("Filters") or []
        for each in filters:
            found = [data for data in found if self._matches(data, each)]
        if filters and not found:
            raise not_found(f"No {self.kind} found matching provided filters")
        return page(found, parameters)

    def _advance(self, resource: Resource) -> None:
        if not resource.upcoming:
            return
        state = resource.upcoming.pop(0)
        if state == GONE:
            del self._resources[resource.arn]
        else:
            resource.data[self.status_key] = state

    def _matches(self, data: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        if wanted["Name"] not in self.filters:
            raise invalid_value(
                f"Unrecognized filter name: {wanted['Name']}; "
                f"there are {', '.join(sorted(self.filters))}"
            )
        return any(data.get(key) in wanted["Values"] for key in self.filters[wanted["Name"]])


def page(
    items: Sequence[dict[str, Any]], parameters: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], str | None]:
    """The items of one page, and the marker of the next where there is one."""
    start = int(parameters.get("Marker") or 0)
    end = start + int(parameters.get("MaxRecords") or _PAGE)
    return list(items[start:end]), str(end) if end < len(items) else None

"""DMS endpoints, and tests of their connections."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from local_aws.answers import Answer, ResponseMixin
from local_aws.services.dms.attributes import reflected_settings
from local_aws.services.dms.movement import tried
from local_aws.services.dms.reach import reached
from local_aws.services.dms.shelf import Resource, invalid_state, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_aws.services.dms.backend import LocalDmsBackend

_DISPLAY_NAMES = {
    "postgres": "PostgreSQL",
    "aurora-postgresql": "Amazon Aurora PostgreSQL",
}
_SETTINGS = "PostgreSQLSettings"
# Never shown again, or not the endpoint's own.
_NOT_SHOWN = {"Password", "Tags", "ResourceIdentifier", "ExactSettings", "EndpointArn"}
# What DMS wrote of a PostgreSQL server that refused, seen in several places of the web; of what else
# fails it is the same but for the words of the server or the driver at its end.
_FAILED = (
    "Test Endpoint failed: Application-Status: 1020912, Application-Message: Failed to connect "
    "Network error has occurred, Application-Detailed-Message: RetCode: SQL_ERROR  SqlState: 08001 "
    "NativeError: 101 Message: [unixODBC]{}"
)
OUTDATED = "outdated"
"""Whether a test's endpoint has changed since, of what is hidden of it."""
_BUSY = {"starting", "running", "stopping"}


class Endpoints(ResponseMixin):
    """The calls about endpoints and connections."""

    dms_backend: LocalDmsBackend

    def create_endpoint(self) -> Answer:
        """CreateEndpoint."""
        parameters = self.parameters()
        backend = self.dms_backend
        engine = parameters["EngineName"]
        resource = Resource(
            arn=backend.arn_with_resource_id("endpoint", parameters.get("ResourceIdentifier")),
            data={
                "EngineDisplayName": _DISPLAY_NAMES.get(engine, engine),
                "SslMode": "none",
                "KmsKeyId": backend.default_key_arn(),
                "Status": "active",
            },
        )
        resource.data["EndpointArn"] = resource.arn
        _apply(backend, resource, parameters)
        backend.endpoint_shelf.add(resource)
        backend.tag(resource.arn, parameters.get("Tags"))
        return Answer({"Endpoint": resource.data})

    def describe_endpoints(self) -> Answer:
        """DescribeEndpoints."""
        endpoints, marker = self.dms_backend.endpoint_shelf.describe(self.parameters())
        return Answer({"Endpoints": endpoints, "Marker": marker})

    def modify_endpoint(self) -> Answer:
        """ModifyEndpoint; refused while a task that uses it runs. Its tests are to be made again."""
        parameters = self.parameters()
        backend = self.dms_backend
        endpoint = backend.endpoint_shelf.get(parameters["EndpointArn"])
        for task in _tasks_of(backend, endpoint.arn):
            if task.data["Status"] in _BUSY:
                raise invalid_state(
                    f"Endpoint {endpoint.arn} cannot be modified while the task {task.arn} that "
                    "uses it is running."
                )
        _apply(backend, endpoint, parameters)
        # What is shown of them nobody says; that they no longer count the next start does.
        for test in _tests_of(backend, endpoint.arn):
            test.hidden[OUTDATED] = True
        return Answer({"Endpoint": endpoint.data})

    def delete_endpoint(self) -> Answer:
        """DeleteEndpoint; refused while a task uses it."""
        backend = self.dms_backend
        endpoint = backend.endpoint_shelf.get(self.parameters()["EndpointArn"])
        if _tasks_of(backend, endpoint.arn):
            raise invalid_state(f"Endpoint {endpoint.arn} is part of one or more ReplicationTasks.")
        for test in _tests_of(backend, endpoint.arn):
            backend.connection_tests.delete(test)
        return Answer({"Endpoint": backend.endpoint_shelf.delete(endpoint)})

    def test_connection(self) -> Answer:
        """TestConnection: under way in the answer.

        Where the endpoint's host is on this machine, it is connected to. Elsewhere there is nothing
        to connect to, and the next describe call shows a success.
        """
        parameters = self.parameters()
        backend = self.dms_backend
        instance = backend.instances.get(parameters["ReplicationInstanceArn"])
        endpoint = backend.endpoint_shelf.get(parameters["EndpointArn"])
        key = f"{instance.arn} {endpoint.arn}"
        test = backend.connection_tests.find(key) or backend.connection_tests.add(
            Resource(arn=key, data={"ConnectionIdentifier": key})
        )
        if test.data.get("Status") == "testing" and not test.upcoming:
            raise invalid_state(f"Connection {key} is being tested.")
        test.hidden.clear()
        test.data |= {
            "ReplicationInstanceArn": instance.arn,
            "ReplicationInstanceIdentifier": instance.data["ReplicationInstanceIdentifier"],
            "EndpointArn": endpoint.arn,
            "EndpointIdentifier": endpoint.data["EndpointIdentifier"],
            "Status": "testing",
            "LastFailureMessage": "",
        }
        if target := reached(backend, endpoint):
            answer = _shown(test.data)
            threading.Thread(target=_try, args=(test, target), daemon=True).start()
            return Answer({"Connection": answer})
        test.upcoming = ["successful"]
        return Answer({"Connection": _shown(test.data)})

    def describe_connections(self) -> Answer:
        """DescribeConnections; empty for what was never tested."""
        parameters = self.parameters()
        tests, _ = self.dms_backend.connection_tests.describe({})
        keys = {
            "endpoint-arn": "EndpointArn",
            "replication-instance-arn": "ReplicationInstanceArn",
        }
        for each in parameters.get("Filters") or []:
            tests = [test for test in tests if test[keys[each["Name"]]] in each["Values"]]
        found, marker = page([_shown(test) for test in tests], parameters)
        return Answer({"Connections": found, "Marker": marker})

    def delete_connection(self) -> Answer:
        """DeleteConnection: forget a test."""
        parameters = self.parameters()
        tests = self.dms_backend.connection_tests
        test = tests.get(f"{parameters['ReplicationInstanceArn']} {parameters['EndpointArn']}")
        return Answer({"Connection": _shown(tests.delete(test))})


def _apply(backend: LocalDmsBackend, endpoint: Resource, parameters: Mapping[str, Any]) -> None:
    if certificate := parameters.get("CertificateArn"):
        backend.certificates.get(certificate)
    endpoint.data |= {
        key: _shown_settings(value)
        for key, value in parameters.items()
        if key not in _NOT_SHOWN and key != _SETTINGS
    }
    if endpoint.data["EngineName"] not in _DISPLAY_NAMES:
        return
    # What a call does not name keeps its value, unless the call says that it names all.
    kept = {} if parameters.get("ExactSettings") else endpoint.data.get(_SETTINGS, {})
    endpoint.data[_SETTINGS] = {
        **kept,
        **_shown_settings(parameters.get(_SETTINGS, {})),
        **reflected_settings(parameters.get("ExtraConnectionAttributes", "")),
    }


def _try(test: Resource, endpoint: Mapping[str, Any]) -> None:
    failure = tried(endpoint)
    test.data = {
        **test.data,
        "Status": "failed" if failure else "successful",
        "LastFailureMessage": _FAILED.format(failure) if failure else "",
    }


def _shown_settings(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: member for key, member in value.items() if key != "Password"}
    return value


def _tests_of(backend: LocalDmsBackend, endpoint_arn: str) -> list[Resource]:
    return [
        test for test in backend.connection_tests.all() if test.data["EndpointArn"] == endpoint_arn
    ]


def _shown(test: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in test.items() if key != "ConnectionIdentifier"}


def _tasks_of(backend: LocalDmsBackend, endpoint_arn: str) -> list[Resource]:
    return [
        task
        for task in backend.tasks.all()
        if endpoint_arn in (task.data["SourceEndpointArn"], task.data["TargetEndpointArn"])
    ]

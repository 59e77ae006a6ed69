"""The settings of PostgreSQL endpoints, as extra connection attributes.

They are attributes and not the provider's ``postgres_settings`` because provider 5.100.0 sends a
change of the former and never one of the latter: it reports success, and DMS knows nothing.

Every attribute is written, also where it equals DMS's default: ModifyEndpoint keeps what is not
named, so an attribute that is left out would keep its old value. Names and order are fixed, the
names as DMS documents them, and there is no semicolon at the end, because DMS gives the text back
as it was sent and the provider compares it letter by letter. An attribute that is None is not
written at all; to take back ``slotName`` or ``secretsManagerEndpointOverride`` once DMS has it,
replace the endpoint (and with it the task).

Sources: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html and
CHAP_Target.PostgreSQL.html, "Endpoint settings and Extra Connection Attributes (ECAs)"
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from constructs_lib.replication.checks import (
    check_attribute_value,
    check_postgresql_name,
    check_range,
)

_LONGEST_EXECUTE_TIMEOUT_SECONDS = 86_400
_LARGEST_FILE_KB = 1_048_576


class ReplicationPlugin(StrEnum):
    """The output plugin of the logical replication slot."""

    TEST_DECODING = "test_decoding"
    PGLOGICAL = "pglogical"


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceSettings:
    """What DMS does at the PostgreSQL source.

    Two things are fixed: a LOB that would be cut fails the task, and booleans travel as booleans,
    which both endpoints have to say.

    Args:
        plugin: test_decoding by default, which comes with PostgreSQL; pglogical is an extension.
        slot_name: A logical replication slot that exists; DMS makes its own by default.
        capture_ddls: Carry changes of tables, by an event trigger and a table that DMS makes at the
            source, which takes a superuser there; true by default.
        ddl_artifacts_schema: The schema for these, ``public`` by default.
        heartbeat: Write to a table at the source at intervals, so that the slot of an idle database
            does not keep the WAL until the disk is full; true by default. A read replica cannot.
        heartbeat_frequency_minutes: The interval, 1 to 60 minutes; 5 by default.
        heartbeat_schema: The schema for the table, ``public`` by default.
        execute_timeout_seconds: How long a statement may take, 1 to 86400; 60 by default.
        map_unbounded_numeric_as_string: Carry NUMERIC without precision as text, where DMS would
            round it to NUMERIC(28,6); false by default, for it is slower. Set the target's alike.

    Raises:
        ValueError: A number is out of range, or a name needs quotes.
    """

    plugin: ReplicationPlugin = ReplicationPlugin.TEST_DECODING
    slot_name: str | None = None
    capture_ddls: bool = True
    ddl_artifacts_schema: str = "public"
    heartbeat: bool = True
    heartbeat_frequency_minutes: int = 5
    heartbeat_schema: str = "public"
    execute_timeout_seconds: int = 60
    map_unbounded_numeric_as_string: bool = False

    def __post_init__(self) -> None:
        _check_execute_timeout(self.execute_timeout_seconds)
        check_range(
            "heartbeat_frequency_minutes",
            self.heartbeat_frequency_minutes,
            lowest=1,
            highest=60,
            unit="minutes",
            remedy="A longer interval lets the WAL grow; set heartbeat to false for none",
        )
        check_postgresql_name("ddl_artifacts_schema", self.ddl_artifacts_schema)
        check_postgresql_name("heartbeat_schema", self.heartbeat_schema)
        if self.slot_name is not None:
            check_postgresql_name("slot_name", self.slot_name)

    def extra_connection_attributes(self, *, secrets_manager_endpoint: str | None = None) -> str:
        """The endpoint's ``key=value;key=value``.

        Args:
            secrets_manager_endpoint: The DNS name under which the instance reaches Secrets Manager;
                the region's public name by default.

        Raises:
            ValueError: The name would not survive as an attribute.
        """
        return _joined(
            {
                "captureDdls": self.capture_ddls,
                "ddlArtifactsSchema": self.ddl_artifacts_schema,
                "executeTimeout": self.execute_timeout_seconds,
                "failTasksOnLobTruncation": True,
                "heartbeatEnable": self.heartbeat,
                "heartbeatFrequency": self.heartbeat_frequency_minutes,
                "heartbeatSchema": self.heartbeat_schema,
                "mapBooleanAsBoolean": True,
                "mapUnboundedNumericAsString": self.map_unbounded_numeric_as_string,
                "pluginName": self.plugin,
                "secretsManagerEndpointOverride": secrets_manager_endpoint,
                "slotName": self.slot_name,
            }
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetSettings:
    """What DMS does at the Aurora target.

    Booleans travel as booleans, which both endpoints have to say.

    Args:
        after_connect_script: One SQL statement that DMS runs on each connection. By default
            ``SET session_replication_role='replica'``, under which foreign keys and triggers do not
            fire: tables are loaded in no particular order.
        max_file_size_kb: The size of the CSV files by which rows are loaded, 1 to 1048576 KB; 32768
            by default.
        execute_timeout_seconds: How long a statement may take, 1 to 86400; 60 by default.
        map_unbounded_numeric_as_string: As at the source; false by default.

    Raises:
        ValueError: A number is out of range, or the statement would not survive.
    """

    after_connect_script: str = "SET session_replication_role='replica'"
    max_file_size_kb: int = 32_768
    execute_timeout_seconds: int = 60
    map_unbounded_numeric_as_string: bool = False

    def __post_init__(self) -> None:
        check_attribute_value("after_connect_script", self.after_connect_script)
        _check_execute_timeout(self.execute_timeout_seconds)
        check_range(
            "max_file_size_kb",
            self.max_file_size_kb,
            lowest=1,
            highest=_LARGEST_FILE_KB,
            unit="KB",
            remedy="DMS writes no larger files",
        )

    def extra_connection_attributes(self, *, secrets_manager_endpoint: str | None = None) -> str:
        """The endpoint's ``key=value;key=value``.

        Args:
            secrets_manager_endpoint: The DNS name under which the instance reaches Secrets Manager;
                the region's public name by default.

        Raises:
            ValueError: The name would not survive as an attribute.
        """
        return _joined(
            {
                "afterConnectScript": self.after_connect_script,
                "executeTimeout": self.execute_timeout_seconds,
                "mapBooleanAsBoolean": True,
                "mapUnboundedNumericAsString": self.map_unbounded_numeric_as_string,
                "maxFileSize": self.max_file_size_kb,
                "secretsManagerEndpointOverride": secrets_manager_endpoint,
            }
        )


def _check_execute_timeout(seconds: int) -> None:
    check_range(
        "execute_timeout_seconds",
        seconds,
        lowest=1,
        highest=_LONGEST_EXECUTE_TIMEOUT_SECONDS,
        unit="seconds",
        remedy="A statement that takes longer than a day is a fault",
    )


def _joined(attributes: dict[str, bool | int | str | None]) -> str:
    texts = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in attributes.items()
        if value is not None
    }
    for name, text in texts.items():
        check_attribute_value(name, text)
    return ";".join(f"{name}={text}" for name, text in texts.items())

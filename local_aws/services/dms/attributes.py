"""Extra connection attributes, which DMS shows as settings of the endpoint too.

`pluginName=pglogical;heartbeatEnable=true` reads back as `PluginName` and `HeartbeatEnable` of
`PostgreSQLSettings`: the attributes are the older way to say the same.
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source.PostgreSQL.ConnectionAttrib
"""

from __future__ import annotations

from typing import Any

from moto.core.utils import get_service_model

from local_aws.services.dms.shelf import invalid_value


def parse_attributes(attributes: str) -> dict[str, str]:
    """The attributes by name.

    A script may hold a semicolon or an equals sign only as its last resort does: what follows a
    semicolon without a name belongs to the value before.

    Raises:
        AwsError: InvalidParameterValueException, for text that no `name=` goes before.
    """
    parsed: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in attributes.split(";"))):
        name, equals, value = part.partition("=")
        if not equals:
            raise invalid_value(f"Invalid extra connection attribute {part!r}: give name=value")
        parsed[name.strip()] = value.strip()
    return parsed


def reflected_settings(attributes: str) -> dict[str, Any]:
    """The members of PostgreSQLSettings that the attributes amount to.

    An attribute that is no such member, `secretsManagerEndpointOverride` for one, stays an
    attribute only.

    Raises:
        AwsError: InvalidParameterValueException, for a value of another type.
    """
    members = get_service_model("dms").shape_for("PostgreSQLSettings").members
    settings = {}
    for name, value in parse_attributes(attributes).items():
        member = name[:1].upper() + name[1:]
        if member in members:
            settings[member] = _typed(name, value, members[member])
    return settings


def _typed(name: str, value: str, shape: Any) -> Any:  # noqa: ANN401 - botocore's shape, any value
    if shape.type_name == "boolean":
        if value.lower() not in ("true", "false", "y", "n", "1", "0"):
            raise invalid_value(f"Invalid value {value!r} of {name}: give true or false")
        return value.lower() in ("true", "y", "1")
    if shape.type_name == "integer":
        if not value.isdigit():
            raise invalid_value(f"Invalid value {value!r} of {name}: give a number")
        return int(value)
    # The attribute spells test_decoding as PostgreSQL does, the setting as the API does.
    text = value.replace("_", "-") if name == "pluginName" else value
    allowed = getattr(shape, "enum", None)
    if allowed and text not in allowed:
        raise invalid_value(f"Invalid value {value!r} of {name}: give {', '.join(allowed)}")
    return text

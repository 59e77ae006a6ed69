"""The settings of PostgreSQL endpoints, as extra connection attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def connection_attributes(attributes: Mapping[str, bool | int | str | None]) -> str:
    """The endpoint's ``key=value;key=value``, in the order given.

    They are attributes and not the provider's ``postgres_settings`` because provider 5.100.0 sends
    a change of the former and never one of the latter: it reports success, and DMS knows nothing.

    Name every attribute, also where it equals DMS's default: ModifyEndpoint keeps what is not
    named, so an attribute that is left out would keep its old value. Names and order are fixed, the
    names as DMS documents them, and there is no semicolon at the end, because DMS gives the text
    back as it was sent and the provider compares it letter by letter. DMS splits at semicolons and
    knows no escape, so no value may have one.

    An attribute that is None is not written at all; to take back ``slotName`` or
    ``secretsManagerEndpointOverride`` once DMS has it, replace the endpoint (and with it the task).

    Sources: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html and
    CHAP_Target.PostgreSQL.html, "Endpoint settings and Extra Connection Attributes (ECAs)"
    """
    return ";".join(
        f"{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in attributes.items()
        if value is not None
    )

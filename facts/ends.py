"""What ends when: versions of which AWS has said that it, or seen that it, offers them no longer.

A version that is not here is not known to end. AWS moves its dates; `ferry check aws` asks the region.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

AURORA_ENDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("15.3", "15.4", "15.5"), "reached its end on 30 September 2025"),
    "15.7": "reached its end in November 2025",
    "15.8": "could no longer be created in July 2026",
}
"""Versions of Aurora PostgreSQL, each with what became of it. Sources: AWS's calendar,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html,
as https://github.com/sudheermanubolu/librechat-cdk/issues/11 (15.3 to 15.5) and
https://github.com/aws-samples/dify-self-hosted-on-aws/pull/100 (15.7) read it; what was tried in
us-east-1, https://github.com/aws-samples/sample-apj-sup-sa/pull/163 (15.8)."""

DMS_ENDS: Final[Mapping[str, str]] = {
    "3.5.4": "takes no new instance after 31 January 2027 and ends on 31 March 2027",
    "3.6.0": "ended on 27 July 2026",
}
"""Versions of DMS, each with what becomes of it. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReleaseNotes.html"""

DMS_VERSION: Final = re.compile(r"3\.5\.4|3\.6\.[1-9][0-9]?|3\.(?:[7-9]|[1-9][0-9])\.[0-9]{1,2}")
"""A version of DMS of which AWS has not said that it has ended: the default, and newer ones."""

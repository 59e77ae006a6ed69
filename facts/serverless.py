"""Aurora Serverless v2: instances without a size, which scale between two capacities of their cluster.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html
"""

from typing import Final

SERVERLESS: Final = "db.serverless"
"""The class of every serverless instance. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.requirements.html"""

ACU_STEP: Final = 0.5
"""Capacities are multiples of it, in Aurora capacity units (ACU). Source:
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html"""

LEAST_MAX_ACU: Final = 1
"""The least upper capacity; 0.5 can only be the lower one. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html"""

MOST_ACU: Final = 256
"""The most of a version of today; of an older one 128, which DescribeDBEngineVersions says. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2FeaturesSupport.html"""

BYTES_IN_ACU: Final = 2 * 1024**3
"""About how much memory a capacity unit is."""

INSIGHTS_ACU: Final = 2
"""The least lower capacity that AWS recommends with Performance Insights: below it an idle instance
may not come down to it, and is short of memory where it does. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html"""

WITH_THE_WRITER: Final = 1
"""Up to this promotion tier a serverless reader is always as large as the writer, to take its place;
those above it scale by themselves. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html"""

_CONNECTIONS_AN_ACU: Final = 211.4
_CONNECTIONS_OF_OTHERS: Final = 22.4
_MOST_CONNECTIONS: Final = 5000
_MOST_CONNECTIONS_OF_THE_SMALLEST: Final = 2000


def max_connections(min_acu: float, max_acu: float) -> int:
    """How many connections a serverless instance accepts, unless ``max_connections`` is set.

    Aurora reckons it from the upper capacity: the line through the figures that AWS names, up to 5,000,
    and to 2,000 where an instance may come down to less than 1 ACU. An instance follows a change of the
    capacities when it is restarted. Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html

    Args:
        min_acu: The lower capacity.
        max_acu: The upper one.
    """
    most = _MOST_CONNECTIONS_OF_THE_SMALLEST if min_acu < 1 else _MOST_CONNECTIONS
    return min(round(_CONNECTIONS_AN_ACU * max_acu - _CONNECTIONS_OF_OTHERS), most)

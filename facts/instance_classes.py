"""What instance classes of Aurora and DMS have: the memory, and the connections it allows.

Sources:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.Summary.html,
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.Types.html
"""

from __future__ import annotations

import re
from typing import Final

BYTES_IN_GIB: Final = 1024**3

DMS_STORAGE_GIB: Final = 50
"""What a replication instance has at least where nothing is said: large classes have twice as much.
Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_BestPractices.html"""

CLASS: Final = re.compile(
    r"(?:db|dms)\.(?P<family>[a-z]+)(?P<generation>\d+)(?P<variant>[a-z0-9-]*)\.(?P<size>[a-z0-9]+)"
)
"""An instance class, such as ``db.r6g.2xlarge``: family r, generation 6, variant g, size 2xlarge."""

AURORA_CLASS: Final = re.compile(
    r"db\.(?:t3|t4g)\.(?:medium|large)|db\.(?:r5|r[67](?:g|gd|i|id)|r8(?:g|gd)|x2g)\.(?:large|[0-9]{0,2}xlarge)"
)
"""A class that Aurora PostgreSQL is made with; those of Serverless and such as are made no more are left
out. Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html"""

DMS_CLASS: Final = re.compile(
    r"dms\.(?:t3\.(?:micro|small|medium|large)|(?:c5|c6i|c7i|r5|r6i|r7i)\.(?:large|[0-9]{0,2}xlarge))"
)
"""A class that replication instances are made with; older families are left out.
Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.Types.html"""

_BURSTABLE_GIB: Final = {"micro": 1, "small": 2, "medium": 4, "large": 8}
_GIB_PER_VCPU: Final = {"c": 2, "m": 4, "r": 8, "x": 16}
_VCPUS_OF_A_LARGE: Final = 2
_VCPUS_OF_AN_XLARGE: Final = 4
_FIRST_C_WITH_ROUND_MEMORY: Final = 5
_BYTES_PER_CONNECTION: Final = 9_531_392
_MOST_CONNECTIONS: Final = 5000
_LOCAL_STORAGE_OF_MEMORY: Final = 2


def memory_bytes(instance_class: str) -> int | None:
    """A class's memory; None for a class that this table does not know.

    Args:
        instance_class: Such as ``db.r6g.large`` or ``dms.c5.2xlarge``.
    """
    match = CLASS.fullmatch(instance_class)
    if not match:
        return None
    family, size = match["family"], match["size"]
    if family == "t":
        gib = _BURSTABLE_GIB.get(size)
        return gib * BYTES_IN_GIB if gib else None
    per_vcpu, vcpus = _GIB_PER_VCPU.get(family), _vcpus(size)
    if per_vcpu is None or vcpus is None:
        return None
    if family in {"c", "r"} and int(match["generation"]) < _FIRST_C_WITH_ROUND_MEMORY:
        return None  # c4 and r4 have odd sizes, and are no longer made
    return per_vcpu * vcpus * BYTES_IN_GIB


def _vcpus(size: str) -> int | None:
    if size == "large":
        return _VCPUS_OF_A_LARGE
    count = size.removesuffix("xlarge")
    if count == size or not (count == "" or count.isdigit()):
        return None
    return _VCPUS_OF_AN_XLARGE * int(count or 1)


def max_connections(instance_class: str) -> int | None:
    """About how many connections Aurora PostgreSQL accepts, unless ``max_connections`` is set.

    The default is LEAST(DBInstanceClassMemory/9531392, 5000); DBInstanceClassMemory is a little
    less than the class's memory. Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html

    Args:
        instance_class: Such as ``db.r6g.large``.
    """
    memory = memory_bytes(instance_class)
    if memory is None or not instance_class.startswith("db."):
        return None
    return min(memory // _BYTES_PER_CONNECTION, _MOST_CONNECTIONS)


def local_storage_bytes(instance_class: str) -> int | None:
    """About how much local storage an instance of Aurora PostgreSQL has: twice its memory.

    A little less, mostly. None for what is not known, and for a class with disks of its own, such as
    ``db.r6gd.xlarge``, which has much more. Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html

    Args:
        instance_class: Such as ``db.r6g.large``.
    """
    memory, match = memory_bytes(instance_class), CLASS.fullmatch(instance_class)
    if memory is None or match is None or "d" in match["variant"] or instance_class[:3] != "db.":
        return None
    return _LOCAL_STORAGE_OF_MEMORY * memory

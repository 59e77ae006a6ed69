"""For each check a defect under which it fails, planted through boto3 and undone again.

Only on a local AWS of the tests' own. What Terraform's state says is not kept in step: nobody
plans there afterwards.
"""

from tests.integration.defects import (
    aurora,
    monitoring,
    network,
    replication,
    security,
    state,
    tasks,
)
from tests.integration.defects.planting import Defect

DEFECTS = (
    *state.DEFECTS,
    *network.DEFECTS,
    *security.DEFECTS,
    *aurora.DEFECTS,
    *replication.DEFECTS,
    *tasks.DEFECTS,
    *monitoring.DEFECTS,
)

__all__ = ["DEFECTS", "Defect"]

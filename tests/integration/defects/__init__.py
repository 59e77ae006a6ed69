"""For each check a defect under which it fails, planted through boto3 and undone again.

Only on a local AWS of the tests' own. What Terraform's state says is not kept in step: nobody
plans there afterwards.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.integration.defects.planting import DEFECTS, Defect

for _module in iter_modules(__path__, prefix=f"{__name__}."):
    import_module(_module.name)

__all__ = ["DEFECTS", "Defect"]

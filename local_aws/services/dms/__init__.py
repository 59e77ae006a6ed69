"""DMS: moto's covers little of it, so all of its calls are local AWS's own.

Resources pass through their states with the describe calls: an answer to a create or start call
says `creating` or `starting`, the next describe call finds the thing ready or running.
"""

from __future__ import annotations

from moto.dms.responses import DatabaseMigrationServiceResponse

from local_aws.services.dms.backend import LocalDmsBackend
from local_aws.services.dms.certificates import Certificates
from local_aws.services.dms.endpoints import Endpoints
from local_aws.services.dms.instances import Instances
from local_aws.services.dms.offers import Offers
from local_aws.services.dms.quotas import Quotas
from local_aws.services.dms.subnet_groups import SubnetGroups
from local_aws.services.dms.subscriptions import Subscriptions
from local_aws.services.dms.tags import Tags
from local_aws.services.dms.tasks import Tasks
from local_aws.services.extension import Extension


class LocalDmsResponse(
    Certificates,
    Endpoints,
    Instances,
    Offers,
    Quotas,
    SubnetGroups,
    Subscriptions,
    Tags,
    Tasks,
    DatabaseMigrationServiceResponse,  # type: ignore[misc]  # moto is untyped here
):
    """Answers every call to DMS that this project makes."""


EXTENSION = Extension(package="dms", backend=LocalDmsBackend, response=LocalDmsResponse)

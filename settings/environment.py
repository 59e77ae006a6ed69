"""An environment's file as a whole, and the environment that is made of it."""

from typing import Annotated

from pydantic import Field

from facts.names import Names, state_bucket
from settings.alarms import Alarms
from settings.aurora import Aurora
from settings.aws import Aws
from settings.dms import Dms
from settings.network import Network
from settings.protection import Protection
from settings.review import Review
from settings.section import Allowed, Section
from settings.source import Source
from settings.tags import Tags

EnvironmentName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=16, examples=["dev"]),
    Allowed("lower-case letters, digits and single hyphens, 16 at most, a letter first"),
]


class EnvironmentFile(Section):
    """What environments/NAME.toml may say."""

    aws: Aws
    """The account, the region, the provider."""

    network: Annotated[Network, Allowed("[network.vpc] or [network.existing_vpc]")]
    """The environment's VPC and the way to the source."""

    source: Source
    """The PostgreSQL database that is carried."""

    aurora: Aurora
    """The cluster that it is carried into."""

    protection: Protection = Protection()
    """What keeps the environment from being destroyed by mistake."""

    dms: Dms
    """The replication."""

    alarms: Alarms = Alarms()
    """Who is told, and from which value on."""

    tags: Tags
    """Who owns what is made."""

    review: Review = Review()
    """What a plan may not do."""


class Environment(EnvironmentFile):
    """An environment: its file, the name that the file has, the certificate that it names."""

    name: EnvironmentName
    """The file's name without .toml."""

    source_ca_certificate_pem: str | None = None
    """What `source.ca_certificate_file` holds: certificates alone, in PEM."""

    @property
    def names(self) -> Names:
        """What everything in the environment is called."""
        return Names(project=self.tags.project, environment=self.name)

    @property
    def prefix(self) -> str:
        """What most names begin with, such as `aurora-ferry-dev`."""
        return self.names.prefix

    @property
    def state_bucket(self) -> str:
        """The name of the account's state bucket, which lives in `aws.home_region`."""
        return state_bucket(self.tags.project, self.aws.account_id, self.aws.home_region)

    @property
    def state_key(self) -> str:
        """The key of the environment's state in that bucket."""
        return self.names.state_key

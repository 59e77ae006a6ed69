"""[source]: the PostgreSQL database that is carried."""

from typing import Annotated, Literal

from pydantic import Field

from facts.dms import SslMode
from settings.fields import (
    AttributeName,
    AttributeValue,
    Cidr,
    DatabaseName,
    Host,
    KmsKeyArn,
    PlainName,
    Port,
    SecretArn,
)
from settings.section import Allowed, List, Section

PluginName = Literal["test_decoding", "pglogical"]

PublicationName = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]{1,63}$", examples=["everything"]),
    Allowed("a publication's name, 63 characters at most"),
]

CertificateFile = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]+$", examples=["certificates/source-ca.pem"]),
    Allowed("a path relative to the environment's file"),
]


class Heartbeat(Section):
    """DMS's write-ahead log heartbeat: without it an idle source's slot holds back WAL."""

    enabled: bool = True
    """Whether DMS writes a row now and then into its own table on the source. Set it to false where
    the source must not be written to, and watch its disk."""

    schema_name: PlainName = Field(default="public", alias="schema")
    """The schema on the source that holds the heartbeat's table."""

    frequency_minutes: int = Field(default=5, ge=1, le=60)
    """Minutes between two heartbeats."""


class Source(Section):
    """The source database and how DMS speaks to it."""

    host: Host
    """The source's host name or IPv4 address, as DMS finds it from the VPC."""

    port: Port = 5432
    """The source's TCP port."""

    database: DatabaseName | None = None
    """The database's name, letter by letter; required unless `[[databases]]` names several. Default:
    none, beside these."""

    cidr: Cidr
    """The network that holds the source; DMS may open connections to it and nowhere else."""

    further_cidrs: Annotated[List[Cidr], Field(max_length=20)] = ()
    """Further networks in which the source may be, such as a standby's that takes over its name, or
    the public networks of one that others run. DMS may open connections to them too; the default of
    `network.route_to_source.cidrs` has them. Add a network here and leave `cidr` as it is: one that
    moves between the two is made anew, and AWS may refuse it until a second deployment."""

    ssl_mode: SslMode = "verify-full"
    """How the connection is secured. `none` does not, and synthesis warns of it; `require` encrypts
    and verifies nothing, `verify-ca` verifies the source's certificate, `verify-full` the host's
    name in it too."""

    ca_certificate_file: CertificateFile | None = None
    """The PEM file with the certificate authority that signed the source's certificate, 1 MB at
    most and in the folder of this file or below. Needed for verify-ca and verify-full, and for
    these alone. Of a bundle, certificates that have ended are left out, and synthesis says so."""

    secret_arn: SecretArn | None = None
    """A secret of your own that holds username, password, host and port. Default: none; `ferry
    secret source` writes the project's own, `aurora-ferry-dev/source`."""

    secret_kms_key_arn: KmsKeyArn | None = None
    """The customer managed key that encrypts `secret_arn`. Default: none, the account's
    aws/secretsmanager key."""

    plugin_name: PluginName = "test_decoding"
    """The logical decoding plugin: `test_decoding` comes with PostgreSQL, `pglogical` is an
    extension."""

    slot_name: PlainName | None = Field(default=None, examples=["aurora_ferry"])
    """A replication slot that exists already. Default: none, DMS makes one for each task."""

    heartbeat: Heartbeat = Heartbeat()
    """What keeps an idle source's slot from holding back WAL."""

    capture_ddls: bool = True
    """Whether DMS makes a table and an event trigger on the source to carry DDL."""

    ddl_artifacts_schema: PlainName = "public"
    """The schema on the source that holds this table."""

    execute_timeout_seconds: int = Field(default=60, ge=1, le=86_400)
    """The source's statement timeout for DMS."""

    extra_attributes: dict[AttributeName, AttributeValue] = Field(
        default_factory=dict, examples=[{"trimSpaceInChar": "false"}]
    )
    """More connection attributes of the source's endpoints, as DMS names them, values as text; one
    that is set here anyway, or holds a secret, is refused. They come last. One that is taken out of the
    file stays at DMS until the endpoint is replaced, so write its default in its place
    (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html)."""

    accepted_publications: Annotated[List[PublicationName], Field(max_length=20)] = ()
    """Publications of the source that take ferry's tables along, FOR ALL TABLES or TABLES IN SCHEMA
    ferry, and may do so: at each of their subscribers these tables were made first. One that lacks
    them stops at the first row of a table that it does not know
    (https://www.postgresql.org/docs/15/logical-replication-subscription.html). `ferry
    prepare-databases` refuses to make the tables beside any other such publication."""

    @property
    def cidrs(self) -> tuple[str, ...]:
        """Every network in which the source may be; `cidr` first."""
        return (self.cidr, *self.further_cidrs)

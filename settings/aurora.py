"""[aurora]: the cluster that the database is carried into."""

import math
import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from facts.aurora import MOST_READERS, is_reserved_user
from facts.serverless import ACU_STEP, LEAST_MAX_ACU, MOST_ACU, SERVERLESS
from settings.fields import AuroraDatabaseName, ClientCidr, SecurityGroupId
from settings.retention import InsightsRetentionDays, LogRetentionDays
from settings.section import Allowed, List, Section, refuse
from settings.windows import DailyWindow, WeeklyWindow

ApplyMethod = Literal["immediate", "pending-reboot"]
LifecycleSupport = Literal[
    "open-source-rds-extended-support", "open-source-rds-extended-support-disabled"
]

EngineVersion = Annotated[
    str,
    Field(pattern=r"^[1-9][0-9](\.[0-9]{1,2})?$", examples=["15.8"]),
    Allowed("a major and a minor version such as 15.8, or the major one alone"),
]
InstanceClass = Annotated[
    str,
    Field(
        pattern=r"^db\.(serverless|[a-z][a-z0-9-]*\.(medium|large|[0-9]*xlarge)(\.tpc[0-9]\.mem[0-9]x)?)$",
        examples=["db.r6g.large"],
    ),
    Allowed(f"an instance class such as db.r6g.large, or {SERVERLESS}"),
]


def _is_not_over(authority: str) -> str:
    """Refuse the authorities whose certificates have ended, in March 2020 and August 2024.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html
    """
    if authority in _ENDED:
        refuse(
            f"an authority other than {authority}, which ended in {_ENDED[authority]}",
            instead=_AUTHORITY,
        )
    return authority


_ENDED: Final = {"rds-ca-2015": 2020, "rds-ca-2019": 2024}


_AUTHORITY: Final = "rds-ca-rsa2048-g1"
CaCertificate = Annotated[
    str,
    Field(pattern=r"^rds-ca-[a-z0-9-]+$"),
    AfterValidator(_is_not_over),
    Allowed(f"an RDS certificate authority such as {_AUTHORITY}"),
]
Snapshot = Annotated[
    str,
    Field(
        pattern=r"^(arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:(cluster-)?snapshot:)?"
        r"((rds|awsbackup):)?[A-Za-z][A-Za-z0-9-]{0,254}$",
        examples=["aurora-ferry-before"],
    ),
    Allowed("a snapshot's name or ARN"),
]

_USER_IN_WORDS: Final = "a letter, then letters, digits or _, 16 at most, not a reserved name"


def _master_username(value: str) -> str:
    if is_reserved_user(value) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,15}", value):
        refuse(_USER_IN_WORDS)
    return value


ParameterName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_.]*$", examples=["work_mem"]),
    Allowed("a parameter's name in lower case"),
]


class Parameter(Section):
    """A value of the cluster's or the instances' parameter group.

    In the file either the value alone (`work_mem = 65536`) or a table with the apply method too
    (`some_new = {value = "on", apply_method = "immediate"}`).
    """

    value: Annotated[
        str,
        Field(min_length=1, max_length=8192, examples=["65536"]),
        Allowed("text that is not empty, 8192 characters at most"),
    ]
    """The value as PostgreSQL takes it. Numbers, true and false may be written without quotes."""

    apply_method: ApplyMethod | None = Field(default=None, examples=["pending-reboot"])
    """`immediate` for dynamic parameters, `pending-reboot` for static ones. Default: what the
    project knows of the parameter; required for one that it does not know."""

    @model_validator(mode="before")
    @classmethod
    def _value_alone(cls, data: object) -> object:
        """Take a bare value, and numbers and booleans as parameter groups write them."""
        table = dict(data) if isinstance(data, dict) else {"value": data}
        value = table.get("value")
        if isinstance(value, bool):
            table["value"] = "1" if value else "0"
        elif isinstance(value, float) and not math.isfinite(value):
            refuse("a number other than inf and nan, true, false or text", instead=65536)
        elif isinstance(value, float):
            table["value"] = float.__repr__(value)  # the shortest; the file's own may be 0.10
        elif isinstance(value, int):
            table["value"] = str(value)
        return table

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Show editors both forms."""
        table = handler.resolve_ref_schema(handler(core_schema))
        scalar = {"type": ["string", "number", "boolean"]}
        table["properties"]["value"].update(scalar)
        return {"anyOf": [scalar, dict(table)]}


class Serverless(Section):
    """Between which capacities each serverless instance scales, by itself and without a restart.

    A capacity unit (ACU) is about 2 GiB of memory, with the processor and the network that go with
    it. Each instance is paid for by what it is at the moment: a writer and two readers cost between
    three times `min_acu` and three times `max_acu`. A change of either is made at once
    (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html).
    """

    min_acu: Annotated[
        float,
        Field(ge=0, le=MOST_ACU, multiple_of=ACU_STEP, examples=[2]),
        Allowed(f"{ACU_STEP} to {MOST_ACU} in steps of {ACU_STEP}; 0 without logical replication"),
    ]
    """What an idle instance comes down to. AWS recommends 2 or more with Performance Insights, which
    is always on; with less than 1, PostgreSQL takes 2,000 connections at most. With 0 an instance
    without connections pauses after five minutes, and the next client waits for about fifteen
    seconds; nothing pauses with logical replication, so that takes a file without a migration and
    `rds.logical_replication = 0` in `[aurora.parameters]`."""

    max_acu: Annotated[
        float,
        Field(ge=LEAST_MAX_ACU, le=MOST_ACU, multiple_of=ACU_STEP, examples=[16]),
        Allowed(f"{LEAST_MAX_ACU} to {MOST_ACU} in steps of {ACU_STEP}"),
    ]
    """What a busy instance grows to. By it Aurora reckons `max_connections` and other parameters,
    which take a reboot of each instance to follow a change."""


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of the cluster.

    Args:
        instance_class: Its class.
        promotion_tier: How soon a failover takes it, 0 first.
    """

    instance_class: str
    promotion_tier: int


class Reader(Section):
    """A reader, where not all are alike; they are named `reader-1` and so on, in their order."""

    instance_class: InstanceClass | None = None
    """Its class, such as `db.serverless` beside a writer of one size. It may have to take the
    writer's place, whatever its class. Default: `aurora.instance_class`."""

    promotion_tier: int | None = Field(default=None, ge=0, le=MOST_READERS, examples=[15])
    """How soon a failover takes it: the lowest first, of several the largest. With 0 and 1 a
    serverless reader is always as large as a serverless writer; with 2 and more it scales by itself.
    Default: its place, 1 for the first."""


class Aurora(Section):
    """An Aurora PostgreSQL cluster: a writer and readers, encrypted with the environment's key."""

    engine_version: EngineVersion = "15.8"
    """Aurora PostgreSQL's version. A plan warns where the region no longer offers it. Of a major
    version alone, such as 16, RDS chooses the minor one when the cluster is made, and no plan
    changes that."""

    instance_class: InstanceClass
    """The class of the writer, and of the readers that do not say another; `db.serverless` is Aurora Serverless v2, whose size
    `[aurora.serverless]` says."""

    serverless: Serverless | None = None
    """Between which capacities serverless instances scale; with `db.serverless`, and only then.
    Default: none."""

    reader_count: int = Field(default=2, ge=0, le=MOST_READERS)
    """How many readers, all as the writer is; not with `[[aurora.readers]]`."""

    readers: Annotated[List[Reader], Field(max_length=MOST_READERS)] = ()
    """The readers one by one, in place of `reader_count`, where one has another class or another
    promotion tier."""

    port: int = Field(default=5432, ge=1150, le=65535)
    """The cluster's TCP port."""

    client_cidrs: Annotated[List[ClientCidr], Field(max_length=20)] = ()
    """Networks whose hosts may connect to Aurora, besides what carries the output
    `clients_security_group_id`: of the VPC, of a peered one, or on your premises. The way there
    is not made; `network.route_to_source.cidrs` can name them."""

    client_security_group_ids: Annotated[List[SecurityGroupId], Field(max_length=20)] = ()
    """Security groups of your own whose carriers may connect to Aurora: of an existing VPC, of a
    peered one, or of one on the same transit gateway. Letting them out is for their owner
    (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html)."""

    database_name: AuroraDatabaseName
    """The database that is made with the cluster, and that DMS writes to; one of `[[databases]]`,
    where these are given. Another name replaces the cluster."""

    master_username: Annotated[str, AfterValidator(_master_username), Allowed(_USER_IN_WORDS)] = (
        "ferry_admin"
    )
    """The master user's name."""

    master_password_version: int = Field(default=1, ge=1, le=1_000_000)
    """The password's number: raise it by one to rotate the master password. The password itself is
    never in a file."""

    backup_retention_days: int = Field(default=7, ge=1, le=35)
    """How long automated backups are kept."""

    backup_window: DailyWindow = "01:00-02:00"
    """When backups start every day."""

    maintenance_window: WeeklyWindow = "sun:03:00-sun:04:00"
    """When AWS may maintain the cluster; it may not overlap the backup window."""

    apply_immediately: bool = False
    """Whether changes are made at once; otherwise in the maintenance window."""

    allow_major_version_upgrade: bool = False
    """Whether `engine_version` may name another major version than the running one."""

    storage_type: Literal["aurora", "aurora-iopt1"] = "aurora"
    """With `aurora` I/O is billed; `aurora-iopt1` is I/O-Optimized."""

    log_statement: Literal["none", "ddl", "mod", "all"] = "all"
    """Which statements PostgreSQL logs. `all` logs passwords in statements too, and costs by the
    volume; see prod.toml."""

    log_min_duration_statement_ms: int = Field(default=1000, ge=-1, le=2_147_483_647)
    """Statements that take at least as long are logged; 0 logs all, -1 none."""

    parameters: dict[ParameterName, Parameter] = Field(
        default_factory=dict, examples=[{"work_mem": 65536}]
    )
    """More parameters of the cluster's parameter group, beyond the project's own."""

    instance_parameters: dict[ParameterName, Parameter] = Field(
        default_factory=dict, examples=[{"work_mem": 65536}]
    )
    """Parameters of the instances' parameter group; they come before the cluster's."""

    performance_insights_retention_days: InsightsRetentionDays = 7
    """How long Performance Insights keeps its data; 7 days are free of charge."""

    database_insights_mode: Literal["standard", "advanced"] = "standard"
    """CloudWatch Database Insights' mode; `advanced` is paid for, and needs 15 months in
    `performance_insights_retention_days`."""

    monitoring_interval_seconds: Literal[0, 1, 5, 10, 15, 30, 60] = 60
    """Seconds between two values of enhanced monitoring; 0 is off."""

    log_retention_days: LogRetentionDays = 30
    """How long CloudWatch keeps PostgreSQL's log."""

    ca_certificate_identifier: CaCertificate = _AUTHORITY
    """The authority that signs the instances' certificates."""

    engine_lifecycle_support: LifecycleSupport = "open-source-rds-extended-support-disabled"
    """Whether RDS Extended Support is bought once the major version's standard support ends. Where
    it is disabled nothing is charged, and a version past its standard support cannot be created."""

    snapshot_identifier: Snapshot | None = None
    """A cluster snapshot to make the cluster from. Default: none, an empty cluster."""

    @property
    def is_serverless(self) -> bool:
        """Whether any of the cluster's instances is serverless."""
        return any(it.instance_class == SERVERLESS for it in self.instances)

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The writer, then the readers in their order."""
        readers = self.readers or (Reader(),) * self.reader_count
        return (
            Instance(self.instance_class, 0),
            *(
                Instance(
                    it.instance_class or self.instance_class,
                    place if it.promotion_tier is None else it.promotion_tier,
                )
                for place, it in enumerate(readers, start=1)
            ),
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of its instances, each once, the writer's first."""
        return tuple(dict.fromkeys(it.instance_class for it in self.instances))

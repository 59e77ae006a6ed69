"""[cutover]: what the change of the applications to Aurora goes by."""

import datetime as dt
import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from settings.fields import Domain, SecretArn
from settings.section import Allowed, List, Section, refuse

_ZONE: Final = r"^Z[A-Z0-9]{1,31}$"
_ZONE_IN_WORDS: Final = "a Route 53 hosted zone's id, without /hostedzone/"


def _zone(value: str) -> str:
    if not re.fullmatch(_ZONE, value):
        refuse(_ZONE_IN_WORDS, instead=value.removeprefix("/hostedzone/"))
    return value


ZoneId = Annotated[
    str,
    Field(examples=["Z0123456789ABCDEFGHIJ"], json_schema_extra={"pattern": _ZONE}),
    AfterValidator(_zone),
    Allowed(_ZONE_IN_WORDS),
]

_MOMENT_IN_WORDS: Final = "a date and time with its offset, such as 2027-02-15T06:00:00+01:00"


def _moment(value: str) -> str:
    """Refuse what is no moment of RFC 3339: a time without its offset is another one elsewhere."""
    form = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})"
    try:
        dt.datetime.fromisoformat(value if re.fullmatch(form, value) else "")
    except ValueError:
        refuse(_MOMENT_IN_WORDS)
    return value


Moment = Annotated[
    str,
    AfterValidator(_moment),
    Field(examples=["2027-02-15T06:00:00+01:00"]),
    Allowed(_MOMENT_IN_WORDS),
]

Word = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]+$", max_length=1000, examples=["./hooks/tell-support"]),
    Allowed("a word of a command, 1000 characters at most, in one line"),
]
Command = Annotated[List[Word], Field(max_length=20, examples=[["./hooks/tell-support", "begin"]])]
"""A program and its arguments. No shell reads it; it runs in the project's folder."""

Criterion = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]+$", max_length=300, examples=["orders fail for ten minutes"]),
    Allowed("a sentence in one line, 300 characters at most"),
]


class Dns(Section):
    """The record by which the applications find their database: it leads to Aurora afterwards.

    A plain CNAME that there is: an alias, a record that is chosen by weight, latency, place or health, and
    one of another type are refused. In a private zone it leads the zone's own VPCs alone. Aurora's
    certificate does not have its name: clients with `sslmode=verify-full` refuse it by that name.
    """

    zone_id: ZoneId
    """The Route 53 hosted zone that holds the record, of the environment's account."""

    name: Domain
    """The record's name; another one than `source.host`, which DMS goes on using."""

    type: Literal["CNAME"] = "CNAME"
    """The record's type. Aurora is found by a name alone: its addresses change at a failover
    (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html)."""

    ttl_seconds: int = Field(default=5, ge=1, le=300)
    """For how long resolvers may keep the record. It is set one old TTL before the cutover."""


class Hooks(Section):
    """Programs of your own that run at points of a cutover; one that fails stops it there.

    They run in the project's folder and read nothing from standard input. Each has the variables
    FERRY_ENVIRONMENT, FERRY_ACCOUNT_ID, FERRY_REGION, FERRY_ENDPOINT and FERRY_PORT (Aurora's), FERRY_RUN,
    FERRY_DIRECTION (`cutover`, `rollback`), FERRY_STEP (`before-freeze`, `switch`, `after-switch`,
    `on-failure`) and FERRY_FAILED_STEP. It has the operator's other variables without those that hold a
    secret, AWS's credentials among them: one that calls AWS does so by a profile, AWS_PROFILE. Its output
    is shown and kept in the journal, its last 20 lines and without what looks like a secret. It has to
    end with status 0, and to wait for what it starts.
    """

    before_freeze: Command = ()
    """Before the source is closed to writers."""

    switch: Command = ()
    """At the switch, for what the secrets and the record do not reach."""

    after_switch: Command = ()
    """After the switch, when Aurora is open."""

    on_failure: Command = ()
    """Where a cutover ends before its point of no return, and the source is open again."""


class Rollback(Section):
    """Until when there is a way back, and what makes you take it: for those who watch."""

    deadline: Moment | None = None
    """When the way back is given up. Default: none."""

    criteria: Annotated[List[Criterion], Field(max_length=20)] = ()
    """What has to happen for a rollback, in your words. They are shown and not judged."""

    @property
    def until(self) -> dt.datetime | None:
        """The deadline as a moment; None for none."""
        return None if self.deadline is None else dt.datetime.fromisoformat(self.deadline)


class Cutover(Section):
    """What the change of the applications to Aurora goes by.

    `ferry secret application ENV` prepares the secrets; `ferry cutover ENV` and `ferry rollback ENV` go by
    it, `ferry report ENV` shows `rollback`. Nothing of it reaches Terraform, and all of it may be left out.
    """

    application_secret_arns: Annotated[List[SecretArn], Field(max_length=20)] = ()
    """The secrets from which the applications take host and password, of the environment's account and
    region: at the switch their next version leads to Aurora."""

    dns: Dns | None = None
    """The record by which the applications find their database. Default: none, they find it by the
    secrets or by a hook."""

    hooks: Hooks = Hooks()
    """Programs of your own that run at points of a cutover."""

    max_outage_seconds: int = Field(default=120, ge=1, le=3600)
    """For how long writers may be kept out. Before its point of no return a cutover that takes longer
    opens the source again by itself."""

    compare_seconds: int | None = Field(default=None, ge=0, le=3600, examples=[30])
    """For how long tables are compared while writers are kept out, the biggest last. Those that are left
    keep the proof of the last `ferry verify`, and are named for the next, which compares them afterwards.
    Always compared is what was not proved since the applications were led where they write, and what
    nothing compares afterwards: tables of a task without a way back (`dms.rollback`). Default: all tables
    are, in `max_outage_seconds`."""

    max_lag_seconds: int = Field(default=5, ge=1, le=300)
    """How far the tasks may be behind for a cutover to begin."""

    rollback: Rollback = Rollback()
    """Until when there is a way back, and what makes you take it."""

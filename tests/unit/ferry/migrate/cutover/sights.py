"""What is seen before a cutover, for the tests: an environment that may be cut over, and changes to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ferry.errors import FerryError
from ferry.findings import right
from ferry.migrate.cutover.gate import judge
from ferry.migrate.cutover.seen import (
    DatabaseSeen,
    Lag,
    Schema,
    Secret,
    Seen,
    Sequence,
    Side,
    TaskSeen,
    Verified,
)
from ferry.migrate.schema.phases import Phase
from ferry.migrate.schema.steps import Orders
from tests.unit.ferry.environments import environment
from tests.unit.ferry.migrate.looks import running, seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.findings import Finding
    from settings.environment import Environment

AT = datetime(2026, 11, 27, 6, 42, tzinfo=UTC)
"""A Friday."""
ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf"
UNKNOWN = FerryError("Nobody answers.", "Ask again.")
ROLLBACK = {"rollback": True}
"""What `[dms]` says where there is a way back."""


def given(dms: Mapping[str, Any] | None = None, **changes: Any) -> Environment:  # noqa: ANN401 - any of a section's
    """The environment dev with what the cutover goes by."""
    return environment(cutover={"application_secret_arns": [ARN], **changes}, dms=dms or {})


def side(at: str = "the source", **changes: Any) -> Side:  # noqa: ANN401 - any of a side's
    """A database at one end, of which all is right."""
    usual = {"at": at, "database": "app", "user": "operator", "owner": "operator"}
    return Side(**{**usual, "sequences": (Sequence(name="public.orders_id_seq"),), **changes})


DATABASE = DatabaseSeen(
    name="app",
    source=side(),
    target=side("Aurora"),
    schema=Schema(
        left={Phase.AFTER_LOAD: Orders()}, drift=(right("schema-drift", "Both are alike."),)
    ),
    closed=(),
    verified=Verified(tables=3, oldest=AT - timedelta(hours=2)),
)
TASK = TaskSeen(task=running(), look=seen(unapplied=()), lag=Lag(seconds=0.4, has_arrived=True))
ALL = Seen(
    environment=given(),
    at=AT,
    tasks=(TASK,),
    databases=(DATABASE,),
    secrets=(Secret(arn=ARN, has_next=True),),
)


def of_task(**changes: Any) -> Seen:  # noqa: ANN401 - any of a task's
    """All is right but the task."""
    return replace(ALL, tasks=(replace(TASK, **changes),))


def of_database(**changes: Any) -> Seen:  # noqa: ANN401 - any of a database's
    """All is right but the database."""
    return replace(ALL, databases=(replace(DATABASE, **changes),))


def of_source(**changes: Any) -> Seen:  # noqa: ANN401 - any of a side's
    """All is right but the database at the source."""
    return of_database(source=side(**changes))


def findings(sight: Seen, check: str) -> list[Finding]:
    """What a check finds."""
    return [each for each in judge(sight) if each.check == check]

"""The names that the stacks give, and by which the operator's commands find things again.

They are a contract: a changed name makes Terraform replace what bears it, or leaves it behind.
tests/unit/facts holds every one of them, typed by hand.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

ACCOUNT_STATE_KEY: Final = "account/terraform.tfstate"
"""The key of the account's own state in the account's bucket."""

RUNS_PREFIX: Final = "runs/"
"""What the keys of plans that wait for approval begin with, in the same bucket."""

RUN_DAYS: Final = 7
"""How long such a plan is kept, and may be applied."""

LOCK_SUFFIX: Final = ".tflock"
"""What Terraform's S3 backend adds to a state's key for the lock. Source:
https://developer.hashicorp.com/terraform/language/backend/s3#use_lockfile"""

TASK_LOGS: Final = "dms-tasks-"
"""What the log groups of DMS's tasks begin with, before the replication instance's identifier.
Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html"""

BACK: Final = "back"
"""The leg of a task that carries what is written in Aurora back to the source."""

AGAIN: Final = "again"
"""The leg that carries the same tables forward once more, after a way back."""

_ACCOUNT_STACK: Final = "account-"
_LONGEST_RESOURCE_IDENTIFIER: Final = 31
_DIGEST_LENGTH: Final = 8
_SLOT_DIGEST_LENGTH: Final = 6


def account_stack(account_id: str) -> str:
    """The name of an account's stack, as `cdktf deploy` takes it."""
    return f"{_ACCOUNT_STACK}{account_id}"


def cluster_log_group(cluster: str, log: str) -> str:
    """The log group that RDS writes a log of a cluster to. RDS gives the name.

    Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html
    """
    return f"/aws/rds/cluster/{cluster}/{log}"


def is_account_stack(stack: str) -> bool:
    """Whether a stack is an account's, and not an environment's."""
    return re.fullmatch(rf"{_ACCOUNT_STACK}\d{{12}}", stack) is not None


def environment_stack(environment: str) -> str:
    """The name of an environment's stack, as `cdktf deploy` takes it: the environment's own.

    None can be named like an account's stack: names end at 16 characters.
    """
    return environment


def state_bucket(project: str, account_id: str, region: str) -> str:
    """The name of an account's state bucket; 56 of S3's 63 characters at most."""
    return f"{project}-tfstate-{account_id}-{region}"


def plan_of_run(run: str, stack: str, prefix: str) -> str:
    """The key of the plan that a run of the workflow `apply` made of a stack.

    Args:
        run: The run's number.
        stack: The stack's name.
        prefix: What the keys of the states begin with; empty by default.
    """
    return f"{prefix}{RUNS_PREFIX}{run}/{stack}.tfplan"


def prefix_of_states(stack: str, key: str) -> str:
    """What the key of a stack's state begins with, before what it is called without a prefix."""
    plain = ACCOUNT_STATE_KEY if is_account_stack(stack) else _environment_state_key(stack)
    return key.removesuffix(plain)


def _environment_state_key(environment: str) -> str:
    return f"environments/{environment}/terraform.tfstate"


def workflow_roles(names: Names) -> list[str]:
    """The roles of the workflows: `aurora-ferry-plan`, and `aurora-ferry-plan-dev` of one alone.

    An administrator makes them, under these names or others: docs/pull-requests.md.
    """
    return [
        f"{names.project}-{workflow}{end}"
        for workflow in ("plan", "review", "apply")
        for end in ("", f"-{names.environment}")
    ]


def leg_of(task_name: str, leg: str) -> str:
    """The own name of a task beside one of the file's, such as `orders-back`.

    A task of the file may not be called so where `dms.rollback` is set: `settings.rules.tasks`.
    """
    return f"{task_name}-{leg}"


def as_identifier(database: str) -> str:
    """A database's name in Aurora as DMS's identifiers write it: `order_items` as `order-items`.

    They hold ASCII letters, digits and single hyphens, and end in no hyphen. Source:
    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateEndpoint.html
    """
    return re.sub("_+", "-", database.lower()).rstrip("-")


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """Every name of one environment.

    Args:
        project: The project, as ``tags.project`` says; `aurora-ferry`.
        environment: The environment, as its file is called; `dev`.
    """

    project: str
    environment: str

    @property
    def prefix(self) -> str:
        """What most names begin with, such as `aurora-ferry-dev`."""
        return f"{self.project}-{self.environment}"

    # --- Terraform

    @property
    def state_key(self) -> str:
        """The key of the environment's state in its account's bucket, without a prefix."""
        return _environment_state_key(self.environment)

    # --- Key, secrets, roles

    @property
    def key_alias(self) -> str:
        """The alias of the KMS key."""
        return f"alias/{self.prefix}"

    @property
    def source_secret(self) -> str:
        """The secret that `ferry secret source` writes."""
        return f"{self.prefix}/source"

    @property
    def master_secret(self) -> str:
        """The secret that holds the master user's password."""
        return f"{self.prefix}/master"

    @property
    def target_secret(self) -> str:
        """The secret with which DMS connects to Aurora."""
        return f"{self.prefix}/target"

    @property
    def source_operator_secret(self) -> str:
        """The secret that `ferry secret operator ENV source` writes, for ferry to sign in with."""
        return f"{self.prefix}/operator-source"

    @property
    def target_operator_secret(self) -> str:
        """The secret that `ferry secret operator ENV target` writes, for ferry to sign in with."""
        return f"{self.prefix}/operator-target"

    @property
    def reverse_secret(self) -> str:
        """The secret that `ferry secret reverse ENV` writes: DMS writes to the source with it."""
        return f"{self.prefix}/reverse"

    @property
    def secret_access_role(self) -> str:
        """The role with which DMS reads the secrets."""
        return f"{self.prefix}-dms-secrets"

    @property
    def monitoring_role(self) -> str:
        """The role with which RDS writes enhanced monitoring."""
        return f"{self.prefix}-rds-monitoring"

    @property
    def flow_logs_role(self) -> str:
        """The role with which flow logs are written."""
        return f"{self.prefix}-flow-logs"

    # --- Network

    @property
    def vpc(self) -> str:
        """The Name tag of the VPC, and of the attachment or connection to the source's network."""
        return self.prefix

    def in_network(self, what: str) -> str:
        """The name, or the Name tag, of a part of the network, such as `aurora-ferry-dev-nat-1`."""
        return f"{self.prefix}-{what}"

    @property
    def flow_logs_group(self) -> str:
        """The log group of the VPC's flow logs."""
        return f"/aws/vpc/flow-logs/{self.prefix}"

    # --- Aurora

    @property
    def cluster(self) -> str:
        """The identifier of the cluster, and the name of its subnet group."""
        return self.prefix

    @property
    def writer(self) -> str:
        """The identifier of the instance that begins as the writer."""
        return f"{self.prefix}-writer"

    def reader(self, number: int) -> str:
        """The identifier of a reader; readers count from 1."""
        return f"{self.prefix}-reader-{number}"

    def parameter_group(self, family: str) -> str:
        """The parameter groups, the cluster's and the instances', of `aurora-postgresql15`."""
        return f"{self.prefix}-{family}"

    @property
    def final_snapshot_prefix(self) -> str:
        """What the name of the snapshot that is left in the end begins with."""
        return f"{self.prefix}-final-"

    @property
    def postgresql_log_group(self) -> str:
        """The log group that RDS writes PostgreSQL's log to."""
        return cluster_log_group(self.cluster, "postgresql")

    # --- DMS

    @property
    def replication_instance(self) -> str:
        """The identifier of the replication instance."""
        return self.prefix

    @property
    def replication_subnet_group(self) -> str:
        """The replication instance's subnet group."""
        return f"{self.prefix}-dms"

    @property
    def task_log_group(self) -> str:
        """The log group that DMS writes the tasks' logs to. DMS gives the name.

        Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
        """
        return f"{TASK_LOGS}{self.replication_instance}"

    def source_endpoint(self, database: str | None = None) -> str:
        """The identifier of an endpoint at the source, such as `aurora-ferry-dev-source-crm`.

        Args:
            database: The database's name in Aurora; None for the one that the cluster is made with.
        """
        return self._endpoint("source", database)

    def target_endpoint(self, database: str | None = None) -> str:
        """The identifier of an endpoint at Aurora, such as `aurora-ferry-dev-target-crm`.

        Args:
            database: As at the source.
        """
        return self._endpoint("target", database)

    def _endpoint(self, end: str, database: str | None) -> str:
        named = "" if database is None else f"-{as_identifier(database)}"
        return f"{self.prefix}-{end}{named}"

    def leg_endpoint(self, leg: str, end: str, task_name: str) -> str:
        """The identifier of a leg's own endpoint, such as `aurora-ferry-dev-back-source-orders`.

        Args:
            leg: `back` or `again`.
            end: `source`, where it reads, or `target`.
            task_name: The file's task.
        """
        return f"{self.prefix}-{leg}-{end}-{task_name}"

    def slot(self, leg: str, task_name: str) -> str:
        """The replication slot of a leg, such as `ferry_dev_orders_back_1a2b3c`.

        A slot is one of its server, whatever its database: the digest tells apart what hyphens do,
        which a slot's name cannot have, and projects. 62 of PostgreSQL's 63 characters at most.
        Source: https://www.postgresql.org/docs/15/warm-standby.html#STREAMING-REPLICATION-SLOTS

        Args:
            leg: `back`, of Aurora's, or `again`, of the source's.
            task_name: The file's task.
        """
        digest = hashlib.sha256(f"{self.prefix}/{task_name}".encode()).hexdigest()
        readable = f"ferry_{self.environment}_{task_name}_{leg}".replace("-", "_")
        return f"{readable}_{digest[:_SLOT_DIGEST_LENGTH]}"

    def source_certificate(self, digest: str) -> str:
        """The identifier of the source's certificate, by the digest of its content."""
        return f"{self.prefix}-source-ca-{digest}"

    def task(self, task_name: str) -> str:
        """The identifier of a task, such as `aurora-ferry-dev-orders` of `orders`."""
        return f"{self.prefix}-{task_name}"

    def task_resource_identifier(self, task_name: str) -> str:
        """What a task's ARN ends in, which is CloudWatch's ReplicationTaskIdentifier.

        Known before DMS has made the task: its identifier where that fits into DMS's 31 characters;
        otherwise its beginning and eight hexadecimal digits of its SHA-256 digest. The environment
        is part of it either way, so that two environments in one account and region never ask for
        the same ARN. Source:
        https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationTask.html
        """
        whole = self.task(task_name)
        if len(whole) <= _LONGEST_RESOURCE_IDENTIFIER:
            return whole
        digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGEST_LENGTH]
        beginning = whole[: _LONGEST_RESOURCE_IDENTIFIER - _DIGEST_LENGTH - 1].rstrip("-")
        return f"{beginning}-{digest}"

    # --- What watches

    @property
    def alarm_topic(self) -> str:
        """The topic that alarms and events are published to."""
        return f"{self.prefix}-alarms"

    @property
    def dashboard(self) -> str:
        """The CloudWatch dashboard."""
        return self.prefix

    def alarm(self, alarm: str, task_name: str | None = None) -> str:
        """An alarm's name: a name of `facts.alarms`, the task where it is one's, the environment.

        CloudWatch's names are unique in an account and region, and making an alarm that exists
        overwrites it without a word. They say the environment and not the project: two projects in
        one account and region need environments of different names.
        """
        return "-".join(filter(None, (alarm, task_name, self.environment)))

    @property
    def cluster_events(self) -> str:
        """The subscription to the cluster's events."""
        return f"{self.prefix}-aurora-cluster"

    @property
    def cluster_instance_events(self) -> str:
        """The subscription to the events of the cluster's instances."""
        return f"{self.prefix}-aurora-instances"

    @property
    def replication_instance_events(self) -> str:
        """The subscription to the replication instance's events."""
        return f"{self.prefix}-dms-instance"

    def task_events(self, task_name: str) -> str:
        """The subscription to a task's events."""
        return f"{self.prefix}-dms-task-{task_name}"

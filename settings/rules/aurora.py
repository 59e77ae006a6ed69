"""Rules about [aurora]."""

from collections.abc import Iterator
from typing import Final

from facts.aurora import ADVANCED_INSIGHTS_DAYS
from facts.parameters import (
    FORCE_SSL,
    LOGICAL_REPLICATION,
    PARAMETERS,
    PRELOADED,
    STATISTICS_LIBRARY,
    is_static,
)
from facts.windows import overlap
from settings.aurora import Parameter
from settings.environment import Environment
from settings.notation import path, toml
from settings.rules.rule import Finding, Rule

_OWN_SETTING: Final = {
    "log_statement": "set aurora.log_statement",
    "log_min_duration_statement": "set aurora.log_min_duration_statement_ms",
}
"""Parameters with a setting of their own, and how to set them."""

_FIXED: Final = {
    LOGICAL_REPLICATION: "a replication back to the source needs it. Without [source] and [dms], "
    "[aurora.parameters] may set it to 0",
    FORCE_SSL: "connections without TLS are refused",
}
"""Parameters that are always 1, and why."""


def windows_are_apart(environment: Environment) -> Iterator[Finding]:
    """RDS refuses a maintenance window that meets the backup window."""
    aurora = environment.aurora
    if overlap(aurora.backup_window, aurora.maintenance_window):
        yield Finding(
            setting="aurora.maintenance_window",
            given=f"{toml(aurora.maintenance_window)} given, which overlaps backup_window = "
            f"{toml(aurora.backup_window)}",
            allowed="windows that do not overlap",
            mend="move one of the two",
        )


def advanced_insights_are_kept(environment: Environment) -> Iterator[Finding]:
    """Database Insights' advanced mode comes with 15 months of Performance Insights."""
    aurora = environment.aurora
    days = aurora.performance_insights_retention_days
    if aurora.database_insights_mode == "advanced" and days < ADVANCED_INSIGHTS_DAYS:
        yield Finding(
            setting="aurora.performance_insights_retention_days",
            given=f'{days} given with database_insights_mode = "advanced"',
            allowed=f"{ADVANCED_INSIGHTS_DAYS} days or more",
            mend=f"set performance_insights_retention_days = {ADVANCED_INSIGHTS_DAYS}, or "
            'database_insights_mode = "standard"',
        )


def readers_are_said_once(environment: Environment) -> Iterator[Finding]:
    """How many readers there are is counted, or is as many as are listed."""
    aurora = environment.aurora
    if aurora.readers and "reader_count" in aurora.model_fields_set:
        yield Finding(
            setting="aurora.reader_count",
            given=f"{aurora.reader_count} given beside {len(aurora.readers)} [[aurora.readers]]",
            allowed="one of the two",
            mend="remove reader_count, or [[aurora.readers]] where all are as the writer is",
        )


def snapshot_comes_with_its_master_user(environment: Environment) -> Iterator[Finding]:
    """A restored cluster has the snapshot's master user, whatever is asked for.

    Every later plan would want to replace the cluster for it (`master_username` forces that). Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterFromSnapshot.html
    """
    aurora = environment.aurora
    identifier = aurora.snapshot_identifier
    if identifier and "master_username" not in aurora.model_fields_set:
        kind, answer = (
            ("db-snapshot", "DBSnapshots")
            if _is_of_an_instance(identifier)
            else (
                "db-cluster-snapshot",
                "DBClusterSnapshots",
            )
        )
        yield Finding(
            setting="aurora.master_username",
            given="nothing given beside snapshot_identifier",
            allowed="the master user that the snapshot has",
            mend=f"add master_username, as 'aws rds describe-{kind}s --{kind}-identifier "
            f"{identifier} --query {answer}[0].MasterUsername' tells it",
        )


def _is_of_an_instance(snapshot: str) -> bool:
    """Whether a snapshot's ARN is that of an instance of RDS for PostgreSQL; a name is a cluster's."""
    return snapshot.startswith("arn:") and snapshot.split(":")[5] == "snapshot"


def snapshot_is_of_the_region(environment: Environment) -> Iterator[Finding]:
    """A cluster is restored in the region that its snapshot is in.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-copy-snapshot.html
    """
    identifier, region = environment.aurora.snapshot_identifier or "", environment.aws.region
    if identifier.startswith("arn:") and identifier.split(":")[3] != region:
        yield Finding(
            setting="aurora.snapshot_identifier",
            given=f"{toml(identifier)} given, with aws.region = {toml(region)}",
            allowed="a snapshot of the environment's region",
            mend=f"copy it here with 'aws rds copy-db-{'' if _is_of_an_instance(identifier) else 'cluster-'}"
            "snapshot --source-region "
            f"{identifier.split(':')[3]}', and name the copy",
        )


def parameters_leave_settings_alone(environment: Environment) -> Iterator[Finding]:
    """What has a setting of its own, or is fixed, is not set a second time."""
    for table, name, _ in _parameters(environment):
        if name in _OWN_SETTING:
            yield Finding(
                setting=path(("aurora", table, name)),
                given="given here, but it has a setting of its own",
                allowed="other parameters",
                mend=f"{_OWN_SETTING[name]}, and remove it here",
            )
        if name in _FIXED and not _is_no_longer_needed(environment, table, name):
            yield Finding(
                setting=path(("aurora", table, name)),
                given="given here, but the project always sets it to 1",
                allowed="other parameters",
                mend=f"remove it: {_FIXED[name]}",
            )


def _is_no_longer_needed(environment: Environment, table: str, name: str) -> bool:
    """Whether the cluster's logical replication is turned off where nothing is carried."""
    parameter = environment.aurora.parameters.get(name)
    return (
        name == LOGICAL_REPLICATION
        and table == "parameters"
        and not environment.has_migration
        and parameter is not None
        and parameter.value == "0"
    )


def statistics_stay_loaded(environment: Environment) -> Iterator[Finding]:
    """The library that the project's dashboards and checks read is among those preloaded."""
    libraries = environment.aurora.parameters.get(PRELOADED)
    if libraries and STATISTICS_LIBRARY not in libraries.value.replace(" ", "").split(","):
        yield Finding(
            setting=f"aurora.parameters.{PRELOADED}",
            given=f"{toml(libraries.value)} given",
            allowed=f"a list with {STATISTICS_LIBRARY}",
            mend=f"set {PRELOADED} = {toml(f'{STATISTICS_LIBRARY},{libraries.value}')}",
        )


def preloaded_for_the_cluster(environment: Environment) -> Iterator[Finding]:
    """Writer and readers load the same libraries, or a failover changes what works."""
    if PRELOADED in environment.aurora.instance_parameters:
        yield Finding(
            setting=f"aurora.instance_parameters.{PRELOADED}",
            given="given for the instances",
            allowed=f"{PRELOADED} for the whole cluster",
            mend="move it to [aurora.parameters]",
        )


def unknown_parameters_state_their_method(environment: Environment) -> Iterator[Finding]:
    """RDS refuses a static parameter that is applied immediately, so somebody has to know."""
    for table, name, parameter in _parameters(environment):
        if name not in PARAMETERS and parameter.apply_method is None:
            value = toml(parameter.value)
            yield Finding(
                setting=path(("aurora", table, name)),
                given="no apply_method given, and the project does not know the parameter",
                allowed='apply_method = "immediate" (dynamic) or "pending-reboot" (static)',
                mend=f'write {{ value = {value}, apply_method = "pending-reboot" }}, which serves '
                "both kinds",
            )


def static_parameters_wait(environment: Environment) -> Iterator[Finding]:
    """A static parameter takes effect with a reboot alone."""
    for table, name, parameter in _parameters(environment):
        if is_static(name) and parameter.apply_method == "immediate":
            yield Finding(
                setting=path(("aurora", table, name, "apply_method")),
                given='"immediate" given for a static parameter',
                allowed="pending-reboot",
                mend="remove apply_method",
            )


def _parameters(environment: Environment) -> Iterator[tuple[str, str, Parameter]]:
    for table in ("parameters", "instance_parameters"):
        for name, parameter in getattr(environment.aurora, table).items():
            yield table, name, parameter


_PARAMETERS = ("aurora.parameters", "aurora.instance_parameters")

RULES = (
    Rule(windows_are_apart, ("aurora.backup_window", "aurora.maintenance_window")),
    Rule(
        advanced_insights_are_kept,
        ("aurora.database_insights_mode", "aurora.performance_insights_retention_days"),
    ),
    Rule(readers_are_said_once, ("aurora.reader_count", "aurora.readers")),
    Rule(
        snapshot_comes_with_its_master_user,
        ("aurora.snapshot_identifier", "aurora.master_username"),
    ),
    Rule(snapshot_is_of_the_region, ("aurora.snapshot_identifier", "aws.region")),
    Rule(parameters_leave_settings_alone, _PARAMETERS),
    Rule(unknown_parameters_state_their_method, _PARAMETERS),
    Rule(static_parameters_wait, _PARAMETERS),
    Rule(statistics_stay_loaded, ("aurora.parameters",)),
    Rule(preloaded_for_the_cluster, ("aurora.instance_parameters",)),
)
